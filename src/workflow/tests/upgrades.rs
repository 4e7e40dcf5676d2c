//! What an earlier program has deployed, which asked less of documents than this one.

use sea_orm::ConnectionTrait as _;
use serde_json::json;

use super::draft::one_step;
use super::office::{Office, actor, refused};
use crate::kernel::ErrorCode;
use crate::storage::dialect::sql;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::InstanceStatus;

on_both_databases!(what_would_be_refused_today_goes_on, what_cannot_be_read_does_not);

const BOB: &str = r#"flowable:assignee="bob""#;

impl Office {
    /// A process of one step whose document an earlier program has let in with this in the place of that; as
    /// another replica finds it.
    async fn inherits(mut self, that: &str, this: &str) -> Self {
        self.deploys(&one_step("p", BOB)).await;
        let text = "UPDATE process_definition SET bpmn_xml = replace(bpmn_xml, $1, $2)";
        let writer = self.db.writer();
        let statement = sql(writer.get_database_backend(), text, [that.into(), this.into()]);
        let done = writer.execute_raw(statement).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        self.workflow = self.another();
        self
    }
}

async fn what_would_be_refused_today_goes_on(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let office = office.inherits(r#"id="review""#, r#"id="review" docket:nobodyKnows="it""#).await;
    let id = office.starts("alice", "p", json!({})).await;
    office.approves("bob", id, "review").await.unwrap();
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    let found = office.workflow.definitions().find("p", None).await.unwrap().unwrap();
    let again =
        office.workflow.definitions().deploy(&actor("olivia"), found.row.bpmn_xml.clone() + " ").await;
    refused(again.map(|_| ()), ErrorCode::BadInput);
}

async fn what_cannot_be_read_does_not(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let unreadable = r#"<task id="more"/><sequenceFlow id="on" sourceRef="start" targetRef="more">
        <conditionExpression>${((}</conditionExpression></sequenceFlow></process>"#;
    let office = office.inherits("</process>", unreadable).await;
    let started = office.tries_to_start("alice", "p", json!({})).await;
    refused(started, ErrorCode::Internal);
}
