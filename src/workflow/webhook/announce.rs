//! Telling webhooks of what has happened to instances that nobody has in hand.
//!
//! Whoever works on a case needs none of this: what its history says is told by itself. Everybody else
//! who changes something about instances in a transaction of their own reads what is told of them
//! ([`Announced::read_in_op`]), makes an event of each change and announces them together. Whether any
//! webhook wants them is found out first, so that it costs one small statement where none does.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::event::{Event, EventType, instance_data};
use super::known::Hooks;
use super::store::{self, generation};
use crate::storage::bulk::by_ids;
use crate::storage::entity::process_instance;
use crate::workflow::Inner;
use crate::workflow::definition::Definition;

/// What is told of instances with each event of theirs; nothing, where no webhook is told of anything.
pub struct Announced {
    hooks: Arc<Hooks>,
    instances: HashMap<Uuid, (process_instance::Model, Arc<Definition>)>,
}

impl Announced {
    /// Reads what is told of the instances. After the transaction has locked or written something of
    /// theirs, such as a row that refers to them: then no webhook that is made meanwhile is left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn read_in_op(
        inner: &Inner,
        tx: &DatabaseTransaction,
        instances: &[Uuid],
    ) -> Result<Self, DbErr> {
        let hooks = inner.hooks.at(&inner.db, generation(tx).await?).await;
        let hooks = hooks.map_err(|fault| DbErr::Custom(fault.to_string()))?;
        let mut found = HashMap::new();
        if hooks.told().next().is_some() && !instances.is_empty() {
            let rows: Vec<process_instance::Model> = by_ids(tx, "process_instance", instances).await?;
            for row in rows {
                let definition = inner.definitions.by_id(row.definition_id).await;
                let definition = definition.map_err(|fault| DbErr::Custom(fault.to_string()))?;
                found.insert(row.id, (row, definition));
            }
        }
        Ok(Self { hooks, instances: found })
    }

    /// An event of an instance: `data` with the instance in it. None where nobody would be told.
    ///
    /// `operation_key` says what it is about (`incident:{id}:raised`), in at most 255 characters: the same
    /// key is told once, whoever announces it.
    pub fn event(
        &self,
        kind: EventType,
        operation_key: String,
        instance: Uuid,
        data: Value,
        at: DateTime<Utc>,
    ) -> Option<Event> {
        let (row, definition) = self.instances.get(&instance)?;
        let mut all = Map::new();
        all.insert("instance".to_owned(), instance_data(row, &definition.row, row.status));
        if let Value::Object(data) = data {
            all.extend(data);
        }
        let definition_key = definition.row.key.clone();
        Some(Event { kind, operation_key, instance, definition_key, data: Value::Object(all), at })
    }

    /// Writes the events with a delivery to each webhook that wants them; whether there are any, who are
    /// woken by [`Signal::Told`](crate::events::Signal::Told) after the commit.
    ///
    /// # Errors
    /// The database's.
    pub async fn announce_in_op(&self, tx: &DatabaseTransaction, events: Vec<Event>) -> Result<bool, DbErr> {
        store::write_in_op(tx, &self.hooks, events).await
    }
}
