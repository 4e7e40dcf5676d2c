//! A picture in hand: its header, its pixels, and how it is to be written again.

mod decode;
mod encode;
mod exif;
mod format;
mod header;
mod jpeg_header;
mod webp_container;
mod webp_header;

pub use format::Format;

pub(crate) use decode::{DecodeError, decode, inspect};
pub(crate) use encode::{EncodeError, encode, over};
pub(crate) use header::Header;

#[cfg(test)]
pub(crate) use encode::tests;

use image::DynamicImage;

use super::step::Color;

/// A decoded picture, upright, with what goes along with its pixels.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    /// The pixels: 1 to 4 channels of 8 or 16 bits.
    pub image: DynamicImage,
    /// The colour profile (ICC) that the pixels were stored under.
    pub color_profile: Option<Vec<u8>>,
    /// EXIF data, with its orientation reset and its thumbnail blanked.
    pub exif: Option<Vec<u8>>,
    /// How it is to be written.
    pub target: Target,
}

/// How a picture is to be written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Target {
    /// In which format.
    pub format: Format,
    /// How well, 1 to 100, where that can be chosen (JPEG and lossy WebP).
    pub quality: u8,
    /// WebP only: without loss.
    pub lossless: bool,
    /// What shows through where the format knows no transparency.
    pub background: Color,
}

impl Target {
    /// The quality where nobody says.
    pub const DEFAULT_QUALITY: u8 = 85;

    /// Written as it came.
    pub fn same_as(header: &Header) -> Self {
        Self {
            format: header.format,
            quality: Self::DEFAULT_QUALITY,
            lossless: header.lossless,
            background: Color::WHITE,
        }
    }
}

impl Picture {
    /// Pixels across and down.
    pub fn size(&self) -> (u32, u32) {
        (self.image.width(), self.image.height())
    }

    /// Brings pixels of 16 bits a channel down to 8, as steps on single pixels work on.
    pub fn reduce_to_eight_bits(&mut self) {
        let image = match std::mem::take(&mut self.image) {
            image @ DynamicImage::ImageLuma16(_) => image.into_luma8().into(),
            image @ DynamicImage::ImageLumaA16(_) => image.into_luma_alpha8().into(),
            image @ (DynamicImage::ImageRgb16(_) | DynamicImage::ImageRgb32F(_)) => image.into_rgb8().into(),
            image @ (DynamicImage::ImageRgba16(_) | DynamicImage::ImageRgba32F(_)) => {
                image.into_rgba8().into()
            }
            image => image,
        };
        self.image = image;
    }

    /// The samples of an 8-bit picture, and how many of them make a pixel.
    pub fn samples_mut(&mut self) -> (&mut [u8], usize) {
        self.reduce_to_eight_bits();
        match &mut self.image {
            DynamicImage::ImageLuma8(image) => (image, 1),
            DynamicImage::ImageLumaA8(image) => (image, 2),
            DynamicImage::ImageRgb8(image) => (image, 3),
            DynamicImage::ImageRgba8(image) => (image, 4),
            // `reduce_to_eight_bits` leaves none of the others.
            _ => (&mut [], 1),
        }
    }
}

#[cfg(test)]
pub(crate) use exif::tests::sample as exif_sample;
