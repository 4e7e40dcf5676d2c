//! Documents with several executable processes, on both databases.

use serde_json::json;

use super::draft::one_step;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};

on_both_databases!(
    each_pool_becomes_a_definition,
    all_are_deployed_or_none,
    what_has_not_changed_stays,
    two_deployments_at_once_make_way_for_one_another,
);

/// A pool whose process asks somebody.
fn pool(key: &str, who: &str) -> String {
    format!(
        r#"<process id="{key}" name="{key}" isExecutable="true"><startEvent id="{key}_start"/>
        <sequenceFlow id="{key}_in" sourceRef="{key}_start" targetRef="{key}_task"/>
        <userTask id="{key}_task" flowable:assignee="{who}"/></process>"#
    )
}

fn collaboration(pools: &[String]) -> String {
    let opening = one_step("x", "").document();
    let (opening, _) = opening.split_once("<process").unwrap();
    format!("{opening}{}</definitions>", pools.concat())
}

async fn each_pool_becomes_a_definition(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let document = collaboration(&[pool("seller", "bob"), pool("buyer", "carol")]);
    let deployed =
        office.workflow.definitions().deploy_all(&actor("olivia"), document.clone()).await.unwrap();
    let keys: Vec<_> = deployed.iter().map(|one| (one.row.key.as_str(), one.row.version)).collect();
    assert_eq!(keys, [("seller", 1), ("buyer", 1)]);
    assert!(deployed.iter().all(|one| one.row.bpmn_xml == document));
    let seller = office.starts("alice", "seller", json!({})).await;
    let buyer = office.starts("alice", "buyer", json!({})).await;
    assert_eq!(office.tasks(seller).await, ["seller_task bob RUNNING"]);
    // Whoever reads the document once more finds the process in it.
    let another = office.another();
    let read = another.definitions().find("buyer", None).await.unwrap().unwrap();
    assert_eq!((read.model.key.as_str(), read.model.nodes.len()), ("buyer", 2));
    let diagram = another.definitions().diagram(&read).await.unwrap();
    assert!(
        diagram.contains(r#"bpmnElement="buyer_task""#) && !diagram.contains(r#"bpmnElement="seller_task""#)
    );
    assert_eq!(office.tasks(buyer).await, ["buyer_task carol RUNNING"]);
}

async fn all_are_deployed_or_none(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let timer = "<timerEventDefinition><timeDate>2026-01-01T00:00:00Z</timeDate></timerEventDefinition>";
    let late = pool("late", "bob").replace(
        r#"<startEvent id="late_start"/>"#,
        &format!(r#"<startEvent id="late_start">{}</startEvent>"#, timer.replace("2026-01-01", "2026-99-01")),
    );
    for broken in [late, pool("broken", "bob").replace("broken_task\"/>", "nowhere\"/>")] {
        let document = collaboration(&[pool("fine", "bob"), broken]);
        let refusal = office.workflow.definitions().deploy_all(&actor("olivia"), document).await;
        refused(refusal, ErrorCode::BadInput);
        assert!(office.workflow.definitions().find("fine", None).await.unwrap().is_none());
    }
}

async fn what_has_not_changed_stays(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let definitions = office.workflow.definitions();
    let document = collaboration(&[pool("seller", "bob"), pool("buyer", "carol")]);
    let first = definitions.deploy_all(&actor("olivia"), document.clone()).await.unwrap();
    let again = definitions.deploy_all(&actor("olivia"), document.clone()).await.unwrap();
    let ids = |all: &[std::sync::Arc<crate::workflow::Definition>]| -> Vec<_> {
        all.iter().map(|one| one.row.id).collect()
    };
    assert_eq!(ids(&first), ids(&again), "letter for letter");
    // One of them goes on alone: of the document only that one is another version then.
    definitions.deploy(&actor("olivia"), collaboration(&[pool("buyer", "dave")])).await.unwrap();
    let third = definitions.deploy_all(&actor("olivia"), document).await.unwrap();
    let versions: Vec<_> = third.iter().map(|one| one.row.version).collect();
    assert_eq!(versions, [1, 3]);
}

async fn two_deployments_at_once_make_way_for_one_another(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let (one, other) = (office.workflow.definitions().clone(), office.another());
    let ways = [["a", "b"], ["b", "a"]].map(|keys| collaboration(&keys.map(|key| pool(key, "bob"))));
    let [first, second] = ways;
    let olivia = actor("olivia");
    let (first, second) =
        tokio::join!(one.deploy_all(&olivia, first), other.definitions().deploy_all(&olivia, second));
    let mut versions: Vec<_> =
        [first.unwrap(), second.unwrap()].concat().iter().map(|one| one.row.version).collect();
    versions.sort_unstable();
    assert_eq!(versions, [1, 1, 2, 2]);
}
