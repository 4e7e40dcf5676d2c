//! What is due of jobs: those that wait are tried again, and what workers did not report goes back.

use std::collections::BTreeSet;

use async_trait::async_trait;
use chrono::TimeDelta;
use sea_orm::DbErr;
use uuid::Uuid;

use super::store;
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::entity::job;
use crate::workflow::Workflow;
use crate::workflow::case::{Case, Part, together};

/// The most jobs that one statement moves.
const AT_ONCE: usize = 500;
/// The most that are given up in one sweep, each with its instance.
const GIVEN_UP: usize = 100;
/// When to look again at one whose instance somebody has in hand.
const WHILE_HELD: TimeDelta = TimeDelta::seconds(1);
/// When to look again at one that could not be given up.
const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(60);

/// What a sweep has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workflow) enum Swept {
    /// Nothing is left whose time has come.
    All,
    /// There may be more.
    More,
}

/// A job that is given up.
struct Expired(job::Model);

#[async_trait]
impl Part for Expired {
    type Outcome = ();

    fn place(&self) -> (Uuid, Uuid) {
        (self.0.root_id, self.0.instance_id)
    }

    async fn happen(&self, case: &mut Case) -> Result<(), Fault> {
        Workflow::give_up_in_case(case, &self.0).await
    }
}

impl Workflow {
    /// Moves one portion of the jobs whose time has come.
    ///
    /// # Errors
    /// The database's.
    pub(in crate::workflow) async fn sweep_jobs(&self) -> Result<Swept, Fault> {
        let moved = self.give_jobs_back().await?;
        let (reader, now) = (self.inner.db.reader(), self.inner.clock.now());
        let expired = store::expired_for_good(reader, now, GIVEN_UP).await?;
        let expired: Vec<_> = expired.into_iter().map(Expired).collect();
        let (outcomes, committed) = together(&self.inner, None, &expired).await;
        if let Some(committed) = committed {
            self.committed(committed);
        }
        let left = expired.iter().zip(&outcomes).filter(|(_, outcome)| outcome.is_none());
        for (Expired(row), _) in left {
            self.give_up_alone(row).await?;
        }
        Ok(if moved == AT_ONCE || expired.len() == GIVEN_UP { Swept::More } else { Swept::All })
    }

    /// One that cannot be given up just now holds up no other: it is looked at again later.
    async fn give_up_alone(&self, row: &job::Model) -> Result<(), Fault> {
        let error = match self.give_job_up(row).await {
            Ok(true) => return Ok(()),
            Ok(false) => None,
            Err(fault) => Some(fault),
        };
        if let Some(error) = &error {
            tracing::warn!(job = %row.id, instance = %row.instance_id, %error, "a job could not be given up");
        }
        let wait = if error.is_some() { AFTER_FAILURE } else { WHILE_HELD };
        let at = self.inner.clock.now() + wait;
        Ok(store::look_later(self.inner.db.writer(), row, at).await?)
    }

    async fn give_jobs_back(&self) -> Result<usize, DbErr> {
        let inner = &self.inner;
        let rows = store::give_back(inner.db.writer(), inner.clock.now(), AT_ONCE).await?;
        if !rows.is_empty() {
            inner.failpoints.reached("job.after_given_back");
        }
        let topics: BTreeSet<_> = rows.iter().map(|row| &row.topic).collect();
        for topic in topics {
            inner.bus.publish(Signal::Jobs { topic: topic.clone() });
        }
        Ok(rows.len())
    }
}
