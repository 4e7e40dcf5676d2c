//! What has happened in instances.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Enum, ID, Result};
use uuid::Uuid;

use super::attachment::Attachment;
use super::instance::instance_id;
use super::node::ProcessNode;
use super::status::{SignPlace, TaskStatus, same_as};
use super::task::Task;
use super::task_list::TaskList;
use crate::files::StoredFile;
use crate::graphql::at_hand::{One, Rows, object_at_hand, plain_enum};
use crate::graphql::connection::connection;
use crate::graphql::context::Services;
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::DateTime;
use crate::graphql::viewer::{User, UserList};
use crate::kernel::{Actor, Fault};
use crate::workflow as domain;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum HistoryKind {
    /// The instance was started.
    Start,
    /// A task was made.
    Create,
    /// The turn of a task that waited has come.
    Open,
    /// A task waits again.
    Hold,
    /// A task was claimed.
    Claim,
    /// A task was given back to its candidates.
    Unclaim,
    /// Approved.
    Approve,
    /// Rejected.
    Reject,
    /// The instance was sent back.
    Return,
    /// A task was delegated.
    Delegate,
    /// Whoever it was delegated to has said what they think.
    Resolve,
    /// A task was given to somebody else.
    Transfer,
    /// Signers were added.
    AddSigners,
    /// Signers were taken away.
    RemoveSigners,
    /// A task was shown to somebody.
    Copy,
    /// Somebody has taken their approval back.
    Withdraw,
    /// An outside system has taken an approval back.
    Recall,
    /// Somebody has asked for a decision.
    Urge,
    /// Somebody has said something.
    Comment,
    /// Nobody needs to decide a task any longer.
    Cancel,
    /// The instance was suspended.
    Suspend,
    /// It was resumed.
    Resume,
    /// It has ended.
    End,
    /// What it waited for has happened: a time, a message, a signal.
    Trigger,
    /// A machine has done its work.
    CompleteJob,
    /// A machine's work has ended with an error of the process.
    ErrorJob,
    /// Something could not be done, until somebody sees to it.
    Incident,
    /// Somebody has seen to what could not be done: it is done again.
    ResolveIncident,
}

same_as!(
    HistoryKind,
    domain::HistoryKind {
        Start,
        Create,
        Open,
        Hold,
        Claim,
        Unclaim,
        Approve,
        Reject,
        Return,
        Delegate,
        Resolve,
        Transfer,
        AddSigners,
        RemoveSigners,
        Copy,
        Withdraw,
        Recall,
        Urge,
        Comment,
        Cancel,
        Suspend,
        Resume,
        End,
        Trigger,
        CompleteJob,
        ErrorJob,
        Incident,
        ResolveIncident,
    }
);

/// What entries that were read together share.
pub struct HistoryList {
    services: Arc<Services>,
    actor: Actor,
    users: Arc<UserList>,
    tasks: ListLoader<Uuid, Arc<Task>>,
    files: ListLoader<Uuid, StoredFile>,
    definitions: ListLoader<Uuid, Arc<domain::Definition>>,
}

impl HistoryList {
    /// Entries that were read together, which `actor` may see.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds what it should have refused.
    pub fn wrap(
        services: &Arc<Services>,
        actor: &Actor,
        rows: Vec<domain::HistoryEntry>,
    ) -> Result<Vec<Arc<HistoryEntry>>, Fault> {
        let read = rows.into_iter().map(Read::of).collect::<Result<Vec<_>, Fault>>()?;
        let details = || read.iter().map(|read| &read.detail);
        let actors = read.iter().filter_map(|read| read.row.actor.clone());
        let users = actors.chain(details().flat_map(|detail| detail.users.iter().cloned()));
        let files = details().flat_map(|detail| detail.attachments.iter().chain(&detail.signature).copied());
        let list = Arc::new(Self {
            services: Arc::clone(services),
            actor: actor.clone(),
            users: UserList::new(services, users),
            tasks: ListLoader::new(read.iter().filter_map(|read| read.row.task_id)),
            files: ListLoader::new(files),
            definitions: ListLoader::new(read.iter().map(|read| read.row.instance_id)),
        });
        Ok(read.into_iter().map(|read| Arc::new(HistoryEntry { read, list: Arc::clone(&list) })).collect())
    }

    /// A file of an entry; none where it is gone.
    async fn attachment(&self, id: Uuid) -> Result<Option<Attachment>> {
        let load = async |ids: &[Uuid]| self.services.files.referred(ids).await;
        let found = self.files.get(&id, load).await?;
        Ok(found.map(|file| Attachment::new(file, &self.services)))
    }
}

/// An entry with what its text columns hold.
struct Read {
    row: domain::HistoryEntry,
    kind: domain::HistoryKind,
    detail: domain::HistoryDetail,
}

impl Read {
    fn of(row: domain::HistoryEntry) -> Result<Self, Fault> {
        let known = domain::HistoryKind::of(&row.kind);
        let kind = known.ok_or_else(|| Fault::internal(format!("no history knows {}", row.kind)))?;
        let detail = domain::HistoryDetail::of(kind, row.data.as_deref()).map_err(Fault::internal)?;
        Ok(Self { row, kind, detail })
    }
}

/// An entry of a history.
pub struct HistoryEntry {
    read: Read,
    list: Arc<HistoryList>,
}

object_at_hand! {
    /// Something that somebody, or the process, has done. Entries are only ever added.
    HistoryEntry |entry| {
        /// What was done.
        kind "kind": HistoryKind = entry.read.kind.into();
        /// When.
        at "at": DateTime = DateTime(entry.read.row.at);
        /// Who did it; null: the process itself.
        actor "actor": Option<One<User>> =
            entry.read.row.actor.as_ref().map(|user| One(User::new(user, &entry.list.users)));
        /// The instance: one that was called, where it happened there.
        instance_id "instanceId": ID = instance_id(entry.read.row.instance_id);
        /// At which node.
        node_id "nodeId": Option<String> = entry.read.row.node_id.clone();
        /// The number of the status before: the task's, or else the instance's.
        status_code_before "fromStatusCode": Option<i32> = entry.read.row.from_status.map(i32::from);
        /// The number of the status after.
        status_code_after "toStatusCode": Option<i32> = entry.read.row.to_status.map(i32::from);
        /// Why, in their words.
        reason "reason": Option<String> = entry.read.row.reason.clone();
        /// Whom it concerns: who was asked with the task, was given or shown
        /// it, added as a signer or taken away; nobody where a task was made for whoever claims it.
        users "users": Rows<User> =
            Rows(entry.read.detail.users.iter().map(|user| User::new(user, &entry.list.users)).collect());
        /// What whoever it was delegated to says: APPROVE or REJECT.
        opinion "opinion": Option<TaskStatus> = entry.read.detail.opinion.map(Into::into);
        /// Where signers were added.
        sign "sign": Option<SignPlace> = entry.read.detail.sign.map(Into::into);
    }
    more {
        /// With which task, as it is now; null where it was with none, and where the task is not the
        /// caller's to see.
        async fn task(&self) -> Option<Result<One<Arc<Task>>>> {
            let id = self.read.row.task_id?;
            let HistoryList { services, actor, tasks, .. } = &*self.list;
            let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
                TaskList::load(services, actor, ids).await
            };
            tasks.get(&id, load).await.map(|task| task.map(One)).map_err(Into::into).transpose()
        }

        /// The node that it was sent back to; null where it was sent back to its starter.
        async fn returned_to(&self) -> Option<Result<One<ProcessNode>>> {
            let node = self.read.detail.returned_to.as_ref()?;
            let HistoryList { services, definitions, .. } = &*self.list;
            let load = async |ids: &[Uuid]| services.workflow.definitions_of(ids).await;
            let found = definitions.get(&self.read.row.instance_id, load).await;
            let found = found.map(|found| found.map(|definition| One(ProcessNode::new(&definition, node))));
            found.map_err(Into::into).transpose()
        }

        /// The files that came with it.
        async fn attachments(&self) -> Result<Rows<Attachment>> {
            let mut found = Vec::new();
            for id in &self.read.detail.attachments {
                found.extend(self.list.attachment(*id).await?);
            }
            Ok(Rows(found))
        }

        /// The signature that came with it.
        async fn signature(&self) -> Option<Result<One<Attachment>>> {
            let found = self.list.attachment(self.read.detail.signature?).await;
            found.map(|found| found.map(One)).transpose()
        }
    }
}

connection! {
    /// A page of a history, oldest first.
    HistoryConnection,
    /// An entry in its place.
    HistoryEdge,
    HistoryEntry
}
