//! How several approvers count, at the borders of each way.

use serde_json::json;
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;
use crate::workflow::task::{Decide, Sign};

on_both_databases!(
    so_many_of_a_hundred,
    the_first_of_several,
    one_after_the_other,
    who_was_drawn,
    signers_are_not_counted,
    whoever_is_passed_over_is_not_counted,
);

const NAMES: [&str; 7] = ["ann", "ben", "cat", "dan", "eve", "fay", "gus"];

fn several(people: &[&str], counting: &str) -> String {
    let people = people.join(",");
    format!(r#"docket:approverStrategy="USER" docket:approvers="{people}" docket:counting={counting}"#)
}

async fn begun(office: &Office, attributes: &str) -> Uuid {
    office.deploys(&one_step("p", attributes)).await;
    office.starts("alice", "p", json!({})).await
}

/// What is needed is rounded up, and is at least one.
async fn so_many_of_a_hundred(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for (percent, needed) in [
        (1, [1, 1, 1, 1]),
        (33, [1, 1, 1, 3]),
        (34, [1, 1, 2, 3]),
        (50, [1, 1, 2, 4]),
        (51, [1, 2, 2, 4]),
        (100, [1, 2, 3, 7]),
    ] {
        for (total, needed) in [1, 2, 3, 7].into_iter().zip(needed) {
            let what = format!("{percent} % of {total}");
            let people = &NAMES[..total];
            let attributes = several(people, &format!(r#""RATIO" docket:ratio="{percent}""#));
            let id = begun(&office, &attributes).await;
            for (place, user) in people[..needed].iter().enumerate() {
                assert_eq!(office.status(id).await, InstanceStatus::Running, "{what}: {place} are too few");
                office.approves(user, id, "review").await.unwrap();
            }
            assert_eq!(office.status(id).await, InstanceStatus::Approve, "{what}: {needed} are enough");
            // So many may be against it as are not needed; one more, and it cannot be approved any longer.
            let id = begun(&office, &attributes).await;
            for user in &people[..=total - needed] {
                assert_eq!(office.status(id).await, InstanceStatus::Running, "{what}");
                office.rejects(user, id, "review", "no").await.unwrap();
            }
            assert_eq!(office.status(id).await, InstanceStatus::Reject, "{what}: too many are against it");
        }
    }
}

async fn the_first_of_several(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for total in [1, 2, 7] {
        let people = &NAMES[..total];
        let last = people[total - 1];
        let yes = begun(&office, &several(people, r#""ANY""#)).await;
        office.approves(last, yes, "review").await.unwrap();
        assert_eq!(office.status(yes).await, InstanceStatus::Approve);
        let no = begun(&office, &several(people, r#""ANY""#)).await;
        office.rejects(last, no, "review", "no").await.unwrap();
        assert_eq!(office.status(no).await, InstanceStatus::Reject);
        for id in [yes, no] {
            let cancelled = office.tasks(id).await.iter().filter(|task| task.ends_with("CANCEL")).count();
            assert_eq!(cancelled, total - 1, "nobody else needs to decide");
        }
    }
}

async fn one_after_the_other(scratch: Scratch) {
    let office = Office::over(scratch).await;
    // In the order in which they are named, whatever their names are.
    let order = ["cat", "ann", "ben"];
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", &several(&order, r#""SEQUENTIAL""#))
        .user("after", r#"flowable:assignee="bob""#)
        .node("endEvent", "end", "")
        .flows("start > review > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.tasks(id).await, ["review cat RUNNING", "review ann WAIT", "review ben WAIT"]);
    let bens = office.open(id, "review", "ben").await.id;
    let ben = actor("ben");
    let early = office.workflow.approve(&ben, bens, Decide::default());
    office.refuses(ErrorCode::Conflict, early).await;
    office.approves("cat", id, "review").await.unwrap();
    // Who signs before Ann keeps her waiting, and does not give Ben the word.
    let anns = office.open(id, "review", "ann").await.id;
    let dan = ["dan".to_owned()];
    let added = office.workflow.add_signers(&actor("ann"), anns, Sign::Before, &dan, None).await;
    office.deed(added).await.unwrap();
    let standing = ["review cat APPROVE", "review ann WAIT", "review ben WAIT", "review dan RUNNING"];
    assert_eq!(office.tasks(id).await, standing);
    for user in ["dan", "ann", "ben"] {
        office.approves(user, id, "review").await.unwrap();
    }
    // Sent back, they are asked from the beginning.
    office.sends_back("bob", id, "after", Some("review")).await.unwrap();
    let again = office.tasks(id).await.split_off(5);
    assert_eq!(again, ["review cat RUNNING", "review ann WAIT", "review ben WAIT"]);
    office.approves("cat", id, "review").await.unwrap();
    office.rejects("ann", id, "review", "no").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Reject, "one of them is enough to reject");
}

async fn who_was_drawn(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("review", &several(&NAMES[..3], r#""RANDOM""#))
        .user("after", r#"flowable:assignee="bob""#)
        .node("endEvent", "end", "")
        .flows("start > review > after > end");
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({})).await;
    assert_eq!(office.tasks(id).await, ["review cat RUNNING"], "the last of three is drawn here");
    // From now on it would be the first.
    let office = office.drawing(|_| 0);
    let cats = office.approves("cat", id, "review").await.unwrap().id;
    office.deed(office.workflow.withdraw(&actor("cat"), cats, None).await).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "review cat RUNNING", "what is taken back is hers");
    office.approves("cat", id, "review").await.unwrap();
    // Nobody sends back until somebody else is drawn.
    office.sends_back("bob", id, "after", Some("review")).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "review cat RUNNING");
    office.approves("cat", id, "review").await.unwrap();
    // But who has left cannot be asked.
    office.people("id,name\nD1,Office\n", "id,name,active\ncat,Cat,false\n").await;
    office.sends_back("bob", id, "after", Some("review")).await.unwrap();
    assert_eq!(office.tasks(id).await.last().unwrap(), "review ann RUNNING");
    office.approves("ann", id, "review").await.unwrap();
    office.approves("bob", id, "after").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

async fn signers_are_not_counted(scratch: Scratch) {
    let office = Office::over(scratch).await;
    for sign in [Sign::Before, Sign::After] {
        let id = begun(&office, &several(&NAMES[..3], r#""RATIO" docket:ratio="66""#)).await;
        let anns = office.open(id, "review", "ann").await.id;
        let two = ["fay".to_owned(), "gus".to_owned()];
        let added = office.workflow.add_signers(&actor("ann"), anns, sign, &two, None).await;
        office.deed(added).await.unwrap();
        let order = match sign {
            Sign::Before => ["fay", "gus", "ann"],
            Sign::After => ["ann", "fay", "gus"],
        };
        // The three of them are one vote of three, of which two are needed.
        for user in order {
            office.approves(user, id, "review").await.unwrap();
            assert_eq!(office.status(id).await, InstanceStatus::Running, "{user} {sign:?}");
        }
        office.approves("ben", id, "review").await.unwrap();
        assert_eq!(office.status(id).await, InstanceStatus::Approve, "{sign:?}");
    }
}

async fn whoever_is_passed_over_is_not_counted(scratch: Scratch) {
    let office = Office::over(scratch).await;
    // Half of Alice, Ann and Ben are two; without Alice, who has started it, one of two is half.
    let attributes = several(&["alice", "ann", "ben"], r#""RATIO" docket:ratio="50""#);
    for (rule, approvals) in [("ALLOW", 2), ("SKIP", 1)] {
        let id = begun(&office, &format!(r#"{attributes} docket:starterApproves="{rule}""#)).await;
        for user in ["ann", "ben"].into_iter().take(approvals) {
            assert_eq!(office.status(id).await, InstanceStatus::Running, "{rule}");
            office.approves(user, id, "review").await.unwrap();
        }
        assert_eq!(office.status(id).await, InstanceStatus::Approve, "{rule}");
    }
}
