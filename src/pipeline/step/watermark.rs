//! `watermark`: a line of text over the picture.

use ab_glyph::{Font, FontArc, PxScale, ScaleFont, point};
use image::{DynamicImage, GrayImage, Luma};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::position::Position;
use super::{Color, Environment, Parameters, Refusal};
use crate::pipeline::picture::{Picture, over};

/// The most characters of a text.
const MAX_TEXT: usize = 200;

/// Parameters of `watermark`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Watermark {
    text: String,
    #[serde(default = "bottom_right")]
    position: Position,
    #[serde(default = "sixty")]
    opacity: f32,
    #[serde(default = "five")]
    size: f32,
    #[serde(default = "white")]
    color: Color,
    #[serde(default = "yes")]
    shadow: bool,
}

fn bottom_right() -> Position {
    Position::BottomRight
}

fn sixty() -> f32 {
    60.0
}

fn five() -> f32 {
    5.0
}

fn white() -> Color {
    Color::WHITE
}

fn yes() -> bool {
    true
}

impl Parameters for Watermark {
    const KIND: &'static str = "watermark";
    const TITLE: &'static str = "Watermark";
    const DESCRIPTION: &'static str =
        "Writes a line of text over the picture, made smaller where it would not fit.";

    fn properties(_: &Environment) -> Value {
        json!({
            "text": {
                "type": "string", "minLength": 1, "maxLength": MAX_TEXT, "title": "Text",
                "description": "What to write, in one line.",
            },
            "position": Position::schema("Position", "Where to write it.", Position::BottomRight),
            "opacity": {
                "type": "number", "minimum": 0, "maximum": 100, "default": 60, "title": "Opacity",
                "description": "From 0 (not to be seen) to 100 (nothing shows through).",
            },
            "size": {
                "type": "number", "minimum": 1, "maximum": 50, "default": 5, "title": "Size",
                "description": "The height of a line, as a percentage of the picture's shorter side.",
            },
            "color": Color::schema("Colour", "The colour of the letters.", Color::WHITE),
            "shadow": {
                "type": "boolean", "default": true, "title": "Shadow",
                "description": "A shadow behind the letters keeps them readable on any ground.",
            },
        })
    }

    fn required() -> &'static [&'static str] {
        &["text"]
    }

    fn check(&self, environment: &Environment) -> Result<(), Refusal> {
        if self.text.trim().is_empty() || self.text.chars().any(char::is_control) {
            return Err(Refusal::at("text", "must be one line with something to read"));
        }
        let missing = self
            .text
            .chars()
            .find(|letter| !letter.is_whitespace() && environment.font.glyph_id(*letter).0 == 0);
        match missing {
            Some(letter) => Err(Refusal::at("text", format!("the font has no letter {letter:?}"))),
            None => Ok(()),
        }
    }
}

impl Watermark {
    pub fn apply(&self, picture: &mut Picture, environment: &Environment) {
        let (width, height) = picture.size();
        let Some(mask) = self.mask(&environment.font, width, height) else { return };
        picture.reduce_to_eight_bits();
        let color = self.color.rgba();
        let image = std::mem::take(&mut picture.image);
        picture.image = match image {
            DynamicImage::ImageLuma8(image) if !self.color.is_gray() => {
                DynamicImage::ImageLuma8(image).into_rgb8().into()
            }
            DynamicImage::ImageLumaA8(image) => DynamicImage::ImageLumaA8(image).into_rgba8().into(),
            image => image,
        };
        let opacity = self.opacity / 100.0 * f32::from(color[3]) / 255.0;
        let margin = width.min(height) / 32;
        let (left, top) = self.position.place((width, height), mask.dimensions(), margin);
        let offset = (mask.height() / 20).max(1);
        if self.shadow {
            blend(picture, &mask, (left + offset, top + offset), [0; 3], opacity * 0.6);
        }
        blend(picture, &mask, (left, top), [color[0], color[1], color[2]], opacity);
    }

    /// How much of each pixel the letters cover, for a picture of that size.
    fn mask(&self, font: &FontArc, width: u32, height: u32) -> Option<GrayImage> {
        #[expect(clippy::cast_precision_loss, reason = "sides are far below 2^24")]
        let (most, shorter) = (width as f32 * 0.96, width.min(height) as f32);
        let wanted = (shorter * self.size / 100.0).max(6.0);
        let at_wanted = advance(font, &self.text, wanted);
        let scale = if at_wanted > most { wanted * most / at_wanted } else { wanted };
        let scaled = font.as_scaled(PxScale::from(scale));
        let (mask_width, mask_height) = (pixels(advance(font, &self.text, scale)), pixels(scaled.height()));
        if mask_width == 0 || mask_height == 0 {
            return None;
        }
        let mut mask = GrayImage::new(mask_width.min(width), mask_height.min(height));
        let mut caret = 0.0;
        let mut previous = None;
        for letter in self.text.chars() {
            let mut glyph = scaled.scaled_glyph(letter);
            caret += previous.map_or(0.0, |previous| scaled.kern(previous, glyph.id));
            previous = Some(glyph.id);
            glyph.position = point(caret, scaled.ascent());
            caret += scaled.h_advance(glyph.id);
            if let Some(outline) = font.outline_glyph(glyph) {
                let corner = outline.px_bounds().min;
                outline.draw(|x, y, coverage| {
                    cover(&mut mask, corner.x + float(x), corner.y + float(y), coverage);
                });
            }
        }
        Some(mask)
    }
}

/// How far a line of text reaches.
fn advance(font: &FontArc, text: &str, scale: f32) -> f32 {
    let scaled = font.as_scaled(PxScale::from(scale));
    let mut previous = None;
    let mut reach = 0.0;
    for letter in text.chars() {
        let id = scaled.glyph_id(letter);
        reach += previous.map_or(0.0, |previous| scaled.kern(previous, id)) + scaled.h_advance(id);
        previous = Some(id);
    }
    reach
}

#[expect(clippy::cast_precision_loss, reason = "positions within a picture are far below 2^24")]
fn float(at: u32) -> f32 {
    at as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, which is right")]
fn pixels(length: f32) -> u32 {
    length.ceil() as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, which is right")]
fn cover(mask: &mut GrayImage, x: f32, y: f32, coverage: f32) {
    if x < 0.0 || y < 0.0 {
        return;
    }
    if let Some(Luma([sample])) = mask.get_pixel_mut_checked(x as u32, y as u32) {
        *sample = sample.saturating_add((coverage * 255.0).round() as u8);
    }
}

/// Lays `color` over the picture where the mask says, as strongly as `opacity` of 1.
fn blend(picture: &mut Picture, mask: &GrayImage, (left, top): (u32, u32), color: [u8; 3], opacity: f32) {
    let width = usize::try_from(picture.image.width()).unwrap_or(0);
    let (samples, channels) = picture.samples_mut();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 256")]
    let strength = (opacity.clamp(0.0, 1.0) * 256.0).round() as u32;
    for (y, row) in (top as usize..).zip(mask.rows()) {
        for (x, Luma([coverage])) in (left as usize..width).zip(row) {
            let alpha = u8::try_from((u32::from(*coverage) * strength) >> 8).unwrap_or(u8::MAX);
            let at = (y * width + x) * channels;
            let Some(pixel) = samples.get_mut(at..at + channels).filter(|_| alpha > 0) else { continue };
            lay_over(pixel, color, alpha);
        }
    }
}

/// Lays a colour over one pixel of 1, 3 or 4 channels.
fn lay_over(pixel: &mut [u8], color: [u8; 3], alpha: u8) {
    let Some(below_alpha) = pixel.get(3).copied() else {
        for (sample, color) in pixel.iter_mut().zip(color) {
            *sample = over(color, *sample, alpha);
        }
        return;
    };
    let result = over(255, below_alpha, alpha);
    // The colour's share of what is to be seen of the pixel.
    let share = u32::from(alpha) * 255 / u32::from(result.max(1));
    let share = u8::try_from(share).unwrap_or(u8::MAX);
    for (sample, color) in pixel.iter_mut().zip(color) {
        *sample = over(color, *sample, share);
    }
    pixel[3] = result;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::picture;
    use crate::pipeline::step::tests::environment;
    use image::{ImageBuffer, Rgb, Rgba};

    fn watermark(parameters: Value) -> Watermark {
        let step: Watermark = serde_json::from_value(parameters).unwrap();
        step.check(&environment()).unwrap();
        step
    }

    /// The box around the pixels that differ from `ground`: left, top, right, bottom.
    fn written(image: &DynamicImage, ground: u8) -> Option<(u32, u32, u32, u32)> {
        let mut bounds: Option<(u32, u32, u32, u32)> = None;
        for (x, y, pixel) in image.to_rgb8().enumerate_pixels() {
            if pixel.0 != [ground; 3] {
                let (left, top, right, bottom) = bounds.unwrap_or((x, y, x, y));
                bounds = Some((left.min(x), top.min(y), right.max(x), bottom.max(y)));
            }
        }
        bounds
    }

    #[test]
    fn the_text_stands_where_it_should_and_within_the_picture() {
        for (position, left_half, top_half) in [
            ("top_left", true, true),
            ("top_right", false, true),
            ("bottom_left", true, false),
            ("bottom_right", false, false),
        ] {
            let mut picture = picture(ImageBuffer::from_pixel(400, 300, Rgb([90_u8; 3])), Format::Png);
            watermark(json!({"text": "Ωmega", "position": position})).apply(&mut picture, &environment());
            let (left, top, right, bottom) = written(&picture.image, 90).unwrap();
            assert_eq!((right < 200, bottom < 150), (left_half, top_half), "{position}");
            assert!(left > 0 && top > 0 && right < 399 && bottom < 299);
        }
    }

    #[test]
    fn a_long_text_is_made_to_fit() {
        let mut picture = picture(ImageBuffer::from_pixel(200, 200, Rgb([90_u8; 3])), Format::Png);
        watermark(json!({"text": "W".repeat(200), "size": 50})).apply(&mut picture, &environment());
        let (left, _, right, _) = written(&picture.image, 90).unwrap();
        assert!(right - left > 150 && right < 200);
    }

    #[test]
    fn opacity_mixes_and_zero_leaves_all_as_it_was() {
        let draw = |opacity: u32, shadow: bool| {
            let mut picture = picture(ImageBuffer::from_pixel(200, 100, Rgb([100_u8; 3])), Format::Png);
            let parameters =
                json!({"text": "█", "size": 50, "opacity": opacity, "shadow": shadow, "position": "center"});
            watermark(parameters).apply(&mut picture, &environment());
            picture.image.to_rgb8().get_pixel(100, 50).0
        };
        assert_eq!(draw(0, true), [100; 3]);
        assert_eq!(draw(100, true), [255; 3]);
        let half = draw(50, false);
        assert!(half[0].abs_diff(178) <= 2, "{half:?}");
    }

    #[test]
    fn it_shows_on_transparent_ground_and_on_gray() {
        let mut clear = picture(ImageBuffer::from_pixel(200, 100, Rgba([0_u8; 4])), Format::Png);
        watermark(json!({"text": "█", "size": 50, "opacity": 100, "position": "center"}))
            .apply(&mut clear, &environment());
        assert_eq!(clear.image.to_rgba8().get_pixel(100, 50).0, [255; 4]);
        let mut gray = picture(ImageBuffer::from_pixel(200, 100, Luma([10_u8])), Format::Png);
        watermark(json!({"text": "█", "size": 50, "opacity": 100, "color": "#ff0000", "position": "center"}))
            .apply(&mut gray, &environment());
        assert_eq!(gray.image.to_rgb8().get_pixel(100, 50).0, [255, 0, 0]);
    }

    #[test]
    fn pictures_of_a_pixel_are_survived() {
        for size in [(1, 1), (1, 500), (500, 1)] {
            let mut picture = picture(image::RgbImage::new(size.0, size.1), Format::Png);
            watermark(json!({"text": "x".repeat(200), "size": 50})).apply(&mut picture, &environment());
            assert_eq!(picture.size(), size);
        }
    }

    #[test]
    fn a_text_that_cannot_be_written_is_refused() {
        for text in ["   ", "two\nlines", "漢"] {
            let step: Watermark = serde_json::from_value(json!({"text": text})).unwrap();
            assert_eq!(
                step.check(&environment()).unwrap_err().parameter.as_deref(),
                Some("text"),
                "{text:?}"
            );
        }
    }
}
