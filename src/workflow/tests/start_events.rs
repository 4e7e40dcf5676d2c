//! Processes that begin by the clock, by messages and by signals.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::draft::Draft;
use super::happening::{replica, sent};
use super::office::{Office, actor, refused};
use crate::kernel::{Clock as _, ErrorCode, Fault};
use crate::storage::entity::{process_instance, start_subscription};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{InstanceStatus, Sent, StartProcess};

on_both_databases!(
    a_duration_begins_it_once,
    a_date_begins_it_once,
    a_cycle_begins_it_again_and_again,
    a_clock_that_jumps_does_no_harm,
    another_version_begins_anew,
    what_was_due_begins_in_the_version_that_came_between,
    two_replicas_begin_each_once,
    a_message_begins_it,
    a_message_goes_to_who_waits_first,
    two_equal_messages_at_once,
    a_message_that_was_thrown_begins_it,
    a_thrown_message_that_comes_twice_goes_to_who_has_begun_to_wait,
    several_processes_begin_by_a_message,
    a_signal_begins_all_who_hear_it,
    it_begins_at_one_of_several,
);

pub(super) const BOB: &str = r#"flowable:assignee="bob""#;
pub(super) const DECLARED: &str =
    r#"<message id="m" name="ordered"/><message id="m2" name="paid"/><signal id="s" name="alarm"/>"#;
pub(super) const MESSAGE: &str = r#"<messageEventDefinition messageRef="m"/>"#;
pub(super) const SIGNAL: &str = r#"<signalEventDefinition signalRef="s"/>"#;

pub(super) fn timer(kind: &str, text: &str) -> String {
    format!("<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>")
}

/// Begins by something, and asks Bob.
pub(super) fn begun_by(key: &str, definition: &str) -> Draft {
    Draft::new(key)
        .holding("startEvent", "begun", "", definition)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(DECLARED)
        .flows("begun > review > end")
}

impl Office {
    /// The instances of a process, the oldest first.
    pub(super) async fn instances_of(&self, key: &str) -> Vec<process_instance::Model> {
        let all = process_instance::Entity::find().order_by_asc(process_instance::Column::Id);
        let mut found = Vec::new();
        for row in all.all(self.db.reader()).await.unwrap() {
            let definition = self.workflow.definitions().by_id(row.definition_id).await.unwrap();
            if definition.row.key == key {
                found.push(row);
            }
        }
        found
    }

    /// By what a process begins, as `node KIND`, by their nodes.
    pub(super) async fn begins_by(&self, key: &str) -> Vec<String> {
        let newest = self.workflow.definitions().find(key, None).await.unwrap().unwrap();
        let rows = start_subscription::Entity::find()
            .filter(start_subscription::Column::DefinitionKey.eq(key))
            .order_by_asc(start_subscription::Column::NodeId);
        let rows = rows.all(self.db.reader()).await.unwrap();
        assert!(rows.iter().all(|row| row.definition_id == newest.row.id), "of the newest version alone");
        rows.iter().map(|row| format!("{} {}", row.node_id, row.kind)).collect()
    }

    async fn due_after(&self, key: &str) -> TimeDelta {
        let rows =
            start_subscription::Entity::find().filter(start_subscription::Column::DefinitionKey.eq(key));
        rows.one(self.db.reader()).await.unwrap().unwrap().due_at.unwrap() - self.clock.now()
    }

    /// Tells a message to whoever waits for it or begins by it.
    async fn says(&self, sent: Sent) -> Result<Uuid, Fault> {
        let told = self.workflow.send_message(&actor("olivia"), sent).await;
        self.deed(told.map(|instance| instance.id)).await
    }
}

fn about(name: &str, key: &str, variables: Value) -> Sent {
    Sent { business_key: Some(key.to_owned()), ..sent(name, variables) }
}

async fn a_duration_begins_it_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("p", &timer("timeDuration", "PT1H"))).await;
    assert_eq!(office.begins_by("p").await, ["begun TIMER"]);
    office.passes("PT59M").await;
    assert!(office.instances_of("p").await.is_empty());
    office.passes("PT2M").await;
    office.passes("P7D").await;
    let begun = office.instances_of("p").await;
    let [row] = &begun[..] else { panic!("{begun:?}") };
    assert_eq!((&row.started_by, &row.business_key), (&None, &None));
    assert_eq!(office.way(row.id, false).await, ["begun", "review"]);
    assert_eq!(office.history(row.id).await, ["START -", "TRIGGER -", "CREATE -"]);
    assert!(office.begins_by("p").await.is_empty());
    office.approves("bob", row.id, "review").await.unwrap();
    assert_eq!(office.status(row.id).await, InstanceStatus::Approve);
    // Nobody begins it by hand.
    let start = StartProcess { definition_key: "p".into(), ..StartProcess::default() };
    let fault = refused(office.workflow.start(Some(&actor("alice")), start).await, ErrorCode::BadInput);
    assert!(fault.to_string().contains("begins by events alone"), "{fault}");
    let newest = office.workflow.definitions().find("p", None).await.unwrap().unwrap();
    assert!(office.workflow.startable(&actor("admin"), &[newest]).await.unwrap().is_empty());
}

async fn a_date_begins_it_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let at = |hours| (office.clock.now() + TimeDelta::hours(hours)).to_rfc3339();
    office.deploys(&begun_by("later", &timer("timeDate", &at(2)))).await;
    office.deploys(&begun_by("gone", &timer("timeDate", &at(-2)))).await;
    // What had gone by before anybody deployed it begins nothing.
    assert!(office.begins_by("gone").await.is_empty());
    office.passes("PT3H").await;
    office.passes("P9D").await;
    assert_eq!((office.instances_of("later").await.len(), office.instances_of("gone").await.len()), (1, 0));
}

async fn a_cycle_begins_it_again_and_again(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("thrice", &timer("timeCycle", "R3/PT1H"))).await;
    office.deploys(&begun_by("ever", &timer("timeCycle", "R/PT1H"))).await;
    for (number, hour) in (1..=5).zip([1, 2, 3, 3, 3]) {
        office.passes("PT1H").await;
        assert_eq!(office.instances_of("thrice").await.len(), hour);
        assert_eq!(office.instances_of("ever").await.len(), number);
    }
    assert!(office.begins_by("thrice").await.is_empty());
    // Many hours without anybody who looks are made up by one.
    office.passes("P3DT30M").await;
    assert_eq!(office.instances_of("ever").await.len(), 6);
    assert!((office.due_after("ever").await - TimeDelta::minutes(30)).abs() < TimeDelta::minutes(1));
    office.passes("PT31M").await;
    assert_eq!(office.instances_of("ever").await.len(), 7);
}

async fn a_clock_that_jumps_does_no_harm(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("p", &timer("timeCycle", "R/PT1H"))).await;
    let began = office.clock.now();
    office.passes("PT61M").await;
    assert_eq!(office.instances_of("p").await.len(), 1);
    // Back before the first: it does not begin a second time for that.
    office.clock.set(began);
    office.happens().await;
    office.passes("PT61M").await;
    assert_eq!(office.instances_of("p").await.len(), 1);
    office.passes("PT60M").await;
    assert_eq!(office.instances_of("p").await.len(), 2);
    // A year forwards: one, and no flood.
    office.passes("P1Y").await;
    assert_eq!(office.instances_of("p").await.len(), 3);
    // And back again: nothing until that time has come once more, or another version is deployed.
    office.clock.set(began + TimeDelta::hours(3));
    office.passes("P1D").await;
    assert_eq!(office.instances_of("p").await.len(), 3);
}

async fn another_version_begins_anew(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hourly = begun_by("p", &timer("timeDuration", "PT1H"));
    office.deploys(&hourly).await;
    office.passes("PT30M").await;
    // The same letter for letter is the same version, and goes on.
    office.deploys(&hourly).await;
    assert!((office.due_after("p").await - TimeDelta::minutes(30)).abs() < TimeDelta::minutes(1));
    let renamed =
        begun_by("p", &timer("timeDuration", "PT1H")).node("endEvent", "other", "").flows("review > other");
    office.deploys(&renamed).await;
    assert_eq!(office.begins_by("p").await, ["begun TIMER"]);
    office.passes("PT45M").await;
    assert!(office.instances_of("p").await.is_empty(), "the version before begins nothing");
    office.passes("PT20M").await;
    let begun = office.instances_of("p").await;
    let newest = office.workflow.definitions().find("p", Some(2)).await.unwrap().unwrap();
    assert_eq!(begun.iter().map(|row| row.definition_id).collect::<Vec<_>>(), [newest.row.id]);
    // A version that nothing begins ends it.
    office.deploys(&begun_by("p", &timer("timeCycle", "R/PT1H"))).await;
    office.deploys(&super::draft::one_step("p", BOB)).await;
    assert!(office.begins_by("p").await.is_empty());
    office.passes("P1D").await;
    assert_eq!(office.instances_of("p").await.len(), 1);
    office.starts("alice", "p", json!({})).await;
    // The database refuses what would wait for an older version.
    let row = start_subscription::Model {
        id: Uuid::now_v7(),
        definition_key: "p".into(),
        definition_id: newest.row.id,
        node_id: "begun".into(),
        kind: "SIGNAL".into(),
        name: Some("alarm".into()),
        due_at: None,
        every: None,
        more: None,
        run_id: None,
        created_at: office.clock.now(),
    };
    let added = start_subscription::Entity::insert(row.into_active_model())
        .exec_without_returning(office.db.writer());
    assert!(added.await.is_err());
}

async fn what_was_due_begins_in_the_version_that_came_between(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let date = (office.clock.now() + TimeDelta::hours(1)).to_rfc3339();
    let second = |draft: Draft| draft.node("endEvent", "other", "").flows("review > other");
    let dated = || begun_by("dated", &timer("timeDate", &date));
    office.deploys(&dated()).await;
    office.deploys(&begun_by("told", SIGNAL)).await;
    // Its time has come, and nobody has looked yet.
    office.clock.advance(Duration::from_secs(3_700));
    office.deploys(&second(dated())).await;
    office.workflow.send_signal(&actor("olivia"), sent("alarm", json!({"x": 1}))).await.unwrap();
    let stopping = CancellationToken::new();
    // Handed out, and not begun yet.
    replica(&office, &stopping).1.hand_out().await.unwrap();
    office.deploys(&second(begun_by("told", SIGNAL))).await;
    let third = dated().node("endEvent", "third", "").flows("review > third");
    office.deploys(&third).await;
    office.happens().await;
    for (key, version) in [("dated", 3), ("told", 2)] {
        let newest = office.workflow.definitions().find(key, Some(version)).await.unwrap().unwrap();
        let begun: Vec<_> = office.instances_of(key).await.iter().map(|row| row.definition_id).collect();
        assert_eq!(begun, [newest.row.id], "{key}");
    }
    office.deploys(&dated()).await;
    office.happens().await;
    assert_eq!(office.instances_of("dated").await.len(), 1, "it has begun, and does not once more");
}

async fn two_replicas_begin_each_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for number in 0..12 {
        office.deploys(&begun_by(&format!("p{number}"), &timer("timeCycle", "R/PT1H"))).await;
    }
    office.clock.advance(Duration::from_secs(3_700));
    let stopping = CancellationToken::new();
    let replicas: Vec<_> = (0..3).map(|_| replica(&office, &stopping)).collect();
    let handing = replicas.iter().map(|(_, events)| events.hand_out());
    futures::future::try_join_all(handing).await.unwrap();
    let working: Vec<_> =
        replicas.into_iter().map(|(engine, _)| tokio::spawn(async move { engine.work().await })).collect();
    office.happens().await;
    stopping.cancel();
    futures::future::try_join_all(working).await.unwrap();
    for number in 0..12 {
        assert_eq!(office.instances_of(&format!("p{number}")).await.len(), 1, "p{number}");
        assert_eq!(office.begins_by(&format!("p{number}")).await, ["begun TIMER"]);
    }
}

async fn a_message_begins_it(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("p", MESSAGE)).await;
    refused(office.says(sent("paid", json!({}))).await, ErrorCode::BadInput);
    refused(office.says(about("paid", "K1", json!({}))).await, ErrorCode::NotFound);
    let named = Sent { instance: Some(Uuid::now_v7()), ..sent("ordered", json!({})) };
    refused(office.says(named).await, ErrorCode::NotFound);
    let id = office.says(about("ordered", "K1", json!({"sum": 7}))).await.unwrap();
    let row = office.instance(id).await;
    assert_eq!((row.started_by.as_deref(), row.business_key.as_deref()), (Some("olivia"), Some("K1")));
    assert_eq!(office.variables(id).await["sum"], 7);
    assert_eq!(office.history(id).await, ["START olivia", "TRIGGER olivia", "CREATE -"]);
    // Nobody waits for another one, so another one begins; also about nothing.
    let other = office.says(about("ordered", "K1", json!({}))).await.unwrap();
    let third = office.says(sent("ordered", json!({}))).await.unwrap();
    assert_eq!(
        office.instances_of("p").await.iter().map(|row| row.id).collect::<Vec<_>>(),
        [id, other, third]
    );
    assert_eq!(office.instance(third).await.business_key, None);
    for wrong in [
        about("ordered", "", json!({})),
        about("ordered", &"k".repeat(256), json!({})),
        about("ordered", "K\0", json!({})),
        about("ordered", "K1", json!({"initiator": "bob"})),
    ] {
        refused(office.says(wrong).await, ErrorCode::BadInput);
    }
    refused(
        office.workflow.send_message(&actor("bob"), sent("ordered", json!({}))).await,
        ErrorCode::Forbidden,
    );
}

/// Begins by a message, and then waits for the same.
fn begun_and_waiting(key: &str, definition: &str) -> Draft {
    Draft::new(key)
        .holding("startEvent", "begun", "", definition)
        .holding("intermediateCatchEvent", "wait", "", definition)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(DECLARED)
        .flows("begun > wait > review > end")
}

async fn a_message_goes_to_who_waits_first(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_and_waiting("p", MESSAGE)).await;
    let first = office.says(about("ordered", "K1", json!({}))).await.unwrap();
    let other = office.says(about("ordered", "K2", json!({}))).await.unwrap();
    assert_ne!(first, other, "nobody waits with this key");
    assert_eq!(office.says(about("ordered", "K1", json!({}))).await.unwrap(), first);
    assert_eq!(office.tasks(first).await, ["review bob RUNNING"]);
    assert!(office.tasks(other).await.is_empty());
    // Unless it is said that a process is to begin.
    let begin = Sent { definition_key: Some("p".into()), ..about("ordered", "K2", json!({})) };
    let third = office.says(begin.clone()).await.unwrap();
    assert!(![first, other].contains(&third));
    refused(office.says(about("ordered", "K2", json!({}))).await, ErrorCode::Conflict);
    refused(office.says(Sent { instance: Some(third), ..begin }).await, ErrorCode::BadInput);
    let unknown = Sent { definition_key: Some("q".into()), ..sent("ordered", json!({})) };
    refused(office.says(unknown).await, ErrorCode::NotFound);
}

async fn two_equal_messages_at_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("p", MESSAGE)).await;
    let olivia = actor("olivia");
    let tell = || office.workflow.send_message(&olivia, about("ordered", "K1", json!({})));
    let (one, other) = futures::join!(tell(), tell());
    assert_ne!(one.unwrap().id, other.unwrap().id, "each begins an instance where none waits");
    // Of a process that waits for it next, they come one after the other.
    let paid = r#"<messageEventDefinition messageRef="m2"/>"#;
    office.deploys(&begun_and_waiting("q", paid)).await;
    for key in ["K1", "K2", "K3"] {
        let olivia = actor("olivia");
        let tell = || office.workflow.send_message(&olivia, about("paid", key, json!({})));
        let (one, other) = futures::join!(tell(), tell());
        assert_eq!(one.unwrap().id, other.unwrap().id, "{key}");
    }
    office.audit().await;
    assert_eq!(office.instances_of("q").await.len(), 3);
}

/// Tells that message.
fn telling() -> Draft {
    Draft::new("telling")
        .node("startEvent", "start", "")
        .holding("intermediateThrowEvent", "tell", "", MESSAGE)
        .node("endEvent", "end", "")
        .beside(DECLARED)
        .flows("start > tell > end")
}

async fn a_message_that_was_thrown_begins_it(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("p", MESSAGE)).await;
    office.deploys(&telling()).await;
    office.starts_about("telling", "K1").await;
    office.starts("alice", "telling", json!({})).await;
    office.happens().await;
    let begun = office.instances_of("p").await;
    let mut told: Vec<_> =
        begun.iter().map(|row| (row.business_key.as_deref(), row.started_by.as_deref())).collect();
    told.sort_unstable();
    assert_eq!(told, [(None, None), (Some("K1"), None)]);
}

async fn a_thrown_message_that_comes_twice_goes_to_who_has_begun_to_wait(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_and_waiting("p", MESSAGE)).await;
    office.deploys(&telling()).await;
    for _ in 0..2 {
        office.starts_about("telling", "K1").await;
    }
    // Both are handed out when nobody waits yet.
    office.happens().await;
    let begun = office.instances_of("p").await;
    assert_eq!(begun.len(), 1);
    assert_eq!(office.tasks(begun[0].id).await, ["review bob RUNNING"]);
}

async fn several_processes_begin_by_a_message(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&begun_by("old", MESSAGE)).await;
    office.clock.advance(Duration::from_secs(1));
    office.deploys(&begun_by("new", MESSAGE)).await;
    let fault = refused(office.says(about("ordered", "K1", json!({}))).await, ErrorCode::Conflict);
    assert!(fault.to_string().contains("definitionKey"), "{fault}");
    let named = Sent { definition_key: Some("new".into()), ..about("ordered", "K1", json!({})) };
    office.says(named).await.unwrap();
    // What another process tells goes to who has waited longest.
    office.deploys(&telling()).await;
    office.starts_about("telling", "K2").await;
    office.happens().await;
    let count = async |key| office.instances_of(key).await.len();
    assert_eq!((count("old").await, count("new").await), (1, 1));
}

async fn a_signal_begins_all_who_hear_it(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for key in ["one", "other"] {
        office.deploys(&begun_by(key, SIGNAL)).await;
    }
    let hears = Draft::new("hears")
        .node("startEvent", "start", "")
        .holding("intermediateCatchEvent", "wait", "", SIGNAL)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(DECLARED)
        .flows("start > wait > review > end");
    office.deploys(&hears).await;
    let waiting = office.starts("alice", "hears", json!({})).await;
    office.signals("alarm", json!({"level": 3})).await;
    assert_eq!(office.tasks(waiting).await, ["review bob RUNNING"]);
    for key in ["one", "other"] {
        let begun = office.instances_of(key).await;
        assert_eq!(begun.len(), 1, "{key}");
        assert_eq!(office.variables(begun[0].id).await["level"], 3);
        assert_eq!((&begun[0].started_by, begun[0].business_key.as_deref()), (&None, None));
    }
    // Thrown by another process, too.
    let thrower = Draft::new("thrower")
        .node("startEvent", "start", "")
        .holding("endEvent", "end", "", SIGNAL)
        .beside(DECLARED)
        .flows("start > end");
    office.deploys(&thrower).await;
    office.starts("alice", "thrower", json!({})).await;
    office.happens().await;
    assert_eq!(office.instances_of("one").await.len(), 2);
    office.signals("silence", json!({})).await;
    assert_eq!(office.instances_of("one").await.len(), 2);
}

async fn it_begins_at_one_of_several(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .holding("startEvent", "ordered", "", MESSAGE)
        .holding("startEvent", "nightly", "", &timer("timeDuration", "PT1H"))
        .user("asks", r#"docket:approverStrategy="STARTER""#)
        .node("parallelGateway", "fork", "")
        .user("checks", BOB)
        .user("counts", r#"flowable:assignee="ann""#)
        .node("parallelGateway", "join", "")
        .user("review", BOB)
        .node("endEvent", "end", "")
        .beside(DECLARED)
        .flows("start > asks > review > end, ordered > fork > checks > join, fork > counts > join > review")
        .flows("nightly > review");
    office.deploys(&draft).await;
    assert_eq!(office.begins_by("p").await, ["nightly TIMER", "ordered MESSAGE"]);
    let by_hand = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.tasks(by_hand).await, ["asks alice RUNNING"]);
    let by_message = office.says(about("ordered", "K1", json!({}))).await.unwrap();
    assert_eq!(office.tasks(by_message).await, ["checks bob RUNNING", "counts ann RUNNING"]);
    office.passes("PT1H").await;
    let all = office.instances_of("p").await;
    let [_, _, by_time] = &all[..] else { panic!("{all:?}") };
    assert_eq!(office.way(by_time.id, false).await, ["nightly", "review"]);
    // What lies before a node depends on where it began: there is a fork on this way, and none on others.
    office.approves("bob", by_message, "checks").await.unwrap();
    office.approves("ann", by_message, "counts").await.unwrap();
    refused(office.sends_back("bob", by_message, "review", Some("checks")).await, ErrorCode::BadInput);
    office.approves("alice", by_hand, "asks").await.unwrap();
    office.sends_back("bob", by_hand, "review", None).await.unwrap();
    assert_eq!(office.tasks(by_hand).await.last().unwrap(), "asks alice RUNNING");
    // Who has told the message has started it: it goes back to them, to where it began.
    office.sends_back("bob", by_message, "review", None).await.unwrap();
    assert_eq!(office.tasks(by_message).await.last().unwrap(), "ordered olivia RUNNING");
    // Nobody has started this one.
    refused(office.sends_back("bob", by_time.id, "review", None).await, ErrorCode::BadInput);
}
