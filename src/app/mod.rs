//! The program put together: configuration, wiring, starting and stopping.

pub mod config;
mod settings;
