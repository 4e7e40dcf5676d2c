//! Signals: hints that something is worth looking at. Losing one costs time, never truth.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use uuid::Uuid;

use super::Steps;

/// How many signals a slow listener may fall behind before it is told that it missed some.
const BACKLOG: usize = 4096;

/// A hint.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Signal {
    /// Changes of a stream up to `revision` can be read.
    Changed {
        /// The stream: a run's id.
        stream: Uuid,
        /// The latest revision.
        revision: i64,
    },
    /// Items began or reached another step. Not recorded anywhere.
    Running {
        /// The stream.
        stream: Uuid,
        /// Which items.
        items: Arc<[Running]>,
    },
    /// There may be work to claim.
    Work,
    /// Something is due from a time on, or is waiting to be handed out.
    Due {
        /// The time.
        at: DateTime<Utc>,
    },
    /// Something is to be told to webhooks.
    Told,
    /// Jobs of a topic may be claimed.
    Jobs {
        /// The topic.
        topic: String,
    },
    /// A run has ended otherwise than by its items: whoever works on it should look.
    Stopped {
        /// The stream.
        stream: Uuid,
    },
}

/// An item in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The item's index.
    pub index: i32,
    /// The attempt's number.
    pub attempt: i32,
    /// The step it is at, where its handler says.
    pub step: Option<String>,
}

/// Carries signals to everybody who listens: in this process, or in every replica.
pub trait Bus: Send + Sync + 'static {
    /// Sends without waiting.
    fn publish(&self, signal: Signal);

    /// Listens from now on. A receiver that lags must assume that anything has changed.
    fn subscribe(&self) -> broadcast::Receiver<Signal>;
}

/// A bus within this process.
#[derive(Debug, Clone)]
pub struct LocalBus {
    sender: broadcast::Sender<Signal>,
}

impl Default for LocalBus {
    fn default() -> Self {
        Self { sender: broadcast::channel(BACKLOG).0 }
    }
}

impl Bus for LocalBus {
    fn publish(&self, signal: Signal) {
        // Nobody listening is no error.
        let _ = self.sender.send(signal);
    }

    fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.sender.subscribe()
    }
}

/// Tells those who watch how far one attempt is.
#[derive(Clone)]
pub struct Announcer {
    bus: Arc<dyn Bus>,
    steps: Steps,
    stream: Uuid,
    index: i32,
    attempt: i32,
}

impl std::fmt::Debug for Announcer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Announcer").field("stream", &self.stream).field("index", &self.index).finish()
    }
}

impl Announcer {
    /// An announcer for one attempt, whose step `steps` keeps for those who ask later.
    pub fn new(bus: Arc<dyn Bus>, steps: Steps, stream: Uuid, index: i32, attempt: i32) -> Self {
        Self { bus, steps, stream, index, attempt }
    }

    /// The attempt has reached `step`.
    pub fn step(&self, step: &str) {
        self.steps.reached(self.stream, self.index, self.attempt, step);
        let running = Running { index: self.index, attempt: self.attempt, step: Some(step.to_owned()) };
        self.bus.publish(Signal::Running { stream: self.stream, items: Arc::new([running]) });
    }
}
