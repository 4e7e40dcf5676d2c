//! What must change in EXIF data that is kept: the orientation, once it has been applied,
//! and the thumbnail, which still shows what a step may have cut away or blurred.

use image::metadata::Orientation;

/// EXIF data as found in a file, made safe to go on with the worked-on picture.
///
/// Answers how the picture is to be turned, and the data unless it is of no use.
pub(crate) fn take_orientation(mut exif: Vec<u8>) -> (Orientation, Option<Vec<u8>>) {
    // Some writers of WebP and PNG put JPEG's prefix before it.
    if exif.starts_with(b"Exif\0\0") {
        exif.drain(..6);
    }
    let orientation = Orientation::remove_from_exif_chunk(&mut exif).unwrap_or(Orientation::NoTransforms);
    let readable = Tiff::new(&mut exif).is_some_and(|mut tiff| tiff.drop_thumbnail().is_some());
    (orientation, readable.then_some(exif))
}

/// EXIF data is a TIFF file: directories of twelve-byte entries, linked by offsets.
struct Tiff<'a> {
    data: &'a mut [u8],
    big_endian: bool,
}

const THUMBNAIL_OFFSET: u16 = 0x0201;
const THUMBNAIL_LENGTH: u16 = 0x0202;

impl<'a> Tiff<'a> {
    fn new(data: &'a mut [u8]) -> Option<Self> {
        let big_endian = match data.get(..4)? {
            [b'M', b'M', 0, 42] => true,
            [b'I', b'I', 42, 0] => false,
            _ => return None,
        };
        Some(Self { data, big_endian })
    }

    /// Unlinks the second directory, which describes the thumbnail, and blanks its bytes.
    /// Nothing where the data cannot be followed.
    fn drop_thumbnail(&mut self) -> Option<()> {
        let first = self.u32(4)?;
        let link = Self::link(first, self.u16(first)?)?;
        let second = self.u32(link)?;
        if second == 0 {
            return Some(());
        }
        let entries = self.u16(second)?;
        let (mut offset, mut length) = (0, 0);
        for entry in 0..usize::from(entries) {
            let at = second.checked_add(2 + entry * 12)?;
            match self.u16(at)? {
                THUMBNAIL_OFFSET => offset = self.u32(at + 8)?,
                THUMBNAIL_LENGTH => length = self.u32(at + 8)?,
                _ => {}
            }
        }
        self.data.get_mut(offset..offset.checked_add(length)?)?.fill(0);
        self.data.get_mut(link..link + 4)?.fill(0);
        Some(())
    }

    fn link(directory: usize, entries: u16) -> Option<usize> {
        directory.checked_add(2 + usize::from(entries) * 12)
    }

    fn u16(&self, at: usize) -> Option<u16> {
        let bytes = self.data.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32(&self, at: usize) -> Option<usize> {
        let bytes = self.data.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        usize::try_from(number).ok()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// EXIF data with an orientation and, in the second directory, a thumbnail of four bytes.
    pub(crate) fn sample(orientation: u8) -> Vec<u8> {
        let mut data = b"MM\0*\0\0\0\x08".to_vec();
        data.extend_from_slice(&[0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 26]);
        data.extend_from_slice(&[0, 2]);
        data.extend_from_slice(&[2, 1, 0, 4, 0, 0, 0, 1, 0, 0, 0, 56]);
        data.extend_from_slice(&[2, 2, 0, 4, 0, 0, 0, 1, 0, 0, 0, 4]);
        data.extend_from_slice(&[0, 0, 0, 0]);
        data.extend_from_slice(b"FACE");
        data
    }

    #[test]
    fn the_orientation_is_reset_and_the_thumbnail_blanked() {
        for prefix in [&b""[..], b"Exif\0\0"] {
            let (orientation, kept) = take_orientation([prefix, &sample(6)].concat());
            let kept = kept.unwrap();
            assert_eq!(orientation, Orientation::Rotate90);
            assert_eq!(Orientation::from_exif_chunk(&kept), Some(Orientation::NoTransforms));
            assert!(!kept.windows(4).any(|bytes| bytes == b"FACE"));
        }
    }

    #[test]
    fn what_cannot_be_followed_is_dropped() {
        let mut beyond = sample(1);
        let length = beyond.len() - 6;
        beyond.truncate(length);
        assert_eq!(take_orientation(beyond).1, None);
        assert_eq!(take_orientation(b"nonsense".to_vec()), (Orientation::NoTransforms, None));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(mut data in prop::collection::vec(any::<u8>(), 0..80), start in any::<bool>()) {
            if start {
                data.splice(..0, *b"II\x2a\0\x08\0\0\0");
            }
            let _ = take_orientation(data);
        }
    }
}
