//! The addresses inside that an operator lets callers' URLs reach all the same.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// A host and a port, compared exactly (after normalising, as browsers do, how the host is written).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPort {
    host: Host<String>,
    port: u16,
}

/// An entry that is no `host:port`.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not host:port, such as 127.0.0.1:9000, [::1]:9000 or images.internal:80")]
pub struct NotHostPort(String);

impl FromStr for HostPort {
    type Err = NotHostPort;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (host, port) = text.rsplit_once(':')?;
            // Digits alone: a sign would parse as well.
            if port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            let host = Host::parse(host).ok()?;
            // A host may be called so, but whoever writes it means all hosts, and that there is not.
            let is_wildcard = matches!(&host, Host::Domain(name) if name.contains('*'));
            let port = port.parse().ok().filter(|port| *port > 0)?;
            (!is_wildcard).then_some(Self { host, port })
        };
        parse().ok_or_else(|| NotHostPort(text.to_owned()))
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// A list of [`HostPort`]s: as text, separated by commas.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList(Vec<HostPort>);

impl AllowList {
    /// Whether the list names exactly the host and port that `url` goes to.
    pub fn names(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host(), url.port_or_known_default()) else { return false };
        self.0.iter().any(|listed| listed.port == port && listed.host == host)
    }

    /// Whether nothing is on it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<HostPort> for AllowList {
    fn from_iter<I: IntoIterator<Item = HostPort>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl FromStr for AllowList {
    type Err = NotHostPort;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str, url: &str) -> bool {
        list.parse::<AllowList>().unwrap().names(&Url::parse(url).unwrap())
    }

    #[test]
    fn host_and_port_are_compared_exactly() {
        let list = "127.0.0.1:9000, [::1]:9001,Images.internal:80";
        assert!(names(list, "http://127.0.0.1:9000/x"));
        assert!(names(list, "http://127.1:9000/x"), "the same address");
        assert!(names(list, "http://[0:0::1]:9001/x"));
        assert!(names(list, "http://images.internal/x"));
        assert!(!names(list, "http://127.0.0.1:9001/x"));
        assert!(!names(list, "http://127.0.0.1/x"));
        assert!(!names(list, "http://127.0.0.2:9000/x"));
        assert!(!names(list, "http://[::ffff:127.0.0.1]:9000/x"));
        assert!(!names(list, "http://localhost:9000/x"));
        assert!(!names(list, "https://images.internal/x"), "another port");
        assert!(!names(list, "http://x.images.internal/x"));
        assert!(!names(list, "http://images.internal.:80/x"));
    }

    #[test]
    fn what_is_no_host_and_port_is_refused() {
        for entry in [
            "127.0.0.1",
            "127.0.0.1:",
            ":80",
            "::1:80",
            "host:0",
            "host:65536",
            "host:+80",
            "http://h:80",
            "*:80",
            "a b:80",
        ] {
            assert!(entry.parse::<AllowList>().is_err(), "{entry}");
        }
        assert!("".parse::<AllowList>().unwrap().is_empty());
    }
}
