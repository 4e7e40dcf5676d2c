//! Signed links: a path that whoever holds it may read for a while, so that `<img>` and `<a>`
//! work without a header.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use url::form_urlencoded;

use crate::kernel::{ErrorCode, Fault};

/// How long a link is good at least, where nobody says.
pub const DEFAULT_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// Ends of links are rounded up to this, so that a page read twice holds the same urls and its
/// pictures stay in the browser's cache.
const EXPIRY_STEP_SECONDS: i64 = 5 * 60;
/// The shortest secret: as long as what the hash gives.
pub const MIN_SECRET_BYTES: usize = 32;
/// Keeps these signatures apart from all others made with the same secret (a token's has no line break).
const DOMAIN: &[u8] = b"docket signed link v1\n";

const EXPIRES: &str = "expires";
const SIGNATURE: &str = "signature";

/// Signs paths and verifies them. Every replica must hold the same secret.
#[derive(Clone)]
pub struct LinkSigner {
    keyed: Hmac<Sha256>,
    lifetime: Duration,
}

/// Why a secret cannot sign.
#[derive(Debug, thiserror::Error)]
#[error("the secret for links must have at least {MIN_SECRET_BYTES} bytes")]
pub struct WeakSecret;

impl LinkSigner {
    /// A signer of links that are good for [`DEFAULT_LIFETIME`].
    ///
    /// # Errors
    /// [`WeakSecret`] below [`MIN_SECRET_BYTES`].
    pub fn new(secret: &SecretString) -> Result<Self, WeakSecret> {
        let secret = secret.expose_secret().as_bytes();
        if secret.len() < MIN_SECRET_BYTES {
            return Err(WeakSecret);
        }
        let mut keyed = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| WeakSecret)?;
        keyed.update(DOMAIN);
        Ok(Self { keyed, lifetime: DEFAULT_LIFETIME })
    }

    /// The same with another lifetime.
    #[must_use]
    pub fn with_lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// A link to `path` that is good from `now` on for the signer's lifetime, rounded up.
    pub fn link(&self, path: &str, now: DateTime<Utc>) -> String {
        self.sign(path, link_expiry(now, self.lifetime))
    }

    /// `path` with `expires` and `signature` added. The path may have a query of its own, which the
    /// signature then covers (`/batches/1/archive.zip?successOnly=true`).
    pub fn sign(&self, path: &str, expires_at: DateTime<Utc>) -> String {
        let (bare, query) = path.split_once('?').map_or((path, None), |(bare, query)| (bare, Some(query)));
        let expires = expires_at.timestamp();
        let signature =
            URL_SAFE_NO_PAD.encode(self.mac(bare, &parameters(query), expires).finalize().into_bytes());
        let separator = if query.is_some() { '&' } else { '?' };
        format!("{path}{separator}{EXPIRES}={expires}&{SIGNATURE}={signature}")
    }

    /// Checks the raw `query` of a request to `path`.
    ///
    /// The signature covers the path as it was signed and every other parameter, in any order: one
    /// that is added, changed, repeated or left out makes it void.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` where the link is void or has expired.
    pub fn verify(&self, path: &str, query: &str, now: DateTime<Utc>) -> Result<(), Fault> {
        let void = || Fault::new(ErrorCode::Unauthenticated, "this link is not valid");
        let mut signed = parameters(Some(query));
        let expires: i64 =
            take_once(&mut signed, EXPIRES).and_then(|text| text.parse().ok()).ok_or_else(void)?;
        let signature = take_once(&mut signed, SIGNATURE)
            .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok())
            .ok_or_else(void)?;
        // Compares in constant time.
        self.mac(path, &signed, expires).verify_slice(&signature).map_err(|_| void())?;
        if now.timestamp() >= expires {
            return Err(Fault::new(
                ErrorCode::Unauthenticated,
                "this link has expired: load the page again for a new one",
            ));
        }
        Ok(())
    }

    /// Whether a query means to be a signed link's, valid or not; without, the bearer token decides.
    pub fn is_signed(query: &str) -> bool {
        form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == SIGNATURE)
    }

    fn mac(&self, path: &str, parameters: &[(String, String)], expires: i64) -> Hmac<Sha256> {
        let mut mac = self.keyed.clone();
        let mut add = |text: &str| {
            // With its length before it, no part can pass for its neighbour.
            mac.update(&(text.len() as u64).to_be_bytes());
            mac.update(text.as_bytes());
        };
        add(path);
        add(&expires.to_string());
        for (name, value) in parameters {
            add(name);
            add(value);
        }
        mac
    }
}

impl std::fmt::Debug for LinkSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LinkSigner").field("lifetime", &self.lifetime).finish_non_exhaustive()
    }
}

/// The end of a link made at `now`: `lifetime` later, rounded up to the next five minutes.
pub fn link_expiry(now: DateTime<Utc>, lifetime: Duration) -> DateTime<Utc> {
    let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
    let earliest = now.timestamp().saturating_add(lifetime);
    let over = earliest.rem_euclid(EXPIRY_STEP_SECONDS);
    let rounded = if over == 0 { earliest } else { earliest.saturating_add(EXPIRY_STEP_SECONDS - over) };
    DateTime::from_timestamp(rounded, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A query's parameters in one order, whatever order they came in.
fn parameters(query: Option<&str>) -> Vec<(String, String)> {
    let mut parameters: Vec<_> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    parameters.sort_unstable();
    parameters
}

/// Takes the parameter out, where it is there exactly once.
fn take_once(parameters: &mut Vec<(String, String)>, name: &str) -> Option<String> {
    let at = parameters.iter().position(|(known, _)| known == name)?;
    let (_, value) = parameters.remove(at);
    parameters.iter().all(|(known, _)| known != name).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn signer() -> LinkSigner {
        LinkSigner::new(&SecretString::from("7".repeat(32))).unwrap()
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn verdict(signer: &LinkSigner, link: &str, now: i64) -> Result<(), String> {
        let (path, query) = link.split_once('?').unwrap();
        signer.verify(path, query, at(now)).map_err(|fault| {
            assert_eq!(fault.code(), ErrorCode::Unauthenticated);
            fault.message().to_owned()
        })
    }

    #[test]
    fn a_link_is_good_until_it_expires() {
        let link = signer().sign("/files/1", at(1_000));
        assert_eq!(verdict(&signer(), &link, 0), Ok(()));
        assert_eq!(verdict(&signer(), &link, 999), Ok(()));
        assert!(verdict(&signer(), &link, 1_000).unwrap_err().contains("expired"));
    }

    #[test]
    fn a_link_is_good_for_its_own_path_alone() {
        let link = signer().sign("/files/1", at(1_000));
        assert!(verdict(&signer(), &link.replace("/files/1", "/files/2"), 0).is_err());
    }

    #[test]
    fn the_end_of_a_link_cannot_be_moved() {
        let link = signer().sign("/files/1", at(1_000));
        assert!(verdict(&signer(), &link.replace("expires=1000", "expires=9000"), 0).is_err());
        assert!(
            verdict(&signer(), &link.replace("expires=1000", "expires=01000"), 0).is_ok(),
            "the same time"
        );
    }

    #[test]
    fn a_parameter_that_is_changed_added_repeated_or_dropped_makes_a_link_void() {
        let link = signer().sign("/batches/1/archive.zip?successOnly=true", at(1_000));
        assert_eq!(verdict(&signer(), &link, 0), Ok(()));
        for forged in [
            link.replace("successOnly=true", "successOnly=false"),
            link.replace("successOnly=true&", ""),
            format!("{link}&successOnly=false"),
            format!("{link}&expires=1000"),
            format!("{link}&expires=9999"),
            format!("{link}&signature=AAAA"),
            format!("{link}&download=1"),
        ] {
            assert!(verdict(&signer(), &forged, 0).is_err(), "{forged}");
        }
    }

    #[test]
    fn the_order_of_parameters_does_not_matter() {
        let link = signer().sign("/x?a=1&b=2", at(1_000));
        assert_eq!(verdict(&signer(), &link.replace("a=1&b=2", "b=2&a=1"), 0), Ok(()));
    }

    #[test]
    fn another_secret_makes_other_links() {
        let other = LinkSigner::new(&SecretString::from("8".repeat(32))).unwrap();
        assert!(verdict(&other, &signer().sign("/files/1", at(1_000)), 0).is_err());
    }

    #[test]
    fn a_token_signed_with_the_same_secret_is_no_link() {
        // What a token's library would sign with the same secret, put where a link's signature goes.
        let mut mac = Hmac::<Sha256>::new_from_slice(&[b'7'; 32]).unwrap();
        mac.update(b"/files/1");
        let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        assert!(verdict(&signer(), &format!("/files/1?expires=1000&signature={signature}"), 0).is_err());
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(LinkSigner::new(&SecretString::from("7".repeat(31))).is_err());
    }

    #[test]
    fn links_of_the_same_five_minutes_are_the_same() {
        let hour = Duration::from_secs(3_600);
        assert_eq!(link_expiry(at(0), hour), at(3_600));
        assert_eq!(link_expiry(at(1), hour), at(3_900));
        assert_eq!(link_expiry(at(300), hour), at(3_900));
        assert_eq!(signer().link("/files/1", at(1)), signer().link("/files/1", at(299)));
    }

    #[test]
    fn a_signer_does_not_show_its_secret() {
        assert_eq!(format!("{:?}", signer()), "LinkSigner { lifetime: 3600s, .. }");
    }

    proptest! {
        #[test]
        fn no_query_makes_verifying_panic_or_pass(query in ".{0,200}") {
            prop_assert!(signer().verify("/files/1", &query, at(0)).is_err());
        }

        #[test]
        fn a_link_is_good_at_least_its_lifetime_and_at_most_five_minutes_more(
            now in 0i64..4_000_000_000, lifetime in 1u64..1_000_000,
        ) {
            let left = link_expiry(at(now), Duration::from_secs(lifetime)).timestamp() - now;
            let lifetime = i64::try_from(lifetime).unwrap();
            prop_assert!((lifetime..lifetime + 300).contains(&left));
        }

        #[test]
        fn whatever_is_signed_verifies(name in "[a-z]{1,8}", value in ".{0,20}", now in 0i64..999) {
            let query: String =
                form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
            prop_assume!(name != EXPIRES && name != SIGNATURE);
            prop_assert_eq!(verdict(&signer(), &signer().sign(&format!("/x?{query}"), at(1_000)), now), Ok(()));
        }
    }
}
