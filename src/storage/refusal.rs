//! Telling a database that refuses what it is given from one that cannot work at the moment.

use sea_orm::sqlx;
use sea_orm::{DbBackend, DbErr, RuntimeErr};

/// Whether the database lives and refused the data themselves (a constraint, a value out of
/// bounds): trying them again would only repeat it. What says nothing of the data (connections,
/// locks, timeouts, a full disk, a read-only server) is none.
pub fn refuses_data(backend: DbBackend, error: &DbErr) -> bool {
    match error {
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => {
            match error.as_ref() {
                sqlx::Error::Database(error) => error.code().is_some_and(|code| is_of_data(backend, &code)),
                sqlx::Error::Encode(_) => true,
                _ => false,
            }
        }
        DbErr::Custom(_)
        | DbErr::Type(_)
        | DbErr::Json(_)
        | DbErr::TryIntoErr { .. }
        | DbErr::RecordNotInserted
        | DbErr::RecordNotUpdated => true,
        _ => false,
    }
}

/// PostgreSQL's classes 22 (data exception) and 23 (integrity constraint violation); of SQLite's
/// codes, whose lowest byte is the class, TOOBIG, CONSTRAINT and MISMATCH.
fn is_of_data(backend: DbBackend, code: &str) -> bool {
    match backend {
        DbBackend::Sqlite => code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 18..=20)),
        _ => code.starts_with("22") || code.starts_with("23"),
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnAcquireErr, ConnectionTrait};

    use super::*;
    use crate::storage::scratch::Scratch;

    #[test]
    fn only_data_errors_blame_the_data() {
        for (code, of_data) in [("22P05", true), ("23514", true), ("25006", false), ("40001", false)] {
            assert_eq!(is_of_data(DbBackend::Postgres, code), of_data, "{code}");
        }
        for (code, of_data) in [("57014", false), ("53100", false), ("08006", false), ("55P03", false)] {
            assert_eq!(is_of_data(DbBackend::Postgres, code), of_data, "{code}");
        }
        // CHECK, UNIQUE, MISMATCH; then BUSY, READONLY, FULL, IOERR.
        for (code, of_data) in [("275", true), ("2067", true), ("20", true), ("5", false), ("8", false)] {
            assert_eq!(is_of_data(DbBackend::Sqlite, code), of_data, "{code}");
        }
        for (code, of_data) in [("13", false), ("10", false), ("2314", false)] {
            assert_eq!(is_of_data(DbBackend::Sqlite, code), of_data, "{code}");
        }
        let busy = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        assert!(!refuses_data(DbBackend::Postgres, &busy));
        assert!(!refuses_data(
            DbBackend::Sqlite,
            &DbErr::Conn(RuntimeErr::SqlxError(sqlx::Error::PoolTimedOut.into()))
        ));
    }

    async fn a_violated_constraint_is_the_datas_and_a_missing_table_is_not(scratch: Scratch) {
        let db = &scratch.db;
        let insert =
            "INSERT INTO account (user_id, balance, created_at) VALUES ('a', -1, '2026-11-22T00:00:00Z')";
        let error = db.writer().execute_unprepared(insert).await.unwrap_err();
        assert!(refuses_data(db.backend(), &error), "{error}");
        let error = db.writer().execute_unprepared("UPDATE nowhere SET nothing = 1").await.unwrap_err();
        assert!(!refuses_data(db.backend(), &error), "{error}");
    }

    #[tokio::test]
    async fn on_sqlite() {
        a_violated_constraint_is_the_datas_and_a_missing_table_is_not(Scratch::sqlite().await).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        a_violated_constraint_is_the_datas_and_a_missing_table_is_not(Scratch::postgres().await).await;
    }
}
