//! Everything that Docket is made of, wired together over one database.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use docket::account::Accounts;
use docket::adapters::GuardedWebhooks;
use docket::batch::{
    Batches, BatchesConfig, BatchesParts, PipelineHandler, PipelineHandlerConfig, PipelineHandlerParts,
};
use docket::directory::Directory;
use docket::engine::{Engine, EngineConfig, EngineParts};
use docket::events::{Bus, Feed, LocalBus};
use docket::files::fetch::{FetchConfig, Fetcher, SystemResolver};
use docket::files::{Files, FilesConfig, FolderConfig, Inputs, LinkSigner, ObjectStore, StorageConfig};
use docket::kernel::{Clock, Failpoints, ManualClock, Role};
use docket::pipeline::{Features, HttpPictureServices, NewFeature, PipelineConfig, Processor, StepKinds};
use docket::storage::Db;
use docket::workflow::{NoSecondFactor, Workflow, WorkflowParts};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::pictures::MAX_PIXELS;
use super::{Database, Person, Pictures};

/// A feature without a rate limit: 1 an item, at most 50 items, five at once.
pub const FREE: &str = "free";

/// A world of its own for a test. Time stands still until it is moved by hand.
pub struct World {
    pub db: Db,
    pub clock: Arc<ManualClock>,
    pub accounts: Accounts,
    pub features: Features,
    pub files: Files,
    pub engine: Engine,
    pub batches: Batches,
    pub directory: Directory,
    pub workflow: Workflow,
    pub pictures: Pictures,
    pub objects: TempDir,
    batches_with: Box<dyn Fn(Arc<dyn Clock>) -> Batches + Send + Sync>,
    stopping: CancellationToken,
    working: Option<JoinHandle<()>>,
    _database: Database,
}

impl World {
    /// A world whose engine works.
    pub async fn working(database: Database) -> Self {
        let mut world = Self::idle(database).await;
        world.work();
        world
    }

    /// A world in which nothing happens until [`World::work`].
    pub async fn idle(database: Database) -> Self {
        let db = database.db.clone();
        let clock = Arc::new(ManualClock::new(start()));
        let pictures = Pictures::start().await;
        let objects = tempfile::tempdir().unwrap();
        let dyn_clock: Arc<dyn Clock> = clock.clone();
        let store =
            ObjectStore::open(&StorageConfig::Folder(FolderConfig { path: objects.path().to_owned() }))
                .unwrap();
        let links = LinkSigner::new(&SecretString::from("7".repeat(32))).unwrap();
        let files = Files::new(db.clone(), store, links, dyn_clock.clone(), FilesConfig::default());
        let fetch = FetchConfig { allow: pictures.host().parse().unwrap(), ..FetchConfig::default() };
        let fetcher = Fetcher::new(fetch, Arc::new(SystemResolver), dyn_clock.clone()).unwrap();
        let inputs = Inputs::new(files.clone(), fetcher.clone(), 25 << 20);
        let config = PipelineConfig { max_pixels: MAX_PIXELS, ..PipelineConfig::default() };
        let kinds = Arc::new(StepKinds::new(&config).unwrap());
        let services = Arc::new(HttpPictureServices::new(&config).unwrap());
        let processor = Arc::new(Processor::new(&config, &kinds, services).unwrap());
        let features = Features::new(db.clone(), dyn_clock.clone(), kinds);
        let accounts = Accounts::new(db.clone(), dyn_clock.clone());
        let stopping = CancellationToken::new();
        let handler = PipelineHandler::new(PipelineHandlerParts {
            accounts: accounts.clone(),
            inputs: inputs.clone(),
            files: files.clone(),
            processor,
            config: PipelineHandlerConfig { capacity: 12, ..PipelineHandlerConfig::default() },
        });
        let bus: Arc<dyn Bus> = Arc::new(LocalBus::default());
        let engine = Engine::new(EngineParts {
            db: db.clone(),
            clock: dyn_clock.clone(),
            bus: bus.clone(),
            handlers: vec![Arc::new(handler)],
            config: EngineConfig { grace: Duration::ZERO, ..EngineConfig::default() },
            holder: "test".to_owned(),
            jitter: || 0.5,
            stopping: stopping.clone(),
        });
        let feed = Feed::new(engine.journal(), bus.as_ref());
        let directory = Directory::new(db.clone(), dyn_clock.clone());
        let workflow = Workflow::new(WorkflowParts {
            db: db.clone(),
            clock: dyn_clock.clone(),
            bus: bus.clone(),
            directory: directory.clone(),
            files: files.clone(),
            second_factor: Arc::new(NoSecondFactor),
            sender: Arc::new(GuardedWebhooks::new(fetcher, dyn_clock.clone())),
            random: || [7; 32],
            // The last of them is drawn, always.
            draw: |below| below - 1,
            failpoints: Failpoints::default(),
        });
        let parts = (
            (db.clone(), engine.clone(), accounts.clone()),
            (features.clone(), files.clone(), workflow.clone()),
        );
        let batches_with = move |clock| {
            let ((db, engine, accounts), (features, files, workflow)) = parts.clone();
            let config = BatchesConfig { own_base: "http://docket.test/".parse().unwrap(), max_attempts: 3 };
            let (feed, inputs) = (feed.clone(), inputs.clone());
            Batches::new(BatchesParts {
                db,
                clock,
                engine,
                feed,
                accounts,
                features,
                inputs,
                files,
                workflow,
                config,
            })
        };
        let batches = batches_with(dyn_clock);
        features.install_shipped().await.unwrap();
        let world = Self {
            db,
            clock,
            accounts,
            features,
            files,
            engine,
            batches,
            directory,
            workflow,
            pictures,
            objects,
            batches_with: Box::new(batches_with),
            stopping,
            working: None,
            _database: database,
        };
        world.add_feature(NewFeature { rate_limit: None, ..free() }).await;
        world
    }

    /// The engine begins to work.
    pub fn work(&mut self) {
        let engine = self.engine.clone();
        self.working = Some(tokio::spawn(async move { engine.work().await }));
    }

    /// Another service of batches over the same world. Whoever holds its clock besides us is a
    /// part of it that still lives.
    pub fn another_batches(&self, clock: Arc<dyn Clock>) -> Batches {
        (self.batches_with)(clock)
    }

    /// An operator adds a feature.
    pub async fn add_feature(&self, feature: NewFeature) {
        self.features.create(&self.olivia().actor, feature).await.unwrap();
    }

    /// Uses features.
    pub fn alice(&self) -> Person<'_> {
        Person::new(self, "alice", Role::User)
    }

    /// Uses features too.
    pub fn bob(&self) -> Person<'_> {
        Person::new(self, "bob", Role::User)
    }

    /// Looks after features.
    pub fn olivia(&self) -> Person<'_> {
        Person::new(self, "olivia", Role::Operator)
    }

    /// May everything.
    pub fn admin(&self) -> Person<'_> {
        Person::new(self, "admin", Role::Admin)
    }

    /// Moves the clock forwards.
    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

/// The feature [`FREE`], to be varied.
pub fn free() -> NewFeature {
    NewFeature {
        key: FREE.to_owned(),
        name: "Free of limits".to_owned(),
        quota_cost: 1,
        ..NewFeature::default()
    }
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}
