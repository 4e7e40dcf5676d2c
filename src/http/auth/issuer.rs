//! Issuing tokens: for `docket token`, and for development's users.

use std::sync::Arc;
use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::SecretString;
use serde_json::json;

use super::authenticator::{AuthConfigError, secret_bytes};
use super::claims::TokenRules;
use crate::kernel::{Actor, Clock, Fault};

/// Issues HS256 tokens that an [`Authenticator`](super::Authenticator) with the same secret and
/// rules takes.
pub struct TokenIssuer {
    key: EncodingKey,
    issuer: Option<String>,
    audience: Option<String>,
    clock: Arc<dyn Clock>,
}

impl TokenIssuer {
    /// Signs with `secret`, as the first issuer and for the first audience of `rules`.
    ///
    /// # Errors
    /// [`AuthConfigError::SecretTooShort`].
    pub fn new(
        secret: &SecretString,
        rules: &TokenRules,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AuthConfigError> {
        Ok(Self {
            key: EncodingKey::from_secret(secret_bytes(secret)?),
            issuer: rules.issuers.first().cloned(),
            audience: rules.audiences.first().cloned(),
            clock,
        })
    }

    /// A token that speaks for `actor` for `lifetime`.
    ///
    /// # Errors
    /// `INTERNAL` where signing fails.
    pub fn issue(&self, actor: &Actor, lifetime: Duration) -> Result<String, Fault> {
        let now = self.clock.now().timestamp();
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let mut claims = json!({
            "sub": actor.user_id,
            "name": actor.name,
            "role": actor.role.as_str(),
            "iat": now,
            "exp": now.saturating_add(lifetime),
        });
        for (claim, value) in [("plan", &actor.plan), ("iss", &self.issuer), ("aud", &self.audience)] {
            if let Some(value) = value {
                claims[claim] = json!(value);
            }
        }
        encode(&Header::new(Algorithm::HS256), &claims, &self.key).map_err(Fault::internal)
    }
}

impl std::fmt::Debug for TokenIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenIssuer").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
