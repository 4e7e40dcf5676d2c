//! The engine's invariants, on both databases.

mod effects;
mod gate;
mod hands;
mod interleavings;
mod live;
pub(crate) mod probe;
mod stopping;
mod stubborn;
mod troubles;
mod working;

pub(crate) use crate::storage::scratch::on_both_databases;
