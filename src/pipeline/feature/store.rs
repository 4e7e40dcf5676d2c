//! Features in the database.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, Order,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::model::{Feature, RateLimit};
use super::rules::Change;
use crate::kernel::{Fault, PageRequest, Role};
use crate::storage::entity::feature::{ActiveModel, Column, Entity, Model};

/// A row that does not hold what we write: somebody else wrote it.
#[derive(Debug, thiserror::Error)]
#[error("the feature {key} cannot be read from the database: {why}")]
struct UnreadableRow {
    key: String,
    why: String,
}

/// Adds the feature unless its key is taken; answers whether it was added.
pub(super) async fn insert(db: &impl ConnectionTrait, feature: &Feature) -> Result<bool, Fault> {
    let rows = Entity::insert(active(feature)?)
        .on_conflict(OnConflict::column(Column::Key).do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    match rows {
        Ok(rows) => Ok(rows > 0),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Writes the change, unless the feature is deleted; answers whether there was one to write to.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    key: &str,
    change: &Change,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    let mut row: ActiveModel = changed(change)?;
    row.updated_at = ActiveValue::Set(now);
    let result = Entity::update_many()
        .set(row)
        .filter(Column::Key.eq(key))
        .filter(Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(result.rows_affected > 0)
}

/// Marks the feature as deleted; answers whether there was one that was not.
pub(super) async fn delete(db: &impl ConnectionTrait, key: &str, now: DateTime<Utc>) -> Result<bool, Fault> {
    let row = ActiveModel {
        deleted_at: ActiveValue::Set(Some(now)),
        updated_at: ActiveValue::Set(now),
        ..Default::default()
    };
    let result = Entity::update_many()
        .set(row)
        .filter(Column::Key.eq(key))
        .filter(Column::DeletedAt.is_null())
        .exec(db)
        .await?;
    Ok(result.rows_affected > 0)
}

/// The feature, deleted or not.
pub(super) async fn find(db: &impl ConnectionTrait, key: &str) -> Result<Option<Feature>, Fault> {
    Entity::find_by_id(key).one(db).await?.map(feature).transpose()
}

/// The features of those keys, deleted or not.
pub(super) async fn by_keys(
    db: &impl ConnectionTrait,
    keys: &[&str],
) -> Result<HashMap<String, Feature>, Fault> {
    let rows = Entity::find().filter(Column::Key.is_in(keys.iter().copied())).all(db).await?;
    rows.into_iter().map(|row| Ok((row.key.clone(), feature(row)?))).collect()
}

/// Up to one more than asked for of the features that are not deleted, in the order of their keys
/// (against it where the request is from the end).
pub(super) async fn page(
    db: &impl ConnectionTrait,
    backend: DbBackend,
    request: &PageRequest,
) -> Result<Vec<Feature>, Fault> {
    // Bytewise on both databases, so that a cursor means the same on either.
    let key = match backend {
        DbBackend::Postgres => Expr::cust("key COLLATE \"C\""),
        _ => Expr::cust("key"),
    };
    let mut window = Condition::all().add(Column::DeletedAt.is_null());
    if let Some(after) = &request.after {
        window = window.add(key.clone().gt(after.as_str()));
    }
    if let Some(before) = &request.before {
        window = window.add(key.clone().lt(before.as_str()));
    }
    let order = if request.backwards { Order::Desc } else { Order::Asc };
    let rows = Entity::find().filter(window).order_by(key, order).limit(request.limit + 1).all(db).await?;
    rows.into_iter().map(feature).collect()
}

/// How many features are not deleted.
pub(super) async fn count(db: &impl ConnectionTrait) -> Result<u64, Fault> {
    Ok(Entity::find().filter(Column::DeletedAt.is_null()).count(db).await?)
}

fn feature(row: Model) -> Result<Feature, Fault> {
    let unreadable = |why: String| Fault::internal(UnreadableRow { key: row.key.clone(), why });
    let number = |number: i32| u32::try_from(number).map_err(|error| unreadable(error.to_string()));
    let allowed_roles: Vec<Role> =
        serde_json::from_str(&row.allowed_roles).map_err(|error| unreadable(error.to_string()))?;
    let steps = serde_json::from_str(&row.steps).map_err(|error| unreadable(error.to_string()))?;
    let rate_limit = match row.rate_max.zip(row.rate_per_seconds) {
        Some((max, per_seconds)) => Some(RateLimit { max: number(max)?, per_seconds: number(per_seconds)? }),
        None => None,
    };
    let (concurrency, max_items) = (number(row.concurrency)?, number(row.max_items)?);
    Ok(Feature {
        key: row.key,
        name: row.name,
        description: row.description,
        quota_cost: row.quota_cost,
        is_enabled: row.is_enabled,
        allowed_roles,
        plan: row.plan,
        rate_limit,
        concurrency,
        max_items,
        steps,
        created_at: row.created_at,
        updated_at: row.updated_at,
        deleted: row.deleted_at.is_some(),
    })
}

fn active(feature: &Feature) -> Result<ActiveModel, Fault> {
    let change = Change {
        name: Some(feature.name.clone()),
        description: Some(feature.description.clone()),
        quota_cost: Some(feature.quota_cost),
        is_enabled: Some(feature.is_enabled),
        allowed_roles: Some(feature.allowed_roles.clone()),
        plan: Some(feature.plan.clone()),
        rate_limit: Some(feature.rate_limit),
        concurrency: Some(feature.concurrency),
        max_items: Some(feature.max_items),
        steps: Some(feature.steps.clone()),
    };
    Ok(ActiveModel {
        key: ActiveValue::Set(feature.key.clone()),
        created_at: ActiveValue::Set(feature.created_at),
        updated_at: ActiveValue::Set(feature.updated_at),
        deleted_at: ActiveValue::Set(None),
        ..changed(&change)?
    })
}

/// The columns that a change sets.
fn changed(change: &Change) -> Result<ActiveModel, Fault> {
    // The rules keep all of these far below the column's bounds.
    let number = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let rate_limit = change.rate_limit;
    Ok(ActiveModel {
        name: set(change.name.clone()),
        description: set(change.description.clone()),
        quota_cost: set(change.quota_cost),
        is_enabled: set(change.is_enabled),
        allowed_roles: set(json(change.allowed_roles.as_ref())?),
        plan: set(change.plan.clone()),
        rate_max: set(rate_limit.map(|limit| limit.map(|limit| number(limit.max)))),
        rate_per_seconds: set(rate_limit.map(|limit| limit.map(|limit| number(limit.per_seconds)))),
        concurrency: set(change.concurrency.map(number)),
        max_items: set(change.max_items.map(number)),
        steps: set(json(change.steps.as_ref())?),
        ..Default::default()
    })
}

fn set<T: Into<sea_orm::Value>>(value: Option<T>) -> ActiveValue<T> {
    value.map_or(ActiveValue::NotSet, ActiveValue::Set)
}

fn json<T: serde::Serialize>(value: Option<&T>) -> Result<Option<String>, Fault> {
    value.map(serde_json::to_string).transpose().map_err(Fault::internal)
}
