//! Calls over HTTP that processes make, with and without callbacks, on both databases.

use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::Draft;
use super::office::{Office, actor, refused};
use super::servers::answers;
use crate::files::fetch::FetchError;
use crate::kernel::ErrorCode;
use crate::storage::entity::job;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{HttpRequest, InstanceStatus};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

on_both_databases!(
    a_call_goes_on_with_its_answer,
    what_is_sent_is_what_the_process_says,
    what_passes_by_itself_is_tried_under_one_key,
    a_refusal_is_an_incident_that_is_resolved,
    an_answer_with_which_nothing_goes_on_is_an_incident,
    a_callback_is_waited_for_and_counts_once,
    a_callback_may_come_before_the_answer,
    nobody_calls_back_in_time,
    a_call_for_which_nobody_waits,
    a_call_that_is_not_wanted_any_more,
    a_suspended_instance_calls_nobody,
);

const BOB: &str = r#"flowable:assignee="bob""#;

/// A call with these attributes, then Bob.
pub(super) fn calling(attributes: &str, more: &str) -> Draft {
    let call = format!(
        r#"<extensionElements><docket:http url="https://erp.test/orders/${{order}}?by=${{who}}" {attributes}>{more}</docket:http>
        </extensionElements>"#
    );
    with(&call, "")
}

fn with(inner: &str, attributes: &str) -> Draft {
    Draft::new("p")
        .node("startEvent", "start", "")
        .holding("serviceTask", "order", attributes, inner)
        .user("review", BOB)
        .node("endEvent", "end", "")
        .flows("start > order > review > end")
}

fn header(request: &HttpRequest, name: &str) -> Option<String> {
    request.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

fn body(request: &HttpRequest) -> Value {
    serde_json::from_str(request.body.as_deref().unwrap()).unwrap()
}

impl Office {
    /// The one job of an instance.
    pub(super) async fn call_of(&self, instance: Uuid) -> job::Model {
        let found = job::Entity::find().filter(job::Column::InstanceId.eq(instance));
        let mut found = found.all(self.db.reader()).await.unwrap();
        assert_eq!(found.len(), 1);
        found.remove(0)
    }

    pub(super) async fn is_called_back(&self, job: Uuid, body: Value) -> Result<(), crate::kernel::Fault> {
        self.deed(self.workflow.call_back(job, body).await).await
    }
}

async fn a_call_goes_on_with_its_answer(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let call = r#"<extensionElements><docket:http url="https://erp.test/orders" resultVariable="answer"/>
        <docket:out sourceExpression="${body.id}" target="orderId"/><docket:out source="status" target="code"/>
        </extensionElements>"#;
    office.deploys(&with(call, "")).await;
    office.servers.behave(|_, _| answers(201, &json!({"id": 7})));
    let id = office.starts("alice", "p", json!({})).await;
    assert!(office.tasks(id).await.is_empty());
    office.happens().await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    let variables = office.variables(id).await;
    assert_eq!(
        (&variables["orderId"], &variables["code"], &variables["answer"]),
        (&json!(7), &json!(201), &json!({"id": 7}))
    );
    assert_eq!(office.history(id).await, ["START alice", "COMPLETE_JOB -", "CREATE -"]);
    assert_eq!(office.call_of(id).await.status, "SUCCESS");
    assert_eq!(office.servers.got().len(), 1);
}

async fn what_is_sent_is_what_the_process_says(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let more = r#"<docket:header name="X-Who" value="Order ${order}"/>"#;
    let draft = calling(r#"method="put" timeout="5""#, more);
    office.deploys(&draft).await;
    let id = office.starts("alice", "p", json!({"order": "../a b", "who": "x&y=1"})).await;
    office.happens().await;
    let sent = office.servers.got().remove(0);
    assert_eq!(sent.url.as_str(), "https://erp.test/orders/..%2Fa%20b?by=x%26y%3D1");
    assert_eq!((sent.method.as_str(), sent.timeout.as_secs()), ("PUT", 5));
    assert_eq!(header(&sent, "x-who").as_deref(), Some("Order ../a b"));
    let job = office.call_of(id).await.id;
    assert_eq!(header(&sent, "idempotency-key"), Some(job.to_string()));
    let known = json!({"jobId": job, "instanceId": id, "businessKey": null, "nodeId": "order"});
    assert_eq!(body(&sent), known);

    let own = r#"<extensionElements><docket:http url="https://erp.test/"/>
        <docket:in sourceExpression="${order * 2}" target="double"/></extensionElements>"#;
    office.deploys(&with(own, "")).await;
    office.starts("alice", "p", json!({"order": 4})).await;
    office.happens().await;
    assert_eq!(body(&office.servers.got()[1]), json!({"double": 8}));
    let get = r#"<extensionElements><docket:http url="https://erp.test/" method="GET"/></extensionElements>"#;
    office.deploys(&with(get, "")).await;
    office.starts("alice", "p", json!({})).await;
    office.happens().await;
    assert_eq!(office.servers.got()[2].body, None);
}

async fn what_passes_by_itself_is_tried_under_one_key(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling("", "")).await;
    office.servers.behave(|_, before| match before {
        0 => answers(503, &Value::Null),
        1 => Err(FetchError::Timeout),
        _ => answers(200, &Value::Null),
    });
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.happens().await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    let keys: Vec<_> = office.servers.got().iter().map(|sent| header(sent, "idempotency-key")).collect();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert!(office.incidents(id).await.is_empty());
}

async fn a_refusal_is_an_incident_that_is_resolved(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling("", "")).await;
    office.servers.behave(|_, before| match before {
        0 => answers(422, &json!({"error": "no such order"})),
        1..=3 => answers(500, &Value::Null),
        _ => answers(200, &Value::Null),
    });
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.happens().await;
    let incident = office.incidents(id).await.remove(0);
    assert_eq!(
        (incident.code.as_str(), incident.message.as_str()),
        ("CALL_REFUSED", "the server answered 422")
    );
    assert_eq!(office.servers.got().len(), 1, "it would be refused again");
    let olivia = actor("olivia");
    office.deed(office.workflow.resolve_incident(&olivia, incident.id).await).await.unwrap();
    office.happens().await;
    let second = office.incidents(id).await.remove(0);
    assert_eq!((second.message.as_str(), office.servers.got().len()), ("the server answered 500", 4));
    office.deed(office.workflow.resolve_incident(&olivia, second.id).await).await.unwrap();
    office.happens().await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    let expected =
        ["START alice", "INCIDENT -", "RESOLVE_INCIDENT olivia", "INCIDENT -", "RESOLVE_INCIDENT olivia"];
    assert_eq!(office.history(id).await[..5], expected);
}

async fn an_answer_with_which_nothing_goes_on_is_an_incident(scratch: Scratch) {
    let office = Office::over(scratch).await;
    let call = r#"<extensionElements><docket:http url="https://erp.test/"/>
        <docket:out sourceExpression="${body.amount / body.count}" target="each"/></extensionElements>"#;
    office.deploys(&with(call, "")).await;
    office.servers.behave(|_, before| answers(200, &json!({"amount": 6, "count": before})));
    let id = office.starts("alice", "p", json!({})).await;
    office.happens().await;
    let incident = office.incidents(id).await.remove(0);
    assert_eq!(incident.code, "CONFLICT");
    assert!(incident.message.contains("order"), "{}", incident.message);
    office.deed(office.workflow.resolve_incident(&actor("olivia"), incident.id).await).await.unwrap();
    office.happens().await;
    assert_eq!(office.variables(id).await["each"], 6);
}

pub(super) const CALLBACK: &str = r#"wait="CALLBACK" callbackWithin="PT1H" resultVariable="answer""#;

async fn a_callback_is_waited_for_and_counts_once(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling(CALLBACK, "")).await;
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.happens().await;
    assert!(office.tasks(id).await.is_empty(), "its answer is not what is waited for");
    let sent = office.servers.got().remove(0);
    let url = header(&sent, "docket-callback-url").unwrap();
    assert_eq!(body(&sent)["callbackUrl"], json!(url));
    let job = office.call_of(id).await;
    assert!(url.contains(&format!("/callbacks/{}?expires=", job.id)), "{url}");
    assert_eq!(job.status, "WAITING");
    office.is_called_back(job.id, json!({"ok": true})).await.unwrap();
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.variables(id).await["answer"], json!({"ok": true}));
    office.is_called_back(job.id, json!({"ok": false})).await.unwrap();
    assert_eq!(office.variables(id).await["answer"], json!({"ok": true}));
    refused(office.is_called_back(id, json!({})).await, ErrorCode::NotFound);
    office.passes("P1D").await;
    assert!(office.incidents(id).await.is_empty());
}

async fn a_callback_may_come_before_the_answer(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling(CALLBACK, "")).await;
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    let job = office.call_of(id).await.id;
    office.is_called_back(job, json!(1)).await.unwrap();
    office.happens().await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
    assert_eq!(office.call_of(id).await.status, "SUCCESS");
    // Neither does what comes late take anything back.
    office.deploys(&calling(&format!("{CALLBACK} timeout=\"1\""), "")).await;
    office.servers.behave(|_, _| answers(400, &Value::Null));
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.happens().await;
    assert_eq!(office.incidents(id).await.len(), 1);
    office.is_called_back(office.call_of(id).await.id, json!(1)).await.unwrap();
    assert!(office.incidents(id).await.is_empty(), "it has been answered after all");
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}

async fn nobody_calls_back_in_time(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling(CALLBACK, "")).await;
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.happens().await;
    office.passes("PT59M").await;
    assert!(office.incidents(id).await.is_empty());
    office.passes("PT2M").await;
    let incident = office.incidents(id).await.remove(0);
    assert_eq!(incident.code, "CALLBACK_TIMEOUT");
    office.deed(office.workflow.resolve_incident(&actor("olivia"), incident.id).await).await.unwrap();
    office.happens().await;
    assert_eq!(office.servers.got().len(), 2, "it is called again");
}

async fn a_call_for_which_nobody_waits(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling(r#"wait="NOTHING""#, "")).await;
    let failing = |request: &HttpRequest, _| match request.url.path().ends_with('1') {
        true => answers(200, &Value::Null),
        false => answers(400, &Value::Null),
    };
    office.servers.behave(failing);
    let [one, other] = [
        office.starts("alice", "p", json!({"order": 1, "who": "a"})).await,
        office.starts("alice", "p", json!({"order": 2, "who": "a"})).await,
    ];
    for id in [one, other] {
        assert_eq!(office.tasks(id).await, ["review bob RUNNING"], "it goes on at once");
        office.approves("bob", id, "review").await.unwrap();
    }
    office.happens().await;
    assert_eq!(office.servers.got().len(), 2);
    assert_eq!(office.call_of(one).await.status, "SUCCESS");
    assert_eq!((office.incidents(one).await.len(), office.incidents(other).await.len()), (0, 1));
    assert_eq!(office.status(other).await, InstanceStatus::Approve);
}

async fn a_call_that_is_not_wanted_any_more(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling(CALLBACK, "")).await;
    let [one, other] = [
        office.starts("alice", "p", json!({"order": 1, "who": "a"})).await,
        office.starts("alice", "p", json!({"order": 2, "who": "a"})).await,
    ];
    office.workflow.cancel(&actor("alice"), one, None).await.unwrap();
    office.happens().await;
    assert_eq!(office.servers.got().len(), 1, "nobody is called for what has ended");
    office.workflow.cancel(&actor("alice"), other, None).await.unwrap();
    let job = office.call_of(other).await;
    assert_eq!(job.status, "CANCELLED");
    refused(office.is_called_back(job.id, json!({})).await, ErrorCode::Conflict);
}

async fn a_suspended_instance_calls_nobody(scratch: Scratch) {
    let office = Office::over(scratch).await;
    office.deploys(&calling("", "")).await;
    let id = office.starts("alice", "p", json!({"order": 1, "who": "a"})).await;
    office.workflow.suspend(&actor("admin"), id, None).await.unwrap();
    office.happens().await;
    assert!(office.servers.got().is_empty());
    office.workflow.resume(&actor("admin"), id, None).await.unwrap();
    office.happens().await;
    assert_eq!(office.tasks(id).await, ["review bob RUNNING"]);
}
