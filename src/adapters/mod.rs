//! Remote systems behind the ports that other rooms define.

mod http_calls;
mod webhook;

pub use http_calls::GuardedCalls;
pub use webhook::GuardedWebhooks;
