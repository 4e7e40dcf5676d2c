//! Time passes, and what is due happens: by a real engine, until nothing is left to be done.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::office::{Office, actor};
use crate::engine::{Engine, EngineConfig, EngineParts};
use crate::events::LocalBus;
use crate::files::LinkSigner;
use crate::kernel::{Clock as _, Fault};
use crate::storage::entity::{event_subscription, event_thrown, incident, job, run};
use crate::workflow::{
    CALL_KIND, CallHandler, EVENT_KIND, EventHandler, Events, START_KIND, Sent, StartHandler,
};

/// Bounds a test that has failed.
const LONG: Duration = Duration::from_secs(30);

/// Whoever makes the calls of processes.
fn caller(office: &Office) -> CallHandler {
    let links = LinkSigner::new(&"a secret of tests, long enough for links".into()).unwrap();
    let own_base = "https://docket.test/".parse().unwrap();
    CallHandler::new(office.workflow.clone(), Arc::new(office.servers.clone()), links, own_base)
}

/// A replica's engine with what hands it the events.
pub(super) fn replica(office: &Office, stopping: &CancellationToken) -> (Engine, Events) {
    let engine = Engine::new(EngineParts {
        db: office.db.clone(),
        clock: office.clock.clone(),
        bus: Arc::new(LocalBus::default()),
        handlers: vec![
            Arc::new(EventHandler::new(office.workflow.clone())),
            Arc::new(StartHandler::new(office.workflow.clone())),
            Arc::new(caller(office)),
        ],
        config: EngineConfig { poll: Duration::from_millis(20), ..EngineConfig::default() },
        holder: Uuid::new_v4().to_string(),
        jitter: || 0.0,
        stopping: stopping.clone(),
    });
    let events = Events::new(office.workflow.clone(), engine.clone(), stopping.clone());
    (engine, events)
}

impl Office {
    /// Time passes, in the words of ISO 8601, and what is due then happens.
    pub(super) async fn passes(&self, duration: &str) {
        let now = self.clock.now();
        let then = crate::workflow::due::parse(duration, now).unwrap();
        self.clock.advance((then - now).to_std().unwrap());
        self.happens().await;
    }

    /// What is due happens, with all that follows from it.
    pub(super) async fn happens(&self) {
        self.settles(Duration::from_millis(50)).await;
        self.audit().await;
    }

    /// The same without the audit. What waits for another attempt has it when so much time has passed so
    /// often.
    pub(super) async fn settles(&self, pace: Duration) {
        let stopping = CancellationToken::new();
        let (engine, events) = replica(self, &stopping);
        let working = tokio::spawn({
            let engine = engine.clone();
            async move { engine.work().await }
        });
        let settled = async {
            loop {
                let next = events.hand_out().await.unwrap();
                let open = run::Entity::find()
                    .filter(run::Column::Kind.is_in([EVENT_KIND, CALL_KIND, START_KIND]))
                    .filter(run::Column::FinishedAt.is_null());
                let open = open.count(self.db.reader()).await.unwrap();
                let thrown = event_thrown::Entity::find().count(self.db.reader()).await.unwrap();
                let calls = job::Entity::find()
                    .filter(job::Column::Kind.eq("HTTP"))
                    .filter(job::Column::Status.eq("PENDING"))
                    .filter(job::Column::Suspended.eq(false));
                let calls = calls.count(self.db.reader()).await.unwrap();
                let is_due = next.is_some_and(|next| next <= self.clock.now());
                if open == 0 && thrown == 0 && calls == 0 && !is_due {
                    break;
                }
                if open > 0 {
                    self.clock.advance(pace);
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(LONG, settled).await.expect("everything that is due is done");
        stopping.cancel();
        working.await.unwrap();
    }

    /// Tells everybody of a signal, as OPERATOR, and lets it happen.
    pub(super) async fn signals(&self, name: &str, variables: Value) {
        let sent = sent(name, variables);
        self.workflow.send_signal(&actor("olivia"), sent).await.unwrap();
        self.happens().await;
    }

    /// Tells a message to the instance with a business key, as OPERATOR.
    pub(super) async fn messages(&self, name: &str, key: &str, variables: Value) -> Result<Uuid, Fault> {
        let sent = Sent { business_key: Some(key.to_owned()), ..sent(name, variables) };
        let told = self.workflow.send_message(&actor("olivia"), sent).await;
        self.deed(told.map(|instance| instance.id)).await
    }

    /// What an instance waits for, as `node KIND`, in the order of their ids.
    pub(super) async fn waits_for(&self, instance: Uuid) -> Vec<String> {
        let rows = event_subscription::Entity::find()
            .filter(event_subscription::Column::InstanceId.eq(instance))
            .order_by_asc(event_subscription::Column::Id);
        let rows = rows.all(self.db.reader()).await.unwrap();
        rows.iter().map(|row| format!("{} {}", row.node_id, row.kind)).collect()
    }

    /// The incidents of an instance that are open.
    pub(super) async fn incidents(&self, instance: Uuid) -> Vec<incident::Model> {
        self.workflow.incidents_of(&[instance]).await.unwrap().remove(&instance).unwrap_or_default()
    }
}

/// A message or a signal, with variables.
pub(super) fn sent(name: &str, variables: Value) -> Sent {
    let Value::Object(variables) = variables else { panic!("variables are an object") };
    let variables: Map<String, Value> = variables;
    Sent { name: name.to_owned(), variables, ..Sent::default() }
}
