//! Business records: what instances are about, version by version.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use uuid::Uuid;

use super::instance::ProcessInstance;
use super::instance_list::InstanceList;
use super::status::ProcessInstanceStatus;
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::context::{Services, actor, services};
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::{DateTime, Json};
use crate::kernel::{Actor, Fault};
use crate::workflow as domain;

/// What the versions of a record share.
struct RecordList {
    services: Arc<Services>,
    actor: Actor,
    instances: ListLoader<Uuid, Arc<ProcessInstance>>,
}

/// A version of a business record.
pub struct BusinessRecordVersion {
    version: i32,
    status: domain::InstanceStatus,
    business_status: Option<String>,
    data: Option<Json>,
    instance: Uuid,
    created_at: DateTime,
    list: Arc<RecordList>,
}

object_at_hand! {
    /// A version of a business record, as an instance left it.
    BusinessRecordVersion |record| {
        /// Its number, from 1.
        version "version": i32 = record.version;
        /// How its approval stands: as its instance's status.
        approval_status "approvalStatus": ProcessInstanceStatus = record.status.into();
        /// The same as a number.
        approval_status_code "approvalStatusCode": i32 = record.status.code().into();
        /// A word of the business's own: what the variable `businessStatus` said then, where that is a text.
        business_status "businessStatus": Option<String> = record.business_status.clone();
        /// What is known of it, for the starter of its instance and ADMIN; null for everybody else.
        data "data": Option<Json> = record.data.clone();
        /// When the version was written.
        created_at "createdAt": DateTime = record.created_at;
    }
    more {
        /// The instance that decides about it.
        async fn instance(&self) -> Option<Result<One<Arc<ProcessInstance>>>> {
            let RecordList { services, actor, instances } = &*self.list;
            let load = async |ids: &[Uuid]| -> Result<HashMap<_, _>, Fault> {
                InstanceList::load(services, actor, ids).await
            };
            let found = instances.get(&self.instance, load).await;
            found.map(|instance| instance.map(One)).map_err(Into::into).transpose()
        }
    }
}

/// A business record.
pub struct BusinessRecord {
    kind: String,
    key: String,
    versions: Vec<Arc<BusinessRecordVersion>>,
}

object_at_hand! {
    /// What instances are about, such as a claim: it has a new version with each start and result.
    BusinessRecord |record| {
        /// What kind of thing, as its process says.
        kind "type": String = record.kind.clone();
        /// Which: the business key.
        key "key": String = record.key.clone();
        /// Its versions, the newest first; at most 200.
        versions "versions": Rows<Arc<BusinessRecordVersion>> = Rows(record.versions.clone());
    }
}

/// Reading business records.
#[derive(Default)]
pub struct RecordQuery;

#[Object]
impl RecordQuery {
    /// A business record; null where there is none, or its newest instance is not yours to see.
    async fn business_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "type", desc = "What kind of thing.")] kind: String,
        #[graphql(desc = "Which: the business key.")] key: String,
    ) -> Option<Result<One<BusinessRecord>>> {
        find(ctx, kind, key).await.transpose()
    }
}

async fn find(ctx: &Context<'_>, kind: String, key: String) -> Result<Option<One<BusinessRecord>>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let rows = services.workflow.business_record(actor, &kind, &key).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let ids: Vec<_> = rows.iter().map(|row| row.instance_id).collect();
    let instances = services.workflow.instances_by_ids(&ids).await?;
    let list = Arc::new(RecordList {
        services: Arc::clone(services),
        actor: actor.clone(),
        instances: ListLoader::new(ids),
    });
    let mut versions = Vec::with_capacity(rows.len());
    for row in rows {
        let seen = match instances.get(&row.instance_id) {
            Some(instance) => services.workflow.variables(actor, instance)?.is_some(),
            None => false,
        };
        let read = || serde_json::from_str(&row.data).map(Json).map_err(Fault::internal);
        versions.push(Arc::new(BusinessRecordVersion {
            version: row.version,
            status: domain::InstanceStatus::of(row.approval_status).map_err(Fault::internal)?,
            data: seen.then(read).transpose()?,
            business_status: row.business_status,
            instance: row.instance_id,
            created_at: DateTime(row.created_at),
            list: Arc::clone(&list),
        }));
    }
    Ok(Some(One(BusinessRecord { kind, key, versions })))
}
