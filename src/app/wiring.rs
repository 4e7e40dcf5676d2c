//! The services put together.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::config::{Auth, Config, Mode, TokenKey};
use super::dev;
use super::error::StartError;
use super::probes::{DatabaseProbe, Recent, StorageProbe};
use super::secret::token_secret;
use crate::account::Accounts;
use crate::adapters::{GuardedCalls, GuardedWebhooks};
use crate::batch::{
    ApprovalHandler, Batches, BatchesConfig, BatchesParts, PipelineHandler, PipelineHandlerParts,
};
use crate::directory::Directory;
use crate::engine::{Engine, EngineParts};
use crate::events::{Bus, Feed, LocalBus, RedisBus};
use crate::files::fetch::{Fetcher, SystemResolver};
use crate::files::{Files, Inputs, LinkSigner, ObjectStore};
use crate::graphql::{self, Api, Services};
use crate::http::auth::{Authenticator, JwksOptions, TokenRules};
use crate::http::{self, CallbackRoutes, FileRoutes, HttpState, Probe, ServeOptions};
use crate::kernel::{Clock, Failpoints};
use crate::pipeline::{Features, HttpPictureServices, Processor, StepKinds};
use crate::storage::Db;
use crate::workflow::{
    CallHandler, Deliveries, DeliveriesParts, EventHandler, Events, NoSecondFactor, SecondFactor,
    StartHandler, Workflow, WorkflowParts,
};

/// How long a client may take to send a request's head, and an idle connection is kept.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// Every service of the program, connected and idle.
pub struct App {
    /// The configuration.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The database.
    pub db: Db,
    /// Quota.
    pub accounts: Accounts,
    /// Features.
    pub features: Features,
    /// Files.
    pub files: Files,
    /// The engine; it does nothing until [`Engine::work`] is called.
    pub engine: Engine,
    /// Batches.
    pub batches: Batches,
    /// People and what they belong to.
    pub directory: Directory,
    /// Approvals.
    pub workflow: Workflow,
    /// Hands what is due in them to the engine; it does nothing until [`Events::work`] is called.
    pub events: Events,
    /// Sends what webhooks are to be told; it does nothing until [`Deliveries::work`] is called.
    pub deliveries: Deliveries,
    /// The GraphQL schema over all of these.
    pub schema: Api,
    /// The secret that tokens are signed with, where it is ours.
    pub token_secret: Option<SecretString>,
    /// Cancelled to stop: the engine claims nothing more, and HTTP takes no more connections.
    pub stopping: CancellationToken,
    links: LinkSigner,
    in_hand: TaskTracker,
}

impl App {
    /// Connects to everything and builds the services. Neither migrates nor listens nor works.
    ///
    /// # Errors
    /// [`StartError`], the first that stands in the way.
    pub async fn build(config: Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        Self::build_with(config, clock, Arc::new(NoSecondFactor)).await
    }

    /// The same where somebody gives out tickets of second factors.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub async fn build_with(
        config: Config,
        clock: Arc<dyn Clock>,
        second_factor: Arc<dyn SecondFactor>,
    ) -> Result<Self, StartError> {
        config.prepare_data_dir()?;
        let token_secret = token_secret(&config, config.mode == Mode::Development)?;
        let links = links(&config, token_secret.as_ref())?;
        let db = Db::connect(config.database_url.expose_secret(), config.database_connections).await?;
        let objects = ObjectStore::open(&config.storage)?;
        let files = Files::new(db.clone(), objects, links.clone(), clock.clone(), config.files.clone());
        let accounts = Accounts::new(db.clone(), clock.clone());
        let kinds = Arc::new(StepKinds::new(&config.pipeline)?);
        let features = Features::new(db.clone(), clock.clone(), kinds.clone());
        let fetcher = Fetcher::new(config.fetch.clone(), Arc::new(SystemResolver), clock.clone())
            .map_err(StartError::Fetch)?;
        let largest = config.files.max_bytes.max(config.fetch.max_bytes);
        let inputs = Inputs::new(files.clone(), fetcher.clone(), largest);
        let stopping = CancellationToken::new();
        let services = Arc::new(HttpPictureServices::new(&config.pipeline)?);
        let handler = PipelineHandler::new(PipelineHandlerParts {
            accounts: accounts.clone(),
            inputs: inputs.clone(),
            files: files.clone(),
            processor: Arc::new(Processor::new(&config.pipeline, &kinds, services)?),
            config: config.handler.clone(),
        });
        let bus = bus(&config)?;
        let directory = Directory::new(db.clone(), clock.clone());
        let workflow = Workflow::new(WorkflowParts {
            db: db.clone(),
            clock: clock.clone(),
            bus: bus.clone(),
            directory: directory.clone(),
            files: files.clone(),
            second_factor,
            sender: Arc::new(GuardedWebhooks::new(fetcher.clone(), clock.clone())),
            random: rand::random,
            draw: |below| rand::random_range(0..below.max(1)),
            failpoints: Failpoints::of_environment(),
        });
        let calls = Arc::new(GuardedCalls::new(fetcher, clock.clone()));
        let calls = CallHandler::new(workflow.clone(), calls, links.clone(), config.public_url.clone());
        let engine = Engine::new(EngineParts {
            db: db.clone(),
            clock: clock.clone(),
            bus: bus.clone(),
            handlers: vec![
                Arc::new(handler),
                Arc::new(EventHandler::new(workflow.clone())),
                Arc::new(StartHandler::new(workflow.clone())),
                Arc::new(calls),
                Arc::new(ApprovalHandler::new(workflow.clone())),
            ],
            config: config.engine.clone(),
            holder: Uuid::new_v4().to_string(),
            jitter: rand::random::<f64>,
            stopping: stopping.clone(),
        });
        let events = Events::new(workflow.clone(), engine.clone(), stopping.clone());
        let deliveries = Deliveries::new(DeliveriesParts {
            workflow: workflow.clone(),
            chance: rand::random::<f64>,
            stopping: stopping.clone(),
        });
        let batches = Batches::new(BatchesParts {
            db: db.clone(),
            clock: clock.clone(),
            engine: engine.clone(),
            feed: Feed::new(engine.journal(), bus.as_ref()),
            accounts: accounts.clone(),
            features: features.clone(),
            inputs,
            files: files.clone(),
            workflow: workflow.clone(),
            config: BatchesConfig { own_base: config.public_url.clone(), max_attempts: config.max_attempts },
        });
        let schema = graphql::schema(
            Arc::new(Services {
                batches: batches.clone(),
                accounts: accounts.clone(),
                features: features.clone(),
                directory: directory.clone(),
                workflow: workflow.clone(),
                files: files.clone(),
                links: links.clone(),
                clock: clock.clone(),
            }),
            config.http.introspection,
        );
        let in_hand = TaskTracker::new();
        Ok(Self {
            config,
            clock,
            db,
            accounts,
            features,
            files,
            engine,
            batches,
            directory,
            workflow,
            events,
            deliveries,
            schema,
            token_secret,
            stopping,
            links,
            in_hand,
        })
    }

    /// Brings the database's schema and the shipped features up to date; in development, gives its
    /// users their quota. Safe with several replicas at once, and more than once.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn prepare(&self) -> Result<(), StartError> {
        self.db.migrate().await?;
        self.features.install_shipped().await?;
        if self.config.mode == Mode::Development {
            dev::grant_quota(&self.accounts).await?;
            dev::open_office(&self.directory, &self.workflow).await?;
        }
        Ok(())
    }

    /// The routes, over the schema and the services.
    ///
    /// # Errors
    /// Where tokens cannot be verified with the configuration as it is.
    pub fn router(&self) -> Result<Router, StartError> {
        let authenticator = authenticator(&self.config.auth, self.token_secret.as_ref(), self.clock.clone())?;
        let mut state = HttpState::new(self.schema.clone(), Arc::new(authenticator), self.clock.clone());
        state.config = Arc::new(self.config.http.clone());
        state.open = graphql::OPEN_TO_NOBODY;
        state.probes = Arc::new([
            Arc::new(Recent::new(DatabaseProbe(self.db.clone()), self.clock.clone())) as Arc<dyn Probe>,
            Arc::new(Recent::new(StorageProbe(self.files.clone()), self.clock.clone())),
        ]);
        // Only the first of several in one process, as in tests, has metrics.
        state.metrics = http::install_metrics().ok();
        if let (Mode::Development, Some(secret)) = (self.config.mode, &self.token_secret) {
            let rules = token_rules(&self.config.auth);
            state.dev_users = Some(Arc::new(dev::users(secret, &rules, self.clock.clone())?));
        }
        state.shutdown = self.stopping.clone();
        state.in_hand = self.in_hand.clone();
        let further = http::file_routes(FileRoutes {
            files: self.files.clone(),
            batches: self.batches.clone(),
            links: self.links.clone(),
            clock: self.clock.clone(),
        });
        let callbacks = http::callback_routes(CallbackRoutes {
            workflow: self.workflow.clone(),
            links: self.links.clone(),
            clock: self.clock.clone(),
        });
        Ok(http::router(state, further.merge(callbacks)))
    }

    /// How to serve the routes, and until when.
    pub fn serve_options(&self) -> ServeOptions {
        ServeOptions {
            in_hand: self.in_hand.clone(),
            shutdown: self.stopping.clone(),
            grace: self.config.grace,
            head_timeout: HEAD_TIMEOUT,
        }
    }
}

/// Carries signals to the other replicas where there is a Redis, else within this process.
fn bus(config: &Config) -> Result<Arc<dyn Bus>, StartError> {
    Ok(match &config.redis_url {
        Some(url) => Arc::new(RedisBus::start(url.expose_secret()).map_err(StartError::Redis)?),
        None => Arc::new(LocalBus::default()),
    })
}

/// What tokens must say.
pub(super) fn token_rules(auth: &Auth) -> TokenRules {
    TokenRules {
        issuers: auth.issuer.iter().cloned().collect(),
        audiences: auth.audience.iter().cloned().collect(),
        ..TokenRules::default()
    }
}

fn authenticator(
    auth: &Auth,
    secret: Option<&SecretString>,
    clock: Arc<dyn Clock>,
) -> Result<Authenticator, StartError> {
    let rules = token_rules(auth);
    match (&auth.key, secret) {
        (TokenKey::Jwks(url), _) => {
            Ok(Authenticator::with_jwks(url.clone(), JwksOptions::default(), rules, clock)?)
        }
        (_, Some(secret)) => Ok(Authenticator::with_secret(secret, rules, clock)?),
        (_, None) => Err(StartError::NoSecret),
    }
}

/// Signs links with their own secret or the tokens'; whoever gives none out, with a random one.
fn links(config: &Config, token_secret: Option<&SecretString>) -> Result<LinkSigner, StartError> {
    let secret = config.link_secret.as_ref().or(token_secret);
    let secret = match secret {
        Some(secret) => secret.clone(),
        None if !config.mode.serves() => hex::encode(rand::random::<[u8; 32]>()).into(),
        None => return Err(StartError::NoSecret),
    };
    Ok(LinkSigner::new(&secret)?.with_lifetime(config.link_lifetime))
}
