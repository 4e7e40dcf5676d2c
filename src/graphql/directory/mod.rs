//! The directory: people, what they belong to, and when they are away.

mod absence;
mod group;
mod import;
mod person;
mod query;

pub use absence::{Absence, AbsenceMutation};
pub use group::{ApproverRole, Department, Position, Tag, by_ids};
pub use import::ImportMutation;
pub use person::{Person, PersonList};
pub use query::DirectoryQuery;
