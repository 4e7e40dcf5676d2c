//! What these tests speak: a server that can be killed, and people who use it.

mod books;
mod client;
pub mod machines;
#[path = "../../it/support/pictures.rs"]
#[allow(dead_code, reason = "shared with the tests of the services, which need more of it")]
mod pictures;
mod server;

pub use books::{count, until};
pub use client::{Answer, Person, Watching, json_of};
pub use pictures::Pictures;
pub use server::{Place, Process, Server};

/// Makes each test a test on SQLite and one on PostgreSQL.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name($crate::support::Place::sqlite())).await; })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() { Box::pin(super::$name($crate::support::Place::postgres().await)).await; })+
        }
    };
}
