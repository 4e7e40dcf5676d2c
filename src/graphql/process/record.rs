//! Business records: what instances are about, version by version.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use uuid::Uuid;

use super::instance::ProcessInstance;
use super::instance_list::InstanceList;
use super::status::ProcessInstanceStatus;
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::{Services, actor, services};
use crate::graphql::loaders::ListLoader;
use crate::graphql::scalars::{DateTime, Json};
use crate::kernel::{Actor, Fault, PageRequest};
use crate::workflow::{self as domain, RecordName};

/// What records that were read together share.
pub struct RecordList {
    services: Arc<Services>,
    actor: Actor,
    versions: ListLoader<RecordName, Vec<Arc<BusinessRecordVersion>>>,
}

impl RecordList {
    /// For records that were read together, which `actor` may see.
    pub fn new(
        services: &Arc<Services>,
        actor: &Actor,
        names: impl IntoIterator<Item = RecordName>,
    ) -> Arc<Self> {
        let (services, actor) = (Arc::clone(services), actor.clone());
        Arc::new(Self { services, actor, versions: ListLoader::new(names) })
    }

    async fn load(
        &self,
        names: &[RecordName],
    ) -> Result<HashMap<RecordName, Vec<Arc<BusinessRecordVersion>>>, Fault> {
        let found = self.services.workflow.record_versions(names).await?;
        let ids: Vec<_> = found.values().flatten().map(|row| row.instance_id).collect();
        let instances = self.services.workflow.instances_by_ids(&ids).await?;
        let list = Arc::new(VersionList {
            services: Arc::clone(&self.services),
            actor: self.actor.clone(),
            instances: ListLoader::new(ids),
        });
        let wrap = |row: domain::RecordVersion| {
            let instance = instances.get(&row.instance_id);
            let is_seen = instance.is_some_and(|instance| domain::sees_variables(&self.actor, instance));
            BusinessRecordVersion::new(row, is_seen, &list).map(Arc::new)
        };
        let wrap =
            |rows: Vec<domain::RecordVersion>| rows.into_iter().map(wrap).collect::<Result<Vec<_>, Fault>>();
        found.into_iter().map(|(name, rows)| Ok((name, wrap(rows)?))).collect::<Result<_, Fault>>()
    }
}

/// What versions that were read together share.
struct VersionList {
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
    list: Arc<VersionList>,
}

impl BusinessRecordVersion {
    fn new(row: domain::RecordVersion, is_seen: bool, list: &Arc<VersionList>) -> Result<Self, Fault> {
        let read = || serde_json::from_str(&row.data).map(Json).map_err(Fault::internal);
        Ok(Self {
            version: row.version,
            status: domain::InstanceStatus::of(row.approval_status).map_err(Fault::internal)?,
            data: is_seen.then(read).transpose()?,
            business_status: row.business_status,
            instance: row.instance_id,
            created_at: DateTime(row.created_at),
            list: Arc::clone(list),
        })
    }
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
        /// The instance that decides about it; null where it is not yours to see.
        async fn instance(&self) -> Option<Result<One<Arc<ProcessInstance>>>> {
            let VersionList { services, actor, instances } = &*self.list;
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
    name: RecordName,
    list: Arc<RecordList>,
}

impl BusinessRecord {
    /// A record of `list`.
    pub fn new(name: RecordName, list: &Arc<RecordList>) -> Self {
        Self { name, list: Arc::clone(list) }
    }
}

object_at_hand! {
    /// What instances are about, such as a claim: it has a new version with each start and result.
    BusinessRecord |record| {
        /// What kind of thing, as its process says.
        kind "type": String = record.name.kind.clone();
        /// Which: the business key.
        key "key": String = record.name.key.clone();
    }
    more {
        /// Its versions, the newest first; at most 200.
        async fn versions(&self) -> Result<Rows<Arc<BusinessRecordVersion>>> {
            let load = async |names: &[RecordName]| self.list.load(names).await;
            Ok(Rows(self.list.versions.get(&self.name, load).await?.unwrap_or_default()))
        }
    }
}

connection! {
    /// A page of business records, by key.
    BusinessRecordConnection,
    /// A business record in its place.
    BusinessRecordEdge,
    BusinessRecord
}

/// Reading business records.
#[derive(Default)]
pub struct RecordQuery;

#[Object]
impl RecordQuery {
    /// A business record; null where there is none, or its newest instance is not yours to see. An
    /// OPERATOR sees how all of them stand.
    async fn business_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "type", desc = "What kind of thing.")] kind: String,
        #[graphql(desc = "Which: the business key.")] key: String,
    ) -> Option<Result<One<Arc<BusinessRecord>>>> {
        find(ctx, kind, key).await.transpose()
    }

    /// The business records of a type, by key. For OPERATOR.
    async fn business_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "type", desc = "What kind of thing.")] kind: String,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<BusinessRecordConnection>> {
        list(ctx, kind, &page(ctx, first, after, last, before)?).await
    }
}

async fn find(ctx: &Context<'_>, kind: String, key: String) -> Result<Option<One<Arc<BusinessRecord>>>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let Some(name) = services.workflow.business_record(actor, &kind, &key).await? else { return Ok(None) };
    let list = RecordList::new(services, actor, [name.clone()]);
    Ok(Some(One(Arc::new(BusinessRecord::new(name, &list)))))
}

async fn list(ctx: &Context<'_>, kind: String, page: &PageRequest) -> Result<One<BusinessRecordConnection>> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    let found = services.workflow.business_records(actor, &kind, page).await?;
    let list = RecordList::new(services, actor, found.edges.iter().map(|edge| edge.node.clone()));
    let (services, actor) = (Arc::clone(services), actor.clone());
    let count = move || -> Count {
        let (services, actor, kind) = (Arc::clone(&services), actor.clone(), kind.clone());
        Box::pin(async move { services.workflow.count_business_records(&actor, &kind).await })
    };
    let wrap = |name| BusinessRecord::new(name, &list);
    Ok(One(BusinessRecordConnection(Connection::new(found, wrap, count))))
}
