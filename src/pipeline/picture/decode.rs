//! From a file's bytes to an upright picture, within bounds.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits};

use super::header::{self, Header, HeaderError};
use super::{Format, Picture, Target, exif};

/// The largest colour profile that is carried along, in bytes.
const MAX_COLOR_PROFILE: usize = 4 << 20;
/// What a decoder may take beside the pixels themselves, in bytes.
const DECODER_OVERHEAD: u64 = 32 << 20;

/// Why a picture cannot be had from a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DecodeError {
    /// Not one of the four formats, or not a picture at all.
    #[error("{0}")]
    NotAnImage(String),
    /// Begins as a picture, but is damaged or cut off.
    #[error("{0}")]
    Corrupt(String),
    /// More pixels than are allowed.
    #[error("{0}")]
    TooLarge(String),
}

impl From<HeaderError> for DecodeError {
    fn from(error: HeaderError) -> Self {
        match error {
            HeaderError::NotAnImage(_) => Self::NotAnImage(error.to_string()),
            HeaderError::Corrupt(..) => Self::Corrupt(error.to_string()),
        }
    }
}

/// Reads the header alone, and refuses what has more than `max_pixels`.
pub(crate) fn inspect(bytes: &[u8], max_pixels: u64) -> Result<Header, DecodeError> {
    let header = header::read(bytes)?;
    if header.pixels > max_pixels {
        return Err(too_large(header.width, header.height, max_pixels));
    }
    Ok(header)
}

/// Decodes `bytes`, turned upright as its EXIF data says. Of an animation, the first frame.
///
/// Nothing is allocated for the pixels before the header has passed `max_pixels`.
pub(crate) fn decode(bytes: &[u8], max_pixels: u64) -> Result<Picture, DecodeError> {
    let header = inspect(bytes, max_pixels)?;
    let corrupt = |error: ImageError| sort(header.format, &error);

    let mut reader = ImageReader::with_format(Cursor::new(bytes), header.format.codec());
    let mut limits = Limits::default();
    // 16-bit RGBA, the deepest that comes out, takes 8 bytes a pixel; GIF holds its frame beside.
    limits.max_alloc = Some(header.pixels.saturating_mul(8).saturating_add(DECODER_OVERHEAD));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(corrupt)?;

    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > header.pixels {
        // The codec reads the header otherwise than we do: believe the larger.
        return Err(too_large(width, height, max_pixels));
    }
    let color_profile =
        decoder.icc_profile().ok().flatten().filter(|profile| profile.len() <= MAX_COLOR_PROFILE);
    let (orientation, exif) =
        exif::take_orientation(decoder.exif_metadata().ok().flatten().unwrap_or_default());
    let mut image = DynamicImage::from_decoder(decoder).map_err(corrupt)?;
    image.apply_orientation(orientation);
    Ok(Picture { image, color_profile, exif, target: Target::same_as(&header) })
}

fn too_large(width: u32, height: u32, max_pixels: u64) -> DecodeError {
    DecodeError::TooLarge(format!(
        "the picture has {width} × {height} pixels; at most {max_pixels} in all are allowed"
    ))
}

/// Sorts a codec's error; its own words are bounded, for they may quote the file.
fn sort(format: Format, error: &ImageError) -> DecodeError {
    match error {
        ImageError::Limits(_) => {
            DecodeError::TooLarge(format!("the {} picture takes too much memory to decode", format.name()))
        }
        ImageError::Unsupported(_) => {
            DecodeError::Corrupt(format!("this kind of {} picture is not supported", format.name()))
        }
        _ => {
            let why: String =
                error.to_string().chars().filter(|letter| !letter.is_control()).take(200).collect();
            DecodeError::Corrupt(format!("the {} picture is damaged: {why}", format.name()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::encode;
    use crate::pipeline::picture::encode::tests::{photo, picture, sample_file};
    use image::metadata::Orientation;
    use image::{ImageEncoder, RgbImage, codecs::png::PngEncoder};
    use proptest::prelude::*;

    const FORMATS: [Format; 4] = [Format::Jpeg, Format::Png, Format::WebP, Format::Gif];

    #[test]
    fn a_file_cut_anywhere_is_an_error_and_never_a_panic() {
        for format in FORMATS {
            let whole = sample_file(format, 23, 17);
            assert!(decode(&whole, 1_000).is_ok());
            for length in 0..whole.len() {
                match decode(&whole[..length], 1_000) {
                    Err(DecodeError::Corrupt(_) | DecodeError::NotAnImage(_)) => {}
                    // PNG and GIF end with a trailer that says nothing of the picture.
                    Ok(picture) => {
                        assert_eq!(picture.size(), (23, 17));
                        assert!(matches!(format, Format::Png | Format::Gif) && whole.len() - length <= 16);
                    }
                    Err(error) => panic!("{format:?} cut at {length}: {error}"),
                }
            }
        }
    }

    #[test]
    fn the_content_tells_the_format() {
        for format in FORMATS {
            assert_eq!(decode(&sample_file(format, 4, 4), 16).unwrap().target.format, format);
        }
        let mut mislabelled = sample_file(Format::Png, 4, 4);
        mislabelled[..4].copy_from_slice(b"\xff\xd8\xff\xe0");
        assert!(matches!(decode(&mislabelled, 16), Err(DecodeError::Corrupt(_))));
        assert!(matches!(decode(b"<html>not found</html>", 16), Err(DecodeError::NotAnImage(_))));
    }

    #[test]
    fn one_pixel_too_many_is_refused_by_the_header() {
        for format in FORMATS {
            let file = sample_file(format, 10, 10);
            assert!(decode(&file, 100).is_ok());
            assert!(
                matches!(decode(&file, 99), Err(DecodeError::TooLarge(text)) if text.contains("10 × 10"))
            );
        }
    }

    #[test]
    fn the_eight_orientations_come_out_upright() {
        let upright = photo(48, 32);
        for (format, tolerance) in [(Format::Png, 0), (Format::WebP, 0), (Format::Jpeg, 12)] {
            for value in 1..=8 {
                let orientation = Orientation::from_exif(value).unwrap();
                // Store the picture as a camera held that way does: turned by the inverse.
                let inverse = match orientation {
                    Orientation::Rotate90 => Orientation::Rotate270,
                    Orientation::Rotate270 => Orientation::Rotate90,
                    other => other,
                };
                let mut stored = picture(upright.clone(), format);
                stored.image.apply_orientation(inverse);
                stored.exif = Some(exif::tests::sample(value));
                stored.target.lossless = true;
                let file = encode(stored).unwrap();

                let back = decode(&file, 10_000).unwrap();
                assert_eq!(back.size(), (48, 32), "{format:?} {value}");
                let back_pixels = back.image.to_rgb8();
                let worst =
                    back_pixels.iter().zip(upright.iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
                assert!(worst <= tolerance, "{format:?} {value} is off by {worst}");
                let kept = back.exif.unwrap();
                assert_eq!(Orientation::from_exif_chunk(&kept), Some(Orientation::NoTransforms));
            }
        }
    }

    #[test]
    fn a_small_gif_with_a_huge_frame_is_refused() {
        let mut file = sample_file(Format::Gif, 4, 4);
        let frame = file.iter().rposition(|byte| *byte == 0x2c).unwrap();
        assert_eq!(&file[frame..frame + 9], [0x2c, 0, 0, 0, 0, 4, 0, 4, 0]);
        file[frame + 5..frame + 9].fill(0xff);
        assert!(matches!(decode(&file, 1_000_000), Err(DecodeError::TooLarge(_))));
    }

    #[test]
    fn a_color_profile_that_inflates_without_end_is_not_carried() {
        let mut file = Vec::new();
        let mut encoder = PngEncoder::new(&mut file);
        encoder.set_icc_profile(vec![0; 64 << 20]).unwrap();
        DynamicImage::from(RgbImage::new(2, 2)).write_with_encoder(encoder).unwrap();
        assert!(file.len() < 1 << 20, "the profile compresses well");
        match decode(&file, 100) {
            Ok(picture) => assert!(picture.color_profile.is_none()),
            Err(error) => assert!(matches!(error, DecodeError::TooLarge(_) | DecodeError::Corrupt(_))),
        }
    }

    proptest! {
        #[test]
        fn damaged_files_never_panic(
            format in prop::sample::select(&FORMATS[..]),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        ) {
            let mut file = sample_file(format, 16, 12);
            for (at, byte) in damage {
                let at = at.index(file.len());
                file[at] = byte;
            }
            let _ = decode(&file, 1_000);
        }
    }
}
