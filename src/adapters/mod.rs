//! Remote systems behind the ports that other rooms define.

mod webhook;

pub use webhook::GuardedWebhooks;
