//! `Range`: one part of a file, as RFC 9110 has it.

use std::ops::Range;

/// What a request wants of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it: no range was asked for, or one that we may ignore.
    All,
    /// These bytes.
    Part(Range<u64>),
    /// Bytes that the file does not have.
    Nothing,
}

/// Reads a `Range` header for a file of `size` bytes. Several ranges at once, other units and what
/// is malformed are ignored, as the RFC allows.
pub(super) fn parse(header: &str, size: u64) -> Wanted {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Wanted::All;
    };
    let number = |text: &str| match text.trim() {
        "" => Some(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok().map(Some),
        _ => None,
    };
    match (number(first), number(last)) {
        (Some(Some(first)), Some(last)) => match last {
            Some(last) if last < first => Wanted::All,
            _ if first >= size => Wanted::Nothing,
            Some(last) => Wanted::Part(first..size.min(last.saturating_add(1))),
            None => Wanted::Part(first..size),
        },
        (Some(None), Some(Some(0))) => Wanted::Nothing,
        (Some(None), Some(Some(length))) if size > 0 => Wanted::Part(size.saturating_sub(length)..size),
        _ => Wanted::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_range_is_cut_to_the_file() {
        for (header, wanted) in [
            ("bytes=0-4", Wanted::Part(0..5)),
            ("bytes=5-", Wanted::Part(5..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("bytes=8-99", Wanted::Part(8..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=4-2", Wanted::All),
            ("bytes=0-1,3-4", Wanted::All),
            ("bytes=-", Wanted::All),
            ("bytes=+1-2", Wanted::All),
            ("items=0-1", Wanted::All),
            ("bytes=99999999999999999999-", Wanted::All),
        ] {
            assert_eq!(parse(header, 10), wanted, "{header}");
        }
        assert_eq!(parse("bytes=-5", 0), Wanted::All);
    }

    proptest! {
        #[test]
        fn a_part_is_within_the_file_and_not_empty(header in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in 0u64..1000) {
            if let Wanted::Part(part) = parse(&header, size) {
                prop_assert!(part.start < part.end && part.end <= size);
            }
        }
    }
}
