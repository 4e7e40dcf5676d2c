//! What webhooks are told: of what, in which order, how often, and under which id.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, Statement};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::draft::one_step;
use super::office::{Office, actor, told_of_everything};
use super::receivers::{answers, event};
use crate::files::fetch::FetchError;
use crate::kernel::{Clock as _, PageRequest};
use crate::storage::entity::{outbox, webhook, webhook_delivery, webhook_stream};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::webhook::{
    Announced, Deliveries, DeliveriesParts, DeliveryView, EventType, NewWebhook, WebhookPatch,
};
use crate::workflow::{Decide, InstanceStatus};

on_both_databases!(
    a_webhook_is_told_what_it_wants,
    nothing_is_written_of_what_nobody_wants,
    it_is_sent_again_under_one_id_until_it_is_given_up,
    an_instances_events_keep_their_order,
    in_whatever_order_receivers_fail_the_order_holds,
    one_who_never_answers_costs_nobody_else_anything,
    replicas_tell_each_event_once,
    what_a_dead_replica_was_sending_is_sent_again,
    an_event_is_announced_once,
);

const BOB: &str = r#"flowable:assignee="bob""#;
/// Bounds a test that has failed.
const LONG: Duration = Duration::from_secs(30);

pub(super) const EVERY: PageRequest = PageRequest { limit: 100, backwards: false, after: None, before: None };

impl Office {
    pub(super) async fn hooks(&self, new: NewWebhook) -> webhook::Model {
        self.workflow.create_webhook(&actor("admin"), new).await.unwrap().0
    }

    pub(super) fn deliveries(&self) -> Deliveries {
        self.deliveries_until(CancellationToken::new())
    }

    pub(super) fn deliveries_until(&self, stopping: CancellationToken) -> Deliveries {
        let workflow = self.workflow.clone();
        Deliveries::new(DeliveriesParts { workflow, chance: || 0.0, stopping })
    }

    /// Sends all that is due; how many messages that were.
    pub(super) async fn tells(&self) -> usize {
        let told = tokio::time::timeout(LONG, self.deliveries().deliver()).await;
        told.expect("everything is told").unwrap()
    }

    /// Time passes, and what is due then is sent.
    pub(super) async fn tells_after(&self, seconds: i64) -> usize {
        self.clock.advance(TimeDelta::seconds(seconds).to_std().unwrap());
        self.tells().await
    }

    /// What was told, or is to be told, to a webhook: newest first.
    pub(super) async fn log(&self, webhook: Uuid) -> Vec<DeliveryView> {
        let mut found = self.workflow.deliveries(&[webhook], None, &EVERY).await.unwrap();
        found.remove(&webhook).unwrap().edges.into_iter().map(|edge| edge.node).collect()
    }
}

async fn a_webhook_is_told_what_it_wants(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for key in ["p", "q"] {
        office.deploys(&one_step(key, BOB)).await;
    }
    office.hooks(told_of_everything("https://all.example/hook?x=1")).await;
    let of_p = NewWebhook { definition_key: Some("p".into()), ..told_of_everything("https://p.example/") };
    office.hooks(of_p).await;
    let ends = Some(vec![EventType::InstanceApproved, EventType::InstanceRejected]);
    office.hooks(NewWebhook { event_types: ends, ..told_of_everything("https://ends.example/") }).await;
    office.hooks(NewWebhook { enabled: false, ..told_of_everything("https://off.example/") }).await;
    let [p, q] = [office.starts("alice", "p", json!({})).await, office.starts("alice", "q", json!({})).await];
    office.approves("bob", p, "review").await.unwrap();
    office.rejects("bob", q, "review", "no").await.unwrap();
    assert!(office.tells().await > 0);
    assert_eq!(office.tells().await, 0, "each once");
    let approved = ["instance.started", "task.created", "task.approved", "instance.approved"];
    assert_eq!(office.receivers.types("p.example"), approved);
    assert_eq!(office.receivers.got("all.example").len(), 8);
    let mut ends = office.receivers.types("ends.example");
    // Of two instances: in no order.
    ends.sort_unstable();
    assert_eq!(ends, ["instance.approved", "instance.rejected"]);
    assert!(office.receivers.got("off.example").is_empty());
    // In the shape of the specification, with the ids of the API.
    let messages = office.receivers.got("p.example");
    let created = event(&messages[1]);
    assert!(chrono::DateTime::parse_from_rfc3339(created["timestamp"].as_str().unwrap()).is_ok());
    let id = |kind, id| json!(crate::kernel::GlobalId::encode(kind, id));
    let data = &created["data"];
    assert_eq!(data["instance"]["id"], id(crate::kernel::NodeKind::ProcessInstance, p));
    assert_eq!(data["instance"]["definitionKey"], "p");
    let task = office.rows(p).await[0].id;
    assert_eq!(data["task"]["id"], id(crate::kernel::NodeKind::Task, task));
    let said = ["nodeId", "status", "assignee"].map(|name| data["task"][name].clone());
    assert_eq!(said, [json!("review"), json!("RUNNING"), json!("bob")]);
    let ended = event(&messages[3]);
    assert_eq!(ended["data"]["instance"]["status"], "APPROVE");
    assert_eq!(event(&messages[2])["data"]["actor"], "bob");
    let ends: Vec<_> = office.receivers.got("ends.example").iter().map(event).collect();
    let rejected = ends.iter().find(|one| one["type"] == "instance.rejected").unwrap();
    assert_eq!(rejected["data"]["reason"], "no");
    // One event has one id, whoever is told of it.
    let ids = |host| -> HashSet<_> { office.receivers.got(host).into_iter().map(|one| one.id).collect() };
    assert_eq!(ids("all.example").len(), 8);
    assert!(ids("p.example").is_subset(&ids("all.example")));
}

async fn nothing_is_written_of_what_nobody_wants(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    for key in ["p", "q"] {
        office.deploys(&one_step(key, BOB)).await;
    }
    let of_q = NewWebhook { definition_key: Some("q".into()), ..told_of_everything("https://q.example/") };
    let hook = office.hooks(of_q).await;
    let p = office.starts("alice", "p", json!({})).await;
    office.approves("bob", p, "review").await.unwrap();
    let off = WebhookPatch { enabled: Some(false), ..WebhookPatch::default() };
    office.workflow.update_webhook(&actor("admin"), hook.id, off).await.unwrap();
    let q = office.starts("alice", "q", json!({})).await;
    office.approves("bob", q, "review").await.unwrap();
    let reader = office.db.reader();
    assert_eq!(outbox::Entity::find().count(reader).await.unwrap(), 0);
    assert_eq!(webhook_delivery::Entity::find().count(reader).await.unwrap(), 0);
    assert_eq!(webhook_stream::Entity::find().count(reader).await.unwrap(), 0);
}

async fn it_is_sent_again_under_one_id_until_it_is_given_up(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told_of_everything("https://down.example/")).await;
    // Only who is told at all can have been dead for days.
    office.receivers.behave("down.example", |message, _| {
        match event(message)["type"] == "instance.started" {
            true => answers(500),
            false => answers(200),
        }
    });
    office.starts("alice", "p", json!({})).await;
    assert_eq!(office.tells().await, 1);
    for (wait, expected) in
        [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000].into_iter().zip(office_counts())
    {
        assert_eq!(office.tells_after(wait - 1).await, 0, "not before {wait} seconds are over");
        assert_eq!(office.tells_after(1).await, 1);
        assert_eq!(office.receivers.got("down.example").len(), expected);
    }
    let [waiting, open] = &office.log(hook.id).await[..] else { panic!("two events") };
    assert_eq!((open.status.as_str(), open.attempts), ("PENDING", 9));
    assert_eq!(open.next_attempt_at, Some(office.clock.now() + TimeDelta::days(1)));
    assert_eq!((waiting.status.as_str(), waiting.next_attempt_at), ("PENDING", None), "it waits for that");
    // The tenth attempt is the last; then it is the next event's turn.
    assert_eq!(office.tells_after(24 * 3600).await, 2);
    let [arrived, given_up] = &office.log(hook.id).await[..] else { panic!("two events") };
    assert_eq!((given_up.status.as_str(), given_up.attempts), ("FAILED", 10));
    assert_eq!((arrived.status.as_str(), arrived.attempts), ("SUCCESS", 1));
    let sent = office.receivers.got("down.example");
    let ids: HashSet<_> = sent[..10].iter().map(|message| message.id.clone()).collect();
    assert_eq!(ids, HashSet::from([given_up.message_id()]));
    let times: HashSet<_> = sent[..10].iter().map(|message| message.sent_at).collect();
    assert_eq!(times.len(), 10, "each attempt has its own time");
    let attempts = office.workflow.attempts_of(&[given_up.number]).await.unwrap();
    let attempts = &attempts[&given_up.number];
    assert!((1..=10).eq(attempts.iter().map(|attempt| attempt.number)));
    assert!(attempts.iter().all(|attempt| attempt.status_code == Some(500) && attempt.error.is_some()));
    assert_eq!(webhook_stream::Entity::find().count(office.db.reader()).await.unwrap(), 0);
}

/// How often something was sent after each of the waits.
fn office_counts() -> impl Iterator<Item = usize> {
    2..
}

async fn an_instances_events_keep_their_order(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    office.hooks(told_of_everything("https://some.example/")).await;
    let stuck = office.starts("alice", "p", json!({})).await;
    let stuck_id = crate::kernel::GlobalId::encode(crate::kernel::NodeKind::ProcessInstance, stuck);
    let of_stuck = stuck_id.clone();
    office.receivers.behave("some.example", move |message, before| {
        match event(message)["data"]["instance"]["id"] == of_stuck.as_str() && before < 2 {
            true => Err(FetchError::Timeout),
            false => answers(200),
        }
    });
    let other = office.starts("alice", "p", json!({})).await;
    office.approves("bob", stuck, "review").await.unwrap();
    office.approves("bob", other, "review").await.unwrap();
    office.tells().await;
    let whose = |id: &str| -> Vec<String> {
        let got = office.receivers.got("some.example");
        let own = got.iter().map(event).filter(|one| one["data"]["instance"]["id"] == id);
        own.map(|one| one["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(whose(&stuck_id), ["instance.started"], "the rest waits behind it");
    let other_id = crate::kernel::GlobalId::encode(crate::kernel::NodeKind::ProcessInstance, other);
    let all = ["instance.started", "task.created", "task.approved", "instance.approved"];
    assert_eq!(whose(&other_id), all, "another instance's events go on");
    for wait in [5, 300].repeat(4) {
        office.tells_after(wait).await;
    }
    let expected: Vec<_> = all.iter().flat_map(|kind| [*kind; 3]).collect();
    assert_eq!(whose(&stuck_id), expected, "each failed twice, and none overtook another");
}

async fn in_whatever_order_receivers_fail_the_order_holds(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    for host in ["one", "two", "three"] {
        office.hooks(told_of_everything(&format!("https://{host}.example/"))).await;
        let dice = std::sync::Mutex::new(StdRng::seed_from_u64(7));
        office.receivers.behave(&format!("{host}.example"), move |_, _| {
            // No event is given up: nine times in a row happens to nobody here.
            match dice.lock().unwrap().random_range(0..10) {
                0..5 => answers(200),
                5..8 => answers(503),
                _ => Err(FetchError::Timeout),
            }
        });
    }
    let mut instances = Vec::new();
    for _ in 0..6 {
        instances.push(office.starts("alice", "p", json!({})).await);
        office.tells().await;
    }
    for instance in instances {
        office.approves("bob", instance, "review").await.unwrap();
        office.tells().await;
    }
    let open = async || webhook_stream::Entity::find().count(office.db.reader()).await.unwrap();
    for _ in 0..200 {
        if open().await == 0 {
            break;
        }
        office.tells_after(24 * 3600).await;
    }
    assert_eq!(open().await, 0, "everything was told");
    let told = outbox::Entity::find().all(office.db.reader()).await.unwrap();
    assert_eq!(told.len(), 24);
    for host in ["one.example", "two.example", "three.example"] {
        let mut by_instance: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for message in office.receivers.got(host) {
            let told = event(&message);
            let of_one = by_instance.entry(told["data"]["instance"]["id"].to_string()).or_default();
            if !of_one.contains(&told["type"].to_string()) {
                of_one.push(told["type"].to_string());
            } else {
                assert_eq!(of_one.last(), Some(&told["type"].to_string()), "only the last is sent again");
            }
        }
        let all = ["instance.started", "task.created", "task.approved", "instance.approved"];
        let all: Vec<_> = all.iter().map(|kind| format!("\"{kind}\"")).collect();
        assert!(by_instance.values().all(|types| *types == all), "{host}: {by_instance:?}");
        assert_eq!(by_instance.len(), 6);
    }
}

async fn one_who_never_answers_costs_nobody_else_anything(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let (gate, waiting) = (Arc::new(Semaphore::new(0)), Arc::new(std::sync::atomic::AtomicUsize::new(0)));
    let (at_gate, most) = (Arc::clone(&gate), Arc::clone(&waiting));
    office.receivers.behave_in_time("slow.example", move |_, _| {
        let (gate, waiting) = (Arc::clone(&at_gate), Arc::clone(&most));
        Box::pin(async move {
            waiting.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let _ = gate.acquire().await.unwrap();
            answers(200)
        })
    });
    let slow = office.hooks(told_of_everything("https://slow.example/")).await;
    let fast = office.hooks(told_of_everything("https://fast.example/")).await;
    for _ in 0..40 {
        let start = crate::workflow::StartProcess { definition_key: "p".into(), ..Default::default() };
        office.workflow.start(Some(&actor("alice")), start).await.unwrap();
    }
    let stopping = CancellationToken::new();
    let deliveries = office.deliveries_until(stopping.clone());
    let working = tokio::spawn(async move { deliveries.work().await });
    let all_told = async |webhook, count: i64| {
        let success = Some(crate::workflow::DeliveryStatus::Success);
        let told = async || office.workflow.delivery_counts(&[webhook], success).await.unwrap();
        while told().await.get(&webhook).copied().unwrap_or_default() < count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, all_told(fast.id, 80)).await.expect("who is fast is told of everything");
    let in_hand = waiting.load(std::sync::atomic::Ordering::SeqCst);
    assert!((1..=16).contains(&in_hand), "{in_hand} at once for who is slow");
    gate.add_permits(1_000);
    tokio::time::timeout(LONG, all_told(slow.id, 80)).await.expect("and so is who is slow, in the end");
    stopping.cancel();
    working.await.unwrap();
    assert_eq!(office.receivers.got("slow.example").len(), 80, "each once");
}

async fn replicas_tell_each_event_once(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told_of_everything("https://one.example/")).await;
    for _ in 0..30 {
        let id = office.starts("alice", "p", json!({})).await;
        office.workflow.approve(&actor("bob"), office.rows(id).await[0].id, Decide::default()).await.unwrap();
    }
    let replicas = [office.deliveries(), office.deliveries(), office.deliveries()];
    let sent = futures::future::join_all(replicas.iter().map(Deliveries::deliver)).await;
    // Who finds nothing to do may go before the others are done.
    let sent: usize = sent.into_iter().map(Result::unwrap).sum::<usize>() + office.tells().await;
    assert_eq!(sent, 120);
    let got = office.receivers.got("one.example");
    let ids: HashSet<_> = got.iter().map(|message| &message.id).collect();
    assert_eq!((got.len(), ids.len()), (120, 120));
    let log = office.log(hook.id).await;
    assert!(log.iter().all(|one| one.status == "SUCCESS" && one.attempts == 1));
}

async fn what_a_dead_replica_was_sending_is_sent_again(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told_of_everything("https://one.example/")).await;
    let gate = Arc::new(Semaphore::new(0));
    let at_gate = Arc::clone(&gate);
    office.receivers.behave_in_time("one.example", move |_, before| {
        let gate = Arc::clone(&at_gate);
        Box::pin(async move {
            if before == 0 {
                let _ = gate.acquire().await.unwrap();
                return answers(500);
            }
            answers(200)
        })
    });
    office.starts("alice", "p", json!({})).await;
    let frozen = office.deliveries();
    let frozen = tokio::spawn(async move { frozen.deliver().await });
    let sending = async {
        while office.receivers.got("one.example").is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, sending).await.expect("it is being sent");
    assert_eq!(office.tells_after(59).await, 0, "it is in hand");
    let first = office.log(hook.id).await.pop().unwrap();
    assert_eq!((first.status.as_str(), first.next_attempt_at), ("PENDING", None));
    office.receivers.behave("one.example", |_, _| answers(200));
    assert_eq!(office.tells_after(1).await, 2, "it and the next, by another replica");
    // The first wakes up: what it has to say does not count any more.
    gate.add_permits(1);
    tokio::time::timeout(LONG, frozen).await.expect("it ends").unwrap().unwrap();
    let log = office.log(hook.id).await;
    assert!(log.iter().all(|one| one.status == "SUCCESS" && one.attempts == 1), "{log:?}");
    let got = office.receivers.got("one.example");
    assert_eq!(got.len(), 3);
    assert_eq!(got[0].id, got[1].id, "sent again under its id");
    assert_eq!(got[0].body, got[1].body);
}

async fn an_event_is_announced_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let hook = office.hooks(told_of_everything("https://one.example/")).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.tells().await;
    office.receivers.forget();
    let inner = &office.workflow.inner;
    let mut told = HashMap::new();
    for round in 0..3 {
        let tx = office.db.begin().await.unwrap();
        let lock = "UPDATE process_instance SET revision = revision WHERE id = id";
        tx.execute_unprepared(lock).await.unwrap();
        let about = Announced::read_in_op(inner, &tx, &[id]).await.unwrap();
        let key = || "incident:7:raised".to_owned();
        let now = office.clock.now();
        let new = about.event(EventType::IncidentRaised, key(), id, json!({"round": round}), now);
        assert!(about.event(EventType::IncidentRaised, key(), Uuid::nil(), json!({}), now).is_none());
        told.insert(round, about.announce_in_op(&tx, vec![new.unwrap()]).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(told, HashMap::from([(0, true), (1, false), (2, false)]));
    office.tells().await;
    let [message] = &office.receivers.got("one.example")[..] else { panic!("one message") };
    assert_eq!(event(message)["data"]["round"], 0);
    assert_eq!(office.log(hook.id).await.len(), 3);
    assert_eq!(office.status(id).await, InstanceStatus::Running);
}

/// Whoever has an instance under its lock may not know of a webhook that is made meanwhile: it is not made
/// before they have committed, so that nothing is left out that happens once it is there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_not_there_before_those_have_committed_who_do_not_know_it_on_postgres() {
    let office = Office::over(Scratch::postgres().await).await.untold().await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let case =
        crate::workflow::case::Case::open(&office.workflow.inner, Some("admin"), id, id).await.unwrap();
    let workflow = office.workflow.clone();
    let making = tokio::spawn(async move {
        workflow.create_webhook(&actor("admin"), told_of_everything("https://new.example/")).await
    });
    let waits = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                 WHERE d.datname = current_database() AND NOT l.granted AND l.mode = 'ExclusiveLock'";
    let waits = async || {
        let statement = Statement::from_string(office.db.backend(), waits);
        let row = office.db.reader().query_one_raw(statement).await.unwrap().unwrap();
        row.try_get_by_index::<i64>(0).unwrap() > 0
    };
    let waiting = async {
        while !waits().await {
            assert!(!making.is_finished(), "it has not waited");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, waiting).await.expect("it waits for the case");
    office.workflow.finish(case, id).await.unwrap();
    let hook = making.await.unwrap().unwrap().0;
    office.workflow.approve(&actor("bob"), office.rows(id).await[0].id, Decide::default()).await.unwrap();
    office.tells().await;
    assert_eq!(office.receivers.types("new.example"), ["task.approved", "instance.approved"]);
    assert_eq!(office.log(hook.id).await.len(), 2);
}
