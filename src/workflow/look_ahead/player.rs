//! An instance in a rehearsal.

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::storage::entity::process_instance;
use crate::workflow::definition::Definition;
use crate::workflow::execution::{Novelty, State};

/// An instance on the stage.
pub(super) struct Player {
    pub id: Uuid,
    /// Who has called it, where that is on the stage too.
    pub parent: Option<Uuid>,
    /// How many are above it.
    pub depth: i16,
    pub definition: Arc<Definition>,
    pub starter: Option<String>,
    pub business_key: Option<String>,
    pub state: State,
    pub variables: Map<String, Value>,
    pub has_ended: bool,
}

impl Player {
    /// One that is under way, called by `parent` where that is on the stage.
    ///
    /// # Errors
    /// `INTERNAL` where its variables cannot be read.
    pub fn running(
        row: process_instance::Model,
        parent: Option<Uuid>,
        definition: Arc<Definition>,
        state: State,
    ) -> Result<Self, Fault> {
        Ok(Self {
            id: row.id,
            parent,
            depth: row.depth,
            definition,
            starter: row.started_by,
            business_key: row.business_key,
            state,
            variables: serde_json::from_str(&row.variables).map_err(Fault::internal)?,
            has_ended: false,
        })
    }
}

/// Ids and luck that nobody keeps.
pub(super) struct Numbers;

impl Novelty for Numbers {
    fn id(&mut self) -> Uuid {
        Uuid::now_v7()
    }

    /// Nobody knows who will be drawn: the first stands for all.
    fn draw(&mut self, _: usize) -> usize {
        0
    }
}
