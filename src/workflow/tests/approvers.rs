//! Who is asked: every strategy, answered by a real organisation.

use std::collections::BTreeSet;

use bytes::Bytes;
use chrono::TimeDelta;
use sea_orm::EntityTrait as _;
use serde_json::{Map, Value, json};

use super::draft::one_step;
use super::office::{Office, actor};
use crate::directory::{Import, SetAbsence};
use crate::kernel::Clock as _;
use crate::storage::entity::task_candidate;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{InstanceStatus, StartProcess};

on_both_databases!(
    every_strategy,
    where_nobody_is_found,
    the_starter_among_the_approvers,
    who_acts_for_whom,
    an_organisation_of_posts,
);

/// Three levels; nobody leads the division, and who led the store has left.
const DEPARTMENTS: &str = "id,parent_id,name,leader
HQ,,House,lea
DIV,HQ,Division,
OFF,DIV,Office,bob
STO,DIV,Store,gone
";
const POSITIONS: &str = "id,dept_id,title
chief,HQ,Chief
head,OFF,Head
clerk,OFF,Clerk
";
const PEOPLE: &str = "id,name,dept_id,departments,position_id,roles,tags,active
lea,Lea,HQ,,chief,,,
max,Max,DIV,,clerk,,,
alice,Alice,OFF,,clerk,buyer,,
bob,Bob,OFF,,head,,,
carol,Carol,OFF,STO,clerk,buyer,aid,
dave,Dave,STO,,,,aid,
erin,Erin,STO,,,,,
gone,Gone,STO,,clerk,buyer,aid,
";

/// What a step asks, and who then has a task: `who STATUS`, `?` where it is whoever claims it.
struct Case {
    strategy: &'static str,
    rest: &'static str,
    variables: Value,
    /// The task's node lets the starter, or whoever decides before, choose these.
    chosen: &'static [&'static str],
    asked: &'static str,
}

fn case(strategy: &'static str, rest: &'static str, asked: &'static str) -> Case {
    Case { strategy, rest, variables: json!({}), chosen: &[], asked }
}

fn cases() -> Vec<Case> {
    let with = |variables: Value, case: Case| Case { variables, ..case };
    let choosing = |chosen: &'static [&'static str], case: Case| Case { chosen, ..case };
    vec![
        // Who has left is in no group.
        case("ROLE", r#"docket:approvers="buyer""#, "alice carol"),
        case("ROLE", r#"docket:approvers="ghosts,buyer""#, "alice carol"),
        case("ROLE", r#"docket:approvers="ghosts""#, ""),
        // Who is in it, not who is in those below; in two of them, asked once.
        case("DEPARTMENT_MEMBER", r#"docket:approvers="DIV""#, "max"),
        case("DEPARTMENT_MEMBER", r#"docket:approvers="STO,OFF""#, "alice bob carol dave erin"),
        case("DEPARTMENT_MEMBER", r#"docket:approvers="nowhere""#, ""),
        case("DEPARTMENT_LEADER", r#"docket:approvers="OFF""#, "bob"),
        case("DEPARTMENT_LEADER", r#"docket:approvers="HQ,OFF""#, "lea bob"),
        case("DEPARTMENT_LEADER", r#"docket:approvers="DIV""#, ""),
        case("DEPARTMENT_LEADER", r#"docket:approvers="STO""#, ""),
        case("POST", r#"docket:approvers="clerk""#, "alice carol max"),
        case("POST", r#"docket:approvers="head,chief""#, "bob lea"),
        case("POST", r#"docket:approvers="none""#, ""),
        // Upwards: a level without a leader is passed over, and counts.
        case("MULTI_LEVEL_LEADER", r#"docket:approvers="OFF""#, "bob"),
        case("MULTI_LEVEL_LEADER", r#"docket:approvers="OFF" docket:levels="2""#, "bob"),
        case("MULTI_LEVEL_LEADER", r#"docket:approvers="OFF" docket:levels="3""#, "bob lea"),
        case("MULTI_LEVEL_LEADER", r#"docket:approvers="OFF" docket:levels="32""#, "bob lea"),
        case("MULTI_LEVEL_LEADER", r#"docket:approvers="STO,OFF" docket:levels="3""#, "bob lea"),
        case("MULTI_LEVEL_LEADER", r#"docket:approvers="STO" docket:levels="2""#, ""),
        case("USER", r#"docket:approvers="dave,carol,dave""#, "dave carol"),
        case("USER", r#"docket:approvers="gone,carol""#, "carol"),
        case("USER", r#"docket:approvers="gone""#, ""),
        // Whom the directory does not know can be asked by name.
        case("USER", r#"docket:approvers="stranger""#, "stranger"),
        choosing(&["dave", "erin"], case("APPROVER_CHOICE", "", "dave erin")),
        choosing(&["gone"], case("APPROVER_CHOICE", "", "")),
        choosing(&["erin", "dave", "erin"], case("STARTER_CHOICE", "", "erin dave")),
        case("STARTER_CHOICE", "", ""),
        case("STARTER", "", "alice"),
        case("STARTER_LEADER", "", "bob"),
        case("STARTER_LEADER", r#"docket:levels="2""#, ""),
        case("STARTER_LEADER", r#"docket:levels="3""#, "lea"),
        case("STARTER_LEADER", r#"docket:levels="4""#, ""),
        case("STARTER_MULTI_LEVEL_LEADER", "", "bob"),
        case("STARTER_MULTI_LEVEL_LEADER", r#"docket:levels="2""#, "bob"),
        case("STARTER_MULTI_LEVEL_LEADER", r#"docket:levels="3""#, "bob lea"),
        case("GROUP", r#"docket:approvers="aid""#, "carol dave"),
        case("GROUP", r#"docket:approvers="none""#, ""),
        with(json!({"who": "dave"}), case("FORM_USER", r#"docket:approvers="who""#, "dave")),
        with(json!({"who": ["erin", "dave"]}), case("FORM_USER", r#"docket:approvers="who""#, "erin dave")),
        with(json!({"who": ["gone"]}), case("FORM_USER", r#"docket:approvers="who""#, "")),
        case("FORM_USER", r#"docket:approvers="who""#, ""),
        with(json!({"where": "OFF"}), case("FORM_DEPARTMENT", r#"docket:approvers="where""#, "bob")),
        with(
            json!({"where": ["OFF", "HQ"]}),
            case("FORM_DEPARTMENT", r#"docket:approvers="where""#, "bob lea"),
        ),
        with(
            json!({"where": "OFF"}),
            case("FORM_DEPARTMENT", r#"docket:approvers="where" docket:levels="3""#, "lea"),
        ),
        with(
            json!({"where": ["DIV", "nowhere"]}),
            case("FORM_DEPARTMENT", r#"docket:approvers="where""#, ""),
        ),
        with(
            json!({"sum": 20}),
            case("EXPRESSION", r#"docket:approvers="${sum > 10 ? 'dave' : 'erin'}""#, "dave"),
        ),
        with(
            json!({"all": ["erin", "carol", "erin"]}),
            case("EXPRESSION", r#"docket:approvers="${all}""#, "erin carol"),
        ),
        with(json!({"all": []}), case("EXPRESSION", r#"docket:approvers="${all}""#, "")),
    ]
}

async fn office(scratch: Scratch) -> Office {
    let office = Office::over(scratch).await;
    let csv = |text: &str| Some(Bytes::from(text.to_owned()));
    let all = Import {
        departments: csv(DEPARTMENTS),
        positions: csv(POSITIONS),
        people: csv(PEOPLE),
        ..Import::default()
    };
    let directory = &office.workflow.inner.directory;
    directory.import(&actor("olivia"), all).await.unwrap();
    leaves(&office, "gone").await;
    office
}

async fn leaves(office: &Office, user: &str) {
    let people = Some(Bytes::from(format!("id,active\n{user},false\n")));
    let directory = &office.workflow.inner.directory;
    directory.import(&actor("olivia"), Import { people, ..Import::default() }).await.unwrap();
}

async fn is_away(office: &Office, person: &str, substitute: Option<&str>) {
    let away = SetAbsence {
        person: person.to_owned(),
        from: office.clock.now(),
        until: office.clock.now() + TimeDelta::days(3),
        substitute: substitute.map(str::to_owned),
    };
    office.workflow.inner.directory.set_absence(&actor(person), away).await.unwrap();
}

/// Who is asked when somebody starts a process of this one step: all of them at once, unless it says
/// otherwise. What is not RUNNING is told as it stands; candidates in brackets.
async fn asked(office: &Office, user: &str, attributes: &str, variables: &Value, chosen: &[&str]) -> String {
    office.deploys(&one_step("p", attributes)).await;
    let mut approvers = Map::new();
    if !chosen.is_empty() {
        approvers.insert("review".to_owned(), json!(chosen));
    }
    let start = StartProcess {
        definition_key: "p".to_owned(),
        variables: variables.as_object().unwrap().clone(),
        approvers,
        ..StartProcess::default()
    };
    let started = office.workflow.start(Some(&actor(user)), start).await.unwrap().instance;
    let mut told = Vec::new();
    for task in office.rows(started.id).await {
        let candidates = task_candidate::Entity::find_by_id((task.id, "administrators".to_owned()));
        let is_theirs = candidates.one(office.db.reader()).await.unwrap().is_some();
        let who =
            task.assignee.unwrap_or_else(|| if is_theirs { "(administrators)" } else { "?" }.to_owned());
        told.push(match task.status {
            1 => who,
            status => format!("{who} {status}"),
        });
    }
    told.join(" ")
}

async fn every_strategy(scratch: Scratch) {
    let office = office(scratch).await;
    for Case { strategy, rest, variables, chosen, asked: expected } in cases() {
        let attributes = format!(r#"docket:approverStrategy="{strategy}" {rest} docket:nobody="APPROVE""#);
        let found = asked(&office, "alice", &attributes, &variables, chosen).await;
        // Where nobody is found, it is approved.
        let expected = if expected.is_empty() { "? 2" } else { expected };
        assert_eq!(found, expected, "{strategy} {rest} {variables}");
    }
    // Who leads their own department is asked in their own matter, unless the node says otherwise.
    let leader = r#"docket:approverStrategy="STARTER_LEADER""#;
    assert_eq!(asked(&office, "bob", leader, &json!({}), &[]).await, "bob");
    // Where the starter's department has no leader, or the starter is in none, nobody is found.
    for starter in ["erin", "max", "stranger"] {
        assert_eq!(asked(&office, starter, leader, &json!({}), &[]).await, "(administrators)", "{starter}");
    }
    office.audit().await;
}

#[test]
fn every_strategy_of_the_page_is_answered() {
    let page = include_str!("../../../docs/approvals.md");
    let row = page.lines().find(|line| line.starts_with("| `docket:approverStrategy`")).unwrap();
    let names: BTreeSet<_> = row.split('`').skip(3).step_by(2).collect();
    assert_eq!(names.len(), 15);
    assert_eq!(cases().iter().map(|case| case.strategy).collect::<BTreeSet<_>>(), names);
    // Each of them also with nobody to be found; the starter is always there.
    let empty: BTreeSet<_> =
        cases().iter().filter(|case| case.asked.is_empty()).map(|case| case.strategy).collect();
    let lacking: Vec<_> = names.difference(&empty).collect();
    assert_eq!(lacking, [&"STARTER", &"STARTER_MULTI_LEVEL_LEADER"]);
}

async fn where_nobody_is_found(scratch: Scratch) {
    let office = office(scratch).await;
    for strategy in [
        r#"docket:approverStrategy="ROLE" docket:approvers="ghosts""#,
        r#"docket:approverStrategy="DEPARTMENT_LEADER" docket:approvers="STO""#,
        r#"docket:approverStrategy="FORM_USER" docket:approvers="who""#,
        r#"docket:approverStrategy="STARTER_LEADER" docket:levels="9""#,
    ] {
        for (rule, expected, status) in [
            (r#"docket:nobody="APPROVE""#, "? 2", InstanceStatus::Approve),
            (r#"docket:nobody="REJECT""#, "? 3", InstanceStatus::Reject),
            (r#"docket:nobody="USERS" docket:nobodyUsers="erin,dave""#, "erin dave", InstanceStatus::Running),
            // Those who have left cannot stand in; somebody must see it.
            (
                r#"docket:nobody="USERS" docket:nobodyUsers="gone""#,
                "(administrators)",
                InstanceStatus::Running,
            ),
            (r#"docket:nobody="ADMINISTRATORS""#, "(administrators)", InstanceStatus::Running),
            ("", "(administrators)", InstanceStatus::Running),
        ] {
            let attributes = format!("{strategy} {rule}");
            let found = asked(&office, "alice", &attributes, &json!({}), &[]).await;
            assert_eq!(found, expected, "{attributes}");
            let rows = crate::storage::entity::process_instance::Entity::find().all(office.db.reader()).await;
            let newest = rows.unwrap().into_iter().max_by_key(|row| row.id).unwrap();
            assert_eq!(newest.status, status.code(), "{attributes}");
        }
    }
    office.audit().await;
}

async fn the_starter_among_the_approvers(scratch: Scratch) {
    let office = office(scratch).await;
    for (strategy, user, allow, skip, leader) in [
        (r#"="ROLE" docket:approvers="buyer""#, "alice", "alice carol", "carol", "bob carol"),
        // The leader is asked already: once.
        (
            r#"="DEPARTMENT_MEMBER" docket:approvers="OFF""#,
            "alice",
            "alice bob carol",
            "bob carol",
            "bob carol",
        ),
        (r#"="STARTER""#, "alice", "alice", "? -2", "bob"),
        // Where nobody leads their department, or they do themselves, the next above does.
        (r#"="STARTER""#, "erin", "erin", "? -2", "lea"),
        (r#"="GROUP" docket:approvers="aid""#, "dave", "carol dave", "carol", "carol lea"),
        (r#"="STARTER_LEADER""#, "bob", "bob", "? -2", "lea"),
        // Who leads all has nobody above them: nobody is found.
        (r#"="STARTER""#, "lea", "lea", "? -2", "(administrators)"),
    ] {
        for (rule, expected) in [("ALLOW", allow), ("SKIP", skip), ("LEADER", leader)] {
            let attributes = format!(r#"docket:approverStrategy{strategy} docket:starterApproves="{rule}""#);
            let found = asked(&office, user, &attributes, &json!({}), &[]).await;
            assert_eq!(found, expected, "{user}: {attributes}");
        }
    }
    office.audit().await;
}

async fn who_acts_for_whom(scratch: Scratch) {
    let office = office(scratch).await;
    let both = r#"docket:approverStrategy="USER" docket:approvers="carol,dave""#;
    let asks = async |expected: &str, what: &str| {
        assert_eq!(asked(&office, "alice", both, &json!({}), &[]).await, expected, "{what}");
    };
    is_away(&office, "carol", Some("max")).await;
    asks("max dave", "one of two is away").await;
    is_away(&office, "max", Some("erin")).await;
    asks("erin dave", "and who acts for her too").await;
    is_away(&office, "dave", Some("erin")).await;
    asks("erin", "who acts for both is asked once").await;
    is_away(&office, "erin", Some("carol")).await;
    asks("carol dave", "in a circle each keeps what is theirs").await;
    office.clock.advance(std::time::Duration::from_secs(4 * 24 * 3_600));
    asks("carol dave", "they are back").await;
    is_away(&office, "carol", Some("max")).await;
    leaves(&office, "max").await;
    asks("carol dave", "who has left acts for nobody").await;
    is_away(&office, "dave", None).await;
    asks("carol dave", "without a substitute it waits").await;
    leaves(&office, "carol").await;
    asks("dave", "nor is anybody asked in the place of who has left").await;
    // The leader to whom the starter's own task goes may be away too.
    is_away(&office, "bob", Some("erin")).await;
    let own = r#"docket:approverStrategy="STARTER" docket:starterApproves="LEADER""#;
    assert_eq!(asked(&office, "alice", own, &json!({}), &[]).await, "erin");
    let fallback = r#"docket:approverStrategy="ROLE" docket:approvers="ghosts" docket:nobody="USERS" docket:nobodyUsers="bob""#;
    assert_eq!(asked(&office, "alice", fallback, &json!({}), &[]).await, "erin");
    office.audit().await;
}

/// An organisation as governments publish theirs: posts within bodies, that report to one another by
/// their numbers. Each body has a top post, three below it, and three below each of those.
fn posts(bodies: usize) -> Import {
    let mut departments = "id,parent_id,name,level\nG,,Government,1\n".to_owned();
    let mut positions = "id,dept_id,title,grade\n".to_owned();
    let mut people = "user_id,dept_id,position_id,grade,profession,reports_to\n".to_owned();
    for body in 0..bodies {
        departments.push_str(&format!("B{body},G,\"Body, number {body}\",2\n"));
        for unit in 0..3 {
            departments.push_str(&format!("B{body}U{unit},B{body},Unit {unit} of {body},3\n"));
        }
        for post in 1..=13 {
            // 1 is the top, 2 to 4 head the units, 5 to 13 are in them.
            let (place, reports_to) = match post {
                1 => (format!("B{body}"), "XX".to_owned()),
                2..5 => (format!("B{body}U{}", post - 2), "1".to_owned()),
                _ => (format!("B{body}U{}", (post - 5) / 3), ((post - 5) / 3 + 2).to_string()),
            };
            positions.push_str(&format!("P{body}-{post},{place},Post {post},SCS{post}\n"));
            people.push_str(&format!("Body {body}#{post},{place},P{body}-{post},,Policy,{reports_to}\n"));
        }
    }
    let file = |text: String| Some(Bytes::from(text));
    Import {
        departments: file(departments),
        positions: file(positions),
        people: file(people),
        derive_leaders: true,
        ..Import::default()
    }
}

async fn an_organisation_of_posts(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let directory = &office.workflow.inner.directory;
    let report = directory.import(&actor("olivia"), posts(40)).await.unwrap();
    assert_eq!((report.people.created, report.departments.created), (520, 161));
    assert_eq!((report.leaders_derived, report.managers_unknown), (160, 40));
    let up = r#"docket:approverStrategy="STARTER_MULTI_LEVEL_LEADER" docket:levels="3" docket:counting="SEQUENTIAL""#;
    office.deploys(&one_step("p", up)).await;
    let id = office.starts("Body 7#9", "p", json!({})).await;
    // Post 9 is in the second unit, which post 3 heads; above it is the body's top, and nobody above that.
    assert_eq!(office.tasks(id).await, ["review Body 7#3 RUNNING", "review Body 7#1 WAIT"]);
    office.approves("Body 7#3", id, "review").await.unwrap();
    office.approves("Body 7#1", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    // Who heads it has nobody to ask within the unit: the next above is one level up.
    let above = r#"docket:approverStrategy="STARTER_LEADER" docket:levels="2""#;
    assert_eq!(asked(&office, "Body 7#3", above, &json!({}), &[]).await, "Body 7#1");
}
