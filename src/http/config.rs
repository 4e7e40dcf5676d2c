//! What can be set about HTTP.

use std::time::Duration;

use super::graphql::guard::QueryLimits;

/// The settings of the router.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Development mode: only requests to a loopback name are answered (a page of another site
    /// could otherwise reach us under a name of its own), and `/dev/users` is there.
    pub development: bool,
    /// The origins (`https://dashboard.example`) whose pages may call, besides our own. Empty in
    /// production: websockets are open to pages of any origin, which must bring a token anyway, and
    /// no other page may read answers over HTTP.
    pub allowed_origins: Vec<String>,
    /// Whether `__schema` and `__type` may be asked for.
    pub introspection: bool,
    /// What a query may cost.
    pub limits: QueryLimits,
    /// The most bytes of a GraphQL request's body.
    pub max_body_bytes: usize,
    /// How long such a body may take to arrive.
    pub body_timeout: Duration,
    /// How many requests an array of them may hold; 0: no arrays.
    pub max_batch: usize,
    /// The settings of websockets.
    pub sockets: SocketConfig,
}

/// The settings of websockets.
#[derive(Debug, Clone)]
pub struct SocketConfig {
    /// How long a client may take to send `connection_init`.
    pub init_timeout: Duration,
    /// How often a client is pinged; one that says nothing for two of these is gone.
    pub ping_interval: Duration,
    /// How long one message may take to be taken by the client's side; a client that reads more
    /// slowly than that is cut off.
    pub send_timeout: Duration,
    /// The most bytes of a message from a client.
    pub max_message_bytes: usize,
    /// The most operations at a time on one socket.
    pub max_operations: usize,
    /// How many results may wait to be sent on one socket, over all its operations.
    pub queue: usize,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            development: false,
            allowed_origins: Vec::new(),
            introspection: true,
            limits: QueryLimits::default(),
            max_body_bytes: 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            max_batch: 0,
            sockets: SocketConfig::default(),
        }
    }
}

impl Default for SocketConfig {
    fn default() -> Self {
        Self {
            init_timeout: Duration::from_secs(10),
            ping_interval: Duration::from_secs(20),
            send_timeout: Duration::from_secs(10),
            max_message_bytes: 256 * 1024,
            max_operations: 50,
            queue: 16,
        }
    }
}
