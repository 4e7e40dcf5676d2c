//! What a driver does after a turn that failed, and what is left when the driver itself does.

use std::time::Duration;

use super::{Driver, Message};
use crate::engine::desk::CHUNK;
use crate::engine::rules::{self, Verdict};
use crate::engine::store::record::Settled;
use crate::engine::store::rescue::TakeBack;
use crate::engine::store::turn::TurnError;
use crate::storage::refuses_data;

/// A run whose driver panicked is left alone for so long.
const AFTER_PANIC: Duration = Duration::from_secs(1);

impl Driver {
    /// Nothing was recorded, as far as we know. Tries again, in ever smaller parts and ever more
    /// slowly; the leases are the limit. An outcome is at fault where the database refuses what
    /// it says, alone: a database that cannot work says nothing of any outcome.
    pub(super) fn after_failure(&mut self, error: &TurnError, mut settled: Vec<Settled>, part: usize) {
        let refused =
            matches!(error, TurnError::Outcomes(error) if refuses_data(self.engine.db.backend(), error));
        tracing::warn!(run = %self.run, items = part, tries = self.failures + 1, refused, %error, "a turn failed");
        self.at_once = (part / 2).max(1);
        let mut at_fault = refused && part > 1;
        if part == 1
            && let Some(first) = settled.first_mut()
        {
            if refused && !is_not_recorded(&first.verdict) {
                first.verdict = not_recorded();
                at_fault = true;
            } else {
                // The others need not wait for it.
                settled.rotate_left(1);
            }
        }
        self.settled = settled;
        self.stumble(at_fault);
    }

    /// Counts a failure and sees to another try: at once where it is known to go differently.
    fn stumble(&mut self, at_once: bool) {
        self.failures += 1;
        if self.failures == 1 {
            // Others of the kind need not wait for a run that does not get on.
            self.engine.desk.set_failing(self.run, true);
            self.freed = true;
        }
        if at_once {
            let _ = self.outbox.send(Message::Look);
            return;
        }
        let wait = Duration::from_millis(20 << self.failures.min(6));
        let outbox = self.outbox.clone();
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            let _ = outbox.send(Message::Look);
        });
    }

    /// A turn has come through, or there is nothing to try again.
    pub(super) fn recovered(&mut self) {
        if self.failures > 0 {
            self.engine.desk.set_failing(self.run, false);
        }
        self.failures = 0;
        self.at_once = (self.at_once * 2).min(CHUNK);
    }

    /// Where a failed turn may have leased something after all, gives that back uncounted: none
    /// of it has been started. Says whether that is settled.
    pub(super) async fn resolve_unheard(&mut self) -> bool {
        let Some(lease) = self.unheard else { return true };
        match self.engine.take_back(self.run, TakeBack::Unheard { lease }).await {
            Ok(()) => {
                self.unheard = None;
                true
            }
            Err(error) => {
                tracing::warn!(run = %self.run, %error, "what a lost turn leased cannot be given back yet");
                self.stumble(false);
                false
            }
        }
    }

    /// The driver has panicked. What it held is let go of and runs out, as a dead replica's
    /// does; the next look finds the run again.
    pub(super) async fn fall(mut self) {
        tracing::error!(run = %self.run, items = self.in_hand, "a driver panicked; what it held is to be taken back");
        self.let_go_of_all();
        self.engine.desk.set_in_hand(self.run, 0);
        tokio::time::sleep(AFTER_PANIC).await;
        self.engine.desk.abandon(self.run);
        self.engine.desk.freed.notify_one();
    }
}

fn not_recorded() -> Verdict {
    Verdict::Failed {
        code: rules::NOT_RECORDED.into(),
        message: "what this item produced could not be saved".to_owned(),
        details: None,
    }
}

fn is_not_recorded(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Failed { code, .. } if code == rules::NOT_RECORDED)
}
