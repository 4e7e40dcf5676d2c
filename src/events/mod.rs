//! Progress: signals between those who change things and those who watch, and feeds that turn
//! a cursor into a replay and then into live changes.

mod bus;
pub mod cursor;
mod feed;
mod journal;
mod redis_bus;

pub use bus::{Announcer, Bus, LocalBus, Running, Signal};
pub use feed::{Feed, FeedError, Progress};
pub use journal::Journal;
pub use redis_bus::RedisBus;
