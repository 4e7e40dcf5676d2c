//! The operations on a socket: one task each.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::Executor;
use async_graphql::parser::types::OperationType;
use futures::StreamExt as _;
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use super::protocol::Protocol;
use super::writer::Outgoing;
use crate::http::graphql::execute::{Admitted, execute, subscribe};
use crate::http::graphql::reply::Reply;
use crate::http::metrics::Counted;

/// The operations that run on one socket, by their ids. Dropping it ends them all but mutations,
/// which nobody waits for any more.
pub(super) struct Operations {
    protocol: Protocol,
    results: mpsc::Sender<Outgoing>,
    in_hand: TaskTracker,
    running: Arc<Mutex<HashMap<String, Running>>>,
    tasks: JoinSet<()>,
}

struct Running {
    wanted: Arc<AtomicBool>,
    /// None for the moment between the id being taken and the task being there.
    task: Option<AbortHandle>,
}

impl Operations {
    /// No operations; their mutations will be kept `in_hand`.
    pub(super) fn new(protocol: Protocol, results: mpsc::Sender<Outgoing>, in_hand: TaskTracker) -> Self {
        Self { protocol, results, in_hand, running: Arc::default(), tasks: JoinSet::new() }
    }

    /// How many run.
    pub(super) fn len(&self) -> usize {
        lock(&self.running).len()
    }

    /// Whether one runs under this id.
    pub(super) fn contains(&self, id: &str) -> bool {
        lock(&self.running).contains_key(id)
    }

    /// Starts one, or, where it was refused already, starts telling so.
    pub(super) fn start<E: Executor>(&mut self, id: String, executor: &E, admitted: Result<Admitted, Reply>) {
        // What has ended is not kept.
        while self.tasks.try_join_next().is_some() {}
        let wanted = Arc::new(AtomicBool::new(true));
        let operation = Operation {
            id: id.clone(),
            protocol: self.protocol,
            results: self.results.clone(),
            in_hand: self.in_hand.clone(),
            wanted: wanted.clone(),
            running: self.running.clone(),
            _counted: Counted::operation(),
        };
        lock(&self.running).insert(id.clone(), Running { wanted: wanted.clone(), task: None });
        let executor = executor.clone();
        let span = tracing::info_span!("operation", operation_id = %id);
        let task = self.tasks.spawn(operation.run(executor, admitted).instrument(span));
        // Unless it has ended already.
        if let Some(running) =
            lock(&self.running).get_mut(&id).filter(|one| Arc::ptr_eq(&one.wanted, &wanted))
        {
            running.task = Some(task);
        }
    }

    /// Stops one; what it has still in the queue is not sent. Its id is free at once.
    pub(super) fn stop(&mut self, id: &str) {
        if let Some(running) = lock(&self.running).remove(id) {
            running.wanted.store(false, Ordering::Release);
            if let Some(task) = running.task {
                task.abort();
            }
        }
    }
}

fn lock(running: &Mutex<HashMap<String, Running>>) -> MutexGuard<'_, HashMap<String, Running>> {
    running.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Operation {
    id: String,
    protocol: Protocol,
    results: mpsc::Sender<Outgoing>,
    wanted: Arc<AtomicBool>,
    in_hand: TaskTracker,
    running: Arc<Mutex<HashMap<String, Running>>>,
    _counted: Counted,
}

impl Operation {
    async fn run<E: Executor>(self, executor: E, admitted: Result<Admitted, Reply>) {
        let is_over = match admitted {
            Err(refusal) => self.send(&refusal).await,
            Ok(admitted) if admitted.operation == OperationType::Subscription => {
                let mut replies = subscribe(&executor, admitted);
                let mut is_over = false;
                while !is_over && let Some(reply) = replies.next().await {
                    is_over = self.send(&reply).await;
                }
                is_over
            }
            Ok(admitted) => {
                let reply = execute(&executor, &self.in_hand, admitted).await;
                self.send(&reply).await
            }
        };
        if !is_over {
            self.release();
            self.queue(self.protocol.complete(&self.id)).await;
        }
    }

    /// Queues a result, waiting for its turn. Whether the operation is over with it: because it was
    /// refused, or because nobody takes results any more.
    async fn send(&self, reply: &Reply) -> bool {
        let (text, is_last) = self.protocol.result(&self.id, reply);
        if is_last {
            self.release();
        }
        let is_taken = self.queue(text).await;
        is_last || !is_taken
    }

    /// Whether the writer is still there to take it.
    async fn queue(&self, text: String) -> bool {
        self.results.send(Outgoing { text, wanted: self.wanted.clone() }).await.is_ok()
    }

    /// Frees the id. This comes before the last message goes out: whoever reads that may use the id
    /// again.
    fn release(&self) {
        let mut running = lock(&self.running);
        if running.get(&self.id).is_some_and(|one| Arc::ptr_eq(&one.wanted, &self.wanted)) {
            running.remove(&self.id);
        }
    }
}
