//! Which tasks, instances and records a list holds, how it is sorted, and what of each may be seen.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use serde_json::json;
use uuid::Uuid;

use super::draft::{Draft, caller, one_step};
use super::office::{Office, actor, refused};
use crate::kernel::{Clock as _, ErrorCode, PageArgs, PageRequest};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::task::{Decide, Demands, Sign, TaskFilter, TaskOrder, TaskOrderField, TaskView};
use crate::workflow::{
    Counting, InstanceFilter, InstanceOrder, InstanceOrderField, RecordName, RoundCount, StartProcess,
    counting_at, sees_variables,
};

on_both_databases!(
    tasks_are_filtered,
    tasks_are_sorted_by_name_and_by_when_they_were_shown,
    instances_are_filtered_and_sorted,
    what_a_decision_demands,
    where_rounds_stand,
    values_of_variables,
    business_records_are_listed,
    who_may_start_what,
);

fn all() -> PageRequest {
    PageRequest { limit: 100, backwards: false, after: None, before: None }
}

const BOB: &str = r#"flowable:assignee="bob""#;

/// An instance about something.
async fn starts(office: &Office, user: &str, process: &str, business_key: &str) -> Uuid {
    let start = StartProcess {
        definition_key: process.to_owned(),
        business_key: Some(business_key.to_owned()),
        ..StartProcess::default()
    };
    office.deed(office.workflow.start(Some(&actor(user)), start).await).await.unwrap().instance.id
}

async fn tasks_are_filtered(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,hr\ncarol,Carol,\n").await;
    office
        .deploys(
            &one_step("claim", &format!(r#"{BOB} flowable:dueDate="P3D""#))
                .with(r#"docket:businessType="expense""#),
        )
        .await;
    office.deploys(&one_step("child", BOB)).await;
    office.deploys(&caller("calls", "child").with(r#"docket:businessType="journey""#)).await;
    office.deploys(&one_step("group", r#"flowable:candidateGroups="hr""#)).await;
    let begin = office.clock.now();
    let done = starts(&office, "alice", "claim", "E-100%").await;
    office.clock.advance(Duration::from_secs(60));
    office.approves("bob", done, "review").await.unwrap();
    let finished = office.clock.now();
    office.clock.advance(Duration::from_secs(60));
    let open = starts(&office, "alice", "claim", "e-200").await;
    let called = starts(&office, "alice", "calls", "J-1").await;
    let child = office.child(called).await;
    let group = starts(&office, "alice", "group", "G-1").await;
    let given = starts(&office, "alice", "claim", "E-300").await;
    let task = office.open(given, "review", "bob").await.id;
    office.deed(office.workflow.delegate(&actor("bob"), task, "carol", None).await).await.unwrap();
    let back = starts(&office, "bob", "claim", "E-400").await;
    office.sends_back("bob", back, "review", None).await.unwrap();
    let held = starts(&office, "alice", "calls", "J-2").await;
    let below = office.child(held).await;
    office.deed(office.workflow.suspend(&actor("admin"), held, None).await).await.unwrap();

    let any = || TaskFilter { view: TaskView::All, ..TaskFilter::default() };
    let every = [done, open, child, group, given, back, below];
    let all_but = |out: &[Uuid]| every.iter().copied().filter(|id| !out.contains(id)).collect::<Vec<_>>();
    let time = |offset: i64| Some(begin + TimeDelta::seconds(offset));
    for (filter, expected) in [
        (any(), every.to_vec()),
        (TaskFilter { business_key: Some("E-300".into()), ..any() }, vec![given]),
        (TaskFilter { business_key_contains: Some("e-".into()), ..any() }, vec![done, open, given, back]),
        (TaskFilter { business_key_contains: Some("0%".into()), ..any() }, vec![done]),
        (TaskFilter { business_key_contains: Some("%".into()), ..any() }, vec![done]),
        (TaskFilter { business_type: Some("expense".into()), ..any() }, vec![done, open, given, back]),
        // What was called belongs to what its caller is about.
        (TaskFilter { business_type: Some("journey".into()), ..any() }, vec![child, below]),
        (TaskFilter { search: Some("GROUP".into()), ..any() }, vec![group]),
        (TaskFilter { search: Some("e-2".into()), ..any() }, vec![open]),
        (TaskFilter { search: Some("review".into()), ..any() }, all_but(&[])),
        (TaskFilter { search: Some("nothing\0".into()), ..any() }, vec![]),
        (TaskFilter { unassigned: Some(true), ..any() }, vec![group]),
        (TaskFilter { unassigned: Some(false), ..any() }, all_but(&[group])),
        (TaskFilter { decided_by: Some("bob".into()), ..any() }, vec![done, back]),
        (TaskFilter { delegated: Some(true), ..any() }, vec![given]),
        (TaskFilter { delegated: Some(false), ..any() }, all_but(&[given])),
        (TaskFilter { resubmission: Some(true), ..any() }, vec![back]),
        (TaskFilter { suspended: Some(true), ..any() }, vec![below]),
        (TaskFilter { suspended: Some(false), ..any() }, all_but(&[below])),
        (TaskFilter { due_after: time(3 * 86_400 + 60), ..any() }, vec![open, given, back]),
        (TaskFilter { due_before: time(3 * 86_400 + 60), ..any() }, vec![done]),
        (TaskFilter { finished_after: Some(finished), finished_before: time(61), ..any() }, vec![done]),
        (TaskFilter { finished_before: Some(finished), ..any() }, vec![]),
        (TaskFilter { unassigned: Some(true), view: TaskView::Todo, ..any() }, vec![]),
    ] {
        let admin = actor("admin");
        let page = office.workflow.tasks(&admin, &filter, TaskOrder::default(), &all()).await.unwrap();
        let found: HashSet<_> = page.edges.iter().map(|edge| edge.node.instance_id).collect();
        assert_eq!(found, expected.iter().copied().collect(), "{filter:?}");
        let count = office.workflow.count_tasks(&admin, &filter).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), page.edges.len(), "{filter:?}");
    }
    // In an inbox that has several places to look the same holds.
    let mine = TaskFilter { search: Some("g-".into()), ..TaskFilter::default() };
    let page = office.workflow.tasks(&actor("bob"), &mine, TaskOrder::default(), &all()).await.unwrap();
    assert_eq!(page.edges.iter().map(|edge| edge.node.instance_id).collect::<Vec<_>>(), [group]);
    let beyond = TaskFilter { due_after: Some(chrono::DateTime::<chrono::Utc>::MAX_UTC), ..any() };
    refused(
        office.workflow.tasks(&actor("bob"), &beyond, TaskOrder::default(), &all()).await,
        ErrorCode::BadInput,
    );
}

/// The list of tasks in pages of two, from both ends.
async fn paged(office: &Office, user: &str, filter: &TaskFilter, order: TaskOrder) -> Vec<Uuid> {
    let (mut forwards, mut after) = (Vec::new(), None);
    loop {
        let page = PageArgs { first: Some(2), after, ..PageArgs::default() }.check().unwrap();
        let page = office.workflow.tasks(&actor(user), filter, order, &page).await.unwrap();
        forwards.extend(page.edges.iter().map(|edge| edge.node.id));
        after = page.edges.last().map(|edge| edge.place.cursor());
        if !page.has_next {
            break;
        }
    }
    let (mut backwards, mut before) = (Vec::new(), None);
    loop {
        let page = PageArgs { last: Some(2), before, ..PageArgs::default() }.check().unwrap();
        let page = office.workflow.tasks(&actor(user), filter, order, &page).await.unwrap();
        backwards.splice(0..0, page.edges.iter().map(|edge| edge.node.id));
        before = page.edges.first().map(|edge| edge.place.cursor());
        if !page.has_previous {
            break;
        }
    }
    assert_eq!(forwards, backwards, "{order:?}");
    forwards
}

async fn tasks_are_sorted_by_name_and_by_when_they_were_shown(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,hr\neve,Eve,hr\n").await;
    for (process, name) in [("b", "b"), ("c", "c:c"), ("a", "a")] {
        office.deploys(&one_step(process, &format!(r#"name="{name}" flowable:candidateGroups="hr""#))).await;
    }
    let mut tasks = Vec::new();
    for process in ["b", "c", "a", "b", "a"] {
        let id = office.starts("alice", process, json!({})).await;
        tasks.push(office.rows(id).await[0].id);
    }
    let [b1, c, a1, b2, a2] = tasks[..] else { panic!("five tasks") };
    let todo = TaskFilter::default();
    let by = |field, is_ascending| TaskOrder { field, is_ascending };
    assert_eq!(paged(&office, "bob", &todo, by(TaskOrderField::Name, true)).await, [a1, a2, b1, b2, c]);
    assert_eq!(paged(&office, "bob", &todo, by(TaskOrderField::Name, false)).await, [c, b2, b1, a2, a1]);
    for task in [c, a1, b2] {
        office.clock.advance(Duration::from_secs(1));
        let shown = office.workflow.copy(&actor("bob"), task, &["dora".into()], None).await;
        office.deed(shown).await.unwrap();
    }
    let copied = TaskFilter { view: TaskView::Copied, ..TaskFilter::default() };
    assert_eq!(paged(&office, "dora", &copied, by(TaskOrderField::CopiedAt, true)).await, [c, a1, b2]);
    assert_eq!(paged(&office, "dora", &copied, by(TaskOrderField::CopiedAt, false)).await, [b2, a1, c]);
    let asked =
        office.workflow.tasks(&actor("dora"), &todo, by(TaskOrderField::CopiedAt, true), &all()).await;
    refused(asked, ErrorCode::BadInput);
    // Who showed it, and when, is told to whom it was shown alone.
    let seen = office.workflow.copies(&actor("dora"), &[c, b1]).await.unwrap();
    assert_eq!((seen.len(), seen[&c].1.as_str()), (1, "bob"));
    assert!(office.workflow.copies(&actor("bob"), &[c]).await.unwrap().is_empty());
}

async fn instances_are_filtered_and_sorted(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let first = starts(&office, "alice", "p", "B-1").await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob" name="Look""#)).await;
    office.deploys(&caller("c", "p")).await;
    office.clock.advance(Duration::from_secs(10));
    let second = starts(&office, "alice", "p", "a_2").await;
    let top = starts(&office, "alice", "c", "A-3").await;
    let below = office.child(top).await;
    let none = office.starts("alice", "p", json!({})).await;
    office.approves("bob", first, "review").await.unwrap();
    let ended = office.clock.now();
    let any = InstanceFilter::default;
    let listed = async |filter: &InstanceFilter, order: InstanceOrder, user: &str| {
        let page = office.workflow.instances(&actor(user), filter, order, &all()).await.unwrap();
        let count = office.workflow.count_instances(&actor(user), filter).await.unwrap();
        assert_eq!(usize::try_from(count).unwrap(), page.edges.len());
        page.edges.into_iter().map(|edge| edge.node.id).collect::<Vec<_>>()
    };
    for (filter, expected) in [
        (InstanceFilter { version: Some(1), definition_key: Some("p".into()), ..any() }, vec![first]),
        (InstanceFilter { version: Some(2), ..any() }, vec![none, below, second]),
        (InstanceFilter { top_level: Some(true), ..any() }, vec![none, top, second, first]),
        (InstanceFilter { top_level: Some(false), ..any() }, vec![below]),
        (InstanceFilter { node_id: Some("review".into()), ..any() }, vec![none, below, second]),
        (InstanceFilter { node_id: Some("call".into()), ..any() }, vec![top]),
        (InstanceFilter { business_key_contains: Some("A_".into()), ..any() }, vec![second]),
        (InstanceFilter { business_key_contains: Some("a-".into()), ..any() }, vec![below, top]),
        (InstanceFilter { finished_after: Some(ended), ..any() }, vec![first]),
        (InstanceFilter { finished_before: Some(ended), ..any() }, vec![]),
    ] {
        for user in ["alice", "admin"] {
            assert_eq!(listed(&filter, InstanceOrder::default(), user).await, expected, "{filter:?}");
        }
    }
    let by_key = |is_ascending| InstanceOrder { field: InstanceOrderField::BusinessKey, is_ascending };
    let whole = listed(&any(), by_key(true), "alice").await;
    assert_eq!((whole[0], whole.len()), (none, 5));
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = PageArgs { first: Some(2), after, ..PageArgs::default() }.check().unwrap();
        let page = office.workflow.instances(&actor("alice"), &any(), by_key(true), &page).await.unwrap();
        paged.extend(page.edges.iter().map(|edge| edge.node.id));
        after = page.edges.last().map(|edge| edge.place.cursor());
        if !page.has_next {
            break;
        }
    }
    assert_eq!(paged, whole);
}

async fn what_a_decision_demands(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let demanding = r#"flowable:assignee="ann" docket:needsComment="true" docket:needsSignature="true" docket:secondFactor="true""#;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("a", demanding)
        .user("b", r#"docket:approverStrategy="APPROVER_CHOICE""#)
        .node("endEvent", "end", "")
        .flows("start > a > b > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    let task = office.open(id, "a", "ann").await;
    let outlook = office.workflow.outlook(&actor("ann"), std::slice::from_ref(&task)).await.unwrap();
    let model = &outlook.definition(&task).unwrap().model;
    let told = Demands::of(model, &task);
    assert!(told.comment && told.signature && told.second_factor);
    assert_eq!(told.approvers.iter().map(|node| &**node).collect::<Vec<_>>(), ["b"]);
    // What is told is what is asked for, one after the other.
    let signature = Some(office.uploads("ann").await);
    let ticket = Some("ann".to_owned());
    let comment = Some("fine".to_owned());
    for (decide, field) in [
        (Decide::default(), "twoFactorTicket"),
        (Decide { two_factor_ticket: ticket.clone(), ..Decide::default() }, "comment"),
        (
            Decide { two_factor_ticket: ticket.clone(), comment: comment.clone(), ..Decide::default() },
            "signature",
        ),
    ] {
        let fault = office.workflow.approve(&actor("ann"), task.id, decide).await.unwrap_err();
        assert_eq!(fault.details()["field"], field);
    }
    let approvers = json!({"b": ["ben"]}).as_object().unwrap().clone();
    let whole = Decide { comment, signature, two_factor_ticket: ticket, approvers, ..Decide::default() };
    office.deed(office.workflow.approve(&actor("ann"), task.id, whole).await).await.unwrap();
    let next = office.open(id, "b", "ben").await;
    assert_eq!(Demands::of(model, &next), Demands::default());
    // An opinion chooses nobody.
    let other = office.starts("alice", "p", json!({})).await;
    let task = office.open(other, "a", "ann").await.id;
    let delegated = office.workflow.delegate(&actor("ann"), task, "dan", None).await;
    let delegated = office.deed(delegated).await.unwrap();
    assert_eq!(Demands::of(model, &delegated), Demands { approvers: Vec::new(), ..told });
}

async fn where_rounds_stand(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let ratio = r#"docket:approverStrategy="USER" docket:approvers="a,b,c,d" docket:counting="RATIO" docket:ratio="60""#;
    office.deploys(&one_step("ratio", ratio)).await;
    let many = r#"<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>2</loopCardinality>
        <completionCondition>${nrOfCompletedInstances >= 1}</completionCondition></multiInstanceLoopCharacteristics>"#;
    let draft = Draft::new("turns")
        .node("startEvent", "start", "")
        .holding("userTask", "review", BOB, many)
        .node("endEvent", "end", "")
        .flows("start > review > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "ratio", json!({})).await;
    let activity = office.rows(id).await[0].activity_id;
    let stands = async || office.workflow.rounds(&[activity, Uuid::max()]).await.unwrap()[&activity];
    assert_eq!(stands().await, RoundCount { asked: 4, approved: 0, rejected: 0 });
    let approved = office.approves("a", id, "review").await.unwrap().id;
    let signing = office.open(id, "review", "b").await.id;
    let added = office.workflow.add_signers(&actor("b"), signing, Sign::After, &["zoe".into()], None).await;
    office.deed(added).await.unwrap();
    office.rejects("c", id, "review", "no").await.unwrap();
    assert_eq!(stands().await, RoundCount { asked: 4, approved: 1, rejected: 1 }, "signers are none of them");
    // Without the signer, an approval can be taken back; it does not count then.
    let removed = office.workflow.remove_signers(&actor("b"), signing, &["zoe".into()], None).await;
    office.deed(removed).await.unwrap();
    office.deed(office.workflow.withdraw(&actor("a"), approved, None).await).await.unwrap();
    assert_eq!(stands().await, RoundCount { asked: 4, approved: 0, rejected: 1 });
    let definition = office.workflow.definitions_of(&[id]).await.unwrap().remove(&id).unwrap();
    assert_eq!(counting_at(&definition.model, "review"), (Counting::Ratio(60), false));
    assert_eq!(counting_at(&definition.model, "start"), (Counting::Any, false), "where the starter mends");
    let id = office.starts("alice", "turns", json!({})).await;
    let definition = office.workflow.definitions_of(&[id]).await.unwrap().remove(&id).unwrap();
    assert_eq!(counting_at(&definition.model, "review"), (Counting::Sequential, true));
}

async fn values_of_variables(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("p", BOB)).await;
    let id = office.starts("alice", "p", json!({"sum": 1, "dept": "it"})).await;
    let other = office.starts("dora", "p", json!({"sum": 7})).await;
    let task = office.open(id, "review", "bob").await.id;
    let form_data = json!({"sum": 2}).as_object().unwrap().clone();
    let decide = Decide { form_data, ..Decide::default() };
    office.deed(office.workflow.approve(&actor("bob"), task, decide).await).await.unwrap();
    let told = |row: &crate::workflow::VariableValue| {
        format!("{} {} {}", row.name, row.value, row.changed_by.as_deref().unwrap_or("-"))
    };
    let is_own = |told: &String| !told.starts_with("PROCESS_");
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = PageArgs { first: Some(2), after, ..PageArgs::default() }.check().unwrap();
        let page = office.workflow.values(id, &page).await.unwrap();
        seen.extend(page.edges.iter().map(|edge| (told(&edge.node), edge.node.task_id)));
        after = page.edges.last().map(|edge| edge.place.cursor());
        if !page.has_next {
            break;
        }
    }
    let own: Vec<_> = seen.iter().map(|(told, _)| told.clone()).filter(is_own).collect();
    assert_eq!(own, ["dept \"it\" alice", "sum 1 alice", "sum 2 bob"]);
    assert!(seen.iter().any(|(told, by)| told.starts_with("sum 2") && *by == Some(task)), "{seen:?}");
    let first = office.workflow.first_values(&[id, other], 100).await.unwrap();
    assert_eq!(
        first[&id].iter().map(told).collect::<Vec<_>>(),
        seen.iter().map(|it| it.0.clone()).collect::<Vec<_>>()
    );
    assert!(first[&other].iter().any(|row| row.value == "7"));
    let counts = office.workflow.value_counts(&[id, other]).await.unwrap();
    assert_eq!(usize::try_from(counts[&id]).unwrap(), seen.len());
    let row = office.instance(id).await;
    for (user, sees) in [("alice", true), ("admin", true), ("bob", false), ("olivia", false)] {
        assert_eq!(sees_variables(&actor(user), &row), sees, "{user}");
    }
    let bad = PageRequest { after: Some("x".into()), ..all() };
    refused(office.workflow.values(id, &bad).await, ErrorCode::BadInput);
}

async fn business_records_are_listed(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&one_step("claim", BOB).with(r#"docket:businessType="expense""#)).await;
    office.deploys(&one_step("plain", BOB)).await;
    let first = starts(&office, "alice", "claim", "E-1").await;
    office.approves("bob", first, "review").await.unwrap();
    let again = starts(&office, "dora", "claim", "E-1").await;
    let second = starts(&office, "alice", "claim", "E-2").await;
    let plain = starts(&office, "alice", "plain", "E-3").await;
    let name = |key: &str| RecordName { kind: "expense".into(), key: key.into() };
    let (olivia, alice) = (actor("olivia"), actor("alice"));
    let listed = office.workflow.business_records(&olivia, "expense", &all()).await.unwrap();
    assert_eq!(
        listed.edges.iter().map(|edge| edge.node.clone()).collect::<Vec<_>>(),
        [name("E-1"), name("E-2")]
    );
    assert_eq!(office.workflow.count_business_records(&olivia, "expense").await.unwrap(), 2);
    let page =
        PageArgs { first: Some(1), after: Some(listed.edges[0].place.cursor()), ..PageArgs::default() };
    let page = office.workflow.business_records(&olivia, "expense", &page.check().unwrap()).await.unwrap();
    assert_eq!((page.edges[0].node.clone(), page.has_next), (name("E-2"), false));
    refused(office.workflow.business_records(&alice, "expense", &all()).await, ErrorCode::Forbidden);
    refused(office.workflow.count_business_records(&alice, "expense").await, ErrorCode::Forbidden);
    let versions = office.workflow.record_versions(&[name("E-1"), name("E-2")]).await.unwrap();
    let told =
        |key| versions[&name(key)].iter().map(|row| (row.version, row.approval_status)).collect::<Vec<_>>();
    assert_eq!((told("E-1"), told("E-2")), (vec![(3, 1), (2, 2), (1, 1)], vec![(1, 1)]));
    // Whose newest instance is somebody else's, that record is theirs.
    let of = office.workflow.records_of(&alice, &[first, second, plain]).await.unwrap();
    assert_eq!(of.into_iter().collect::<Vec<_>>(), [(second, name("E-2"))]);
    let of = office.workflow.records_of(&actor("dora"), &[again]).await.unwrap();
    assert_eq!(of[&again], name("E-1"));
    for (user, seen) in [("alice", false), ("dora", true), ("bob", true), ("olivia", true), ("eve", false)] {
        let found = office.workflow.business_record(&actor(user), "expense", "E-1").await.unwrap();
        assert_eq!(found.is_some(), seen, "{user}");
    }
    assert!(office.workflow.business_record(&olivia, "expense", "no\0ne").await.unwrap().is_none());
}

async fn who_may_start_what(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.people("id,name\nD1,Office\n", "id,name,roles\nbob,Bob,hr\ncarol,Carol,\n").await;
    for (key, attributes) in [
        ("open", ""),
        ("named", r#"flowable:candidateStarterUsers="carol""#),
        ("group", r#"flowable:candidateStarterGroups="hr,none""#),
    ] {
        office.deploys(&one_step(key, BOB).with(attributes)).await;
    }
    let mut definitions = Vec::new();
    for key in ["open", "named", "group"] {
        definitions.push(office.workflow.definitions().find(key, None).await.unwrap().unwrap());
    }
    for (user, expected) in
        [("alice", "open"), ("bob", "open group"), ("carol", "open named"), ("admin", "open named group")]
    {
        let found = office.workflow.startable(&actor(user), &definitions).await.unwrap();
        let keys: Vec<_> = definitions
            .iter()
            .filter(|it| found.contains(&it.row.id))
            .map(|it| it.row.key.as_str())
            .collect();
        assert_eq!(keys.join(" "), expected, "{user}");
        for key in ["open", "named", "group"] {
            let started = office.tries_to_start(user, key, json!({})).await;
            assert_eq!(started.is_ok(), keys.contains(&key), "{user} {key}: what is told is what holds");
        }
    }
}
