//! Log lines: for people in development, one JSON object a line elsewhere.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::config::LogFormat;

/// What is logged where `RUST_LOG` says nothing: what we do, and others' warnings.
const DEFAULT_FILTER: &str = "warn,docket=info";

/// Starts logging to standard error, filtered by `RUST_LOG`. Fields of spans (request, batch and
/// item ids) are part of every line below them. Later calls change nothing.
pub fn init(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    let started = match format {
        LogFormat::Text => registry.with(layer.with_target(false)).try_init(),
        LogFormat::Json => {
            let layer = layer.json().flatten_event(true).with_current_span(false);
            registry.with(layer).try_init()
        }
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging had been started already");
    }
}
