//! What becomes of webhooks: changed, disabled, told again, forgotten; and who may do that.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _};
use secrecy::ExposeSecret as _;
use serde_json::json;
use uuid::Uuid;

use super::draft::one_step;
use super::office::{Office, actor, refused, told_of_everything};
use super::receivers::{answers, event};
use super::webhooks::EVERY;
use crate::kernel::{Clock as _, ErrorCode, PageRequest};
use crate::storage::entity::{outbox, webhook, webhook_attempt, webhook_delivery, webhook_stream};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::webhook::{
    DeliveryStatus, EventType, HookAction, NewWebhook, OnFailure, Replay, WebhookMode, WebhookPatch,
};
use crate::workflow::{ClaimJobs, FailJob};

on_both_databases!(
    who_is_dead_for_days_is_disabled,
    who_fails_now_and_then_is_not,
    what_another_replica_has_failed_with_is_known,
    who_is_gone_is_disabled_at_once,
    what_is_pending_can_be_discarded,
    what_was_told_can_be_told_again,
    a_secret_is_changed_without_a_gap,
    what_was_told_long_ago_is_forgotten,
    what_is_left_of_a_deleted_webhook_is_swept,
    only_admin_manages_webhooks,
    what_is_no_webhook_is_refused_at_its_field,
    there_are_only_so_many,
    webhooks_and_their_logs_are_paged,
    incidents_are_told_of,
    jobs_are_told_of,
);

const BOB: &str = r#"flowable:assignee="bob""#;

fn told(host: &str) -> NewWebhook {
    told_of_everything(&format!("https://{host}.example/"))
}

impl Office {
    async fn hook(&self, id: Uuid) -> webhook::Model {
        self.workflow.webhook(&actor("admin"), id).await.unwrap().unwrap()
    }

    async fn changes(&self, id: Uuid, patch: WebhookPatch) -> webhook::Model {
        self.workflow.update_webhook(&actor("admin"), id, patch).await.unwrap().0
    }
}

fn enabled(enabled: bool) -> WebhookPatch {
    WebhookPatch { enabled: Some(enabled), ..WebhookPatch::default() }
}

async fn who_is_dead_for_days_is_disabled(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told("dead")).await;
    office.receivers.behave("dead.example", |_, _| answers(500));
    let start = office.clock.now();
    // Somebody starts something each day, and all of it fails.
    for day in 0..5 {
        office.starts("alice", "p", json!({})).await;
        office.tells().await;
        let now = office.hook(hook.id).await;
        assert!(now.enabled, "day {day}");
        assert_eq!(now.failing_since, Some(start));
        office.tells_after(24 * 3600).await;
    }
    let disabled = office.hook(hook.id).await;
    assert!(!disabled.enabled);
    assert!(disabled.disabled_reason.unwrap().contains("5 days"));
    assert!(disabled.disabled_at.is_some());
    // What was on its way stays, and nothing new comes with it.
    let pending = office.workflow.delivery_counts(&[hook.id], Some(DeliveryStatus::Pending)).await.unwrap();
    let pending = pending[&hook.id];
    assert!(pending > 0);
    office.starts("alice", "p", json!({})).await;
    office.receivers.forget();
    assert_eq!(office.tells_after(7 * 24 * 3600).await, 0);
    // Enabled again, it is told at once.
    office.receivers.behave("dead.example", |_, _| answers(200));
    let again = office.changes(hook.id, enabled(true)).await;
    assert_eq!((again.disabled_reason, again.disabled_at, again.failing_since), (None, None, None));
    assert_eq!(office.tells().await, usize::try_from(pending).unwrap());
    let left = office.workflow.delivery_counts(&[hook.id], Some(DeliveryStatus::Pending)).await.unwrap();
    assert_eq!(left.get(&hook.id), None);
}

async fn who_fails_now_and_then_is_not(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told("shaky")).await;
    // Each message fails once, and then arrives.
    office.receivers.behave("shaky.example", |_, before| answers(if before == 0 { 500 } else { 200 }));
    for _ in 0..8 {
        office.starts("alice", "p", json!({})).await;
        office.tells().await;
        assert!(office.hook(hook.id).await.failing_since.is_some());
        for _ in 0..3 {
            office.tells_after(5).await;
        }
        assert_eq!(office.hook(hook.id).await.failing_since, None, "something has arrived");
        office.clock.advance(TimeDelta::days(1).to_std().unwrap());
    }
    assert!(office.hook(hook.id).await.enabled);
}

async fn what_another_replica_has_failed_with_is_known(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told("far")).await;
    let db = office.db.clone();
    office.receivers.behave_in_time("far.example", move |_, _| {
        let db = db.clone();
        Box::pin(async move {
            // Another replica cannot reach it just now.
            let ailing = "UPDATE webhook SET failing_since = created_at, failed_at = created_at";
            db.writer().execute_unprepared(ailing).await.unwrap();
            answers(200)
        })
    });
    office.starts("alice", "p", json!({})).await;
    assert!(office.tells().await > 1, "the second is sent by whoever has seen the first arrive");
    assert_eq!(office.hook(hook.id).await.failing_since, None, "it has arrived from here");
}

async fn who_is_gone_is_disabled_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told("gone")).await;
    office.receivers.behave("gone.example", |_, _| answers(410));
    office.starts("alice", "p", json!({})).await;
    assert_eq!(office.tells().await, 1);
    let gone = office.hook(hook.id).await;
    assert!(!gone.enabled && gone.disabled_reason.unwrap().contains("410"));
    let log = office.log(hook.id).await;
    assert!(log.iter().all(|one| one.status == "PENDING"), "nothing is lost: {log:?}");
    office.receivers.behave("gone.example", |_, _| answers(200));
    office.changes(hook.id, enabled(true)).await;
    assert_eq!(office.tells().await, 2);
}

async fn what_is_pending_can_be_discarded(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let [hook, other] = [office.hooks(told("one")).await, office.hooks(told("other")).await];
    office.changes(other.id, enabled(false)).await;
    office.changes(other.id, enabled(true)).await;
    office.receivers.behave("one.example", |_, _| answers(500));
    let id = office.starts("alice", "p", json!({})).await;
    office.tells().await;
    office.changes(hook.id, WebhookPatch { discard_pending: true, ..WebhookPatch::default() }).await;
    let log = office.log(hook.id).await;
    assert!(log.iter().all(|one| one.status == "DISCARDED" && one.finished_at.is_some()), "{log:?}");
    assert!(office.log(other.id).await.iter().all(|one| one.status == "SUCCESS"), "of that one alone");
    office.receivers.forget();
    office.receivers.behave("one.example", |_, _| answers(200));
    office.approves("bob", id, "review").await.unwrap();
    office.tells_after(24 * 3600).await;
    assert_eq!(office.receivers.types("one.example"), ["task.approved", "instance.approved"]);
}

async fn what_was_told_can_be_told_again(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told("one")).await;
    let early = office.starts("alice", "p", json!({})).await;
    office.tells().await;
    office.clock.advance(Duration::from_secs(3600));
    let since = office.clock.now();
    let late = office.starts("alice", "p", json!({})).await;
    office.tells().await;
    let first = office.receivers.got("one.example");
    office.receivers.forget();
    let admin = actor("admin");
    let replay = async |replay| office.workflow.replay_webhook(&admin, hook.id, replay).await;
    // One of them: under its id, letter for letter.
    let number = office.log(hook.id).await[2].number;
    assert_eq!(replay(Replay::Delivery(number)).await.unwrap().1, 1);
    assert_eq!(office.tells().await, 1);
    let again = office.receivers.got("one.example");
    assert_eq!((&again[0].id, &again[0].body), (&first[1].id, &first[1].body));
    let log = office.log(hook.id).await;
    assert_eq!((log[2].status.as_str(), log[2].attempts), ("SUCCESS", 2));
    // All since then, in their order; with them what has happened meanwhile.
    office.receivers.forget();
    office.approves("bob", early, "review").await.unwrap();
    assert_eq!(replay(Replay::Since(since)).await.unwrap().1, 4);
    office.approves("bob", late, "review").await.unwrap();
    office.tells().await;
    let of = |instance: Uuid| {
        let id = crate::kernel::GlobalId::encode(crate::kernel::NodeKind::ProcessInstance, instance);
        let got = office.receivers.got("one.example");
        let own = got.iter().map(event).filter(|one| one["data"]["instance"]["id"] == id.as_str());
        own.map(|one| one["type"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(early), ["task.approved", "instance.approved"]);
    assert_eq!(of(late), ["instance.started", "task.created", "task.approved", "instance.approved"]);
    // What cannot be told again.
    refused(replay(Replay::Delivery(9_999)).await, ErrorCode::NotFound);
    let other = office.hooks(told("other")).await;
    let wrong = office.workflow.replay_webhook(&admin, other.id, Replay::Delivery(number)).await;
    refused(wrong, ErrorCode::NotFound);
    assert_eq!(replay(Replay::Since(office.clock.now() + TimeDelta::days(1))).await.unwrap().1, 0);
    office.changes(hook.id, enabled(false)).await;
    refused(replay(Replay::Delivery(number)).await, ErrorCode::Conflict);
    let missing = office.workflow.replay_webhook(&admin, Uuid::nil(), Replay::Delivery(number)).await;
    refused(missing, ErrorCode::NotFound);
}

async fn a_secret_is_changed_without_a_gap(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let (hook, first) = office.workflow.create_webhook(&actor("admin"), told("one")).await.unwrap();
    assert!(first.starts_with("whsec_"));
    assert!(!format!("{hook:?}").contains(&first), "it is not shown by accident");
    // Who changes it within one test gets the same bytes: another one is put in its place.
    let text = "UPDATE webhook SET secret = 'whsec_b2xk'";
    office.db.writer().execute_unprepared(text).await.unwrap();
    let rotate = WebhookPatch { rotate_secret: true, overlap_seconds: Some(3600), ..WebhookPatch::default() };
    let changed = office.workflow.update_webhook(&actor("admin"), hook.id, rotate.clone()).await.unwrap();
    let second = changed.1.expect("the new one is told once");
    let signed_with = async || {
        office.receivers.forget();
        office.starts("alice", "p", json!({})).await;
        office.tells().await;
        let message = office.receivers.got("one.example").remove(0);
        message.secrets.iter().map(|secret| secret.expose_secret().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(signed_with().await, [second.clone(), "whsec_b2xk".to_owned()], "by both for an hour");
    office.clock.advance(Duration::from_secs(3599));
    assert_eq!(signed_with().await.len(), 2);
    office.clock.advance(Duration::from_secs(1));
    assert_eq!(signed_with().await, [second]);
    // At once, where somebody else knows it.
    let at_once = WebhookPatch { overlap_seconds: Some(0), ..rotate };
    let changed = office.changes(hook.id, at_once).await;
    assert_eq!((changed.previous_secret, changed.previous_secret_until), (None, None));
    assert_eq!(signed_with().await.len(), 1);
    let untouched = office.workflow.update_webhook(&actor("admin"), hook.id, WebhookPatch::default()).await;
    assert_eq!(untouched.unwrap().1, None);
}

async fn what_was_told_long_ago_is_forgotten(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let [one, other] = [office.hooks(told("one")).await, office.hooks(told("other")).await];
    office.receivers.behave("other.example", |_, _| answers(500));
    office.starts("alice", "p", json!({})).await;
    office.tells().await;
    office.changes(other.id, enabled(false)).await;
    let deliveries = office.deliveries();
    assert_eq!(deliveries.forget_some().await.unwrap(), 0, "not yet");
    office.clock.advance(TimeDelta::days(7).to_std().unwrap() + Duration::from_secs(1));
    assert_eq!(deliveries.forget_some().await.unwrap(), 2);
    assert_eq!(deliveries.forget_some().await.unwrap(), 0);
    assert!(office.log(one.id).await.is_empty());
    let reader = office.db.reader();
    assert_eq!(office.log(other.id).await.len(), 2, "what is still to be told stays");
    assert_eq!(outbox::Entity::find().count(reader).await.unwrap(), 2);
    office.receivers.behave("other.example", |_, _| answers(200));
    office.changes(other.id, enabled(true)).await;
    assert_eq!(office.tells().await, 2);
    office.clock.advance(TimeDelta::days(8).to_std().unwrap());
    assert_eq!(deliveries.forget_some().await.unwrap(), 2);
    assert_eq!(outbox::Entity::find().count(reader).await.unwrap(), 0, "nobody needs the events any more");
    assert_eq!(webhook_attempt::Entity::find().count(reader).await.unwrap(), 0);
}

async fn what_is_left_of_a_deleted_webhook_is_swept(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let [one, other] = [office.hooks(told("one")).await, office.hooks(told("other")).await];
    office.receivers.behave("one.example", |_, _| answers(500));
    office.starts("alice", "p", json!({})).await;
    office.tells().await;
    let admin = actor("admin");
    office.workflow.delete_webhook(&admin, one.id).await.unwrap();
    refused(office.workflow.delete_webhook(&admin, one.id).await, ErrorCode::NotFound);
    refused(office.workflow.update_webhook(&admin, one.id, enabled(true)).await, ErrorCode::NotFound);
    assert_eq!(office.workflow.webhook(&admin, one.id).await.unwrap(), None);
    assert_eq!(office.workflow.count_webhooks(&admin).await.unwrap(), 1);
    office.receivers.forget();
    office.starts("alice", "p", json!({})).await;
    office.tells_after(24 * 3600).await;
    assert!(office.receivers.got("one.example").is_empty());
    let kept = webhook::Entity::find_by_id(one.id).one(office.db.reader()).await.unwrap().unwrap();
    assert_eq!(kept.secret.0, "", "nobody signs with it any more");
    let deliveries = office.deliveries();
    for _ in 0..3 {
        deliveries.forget_some().await.unwrap();
    }
    let reader = office.db.reader();
    assert_eq!(webhook::Entity::find().count(reader).await.unwrap(), 1);
    let left = webhook_delivery::Entity::find().all(reader).await.unwrap();
    assert!(left.iter().all(|row| row.webhook_id == other.id) && left.len() == 4);
    assert_eq!(webhook_stream::Entity::find().count(reader).await.unwrap(), 0);
}

async fn only_admin_manages_webhooks(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hook = office.hooks(told("one")).await;
    let flow = &office.workflow;
    for user in ["alice", "olivia"] {
        let user = actor(user);
        refused(flow.create_webhook(&user, told("two")).await, ErrorCode::Forbidden);
        refused(flow.update_webhook(&user, hook.id, enabled(false)).await, ErrorCode::Forbidden);
        refused(flow.delete_webhook(&user, hook.id).await, ErrorCode::Forbidden);
        let replay = Replay::Delivery(1);
        refused(flow.replay_webhook(&user, hook.id, replay).await, ErrorCode::Forbidden);
        refused(flow.webhooks(&user, &EVERY).await, ErrorCode::Forbidden);
        refused(flow.webhook(&user, hook.id).await, ErrorCode::Forbidden);
        refused(flow.count_webhooks(&user).await, ErrorCode::Forbidden);
    }
    assert!(office.hook(hook.id).await.enabled);
}

async fn what_is_no_webhook_is_refused_at_its_field(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let asked = |actions| NewWebhook { mode: WebhookMode::BeforeAction, actions, ..told("one") };
    let approve = || Some(vec![HookAction::Approve]);
    for (new, field) in [
        (told_of_everything("receiver.example"), "url"),
        (told_of_everything("ftp://receiver.example/"), "url"),
        (told_of_everything("https://me:secret@receiver.example/"), "url"),
        (told_of_everything("https://receiver.example/#part"), "url"),
        (told_of_everything(&format!("https://receiver.example/{}", "x".repeat(2_048))), "url"),
        (NewWebhook { description: "x".repeat(1_001), ..told("one") }, "description"),
        (NewWebhook { definition_key: Some("nothing".into()), ..told("one") }, "definitionKey"),
        (NewWebhook { definition_key: Some("a\0".into()), ..told("one") }, "definitionKey"),
        (NewWebhook { event_types: Some(vec![]), ..told("one") }, "eventTypes"),
        (NewWebhook { timeout_seconds: Some(0), ..told("one") }, "timeoutSeconds"),
        (NewWebhook { timeout_seconds: Some(31), ..told("one") }, "timeoutSeconds"),
        (NewWebhook { actions: approve(), ..told("one") }, "actions"),
        (NewWebhook { on_failure: Some(OnFailure::Allow), ..told("one") }, "onFailure"),
        (asked(None), "actions"),
        (asked(Some(vec![])), "actions"),
        (NewWebhook { event_types: Some(vec![EventType::TaskCreated]), ..asked(approve()) }, "eventTypes"),
    ] {
        let fault = office.workflow.create_webhook(&actor("admin"), new).await.unwrap_err();
        assert_eq!(
            (fault.code(), &fault.details()["field"]),
            (ErrorCode::BadInput, &json!(field)),
            "{fault}"
        );
    }
    let hook = office.hooks(told("one")).await;
    for (patch, field) in [
        (WebhookPatch { url: Some("x".into()), ..WebhookPatch::default() }, "url"),
        (WebhookPatch { event_types: Some(Some(vec![])), ..WebhookPatch::default() }, "eventTypes"),
        (WebhookPatch { actions: approve(), ..WebhookPatch::default() }, "actions"),
        (WebhookPatch { on_failure: Some(OnFailure::Refuse), ..WebhookPatch::default() }, "onFailure"),
        (WebhookPatch { overlap_seconds: Some(5), ..WebhookPatch::default() }, "overlapSeconds"),
        (
            WebhookPatch { rotate_secret: true, overlap_seconds: Some(604_801), ..WebhookPatch::default() },
            "overlapSeconds",
        ),
        (
            WebhookPatch { rotate_secret: true, overlap_seconds: Some(-1), ..WebhookPatch::default() },
            "overlapSeconds",
        ),
    ] {
        let fault = office.workflow.update_webhook(&actor("admin"), hook.id, patch).await.unwrap_err();
        assert_eq!(
            (fault.code(), &fault.details()["field"]),
            (ErrorCode::BadInput, &json!(field)),
            "{fault}"
        );
    }
    assert_eq!(office.hook(hook.id).await, hook, "nothing has changed");
}

async fn there_are_only_so_many(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let asked = || NewWebhook {
        mode: WebhookMode::BeforeAction,
        actions: Some(vec![HookAction::Approve]),
        ..told("one")
    };
    for _ in 0..10 {
        office.hooks(asked()).await;
    }
    refused(office.workflow.create_webhook(&actor("admin"), asked()).await, ErrorCode::Conflict);
    // One is the audit's.
    let mut last = None;
    for _ in 11..100 {
        last = Some(office.hooks(told("one")).await);
    }
    refused(office.workflow.create_webhook(&actor("admin"), told("one")).await, ErrorCode::Conflict);
    office.workflow.delete_webhook(&actor("admin"), last.unwrap().id).await.unwrap();
    office.hooks(told("one")).await;
}

async fn webhooks_and_their_logs_are_paged(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let mut hooks = Vec::new();
    for _ in 0..3 {
        hooks.push(office.hooks(told("one")).await.id);
    }
    let admin = actor("admin");
    let page =
        |limit, backwards, after: Option<String>| PageRequest { limit, backwards, after, before: None };
    let first = office.workflow.webhooks(&admin, &page(2, false, None)).await.unwrap();
    assert_eq!(first.edges.iter().map(|edge| edge.node.id).collect::<Vec<_>>(), hooks[..2]);
    assert!(first.has_next);
    let last = office.workflow.webhooks(&admin, &page(1, true, None)).await.unwrap();
    assert_eq!(last.edges[0].node.id, hooks[2]);
    let bad = office.workflow.webhooks(&admin, &page(1, false, Some("x".into()))).await;
    refused(bad, ErrorCode::BadInput);
    for _ in 0..3 {
        office.starts("alice", "p", json!({})).await;
    }
    office.tells().await;
    let numbers = async |request: PageRequest| {
        let mut found = office.workflow.deliveries(&hooks, None, &request).await.unwrap();
        let page = found.remove(&hooks[1]).unwrap();
        (page.edges.iter().map(|edge| edge.node.number).collect::<Vec<_>>(), page.has_next)
    };
    let (all, _) = numbers(EVERY).await;
    assert_eq!(all.len(), 6);
    assert!(all.is_sorted_by(|newer, older| newer > older));
    assert_eq!(numbers(page(2, false, None)).await, (all[..2].to_vec(), true));
    assert_eq!(numbers(page(9, false, Some(all[1].to_string()))).await, (all[2..].to_vec(), false));
    assert_eq!(numbers(page(2, true, None)).await.0, all[4..]);
    let failed = Some(DeliveryStatus::Failed);
    assert!(office.workflow.deliveries(&hooks, failed, &EVERY).await.unwrap()[&hooks[0]].edges.is_empty());
    assert_eq!(office.workflow.delivery_counts(&hooks, None).await.unwrap()[&hooks[2]], 6);
    let bad = office.workflow.deliveries(&hooks, None, &page(1, false, Some("x".into()))).await;
    refused(bad, ErrorCode::BadInput);
    assert!(office.workflow.deliveries(&[], None, &EVERY).await.unwrap().is_empty());
}

async fn incidents_are_told_of(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hears = super::draft::Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", BOB)
        .xml(r#"<boundaryEvent id="event" attachedToRef="review"><signalEventDefinition signalRef="s"/></boundaryEvent>"#)
        .node("endEvent", "end", "")
        .beside(r#"<signal id="s" name="alarm"/>"#)
        .flows("start > review > end, event > end");
    office.deploys(&hears).await;
    let types = Some(vec![EventType::IncidentRaised, EventType::IncidentResolved]);
    office.hooks(NewWebhook { event_types: types, ..told("one") }).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.deed(office.workflow.suspend(&actor("admin"), id, None).await).await.unwrap();
    office.signals("alarm", json!({})).await;
    let [incident] = &office.incidents(id).await[..] else { panic!("one incident") };
    office.tells().await;
    office.workflow.resume(&actor("admin"), id, None).await.unwrap();
    office.workflow.resolve_incident(&actor("olivia"), incident.id).await.unwrap();
    office.tells().await;
    assert_eq!(office.receivers.types("one.example"), ["incident.raised", "incident.resolved"]);
    let told = event(&office.receivers.got("one.example")[1]);
    assert_eq!(told["data"]["incident"]["resolvedBy"], "olivia");
    let incident_id = crate::kernel::GlobalId::encode(crate::kernel::NodeKind::Incident, incident.id);
    assert_eq!(told["data"]["incident"]["id"], incident_id);
    assert_eq!(told["data"]["instance"]["definitionKey"], "p");
}

async fn jobs_are_told_of(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let packing = super::draft::Draft::new("p")
        .node("startEvent", "start", "")
        .node("serviceTask", "pack", r#"docket:topic="pack" docket:retries="1""#)
        .node("endEvent", "end", "")
        .flows("start > pack > end");
    office.deploys(&packing).await;
    office.hooks(told("one")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let olivia = actor("olivia");
    let claim = || ClaimJobs {
        topics: vec!["pack".to_owned()],
        worker: "packer".to_owned(),
        max: 1,
        lock: TimeDelta::seconds(60),
        variables: None,
    };
    let claims = async || office.workflow.claim_jobs(&olivia, claim()).await.unwrap().remove(0);
    for _ in 0..2 {
        let job = claims().await.row;
        let failure = FailJob { code: "NO_BOX".into(), message: "no box".into(), ..FailJob::default() };
        office
            .deed(office.workflow.fail_job(&olivia, job.id, job.lock_id.unwrap(), failure).await)
            .await
            .unwrap();
        let [incident] = &office.incidents(id).await[..] else { panic!("one incident") };
        office.deed(office.workflow.resolve_incident(&olivia, incident.id).await).await.unwrap();
    }
    let job = claims().await.row;
    let done =
        office.workflow.complete_job(&olivia, job.id, job.lock_id.unwrap(), serde_json::Map::new()).await;
    office.deed(done).await.unwrap();
    office.tells().await;
    let failed = ["job.failed", "incident.raised", "incident.resolved"];
    let expected: Vec<_> = ["instance.started", "job.created"]
        .into_iter()
        .chain(failed)
        .chain(failed)
        .chain(["job.completed", "instance.approved"])
        .collect();
    assert_eq!(office.receivers.types("one.example"), expected, "in the order in which it happened");
    let told: Vec<_> = office.receivers.got("one.example").iter().map(event).collect();
    let id = |kind, id| json!(crate::kernel::GlobalId::encode(kind, id));
    let job_id = id(crate::kernel::NodeKind::Job, job.id);
    assert_eq!((&told[1]["data"]["job"]["id"], &told[1]["data"]["job"]["topic"]), (&job_id, &json!("pack")));
    assert_eq!(
        (&told[2]["data"]["job"]["errorCode"], &told[3]["data"]["incident"]["jobId"]),
        (&json!("NO_BOX"), &job_id)
    );
    assert_eq!(told[8]["data"]["job"]["status"], "SUCCESS");
}
