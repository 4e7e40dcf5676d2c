//! People and what they do.

use std::time::Duration;

use docket::account::{GrantQuota, LedgerEntry};
use docket::batch::{
    ArchiveAccess, Batch, BatchFilter, BatchOrder, BatchProgress, Cancelled, CreateBatch, Created, Retried,
};
use docket::engine::{ItemFilter, ItemView};
use docket::files::PICTURES;
use docket::kernel::{Actor, Fault, Page, PageArgs, PageRequest, Role};
use futures::{StreamExt, TryStreamExt};
use uuid::Uuid;

use super::{FREE, World};

/// Nothing in a test takes so long, unless it hangs.
const HANGS: Duration = Duration::from_secs(60);

/// Somebody in a world.
#[derive(Clone)]
pub struct Person<'a> {
    pub actor: Actor,
    world: &'a World,
}

/// A batch to be, with the feature without limits.
pub fn batch_of(images: Vec<String>) -> CreateBatch {
    CreateBatch { feature: FREE.to_owned(), input_images: images, input_data: None, idempotency_key: None }
}

impl<'a> Person<'a> {
    pub fn new(world: &'a World, name: &str, role: Role) -> Self {
        let actor = Actor { user_id: name.to_owned(), name: name.to_owned(), role, plan: None };
        Self { actor, world }
    }

    /// Is given quota by the administrator.
    pub async fn is_given(&self, amount: i64) {
        let grant = GrantQuota {
            user_id: self.actor.user_id.clone(),
            amount,
            reason: "for the test".to_owned(),
            idempotency_key: Uuid::now_v7().to_string(),
        };
        self.world.accounts.grant(&self.world.admin().actor, grant).await.unwrap();
    }

    pub async fn balance(&self) -> i64 {
        self.world.accounts.balance(&self.actor).await.unwrap()
    }

    /// The whole ledger, newest first, after checking that it adds up to the balance.
    pub async fn ledger(&self) -> Vec<LedgerEntry> {
        let mut entries = Vec::new();
        let mut after = None;
        loop {
            let page = PageArgs { first: Some(100), after, ..PageArgs::default() }.check().unwrap();
            let page = self.world.accounts.ledger(&self.actor, &page).await.unwrap();
            after = page.edges.last().map(|edge| edge.place.cursor());
            entries.extend(page.edges.into_iter().map(|edge| edge.node));
            if !page.has_next {
                break;
            }
        }
        let mut balance = 0;
        for entry in entries.iter().rev() {
            balance += entry.amount;
            assert_eq!(entry.balance_after, balance, "each entry follows from the one before");
        }
        assert_eq!(balance, self.balance().await, "the ledger adds up to the balance");
        entries
    }

    pub async fn creates(&self, images: Vec<String>) -> Created {
        self.tries_to_create(batch_of(images)).await.unwrap()
    }

    pub async fn tries_to_create(&self, create: CreateBatch) -> Result<Created, Fault> {
        self.world.batches.create(&self.actor, create).await
    }

    pub async fn retries(&self, batch: &Batch) -> Result<Retried, Fault> {
        self.world.batches.retry_failed(&self.actor, batch.id()).await
    }

    pub async fn cancels(&self, batch: &Batch) -> Result<Cancelled, Fault> {
        self.world.batches.cancel(&self.actor, batch.id()).await
    }

    pub async fn sees(&self, batch: &Batch) -> Option<Batch> {
        self.world.batches.find(&self.actor, batch.id()).await.unwrap()
    }

    /// The batch's items by index.
    pub async fn items(&self, batch: &Batch) -> Vec<ItemView> {
        let page = PageRequest { limit: 100, backwards: false, after: None, before: None };
        let page = self.world.engine.items(batch.id(), &ItemFilter::default(), &page).await.unwrap();
        page.edges.into_iter().map(|edge| edge.node).collect()
    }

    /// Follows the batch to its end; everything that is told on the way.
    pub async fn follows(&self, batch: &Batch, after: Option<String>) -> Result<Vec<BatchProgress>, Fault> {
        let progress = self.world.batches.progress(&self.actor, batch.id(), after).await?;
        tokio::time::timeout(HANGS, progress.try_collect()).await.expect("the batch hangs")
    }

    /// Follows the batch until it is told something that `until` waits for.
    pub async fn follows_until(
        &self,
        batch: &Batch,
        until: impl Fn(&BatchProgress) -> bool,
    ) -> Vec<BatchProgress> {
        let mut progress =
            Box::pin(self.world.batches.progress(&self.actor, batch.id(), None).await.unwrap());
        let mut told = Vec::new();
        let follow = async {
            while let Some(message) = progress.next().await {
                told.push(message.unwrap());
                if told.last().is_some_and(&until) {
                    return;
                }
            }
        };
        tokio::time::timeout(HANGS, follow).await.expect("the batch hangs");
        told
    }

    /// Waits for the batch's end.
    pub async fn waits_for(&self, batch: &Batch) -> Batch {
        let told = self.follows(batch, None).await.unwrap();
        let last = told.into_iter().last().expect("a stream has a last message");
        assert!(last.item.is_none() && last.batch.run.finished_at.is_some());
        let seen = self.sees(batch).await.unwrap();
        assert_eq!(last.batch, seen, "the final message is what the database has");
        seen
    }

    pub async fn lists(
        &self,
        filter: &BatchFilter,
        order: BatchOrder,
        args: PageArgs,
    ) -> Result<Page<Batch>, Fault> {
        self.world.batches.list(&self.actor, filter, order, &args.check()?).await
    }

    /// Downloads the archive; its name and bytes.
    pub async fn downloads(&self, batch: &Batch, success_only: bool) -> Result<(String, Vec<u8>), Fault> {
        let access = ArchiveAccess::Actor(&self.actor);
        let archive = self.world.batches.archive(access, batch.id(), success_only).await?;
        let bytes = archive.stream.try_fold(Vec::new(), |mut all, piece| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        });
        let bytes = tokio::time::timeout(HANGS, bytes).await.expect("the archive hangs").unwrap();
        Ok((archive.file_name, bytes))
    }

    /// Uploads a picture; its url.
    pub async fn uploads(&self, bytes: Vec<u8>) -> String {
        let body = futures::stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::from(bytes))]);
        let file = self.world.files.upload(&self.actor, Some("mine.jpg"), PICTURES, body).await.unwrap();
        format!("/files/{}", file.id)
    }
}
