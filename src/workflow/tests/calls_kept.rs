//! Calls that were answered when their instance could not take the answer, on both databases: they are not
//! made again.

use std::time::Duration;

use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use uuid::Uuid;

use super::calls_out::calling;
use super::office::{Office, actor, told_of_everything};
use super::servers::answers;
use crate::storage::dialect::sql;
use crate::storage::scratch::{Scratch, on_both_databases};

on_both_databases!(
    an_answer_that_comes_while_suspended_is_kept,
    an_answer_that_cannot_be_written_is_kept,
    an_end_for_which_nobody_waits_is_told,
);

const ANSWERED: &str = r#"resultVariable="answer""#;

impl Office {
    /// Changes an instance behind everybody's back.
    async fn tampers(&self, instance: Uuid, set: &str) {
        let text = format!("UPDATE process_instance SET {set} WHERE id = $1");
        let writer = self.db.writer();
        writer.execute_raw(sql(writer.get_database_backend(), text, [instance.into()])).await.unwrap();
    }

    async fn orders(&self) -> Uuid {
        self.servers.behave(|_, before| answers(200, &json!({ "asked": before })));
        self.deploys(&calling(ANSWERED, "")).await;
        self.starts("alice", "p", json!({"order": 1, "who": "a"})).await
    }

    async fn has_the_first_answer(&self, id: Uuid) {
        assert_eq!(self.tasks(id).await, ["review bob RUNNING"]);
        assert_eq!(self.variables(id).await["answer"], json!({ "asked": 0 }));
        assert_eq!(self.servers.got().len(), 1, "it is not called once more");
        let job = self.call_of(id).await;
        assert_eq!((job.status.as_str(), job.attempt, job.answer), ("SUCCESS", 1, None));
    }
}

async fn an_answer_that_comes_while_suspended_is_kept(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let id = office.orders().await;
    let flow = office.workflow.clone();
    office.servers.behave_in_time(move |_, before| {
        let flow = flow.clone();
        Box::pin(async move {
            flow.suspend(&actor("admin"), id, None).await.unwrap();
            answers(200, &json!({ "asked": before }))
        })
    });
    office.happens().await;
    let job = office.call_of(id).await;
    assert_eq!((job.status.as_str(), office.servers.got().len()), ("PENDING", 1));
    office.workflow.resume(&actor("admin"), id, None).await.unwrap();
    office.happens().await;
    office.has_the_first_answer(id).await;
}

async fn an_answer_that_cannot_be_written_is_kept(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let id = office.orders().await;
    let state = office.instance(id).await.state;
    office.tampers(id, "state = 'nonsense'").await;
    office.settles(Duration::from_secs(600)).await;
    assert_eq!(office.servers.got().len(), 1, "only the answer is brought again");
    office.tampers(id, &format!("state = '{}'", state.replace('\'', "''"))).await;
    let incident = office.incidents(id).await.remove(0);
    assert_eq!(incident.code, "INTERNAL");
    assert_eq!(office.call_of(id).await.status, "FAILED");
    office.deed(office.workflow.resolve_incident(&actor("olivia"), incident.id).await).await.unwrap();
    office.happens().await;
    office.has_the_first_answer(id).await;
}

async fn an_end_for_which_nobody_waits_is_told(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&calling(r#"wait="NOTHING""#, "")).await;
    office.servers.behave(|_, _| answers(200, &Value::Null));
    office.hooks(told_of_everything("https://jobs.example/")).await;
    office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.happens().await;
    office.tells().await;
    let kinds = office.receivers.types("jobs.example");
    assert_eq!(kinds.iter().filter(|kind| *kind == "job.completed").count(), 1, "{kinds:?}");
}
