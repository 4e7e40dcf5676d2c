//! Whom a node asks, or what it decides without asking anybody.

use serde_json::json;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::StartProcess;
use crate::workflow::task::Decide;

on_both_databases!(rules_decide, choosing_approvers, choosing_for_what_is_called, substitutes_act,);

const BOB: &str = r#"flowable:assignee="bob""#;

fn start(key: &str) -> StartProcess {
    StartProcess { definition_key: key.to_owned(), ..StartProcess::default() }
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
    // Nobody chooses for a node that does not ask them to: the starter's choice stands.
    for node in ["a", "c", "start", "none"] {
        let user = "ann";
        let begin = StartProcess { approvers: chosen("a", user), ..start("p") };
        let id = office.workflow.start(Some(&actor("alice")), begin).await.unwrap().instance.id;
        let task = office.open(id, "a", user).await.id;
        let decide = Decide { approvers: chosen(node, "eve"), ..Decide::default() };
        let fault = office.workflow.approve(&actor(user), task, decide).await.unwrap_err();
        assert_eq!(
            (fault.code(), &fault.details()["field"]),
            (ErrorCode::BadInput, &json!(format!("approvers.{node}")))
        );
    }
    for node in ["end", "none"] {
        let begin = StartProcess { approvers: chosen(node, "ann"), ..start("p") };
        let preview = office.workflow.preview(&actor("alice"), &begin).await;
        refused(preview, ErrorCode::BadInput);
        refused(office.workflow.start(Some(&actor("alice")), begin).await, ErrorCode::BadInput);
    }
    let wrong = StartProcess { approvers: json!({"a": "ann"}).as_object().unwrap().clone(), ..start("p") };
    refused(office.workflow.start(Some(&actor("alice")), wrong).await, ErrorCode::BadInput);
}

async fn choosing_for_what_is_called(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let child = Draft::new("child")
        .node("startEvent", "start", "")
        .user("by_starter", r#"docket:approverStrategy="STARTER_CHOICE""#)
        .user("by_approver", r#"docket:approverStrategy="APPROVER_CHOICE""#)
        .node("endEvent", "end", "")
        .flows("start > by_starter > by_approver > end");
    office.deploys(&child).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .node("callActivity", "call", r#"calledElement="child""#)
        .node("endEvent", "end", "")
        .flows("start > a > call > end");
    office.deploys(&draft).await;
    let chosen = |node: &str, user: &str| json!({node: [user]}).as_object().unwrap().clone();
    let begin = StartProcess { approvers: chosen("by_starter", "sue"), ..start("p") };
    let id = office.workflow.start(Some(&actor("alice")), begin).await.unwrap().instance.id;
    let task = office.open(id, "a", "ann").await.id;
    let overwrite = Decide { approvers: chosen("by_starter", "eve"), ..Decide::default() };
    refused(office.workflow.approve(&actor("ann"), task, overwrite).await, ErrorCode::BadInput);
    let decide = Decide { approvers: chosen("by_approver", "ben"), ..Decide::default() };
    office.deed(office.workflow.approve(&actor("ann"), task, decide).await).await.unwrap();
    let below = office.child(id).await;
    office.approves("sue", below, "by_starter").await.unwrap();
    assert_eq!(office.tasks(below).await, ["by_starter sue APPROVE", "by_approver ben RUNNING"]);
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
