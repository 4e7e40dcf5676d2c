//! Seeing it: lists, history, what lies ahead, and everything live.

use std::time::Duration;

use chrono::TimeDelta;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use serde_json::json;

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::{Clock as _, ErrorCode, Fault, PageArgs, PageRequest};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::{Decide, TaskFilter, TaskOrder, TaskOrderField, TaskView};
use crate::workflow::{
    InboxKind, InboxMessage, InstanceFilter, InstanceOrder, InstanceOrderField, InstanceProgress,
    InstanceStatus, TaskStatus,
};

on_both_databases!(
    lists_of_tasks,
    paging_through_tasks,
    lists_of_instances,
    a_tree_has_one_history,
    what_lies_ahead,
    an_inbox_live,
    copies_live,
    an_instance_live,
    what_else_is_new_live,
    who_is_in_many_groups,
    forms_show_and_take_what_they_may,
);

const BOB: &str = r#"flowable:assignee="bob""#;
/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(30);

fn all() -> PageRequest {
    PageRequest { limit: 100, backwards: false, after: None, before: None }
}

async fn listed(office: &Office, user: &str, filter: TaskFilter) -> Vec<String> {
    let page = office.workflow.tasks(&actor(user), &filter, TaskOrder::default(), &all()).await.unwrap();
    let count = office.workflow.count_tasks(&actor(user), &filter).await.unwrap();
    assert_eq!(usize::try_from(count).unwrap(), page.edges.len());
    let status = |code| TaskStatus::of(code).unwrap().as_str();
    page.edges.iter().map(|edge| format!("{} {}", edge.node.node_id, status(edge.node.status))).collect()
}

fn view(view: TaskView) -> TaskFilter {
    TaskFilter { view, ..TaskFilter::default() }
}

async fn lists_of_tasks(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,hr;it\ncarol,Carol,hr\n").await;
    office.deploys(&one_step("own", BOB)).await;
    office.deploys(&one_step("group", r#"flowable:candidateGroups="hr,it""#)).await;
    let own = office.starts("alice", "own", json!({})).await;
    office.starts("alice", "group", json!({})).await;
    office.starts("dora", "own", json!({})).await;
    let todo = view(TaskView::Todo);
    // In two of its groups, and yet there once.
    assert_eq!(listed(&office, "bob", todo.clone()).await, ["review RUNNING"; 3]);
    assert_eq!(listed(&office, "carol", todo.clone()).await, ["review RUNNING"]);
    assert!(listed(&office, "alice", todo.clone()).await.is_empty());
    office.approves("bob", own, "review").await.unwrap();
    assert_eq!(listed(&office, "bob", view(TaskView::Done)).await, ["review APPROVE"]);
    assert_eq!(listed(&office, "bob", todo.clone()).await.len(), 2);
    // Everything that one may see: the starter hers, Bob what he has or had, an ADMIN all.
    assert_eq!(listed(&office, "alice", view(TaskView::All)).await, ["review RUNNING", "review APPROVE"]);
    assert_eq!(listed(&office, "bob", view(TaskView::All)).await.len(), 3);
    assert_eq!(listed(&office, "admin", view(TaskView::All)).await.len(), 3);
    assert!(listed(&office, "eve", view(TaskView::All)).await.is_empty());
    let task = office.rows(own).await[0].id;
    let second = office.starts("alice", "own", json!({})).await;
    let open = office.open(second, "review", "bob").await.id;
    office.deed(office.workflow.copy(&actor("bob"), open, &["eve".into()], None).await).await.unwrap();
    assert_eq!(listed(&office, "eve", view(TaskView::Copied)).await, ["review RUNNING"]);
    assert!(listed(&office, "eve", todo.clone()).await.is_empty());
    assert!(office.workflow.task(&actor("eve"), task).await.unwrap().is_none());
    for (filter, expected) in [
        (TaskFilter { definition_key: Some("own".into()), ..todo.clone() }, 2),
        (TaskFilter { definition_key: Some("none".into()), ..todo.clone() }, 0),
        (TaskFilter { started_by: Some("dora".into()), ..todo.clone() }, 1),
        (TaskFilter { instance: Some(second), ..todo.clone() }, 1),
        (TaskFilter { node_id: Some("review".into()), ..todo.clone() }, 3),
        (TaskFilter { name: Some("REV".into()), ..todo.clone() }, 3),
        (TaskFilter { name: Some("%".into()), ..todo.clone() }, 0),
        (TaskFilter { statuses: Some(vec![]), ..todo.clone() }, 0),
        (TaskFilter { assignee: Some("bob".into()), ..todo.clone() }, 2),
        (TaskFilter { created_after: Some(office.clock.now() + TimeDelta::days(1)), ..todo.clone() }, 0),
        (TaskFilter { business_key: Some("x\0".into()), ..todo }, 0),
    ] {
        assert_eq!(listed(&office, "bob", filter.clone()).await.len(), expected, "{filter:?}");
    }
}

async fn paging_through_tasks(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,hr\n").await;
    office.deploys(&one_step("own", &format!(r#"{BOB} flowable:dueDate="${{due}}""#))).await;
    office.deploys(&one_step("group", r#"flowable:candidateGroups="hr""#)).await;
    for day in [3, 1, 2] {
        office.starts("alice", "own", json!({"due": format!("P{day}D")})).await;
        office.starts("alice", "group", json!({})).await;
        office.clock.advance(Duration::from_secs(1));
    }
    let bob = actor("bob");
    for field in [TaskOrderField::CreatedAt, TaskOrderField::DueAt, TaskOrderField::FinishedAt] {
        for is_ascending in [true, false] {
            let (order, filter) = (TaskOrder { field, is_ascending }, view(TaskView::Todo));
            let whole = office.workflow.tasks(&bob, &filter, order, &all()).await.unwrap();
            let whole: Vec<_> = whole.edges.iter().map(|edge| edge.node.id).collect();
            assert_eq!(whole.len(), 6);
            let (mut forwards, mut after) = (Vec::new(), None);
            loop {
                let page = PageArgs { first: Some(4), after, ..PageArgs::default() }.check().unwrap();
                let page = office.workflow.tasks(&bob, &filter, order, &page).await.unwrap();
                forwards.extend(page.edges.iter().map(|edge| edge.node.id));
                after = page.edges.last().map(|edge| edge.place.cursor());
                if !page.has_next {
                    break;
                }
            }
            assert_eq!(forwards, whole, "{order:?}");
            let (mut backwards, mut before) = (Vec::new(), None);
            loop {
                let page = PageArgs { last: Some(4), before, ..PageArgs::default() }.check().unwrap();
                let page = office.workflow.tasks(&bob, &filter, order, &page).await.unwrap();
                backwards.splice(0..0, page.edges.iter().map(|edge| edge.node.id));
                before = page.edges.first().map(|edge| edge.place.cursor());
                if !page.has_previous {
                    break;
                }
            }
            assert_eq!(backwards, whole, "{order:?} from the end");
        }
    }
    let page = PageArgs { first: Some(1), ..PageArgs::default() }.check().unwrap();
    let page = office.workflow.tasks(&bob, &view(TaskView::Todo), TaskOrder::default(), &page).await.unwrap();
    let cursor = page.edges[0].place.cursor();
    let page = PageArgs { first: Some(1), after: Some(cursor), ..PageArgs::default() }.check().unwrap();
    let other = TaskOrder { field: TaskOrderField::DueAt, is_ascending: true };
    refused(office.workflow.tasks(&bob, &view(TaskView::Todo), other, &page).await, ErrorCode::BadInput);
}

async fn lists_of_instances(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    office.deploys(&one_step("q", r#"flowable:assignee="carol""#)).await;
    let first = office.starts("alice", "p", json!({})).await;
    office.starts("alice", "q", json!({})).await;
    office.starts("dora", "p", json!({})).await;
    office.approves("bob", first, "review").await.unwrap();
    let listed = async |user: &str, filter: InstanceFilter, order: InstanceOrder| {
        let page = office.workflow.instances(&actor(user), &filter, order, &all()).await.unwrap();
        let count = office.workflow.count_instances(&actor(user), &filter).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), page.edges.len());
        page.edges.into_iter().map(|edge| edge.node.id).collect::<Vec<_>>()
    };
    let (none, newest) = (InstanceFilter::default(), InstanceOrder::default());
    for (user, expected) in [("alice", 2), ("dora", 1), ("bob", 2), ("carol", 1), ("admin", 3), ("eve", 0)] {
        assert_eq!(listed(user, none.clone(), newest).await.len(), expected, "{user}");
    }
    let ended = InstanceFilter { statuses: Some(vec![InstanceStatus::Approve]), ..none.clone() };
    assert_eq!(listed("alice", ended, newest).await, [first]);
    let by_end = InstanceOrder { field: InstanceOrderField::EndedAt, is_ascending: true };
    assert_eq!(listed("alice", none.clone(), by_end).await[0], first);
    let of_q = InstanceFilter { definition_key: Some("q".into()), ..none.clone() };
    assert_eq!(listed("admin", of_q, newest).await.len(), 1);
    let doras = InstanceFilter { started_by: Some("dora".into()), ..none };
    assert_eq!(listed("admin", doras.clone(), newest).await.len(), 1);
    let asked = office.workflow.instances(&actor("alice"), &doras, newest, &all()).await;
    refused(asked, ErrorCode::Forbidden);
    assert!(office.workflow.instance(&actor("eve"), first).await.unwrap().is_none());
}

async fn a_tree_has_one_history(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("callActivity", "call", r#"calledElement="child""#)
        .user("after", BOB)
        .node("endEvent", "end", "")
        .flows("start > call > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let child = office.child(id).await;
    office.clock.advance(Duration::from_secs(1));
    office.approves("bob", child, "review").await.unwrap();
    office.clock.advance(Duration::from_secs(1));
    office.approves("bob", id, "after").await.unwrap();
    let told = office.history(id).await;
    assert_eq!(told.iter().filter(|one| one.starts_with("APPROVE")).count(), 2);
    assert_eq!(told.iter().filter(|one| one.starts_with("END")).count(), 2);
    assert_eq!(office.history_count(id).await, i64::try_from(told.len()).unwrap());
    // In pages, it is the same.
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = PageArgs { first: Some(3), after, ..PageArgs::default() }.check().unwrap();
        let page = office.workflow.history(&office.instance(id).await, &page).await.unwrap();
        after = page.edges.last().map(|edge| edge.place.cursor());
        let told = page
            .edges
            .iter()
            .map(|edge| format!("{} {}", edge.node.kind, edge.node.actor.as_deref().unwrap_or("-")));
        paged.extend(told);
        if !page.has_next {
            break;
        }
    }
    assert_eq!(paged, told);
    assert_eq!(office.way(id, false).await, ["start", "call", "start", "review", "end", "after", "end"]);
    assert!(office.way(id, true).await.is_empty());
    // Where they are now is told of the whole tree too, each of many for itself.
    let second = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.way(second, true).await, ["call", "review"]);
    let below = office.child(second).await;
    assert_eq!(office.way(below, true).await, ["review"]);
    let both = office.workflow.first_activities(&[id, second], false, 2).await.unwrap();
    let nodes = |id| both[&id].iter().map(|stay| stay.node_id.as_str()).collect::<Vec<_>>();
    assert_eq!(
        (nodes(id), nodes(second)),
        (vec!["start", "call"], vec!["start", "call"]),
        "the first two of each"
    );
}

async fn what_lies_ahead(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", r#"flowable:assignee="ann""#)
        .node("exclusiveGateway", "big", r#"default="big_end""#)
        .user("b", r#"docket:approverStrategy="USER" docket:approvers="ben,bea" docket:counting="RATIO""#)
        .node("endEvent", "end", "")
        .flows("start > a > big, big > end, b > end")
        .flows("big > b [${sum > 10}]");
    office.deploys(&draft).await;
    let start = crate::workflow::StartProcess {
        definition_key: "p".into(),
        variables: json!({"sum": 20}).as_object().unwrap().clone(),
        ..Default::default()
    };
    let told = |ahead: &crate::workflow::LookAhead| -> Vec<String> {
        ahead.nodes.iter().map(|node| format!("{} {}", node.node_id, node.assignees.join("+"))).collect()
    };
    let before = office.workflow.preview(&actor("alice"), &start).await.unwrap();
    assert_eq!(told(&before), ["a ann", "b ben+bea"]);
    let id = office.starts("alice", "p", json!({"sum": 20})).await;
    let row = office.instance(id).await;
    assert_eq!(told(&office.workflow.look_ahead(&row).await.unwrap()), ["b ben+bea"]);
    assert_eq!(office.instance(id).await, row, "looking changes nothing");
    let small = office.starts("alice", "p", json!({"sum": 2})).await;
    assert!(office.workflow.look_ahead(&office.instance(small).await).await.unwrap().nodes.is_empty());
    let unknown = office.starts("alice", "p", json!({"sum": "much"})).await;
    let ahead = office.workflow.look_ahead(&office.instance(unknown).await).await.unwrap();
    assert!(ahead.stopped_by.is_some());
}

async fn an_inbox_live(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,hr\ncarol,Carol,hr\n").await;
    office.deploys(&one_step("own", BOB)).await;
    office.deploys(&one_step("group", r#"flowable:candidateGroups="hr""#)).await;
    let bob = actor("bob");
    let mut live = office.workflow.follow_inbox(&bob, None).await.unwrap();
    let mut next = async || tokio::time::timeout(HANGS, live.next()).await.unwrap().unwrap().unwrap();
    assert!(next().await.change.is_none(), "first it is told where things stand");
    let own = office.starts("alice", "own", json!({})).await;
    let (kind, change) = next().await.change.unwrap();
    assert_eq!((kind, change.task.instance_id), (InboxKind::Todo, own));
    let group = office.starts("alice", "group", json!({})).await;
    let message = next().await;
    let (kind, change) = message.change.unwrap();
    assert_eq!((kind, change.task.instance_id), (InboxKind::Todo, group));
    // Somebody else claims it: it is Bob's no more.
    let claimed = office.workflow.claim(&actor("carol"), change.task.id).await;
    office.deed(claimed).await.unwrap();
    let (kind, _) = next().await.change.unwrap();
    assert_eq!(kind, InboxKind::Gone);
    drop(live);
    // Whoever comes back is told the latest of what has changed meanwhile.
    office.approves("bob", own, "review").await.unwrap();
    let third = office.starts("alice", "own", json!({})).await;
    let mut live = office.workflow.follow_inbox(&bob, Some(message.cursor)).await.unwrap();
    let mut seen = Vec::new();
    while seen.len() < 3 {
        let message = tokio::time::timeout(HANGS, live.next()).await.unwrap().unwrap().unwrap();
        let (kind, change) = message.change.unwrap();
        seen.push((change.task.instance_id, kind));
    }
    for expected in [(group, InboxKind::Gone), (own, InboxKind::Done), (third, InboxKind::Todo)] {
        assert!(seen.contains(&expected), "{seen:?}");
    }
    let bad = office.workflow.follow_inbox(&bob, Some("nonsense".into())).await;
    refused(bad.map(|_| ()), ErrorCode::BadInput);
}

async fn copies_live(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let (bob, eve) = (actor("bob"), actor("eve"));
    let flow = &office.workflow;
    let mut for_bob = flow.follow_inbox(&bob, None).await.unwrap();
    let mut for_eve = flow.follow_inbox(&eve, None).await.unwrap();
    let next = async |live: &mut BoxStream<'static, Result<InboxMessage, Fault>>| {
        tokio::time::timeout(HANGS, live.next()).await.unwrap().unwrap().unwrap()
    };
    let kind = async |live: &mut _| next(live).await.change.unwrap().0;
    let (from, _) = (next(&mut for_bob).await.cursor, next(&mut for_eve).await);
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(kind(&mut for_bob).await, InboxKind::Todo);
    let task = office.open(id, "review", "bob").await.id;
    // To her it is new; he has it to do, and is shown it all the same.
    let both = ["bob".to_owned(), "eve".to_owned()];
    office.deed(flow.copy(&actor("alice"), task, &both, None).await).await.unwrap();
    assert_eq!(kind(&mut for_eve).await, InboxKind::Copied);
    assert_eq!(kind(&mut for_bob).await, InboxKind::Copied);
    assert_eq!(listed(&office, "bob", view(TaskView::Todo)).await, ["review RUNNING"]);
    // What becomes of it later is told as that.
    office.deed(flow.transfer(&bob, task, "eve", None).await).await.unwrap();
    assert_eq!(kind(&mut for_eve).await, InboxKind::Todo);
    assert_eq!(kind(&mut for_bob).await, InboxKind::Gone);
    office.deed(flow.copy(&eve, task, &["bob".to_owned()], None).await).await.unwrap();
    assert_eq!(kind(&mut for_bob).await, InboxKind::Copied);
    drop(for_bob);
    // Whoever comes back is told both, each at its latest.
    let mut again = flow.follow_inbox(&bob, Some(from)).await.unwrap();
    assert_eq!([kind(&mut again).await, kind(&mut again).await], [InboxKind::Gone, InboxKind::Copied]);
    for user in ["bob", "eve"] {
        assert_eq!(listed(&office, user, view(TaskView::Copied)).await, ["review RUNNING"]);
    }
}

async fn what_else_is_new_live(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&caller("p", "child")).await;
    let id = office.starts("alice", "p", json!({})).await;
    let child = office.workflow.children(id).await.unwrap()[0].id;
    let task = office.open(child, "review", "bob").await.id;
    let (flow, alice) = (&office.workflow, actor("alice"));
    let mut of_root = flow.follow_instance(&alice, id, None).await.unwrap();
    let mut of_child = flow.follow_instance(&alice, child, None).await.unwrap();
    let next = async |live: &mut BoxStream<'static, Result<InstanceProgress, Fault>>| {
        let message = tokio::time::timeout(HANGS, live.next()).await.unwrap().unwrap().unwrap();
        (message.instance.revision, message.task.is_some(), message.cursor)
    };
    let (stood, _, from) = next(&mut of_child).await;
    let (above, ..) = next(&mut of_root).await;
    office.deed(flow.comment(&alice, task, "any news?".into(), &[]).await).await.unwrap();
    // It is in the history of both, and no task has changed.
    let (revision, is_task, _) = next(&mut of_child).await;
    assert_eq!((revision, is_task), (stood + 1, false));
    assert_eq!(next(&mut of_root).await.0, above + 1);
    office.deed(flow.copy(&alice, task, &["eve".to_owned()], None).await).await.unwrap();
    let (revision, is_task, _) = next(&mut of_child).await;
    assert_eq!((revision, is_task), (stood + 2, false));
    assert_eq!(next(&mut of_root).await.0, above + 2);
    office.deed(flow.suspend(&actor("admin"), id, None).await).await.unwrap();
    assert_eq!(next(&mut of_root).await.0, above + 3);
    office.deed(flow.resume(&actor("admin"), id, None).await).await.unwrap();
    assert_eq!(next(&mut of_root).await.0, above + 4);
    // Nothing is told twice: of a task and of an end there is one message each.
    office.approves("bob", child, "review").await.unwrap();
    let rest: Vec<_> = tokio::time::timeout(HANGS, of_child.collect()).await.unwrap();
    let tasks: Vec<_> = rest.iter().map(|message| message.as_ref().unwrap().task.is_some()).collect();
    assert_eq!(tasks, [true, false]);
    let rest: Vec<_> = tokio::time::timeout(HANGS, of_root.collect()).await.unwrap();
    assert_eq!(rest.len(), 1);
    // Whoever comes back is told the latest of it.
    let back = flow.follow_instance(&alice, child, Some(from)).await.unwrap();
    let back: Vec<_> = tokio::time::timeout(HANGS, back.collect()).await.unwrap();
    assert_eq!(back.len(), 2);
}

async fn who_is_in_many_groups(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let ids = |kind: &str| (0..100).map(|number| format!("{kind}{number}")).collect::<Vec<_>>().join(";");
    let people = format!("id,name,roles,tags\nadmin,Admin,{},{}\nann,Ann,,last\n", ids("r"), ids("a"));
    office.people("id,name\nD1,Office\n", &people).await;
    // Nobody is found: the administrators are asked, of whom one is in more groups than are looked through.
    office.deploys(&one_step("p", r#"docket:approverStrategy="ROLE" docket:approvers="ghosts""#)).await;
    let admin = actor("admin");
    assert_eq!(office.workflow.principals(&admin).await.unwrap().len(), 200);
    let mut live = office.workflow.follow_inbox(&admin, None).await.unwrap();
    let mut next = async || tokio::time::timeout(HANGS, live.next()).await.unwrap().unwrap().unwrap();
    assert!(next().await.change.is_none());
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(next().await.change.unwrap().0, InboxKind::Todo);
    assert_eq!(listed(&office, "admin", view(TaskView::Todo)).await, ["review RUNNING"]);
    let rows = office.rows(id).await;
    let outlook = office.workflow.outlook(&admin, &rows).await.unwrap();
    let may = outlook.available(&admin, &rows[0], office.clock.now());
    assert!(may.contains(&crate::workflow::Action::Approve));
    office.approves("admin", id, "review").await.unwrap();
}

async fn an_instance_live(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({})).await;
    let refused_to = office.workflow.follow_instance(&actor("eve"), id, None).await;
    refused(refused_to.map(|_| ()), ErrorCode::NotFound);
    let mut live = office.workflow.follow_instance(&actor("alice"), id, None).await.unwrap();
    let mut next = async || tokio::time::timeout(HANGS, live.next()).await.unwrap();
    let first = next().await.unwrap().unwrap();
    assert!(first.task.is_none());
    office.approves("bob", id, "review").await.unwrap();
    let change = next().await.unwrap().unwrap();
    assert_eq!(change.task.unwrap().status, TaskStatus::Approve.code());
    let last = next().await.unwrap().unwrap();
    assert!(last.task.is_none() && last.instance.ended_at.is_some());
    assert!(next().await.is_none());
    let again = office.workflow.follow_instance(&actor("alice"), id, Some(first.cursor)).await.unwrap();
    let again: Vec<_> = tokio::time::timeout(HANGS, again.collect()).await.unwrap();
    assert_eq!(again.len(), 2, "the change and the end");
}

async fn forms_show_and_take_what_they_may(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let form = r#"<extensionElements><docket:form key="f"><![CDATA[{"type": "object", "properties": {
        "sum": {"type": "number", "minimum": 1}, "note": {"type": "string"}, "secret": {"type": "string"}},
        "required": ["sum", "note"]}]]></docket:form></extensionElements>"#;
    let fields = r#"<extensionElements><docket:field name="note" access="WRITE"/>
        <docket:field name="secret" access="NONE"/></extensionElements>"#;
    let draft = Draft::new("p")
        .with(r#"docket:anonymousStart="true""#)
        .xml(form)
        .node("startEvent", "start", r#"docket:formKey="f""#)
        .holding("userTask", "review", r#"flowable:assignee="bob" docket:formKey="f""#, fields)
        .node("endEvent", "end", "")
        .flows("start > review > end");
    office.deploys(&draft).await;
    let start = |data: serde_json::Value| crate::workflow::StartProcess {
        definition_key: "p".into(),
        form_data: data.as_object().unwrap().clone(),
        ..Default::default()
    };
    let alice = actor("alice");
    let missing = office.workflow.start(Some(&alice), start(json!({"sum": 5}))).await.unwrap_err();
    assert_eq!((missing.code(), &missing.details()["field"]), (ErrorCode::BadInput, &json!("formData.note")));
    let wrong = office.workflow.start(Some(&alice), start(json!({"sum": 0, "note": "x"}))).await.unwrap_err();
    assert_eq!(wrong.details()["field"], "formData.sum");
    let filled = start(json!({"sum": 5, "note": "x", "secret": "s"}));
    let id = office.workflow.start(Some(&alice), filled).await.unwrap().instance.id;
    // Nobody goes past the form.
    let past = crate::workflow::StartProcess {
        variables: json!({"free": 1, "secret": 5}).as_object().unwrap().clone(),
        ..start(json!({"sum": 5, "note": "x"}))
    };
    for who in [Some(&alice), None] {
        let fault = office.workflow.start(who, past.clone()).await.unwrap_err();
        assert_eq!(
            (fault.code(), &fault.details()["field"]),
            (ErrorCode::BadInput, &json!("variables.secret"))
        );
    }
    let task = office.open(id, "review", "bob").await;
    let outlook = office.workflow.outlook(&actor("bob"), std::slice::from_ref(&task)).await.unwrap();
    let seen = outlook.form(&task).unwrap().unwrap();
    assert_eq!(seen.data, json!({"sum": 5, "note": "x"}));
    assert!(seen.schema.unwrap()["properties"].get("secret").is_none());
    let decide = |data: serde_json::Value| Decide {
        form_data: data.as_object().unwrap().clone(),
        ..Decide::default()
    };
    for (data, field) in [
        (json!({"sum": 6}), "formData.sum"),
        (json!({"secret": "t"}), "formData.secret"),
        (json!({"other": 1}), "formData.other"),
        (json!({"note": null}), "formData.note"),
    ] {
        let fault = office.workflow.approve(&actor("bob"), task.id, decide(data)).await.unwrap_err();
        assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &json!(field)));
    }
    // What one may only read may come back as it was.
    let fine = decide(json!({"sum": 5, "note": "y"}));
    office.deed(office.workflow.approve(&actor("bob"), task.id, fine).await).await.unwrap();
    let variables = office.variables(id).await;
    assert_eq!((&variables["note"], &variables["secret"]), (&json!("y"), &json!("s")));
}
