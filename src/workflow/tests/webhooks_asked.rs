//! Webhooks that are asked before somebody decides.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, refused, told_of_everything};
use super::receivers::{answers, event, says};
use crate::files::fetch::FetchError;
use crate::kernel::{ErrorCode, Fault};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::webhook::{HookAction, NewWebhook, OnFailure, WebhookMode, WebhookPatch};
use crate::workflow::{Decide, InstanceStatus};

on_both_databases!(
    who_is_asked_may_refuse,
    each_is_asked_what_concerns_it,
    a_silent_one_refuses_unless_it_is_said_otherwise,
    a_decision_has_one_key_as_long_as_it_is_the_same,
    what_moves_on_meanwhile_is_not_decided,
    what_would_be_refused_anyway_is_not_asked,
    another_replica_knows_at_once,
);

const BOB: &str = r#"flowable:assignee="bob""#;

fn asked(host: &str, actions: &[HookAction]) -> NewWebhook {
    NewWebhook {
        mode: WebhookMode::BeforeAction,
        actions: Some(actions.to_vec()),
        ..told_of_everything(&format!("https://{host}.example/"))
    }
}

fn commented(comment: &str) -> Decide {
    Decide { comment: Some(comment.to_owned()), ..Decide::default() }
}

impl Office {
    async fn task(&self, instance: Uuid) -> Uuid {
        self.rows(instance).await.last().unwrap().id
    }

    async fn bob_approves(&self, instance: Uuid, comment: &str) -> Result<(), Fault> {
        let task = self.task(instance).await;
        let done = self.workflow.approve(&actor("bob"), task, commented(comment)).await;
        self.deed(done.map(drop)).await
    }
}

async fn who_is_asked_may_refuse(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    office.hooks(asked("budget", &[HookAction::Approve])).await;
    let yes = office.hooks(asked("second", &[HookAction::Approve, HookAction::Reject])).await;
    for host in ["budget.example", "second.example"] {
        office.receivers.behave(host, |_, _| says(&json!({"allow": true})));
    }
    office.receivers.behave("budget.example", |message, _| {
        let comment = event(message)["data"]["comment"].clone();
        says(&json!({"allow": comment != "too much", "message": "the budget is spent"}))
    });
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.task(id).await;
    let bob = actor("bob");
    let refusal = office.workflow.approve(&bob, task, commented("too much"));
    office.refuses(ErrorCode::Forbidden, refusal).await;
    let fault = office.bob_approves(id, "too much").await.unwrap_err();
    assert_eq!(fault.message(), "the budget is spent");
    assert!(fault.details()["webhookId"].is_string());
    office.bob_approves(id, "fine").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    // What it is asked is signed and told like everything else.
    let message = office.receivers.got("second.example").pop().unwrap();
    let told = event(&message);
    assert_eq!(told["type"], "task.approve.requested");
    assert_eq!(told["data"]["operationKey"], message.id.as_str());
    assert_eq!((&told["data"]["actor"], &told["data"]["task"]["status"]), (&json!("bob"), &json!("RUNNING")));
    assert_eq!(told["data"]["instance"]["status"], "RUNNING");
    assert_eq!(message.secrets.len(), 1);
    assert_eq!(message.timeout.as_secs(), 10);
    office.workflow.delete_webhook(&actor("admin"), yes.id).await.unwrap();
    office.receivers.forget();
    let other = office.starts("alice", "p", json!({})).await;
    office.bob_approves(other, "fine").await.unwrap();
    assert!(office.receivers.got("second.example").is_empty(), "nobody asks who was deleted");
    assert_eq!(office.receivers.got("budget.example").len(), 1);
}

async fn each_is_asked_what_concerns_it(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let back = Draft::new("q")
        .node("startEvent", "start", "")
        .user("first", BOB)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .flows("start > first > review > end");
    office.deploys(&one_step("p", BOB)).await;
    office.deploys(&back).await;
    let no = |_: &_, _: usize| says(&json!({"allow": false}));
    office.hooks(asked("reject", &[HookAction::Reject])).await;
    office.receivers.behave("reject.example", no);
    let of_q = NewWebhook { definition_key: Some("q".into()), ..asked("return", &[HookAction::Return]) };
    office.hooks(of_q).await;
    office.receivers.behave("return.example", no);
    let p = office.starts("alice", "p", json!({})).await;
    let fault = office.rejects("bob", p, "review", "no").await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Forbidden);
    assert!(fault.message().contains("refuses"), "without a word of its own: {fault}");
    office.approves("bob", p, "review").await.unwrap();
    let q = office.starts("alice", "q", json!({})).await;
    office.approves("bob", q, "first").await.unwrap();
    refused(office.sends_back("bob", q, "review", Some("first")).await, ErrorCode::Forbidden);
    let told = event(&office.receivers.got("return.example")[0]);
    assert_eq!(told["type"], "task.return.requested");
    assert_eq!(told["data"]["returnTo"], "first");
    // Of another process it is not asked, and disabled not at all.
    let other = office.starts("alice", "p", json!({})).await;
    office.sends_back("bob", other, "review", None).await.unwrap();
    assert_eq!(office.receivers.got("return.example").len(), 1);
}

async fn a_silent_one_refuses_unless_it_is_said_otherwise(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(asked("silent", &[HookAction::Approve])).await;
    assert_eq!(hook.on_failure.as_deref(), Some("REFUSE"), "what nobody says is the safe way");
    let id = office.starts("alice", "p", json!({})).await;
    let silences: Vec<fn() -> super::receivers::Answered> = vec![
        || Err(FetchError::Timeout),
        || answers(500),
        || answers(204),
        || answers(410),
        || says(&json!({"allow": "yes"})),
        || says(&Value::Null),
    ];
    for silence in &silences {
        let silence = *silence;
        office.receivers.behave("silent.example", move |_, _| silence());
        let fault = office.bob_approves(id, "fine").await.unwrap_err();
        assert_eq!((fault.code(), &fault.details()["retryable"]), (ErrorCode::Conflict, &json!(true)));
        assert!(fault.details()["webhookId"].is_string());
    }
    assert_eq!(office.status(id).await, InstanceStatus::Running);
    let hook = office.workflow.webhook(&actor("admin"), hook.id).await.unwrap().unwrap();
    assert!(hook.enabled, "who has to be heard stays so");
    let allow = WebhookPatch { on_failure: Some(OnFailure::Allow), ..WebhookPatch::default() };
    office.workflow.update_webhook(&actor("admin"), hook.id, allow).await.unwrap();
    office.bob_approves(id, "fine").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    // A refusal is one all the same.
    let other = office.starts("alice", "p", json!({})).await;
    office.receivers.behave("silent.example", |_, _| says(&json!({"allow": false})));
    refused(office.bob_approves(other, "fine").await, ErrorCode::Forbidden);
}

async fn a_decision_has_one_key_as_long_as_it_is_the_same(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    office.hooks(asked("one", &[HookAction::Approve, HookAction::Reject])).await;
    office.receivers.behave("one.example", |_, _| answers(500));
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.task(id).await;
    for comment in ["a", "a", "b", "a"] {
        refused(office.bob_approves(id, comment).await, ErrorCode::Conflict);
    }
    let rejected = office.workflow.reject(&actor("bob"), task, commented("a")).await;
    refused(rejected, ErrorCode::Conflict);
    // The task is another one once it has changed.
    let draft = json!({}).as_object().cloned().unwrap();
    office.workflow.save_draft(&actor("bob"), task, draft, None).await.unwrap();
    refused(office.bob_approves(id, "a").await, ErrorCode::Conflict);
    let keys: Vec<_> = office.receivers.got("one.example").into_iter().map(|message| message.id).collect();
    assert_eq!((&keys[1], &keys[3]), (&keys[0], &keys[0]), "who repeats the same is known");
    let others: HashSet<_> = [&keys[0], &keys[2], &keys[4], &keys[5]].into();
    assert_eq!(others.len(), 4, "another comment, another action and another revision are something else");
}

async fn what_moves_on_meanwhile_is_not_decided(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let together = Draft::new("p")
        .node("startEvent", "start", "")
        .node("parallelGateway", "fork", "")
        .user("review", BOB)
        .user("other", r#"flowable:assignee="ann""#)
        .node("parallelGateway", "join", "")
        .node("endEvent", "end", "")
        .flows("start > fork > review > join > end, fork > other > join");
    office.deploys(&together).await;
    office.hooks(asked("one", &[HookAction::Approve])).await;
    let id = office.starts("alice", "p", json!({})).await;
    let review = office.open(id, "review", "bob").await.id;
    let other = office.open(id, "other", "ann").await.id;
    // While it is asked about one of the tasks, somebody saves a draft at it, or decides the other.
    for (number, (who, task)) in [("bob", review), ("ann", other)].into_iter().enumerate() {
        let workflow = office.workflow.clone();
        office.receivers.behave_in_time("one.example", move |_, _| {
            let workflow = workflow.clone();
            Box::pin(async move {
                match number {
                    0 => workflow.save_draft(&actor(who), task, Map::new(), None).await.map(drop).unwrap(),
                    _ => workflow.comment(&actor(who), task, "wait".to_owned(), &[]).await.map(drop).unwrap(),
                }
                says(&json!({"allow": true}))
            })
        });
        let fault = office.workflow.approve(&actor("bob"), review, Decide::default()).await.unwrap_err();
        assert_eq!(
            (fault.code(), &fault.details()["retryable"]),
            (ErrorCode::Conflict, &json!(true)),
            "{who}"
        );
        assert_eq!(office.open(id, "review", "bob").await.id, review, "it is still to be decided");
    }
    // What ended meanwhile says so itself.
    let workflow = office.workflow.clone();
    office.receivers.behave_in_time("one.example", move |_, _| {
        let workflow = workflow.clone();
        Box::pin(async move {
            let why = Some("over".to_owned());
            workflow.cancel(&actor("admin"), id, why).await.unwrap();
            says(&json!({"allow": true}))
        })
    });
    let fault = office.workflow.approve(&actor("bob"), review, Decide::default()).await.unwrap_err();
    assert_eq!((fault.code(), &fault.details()["status"]), (ErrorCode::Conflict, &json!("CANCEL")));
    office.audit().await;
}

async fn what_would_be_refused_anyway_is_not_asked(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", &format!(r#"{BOB} docket:needsComment="true""#))).await;
    office.hooks(asked("one", &[HookAction::Approve])).await;
    office.receivers.behave("one.example", |_, _| says(&json!({"allow": true})));
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.task(id).await;
    let flow = &office.workflow;
    refused(flow.approve(&actor("eve"), task, commented("x")).await, ErrorCode::NotFound);
    refused(flow.approve(&actor("alice"), task, commented("x")).await, ErrorCode::Forbidden);
    refused(flow.approve(&actor("bob"), task, Decide::default()).await, ErrorCode::BadInput);
    assert!(office.receivers.got("one.example").is_empty());
    office.bob_approves(id, "fine").await.unwrap();
    refused(office.bob_approves(id, "fine").await, ErrorCode::Conflict);
    assert_eq!(office.receivers.got("one.example").len(), 1);
}

/// What is kept in memory of the webhooks is what the database says, whoever has changed them.
async fn another_replica_knows_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let other = office.another();
    office.receivers.behave("one.example", |_, _| says(&json!({"allow": false})));
    let decides = async || {
        let id = office.starts("alice", "p", json!({})).await;
        let task = office.task(id).await;
        other.approve(&actor("bob"), task, Decide::default()).await
    };
    decides().await.unwrap();
    let hook = office.hooks(asked("one", &[HookAction::Approve])).await;
    refused(decides().await, ErrorCode::Forbidden);
    let off = WebhookPatch { enabled: Some(false), ..WebhookPatch::default() };
    office.workflow.update_webhook(&actor("admin"), hook.id, off).await.unwrap();
    decides().await.unwrap();
}
