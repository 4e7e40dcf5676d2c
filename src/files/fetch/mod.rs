//! Guarded fetching of URLs that callers name: only pictures, only so large, only so long, and only
//! from the public internet, or from where an operator says. What is posted goes by the same guard.

mod address;
mod allow;
mod error;
mod guard;
mod outgoing;
#[cfg(test)]
mod tests;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode};
use tokio_util::sync::CancellationToken;
use url::Url;

pub use address::is_forbidden_address;
pub use allow::{AllowList, HostPort, NotHostPort};
pub use error::{FetchError, Refusal};
pub use guard::{MAX_URL_BYTES, NameResolver, SystemResolver, check_shape};
pub use outgoing::{Answer, Outgoing};

use super::media::{PICTURE_HEAD_BYTES, PICTURES, sniff};
use crate::kernel::Clock;
use guard::{Admission, GuardedResolver, admit};

/// How many redirects are followed.
const MAX_REDIRECTS: u8 = 5;
/// How much is reserved at once for a body, whatever length it promises.
const RESERVED_BYTES: u64 = 256 * 1024;

/// Limits on fetching.
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// Hosts and ports that may be reached though their addresses are not public.
    pub allow: AllowList,
    /// The largest picture in bytes; 25 MiB by default.
    pub max_bytes: u64,
    /// How long all of a fetch may take, redirects included, in milliseconds; 30 seconds by default.
    pub timeout_ms: u64,
    /// How long connecting may take, in milliseconds; 5 seconds by default.
    pub connect_timeout_ms: u64,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            allow: AllowList::default(),
            max_bytes: 25 * 1024 * 1024,
            timeout_ms: 30_000,
            connect_timeout_ms: 5_000,
        }
    }
}

/// Fetches pictures, and posts what others are told. Cheap to clone; the clones share their connections.
#[derive(Clone)]
pub struct Fetcher {
    config: FetchConfig,
    clock: Arc<dyn Clock>,
    is_forbidden: fn(IpAddr) -> bool,
    /// Connects to public addresses alone.
    guarded: Client,
    /// Connects to whatever the operator lists. Apart, so that the two share no connection.
    listed: Client,
}

impl Fetcher {
    /// A fetcher that asks `names` for addresses; [`SystemResolver`] outside of tests.
    ///
    /// # Errors
    /// Where the HTTP client cannot be set up, such as for want of certificates.
    pub fn new(
        config: FetchConfig,
        names: Arc<dyn NameResolver>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        Self::guarded_by(is_forbidden_address, config, names, clock)
    }

    fn guarded_by(
        is_forbidden: fn(IpAddr) -> bool,
        config: FetchConfig,
        names: Arc<dyn NameResolver>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let guarded =
            client(&config, GuardedResolver { names: names.clone(), is_forbidden: Some(is_forbidden) })?;
        let listed = client(&config, GuardedResolver { names, is_forbidden: None })?;
        Ok(Self { config, clock, is_forbidden, guarded, listed })
    }

    /// The picture at `url`, whole.
    ///
    /// # Errors
    /// [`FetchError`], which knows whether trying again may help.
    pub async fn fetch(&self, url: &Url, cancel: &CancellationToken) -> Result<Bytes, FetchError> {
        let limit = Duration::from_millis(self.config.timeout_ms);
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(FetchError::Cancelled),
            outcome = tokio::time::timeout(limit, self.follow(url.clone())) => {
                outcome.unwrap_or(Err(FetchError::Timeout))
            }
        }
    }

    async fn follow(&self, mut url: Url) -> Result<Bytes, FetchError> {
        for _ in 0..=MAX_REDIRECTS {
            let response = self.get(&url).await?;
            match response.status() {
                StatusCode::OK => return self.picture(response).await,
                StatusCode::MOVED_PERMANENTLY
                | StatusCode::FOUND
                | StatusCode::SEE_OTHER
                | StatusCode::TEMPORARY_REDIRECT
                | StatusCode::PERMANENT_REDIRECT => url = redirect_target(&url, &response)?,
                status => {
                    let retry_after =
                        response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
                    return Err(FetchError::status(status, retry_after, self.clock.now()));
                }
            }
        }
        Err(FetchError::TooManyRedirects(MAX_REDIRECTS))
    }

    async fn get(&self, url: &Url) -> Result<Response, FetchError> {
        let client = match admit(url, &self.config.allow, self.is_forbidden).map_err(FetchError::Forbidden)? {
            Admission::Listed => &self.listed,
            Admission::Guarded => &self.guarded,
        };
        // Never compressed: pictures are already, and a bomb would grow behind the limit.
        let request = client.get(url.clone()).header(ACCEPT, "image/*").header(ACCEPT_ENCODING, "identity");
        request.send().await.map_err(FetchError::from_request)
    }

    /// Takes the body in, as long as it is a picture within the limit.
    async fn picture(&self, mut response: Response) -> Result<Bytes, FetchError> {
        let limit = self.config.max_bytes;
        let promised = response.content_length().unwrap_or_default();
        if promised > limit {
            return Err(FetchError::TooLarge { limit });
        }
        let reserved = usize::try_from(promised.min(RESERVED_BYTES)).unwrap_or_default();
        let mut body = BytesMut::with_capacity(reserved);
        let mut is_picture = false;
        while let Some(piece) = response.chunk().await.map_err(FetchError::from_request)? {
            if (body.len() + piece.len()) as u64 > limit {
                return Err(FetchError::TooLarge { limit });
            }
            body.extend_from_slice(&piece);
            if !is_picture && body.len() >= PICTURE_HEAD_BYTES {
                // As soon as it can be told: the rest of what is none is not worth its way.
                sniff(&body, PICTURES).ok_or(FetchError::NotAnImage)?;
                is_picture = true;
            }
        }
        if !is_picture {
            sniff(&body, PICTURES).ok_or(FetchError::NotAnImage)?;
        }
        Ok(body.freeze())
    }
}

/// Where a redirect leads; checked like any URL when it is gone to.
fn redirect_target(from: &Url, response: &Response) -> Result<Url, FetchError> {
    let location = response.headers().get(LOCATION).ok_or(FetchError::BadRedirect)?;
    let location = std::str::from_utf8(location.as_bytes()).map_err(|_| FetchError::BadRedirect)?;
    from.join(location).map_err(|_| FetchError::BadRedirect)
}

fn client(config: &FetchConfig, resolver: GuardedResolver) -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(concat!("docket/", env!("CARGO_PKG_VERSION")))
        .dns_resolver(Arc::new(resolver))
        // A proxy would resolve and connect behind the guard's back.
        .no_proxy()
        // Each hop is the guard's to decide.
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .connect_timeout(Duration::from_millis(config.connect_timeout_ms))
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(16)
        .build()
}
