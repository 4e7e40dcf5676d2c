//! What has happened in instances, and where their tokens are.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Enum, ID, Result};
use serde_json::Value;
use uuid::Uuid;

use super::definition::ProcessNode;
use super::instance::instance_id;
use super::status::same_as;
use super::task::{Task, TaskList};
use crate::graphql::at_hand::{One, object_at_hand, plain_enum};
use crate::graphql::connection::connection;
use crate::graphql::context::Services;
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::{DateTime, Json};
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
    }
);

/// What entries that were read together share.
pub struct HistoryList {
    services: Arc<Services>,
    actor: Actor,
    actors: Arc<UserList>,
    tasks: ListLoader<Uuid, Arc<Task>>,
}

impl HistoryList {
    /// For entries that were read together.
    pub fn new(services: &Arc<Services>, actor: &Actor, rows: &[&domain::HistoryEntry]) -> Arc<Self> {
        Arc::new(Self {
            services: Arc::clone(services),
            actor: actor.clone(),
            actors: UserList::new(services, rows.iter().filter_map(|row| row.actor.clone())),
            tasks: ListLoader::new(rows.iter().filter_map(|row| row.task_id)),
        })
    }
}

/// An entry of a history.
pub struct HistoryEntry {
    row: domain::HistoryEntry,
    kind: domain::HistoryKind,
    data: Option<Value>,
    list: Arc<HistoryList>,
}

impl HistoryEntry {
    /// An entry of `list`.
    ///
    /// # Errors
    /// `INTERNAL` where the database holds what it should have refused.
    pub fn new(row: domain::HistoryEntry, list: &Arc<HistoryList>) -> Result<Self, Fault> {
        let known = domain::HistoryKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind);
        let kind = known.ok_or_else(|| Fault::internal(format!("no history knows {}", row.kind)))?;
        let data = row.data.as_deref().map(serde_json::from_str).transpose().map_err(Fault::internal)?;
        Ok(Self { row, kind, data, list: Arc::clone(list) })
    }
}

object_at_hand! {
    /// Something that somebody, or the process, has done. Entries are only ever added.
    HistoryEntry |entry| {
        /// What was done.
        kind "kind": HistoryKind = entry.kind.into();
        /// When.
        at "at": DateTime = DateTime(entry.row.at);
        /// Who did it; null: the process itself.
        actor "actor": Option<One<User>> =
            entry.row.actor.as_ref().map(|user| One(User::new(user, &entry.list.actors)));
        /// The instance: one that was called, where it happened there.
        instance_id "instanceId": ID = instance_id(entry.row.instance_id);
        /// At which node.
        node_id "nodeId": Option<String> = entry.row.node_id.clone();
        /// The number of the status before: the task's, or else the instance's.
        status_code_before "fromStatusCode": Option<i32> = entry.row.from_status.map(i32::from);
        /// The number of the status after.
        status_code_after "toStatusCode": Option<i32> = entry.row.to_status.map(i32::from);
        /// Why, in their words.
        reason "reason": Option<String> = entry.row.reason.clone();
        /// What else there is to say: whom it was given to, whom it was shown to, signature and
        /// attachments, where it was sent back to.
        data "data": Option<Json> = entry.data.clone().map(Json);
    }
    more {
        /// With which task, as it is now.
        async fn task(&self) -> Option<Result<One<Arc<Task>>>> {
            let id = self.row.task_id?;
            let HistoryList { services, actor, tasks, .. } = &*self.list;
            let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
                TaskList::load(services, actor, ids).await
            };
            tasks.get(&id, load).await.map(|task| task.map(One)).map_err(Into::into).transpose()
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

/// A token's stay at a node.
pub struct ProcessActivity {
    row: domain::Activity,
    node: ProcessNode,
}

impl ProcessActivity {
    /// A stay in an instance of this definition.
    pub fn new(row: domain::Activity, definition: &domain::Definition) -> Self {
        let node = ProcessNode::new(definition, &row.node_id);
        Self { row, node }
    }
}

object_at_hand! {
    /// A token's stay at a node.
    ProcessActivity |activity| {
        /// The instance.
        instance_id "instanceId": ID = instance_id(activity.row.instance_id);
        /// The node's id in the document.
        node_id "nodeId": String = activity.row.node_id.clone();
        /// The node's name.
        name "name": String = activity.node.name.clone();
        /// The element's name in BPMN, such as `userTask`.
        kind "kind": String = activity.node.kind.to_owned();
        /// The token.
        token "token": i32 = activity.row.token;
        /// The flow by which it came; null where it was put there.
        came_by "cameBy": Option<String> = activity.row.came_by.clone();
        /// When it came.
        entered_at "enteredAt": DateTime = DateTime(activity.row.entered_at);
        /// When it went; null while it is there.
        left_at "leftAt": Option<DateTime> = activity.row.left_at.map(DateTime);
        /// How it went: COMPLETED, SKIPPED (its condition let it be left at once), JOINED (it waited
        /// for others and they went on as one), REJECTED, RETURNED, WITHDRAWN or CANCELLED.
        outcome "outcome": Option<String> = activity.row.outcome.clone();
    }
}
