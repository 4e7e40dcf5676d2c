//! Everything that was begun is brought to its end.

use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};
use serde_json::json;
use uuid::Uuid;

use super::{Telling, fields};
use crate::kernel::Clock as _;
use crate::storage::entity::{event_subscription, event_thrown, job};
use crate::workflow::InstanceStatus;
use crate::workflow::status::TaskStatus;
use crate::workflow::task::Decide;
use crate::workflow::tests::office::actor;

/// The most deeds that any story needs to come to its end.
const MOST: usize = 600;

impl Telling<'_> {
    /// Everything that is open is approved, done or told until nothing is.
    pub(in super::super) async fn comes_to_its_end(&mut self) {
        for _ in 0..MOST {
            if !self.is_running() {
                break;
            }
            self.office.workflow.resume(&actor("admin"), self.root, None).await.unwrap();
            if !self.is_brought_on().await {
                break;
            }
            self.looks().await;
        }
        // What still lies about in the world finds nobody.
        self.settles().await;
        self.looks().await;
        for instance in &self.books.instances {
            let status = InstanceStatus::of(instance.status).unwrap();
            let waits: Vec<_> =
                self.books.subscriptions.iter().map(|row| (&row.node_id, &row.kind)).collect();
            assert!(
                status.is_final(),
                "after all it has ended: {instance:?}\n{waits:?}\n{:#?}",
                self.books.jobs
            );
        }
    }

    /// Does the next thing; whether there was any.
    async fn is_brought_on(&mut self) -> bool {
        let open = self.books.tasks.iter().find(|task| task.status == TaskStatus::Running.code());
        if let Some(task) = open {
            let user = self.people_of(task).pop().expect("somebody is asked");
            let decide = Decide { form_data: fields(json!({"again": false})), ..Decide::default() };
            let approved = self.office.workflow.approve(&actor(&user), task.id, decide).await;
            if let Err(fault) = approved {
                panic!("{user} has {task:?}: {fault} {:?}", fault.details());
            }
            return true;
        }
        let is_called_back = |job: &&job::Model| job.kind == "HTTP" && job.status == "WAITING";
        if let Some(job) = self.books.jobs.iter().find(is_called_back) {
            self.office.workflow.call_back(job.id, json!({})).await.unwrap();
            return true;
        }
        let open = self.books.jobs.iter().find(|job| job.finished_at.is_none() && job.status != "WAITING");
        if let Some(job) = open.cloned() {
            self.is_done(&job).await;
            return true;
        }
        if let Some(incident) = self.open_incidents().first().copied() {
            self.office.workflow.resolve_incident(&actor("olivia"), incident).await.unwrap();
            self.settles().await;
            return true;
        }
        // What is at a border, or starts a subprocess, may happen or not.
        let is_needed = |row: &&event_subscription::Model| {
            row.kind != "TIMER" && (row.node_id.starts_with("wait") || row.node_id.starts_with("machine"))
        };
        if let Some(row) = self.books.subscriptions.iter().find(is_needed).cloned() {
            self.is_told(row).await;
            return true;
        }
        let timers = self.books.subscriptions.iter().filter_map(|row| row.due_at);
        let Some(next) = timers.chain(self.books.jobs.iter().filter_map(|job| job.due_at)).min() else {
            return false;
        };
        let wait = next - self.office.clock.now();
        self.office.clock.advance(wait.to_std().unwrap_or_default());
        self.settles().await;
        true
    }

    async fn is_done(&self, job: &job::Model) {
        let (flow, olivia) = (&self.office.workflow, actor("olivia"));
        match (job.kind.as_str(), job.status.as_str()) {
            (_, "FAILED") => {
                let about = self
                    .books
                    .incidents
                    .iter()
                    .find(|one| one.job_id == Some(job.id) && one.resolved_at.is_none());
                let incident = about.expect("what has failed has an incident").id;
                flow.resolve_incident(&olivia, incident).await.unwrap();
            }
            ("HTTP", _) => self.settles().await,
            (_, "PENDING") => drop(self.claims().await),
            _ => {
                flow.complete_job(&olivia, job.id, job.lock_id.unwrap(), fields(json!({}))).await.unwrap();
            }
        }
    }

    /// The one that waits is told, and nobody else.
    async fn is_told(&self, row: event_subscription::Model) {
        let only = event_thrown::Model {
            id: Uuid::now_v7(),
            kind: row.kind,
            name: row.name.unwrap(),
            business_key: None,
            variables: "{}".to_owned(),
            created_at: self.office.clock.now(),
            subscription_id: Some(row.id),
        };
        only.into_active_model().insert(self.office.db.writer()).await.unwrap();
        self.settles().await;
    }
}
