//! Definitions: processes deployed as numbered versions.

mod file;
mod list;
#[cfg(test)]
mod list_tests;
mod reading;
mod store;

use std::sync::{Arc, OnceLock};

pub use list::DefinitionHead;
pub use reading::{Checked, Drawn, check_file};
use serde_json::json;
use uuid::Uuid;

use super::model::Model;
use super::{bpmn, start_event};
use crate::events::{Bus, Signal};
use crate::kernel::{Actor, Clock, Fault, Role};
use crate::storage::Db;
use crate::storage::entity::process_definition;
use reading::Read;

/// How many definitions are kept at hand, read and checked.
const AT_HAND: u64 = 500;
/// How often a deployment makes way for another one of the same key.
const TRIES: usize = 8;

/// A version of a process, ready to be executed.
#[derive(Debug)]
pub struct Definition {
    /// As it was deployed.
    pub row: process_definition::Model,
    /// What it was read into.
    pub model: Model,
    /// Its document with a diagram, where it came without one and somebody has asked for it.
    drawn: OnceLock<Option<String>>,
}

/// The service of definitions. Cheap to clone.
#[derive(Clone)]
pub struct Definitions {
    db: Db,
    clock: Arc<dyn Clock>,
    bus: Arc<dyn Bus>,
    at_hand: moka::sync::Cache<Uuid, Arc<Definition>>,
}

impl Definitions {
    /// The service over `db`.
    pub fn new(db: Db, clock: Arc<dyn Clock>, bus: Arc<dyn Bus>) -> Self {
        Self { db, clock, bus, at_hand: moka::sync::Cache::new(AT_HAND) }
    }

    /// Deploys a process: the next version of its key. What is the newest version already, letter
    /// for letter, is answered and not deployed again; a chart only where that was drawn as the same
    /// chart. Instances stay on their versions; what begins new ones is from now on what this one says.
    /// For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR. `BAD_INPUT` at `bpmnXml` or `chart` with `faults`: all that is wrong
    /// with it, each with `code`, `element`, `line`, `path` and `message`.
    pub async fn deploy(&self, actor: &Actor, drawn: impl Into<Drawn>) -> Result<Arc<Definition>, Fault> {
        if !actor.has_role(Role::Operator) {
            return Err(Fault::forbidden("only OPERATOR may deploy processes"));
        }
        let Read { model, bpmn_xml, chart } = reading::read(drawn.into()).await?;
        let is_same = |other: &process_definition::Model| {
            other.bpmn_xml == bpmn_xml && (chart.is_none() || other.chart == chart)
        };
        for _ in 0..TRIES {
            let newest = store::newest(self.db.reader(), &model.key).await?;
            if let Some(newest) = newest.as_ref().filter(|newest| is_same(newest)) {
                return self.by_id(newest.id).await;
            }
            let row = process_definition::Model {
                id: Uuid::now_v7(),
                key: model.key.clone(),
                version: newest.map_or(1, |newest| newest.version + 1),
                name: model.name.clone(),
                bpmn_xml: bpmn_xml.clone(),
                chart: chart.clone(),
                deployed_by: actor.user_id.clone(),
                created_at: self.clock.now(),
            };
            let tx = self.db.begin().await?;
            if store::add(&tx, &row).await? {
                let first = start_event::arm_in_op(&tx, &row, &model).await?;
                tx.commit().await?;
                self.bus.publish(Signal::Due { at: first.unwrap_or(row.created_at) });
                tracing::info!(key = row.key, version = row.version, "process deployed");
                if !model.unproved.is_empty() {
                    let (key, version, within) = (&row.key, row.version, &model.unproved);
                    tracing::warn!(key, version, ?within, "too large to prove that its gateways join");
                }
                let definition = Arc::new(Definition::new(row, model));
                self.at_hand.insert(definition.row.id, Arc::clone(&definition));
                return Ok(definition);
            }
            // Somebody else's was first: the next number, then.
        }
        Err(Fault::conflict("others are deploying the same process: try again in a moment")
            .with("retryable", json!(true)))
    }

    /// What is wrong with a process as it was drawn, and how it looks; nothing is deployed. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR.
    pub async fn check(&self, actor: &Actor, drawn: Drawn) -> Result<Checked, Fault> {
        if !actor.has_role(Role::Operator) {
            return Err(Fault::forbidden("only OPERATOR may check processes"));
        }
        reading::check(drawn).await
    }

    /// The document of a definition with a diagram: as it was deployed where it has one, else with one
    /// made for it, and not another letter changed.
    ///
    /// # Errors
    /// None but `INTERNAL`.
    pub async fn diagram(&self, definition: &Arc<Definition>) -> Result<String, Fault> {
        let definition = Arc::clone(definition);
        let drawing = tokio::task::spawn_blocking(move || {
            let text = &definition.row.bpmn_xml;
            let drawn = definition.drawn.get_or_init(|| bpmn::with_diagram(text));
            drawn.as_ref().unwrap_or(text).clone()
        });
        drawing.await.map_err(Fault::internal)
    }

    /// A version of a process; the newest where none is named.
    ///
    /// # Errors
    /// The database's.
    pub async fn find(&self, key: &str, version: Option<i32>) -> Result<Option<Arc<Definition>>, Fault> {
        if !list::is_key(key) {
            return Ok(None);
        }
        match store::id_of(self.db.reader(), key, version).await? {
            Some(id) => Ok(Some(self.by_id(id).await?)),
            None => Ok(None),
        }
    }

    /// A definition by its id.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INTERNAL` where what was deployed can no longer be read.
    pub async fn by_id(&self, id: Uuid) -> Result<Arc<Definition>, Fault> {
        if let Some(definition) = self.at_hand.get(&id) {
            return Ok(definition);
        }
        let found = store::by_id(self.db.reader(), id).await?;
        let row = found.ok_or_else(|| Fault::not_found("process definition"))?;
        let definition = ready(row).await?;
        self.at_hand.insert(id, Arc::clone(&definition));
        Ok(definition)
    }
}

impl Definition {
    fn new(row: process_definition::Model, model: Model) -> Self {
        Self { row, model, drawn: OnceLock::new() }
    }
}

/// What was deployed, read once more.
async fn ready(row: process_definition::Model) -> Result<Arc<Definition>, Fault> {
    // It was checked when it was deployed: what is wrong now is our fault.
    let read = reading::read(Drawn::Bpmn(row.bpmn_xml.clone())).await.map_err(Fault::internal)?;
    Ok(Arc::new(Definition::new(row, read.model)))
}
