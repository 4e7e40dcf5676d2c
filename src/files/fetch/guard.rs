//! The guard in front of every hop: the URL's shape, literal addresses, and names as they resolve.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use url::{Host, Url};

use super::allow::AllowList;
use super::error::Refusal;

/// The longest URL, in bytes.
pub const MAX_URL_BYTES: usize = 2_048;

/// How a hop may connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// The operator lists its host and port: to whatever address it has.
    Listed,
    /// To public addresses alone.
    Guarded,
}

/// Checks what can be told from a URL alone: what a caller may name at all.
///
/// # Errors
/// [`Refusal`], by the first rule it breaks.
pub fn check_shape(url: &Url) -> Result<(), Refusal> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Refusal::Scheme);
    }
    if url.as_str().len() > MAX_URL_BYTES {
        return Err(Refusal::Length);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refusal::Credentials);
    }
    if !url.has_host() || url.port_or_known_default().is_none_or(|port| port == 0) {
        return Err(Refusal::Host);
    }
    Ok(())
}

/// Decides about one hop. A literal address is judged here, since connecting to one asks no
/// resolver; a name is judged by [`GuardedResolver`] at the moment in which it is connected to.
pub(super) fn admit(
    url: &Url,
    allow: &AllowList,
    is_forbidden: fn(IpAddr) -> bool,
) -> Result<Admission, Refusal> {
    check_shape(url)?;
    if allow.names(url) {
        return Ok(Admission::Listed);
    }
    let literal = match url.host() {
        Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
        Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
        Some(Host::Domain(_)) => None,
        None => return Err(Refusal::Host),
    };
    match literal {
        Some(address) if is_forbidden(address) => Err(Refusal::Address),
        _ => Ok(Admission::Guarded),
    }
}

/// Turns names into addresses.
#[async_trait]
pub trait NameResolver: Send + Sync + 'static {
    /// Every address that `host` has now.
    ///
    /// # Errors
    /// Where it has none, or nobody knows.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemResolver;

#[async_trait]
impl NameResolver for SystemResolver {
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// The resolver that the HTTP client connects by. It hands out only what it has checked, and the
/// client connects to just that: nobody can answer the check with one address and the connection
/// with another.
pub(super) struct GuardedResolver {
    pub names: Arc<dyn NameResolver>,
    /// None for hosts that the operator lists.
    pub is_forbidden: Option<fn(IpAddr) -> bool>,
}

impl reqwest::dns::Resolve for GuardedResolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let names = self.names.clone();
        let is_forbidden = self.is_forbidden;
        Box::pin(async move {
            let addresses = names.resolve(name.as_str()).await?;
            // One forbidden address is enough: a name of both kinds is an inside one, or a trap.
            if let Some(is_forbidden) = is_forbidden
                && addresses.iter().any(|address| is_forbidden(*address))
            {
                return Err(Refusal::Address.into());
            }
            if addresses.is_empty() {
                return Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into());
            }
            // Port 0 stands for the URL's.
            let sockets = addresses.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(sockets) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::is_forbidden_address;
    use super::*;
    use proptest::prelude::*;

    fn verdict(url: &str) -> Result<Admission, Refusal> {
        admit(&Url::parse(url).unwrap(), &AllowList::default(), is_forbidden_address)
    }

    /// That a URL is either no URL at all or refused for its address.
    fn refused(url: &str) {
        if let Ok(parsed) = Url::parse(url) {
            assert_eq!(
                admit(&parsed, &AllowList::default(), is_forbidden_address),
                Err(Refusal::Address),
                "{url} is {parsed}"
            );
        }
    }

    macro_rules! hidden_spellings {
        ($($name:ident: $($url:literal),+;)+) => {
            $(#[test]
            fn $name() {
                $(assert!(Url::parse($url).is_ok(), "{} shows nothing: it is no URL", $url);
                refused($url);)+
            })+
        };
    }

    hidden_spellings! {
        dotted_loopback_is_refused: "http://127.0.0.1/", "http://127.255.255.254:8080/x.jpg";
        a_short_loopback_is_refused: "http://127.1/", "http://127.0.1/", "http://0/";
        a_decimal_loopback_is_refused: "http://2130706433/", "http://017700000001/";
        a_hexadecimal_loopback_is_refused: "http://0x7f000001/", "http://0x7f.0x0.0x0.0x1/", "http://0X7F.1/";
        an_octal_loopback_is_refused: "http://0177.0.0.1/", "http://0177.0.0.01/", "http://00000177.1/";
        a_mixed_loopback_is_refused: "http://0x7f.0.01/", "http://127.0x0.1/";
        a_trailing_dot_does_not_hide_an_address: "http://127.0.0.1./", "http://0x7f.1./", "http://10.0.0.1./";
        a_percent_encoded_address_is_refused: "http://%31%32%37.0.0.1/", "http://127%2e0%2e0%2e1/", "http://%30x7f000001/";
        full_width_digits_are_refused: "http://１２７.0.0.1/", "http://127。0。0。1/", "http://①②⑦.0.0.1/";
        a_soft_hyphen_does_not_hide_an_address: "http://12\u{ad}7.0.0.1/";
        backslashes_and_missing_slashes_are_refused: "http:\\\\127.0.0.1\\x", "http:127.0.0.1/", "http:///127.0.0.1/";
        whitespace_in_the_url_is_refused: "  http://127.0.0.1/ ", "http://127.\t0.0.\n1/";
        another_case_is_refused: "HTTP://0X7F000001/", "hTTp://[::FFFF:7F00:1]/";
        loopback_in_ipv6_is_refused: "http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", "http://[0000::0001]:80/";
        an_unspecified_address_is_refused: "http://0.0.0.0/", "http://[::]/";
        a_mapped_address_is_refused: "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:a00:1]/";
        a_compatible_address_is_refused: "http://[::127.0.0.1]/", "http://[::7f00:1]/";
        a_translated_address_is_refused: "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::a9fe:a9fe]/", "http://[64:ff9b:1::1]/";
        a_six_to_four_address_is_refused: "http://[2002:7f00:1::]/", "http://[2002:a9fe:a9fe::1]/";
        a_teredo_address_is_refused: "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/";
        a_metadata_service_is_refused: "http://169.254.169.254/latest/meta-data/", "http://0xa9fea9fe/", "http://2852039166/", "http://[fd00:ec2::254]/", "http://100.100.100.200/", "http://168.63.129.16/";
        private_networks_are_refused: "http://10.1/", "http://172.16.0.1/", "http://192.168.1.1/", "https://[fc00::1]/", "https://[fe80::1]/";
        broadcast_and_multicast_are_refused: "http://255.255.255.255/", "http://4294967295/", "http://224.0.0.1/", "http://[ff02::1]/";
    }

    #[test]
    fn a_zone_does_not_hide_an_address() {
        assert!(Url::parse("http://[fe80::1%25eth0]/").is_err());
        assert!(Url::parse("http://[::1%lo]/").is_err());
    }

    #[test]
    fn only_http_with_a_host_and_without_credentials_is_admitted() {
        for scheme in [
            "file:///etc/passwd",
            "ftp://example.com/x",
            "gopher://example.com/",
            "data:image/png,x",
            "javascript:alert(1)",
            "unix:/run/docker.sock",
            "ws://example.com/",
        ] {
            assert_eq!(verdict(scheme), Err(Refusal::Scheme), "{scheme}");
        }
        assert_eq!(verdict("http://user@example.com/"), Err(Refusal::Credentials));
        assert_eq!(verdict("http://:pw@example.com/"), Err(Refusal::Credentials));
        assert_eq!(verdict("http://example.com@127.0.0.1/"), Err(Refusal::Credentials));
        assert_eq!(verdict("http://example.com:0/"), Err(Refusal::Host));
        assert_eq!(verdict(&format!("http://example.com/{}", "a".repeat(2_048))), Err(Refusal::Length));
        assert_eq!(verdict("http://example.com/a.jpg"), Ok(Admission::Guarded));
        assert_eq!(verdict("https://8.8.8.8:8443/a.jpg"), Ok(Admission::Guarded));
    }

    #[test]
    fn a_listed_host_is_admitted_on_its_port_alone() {
        let allow: AllowList = "127.0.0.1:9000".parse().unwrap();
        let admit = |url: &str| admit(&Url::parse(url).unwrap(), &allow, is_forbidden_address);
        assert_eq!(admit("http://127.0.0.1:9000/"), Ok(Admission::Listed));
        assert_eq!(admit("http://127.0.0.1:9001/"), Err(Refusal::Address));
        assert_eq!(admit("ftp://127.0.0.1:9000/"), Err(Refusal::Scheme));
        assert_eq!(admit("http://me@127.0.0.1:9000/"), Err(Refusal::Credentials));
    }

    /// Numbers as `inet_aton` takes them: decimal, octal with a zero, hexadecimal with 0x.
    fn spelled(number: u64, how: u8) -> String {
        match how % 3 {
            0 => number.to_string(),
            1 => format!("0{number:o}"),
            _ => format!("0x{number:x}"),
        }
    }

    proptest! {
        #[test]
        fn every_spelling_of_an_address_is_judged_as_the_address(
            bits in any::<u32>(), private in any::<bool>(), parts in 1usize..=4, how in any::<[u8; 4]>(), dot in any::<bool>(),
        ) {
            let bits = if private { 0x7f00_0000 | (bits >> 8) } else { bits };
            let octets = bits.to_be_bytes().map(u64::from);
            let mut numbers: Vec<u64> = octets[..parts - 1].to_vec();
            numbers.push(octets[parts - 1..].iter().fold(0, |sum, octet| sum << 8 | octet));
            let host: Vec<_> = numbers.iter().zip(how).map(|(number, how)| spelled(*number, how)).collect();
            let url = format!("http://{}{}/", host.join("."), if dot { "." } else { "" });
            let expected = if is_forbidden_address(std::net::Ipv4Addr::from(bits).into()) {
                Err(Refusal::Address)
            } else {
                Ok(Admission::Guarded)
            };
            prop_assert_eq!(verdict(&url), expected, "{}", url);
        }

        #[test]
        fn no_text_makes_the_guard_panic_or_admit_a_literal_inside(text in "(http://)?[0-9a-fx.:%\\[\\]@/]{1,40}|.{0,80}") {
            if let Ok(url) = Url::parse(&text)
                && admit(&url, &AllowList::default(), is_forbidden_address).is_ok()
            {
                // What the client would connect to without asking the resolver.
                let host = url.host_str().unwrap_or_default();
                if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
                    prop_assert!(!is_forbidden_address(address), "{} admits {}", text, address);
                }
            }
        }
    }
}
