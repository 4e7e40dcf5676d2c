//! A case: trees of instances under their locks, and what one operation makes of them.
//!
//! Every operation on approvals locks the row of the tree's topmost instance first, then reads what
//! it needs, changes it in memory, and writes all of it before it commits. So none waits crosswise
//! for another, and whoever comes second sees what the first has done. What happens to many trees at
//! once shares one case: it takes those that nobody else holds, and waits for none.

mod apply;
mod call;
mod ending;
mod errand;
mod events;
mod hand;
mod history;
mod inbox;
mod incidents;
mod jobs;
mod own;
mod reopen;
mod step;
mod store;
mod tasks;
mod together;
mod told;
mod variables;
mod write;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

pub(super) use call::MAX_DEPTH;
use chrono::{DateTime, Utc};
pub use events::EventKind;
use hand::Hand;
pub(super) use hand::NewInstance;
pub use history::HistoryKind;
pub(super) use history::Note;
use inbox::Copied;
pub(super) use incidents::{lock_trees_in_op, write_incidents_in_op};
use sea_orm::{DatabaseTransaction, DbErr};
pub(super) use store::candidates as candidates_of;
pub(super) use tasks::TaskInHand;
pub(super) use together::{Part, together};
use uuid::Uuid;
pub(super) use variables::{first_variables, last_variables};

use super::Inner;
use super::definition::Definition;
use super::execution::{Answer, Question};
use super::read;
use super::status::InstanceStatus;
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::bulk::by_ids;
use crate::storage::entity::{
    business_record, event_subscription, event_thrown, process_activity, process_history, process_instance,
    task, variable_history,
};

/// Trees of instances in hand.
pub(super) struct Case {
    inner: Arc<Inner>,
    tx: DatabaseTransaction,
    /// When all of this happens.
    pub now: DateTime<Utc>,
    /// Who does it; none: somebody without a name, or the process itself.
    actor: Option<String>,
    /// The generation of the webhooks, where it was read under the lock.
    webhooks: Option<i64>,
    /// The place of the next entry within the revision of each tree, by the place of its topmost instance.
    ordinals: HashMap<usize, i32>,
    hands: Vec<Hand>,
    /// The places of the instances in hand.
    places: HashMap<Uuid, usize>,
    /// How many instances were called, by the topmost instances of their trees.
    calls: HashMap<Uuid, usize>,
    called_processes: HashMap<String, Arc<Definition>>,
    /// What was found out of the outside.
    answers: Vec<(Question, Answer)>,
    tasks: BTreeMap<Uuid, TaskInHand>,
    /// The tasks in hand, by their activities.
    tasks_by_activity: HashMap<Uuid, Vec<Uuid>>,
    activities: Vec<process_activity::Model>,
    /// The places of the activities that were entered.
    entered: HashMap<Uuid, usize>,
    left: Vec<(Uuid, &'static str)>,
    resumed: Vec<Uuid>,
    history: Vec<process_history::Model>,
    /// By instance and name.
    variables: BTreeMap<(Uuid, String), variable_history::Model>,
    copies: Vec<Copied>,
    records: Vec<business_record::Model>,
    subscribed: Vec<event_subscription::Model>,
    unsubscribed: Vec<Uuid>,
    thrown: Vec<event_thrown::Model>,
    jobs: jobs::Jobs,
    /// Timers are to be handed out again.
    has_rearmed: bool,
    /// Activities whose tasks have been read: all of them, or those that are open or were added.
    read_activities: BTreeSet<(Uuid, bool)>,
}

/// What has been committed: whom to tell.
#[derive(Debug, Default)]
pub(super) struct Committed {
    /// The signals for those who watch.
    pub signals: Vec<Signal>,
    /// The instances that were in hand.
    pub instances: Vec<process_instance::Model>,
    /// The tasks that were in hand.
    pub tasks: Vec<task::Model>,
}

impl Case {
    /// Begins a case without instances.
    pub async fn begin(inner: &Arc<Inner>, actor: Option<&str>) -> Result<Self, DbErr> {
        let tx = inner.db.begin().await?;
        Ok(Self {
            inner: Arc::clone(inner),
            tx,
            now: inner.clock.now(),
            actor: actor.map(str::to_owned),
            webhooks: None,
            ordinals: HashMap::new(),
            hands: Vec::new(),
            places: HashMap::new(),
            calls: HashMap::new(),
            called_processes: HashMap::new(),
            answers: Vec::new(),
            tasks: BTreeMap::new(),
            tasks_by_activity: HashMap::new(),
            activities: Vec::new(),
            entered: HashMap::new(),
            left: Vec::new(),
            resumed: Vec::new(),
            history: Vec::new(),
            variables: BTreeMap::new(),
            copies: Vec::new(),
            records: Vec::new(),
            subscribed: Vec::new(),
            unsubscribed: Vec::new(),
            thrown: Vec::new(),
            jobs: jobs::Jobs::default(),
            has_rearmed: false,
            read_activities: BTreeSet::new(),
        })
    }

    /// Locks the tree of an instance and takes the instance in hand, with the topmost one.
    ///
    /// # Errors
    /// `NOT_FOUND`; `CONFLICT` where others hold it for too long.
    pub async fn open(
        inner: &Arc<Inner>,
        actor: Option<&str>,
        root: Uuid,
        instance: Uuid,
    ) -> Result<Self, Fault> {
        let mut case = Self::begin(inner, actor).await?;
        let (locked, webhooks) =
            store::lock(&case.tx, root).await?.ok_or_else(|| Fault::not_found("process instance"))?;
        case.webhooks = Some(webhooks);
        case.take(locked).await?;
        case.load(instance).await?;
        Ok(case)
    }

    /// Locks those of the trees that nobody else holds, and takes their topmost instances in hand with the
    /// instances of them that are asked for: pairs of the topmost one and the one below. One that cannot be
    /// read is left out like one that is held.
    ///
    /// # Errors
    /// The database's.
    pub async fn open_free(
        inner: &Arc<Inner>,
        actor: Option<&str>,
        wanted: &[(Uuid, Uuid)],
    ) -> Result<Self, Fault> {
        let mut case = Self::begin(inner, actor).await?;
        let mut roots: Vec<_> = wanted.iter().map(|(root, _)| *root).collect();
        roots.sort_unstable();
        roots.dedup();
        let (locked, webhooks) = store::lock_free(&case.tx, &roots).await?;
        case.webhooks = webhooks;
        for root in locked {
            case.take_if_readable(root).await;
        }
        let of_locked = |(root, instance): &(Uuid, Uuid)| case.has(*root).then_some(*instance);
        let instances: Vec<_> = wanted.iter().filter_map(of_locked).collect();
        for row in case.missing(&instances).await? {
            case.take_if_readable(row).await;
        }
        Ok(case)
    }

    /// Whether an instance is in hand.
    pub fn has(&self, id: Uuid) -> bool {
        self.places.contains_key(&id)
    }

    /// Ends it with nothing written.
    ///
    /// # Errors
    /// The database's.
    pub async fn give_up(self) -> Result<(), DbErr> {
        self.tx.rollback().await
    }

    /// What is written commits together.
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// An instance in hand.
    ///
    /// # Errors
    /// `INTERNAL` where it is not: a fault of ours.
    pub fn instance(&self, id: Uuid) -> Result<&process_instance::Model, Fault> {
        Ok(&self.hands[self.place_of(id)?].row)
    }

    /// The definition of an instance in hand.
    ///
    /// # Errors
    /// As [`instance`](Self::instance).
    pub fn definition(&self, id: Uuid) -> Result<&Arc<Definition>, Fault> {
        Ok(&self.hands[self.place_of(id)?].definition)
    }

    /// The state of an instance in hand.
    ///
    /// # Errors
    /// As [`instance`](Self::instance).
    pub fn state(&self, id: Uuid) -> Result<&super::execution::State, Fault> {
        Ok(&self.hands[self.place_of(id)?].state)
    }

    /// Changes an instance whose tokens stay, and writes down what happened.
    ///
    /// # Errors
    /// As [`instance`](Self::instance).
    pub fn change_instance(
        &mut self,
        id: Uuid,
        kind: HistoryKind,
        note: Note,
        change: impl FnOnce(&mut process_instance::Model),
    ) -> Result<(), Fault> {
        let place = self.place_of(id)?;
        change(&mut self.hands[place].row);
        self.note(place, kind, note);
        Ok(())
    }

    /// The place of one more entry in the history of the tree of the instance at a place.
    fn next_place(&mut self, place: usize) -> (i64, i32) {
        let root = self.root_of(place);
        self.hands[root].is_changed = true;
        let next = self.ordinals.entry(root).or_default();
        *next += 1;
        (self.hands[root].revision(), *next - 1)
    }

    /// The place of the topmost instance of a tree, whose revision is the tree's. It was taken in hand
    /// first.
    fn root_of(&self, place: usize) -> usize {
        self.places.get(&self.hands[place].row.root_id).copied().unwrap_or(place)
    }

    fn place_of(&self, id: Uuid) -> Result<usize, Fault> {
        self.places.get(&id).copied().ok_or_else(|| Fault::internal("an instance that is not in hand"))
    }

    /// The place of an instance, which is read where it is not in hand.
    async fn load(&mut self, id: Uuid) -> Result<usize, Fault> {
        if let Ok(place) = self.place_of(id) {
            return Ok(place);
        }
        let row = read::instance(&self.tx, id).await?;
        self.take(row.ok_or_else(|| Fault::not_found("process instance"))?).await
    }

    async fn take(&mut self, row: process_instance::Model) -> Result<usize, Fault> {
        let definition = self.inner.definitions.by_id(row.definition_id).await?;
        Ok(self.hold_on(Hand::read(row, definition)?))
    }

    /// Reads those of the instances that are not in hand.
    async fn load_all(&mut self, ids: &[Uuid]) -> Result<(), Fault> {
        for row in self.missing(ids).await? {
            self.take(row).await?;
        }
        Ok(())
    }

    async fn missing(&self, ids: &[Uuid]) -> Result<Vec<process_instance::Model>, DbErr> {
        let missing: Vec<_> = ids.iter().filter(|id| !self.has(**id)).copied().collect();
        by_ids(&self.tx, "process_instance", &missing).await
    }

    async fn take_if_readable(&mut self, row: process_instance::Model) {
        let id = row.id;
        if let Err(error) = self.take(row).await {
            tracing::warn!(instance = %id, %error, "an instance that cannot be read");
        }
    }

    /// Keeps an instance in hand; its place.
    fn hold_on(&mut self, hand: Hand) -> usize {
        let place = self.hands.len();
        self.places.insert(hand.row.id, place);
        self.hands.push(hand);
        place
    }

    /// Whether an instance in hand is under way.
    fn is_running(&self, place: usize) -> bool {
        self.hands[place].row.status == InstanceStatus::Running.code()
    }
}

/// Who may claim tasks, by the tasks' ids.
pub(super) type Candidates = HashMap<Uuid, Vec<String>>;
