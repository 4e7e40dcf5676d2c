//! `rotate`: turned about its middle.

use image::{DynamicImage, Rgba, RgbaImage};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ApplyError, Color, Environment, Parameters};
use crate::pipeline::picture::Picture;

/// Parameters of `rotate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Rotate {
    #[serde(default = "quarter_turn")]
    degrees: f32,
    #[serde(default = "white")]
    background: Color,
}

fn quarter_turn() -> f32 {
    90.0
}

fn white() -> Color {
    Color::WHITE
}

impl Parameters for Rotate {
    const KIND: &'static str = "rotate";
    const TITLE: &'static str = "Rotate";
    const DESCRIPTION: &'static str = "Turns the picture clockwise. Quarter turns only move pixels; by another angle the picture \
         grows to hold its corners.";

    fn properties(_: &Environment) -> Value {
        json!({
            "degrees": {
                "type": "number", "minimum": -360, "maximum": 360, "default": 90, "title": "Degrees",
                "description": "How far to turn, clockwise; counter-clockwise where negative.",
            },
            "background": Color::schema("Corners", "What shows where the turned picture does not reach.", Color::WHITE),
        })
    }
}

impl Rotate {
    pub fn apply(&self, picture: &mut Picture, environment: &Environment) -> Result<(), ApplyError> {
        let degrees = self.degrees.rem_euclid(360.0);
        for (turn, rotated) in [
            (90.0, DynamicImage::rotate90 as fn(&DynamicImage) -> DynamicImage),
            (180.0, DynamicImage::rotate180),
            (270.0, DynamicImage::rotate270),
        ] {
            if degrees == turn {
                picture.image = rotated(&picture.image);
                return Ok(());
            }
        }
        // Below this no corner of the largest picture moves by a tenth of a pixel.
        if degrees.min(360.0 - degrees) < 1e-4 {
            return Ok(());
        }
        let (width, height) = turned_size(picture.size(), degrees);
        environment.admit(width, height)?;
        let had_alpha = picture.image.has_alpha();
        let source = std::mem::take(&mut picture.image).into_rgba8();
        let turned = turn(&source, degrees, (width, height), Rgba(self.background.rgba()));
        picture.image = if had_alpha || !self.background.is_opaque() {
            turned.into()
        } else {
            DynamicImage::from(turned).into_rgb8().into()
        };
        Ok(())
    }
}

/// How large the box around a turned picture is.
fn turned_size((width, height): (u32, u32), degrees: f32) -> (u32, u32) {
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let (width, height) = (f64::from(width), f64::from(height));
    // A hair less, so that rounding errors do not add a line.
    let side = |length: f64| whole((length - 1e-6).ceil()).max(1);
    (side((width * cos).abs() + (height * sin).abs()), side((width * sin).abs() + (height * cos).abs()))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sides are small and positive")]
fn whole(length: f64) -> u32 {
    length as u32
}

/// Looks for every pixel of the result where it comes from, between four pixels of the source.
fn turn(source: &RgbaImage, degrees: f32, (width, height): (u32, u32), background: Rgba<u8>) -> RgbaImage {
    let (sin, cos) = f64::from(degrees).to_radians().sin_cos();
    let middle = (f64::from(width) / 2.0, f64::from(height) / 2.0);
    let source_middle = (f64::from(source.width()) / 2.0, f64::from(source.height()) / 2.0);
    RgbaImage::from_fn(width, height, |x, y| {
        let (across, down) = (f64::from(x) + 0.5 - middle.0, f64::from(y) + 0.5 - middle.1);
        let from_x = across * cos + down * sin + source_middle.0 - 0.5;
        let from_y = down * cos - across * sin + source_middle.1 - 0.5;
        sample(source, from_x, from_y, background)
    })
}

/// The colour at a place between four pixels, each weighed by nearness and opacity;
/// outside of the picture the background counts.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 255 after rounding")]
fn sample(source: &RgbaImage, x: f64, y: f64, background: Rgba<u8>) -> Rgba<u8> {
    let (left, top) = (x.floor(), y.floor());
    let (right_share, bottom_share) = (x - left, y - top);
    let mut color = [0.0; 3];
    let mut opacity = 0.0;
    for (dx, dy, weight) in [
        (0.0, 0.0, (1.0 - right_share) * (1.0 - bottom_share)),
        (1.0, 0.0, right_share * (1.0 - bottom_share)),
        (0.0, 1.0, (1.0 - right_share) * bottom_share),
        (1.0, 1.0, right_share * bottom_share),
    ] {
        let (x, y) = (left + dx, top + dy);
        let inside = x >= 0.0 && y >= 0.0 && x < f64::from(source.width()) && y < f64::from(source.height());
        let pixel = if inside { source.get_pixel(x as u32, y as u32) } else { &background };
        let weight = weight * f64::from(pixel.0[3]);
        opacity += weight;
        for (sum, channel) in color.iter_mut().zip(pixel.0) {
            *sum += weight * f64::from(channel);
        }
    }
    if opacity <= 0.0 {
        return Rgba([0; 4]);
    }
    let [red, green, blue] = color.map(|sum| (sum / opacity).round() as u8);
    Rgba([red, green, blue, opacity.round() as u8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::{photo, picture};
    use crate::pipeline::step::tests::environment;
    use image::{ImageBuffer, Rgb};

    fn rotated(image: impl Into<DynamicImage>, parameters: Value) -> DynamicImage {
        let step: Rotate = serde_json::from_value(parameters).unwrap();
        let mut picture = picture(image, Format::Png);
        step.apply(&mut picture, &environment()).unwrap();
        picture.image
    }

    #[test]
    fn quarter_turns_only_move_pixels() {
        let original = photo(5, 3);
        for (degrees, size, corner) in [
            (90, (3, 5), (0, 2)),
            (-270, (3, 5), (0, 2)),
            (180, (5, 3), (4, 2)),
            (270, (3, 5), (4, 0)),
            (360, (5, 3), (0, 0)),
            (0, (5, 3), (0, 0)),
        ] {
            let image = rotated(original.clone(), json!({"degrees": degrees})).to_rgb8();
            assert_eq!(image.dimensions(), size, "{degrees}");
            assert_eq!(image.get_pixel(0, 0), original.get_pixel(corner.0, corner.1), "{degrees}");
        }
    }

    #[test]
    fn another_angle_shows_the_background_in_the_corners() {
        let gray = ImageBuffer::from_pixel(100, 60, Rgb([80_u8; 3]));
        let image = rotated(gray.clone(), json!({"degrees": 45, "background": "#00ff00"}));
        assert!(!image.has_alpha());
        let image = image.to_rgb8();
        assert_eq!(image.dimensions(), (114, 114));
        assert_eq!(image.get_pixel(0, 0).0, [0, 255, 0]);
        assert_eq!(image.get_pixel(57, 57).0, [80; 3]);
        let image = rotated(gray, json!({"degrees": 10.5, "background": "#00000000"})).to_rgba8();
        assert_eq!(image.get_pixel(0, 0).0[3], 0);
    }

    #[test]
    fn it_turns_clockwise() {
        let top_is_white = ImageBuffer::from_fn(41, 41, |_, y| Rgb([if y < 20 { 255_u8 } else { 0 }; 3]));
        let image = rotated(top_is_white, json!({"degrees": 89.9})).to_rgb8();
        let (width, height) = image.dimensions();
        assert!(image.get_pixel(width - 5, height / 2).0[0] > 200, "what was on top is right");
        assert!(image.get_pixel(5, height / 2).0[0] < 50, "what was below is left");
    }
}
