//! People at work; after each of their deeds the audit looks at the books.

use std::sync::Arc;

use chrono::DateTime;
use sea_orm::{EntityTrait as _, QueryOrder as _};
use serde_json::{Map, Value};
use tempfile::TempDir;
use uuid::Uuid;

use super::draft::Draft;
use super::receivers::Receivers;
use super::servers::Servers;
use crate::app::{App, Config, Mode};
use crate::directory::Import;
use crate::events::LocalBus;
use crate::kernel::{Actor, ErrorCode, Failpoints, Fault, ManualClock, PageRequest, Role};
use crate::storage::Db;
use crate::storage::entity::{process_history, process_instance, task};
use crate::storage::scratch::Scratch;
use crate::workflow::status::{InstanceStatus, TaskStatus};
use crate::workflow::task::Decide;
use crate::workflow::webhook::{NewWebhook, WebhookMode};
use crate::workflow::{Confirming, SecondFactor, StartProcess, Workflow, WorkflowParts};

/// What must be refused, with this code.
pub(super) fn refused<T>(done: Result<T, Fault>, code: ErrorCode) -> Fault {
    let fault = done.err().expect("this must be refused");
    assert_eq!(fault.code(), code, "{fault} {:?}", fault.details());
    fault
}

/// Whoever has a ticket with their own name has confirmed what they do.
struct Tickets;

#[async_trait::async_trait]
impl SecondFactor for Tickets {
    async fn check(&self, actor: &Actor, _: Confirming, ticket: &str) -> Result<(), Fault> {
        if ticket == actor.user_id { Ok(()) } else { Err(Fault::forbidden("not your ticket")) }
    }
}

/// Everything that approvals need, on one database.
pub(super) struct Office {
    pub workflow: Workflow,
    pub clock: Arc<ManualClock>,
    pub db: Db,
    pub app: App,
    /// Whom processes call.
    pub servers: Servers,
    /// Where webhooks' messages go.
    pub receivers: Receivers,
    /// Whether a webhook wants to be told of everything, so that the audit sees what is told.
    pub is_told: bool,
    _scratch: Scratch,
    _folder: TempDir,
}

pub(super) fn actor(user: &str) -> Actor {
    let role = match user {
        "admin" => Role::Admin,
        "olivia" => Role::Operator,
        _ => Role::User,
    };
    Actor { user_id: user.to_owned(), name: user.to_owned(), role, plan: None }
}

fn workflow(
    db: &Db,
    clock: &Arc<ManualClock>,
    app: &App,
    receivers: &Receivers,
    draw: fn(usize) -> usize,
) -> Workflow {
    Workflow::new(WorkflowParts {
        db: db.clone(),
        clock: clock.clone(),
        bus: Arc::new(LocalBus::default()),
        directory: crate::directory::Directory::new(db.clone(), clock.clone()),
        files: app.files.clone(),
        second_factor: Arc::new(Tickets),
        sender: Arc::new(receivers.clone()),
        random: || [7; 32],
        draw,
        failpoints: Failpoints::default(),
    })
}

/// A webhook that wants everything.
pub(super) fn told_of_everything(url: &str) -> NewWebhook {
    NewWebhook {
        mode: WebhookMode::Notify,
        url: url.to_owned(),
        description: String::new(),
        definition_key: None,
        event_types: None,
        actions: None,
        on_failure: None,
        timeout_seconds: None,
        enabled: true,
    }
}

impl Office {
    pub(super) async fn over(scratch: Scratch) -> Self {
        Self::allowing(scratch, "").await
    }

    /// The same where what it serves may call these hosts of ours.
    pub(super) async fn allowing(scratch: Scratch, hosts: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = [
            ("DATABASE_URL", scratch.url.as_str()),
            ("DOCKET_DATA_DIR", folder.path().to_str().unwrap()),
            ("DOCKET_FETCH__ALLOW", hosts),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::load(Mode::Tool, None, variables).unwrap();
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
        let app = App::build_with(config, clock.clone(), Arc::new(Tickets)).await.unwrap();
        let receivers = Receivers::default();
        let workflow = workflow(&scratch.db, &clock, &app, &receivers, |bound| bound - 1);
        let everything = told_of_everything("https://auditor.example/");
        workflow.create_webhook(&actor("admin"), everything).await.unwrap();
        Self {
            workflow,
            servers: Servers::default(),
            receivers,
            is_told: true,
            clock,
            db: scratch.db.clone(),
            app,
            _scratch: scratch,
            _folder: folder,
        }
    }

    /// The same where nobody is told of anything.
    pub(super) async fn untold(mut self) -> Self {
        let page = PageRequest { limit: 1, backwards: false, after: None, before: None };
        let auditor = self.workflow.webhooks(&actor("admin"), &page).await.unwrap().edges.remove(0).node;
        self.workflow.delete_webhook(&actor("admin"), auditor.id).await.unwrap();
        self.is_told = false;
        self
    }

    /// Another replica of the service, which shares nothing but the database.
    pub(super) fn another(&self) -> Workflow {
        workflow(&self.db, &self.clock, &self.app, &self.receivers, |bound| bound - 1)
    }

    /// The same where another one is drawn.
    pub(super) fn drawing(mut self, draw: fn(usize) -> usize) -> Self {
        self.workflow = workflow(&self.db, &self.clock, &self.app, &self.receivers, draw);
        self
    }

    /// Fills the directory from CSV texts.
    pub(super) async fn people(&self, departments: &str, people: &str) {
        let import = Import {
            departments: Some(bytes::Bytes::from(departments.to_owned())),
            people: Some(bytes::Bytes::from(people.to_owned())),
            ..Import::default()
        };
        self.workflow.inner.directory.import(&actor("olivia"), import).await.unwrap();
    }

    pub(super) async fn deploys(&self, draft: &Draft) {
        let deployed = self.workflow.definitions().deploy(&actor("olivia"), draft.document()).await;
        deployed.unwrap_or_else(|fault| panic!("{fault} {:?}\n{}", fault.details(), draft.document()));
    }

    pub(super) async fn starts(&self, user: &str, key: &str, variables: Value) -> Uuid {
        self.tries_to_start(user, key, variables).await.unwrap()
    }

    /// Starts an instance about something, for Alice.
    pub(super) async fn starts_about(&self, process: &str, key: &str) -> Uuid {
        let start = StartProcess {
            definition_key: process.to_owned(),
            business_key: Some(key.to_owned()),
            ..StartProcess::default()
        };
        let started = self.workflow.start(Some(&actor("alice")), start).await;
        self.deed(started).await.unwrap().instance.id
    }

    pub(super) async fn tries_to_start(
        &self,
        user: &str,
        key: &str,
        variables: Value,
    ) -> Result<Uuid, Fault> {
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let start = StartProcess { definition_key: key.to_owned(), variables, ..StartProcess::default() };
        let started = self.workflow.start(Some(&actor(user)), start).await?;
        self.audit().await;
        Ok(started.instance.id)
    }

    /// All tasks of an instance, as `node assignee STATUS`, in their order.
    pub(super) async fn tasks(&self, instance: Uuid) -> Vec<String> {
        let told = |row: &task::Model| {
            let status = TaskStatus::of(row.status).unwrap();
            format!("{} {} {}", row.node_id, row.assignee.as_deref().unwrap_or("?"), status.as_str())
        };
        self.rows(instance).await.iter().map(told).collect()
    }

    pub(super) async fn rows(&self, instance: Uuid) -> Vec<task::Model> {
        let all = task::Entity::find().order_by_asc(task::Column::Id).all(self.db.reader()).await.unwrap();
        all.into_iter().filter(|row| row.instance_id == instance).collect()
    }

    /// The open task of a node, of this assignee where several are open.
    pub(super) async fn open(&self, instance: Uuid, node: &str, user: &str) -> task::Model {
        let rows = self.rows(instance).await;
        let found = rows.into_iter().rev().find(|row| {
            row.node_id == node
                && row.finished_at.is_none()
                && row.assignee.as_deref().is_none_or(|assignee| assignee == user)
        });
        found.unwrap_or_else(|| panic!("{user} has no open task at {node}"))
    }

    pub(super) async fn approves(
        &self,
        user: &str,
        instance: Uuid,
        node: &str,
    ) -> Result<task::Model, Fault> {
        let task = self.open(instance, node, user).await;
        self.deed(self.workflow.approve(&actor(user), task.id, Decide::default()).await).await
    }

    pub(super) async fn rejects(
        &self,
        user: &str,
        instance: Uuid,
        node: &str,
        reason: &str,
    ) -> Result<task::Model, Fault> {
        let task = self.open(instance, node, user).await;
        let decide = Decide { comment: Some(reason.to_owned()), ..Decide::default() };
        self.deed(self.workflow.reject(&actor(user), task.id, decide).await).await
    }

    pub(super) async fn sends_back(
        &self,
        user: &str,
        instance: Uuid,
        node: &str,
        to: Option<&str>,
    ) -> Result<task::Model, Fault> {
        let task = self.open(instance, node, user).await;
        let to = to.map(str::to_owned);
        self.deed(self.workflow.send_back(&actor(user), task.id, to, Decide::default()).await).await
    }

    /// Uploads a picture; its id.
    pub(super) async fn uploads(&self, user: &str) -> Uuid {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(8, 8).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
        let body = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes.into_inner()))]);
        let files = &self.app.files;
        files.upload(&actor(user), Some("name.png"), crate::files::PICTURES, body).await.unwrap().id
    }

    /// What somebody has done, after the audit.
    pub(super) async fn deed<T>(&self, done: Result<T, Fault>) -> Result<T, Fault> {
        self.audit().await;
        done
    }

    /// What the history says, as `KIND actor`.
    pub(super) async fn history(&self, instance: Uuid) -> Vec<String> {
        let page = PageRequest { limit: 100, backwards: false, after: None, before: None };
        let page = self.workflow.history(&self.instance(instance).await, &page).await.unwrap();
        let told =
            |row: &process_history::Model| format!("{} {}", row.kind, row.actor.as_deref().unwrap_or("-"));
        page.edges.iter().map(|edge| told(&edge.node)).collect()
    }

    /// How many entries the history has.
    pub(super) async fn history_count(&self, instance: Uuid) -> i64 {
        self.workflow.history_counts(&[instance]).await.unwrap()[&instance]
    }

    /// The way of the tokens, or with `only_open` where they are: the nodes.
    pub(super) async fn way(&self, instance: Uuid, only_open: bool) -> Vec<String> {
        let found = self.workflow.first_activities(&[instance], only_open, 100).await.unwrap();
        found.into_values().flatten().map(|stay| stay.node_id).collect()
    }

    /// The instances that one has called, at most 200.
    pub(super) async fn children(&self, of: Uuid) -> Vec<process_instance::Model> {
        self.workflow.first_children(&[of], 200).await.unwrap().remove(&of).unwrap_or_default()
    }

    /// The newest instance that one has called.
    pub(super) async fn child(&self, of: Uuid) -> Uuid {
        self.children(of).await.last().unwrap().id
    }

    pub(super) async fn instance(&self, id: Uuid) -> process_instance::Model {
        process_instance::Entity::find_by_id(id).one(self.db.reader()).await.unwrap().unwrap()
    }

    pub(super) async fn status(&self, id: Uuid) -> InstanceStatus {
        InstanceStatus::of(self.instance(id).await.status).unwrap()
    }

    pub(super) async fn variables(&self, id: Uuid) -> Map<String, Value> {
        serde_json::from_str(&self.instance(id).await.variables).unwrap()
    }
}
