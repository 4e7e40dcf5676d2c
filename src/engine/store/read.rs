//! Reading runs and items, with what follows from the leases.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, Statement, Value,
};
use uuid::Uuid;

use crate::engine::{ItemFilter, ItemRow, ItemStatus, ItemView};
use crate::kernel::PageRequest;
use crate::storage::Db;
use crate::storage::bulk::{Column, Rows};
use crate::storage::by_place::ByPlace as _;
use crate::storage::dialect::sql;
use crate::storage::entity::{attempt, item, run};

/// Whether item `i` is leased: by its index where it never left the line, else by its place in
/// the queue.
const IS_LEASED: &str = "EXISTS (SELECT 1 FROM engine_lease l LEFT JOIN engine_requeue q \
    ON q.run_id = i.run_id AND q.idx = i.idx WHERE l.run_id = i.run_id AND \
    ((q.idx IS NULL AND i.idx >= l.lo AND i.idx < l.hi) OR (q.position >= l.lo AND q.position < l.hi)))";

/// The most items that are looked up in one statement.
const KEYS: usize = 500;

/// The columns of a [`view`].
fn view_columns<T: ItemRow>() -> String {
    format!("{}, (i.status = 'PENDING' AND {IS_LEASED})", T::columns("i"))
}

fn select<T: ItemRow>(rest: &str) -> String {
    format!("SELECT {} FROM engine_item i WHERE {rest}", view_columns::<T>())
}

fn view<T: ItemRow>(row: &QueryResult) -> Result<ItemView<T>, DbErr> {
    let item = T::at(row, 0)?;
    let is_leased = row.try_get_by_index(T::COLUMNS.len())?;
    let status = if is_leased { ItemStatus::Running } else { item.status().parse::<ItemStatus>()? };
    Ok(ItemView { item, status, step: None })
}

async fn views<T: ItemRow>(db: &Db, statement: Statement) -> Result<Vec<ItemView<T>>, DbErr> {
    db.reader().query_all_raw(statement).await?.iter().map(view).collect()
}

/// A run as it stands.
pub(crate) async fn run(db: &Db, id: Uuid) -> Result<Option<run::Model>, DbErr> {
    run::Entity::find_by_id(id).one(db.reader()).await
}

/// Many runs as they stand.
pub(crate) async fn runs(db: &Db, ids: &[Uuid]) -> Result<HashMap<Uuid, run::Model>, DbErr> {
    let runs =
        run::Entity::find().filter(run::Column::Id.is_in(ids.iter().copied())).all(db.reader()).await?;
    Ok(runs.into_iter().map(|run| (run.id, run)).collect())
}

/// The condition on item `i` that a filter stands for. Its words are ours, so they may be
/// written into the statement, where the partial indexes can be recognised.
fn condition(filter: &ItemFilter) -> String {
    let Some(statuses) = &filter.statuses else { return "true".to_owned() };
    let mut any = Vec::new();
    let recorded: Vec<_> = statuses
        .iter()
        .filter(|status| !matches!(status, ItemStatus::Pending | ItemStatus::Running))
        .map(|status| format!("'{}'", status.as_str()))
        .collect();
    if !recorded.is_empty() {
        any.push(format!("i.status IN ({})", recorded.join(", ")));
    }
    let (pending, running) =
        (statuses.contains(&ItemStatus::Pending), statuses.contains(&ItemStatus::Running));
    match (pending, running) {
        (true, true) => any.push("i.status = 'PENDING'".to_owned()),
        (true, false) => any.push(format!("(i.status = 'PENDING' AND NOT {IS_LEASED})")),
        (false, true) => any.push(format!("(i.status = 'PENDING' AND {IS_LEASED})")),
        (false, false) => {}
    }
    if any.is_empty() { "false".to_owned() } else { format!("({})", any.join(" OR ")) }
}

/// One item too many of a page of a run's items, in the request's direction.
pub(crate) async fn items(
    db: &Db,
    run: Uuid,
    filter: &ItemFilter,
    page: &PageRequest,
    window: (Option<i32>, Option<i32>),
) -> Result<Vec<ItemView>, DbErr> {
    let order = if page.backwards { "DESC" } else { "ASC" };
    let rest = format!(
        "i.run_id = $1 AND i.idx > $2 AND i.idx < $3 AND {} ORDER BY i.idx {order} LIMIT $4",
        condition(filter)
    );
    let values: [Value; 4] = [
        run.into(),
        window.0.unwrap_or(-1).into(),
        window.1.unwrap_or(i32::MAX).into(),
        i64::try_from(page.limit + 1).unwrap_or(i64::MAX).into(),
    ];
    views(db, sql(db.backend(), select::<item::Model>(&rest), values)).await
}

/// How many items a filter lets through.
pub(crate) async fn count(db: &Db, run: Uuid, filter: &ItemFilter) -> Result<i64, DbErr> {
    let text =
        format!("SELECT count(*) AS n FROM engine_item i WHERE i.run_id = $1 AND {}", condition(filter));
    let row = db.reader().query_one_raw(sql(db.backend(), text, [run.into()])).await?;
    row.map_or(Ok(0), |row| row.try_get("", "n"))
}

/// The first items of many runs.
pub(crate) async fn first_items<T: ItemRow>(
    db: &Db,
    runs: &[Uuid],
    limit: u64,
) -> Result<HashMap<Uuid, Vec<ItemView<T>>>, DbErr> {
    let mut found: HashMap<Uuid, Vec<ItemView<T>>> = HashMap::with_capacity(runs.len());
    if runs.is_empty() {
        return Ok(found);
    }
    let mut views =
        views::<T>(db, first_items_statement::<T>(db.backend(), runs, limit)).await?.into_iter().peekable();
    // Those of a run come together, in practice.
    while let Some(first) = views.next() {
        let run = first.item.key().0;
        let others = std::iter::from_fn(|| views.next_if(|view| view.item.key().0 == run));
        found.entry(run).or_default().extend(std::iter::once(first).chain(others));
    }
    for views in found.values_mut() {
        views.sort_by_key(|view| view.item.key().1);
    }
    Ok(found)
}

fn first_items_statement<T: ItemRow>(backend: DbBackend, runs: &[Uuid], limit: u64) -> Statement {
    if backend == DbBackend::Postgres {
        let runs = Rows::new([("run_id", Column::Ids(runs.to_vec()))]);
        // The limit stands in the text, where the planner sees it: the plan is then made once.
        let condition = format!("i.run_id = x.run_id ORDER BY i.idx LIMIT {limit}");
        return runs.look_up(backend, &view_columns::<T>(), "engine_item i", &condition);
    }
    let places: Vec<_> = (1..=runs.len()).map(|n| format!("${n}")).collect();
    let rest = format!("i.run_id IN ({}) AND i.idx < {limit} ORDER BY i.run_id, i.idx", places.join(", "));
    sql(backend, select::<T>(&rest), runs.iter().map(|id| Value::from(*id)))
}

/// Single items by run and index, in any mixture.
pub(crate) async fn items_by_key(
    db: &Db,
    keys: &[(Uuid, i32)],
) -> Result<HashMap<(Uuid, i32), ItemView>, DbErr> {
    let mut found = HashMap::new();
    for keys in keys.chunks(KEYS) {
        for view in views::<item::Model>(db, items_by_key_statement(db.backend(), keys)).await? {
            found.insert((view.item.run_id, view.item.idx), view);
        }
    }
    Ok(found)
}

fn items_by_key_statement(backend: DbBackend, keys: &[(Uuid, i32)]) -> Statement {
    keyed(keys).look_up(
        backend,
        &view_columns::<item::Model>(),
        "engine_item i",
        "i.run_id = x.run_id AND i.idx = x.idx",
    )
}

fn keyed(keys: &[(Uuid, i32)]) -> Rows {
    let (runs, indexes) = keys.iter().copied().unzip();
    Rows::new([("run_id", Column::Ids(runs)), ("idx", Column::Integers(indexes))])
}

/// The items of a run that are leased, in index order. Found from the leases, so that it costs what
/// is in hand, however many items the run has.
pub(crate) async fn in_hand(db: &Db, run: Uuid, limit: u64) -> Result<Vec<item::Model>, DbErr> {
    let columns = item::Model::columns("i");
    let text = format!(
        "SELECT {columns} FROM engine_lease l \
         JOIN engine_item i ON i.run_id = l.run_id AND i.idx >= l.lo AND i.idx < l.hi \
         WHERE l.run_id = $1 AND i.status = 'PENDING' AND NOT EXISTS \
         (SELECT 1 FROM engine_requeue q WHERE q.run_id = i.run_id AND q.idx = i.idx) \
         UNION ALL SELECT {columns} FROM engine_lease l \
         JOIN engine_requeue q ON q.run_id = l.run_id AND q.position >= l.lo AND q.position < l.hi \
         JOIN engine_item i ON i.run_id = q.run_id AND i.idx = q.idx \
         WHERE l.run_id = $1 AND i.status = 'PENDING' ORDER BY idx LIMIT $2"
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    item::Model::all(db.reader(), sql(db.backend(), text, [run.into(), limit.into()])).await
}

/// The attempts at items that did not succeed, oldest first.
pub(crate) async fn attempts(
    db: &Db,
    keys: &[(Uuid, i32)],
) -> Result<HashMap<(Uuid, i32), Vec<attempt::Model>>, DbErr> {
    let mut found: HashMap<_, Vec<attempt::Model>> = HashMap::new();
    for keys in keys.chunks(KEYS) {
        for attempt in attempt::Model::all(db.reader(), attempts_statement(db.backend(), keys)).await? {
            found.entry((attempt.run_id, attempt.idx)).or_default().push(attempt);
        }
    }
    for attempts in found.values_mut() {
        attempts.sort_unstable_by_key(|attempt| attempt.number);
        // The same item may have been asked for twice.
        attempts.dedup_by_key(|attempt| attempt.number);
    }
    Ok(found)
}

fn attempts_statement(backend: DbBackend, keys: &[(Uuid, i32)]) -> Statement {
    let columns = attempt::Model::columns("a");
    keyed(keys).look_up(backend, &columns, "engine_attempt a", "a.run_id = x.run_id AND a.idx = x.idx")
}

/// A page of items behind `after` in index order, for walking through all of them.
pub(crate) async fn items_behind(
    db: &Db,
    run: Uuid,
    after: i32,
    limit: u64,
) -> Result<Vec<item::Model>, DbErr> {
    use sea_orm::QuerySelect;
    item::Entity::find()
        .filter(item::Column::RunId.eq(run))
        .filter(item::Column::Idx.gt(after))
        .order_by_asc(item::Column::Idx)
        .limit(limit)
        .all(db.reader())
        .await
}

/// Items whose last recorded change lies in `after..=until`, oldest change first.
pub(crate) async fn changes(
    db: &Db,
    run: Uuid,
    after: i64,
    until: i64,
    limit: u64,
) -> Result<Vec<item::Model>, DbErr> {
    item::Model::all(db.reader(), changes_statement(db.backend(), run, after, until, limit)).await
}

fn changes_statement(backend: DbBackend, run: Uuid, after: i64, until: i64, limit: u64) -> Statement {
    // The last condition is the index's own. Standing first, it would be where SQLite begins to
    // walk, and what a read costs would grow with the run.
    let text = format!(
        "SELECT {} FROM engine_item i WHERE run_id = $1 AND revision > $2 AND revision <= $3 \
         AND revision > 0 ORDER BY revision LIMIT $4",
        item::Model::columns("i")
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    sql(backend, text, [run.into(), after.into(), until.into(), limit.into()])
}

/// A run that has something to do for a replica.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(crate) struct Claimable {
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) priority: i16,
}

/// The runs of a kind with something to claim, in the order in which they are to be served: by
/// priority, then the longest unserved. Finished runs are not even looked at, nor are `but`.
pub(crate) async fn claimable(
    db: &Db,
    kind: &str,
    now: DateTime<Utc>,
    but: &[Uuid],
    limit: i64,
) -> Result<Vec<Claimable>, DbErr> {
    let places: Vec<_> = (4..but.len() + 4).map(|n| format!("${n}")).collect();
    let but_these =
        if but.is_empty() { String::new() } else { format!("AND id NOT IN ({})", places.join(", ")) };
    let text = format!(
        "SELECT id, kind, priority FROM engine_run WHERE finished_at IS NULL AND kind = $1 {but_these} \
         AND (total = failed + ignored OR (in_flight < concurrency AND (head < tail OR next_due_at <= $2))) \
         ORDER BY priority DESC, served_at LIMIT $3"
    );
    let values = [kind.into(), now.into(), limit.into()].into_iter();
    let values = values.chain(but.iter().map(|id| Value::from(*id)));
    Claimable::find_by_statement(sql(db.backend(), text, values)).all(db.reader()).await
}

/// When, after `now`, the next waiting item is due of an open run that could take it. What is due
/// already was found by [`claimable`] at the same `now`; a run whose hands are full is looked at
/// when one of them is free.
pub(crate) async fn next_due(
    db: &Db,
    kinds: &[&'static str],
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let places: Vec<_> = (2..kinds.len() + 2).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT next_due_at FROM engine_run WHERE finished_at IS NULL AND next_due_at > $1 \
         AND in_flight < concurrency AND kind IN ({}) ORDER BY next_due_at LIMIT 1",
        places.join(", ")
    );
    let values = std::iter::once(now.into()).chain(kinds.iter().map(|kind| Value::from(*kind)));
    let row = db.reader().query_one_raw(sql(db.backend(), text, values)).await?;
    row.map(|row| row.try_get("", "next_due_at")).transpose()
}

#[cfg(test)]
#[path = "read_plans.rs"]
mod plans;
