//! The user who owns a batch of a world: cancels and retries it through the service.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::account::Accounts;
use crate::batch::{Batch, Batches, ItemResult};
use crate::engine::testing::{Owner, Seen};
use crate::engine::{Run, RunStatus};
use crate::files::OutputKey;
use crate::kernel::{Actor, ErrorCode};
use crate::storage::Db;
use crate::storage::entity::file;

/// A user of the services. They answer for what each answer says; what it did to the ledger is
/// the audit's to check.
#[derive(Clone)]
pub(super) struct Client {
    pub(super) actor: Actor,
    pub(super) batches: Batches,
    pub(super) accounts: Accounts,
    pub(super) db: Db,
}

impl Client {
    pub(super) async fn balance(&self) -> i64 {
        self.accounts.balance(&self.actor).await.unwrap()
    }

    pub(super) async fn sees(&self, id: Uuid) -> Batch {
        self.batches.find(&self.actor, id).await.unwrap().expect("their own batch")
    }
}

#[async_trait]
impl Owner for Client {
    fn result(&self, run: Uuid, index: i32, number: i32) -> String {
        let unsigned = |number| u32::try_from(number).unwrap();
        let key =
            OutputKey { run, index: unsigned(index), attempt: unsigned(number), execution: Uuid::now_v7() };
        let result = ItemResult {
            file: Uuid::now_v7(),
            storage_key: key.storage_key("jpg"),
            content_type: "image/jpeg".to_owned(),
            extension: "jpg".to_owned(),
            size: 1,
            width: 1,
            height: 1,
            steps: Vec::new(),
        };
        serde_json::to_string(&result).unwrap()
    }

    async fn cancel(&self, before: &Run) {
        let balance = self.balance().await;
        let answer = self.batches.cancel(&self.actor, before.id).await;
        let refund = self.balance().await - balance;
        match (before.status.parse().unwrap(), answer) {
            (RunStatus::Pending | RunStatus::Processing, Ok(cancelled)) => {
                assert!(cancelled.batch.run.finished_at.is_some(), "a cancelled batch has ended");
                assert_eq!(cancelled.refund_amount, refund, "the answer against the balance");
            }
            (RunStatus::Cancelled, Ok(cancelled)) => {
                assert_eq!((cancelled.refund_amount, refund), (0, 0), "cancelled before");
            }
            (status, Err(fault)) => {
                assert!(status.is_final() && status != RunStatus::Cancelled, "{status:?}: {fault:?}");
                assert_eq!((fault.code(), refund), (ErrorCode::Conflict, 0));
            }
            (status, Ok(_)) => panic!("what had ended as {status:?} was cancelled"),
        }
    }

    async fn retry(&self, before: &Run) {
        let (seen, balance) = (self.sees(before.id).await, self.balance().await);
        let cost = seen.row.item_cost * before.failed;
        let answer = self.batches.retry_failed(&self.actor, before.id).await;
        let charge = balance - self.balance().await;
        match answer {
            Ok(retried) => {
                assert!(before.finished_at.is_some() && before.failed > 0 && cost <= balance, "{before:?}");
                assert_eq!((retried.retried_count, retried.quota_cost, charge), (before.failed, cost, cost));
            }
            Err(fault) => {
                match fault.code() {
                    ErrorCode::Conflict => assert!(before.finished_at.is_none(), "{before:?}"),
                    ErrorCode::BadInput => assert!(before.finished_at.is_some() && before.failed == 0),
                    ErrorCode::QuotaExceeded => {
                        assert!(before.finished_at.is_some() && cost > balance, "{cost} of {balance}");
                        let details = fault.details();
                        assert_eq!(
                            (&details["required"], &details["balance"]),
                            (&cost.into(), &balance.into())
                        );
                    }
                    code => panic!("{code:?}: {fault:?}"),
                }
                assert_eq!(charge, 0, "a retry that was refused has cost something");
                assert_eq!(self.sees(before.id).await, seen, "a retry that was refused has done something");
            }
        }
    }

    /// Invariant 2: a file for each item that succeeded, the one that its result names, and none
    /// besides.
    async fn check(&self, seen: &Seen<'_>) {
        let outputs = format!("outputs/{}/%", seen.run.id);
        let files = file::Entity::find().filter(file::Column::StorageKey.like(outputs));
        let files = files.all(self.db.reader()).await.unwrap();
        assert!(files.iter().all(|file| file.owner == self.actor.user_id), "a file of somebody else's");
        let files: BTreeSet<_> = files.into_iter().map(|file| (file.id, file.storage_key)).collect();
        let succeeded = || seen.items.iter().filter(|item| item.status == "SUCCESS");
        let results = succeeded().map(|item| ItemResult::of(item).expect("a success has a result"));
        assert_eq!(files, results.map(|result| (result.file, result.storage_key)).collect());
        let succeeded: BTreeMap<_, _> = succeeded().map(|item| (item.idx, 1)).collect();
        assert_eq!(succeeded, *seen.counted, "what replicas were told against what is there");
    }
}
