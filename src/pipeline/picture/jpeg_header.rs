//! Walking through a JPEG's segments.

use super::Format;
use super::header::{Header, HeaderError};

const TOO_SHORT: HeaderError = HeaderError::Corrupt(Format::Jpeg, "the file ends too early");

/// Reads the size and makes sure that the file goes on to its end marker.
pub(super) fn read(bytes: &[u8]) -> Result<Header, HeaderError> {
    let mut header = None;
    let mut at = 2;
    loop {
        let (marker, body) = next_marker(bytes, at)?;
        match marker {
            0xd9 => return header.ok_or(HeaderError::Corrupt(Format::Jpeg, "it holds no picture")),
            // Restart markers, start of image and TEM have no length.
            0x01 | 0xd0..=0xd8 => {
                at = body;
                continue;
            }
            _ => {}
        }
        let length = usize::from(be16(bytes, body).ok_or(TOO_SHORT)?);
        if length < 2 {
            return Err(HeaderError::Corrupt(Format::Jpeg, "a segment has no length"));
        }
        if body + length > bytes.len() {
            return Err(TOO_SHORT);
        }
        if is_frame(marker) {
            let height = be16(bytes, body + 3).ok_or(TOO_SHORT)?;
            let width = be16(bytes, body + 5).ok_or(TOO_SHORT)?;
            let frame = Header::new(Format::Jpeg, width.into(), height.into(), false)?;
            if header.is_some_and(|known| known != frame) {
                return Err(HeaderError::Corrupt(Format::Jpeg, "it gives two sizes"));
            }
            header = Some(frame);
        }
        at = body + length;
        if marker == 0xda {
            at = end_of_scan(bytes, at)?;
        }
    }
}

/// The marker at or behind `at`, and where its body begins. Fill bytes may stand before it.
fn next_marker(bytes: &[u8], at: usize) -> Result<(u8, usize), HeaderError> {
    if *bytes.get(at).ok_or(TOO_SHORT)? != 0xff {
        return Err(HeaderError::Corrupt(Format::Jpeg, "a segment does not begin where it should"));
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let fill = rest.iter().position(|byte| *byte != 0xff).ok_or(TOO_SHORT)?;
    Ok((rest[fill], at + fill + 1))
}

/// Where the coded data that begins at `at` ends: at the next marker that is no restart.
fn end_of_scan(bytes: &[u8], mut at: usize) -> Result<usize, HeaderError> {
    loop {
        let rest = bytes.get(at..).ok_or(TOO_SHORT)?;
        at += rest.iter().position(|byte| *byte == 0xff).ok_or(TOO_SHORT)?;
        match bytes.get(at + 1).ok_or(TOO_SHORT)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Ok(at),
        }
    }
}

/// Start-of-frame markers carry the size; DHT, JPG and DAC share their range.
fn is_frame(marker: u8) -> bool {
    matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc)
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &[u8] = &[
        0xff, 0xd8, 0xff, 0xe0, 0, 4, b'x', b'x', // a segment of no interest
        0xff, 0xff, 0xc0, 0, 8, 8, 0, 3, 0, 5, 1, // a fill byte and a frame of 5 × 3
        0xff, 0xda, 0, 2, 0x12, 0xff, 0x00, 0xff, 0xd0,
        0x34, // a scan with a stuffed byte and a restart
        0xff, 0xd9, 0xaa, 0xbb, // the end, and what some cameras put behind it
    ];

    #[test]
    fn the_size_is_read_and_the_end_is_found() {
        let header = read(SMALL).unwrap();
        assert_eq!((header.width, header.height, header.lossless), (5, 3, false));
    }

    #[test]
    fn every_cut_before_the_end_is_noticed() {
        let end = SMALL.len() - 2;
        for length in 2..end {
            assert!(matches!(read(&SMALL[..length]), Err(HeaderError::Corrupt(Format::Jpeg, _))), "{length}");
        }
        assert!(read(&SMALL[..end]).is_ok());
    }

    #[test]
    fn a_second_frame_of_another_size_is_a_lie() {
        let mut bytes = SMALL[..19].to_vec();
        bytes.extend_from_slice(&[0xff, 0xc0, 0, 8, 8, 0xff, 0xff, 0xff, 0xff, 1, 0xff, 0xd9]);
        assert_eq!(read(&bytes), Err(HeaderError::Corrupt(Format::Jpeg, "it gives two sizes")));
    }
}
