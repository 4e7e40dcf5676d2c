//! The long-running commands: `serve` and `worker`.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::config::{Config, Mode};
use super::error::StartError;
use super::shutdown;
use super::wiring::App;
use crate::engine::Engine;
use crate::kernel::SystemClock;
use crate::workflow::{Deliveries, Events};

/// How often what crashes left behind in the object storage is looked for.
const SWEEP: Duration = Duration::from_secs(6 * 3600);

/// `docket serve`: HTTP and the engine, until a signal.
///
/// # Errors
/// Where it cannot start, and where the engine breaks off.
pub async fn serve(config: Config) -> Result<(), StartError> {
    let app = App::build(config, Arc::new(SystemClock)).await?;
    // Before anything is written: who cannot listen leaves the database as it was.
    let address = app.config.listen;
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    app.prepare().await?;
    let router = app.router()?;
    watch(&app)?;
    announce(app.config.mode, address);
    let sweeping = tokio::spawn(sweep(app.files.clone()));
    let working = tokio::spawn(work(app.engine.clone(), app.events.clone(), app.deliveries.clone()));
    let serving = async {
        crate::http::serve(listener, router, app.serve_options()).await;
    };
    let ended = until_stopped(working, serving, &app.stopping).await;
    sweeping.abort();
    ended
}

/// `docket worker`: the engine without HTTP, until a signal.
///
/// # Errors
/// Where it cannot start, and where the engine breaks off.
pub async fn worker(config: Config) -> Result<(), StartError> {
    let app = App::build(config, Arc::new(SystemClock)).await?;
    app.prepare().await?;
    watch(&app)?;
    tracing::info!("working");
    let sweeping = tokio::spawn(sweep(app.files.clone()));
    let working = tokio::spawn(work(app.engine.clone(), app.events.clone(), app.deliveries.clone()));
    let ended = until_stopped(working, app.stopping.cancelled(), &app.stopping).await;
    sweeping.abort();
    ended
}

/// Hears signals.
fn watch(app: &App) -> Result<(), StartError> {
    shutdown::on_signal(app.stopping.clone()).map_err(StartError::Runtime)
}

/// Tells where we are: in development one clear line on standard output.
#[expect(clippy::print_stdout, reason = "the one line that a developer waits for")]
fn announce(mode: Mode, address: std::net::SocketAddr) {
    if mode == Mode::Development {
        println!(
            "Docket is running: open http://{address}/ (users alice, bob, olivia, admin; GraphiQL at /graphiql)"
        );
    }
    tracing::info!(%address, "listening");
}

/// The engine, what hands it the events of processes, and what tells webhooks of them; all until they are
/// told to stop.
async fn work(engine: Engine, events: Events, deliveries: Deliveries) {
    tokio::join!(engine.work(), events.work(), deliveries.work());
}

async fn sweep(files: crate::files::Files) {
    let mut due = tokio::time::interval(SWEEP);
    loop {
        due.tick().await;
        match files.sweep_orphans().await {
            Ok(swept) => tracing::debug!(?swept, "swept the object storage"),
            Err(fault) => tracing::warn!(error = ?fault, "the object storage could not be swept"),
        }
    }
}

/// Waits until everything has stopped in good order: what `serving` has in hand is answered, the
/// engine finishes what it has and gives back the rest.
///
/// An engine that ends before it was told to takes the rest with it: a server that takes batches
/// nobody works on looks well and is not. Whoever runs the program starts it again.
///
/// # Errors
/// [`StartError::Engine`] where the engine ended by itself, or not in good order.
async fn until_stopped(
    mut working: JoinHandle<()>,
    serving: impl Future<Output = ()>,
    stopping: &CancellationToken,
) -> Result<(), StartError> {
    let mut serving = pin!(serving);
    let ended = tokio::select! {
        biased;
        () = serving.as_mut() => working.await.map_err(|error| StartError::Engine(error.to_string())),
        ended = &mut working => {
            let ended = match ended {
                Err(error) => Err(StartError::Engine(error.to_string())),
                Ok(()) if stopping.is_cancelled() => Ok(()),
                Ok(()) => Err(StartError::Engine("it ended without being told to".to_owned())),
            };
            if let Err(error) = &ended {
                tracing::error!(%error, "stopping");
            }
            stopping.cancel();
            serving.await;
            ended
        }
    };
    tracing::info!("stopped");
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    /// HTTP as it is seen from here: it serves until it is told to stop.
    async fn http(stopping: CancellationToken) {
        stopping.cancelled().await;
    }

    async fn ended(working: JoinHandle<()>, stopping: CancellationToken) -> Result<(), StartError> {
        // The bound only ends a test that has failed.
        let ended = until_stopped(working, http(stopping.clone()), &stopping);
        tokio::time::timeout(Duration::from_secs(10), ended).await.expect("the program stops")
    }

    #[tokio::test]
    async fn an_engine_that_panics_ends_the_program_with_an_error() {
        let stopping = CancellationToken::new();
        let working = tokio::spawn(async { panic!("the engine's fault") });
        let error = ended(working, stopping.clone()).await.unwrap_err();
        assert!(error.to_string().starts_with("the engine broke off: "), "{error}");
        assert_eq!(error.exit_code(), 1);
        assert!(stopping.is_cancelled(), "/readyz says so, and HTTP takes nothing new");
    }

    #[tokio::test]
    async fn an_engine_that_ends_by_itself_ends_the_program_with_an_error() {
        let error = ended(tokio::spawn(async {}), CancellationToken::new()).await.unwrap_err();
        assert!(matches!(error, StartError::Engine(_)), "{error}");
    }

    #[tokio::test]
    async fn a_signal_ends_it_in_good_order_unless_the_engine_panics_then() {
        let stopping = CancellationToken::new();
        let working = tokio::spawn(http(stopping.clone()));
        stopping.cancel();
        assert!(ended(working, stopping.clone()).await.is_ok());
        let told = stopping.clone();
        let working = tokio::spawn(async move {
            told.cancelled().await;
            panic!("while it finishes what is in hand");
        });
        assert!(matches!(ended(working, stopping).await, Err(StartError::Engine(_))));
    }
}
