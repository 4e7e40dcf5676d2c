//! What instances wait for and what went wrong with them, for lists.

use std::collections::HashMap;

use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::kernel::{Actor, Fault, Page, PageRequest, Place, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::Conditions;
use crate::storage::entity::{event_subscription, incident};
use crate::workflow::Workflow;
use crate::workflow::many::grouped;

/// The most that is told of one instance.
const MOST: u64 = 100;

impl Workflow {
    /// What each of the instances waits for that the caller has found visible, oldest first; at most 100
    /// each.
    ///
    /// # Errors
    /// The database's.
    pub async fn subscriptions_of(
        &self,
        instances: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<event_subscription::Model>>, Fault> {
        let rows =
            self.first_of_each("event_subscription", "instance_id", "id", "true", instances, MOST).await?;
        Ok(grouped(rows, |row: &event_subscription::Model| Some(row.instance_id)))
    }

    /// The open incidents of each of the instances that the caller has found visible, oldest first; at
    /// most 100 each.
    ///
    /// # Errors
    /// The database's.
    pub async fn incidents_of(
        &self,
        instances: &[Uuid],
    ) -> Result<HashMap<Uuid, Vec<incident::Model>>, Fault> {
        let open = "w.resolved_at IS NULL";
        let rows = self.first_of_each("incident", "instance_id", "id", open, instances, MOST).await?;
        Ok(grouped(rows, |row: &incident::Model| Some(row.instance_id)))
    }

    /// A page of the open incidents of all instances, oldest first. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` for a cursor that is none of them.
    pub async fn open_incidents(
        &self,
        actor: &Actor,
        page: &PageRequest,
    ) -> Result<Page<incident::Model>, Fault> {
        check(actor)?;
        let mut conditions = Conditions::default();
        conditions.and("w.resolved_at IS NULL", []);
        for (field, cursor, sign) in [("after", &page.after, ">"), ("before", &page.before, "<")] {
            let Some(cursor) = cursor else { continue };
            let id = Uuid::try_parse(cursor)
                .map_err(|_| Fault::bad_input(field, "this is not a cursor of this connection"))?;
            conditions.and(&format!("w.id {sign} {{}}"), [id.into()]);
        }
        let way = if page.backwards { "DESC" } else { "ASC" };
        let text = format!(
            "SELECT {} FROM incident w WHERE {} ORDER BY w.id {way} LIMIT {}",
            incident::Model::columns("w"),
            conditions.text,
            page.limit + 1
        );
        let rows: Vec<incident::Model> = self.all(text, conditions).await?;
        Ok(Page::from_read(page, rows, |row| Place::Text(row.id.to_string())))
    }

    /// How many [`Workflow::open_incidents`] gives in all.
    ///
    /// # Errors
    /// As there.
    pub async fn count_open_incidents(&self, actor: &Actor) -> Result<i64, Fault> {
        check(actor)?;
        let text = "SELECT count(*) AS n FROM incident w WHERE w.resolved_at IS NULL".to_owned();
        let statement = self.statement(text, Conditions::default());
        let row = self.inner.db.reader().query_one_raw(statement).await?;
        Ok(row.map(|row| row.try_get("", "n")).transpose()?.unwrap_or_default())
    }
}

fn check(actor: &Actor) -> Result<(), Fault> {
    match actor.has_role(Role::Operator) {
        true => Ok(()),
        false => Err(Fault::forbidden("only OPERATOR sees the incidents of all instances")),
    }
}
