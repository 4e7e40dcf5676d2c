//! Hands what is due to the engine. Any number of replicas do; each row goes to one of them.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, EntityTrait as _};
use serde_json::{Map, Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::delivery::forget_deliveries;
use super::handler::{CONCURRENCY, EVENT_KIND, MAX_ATTEMPTS};
use super::{Happening, Message, Told};
use crate::engine::{Engine, NewRun};
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::bulk::{Column, Rows};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_update_skip_locked, sql};
use crate::storage::entity::event_thrown;
use crate::workflow::job::{self, CALL_KIND, Calling, Swept};
use crate::workflow::start_event::{self, START_KIND};
use crate::workflow::{EventKind, Workflow};

/// The most timers that one transaction hands out.
const TIMERS: usize = 10_000;
/// The most messages and signals that one transaction hands out, each to all who wait for it.
const THROWN: usize = 100;
/// The most calls that one transaction hands out.
const CALLS: usize = 500;
/// How long runs are kept that have ended, for whoever looks into the database.
const KEPT: TimeDelta = TimeDelta::days(1);
/// How many are forgotten at once.
const FORGOTTEN: u32 = 100;
/// How many times at each [`POLL`]: as many go as can come.
const PORTIONS: u32 = 5;
/// How often to look where no signal comes, and the longest that a clock which has jumped goes unseen.
const POLL: Duration = Duration::from_secs(10);
/// After a look that failed, the next.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// When to look again for what is due, and what another replica is just handing out.
const ELSEWHERE: TimeDelta = TimeDelta::milliseconds(100);
/// Two looks are at least so far apart: what becomes due meanwhile goes together.
const PAUSE: Duration = Duration::from_millis(5);

/// Looks for what is due. Cheap to clone.
#[derive(Clone)]
pub struct Events {
    workflow: Workflow,
    engine: Engine,
    stopping: CancellationToken,
}

impl Events {
    /// One that does nothing by itself until [`Events::work`] is called.
    pub fn new(workflow: Workflow, engine: Engine, stopping: CancellationToken) -> Self {
        Self { workflow, engine, stopping }
    }

    /// Hands out what is due, until it is told to stop. Woken by signals, with a slow poll behind them.
    pub async fn work(&self) {
        let inner = &self.workflow.inner;
        let mut signals = inner.bus.subscribe();
        let mut forgotten = Instant::now();
        while !self.stopping.is_cancelled() {
            let wait = match self.hand_out().await {
                Ok(Some(next)) => (next - inner.clock.now()).to_std().unwrap_or_default().min(POLL),
                Ok(None) => POLL,
                Err(error) => {
                    tracing::warn!(%error, "what is due could not be handed out");
                    AFTER_FAILURE
                }
            };
            if forgotten.elapsed() >= POLL {
                self.forget().await;
                forgotten = Instant::now();
            }
            self.idle(&mut signals, wait).await;
        }
    }

    /// Waits so long, or until something is due earlier.
    async fn idle(&self, signals: &mut Receiver<Signal>, wait: Duration) {
        let inner = &self.workflow.inner;
        let idle = tokio::time::sleep(wait.max(PAUSE));
        tokio::pin!(idle);
        loop {
            tokio::select! {
                () = self.stopping.cancelled() => return,
                () = &mut idle => return,
                signal = signals.recv() => match signal {
                    Ok(Signal::Due { at }) => {
                        let wait = (at - inner.clock.now()).to_std().unwrap_or_default().min(POLL);
                        let until = Instant::now() + wait.max(PAUSE);
                        // What is due later does not put off what is due before it.
                        if until < idle.deadline() {
                            idle.as_mut().reset(until);
                        }
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_) | RecvError::Closed) => return,
                },
            }
        }
    }

    /// Runs that ended long ago are of no use to anybody, nor is what has arrived of them.
    async fn forget(&self) {
        let inner = &self.workflow.inner;
        let before = inner.clock.now() - KEPT;
        if let Err(error) = forget_deliveries(inner.db.writer(), before - KEPT).await {
            tracing::warn!(%error, "what has arrived could not be forgotten");
        }
        for kind in [EVENT_KIND, CALL_KIND, START_KIND] {
            for _ in 0..PORTIONS {
                match self.engine.forget(kind, before, FORGOTTEN).await {
                    Ok(gone) if gone == u64::from(FORGOTTEN) => {}
                    Ok(_) => break,
                    Err(error) => {
                        tracing::warn!(%error, "ended runs could not be forgotten");
                        break;
                    }
                }
            }
        }
    }

    /// Hands everything that is due to the engine; when the next timer is.
    ///
    /// # Errors
    /// The database's; what was handed out until then stays so.
    pub async fn hand_out(&self) -> Result<Option<DateTime<Utc>>, Fault> {
        let inner = &self.workflow.inner;
        let mut swept = self.workflow.sweep_jobs().await?;
        loop {
            if swept == Swept::More {
                swept = self.workflow.sweep_jobs().await?;
            }
            let tx = inner.db.begin().await?;
            let timers = self.hand_out_timers(&tx).await?;
            let thrown = self.hand_out_thrown(&tx).await?;
            let calls = self.hand_out_calls(&tx).await?;
            let starts = self.hand_out_starts(&tx).await?;
            if timers == 0 && thrown == 0 && calls == 0 && starts == 0 {
                // Nothing was written.
                tx.rollback().await?;
                if swept == Swept::More {
                    continue;
                }
                break;
            }
            inner.failpoints.reached("events.before_commit");
            tx.commit().await?;
            inner.failpoints.reached("events.after_commit");
            self.engine.announce_work();
            if timers < TIMERS && thrown < THROWN && calls < CALLS && swept != Swept::More {
                break;
            }
        }
        let reader = inner.db.reader();
        let text = "SELECT min(next) AS next FROM (\
             SELECT min(due_at) AS next FROM event_subscription WHERE due_at IS NOT NULL AND run_id IS NULL \
             UNION ALL SELECT min(due_at) FROM start_subscription WHERE due_at IS NOT NULL AND run_id IS NULL \
             UNION ALL SELECT min(due_at) FROM job WHERE due_at IS NOT NULL AND NOT suspended) all_due";
        let row = reader.query_one_raw(sql(reader.get_database_backend(), text, [])).await?;
        let next: Option<DateTime<Utc>> = row.map_or(Ok(None), |row| row.try_get("", "next"))?;
        // What is due and was not handed out, somebody else has in hand.
        let now = inner.clock.now();
        Ok(next.map(|next| if next <= now { now + ELSEWHERE } else { next }))
    }

    async fn hand_out_timers(&self, tx: &DatabaseTransaction) -> Result<usize, DbErr> {
        let (backend, now) = (tx.get_database_backend(), self.workflow.inner.clock.now());
        let text = format!(
            "SELECT id FROM event_subscription WHERE due_at <= $1 AND due_at IS NOT NULL AND run_id IS NULL \
             ORDER BY due_at, id LIMIT {TIMERS}{}",
            for_update_skip_locked(backend)
        );
        let rows = tx.query_all_raw(sql(backend, text, [now.into()])).await?;
        let ids = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<Uuid>, _>>()?;
        if ids.is_empty() {
            return Ok(0);
        }
        let run = self.enqueue(tx, &ids, &Told::default()).await?;
        let count = ids.len();
        let text = |source: &str| {
            format!(
                "UPDATE event_subscription SET run_id = x.run_id FROM {source} WHERE event_subscription.id = x.id"
            )
        };
        Rows::new([("id", Column::Ids(ids))]).each_with("run_id", run).execute_in_op(tx, text).await?;
        Ok(count)
    }

    /// Processes that begin by the clock, and what is tried again of those that could not begin.
    async fn hand_out_starts(&self, tx: &DatabaseTransaction) -> Result<usize, DbErr> {
        let due = start_event::due_in_op(tx, self.workflow.inner.clock.now()).await?;
        let count = due.items.len();
        if count > 0 {
            let run = self.enqueue_starts(tx, due.items.clone()).await?;
            start_event::handed_in_op(tx, &due, run).await?;
        }
        Ok(count)
    }

    /// Calls over HTTP that nobody makes yet.
    async fn hand_out_calls(&self, tx: &DatabaseTransaction) -> Result<usize, DbErr> {
        let ids = job::calls_in_op(tx, CALLS).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let items = ids.iter().map(|job| json!(Calling { job: *job }).to_string()).collect();
        let run = self.run(tx, CALL_KIND, job::CONCURRENCY, job::MAX_ATTEMPTS, items).await?;
        job::hand_out_in_op(tx, &ids, run).await?;
        Ok(ids.len())
    }

    async fn hand_out_thrown(&self, tx: &DatabaseTransaction) -> Result<usize, DbErr> {
        let backend = tx.get_database_backend();
        let text = format!(
            "SELECT {} FROM event_thrown t ORDER BY t.id LIMIT {THROWN}{}",
            event_thrown::Model::columns("t"),
            for_update_skip_locked(backend)
        );
        let thrown = event_thrown::Model::all(tx, sql(backend, text, [])).await?;
        for event in &thrown {
            let subscriptions = subscribers(tx, event).await?;
            let variables = serde_json::from_str(&event.variables);
            let variables = variables.map_err(|error| DbErr::Custom(error.to_string()))?;
            if !subscriptions.is_empty() {
                self.enqueue(tx, &subscriptions, &told(event, &variables)).await?;
            }
            let is_awaited = !subscriptions.is_empty();
            let starts = start_event::begun_by_in_op(tx, event, &variables, is_awaited).await?;
            if !starts.is_empty() {
                self.enqueue_starts(tx, starts).await?;
            }
            event_thrown::Entity::delete_by_id(event.id).exec(tx).await?;
        }
        Ok(thrown.len())
    }

    async fn enqueue(
        &self,
        tx: &DatabaseTransaction,
        subscriptions: &[Uuid],
        told: &Told,
    ) -> Result<Uuid, DbErr> {
        let happening = |id: &Uuid| Happening { subscription: *id, variables: Map::new() }.text();
        let items = subscriptions.iter().map(happening).collect();
        // However many are told, what they are told is kept once.
        let run = NewRun { context: told.text(), ..run_of(EVENT_KIND, CONCURRENCY, MAX_ATTEMPTS) };
        Ok(self.engine.enqueue_in_op(tx, run, items).await?.id)
    }

    async fn enqueue_starts(&self, tx: &DatabaseTransaction, items: Vec<String>) -> Result<Uuid, DbErr> {
        self.run(tx, START_KIND, start_event::CONCURRENCY, start_event::MAX_ATTEMPTS, items).await
    }

    async fn run(
        &self,
        tx: &DatabaseTransaction,
        kind: &'static str,
        concurrency: u32,
        max_attempts: u32,
        items: Vec<String>,
    ) -> Result<Uuid, DbErr> {
        let run = run_of(kind, concurrency, max_attempts);
        Ok(self.engine.enqueue_in_op(tx, run, items).await?.id)
    }
}

/// A run as they all are.
fn run_of(kind: &'static str, concurrency: u32, max_attempts: u32) -> NewRun {
    let (id, context) = (Uuid::now_v7(), "{}".to_owned());
    NewRun { id, kind, priority: 0, concurrency, max_attempts, context }
}

/// What is told to those who wait for it.
fn told(event: &event_thrown::Model, variables: &Map<String, Value>) -> Told {
    // What is for one subscription alone is nobody else's.
    let is_for_any = event.kind == EventKind::Message.as_str() && event.subscription_id.is_none();
    let message = Message { name: event.name.clone(), key: event.business_key.clone() };
    Told { variables: variables.clone(), message: is_for_any.then_some(message) }
}

/// Who waits for what was told: of a signal all, of a message whoever has waited longest of those with
/// its business key.
async fn subscribers(tx: &DatabaseTransaction, event: &event_thrown::Model) -> Result<Vec<Uuid>, DbErr> {
    if let Some(only) = event.subscription_id {
        return Ok(vec![only]);
    }
    let is_signal = event.kind == EventKind::Signal.as_str();
    let (rest, key) = if is_signal {
        ("ORDER BY s.id", None)
    } else {
        let rest = "AND i.business_key = $3 ORDER BY s.created_at, s.id LIMIT 1";
        (rest, Some(event.business_key.clone().into()))
    };
    let text = format!(
        "SELECT s.id FROM event_subscription s JOIN process_instance i ON i.id = s.instance_id \
         WHERE s.kind = $1 AND s.name = $2 {rest}"
    );
    let values = [event.kind.clone().into(), event.name.clone().into()].into_iter().chain(key);
    let rows = tx.query_all_raw(sql(tx.get_database_backend(), text, values)).await?;
    rows.iter().map(|row| row.try_get_by_index(0)).collect()
}
