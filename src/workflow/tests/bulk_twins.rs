//! Each task twice: decided in a batch, and one by one. Whatever is in the way, both end alike.

use std::collections::BTreeMap;

use axum::routing::post;
use axum::{Json, Router};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, told_of_everything};
use crate::batch::{BulkPapers, CreateApprovalBatch, TaskChoice};
use crate::storage::entity::{outbox, process_history, task};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::webhook::{HookAction, NewWebhook, WebhookMode};
use crate::workflow::{BulkVerdict, Decide, StartProcess, Workflow};

on_both_databases!(a_thousand_tasks_with_every_trouble_end_as_one_by_one, any_tasks_end_as_one_by_one);

/// The processes, and what decides about each.
const PROCESSES: [&str; 4] = ["one", "two", "filled", "grouped"];

/// What may be in the way of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trouble {
    None,
    /// Somebody else has decided it before the batch was made.
    HandledBefore,
    SuspendedBefore,
    /// What its form demands is missing.
    FormInvalid,
    /// It is somebody else's.
    NotMine,
    /// A webhook that is asked says no.
    Vetoed,
    /// Between the batch's making and the task's turn its instance is cancelled.
    CancelledBetween,
    SuspendedBetween,
    /// Between both, whoever decides leaves the group whose task it is.
    LeftBetween,
    /// It is twice in the list.
    Twice,
}

const TROUBLES: [Trouble; 10] = [
    Trouble::None,
    Trouble::HandledBefore,
    Trouble::SuspendedBefore,
    Trouble::FormInvalid,
    Trouble::NotMine,
    Trouble::Vetoed,
    Trouble::CancelledBetween,
    Trouble::SuspendedBetween,
    Trouble::LeftBetween,
    Trouble::Twice,
];

/// A task to be decided, twice.
#[derive(Debug, Clone, Copy)]
struct Plan {
    process: usize,
    trouble: Trouble,
}

impl Plan {
    /// What becomes of its item in a batch; where such a trouble cannot befall its process, as without.
    fn expected(self, verdict: BulkVerdict) -> &'static str {
        let approves = verdict == BulkVerdict::Approve;
        match (self.trouble, PROCESSES[self.process]) {
            (Trouble::HandledBefore, _) => "IGNORED HANDLED",
            (Trouble::SuspendedBefore | Trouble::SuspendedBetween, _) => "FAILED SUSPENDED",
            (Trouble::FormInvalid, "filled") if approves => "FAILED BAD_INPUT",
            (Trouble::NotMine, "one") => "FAILED NOT_FOUND",
            (Trouble::Vetoed, "two") if approves => "FAILED VETOED",
            (Trouble::CancelledBetween, _) => "IGNORED HANDLED",
            (Trouble::LeftBetween, "grouped") => "IGNORED NOT_YOURS",
            _ => "SUCCESS",
        }
    }
}

/// What is left of an instance, but for ids, times, and the batch's mark.
#[derive(Debug, PartialEq)]
struct Left {
    status: i16,
    variables: Value,
    tasks: Vec<String>,
    history: Vec<String>,
    events: Vec<String>,
}

/// A server that is asked of decisions, and says no where the business key does.
async fn says_no() -> String {
    let judge = async |Json(question): Json<Value>| {
        let about = question["data"]["instance"]["businessKey"].as_str().unwrap_or_default().to_owned();
        Json(json!({ "allow": !about.starts_with("no ") }))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    tokio::spawn(axum::serve(listener, Router::new().route("/", post(judge))).into_future());
    host
}

async fn office(scratch: Scratch) -> Office {
    let host = says_no().await;
    let office = Office::allowing(scratch, &host).await;
    office.deploys(&one_step("one", r#"flowable:assignee="${who}""#)).await;
    let two = Draft::new("two")
        .node("startEvent", "start", "")
        .user("review", r#"flowable:assignee="bob""#)
        .user("second", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("start > review > second > end");
    office.deploys(&two).await;
    let form = r#"<extensionElements><docket:form key="f"><![CDATA[{"type": "object",
        "properties": {"amount": {"type": "number"}, "why": {"type": "string"}}, "required": ["why"]}]]></docket:form></extensionElements>"#;
    let writes = r#"<extensionElements><docket:field name="amount" access="WRITE"/><docket:field name="why" access="WRITE"/></extensionElements>"#;
    let filled = Draft::new("filled")
        .xml(form)
        .node("startEvent", "start", "")
        .holding("userTask", "review", r#"flowable:formKey="f" flowable:assignee="bob""#, writes)
        .node("endEvent", "end", "")
        .flows("start > review > end");
    office.deploys(&filled).await;
    office.deploys(&one_step("grouped", r#"flowable:candidateGroups="${group}""#)).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,stay;leave\ncarol,Carol,stay\n").await;
    let asked = NewWebhook {
        mode: WebhookMode::BeforeAction,
        actions: Some(vec![HookAction::Approve]),
        definition_key: Some("two".to_owned()),
        ..told_of_everything(&format!("http://{host}/"))
    };
    office.app.workflow.create_webhook(&actor("admin"), asked).await.unwrap();
    office
}

impl Office {
    fn workflow_of_batches(&self) -> &Workflow {
        &self.app.workflow
    }

    async fn starts_planned(&self, plan: Plan, number: usize) -> (Uuid, Uuid) {
        let who = if plan.trouble == Trouble::NotMine { "carol" } else { "bob" };
        let group = if plan.trouble == Trouble::LeftBetween { "leave" } else { "stay" };
        let mut variables = json!({ "who": who, "group": group });
        if plan.trouble != Trouble::FormInvalid {
            variables["why"] = json!("because");
        }
        let Value::Object(variables) = variables else { unreachable!() };
        let says_no = if plan.trouble == Trouble::Vetoed { "no " } else { "" };
        let start = StartProcess {
            definition_key: PROCESSES[plan.process].to_owned(),
            business_key: Some(format!("{says_no}{number}")),
            variables,
            ..StartProcess::default()
        };
        let id = self.workflow_of_batches().start(Some(&actor("alice")), start).await.unwrap().instance.id;
        let found = task::Entity::find().filter(task::Column::InstanceId.eq(id)).one(self.db.reader()).await;
        (id, found.unwrap().unwrap().id)
    }

    /// What befalls an instance before the batch is made.
    async fn before(&self, plan: Plan, (instance, task): (Uuid, Uuid)) {
        let workflow = self.workflow_of_batches();
        match plan.trouble {
            Trouble::HandledBefore => {
                let comment = Some("I was faster".to_owned());
                let decide = Decide { comment, ..Decide::default() };
                let who = if PROCESSES[plan.process] == "grouped" { "carol" } else { "bob" };
                workflow.approve(&actor(who), task, decide).await.unwrap();
            }
            Trouble::SuspendedBefore => {
                workflow.suspend(&actor("admin"), instance, None).await.unwrap();
            }
            _ => {}
        }
    }

    /// What befalls it between that and its turn.
    async fn between(&self, plan: Plan, instance: Uuid) {
        let (workflow, admin) = (self.workflow_of_batches(), actor("admin"));
        match plan.trouble {
            Trouble::CancelledBetween => {
                workflow.cancel(&admin, instance, Some("no more".into())).await.unwrap();
            }
            Trouble::SuspendedBetween => {
                workflow.suspend(&admin, instance, None).await.unwrap();
            }
            _ => {}
        }
    }

    /// What is left of many instances.
    async fn left(&self, instances: &[Uuid]) -> Vec<Left> {
        let reader = self.db.reader();
        let mut tasks: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        for row in task::Entity::find().order_by_asc(task::Column::Id).all(reader).await.unwrap() {
            assert_eq!(row.locked_by, None, "{row:?}");
            let told = (
                row.node_id,
                row.assignee,
                row.status,
                row.decided_by,
                row.reason,
                row.finished_at.is_some(),
            );
            tasks.entry(row.instance_id).or_default().push(format!("{told:?}"));
        }
        let mut history: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        let rows = process_history::Entity::find()
            .order_by_asc(process_history::Column::Revision)
            .order_by_asc(process_history::Column::Ordinal);
        for row in rows.all(reader).await.unwrap() {
            let mut data: Value =
                row.data.as_deref().map_or(Value::Null, |data| serde_json::from_str(data).unwrap());
            if let Some(data) = data.as_object_mut() {
                data.remove("batchId");
            }
            // Its mark may be all that there was to say.
            let data = if data == json!({}) { Value::Null } else { data };
            let data = data.to_string();
            let told = (row.kind, row.actor, row.node_id, row.from_status, row.to_status, row.reason, data);
            history.entry(row.instance_id).or_default().push(format!("{told:?}"));
        }
        let mut events: BTreeMap<Uuid, Vec<String>> = BTreeMap::new();
        let told = outbox::Entity::find().order_by_asc(outbox::Column::Kind).all(reader).await.unwrap();
        for event in told {
            events.entry(event.instance_id).or_default().push(event.kind);
        }
        let mut left = Vec::with_capacity(instances.len());
        for id in instances {
            let row = self.instance(*id).await;
            left.push(Left {
                status: row.status,
                variables: serde_json::from_str(&row.variables).unwrap(),
                tasks: tasks.remove(id).unwrap_or_default(),
                history: history.remove(id).unwrap_or_default(),
                events: events.remove(id).unwrap_or_default(),
            });
        }
        left
    }
}

/// Decides tasks in a batch and their twins one by one, and compares what is left of both.
async fn compare(office: &Office, plans: &[Plan], verdict: BulkVerdict) {
    let (mut tasks, mut twins) = (Vec::with_capacity(plans.len()), Vec::with_capacity(plans.len()));
    for (number, plan) in plans.iter().enumerate() {
        tasks.push(office.starts_planned(*plan, number).await);
        twins.push(office.starts_planned(*plan, number).await);
    }
    for (plan, places) in plans.iter().zip(tasks.iter().zip(&twins)) {
        office.before(*plan, *places.0).await;
        office.before(*plan, *places.1).await;
    }
    let form_data = json!({ "amount": 3 }).as_object().unwrap().clone();
    let comment = Some("decided".to_owned());
    let twice = plans.iter().zip(&tasks).filter(|(plan, _)| plan.trouble == Trouble::Twice);
    let twice: Vec<_> = twice.map(|(_, (_, task))| *task).collect();
    let listed: Vec<_> = tasks.iter().map(|(_, task)| *task).chain(twice.iter().copied()).collect();
    let create = CreateApprovalBatch {
        tasks: TaskChoice::Tasks(listed),
        verdict,
        comment: comment.clone(),
        form_data: form_data.clone(),
        papers: BulkPapers::default(),
    };
    let batch = office.app.batches.create_approvals(&actor("bob"), create).await.unwrap().batch;
    for (plan, places) in plans.iter().zip(tasks.iter().zip(&twins)) {
        office.between(*plan, places.0.0).await;
        office.between(*plan, places.1.0).await;
    }
    let departments = "id,name\nD1,Office\n";
    office.people(departments, "id,name,roles\nbob,Bob,stay\ncarol,Carol,stay\n").await;
    for (_, twin) in &twins {
        let decide = Decide { comment: comment.clone(), form_data: form_data.clone(), ..Decide::default() };
        let (workflow, bob) = (office.workflow_of_batches(), actor("bob"));
        // Where something is in the way, it is refused.
        let _ = match verdict {
            BulkVerdict::Approve => workflow.approve(&bob, *twin, decide).await,
            BulkVerdict::Reject => workflow.reject(&bob, *twin, decide).await,
        };
    }
    let ended = office.works_off("bob", batch.id()).await;
    let mut expected: Vec<_> = plans.iter().map(|plan| plan.expected(verdict).to_owned()).collect();
    expected.extend(twice.iter().map(|_| "IGNORED LISTED_TWICE".to_owned()));
    let outcomes = office.outcomes(batch.id()).await;
    for (number, (outcome, expected)) in outcomes.iter().zip(&expected).enumerate() {
        assert_eq!(outcome, expected, "item {number}: {:?}", plans.get(number));
    }
    assert_eq!(outcomes.len(), expected.len());
    let count = |status: &str| outcomes.iter().filter(|outcome| outcome.starts_with(status)).count() as i64;
    let run = &ended.run;
    let recounted = (outcomes.len() as i64, count("SUCCESS"), count("FAILED"), count("IGNORED"));
    assert_eq!((run.total, run.succeeded, run.failed, run.ignored), recounted, "counters equal a recount");
    let of = |places: &[(Uuid, Uuid)]| places.iter().map(|(instance, _)| *instance).collect::<Vec<_>>();
    let (decided, alone) = (office.left(&of(&tasks)).await, office.left(&of(&twins)).await);
    for (plan, (one, other)) in plans.iter().zip(decided.iter().zip(&alone)) {
        assert_eq!(one, other, "{plan:?}: in a batch, and one by one");
        // Each result is told once: to whoever wants to be told of everything.
        let is_result = |kind: &&String| ["task.approved", "task.rejected"].contains(&kind.as_str());
        let results = one.events.iter().filter(is_result).count();
        let is_decided = ["SUCCESS", "IGNORED HANDLED"].contains(&plan.expected(verdict))
            && plan.trouble != Trouble::CancelledBetween;
        assert_eq!(results, usize::from(is_decided), "{plan:?} {:?}", one.events);
    }
}

async fn a_thousand_tasks_with_every_trouble_end_as_one_by_one(scratch: Scratch) {
    let office = office(scratch).await;
    let plan = |number: usize| Plan { process: number % 4, trouble: TROUBLES[number / 4 % TROUBLES.len()] };
    let plans: Vec<_> = (0..1_000).map(plan).collect();
    compare(&office, &plans, BulkVerdict::Approve).await;
}

async fn any_tasks_end_as_one_by_one(scratch: Scratch) {
    let office = office(scratch).await;
    let plan = (0..PROCESSES.len(), prop::sample::select(TROUBLES.to_vec()))
        .prop_map(|(process, trouble)| Plan { process, trouble });
    let verdict = prop_oneof![Just(BulkVerdict::Approve), Just(BulkVerdict::Reject)];
    let cases = (prop::collection::vec(plan, 1..20), verdict);
    let mut runner = TestRunner::new(Config::default());
    for _ in 0..12 {
        let (plans, verdict) = cases.new_tree(&mut runner).unwrap().current();
        office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,stay;leave\ncarol,Carol,stay\n").await;
        compare(&office, &plans, verdict).await;
    }
}
