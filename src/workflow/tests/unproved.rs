//! A process that is too large to be proved sound, and is not: it is deployed, it comes to rest for
//! ever, and there is a way out.

use std::time::Instant;

use super::draft::Draft;
use super::office::{Office, actor};
use crate::kernel::ErrorCode;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{InstanceStatus, StartProcess};

on_both_databases!(what_waits_for_ever_is_cancelled);

/// An exclusive choice that is joined in parallel, behind an inclusive gateway with very many flows.
fn stuck() -> Draft {
    let mut draft = Draft::new("p")
        .node("startEvent", "start", "")
        .node("exclusiveGateway", "many", r#"default="many_way0""#)
        .node("inclusiveGateway", "joined", "")
        .node("exclusiveGateway", "either", r#"default="either_both""#)
        .node("manualTask", "or", "")
        .node("parallelGateway", "both", "")
        .node("endEvent", "end", "")
        .flows("start > many, joined > either > both, or > both, both > end")
        .flows("either > or [${false}]");
    for number in 0..800 {
        let way = format!("way{number}");
        let condition = if number == 0 { "" } else { "[${false}]" };
        draft = draft
            .node("manualTask", &way, "")
            .flows(&format!("many > {way} {condition}"))
            .flows(&format!("{way} > joined"));
    }
    draft
}

async fn what_waits_for_ever_is_cancelled(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let begun = Instant::now();
    office.deploys(&stuck()).await;
    let taken = begun.elapsed();
    assert!(taken.as_secs() < 10, "{taken:?}");
    let flow = &office.workflow;
    let start = || StartProcess { definition_key: "p".to_owned(), ..StartProcess::default() };
    for (user, reason) in [("alice", None), ("admin", Some("it cannot go on"))] {
        let id = flow.start(Some(&actor("alice")), start()).await.unwrap().instance.id;
        assert_eq!(office.status(id).await, InstanceStatus::Running);
        assert_eq!(office.tasks(id).await, [] as [String; 0], "nobody is asked");
        assert_eq!(office.way(id, true).await, ["both"]);
        office.refuses(ErrorCode::NotFound, flow.cancel(&actor("bob"), id, None)).await;
        let reason = reason.map(str::to_owned);
        office.deed(flow.cancel(&actor(user), id, reason).await).await.unwrap();
        assert_eq!(office.status(id).await, InstanceStatus::Cancel);
    }
}
