//! Instances: started, suspended, cancelled, and the record of what they are about.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::entity::{business_record, outbox};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::Decide;
use crate::workflow::{InstanceStatus, StartProcess};

on_both_databases!(
    a_repeated_start,
    who_may_start,
    what_only_the_process_sets,
    suspended_instances_refuse,
    cancelling,
    the_business_record,
    a_suspended_tree,
    what_decisions_demand,
);

const BOB: &str = r#"flowable:assignee="bob""#;

fn start(key: &str) -> StartProcess {
    StartProcess { definition_key: key.to_owned(), ..StartProcess::default() }
}

async fn a_repeated_start(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let alice = actor("alice");
    let with_key = StartProcess { idempotency_key: Some("k".into()), ..start("p") };
    let (one, other) = tokio::join!(
        office.workflow.start(Some(&alice), with_key.clone()),
        office.workflow.start(Some(&alice), with_key.clone())
    );
    assert_eq!(one.unwrap().instance.id, other.unwrap().instance.id);
    let changed = StartProcess { business_key: Some("other".into()), ..with_key.clone() };
    refused(office.workflow.start(Some(&alice), changed).await, ErrorCode::Conflict);
    // Somebody else's key is another key.
    office.workflow.start(Some(&actor("bob")), with_key).await.unwrap();
    office.audit().await;
    let all = crate::storage::entity::process_instance::Entity::find().all(office.db.reader()).await;
    assert_eq!(all.unwrap().len(), 2);
}

async fn who_may_start(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\ncarol,Carol,hr\nerin,Erin,\n").await;
    office.deploys(&one_step("open", BOB).with(r#"docket:anonymousStart="true""#)).await;
    let limited = r#"flowable:candidateStarterUsers="bob" flowable:candidateStarterGroups="hr""#;
    office.deploys(&one_step("limited", BOB).with(limited)).await;
    let flow = &office.workflow;
    refused(flow.start(None, start("limited")).await, ErrorCode::Forbidden);
    refused(flow.start(Some(&actor("erin")), start("limited")).await, ErrorCode::Forbidden);
    for user in ["bob", "carol", "admin"] {
        flow.start(Some(&actor(user)), start("limited")).await.unwrap();
    }
    let nobody = flow.start(None, start("open")).await.unwrap();
    assert_eq!(nobody.instance.started_by, None);
    refused(flow.start(Some(&actor("bob")), start("none")).await, ErrorCode::NotFound);
    // Nobody can be returned to.
    refused(office.sends_back("bob", nobody.instance.id, "review", None).await, ErrorCode::BadInput);
}

async fn what_only_the_process_sets(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", r#"flowable:initiator="asker""#)
        .user("review", BOB)
        .user("own", r#"flowable:assignee="${asker}""#)
        .node("endEvent", "end", "")
        .flows("start > review > own > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    for name in ["PROCESS_STATUS", "PROCESS_REASON", "initiator", "starter", "businessKey", "asker"] {
        let given = || json!({name: "bob"}).as_object().unwrap().clone();
        for begin in [
            StartProcess { variables: given(), ..start("p") },
            StartProcess { form_data: given(), ..start("p") },
        ] {
            let field = if begin.variables.is_empty() { "formData" } else { "variables" };
            let fault = office.workflow.start(Some(&actor("alice")), begin).await.unwrap_err();
            assert_eq!(
                (fault.code(), &fault.details()["field"]),
                (ErrorCode::BadInput, &json!(format!("{field}.{name}")))
            );
        }
        let decide = Decide { form_data: given(), ..Decide::default() };
        refused(office.workflow.approve(&actor("bob"), task, decide).await, ErrorCode::BadInput);
    }
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "own alice RUNNING");
}

async fn suspended_instances_refuse(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let flow = &office.workflow;
    refused(flow.suspend(&actor("alice"), id, None).await, ErrorCode::Forbidden);
    office.deed(flow.suspend(&actor("admin"), id, Some("audit".into())).await).await.unwrap();
    let fault = office.approves("bob", id, "review").await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["suspended"]), (ErrorCode::Conflict, &Value::Bool(true)));
    refused(office.rejects("bob", id, "review", "no").await, ErrorCode::Conflict);
    assert!(office.deed(flow.suspend(&actor("admin"), id, None).await).await.unwrap().suspended);
    office.deed(flow.resume(&actor("admin"), id, None).await).await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    refused(flow.suspend(&actor("admin"), id, None).await, ErrorCode::Conflict);
    assert_eq!(office.history(id).await[2..], ["SUSPEND admin", "RESUME admin", "APPROVE bob", "END -"]);
}

async fn cancelling(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&caller("p", "child")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let flow = &office.workflow;
    let child = office.child(id).await;
    refused(flow.cancel(&actor("erin"), id, None).await, ErrorCode::NotFound);
    refused(flow.cancel(&actor("bob"), id, None).await, ErrorCode::Forbidden);
    refused(flow.cancel(&actor("admin"), id, None).await, ErrorCode::BadInput);
    refused(flow.cancel(&actor("alice"), child, None).await, ErrorCode::BadInput);
    office.deed(flow.cancel(&actor("alice"), id, Some("not needed".into())).await).await.unwrap();
    for instance in [id, child] {
        assert_eq!(office.status(instance).await, InstanceStatus::Cancel);
    }
    assert_eq!(office.tasks(child).await, ["review bob CANCEL"]);
    // Once more changes nothing; what ended otherwise is not cancelled.
    flow.cancel(&actor("alice"), id, None).await.unwrap();
    office.deploys(&one_step("q", BOB)).await;
    let done = office.starts("alice", "q", json!({})).await;
    office.approves("bob", done, "review").await.unwrap();
    refused(flow.cancel(&actor("alice"), done, None).await, ErrorCode::Conflict);
}

async fn the_business_record(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB).with(r#"docket:businessType="claim""#)).await;
    let alice = actor("alice");
    let about = |key: &str| StartProcess {
        business_key: Some(key.to_owned()),
        variables: json!({"sum": 5, "businessStatus": "SUBMITTED"}).as_object().unwrap().clone(),
        ..start("p")
    };
    refused(office.workflow.start(Some(&alice), start("p")).await, ErrorCode::BadInput);
    let id = office.workflow.start(Some(&alice), about("C1")).await.unwrap().instance.id;
    refused(office.workflow.start(Some(&alice), about("C1")).await, ErrorCode::Conflict);
    office.workflow.start(Some(&alice), about("C2")).await.unwrap();
    office.rejects("bob", id, "review", "no").await.unwrap();
    let again = office.workflow.start(Some(&alice), about("C1")).await.unwrap().instance.id;
    office.approves("bob", again, "review").await.unwrap();
    let records = business_record::Entity::find()
        .order_by_asc(business_record::Column::Key)
        .order_by_asc(business_record::Column::Version)
        .all(office.db.reader())
        .await
        .unwrap();
    let told: Vec<_> =
        records.iter().map(|record| (record.key.as_str(), record.version, record.approval_status)).collect();
    assert_eq!(told, [("C1", 1, 1), ("C1", 2, 3), ("C1", 3, 1), ("C1", 4, 2), ("C2", 1, 1)]);
    assert_eq!(records[0].business_status.as_deref(), Some("SUBMITTED"));
    assert_eq!(serde_json::from_str::<Value>(&records[1].data).unwrap()["sum"], 5);
    let told = outbox::Entity::find().filter(outbox::Column::Kind.eq("instance.rejected"));
    let told = told.one(office.db.reader()).await.unwrap().unwrap();
    let told: Value = serde_json::from_str(&told.payload).unwrap();
    let instance = &told["data"]["instance"];
    assert_eq!((&instance["status"], &instance["reason"]), (&json!("REJECT"), &json!("no")));
}

async fn a_suspended_tree(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&caller("p", "child")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let flow = &office.workflow;
    let child = office.child(id).await;
    refused(flow.suspend(&actor("admin"), child, None).await, ErrorCode::BadInput);
    office.deed(flow.suspend(&actor("admin"), id, None).await).await.unwrap();
    refused(office.approves("bob", child, "review").await, ErrorCode::Conflict);
    let tasks = office.rows(child).await;
    let outlook = flow.outlook(&actor("bob"), &tasks).await.unwrap();
    assert!(outlook.available(&actor("bob"), &tasks[0], chrono::DateTime::default()).is_empty());
    office.deed(flow.resume(&actor("admin"), id, None).await).await.unwrap();
    office.approves("bob", child, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn what_decisions_demand(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let demands = r#"docket:needsComment="true" docket:needsSignature="true" docket:secondFactor="true""#;
    office.deploys(&one_step("p", &format!("{BOB} {demands}"))).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let (flow, bob) = (&office.workflow, actor("bob"));
    let signature = office.uploads("bob").await;
    let decide = |comment: Option<&str>, signature, ticket: Option<&str>| Decide {
        comment: comment.map(str::to_owned),
        signature,
        two_factor_ticket: ticket.map(str::to_owned),
        ..Decide::default()
    };
    let all = decide(Some("fine"), Some(signature), Some("bob"));
    for (without, field) in [
        (decide(Some("fine"), Some(signature), None), Some("twoFactorTicket")),
        (decide(None, Some(signature), Some("bob")), Some("comment")),
        (decide(Some(" "), Some(signature), Some("bob")), Some("comment")),
        (decide(Some("fine"), None, Some("bob")), Some("signature")),
        (decide(Some("fine"), Some(uuid::Uuid::now_v7()), Some("bob")), Some("signature")),
        (decide(Some("fine"), Some(signature), Some("alice")), None),
    ] {
        let fault = flow.approve(&bob, task, without).await.unwrap_err();
        assert_eq!(fault.details().get("field").and_then(Value::as_str), field, "{fault}");
    }
    // Another's signature is none.
    let foreign = office.uploads("alice").await;
    let forged = decide(Some("fine"), Some(foreign), Some("bob"));
    refused(flow.approve(&bob, task, forged).await, ErrorCode::BadInput);
    office.deed(flow.approve(&bob, task, all).await).await.unwrap();
    let page = crate::kernel::PageRequest { limit: 100, backwards: false, after: None, before: None };
    let history = flow.history(&office.instance(id).await, &page).await.unwrap();
    let approved = history.edges.iter().find(|edge| edge.node.kind == "APPROVE").unwrap();
    let data: Value = serde_json::from_str(approved.node.data.as_deref().unwrap()).unwrap();
    assert_eq!(data["signature"]["id"], json!(signature));
    assert_eq!(approved.node.reason.as_deref(), Some("fine"));
}
