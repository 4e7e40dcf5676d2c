//! What one process has in hand of what webhooks are told.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Semaphore, mpsc};
use uuid::Uuid;

use super::claim::Claimed;
use super::record::Made;
use super::rules;

/// What has become of something in hand.
#[derive(Debug)]
pub enum Came {
    /// It was sent.
    Made(Made),
    /// It was not sent, as everything stops: it is given back.
    Stopped,
    /// It is left to whoever claims it when its lease has run out.
    Left,
}

/// What was in hand, and what has become of it.
pub type Back = (Claimed, Came);

/// What one process has in hand.
pub struct Hands {
    by_webhook: HashMap<Uuid, OfOne>,
    pub made: mpsc::UnboundedReceiver<Back>,
    pub back: mpsc::UnboundedSender<Back>,
    /// What is to be recorded.
    pub open: Vec<Made>,
    /// What is to be given back.
    unsent: Vec<Claimed>,
}

/// What it has in hand of one webhook.
struct OfOne {
    /// By instance and lease.
    taken: HashMap<(Uuid, Uuid), Claimed>,
    /// Lets so many be sent at once; the others wait.
    gate: Arc<Semaphore>,
    at_once: usize,
    /// How many were sent since the last claim.
    sent: usize,
}

impl OfOne {
    fn new(at_once: usize) -> Self {
        Self { taken: HashMap::new(), gate: Arc::new(Semaphore::new(at_once)), at_once, sent: 0 }
    }
}

impl Hands {
    pub fn new() -> Self {
        let (back, made) = mpsc::unbounded_channel();
        Self { by_webhook: HashMap::new(), made, back, open: Vec::new(), unsent: Vec::new() }
    }

    /// How many more of a webhook there is room for, where so many are enabled.
    pub fn free(&self, webhook: Uuid, webhooks: usize) -> usize {
        let (taken, sent) = self.by_webhook.get(&webhook).map_or((0, 0), |it| (it.taken.len(), it.sent));
        rules::in_hand_of_one(webhooks, sent).saturating_sub(taken)
    }

    /// Whether nothing is in hand.
    pub fn is_empty(&self) -> bool {
        self.by_webhook.values().all(|it| it.taken.is_empty())
    }

    /// Begins to count anew how many were sent: a claim has followed them.
    pub fn has_claimed(&mut self) {
        self.by_webhook.retain(|_, it| !it.taken.is_empty());
        for it in self.by_webhook.values_mut() {
            it.sent = 0;
        }
    }

    /// Takes something in hand; the gate that it has to pass before it is sent.
    pub fn take(&mut self, claimed: &Claimed, webhooks: usize) -> Arc<Semaphore> {
        let at_once = rules::hands_of_one(webhooks);
        let it = self.by_webhook.entry(claimed.hook.id).or_insert_with(|| OfOne::new(at_once));
        if it.at_once != at_once {
            // There are more webhooks now, or fewer. Those that have passed the other are few, and soon done.
            (it.gate, it.at_once) = (Arc::new(Semaphore::new(at_once)), at_once);
        }
        it.taken.insert((claimed.instance, claimed.lease), claimed.clone());
        Arc::clone(&it.gate)
    }

    /// Lets go of something, and keeps what has become of it for the next record.
    pub fn let_go(&mut self, (claimed, came): Back) {
        let it = self.by_webhook.get_mut(&claimed.hook.id);
        let was_taken = it.is_some_and(|it| {
            it.sent += usize::from(matches!(came, Came::Made(_)));
            it.taken.remove(&(claimed.instance, claimed.lease)).is_some()
        });
        match came {
            Came::Made(made) => self.open.push(made),
            Came::Stopped if was_taken => self.unsent.push(claimed),
            Came::Stopped | Came::Left => {}
        }
    }

    /// Lets go of all that has come back by now.
    pub fn gather(&mut self) {
        while let Ok(back) = self.made.try_recv() {
            self.let_go(back);
        }
    }

    /// Lets go of everything, whatever becomes of it: all that is to be given back.
    pub fn give_up(&mut self) -> Vec<Claimed> {
        let left = self.by_webhook.drain().flat_map(|(_, it)| it.taken.into_values());
        self.unsent.drain(..).chain(left).collect()
    }
}
