//! Batches and the money in them, under every order of events, on both databases.

mod audit;
mod client;
mod interleavings;
mod town;
