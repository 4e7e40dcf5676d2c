//! What the engine calls: something happens to an instance that waits for it.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait as _};

use super::Happening;
use super::incident::raise_in_op;
use crate::engine::{Attempt, Handler, ItemError, Outcome};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::dialect::sql;
use crate::storage::entity::{event_subscription, run};
use crate::workflow::case::{Case, HistoryKind, Note};
use crate::workflow::execution::Command;
use crate::workflow::status::InstanceStatus;
use crate::workflow::{EventKind, Workflow};

/// The kind of runs whose items are events that happen.
pub const EVENT_KIND: &str = "process-event";
/// How many of one run happen at once, over all replicas.
pub(super) const CONCURRENCY: u32 = 64;
/// How often one is tried before it is an incident.
pub(super) const MAX_ATTEMPTS: u32 = 5;
/// How many a process has in hand at once: each takes a connection while it waits for its instance, and
/// the engine's heartbeats need theirs too.
const CAPACITY: usize = 4;
/// How long one may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The engine's handler for events that happen.
pub struct EventHandler {
    workflow: Workflow,
}

impl EventHandler {
    /// The handler.
    pub fn new(workflow: Workflow) -> Self {
        Self { workflow }
    }

    async fn happen(
        &self,
        attempt: &Attempt,
        happening: &Happening,
        row: &event_subscription::Model,
    ) -> Result<Outcome, Fault> {
        let inner = &self.workflow.inner;
        let instance = row.instance_id;
        let mut case = Case::open(inner, None, row.root_id, instance).await?;
        let waits = case.state(instance)?.subscriptions.iter().any(|one| one.id == row.id);
        if case.instance(instance)?.status != InstanceStatus::Running.code() || !waits {
            return Ok(ignored("NOT_WAITING", "the instance does not wait for it any more"));
        }
        let is_timer = row.kind == EventKind::Timer.as_str();
        if case.instance(row.root_id)?.suspended {
            // A timer is handed out again when the instance is resumed.
            return match is_timer {
                true => Ok(ignored("SUSPENDED", "the instance is suspended")),
                false => Err(Fault::conflict("the instance is suspended").with("retryable", true.into())),
            };
        }
        // What stays subscribed must be told apart from its own repetition.
        if !is_timer && !deliver_in_op(case.tx(), attempt).await? {
            return Ok(ignored("DELIVERED", "it has reached the instance already"));
        }
        let note = Note { node: Some(row.node_id.clone()), ..Note::automatic() };
        case.write_down(instance, HistoryKind::Trigger, note)?;
        let variables = happening.variables.clone();
        case.command(instance, Command::Trigger { subscription: row.id, variables }).await?;
        let committed = case.commit().await?;
        inner.failpoints.reached("event.after_commit");
        self.workflow.committed(committed);
        Ok(Outcome::Success { result: None })
    }
}

fn ignored(code: &'static str, message: &str) -> Outcome {
    Outcome::Ignored { code: code.into(), message: message.to_owned() }
}

/// Whether this is the first time that an item reaches its subscriber.
async fn deliver_in_op(tx: &DatabaseTransaction, attempt: &Attempt) -> Result<bool, DbErr> {
    let text =
        "INSERT INTO event_delivery (run_id, idx) VALUES ($1, $2) ON CONFLICT (run_id, idx) DO NOTHING";
    let values = [attempt.run.id.into(), attempt.index.into()];
    let done = tx.execute_raw(sql(tx.get_database_backend(), text, values)).await?;
    Ok(done.rows_affected() == 1)
}

/// Whether another attempt is worth making.
fn error_of(fault: &Fault) -> ItemError {
    let is_transient = match fault.code() {
        ErrorCode::Conflict => fault.details().contains_key("retryable"),
        ErrorCode::Internal | ErrorCode::Locked | ErrorCode::RateLimited => true,
        _ => false,
    };
    let code = fault.code().as_str();
    let message = fault.message().to_owned();
    if is_transient { ItemError::transient(code, message) } else { ItemError::last(code, message) }
}

#[async_trait]
impl Handler for EventHandler {
    fn kind(&self) -> &'static str {
        EVENT_KIND
    }

    fn capacity(&self) -> usize {
        CAPACITY
    }

    fn timeout(&self) -> Duration {
        TIMEOUT
    }

    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError> {
        let happening: Happening = attempt.parse_input()?;
        let found = event_subscription::Entity::find_by_id(happening.subscription);
        let found = found.one(self.workflow.inner.db.reader()).await;
        let found = found.map_err(|error| error_of(&error.into()))?;
        let Some(row) = found else {
            return Ok(ignored("NOT_WAITING", "nobody waits for it any more"));
        };
        self.happen(&attempt, &happening, &row).await.map_err(|fault| error_of(&fault))
    }

    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<(), DbErr> {
        if run.failed > 0 {
            // Here, and not where an attempt fails: also of what killed every replica that tried it.
            raise_in_op(&self.workflow.inner, tx, run.id).await?;
        }
        let text = "DELETE FROM event_delivery WHERE run_id = $1";
        tx.execute_raw(sql(tx.get_database_backend(), text, [run.id.into()])).await.map(drop)
    }
}
