//! What the engine calls: a process begins.

use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{DatabaseTransaction, DbErr};

use super::begin::{Beginning, begin};
use super::incident::raise_in_op;
use super::rules::{self, Armed};
use super::{Starting, store};
use crate::engine::{Attempt, Handler, ItemError, Outcome};
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::entity::{run, start_subscription};
use crate::workflow::Workflow;
use crate::workflow::case::Case;
use crate::workflow::event::deliver_in_op;
use crate::workflow::outcome::{ignored, item_error};

/// The kind of runs whose items are processes that begin.
pub const START_KIND: &str = "process-start";
/// How many of one run begin at once, over all replicas.
pub(in crate::workflow) const CONCURRENCY: u32 = 16;
/// How often one is tried before it is an incident.
pub(in crate::workflow) const MAX_ATTEMPTS: u32 = 5;
/// How many a process has in hand at once: each takes a connection.
const CAPACITY: usize = 4;
/// How long one may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// The engine's handler for processes that begin.
pub struct StartHandler {
    workflow: Workflow,
}

impl StartHandler {
    /// The handler.
    pub fn new(workflow: Workflow) -> Self {
        Self { workflow }
    }

    async fn start(&self, attempt: &Attempt, starting: Starting) -> Result<Outcome, Fault> {
        let inner = &self.workflow.inner;
        let mut case = Case::begin(inner, None).await?;
        let Some(row) = store::lock(case.tx(), &starting).await? else {
            return Ok(ignored("NOT_WAITING", "no process begins by it any more"));
        };
        if !is_first(&case, attempt, &row).await? {
            return Ok(ignored("DELIVERED", "it has begun already"));
        }
        if let Some((name, key, variables)) = starting.as_message()
            && store::is_awaited(case.tx(), name, key).await?
        {
            // Who waits goes first, also where they have begun to since it was handed out.
            case.throw_again(name.to_owned(), Some(key.to_owned()), variables);
            self.workflow.committed(case.commit().await?);
            return Ok(Outcome::Success { result: None });
        }
        let next = match row.due_at {
            Some(at) => rules::again(&Armed { at, every: row.every.clone(), more: row.more }, case.now),
            None => None,
        };
        let due = next.as_ref().map(|next| Signal::Due { at: next.at });
        if row.due_at.is_some() {
            store::go_on_in_op(case.tx(), &row, next).await?;
        }
        let (business_key, variables) = match starting {
            Starting::Time { .. } => (None, serde_json::Map::new()),
            Starting::Told { business_key, variables, .. } => (business_key, variables),
        };
        let definition = inner.definitions.by_id(row.definition_id).await?;
        let beginning =
            Beginning { definition, node: row.node_id, business_key, started_by: None, variables };
        let id = begin(&mut case, beginning).await?;
        let mut committed = case.commit().await?;
        inner.failpoints.reached("start.after_commit");
        committed.signals.extend(due);
        self.workflow.committed(committed);
        Ok(Outcome::Success { result: Some(format!("\"{id}\"")) })
    }
}

/// Whether this is the first attempt that comes so far.
async fn is_first(case: &Case, attempt: &Attempt, row: &start_subscription::Model) -> Result<bool, DbErr> {
    match row.due_at {
        // Its run goes with its time.
        Some(_) => Ok(row.run_id == Some(attempt.run.id)),
        None => deliver_in_op(case.tx(), attempt.run.id, attempt.index).await,
    }
}

#[async_trait]
impl Handler for StartHandler {
    fn kind(&self) -> &'static str {
        START_KIND
    }

    fn capacity(&self) -> usize {
        CAPACITY
    }

    fn timeout(&self) -> Duration {
        TIMEOUT
    }

    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError> {
        let starting: Starting = attempt.parse_input()?;
        self.start(&attempt, starting).await.map_err(|fault| item_error(&fault))
    }

    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        if run.failed > 0 {
            // Here, and not where an attempt fails: also of what killed every replica that tried it.
            raise_in_op(tx, run.id, self.workflow.inner.clock.now()).await?;
        }
        Ok(Vec::new())
    }
}
