//! What every connection to PostgreSQL asks of the server: limits on how long a replica that has
//! frozen, or that the network has cut off, can keep others from working.
//!
//! PostgreSQL's own defaults wait for ever (or for two hours, where it is the network). They are
//! sent with the connection's start, so that no connection is ever without them; a pooler between
//! must let `options` through.

use std::time::Duration;

/// How long a transaction may be open while its replica says nothing. The server then ends the
/// session, and its locks are free: a third of the engine's usual lease, so that a run whose replica
/// froze in the middle of a turn is free before its leases run out. Nothing of ours waits for
/// anything but the database inside a transaction, which takes milliseconds.
pub const IDLE_IN_TRANSACTION: Duration = Duration::from_secs(10);

/// [`IDLE_IN_TRANSACTION`] as the server takes it.
const IDLE_IN_TRANSACTION_MS: &str = "10000";
/// How long a statement waits for a lock, in milliseconds. As long as a frozen holder can keep it;
/// whoever waits in vain gives up, with its connection free for others, and may try again.
const LOCK_TIMEOUT_MS: &str = "10000";
/// After so many seconds of silence the server asks whether we are still there,
const KEEPALIVE_IDLE_SECONDS: &str = "10";
/// again every so many seconds,
const KEEPALIVE_INTERVAL_SECONDS: &str = "5";
/// and takes us for gone when so many questions have had no answer: after 25 seconds in all.
const KEEPALIVE_COUNT: &str = "3";
/// The same for data on its way to us that nobody has confirmed, in milliseconds: keepalives are
/// not sent meanwhile.
const TCP_USER_TIMEOUT_MS: &str = "25000";
/// No statement of ours runs long enough to be worth compiling, whatever its estimate says.
const JIT: &str = "off";

/// The settings by their names.
pub(super) const SETTINGS: [(&str, &str); 7] = [
    ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MS),
    ("lock_timeout", LOCK_TIMEOUT_MS),
    ("tcp_keepalives_idle", KEEPALIVE_IDLE_SECONDS),
    ("tcp_keepalives_interval", KEEPALIVE_INTERVAL_SECONDS),
    ("tcp_keepalives_count", KEEPALIVE_COUNT),
    ("tcp_user_timeout", TCP_USER_TIMEOUT_MS),
    ("jit", JIT),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_the_duration() {
        assert_eq!(IDLE_IN_TRANSACTION_MS, IDLE_IN_TRANSACTION.as_millis().to_string());
    }
}
