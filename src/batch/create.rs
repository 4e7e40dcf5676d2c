//! Creating a batch: checked in a fixed order, then charged and written in one transaction.

use std::time::Duration;

use sea_orm::{ActiveModelTrait as _, DatabaseTransaction, NotSet, Set};
use serde_json::Value;

use super::handler::{BatchContext, PIPELINE_KIND};
use super::idempotency::{self, Key, Remembered};
use super::{Batch, BatchKind, Batches, ItemInput, rules, store};
use crate::account::{Booking, ChargeError, access, insufficient, rate};
use crate::engine::NewRun;
use crate::files::InputSource;
use crate::kernel::{Actor, ErrorCode, Fault};
use crate::pipeline::{Feature, ResolvedPipeline};
use crate::storage::entity::batch;

/// How many addresses are looked at before others have their turn.
const AT_ONCE: usize = 1_000;

/// What a caller wants done.
#[derive(Debug, Clone, PartialEq)]
pub struct CreateBatch {
    /// The feature's key.
    pub feature: String,
    /// http(s) URLs, or `url`s of our own files as `POST /files` returned them.
    pub input_images: Vec<String>,
    /// Parameters that override those of the feature's steps.
    pub input_data: Option<Value>,
    /// Makes a repeated call answer the same batch: 1 to 255 characters, the user's own.
    pub idempotency_key: Option<String>,
}

/// What [`Batches::create`] answers.
#[derive(Debug, Clone)]
pub struct Created {
    /// The batch as it stands now.
    pub batch: Batch,
    /// What was charged for it.
    pub quota_cost: i64,
}

/// A batch that has passed every check but those that need the account's lock.
struct Checked<'a> {
    actor: &'a Actor,
    feature: Feature,
    pipeline: ResolvedPipeline,
    count: i64,
    inputs: Vec<String>,
    input_data: Option<String>,
    key: Option<Key<'a>>,
}

impl Batches {
    /// Creates a batch: checks, charges and writes it, and answers at once; the work runs behind.
    ///
    /// # Errors
    /// In this order, the first that applies:
    /// - `BAD_INPUT` where the input has not the shape of one, or no images (`inputImages[3]`);
    /// - `CONFLICT` where the idempotency key was used with another input (with the same input,
    ///   the same batch is answered and nothing further checked);
    /// - `NOT_FOUND` where there is no such feature;
    /// - `BAD_INPUT` for too many images, for parameters (`inputData.x`), and for files that are
    ///   not the actor's;
    /// - `FORBIDDEN` where the feature is disabled or not the actor's to use;
    /// - `RATE_LIMITED` with `resetAt` and `remaining`;
    /// - `QUOTA_EXCEEDED` with `required` and `balance`.
    pub async fn create(&self, actor: &Actor, create: CreateBatch) -> Result<Created, Fault> {
        rules::check_shape(&create)?;
        let sources = self.parse_images(&create.input_images).await?;
        let hash = create.idempotency_key.as_ref().map(|_| rules::input_hash(&create));
        let key = create.idempotency_key.as_deref().zip(hash.as_deref());
        let key = key.map(|(key, input_hash)| Key {
            user_id: &actor.user_id,
            mutation: idempotency::MUTATION,
            key,
            input_hash,
        });
        if let Some(key) = key
            && let Some(remembered) = idempotency::find(self.inner.db.reader(), key).await?
        {
            return self.repeat(remembered).await;
        }
        let found = self.inner.features.find(actor, &create.feature).await?;
        let feature = found.ok_or_else(|| Fault::not_found("feature"))?;
        let count = rules::check_count(create.input_images.len(), i64::from(feature.max_items))?;
        let pipeline = self.inner.features.resolve(&feature, create.input_data.as_ref())?;
        self.inner.inputs.check(actor, "inputImages", &sources).await?;
        access::decide(actor, &policy(&feature))?;
        let input_data = create.input_data.as_ref().filter(|data| !data.is_null()).map(Value::to_string);
        let inputs = item_inputs(create.input_images, &sources)?;
        self.write(Checked { actor, feature, pipeline, count, inputs, input_data, key }).await
    }

    async fn parse_images(&self, images: &[String]) -> Result<Vec<InputSource>, Fault> {
        let own_base = &self.inner.config.own_base;
        let mut sources = Vec::with_capacity(images.len());
        for (index, image) in images.iter().enumerate() {
            if index % AT_ONCE == AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            // The field's name is made where it is needed alone: there may be 100,000 images.
            let source = InputSource::parse("", image, own_base)
                .map_err(|fault| fault.with("field", format!("inputImages[{index}]").into()))?;
            sources.push(source);
        }
        Ok(sources)
    }

    /// The batch of an earlier call with the same key.
    pub(super) async fn repeat(&self, remembered: Remembered) -> Result<Created, Fault> {
        let found = store::by_ids(self.inner.db.reader(), &[remembered.batch]).await?.pop();
        let batch = found.ok_or_else(|| Fault::not_found("batch"))?;
        Ok(Created { batch, quota_cost: remembered.quota_cost })
    }

    async fn write(&self, checked: Checked<'_>) -> Result<Created, Fault> {
        let user_id = &checked.actor.user_id;
        let tx = self.inner.db.begin().await?;
        // One at a time a user from here on: what is read now holds until the commit.
        self.inner.accounts.lock_own_in_op(&tx, checked.actor).await?;
        if let Some(key) = checked.key
            && let Some(remembered) = idempotency::find(&tx, key).await?
        {
            tx.rollback().await?;
            return self.repeat(remembered).await;
        }
        let now = self.inner.clock.now();
        self.check_rate_in_op(&tx, user_id, &checked.feature).await?;
        let id = rules::new_id(now);
        let quota_cost = rules::cost(checked.feature.quota_cost, checked.count);
        let key = rules::charge_key(id, 1);
        let reason = format!("{} × {}", checked.count, checked.feature.name);
        let booking =
            Booking { user_id, amount: quota_cost, operation_key: &key, reason: &reason, batch_id: id };
        self.inner.accounts.charge_in_op(&tx, booking).await.map_err(charge_fault)?;
        let context = BatchContext {
            created_by: user_id.clone(),
            role: checked.actor.role,
            pipeline: checked.pipeline,
        };
        let run = NewRun {
            id,
            kind: PIPELINE_KIND,
            priority: 0,
            concurrency: checked.feature.concurrency,
            max_attempts: self.inner.config.max_attempts,
            context: serde_json::to_string(&context).map_err(Fault::internal)?,
        };
        let run = self.inner.engine.enqueue_in_op(&tx, run, checked.inputs).await?;
        let row = batch::ActiveModel {
            number: NotSet,
            id: Set(id),
            kind: Set(BatchKind::Pipeline.as_str().to_owned()),
            created_by: Set(user_id.clone()),
            feature_key: Set(Some(checked.feature.key)),
            input_data: Set(checked.input_data),
            item_cost: Set(checked.feature.quota_cost),
            quota_cost: Set(quota_cost),
            quota_refunded: Set(0),
            created_at: Set(now),
        };
        let row = row.insert(&tx).await?;
        if let Some(key) = checked.key {
            idempotency::remember_in_op(&tx, key, Remembered { batch: id, quota_cost }, now).await?;
        }
        tx.commit().await?;
        self.inner.engine.announce_work();
        tracing::info!(batch = %id, number = row.number, items = checked.count, user = %user_id, "batch created");
        Ok(Created { batch: Batch { row, run: run.into() }, quota_cost })
    }

    async fn check_rate_in_op(
        &self,
        tx: &DatabaseTransaction,
        user_id: &str,
        feature: &Feature,
    ) -> Result<(), Fault> {
        let Some(limit) = feature.rate_limit else { return Ok(()) };
        let limit = rate::Limit { max: limit.max, per: Duration::from_secs(u64::from(limit.per_seconds)) };
        let now = self.inner.clock.now();
        let times = store::created_in_window(tx, user_id, &feature.key, limit, now).await?;
        match rate::decide(&times, limit, now) {
            rate::Decision::Allowed { .. } => Ok(()),
            rate::Decision::Limited { reset_at } => {
                let reset_at = reset_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
                let message = format!(
                    "at most {} batches in {} seconds with this feature: try again at {reset_at}",
                    limit.max,
                    limit.per.as_secs()
                );
                Err(Fault::new(ErrorCode::RateLimited, message)
                    .with("resetAt", reset_at.into())
                    .with("remaining", 0.into()))
            }
        }
    }
}

/// Who may use the feature.
pub(super) fn policy(feature: &Feature) -> access::Policy<'_> {
    access::Policy {
        allowed_roles: &feature.allowed_roles,
        plan: feature.plan.as_deref(),
        is_enabled: feature.is_enabled,
    }
}

/// A refused charge, as callers see it.
pub(super) fn charge_fault(error: ChargeError) -> Fault {
    match error {
        ChargeError::Insufficient { required, balance } => insufficient(required, balance),
        // Each charge of a batch happens once under its run's lock or with its birth.
        ChargeError::AlreadyBooked => Fault::conflict("this was charged already"),
        ChargeError::Db(error) => error.into(),
    }
}

fn item_inputs(images: Vec<String>, sources: &[InputSource]) -> Result<Vec<String>, Fault> {
    images
        .into_iter()
        .zip(sources)
        .map(|(url, source)| {
            let file = match source {
                InputSource::File(id) => Some(*id),
                InputSource::Outside(_) => None,
            };
            serde_json::to_string(&ItemInput { url, file }).map_err(Fault::internal)
        })
        .collect()
}
