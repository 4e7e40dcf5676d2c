//! The values that variables were given.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Result;
use uuid::Uuid;

use super::task::Task;
use super::task_list::TaskList;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::connection::connection;
use crate::graphql::context::Services;
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::{DateTime, Json};
use crate::graphql::viewer::{User, UserList};
use crate::kernel::{Actor, Fault};
use crate::workflow as domain;

/// What values that were read together share.
pub struct ValueList {
    services: Arc<Services>,
    actor: Actor,
    users: Arc<UserList>,
    tasks: ListLoader<Uuid, Arc<Task>>,
}

impl ValueList {
    /// For values that were read together, of instances whose variables `actor` may see.
    pub fn new(services: &Arc<Services>, actor: &Actor, rows: &[&domain::VariableValue]) -> Arc<Self> {
        Arc::new(Self {
            services: Arc::clone(services),
            actor: actor.clone(),
            users: UserList::new(services, rows.iter().filter_map(|row| row.changed_by.clone())),
            tasks: ListLoader::new(rows.iter().filter_map(|row| row.task_id)),
        })
    }
}

/// A value that a variable was given.
pub struct VariableValue {
    pub(super) row: domain::VariableValue,
    list: Arc<ValueList>,
}

impl VariableValue {
    /// A value of `list`.
    pub fn new(row: domain::VariableValue, list: &Arc<ValueList>) -> Self {
        Self { row, list: Arc::clone(list) }
    }
}

object_at_hand! {
    /// A value that a variable was given. Entries are only ever added.
    VariableValue |given| {
        /// The variable's name.
        name "name": String = given.row.name.clone();
        /// The value.
        value "value": Result<Json, Fault> =
            serde_json::from_str(&given.row.value).map(Json).map_err(Fault::internal);
        /// Whether an earlier value came back with it, since a decision was taken back.
        restored "restored": bool = given.row.restores.is_some();
        /// Who gave it; null: the process itself, or somebody without a token.
        changed_by "changedBy": Option<One<User>> =
            given.row.changed_by.as_ref().map(|user| One(User::new(user, &given.list.users)));
        /// When.
        at "at": DateTime = DateTime(given.row.at);
    }
    more {
        /// With which task, as it is now.
        async fn task(&self) -> Option<Result<One<Arc<Task>>>> {
            let id = self.row.task_id?;
            let ValueList { services, actor, tasks, .. } = &*self.list;
            let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
                TaskList::load(services, actor, ids).await
            };
            tasks.get(&id, load).await.map(|task| task.map(One)).map_err(Into::into).transpose()
        }
    }
}

connection! {
    /// A page of the values that an instance's variables were given, oldest first.
    VariableValueConnection,
    /// A value in its place.
    VariableValueEdge,
    VariableValue
}
