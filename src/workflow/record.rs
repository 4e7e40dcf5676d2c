//! Business records: what instances are about, version by version.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait as _, DbErr, QueryResult};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Workflow;
use super::many::places;
use crate::kernel::{Actor, Fault, Page, PageRequest, Place, Role};
use crate::storage::by_place::ByPlace as _;
use crate::storage::conditions::{Conditions, storable};
use crate::storage::entity::{business_record, process_instance};

/// The most versions that are told of one record.
const MAX_VERSIONS: u64 = 200;

/// Which business record: its type and its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordName {
    /// What kind of thing.
    pub kind: String,
    /// Which: the business key.
    pub key: String,
}

impl Workflow {
    /// A business record, where there is one, and the instance of its newest version is the actor's to
    /// see, or the actor is OPERATOR.
    ///
    /// # Errors
    /// The database's.
    pub async fn business_record(
        &self,
        actor: &Actor,
        kind: &str,
        key: &str,
    ) -> Result<Option<RecordName>, Fault> {
        let name = RecordName { kind: storable(kind), key: storable(key) };
        Ok(self.visible_records(actor, &[name]).await?.pop())
    }

    /// A page of the business records of a type, by key. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR.
    pub async fn business_records(
        &self,
        actor: &Actor,
        kind: &str,
        page: &PageRequest,
    ) -> Result<Page<RecordName>, Fault> {
        check_operator(actor)?;
        let mut conditions = Conditions::default();
        // Each record has a first version, and its key order is the table's.
        conditions.and("b.version = 1 AND b.kind = {}", [storable(kind).into()]);
        for (cursor, sign) in [(&page.after, ">"), (&page.before, "<")] {
            if let Some(key) = cursor {
                conditions.and(&format!("b.key {sign} {{}}"), [storable(key).into()]);
            }
        }
        let way = if page.backwards { "DESC" } else { "ASC" };
        let text = format!(
            "SELECT b.kind, b.key FROM business_record b WHERE {} ORDER BY b.key {way} LIMIT {}",
            conditions.text,
            page.limit + 1
        );
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        let read = rows.iter().map(|row| record_name(row, 0)).collect::<Result<_, DbErr>>()?;
        Ok(Page::from_read(page, read, |name: &RecordName| Place::Text(name.key.clone())))
    }

    /// How many [`Workflow::business_records`] gives in all.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR.
    pub async fn count_business_records(&self, actor: &Actor, kind: &str) -> Result<i64, Fault> {
        check_operator(actor)?;
        let mut conditions = Conditions::default();
        conditions.and("b.version = 1 AND b.kind = {}", [storable(kind).into()]);
        let text = format!("SELECT count(*) FROM business_record b WHERE {}", conditions.text);
        let row = self.inner.db.reader().query_one_raw(self.statement(text, conditions)).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by_index(0))?)
    }

    /// The records that the instances decide about, by the instances: those that the actor may see.
    ///
    /// # Errors
    /// The database's.
    pub async fn records_of(
        &self,
        actor: &Actor,
        instances: &[Uuid],
    ) -> Result<HashMap<Uuid, RecordName>, Fault> {
        let mut conditions = Conditions::default();
        let ids = places(&mut conditions, instances.iter().copied());
        let text = format!(
            "SELECT DISTINCT b.instance_id, b.kind, b.key FROM business_record b WHERE b.instance_id IN ({ids})"
        );
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        let pair = |row: &QueryResult| Ok((row.try_get_by_index(0)?, record_name(row, 1)?));
        let found = rows.iter().map(pair).collect::<Result<Vec<(Uuid, RecordName)>, DbErr>>()?;
        let names: BTreeSet<_> = found.iter().map(|(_, name)| name.clone()).collect();
        let seen = self.visible_records(actor, &names.into_iter().collect::<Vec<_>>()).await?;
        Ok(found.into_iter().filter(|(_, name)| seen.contains(name)).collect())
    }

    /// The versions of the records, which the caller has found visible, the newest first: at most 200 of
    /// each.
    ///
    /// # Errors
    /// The database's.
    pub async fn record_versions(
        &self,
        names: &[RecordName],
    ) -> Result<HashMap<RecordName, Vec<business_record::Model>>, Fault> {
        let mut conditions = Conditions::default();
        let which = any_of(&mut conditions, names);
        let text = format!(
            "SELECT {} FROM (SELECT {}, row_number() OVER (PARTITION BY b.kind, b.key ORDER BY b.version DESC) \
             AS place FROM business_record b WHERE {which}) o WHERE o.place <= {MAX_VERSIONS} \
             ORDER BY o.kind, o.key, o.place",
            business_record::Model::columns("o"),
            business_record::Model::columns("b"),
        );
        let mut found: HashMap<RecordName, Vec<business_record::Model>> = HashMap::new();
        for row in self.all::<business_record::Model>(text, conditions).await? {
            let name = RecordName { kind: row.kind.clone(), key: row.key.clone() };
            found.entry(name).or_default().push(row);
        }
        Ok(found)
    }

    /// Those of the records that there are, and that an actor may see.
    async fn visible_records(&self, actor: &Actor, names: &[RecordName]) -> Result<Vec<RecordName>, Fault> {
        let mut conditions = Conditions::default();
        let which = any_of(&mut conditions, names);
        let text = format!(
            "SELECT b.kind, b.key, b.instance_id FROM business_record b WHERE {which} AND b.version = \
             (SELECT max(n.version) FROM business_record n WHERE n.kind = b.kind AND n.key = b.key)"
        );
        let rows = self.inner.db.reader().query_all_raw(self.statement(text, conditions)).await?;
        let pair = |row: &QueryResult| Ok((record_name(row, 0)?, row.try_get_by_index(2)?));
        let newest = rows.iter().map(pair).collect::<Result<Vec<(RecordName, Uuid)>, DbErr>>()?;
        if actor.has_role(Role::Operator) {
            return Ok(newest.into_iter().map(|(name, _)| name).collect());
        }
        let ids: Vec<_> = newest.iter().map(|(_, instance)| *instance).collect();
        let seen = self.visible_instances(actor, &ids).await?;
        let is_seen = |id: &Uuid| seen.iter().any(|row| row.id == *id);
        Ok(newest.into_iter().filter(|(_, instance)| is_seen(instance)).map(|(name, _)| name).collect())
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
        if !sees_variables(actor, row) {
            return Ok(None);
        }
        serde_json::from_str(&row.variables).map(Some).map_err(Fault::internal)
    }
}

/// Whether an actor sees the variables of an instance: its starter and ADMIN do.
pub fn sees_variables(actor: &Actor, row: &process_instance::Model) -> bool {
    row.started_by.as_deref() == Some(actor.user_id.as_str()) || actor.has_role(Role::Admin)
}

fn check_operator(actor: &Actor) -> Result<(), Fault> {
    if actor.has_role(Role::Operator) {
        Ok(())
    } else {
        Err(Fault::forbidden("only OPERATOR may list business records"))
    }
}

fn record_name(row: &QueryResult, first: usize) -> Result<RecordName, DbErr> {
    Ok(RecordName { kind: row.try_get_by_index(first)?, key: row.try_get_by_index(first + 1)? })
}

/// Which rows `b` are of these records.
fn any_of(conditions: &mut Conditions, names: &[RecordName]) -> String {
    let one = |name: &RecordName| {
        let (kind, key) = (conditions.value(name.kind.as_str()), conditions.value(name.key.as_str()));
        format!("(b.kind = {kind} AND b.key = {key})")
    };
    let all: Vec<_> = names.iter().map(one).collect();
    if all.is_empty() { "false".to_owned() } else { format!("({})", all.join(" OR ")) }
}
