//! The program is killed while a batch decides tasks: nothing is decided twice, and nothing stays held.

use serde_json::{Value, json};

use crate::support::machines::{process, start};
use crate::support::{Place, count, until};

/// The places between the writes of a group of decisions, in their order. Behind the last two it is kept.
const PLACES: [&str; 7] = [
    "case.before_writing",
    "case.after_instances",
    "case.after_tasks",
    "case.after_history",
    "case.before_commit",
    "case.after_commit",
    "bulk.after_commit",
];
/// How many tasks there are in a batch.
const MANY: usize = 5;

const CREATE: &str = "mutation ($input: CreateApprovalBatchInput!) { createApprovalBatch(input: $input) \
    { batch { id status total decision nodes { definitionKey nodeId } } } }";
const MINE: &str = "{ tasks(filter: {definitionKey: \"claims\"}, first: 100) { nodes { id } } }";
const APPROVED: &str = "SELECT count(*) FROM process_history WHERE kind = 'APPROVE'";
const OPEN: &str = "SELECT (SELECT count(*) FROM engine_run WHERE kind = 'approval' AND finished_at IS NULL) \
    + (SELECT count(*) FROM task WHERE locked_by IS NOT NULL)";
const SUCCEEDED: &str = "SELECT count(*) FROM engine_item i JOIN engine_run r ON r.id = i.run_id \
    WHERE r.kind = 'approval' AND i.status = 'SUCCESS'";

fn claims() -> String {
    process(
        "claims",
        r#"<userTask id="review" flowable:assignee="alice"/>
        <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
        <sequenceFlow id="b" sourceRef="review" targetRef="end"/>"#,
    )
}

async fn killed_between_any_two_writes_each_task_is_decided_once(place: Place) {
    let mut place = place
        .with("DOCKET_ENGINE__LEASE_SECONDS", "2")
        .with("DOCKET_JWT_SECRET", &"of all who start here ".repeat(3));
    let server = place.start().await;
    server.olivia().deploys(&claims()).await;
    assert!(server.stop().await);
    let database = place.books().await;
    for at in PLACES {
        let server = place.start().await;
        for number in 0..MANY {
            let (query, variables) = start("claims", &format!("{at} {number}"));
            server.alice().asks(query, variables).await.data();
        }
        let mine = server.alice().asks(MINE, json!({})).await.data();
        let tasks: Vec<Value> =
            mine["tasks"]["nodes"].as_array().unwrap().iter().map(|task| task["id"].clone()).collect();
        assert_eq!(tasks.len(), MANY, "{at}");
        assert!(server.stop().await);
        let before = count(&database, APPROVED).await;
        let input = json!({"input": {"taskIds": tasks, "decision": "APPROVE", "idempotencyKey": at}});
        place.dies_at(Some(at));
        let server = place.start().await;
        server.alice().asks_at_risk(CREATE, input.clone()).await;
        server.until_killed().await;
        let approved = count(&database, APPROVED).await - before;
        // In how many transactions is nobody's business; the program dies in the first.
        assert_eq!(approved > 0, at.contains("after_commit"), "{at}: {approved}");
        place.dies_at(None);
        let server = place.start().await;
        until(&database, OPEN, |open| open == 0).await;
        assert_eq!(count(&database, APPROVED).await - before, MANY as i64, "{at}");
        // Asked again, it is the same batch.
        let told = server.alice().asks(CREATE, input).await.data();
        let batch = &told["createApprovalBatch"]["batch"];
        assert_eq!((&batch["status"], &batch["total"]), (&json!("SUCCESS"), &json!(MANY)), "{at}");
        assert_eq!(batch["nodes"], json!([{"definitionKey": "claims", "nodeId": "review"}]));
        assert!(server.stop().await);
    }
    assert_eq!(count(&database, SUCCEEDED).await, (MANY * PLACES.len()) as i64);
}

on_both_databases!(killed_between_any_two_writes_each_task_is_decided_once);
