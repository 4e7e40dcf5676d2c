//! What instances wait for and what went wrong with them, for lists.

use std::collections::HashMap;

use uuid::Uuid;

use crate::kernel::{Actor, Fault, Page, PageRequest, Role};
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
        self.page_by_id("incident", Self::unresolved(), page, |row: &incident::Model| row.id).await
    }

    /// How many [`Workflow::open_incidents`] gives in all.
    ///
    /// # Errors
    /// As there.
    pub async fn count_open_incidents(&self, actor: &Actor) -> Result<i64, Fault> {
        check(actor)?;
        self.count_where("incident", Self::unresolved()).await
    }
}

fn check(actor: &Actor) -> Result<(), Fault> {
    match actor.has_role(Role::Operator) {
        true => Ok(()),
        false => Err(Fault::forbidden("only OPERATOR sees the incidents of all instances")),
    }
}
