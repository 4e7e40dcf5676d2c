//! The long-running commands: `serve` and `worker`.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::config::{Config, Mode};
use super::error::StartError;
use super::shutdown;
use super::wiring::App;
use crate::kernel::SystemClock;

/// How often what crashes left behind in the object storage is looked for.
const SWEEP: Duration = Duration::from_secs(6 * 3600);

/// `docket serve`: HTTP and the engine, until a signal.
///
/// # Errors
/// Where it cannot start.
pub async fn serve(config: Config) -> Result<(), StartError> {
    let app = App::build(config, Arc::new(SystemClock)).await?;
    app.prepare().await?;
    let address = app.config.listen;
    let failed = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let router = app.router()?;
    watch(&app)?;
    announce(app.config.mode, address);
    let working = tokio::spawn(work(app.engine.clone()));
    let sweeping = tokio::spawn(sweep(app.files.clone()));
    crate::http::serve(listener, router, app.serve_options()).await;
    finish(working, sweeping).await;
    Ok(())
}

/// `docket worker`: the engine without HTTP, until a signal.
///
/// # Errors
/// Where it cannot start.
pub async fn worker(config: Config) -> Result<(), StartError> {
    let app = App::build(config, Arc::new(SystemClock)).await?;
    app.prepare().await?;
    watch(&app)?;
    tracing::info!("working");
    let sweeping = tokio::spawn(sweep(app.files.clone()));
    let working = tokio::spawn(work(app.engine.clone()));
    finish(working, sweeping).await;
    Ok(())
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

async fn work(engine: crate::engine::Engine) {
    engine.work().await;
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

/// Waits for the engine, which finishes what is in hand and gives back the rest.
async fn finish(working: tokio::task::JoinHandle<()>, sweeping: tokio::task::JoinHandle<()>) {
    if let Err(error) = working.await {
        tracing::error!(%error, "the engine broke off");
    }
    sweeping.abort();
    tracing::info!("stopped");
}
