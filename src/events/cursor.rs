//! Cursors: a revision, tied to its stream.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// The longest cursor taken from outside, in bytes.
const MAX_BYTES: usize = 64;

/// The cursor that stands for `revision` of `stream`.
pub fn encode(stream: Uuid, revision: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("r:{revision}:{}", mark(stream)))
}

/// The revision of a cursor of `stream`; none where it is not one.
pub fn decode(stream: Uuid, text: &str) -> Option<i64> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (revision, of) = text.strip_prefix("r:")?.split_once(':')?;
    let revision = revision.parse().ok().filter(|revision| *revision >= 0)?;
    (of == mark(stream)).then_some(revision)
}

/// The random end of the stream's id: a mix-up of streams is noticed.
fn mark(stream: Uuid) -> String {
    let text = stream.simple().to_string();
    text[text.len() - 8..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_of_another_stream_is_none() {
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(decode(one, &encode(one, 7)), Some(7));
        assert_eq!(decode(other, &encode(one, 7)), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_decoding_panic(text in ".{0,80}") {
            let _ = decode(Uuid::nil(), &text);
        }
    }
}
