//! Tasks as somebody may decide them away from here: what each is about, and its form.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::kernel::{Actor, Fault};
use crate::workflow::case::candidates_of;
use crate::workflow::definition::Definition;
use crate::workflow::task::shows_form;
use crate::workflow::{Workflow, form, read};

/// A task as a sheet shows it.
#[derive(Debug, Clone)]
pub struct TaskOutline {
    /// The task.
    pub task: Uuid,
    /// Its instance.
    pub instance: Uuid,
    /// What that is about.
    pub business_key: Option<String>,
    /// What its starter is called; none where nobody is known to have started it.
    pub starter: Option<String>,
    /// When the task was made.
    pub created_at: chrono::DateTime<chrono::Utc>,
    /// What is common to the tasks of its node.
    pub node: Arc<NodeOutline>,
    /// What is filled in of its form, as far as one may see it.
    pub data: Map<String, Value>,
    /// Stands for what is filled in of the fields that one may write.
    pub mark: String,
}

/// A node whose tasks a sheet shows.
#[derive(Debug, Clone)]
pub struct NodeOutline {
    /// The version of its process.
    pub definition: Uuid,
    /// What the process is called.
    pub process: String,
    /// The node.
    pub node_id: String,
    /// What it is called.
    pub name: String,
    /// The key of its form.
    pub form_key: Option<String>,
    /// The schema of its form, without what one may not see; none where there is no form in hand.
    pub schema: Option<Value>,
}

/// Which nodes look the same: by definition, node, and the form.
type NodeKey = (Uuid, String, Option<String>);

impl Workflow {
    /// The tasks of these that an actor may see, with their forms, by id.
    ///
    /// # Errors
    /// The database's; and where what was written cannot be read.
    pub async fn outlines(&self, actor: &Actor, ids: &[Uuid]) -> Result<HashMap<Uuid, TaskOutline>, Fault> {
        let tasks = self.visible_tasks(actor, ids).await?;
        let of: Vec<_> =
            tasks.iter().map(|task| task.instance_id).collect::<HashSet<_>>().into_iter().collect();
        let instances = self.instances_by_ids(&of).await?;
        let definitions = self.definitions_of(&of).await?;
        let unclaimed: Vec<_> = tasks.iter().filter(|task| task.claimable).map(|task| task.id).collect();
        let candidates = candidates_of(self.inner.db.reader(), &unclaimed).await?;
        let principals = self.principals(actor).await?;
        let starters: HashSet<_> =
            instances.values().filter_map(|instance| instance.started_by.clone()).collect();
        let people = self.inner.directory.people(&starters.into_iter().collect::<Vec<_>>()).await?;
        let mut nodes: HashMap<NodeKey, Arc<NodeOutline>> = HashMap::new();
        let mut outlines = HashMap::with_capacity(tasks.len());
        for mut task in tasks {
            let around = instances.get(&task.instance_id).zip(definitions.get(&task.instance_id));
            let (instance, definition) =
                around.ok_or_else(|| Fault::internal("a task without an instance"))?;
            let model = &definition.model;
            let known = read::known_at(instance, model, task.activity_id)?;
            let candidates = candidates.get(&task.id).map_or(&[][..], Vec::as_slice);
            if !shows_form(actor, &task, instance, candidates, &principals) {
                // They see that there is such a task, and nothing of its form.
                task.form_key = None;
            }
            let key = (definition.row.id, task.node_id.clone(), task.form_key.clone());
            let node = nodes.entry(key).or_insert_with(|| Arc::new(node_of(definition, &task)));
            let starter = instance.started_by.as_ref();
            let named = |user: &String| people.get(user).map_or_else(|| user.clone(), |one| one.name.clone());
            let outline = TaskOutline {
                task: task.id,
                instance: instance.id,
                business_key: instance.business_key.clone(),
                starter: starter.map(named),
                created_at: task.created_at,
                node: Arc::clone(node),
                data: form::data_of(model, &task, &known),
                mark: form::mark_of(model, &task, &known),
            };
            outlines.insert(task.id, outline);
        }
        Ok(outlines)
    }
}

fn node_of(definition: &Definition, task: &crate::storage::entity::task::Model) -> NodeOutline {
    let model = &definition.model;
    NodeOutline {
        definition: definition.row.id,
        process: definition.row.name.clone(),
        node_id: task.node_id.clone(),
        form_key: task.form_key.clone(),
        name: model.node(&task.node_id).map_or(&task.name, |node| &node.name).clone(),
        schema: form::schema_of(model, task),
    }
}
