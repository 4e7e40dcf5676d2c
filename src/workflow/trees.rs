//! What has happened in instances and in all that they have called, for many instances at once.

use std::collections::HashMap;

use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::many::places;
use super::read::TREE;
use super::{Workflow, history};
use crate::kernel::{Edge, Fault};
use crate::storage::by_place::ByPlace;
use crate::storage::conditions::Conditions;
use crate::storage::entity::{process_activity, process_history};

impl Workflow {
    /// Where the tokens of the instances that the caller has found visible, and of those that they have
    /// called, were, or with `only_open` are now: the first `limit` stays of each, in their order.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_activities(
        &self,
        instances: &[Uuid],
        only_open: bool,
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<process_activity::Model>>, Fault> {
        let which = if only_open { "w.left_at IS NULL" } else { "true" };
        self.first_of_trees("process_activity", which, instances, limit).await
    }

    /// The first `limit` entries of the history of each of the instances that the caller has found
    /// visible, with that of the instances they have called: oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_history(
        &self,
        instances: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<Edge<process_history::Model>>>, Fault> {
        let rows = self.first_of_trees("process_history", "true", instances, limit).await?;
        let edge = |node: process_history::Model| Edge { place: history::place(&node), node };
        Ok(rows.into_iter().map(|(id, rows)| (id, rows.into_iter().map(edge).collect())).collect())
    }

    /// How many entries the history of each of the instances has that the caller has found visible.
    ///
    /// # Errors
    /// The database's.
    pub async fn history_counts(&self, instances: &[Uuid]) -> Result<HashMap<Uuid, i64>, Fault> {
        let mut conditions = Conditions::default();
        let tree = trees(&mut conditions, instances);
        let text = format!(
            "{tree} SELECT tree.origin, count(*) FROM tree JOIN process_history h \
             ON h.instance_id = tree.id GROUP BY tree.origin"
        );
        self.counts(text, conditions).await
    }

    /// The first rows `w` of what has happened in each of the instances and in all that it has called,
    /// in the order of the tree's revisions.
    async fn first_of_trees<T: ByPlace>(
        &self,
        table: &str,
        condition: &str,
        instances: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<T>>, Fault> {
        let mut conditions = Conditions::default();
        let tree = trees(&mut conditions, instances);
        let text = format!(
            "{tree} SELECT o.origin, {} FROM (SELECT tree.origin, {}, row_number() OVER (PARTITION BY \
             tree.origin ORDER BY w.revision, w.ordinal) AS place \
             FROM tree JOIN {table} w ON w.instance_id = tree.id WHERE {condition}) o \
             WHERE o.place <= {limit} ORDER BY o.origin, o.place",
            T::columns("o"),
            T::columns("w"),
        );
        let mut found: HashMap<Uuid, Vec<_>> = HashMap::new();
        for row in self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await? {
            found.entry(row.try_get_by_index(0)?).or_default().push(T::at(&row, 1)?);
        }
        Ok(found)
    }
}

/// Each of the instances as `origin`, with itself and all that it has called as `id`: the table `tree`.
fn trees(conditions: &mut Conditions, instances: &[Uuid]) -> String {
    TREE.replace("{}", &places(conditions, instances.iter().copied()))
}
