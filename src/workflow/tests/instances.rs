//! Instances: started, sent back, suspended, cancelled, and the record of what they are about.

use sea_orm::{EntityTrait as _, QueryOrder as _};
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
    sent_back_to_an_earlier_node,
    sent_back_to_the_starter,
    sent_back_out_of_a_branch,
    sent_back_into_a_round,
    a_rejection_that_goes_back,
    multi_instances,
    loops,
    inclusive_branches,
    termination,
    rules_decide,
    choosing_approvers,
    substitutes_act,
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
    for name in ["PROCESS_STATUS", "PROCESS_REASON", "initiator", "starter", "businessKey"] {
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
    // The model's own name for the starter may be taken, and means nobody else.
    let decide =
        Decide { form_data: json!({"asker": "bob"}).as_object().unwrap().clone(), ..Decide::default() };
    office.deed(office.workflow.approve(&actor("bob"), task, decide).await).await.unwrap();
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
    let child = flow.children(id).await.unwrap()[0].id;
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
    let told = outbox::Entity::find().order_by_asc(outbox::Column::Number).all(office.db.reader()).await;
    let first: Value = serde_json::from_str(&told.unwrap()[0].payload).unwrap();
    assert_eq!((&first["status"], &first["reason"]), (&json!("REJECT"), &json!("no")));
}

fn three_steps() -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > c > end")
}

async fn sent_back_to_an_earlier_node(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&three_steps()).await;
    let id = office.starts("alice", "p", json!({})).await;
    refused(office.sends_back("ann", id, "a", Some("b")).await, ErrorCode::BadInput);
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    let task = office.open(id, "c", "cat").await;
    assert_eq!(office.workflow.return_targets(&task).await.unwrap(), ["a", "b"]);
    refused(office.sends_back("cat", id, "c", Some("nowhere")).await, ErrorCode::BadInput);
    let sent = office.sends_back("cat", id, "c", Some("a")).await.unwrap();
    assert_eq!(sent.status, 5);
    assert_eq!(office.tasks(id).await.last().unwrap(), "a ann RUNNING");
    for (user, node) in [("ann", "a"), ("ben", "b"), ("cat", "c")] {
        office.approves(user, id, node).await.unwrap();
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn sent_back_to_the_starter(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&three_steps()).await;
    let id = office.starts("alice", "p", json!({"sum": 1})).await;
    office.approves("ann", id, "a").await.unwrap();
    office.sends_back("ben", id, "b", None).await.unwrap();
    let mine = office.open(id, "start", "alice").await;
    assert!(mine.resubmission);
    let flow = &office.workflow;
    refused(flow.send_back(&actor("alice"), mine.id, None, Decide::default()).await, ErrorCode::Forbidden);
    let mended = Decide { form_data: json!({"sum": 2}).as_object().unwrap().clone(), ..Decide::default() };
    office.deed(flow.approve(&actor("alice"), mine.id, mended).await).await.unwrap();
    assert_eq!(office.variables(id).await["sum"], 2);
    assert_eq!(office.tasks(id).await.last().unwrap(), "a ann RUNNING");
}

async fn sent_back_out_of_a_branch(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("z", r#"flowable:assignee="zoe""#)
        .node("parallelGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("a2", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("parallelGateway", "join", "")
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > z > fork > a > a2 > join, fork > b > join, join > c > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("zoe", id, "z").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    office.approves("ann", id, "a").await.unwrap();
    // Within the branch: the other one, which waits at the join, stays.
    office.sends_back("ann", id, "a2", Some("a")).await.unwrap();
    office.approves("ann", id, "a").await.unwrap();
    // Out of it: everything begins anew.
    office.sends_back("ann", id, "a2", Some("z")).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "z zoe RUNNING");
    office.approves("zoe", id, "z").await.unwrap();
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ann", id, "a2").await.unwrap();
    // From one branch into another there is no way, nor back into one that has been joined.
    refused(office.sends_back("ben", id, "b", Some("a")).await, ErrorCode::BadInput);
    office.approves("ben", id, "b").await.unwrap();
    refused(office.sends_back("cat", id, "c", Some("a")).await, ErrorCode::BadInput);
    let task = office.open(id, "c", "cat").await;
    assert_eq!(office.workflow.return_targets(&task).await.unwrap(), ["z"]);
    office.approves("cat", id, "c").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn sent_back_into_a_round(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let round = r#"docket:approverStrategy="USER" docket:approvers="a,b" docket:counting="RATIO""#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("round", round)
        .user("after", BOB)
        .node("endEvent", "end", "")
        .flows("start > round > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("a", id, "round").await.unwrap();
    office.approves("b", id, "round").await.unwrap();
    office.sends_back("bob", id, "after", Some("round")).await.unwrap();
    // Everybody is asked again.
    office.approves("b", id, "round").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("a", id, "round").await.unwrap();
    office.approves("bob", id, "after").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn a_rejection_that_goes_back(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben" docket:rejection="RETURN" docket:returnNode="a""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "a").await.unwrap();
    office.rejects("ben", id, "b", "mend it").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben REJECT", "a ann RUNNING"]);
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    office.approves("ann", id, "a").await.unwrap();
    office.approves("ben", id, "b").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn multi_instances(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let many = |sequential: bool, completion: &str| {
        format!(
            r#"<multiInstanceLoopCharacteristics isSequential="{sequential}" flowable:collection="people"
               flowable:elementVariable="one">{completion}</multiInstanceLoopCharacteristics>"#
        )
    };
    let enough =
        "<completionCondition>${nrOfCompletedInstances / nrOfInstances >= 0.5}</completionCondition>";
    for (key, sequential, completion) in
        [("all", false, ""), ("half", false, enough), ("turn", true, ""), ("halfturn", true, enough)]
    {
        let draft = Draft::new(key)
            .node("startEvent", "start", "")
            .holding("userTask", "each", r#"flowable:assignee="${one}""#, &many(sequential, completion))
            .node("endEvent", "end", "")
            .flows("start > each > end");
        office.deploys(&draft).await;
    }
    let people = json!({"people": ["a", "b", "c", "d"]});
    for (key, deciders) in [("all", "abcd"), ("half", "ca"), ("turn", "abcd"), ("halfturn", "ab")] {
        let id = office.starts("alice", key, people.clone()).await;
        for user in deciders.chars() {
            assert_eq!(office.status(id).await, InstanceStatus::Running, "{key}");
            office.approves(&user.to_string(), id, "each").await.unwrap();
        }
        assert_eq!(office.status(id).await, InstanceStatus::Approve, "{key}");
    }
    let none = office.starts("alice", "all", json!({"people": []})).await;
    assert_eq!(office.status(none).await, InstanceStatus::Approve);
    refused(office.tries_to_start("alice", "all", json!({})).await, ErrorCode::Conflict);
    // A subprocess for each, at once and in turn.
    let inner = Draft::new("x")
        .node("startEvent", "s2", "")
        .user("inside", r#"flowable:assignee="${one}""#)
        .node("endEvent", "e2", "")
        .flows("s2 > inside > e2")
        .inner();
    for (key, sequential) in [("subs", false), ("subsinturn", true)] {
        let body = format!("{}{inner}", many(sequential, ""));
        let draft = Draft::new(key)
            .node("startEvent", "start", "")
            .holding("subProcess", "sub", "", &body)
            .node("endEvent", "end", "")
            .flows("start > sub > end");
        office.deploys(&draft).await;
        let id = office.starts("alice", key, json!({"people": ["a", "b"]})).await;
        let open = office.tasks(id).await.len();
        assert_eq!(open, if sequential { 1 } else { 2 });
        for user in ["a", "b"] {
            office.approves(user, id, "inside").await.unwrap();
        }
        assert_eq!(office.status(id).await, InstanceStatus::Approve, "{key}");
    }
}

async fn loops(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let again = r#"<standardLoopCharacteristics loopMaximum="3">
        <loopCondition>${again}</loopCondition></standardLoopCharacteristics>"#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("userTask", "each", BOB, again)
        .node("endEvent", "end", "")
        .flows("start > each > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"again": true})).await;
    for _ in 0..3 {
        office.approves("bob", id, "each").await.unwrap();
    }
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    let once = office.starts("alice", "p", json!({"again": false})).await;
    office.approves("bob", once, "each").await.unwrap();
    assert_eq!(office.status(once).await, InstanceStatus::Approve);
    // Without anybody to wait for, it must not go on for ever.
    let endless = Draft::new("endless")
        .node("startEvent", "start", "")
        .node("exclusiveGateway", "back", "")
        .node("manualTask", "work", "")
        .node("exclusiveGateway", "more", r#"default="more_end""#)
        .node("endEvent", "end", "")
        .flows("start > back > work > more, more > end, more > back [${true}]");
    office.deploys(&endless).await;
    refused(office.tries_to_start("alice", "endless", json!({})).await, ErrorCode::Conflict);
}

async fn inclusive_branches(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("inclusiveGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .node("inclusiveGateway", "join", "")
        .user("c", r#"flowable:assignee="cat""#)
        .node("endEvent", "end", "")
        .flows("start > fork, a > join, b > join, join > c > end")
        .flows("fork > a [${sum > 1}]")
        .flows("fork > b [${sum > 10}]");
    office.deploys(&draft).await;
    let both = office.starts("alice", "p", json!({"sum": 20})).await;
    office.approves("ben", both, "b").await.unwrap();
    assert_eq!(office.tasks(both).await, ["a ann RUNNING", "b ben APPROVE"]);
    office.approves("ann", both, "a").await.unwrap();
    office.approves("cat", both, "c").await.unwrap();
    assert_eq!(office.status(both).await, InstanceStatus::Approve);
    let one = office.starts("alice", "p", json!({"sum": 2})).await;
    office.approves("ann", one, "a").await.unwrap();
    office.approves("cat", one, "c").await.unwrap();
    assert_eq!(office.status(one).await, InstanceStatus::Approve);
    refused(office.tries_to_start("alice", "p", json!({"sum": 0})).await, ErrorCode::Conflict);
}

async fn termination(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("a", r#"flowable:assignee="ann""#)
        .user("b", r#"flowable:assignee="ben""#)
        .holding("endEvent", "all", "", "<terminateEventDefinition/>")
        .node("endEvent", "end", "")
        .flows("start > fork > a > all, fork > b > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("ann", id, "a").await.unwrap();
    assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben CANCEL"]);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn rules_decide(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for (key, attributes, status, tasks) in [
        ("auto", r#"docket:nodeType="AUTO_APPROVE""#, InstanceStatus::Approve, "review ? APPROVE"),
        ("never", r#"docket:nodeType="AUTO_REJECT""#, InstanceStatus::Reject, "review ? REJECT"),
        (
            "skip",
            r#"flowable:assignee="bob" flowable:skipExpression="${true}""#,
            InstanceStatus::Approve,
            "review ? SKIP",
        ),
        (
            "self",
            r#"docket:approverStrategy="STARTER" docket:starterApproves="SKIP""#,
            InstanceStatus::Approve,
            "review ? SKIP",
        ),
        (
            "none",
            r#"docket:approverStrategy="ROLE" docket:approvers="ghosts" docket:nobody="REJECT""#,
            InstanceStatus::Reject,
            "review ? REJECT",
        ),
        (
            "admins",
            r#"docket:approverStrategy="ROLE" docket:approvers="ghosts""#,
            InstanceStatus::Running,
            "review ? RUNNING",
        ),
    ] {
        office.deploys(&one_step(key, attributes)).await;
        let id = office.starts("alice", key, json!({})).await;
        assert_eq!(office.tasks(id).await, [tasks], "{key}");
        assert_eq!(office.status(id).await, status, "{key}");
        if key == "admins" {
            office.approves("admin", id, "review").await.unwrap();
        }
    }
    let again = Draft::new("again")
        .with(r#"docket:sameApprover="ALL""#)
        .node("startEvent", "start", "")
        .user("a", BOB)
        .user("b", r#"flowable:assignee="cat""#)
        .user("c", BOB)
        .node("endEvent", "end", "")
        .flows("start > a > b > c > end");
    office.deploys(&again).await;
    let id = office.starts("alice", "again", json!({})).await;
    office.approves("bob", id, "a").await.unwrap();
    office.approves("cat", id, "b").await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "c bob APPROVE");
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn choosing_approvers(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"docket:approverStrategy="STARTER_CHOICE""#)
        .user("b", r#"docket:approverStrategy="APPROVER_CHOICE""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > end");
    office.deploys(&draft).await;
    let chosen = |node: &str, user: &str| json!({node: [user]}).as_object().unwrap().clone();
    let begin = StartProcess { approvers: chosen("a", "ann"), ..start("p") };
    let id = office.workflow.start(Some(&actor("alice")), begin).await.unwrap().instance.id;
    let task = office.open(id, "a", "ann").await.id;
    let decide = Decide { approvers: chosen("b", "ben"), ..Decide::default() };
    office.deed(office.workflow.approve(&actor("ann"), task, decide).await).await.unwrap();
    assert_eq!(office.tasks(id).await, ["a ann APPROVE", "b ben RUNNING"]);
    let wrong = StartProcess { approvers: json!({"a": "ann"}).as_object().unwrap().clone(), ..start("p") };
    refused(office.workflow.start(Some(&actor("alice")), wrong).await, ErrorCode::BadInput);
}

async fn substitutes_act(scratch: Scratch) {
    use crate::directory::SetAbsence;
    use crate::kernel::Clock as _;
    let office = Office::over(scratch).await;
    let departments = "id,parent_id,name,leader\nD0,,House,lea\nD1,D0,Office,bob\n";
    let people = "id,name,dept_id,active\nlea,Lea,D0,\nbob,Bob,D1,\nalice,Alice,D1,\ncarol,Carol,D0,\ngone,Gone,D1,false\n";
    office.people(departments, people).await;
    for (key, attributes) in [
        ("leader", r#"docket:approverStrategy="STARTER_LEADER""#),
        (
            "up",
            r#"docket:approverStrategy="STARTER_MULTI_LEVEL_LEADER" docket:levels="2" docket:counting="SEQUENTIAL""#,
        ),
        ("members", r#"docket:approverStrategy="DEPARTMENT_MEMBER" docket:approvers="D1""#),
        ("left", r#"flowable:assignee="gone""#),
    ] {
        office.deploys(&one_step(key, attributes)).await;
    }
    let leader = office.starts("alice", "leader", json!({})).await;
    assert_eq!(office.tasks(leader).await, ["review bob RUNNING"]);
    let up = office.starts("alice", "up", json!({})).await;
    assert_eq!(office.tasks(up).await, ["review bob RUNNING", "review lea WAIT"]);
    let members = office.starts("carol", "members", json!({})).await;
    assert_eq!(office.tasks(members).await, ["review alice RUNNING", "review bob RUNNING"]);
    // Who has left cannot be asked: the administrators are.
    let left = office.starts("alice", "left", json!({})).await;
    assert_eq!(office.tasks(left).await, ["review ? RUNNING"]);
    let (from, until) = (office.clock.now(), office.clock.now() + chrono::TimeDelta::days(3));
    let away = SetAbsence { person: "bob".into(), from, until, substitute: Some("carol".into()) };
    office.workflow.inner.directory.set_absence(&actor("bob"), away).await.unwrap();
    let leader = office.starts("alice", "leader", json!({})).await;
    assert_eq!(office.tasks(leader).await, ["review carol RUNNING"]);
    assert_eq!(office.rows(leader).await[0].instead_of.as_deref(), Some("bob"));
}

async fn a_suspended_tree(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&caller("p", "child")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let flow = &office.workflow;
    let child = flow.children(id).await.unwrap()[0].id;
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
