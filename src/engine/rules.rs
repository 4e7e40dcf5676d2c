//! The engine's decisions, as pure functions.

use std::borrow::Cow;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{ItemError, ItemStatus, MAX_MESSAGE_CHARS, Outcome, Retry, RunStatus};
use crate::storage::entity::run;

/// The error code of an item whose lease ran out too often.
pub const LEASE_EXPIRED: &str = "LEASE_EXPIRED";
/// The error code of an item whose handler panicked.
pub const PANICKED: &str = "PANICKED";
/// The error code of an attempt that took too long.
pub const TIMEOUT: &str = "TIMEOUT";
/// The error code of an outcome that our own database refused to take.
pub const NOT_RECORDED: &str = "NOT_RECORDED";

/// How the time between attempts grows.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// Before the second attempt.
    pub base: Duration,
    /// At most.
    pub most: Duration,
}

impl Backoff {
    /// The wait after `spent` attempts: doubling, bounded, between a half and the whole of it
    /// as `jitter` (0 to 1) falls.
    pub fn wait(&self, spent: i32, jitter: f64) -> Duration {
        let doublings = u32::try_from(spent.saturating_sub(1)).unwrap_or(0).min(30);
        let whole = self.base.saturating_mul(1 << doublings).min(self.most);
        whole.mul_f64(0.5 + jitter.clamp(0.0, 1.0) / 2.0)
    }
}

/// What becomes of an item after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Ended well.
    Success { result: Option<String> },
    /// Had nothing to do any more.
    Ignored { code: Cow<'static, str>, message: String },
    /// Failed for good.
    Failed { code: Cow<'static, str>, message: String, details: Option<String> },
    /// Waits for another attempt.
    Again { code: Cow<'static, str>, message: String, due_at: DateTime<Utc> },
}

/// Judges how an attempt ended. `spent` counts the attempts of this generation, this one included.
pub(crate) fn judge(
    ended: Result<Outcome, ItemError>,
    spent: i32,
    max_attempts: i32,
    now: DateTime<Utc>,
    backoff: Backoff,
    jitter: f64,
) -> Verdict {
    match ended {
        Ok(Outcome::Success { result }) => Verdict::Success { result },
        Ok(Outcome::Ignored { code, message }) => Verdict::Ignored { code, message: bounded(message) },
        Err(ItemError { code, message, retry, details }) => {
            let message = bounded(message);
            match retry {
                Retry::Later { after } if spent < max_attempts => {
                    let wait = backoff.wait(spent, jitter).max(after.unwrap_or_default().min(backoff.most));
                    Verdict::Again { code, message, due_at: now + wait }
                }
                _ => Verdict::Failed { code, message, details },
            }
        }
    }
}

impl Verdict {
    /// How the item stands then.
    pub(crate) fn status(&self) -> ItemStatus {
        match self {
            Self::Success { .. } => ItemStatus::Success,
            Self::Ignored { .. } => ItemStatus::Ignored,
            Self::Failed { .. } => ItemStatus::Failed,
            Self::Again { .. } => ItemStatus::Pending,
        }
    }
}

/// The run's end state, once every item has ended.
pub(crate) fn end_state(run: &run::Model) -> RunStatus {
    match (run.cancelled, run.failed, run.succeeded) {
        (cancelled, _, _) if cancelled > 0 => RunStatus::Cancelled,
        (_, 0, _) => RunStatus::Success,
        (_, _, succeeded) if succeeded > 0 => RunStatus::PartialSuccess,
        _ => RunStatus::Failed,
    }
}

/// Whether every item has ended.
pub(crate) fn is_complete(run: &run::Model) -> bool {
    run.succeeded + run.failed + run.ignored + run.cancelled == run.total
}

/// How many positions may be leased now, given that `want` items can be started at once:
/// within the run's concurrency, and on one side of the border between indexes and requeued items.
pub(crate) fn claim_size(run: &run::Model, want: usize) -> i64 {
    let want = i64::try_from(want).unwrap_or(i64::MAX);
    let end = if run.head < run.span { run.span } else { run.tail };
    want.min(i64::from(run.concurrency) - run.in_flight).min(end - run.head).max(0)
}

fn bounded(message: String) -> String {
    match message.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message,
    }
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
