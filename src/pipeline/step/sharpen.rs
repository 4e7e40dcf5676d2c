//! `sharpen`: an unsharp mask.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::blur::blurred;
use super::{Environment, Parameters};
use crate::pipeline::picture::Picture;

/// Parameters of `sharpen`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sharpen {
    #[serde(default = "half")]
    amount: f32,
    #[serde(default = "one")]
    sigma: f32,
}

fn half() -> f32 {
    0.5
}

fn one() -> f32 {
    1.0
}

impl Parameters for Sharpen {
    const KIND: &'static str = "sharpen";
    const TITLE: &'static str = "Sharpen";
    const DESCRIPTION: &'static str = "Brings out edges: adds what a blur would take away.";

    fn properties(_: &Environment) -> Value {
        json!({
            "amount": {
                "type": "number", "minimum": 0, "maximum": 5, "default": 0.5, "title": "Amount",
                "description": "How strongly: 0 leaves the picture as it is.",
            },
            "sigma": {
                "type": "number", "minimum": 0.3, "maximum": 20, "default": 1, "title": "Radius",
                "description": "How wide the edges are that are brought out, in pixels.",
            },
        })
    }
}

impl Sharpen {
    pub fn apply(&self, picture: &mut Picture) {
        picture.reduce_to_eight_bits();
        let soft = blurred(&picture.image, self.sigma);
        #[expect(clippy::cast_possible_truncation, reason = "0 to 1280")]
        let amount = (self.amount * 256.0).round() as i32;
        let (samples, channels) = picture.samples_mut();
        let color_channels = if channels % 2 == 0 { channels - 1 } else { channels };
        for (pixel, soft) in samples.chunks_exact_mut(channels).zip(soft.as_bytes().chunks_exact(channels)) {
            for (sample, soft) in pixel[..color_channels].iter_mut().zip(soft) {
                let (sharp, soft) = (i32::from(*sample), i32::from(*soft));
                let mapped = sharp + (((sharp - soft) * amount + 128) >> 8);
                *sample = u8::try_from(mapped.clamp(0, 255)).unwrap_or(u8::MAX);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::{photo, picture};
    use image::{ImageBuffer, Rgb, Rgba};

    #[test]
    fn edges_stand_out_and_flat_parts_stay() {
        let edge = ImageBuffer::from_fn(40, 10, |x, _| Rgb([if x < 20 { 80_u8 } else { 160 }; 3]));
        let mut picture = picture(edge, Format::Png);
        Sharpen { amount: 1.0, sigma: 1.0 }.apply(&mut picture);
        let image = picture.image.to_rgb8();
        assert!(image.get_pixel(19, 5).0[0] < 75 && image.get_pixel(20, 5).0[0] > 165);
        assert_eq!((image.get_pixel(5, 5).0, image.get_pixel(35, 5).0), ([80; 3], [160; 3]));
    }

    #[test]
    fn nothing_is_nothing_and_opacity_stays() {
        let mut same = picture(photo(20, 20), Format::Png);
        Sharpen { amount: 0.0, sigma: 2.0 }.apply(&mut same);
        assert_eq!(same.image.to_rgb8(), photo(20, 20));
        let image =
            ImageBuffer::from_fn(20, 20, |x, _| Rgba([x as u8 * 12, 0, 0, if x < 10 { 30 } else { 200 }]));
        let mut picture = picture(image.clone(), Format::Png);
        Sharpen { amount: 3.0, sigma: 1.0 }.apply(&mut picture);
        let sharp = picture.image.to_rgba8();
        assert!(sharp.pixels().zip(image.pixels()).all(|(a, b)| a.0[3] == b.0[3]));
    }
}
