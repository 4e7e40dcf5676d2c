//! Many instances at once: copies of one that Docket itself has started, made by the database.

use docket::storage::Db;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};
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
    let numbers =
        format!("WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {count})");
    let run = async |text: String, values: Vec<Value>| {
        db.writer().execute_raw(Statement::from_sql_and_values(backend, text, values)).await
    };
    let inboxes = format!(
        "{numbers} INSERT INTO inbox (principal, stream, revision) SELECT 'user:' || p.who, {}, 0 \
         FROM (SELECT {who} AS who, min(n) AS n FROM copy GROUP BY 1) AS p WHERE true \
         ON CONFLICT (principal) DO NOTHING",
        id(backend, 'd', "p.n"),
    );
    run(inboxes, Vec::new()).await?;
    for Table { name, own, same, rows } in tables(backend, who) {
        let (columns, values): (Vec<_>, Vec<_>) = own.into_iter().unzip();
        let (columns, values) = (columns.join(", "), values.join(", "));
        let text = format!(
            "{numbers} INSERT INTO {name} ({columns}, {same}) SELECT {values}, {same} FROM copy, ({rows}) AS o"
        );
        run(text, vec![original.into()]).await.map_err(|error| format!("copies in {name}: {error}"))?;
    }
    run(format!("UPDATE inbox SET revision = revision + {PAST} + {count}"), Vec::new()).await?;
    // What is measured next is not to pay for what was written here.
    let rest: &[&str] = match backend {
        DbBackend::Postgres => &["VACUUM (FREEZE, ANALYZE)", "CHECKPOINT"],
        _ => &["PRAGMA wal_checkpoint(TRUNCATE)"],
    };
    for statement in rest {
        run((*statement).to_owned(), Vec::new()).await?;
    }
    Ok(())
}

/// What an instance consists of, what is referred to first.
fn tables(backend: DbBackend, who: &str) -> [Table; 6] {
    let id = |kind, number| id(backend, kind, number);
    let instance = || id('1', "n");
    let activity = || id('2', "n * 256 + o.place");
    let task = || id('3', "n");
    [
        Table {
            name: "process_instance",
            own: vec![("id", instance()), ("root_id", instance())],
            same: "definition_id, business_key, started_by, status, reason, suspended, format, state, \
                   variables, revision, started_at, ended_at",
            rows: "SELECT * FROM process_instance WHERE id = $1",
        },
        Table {
            name: "process_activity",
            own: vec![("id", activity()), ("instance_id", instance()), ("root_id", instance())],
            same: "revision, ordinal, node_id, token, came_by, entered_at, left_at, outcome",
            rows: "SELECT a.*, revision * 16 + ordinal AS place FROM process_activity a WHERE instance_id = $1",
        },
        Table {
            name: "task",
            own: vec![
                ("id", task()),
                ("instance_id", instance()),
                ("activity_id", activity()),
                ("assignee", who.to_owned()),
            ],
            same: "node_id, name, status, ordinal, decided_by, revision, created_at, finished_at",
            rows: "SELECT t.*, a.revision * 16 + a.ordinal AS place FROM task t \
                   JOIN process_activity a ON a.id = t.activity_id WHERE t.instance_id = $1",
        },
        Table {
            name: "process_history",
            own: vec![
                ("root_id", instance()),
                ("instance_id", instance()),
                ("task_id", format!("CASE WHEN o.task_id IS NULL THEN NULL ELSE {} END", task())),
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
        Table {
            name: "inbox_entry",
            own: vec![
                ("principal", format!("'user:' || {who}")),
                ("task_id", task()),
                ("revision", format!("{PAST} + n")),
            ],
            same: "state",
            rows: "SELECT e.state FROM inbox_entry e JOIN task t ON t.id = e.task_id WHERE t.instance_id = $1",
        },
    ]
}

/// An id that grows with `number`, below all that are made later.
fn id(backend: DbBackend, kind: char, number: &str) -> String {
    match backend {
        DbBackend::Sqlite => format!("unhex('00{kind}' || printf('%029x', {number}))"),
        _ => format!("('00{kind}' || lpad(to_hex(({number})::bigint), 29, '0'))::uuid"),
    }
}
