//! What is due of jobs: those that wait are tried again, and what workers did not report goes back.

use std::collections::BTreeSet;

use async_trait::async_trait;
use sea_orm::DbErr;
use uuid::Uuid;

use crate::engine::LEASE_EXPIRED;
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_update_skip_locked, sql};
use crate::storage::entity::job;
use crate::workflow::Workflow;
use crate::workflow::case::{Case, Part, together};

/// The most jobs that one statement moves.
const AT_ONCE: usize = 500;
/// The most that are given up in one sweep, each with its instance.
const GIVEN_UP: usize = 100;

/// What a sweep has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::workflow) enum Swept {
    /// Nothing is left whose time has come.
    All,
    /// There may be more.
    More,
    /// What is left could not be moved just now.
    Stuck,
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
        let expired: Vec<_> = self.expired_for_good().await?.into_iter().map(Expired).collect();
        let (outcomes, committed) = together(&self.inner, None, &expired).await;
        if let Some(committed) = committed {
            self.committed(committed);
        }
        let given_up = outcomes.iter().flatten().count();
        if let Some(first) = expired.first().filter(|_| given_up == 0) {
            // One that cannot be given up holds up no other; it is looked at again.
            let (id, instance) = (first.0.id, first.0.instance_id);
            if let Err(fault) = self.give_job_up(&first.0).await {
                tracing::warn!(job = %id, %instance, error = %fault, "a job could not be given up");
            }
        }
        Ok(match expired.len() - given_up {
            _ if moved == AT_ONCE => Swept::More,
            0 if given_up < GIVEN_UP => Swept::All,
            _ if given_up > 0 => Swept::More,
            _ => Swept::Stuck,
        })
    }

    async fn give_jobs_back(&self) -> Result<usize, DbErr> {
        let inner = &self.inner;
        let (writer, now) = (inner.db.writer(), inner.clock.now());
        let backend = writer.get_database_backend();
        let text = format!(
            "WITH due AS MATERIALIZED (SELECT j.id, j.status FROM job j WHERE j.due_at <= $1 AND j.due_at IS NOT NULL \
             AND NOT j.suspended AND j.kind = 'EXTERNAL' AND (j.status = 'WAITING' OR j.failures + 1 < j.max_attempts) \
             ORDER BY j.due_at, j.id LIMIT {AT_ONCE}{}) \
             UPDATE job SET status = 'PENDING', due_at = NULL, lock_id = NULL, \
             failures = failures + CASE WHEN due.status = 'RUNNING' THEN 1 ELSE 0 END, \
             error_code = CASE WHEN due.status = 'RUNNING' THEN $2 ELSE error_code END, \
             error_message = CASE WHEN due.status = 'RUNNING' THEN $3 ELSE error_message END \
             FROM due WHERE job.id = due.id RETURNING {}",
            for_update_skip_locked(backend),
            job::Model::columns("job")
        );
        let message = "its worker did not report in time";
        let rows =
            job::Model::all(writer, sql(backend, text, [now.into(), LEASE_EXPIRED.into(), message.into()]));
        let rows = rows.await?;
        if !rows.is_empty() {
            inner.failpoints.reached("job.after_given_back");
        }
        let topics: BTreeSet<_> = rows.iter().map(|row| &row.topic).collect();
        for topic in topics {
            inner.bus.publish(Signal::Jobs { topic: topic.clone() });
        }
        Ok(rows.len())
    }

    async fn expired_for_good(&self) -> Result<Vec<job::Model>, DbErr> {
        let (reader, now) = (self.inner.db.reader(), self.inner.clock.now());
        let text = format!(
            "SELECT {} FROM job j WHERE j.due_at <= $1 AND j.due_at IS NOT NULL AND NOT j.suspended AND (j.kind = 'HTTP' \
             OR (j.status = 'RUNNING' AND j.failures + 1 >= j.max_attempts)) ORDER BY j.due_at, j.id LIMIT {GIVEN_UP}",
            job::Model::columns("j")
        );
        job::Model::all(reader, sql(reader.get_database_backend(), text, [now.into()])).await
    }
}
