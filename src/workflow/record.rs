//! Business records: what instances are about, version by version.

use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde_json::{Map, Value};

use super::{Workflow, read};
use crate::kernel::{Actor, Fault, Role};
use crate::storage::conditions::storable;
use crate::storage::entity::{business_record, process_instance};

/// The most versions that are told of one record.
const MAX_VERSIONS: u64 = 200;

impl Workflow {
    /// The versions of a business record, the newest first, at most 200; none where there are none, or
    /// its newest instance is not the actor's to see.
    ///
    /// # Errors
    /// The database's.
    pub async fn business_record(
        &self,
        actor: &Actor,
        kind: &str,
        key: &str,
    ) -> Result<Vec<business_record::Model>, Fault> {
        use business_record::{Column, Entity};
        let versions = Entity::find()
            .filter(Column::Kind.eq(storable(kind)))
            .filter(Column::Key.eq(storable(key)))
            .order_by_desc(Column::Version)
            .limit(MAX_VERSIONS)
            .all(self.inner.db.reader())
            .await?;
        let Some(newest) = versions.first() else { return Ok(versions) };
        let seen = read::if_visible(self.visible_instance(actor, newest.instance_id).await)?;
        Ok(if seen.is_some() { versions } else { Vec::new() })
    }

    /// The variables of an instance, for who has started it and for ADMIN: others see of them what the
    /// forms of their tasks show.
    ///
    /// # Errors
    /// `INTERNAL` where they cannot be read.
    pub fn variables(
        &self,
        actor: &Actor,
        row: &process_instance::Model,
    ) -> Result<Option<Map<String, Value>>, Fault> {
        let is_starter = row.started_by.as_deref() == Some(actor.user_id.as_str());
        if !is_starter && !actor.has_role(Role::Admin) {
            return Ok(None);
        }
        serde_json::from_str(&row.variables).map(Some).map_err(Fault::internal)
    }
}
