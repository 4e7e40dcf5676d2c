//! Changing features.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};

use super::{Feature, feature_id};
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{actor, services};
use crate::graphql::scalars::Json;
use crate::graphql::viewer::Role;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::pipeline::{FeaturePatch, NewFeature, NewRateLimit, StepSpec};

/// At most so many batches a user in so much time.
#[derive(Debug, InputObject)]
pub struct RateLimitInput {
    /// The most batches, 1 to 100,000 …
    max: i32,
    /// … in any stretch of so many seconds, 1 to 2,678,400 (31 days).
    per_seconds: i32,
}

impl From<RateLimitInput> for NewRateLimit {
    fn from(input: RateLimitInput) -> Self {
        Self { max: input.max.into(), per_seconds: input.per_seconds.into() }
    }
}

/// A step of a pipeline to be.
#[derive(Debug, InputObject)]
pub struct PipelineStepInput {
    /// Its name, unlike any other's in the pipeline; `inputData` of a batch uses it. It begins with a
    /// lower-case letter and has at most 32 of a-z, 0-9 and _; `fetch`, `decode`, `encode` and `store`
    /// are steps of every pipeline.
    name: String,
    /// What it does; see `stepKinds`.
    kind: String,
    /// Its parameters, at most 16 KiB; their schema is its kind's.
    parameters: Option<Json>,
}

impl From<PipelineStepInput> for StepSpec {
    fn from(input: PipelineStepInput) -> Self {
        let parameters = input.parameters.map(|json| json.0).filter(|value| !value.is_null());
        let parameters = parameters.unwrap_or_else(|| serde_json::json!({}));
        Self { name: input.name, kind: input.kind, parameters }
    }
}

/// What `createFeature` takes.
#[derive(Debug, InputObject)]
pub struct CreateFeatureInput {
    /// Its id, such as `basic_clean`; never changes. It begins with a lower-case letter and has at most
    /// 64 of a-z, 0-9 and _.
    key: String,
    /// Its name for people: one line of 1 to 100 characters.
    name: String,
    /// What it does, in at most 2,000 characters.
    description: Option<String>,
    /// Quota an item, 0 to 1,000,000.
    quota_cost: i32,
    /// Whether batches may be created with it; true where it is not given.
    is_enabled: Option<bool>,
    /// Who may use it; USER, and so everybody, where it is not given.
    allowed_roles: Option<Vec<Role>>,
    /// The plan that a user's token must carry: one line of 1 to 64 characters.
    plan: Option<String>,
    /// How often a user may create a batch with it.
    rate_limit: Option<RateLimitInput>,
    /// The most items of a batch in hand at once, 1 to 1,000; 5 where it is not given.
    concurrency: Option<i32>,
    /// The most items a batch, 1 to 100,000; 50 where it is not given.
    max_items: Option<i32>,
    /// Its pipeline, in order: at most 32 steps.
    steps: Vec<PipelineStepInput>,
}

impl From<CreateFeatureInput> for NewFeature {
    fn from(input: CreateFeatureInput) -> Self {
        let roles = |roles: Vec<Role>| roles.into_iter().map(Into::into).collect();
        Self {
            key: input.key,
            name: input.name,
            description: input.description,
            quota_cost: input.quota_cost.into(),
            is_enabled: input.is_enabled.unwrap_or(true),
            allowed_roles: input.allowed_roles.map(roles),
            plan: input.plan,
            rate_limit: input.rate_limit.map(Into::into),
            concurrency: input.concurrency.map(Into::into),
            max_items: input.max_items.map(Into::into),
            steps: input.steps.into_iter().map(Into::into).collect(),
        }
    }
}

/// What `createFeature` answers.
pub struct CreateFeaturePayload {
    feature: Arc<Feature>,
}

object_at_hand! {
    /// What `createFeature` answers.
    CreateFeaturePayload |payload| {
        /// The feature.
        feature "feature": One<Arc<Feature>> = One(Arc::clone(&payload.feature));
    }
}

/// What `updateFeature` takes. What is left out stays as it is; null takes a description, a plan
/// or a rate limit away.
#[derive(Debug, InputObject)]
pub struct UpdateFeatureInput {
    /// The feature.
    id: ID,
    /// Its name for people: one line of 1 to 100 characters.
    name: MaybeUndefined<String>,
    /// What it does, in at most 2,000 characters.
    description: MaybeUndefined<String>,
    /// Quota an item, 0 to 1,000,000.
    quota_cost: MaybeUndefined<i32>,
    /// Who may use it.
    allowed_roles: MaybeUndefined<Vec<Role>>,
    /// The plan that a user's token must carry: one line of 1 to 64 characters.
    plan: MaybeUndefined<String>,
    /// How often a user may create a batch with it.
    rate_limit: MaybeUndefined<RateLimitInput>,
    /// The most items of a batch in hand at once, 1 to 1,000.
    concurrency: MaybeUndefined<i32>,
    /// The most items a batch, 1 to 100,000.
    max_items: MaybeUndefined<i32>,
    /// Its pipeline, in order: at most 32 steps, in the place of the whole pipeline.
    steps: MaybeUndefined<Vec<PipelineStepInput>>,
}

impl TryFrom<UpdateFeatureInput> for FeaturePatch {
    type Error = Fault;

    fn try_from(input: UpdateFeatureInput) -> Result<Self, Fault> {
        let roles = kept("allowedRoles", input.allowed_roles)?;
        let steps = kept("steps", input.steps)?;
        let rate_limit = Option::<Option<RateLimitInput>>::from(input.rate_limit);
        Ok(Self {
            name: kept("name", input.name)?,
            description: input.description.into(),
            quota_cost: kept("quotaCost", input.quota_cost)?.map(Into::into),
            allowed_roles: roles.map(|roles| roles.into_iter().map(Into::into).collect()),
            plan: input.plan.into(),
            rate_limit: rate_limit.map(|limit| limit.map(Into::into)),
            concurrency: kept("concurrency", input.concurrency)?.map(Into::into),
            max_items: kept("maxItems", input.max_items)?.map(Into::into),
            steps: steps.map(|steps| steps.into_iter().map(Into::into).collect()),
        })
    }
}

/// What `updateFeature` answers.
pub struct UpdateFeaturePayload {
    feature: Arc<Feature>,
}

object_at_hand! {
    /// What `updateFeature` answers.
    UpdateFeaturePayload |payload| {
        /// The feature as it is now.
        feature "feature": One<Arc<Feature>> = One(Arc::clone(&payload.feature));
    }
}

/// What `setFeatureEnabled` takes.
#[derive(Debug, InputObject)]
pub struct SetFeatureEnabledInput {
    /// The feature.
    id: ID,
    /// Whether batches may be created with it from now on.
    is_enabled: bool,
}

/// What `setFeatureEnabled` answers.
pub struct SetFeatureEnabledPayload {
    feature: Arc<Feature>,
}

object_at_hand! {
    /// What `setFeatureEnabled` answers.
    SetFeatureEnabledPayload |payload| {
        /// The feature as it is now.
        feature "feature": One<Arc<Feature>> = One(Arc::clone(&payload.feature));
    }
}

/// What `deleteFeature` takes.
#[derive(Debug, InputObject)]
pub struct DeleteFeatureInput {
    /// The feature.
    id: ID,
}

/// What `deleteFeature` answers.
pub struct DeleteFeaturePayload {
    deleted_id: ID,
}

object_at_hand! {
    /// What `deleteFeature` answers.
    DeleteFeaturePayload |payload| {
        /// The id of what is no longer there; its batches stay readable.
        deleted_id "deletedId": ID = payload.deleted_id.clone();
    }
}

/// Changing features. For OPERATOR.
#[derive(Default)]
pub struct FeatureMutation;

#[Object]
impl FeatureMutation {
    /// Adds a feature. For OPERATOR.
    async fn create_feature(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The feature to be.")] input: CreateFeatureInput,
    ) -> Option<Result<One<CreateFeaturePayload>>> {
        Some(create(ctx, input).await.map(One))
    }

    /// Changes a feature; batches that exist are not affected. For OPERATOR.
    async fn update_feature(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: UpdateFeatureInput,
    ) -> Option<Result<One<UpdateFeaturePayload>>> {
        Some(update(ctx, input).await.map(One))
    }

    /// Switches a feature on or off for new batches. For OPERATOR.
    async fn set_feature_enabled(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and how.")] input: SetFeatureEnabledInput,
    ) -> Option<Result<One<SetFeatureEnabledPayload>>> {
        Some(set_enabled(ctx, input).await.map(One))
    }

    /// Deletes a feature; its batches stay readable. For OPERATOR.
    async fn delete_feature(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: DeleteFeatureInput,
    ) -> Option<Result<One<DeleteFeaturePayload>>> {
        Some(delete(ctx, input).await.map(One))
    }
}

async fn create(ctx: &Context<'_>, input: CreateFeatureInput) -> Result<CreateFeaturePayload> {
    let services = services(ctx)?;
    let feature = services.features.create(actor(ctx)?, input.into()).await?;
    Ok(CreateFeaturePayload { feature: Arc::new(Feature::new(services, feature)) })
}

async fn update(ctx: &Context<'_>, input: UpdateFeatureInput) -> Result<UpdateFeaturePayload> {
    let services = services(ctx)?;
    let key = GlobalId::raw_of(NodeKind::Feature, "id", &input.id)?;
    let feature = services.features.update(actor(ctx)?, &key, input.try_into()?).await?;
    Ok(UpdateFeaturePayload { feature: Arc::new(Feature::new(services, feature)) })
}

async fn set_enabled(ctx: &Context<'_>, input: SetFeatureEnabledInput) -> Result<SetFeatureEnabledPayload> {
    let services = services(ctx)?;
    let key = GlobalId::raw_of(NodeKind::Feature, "id", &input.id)?;
    let feature = services.features.set_enabled(actor(ctx)?, &key, input.is_enabled).await?;
    Ok(SetFeatureEnabledPayload { feature: Arc::new(Feature::new(services, feature)) })
}

async fn delete(ctx: &Context<'_>, input: DeleteFeatureInput) -> Result<DeleteFeaturePayload> {
    let key = GlobalId::raw_of(NodeKind::Feature, "id", &input.id)?;
    services(ctx)?.features.delete(actor(ctx)?, &key).await?;
    Ok(DeleteFeaturePayload { deleted_id: feature_id(&key) })
}

/// What a patch sets of something that cannot be taken away.
fn kept<T>(field: &str, given: MaybeUndefined<T>) -> Result<Option<T>, Fault> {
    match given {
        MaybeUndefined::Undefined => Ok(None),
        MaybeUndefined::Null => {
            Err(Fault::bad_input(field, format!("{field} cannot be null; leave it out to keep it")))
        }
        MaybeUndefined::Value(value) => Ok(Some(value)),
    }
}
