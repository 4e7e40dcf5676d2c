//! Features: creating, changing, finding them, and what a batch may set of their pipelines.

mod model;
mod rules;
mod shipped;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

pub use model::{Feature, FeaturePatch, NewFeature, NewRateLimit, RateLimit, StepSpec};
pub(crate) use rules::is_identifier;

use super::parameters::{self, ResolvedPipeline};
use super::step::StepKinds;
use crate::kernel::{Actor, Clock, Fault, Page, PageRequest, Place, Role};
use crate::storage::Db;
use rules::Change;

/// The features.
#[derive(Clone)]
pub struct Features {
    db: Db,
    clock: Arc<dyn Clock>,
    kinds: Arc<StepKinds>,
}

impl Features {
    /// The features in `db`, made of `kinds`.
    pub fn new(db: Db, clock: Arc<dyn Clock>, kinds: Arc<StepKinds>) -> Self {
        Self { db, clock, kinds }
    }

    /// Every kind of step that pipelines can be made of.
    pub fn step_kinds(&self) -> &StepKinds {
        &self.kinds
    }

    /// A page of the features, ordered by key; its undecoded cursors are the keys. Everybody may see them.
    ///
    /// # Errors
    /// `BAD_INPUT` where a cursor is none of these.
    pub async fn list(&self, _actor: &Actor, request: &PageRequest) -> Result<Page<Feature>, Fault> {
        for (argument, cursor) in [("after", &request.after), ("before", &request.before)] {
            if cursor.as_deref().is_some_and(|key| !rules::is_key(key)) {
                return Err(Fault::bad_input(argument, "this is not a cursor of this connection"));
            }
        }
        let read = store::page(self.db.reader(), self.db.backend(), request).await?;
        Ok(Page::from_read(request, read, |feature| Place::Text(feature.key.clone())))
    }

    /// How many features [`list`](Self::list) goes through.
    ///
    /// # Errors
    /// `INTERNAL` where the database fails.
    pub async fn count(&self, _actor: &Actor) -> Result<u64, Fault> {
        store::count(self.db.reader()).await
    }

    /// The feature, unless it is deleted. Everybody may see it.
    ///
    /// # Errors
    /// `INTERNAL` where the database fails.
    pub async fn find(&self, _actor: &Actor, key: &str) -> Result<Option<Feature>, Fault> {
        // PostgreSQL takes no text with a zero byte, and no other key can be there either.
        if !rules::is_key(key) {
            return Ok(None);
        }
        Ok(store::find(self.db.reader(), key).await?.filter(|feature| !feature.deleted))
    }

    /// The features of those keys, deleted ones too: what loaders of old batches need.
    ///
    /// # Errors
    /// `INTERNAL` where the database fails.
    pub async fn by_keys(&self, keys: &[String]) -> Result<HashMap<String, Feature>, Fault> {
        let keys: Vec<_> = keys.iter().filter(|key| rules::is_key(key)).map(String::as_str).collect();
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        store::by_keys(self.db.reader(), &keys).await
    }

    /// Creates a feature.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the actor is an operator; `BAD_INPUT` naming the field; `CONFLICT` where
    /// the key is taken, be it by a deleted feature.
    pub async fn create(&self, actor: &Actor, new: NewFeature) -> Result<Feature, Fault> {
        must_operate(actor)?;
        let feature = rules::check_new(&self.kinds, new, self.clock.now())?;
        if store::insert(self.db.writer(), &feature).await? {
            tracing::info!(feature = feature.key, by = actor.user_id, "feature created");
            return Ok(feature);
        }
        let deleted = store::find(self.db.writer(), &feature.key).await?.is_some_and(|taken| taken.deleted);
        Err(Fault::conflict(if deleted {
            "the key belonged to a feature that is deleted, and stays reserved"
        } else {
            "there is a feature of this key already"
        }))
    }

    /// Changes a feature; batches that exist are not touched.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the actor is an operator; `BAD_INPUT` naming the field; `NOT_FOUND`.
    pub async fn update(&self, actor: &Actor, key: &str, patch: FeaturePatch) -> Result<Feature, Fault> {
        must_operate(actor)?;
        let change = rules::check_patch(&self.kinds, patch)?;
        let feature = self.write(key, &change).await?;
        tracing::info!(feature = key, by = actor.user_id, "feature changed");
        Ok(feature)
    }

    /// Allows or stops batches with a feature.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the actor is an operator; `NOT_FOUND`.
    pub async fn set_enabled(&self, actor: &Actor, key: &str, is_enabled: bool) -> Result<Feature, Fault> {
        must_operate(actor)?;
        let change = Change { is_enabled: Some(is_enabled), ..Change::default() };
        let feature = self.write(key, &change).await?;
        tracing::info!(feature = key, by = actor.user_id, is_enabled, "feature switched");
        Ok(feature)
    }

    /// Deletes a feature: it is gone for all but the batches made with it, and its key stays reserved.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the actor is an operator; `NOT_FOUND`, also where it is deleted already.
    pub async fn delete(&self, actor: &Actor, key: &str) -> Result<(), Fault> {
        must_operate(actor)?;
        if rules::is_key(key) && store::delete(self.db.writer(), key, self.clock.now()).await? {
            tracing::info!(feature = key, by = actor.user_id, "feature deleted");
            Ok(())
        } else {
            Err(Fault::not_found("feature"))
        }
    }

    /// Adds the features that come with the program where their keys are free. What operators
    /// changed or deleted stays so. Safe to call from several replicas at once.
    ///
    /// # Errors
    /// `INTERNAL` where the database fails.
    pub async fn install_shipped(&self) -> Result<(), Fault> {
        for new in shipped::shipped() {
            let feature = rules::check_new(&self.kinds, new, self.clock.now())?;
            store::insert(self.db.writer(), &feature).await?;
        }
        Ok(())
    }

    /// What is to be done to each picture of a batch: the feature's steps with the parameters that
    /// the batch's `input_data` sets.
    ///
    /// A member of `input_data` is either a parameter, set in every step that has it, or a step
    /// with an object of its parameters, which goes before.
    ///
    /// # Errors
    /// `BAD_INPUT` at `inputData` or a place in it; `CONFLICT` where the feature itself cannot be
    /// run any more, such as when a service has left the configuration.
    pub fn resolve(&self, feature: &Feature, input_data: Option<&Value>) -> Result<ResolvedPipeline, Fault> {
        parameters::resolve(&self.kinds, &feature.steps, input_data)
    }

    /// The JSON Schema of what a batch's `inputData` may hold for the feature, with what holds
    /// where nothing is set as the defaults.
    pub fn parameter_schema(&self, feature: &Feature) -> Value {
        parameters::schema(&self.kinds, feature)
    }

    async fn write(&self, key: &str, change: &Change) -> Result<Feature, Fault> {
        if !rules::is_key(key) {
            return Err(Fault::not_found("feature"));
        }
        let transaction = self.db.begin().await?;
        if *change != Change::default() {
            store::update(&transaction, key, change, self.clock.now()).await?;
        }
        let feature = store::find(&transaction, key).await?.filter(|feature| !feature.deleted);
        transaction.commit().await?;
        feature.ok_or_else(|| Fault::not_found("feature"))
    }
}

fn must_operate(actor: &Actor) -> Result<(), Fault> {
    if actor.has_role(Role::Operator) {
        Ok(())
    } else {
        Err(Fault::forbidden("only operators look after features"))
    }
}
