//! What somebody may do with tasks, for many tasks at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::acting::{approval_of, has_signed_behind};
use super::rules::{Action, Situation, may_claim};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::{process_instance, task, task_candidate};
use crate::workflow::definition::Definition;
use crate::workflow::execution::{self, Later};
use crate::workflow::form::{TaskForm, form_of};
use crate::workflow::model::Approval;
use crate::workflow::status::TaskStatus;
use crate::workflow::{Workflow, read, sees_variables};

/// What is around tasks, read for all of them at once.
pub struct Outlook {
    principals: Vec<String>,
    candidates: HashMap<Uuid, Vec<String>>,
    instances: HashMap<Uuid, process_instance::Model>,
    definitions: HashMap<Uuid, Arc<Definition>>,
    /// The topmost instances that are suspended.
    suspended: HashSet<Uuid>,
    /// Tasks that have added signers who are not done.
    awaited: HashSet<Uuid>,
    /// The tasks that others were added to, by the added ones.
    parents: HashMap<Uuid, Uuid>,
    /// Approvals that nobody has gone on from.
    last: HashSet<Uuid>,
}

/// Whether an actor may see the form of a task: whoever decides it, has it, or has decided it; and who sees
/// all the variables anyway.
pub fn shows_form(
    actor: &Actor,
    task: &task::Model,
    instance: &process_instance::Model,
    candidates: &[String],
    principals: &[String],
) -> bool {
    let me = Some(actor.user_id.as_str());
    let concerned = [&task.assignee, &task.owner, &task.decided_by].map(Option::as_deref);
    concerned.contains(&me) || sees_variables(actor, instance) || may_claim(task, candidates, principals)
}

impl Outlook {
    /// The instance of a task.
    pub fn instance(&self, task: &task::Model) -> Option<&process_instance::Model> {
        self.instances.get(&task.instance_id)
    }

    /// The definition of a task's instance.
    pub fn definition(&self, task: &task::Model) -> Option<&Arc<Definition>> {
        self.definitions.get(&self.instance(task)?.definition_id)
    }

    /// Who may claim a task.
    pub fn candidates(&self, task: &task::Model) -> &[String] {
        self.candidates.get(&task.id).map_or(&[], Vec::as_slice)
    }

    /// Whether an actor may see the form of a task: whoever decides it, has it, or has decided it; and
    /// who sees all the variables anyway.
    pub fn shows_form(&self, actor: &Actor, task: &task::Model) -> bool {
        let instance = self.instance(task);
        instance.is_some_and(|instance| {
            shows_form(actor, task, instance, self.candidates(task), &self.principals)
        })
    }

    /// The form of a task with its data, as whoever decides the task may see it.
    ///
    /// # Errors
    /// `INTERNAL` where the instance's variables cannot be read.
    pub fn form(&self, task: &task::Model) -> Result<Option<TaskForm>, Fault> {
        let (Some(instance), Some(definition)) = (self.instance(task), self.definition(task)) else {
            return Ok(None);
        };
        let mut variables: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(&instance.variables).map_err(Fault::internal)?;
        let model = &definition.model;
        if task.form_key.is_some() && model.nodes.values().any(|node| !node.own.inputs.is_empty()) {
            variables.extend(read::state(instance)?.own_at(model, task.activity_id));
        }
        Ok(form_of(&definition.model, task, &variables))
    }

    /// What an actor may do with a task now.
    pub fn available(
        &self,
        actor: &Actor,
        task: &task::Model,
        now: chrono::DateTime<chrono::Utc>,
    ) -> Vec<Action> {
        let (Some(instance), Some(definition)) = (self.instance(task), self.definition(task)) else {
            return Vec::new();
        };
        let other = Approval::default();
        let mut depth = 0;
        let mut above = task.parent_id;
        while let Some(parent) = above {
            depth += 1;
            above = self.parents.get(&parent).copied();
        }
        let situation = Situation {
            actor,
            principals: &self.principals,
            task,
            candidates: self.candidates(task),
            instance,
            is_suspended: self.suspended.contains(&instance.root_id),
            approval: approval_of(&definition.model, &task.node_id, &other),
            begins_here: definition.model.begins_at(&task.node_id),
            has_open_signers: self.awaited.contains(&task.id),
            depth,
            can_be_taken_back: self.last.contains(&task.id),
            now,
        };
        situation.available()
    }
}

impl Workflow {
    /// What is around tasks that the caller has found visible, as an actor sees it: a few statements
    /// for all of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn outlook(&self, actor: &Actor, tasks: &[task::Model]) -> Result<Outlook, Fault> {
        let reader = self.inner.db.reader();
        let mut found = HashMap::new();
        let ids: HashSet<_> = tasks.iter().map(|task| task.instance_id).collect();
        if !ids.is_empty() {
            let rows = process_instance::Entity::find().filter(process_instance::Column::Id.is_in(ids));
            found = rows.all(reader).await?.into_iter().map(|row| (row.id, row)).collect();
        }
        let others: HashSet<_> =
            found.values().map(|row| row.root_id).filter(|root| !found.contains_key(root)).collect();
        let mut suspended = self.suspended_roots(&others.into_iter().collect::<Vec<_>>()).await?;
        suspended.extend(found.values().filter(|row| row.suspended).map(|row| row.id));
        let wanted: HashSet<_> = found.values().map(|row| row.definition_id).collect();
        let definitions = self.inner.definitions.by_ids(&wanted.into_iter().collect::<Vec<_>>()).await?;
        let claimable: Vec<_> = tasks.iter().filter(|task| task.claimable).map(|task| task.id).collect();
        let mut candidates: HashMap<Uuid, Vec<String>> = HashMap::new();
        if !claimable.is_empty() {
            let rows = task_candidate::Entity::find().filter(task_candidate::Column::TaskId.is_in(claimable));
            for row in rows.all(reader).await? {
                candidates.entry(row.task_id).or_default().push(row.principal);
            }
        }
        let added = self.added_signers(tasks).await?;
        let open = |row: &&task::Model| row.finished_at.is_none();
        let awaited = added.iter().filter(open).filter_map(|row| row.parent_id).collect();
        let parents = added.iter().filter_map(|row| Some((row.id, row.parent_id?))).collect();
        let last = self.last_approvals(tasks, &found, &added).await?;
        let principals = self.principals(actor).await?;
        Ok(Outlook {
            principals,
            candidates,
            instances: found,
            definitions,
            suspended,
            awaited,
            parents,
            last,
        })
    }

    /// The signers that were added in the rounds of these tasks.
    async fn added_signers(&self, tasks: &[task::Model]) -> Result<Vec<task::Model>, Fault> {
        let activities: HashSet<_> = tasks.iter().map(|task| task.activity_id).collect();
        if activities.is_empty() {
            return Ok(Vec::new());
        }
        let rows = task::Entity::find()
            .filter(task::Column::ActivityId.is_in(activities))
            .filter(task::Column::ParentId.is_not_null());
        Ok(rows.all(self.inner.db.reader()).await?)
    }

    /// Those of the tasks whose approval nobody has gone on from.
    async fn last_approvals(
        &self,
        tasks: &[task::Model],
        instances: &HashMap<Uuid, process_instance::Model>,
        added: &[task::Model],
    ) -> Result<HashSet<Uuid>, Fault> {
        let open = added.iter().filter(|row| row.finished_at.is_none());
        let busy: HashSet<_> = open.map(|row| row.activity_id).collect();
        let mut laters: Vec<(Uuid, Later)> = Vec::new();
        for task in tasks {
            let is_approved = task.status == TaskStatus::Approve.code() && task.parent_id.is_none();
            let Some(instance) = instances.get(&task.instance_id).filter(|_| is_approved) else { continue };
            let signed = || added.iter().any(|one| has_signed_behind(one, task.id));
            if instance.ended_at.is_some() || busy.contains(&task.activity_id) || signed() {
                continue;
            }
            let state = read::state(instance)?;
            let later = execution::can_take_back(&state, task.activity_id, task.decided_by.as_deref());
            laters.extend(later.map(|later| (task.id, later)));
        }
        let activities: HashSet<_> =
            laters.iter().flat_map(|(_, later)| later.activities.iter().copied()).collect();
        let children: HashSet<_> =
            laters.iter().flat_map(|(_, later)| later.children.iter().copied()).collect();
        let (activities, children): (Vec<_>, Vec<_>) =
            (activities.into_iter().collect(), children.into_iter().collect());
        let approved: Vec<_> = laters.iter().map(|(id, _)| *id).collect();
        let reader = self.inner.db.reader();
        let jobs: Vec<_> = laters.iter().flat_map(|(_, later)| later.jobs.iter().copied()).collect();
        let mut decided = read::decided(reader, &activities, &children).await?;
        decided.extend(read::begun(reader, &jobs, &children).await?);
        let asked_again = read::asked_again(reader, &approved).await?;
        let untouched = |later: &Later| !later.all().any(|id| decided.contains(id));
        let last = laters.into_iter().filter(|(id, later)| untouched(later) && !asked_again.contains(id));
        Ok(last.map(|(id, _)| id).collect())
    }

    /// A task, where it is the actor's to see.
    ///
    /// # Errors
    /// The database's.
    pub async fn task(&self, actor: &Actor, id: Uuid) -> Result<Option<task::Model>, Fault> {
        if read::if_visible(self.locate(actor, id).await)?.is_none() {
            return Ok(None);
        }
        Ok(task::Entity::find_by_id(id).one(self.inner.db.reader()).await?)
    }

    /// The nodes to which somebody who has a task can send its instance back, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn return_targets(&self, task: &task::Model) -> Result<Vec<String>, Fault> {
        let reader = self.inner.db.reader();
        let found = read::instance(reader, task.instance_id).await?;
        let Some(instance) = found.filter(|row| row.ended_at.is_none()) else { return Ok(Vec::new()) };
        let definition = self.inner.definitions.by_id(instance.definition_id).await?;
        let state = read::state(&instance)?;
        let visited = read::executed_nodes(reader, instance.id).await?;
        let visited =
            visited.iter().map(String::as_str).filter(|node| definition.model.user_task(node).is_some());
        let targets = execution::targets(&definition.model, &state, task.activity_id, visited);
        Ok(targets.into_iter().map(str::to_owned).collect())
    }
}
