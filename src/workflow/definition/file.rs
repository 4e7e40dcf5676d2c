//! What a file holds, as text: in the encoding that it says.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

/// How much of a file is searched for what it says of its encoding, in bytes.
const HEAD: usize = 256;

/// The text of a file of XML: by its byte order mark, else by the encoding that its declaration names,
/// else UTF-8. What is no text in that encoding stays as it is, for the reader to refuse.
pub(super) fn decoded(bytes: &[u8]) -> Cow<'_, [u8]> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None => named(bytes).unwrap_or(UTF_8),
    };
    if encoding == UTF_8 {
        return Cow::Borrowed(bytes);
    }
    let (text, _, is_wrong) = encoding.decode(bytes);
    if is_wrong { Cow::Borrowed(bytes) } else { Cow::Owned(text.into_owned().into_bytes()) }
}

/// The encoding of `<?xml … encoding="…"?>`.
fn named(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(HEAD)];
    let head: String = head.iter().copied().map(char::from).collect();
    let (declaration, _) = head.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
    let (_, said) = declaration.split_once("encoding")?;
    let said = said.trim_start().strip_prefix('=')?.trim_start();
    let quote = said.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let (name, _) = said[1..].split_once(quote)?;
    Encoding::for_label(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_in_the_encoding_that_it_says() {
        let declared =
            |encoding: &str| format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?><a b=\"é中\"/>");
        for encoding in ["GB18030", "UTF-8"] {
            let text = declared(encoding);
            let (bytes, _, _) = Encoding::for_label(encoding.as_bytes()).unwrap().encode(&text);
            assert_eq!(decoded(&bytes), text.as_bytes(), "{encoding}");
        }
        let text = declared("UTF-16");
        let marked: Vec<u8> =
            "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&marked), text.as_bytes());
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a b='\xE9'/>";
        assert!(String::from_utf8(decoded(latin).into_owned()).unwrap().contains('é'));
        assert_eq!(decoded(b"<a b='\xE9'/>"), &b"<a b='\xE9'/>"[..]);
    }
}
