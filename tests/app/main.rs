//! The program put together: its command line, its files over HTTP, its schema over its services.

mod command_line;
mod files;
mod schema;
mod support;
