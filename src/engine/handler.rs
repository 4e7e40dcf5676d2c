//! What the engine asks of those who know what an item does.

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, DbErr};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{EndedItem, ItemStatus};
use crate::events::{Announcer, Signal};
use crate::storage::entity::run;

/// Executes the items of one kind of run. Registered once, at start.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// The runs it executes: [`NewRun::kind`](super::NewRun::kind).
    fn kind(&self) -> &'static str;

    /// The most items of its kind that this process can work on at once. The engine leases no
    /// more, so that what is leased is also started.
    fn capacity(&self) -> usize;

    /// How long one attempt may take; then it is dropped and counts as a transient failure.
    fn timeout(&self) -> Duration {
        Duration::from_secs(600)
    }

    /// Executes one attempt. No database transaction is open meanwhile. It may run more than
    /// once: what it does elsewhere carries [`Attempt::operation_key`].
    ///
    /// # Errors
    /// [`ItemError`], which itself says whether another attempt is worth making.
    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError>;

    /// Joins the transaction that records `accepted`: what the outcomes mean in our own database
    /// happens here, exactly once. Must not fail for reasons that lie in one of the items.
    ///
    /// # Errors
    /// Only the database's own, which undo the whole recording; it is then tried again.
    async fn record_in_op(
        &self,
        _tx: &DatabaseTransaction,
        _run: &run::Model,
        _accepted: &[Accepted<'_>],
    ) -> Result<(), DbErr> {
        Ok(())
    }

    /// Joins the transaction that ends the run, be it by its last outcome or by a cancellation:
    /// what the end promises (a refund, say) is durable as soon as the end can be read. Answers
    /// whom to tell once it is.
    ///
    /// # Errors
    /// Only the database's own, which undo the whole step; it is then tried again.
    async fn finish_in_op(&self, _tx: &DatabaseTransaction, _run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        Ok(Vec::new())
    }
}

/// Joins a transaction as the handler asks; a panic there is an error, which undoes the whole.
pub(crate) async fn without_panic<T>(joining: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    let joined = AssertUnwindSafe(joining).catch_unwind().await;
    joined.unwrap_or_else(|_| Err(DbErr::Custom("the handler panicked".to_owned())))
}

/// What all items of a run have in common, read once a claim.
#[derive(Debug)]
pub struct RunContext {
    /// The run.
    pub id: Uuid,
    /// The generation that is being worked on.
    pub generation: i32,
    /// [`NewRun::context`](super::NewRun::context).
    pub context: String,
}

/// One attempt at one item.
#[derive(Debug)]
pub struct Attempt {
    /// The run it belongs to.
    pub run: Arc<RunContext>,
    /// The item's place in the run, from 0.
    pub index: i32,
    /// The attempt's number, from 1, over all generations.
    pub number: i32,
    /// The lease it runs under. A replica that was only asleep may make the same attempt as its
    /// successor, and never under the same lease: it tells the two apart.
    pub lease: Uuid,
    /// What to do, as it was enqueued.
    pub input: String,
    /// Set when the outcome will not count any more (cancelled, lease lost, shutting down):
    /// stop at the next step.
    pub cancelled: CancellationToken,
    /// Tells whoever watches how far it is; costs nothing where nobody does.
    pub announcer: Announcer,
}

impl Attempt {
    /// The same in every attempt at this item: for a remote system to tell a repetition.
    pub fn operation_key(&self) -> String {
        format!("{}/{}", self.run.id, self.index)
    }

    /// The input, parsed.
    ///
    /// # Errors
    /// `BAD_ITEM`, final, where the input is not what this handler enqueues.
    pub fn parse_input<T: DeserializeOwned>(&self) -> Result<T, ItemError> {
        serde_json::from_str(&self.input)
            .map_err(|error| ItemError::last("BAD_ITEM", format!("the item's input cannot be read: {error}")))
    }
}

/// How an attempt ended that did not fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Done; the result is JSON and is kept with the item.
    Success {
        /// What came of it.
        result: Option<String>,
    },
    /// There was nothing to do any more.
    Ignored {
        /// Why, for programs.
        code: Cow<'static, str>,
        /// Why, for people.
        message: String,
    },
}

/// Why an attempt failed, and whether another is worth making.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ItemError {
    /// A stable code such as `FETCH_FAILED`.
    pub code: Cow<'static, str>,
    /// What to tell a person; bounded by [`MAX_MESSAGE_CHARS`] when recorded.
    pub message: String,
    /// Whether to try again.
    pub retry: Retry,
    /// What else is to be known of it, as JSON of at most some kilobytes; kept with an item that has failed.
    pub details: Option<String>,
}

/// The longest error message kept with an item, in characters.
pub const MAX_MESSAGE_CHARS: usize = 500;

/// Whether a failed attempt is worth repeating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    Never,
    /// It may pass; after the usual backoff, or not before `after` where the remote named a time.
    Later {
        /// What the remote asked for.
        after: Option<Duration>,
    },
}

impl ItemError {
    /// A failure that another attempt would only repeat.
    pub fn last(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retry: Retry::Never, details: None }
    }

    /// A failure that may pass.
    pub fn transient(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            retry: Retry::Later { after: None },
            details: None,
        }
    }
}

impl From<EndedItem> for ItemError {
    /// The same, met as its turn has come: another attempt would only repeat it.
    fn from(ended: EndedItem) -> Self {
        let EndedItem { code, message, details, .. } = ended;
        Self { code, message, retry: Retry::Never, details }
    }
}

/// An outcome that counts, as [`Handler::record_in_op`] sees it.
#[derive(Debug)]
pub struct Accepted<'a> {
    /// The item.
    pub index: i32,
    /// How it stands now; PENDING where it waits again.
    pub status: ItemStatus,
    /// The result of a success, as JSON; none where the item failed, was ignored or waits again.
    pub result: Option<&'a str>,
}
