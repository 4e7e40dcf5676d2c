//! From pixels to a file's bytes.
//!
//! What is kept beside the pixels, unless a step strips it: JPEG, PNG and WebP keep the colour
//! profile (where it still describes the channels written) and EXIF data; GIF keeps nothing.
//! XMP and IPTC data, comments, and all frames of an animation but the first are not kept.

use image::codecs::gif::GifEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{DynamicImage, ExtendedColorType, ImageEncoder};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType as JpegColor};

use super::{Format, Picture, webp_container};
use crate::pipeline::step::Color;

/// JPEG holds EXIF data in one segment of this many bytes, its own header counted.
const MAX_JPEG_EXIF: usize = 65_527;
/// How fast colours are chosen for a GIF, 1 (best) to 30.
const GIF_SPEED: i32 = 10;

/// Why a picture cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EncodeError {
    /// It has more pixels a side than the format holds.
    #[error("{} holds at most {} pixels a side; the picture has {width} × {height}", .format.name(), .format.max_side())]
    TooWide {
        /// The format asked for.
        format: Format,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The encoder gave up.
    #[error("the picture could not be written as {}: {}", .0.name(), .1)]
    Codec(Format, String),
}

/// Writes the picture as its target says.
pub(crate) fn encode(picture: Picture) -> Result<Vec<u8>, EncodeError> {
    let (width, height) = picture.size();
    let format = picture.target.format;
    if width.max(height) > format.max_side() {
        return Err(EncodeError::TooWide { format, width, height });
    }
    match format {
        Format::Jpeg => jpeg(picture),
        Format::Png => png(picture),
        Format::WebP => webp(picture),
        Format::Gif => gif(picture),
    }
}

fn jpeg(mut picture: Picture) -> Result<Vec<u8>, EncodeError> {
    let fail = |error: jpeg_encoder::EncodingError| EncodeError::Codec(Format::Jpeg, error.to_string());
    flatten(&mut picture);
    let (width, height) = picture.size();
    // Within 65,535, as checked against the format.
    let (width, height) =
        (u16::try_from(width).unwrap_or(u16::MAX), u16::try_from(height).unwrap_or(u16::MAX));
    let color = match picture.image {
        DynamicImage::ImageLuma8(_) => JpegColor::Luma,
        _ => JpegColor::Rgb,
    };
    let mut file = Vec::with_capacity(picture.image.as_bytes().len() / 8);
    let mut encoder = jpeg_encoder::Encoder::new(&mut file, picture.target.quality);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    if let Some(exif) = picture.exif.as_deref().filter(|exif| exif.len() <= MAX_JPEG_EXIF) {
        encoder.add_exif_metadata(exif).map_err(fail)?;
    }
    if let Some(profile) = fitting_profile(&picture) {
        encoder.add_icc_profile(profile).map_err(fail)?;
    }
    encoder.encode(picture.image.as_bytes(), width, height, color).map_err(fail)?;
    Ok(file)
}

fn png(picture: Picture) -> Result<Vec<u8>, EncodeError> {
    let profile = fitting_profile(&picture).map(<[u8]>::to_vec);
    let mut file = Vec::new();
    let mut encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive);
    let fail = |error: String| EncodeError::Codec(Format::Png, error);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).map_err(|error| fail(error.to_string()))?;
    }
    if let Some(exif) = picture.exif {
        encoder.set_exif_metadata(exif).map_err(|error| fail(error.to_string()))?;
    }
    let image = picture.image;
    encoder
        .write_image(image.as_bytes(), image.width(), image.height(), image.color().into())
        .map_err(|error| fail(error.to_string()))?;
    Ok(file)
}

fn webp(mut picture: Picture) -> Result<Vec<u8>, EncodeError> {
    let (width, height) = picture.size();
    let profile = fitting_profile(&picture).map(<[u8]>::to_vec);
    let (pixels, layout) = if picture.image.has_alpha() {
        (std::mem::take(&mut picture.image).into_rgba8().into_raw(), webp::PixelLayout::Rgba)
    } else {
        (std::mem::take(&mut picture.image).into_rgb8().into_raw(), webp::PixelLayout::Rgb)
    };
    let file = webp::Encoder::new(&pixels, layout, width, height)
        .encode_simple(picture.target.lossless, f32::from(picture.target.quality))
        .map_err(|error| EncodeError::Codec(Format::WebP, format!("{error:?}")))?;
    Ok(webp_container::with_metadata(&file, (width, height), profile.as_deref(), picture.exif.as_deref()))
}

fn gif(picture: Picture) -> Result<Vec<u8>, EncodeError> {
    let (width, height) = picture.size();
    let pixels = picture.image.into_rgba8();
    let mut file = Vec::new();
    GifEncoder::new_with_speed(&mut file, GIF_SPEED)
        .encode(&pixels, width, height, ExtendedColorType::Rgba8)
        .map_err(|error| EncodeError::Codec(Format::Gif, error.to_string()))?;
    Ok(file)
}

/// Brings the picture to what JPEG holds: 8 bits, one or three channels, nothing transparent.
fn flatten(picture: &mut Picture) {
    picture.reduce_to_eight_bits();
    let background = picture.target.background;
    let image = match std::mem::take(&mut picture.image) {
        DynamicImage::ImageLumaA8(image) if background.is_gray() => {
            let below = background.rgba()[0];
            let flat = image.pixels().map(|pixel| over(pixel.0[0], below, pixel.0[1])).collect();
            image::GrayImage::from_raw(image.width(), image.height(), flat).map(DynamicImage::from)
        }
        image if image.has_alpha() => {
            let (width, height) = (image.width(), image.height());
            let rgba = image.into_rgba8();
            image::RgbImage::from_raw(width, height, flatten_rgba(&rgba, background)).map(DynamicImage::from)
        }
        image => Some(image),
    };
    picture.image = image.unwrap_or_default();
}

fn flatten_rgba(rgba: &[u8], background: Color) -> Vec<u8> {
    let [red, green, blue, _] = background.rgba();
    let mut flat = Vec::with_capacity(rgba.len() / 4 * 3);
    for pixel in rgba.chunks_exact(4) {
        let alpha = pixel[3];
        flat.extend_from_slice(&[
            over(pixel[0], red, alpha),
            over(pixel[1], green, alpha),
            over(pixel[2], blue, alpha),
        ]);
    }
    flat
}

/// `above` over `below`, as much as `alpha` of 255 says.
pub(crate) fn over(above: u8, below: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    let mixed = (u32::from(above) * alpha + u32::from(below) * (255 - alpha) + 127) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

/// The colour profile, if it is one for the channels that are written: one for CMYK or colour
/// would falsify what has become RGB or grey.
fn fitting_profile(picture: &Picture) -> Option<&[u8]> {
    let space: &[u8] = if picture.image.color().has_color() { b"RGB " } else { b"GRAY" };
    // WebP has no grey: its pixels are written as RGB.
    let written: &[u8] = if picture.target.format == Format::WebP { b"RGB " } else { space };
    picture.color_profile.as_deref().filter(|profile| profile.get(16..20) == Some(written))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::pipeline::picture::{Target, decode};
    use image::{ImageBuffer, RgbImage, Rgba};

    /// A picture in which every pixel differs from its neighbours, smooth enough for JPEG.
    pub(crate) fn photo(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let scale = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap_or(255);
            image::Rgb([scale(x, width), scale(y, height), scale(x + y, width + height)])
        })
    }

    pub(crate) fn picture(image: impl Into<DynamicImage>, format: Format) -> Picture {
        let target = Target {
            format,
            quality: 90,
            lossless: format != Format::Jpeg && format != Format::WebP,
            background: Color::WHITE,
        };
        Picture { image: image.into(), color_profile: None, exif: None, target }
    }

    pub(crate) fn sample_file(format: Format, width: u32, height: u32) -> Vec<u8> {
        encode(picture(photo(width, height), format)).unwrap()
    }

    /// A colour profile's header as far as we look at it.
    fn profile(space: &[u8; 4]) -> Vec<u8> {
        let mut profile = vec![0; 132];
        profile[16..20].copy_from_slice(space);
        profile
    }

    fn decoded(file: &[u8]) -> Picture {
        decode(file, 1_000_000).unwrap()
    }

    #[test]
    fn every_format_gives_the_picture_back() {
        let original = photo(64, 48);
        for (format, tolerance) in
            [(Format::Png, 0), (Format::Jpeg, 12), (Format::WebP, 16), (Format::Gif, 48)]
        {
            let back = decoded(&sample_file(format, 64, 48)).image.to_rgb8();
            assert_eq!(back.dimensions(), (64, 48));
            let worst = back.iter().zip(original.iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
            assert!(worst <= tolerance, "{format:?} is off by {worst}");
        }
    }

    #[test]
    fn color_profile_and_exif_stay_where_the_format_can_hold_them() {
        let exif = super::super::exif::tests::sample(1);
        for (format, kept) in
            [(Format::Jpeg, true), (Format::Png, true), (Format::WebP, true), (Format::Gif, false)]
        {
            for alpha in [false, true] {
                let image = DynamicImage::from(photo(9, 7));
                let mut picture = picture(if alpha { image.to_rgba8().into() } else { image }, format);
                picture.color_profile = Some(profile(b"RGB "));
                picture.exif = Some(exif.clone());
                let back = decoded(&encode(picture).unwrap());
                assert_eq!(back.color_profile.is_some(), kept, "{format:?}");
                assert_eq!(back.exif.is_some(), kept, "{format:?}");
            }
        }
    }

    #[test]
    fn a_profile_for_other_channels_is_left_out() {
        for (space, image, kept) in [
            (b"CMYK", DynamicImage::from(photo(4, 4)), false),
            (b"RGB ", DynamicImage::from(photo(4, 4)).grayscale(), false),
            (b"GRAY", DynamicImage::from(photo(4, 4)).grayscale(), true),
        ] {
            let mut picture = picture(image, Format::Jpeg);
            picture.color_profile = Some(profile(space));
            assert_eq!(decoded(&encode(picture).unwrap()).color_profile.is_some(), kept);
        }
    }

    #[test]
    fn what_is_transparent_shows_the_background_in_jpeg() {
        let image = ImageBuffer::from_pixel(16, 16, Rgba([255_u8, 0, 0, 0]));
        let mut picture = picture(image, Format::Jpeg);
        picture.target.background = "#00ff00".parse().unwrap();
        let back = decoded(&encode(picture).unwrap()).image.to_rgb8();
        let [red, green, blue] = back.get_pixel(8, 8).0;
        assert!(red < 8 && green > 247 && blue < 8);
    }

    #[test]
    fn transparency_survives_where_the_format_has_it() {
        let image = ImageBuffer::from_fn(16, 16, |x, _| Rgba([200_u8, 100, 50, if x < 8 { 0 } else { 255 }]));
        for format in [Format::Png, Format::WebP, Format::Gif] {
            let back = decoded(&encode(picture(image.clone(), format)).unwrap()).image.to_rgba8();
            assert_eq!((back.get_pixel(1, 3).0[3], back.get_pixel(14, 3).0[3]), (0, 255), "{format:?}");
        }
    }

    #[test]
    fn sixteen_bits_stay_in_png() {
        let image = ImageBuffer::from_fn(5, 5, |x, y| image::Rgb([x as u16 * 9_999, y as u16 * 777, 12_345]));
        let back = decoded(&encode(picture(DynamicImage::ImageRgb16(image.clone()), Format::Png)).unwrap());
        assert_eq!(back.image.as_rgb16(), Some(&image));
        for format in [Format::Jpeg, Format::WebP, Format::Gif] {
            assert!(encode(picture(DynamicImage::ImageRgb16(image.clone()), format)).is_ok());
        }
    }

    #[test]
    fn webp_has_a_limit_a_side() {
        let error = encode(picture(RgbImage::new(16_384, 1), Format::WebP)).unwrap_err();
        assert!(error.to_string().starts_with("WebP holds at most 16383 pixels a side"));
    }
}
