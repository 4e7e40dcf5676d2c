//! Whose a task is, and what is said about it. `every_operation` has the table of who may do what.

use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use super::draft::one_step;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::{Action, Decide};

on_both_databases!(
    claiming,
    delegating,
    transferring,
    transferring_what_nobody_has,
    showing_to_others,
    urging,
    drafts_and_comments,
);

const BOB: &str = r#"flowable:assignee="bob""#;
const GROUP: &str = r#"flowable:candidateGroups="finance""#;

async fn office(scratch: Scratch) -> Office {
    let office = Office::over(scratch).await;
    let people = "id,name,roles\nbob,Bob,\ncarol,Carol,finance\ndave,Dave,finance\nerin,Erin,\n";
    office.people("id,name\nD1,Office\n", people).await;
    office
}

async fn claiming(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", GROUP)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "carol").await;
    let flow = &office.workflow;
    refused(flow.claim(&actor("bob"), task.id).await, ErrorCode::NotFound);
    refused(flow.claim(&actor("alice"), task.id).await, ErrorCode::Forbidden);
    let claimed = office.deed(flow.claim(&actor("carol"), task.id).await).await.unwrap();
    assert_eq!(claimed.assignee.as_deref(), Some("carol"));
    refused(flow.claim(&actor("dave"), task.id).await, ErrorCode::Conflict);
    refused(flow.claim(&actor("carol"), task.id).await, ErrorCode::Conflict);
    refused(flow.approve(&actor("dave"), task.id, Decide::default()).await, ErrorCode::Forbidden);
    refused(flow.unclaim(&actor("dave"), task.id).await, ErrorCode::Forbidden);
    let free = office.deed(flow.unclaim(&actor("carol"), task.id).await).await.unwrap();
    assert_eq!(free.assignee, None);
    // Whoever decides what is nobody's has it.
    let approved = office.deed(flow.approve(&actor("dave"), task.id, Decide::default()).await).await.unwrap();
    assert_eq!((approved.assignee.as_deref(), approved.decided_by.as_deref()), (Some("dave"), Some("dave")));
    refused(flow.unclaim(&actor("dave"), task.id).await, ErrorCode::Conflict);
    assert_eq!(
        office.history(id).await,
        ["START alice", "CREATE -", "CLAIM carol", "UNCLAIM carol", "APPROVE dave", "END -"]
    );
}

async fn delegating(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.delegate(&actor("alice"), task, "erin", None).await, ErrorCode::Forbidden);
    let given = office.deed(flow.delegate(&actor("bob"), task, "erin", None).await).await.unwrap();
    assert_eq!((given.assignee.as_deref(), given.owner.as_deref()), (Some("erin"), Some("bob")));
    refused(flow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::Forbidden);
    refused(flow.delegate(&actor("erin"), task, "carol", None).await, ErrorCode::Conflict);
    refused(flow.send_back(&actor("erin"), task, None, Decide::default()).await, ErrorCode::Conflict);
    // What the delegate says is an opinion: the task goes back, whatever it is.
    let decide = Decide { comment: Some("rather not".into()), ..Decide::default() };
    let back = office.deed(flow.reject(&actor("erin"), task, decide).await).await.unwrap();
    assert_eq!((back.assignee.as_deref(), back.status), (Some("bob"), 1));
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(
        office.history(id).await,
        ["START alice", "CREATE -", "DELEGATE bob", "RESOLVE erin", "APPROVE bob", "END -"]
    );
}

async fn transferring(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.transfer(&actor("alice"), task, "erin", None).await, ErrorCode::Forbidden);
    refused(flow.transfer(&actor("bob"), task, "bob", None).await, ErrorCode::BadInput);
    office.deed(flow.transfer(&actor("bob"), task, "erin", None).await).await.unwrap();
    refused(flow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::Forbidden);
    office
        .deed(flow.transfer(&actor("admin"), task, "dave", Some("erin is ill".into())).await)
        .await
        .unwrap();
    office.approves("dave", id, "review").await.unwrap();
    refused(flow.transfer(&actor("admin"), task, "erin", None).await, ErrorCode::Conflict);
    assert_eq!(
        office.history(id).await,
        ["START alice", "CREATE -", "TRANSFER bob", "TRANSFER admin", "APPROVE dave", "END -"]
    );
}

async fn transferring_what_nobody_has(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", GROUP)).await;
    let flow = &office.workflow;
    let task_of = async |id| office.open(id, "review", "carol").await.id;
    // Nobody had it before Erin.
    let id = office.starts("alice", "p", json!({})).await;
    let given = office.deed(flow.transfer(&actor("admin"), task_of(id).await, "erin", None).await).await;
    let given = given.unwrap();
    assert_eq!((given.assignee.as_deref(), given.owner, given.delegated), (Some("erin"), None, false));
    // Nor where a candidate passes it on, who has not taken it.
    let id = office.starts("alice", "p", json!({})).await;
    let given = office.deed(flow.transfer(&actor("carol"), task_of(id).await, "erin", None).await).await;
    assert_eq!(given.unwrap().owner, None);
    // Whoever has taken it was its owner, whoever passes it on.
    let id = office.starts("alice", "p", json!({})).await;
    let task = task_of(id).await;
    office.deed(flow.claim(&actor("carol"), task).await).await.unwrap();
    let given = office.deed(flow.transfer(&actor("admin"), task, "erin", None).await).await.unwrap();
    assert_eq!(given.owner.as_deref(), Some("carol"));
    // Whoever asks for an opinion waits for it.
    let id = office.starts("alice", "p", json!({})).await;
    let given = office.deed(flow.delegate(&actor("carol"), task_of(id).await, "erin", None).await).await;
    let given = given.unwrap();
    assert_eq!((given.owner.as_deref(), given.delegated), (Some("carol"), true));
}

async fn showing_to_others(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.copy(&actor("erin"), task, &["dave".to_owned()], None).await, ErrorCode::NotFound);
    office.deed(flow.copy(&actor("bob"), task, &["erin".to_owned()], None).await).await.unwrap();
    // Whoever is shown a task may see it and talk about it, and no more.
    refused(flow.approve(&actor("erin"), task, Decide::default()).await, ErrorCode::Forbidden);
    assert!(flow.task(&actor("erin"), task).await.unwrap().is_some());
    office.deed(flow.comment(&actor("erin"), task, "fine by me".into(), &[]).await).await.unwrap();
    let seen = flow.outlook(&actor("erin"), &office.rows(id).await).await.unwrap();
    let may = seen.available(&actor("erin"), &office.rows(id).await[0], chrono::DateTime::default());
    assert_eq!(may, [Action::Copy, Action::Comment]);
    // It is theirs to do for nobody but Bob, also when it is done.
    office.approves("bob", id, "review").await.unwrap();
    refused(flow.copy(&actor("bob"), task, &["dave".to_owned()], None).await, ErrorCode::Conflict);
    assert_eq!(
        office.lines_since(id, 2).await,
        [
            r#"COPY bob #1 {"userIds":["erin"]}"#,
            "COMMENT erin #1: fine by me",
            "APPROVE bob #1 RUNNING>APPROVE",
            "END - RUNNING>APPROVE",
        ]
    );
}

async fn urging(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    refused(flow.urge(&actor("bob"), task, None).await, ErrorCode::Forbidden);
    office.deed(flow.urge(&actor("alice"), task, Some("please".into())).await).await.unwrap();
    refused(flow.urge(&actor("alice"), task, None).await, ErrorCode::RateLimited);
    office.clock.advance(Duration::from_secs(301));
    office.deed(flow.urge(&actor("alice"), task, None).await).await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    refused(flow.urge(&actor("alice"), task, None).await, ErrorCode::Conflict);
    assert_eq!(
        office.lines_since(id, 2).await,
        ["URGE alice #1: please", "URGE alice #1", "APPROVE bob #1 RUNNING>APPROVE", "END - RUNNING>APPROVE"]
    );
}

async fn drafts_and_comments(scratch: Scratch) {
    let office = office(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "review", "bob").await.id;
    let flow = &office.workflow;
    let fields = json!({"sum": 3}).as_object().unwrap().clone();
    refused(flow.save_draft(&actor("alice"), task, fields.clone(), None).await, ErrorCode::Forbidden);
    let kept = office.deed(flow.save_draft(&actor("bob"), task, fields, None).await).await.unwrap();
    assert_eq!(kept.draft.as_deref(), Some(r#"{"formData":{"sum":3},"comment":null}"#));
    // A draft is nobody's business but the task's.
    assert_eq!(office.variables(id).await.get("sum"), None);
    refused(flow.comment(&actor("bob"), task, "  ".into(), &[]).await, ErrorCode::BadInput);
    let foreign = [Uuid::now_v7()];
    refused(flow.comment(&actor("bob"), task, "see".into(), &foreign).await, ErrorCode::BadInput);
    office.deed(flow.comment(&actor("alice"), task, "any news?".into(), &[]).await).await.unwrap();
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.rows(id).await[0].draft, None);
    assert_eq!(office.history(id).await[2..], ["COMMENT alice", "APPROVE bob", "END -"]);
}
