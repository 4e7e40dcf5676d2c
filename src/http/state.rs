//! What the router is built from.

use std::sync::Arc;

use async_graphql::Request;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::assets::{Assets, Playground};
use super::auth::Authenticator;
use super::config::HttpConfig;
use super::dev_users::DevUsers;
use super::health::Probe;
use crate::kernel::{Actor, Clock};

/// Gives a request what its resolvers need beyond the [`Actor`] and the
/// [`RequestId`](super::RequestId), which it has already: loaders above all, which live as long as
/// the request.
pub type Equip = Arc<dyn Fn(Request, &Actor) -> Request + Send + Sync>;

/// What the router is built from; `E` is the GraphQL schema.
#[derive(Clone)]
pub struct HttpState<E> {
    /// The schema.
    pub executor: E,
    /// Verifies tokens.
    pub authenticator: Arc<Authenticator>,
    /// The time, against which tokens run out.
    pub clock: Arc<dyn Clock>,
    /// The settings.
    pub config: Arc<HttpConfig>,
    /// Gives requests what resolvers need.
    pub equip: Equip,
    /// The mutations that are executed for who has no token too: by `POST`, one at a time.
    pub open: &'static [&'static str],
    /// What must work for `/readyz` to say so.
    pub probes: Arc<[Arc<dyn Probe>]>,
    /// Where `/metrics` reads; none: there is no such page.
    pub metrics: Option<PrometheusHandle>,
    /// Who `/dev/users` lists, in development mode.
    pub dev_users: Option<Arc<DevUsers>>,
    /// The playground's files.
    pub assets: Arc<dyn Assets>,
    /// Ends sockets and event streams, so that their clients go elsewhere.
    pub shutdown: CancellationToken,
    /// What outlives its request and [`serve`](super::serve()) waits for: open websockets, and
    /// mutations.
    pub in_hand: TaskTracker,
}

impl<E> HttpState<E> {
    /// A state with default settings, no probes, no metrics and no development users.
    pub fn new(executor: E, authenticator: Arc<Authenticator>, clock: Arc<dyn Clock>) -> Self {
        Self {
            executor,
            authenticator,
            clock,
            config: Arc::default(),
            equip: Arc::new(|request, _| request),
            open: &[],
            probes: Arc::new([]),
            metrics: None,
            dev_users: None,
            assets: Arc::new(Playground),
            shutdown: CancellationToken::new(),
            in_hand: TaskTracker::new(),
        }
    }
}
