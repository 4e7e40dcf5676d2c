//! The SQL of start events that wait.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _, Value,
};
use serde_json::Map;
use uuid::Uuid;

use super::Starting;
use super::rules::Armed;
use crate::storage::bulk::insert_many;
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::{for_update, for_update_skip_locked, sql};
use crate::storage::entity::start_subscription::{Column, Entity, Model};
use crate::storage::entity::{event_thrown, process_definition, start_incident};
use crate::workflow::EventKind;

/// The most timers, and the most incidents that are tried again, that one transaction hands out.
const DUE: usize = 1_000;
/// How often it is looked for what waits.
const LOOKS: usize = 2;

/// What waits of a process, locked: what begins just now has begun by then, and waits no more.
pub(super) async fn of_process(tx: &DatabaseTransaction, key: &str) -> Result<Vec<Model>, DbErr> {
    let backend = tx.get_database_backend();
    let text = format!(
        "SELECT {} FROM start_subscription s WHERE s.definition_key = $1 ORDER BY s.id{}",
        Model::columns("s"),
        for_update(backend)
    );
    Model::all(tx, sql(backend, text, [key.into()])).await
}

/// Lets nothing of a process wait any longer. What could not begin by its timers is nobody's matter any
/// more.
pub(super) async fn disarm_in_op(
    tx: &DatabaseTransaction,
    version: &process_definition::Model,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let backend = tx.get_database_backend();
    let text = "UPDATE start_incident SET resolved_at = $1, resolved_by = $2 WHERE resolved_at IS NULL \
                AND input LIKE '{\"by\":\"time\"%' \
                AND definition_id IN (SELECT p.definition_id FROM process_start p WHERE p.definition_key = $3)";
    let values: [Value; 3] = [now.into(), version.deployed_by.clone().into(), version.key.clone().into()];
    tx.execute_raw(sql(backend, text, values)).await?;
    let text = "DELETE FROM process_start WHERE definition_key = $1";
    tx.execute_raw(sql(backend, text, [version.key.clone().into()])).await.map(drop)
}

/// Lets these of a version wait.
pub(super) async fn add_in_op(
    tx: &DatabaseTransaction,
    version: &process_definition::Model,
    rows: Vec<Model>,
) -> Result<(), DbErr> {
    if rows.is_empty() {
        return Ok(());
    }
    let text = "INSERT INTO process_start (definition_key, definition_id) VALUES ($1, $2)";
    let values: [Value; 2] = [version.key.clone().into(), version.id.into()];
    tx.execute_raw(sql(tx.get_database_backend(), text, values)).await?;
    insert_many::<Entity, _>(tx, rows).await
}

/// Locks what is to begin, as it waits now: whoever deploys another version waits, and so does whoever
/// begins by the same. None: nothing waits for it.
pub(super) async fn lock(tx: &DatabaseTransaction, starting: &Starting) -> Result<Option<Model>, DbErr> {
    let (condition, values): (_, Vec<Value>) = match starting {
        Starting::Time { subscription } => ("s.id = $1", vec![(*subscription).into()]),
        Starting::Told { kind, name, process, .. } => (
            "s.definition_key = $1 AND s.kind = $2 AND s.name = $3",
            vec![process.clone().into(), kind.clone().into(), name.clone().into()],
        ),
    };
    let backend = tx.get_database_backend();
    let text = format!(
        "SELECT {} FROM start_subscription s WHERE {condition}{}",
        Model::columns("s"),
        for_update(backend)
    );
    // Who has waited for another version to be deployed does not see that one's row with the first look.
    for _ in 0..LOOKS {
        let found = Model::all(tx, sql(backend, text.clone(), values.clone())).await?.pop();
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// A timer has begun an instance: it waits for its next time, or is gone.
pub(super) async fn go_on_in_op(
    tx: &DatabaseTransaction,
    row: &Model,
    next: Option<Armed>,
) -> Result<(), DbErr> {
    let Some(next) = next else {
        return Entity::delete_by_id(row.id).exec(tx).await.map(drop);
    };
    Entity::update_many()
        .col_expr(Column::DueAt, Expr::value(next.at))
        .col_expr(Column::More, Expr::value(next.more))
        .col_expr(Column::RunId, Expr::value(Option::<Uuid>::None))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await
        .map(drop)
}

/// Which processes begin by something: of a message the two that have waited longest at most.
pub(super) async fn beginning_by(
    connection: &impl ConnectionTrait,
    kind: EventKind,
    name: &str,
    only: Option<&str>,
) -> Result<Vec<Model>, DbErr> {
    let limit = if kind == EventKind::Message { " LIMIT 2" } else { "" };
    let text = format!(
        "SELECT {} FROM start_subscription s WHERE s.kind = $1 AND s.name = $2 \
         AND (s.definition_key = $3 OR $3 IS NULL) ORDER BY s.created_at, s.id{limit}",
        Model::columns("s")
    );
    let values: [Value; 3] = [kind.as_str().into(), name.into(), only.map(str::to_owned).into()];
    Model::all(connection, sql(connection.get_database_backend(), text, values)).await
}

/// Whether an instance with a business key waits for a message.
pub(super) async fn is_awaited(tx: &DatabaseTransaction, name: &str, key: &str) -> Result<bool, DbErr> {
    let text = "SELECT 1 FROM event_subscription s JOIN process_instance i ON i.id = s.instance_id \
                WHERE s.kind = 'MESSAGE' AND s.name = $1 AND i.business_key = $2 LIMIT 1";
    let statement = sql(tx.get_database_backend(), text, [name.into(), key.into()]);
    Ok(tx.query_one_raw(statement).await?.is_some())
}

/// What is to be handed to the engine: with the rows that it is about.
#[derive(Debug, Default)]
pub(in crate::workflow) struct Due {
    /// The items.
    pub items: Vec<String>,
    timers: Vec<Uuid>,
    incidents: Vec<Uuid>,
}

/// The timers that are due, and what is tried again; locked.
pub(in crate::workflow) async fn due_in_op(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
) -> Result<Due, DbErr> {
    let (backend, mut due) = (tx.get_database_backend(), Due::default());
    let lock = for_update_skip_locked(backend);
    let text = format!(
        "SELECT id FROM start_subscription WHERE due_at <= $1 AND due_at IS NOT NULL AND run_id IS NULL \
         ORDER BY due_at, id LIMIT {DUE}{lock}"
    );
    for row in tx.query_all_raw(sql(backend, text, [now.into()])).await? {
        let subscription = row.try_get_by_index(0)?;
        due.timers.push(subscription);
        due.items.push(Starting::Time { subscription }.text());
    }
    let text = format!("SELECT id, input FROM start_incident WHERE again ORDER BY id LIMIT {DUE}{lock}");
    for row in tx.query_all_raw(sql(backend, text, [])).await? {
        due.incidents.push(row.try_get_by_index(0)?);
        due.items.push(row.try_get_by_index(1)?);
    }
    Ok(due)
}

/// Writes down which run does what was due.
pub(in crate::workflow) async fn handed_in_op(
    tx: &DatabaseTransaction,
    due: &Due,
    run: Uuid,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RunId, Expr::value(run))
        .filter(Column::Id.is_in(due.timers.iter().copied()))
        .exec(tx)
        .await?;
    start_incident::Entity::update_many()
        .col_expr(start_incident::Column::Again, Expr::value(false))
        .filter(start_incident::Column::Id.is_in(due.incidents.iter().copied()))
        .exec(tx)
        .await
        .map(drop)
}

/// What begins by something that was told: by a signal every process that waits for it, by a message the
/// one that has waited longest, unless an instance waits for it.
pub(in crate::workflow) async fn begun_by_in_op(
    tx: &DatabaseTransaction,
    event: &event_thrown::Model,
    variables: &Map<String, serde_json::Value>,
    is_awaited: bool,
) -> Result<Vec<String>, DbErr> {
    let kind = if event.kind == EventKind::Signal.as_str() { EventKind::Signal } else { EventKind::Message };
    // What failed for one subscriber is tried again for them alone.
    if event.subscription_id.is_some() || (kind == EventKind::Message && is_awaited) {
        return Ok(Vec::new());
    }
    let mut found = beginning_by(tx, kind, &event.name, None).await?;
    if kind == EventKind::Message {
        found.truncate(1);
    }
    let starting = |row: Model| Starting::Told {
        kind: row.kind,
        name: event.name.clone(),
        process: row.definition_key,
        business_key: event.business_key.clone(),
        variables: variables.clone(),
    };
    Ok(found.into_iter().map(|row| starting(row).text()).collect())
}
