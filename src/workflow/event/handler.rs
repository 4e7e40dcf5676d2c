//! What the engine calls: something happens to an instance that waits for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::delivery::deliver_in_op;
use super::incident::raise_in_op;
use super::{Happening, Told};
use crate::engine::{Attempt, Handler, ItemError, Outcome};
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::bulk::by_ids;
use crate::storage::entity::{event_subscription, run};
use crate::workflow::case::{Case, HistoryKind, Note, Part};
use crate::workflow::execution::Command;
use crate::workflow::gathering::Gathering;
use crate::workflow::outcome::{ignored, item_error};
use crate::workflow::status::InstanceStatus;
use crate::workflow::{EventKind, Workflow};

/// The kind of runs whose items are events that happen.
pub const EVENT_KIND: &str = "process-event";
/// How many of one run happen at once, over all replicas.
pub(super) const CONCURRENCY: u32 = 4_096;
/// How often one is tried before it is an incident.
pub(super) const MAX_ATTEMPTS: u32 = 5;
/// How many a process has in hand at once: many more than are at work, so that the groups are full and the
/// engine leases and records hundreds at a time, however many runs share them.
const CAPACITY: usize = 1_024;
/// How many transactions they share at once: each takes a connection while it waits for its instances,
/// and the engine's heartbeats need theirs too.
const GROUPS: usize = 2;
/// The most that happens in one transaction.
const GROUP: usize = 256;
/// How many at once happen alone.
const ALONE: usize = 2;
/// How long one may take, with its wait for its turn.
const TIMEOUT: Duration = Duration::from_secs(300);

/// The engine's handler for events that happen.
pub struct EventHandler {
    workflow: Workflow,
    gathering: Gathering<Delivery, Answer>,
    alone: Semaphore,
}

/// An event on its way to whom it happens.
#[derive(Clone)]
struct Delivery {
    run: Uuid,
    index: i32,
    subscription: Uuid,
    told: Arc<Told>,
}

/// What came of an event in a group; none: it has to be tried alone.
type Answer = Option<Result<Outcome, ItemError>>;

impl EventHandler {
    /// The handler.
    pub fn new(workflow: Workflow) -> Self {
        Self { workflow, gathering: Gathering::new(GROUPS, GROUP), alone: Semaphore::new(ALONE) }
    }

    /// Lets events happen in one transaction.
    async fn together(&self, group: Vec<Delivery>) -> Vec<Answer> {
        let inner = &self.workflow.inner;
        let ids: Vec<_> = group.iter().map(|delivery| delivery.subscription).collect();
        let rows = match subscriptions(inner.db.reader(), &ids).await {
            Ok(rows) => rows,
            Err(error) => {
                let error = item_error(&error.into());
                return group.iter().map(|_| Some(Err(error.clone()))).collect();
            }
        };
        let mut parts = Vec::with_capacity(group.len());
        let mut answers: Vec<Answer> = Vec::with_capacity(group.len());
        for (at, delivery) in group.iter().enumerate() {
            let row = rows.get(&delivery.subscription);
            let is_for_nobody = row.is_none() && delivery.told.message.is_none();
            answers.push(is_for_nobody.then(|| Ok(nobody_waits())));
            parts.extend(row.map(|row| Occurrence { delivery, row, at }));
        }
        let outcomes = self.workflow.let_happen(None, &parts, "event.after_commit").await;
        for (part, outcome) in parts.iter().zip(outcomes) {
            answers[part.at] = outcome.map(Ok);
        }
        answers
    }

    /// Lets an event happen in a transaction of its own, waiting for its instance where it has to.
    async fn alone(&self, occurrence: &Occurrence<'_>) -> Result<Outcome, ItemError> {
        let inner = &self.workflow.inner;
        let happens = async {
            let (root, instance) = occurrence.place();
            let mut case = Case::open(inner, None, root, instance).await?;
            let outcome = occurrence.happen(&mut case).await?;
            let committed = case.commit().await?;
            inner.failpoints.reached("event.after_commit");
            self.workflow.committed(committed);
            Ok(outcome)
        };
        happens.await.map_err(|fault: Fault| item_error(&fault))
    }

    /// Tells a message to another one who waits for it: its subscriber is gone.
    async fn pass_on(&self, delivery: &Delivery) -> Result<Outcome, Fault> {
        let mut case = Case::begin(&self.workflow.inner, None).await?;
        let outcome = pass_on(&mut case, delivery).await?;
        let committed = case.commit().await?;
        self.workflow.committed(committed);
        Ok(outcome)
    }
}

/// It has happened.
const HAPPENED: Outcome = Outcome::Success { result: None };

/// An event with whoever waits for it.
struct Occurrence<'a> {
    delivery: &'a Delivery,
    row: &'a event_subscription::Model,
    /// Its place in its group.
    at: usize,
}

#[async_trait]
impl Part for Occurrence<'_> {
    type Outcome = Outcome;

    fn place(&self) -> (Uuid, Uuid) {
        (self.row.root_id, self.row.instance_id)
    }

    async fn happen(&self, case: &mut Case) -> Result<Outcome, Fault> {
        let Self { delivery, row, .. } = self;
        let instance = row.instance_id;
        let waits = case.state(instance)?.subscriptions.iter().any(|one| one.id == row.id);
        if case.instance(instance)?.status != InstanceStatus::Running.code() || !waits {
            return pass_on(case, delivery).await;
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
        if !is_timer && !deliver_in_op(case.tx(), delivery.run, delivery.index).await? {
            return Ok(ignored("DELIVERED", "it has reached the instance already"));
        }
        let note = Note { node: Some(row.node_id.clone()), ..Note::automatic() };
        case.write_down(instance, HistoryKind::Trigger, note)?;
        let variables = delivery.told.variables.clone();
        case.command(instance, Command::Trigger { subscription: row.id, variables }).await?;
        Ok(HAPPENED)
    }
}

/// Throws a message once more for another one who waits for it, where its subscriber does not any longer;
/// anything else is then nobody's.
async fn pass_on(case: &mut Case, delivery: &Delivery) -> Result<Outcome, Fault> {
    let Some(message) = &delivery.told.message else { return Ok(nobody_waits()) };
    if deliver_in_op(case.tx(), delivery.run, delivery.index).await? {
        case.throw_again(message.name.clone(), message.key.clone(), &delivery.told.variables);
    }
    Ok(ignored("PASSED_ON", "its subscriber does not wait any more: it is told to another one"))
}

fn nobody_waits() -> Outcome {
    ignored("NOT_WAITING", "nobody waits for it any more")
}

/// Who waits for events, by their ids.
async fn subscriptions(
    connection: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, event_subscription::Model>, DbErr> {
    let rows: Vec<event_subscription::Model> = by_ids(connection, "event_subscription", ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
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
        let Happening { subscription, variables } = attempt.parse_input()?;
        let told: Result<Told, _> = serde_json::from_str(&attempt.run.context);
        let mut told = told.map_err(|error| ItemError::last("BAD_ITEM", error.to_string()))?;
        told.variables.extend(variables);
        let (run, index, told) = (attempt.run.id, attempt.index, Arc::new(told));
        let delivery = Delivery { run, index, subscription, told };
        if let Some(answer) = self.gathering.ask(delivery.clone(), |group| self.together(group)).await {
            return answer;
        }
        let rows = subscriptions(self.workflow.inner.db.reader(), &[subscription]).await;
        let rows = rows.map_err(|error| item_error(&error.into()))?;
        let Some(row) = rows.get(&subscription) else {
            return self.pass_on(&delivery).await.map_err(|fault| item_error(&fault));
        };
        // It is never closed.
        let _turn = self.alone.acquire().await;
        self.alone(&Occurrence { delivery: &delivery, row, at: 0 }).await
    }

    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        if run.failed > 0 {
            // Here, and not where an attempt fails: also of what killed every replica that tried it.
            return raise_in_op(&self.workflow.inner, tx, run).await;
        }
        // What has arrived stays written down: a replica that has slept may still wake up over it.
        Ok(Vec::new())
    }
}
