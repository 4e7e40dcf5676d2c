//! The keys that an identity provider publishes: fetched when needed, cached, refreshed when a token
//! names a key that is not known yet.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use url::Url;

use super::AuthConfigError;
use crate::kernel::{Clock, Fault};

/// The most that a key set may weigh, in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// The most keys taken from a set.
const MAX_KEYS: usize = 100;

/// How the published keys are fetched and kept.
#[derive(Debug, Clone)]
pub struct JwksOptions {
    /// The least time between two fetches, so that made-up key ids cannot make us hammer the provider.
    pub min_interval: Duration,
    /// How long a fetched set is good without asking again; a withdrawn key lives on no longer.
    pub max_age: Duration,
    /// How long a set stays in use while the provider cannot be reached.
    pub max_stale: Duration,
    /// How long a fetch may take.
    pub timeout: Duration,
}

impl Default for JwksOptions {
    fn default() -> Self {
        Self {
            min_interval: Duration::from_secs(10),
            max_age: Duration::from_secs(15 * 60),
            max_stale: Duration::from_secs(24 * 60 * 60),
            timeout: Duration::from_secs(5),
        }
    }
}

/// A key with the algorithms that it may be used with.
#[derive(Clone)]
pub(super) struct VerificationKey {
    /// The key id (`kid`), where it has one.
    pub id: Option<String>,
    /// Never both a symmetric and an asymmetric one.
    pub algorithms: Vec<Algorithm>,
    /// The key.
    pub key: DecodingKey,
}

/// Why the keys cannot be had.
#[derive(Debug, thiserror::Error)]
enum JwksError {
    #[error("the token keys could not be fetched: {0}")]
    Fetch(#[from] reqwest::Error),
    #[error("the provider of the token keys answered {0}")]
    Status(reqwest::StatusCode),
    #[error("the set of token keys is larger than {MAX_BYTES} bytes")]
    TooLarge,
    #[error("the token keys are not a JSON Web Key Set: {0}")]
    Malformed(#[from] serde_json::Error),
    #[error("the token keys have not been fetched yet, and the last attempt failed a moment ago")]
    Unavailable,
}

/// What is known of the keys, and since when.
#[derive(Clone, Default)]
struct Known {
    keys: Arc<[VerificationKey]>,
    fetched_at: Option<DateTime<Utc>>,
    attempted_at: Option<DateTime<Utc>>,
}

impl Known {
    /// Whether to fetch before deciding on a token whose key is (not) among those known.
    fn is_fetch_due(&self, key_is_known: bool, now: DateTime<Utc>, options: &JwksOptions) -> bool {
        let older = |than: Duration, time: Option<DateTime<Utc>>| {
            time.is_none_or(|time| (now - time).to_std().is_ok_and(|age| age >= than))
        };
        let wanted = !key_is_known || older(options.max_age, self.fetched_at);
        wanted && older(options.min_interval, self.attempted_at)
    }

    /// Whether the keys may still be used although they could not be refreshed.
    fn is_usable(&self, now: DateTime<Utc>, options: &JwksOptions) -> bool {
        self.fetched_at.is_some_and(|time| (now - time).to_std().unwrap_or_default() < options.max_stale)
    }

    fn matching(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<VerificationKey> {
        let fits = |key: &&VerificationKey| {
            key.algorithms.contains(&algorithm) && (id.is_none() || id == key.id.as_deref())
        };
        self.keys.iter().filter(fits).cloned().collect()
    }
}

/// The key set behind an address.
pub(super) struct Jwks {
    url: Url,
    options: JwksOptions,
    clock: Arc<dyn Clock>,
    client: reqwest::Client,
    known: RwLock<Known>,
    /// Held while fetching: of many requests that need the keys, one fetches and the others wait.
    fetching: tokio::sync::Mutex<()>,
}

impl Jwks {
    pub(super) fn new(
        url: Url,
        options: JwksOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, AuthConfigError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(AuthConfigError::JwksScheme);
        }
        let client = reqwest::Client::builder()
            .timeout(options.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        Ok(Self { url, options, clock, client, known: RwLock::default(), fetching: Default::default() })
    }

    /// The keys that may have signed a token with this key id and algorithm.
    ///
    /// # Errors
    /// `INTERNAL` where there are no keys to decide with; an unknown key is an empty list.
    pub(super) async fn keys(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<VerificationKey>, Fault> {
        if self.is_fetch_due(id, algorithm) {
            let _one_at_a_time = self.fetching.lock().await;
            // Another request may have fetched while this one waited.
            if self.is_fetch_due(id, algorithm) {
                self.refresh().await;
            }
        }
        let known = self.known();
        if !known.is_usable(self.clock.now(), &self.options) {
            return Err(Fault::internal(JwksError::Unavailable));
        }
        Ok(known.matching(id, algorithm))
    }

    fn is_fetch_due(&self, id: Option<&str>, algorithm: Algorithm) -> bool {
        let known = self.known();
        let key_is_known = !known.matching(id, algorithm).is_empty();
        known.is_fetch_due(key_is_known, self.clock.now(), &self.options)
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fetches the set. Where that fails, the keys known so far stay.
    async fn refresh(&self) {
        let attempted_at = Some(self.clock.now());
        let fetched = self.fetch().await;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        known.attempted_at = attempted_at;
        match fetched {
            Ok(keys) => {
                tracing::info!(keys = keys.len(), "fetched the token keys");
                known.keys = keys.into();
                known.fetched_at = attempted_at;
            }
            Err(error) => tracing::warn!(error = %error, "cannot fetch the token keys"),
        }
    }

    async fn fetch(&self) -> Result<Vec<VerificationKey>, JwksError> {
        let mut response = self.client.get(self.url.clone()).send().await?;
        if !response.status().is_success() {
            return Err(JwksError::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_BYTES {
                return Err(JwksError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(parse_set(&body)?)
    }
}

/// The keys of a set that can verify signatures; those of a kind unknown here are left out, as
/// RFC 7517 says.
fn parse_set(body: &[u8]) -> Result<Vec<VerificationKey>, serde_json::Error> {
    #[derive(Deserialize)]
    struct Set {
        keys: Vec<serde_json::Value>,
    }
    let set: Set = serde_json::from_slice(body)?;
    let parsed = set.keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
    Ok(parsed.filter_map(|jwk| verification_key(&jwk)).take(MAX_KEYS).collect())
}

fn verification_key(jwk: &Jwk) -> Option<VerificationKey> {
    use Algorithm as A;
    if jwk.common.public_key_use.as_ref().is_some_and(|used| *used != PublicKeyUse::Signature) {
        return None;
    }
    let of_kind: &[Algorithm] = match &jwk.algorithm {
        AlgorithmParameters::RSA(_) => &[A::RS256, A::RS384, A::RS512, A::PS256, A::PS384, A::PS512],
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => &[A::ES256],
            EllipticCurve::P384 => &[A::ES384],
            _ => return None,
        },
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[A::EdDSA],
        // A secret has no place in a public set: never take one from there.
        _ => return None,
    };
    let algorithms = match jwk.common.key_algorithm {
        None => of_kind.to_vec(),
        Some(named) => of_kind.iter().copied().filter(|known| KeyAlgorithm::from(*known) == named).collect(),
    };
    let key = DecodingKey::from_jwk(jwk).ok()?;
    (!algorithms.is_empty()).then(|| VerificationKey { id: jwk.common.key_id.clone(), algorithms, key })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::auth::{Authenticator, TokenRules};
    use crate::kernel::{ErrorCode, ManualClock};
    use axum::http::StatusCode;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::{Value, json};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A provider whose answer can be changed, and that counts how often it is asked.
    #[derive(Clone)]
    struct Provider {
        answer: Arc<Mutex<(StatusCode, Value)>>,
        asked: Arc<AtomicUsize>,
        url: Url,
    }

    impl Provider {
        async fn start(keys: Value) -> Self {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/jwks.json", listener.local_addr().unwrap()).parse().unwrap();
            let answer = Arc::new(Mutex::new((StatusCode::OK, json!({"keys": keys}))));
            let provider = Self { answer, asked: Arc::default(), url };
            let shown = provider.clone();
            let handler = move || {
                shown.asked.fetch_add(1, Ordering::SeqCst);
                let (status, body) = shown.answer.lock().unwrap().clone();
                async move { (status, axum::Json(body)) }
            };
            let app = axum::Router::new().route("/jwks.json", axum::routing::get(handler));
            tokio::spawn(async move { axum::serve(listener, app).await });
            provider
        }

        fn publish(&self, keys: Value) {
            *self.answer.lock().unwrap() = (StatusCode::OK, json!({"keys": keys}));
        }

        fn fail(&self) {
            *self.answer.lock().unwrap() = (StatusCode::BAD_GATEWAY, json!(null));
        }

        fn asked(&self) -> usize {
            self.asked.load(Ordering::SeqCst)
        }
    }

    /// A signing key made from one byte, with what its provider publishes of it.
    struct Signer {
        id: &'static str,
        algorithm: Algorithm,
        key: EncodingKey,
    }

    impl Signer {
        fn ed25519(id: &'static str, seed: u8) -> Self {
            let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
            der.extend([seed; 32]);
            Self { id, algorithm: Algorithm::EdDSA, key: EncodingKey::from_ed_der(&der) }
        }

        fn p256(id: &'static str, seed: u8) -> Self {
            let head = "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420";
            let mut der = hex::decode(head).unwrap();
            der.extend([seed; 32]);
            Self { id, algorithm: Algorithm::ES256, key: EncodingKey::from_ec_der(&der) }
        }

        fn published(&self) -> Value {
            let mut jwk = Jwk::from_encoding_key(&self.key, self.algorithm).unwrap();
            jwk.common.key_id = Some(self.id.to_owned());
            serde_json::to_value(jwk).unwrap()
        }

        fn token(&self) -> String {
            self.token_naming(Some(self.id))
        }

        fn token_naming(&self, id: Option<&str>) -> String {
            let header = Header { kid: id.map(str::to_owned), ..Header::new(self.algorithm) };
            encode(&header, &json!({"sub": "alice", "exp": 1_900_000_000}), &self.key).unwrap()
        }
    }

    fn setting(provider: &Provider) -> (Arc<ManualClock>, Authenticator) {
        let clock = Arc::new(ManualClock::new(DateTime::from_timestamp(1_800_000_000, 0).unwrap()));
        let (url, options) = (provider.url.clone(), JwksOptions::default());
        let authenticator = Authenticator::with_jwks(url, options, TokenRules::default(), clock.clone());
        (clock, authenticator.unwrap())
    }

    async fn refusal(authenticator: &Authenticator, token: &str) -> ErrorCode {
        authenticator.verify(token).await.unwrap_err().code()
    }

    #[tokio::test]
    async fn a_rotated_key_is_fetched_when_a_token_first_names_it() {
        let (old, new) = (Signer::ed25519("old", 1), Signer::p256("new", 2));
        let provider = Provider::start(json!([old.published()])).await;
        let (clock, authenticator) = setting(&provider);

        for _ in 0..3 {
            assert_eq!(authenticator.verify(&old.token()).await.unwrap().actor.user_id, "alice");
        }
        assert_eq!(provider.asked(), 1);

        provider.publish(json!([new.published()]));
        // Too soon after the last fetch: the unknown key is refused without asking.
        assert_eq!(refusal(&authenticator, &new.token()).await, ErrorCode::Unauthenticated);
        assert_eq!(provider.asked(), 1);
        clock.advance(Duration::from_secs(10));
        assert!(authenticator.verify(&new.token()).await.is_ok());
        assert_eq!(provider.asked(), 2);
        // The old key was withdrawn.
        assert_eq!(refusal(&authenticator, &old.token()).await, ErrorCode::Unauthenticated);
    }

    #[tokio::test]
    async fn many_requests_at_once_fetch_once() {
        let signer = Signer::ed25519("a", 1);
        let provider = Provider::start(json!([signer.published()])).await;
        let (_clock, authenticator) = setting(&provider);
        let token = signer.token();
        let all = futures::future::join_all((0..20).map(|_| authenticator.verify(&token))).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(provider.asked(), 1);
    }

    #[tokio::test]
    async fn while_the_provider_is_away_known_keys_stay_good_for_a_day() {
        let signer = Signer::ed25519("a", 1);
        let provider = Provider::start(json!([signer.published()])).await;
        let (clock, authenticator) = setting(&provider);
        assert!(authenticator.verify(&signer.token()).await.is_ok());
        provider.fail();
        clock.advance(Duration::from_secs(60 * 60));
        assert!(authenticator.verify(&signer.token()).await.is_ok());
        assert_eq!(provider.asked(), 2);
        clock.advance(Duration::from_secs(24 * 60 * 60));
        assert_eq!(refusal(&authenticator, &signer.token()).await, ErrorCode::Internal);
    }

    #[tokio::test]
    async fn a_public_key_is_never_taken_for_a_secret() {
        let signer = Signer::p256("a", 2);
        let mut secret = json!({"kty": "oct", "kid": "s", "alg": "HS256"});
        secret["k"] = json!("c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0");
        let odd = json!({"kty": "EC", "crv": "secp256k1", "kid": "odd", "x": "AA", "y": "AA"});
        let provider = Provider::start(json!([odd, 7, secret, signer.published()])).await;
        let (_clock, authenticator) = setting(&provider);
        assert!(authenticator.verify(&signer.token()).await.is_ok());

        // The confusion attack: sign with the public key's bytes as an HS256 secret.
        let published = signer.published();
        let bytes = [published["x"].as_str().unwrap(), published["y"].as_str().unwrap()].concat();
        for (id, key) in [("a", bytes.as_bytes()), ("s", b"secretsecretsecretsecretsecretsecret")] {
            let forged = Signer { id, algorithm: Algorithm::HS256, key: EncodingKey::from_secret(key) };
            assert_eq!(refusal(&authenticator, &forged.token()).await, ErrorCode::Unauthenticated);
        }
        // Another key of the same kind, under a known id.
        let other = Signer::p256("a", 3);
        assert_eq!(refusal(&authenticator, &other.token()).await, ErrorCode::Unauthenticated);
    }

    #[tokio::test]
    async fn without_a_key_id_every_key_that_fits_is_tried() {
        let (first, second) = (Signer::ed25519("1", 1), Signer::ed25519("2", 2));
        let provider = Provider::start(json!([first.published(), second.published()])).await;
        let (_clock, authenticator) = setting(&provider);
        assert!(authenticator.verify(&second.token_naming(None)).await.is_ok());
        let stranger = Signer::ed25519("3", 3).token_naming(None);
        assert_eq!(refusal(&authenticator, &stranger).await, ErrorCode::Unauthenticated);
    }

    #[test]
    fn a_key_is_for_the_algorithms_of_its_kind_alone() {
        let rsa = |extra: Value| {
            let mut key = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB"});
            key.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            parse_set(json!({"keys": [key]}).to_string().as_bytes()).unwrap()
        };
        assert_eq!(rsa(json!({}))[0].algorithms.len(), 6);
        assert_eq!(rsa(json!({"alg": "RS256"}))[0].algorithms, [Algorithm::RS256]);
        assert!(rsa(json!({"alg": "HS256"})).is_empty());
        assert!(rsa(json!({"alg": "RSA-OAEP"})).is_empty());
        assert!(rsa(json!({"use": "enc"})).is_empty());
        assert!(parse_set(b"[]").is_err());
    }
}
