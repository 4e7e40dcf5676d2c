//! The engine's invariants, on both databases.

mod effects;
mod gate;
mod interleavings;
mod live;
mod working;

pub(crate) use crate::storage::scratch::on_both_databases;
