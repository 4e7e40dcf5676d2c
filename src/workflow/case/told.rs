//! What webhooks are told of a case: what its history says, in its transaction.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::history::HistoryKind;
use super::{Case, Hand};
use crate::events::Signal;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::storage::entity::{incident, job, process_history, task};
use crate::workflow::status::TaskStatus;
use crate::workflow::webhook::{
    Event, EventType, Hooks, generation, incident_data, instance_data, job_data, job_event, write_in_op,
};

/// What the history has beside the reason that webhooks are told, too.
const TOLD: [&str; 4] = ["from", "to", "opinion", "nodeId"];

impl Case {
    /// The webhooks as they are for whoever has the tree under its lock.
    ///
    /// # Errors
    /// The database's.
    pub async fn webhooks(&self) -> Result<Arc<Hooks>, Fault> {
        let generation = match self.webhooks {
            Some(generation) => generation,
            None => generation(&self.tx).await?,
        };
        self.inner.hooks.at(&self.inner.db, generation).await
    }

    /// Writes the events that webhooks want; whom to wake. Before the history is written, and after the
    /// instances.
    pub(super) async fn write_told(&self) -> Result<Option<Signal>, Fault> {
        let hooks = self.webhooks().await?;
        // What nobody would be told is not even looked at.
        if hooks.told().next().is_none() {
            return Ok(None);
        }
        // What a job has come to is before what comes of it, and a new one behind what led to it.
        let ended = self.jobs.ended().filter_map(|job| self.event_of_job(job, false));
        let history = self.history.iter().filter_map(|entry| self.event_of(entry));
        let created = self.jobs.created().iter().filter_map(|job| self.event_of_job(job, true));
        let incidents = self.jobs.incidents().iter().filter_map(|incident| self.event_of_incident(incident));
        let events = ended.chain(history).chain(created).chain(incidents).collect();
        Ok(write_in_op(&self.tx, &hooks, events).await?.then_some(Signal::Told))
    }

    /// The event that an entry of the history is; none for what nobody is told of.
    fn event_of(&self, entry: &process_history::Model) -> Option<Event> {
        let kind = HistoryKind::of(&entry.kind)?;
        let kind = EventType::of_history(kind, entry.task_id.is_some(), entry.to_status)?;
        let hand = &self.hands[*self.places.get(&entry.instance_id)?];
        let task = entry.task_id.and_then(|id| self.tasks.get(&id));
        let mut data = Map::new();
        data.insert("instance".to_owned(), instance_of(hand, entry));
        if let Some(task) = task {
            data.insert("task".to_owned(), task_data(&task.row, entry.to_status, &task.candidates));
        }
        data.insert("actor".to_owned(), entry.actor.clone().into());
        data.insert("reason".to_owned(), entry.reason.clone().into());
        let more = entry.data.as_deref().and_then(|text| serde_json::from_str(text).ok());
        if let Some(Value::Object(more)) = more {
            data.extend(more.into_iter().filter(|(name, _)| TOLD.contains(&name.as_str())));
        }
        let process_history::Model { root_id, revision, ordinal, .. } = entry;
        Some(Event {
            kind,
            operation_key: format!("process_history:{root_id}:{revision}:{ordinal}"),
            instance: entry.instance_id,
            definition_key: hand.definition.row.key.clone(),
            data: Value::Object(data),
            at: entry.at,
        })
    }
}

impl Case {
    /// An event of an instance in hand, with more than the instance itself.
    fn event_about(&self, instance: Uuid, kind: EventType, key: String, more: Value) -> Option<Event> {
        let hand = &self.hands[*self.places.get(&instance)?];
        let mut data = Map::new();
        data.insert("instance".to_owned(), instance_data(&hand.row, &hand.definition.row, hand.row.status));
        if let Value::Object(more) = more {
            data.extend(more);
        }
        let definition_key = hand.definition.row.key.clone();
        Some(Event {
            kind,
            operation_key: key,
            instance,
            definition_key,
            data: Value::Object(data),
            at: self.now,
        })
    }

    fn event_of_job(&self, job: &job::Model, is_new: bool) -> Option<Event> {
        let (kind, key) = job_event(job, is_new);
        self.event_about(job.instance_id, kind, key, job_data(job))
    }

    fn event_of_incident(&self, incident: &incident::Model) -> Option<Event> {
        let kind = EventType::IncidentRaised;
        let key = format!("incident:{}:{}", incident.id, kind.as_str());
        self.event_about(incident.instance_id, kind, key, incident_data(incident))
    }
}

fn instance_of(hand: &Hand, entry: &process_history::Model) -> Value {
    let own = entry.to_status.filter(|_| entry.task_id.is_none());
    instance_data(&hand.row, &hand.definition.row, own.unwrap_or(hand.row.status))
}

/// What is told of a task, in this status.
fn task_data(row: &task::Model, status: Option<i16>, candidates: &[String]) -> Value {
    let (status, id) = (status.unwrap_or(row.status), |id: Uuid| GlobalId::encode(NodeKind::Task, id));
    json!({
        "id": id(row.id),
        "parentId": row.parent_id.map(id),
        "nodeId": row.node_id,
        "name": row.name,
        "status": TaskStatus::of(status).map_or("", TaskStatus::as_str),
        "statusCode": status,
        "assignee": row.assignee,
        "owner": row.owner,
        "candidates": candidates,
        "decidedBy": row.decided_by,
        "revision": row.revision,
        "createdAt": row.created_at,
        "dueAt": row.due_at,
        "finishedAt": row.finished_at,
    })
}
