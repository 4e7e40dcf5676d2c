//! A case: a tree of instances under its lock, and what one operation makes of it.
//!
//! Every operation on approvals locks the row of the tree's topmost instance first, then reads what
//! it needs, changes it in memory, and writes all of it before it commits. So none waits crosswise
//! for another, and whoever comes second sees what the first has done.

mod apply;
mod call;
mod ending;
mod errand;
mod events;
mod hand;
mod history;
mod inbox;
mod jobs;
mod reopen;
mod step;
mod store;
mod tasks;
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
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::{Map, Value};
pub(super) use tasks::TaskInHand;
use uuid::Uuid;
pub(super) use variables::{first_variables, last_variables};

use super::Inner;
use super::definition::Definition;
use super::execution::{Answer, Question};
use super::status::InstanceStatus;
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::entity::{
    business_record, event_subscription, event_thrown, process_activity, process_history, process_instance,
    task, variable_history,
};

/// A tree of instances in hand.
pub(super) struct Case {
    inner: Arc<Inner>,
    tx: DatabaseTransaction,
    /// When all of this happens.
    pub now: DateTime<Utc>,
    /// Who does it; none: somebody without a name, or the process itself.
    actor: Option<String>,
    /// The generation of the webhooks, where it was read under the lock.
    webhooks: Option<i64>,
    /// The revision of the tree that is being made: the topmost instance's.
    tree_revision: i64,
    /// The place of the next entry within it.
    ordinal: i32,
    hands: Vec<Hand>,
    /// The places of the instances in hand.
    places: HashMap<Uuid, usize>,
    /// How many instances were called.
    calls: usize,
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
            tree_revision: 1,
            ordinal: 0,
            hands: Vec::new(),
            places: HashMap::new(),
            calls: 0,
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
        case.tree_revision = locked.revision + 1;
        case.take(locked).await?;
        case.load(instance).await?;
        Ok(case)
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

    /// The variables of an instance in hand.
    ///
    /// # Errors
    /// As [`instance`](Self::instance).
    pub fn variables(&self, id: Uuid) -> Result<&Map<String, Value>, Fault> {
        Ok(&self.hands[self.place_of(id)?].variables)
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

    /// Gives variables of an instance new values, on behalf of whoever decides a task.
    ///
    /// # Errors
    /// `BAD_INPUT` where they become too large.
    pub fn set(&mut self, id: Uuid, values: Map<String, Value>, task: Option<Uuid>) -> Result<(), Fault> {
        let place = self.place_of(id)?;
        let mut variables = self.hands[place].variables.clone();
        variables.extend(values);
        variables::check_size(&variables)?;
        self.set_variables(place, variables, task);
        Ok(())
    }

    /// The place of one more entry in the history of the tree.
    fn next_place(&mut self) -> (i64, i32) {
        // The topmost instance's revision is the tree's.
        if let Some(root) = self.hands.first_mut() {
            root.is_changed = true;
        }
        self.ordinal += 1;
        (self.tree_revision, self.ordinal - 1)
    }

    fn place_of(&self, id: Uuid) -> Result<usize, Fault> {
        self.places.get(&id).copied().ok_or_else(|| Fault::internal("an instance that is not in hand"))
    }

    /// The place of an instance, which is read where it is not in hand.
    async fn load(&mut self, id: Uuid) -> Result<usize, Fault> {
        if let Ok(place) = self.place_of(id) {
            return Ok(place);
        }
        let row = store::instance(&self.tx, id).await?;
        self.take(row.ok_or_else(|| Fault::not_found("process instance"))?).await
    }

    async fn take(&mut self, row: process_instance::Model) -> Result<usize, Fault> {
        let definition = self.inner.definitions.by_id(row.definition_id).await?;
        Ok(self.hold_on(Hand::read(row, definition)?))
    }

    /// Reads those of the instances that are not in hand.
    async fn load_all(&mut self, ids: &[Uuid]) -> Result<(), Fault> {
        let missing: Vec<_> = ids.iter().filter(|id| !self.places.contains_key(id)).copied().collect();
        for row in store::instances(&self.tx, &missing).await? {
            self.take(row).await?;
        }
        Ok(())
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
type Candidates = HashMap<Uuid, Vec<String>>;
