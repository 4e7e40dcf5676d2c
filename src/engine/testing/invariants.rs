//! What always holds of a run, checked against its rows and against how they were before.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::engine::store::read;
use crate::engine::{ItemFilter, ItemStatus, Run, RunStatus, rules};
use crate::kernel::PageArgs;
use crate::storage::Db;
use crate::storage::entity::{attempt, item, lease, requeue};

/// A run as an owner gets to see it.
pub(crate) struct Seen<'a> {
    pub(crate) run: &'a Run,
    pub(crate) items: &'a [item::Model],
    /// Successes an item, over all generations, that replicas were told had counted.
    pub(crate) counted: &'a BTreeMap<i32, usize>,
}

/// How a run was when it was last looked at.
#[derive(Default)]
pub(super) struct Memory {
    seen: HashMap<i32, item::Model>,
    last: Option<Run>,
    /// See [`Seen::counted`].
    pub(super) counted: BTreeMap<i32, usize>,
}

impl Memory {
    /// The run when it was last looked at.
    pub(super) fn last(&self) -> Option<&Run> {
        self.last.as_ref()
    }

    pub(super) fn keep(&mut self, run: Run, items: Vec<item::Model>) {
        self.seen = items.into_iter().map(|item| (item.idx, item)).collect();
        self.last = Some(run);
    }

    /// Checks everything that the engine by itself answers for; the rows that were checked.
    pub(super) async fn check(&self, db: &Db, id: Uuid) -> (Run, Vec<item::Model>) {
        let run = read::run(db, id).await.unwrap().unwrap();
        let items = items(db, id).await;
        check_counters(&run, &items, &leased_items(db, &run).await);
        self.check_revisions(&run, &items);
        check_end(&run);
        check_attempts(db, &run, &items).await;
        check_queue(db, &run, &items).await;
        (run, items)
    }

    /// Invariant 4.
    fn check_revisions(&self, run: &Run, items: &[item::Model]) {
        if let Some(last) = &self.last {
            assert!(run.revision >= last.revision, "the revision went back");
        }
        let mut given = HashSet::new();
        for item in items {
            assert!(item.revision <= run.revision, "an item is ahead of its run");
            assert!(item.revision == 0 || given.insert(item.revision), "a revision was given twice");
            if let Some(seen) = self.seen.get(&item.idx) {
                let last = self.last.as_ref().map_or(0, |last| last.revision);
                assert!(seen == item || item.revision > last, "a change without a new revision: {item:?}");
                assert!(item.revision >= seen.revision);
            }
        }
    }
}

async fn items(db: &Db, run: Uuid) -> Vec<item::Model> {
    let of_run = item::Entity::find().filter(item::Column::RunId.eq(run));
    of_run.order_by_asc(item::Column::Idx).all(db.reader()).await.unwrap()
}

/// Invariants 1 and 6: leases are disjoint ranges of what was handed out, each open item in
/// them once, within the concurrency.
async fn leased_items(db: &Db, run: &Run) -> HashSet<i32> {
    let of_run = lease::Entity::find().filter(lease::Column::RunId.eq(run.id));
    let leases = of_run.order_by_asc(lease::Column::Lo).all(db.reader()).await.unwrap();
    for pair in leases.windows(2) {
        assert!(pair[0].hi <= pair[1].lo, "leases overlap: {pair:?}");
    }
    assert!(leases.iter().all(|lease| lease.hi <= run.head), "a lease on what was not handed out");
    let filter = ItemFilter { statuses: Some(vec![ItemStatus::Running]) };
    let page = PageArgs { first: Some(100), ..Default::default() }.check().unwrap();
    let views = read::items(db, run.id, &filter, &page, (None, None)).await.unwrap();
    assert!(views.iter().all(|view| view.status == ItemStatus::Running));
    let running: HashSet<_> = views.iter().map(|view| view.item.idx).collect();
    assert_eq!(running.len(), views.len());
    assert!(running.len() <= usize::try_from(run.concurrency).unwrap(), "beyond the concurrency");
    running
}

/// Invariant 3.
fn check_counters(run: &Run, items: &[item::Model], leased: &HashSet<i32>) {
    let recount =
        |status: &str| i64::try_from(items.iter().filter(|item| item.status == status).count()).unwrap();
    assert_eq!(run.total, i64::try_from(items.len()).unwrap());
    assert_eq!(
        (run.succeeded, run.failed, run.ignored, run.cancelled),
        (recount("SUCCESS"), recount("FAILED"), recount("IGNORED"), recount("CANCELLED")),
        "counters against a recount"
    );
    assert_eq!(run.in_flight, i64::try_from(leased.len()).unwrap(), "what runs against the leases");
}

/// Invariant 8.
fn check_end(run: &Run) {
    let complete = rules::is_complete(run);
    assert_eq!(run.finished_at.is_some(), complete && (run.total > 0 || run.finished_at.is_some()));
    let status: RunStatus = run.status.parse().unwrap();
    assert_eq!(status.is_final(), run.finished_at.is_some());
    if status.is_final() {
        assert_eq!(status, rules::end_state(run));
    }
}

/// Invariant 7: every attempt that did not succeed is kept, and no item has more than its share.
async fn check_attempts(db: &Db, run: &Run, items: &[item::Model]) {
    let of_run = attempt::Entity::find().filter(attempt::Column::RunId.eq(run.id));
    let attempts = of_run.order_by_asc(attempt::Column::Number).all(db.reader()).await.unwrap();
    for item in items {
        let kept = attempts.iter().filter(|attempt| attempt.idx == item.idx).count();
        let kept = i32::try_from(kept).unwrap();
        let without_trace = i32::from(matches!(item.status.as_str(), "SUCCESS" | "IGNORED"));
        assert_eq!(item.attempt, kept + without_trace, "attempts of {item:?}");
        assert!(item.spent <= run.max_attempts);
    }
}

/// Only open items are queued.
async fn check_queue(db: &Db, run: &Run, items: &[item::Model]) {
    let of_run = requeue::Entity::find().filter(requeue::Column::RunId.eq(run.id));
    for queued in of_run.all(db.reader()).await.unwrap() {
        let item = items.iter().find(|item| item.idx == queued.idx).unwrap();
        assert_eq!(item.status, "PENDING", "an ended item is still queued");
    }
}
