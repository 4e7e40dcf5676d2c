//! The ledger, held against the items that it was paid for.

use std::collections::{BTreeMap, HashSet};

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};

use crate::engine::Run;
use crate::storage::Db;
use crate::storage::entity::{account, batch, item, ledger_entry, run};

/// Everything that some users own, as the database has it.
pub(super) struct Books {
    accounts: Vec<account::Model>,
    entries: Vec<ledger_entry::Model>,
    batches: Vec<batch::Model>,
    runs: Vec<Run>,
    items: Vec<item::Model>,
}

impl Books {
    pub(super) async fn of(db: &Db, users: &[&str]) -> Self {
        let users = || users.iter().copied();
        let db = db.reader();
        let accounts = account::Entity::find().filter(account::Column::UserId.is_in(users()));
        let entries = ledger_entry::Entity::find()
            .filter(ledger_entry::Column::UserId.is_in(users()))
            .order_by_asc(ledger_entry::Column::Id);
        let batches = batch::Entity::find().filter(batch::Column::CreatedBy.is_in(users()));
        let batches = batches.all(db).await.unwrap();
        let ids = || batches.iter().map(|batch| batch.id);
        let runs = run::Entity::find().filter(run::Column::Id.is_in(ids()));
        let items = item::Entity::find().filter(item::Column::RunId.is_in(ids()));
        Self {
            accounts: accounts.all(db).await.unwrap(),
            entries: entries.all(db).await.unwrap(),
            runs: runs.all(db).await.unwrap(),
            items: items.all(db).await.unwrap(),
            batches,
        }
    }

    /// Checks everything; `granted` is what the users were given in all.
    pub(super) fn check(&self, granted: &BTreeMap<&str, i64>) {
        for (user, granted) in granted {
            self.check_account(user, *granted);
        }
        for batch in &self.batches {
            self.check_batch(batch);
        }
    }

    /// Each entry follows from the one before, none below zero, and what they add up to is the
    /// balance.
    fn check_account(&self, user: &str, granted: i64) {
        let entries: Vec<_> = self.entries.iter().filter(|entry| entry.user_id == user).collect();
        let mut balance = 0;
        for entry in &entries {
            balance += entry.amount;
            assert_eq!(entry.balance_after, balance, "{entry:?} does not follow from the one before");
            assert!(balance >= 0, "{entry:?} leaves less than nothing");
        }
        let kept = self.accounts.iter().find(|account| account.user_id == user);
        assert_eq!(kept.map_or(0, |account| account.balance), balance, "the balance against the ledger");
        let sum = |kind: &str| {
            entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount).sum::<i64>()
        };
        assert_eq!(sum("GRANT"), granted, "what was granted");
        assert_eq!(balance, granted + sum("CHARGE") + sum("REFUND"), "an entry of another kind");
        let keys: HashSet<_> = entries.iter().map(|entry| &entry.operation_key).collect();
        assert_eq!(keys.len(), entries.len(), "an operation was booked twice");
        for entry in entries.iter().filter(|entry| entry.kind != "GRANT") {
            let of_own = |batch: &&batch::Model| Some(batch.id) == entry.batch_id && batch.created_by == user;
            assert!(self.batches.iter().any(|batch| of_own(&batch)), "{entry:?} is for no batch of theirs");
        }
    }

    /// Every generation is charged once for the items that take part in it; once it has ended,
    /// and not before, it has got back what it was charged for those that did not succeed. An
    /// item's generation is the last in which it took part, and it took part in all before.
    fn check_batch(&self, batch: &batch::Model) {
        let run = self.runs.iter().find(|run| run.id == batch.id).expect("a batch has a run");
        let items: Vec<_> = self.items.iter().filter(|item| item.run_id == batch.id).collect();
        let count = |of: &dyn Fn(&item::Model) -> bool| {
            i64::try_from(items.iter().filter(|item| of(item)).count()).unwrap()
        };
        let mut expected = BTreeMap::new();
        for generation in 1..=run.generation {
            let took_part = count(&|item| item.generation >= generation);
            let succeeded = count(&|item| item.generation == generation && item.status == "SUCCESS");
            let has_ended = generation < run.generation || run.finished_at.is_some();
            let key = |what| format!("batch:{}:generation:{generation}:{what}", batch.id);
            expected.insert(key("charge"), -batch.item_cost * took_part);
            let refund = if has_ended { batch.item_cost * (took_part - succeeded) } else { 0 };
            expected.insert(key("refund"), refund);
        }
        expected.retain(|_, amount| *amount != 0);
        let of_batch = || self.entries.iter().filter(|entry| entry.batch_id == Some(batch.id));
        let booked: BTreeMap<_, _> =
            of_batch().map(|entry| (entry.operation_key.clone(), entry.amount)).collect();
        assert_eq!(booked, expected, "what was booked for {run:?} with {items:?}");

        let sum = |kind: &str| -> i64 {
            of_batch().filter(|entry| entry.kind == kind).map(|entry| entry.amount).sum()
        };
        let (charged, refunded) = (-sum("CHARGE"), sum("REFUND"));
        assert_eq!((batch.quota_cost, batch.quota_refunded), (charged, refunded), "what the batch tells");
        // While it is open, everything that takes part is paid for, whatever has become of it.
        let open = count(&|item| item.generation == run.generation && item.status != "SUCCESS");
        let paid_for = run.succeeded + if run.finished_at.is_some() { 0 } else { open };
        assert_eq!(charged - refunded, batch.item_cost * paid_for, "what is paid against what is got");
    }
}
