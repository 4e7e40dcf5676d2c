//! From bytes to text that XML may hold, and from places in it to lines.

use super::MAX_BYTES;
use crate::workflow::bpmn::fault::{FaultCode, ModelFault};

/// The document as text, without its byte order mark.
pub(super) fn decoded(bytes: &[u8]) -> Result<&str, ModelFault> {
    let refused = |code, place, message: String| Err(ModelFault::of_document(code, place, message));
    if bytes.len() > MAX_BYTES {
        return refused(
            FaultCode::TooLarge,
            (1, 1),
            format!("the document has {} bytes; at most {MAX_BYTES} are read", bytes.len()),
        );
    }
    let utf16 = matches!(bytes, [0xFE, 0xFF, ..] | [0xFF, 0xFE, ..] | [0, b'<', ..] | [b'<', 0, ..]);
    if utf16 {
        return refused(
            FaultCode::MalformedXml,
            (1, 1),
            "the document is encoded in UTF-16; only UTF-8 is read: save it as UTF-8".to_owned(),
        );
    }
    let text = match std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)) {
        Ok(text) => text,
        Err(error) => {
            let place = Lines::new(bytes).place_of(error.valid_up_to());
            return refused(
                FaultCode::MalformedXml,
                place,
                "this is not UTF-8, and only that is read".to_owned(),
            );
        }
    };
    if let Some((at, character)) = text.char_indices().find(|(_, character)| !is_character(*character)) {
        let place = Lines::new(text.as_bytes()).place_of(at);
        let message = format!("XML cannot hold the character U+{:04X}", u32::from(character));
        return refused(FaultCode::MalformedXml, place, message);
    }
    Ok(text)
}

/// Whether XML 1.0 may hold a character.
pub(in crate::workflow) fn is_character(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => true,
        '\u{FFFE}' | '\u{FFFF}' => false,
        _ => character >= ' ',
    }
}

/// Whether a name is one of XML's, roughly: what may not begin a name, and what never is in one.
pub(in crate::workflow) fn is_name(name: &str) -> bool {
    let first = name.chars().next();
    first.is_some_and(|first| first.is_alphabetic() || first == '_')
        && name.chars().all(|other| {
            other.is_alphanumeric() || matches!(other, '_' | '-' | '.' | '\u{B7}') || !other.is_ascii()
        })
}

/// Counts lines on the way through a document, each byte once.
pub(super) struct Lines<'x> {
    bytes: &'x [u8],
    at: usize,
    line: u32,
    column: u32,
}

impl<'x> Lines<'x> {
    /// From the first line on.
    pub(super) fn new(bytes: &'x [u8]) -> Self {
        Self { bytes, at: 0, line: 1, column: 1 }
    }

    /// The line and the column, in characters, of a place, both from 1; of the place before where it
    /// lies behind that.
    pub(super) fn place_of(&mut self, place: usize) -> (u32, u32) {
        let place = place.min(self.bytes.len());
        while self.at < place {
            let byte = self.bytes[self.at];
            self.at += 1;
            // A carriage return ends a line too, where no line feed follows it.
            if byte == b'\n' || byte == b'\r' && self.bytes.get(self.at) != Some(&b'\n') {
                self.line += 1;
                self.column = 1;
            } else if byte & 0xC0 != 0x80 {
                self.column += 1;
            }
        }
        (self.line, self.column)
    }
}
