//! Inserting many rows of a table: with the same few statements however many there are, so that each was
//! prepared before.

use sea_orm::{
    ActiveModelTrait, ActiveValue, ConnectionTrait, DbErr, EntityTrait, IdenStatic as _, IntoActiveModel,
    Iterable as _, Value,
};

use super::{Column, Rows};

/// The most rows that one statement inserts.
const ROWS: usize = 1_000;

/// Inserts rows, many a statement. A part of them may stay where it fails outside a transaction.
///
/// # Errors
/// The database's; and where rows leave out different columns, which is a fault of ours.
pub async fn insert_many<E, R>(on: &impl ConnectionTrait, rows: Vec<R>) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::ActiveModel: Send,
    R: IntoActiveModel<E::ActiveModel> + Send,
{
    let table = E::default();
    let mut rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    loop {
        let some: Vec<E::ActiveModel> = rows.by_ref().take(ROWS).collect();
        if some.is_empty() {
            return Ok(());
        }
        let columns = columns::<E>(some);
        let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
        let names = names.join(", ");
        let text = |source: &str| {
            let table = table.table_name();
            format!("INSERT INTO {table} ({names}) SELECT {names} FROM {source} WHERE true")
        };
        Rows::new(columns).execute_in_op(on, text).await?;
    }
}

/// What rows have of each column of their table; nothing of those that they leave to the database.
fn columns<E: EntityTrait>(mut rows: Vec<E::ActiveModel>) -> Vec<(&'static str, Column)> {
    let column = |column: E::Column| {
        let values: Vec<Value> = rows.iter_mut().filter_map(|row| value(row, column)).collect();
        (!values.is_empty()).then(|| (column.as_str(), Column::Values(values)))
    };
    E::Column::iter().filter_map(column).collect()
}

fn value<A: ActiveModelTrait>(row: &mut A, column: <A::Entity as EntityTrait>::Column) -> Option<Value> {
    match row.take(column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some(value),
        ActiveValue::NotSet => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::entity::{task_candidate, webhook_attempt};
    use crate::storage::scratch::{Scratch, on_both_databases};
    use chrono::DateTime;
    use sea_orm::{NotSet, QueryOrder as _, Set};
    use uuid::Uuid;

    /// Of a table with what can be null, without what it refers to.
    async fn rows_arrive_with_their_nulls(scratch: Scratch) {
        let db = &scratch.db;
        db.writer().execute_unprepared("DROP TABLE webhook_attempt").await.unwrap();
        let create = "CREATE TABLE webhook_attempt (delivery_number bigint NOT NULL, number integer NOT NULL, \
                      started_at timestamptz NOT NULL, duration_ms integer NOT NULL, status_code smallint, \
                      error text, PRIMARY KEY (delivery_number, number))";
        db.writer().execute_unprepared(create).await.unwrap();
        let started_at = DateTime::from_timestamp_micros(1_700_000_000_123_456).unwrap();
        let row = |n: i64| webhook_attempt::Model {
            delivery_number: n,
            number: 1,
            started_at,
            duration_ms: 7,
            status_code: (n % 3 != 0).then_some(200),
            error: (n % 2 == 0).then(|| format!("'{n}'")),
        };
        let count = ROWS as i64 + 500;
        let read = || webhook_attempt::Entity::find().order_by_asc(webhook_attempt::Column::DeliveryNumber);
        insert_many::<webhook_attempt::Entity, _>(db.writer(), (0..count).map(row).collect()).await.unwrap();
        assert_eq!(read().all(db.reader()).await.unwrap(), (0..count).map(row).collect::<Vec<_>>());
        // Nulls alone, and none at all.
        for (n, status_code) in [(count, None), (count + 1, Some(500))] {
            let one = webhook_attempt::Model { status_code, ..row(n) };
            insert_many::<webhook_attempt::Entity, _>(db.writer(), vec![one.clone()]).await.unwrap();
            assert_eq!(read().all(db.reader()).await.unwrap().pop(), Some(one));
        }
        insert_many::<webhook_attempt::Entity, webhook_attempt::Model>(db.writer(), Vec::new())
            .await
            .unwrap();
    }
    on_both_databases!(rows_arrive_with_their_nulls);

    async fn rows_that_leave_out_different_columns_are_refused(scratch: Scratch) {
        let row = |principal| task_candidate::ActiveModel { task_id: Set(Uuid::nil()), principal };
        let rows = vec![row(Set("user:anna".to_owned())), row(NotSet)];
        let refused = insert_many::<task_candidate::Entity, _>(scratch.db.writer(), rows).await.unwrap_err();
        assert_eq!(refused.to_string(), "Custom Error: columns of different lengths");
    }
    on_both_databases!(rows_that_leave_out_different_columns_are_refused);
}
