//! Walking through a WebP's chunks.

use super::Format;
use super::header::{Header, HeaderError};

const TOO_SHORT: HeaderError = HeaderError::Corrupt(Format::WebP, "the file ends too early");

/// Reads the size of the canvas, makes sure that every chunk is all there, and that no frame
/// within claims to be larger than the canvas (its decoder would allocate for it first).
pub(super) fn read(bytes: &[u8]) -> Result<Header, HeaderError> {
    let size = le(bytes, 4, 4).ok_or(TOO_SHORT)?;
    let body = usize::try_from(size).ok().and_then(|size| bytes.get(12..8 + size)).ok_or(TOO_SHORT)?;
    let mut canvas = None;
    let mut frames = Vec::new();
    for chunk in chunks(body) {
        let (name, data) = chunk?;
        match name {
            b"VP8X" => {
                let (width, height) = le(data, 4, 3).zip(le(data, 7, 3)).ok_or(TOO_SHORT)?;
                canvas = canvas.or(Some((width + 1, height + 1)));
            }
            // The decoder looks at the first frame alone.
            b"ANMF" if frames.is_empty() => {
                for chunk in chunks(data.get(16..).ok_or(TOO_SHORT)?) {
                    frames.extend(frame(chunk?)?);
                }
            }
            b"ANMF" => {}
            _ => frames.extend(frame((name, data))?),
        }
    }
    let first = frames.first().ok_or(HeaderError::Corrupt(Format::WebP, "it holds no picture"))?;
    let (width, height) = canvas.unwrap_or((first.width, first.height));
    if frames.iter().any(|frame| frame.width > width || frame.height > height) {
        return Err(HeaderError::Corrupt(Format::WebP, "a frame is larger than the picture"));
    }
    Header::new(Format::WebP, width, height, first.lossless)
}

struct Frame {
    width: u32,
    height: u32,
    lossless: bool,
}

/// The frame in a chunk, if it holds one.
fn frame((name, data): (&[u8], &[u8])) -> Result<Option<Frame>, HeaderError> {
    Ok(match name {
        b"VP8 " => {
            let (width, height) = le(data, 6, 2).zip(le(data, 8, 2)).ok_or(TOO_SHORT)?;
            Some(Frame { width: width & 0x3fff, height: height & 0x3fff, lossless: false })
        }
        b"VP8L" => {
            let bits = le(data, 1, 4).ok_or(TOO_SHORT)?;
            Some(Frame { width: (bits & 0x3fff) + 1, height: (bits >> 14 & 0x3fff) + 1, lossless: true })
        }
        _ => None,
    })
}

/// The chunks one after another, each with its name; the padding byte of the last may be missing.
fn chunks(mut rest: &[u8]) -> impl Iterator<Item = Result<(&[u8], &[u8]), HeaderError>> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let data = le(rest, 4, 4)
            .and_then(|size| usize::try_from(size).ok())
            .and_then(|size| rest.get(8..)?.get(..size));
        let Some(data) = data else {
            rest = &[];
            return Some(Err(TOO_SHORT));
        };
        let name = &rest[..4];
        rest = rest.get(8 + data.len() + data.len() % 2..).unwrap_or_default();
        Some(Ok((name, data)))
    })
}

/// The little-endian number of `count` bytes (at most 4) at `at`.
fn le(bytes: &[u8], at: usize, count: usize) -> Option<u32> {
    let bytes = bytes.get(at..at + count)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
        let mut body = b"WEBP".to_vec();
        for (name, data) in chunks {
            body.extend_from_slice(*name);
            body.extend_from_slice(&u32::try_from(data.len()).unwrap().to_le_bytes());
            body.extend_from_slice(data);
            body.resize(body.len().next_multiple_of(2), 0);
        }
        let mut file = b"RIFF".to_vec();
        file.extend_from_slice(&u32::try_from(body.len()).unwrap().to_le_bytes());
        file.extend_from_slice(&body);
        file
    }

    /// A lossy frame's first ten bytes.
    fn vp8(width: u16, height: u16) -> Vec<u8> {
        let mut data = vec![0, 0, 0, 0x9d, 1, 0x2a];
        data.extend_from_slice(&width.to_le_bytes());
        data.extend_from_slice(&height.to_le_bytes());
        data
    }

    #[test]
    fn a_plain_and_an_extended_file_say_their_size() {
        let plain = read(&riff(&[(b"VP8 ", &vp8(7, 5))])).unwrap();
        assert_eq!((plain.width, plain.height, plain.lossless), (7, 5, false));
        let canvas = [0, 0, 0, 0, 6, 0, 0, 4, 0, 0];
        let extended = riff(&[(b"VP8X", &canvas), (b"ICCP", b"odd"), (b"VP8L", &[0x2f, 6, 0, 1, 0])]);
        let header = read(&extended).unwrap();
        assert_eq!((header.width, header.height, header.lossless), (7, 5, true));
    }

    #[test]
    fn a_frame_larger_than_the_canvas_is_a_lie() {
        let canvas = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let plain = riff(&[(b"VP8X", &canvas), (b"VP8 ", &vp8(0x3fff, 0x3fff))]);
        let mut animated_frame = vec![0; 16];
        animated_frame.extend_from_slice(&riff(&[(b"VP8 ", &vp8(0x3fff, 1))])[12..]);
        let animated = riff(&[(b"VP8X", &canvas), (b"ANMF", &animated_frame)]);
        for bytes in [plain, animated] {
            assert!(
                matches!(read(&bytes), Err(HeaderError::Corrupt(Format::WebP, text)) if text.contains("larger"))
            );
        }
    }

    #[test]
    fn every_cut_is_noticed() {
        let whole = riff(&[(b"VP8X", &[0, 0, 0, 0, 6, 0, 0, 4, 0, 0]), (b"VP8 ", &vp8(7, 5))]);
        assert!(read(&whole).is_ok());
        for length in 12..whole.len() {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
    }
}
