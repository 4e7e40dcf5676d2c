//! Deploying: each process of what was drawn becomes the next version of its key, all together or none.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::reading::{self, Read};
use super::{Definition, Definitions, Drawn, store};
use crate::events::Signal;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::entity::process_definition;
use crate::workflow::model::Model;
use crate::workflow::start_event;

/// How often a deployment makes way for another one of the same key.
const TRIES: usize = 8;

/// What becomes of a process that is deployed.
enum Becoming {
    /// It is the newest version already.
    Same(Uuid),
    /// It becomes this version.
    Next(process_definition::Model),
}

impl Definitions {
    /// As [`deploy_all`](Self::deploy_all): the first process.
    ///
    /// # Errors
    /// The same.
    pub async fn deploy(&self, actor: &Actor, drawn: impl Into<Drawn>) -> Result<Arc<Definition>, Fault> {
        Ok(self.deploy_all(actor, drawn).await?.remove(0))
    }

    /// Deploys the processes of a document, or that of a chart: each the next version of its key, in the
    /// document's order and never none. What is the newest version already, letter for letter, is answered
    /// and not deployed again; a chart only where that was drawn as the same chart. Instances stay on
    /// their versions; what begins new ones is from now on what this one says. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR. `BAD_INPUT` at `bpmnXml` or `chart` with `faults`: all that is wrong
    /// with it, each with `code`, `element`, `line`, `path` and `message`.
    pub async fn deploy_all(
        &self,
        actor: &Actor,
        drawn: impl Into<Drawn>,
    ) -> Result<Vec<Arc<Definition>>, Fault> {
        if !actor.has_role(Role::Operator) {
            return Err(Fault::forbidden("only OPERATOR may deploy processes"));
        }
        let read = reading::read(drawn.into()).await?;
        for _ in 0..TRIES {
            let mut becoming = Vec::with_capacity(read.models.len());
            for model in &read.models {
                becoming.push(self.becoming(actor, model, &read).await?);
            }
            if self.add(&becoming, &read.models).await? {
                return self.deployed(becoming, read.models).await;
            }
            // Somebody else's was first: the next number, then.
        }
        Err(Fault::conflict("others are deploying the same process: try again in a moment")
            .with("retryable", json!(true)))
    }

    async fn becoming(&self, actor: &Actor, model: &Model, read: &Read) -> Result<Becoming, Fault> {
        let newest = store::newest(self.db.reader(), &model.key).await?;
        let is_same = |other: &&process_definition::Model| {
            other.bpmn_xml == read.bpmn_xml && (read.chart.is_none() || other.chart == read.chart)
        };
        if let Some(newest) = newest.as_ref().filter(is_same) {
            return Ok(Becoming::Same(newest.id));
        }
        Ok(Becoming::Next(process_definition::Model {
            id: Uuid::now_v7(),
            key: model.key.clone(),
            version: newest.map_or(1, |newest| newest.version + 1),
            name: model.name.clone(),
            bpmn_xml: read.bpmn_xml.clone(),
            chart: read.chart.clone(),
            deployed_by: actor.user_id.clone(),
            created_at: self.clock.now(),
        }))
    }

    /// Writes the new versions in one transaction; whether their numbers were free.
    async fn add(&self, becoming: &[Becoming], models: &[Model]) -> Result<bool, Fault> {
        let new = becoming.iter().zip(models).filter_map(|(becoming, model)| match becoming {
            Becoming::Next(row) => Some((row, model)),
            Becoming::Same(_) => None,
        });
        let mut new: Vec<_> = new.collect();
        if new.is_empty() {
            return Ok(true);
        }
        // In the order of their keys, so that none waits crosswise for another.
        new.sort_by_key(|(row, _)| &row.key);
        let tx = self.db.begin().await?;
        let mut first = None;
        for (row, model) in &new {
            if !store::add(&tx, row).await? {
                tx.rollback().await?;
                return Ok(false);
            }
            let due = start_event::arm_in_op(&tx, row, model).await?;
            first = first.into_iter().chain(due).min();
        }
        tx.commit().await?;
        self.bus.publish(Signal::Due { at: first.unwrap_or_else(|| self.clock.now()) });
        for (row, model) in new {
            tracing::info!(key = row.key, version = row.version, "process deployed");
            if !model.unproved.is_empty() {
                let (key, version, within) = (&row.key, row.version, &model.unproved);
                tracing::warn!(key, version, ?within, "too large to prove that its gateways join");
            }
        }
        Ok(true)
    }

    async fn deployed(
        &self,
        becoming: Vec<Becoming>,
        models: Vec<Model>,
    ) -> Result<Vec<Arc<Definition>>, Fault> {
        let mut deployed = Vec::with_capacity(models.len());
        for (becoming, model) in becoming.into_iter().zip(models) {
            deployed.push(match becoming {
                Becoming::Same(id) => self.by_id(id).await?,
                Becoming::Next(row) => {
                    let definition = Arc::new(Definition::new(row, model));
                    self.at_hand.insert(definition.row.id, Arc::clone(&definition));
                    definition
                }
            });
        }
        Ok(deployed)
    }
}
