//! Who is asking: bearer tokens verified, and, for scripts and development, issued.

mod authenticator;
mod claims;
mod extract;
mod issuer;
mod jwks;

pub use authenticator::{AuthConfigError, Authenticator};
pub use claims::{Identity, TokenRules};
pub use extract::{Authenticated, MaybeAuthenticated};
pub(in crate::http) use extract::{log_user, missing_token};
pub use issuer::TokenIssuer;
pub use jwks::JwksOptions;
