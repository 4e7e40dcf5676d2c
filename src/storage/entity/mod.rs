//! The tables' rows as sea-orm entities, one file a table.

pub mod account;
pub mod attempt;
pub mod batch;
pub mod business_record;
pub mod event_subscription;
pub mod event_thrown;
pub mod feature;
pub mod file;
pub mod inbox;
pub mod inbox_entry;
pub mod incident;
pub mod item;
pub mod job;
pub mod lease;
pub mod ledger_entry;
pub mod outbox;
pub mod process_activity;
pub mod process_definition;
pub mod process_history;
pub mod process_instance;
pub mod requeue;
pub mod run;
pub mod task;
pub mod task_candidate;
pub mod variable_history;
