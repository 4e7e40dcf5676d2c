//! Webhooks: what is told to a receiver that answers at once, alone and beside one that takes its time.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use docket::kernel::{Actor, Role};
use docket::workflow::{NewWebhook, WebhookMode};

use super::DOCKET;
use crate::approvals::{Approvals, person};
use crate::comparison::{Comparison, Goal, Measured, Outcome, Side};
use crate::stage::{Database, Stage};

/// How long the slow one takes to answer.
const SLOW: Duration = Duration::from_secs(1);
/// How much is told of an instance that waits for its first decision: that it was started, and its task.
const EVENTS: usize = 2;
/// Nothing takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(600);

/// Messages to who is fast, alone and beside who is slow.
pub fn comparison(stage: &Stage) -> Comparison {
    let instances = usize::try_from(stage.scale.items / 20).unwrap_or(0);
    let alone = Docket { instances, is_beside_slow: false };
    let beside = Docket { instances, is_beside_slow: true };
    let goals = vec![Goal::at_least(0.9, beside.name(), vec![alone.name()])];
    let sides: Vec<Box<dyn Side>> = vec![Box::new(alone), Box::new(beside)];
    Comparison { title: "Webhooks on PostgreSQL".to_owned(), unit: "deliveries/s", sides, goals }
}

struct Docket {
    instances: usize,
    is_beside_slow: bool,
}

/// How many messages each receiver has taken.
#[derive(Default)]
struct Taken {
    fast: AtomicUsize,
    slow: AtomicUsize,
}

async fn take(State(taken): State<Arc<Taken>>, Path(path): Path<String>) -> StatusCode {
    if path == "slow" {
        tokio::time::sleep(SLOW).await;
        taken.slow.fetch_add(1, Ordering::SeqCst);
    } else {
        taken.fast.fetch_add(1, Ordering::SeqCst);
    }
    StatusCode::NO_CONTENT
}

async fn receiver() -> Outcome<(SocketAddr, Arc<Taken>)> {
    let taken = Arc::new(Taken::default());
    let router = Router::new().route("/{path}", post(take)).with_state(Arc::clone(&taken));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((address, taken))
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        let beside = if self.is_beside_slow { "beside a slow receiver" } else { "alone" };
        format!("{DOCKET}, {beside}")
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let (address, taken) = receiver().await?;
        let url = stage.migrated(Database::Postgres, "bench_docket").await?;
        let approvals = Approvals::open_with(&url, [("DOCKET_FETCH__ALLOW", address.to_string())]).await?;
        let admin = Actor { role: Role::Admin, ..person(0) };
        for path in ["fast", "slow"] {
            let new = NewWebhook {
                mode: WebhookMode::Notify,
                url: format!("http://{address}/{path}"),
                description: String::new(),
                definition_key: None,
                event_types: None,
                actions: None,
                on_failure: None,
                timeout_seconds: None,
                enabled: path == "fast" || self.is_beside_slow,
            };
            approvals.workflow().create_webhook(&admin, new).await?;
        }
        approvals.start(self.instances).await?;
        let (deliveries, stopping) = (approvals.app().deliveries.clone(), approvals.app().stopping.clone());
        let expected = self.instances * EVENTS;
        let started = Instant::now();
        let working = tokio::spawn(async move { deliveries.work().await });
        while taken.fast.load(Ordering::SeqCst) < expected {
            if started.elapsed() > HANGS {
                return Err("not everything was told".into());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let took = started.elapsed();
        stopping.cancel();
        working.await?;
        let (fast, slow) = (taken.fast.load(Ordering::SeqCst), taken.slow.load(Ordering::SeqCst));
        if fast != expected || (slow > 0) != self.is_beside_slow {
            return Err(format!("{fast} of {expected} were told, and {slow} to who is slow").into());
        }
        Ok(Measured::of(expected as f64 / took.as_secs_f64()))
    }
}
