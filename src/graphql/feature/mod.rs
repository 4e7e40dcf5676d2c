//! Features: what can be done with pictures.

mod mutation;
mod query;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID};
pub use mutation::FeatureMutation;
pub use query::FeatureQuery;

use super::at_hand::{One, Rows, object_at_hand};
use super::connection::connection;
use super::context::{Services, actor};
use super::scalars::{DateTime, Int, Json};
use super::viewer::Role;
use crate::account::access::{self, Policy};
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::pipeline as domain;

/// Loads features for lists of what refers to them.
pub struct FeatureList;

impl FeatureList {
    /// The features with these keys, deleted ones too.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load(
        services: &Arc<Services>,
        keys: &[String],
    ) -> Result<HashMap<String, Arc<Feature>>, Fault> {
        let found = services.features.by_keys(keys).await?;
        let wrap = |(key, feature)| (key, Arc::new(Feature::new(services, feature)));
        Ok(found.into_iter().map(wrap).collect())
    }
}

impl FeatureList {
    /// The features with these keys that are not deleted; everybody may see them.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load_present(
        services: &Arc<Services>,
        keys: &[String],
    ) -> Result<HashMap<String, Arc<Feature>>, Fault> {
        let mut found = services.features.by_keys(keys).await?;
        found.retain(|_, feature| !feature.deleted);
        Ok(found.into_iter().map(|(key, feature)| (key, Arc::new(Feature::new(services, feature)))).collect())
    }
}

/// A feature.
pub struct Feature {
    feature: domain::Feature,
    services: Arc<Services>,
}

impl Feature {
    /// A feature as the schema shows it.
    pub fn new(services: &Arc<Services>, feature: domain::Feature) -> Self {
        Self { feature, services: Arc::clone(services) }
    }
}

object_at_hand! {
    /// What can be done with pictures: a pipeline of steps, by whom and at what cost.
    Feature |feature| {
        /// The global id.
        id "id": ID = feature_id(&feature.feature.key);
        /// Its id for people and programs, such as `basic_clean`.
        key "key": String = feature.feature.key.clone();
        /// Its name for people.
        name "name": String = feature.feature.name.clone();
        /// What it does.
        description "description": Option<String> = feature.feature.description.clone();
        /// Quota an item.
        quota_cost "quotaCost": Int = Int(feature.feature.quota_cost);
        /// Whether batches may be created with it.
        is_enabled "isEnabled": bool = feature.feature.is_enabled;
        /// Who may use it: a role includes those that may more.
        allowed_roles "allowedRoles": Vec<Role> =
            feature.feature.allowed_roles.iter().map(|role| (*role).into()).collect();
        /// The plan that a user's token must carry, if any; operators need none.
        plan "plan": Option<String> = feature.feature.plan.clone();
        /// How often a user may create a batch with it; as often as they like where it is null.
        rate_limit "rateLimit": Option<One<RateLimit>> =
            feature.feature.rate_limit.map(|limit| One(RateLimit(limit)));
        /// The most items of a batch in hand at once.
        concurrency "concurrency": Int = Int(i64::from(feature.feature.concurrency));
        /// The most items a batch.
        max_items "maxItems": Int = Int(i64::from(feature.feature.max_items));
        /// Its pipeline, in order.
        steps "steps": Rows<PipelineStep> =
            Rows(feature.feature.steps.iter().cloned().map(PipelineStep).collect());
        /// The JSON Schema of what `inputData` of a batch may set.
        parameter_schema "parameterSchema": Json =
            Json(feature.services.features.parameter_schema(&feature.feature));
        /// When it was created.
        created_at "createdAt": DateTime = DateTime(feature.feature.created_at);
        /// When it was last changed.
        updated_at "updatedAt": DateTime = DateTime(feature.feature.updated_at);
    }
    more {
        /// Whether the viewer may create a batch with it now, leaving quota and rate aside.
        async fn viewer_can_use(&self, ctx: &Context<'_>) -> async_graphql::Result<bool> {
            let feature = &self.feature;
            let policy = Policy {
                allowed_roles: &feature.allowed_roles,
                plan: feature.plan.as_deref(),
                is_enabled: feature.is_enabled,
            };
            Ok(access::decide(actor(ctx)?, &policy).is_ok())
        }
    }
}

/// A rate limit.
pub struct RateLimit(domain::RateLimit);

object_at_hand! {
    /// At most so many batches a user in so much time.
    RateLimit |limit| {
        /// The most batches …
        max "max": Int = Int(i64::from(limit.0.max));
        /// … in any stretch of so many seconds.
        per_seconds "perSeconds": Int = Int(i64::from(limit.0.per_seconds));
    }
}

/// A step.
pub struct PipelineStep(domain::StepSpec);

object_at_hand! {
    /// A step of a pipeline.
    PipelineStep |step| {
        /// Its name, unlike any other's in the pipeline.
        name "name": String = step.0.name.clone();
        /// What it does; see `stepKinds`.
        kind "kind": String = step.0.kind.clone();
        /// Its parameters, before a batch's `inputData` goes over them.
        parameters "parameters": Json = Json(step.0.parameters.clone());
    }
}

/// A kind of step.
pub struct StepKind {
    kind: &'static str,
    description: &'static str,
    schema: serde_json::Value,
}

impl From<&domain::StepKind> for StepKind {
    fn from(kind: &domain::StepKind) -> Self {
        let schema = kind.parameter_schema().clone();
        Self { kind: kind.name(), description: kind.description(), schema }
    }
}

object_at_hand! {
    /// A kind of step that pipelines can be made of.
    StepKind |kind| {
        /// Its name.
        kind "kind": String = kind.kind.to_owned();
        /// What it does.
        description "description": String = kind.description.to_owned();
        /// The JSON Schema of its parameters.
        parameter_schema "parameterSchema": Json = Json(kind.schema.clone());
    }
}

connection! {
    /// A page of features, by key.
    FeatureConnection,
    /// A feature in its place.
    FeatureEdge,
    Feature
}

/// A feature's global id.
pub fn feature_id(key: &str) -> ID {
    ID(GlobalId::encode(NodeKind::Feature, key))
}
