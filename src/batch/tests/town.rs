//! Some users with little quota, their batches, and everything that may happen to them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::DateTime;
use tempfile::TempDir;
use uuid::Uuid;

use super::audit::Books;
use super::client::Client;
use crate::account::GrantQuota;
use crate::app::{App, Config, Mode};
use crate::batch::CreateBatch;
use crate::engine::testing::{Ending, Step, World};
use crate::kernel::{Actor, ErrorCode, ManualClock, Role};
use crate::pipeline::NewFeature;
use crate::storage::scratch::Scratch;

/// How many users there are.
pub(super) const USERS: usize = 2;
/// Features by what an item costs and how many items may be in hand at once.
const FEATURES: [(&str, i64, i64); 4] = [("gift", 0, 3), ("cheap", 1, 2), ("usual", 2, 5), ("dear", 3, 4)];
/// How many features there are.
pub(super) const OFFERS: usize = FEATURES.len();

/// What happens next. Whose batch it is follows from the batch; which batch is a number, taken
/// modulo those that there are.
#[derive(Debug, Clone)]
pub(super) enum Event {
    Grant {
        user: usize,
        amount: i64,
    },
    Create {
        user: usize,
        offer: usize,
        items: usize,
        /// An idempotency key, of a few.
        key: Option<u8>,
    },
    /// Something happens to one batch.
    To {
        batch: usize,
        step: Step,
    },
    /// All at once: a replica records, the user cancels and retries twice, quota is granted.
    Rush {
        batch: usize,
        replica: usize,
        ending: Ending,
    },
}

/// The services, wired as they are in the program.
pub(super) struct Services {
    app: App,
    clock: Arc<ManualClock>,
    _scratch: Scratch,
    _folder: TempDir,
}

impl Services {
    pub(super) async fn over(scratch: Scratch) -> Arc<Self> {
        let folder = tempfile::tempdir().unwrap();
        let variables = [
            ("DATABASE_URL", scratch.url.as_str()),
            ("DOCKET_DATA_DIR", folder.path().to_str().unwrap()),
            ("DOCKET_ENGINE__MAX_ATTEMPTS", "2"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::load(Mode::Tool, None, variables).unwrap();
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_795_000_000, 0).unwrap()));
        let app = App::build(config, clock.clone()).await.unwrap();
        app.prepare().await.unwrap();
        for (key, quota_cost, concurrency) in FEATURES {
            let feature = NewFeature {
                key: key.to_owned(),
                name: key.to_owned(),
                quota_cost,
                concurrency: Some(concurrency),
                ..NewFeature::default()
            };
            app.features.create(&actor("admin", Role::Admin), feature).await.unwrap();
        }
        Arc::new(Self { app, clock, _scratch: scratch, _folder: folder })
    }
}

/// What one idempotency key stands for.
struct Remembered {
    input: (usize, usize),
    batch: Uuid,
    cost: i64,
}

/// See the module. Its users are in no other town.
pub(super) struct Town {
    services: Arc<Services>,
    clients: Vec<Client>,
    granted: Vec<i64>,
    batches: Vec<World<Client>>,
    keys: HashMap<(usize, u8), Remembered>,
}

impl Town {
    pub(super) fn new(services: Arc<Services>) -> Self {
        let town = Uuid::now_v7();
        let client = |n| Client {
            actor: actor(&format!("user-{n}-of-{town}"), Role::User),
            batches: services.app.batches.clone(),
            accounts: services.app.accounts.clone(),
            db: services.app.db.clone(),
        };
        let clients = (0..USERS).map(client).collect();
        Self { services, clients, granted: vec![0; USERS], batches: Vec::new(), keys: HashMap::new() }
    }

    /// Lets it happen, and checks everything.
    pub(super) async fn goes_on(&mut self, event: &Event) {
        match *event {
            Event::Grant { user, amount } => {
                grant(&self.services, &self.clients[user], amount).await;
                self.granted[user] += amount;
            }
            Event::Create { user, offer, items, key } => self.create(user, offer, items, key).await,
            Event::To { batch, ref step } => {
                if let Some(batch) = place(batch, self.batches.len()) {
                    self.batches[batch].step(step).await;
                }
            }
            Event::Rush { batch, replica, ending } => {
                if let Some(batch) = place(batch, self.batches.len()) {
                    Box::pin(self.rush(batch, replica, ending)).await;
                }
            }
        }
        self.audit().await;
    }

    /// Everything comes to its end; then what was paid is what was got.
    pub(super) async fn calms_down(&mut self) {
        for batch in &mut self.batches {
            batch.calm_down().await;
        }
        self.audit().await;
        for (client, granted) in self.clients.iter().zip(&self.granted) {
            let mut earned = 0;
            for batch in self.batches.iter().filter(|batch| batch.owner().actor == client.actor) {
                let run = batch.run().await;
                earned += client.sees(run.id).await.row.item_cost * run.succeeded;
            }
            assert_eq!(client.balance().await, granted - earned);
        }
    }

    async fn create(&mut self, user: usize, offer: usize, items: usize, key: Option<u8>) {
        let client = &self.clients[user];
        let (feature, item_cost, _) = FEATURES[offer];
        let cost = item_cost * i64::try_from(items).unwrap();
        let balance = client.balance().await;
        let create = CreateBatch {
            feature: feature.to_owned(),
            input_images: (0..items).map(|n| format!("https://pictures.example/{n}.jpg")).collect(),
            input_data: None,
            idempotency_key: key.map(|key| key.to_string()),
        };
        let answer = client.batches.create(&client.actor, create).await;
        let charge = balance - client.balance().await;
        let known = key.and_then(|key| self.keys.get(&(user, key)));
        match (known, answer) {
            (Some(known), Ok(created)) => {
                assert_eq!(known.input, (offer, items), "a key that was used for another input");
                assert_eq!((created.batch.id(), created.quota_cost), (known.batch, known.cost));
                assert_eq!(charge, 0, "a repeated create was charged");
            }
            (Some(known), Err(fault)) => {
                assert_ne!(known.input, (offer, items), "{fault:?}");
                assert_eq!((fault.code(), charge), (ErrorCode::Conflict, 0));
            }
            (None, Ok(created)) => {
                assert!(cost <= balance, "{cost} of {balance}");
                assert_eq!((created.quota_cost, charge), (cost, cost));
                if let Some(key) = key {
                    let batch = created.batch.id();
                    self.keys.insert((user, key), Remembered { input: (offer, items), batch, cost });
                }
                let (engine, clock) = (&self.services.app.engine, self.services.clock.clone());
                let run =
                    engine.runs(&[created.batch.id()]).await.unwrap().remove(&created.batch.id()).unwrap();
                let world = World::over(engine, clock, &run, client.clone()).await;
                self.batches.push(world);
            }
            (None, Err(fault)) => {
                assert!(cost > balance, "{fault:?}");
                assert_eq!((fault.code(), charge), (ErrorCode::QuotaExceeded, 0));
            }
        }
    }

    /// Whoever of them comes first and whoever is refused: the audit must not be able to tell.
    async fn rush(&mut self, batch: usize, replica: usize, ending: Ending) {
        let world = &mut self.batches[batch];
        let client = world.owner().clone();
        let id = world.run().await.id;
        let turn = Step::Turn { replica, settle: 9, ending, want: 0, answered: true };
        let (cancelled, one, other, (), ()) = tokio::join!(
            client.batches.cancel(&client.actor, id),
            client.batches.retry_failed(&client.actor, id),
            client.batches.retry_failed(&client.actor, id),
            world.act(&turn),
            grant(&self.services, &client, 1),
        );
        let user = self.clients.iter().position(|other| other.actor == client.actor).unwrap();
        self.granted[user] += 1;
        assert!(one.is_err() || other.is_err(), "both of two retries have won");
        for fault in [cancelled.err(), one.err(), other.err()].into_iter().flatten() {
            let expected = [ErrorCode::Conflict, ErrorCode::BadInput, ErrorCode::QuotaExceeded];
            assert!(expected.contains(&fault.code()), "{fault:?}");
        }
        self.batches[batch].check().await;
    }

    async fn audit(&self) {
        let users: Vec<_> = self.clients.iter().map(|client| client.actor.user_id.as_str()).collect();
        let granted: BTreeMap<_, _> = users.iter().copied().zip(self.granted.iter().copied()).collect();
        Books::of(&self.services.app.db, &users).await.check(&granted);
    }
}

async fn grant(services: &Services, client: &Client, amount: i64) {
    let grant = GrantQuota {
        user_id: client.actor.user_id.clone(),
        amount,
        reason: "for the test".to_owned(),
        idempotency_key: Uuid::now_v7().to_string(),
    };
    services.app.accounts.grant(&actor("admin", Role::Admin), grant).await.unwrap();
}

fn actor(user_id: &str, role: Role) -> Actor {
    Actor { user_id: user_id.to_owned(), name: user_id.to_owned(), role, plan: None }
}

/// One of `count` places, where there are any.
fn place(number: usize, count: usize) -> Option<usize> {
    number.checked_rem(count)
}
