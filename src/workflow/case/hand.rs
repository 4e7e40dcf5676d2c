//! One instance in hand.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::kernel::Fault;
use crate::storage::entity::process_instance;
use crate::workflow::definition::Definition;
use crate::workflow::execution::{FORMAT, State};
use crate::workflow::read;
use crate::workflow::status::InstanceStatus;

/// An instance with its state read.
pub(super) struct Hand {
    pub row: process_instance::Model,
    pub definition: Arc<Definition>,
    pub state: State,
    pub variables: Map<String, Value>,
    /// The revision that the database has; none: it is new.
    pub stored: Option<i64>,
    pub is_changed: bool,
}

/// An instance to be.
#[derive(Debug)]
pub struct NewInstance {
    /// Its id.
    pub id: Uuid,
    /// The version that it stays on.
    pub definition: Arc<Definition>,
    /// What it is about, in the words of who starts it.
    pub business_key: Option<String>,
    /// Who starts it.
    pub started_by: Option<String>,
    /// What it begins with.
    pub variables: Map<String, Value>,
    /// Approvers that the starter has chosen, by node.
    pub chosen: Map<String, Value>,
    /// The instance that calls it, with the top of the tree and the call's entry in the history.
    pub parent: Option<Parent>,
}

/// Who calls an instance.
#[derive(Debug, Clone, Copy)]
pub struct Parent {
    pub instance: Uuid,
    pub root: Uuid,
    pub activity: Uuid,
    /// How many instances are above the one that is called.
    pub depth: i16,
}

impl Hand {
    /// Takes an instance in hand as the database has it.
    pub fn read(row: process_instance::Model, definition: Arc<Definition>) -> Result<Self, Fault> {
        let state = read::state(&row)?;
        let variables = serde_json::from_str(&row.variables).map_err(Fault::internal)?;
        let stored = Some(row.revision);
        Ok(Self { row, definition, state, variables, stored, is_changed: false })
    }

    /// Takes a new one in hand, as yet without variables.
    pub fn new(new: NewInstance, now: DateTime<Utc>) -> Self {
        let mut state = State::new();
        state.chosen = new.chosen;
        let row = process_instance::Model {
            id: new.id,
            definition_id: new.definition.row.id,
            root_id: new.parent.map_or(new.id, |parent| parent.root),
            parent_id: new.parent.map(|parent| parent.instance),
            parent_activity: new.parent.map(|parent| parent.activity),
            depth: new.parent.map_or(0, |parent| parent.depth),
            business_key: new.business_key,
            started_by: new.started_by,
            status: InstanceStatus::Running.code(),
            reason: None,
            suspended: false,
            format: 0,
            state: String::new(),
            variables: String::new(),
            revision: 0,
            started_at: now,
            ended_at: None,
        };
        let (definition, variables) = (new.definition, Map::new());
        Self { row, definition, state, variables, stored: None, is_changed: true }
    }

    /// The revision that is being made.
    pub fn revision(&self) -> i64 {
        self.stored.unwrap_or(0) + 1
    }

    /// Puts what is in hand into the row.
    pub fn seal(&mut self) -> Result<(), Fault> {
        self.row.format = i32::try_from(FORMAT).map_err(Fault::internal)?;
        self.row.state = self.state.save().map_err(Fault::internal)?;
        self.row.variables = serde_json::to_string(&self.variables).map_err(Fault::internal)?;
        Ok(())
    }
}
