//! Reading a picture's header: format and size, before anything is decoded.
//!
//! Our own few lines, so that a size is known and a lie is found before a codec allocates.

use super::Format;
use super::jpeg_header;
use super::webp_header;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// The format, by content.
    pub format: Format,
    /// Pixels across, as stored.
    pub width: u32,
    /// Pixels down, as stored.
    pub height: u32,
    /// Whether the pixels are stored without loss.
    pub lossless: bool,
    /// The most pixels that decoding any part of it takes, at least `width × height`.
    pub pixels: u64,
}

/// Why there is no header to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeaderError {
    /// The content is none of the four formats; what it looks like, where that is known.
    #[error("{}", not_an_image(.0))]
    NotAnImage(Option<&'static str>),
    /// The content begins as one but cannot be one.
    #[error("the {} picture is damaged: {}", .0.name(), .1)]
    Corrupt(Format, &'static str),
}

fn not_an_image(what: &Option<&'static str>) -> String {
    match what {
        Some(what) => format!("this is {what}; only JPEG, PNG, WebP and GIF pictures can be worked on"),
        None => "this is not a JPEG, PNG, WebP or GIF picture".to_owned(),
    }
}

/// Reads the header of `bytes`, and checks for JPEG and WebP that the file is all there
/// (their decoders fill what is missing with grey).
pub(crate) fn read(bytes: &[u8]) -> Result<Header, HeaderError> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        jpeg_header::read(bytes)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        png(bytes)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        webp_header::read(bytes)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        gif(bytes)
    } else {
        Err(HeaderError::NotAnImage(look(bytes)))
    }
}

impl Header {
    pub(super) fn new(format: Format, width: u32, height: u32, lossless: bool) -> Result<Self, HeaderError> {
        if width == 0 || height == 0 {
            return Err(HeaderError::Corrupt(format, "it has no pixels"));
        }
        let pixels = u64::from(width) * u64::from(height);
        Ok(Self { format, width, height, lossless, pixels })
    }
}

fn png(bytes: &[u8]) -> Result<Header, HeaderError> {
    let corrupt = HeaderError::Corrupt(Format::Png, "its header is cut off or missing");
    if bytes.get(12..16) != Some(b"IHDR") {
        return Err(corrupt);
    }
    let side = |at: usize| bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes);
    match (side(16), side(20)) {
        (Some(width), Some(height)) => Header::new(Format::Png, width, height, true),
        _ => Err(corrupt),
    }
}

fn gif(bytes: &[u8]) -> Result<Header, HeaderError> {
    let side = |at: usize| bytes.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes);
    match (side(6), side(8)) {
        (Some(width), Some(height)) => Header::new(Format::Gif, width.into(), height.into(), true),
        _ => Err(HeaderError::Corrupt(Format::Gif, "its header is cut off")),
    }
}

/// What people often send instead, so that the message can say so.
fn look(bytes: &[u8]) -> Option<&'static str> {
    let text = bytes.get(..256.min(bytes.len())).unwrap_or_default().trim_ascii_start();
    let begins_with_text =
        |tag: &[u8]| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    match bytes {
        [] => Some("an empty file"),
        [b'B', b'M', ..] => Some("a BMP picture"),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some("a TIFF picture"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF document"),
        [b'P', b'K', 3, 4, ..] => Some("a ZIP archive or an office document"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => Some("an AVIF picture"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', ..]
        | [_, _, _, _, b'f', b't', b'y', b'p', b'm', b'i', b'f', b'1', ..] => Some("a HEIC picture"),
        _ if begins_with_text(b"<!doctype html") || begins_with_text(b"<html") => Some("a web page"),
        _ if begins_with_text(b"<svg") || begins_with_text(b"<?xml") => Some("an SVG or XML document"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_things_are_named() {
        for (bytes, expected) in [
            (&b""[..], "an empty file"),
            (b"  <!DOCTYPE html><p>", "a web page"),
            (b"%PDF-1.7", "a PDF document"),
            (b"BM......", "a BMP picture"),
            (b"\0\0\0\x20ftypheic", "a HEIC picture"),
            (b"\0\0\0\x20ftypavif", "an AVIF picture"),
            (b"<svg xmlns=", "an SVG or XML document"),
        ] {
            assert_eq!(read(bytes), Err(HeaderError::NotAnImage(Some(expected))));
        }
        assert_eq!(read(b"hello"), Err(HeaderError::NotAnImage(None)));
    }

    #[test]
    fn png_and_gif_say_their_size() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend_from_slice(&60_000_u32.to_be_bytes());
        assert!(matches!(read(&png), Err(HeaderError::Corrupt(Format::Png, _))));
        png.extend_from_slice(&60_001_u32.to_be_bytes());
        let header = read(&png).unwrap();
        assert_eq!((header.width, header.height, header.pixels), (60_000, 60_001, 3_600_060_000));
        let gif = read(b"GIF89a\x0a\0\x14\0").unwrap();
        assert_eq!((gif.format, gif.width, gif.height), (Format::Gif, 10, 20));
        assert!(matches!(read(b"GIF89a\x0a\0\0\0"), Err(HeaderError::Corrupt(Format::Gif, _))));
    }
}
