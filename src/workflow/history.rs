//! What has happened in an instance, and in those that it has called: who did what, when and why,
//! and the way of each token.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbErr};
use uuid::Uuid;

use super::Workflow;
use crate::kernel::{Actor, Fault, Page, PageRequest, Place};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::{Conditions, is_storable};
use crate::storage::dialect::sql;
use crate::storage::entity::{process_activity, process_history, process_instance};

/// The instance and all that it has called, directly or not, as the table `tree`.
const TREE: &str = "WITH RECURSIVE tree (id) AS (SELECT {} UNION ALL \
    SELECT c.id FROM process_instance c JOIN tree ON c.parent_id = tree.id)";

impl Workflow {
    /// A page of the history of an instance that the caller has found visible, with that of the
    /// instances that it has called: oldest first.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of a history.
    pub async fn history(
        &self,
        instance: Uuid,
        page: &PageRequest,
    ) -> Result<Page<process_history::Model>, Fault> {
        let mut conditions = Conditions::default();
        let tree = TREE.replace("{}", &conditions.value(instance));
        for (field, cursor, sign) in [("after", &page.after, ">"), ("before", &page.before, "<")] {
            let Some(cursor) = cursor else { continue };
            let place = HistoryPlace::parse(field, cursor)?;
            let HistoryPlace { at, instance, revision, ordinal } = place;
            conditions.and(
                &format!("(h.at, h.instance_id, h.revision, h.ordinal) {sign} ({{}}, {{}}, {{}}, {{}})"),
                [at.into(), instance.into(), revision.into(), ordinal.into()],
            );
        }
        let way = if page.backwards { "DESC" } else { "ASC" };
        let text = format!(
            "{tree} SELECT {} FROM tree JOIN process_history h ON h.instance_id = tree.id WHERE {} \
             ORDER BY h.at {way}, h.instance_id {way}, h.revision {way}, h.ordinal {way} LIMIT {}",
            process_history::Model::columns("h"),
            conditions.text,
            page.limit + 1
        );
        let reader = self.inner.db.reader();
        let statement = sql(reader.get_database_backend(), text, conditions.values);
        let read = process_history::Model::all(reader, statement).await?;
        Ok(Page::from_read(page, read, |row| Place::Text(HistoryPlace::of(row).text())))
    }

    /// How many entries [`Workflow::history`] gives in all.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_history(&self, instance: Uuid) -> Result<i64, Fault> {
        let tree = TREE.replace("{}", "$1");
        let text = format!(
            "{tree} SELECT count(*) AS n FROM tree JOIN process_history h ON h.instance_id = tree.id"
        );
        let reader = self.inner.db.reader();
        let row = reader.query_one_raw(sql(reader.get_database_backend(), text, [instance.into()])).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get("", "n"))?)
    }

    /// Where the tokens of an instance that the caller has found visible, and of those that it has
    /// called, were and are: at most `limit` stays, in their order.
    ///
    /// # Errors
    /// The database's.
    pub async fn activities(
        &self,
        instance: Uuid,
        only_open: bool,
        limit: u64,
    ) -> Result<Vec<process_activity::Model>, Fault> {
        let tree = TREE.replace("{}", "$1");
        let open = if only_open { " WHERE a.left_at IS NULL" } else { "" };
        let text = format!(
            "{tree} SELECT {} FROM tree JOIN process_activity a ON a.instance_id = tree.id{open} \
             ORDER BY a.entered_at, a.instance_id, a.revision, a.ordinal LIMIT {limit}",
            process_activity::Model::columns("a"),
        );
        let reader = self.inner.db.reader();
        let statement = sql(reader.get_database_backend(), text, [instance.into()]);
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

/// A place in the history of a tree.
pub(super) struct HistoryPlace {
    at: DateTime<Utc>,
    instance: Uuid,
    revision: i64,
    ordinal: i32,
}

impl HistoryPlace {
    pub(super) fn of(row: &process_history::Model) -> Self {
        Self { at: row.at, instance: row.instance_id, revision: row.revision, ordinal: row.ordinal }
    }

    pub(super) fn text(&self) -> String {
        let Self { at, instance, revision, ordinal } = self;
        format!("{}:{}:{revision}:{ordinal}", at.timestamp_micros(), instance.simple())
    }

    fn parse(field: &str, cursor: &str) -> Result<Self, Fault> {
        let bad = || Fault::bad_input(field, "this is not a cursor of this connection");
        let parts: Vec<_> = cursor.split(':').collect();
        let [at, instance, revision, ordinal] = parts[..] else { return Err(bad()) };
        let at = at.parse().ok().and_then(DateTime::from_timestamp_micros).filter(is_storable);
        Ok(Self {
            at: at.ok_or_else(bad)?,
            instance: Uuid::try_parse(instance).map_err(|_| bad())?,
            revision: revision.parse().map_err(|_| bad())?,
            ordinal: ordinal.parse().map_err(|_| bad())?,
        })
    }
}
