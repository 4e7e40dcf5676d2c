//! What has happened in an instance, and in those that it has called: who did what, when and why,
//! and the way of each token.

use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use super::Workflow;
use crate::kernel::{Fault, Page, PageRequest, Place};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::Conditions;
use crate::storage::dialect::sql;
use crate::storage::entity::{process_activity, process_history, process_instance};

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

    /// How many entries [`Workflow::history`] gives in all.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_history(&self, instance: &process_instance::Model) -> Result<i64, Fault> {
        let (tree, of_tree) = entries_of(instance, "$1");
        let text = format!("{tree}SELECT count(*) AS n FROM process_history entry WHERE {of_tree}");
        let reader = self.inner.db.reader();
        let row =
            reader.query_one_raw(sql(reader.get_database_backend(), text, [instance.id.into()])).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("", "n"))?)
    }

    /// Where the tokens of an instance that the caller has found visible, and of those that it has
    /// called, were and are: at most `limit` stays, in their order.
    ///
    /// # Errors
    /// The database's.
    pub async fn activities(
        &self,
        instance: &process_instance::Model,
        only_open: bool,
        limit: u64,
    ) -> Result<Vec<process_activity::Model>, Fault> {
        let (tree, of_tree) = entries_of(instance, "$1");
        let open = if only_open { " AND entry.left_at IS NULL" } else { "" };
        let text = format!(
            "{tree}SELECT {} FROM process_activity entry WHERE {of_tree}{open} \
             ORDER BY entry.revision, entry.ordinal LIMIT {limit}",
            process_activity::Model::columns("entry"),
        );
        let reader = self.inner.db.reader();
        let statement = sql(reader.get_database_backend(), text, [instance.id.into()]);
        Ok(process_activity::Model::all(reader, statement).await?)
    }

    /// The instances that were called by one that the caller has found visible, oldest first, at most
    /// 200.
    ///
    /// # Errors
    /// The database's.
    pub async fn children(&self, instance: Uuid) -> Result<Vec<process_instance::Model>, Fault> {
        let text = format!(
            "SELECT {} FROM process_instance i WHERE i.parent_id = $1 ORDER BY i.id LIMIT 200",
            process_instance::Model::columns("i")
        );
        let reader = self.inner.db.reader();
        let statement = sql(reader.get_database_backend(), text, [instance.into()]);
        Ok(process_instance::Model::all(reader, statement).await?)
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
