//! The program put together: its command line, its files over HTTP, its schema over its services.

#![allow(clippy::unwrap_used, reason = "a test may fail where it cannot go on")]

mod command_line;
mod directory;
mod files;
mod schema;
mod support;
