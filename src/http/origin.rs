//! Which pages may reach us: the `Host` check of development mode, and the `Origin` of websockets.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::config::HttpConfig;
use super::problem::Problem;
use crate::kernel::Fault;

/// Whether a `Host` names this machine to itself. Any other name, whatever it resolves to, may be a
/// stranger's who pointed it here (DNS rebinding).
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => {
            let Some((address, port)) = rest.split_once(']') else { return false };
            return is_port(port) && address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback());
        }
        None => match host.split_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            Some(_) => return false,
            None => host,
        },
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn is_port(text: &str) -> bool {
    text.strip_prefix(':').map_or(text.is_empty(), |port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a websocket may be opened by a page of `origin`; programs that are not browsers send none.
///
/// A page of the very host that it calls is always welcome. In development no other is; in
/// production others are by the configured list, or all where there is none.
fn is_welcome(origin: Option<&str>, host: Option<&str>, config: &HttpConfig) -> bool {
    let Some(origin) = origin else { return true };
    let authority = origin.split_once("://").map(|(_, authority)| authority);
    let is_ours = authority.zip(host).is_some_and(|(authority, host)| authority.eq_ignore_ascii_case(host));
    let is_listed = || {
        config.allowed_origins.iter().any(|known| known.trim_end_matches('/').eq_ignore_ascii_case(origin))
    };
    is_ours || is_listed() || (!config.development && config.allowed_origins.is_empty())
}

/// The host that a request names: in HTTP/1 the header, in HTTP/2 the address itself.
fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let mut values = headers.get_all(HOST).iter();
    match (values.next(), values.next()) {
        (Some(host), None) => host.to_str().ok(),
        (Some(_), Some(_)) => None,
        (None, _) => uri.authority().map(axum::http::uri::Authority::as_str),
    }
}

/// In development refuses requests that came under any name but a loopback one.
pub(super) async fn check_host(
    State(config): State<Arc<HttpConfig>>,
    request: Request,
    next: Next,
) -> Response {
    let is_welcome = !config.development || host(request.headers(), request.uri()).is_some_and(is_loopback);
    if is_welcome {
        return next.run(request).await;
    }
    let message = "development mode answers only at localhost, 127.0.0.1 and [::1]";
    Problem::from(Fault::forbidden(message)).into_response()
}

/// Refuses a websocket that a page of a strange origin opens.
///
/// # Errors
/// `FORBIDDEN`.
pub(super) fn check_origin(headers: &HeaderMap, uri: &Uri, config: &HttpConfig) -> Result<(), Fault> {
    let origin = match headers.get(ORIGIN).map(|origin| origin.to_str()) {
        None => None,
        Some(Ok(origin)) => Some(origin),
        Some(Err(_)) => Some("?"),
    };
    if is_welcome(origin, host(headers, uri), config) {
        Ok(())
    } else {
        Err(Fault::forbidden("pages of this origin may not open a websocket here"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_names_are_loopback() {
        for host in [
            "localhost",
            "LOCALHOST:8080",
            "127.0.0.1",
            "127.0.0.1:8080",
            "127.1.2.3:1",
            "[::1]",
            "[::1]:8080",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "0.0.0.0:8080",
            "192.168.1.1",
            "[::]",
            "[::1",
            "[::1]x",
            "::1",
            "localhost:8080@evil.example",
            "localhost:x",
            "2130706433",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_websockets_origin_must_be_ours_or_listed() {
        let development = HttpConfig { development: true, ..HttpConfig::default() };
        let open = HttpConfig::default();
        let listed =
            HttpConfig { allowed_origins: vec!["https://dash.example/".into()], ..HttpConfig::default() };
        let host = Some("localhost:8080");
        for (origin, in_development, in_open, in_listed) in [
            (None, true, true, true),
            (Some("http://localhost:8080"), true, true, true),
            (Some("http://localhost:3000"), false, true, false),
            (Some("https://dash.example"), false, true, true),
            (Some("https://evil.example"), false, true, false),
            (Some("null"), false, true, false),
            (Some("http://localhost:8080.evil.example"), false, true, false),
        ] {
            assert_eq!(is_welcome(origin, host, &development), in_development, "{origin:?}");
            assert_eq!(is_welcome(origin, host, &open), in_open, "{origin:?}");
            assert_eq!(is_welcome(origin, host, &listed), in_listed, "{origin:?}");
        }
        assert!(!is_welcome(Some("http://localhost:8080"), None, &development));
    }
}
