//! A PostgreSQL database that a test has for itself. One file for all programs of tests, which take
//! it in by its path.

use sea_orm::{ConnectionTrait as _, Database};

/// The address of a fresh, empty database on the test's PostgreSQL server. Without one the test
/// fails: a skipped test would look like a passed one.
pub async fn fresh_postgres() -> String {
    let server = std::env::var("DOCKET_TEST_POSTGRES")
        .expect("DOCKET_TEST_POSTGRES names the test server; `make test` starts one");
    let name = format!("docket_{}", uuid::Uuid::now_v7().simple());
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.close().await.unwrap();
    let mut url = url::Url::parse(&server).unwrap();
    url.set_path(&name);
    url.into()
}
