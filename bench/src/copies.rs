//! Many instances at once: copies of one that Docket itself has started, made by the database: with its
//! tasks, or with what it waits for.

use docket::storage::Db;
use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement, Value};
use uuid::Uuid;

use crate::comparison::Outcome;

/// Behind this revision of an inbox are the copies' entries.
const PAST: usize = 1_000;

/// A table, the columns that each copy has for its own, and those that are as in the original `o`.
struct Table {
    name: &'static str,
    own: Vec<(&'static str, String)>,
    same: &'static str,
    /// The original's rows; its id is `$1`.
    rows: &'static str,
}

/// Makes so many copies of an instance with one task, as it stands: something to be listed and to be
/// in the way, nothing to decide. `who` is an SQL expression of the copy's number `n`, from 1: the
/// user id of whoever has the task. All copies are older than whatever is started later.
///
/// # Errors
/// Where the database refuses one.
pub async fn copies(db: &Db, original: Uuid, count: usize, who: &str) -> Outcome<()> {
    let backend = db.writer().get_database_backend();
    let inboxes = format!(
        "{} INSERT INTO inbox (principal, stream, revision) SELECT 'user:' || p.who, {}, 0 \
         FROM (SELECT {who} AS who, min(n) AS n FROM copy GROUP BY 1) AS p WHERE true \
         ON CONFLICT (principal) DO NOTHING",
        numbers(count),
        id(backend, 'd', "p.n"),
    );
    run(db, inboxes, Vec::new()).await?;
    for table in instances(backend, "state").into_iter().chain(tasks(backend, who)) {
        table.copy(db, original, count).await?;
    }
    run(db, format!("UPDATE inbox SET revision = revision + {PAST} + {count}"), Vec::new()).await?;
    rest(db).await
}

/// Makes so many copies of an instance in which one token waits for a time or for a machine. They go on as
/// any other: each has the ids of its own in its state.
///
/// # Errors
/// Where the database refuses one, or the instance waits for something else.
pub async fn waiting(db: &Db, original: Uuid, count: usize) -> Outcome<()> {
    let backend = db.writer().get_database_backend();
    let text = "SELECT id, '2' AS kind, revision * 16 + ordinal AS place FROM process_activity \
                WHERE instance_id = $1 AND left_at IS NULL \
                UNION ALL SELECT id, '4', 0 FROM event_subscription WHERE instance_id = $1 \
                UNION ALL SELECT id, '5', 0 FROM job WHERE instance_id = $1";
    let statement = Statement::from_sql_and_values(backend, text, [original.into()]);
    let (mut state, mut found) = ("o.state".to_owned(), 0);
    for row in db.reader().query_all_raw(statement).await? {
        let (own, kind, place): (Uuid, String, i64) =
            (row.try_get("", "id")?, row.try_get("", "kind")?, row.try_get("", "place")?);
        let (kind, number) = match kind.as_str() {
            "2" => ('2', format!("n * 256 + {place}")),
            "4" => ('4', "n".to_owned()),
            _ => ('5', "n".to_owned()),
        };
        state = format!("replace({state}, '{own}', {})", text_of(backend, kind, &number));
        found += 1;
    }
    if found != 2 {
        return Err(format!("a token that waits for one thing: {found} ids").into());
    }
    for table in instances(backend, &state).into_iter().chain(waits(backend)) {
        table.copy(db, original, count).await?;
    }
    rest(db).await
}

/// The copies' numbers.
fn numbers(count: usize) -> String {
    format!("WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {count})")
}

async fn run(db: &Db, text: String, values: Vec<Value>) -> Result<(), DbErr> {
    let backend = db.writer().get_database_backend();
    db.writer().execute_raw(Statement::from_sql_and_values(backend, text, values)).await.map(drop)
}

/// What is measured next is not to pay for what was written before.
async fn rest(db: &Db) -> Outcome<()> {
    let statements: &[&str] = match db.writer().get_database_backend() {
        DbBackend::Postgres => &["VACUUM (FREEZE, ANALYZE)", "CHECKPOINT"],
        _ => &["PRAGMA wal_checkpoint(TRUNCATE)"],
    };
    for statement in statements {
        run(db, (*statement).to_owned(), Vec::new()).await?;
    }
    Ok(())
}

impl Table {
    async fn copy(self, db: &Db, original: Uuid, count: usize) -> Outcome<()> {
        let Self { name, own, same, rows } = self;
        let (columns, values): (Vec<_>, Vec<_>) = own.into_iter().unzip();
        let (columns, values, numbers) = (columns.join(", "), values.join(", "), numbers(count));
        let text = format!(
            "{numbers} INSERT INTO {name} ({columns}, {same}) SELECT {values}, {same} FROM copy, ({rows}) AS o"
        );
        let done = run(db, text, vec![original.into()]).await;
        Ok(done.map_err(|error| format!("copies in {name}: {error}"))?)
    }
}

/// What an instance consists of, what is referred to first; its state is an SQL expression.
fn instances(backend: DbBackend, state: &str) -> [Table; 4] {
    let instance = || id(backend, '1', "n");
    [
        Table {
            name: "process_instance",
            own: vec![("id", instance()), ("root_id", instance()), ("state", state.to_owned())],
            same: "definition_id, business_key, started_by, status, reason, suspended, format, \
                   variables, revision, started_at, ended_at",
            rows: "SELECT * FROM process_instance WHERE id = $1",
        },
        Table {
            name: "process_activity",
            own: vec![
                ("id", id(backend, '2', "n * 256 + o.place")),
                ("instance_id", instance()),
                ("root_id", instance()),
            ],
            same: "revision, ordinal, node_id, token, came_by, entered_at, left_at, outcome",
            rows: "SELECT a.*, revision * 16 + ordinal AS place FROM process_activity a WHERE instance_id = $1",
        },
        Table {
            name: "process_history",
            own: vec![
                ("root_id", instance()),
                ("instance_id", instance()),
                (
                    "task_id",
                    format!("CASE WHEN o.task_id IS NULL THEN NULL ELSE {} END", id(backend, '3', "n")),
                ),
            ],
            same: "revision, ordinal, kind, actor, node_id, from_status, to_status, reason, data, at",
            rows: "SELECT * FROM process_history WHERE instance_id = $1",
        },
        Table {
            name: "variable_history",
            own: vec![("instance_id", instance())],
            same: "revision, name, value, changed_by, at",
            rows: "SELECT * FROM variable_history WHERE instance_id = $1",
        },
    ]
}

/// Its one task.
fn tasks(backend: DbBackend, who: &str) -> [Table; 2] {
    [
        Table {
            name: "task",
            own: vec![
                ("id", id(backend, '3', "n")),
                ("instance_id", id(backend, '1', "n")),
                ("activity_id", id(backend, '2', "n * 256 + o.place")),
                ("assignee", who.to_owned()),
            ],
            same: "node_id, name, status, ordinal, decided_by, revision, created_at, finished_at",
            rows: "SELECT t.*, a.revision * 16 + a.ordinal AS place FROM task t \
                   JOIN process_activity a ON a.id = t.activity_id WHERE t.instance_id = $1",
        },
        Table {
            name: "inbox_entry",
            own: vec![
                ("principal", format!("'user:' || {who}")),
                ("task_id", id(backend, '3', "n")),
                ("revision", format!("{PAST} + n")),
            ],
            same: "state",
            rows: "SELECT e.state FROM inbox_entry e JOIN task t ON t.id = e.task_id WHERE t.instance_id = $1",
        },
    ]
}

/// What it waits for.
fn waits(backend: DbBackend) -> [Table; 2] {
    let instance = || id(backend, '1', "n");
    [
        Table {
            name: "event_subscription",
            own: vec![("id", id(backend, '4', "n")), ("root_id", instance()), ("instance_id", instance())],
            same: "node_id, kind, name, due_at, created_at",
            rows: "SELECT * FROM event_subscription WHERE instance_id = $1",
        },
        Table {
            name: "job",
            own: vec![
                ("id", id(backend, '5', "n")),
                ("root_id", instance()),
                ("instance_id", instance()),
                ("activity_id", id(backend, '2', "n * 256 + o.place")),
            ],
            same: "node_id, kind, topic, priority, status, suspended, inputs, attempt, failures, \
                   max_attempts, created_at",
            rows: "SELECT j.*, a.revision * 16 + a.ordinal AS place FROM job j \
                   JOIN process_activity a ON a.id = j.activity_id WHERE j.instance_id = $1",
        },
    ]
}

/// The id in the words of a state.
fn text_of(backend: DbBackend, kind: char, number: &str) -> String {
    let id = id(backend, kind, number);
    match backend {
        DbBackend::Sqlite => {
            let part = |from, length| format!("substr(lower(hex({id})), {from}, {length})");
            [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")
        }
        _ => format!("({id})::text"),
    }
}

/// An id that grows with `number`, below all that are made later.
fn id(backend: DbBackend, kind: char, number: &str) -> String {
    match backend {
        DbBackend::Sqlite => format!("unhex('00{kind}' || printf('%029x', {number}))"),
        _ => format!("('00{kind}' || lpad(to_hex(({number})::bigint), 29, '0'))::uuid"),
    }
}
