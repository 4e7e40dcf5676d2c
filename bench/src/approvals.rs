//! Docket's approvals with a process of one step, and a heap of tasks around it.

use std::sync::Arc;
use std::time::Instant;

use docket::app::{App, Config, Mode};
use docket::kernel::{Actor, Role, SystemClock};
use docket::storage::Db;
use docket::workflow::{Decide, StartProcess, TaskFilter, TaskOrder, Workflow};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use uuid::Uuid;

use crate::comparison::Outcome;
use crate::copies::{copies, waiting};

/// Those who decide; each caller has some of them to itself.
pub const PEOPLE: usize = 64;
/// How many start instances at once, before anything is measured.
const STARTERS: usize = 4;

/// Start, one user task, end: no less can be decided.
const ONE_STEP: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:flowable="http://flowable.org/bpmn" targetNamespace="bench"><process id="one-step" name="One step">
  <startEvent id="start"/><userTask id="review" name="Review" flowable:assignee="${who}"/><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
  <sequenceFlow id="b" sourceRef="review" targetRef="end"/></process></definitions>"#;

/// Start, a timer, end.
const A_TIMER: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  targetNamespace="bench"><process id="a-timer" name="A timer"><startEvent id="start"/>
  <intermediateCatchEvent id="later"><timerEventDefinition><timeDuration>PT1H</timeDuration>
  </timerEventDefinition></intermediateCatchEvent><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="later"/>
  <sequenceFlow id="b" sourceRef="later" targetRef="end"/></process></definitions>"#;

/// A task that waits for somebody.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The task.
    pub task: Uuid,
    /// Its instance.
    pub instance: Uuid,
    /// Whose it is.
    pub who: String,
}

/// The services on a migrated database.
pub struct Approvals {
    app: App,
    _folder: tempfile::TempDir,
}

/// Somebody by number.
pub fn person(n: usize) -> Actor {
    let user_id = format!("user-{n:02}");
    Actor { name: user_id.clone(), user_id, role: Role::User, plan: None }
}

impl Approvals {
    /// Opens them, with the process deployed.
    ///
    /// # Errors
    /// Where the database is not to be had.
    pub async fn open(url: &str) -> Outcome<Self> {
        Self::open_with(url, []).await
    }

    /// The same with further settings, by their variables.
    ///
    /// # Errors
    /// As [`open`](Self::open), and where a setting is not good.
    pub async fn open_with<const N: usize>(url: &str, settings: [(&str, String); N]) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_string_lossy().into_owned();
        let variables = [("DATABASE_URL", url.to_owned()), ("DOCKET_DATA_DIR", data)];
        let variables = variables.into_iter().chain(settings).map(|(name, value)| (name.to_owned(), value));
        let app = App::build(Config::load(Mode::Tool, None, variables)?, Arc::new(SystemClock)).await?;
        let operator = Actor { role: Role::Operator, ..person(0) };
        app.workflow.definitions().deploy(&operator, ONE_STEP.to_owned()).await?;
        Ok(Self { app, _folder: folder })
    }

    /// Deploys another process.
    ///
    /// # Errors
    /// Where it is refused.
    pub async fn deploy(&self, document: String) -> Outcome<()> {
        let operator = Actor { role: Role::Operator, ..person(0) };
        self.app.workflow.definitions().deploy(&operator, document).await?;
        Ok(())
    }

    /// Starts one instance of a process, and makes so many copies of it as it waits; how many wait in all.
    ///
    /// # Errors
    /// Where they cannot be made.
    pub async fn wait(&self, process: &str, count: usize) -> Outcome<usize> {
        let start = StartProcess { definition_key: process.to_owned(), ..StartProcess::default() };
        let original = self.workflow().start(Some(&person(0)), start).await?.instance.id;
        waiting(self.db(), original, count).await?;
        Ok(count + 1)
    }

    /// Lets so many instances wait for timers that are due; how many.
    ///
    /// # Errors
    /// Where they cannot be made.
    pub async fn all_due(&self, count: usize) -> Outcome<usize> {
        self.deploy(A_TIMER.to_owned()).await?;
        let waiting = self.wait("a-timer", count - 1).await?;
        let due = "UPDATE event_subscription SET due_at = created_at";
        self.db().writer().execute_unprepared(due).await?;
        Ok(waiting)
    }

    /// Everything.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// The service.
    pub fn workflow(&self) -> &Workflow {
        &self.app.workflow
    }

    /// Where they keep what they know.
    pub fn db(&self) -> &Db {
        &self.app.db
    }

    /// Leaves so many instances that have ended, and the one that they are copies of; how many in all.
    ///
    /// # Errors
    /// Where they cannot be made.
    pub async fn behind(&self, count: usize) -> Outcome<usize> {
        if count == 0 {
            return Ok(0);
        }
        let original = self.start(1).await?;
        self.approve(&original, 1).await?;
        let instance = original.first().ok_or("nothing was started")?.instance;
        copies(self.db(), instance, count, &format!("'user-' || (n % {PEOPLE})")).await?;
        Ok(count + 1)
    }

    /// Starts so many instances; the tasks that wait in them.
    ///
    /// # Errors
    /// Where one does not start.
    pub async fn start(&self, count: usize) -> Outcome<Vec<Waiting>> {
        self.start_for(count, PEOPLE).await
    }

    /// The same for so many people, each with an equal share.
    ///
    /// # Errors
    /// Where one does not start.
    pub async fn start_for(&self, count: usize, people: usize) -> Outcome<Vec<Waiting>> {
        self.start_as(count, |n| person(n % people).user_id).await
    }

    /// The same with a task for whoever `who` names.
    ///
    /// # Errors
    /// Where one does not start.
    pub async fn start_as(
        &self,
        count: usize,
        who: impl Fn(usize) -> String + Copy,
    ) -> Outcome<Vec<Waiting>> {
        let started = stream::iter(0..count).map(|n| async move {
            let who = who(n);
            let variables = json!({ "who": who });
            let start = StartProcess {
                definition_key: "one-step".to_owned(),
                variables: variables.as_object().cloned().unwrap_or_default(),
                ..StartProcess::default()
            };
            let instance = self.workflow().start(Some(&person(0)), start).await?.instance.id;
            let filter = TaskFilter { instance: Some(instance), ..TaskFilter::default() };
            let page = docket::kernel::PageArgs::default().check()?;
            let decider = Actor { user_id: who.clone(), name: who.clone(), role: Role::User, plan: None };
            let tasks = self.workflow().tasks(&decider, &filter, TaskOrder::default(), &page).await?;
            let task = tasks.edges.first().ok_or("no task was made")?.node.id;
            Ok::<_, Box<dyn std::error::Error + Send + Sync>>(Waiting { task, instance, who })
        });
        started.buffered(STARTERS).try_collect().await
    }

    /// Starts so many instances whose tasks are all these people's to claim; the tasks.
    ///
    /// # Errors
    /// Where one does not start.
    pub async fn start_shared(&self, count: usize, people: &[String]) -> Outcome<Vec<Uuid>> {
        let shared = format!(r#"flowable:candidateUsers="{}""#, people.join(","));
        self.deploy(ONE_STEP.replace(r#"flowable:assignee="${who}""#, &shared)).await?;
        let started = stream::iter(0..count).map(|_| async move {
            let start = StartProcess { definition_key: "one-step".to_owned(), ..StartProcess::default() };
            self.workflow().start(Some(&person(0)), start).await
        });
        started.buffered(STARTERS).try_collect::<Vec<_>>().await?;
        let statement = "SELECT id FROM task ORDER BY id";
        let reader = self.app.db.reader();
        let rows =
            reader.query_all_raw(sea_orm::Statement::from_string(reader.get_database_backend(), statement));
        Ok(rows.await?.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
    }

    /// Approves them by so many callers at once; decisions a second.
    ///
    /// # Errors
    /// Where one is not approved.
    pub async fn approve(&self, waiting: &[Waiting], callers: usize) -> Outcome<f64> {
        let started = Instant::now();
        let shares = share(waiting, callers).into_iter().map(|share| {
            let workflow = self.workflow().clone();
            tokio::spawn(async move {
                for one in share {
                    let actor =
                        Actor { user_id: one.who.clone(), name: one.who, role: Role::User, plan: None };
                    workflow.approve(&actor, one.task, Decide::default()).await?;
                }
                Ok::<_, docket::kernel::Fault>(())
            })
        });
        for share in shares.collect::<Vec<_>>() {
            share.await??;
        }
        Ok(waiting.len() as f64 / started.elapsed().as_secs_f64())
    }

    /// Whether everything came out: so many instances approved, and nothing written for webhooks, for
    /// nobody is told.
    ///
    /// # Errors
    /// Where it did not.
    pub async fn check(&self, count: usize) -> Outcome<()> {
        let text = "SELECT (SELECT count(*) FROM process_instance WHERE status = 2) AS ended, \
                    (SELECT count(*) FROM outbox) AS told, (SELECT count(*) FROM task WHERE status = 1) AS open";
        let reader = self.app.db.reader();
        let statement = sea_orm::Statement::from_string(reader.get_database_backend(), text);
        let row = reader.query_one_raw(statement).await?.ok_or("no row")?;
        let found: (i64, i64, i64) =
            (row.try_get("", "ended")?, row.try_get("", "told")?, row.try_get("", "open")?);
        let count = i64::try_from(count)?;
        if found == (count, 0, 0) {
            return Ok(());
        }
        Err(format!("of {count} instances {} ended, {} told and {} tasks open", found.0, found.1, found.2)
            .into())
    }
}

/// Each caller's share: people of their own.
pub fn share(waiting: &[Waiting], callers: usize) -> Vec<Vec<Waiting>> {
    let mut shares = vec![Vec::new(); callers];
    for (n, one) in waiting.iter().enumerate() {
        shares[n % PEOPLE % callers].push(one.clone());
    }
    shares
}
