//! Stopping in good order.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit code after a second signal, as shells have it for SIGINT.
const IMPATIENT: i32 = 130;

/// Cancels `stopping` at the first SIGINT or SIGTERM. A second one ends the process at once; what
/// was in hand is then taken up again when its leases run out.
///
/// # Errors
/// Where signals cannot be listened for.
#[expect(clippy::disallowed_methods, reason = "whoever signals twice wants no more waiting")]
pub fn on_signal(stopping: CancellationToken) -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
        tracing::info!("stopping: what is in hand is finished, what is not is given back");
        stopping.cancel();
        tokio::select! { _ = interrupt.recv() => {} _ = terminate.recv() => {} }
        tracing::warn!("stopped at once");
        std::process::exit(IMPATIENT);
    });
    Ok(())
}
