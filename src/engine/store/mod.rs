//! The engine's SQL, an operation a file. Every operation locks the run's row first, so that
//! no two wait for each other, and revisions are given out in commit order.

pub(crate) mod cancel;
pub(crate) mod enqueue;
pub(crate) mod forget;
pub(crate) mod lease;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod rescue;
pub(crate) mod retry;
pub(crate) mod row;
pub(crate) mod turn;
