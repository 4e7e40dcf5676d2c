//! What is written, in few words: for tests that compare it.

use std::future::Future;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use uuid::Uuid;

use super::office::{Office, refused};
use crate::kernel::{ErrorCode, Fault, PageRequest};
use crate::storage::entity::{
    business_record, inbox, inbox_entry, outbox, process_activity, process_history, process_instance, task,
    task_candidate, variable_history,
};
use crate::workflow::status::{InstanceStatus, TaskStatus};

impl Office {
    /// What the history says of an instance and of those that it has called, an entry a line:
    /// `KIND who #task FROM>TO: why {what else}`, each part where there is one. Tasks are numbered as
    /// they come.
    pub(super) async fn lines(&self, instance: Uuid) -> Vec<String> {
        let page = PageRequest { limit: 200, backwards: false, after: None, before: None };
        let page = self.workflow.history(&self.instance(instance).await, &page).await.unwrap();
        assert!(!page.has_next, "a story that fits onto a page");
        let mut tasks = Vec::new();
        page.edges.iter().map(|edge| line(&edge.node, &mut tasks)).collect()
    }

    /// The same without what has been before.
    pub(super) async fn lines_since(&self, instance: Uuid, before: usize) -> Vec<String> {
        self.lines(instance).await.split_off(before)
    }

    /// The entries in which a task, or an instance, has changed its status, oldest first.
    pub(super) async fn moves(&self, instance: Uuid, task: Option<Uuid>) -> Vec<process_history::Model> {
        let all = process_history::Entity::find()
            .order_by_asc(process_history::Column::Revision)
            .order_by_asc(process_history::Column::Ordinal)
            .all(self.db.reader())
            .await
            .unwrap();
        all.into_iter()
            .filter(|entry| entry.instance_id == instance && entry.task_id == task)
            .filter(|entry| entry.to_status.is_some())
            .collect()
    }

    /// What must be refused with this code, and change nothing.
    pub(super) fn refuses<'a, T: 'a>(
        &'a self,
        code: ErrorCode,
        deed: impl Future<Output = Result<T, Fault>> + Send + 'a,
    ) -> BoxFuture<'a, ()> {
        let deed = deed.boxed();
        Box::pin(async move {
            let before = self.everything().await;
            refused(deed.await, code);
            assert_eq!(self.everything().await, before, "a refusal changes nothing");
        })
    }

    /// Every row that is written of instances.
    pub(super) async fn everything(&self) -> Vec<String> {
        let mut found = Vec::new();
        macro_rules! rows {
            ($($table:ident),+ $(,)?) => {$(
                let rows = $table::Entity::find().all(self.db.reader()).await.unwrap();
                found.extend(rows.iter().map(|row| format!("{} {row:?}", stringify!($table))));
            )+};
        }
        rows!(
            business_record,
            inbox,
            inbox_entry,
            outbox,
            process_activity,
            process_history,
            process_instance,
            task,
            task_candidate,
            variable_history,
        );
        found.sort_unstable();
        found
    }
}

fn line(entry: &process_history::Model, tasks: &mut Vec<Uuid>) -> String {
    let mut line = format!("{} {}", entry.kind, entry.actor.as_deref().unwrap_or("-"));
    if let Some(task) = entry.task_id {
        let place = tasks.iter().position(|known| *known == task).unwrap_or_else(|| {
            tasks.push(task);
            tasks.len() - 1
        });
        line.push_str(&format!(" #{}", place + 1));
    }
    let name = |code: i16| match entry.task_id {
        Some(_) => TaskStatus::of(code).unwrap().as_str(),
        None => InstanceStatus::of(code).unwrap().as_str(),
    };
    if let Some(to) = entry.to_status {
        line.push_str(&format!(" {}>{}", entry.from_status.map_or("", name), name(to)));
    }
    if let Some(reason) = &entry.reason {
        line.push_str(&format!(": {reason}"));
    }
    // Which process was started is said by each of them.
    if let Some(data) = entry.data.as_ref().filter(|_| entry.kind != "START") {
        line.push_str(&format!(" {data}"));
    }
    line
}
