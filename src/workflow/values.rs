//! The values that variables were given, and by whom.

use std::collections::HashMap;

use uuid::Uuid;

use super::Workflow;
use crate::kernel::{Fault, Page, PageRequest, Place};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::{Conditions, storable};
use crate::storage::entity::variable_history;

impl Workflow {
    /// A page of the values that the variables of an instance were given, oldest first. It reads the
    /// instance's own values alone; who may see the variables is for
    /// [`Workflow::variables`](Self::variables) to say.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of these.
    pub async fn values(
        &self,
        instance: Uuid,
        page: &PageRequest,
    ) -> Result<Page<variable_history::Model>, Fault> {
        let mut conditions = Conditions::default();
        conditions.and("v.instance_id = {}", [instance.into()]);
        for (argument, cursor, sign) in [("after", &page.after, ">"), ("before", &page.before, "<")] {
            let Some(cursor) = cursor else { continue };
            let (revision, name) = parse(argument, cursor)?;
            let beyond = format!("(v.revision, v.name) {sign} ({{}}, {{}})");
            conditions.and(&beyond, [revision.into(), name.into()]);
        }
        let way = if page.backwards { "DESC" } else { "ASC" };
        let text = format!(
            "SELECT {} FROM variable_history v WHERE {} ORDER BY v.revision {way}, v.name {way} LIMIT {}",
            variable_history::Model::columns("v"),
            conditions.text,
            page.limit + 1
        );
        let read = self.all(text, conditions).await?;
        Ok(Page::from_read(page, read, value_place))
    }

    /// The first `limit` of [`Workflow::values`] of each of the instances.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_values(
        &self,
        instances: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<variable_history::Model>>, Fault> {
        let (table, order) = ("variable_history", "revision, w.name");
        let rows = self.first_of_each(table, "instance_id", order, "true", instances, limit).await?;
        let mut found: HashMap<Uuid, Vec<variable_history::Model>> = HashMap::new();
        for row in rows {
            let row: variable_history::Model = row;
            found.entry(row.instance_id).or_default().push(row);
        }
        Ok(found)
    }

    /// How many [`Workflow::values`] gives in all, for each of the instances.
    ///
    /// # Errors
    /// The database's.
    pub async fn value_counts(&self, instances: &[Uuid]) -> Result<HashMap<Uuid, i64>, Fault> {
        self.counts_of("variable_history", instances).await
    }
}

/// The place of a value in the history of its instance's.
pub fn value_place(row: &variable_history::Model) -> Place {
    Place::Text(format!("{}:{}", row.revision, row.name))
}

fn parse(field: &str, cursor: &str) -> Result<(i64, String), Fault> {
    let bad = || Fault::bad_input(field, "this is not a cursor of this connection");
    let (revision, name) = cursor.split_once(':').ok_or_else(bad)?;
    Ok((revision.parse().map_err(|_| bad())?, storable(name)))
}
