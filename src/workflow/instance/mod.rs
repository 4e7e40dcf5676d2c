//! Instances: started, suspended, resumed, cancelled.

mod list;
mod nameless;
mod start;

pub use list::{InstanceFilter, InstanceOrder, InstanceOrderField};
pub use start::{StartProcess, Started};
use uuid::Uuid;

use super::Workflow;
use super::case::{Case, HistoryKind, Note};
use super::status::InstanceStatus;
use super::task::said;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::entity::process_instance;

impl Workflow {
    /// Cancels an instance with everything that it has called. Its starter may; an ADMIN may, with a
    /// reason. Cancelling again changes nothing.
    ///
    /// # Errors
    /// `NOT_FOUND` where it is not the actor's to see; `FORBIDDEN` for who has not started it;
    /// `BAD_INPUT` for an ADMIN without a reason, and for an instance that another one has called;
    /// `CONFLICT` where it has ended otherwise.
    pub async fn cancel(
        &self,
        actor: &Actor,
        id: Uuid,
        reason: Option<String>,
    ) -> Result<process_instance::Model, Fault> {
        let reason = said("reason", reason)?;
        let seen = self.visible_instance(actor, id).await?;
        let is_starter = seen.started_by.as_deref() == Some(actor.user_id.as_str());
        if !is_starter && !actor.has_role(Role::Admin) {
            return Err(Fault::forbidden("only its starter or an ADMIN may cancel an instance"));
        }
        if !is_starter && reason.is_none() {
            return Err(Fault::bad_input("reason", "say why: it is not yours"));
        }
        not_called(&seen, "cancel")?;
        let mut case = Case::open(&self.inner, Some(&actor.user_id), seen.root_id, id).await?;
        let row = case.instance(id)?.clone();
        if row.status == InstanceStatus::Cancel.code() {
            return Ok(row);
        }
        still_running(&row)?;
        case.cancel(id, reason).await?;
        self.finish(case, id).await
    }

    /// Lets nothing be decided in an instance, and in those that it has called, until it is resumed. For ADMIN. Suspending again
    /// changes nothing.
    ///
    /// # Errors
    /// `FORBIDDEN`; `NOT_FOUND`; `CONFLICT` where it has ended; `BAD_INPUT` for an instance that another
    /// one has called.
    pub async fn suspend(
        &self,
        actor: &Actor,
        id: Uuid,
        reason: Option<String>,
    ) -> Result<process_instance::Model, Fault> {
        self.set_suspended(actor, id, reason, true).await
    }

    /// Lets an instance go on. For ADMIN. Resuming again changes nothing.
    ///
    /// # Errors
    /// As [`suspend`](Self::suspend).
    pub async fn resume(
        &self,
        actor: &Actor,
        id: Uuid,
        reason: Option<String>,
    ) -> Result<process_instance::Model, Fault> {
        self.set_suspended(actor, id, reason, false).await
    }

    async fn set_suspended(
        &self,
        actor: &Actor,
        id: Uuid,
        reason: Option<String>,
        suspended: bool,
    ) -> Result<process_instance::Model, Fault> {
        let reason = said("reason", reason)?;
        let seen = self.visible_instance(actor, id).await?;
        if !actor.has_role(Role::Admin) {
            return Err(Fault::forbidden("only ADMIN may suspend and resume instances"));
        }
        not_called(&seen, if suspended { "suspend" } else { "resume" })?;
        let mut case = Case::open(&self.inner, Some(&actor.user_id), seen.root_id, id).await?;
        let row = case.instance(id)?.clone();
        still_running(&row)?;
        if row.suspended == suspended {
            return Ok(row);
        }
        let kind = if suspended { HistoryKind::Suspend } else { HistoryKind::Resume };
        case.change_instance(id, kind, Note { reason, ..Note::default() }, |row| row.suspended = suspended)?;
        case.suspend_jobs(id, suspended).await?;
        if !suspended {
            case.rearm_timers(id).await?;
        }
        self.finish(case, id).await
    }

    /// Commits a case and tells of it; an instance as it then stands.
    pub(super) async fn finish(&self, case: Case, id: Uuid) -> Result<process_instance::Model, Fault> {
        let committed = case.commit().await?;
        let row = committed.instances.iter().find(|row| row.id == id).cloned();
        self.committed(committed);
        row.ok_or_else(|| Fault::internal("an instance that is not in hand"))
    }
}

/// What is done to a tree is done to its topmost instance.
///
/// # Errors
/// `BAD_INPUT` at `instanceId` where another one has called the instance.
fn not_called(row: &process_instance::Model, verb: &str) -> Result<(), Fault> {
    let Some(parent) = row.parent_id else { return Ok(()) };
    let message = format!("another instance has called this one and waits for it: {verb} that one");
    Err(Fault::bad_input("instanceId", message).with("parentId", parent.to_string().into()))
}

/// # Errors
/// `CONFLICT` with `status` where the instance has ended.
pub(super) fn still_running(row: &process_instance::Model) -> Result<(), Fault> {
    let status = InstanceStatus::of(row.status).map_err(Fault::internal)?;
    if status == InstanceStatus::Running {
        return Ok(());
    }
    Err(Fault::conflict(format!("the instance has already ended as {}", status.as_str()))
        .with("status", status.as_str().into())
        .with("statusCode", status.code().into()))
}
