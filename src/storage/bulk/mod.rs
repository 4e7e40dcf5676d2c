//! Many rows in few statements: as arrays on PostgreSQL, as `VALUES` on SQLite.

mod column;
mod insert;

pub use column::Column;
use column::Source;
pub use insert::insert_many;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};
use uuid::Uuid;

use super::by_place::ByPlace;
use super::dialect::sql;

/// The most rows of one statement on SQLite. What is left over goes in halves of that, so that few
/// statements differ in their text and each is prepared once a connection.
const ROWS: usize = 128;
/// How many rows one statement reads by their ids.
const READ_AT_ONCE: usize = 500;

/// Rows as the table `x`, a statement's source.
#[derive(Debug)]
pub struct Rows {
    columns: Vec<(&'static str, Column)>,
    constants: Vec<(&'static str, Value)>,
    /// The columns' lengths as they were given.
    lengths: Vec<usize>,
}

impl Rows {
    /// Rows of these columns, all of the same length; at least one of them is none of texts.
    pub fn new(columns: impl IntoIterator<Item = (&'static str, Column)>) -> Self {
        let mut rows = Self { columns: Vec::new(), constants: Vec::new(), lengths: Vec::new() };
        for (name, column) in columns {
            rows.lengths.push(column.len());
            match column.only_text() {
                Some(text) => rows.constants.push((name, text.into())),
                None => rows.columns.push((name, column)),
            }
        }
        rows
    }

    /// One more column, which has this value in every row and is sent once a statement.
    #[must_use]
    pub fn each_with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.constants.push((name, value.into()));
        self
    }

    /// One statement that reads, for each of the rows, what of `table` meets `condition`: by an index,
    /// whatever the planner believes of their numbers. `selected` are columns of `table`. There must be
    /// at least one row; for one that stands twice, what is found is told twice.
    pub fn look_up(self, backend: DbBackend, selected: &str, table: &str, condition: &str) -> Statement {
        let count = self.count();
        if backend == DbBackend::Postgres {
            let (source, values) = self.into_arrays();
            // With `OFFSET 0` it stays a loop over the rows.
            let each = format!("SELECT {selected} FROM {table} WHERE {condition} OFFSET 0");
            let text = format!("SELECT found.* FROM {source} CROSS JOIN LATERAL ({each}) AS found");
            return sql(backend, text, values);
        }
        let (source, values) = ValuesClauses::of(self).next(count);
        // SQLite takes a CROSS JOIN in the order in which it is written.
        sql(backend, format!("SELECT {selected} FROM {source} CROSS JOIN {table} WHERE {condition}"), values)
    }

    /// Runs what `text` makes of the source (`… FROM {source} …`, where it stands once and all values
    /// come from it), as often as it takes; how many rows were written in all.
    ///
    /// # Errors
    /// The database's; and where the columns differ in their lengths, which is a fault of ours.
    pub async fn execute_in_op(
        self,
        on: &impl ConnectionTrait,
        text: impl Fn(&str) -> String,
    ) -> Result<u64, DbErr> {
        let mut written = 0;
        for statement in self.statements(on.get_database_backend(), text)? {
            written += on.execute_raw(statement).await?.rows_affected();
        }
        Ok(written)
    }

    /// The same for a text that answers rows; all of them.
    ///
    /// # Errors
    /// As [`execute_in_op`](Self::execute_in_op).
    pub async fn query_in_op(
        self,
        on: &impl ConnectionTrait,
        text: impl Fn(&str) -> String,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let mut found = Vec::new();
        for statement in self.statements(on.get_database_backend(), text)? {
            found.extend(on.query_all_raw(statement).await?);
        }
        Ok(found)
    }

    /// The statements that `text` makes of the rows: one on PostgreSQL, as many as it takes on SQLite.
    fn statements(self, backend: DbBackend, text: impl Fn(&str) -> String) -> Result<Vec<Statement>, DbErr> {
        let count = self.count();
        if self.lengths.iter().any(|length| *length != count) {
            return Err(DbErr::Custom("columns of different lengths".to_owned()));
        }
        if count == 0 {
            return Ok(Vec::new());
        }
        if backend == DbBackend::Postgres {
            let (source, values) = self.into_arrays();
            return Ok(vec![sql(backend, text(&source), values)]);
        }
        let mut clauses = ValuesClauses::of(self);
        let statement = |size| {
            let (source, values) = clauses.next(size);
            sql(backend, text(&source), values)
        };
        Ok(sizes(count).map(statement).collect())
    }

    fn count(&self) -> usize {
        self.lengths.first().copied().unwrap_or(0)
    }

    fn into_arrays(self) -> (String, Vec<Value>) {
        let mut source = Source::default();
        for (name, value) in self.constants {
            source.constant(name, value);
        }
        for (name, column) in self.columns {
            source.column(name, column);
        }
        source.finish()
    }
}

/// The rows of a table with these ids, in no particular order; without those that there are not.
///
/// # Errors
/// The database's.
pub async fn by_ids<T: ByPlace>(
    connection: &impl ConnectionTrait,
    table: &str,
    ids: &[Uuid],
) -> Result<Vec<T>, DbErr> {
    let (columns, table) = (T::columns("t"), format!("{table} AS t"));
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(READ_AT_ONCE) {
        let rows = Rows::new([("id", Column::Ids(ids.to_vec()))]);
        let statement = rows.look_up(connection.get_database_backend(), &columns, &table, "t.id = x.id");
        found.extend(T::all(connection, statement).await?);
    }
    Ok(found)
}

/// Rows that go into one `VALUES` after the other.
struct ValuesClauses {
    constants: Vec<Value>,
    columns: Vec<std::vec::IntoIter<Value>>,
    /// What is selected of each row.
    selected: String,
}

impl ValuesClauses {
    fn of(rows: Rows) -> Self {
        let constants = rows.constants.iter().map(|(name, _)| format!("? AS {name}"));
        let columns =
            rows.columns.iter().enumerate().map(|(n, (name, _))| format!("column{} AS {name}", n + 1));
        let selected = constants.chain(columns).collect::<Vec<_>>().join(", ");
        Self {
            constants: rows.constants.into_iter().map(|(_, value)| value).collect(),
            columns: rows.columns.into_iter().map(|(_, column)| column.into_values().into_iter()).collect(),
            selected,
        }
    }

    /// The next `size` rows. Their places have no names, unlike everywhere else: SQLite finds a name by
    /// going through all of them, so that each row would cost more than the one before it.
    fn next(&mut self, size: usize) -> (String, Vec<Value>) {
        let mut values = Vec::with_capacity(self.constants.len() + size * self.columns.len());
        values.extend(self.constants.iter().cloned());
        for _ in 0..size {
            values.extend(self.columns.iter_mut().filter_map(Iterator::next));
        }
        let row = format!("({})", vec!["?"; self.columns.len()].join(", "));
        let rows = vec![row; size].join(", ");
        (format!("(SELECT {} FROM (VALUES {rows})) AS x", self.selected), values)
    }
}

/// How many rows each statement takes: [`ROWS`] while there are so many, then halves.
fn sizes(mut count: usize) -> impl Iterator<Item = usize> {
    let mut size = ROWS;
    std::iter::from_fn(move || {
        while size > count {
            size /= 2;
        }
        count -= size;
        (size > 0).then_some(size)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::scratch::{Scratch, on_both_databases};
    use chrono::{DateTime, Utc};

    #[test]
    fn every_row_is_in_one_statement() {
        for count in [1, 2, 255, 256, 257, 1_000, 1_023] {
            let sizes: Vec<_> = sizes(count).collect();
            assert_eq!(sizes.iter().sum::<usize>(), count);
            assert!(sizes.is_sorted_by(|larger, smaller| larger >= smaller), "{sizes:?}");
        }
        assert_eq!(sizes(0).count(), 0);
    }

    async fn rows_arrive_as_they_were_sent(scratch: Scratch) {
        let db = &scratch.db;
        let create = "CREATE TABLE bulk (n integer, big bigint, word text, moment timestamptz, more integer, same text)";
        db.writer().execute_unprepared(create).await.unwrap();
        let moment = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        let rows = Rows::new([
            ("n", Column::Integers((0..600).collect())),
            ("big", Column::BigIntegers((0..600).map(|n| n + i64::from(i32::MAX)).collect())),
            (
                "word",
                Column::Texts(
                    (0..600).map(|n| if n == 7 { String::new() } else { format!("'{n}") }).collect(),
                ),
            ),
            ("moment", Column::Times(vec![moment; 600])),
            ("same", Column::Texts(vec!["same".to_owned(); 600])),
        ])
        .each_with("more", 5);
        let tx = db.begin().await.unwrap();
        let text = |source: &str| {
            format!(
                "INSERT INTO bulk SELECT n, big, nullif(word, ''), moment, more, same FROM {source} WHERE true"
            )
        };
        assert_eq!(rows.execute_in_op(&tx, text).await.unwrap(), 600);
        let uneven = Rows::new([("n", Column::Integers(vec![1])), ("big", Column::BigIntegers(vec![]))]);
        assert!(uneven.execute_in_op(&tx, |source| format!("SELECT * FROM {source}")).await.is_err());
        let uneven =
            Rows::new([("n", Column::Integers(vec![1])), ("word", Column::Texts(vec![String::new(); 2]))]);
        assert!(uneven.execute_in_op(&tx, |source| format!("SELECT * FROM {source}")).await.is_err());
        tx.commit().await.unwrap();
        let text = "SELECT n, big, word, moment, more, same FROM bulk ORDER BY n";
        let found = db.reader().query_all_raw(sql(db.backend(), text, [])).await.unwrap();
        assert_eq!(found.len(), 600);
        for (n, row) in (0..).zip(&found) {
            assert_eq!(row.try_get::<i32>("", "n").unwrap(), n);
            assert_eq!(row.try_get::<i64>("", "big").unwrap(), i64::from(n) + i64::from(i32::MAX));
            let word = (n != 7).then(|| format!("'{n}"));
            assert_eq!(row.try_get::<Option<String>>("", "word").unwrap(), word);
            assert_eq!(row.try_get::<DateTime<Utc>>("", "moment").unwrap(), moment);
            assert_eq!(row.try_get::<i32>("", "more").unwrap(), 5);
            assert_eq!(row.try_get::<String>("", "same").unwrap(), "same");
        }
    }

    on_both_databases!(rows_arrive_as_they_were_sent);
}
