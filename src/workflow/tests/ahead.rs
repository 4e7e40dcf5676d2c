//! What lies ahead, where several rules meet: what is told is what then happens.

use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::{Decide, Sign};
use crate::workflow::{LookAhead, StartProcess, TaskStatus};

on_both_databases!(
    a_preview_begins_with_what_a_start_does,
    who_approves_now_is_not_asked_again,
    what_is_called_is_told,
    what_children_answer_is_known,
    circles_and_gaps_are_told,
    what_is_waited_for_on_the_way_is_taken_to_happen,
);

const BOB: &str = r#"flowable:assignee="bob""#;

/// As `process.node who`, with the status where a rule decides.
fn told(ahead: &LookAhead) -> Vec<String> {
    let told = ahead.nodes.iter().map(|node| {
        let settled = node.settled.map(|status| format!(" {}", status.as_str())).unwrap_or_default();
        format!("{}.{} {}{settled}", node.definition_key, node.node_id, node.assignees.join("+"))
    });
    told.collect()
}

impl Office {
    async fn previews(&self, user: &str, key: &str, variables: Value) -> LookAhead {
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let start = StartProcess { definition_key: key.to_owned(), variables, ..StartProcess::default() };
        self.workflow.preview(&actor(user), &start).await.unwrap()
    }

    async fn ahead(&self, instance: Uuid) -> LookAhead {
        self.workflow.look_ahead(&self.instance(instance).await).await.unwrap()
    }
}

async fn a_preview_begins_with_what_a_start_does(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let limit = r#"<dataObject id="d" name="limit" itemSubjectRef="xsd:int"><extensionElements>
        <flowable:value>10</flowable:value></extensionElements></dataObject>"#;
    let draft = Draft::new("p")
        .xml(limit)
        .node("startEvent", "start", "")
        .node("exclusiveGateway", "big", r#"default="big_end""#)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .flows("start > big, big > end, review > end")
        .flows("big > review [${sum > limit && PROCESS_STATUS == 1}]");
    office.deploys(&draft).await;
    assert_eq!(told(&office.previews("alice", "p", json!({"sum": 11})).await), ["p.review bob"]);
    assert!(told(&office.previews("alice", "p", json!({"sum": 10})).await).is_empty());
    let id = office.starts("alice", "p", json!({"sum": 11})).await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}

async fn who_approves_now_is_not_asked_again(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for same in ["ALL", "ADJACENT"] {
        let draft = Draft::new(same)
            .with(&format!(r#"docket:sameApprover="{same}""#))
            .node("startEvent", "start", "")
            .user(
                "a",
                r#"docket:approverStrategy="USER" docket:approvers="ann,bob" docket:counting="SEQUENTIAL""#,
            )
            .user("b", r#"docket:approverStrategy="USER" docket:approvers="cat,bob" docket:counting="RATIO""#)
            .user("c", BOB)
            .user("d", r#"docket:approverStrategy="USER" docket:approvers="eve,bob" docket:counting="ANY""#)
            .node("endEvent", "end", "")
            .flows("start > a > b > c > d > end");
        office.deploys(&draft).await;
        let expected = ["b cat+bob", "c bob APPROVE", "d eve+bob APPROVE"].map(|one| format!("{same}.{one}"));
        let id = office.starts("alice", same, json!({})).await;
        assert_eq!(told(&office.ahead(id).await), expected);
        // Whoever of a round has been heard is not heard again.
        office.approves("ann", id, "a").await.unwrap();
        assert_eq!(told(&office.ahead(id).await), expected);
        // A delegate gives it back, and whoever signs before does not decide it.
        let task = office.open(id, "a", "bob").await.id;
        let flow = &office.workflow;
        let dan = ["dan".to_owned()];
        office.deed(flow.add_signers(&actor("bob"), task, Sign::Before, &dan, None).await).await.unwrap();
        assert_eq!(told(&office.ahead(id).await), expected);
        office.approves("dan", id, "a").await.unwrap();
        office.deed(flow.delegate(&actor("bob"), task, "dan", None).await).await.unwrap();
        assert_eq!(told(&office.ahead(id).await), expected);
        office.approves("dan", id, "a").await.unwrap();
        // As told, so it goes.
        office.approves("bob", id, "a").await.unwrap();
        office.approves("cat", id, "b").await.unwrap();
        let tasks = office.tasks(id).await;
        assert_eq!(tasks[tasks.len() - 3..], ["c bob APPROVE", "d eve CANCEL", "d bob APPROVE"]);
    }
}

/// Calls `child` and asks the house's head where what it answers is high.
fn asks_a_child() -> Draft {
    let mappings = r#"<extensionElements><flowable:in source="sum" target="sum"/>
        <flowable:out source="level" target="level"/><flowable:out source="PROCESS_STATUS" target="ended"/></extensionElements>"#;
    Draft::new("p")
        .node("startEvent", "start", "")
        .user("first", r#"flowable:assignee="ann""#)
        .holding("callActivity", "call", r#"calledElement="child""#, mappings)
        .node("exclusiveGateway", "high", r#"default="high_end""#)
        .user("head", r#"flowable:assignee="hal""#)
        .node("endEvent", "end", "")
        .flows("start > first > call > high, high > end, head > end")
        .flows("high > head [${level > 2 && ended == 2}]")
}

fn answers(level: u32) -> Draft {
    let level = format!(
        r#"<dataObject id="d" name="level" itemSubjectRef="xsd:int"><extensionElements>
        <flowable:value>{level}</flowable:value></extensionElements></dataObject>"#
    );
    Draft::new("child")
        .xml(&level)
        .node("startEvent", "start", "")
        .user("review", r#"flowable:assignee="${sum > 5 ? 'big' : 'small'}""#)
        .user("after", r#"flowable:assignee="ivo""#)
        .node("endEvent", "end", "")
        .flows("start > review > after > end")
}

async fn what_is_called_is_told(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&answers(1)).await;
    office.deploys(&asks_a_child()).await;
    let all = ["p.first ann", "child.review big", "child.after ivo"];
    assert_eq!(told(&office.previews("alice", "p", json!({"sum": 6})).await), all);
    let id = office.starts("alice", "p", json!({"sum": 6})).await;
    assert_eq!(told(&office.ahead(id).await), all[1..]);
    // What is under way is played from where it stands.
    office.approves("ann", id, "first").await.unwrap();
    assert_eq!(told(&office.ahead(id).await), all[2..]);
    let child = office.children(id).await[0].id;
    assert_eq!(told(&office.ahead(child).await), all[2..]);
    office.approves("big", child, "review").await.unwrap();
    assert_eq!(office.tasks(child).await.last().unwrap(), "after ivo RUNNING");
}

async fn what_children_answer_is_known(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&answers(3)).await;
    office.deploys(&asks_a_child()).await;
    let all = ["p.first ann", "child.review small", "child.after ivo", "p.head hal"];
    let ahead = office.previews("alice", "p", json!({"sum": 1})).await;
    assert_eq!((told(&ahead), &ahead.stopped_by), (all.map(str::to_owned).to_vec(), &None));
    let id = office.starts("alice", "p", json!({"sum": 1})).await;
    office.approves("ann", id, "first").await.unwrap();
    assert_eq!(told(&office.ahead(id).await), all[2..]);
    let child = office.children(id).await[0].id;
    office.approves("small", child, "review").await.unwrap();
    assert_eq!(told(&office.ahead(id).await), all[3..]);
    // What a child has been told since counts: it answers less.
    let task = office.open(child, "after", "ivo").await.id;
    let lower = Decide { form_data: json!({"level": 2}).as_object().unwrap().clone(), ..Decide::default() };
    office.deed(office.workflow.approve(&actor("ivo"), task, lower).await).await.unwrap();
    assert_eq!(office.tasks(id).await, ["first ann APPROVE"]);
    // A child that a rule rejects rejects its caller, and nobody is asked any more.
    let never = one_step("child", r#"docket:nodeType="AUTO_REJECT""#);
    office.deploys(&never).await;
    let ahead = office.previews("alice", "p", json!({"sum": 1})).await;
    assert_eq!(told(&ahead), ["p.first ann", "child.review  REJECT"]);
    assert_eq!(ahead.nodes[1].settled, Some(TaskStatus::Reject));
}

async fn circles_and_gaps_are_told(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&caller("circle", "circle")).await;
    let ahead = office.previews("alice", "circle", json!({})).await;
    assert!(ahead.stopped_by.unwrap().contains("calls itself again and again"));
    office.deploys(&caller("gap", "nothing")).await;
    let ahead = office.previews("alice", "gap", json!({})).await;
    assert_eq!(ahead.stopped_by.unwrap(), "there is no process nothing to be called");
    // Many children: no more is told than the most.
    office.deploys(&one_step("child", BOB)).await;
    let each = r#"<multiInstanceLoopCharacteristics><loopCardinality>${many}</loopCardinality></multiInstanceLoopCharacteristics>"#;
    let draft = Draft::new("many")
        .node("startEvent", "start", "")
        .holding("callActivity", "call", r#"calledElement="child""#, each)
        .node("endEvent", "end", "")
        .flows("start > call > end");
    office.deploys(&draft).await;
    for (many, is_whole) in [(50, true), (51, false), (1_000, false)] {
        let ahead = office.previews("alice", "many", json!({"many": many})).await;
        assert_eq!((ahead.nodes.len(), ahead.stopped_by.is_none()), (50, is_whole), "{many}");
    }
}

async fn what_is_waited_for_on_the_way_is_taken_to_happen(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let hour = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
    let border = format!(r#"<boundaryEvent id="event" attachedToRef="first">{hour}</boundaryEvent>"#);
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("first", r#"flowable:assignee="ann""#)
        .xml(&border)
        .user("late", r#"flowable:assignee="eve""#)
        .holding("intermediateCatchEvent", "delay", "", hour)
        .user("second", BOB)
        .node("endEvent", "end", "")
        .flows("start > first > delay > second > end, event > late > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(told(&office.ahead(id).await), ["p.second bob"]);
    office.approves("ann", id, "first").await.unwrap();
    assert_eq!(told(&office.ahead(id).await), ["p.second bob"]);
    assert!(office.tasks(id).await.iter().all(|task| !task.starts_with("second")), "nothing has happened");
}
