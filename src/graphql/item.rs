//! Items of a batch.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use async_graphql::{Context, Enum, ID};
use parking_lot::Mutex;
use uuid::Uuid;

use super::at_hand::{One, Rows, object_at_hand, plain_enum};
use super::batch::BatchDecision;
use super::connection::connection;
use super::context::{Services, actor};
use super::loaders::ListLoader;
use super::process::{Task, TaskList};
use super::scalars::{DateTime, Int};
use crate::batch::{ItemInput, ItemKey, ItemResult, StepTime};
use crate::engine::{ItemHead, ItemRow as _, ItemStatus, ItemTexts, ItemView};
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow::{BulkItem, field_of};

/// The state of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum BatchItemStatus {
    /// Waits for its turn, for the first time or for another attempt.
    Pending,
    /// Is being worked on.
    Running,
    /// Ended well; there is an output.
    Success,
    /// Failed for good, until a retry of the batch queues it again; `errorCode` says why.
    Failed,
    /// There was nothing to do any more.
    Ignored,
    /// Cancelled before it ended.
    Cancelled,
}

plain_enum!(BatchItemStatus);

impl From<ItemStatus> for BatchItemStatus {
    fn from(status: ItemStatus) -> Self {
        match status {
            ItemStatus::Pending => Self::Pending,
            ItemStatus::Running => Self::Running,
            ItemStatus::Success => Self::Success,
            ItemStatus::Failed => Self::Failed,
            ItemStatus::Ignored => Self::Ignored,
            ItemStatus::Cancelled => Self::Cancelled,
        }
    }
}

impl From<BatchItemStatus> for ItemStatus {
    fn from(status: BatchItemStatus) -> Self {
        match status {
            BatchItemStatus::Pending => Self::Pending,
            BatchItemStatus::Running => Self::Running,
            BatchItemStatus::Success => Self::Success,
            BatchItemStatus::Failed => Self::Failed,
            BatchItemStatus::Ignored => Self::Ignored,
            BatchItemStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// The fields that need an item's texts. A list that is asked for none of them reads heads alone.
pub const TEXT_FIELDS: [&str; 8] =
    ["inputUrl", "outputUrl", "output", "errorMessage", "errorField", "decision", "steps", "task"];

/// What items that were read together share.
pub struct ItemList {
    services: Arc<Services>,
    attempts: ListLoader<ItemKey, Arc<[Arc<ItemAttempt>]>>,
    /// The tasks of those that were read with their texts, and their loader, once one is asked for.
    about: Mutex<Vec<Uuid>>,
    tasks: OnceLock<ListLoader<Uuid, Arc<Task>>>,
}

impl ItemList {
    /// For items that were read together.
    pub fn new(services: &Arc<Services>, keys: impl IntoIterator<Item = ItemKey>) -> Arc<Self> {
        Arc::new(Self {
            services: Arc::clone(services),
            attempts: ListLoader::new(keys),
            about: Mutex::default(),
            tasks: OnceLock::new(),
        })
    }

    fn tasks(&self) -> &ListLoader<Uuid, Arc<Task>> {
        self.tasks.get_or_init(|| ListLoader::new(std::mem::take(&mut *self.about.lock())))
    }
}

/// An item of a batch that the actor may see.
pub struct BatchItem {
    view: ItemView<ItemHead>,
    /// Boxed, as is the result: a list has many items and seldom these.
    texts: Option<Box<ItemTexts>>,
    list: Arc<ItemList>,
    result: OnceLock<Option<Box<ItemResult>>>,
}

impl BatchItem {
    /// An item of `list`.
    pub fn new(view: ItemView, list: &Arc<ItemList>) -> Self {
        let (head, texts) = view.item.split();
        list.about.lock().extend(BulkItem::parse(&texts.input).map(|item| item.task));
        let view = ItemView { item: head, status: view.status, step: view.step };
        Self { texts: Some(Box::new(texts)), ..Self::brief(view, list) }
    }

    /// An item of `list` of which none of the [`TEXT_FIELDS`] is asked.
    pub fn brief(view: ItemView<ItemHead>, list: &Arc<ItemList>) -> Self {
        Self { view, texts: None, list: Arc::clone(list), result: OnceLock::new() }
    }

    /// An item that was read alone.
    pub fn alone(services: &Arc<Services>, view: ItemView) -> Arc<Self> {
        let list = ItemList::new(services, [view.item.key()]);
        Arc::new(Self::new(view, &list))
    }

    /// Its place in the batch.
    pub fn index_in_batch(&self) -> i32 {
        self.view.item.idx
    }

    fn texts(&self) -> Result<&ItemTexts, Fault> {
        self.texts.as_deref().ok_or_else(|| Fault::internal("the item was read without its texts"))
    }

    fn result(&self) -> Result<Option<&ItemResult>, Fault> {
        let texts = self.texts()?;
        // Of what has failed, it is what else is known of that.
        let is_done = self.view.status == ItemStatus::Success;
        let parsed = || texts.result.as_deref().filter(|_| is_done).and_then(ItemResult::parse).map(Box::new);
        Ok(self.result.get_or_init(parsed).as_deref())
    }

    /// The input's address; our own files by a signed path, so that a page can show them.
    fn address(&self) -> Result<String, Fault> {
        Ok(match ItemInput::parse(&self.texts()?.input) {
            Some(ItemInput { file: Some(file), .. }) => self.list.services.files.link(file),
            Some(input) => input.url,
            None => String::new(),
        })
    }

    fn wrong_field(&self) -> Result<Option<String>, Fault> {
        let is_failed = self.view.status == ItemStatus::Failed;
        Ok(self.texts()?.result.as_deref().filter(|_| is_failed).and_then(field_of))
    }

    fn own_decision(&self) -> Result<Option<BatchDecision>, Fault> {
        let answer = BulkItem::parse(&self.texts()?.input).and_then(|item| item.answer);
        Ok(answer.map(|answer| answer.verdict.into()))
    }

    fn timings(&self) -> Result<Rows<StepTiming>, Fault> {
        let steps = self.result()?.into_iter().flat_map(|result| &result.steps);
        let timing =
            |step: &StepTime| StepTiming { name: step.name.clone(), milliseconds: step.milliseconds };
        Ok(Rows(steps.map(timing).collect()))
    }
}

object_at_hand! {
    /// One input of a batch and what came of it.
    BatchItem |item| {
        /// The global id.
        id "id": ID = item_id(item.view.item.run_id, item.view.item.idx);
        /// Its place in the batch, from 0.
        index "index": i32 = item.view.item.idx;
        /// Its state.
        status "status": BatchItemStatus = item.view.status.into();
        /// How many attempts have ended, over all retries.
        attempt "attempt": i32 = item.view.item.attempt;
        /// The pipeline step it is at while it is running. `batchProgress` tells it as it changes; when
        /// queried it is known where the replica that answers is the one at work, and null otherwise.
        /// Null too once the item has ended: `steps` and `errorMessage` tell what came of it.
        step "step": Option<String> = item.view.step.clone();
        /// Where the input is: the address as it was given, or for an uploaded file a path with a
        /// short-lived signature.
        input_url "inputUrl": Result<String, Fault> = item.address();
        /// Where the output is, once there is one: a path with a short-lived signature, good for
        /// `<img>` and `<a>`. The same path without it works with a bearer token.
        output_url "outputUrl": Result<Option<String>, Fault> =
            item.result().map(|result| result.map(|result| item.list.services.files.link(result.file)));
        /// What the output is, once there is one.
        output "output": Result<Option<One<ItemOutput>>, Fault> =
            item.result().map(|result| result.map(|result| One(ItemOutput::from(result))));
        /// Why it failed or was ignored: a documented code such as `FETCH_FAILED`, `NOT_AN_IMAGE`,
        /// `TOO_LARGE` or `LEASE_EXPIRED`.
        error_code "errorCode": Option<String> = item.view.item.error_code.clone();
        /// The same for people.
        error_message "errorMessage": Result<Option<String>, Fault> =
            item.texts().map(|texts| texts.error_message.clone());
        /// What is wrong of what came with a decision, as `formData.amount`; null where it is nothing of that.
        error_field "errorField": Result<Option<String>, Fault> = item.wrong_field();
        /// What is decided of its task, in a batch of approvals that come from a sheet; null in others, where
        /// `Batch.decision` says it of all, and where its row could not be read.
        decision "decision": Result<Option<BatchDecision>, Fault> = item.own_decision();
        /// When its last recorded attempt began.
        started_at "startedAt": Option<DateTime> = item.view.item.started_at.map(DateTime);
        /// When it ended; null while it has not.
        finished_at "finishedAt": Option<DateTime> = item.view.item.finished_at.map(DateTime);
        /// How long each step took, in order; empty while there is no output.
        steps "steps": Result<Rows<StepTiming>, Fault> = item.timings();
    }
    more {
        /// The task that it decides, in a batch of approvals; null in others, and where it is not yours to see.
        async fn task(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<One<Arc<Task>>>> {
            let Some(item) = BulkItem::parse(&self.texts()?.input) else { return Ok(None) };
            let services = &self.list.services;
            let actor = actor(ctx)?;
            let load = async |ids: &[Uuid]| TaskList::load(services, actor, ids).await;
            Ok(self.list.tasks().get(&item.task, load).await?.map(One))
        }

        /// The attempts that did not succeed, oldest first, those before a retry too.
        async fn attempts(&self) -> async_graphql::Result<Rows<Arc<ItemAttempt>>> {
            let key = self.view.item.key();
            let services = &self.list.services;
            let load = async |keys: &[ItemKey]| ItemAttempt::load(services, keys).await;
            let attempts = self.list.attempts.get(&key, load).await?;
            Ok(Rows(attempts.map(|attempts| attempts.to_vec()).unwrap_or_default()))
        }
    }
}

/// What an item produced.
pub struct ItemOutput {
    content_type: String,
    size: i64,
    width: u32,
    height: u32,
}

impl From<&ItemResult> for ItemOutput {
    fn from(result: &ItemResult) -> Self {
        let (content_type, size) = (result.content_type.clone(), result.size);
        Self { content_type, size, width: result.width, height: result.height }
    }
}

object_at_hand! {
    /// What an item produced.
    ItemOutput |output| {
        /// Its media type, such as `image/jpeg`.
        content_type "contentType": String = output.content_type.clone();
        /// Its size in bytes; an error beyond 2,147,483,647.
        size "size": Int = Int(output.size);
        /// Pixels across.
        width "width": Option<i32> = i32::try_from(output.width).ok();
        /// Pixels down.
        height "height": Option<i32> = i32::try_from(output.height).ok();
    }
}

/// A step's duration.
pub struct StepTiming {
    name: String,
    milliseconds: f64,
}

object_at_hand! {
    /// How long a step took.
    StepTiming |step| {
        /// The step's name.
        name "name": String = step.name.clone();
        /// How long it took, in milliseconds.
        milliseconds "milliseconds": f64 = step.milliseconds;
    }
}

/// An attempt that did not succeed.
pub struct ItemAttempt {
    number: i32,
    generation: i32,
    error_code: String,
    error_message: String,
    started_at: Option<DateTime>,
    finished_at: DateTime,
}

impl ItemAttempt {
    /// The attempts at each of these items, oldest first.
    async fn load(
        services: &Services,
        keys: &[ItemKey],
    ) -> Result<HashMap<ItemKey, Arc<[Arc<Self>]>>, Fault> {
        let mut found = HashMap::new();
        for (key, rows) in services.batches.attempts(keys).await? {
            let attempts = rows.into_iter().map(|row| {
                Arc::new(Self {
                    number: row.number,
                    generation: row.generation,
                    error_code: row.error_code,
                    error_message: row.error_message,
                    started_at: row.started_at.map(DateTime),
                    finished_at: DateTime(row.finished_at),
                })
            });
            found.insert(key, attempts.collect());
        }
        Ok(found)
    }
}

object_at_hand! {
    /// An earlier attempt at an item that did not succeed.
    ItemAttempt |attempt| {
        /// Its number, from 1, over all retries.
        number "number": i32 = attempt.number;
        /// 1 for the batch's first run, and one more with each retry.
        generation "generation": i32 = attempt.generation;
        /// Why it did not succeed: a code as in `BatchItem.errorCode`.
        error_code "errorCode": String = attempt.error_code.clone();
        /// The same for people.
        error_message "errorMessage": String = attempt.error_message.clone();
        /// When it began, where that is known.
        started_at "startedAt": Option<DateTime> = attempt.started_at;
        /// When it ended or was given up.
        finished_at "finishedAt": DateTime = attempt.finished_at;
    }
}

connection! {
    /// A page of a batch's items, in index order.
    BatchItemConnection,
    /// An item in its place.
    BatchItemEdge,
    BatchItem
}

/// An item's global id.
pub fn item_id(batch: Uuid, index: i32) -> ID {
    ID(GlobalId::encode(NodeKind::BatchItem, format_args!("{batch}/{index}")))
}

/// The batch and the index in an item's raw id.
pub fn parse_item_id(raw: &str) -> Option<ItemKey> {
    let (batch, index) = raw.split_once('/')?;
    Some((Uuid::try_parse(batch).ok()?, index.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn item_ids_come_back() {
        let batch = Uuid::from_u128(7);
        let id = item_id(batch, 12);
        let raw = GlobalId::raw_of(NodeKind::BatchItem, "id", &id).unwrap();
        assert_eq!(parse_item_id(&raw), Some((batch, 12)));
        for raw in ["", "/", "x/1", "00000000-0000-0000-0000-000000000007/", "7/1/2"] {
            assert_eq!(parse_item_id(raw), None, "{raw}");
        }
    }
}
