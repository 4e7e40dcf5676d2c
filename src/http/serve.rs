//! Taking connections, and ending in good order.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::state::HttpState;

/// How long to wait when no connection can be taken, such as for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// How to serve, and when to end.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Open websockets and mutations, which are waited for: the state's of the router.
    pub in_hand: TaskTracker,
    /// Ends it all: the state's of the router, so that websockets hear of it.
    pub shutdown: CancellationToken,
    /// How long requests, mutations and websockets in hand have after `shutdown`.
    pub grace: Duration,
    /// How long a client may take to send a request's head; also how long an idle connection is kept.
    pub head_timeout: Duration,
}

impl ServeOptions {
    /// Serves what was built from `state`, with ten seconds of grace.
    pub fn of<E>(state: &HttpState<E>) -> Self {
        Self {
            in_hand: state.in_hand.clone(),
            shutdown: state.shutdown.clone(),
            grace: Duration::from_secs(10),
            head_timeout: Duration::from_secs(60),
        }
    }
}

/// How serving ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// Every request was answered and every websocket closed.
    Drained,
    /// The grace ran out; this many connections, websockets and mutations were cut off.
    CutOff(usize),
}

/// Serves until told to shut down. Then no more connections are taken, requests in hand are answered,
/// and websockets say goodbye; what is not done within the grace is cut off.
pub async fn serve(listener: TcpListener, router: Router, options: ServeOptions) -> Served {
    let ServeOptions { in_hand, shutdown, grace, head_timeout } = options;
    let connections = TaskTracker::new();
    let cut_off = CancellationToken::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = connection(stream, router.clone(), shutdown.clone(), head_timeout);
                let cut_off = cut_off.clone();
                connections.spawn(async move { cut_off.run_until_cancelled(connection).await });
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.close();
    in_hand.close();
    let drained = async { tokio::join!(connections.wait(), in_hand.wait()) };
    if tokio::time::timeout(grace, drained).await.is_ok() {
        return Served::Drained;
    }
    let left = connections.len() + in_hand.len();
    cut_off.cancel();
    tracing::warn!(left, "the grace ran out: cut off what was still in hand");
    Served::CutOff(left)
}

/// One connection, to its end. At shutdown it answers the request in hand and closes.
async fn connection(stream: TcpStream, router: Router, shutdown: CancellationToken, head_timeout: Duration) {
    // Small messages go out at once: progress is made of them.
    let _ = stream.set_nodelay(true);
    // HTTP/2 without TLS is spoken by no browser; a proxy in front speaks it to them.
    let mut builder = Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(head_timeout);
    let service = TowerToHyperService::new(router);
    let mut serving = pin!(builder.serve_connection_with_upgrades(TokioIo::new(stream), service));
    let result = tokio::select! {
        result = serving.as_mut() => result,
        () = shutdown.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = result {
        tracing::trace!(error, "a connection ended badly");
    }
}

fn is_the_clients(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
