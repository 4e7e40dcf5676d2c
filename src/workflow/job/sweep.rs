//! What is due of jobs: those that wait are tried again, and what workers did not report goes back.

use std::collections::BTreeSet;

use sea_orm::DbErr;

use crate::engine::LEASE_EXPIRED;
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_update_skip_locked, sql};
use crate::storage::entity::job;
use crate::workflow::Workflow;

/// The most jobs that one statement moves.
const AT_ONCE: usize = 500;
/// The most that are given up in one sweep, each with its instance.
const GIVEN_UP: usize = 100;

impl Workflow {
    /// Moves the jobs whose time has come; whether there may be more.
    ///
    /// # Errors
    /// The database's.
    pub async fn sweep_jobs(&self) -> Result<bool, Fault> {
        let moved = self.give_jobs_back().await?;
        let given_up = self.expired_for_good().await?;
        let count = given_up.len();
        for row in given_up {
            let (id, instance) = (row.id, row.instance_id);
            // One that cannot be given up holds up no other; it is looked at again.
            if let Err(fault) = self.give_job_up(row).await {
                tracing::warn!(job = %id, %instance, error = %fault, "a job could not be given up");
            }
        }
        Ok(moved == AT_ONCE || count == GIVEN_UP)
    }

    async fn give_jobs_back(&self) -> Result<usize, DbErr> {
        let inner = &self.inner;
        let (writer, now) = (inner.db.writer(), inner.clock.now());
        let backend = writer.get_database_backend();
        let text = format!(
            "WITH due AS MATERIALIZED (SELECT j.id, j.status FROM job j WHERE j.due_at <= $1 AND j.due_at IS NOT NULL \
             AND j.kind = 'EXTERNAL' AND (j.status = 'WAITING' OR j.failures + 1 < j.max_attempts) ORDER BY j.due_at, j.id LIMIT {AT_ONCE}{}) \
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
        let topics: BTreeSet<_> = rows.iter().filter(|row| !row.suspended).map(|row| &row.topic).collect();
        for topic in topics {
            inner.bus.publish(Signal::Jobs { topic: topic.clone() });
        }
        Ok(rows.len())
    }

    async fn expired_for_good(&self) -> Result<Vec<job::Model>, DbErr> {
        let (reader, now) = (self.inner.db.reader(), self.inner.clock.now());
        let text = format!(
            "SELECT {} FROM job j WHERE j.due_at <= $1 AND j.due_at IS NOT NULL AND (j.kind = 'HTTP' \
             OR (j.status = 'RUNNING' AND j.failures + 1 >= j.max_attempts)) ORDER BY j.due_at, j.id LIMIT {GIVEN_UP}",
            job::Model::columns("j")
        );
        job::Model::all(reader, sql(reader.get_database_backend(), text, [now.into()])).await
    }
}
