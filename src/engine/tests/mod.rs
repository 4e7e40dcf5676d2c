//! The engine's invariants, on both databases.

mod gate;
mod hands;
mod interleavings;
mod live;
mod model;
pub(crate) mod probe;
mod stopping;
mod stubborn;
mod troubles;
mod working;

/// Makes a test of `$body` (an async fn of a [`Scratch`](crate::storage::scratch::Scratch)) on
/// each database.
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(crate::storage::scratch::Scratch::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(crate::storage::scratch::Scratch::postgres().await).await;
            }
        }
    )+};
}
pub(crate) use on_both_databases;
