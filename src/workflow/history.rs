//! What has happened in an instance, and in those that it has called: who did what, when and why.

use super::Workflow;
use crate::kernel::{Fault, Page, PageRequest, Place};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::Conditions;
use crate::storage::dialect::sql;
use crate::storage::entity::{process_history, process_instance};

/// The instance and all that it has called, directly or not, as the table `tree`.
const TREE: &str = "WITH RECURSIVE tree (id) AS (SELECT {} UNION ALL \
    SELECT c.id FROM process_instance c JOIN tree ON c.parent_id = tree.id) ";

/// Where the entries of an instance and of all that it has called are found: what goes before the
/// `SELECT`, and what of `entry` to look at. A whole tree has an index of its own.
fn entries_of(instance: &process_instance::Model, place: &str) -> (String, String) {
    if instance.root_id == instance.id {
        (String::new(), format!("entry.root_id = {place}"))
    } else {
        (TREE.replace("{}", place), "entry.instance_id IN (SELECT id FROM tree)".to_owned())
    }
}

impl Workflow {
    /// A page of the history of an instance that the caller has found visible, with that of the
    /// instances that it has called: oldest first.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of a history.
    pub async fn history(
        &self,
        instance: &process_instance::Model,
        page: &PageRequest,
    ) -> Result<Page<process_history::Model>, Fault> {
        let mut conditions = Conditions::default();
        let (tree, of_tree) = entries_of(instance, &conditions.value(instance.id));
        conditions.and(&of_tree, []);
        for (field, cursor, sign) in [("after", &page.after, ">"), ("before", &page.before, "<")] {
            let Some(cursor) = cursor else { continue };
            let (revision, ordinal) = parse(field, cursor)?;
            let beyond = format!("(entry.revision, entry.ordinal) {sign} ({{}}, {{}})");
            conditions.and(&beyond, [revision.into(), ordinal.into()]);
        }
        let way = if page.backwards { "DESC" } else { "ASC" };
        let text = format!(
            "{tree}SELECT {} FROM process_history entry WHERE {} \
             ORDER BY entry.revision {way}, entry.ordinal {way} LIMIT {}",
            process_history::Model::columns("entry"),
            conditions.text,
            page.limit + 1
        );
        let reader = self.inner.db.reader();
        let statement = sql(reader.get_database_backend(), text, conditions.values);
        let read = process_history::Model::all(reader, statement).await?;
        Ok(Page::from_read(page, read, place))
    }
}

/// The place of an entry in the history of its tree.
pub(super) fn place(row: &process_history::Model) -> Place {
    Place::Text(format!("{}:{}", row.revision, row.ordinal))
}

/// The place in a cursor.
fn parse(field: &str, cursor: &str) -> Result<(i64, i32), Fault> {
    let bad = || Fault::bad_input(field, "this is not a cursor of this connection");
    let (revision, ordinal) = cursor.split_once(':').ok_or_else(bad)?;
    Ok((revision.parse().map_err(|_| bad())?, ordinal.parse().map_err(|_| bad())?))
}
