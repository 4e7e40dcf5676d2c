//! For tests: a small schema, and a server on a free port with everything wired.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Context, EmptySubscription, Error, Object, Result, Schema, Subscription};
use axum::Router;
use chrono::{DateTime, Utc};
use futures::{Stream, StreamExt as _};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::auth::{Authenticator, TokenIssuer, TokenRules};
use super::{Asset, Assets, DevUsers, HttpConfig, HttpState, RequestId, ServeOptions, Served, router, serve};
use crate::graphql::fault::fault_error;
use crate::kernel::{Actor, Clock, Fault, ManualClock, Role};

const SECRET: &str = "a secret for tests, long enough to be one";

pub(super) struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }

    async fn add(&self, a: i32, b: i32) -> i32 {
        a.wrapping_add(b)
    }

    async fn day(&self, at: DateTime<Utc>) -> String {
        at.date_naive().to_string()
    }

    async fn me(&self, ctx: &Context<'_>) -> Result<String> {
        let actor = ctx.data::<Actor>()?;
        Ok(format!("{} {}", actor.user_id, actor.role.as_str()))
    }

    async fn request_id(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(ctx.data::<RequestId>()?.to_string())
    }

    async fn large(&self, bytes: usize) -> String {
        "x".repeat(bytes)
    }

    /// The option is outside: only so does the field alone become null.
    async fn fault(&self) -> Option<Result<i32>> {
        Some(Err(fault_error(Fault::not_found("batch").with("thing", "batch".into()))))
    }

    async fn bare_fault(&self) -> Result<Option<i32>, Fault> {
        Err(Fault::not_found("batch").with("thing", "batch".into()))
    }

    async fn internal(&self) -> Result<Option<i32>> {
        Err(fault_error(Fault::internal("password=hunter2")))
    }

    async fn bare_internal(&self) -> Result<Option<i32>, Fault> {
        Err(Fault::internal("password=hunter2"))
    }

    async fn foreign_error(&self) -> Result<Option<i32>> {
        Err(Error::from(std::io::Error::other("password=hunter2")))
    }

    async fn panic(&self, #[graphql(default = true)] really: bool) -> Option<i32> {
        assert!(!really, "hunter2");
        None
    }
}

pub(super) struct Mutation;

#[Object]
impl Mutation {
    /// Counts how often it is run, in the schema's data.
    async fn bump(&self, ctx: &Context<'_>) -> Result<usize> {
        Ok(ctx.data::<Arc<AtomicUsize>>()?.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Counts too, but only once the gate is opened.
    async fn bump_behind_the_gate(&self, ctx: &Context<'_>) -> Result<usize> {
        let gate = ctx.data::<Arc<Gate>>()?;
        gate.reached.notify_one();
        gate.open.notified().await;
        self.bump(ctx).await
    }
}

/// Holds a mutation in the middle of its work.
#[derive(Default)]
pub(super) struct Gate {
    /// The mutation has come this far.
    pub reached: Notify,
    /// It may go on.
    pub open: Notify,
}

pub(super) struct Subscriptions;

/// Counts the streams that are alive.
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(ctx: &Context<'_>) -> Result<Self> {
        let alive = ctx.data::<AliveStreams>()?.0.clone();
        alive.fetch_add(1, Ordering::SeqCst);
        Ok(Self(alive))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[derive(Clone, Default)]
pub(super) struct AliveStreams(pub Arc<AtomicUsize>);

#[Subscription]
impl Subscriptions {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        futures::stream::iter(1..=to)
    }

    /// Always ready, never done.
    async fn busy(
        &self,
        ctx: &Context<'_>,
        #[graphql(default)] bytes: usize,
    ) -> Result<impl Stream<Item = String>> {
        let alive = Alive::new(ctx)?;
        Ok(futures::stream::repeat_with(move || {
            let _ = &alive;
            "x".repeat(bytes)
        }))
    }

    /// Never ready, never done.
    async fn silent(&self, ctx: &Context<'_>) -> Result<impl Stream<Item = i32>> {
        let alive = Alive::new(ctx)?;
        Ok(futures::stream::pending().inspect(move |_| {
            let _ = &alive;
        }))
    }

    async fn refused(&self) -> Result<futures::stream::Pending<i32>, Fault> {
        Err(Fault::not_found("batch"))
    }

    async fn panics_after_one(&self) -> impl Stream<Item = i32> {
        futures::stream::iter(1..3).map(|n| if n == 1 { n } else { panic!("hunter2") })
    }
}

pub(super) type TestSchema = Schema<Query, Mutation, Subscriptions>;

pub(super) fn schema() -> TestSchema {
    Schema::build(Query, Mutation, Subscriptions)
        .data(Arc::new(AtomicUsize::new(0)))
        .data(AliveStreams::default())
        .data(Arc::new(Gate::default()))
        .finish()
}

/// A schema without subscriptions, to hold the transports to being generic.
#[allow(dead_code, reason = "that it compiles is the point")]
fn another_schema_will_do(state: HttpState<Schema<Query, Mutation, EmptySubscription>>) -> Router {
    router(state, Router::new())
}

/// A playground of three files.
pub(super) struct FewFiles(pub HashMap<&'static str, &'static str>);

impl Assets for FewFiles {
    fn get(&self, path: &str) -> Option<Asset> {
        let data = self.0.get(path)?;
        let mime = mime_guess::from_path(path).first_or_octet_stream().to_string();
        Some(Asset { data: data.as_bytes().into(), media_type: mime, hash: format!("h{}", data.len()) })
    }
}

/// A server on a free port.
pub(super) struct TestServer {
    pub address: SocketAddr,
    pub clock: Arc<ManualClock>,
    pub schema: TestSchema,
    pub shutdown: CancellationToken,
    pub serving: JoinHandle<Served>,
    pub client: reqwest::Client,
    issuer: TokenIssuer,
}

impl TestServer {
    pub(super) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts with another state than the usual, such as other settings.
    pub(super) async fn start_with(change: impl FnOnce(&mut HttpState<TestSchema>)) -> Self {
        Self::start_with_routes(change, Router::new()).await
    }

    pub(super) async fn start_with_routes(
        change: impl FnOnce(&mut HttpState<TestSchema>),
        further: Router,
    ) -> Self {
        Self::start_timed(change, further, |_| {}).await
    }

    pub(super) async fn start_timed(
        change: impl FnOnce(&mut HttpState<TestSchema>),
        further: Router,
        timing: impl FnOnce(&mut ServeOptions),
    ) -> Self {
        let start = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let clock = Arc::new(ManualClock::new(start));
        let rules = TokenRules::default();
        let authenticator = Authenticator::with_secret(&SECRET.into(), rules.clone(), clock.clone()).unwrap();
        let issuer =
            |clock: &Arc<ManualClock>| TokenIssuer::new(&SECRET.into(), &rules, clock.clone()).unwrap();
        let schema = schema();
        let mut state = HttpState::new(schema.clone(), Arc::new(authenticator), clock.clone());
        state.dev_users = Some(Arc::new(DevUsers {
            users: vec![actor("alice", Role::User), actor("admin", Role::Admin)],
            issuer: issuer(&clock),
            lifetime: Duration::from_secs(3600),
        }));
        state.assets = Arc::new(FewFiles(HashMap::new()));
        change(&mut state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = state.shutdown.clone();
        let mut options = ServeOptions::of(&state);
        timing(&mut options);
        let app = router(state, further);
        let serving = tokio::spawn(serve(listener, app, options));
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { address, issuer: issuer(&clock), clock, schema, shutdown, serving, client }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A token for `user` that lasts `seconds`.
    pub(super) fn token_for(&self, user: &str, seconds: u64) -> String {
        self.issuer.issue(&actor(user, Role::User), Duration::from_secs(seconds)).unwrap()
    }

    /// Alice's `Authorization`.
    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.token_for("alice", 3600))
    }

    /// How many subscriptions' streams are alive in the schema.
    pub(super) fn alive_streams(&self) -> usize {
        self.schema.data::<AliveStreams>().unwrap().0.load(Ordering::SeqCst)
    }

    /// What holds mutations.
    pub(super) fn gate(&self) -> &Gate {
        self.schema.data::<Arc<Gate>>().unwrap()
    }

    /// How often the mutation was run.
    pub(super) fn bumps(&self) -> usize {
        self.schema.data::<Arc<AtomicUsize>>().unwrap().load(Ordering::SeqCst)
    }
}

fn actor(user: &str, role: Role) -> Actor {
    Actor { user_id: user.into(), name: user.into(), role, plan: None }
}

/// Sets settings in a state.
pub(super) fn configure(state: &mut HttpState<TestSchema>, change: impl FnOnce(&mut HttpConfig)) {
    change(Arc::make_mut(&mut state.config));
}

/// Waits until something holds; the bound only ends a test that has failed.
pub(super) async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), waiting).await.is_ok(), "never: {what}");
}

/// That the clock in tests is the hand-moved one.
#[allow(dead_code, reason = "a check at compile time")]
fn clock_is_manual(server: &TestServer) -> DateTime<Utc> {
    server.clock.now()
}
