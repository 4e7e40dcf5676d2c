//! Definitions: processes deployed as numbered versions.

mod deploy;
mod file;
mod list;
#[cfg(test)]
mod list_tests;
mod reading;
mod store;

use std::sync::{Arc, OnceLock};

pub use list::DefinitionHead;
pub use reading::{Checked, CheckedFile, Drawn, check_file};
use uuid::Uuid;

use super::bpmn;
use super::model::Model;
use crate::events::Bus;
use crate::kernel::{Actor, Clock, Fault, Role};
use crate::storage::Db;
use crate::storage::entity::process_definition;

/// How many definitions are kept at hand, read and checked.
const AT_HAND: u64 = 500;

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
            let key = &definition.row.key;
            let drawn = definition.drawn.get_or_init(|| bpmn::with_diagram_of(text, key));
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
    let models = reading::read_deployed(&row).await?;
    let model = models.into_iter().find(|model| model.key == row.key);
    let model = model.ok_or_else(|| Fault::internal(format!("{} is not in its document", row.key)))?;
    Ok(Arc::new(Definition::new(row, model)))
}
