//! Rows read by their columns' places, where there are many of them.
//!
//! `sea-orm` finds each value by a name that it puts together anew for each row; on a page of
//! items that was a third of all that the program did.

use std::fmt::Write as _;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

/// A row whose columns are read in the order of [`COLUMNS`](Self::COLUMNS).
pub trait ByPlace: Sized {
    /// All columns.
    const COLUMNS: &'static [&'static str];

    /// Reads a row; `first` is the place of the first of its columns.
    ///
    /// # Errors
    /// Where a value is not what the column holds.
    fn at(row: &QueryResult, first: usize) -> Result<Self, DbErr>;

    /// All rows of a statement that selects [`columns`](Self::columns) and nothing before them.
    ///
    /// # Errors
    /// The database's.
    fn all(
        connection: &impl ConnectionTrait,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<Self>, DbErr>> + Send {
        async move { connection.query_all_raw(statement).await?.iter().map(|row| Self::at(row, 0)).collect() }
    }

    /// The columns for a `SELECT` of the table known as `alias`.
    fn columns(alias: &str) -> String {
        let mut columns = String::new();
        for name in Self::COLUMNS {
            let comma = if columns.is_empty() { "" } else { ", " };
            let _ = write!(columns, "{comma}{alias}.{name}");
        }
        columns
    }
}

/// Makes a struct readable [`ByPlace`]. It names every field, which the compiler checks; each is
/// called as its column.
macro_rules! by_place {
    ($type:ident { $($field:ident),* $(,)? }) => {
        impl $crate::storage::by_place::ByPlace for $type {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn at(row: &sea_orm::QueryResult, first: usize) -> Result<Self, sea_orm::DbErr> {
                let mut places = first..;
                let mut next = || places.next().unwrap_or(usize::MAX);
                // A struct's fields are evaluated in the order in which they are written.
                Ok(Self { $($field: row.try_get_by_index(next())?),* })
            }
        }
    };
}
pub(crate) use by_place;
