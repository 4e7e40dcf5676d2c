//! Progress: signals between those who change things and those who watch, and feeds that turn
//! a cursor into a replay and then into live changes.

mod bus;
pub mod cursor;
mod feed;
mod follower;
mod journal;
mod redis_bus;
mod steps;

pub use bus::{Announcer, Bus, LocalBus, Running, Signal};
pub use feed::{Feed, FeedError, Progress};
pub use journal::{InHand, Journal};
pub use redis_bus::{RedisBus, client as redis_client};
pub use steps::{Held, Steps};
