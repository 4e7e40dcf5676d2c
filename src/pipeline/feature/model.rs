//! What a feature is, and what is given to make or change one.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::kernel::Role;

/// Something that can be done with pictures: a pipeline, who may use it, at what cost and pace.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Its id for ever, such as `basic_clean`: `[a-z][a-z0-9_]*`, at most 64 characters.
    pub key: String,
    /// Its name for people, 1 to 100 characters.
    pub name: String,
    /// What it does, at most 2,000 characters.
    pub description: Option<String>,
    /// Quota an item, 0 to 1,000,000.
    pub quota_cost: i64,
    /// Whether batches may be created with it.
    pub is_enabled: bool,
    /// Who may use it: whoever's role includes one of these. Never empty.
    pub allowed_roles: Vec<Role>,
    /// The plan that a user must have, if any; 1 to 64 characters.
    pub plan: Option<String>,
    /// How many batches a user may create with it in a while, if that is limited.
    pub rate_limit: Option<RateLimit>,
    /// The most items of a batch in hand at once, 1 to 1,000.
    pub concurrency: u32,
    /// The most items a batch, 1 to 100,000.
    pub max_items: u32,
    /// The pipeline, at most 32 steps. Without any, a picture is only checked.
    pub steps: Vec<StepSpec>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Deleted: only there for the batches that were made with it.
    pub deleted: bool,
}

/// At most `max` batches a user in `per_seconds` seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// How many, 1 to 100,000.
    pub max: u32,
    /// In how many seconds, 1 to 31 days.
    pub per_seconds: u32,
}

/// A step as the operator set it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepSpec {
    /// Its name within the feature: `[a-z][a-z0-9_]*`, at most 32 characters, not `decode` or
    /// `encode`, which every picture goes through.
    pub name: String,
    /// What it does: a [`StepKind`](crate::pipeline::StepKind)'s name.
    pub kind: String,
    /// The kind's parameters, an object; what is left out has the kind's default.
    pub parameters: Value,
}

/// What a new feature is to be; numbers as they come from outside, unchecked.
#[derive(Debug, Clone)]
pub struct NewFeature {
    /// See [`Feature::key`].
    pub key: String,
    /// See [`Feature::name`].
    pub name: String,
    /// See [`Feature::description`].
    pub description: Option<String>,
    /// See [`Feature::quota_cost`].
    pub quota_cost: i64,
    /// See [`Feature::is_enabled`].
    pub is_enabled: bool,
    /// See [`Feature::allowed_roles`]; everybody where it is left out.
    pub allowed_roles: Option<Vec<Role>>,
    /// See [`Feature::plan`].
    pub plan: Option<String>,
    /// See [`Feature::rate_limit`].
    pub rate_limit: Option<NewRateLimit>,
    /// See [`Feature::concurrency`]; 5 where it is left out.
    pub concurrency: Option<i64>,
    /// See [`Feature::max_items`]; 50 where it is left out.
    pub max_items: Option<i64>,
    /// See [`Feature::steps`].
    pub steps: Vec<StepSpec>,
}

impl Default for NewFeature {
    /// An enabled feature that everybody may use, free and without steps; key and name are missing.
    fn default() -> Self {
        Self {
            key: String::new(),
            name: String::new(),
            description: None,
            quota_cost: 0,
            is_enabled: true,
            allowed_roles: None,
            plan: None,
            rate_limit: None,
            concurrency: None,
            max_items: None,
            steps: Vec::new(),
        }
    }
}

/// A rate limit as it comes from outside, unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRateLimit {
    /// See [`RateLimit::max`].
    pub max: i64,
    /// See [`RateLimit::per_seconds`].
    pub per_seconds: i64,
}

/// What is to be changed of a feature; the rest stays. `Some(None)` takes away.
#[derive(Debug, Clone, Default)]
pub struct FeaturePatch {
    /// See [`Feature::name`].
    pub name: Option<String>,
    /// See [`Feature::description`].
    pub description: Option<Option<String>>,
    /// See [`Feature::quota_cost`].
    pub quota_cost: Option<i64>,
    /// See [`Feature::allowed_roles`].
    pub allowed_roles: Option<Vec<Role>>,
    /// See [`Feature::plan`].
    pub plan: Option<Option<String>>,
    /// See [`Feature::rate_limit`].
    pub rate_limit: Option<Option<NewRateLimit>>,
    /// See [`Feature::concurrency`].
    pub concurrency: Option<i64>,
    /// See [`Feature::max_items`].
    pub max_items: Option<i64>,
    /// See [`Feature::steps`].
    pub steps: Option<Vec<StepSpec>>,
}
