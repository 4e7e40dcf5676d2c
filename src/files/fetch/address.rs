//! Which addresses a caller's URL may never reach.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// What of IPv4 is not the public internet (IANA's special-purpose registry), or is a cloud's own.
const FORBIDDEN_V4: [Ipv4Net; 18] = [
    v4([0, 0, 0, 0], 8),        // this network, unspecified
    v4([10, 0, 0, 0], 8),       // private
    v4([100, 64, 0, 0], 10),    // carrier-grade NAT; some clouds' metadata
    v4([127, 0, 0, 0], 8),      // loopback
    v4([168, 63, 129, 16], 32), // Azure's own services, reachable from every machine there
    v4([169, 254, 0, 0], 16),   // link-local; most clouds' metadata
    v4([172, 16, 0, 0], 12),    // private
    v4([192, 0, 0, 0], 24),     // IETF protocols; Oracle's metadata
    v4([192, 0, 2, 0], 24),     // documentation
    v4([192, 31, 196, 0], 24),  // AS112
    v4([192, 52, 193, 0], 24),  // AMT
    v4([192, 88, 99, 0], 24),   // 6to4 relays
    v4([192, 168, 0, 0], 16),   // private
    v4([198, 18, 0, 0], 15),    // benchmarks
    v4([198, 51, 100, 0], 24),  // documentation
    v4([203, 0, 113, 0], 24),   // documentation
    v4([224, 0, 0, 0], 4),      // multicast
    v4([240, 0, 0, 0], 4),      // reserved, broadcast
];

/// Of IPv6 only this is the public internet: loopback, unspecified, unique local, link-local,
/// site-local, multicast, IPv4-compatible and discard-only addresses are all outside of it …
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// … and of it not this.
const FORBIDDEN_V6: [Ipv6Net; 4] = [
    v6([0x2001, 0, 0, 0], 23),         // IETF protocols: Teredo, ORCHID, benchmarks
    v6([0x2001, 0x0db8, 0, 0], 32),    // documentation
    v6([0x2620, 0x4f, 0x8000, 0], 48), // AS112
    v6([0x3fff, 0, 0, 0], 20),         // documentation
];

const MAPPED: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96);
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0], 96);
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0], 16);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d]: [u16; 4], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

/// Whether an address is not one of the public internet, however it is wrapped.
///
/// An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, ISATAP) is judged by that one.
pub fn is_forbidden_address(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => FORBIDDEN_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => is_forbidden_v6(address),
    }
}

fn is_forbidden_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = embedded_v4(address) {
        return is_forbidden_address(IpAddr::V4(inner));
    }
    !GLOBAL_V6.contains(&address) || FORBIDDEN_V6.iter().any(|net| net.contains(&address))
}

/// The IPv4 address to which a gateway or the machine itself would turn this one.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = address.segments();
    let from = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Some(Ipv4Addr::new(a, b, c, d))
    };
    if MAPPED.contains(&address) || NAT64.contains(&address) {
        from(segments[6], segments[7])
    } else if SIX_TO_FOUR.contains(&address) {
        from(segments[1], segments[2])
    } else if GLOBAL_V6.contains(&address) && matches!((segments[4], segments[5]), (0 | 0x200, 0x5efe)) {
        from(segments[6], segments[7])
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn forbidden(address: &str) -> bool {
        is_forbidden_address(address.parse().unwrap())
    }

    #[test]
    fn what_is_not_the_public_internet_is_forbidden() {
        for address in [
            // first, last and something in between of each network
            "0.0.0.0",
            "0.1.2.3",
            "0.255.255.255",
            "10.0.0.0",
            "10.20.30.40",
            "10.255.255.255",
            "100.64.0.0",
            "100.100.100.200",
            "100.127.255.255",
            "127.0.0.0",
            "127.0.0.1",
            "127.1.2.3",
            "127.255.255.255",
            "168.63.129.16",
            "169.254.0.0",
            "169.254.169.254",
            "169.254.255.255",
            "172.16.0.0",
            "172.20.0.1",
            "172.31.255.255",
            "192.0.0.0",
            "192.0.0.192",
            "192.0.0.255",
            "192.0.2.0",
            "192.0.2.255",
            "192.31.196.1",
            "192.52.193.1",
            "192.88.99.1",
            "192.168.0.0",
            "192.168.1.1",
            "192.168.255.255",
            "198.18.0.0",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.7",
            "224.0.0.0",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.0",
            "250.1.2.3",
            "255.255.255.255",
            "::",
            "::1",
            "::2",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8",
            "100::1",
            "2001::1",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2",
            "2001:2::1",
            "2001:20::1",
            "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:db8::1",
            "2620:4f:8000::1",
            "3fff::1",
            "3fff:fff::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2002:c0a8:101::",
            "2600:1f18::5efe:10.0.0.1",
            "2600:1f18::200:5efe:192.168.0.1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fdff:ffff::1",
            "fe80::1",
            "febf::1",
            "fec0::1",
            "ff00::1",
            "ff02::1",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] {
            assert!(forbidden(address), "{address} must be forbidden");
        }
    }

    #[test]
    fn the_public_internet_is_not_forbidden() {
        for address in [
            // also the neighbours of each forbidden network
            "1.0.0.0",
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "168.63.129.17",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "191.255.255.255",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "198.51.101.0",
            "203.0.112.255",
            "203.0.114.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7::1",
            "2001:db9::1",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
            "3ffe::1",
            "2600:1f18::5efe:8.8.8.8",
        ] {
            assert!(!forbidden(address), "{address} must be allowed");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_judged_the_same_however_it_is_wrapped(bits in any::<u32>()) {
            let inner = Ipv4Addr::from(bits);
            let verdict = is_forbidden_address(inner.into());
            let low = u128::from(bits);
            for wrapped in [
                0xffff_0000_0000 | low,
                (0x0064_ff9b_u128 << 96) | low,
                (0x2002_u128 << 112) | (low << 80),
                (0x2600_u128 << 112) | (0x5efe_u128 << 32) | low,
            ] {
                let wrapped = Ipv6Addr::from(wrapped);
                prop_assert_eq!(is_forbidden_address(wrapped.into()), verdict, "{} in {}", inner, wrapped);
            }
        }

        #[test]
        fn what_the_standard_library_calls_special_is_forbidden(bits in any::<u32>(), wide in any::<u128>()) {
            let four = Ipv4Addr::from(bits);
            if four.is_private() || four.is_loopback() || four.is_link_local() || four.is_multicast()
                || four.is_unspecified() || four.is_broadcast() || four.is_documentation() {
                prop_assert!(is_forbidden_address(four.into()), "{}", four);
            }
            let six = Ipv6Addr::from(wide);
            if six.is_loopback() || six.is_unspecified() || six.is_multicast() || six.is_unique_local()
                || six.is_unicast_link_local() {
                prop_assert!(is_forbidden_address(six.into()), "{}", six);
            }
        }

        #[test]
        fn every_address_of_a_private_network_is_forbidden(
            net in proptest::sample::select(FORBIDDEN_V4.to_vec()), bits in any::<u32>(),
        ) {
            let host = u32::from(net.hostmask()) & bits;
            let address = Ipv4Addr::from(u32::from(net.network()) | host);
            prop_assert!(is_forbidden_address(address.into()), "{} of {}", address, net);
        }
    }
}
