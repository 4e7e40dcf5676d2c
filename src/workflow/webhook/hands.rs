//! What one process has in hand of what webhooks are told.

use std::collections::HashMap;

use tokio::sync::mpsc;
use uuid::Uuid;

use super::claim::Claimed;
use super::record::Made;
use super::rules;

/// What was sent, and what has come of it; nothing, where sending it broke off.
pub type Back = (Claimed, Option<Made>);

/// What one process has in hand.
pub struct Hands {
    /// By webhook, then by instance and lease.
    pub by_webhook: HashMap<Uuid, HashMap<(Uuid, Uuid), Claimed>>,
    pub made: mpsc::UnboundedReceiver<Back>,
    pub back: mpsc::UnboundedSender<Back>,
    /// What is to be recorded.
    pub open: Vec<Made>,
}

impl Hands {
    pub fn new() -> Self {
        let (back, made) = mpsc::unbounded_channel();
        Self { by_webhook: HashMap::new(), made, back, open: Vec::new() }
    }

    /// How many more of a webhook there is room for.
    pub fn free(&self, webhook: Uuid, webhooks: usize) -> usize {
        let taken = self.by_webhook.get(&webhook).map_or(0, HashMap::len);
        rules::hands_of_one(webhooks).saturating_sub(taken)
    }

    pub fn count(&self) -> usize {
        self.by_webhook.values().map(HashMap::len).sum()
    }

    pub fn take(&mut self, claimed: &Claimed) {
        self.by_webhook
            .entry(claimed.hook.id)
            .or_default()
            .insert((claimed.instance, claimed.lease), claimed.clone());
    }

    /// Lets go of what was sent, and keeps what has come of it for the next record.
    pub fn let_go(&mut self, (claimed, made): Back) {
        if let Some(of_one) = self.by_webhook.get_mut(&claimed.hook.id) {
            of_one.remove(&(claimed.instance, claimed.lease));
        }
        // Of one whose sending broke off the lease runs out.
        self.open.extend(made);
    }

    /// Lets go of all that has come back by now.
    pub fn gather(&mut self) {
        while let Ok(back) = self.made.try_recv() {
            self.let_go(back);
        }
    }
}
