//! The nodes whose tasks somebody can decide many at once.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::kernel::{Actor, Fault};
use crate::storage::conditions::Conditions;
use crate::workflow::Workflow;
use crate::workflow::many::places;

/// A node at which somebody has tasks to decide, and batches may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchNode {
    /// The key of its process.
    pub definition_key: String,
    /// What the process is called, in its newest version of which there are tasks.
    pub definition_name: String,
    /// The node.
    pub node_id: String,
    /// What it is called there.
    pub name: String,
    /// How many tasks they have to decide there, over all versions.
    pub open: i64,
}

impl Workflow {
    /// Where an actor has tasks to decide that batches may decide: by their process and node.
    ///
    /// # Errors
    /// `INTERNAL` where what was deployed can no longer be read.
    pub async fn batch_nodes(&self, actor: &Actor) -> Result<Vec<BatchNode>, Fault> {
        let principals = self.principals(actor).await?;
        let mut conditions = Conditions::default();
        let principals = places(&mut conditions, principals);
        let text = format!(
            "SELECT i.definition_id, t.node_id, count(DISTINCT t.id) FROM inbox_entry e \
             JOIN task t ON t.id = e.task_id JOIN process_instance i ON i.id = t.instance_id \
             WHERE e.principal IN ({principals}) AND e.state = 'TODO' GROUP BY i.definition_id, t.node_id"
        );
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        let mut found: Vec<(Uuid, String, i64)> = Vec::with_capacity(rows.len());
        for row in &rows {
            found.push((row.try_get_by_index(0)?, row.try_get_by_index(1)?, row.try_get_by_index(2)?));
        }
        let ids: Vec<_> = found.iter().map(|(id, ..)| *id).collect();
        let definitions = self.inner.definitions.by_ids(&ids).await?;
        let mut nodes: BTreeMap<(String, String), (i32, BatchNode)> = BTreeMap::new();
        for (id, node_id, open) in found {
            let Some(definition) = definitions.get(&id) else { continue };
            let task = definition.model.user_task(&node_id);
            if !task.is_some_and(|task| task.approval.batch_approve) {
                continue;
            }
            let name = definition.model.node(&node_id).map_or(&node_id, |node| &node.name);
            let node = || BatchNode {
                definition_key: definition.row.key.clone(),
                definition_name: definition.row.name.clone(),
                node_id: node_id.clone(),
                name: name.clone(),
                open: 0,
            };
            let key = (definition.row.key.clone(), node_id.clone());
            let version = definition.row.version;
            let (newest, known) = nodes.entry(key).or_insert_with(|| (version, node()));
            let open = known.open + open;
            if version > *newest {
                (*newest, *known) = (version, node());
            }
            known.open = open;
        }
        Ok(nodes.into_values().map(|(_, node)| node).collect())
    }
}
