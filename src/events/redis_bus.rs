//! A bus across replicas: signals go by Redis's publish and subscribe.

use std::time::Duration;

use futures::StreamExt;
use redis::AsyncCommands;
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

use super::{Bus, LocalBus, Signal};

/// Where signals go.
const CHANNEL: &str = "docket:signals";
/// How many signals may wait to be sent; more are dropped, for the slow polls stand behind them.
const OUTBOX: usize = 10_000;
/// How long to wait before connecting again.
const RECONNECT: Duration = Duration::from_secs(1);

#[derive(Serialize, Deserialize)]
struct Envelope {
    from: Uuid,
    signal: Signal,
}

/// Hands signals to listeners in this process at once, and to other replicas by Redis. Without
/// Redis for a while, replicas only learn of each other's work more slowly.
pub struct RedisBus {
    local: LocalBus,
    outbox: mpsc::Sender<Signal>,
}

/// A client for `url`, with TLS where it is `rediss://`.
///
/// # Errors
/// Where `url` is no address of a Redis.
pub fn client(url: &str) -> redis::RedisResult<redis::Client> {
    // There are two providers among our dependencies, so that rustls would not choose by itself.
    // Whoever has chosen before us is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    redis::Client::open(url)
}

impl RedisBus {
    /// Connects in the background, again and again where it must. Must be called in a runtime.
    ///
    /// # Errors
    /// Where `url` is no address of a Redis.
    pub fn start(url: &str) -> Result<Self, redis::RedisError> {
        let client = client(url)?;
        let (local, us) = (LocalBus::default(), Uuid::now_v7());
        let (outbox, waiting) = mpsc::channel(OUTBOX);
        tokio::spawn(send(client.clone(), us, waiting));
        tokio::spawn(listen(client, us, local.clone()));
        Ok(Self { local, outbox })
    }
}

impl Bus for RedisBus {
    fn publish(&self, signal: Signal) {
        // Full means that Redis is away or slow: the other replicas' slow polls will do.
        let _ = self.outbox.try_send(signal.clone());
        self.local.publish(signal);
    }

    fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.local.subscribe()
    }
}

async fn send(client: redis::Client, us: Uuid, mut waiting: mpsc::Receiver<Signal>) {
    loop {
        let mut connection = match client.get_multiplexed_async_connection().await {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "Redis cannot be reached; other replicas learn of changes more slowly");
                tokio::time::sleep(RECONNECT).await;
                continue;
            }
        };
        loop {
            let Some(signal) = waiting.recv().await else { return };
            let Ok(text) = serde_json::to_string(&Envelope { from: us, signal }) else { continue };
            if let Err(error) = connection.publish::<_, _, ()>(CHANNEL, text).await {
                tracing::warn!(%error, "a signal was lost on the way to Redis");
                break;
            }
        }
    }
}

async fn listen(client: redis::Client, us: Uuid, local: LocalBus) {
    loop {
        match client.get_async_pubsub().await {
            Ok(mut pubsub) => {
                if pubsub.subscribe(CHANNEL).await.is_ok() {
                    // Whatever was said while nobody listened: have a look.
                    local.publish(Signal::Work);
                    let mut messages = pubsub.into_on_message();
                    while let Some(message) = messages.next().await {
                        let envelope = message
                            .get_payload::<String>()
                            .ok()
                            .and_then(|text| serde_json::from_str::<Envelope>(&text).ok());
                        match envelope {
                            Some(envelope) if envelope.from != us => local.publish(envelope.signal),
                            _ => {}
                        }
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "Redis cannot be listened to"),
        }
        tokio::time::sleep(RECONNECT).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tls_is_spoken_where_the_address_asks_for_it() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("rediss://{}", listener.local_addr().unwrap());
        let client = client(&url).unwrap();
        let connecting = tokio::spawn(async move { client.get_multiplexed_async_connection().await.is_ok() });
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut first = [0; 3];
        tokio::io::AsyncReadExt::read_exact(&mut socket, &mut first).await.unwrap();
        assert_eq!(first[..2], [22, 3], "a handshake record of TLS");
        drop(socket);
        assert!(!connecting.await.unwrap());
    }

    /// Needs the test's Redis; without one it fails, for a skipped test would look like a passed one.
    #[tokio::test]
    async fn a_signal_reaches_the_other_replica_and_its_own_once() {
        let url = std::env::var("DOCKET_TEST_REDIS").expect("DOCKET_TEST_REDIS; `make test` starts one");
        let (one, other) = (RedisBus::start(&url).unwrap(), RedisBus::start(&url).unwrap());
        let (mut here, mut there) = (one.subscribe(), other.subscribe());
        let stream = Uuid::now_v7();
        // The other listens once it has said so.
        let heard = async {
            loop {
                one.publish(Signal::Changed { stream, revision: 1 });
                let until = tokio::time::timeout(Duration::from_millis(50), async {
                    loop {
                        if let Ok(Signal::Changed { stream: of, .. }) = there.recv().await
                            && of == stream
                        {
                            return;
                        }
                    }
                });
                if until.await.is_ok() {
                    return;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), heard).await.expect("the signal arrives");
        let last = Uuid::now_v7();
        one.publish(Signal::Changed { stream: last, revision: 2 });
        other.publish(Signal::Changed { stream: last, revision: 3 });
        let mut revisions = Vec::new();
        while revisions.last() != Some(&3) {
            let signal = tokio::time::timeout(Duration::from_secs(20), here.recv()).await.unwrap().unwrap();
            if let Signal::Changed { stream: of, revision } = signal
                && of == last
            {
                revisions.push(revision);
            }
        }
        assert_eq!(revisions, [2, 3], "its own signal once, not again by way of Redis");
    }
}
