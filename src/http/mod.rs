//! HTTP: the router, authentication, the GraphQL transports, health, metrics and the playground.
//!
//! A request passes, from the outside in: the headers that tell browsers what not to do; its id, log
//! line and metrics, where a panic also turns into an answer (`observe`); in development the check of
//! its `Host` (`origin`); and its route. What leaves outside GraphQL as an error is a [`Problem`].

mod approvals;
mod assets;
pub mod auth;
mod callbacks;
mod config;
mod dev_users;
mod files;
pub mod graphql;
mod health;
mod metrics;
mod observe;
mod origin;
mod problem;
mod range;
mod request_id;
mod router;
mod serve;
mod state;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use assets::{Asset, Assets, Playground};
pub use auth::{Authenticated, Identity, MaybeAuthenticated};
pub use callbacks::{CallbackRoutes, callback_routes};
pub use config::{HttpConfig, SocketConfig};
pub use dev_users::DevUsers;
pub use files::{FileRoutes, file_routes};
pub use health::Probe;
pub use metrics::install_metrics;
pub use problem::Problem;
pub use request_id::RequestId;
pub use router::router;
pub use serve::{ServeOptions, Served, serve};
pub use state::{Equip, HttpState};
