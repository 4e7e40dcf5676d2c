//! Verifying bearer tokens.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use url::Url;

use super::claims::{self, Identity, TokenRules};
use super::jwks::{Jwks, JwksOptions, VerificationKey};
use crate::kernel::{Clock, ErrorCode, Fault};

/// The shortest HS256 secret, in bytes: as long as the hash, as RFC 7518 asks.
const MIN_SECRET_BYTES: usize = 32;
/// The longest token taken, in bytes.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Why tokens cannot be verified or issued with the configuration as it is.
#[derive(Debug, thiserror::Error)]
pub enum AuthConfigError {
    /// A guessable secret.
    #[error("the token secret (DOCKET_JWT_SECRET) must have at least {MIN_SECRET_BYTES} bytes")]
    SecretTooShort,
    /// An address that cannot be fetched.
    #[error("the address of the token keys (DOCKET_JWKS_URL) must start with https:// or http://")]
    JwksScheme,
    /// The HTTP client could not be set up.
    #[error("the client that fetches the token keys could not be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// Checks a secret's length and hands out its bytes.
pub(super) fn secret_bytes(secret: &SecretString) -> Result<&[u8], AuthConfigError> {
    let bytes = secret.expose_secret().as_bytes();
    if bytes.len() < MIN_SECRET_BYTES { Err(AuthConfigError::SecretTooShort) } else { Ok(bytes) }
}

/// Verifies bearer tokens, against one shared secret or the keys that an identity provider publishes.
pub struct Authenticator {
    keys: Keys,
    rules: TokenRules,
    clock: Arc<dyn Clock>,
}

enum Keys {
    Secret(VerificationKey),
    Jwks(Box<Jwks>),
}

impl Authenticator {
    /// Takes HS256 tokens signed with `secret`.
    ///
    /// # Errors
    /// [`AuthConfigError::SecretTooShort`].
    pub fn with_secret(
        secret: &SecretString,
        rules: TokenRules,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AuthConfigError> {
        let key = DecodingKey::from_secret(secret_bytes(secret)?);
        let key = VerificationKey { id: None, algorithms: vec![Algorithm::HS256], key };
        Ok(Self { keys: Keys::Secret(key), rules, clock })
    }

    /// Takes tokens signed with one of the asymmetric keys published at `url`, which are fetched
    /// when first needed.
    ///
    /// # Errors
    /// [`AuthConfigError`] where the address is not http(s).
    pub fn with_jwks(
        url: Url,
        options: JwksOptions,
        rules: TokenRules,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AuthConfigError> {
        let jwks = Jwks::new(url, options, clock.clone())?;
        Ok(Self { keys: Keys::Jwks(Box::new(jwks)), rules, clock })
    }

    /// Verifies the value of an `Authorization` header.
    ///
    /// # Errors
    /// As [`Authenticator::verify`], and `UNAUTHENTICATED` where it is of another scheme.
    pub async fn verify_bearer(&self, authorization: &str) -> Result<Identity, Fault> {
        let token = bearer_token(authorization)
            .ok_or_else(|| refused("send the token as `Authorization: Bearer <token>`"))?;
        self.verify(token).await
    }

    /// Verifies a token's signature and claims.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` saying what is wrong with the token; `INTERNAL` where the keys to check it
    /// with cannot be had.
    pub async fn verify(&self, token: &str) -> Result<Identity, Fault> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(refused("the token is too long"));
        }
        let header = decode_header(token).map_err(|_| refused("the token is not a signed JWT"))?;
        if header.crit.is_some() {
            return Err(refused("the token demands extensions (`crit`) that are not known here"));
        }
        let claims = match &self.keys {
            Keys::Secret(key) => check_signature(token, header.alg, [key])?,
            Keys::Jwks(jwks) => {
                let keys = jwks.keys(header.kid.as_deref(), header.alg).await?;
                check_signature(token, header.alg, &keys)?
            }
        };
        Ok(claims::identity(&claims, &self.rules, self.clock.now())?)
    }
}

impl std::fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Authenticator").field("rules", &self.rules).finish_non_exhaustive()
    }
}

/// The first key that fits decides nothing about the others: without a key id several may fit.
///
/// A key says itself which algorithms it is for; the token's header only picks among them, so that
/// a public key can never be taken for a secret.
fn check_signature<'a, Keys: IntoIterator<Item = &'a VerificationKey>>(
    token: &str,
    algorithm: Algorithm,
    keys: Keys,
) -> Result<Map<String, Value>, Fault> {
    let mut validation = Validation::new(algorithm);
    // The claims are checked by us, against our own clock.
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    let mut any = false;
    for key in keys.into_iter().filter(|key| key.algorithms.contains(&algorithm)) {
        any = true;
        if let Ok(decoded) = decode::<Map<String, Value>>(token, &key.key, &validation) {
            return Ok(decoded.claims);
        }
    }
    Err(refused(if any {
        "the token's signature is wrong"
    } else {
        "the token is signed with an algorithm or a key that is not trusted here"
    }))
}

fn refused(message: &str) -> Fault {
    Fault::new(ErrorCode::Unauthenticated, message)
}

/// The token in an `Authorization` header's value; the scheme is case-insensitive.
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::auth::TokenIssuer;
    use crate::kernel::{Actor, ManualClock, Role};
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;
    use std::time::Duration;

    const SECRET: &str = "a secret of at least thirty-two bytes";

    fn clock() -> Arc<ManualClock> {
        Arc::new(ManualClock::new(chrono::DateTime::from_timestamp(1_800_000_000, 0).unwrap()))
    }

    fn authenticator(clock: &Arc<ManualClock>) -> Authenticator {
        Authenticator::with_secret(&SECRET.into(), TokenRules::default(), clock.clone()).unwrap()
    }

    fn signed(header: &Header, secret: &str) -> String {
        let claims = json!({"sub": "alice", "exp": 1_800_000_060});
        encode(header, &claims, &EncodingKey::from_secret(secret.as_bytes())).unwrap()
    }

    #[tokio::test]
    async fn an_issued_token_is_good_until_it_expires() {
        let clock = clock();
        let rules = TokenRules {
            issuers: vec!["docket".into()],
            audiences: vec!["docket".into()],
            ..TokenRules::default()
        };
        let actor = Actor {
            user_id: "olivia".into(),
            name: "Olivia".into(),
            role: Role::Operator,
            plan: Some("pro".into()),
        };
        let issuer = TokenIssuer::new(&SECRET.into(), &rules, clock.clone()).unwrap();
        let authenticator = Authenticator::with_secret(&SECRET.into(), rules, clock.clone()).unwrap();
        let token = issuer.issue(&actor, Duration::from_secs(60)).unwrap();

        let identity = authenticator.verify_bearer(&format!("bearer {token}")).await.unwrap();
        assert_eq!(identity.actor, actor);
        assert_eq!(identity.expires_at, clock.now() + chrono::Duration::seconds(60));

        clock.advance(Duration::from_secs(70));
        let fault = authenticator.verify(&token).await.unwrap_err();
        assert_eq!(fault.code(), ErrorCode::Unauthenticated);
        assert!(fault.message().contains("expired"), "{}", fault.message());
    }

    #[tokio::test]
    async fn only_the_one_algorithm_and_secret_are_taken() {
        let authenticator = authenticator(&clock());
        assert!(authenticator.verify(&signed(&Header::new(Algorithm::HS256), SECRET)).await.is_ok());
        let unsigned = {
            use base64::Engine as _;
            let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
            format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(r#"{"sub":"alice","exp":1800000060}"#))
        };
        let critical = Header { crit: Some(vec!["exp".into()]), ..Header::new(Algorithm::HS256) };
        for token in [
            signed(&Header::new(Algorithm::HS384), SECRET),
            signed(&Header::new(Algorithm::HS256), "another secret of thirty-two bytes!!"),
            signed(&critical, SECRET),
            unsigned,
            "".into(),
            "a.b.c".into(),
            "é.é.é".into(),
            "x".repeat(MAX_TOKEN_BYTES + 1),
        ] {
            let fault = authenticator.verify(&token).await.unwrap_err();
            assert_eq!(fault.code(), ErrorCode::Unauthenticated, "{token}");
        }
    }

    #[test]
    fn a_short_secret_is_refused_at_start() {
        let result = Authenticator::with_secret(&"short".into(), TokenRules::default(), clock());
        assert!(matches!(result, Err(AuthConfigError::SecretTooShort)));
    }

    #[test]
    fn the_scheme_is_case_insensitive_and_required() {
        assert_eq!(bearer_token("BEARER  abc "), Some("abc"));
        assert_eq!(bearer_token("abc"), None);
        assert_eq!(bearer_token("Basic abc"), None);
        assert_eq!(bearer_token("Bearer "), None);
    }
}
