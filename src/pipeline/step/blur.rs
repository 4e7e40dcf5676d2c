//! `blur`: soft.

use fast_image_resize::MulDiv;
use image::DynamicImage;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Environment, Parameters};
use crate::pipeline::picture::Picture;

/// Parameters of `blur`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Blur {
    #[serde(default = "two")]
    sigma: f32,
}

fn two() -> f32 {
    2.0
}

impl Parameters for Blur {
    const KIND: &'static str = "blur";
    const TITLE: &'static str = "Blur";
    const DESCRIPTION: &'static str = "Softens the picture (three box blurs, which is close to a Gaussian).";

    fn properties(_: &Environment) -> Value {
        json!({
            "sigma": {
                "type": "number", "minimum": 0.3, "maximum": 200, "default": 2, "title": "Radius",
                "description": "How far the blur reaches: the Gaussian's sigma in pixels.",
            },
        })
    }
}

impl Blur {
    pub fn apply(&self, picture: &mut Picture) {
        picture.reduce_to_eight_bits();
        picture.image = blurred(&picture.image, self.sigma);
    }
}

/// `image`, of 8 bits a channel, blurred. What is transparent lends no colour to what is not.
pub(super) fn blurred(image: &DynamicImage, sigma: f32) -> DynamicImage {
    if !image.has_alpha() {
        return image.fast_blur(sigma);
    }
    let alpha = MulDiv::new();
    let mut weighed = image.clone();
    // Both cover every 8-bit image with opacity; anything else is blurred as it stands.
    if alpha.multiply_alpha_inplace(&mut weighed).is_err() {
        return image.fast_blur(sigma);
    }
    let mut blurred = weighed.fast_blur(sigma);
    if alpha.divide_alpha_inplace(&mut blurred).is_err() {
        return image.fast_blur(sigma);
    }
    blurred
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::picture;
    use image::{ImageBuffer, Luma, Rgba};

    #[test]
    fn an_edge_becomes_a_slope_and_the_sum_stays() {
        let edge = ImageBuffer::from_fn(60, 20, |x, _| Luma([if x < 30 { 0_u8 } else { 200 }]));
        let mut picture = picture(edge, Format::Png);
        Blur { sigma: 3.0 }.apply(&mut picture);
        let row: Vec<u8> = (0..60).map(|x| picture.image.to_luma8().get_pixel(x, 10).0[0]).collect();
        assert!(row.windows(2).all(|pair| pair[0] <= pair[1]), "{row:?}");
        assert!(row[29] > 60 && row[30] < 140 && row[5] == 0 && row[55] == 200, "{row:?}");
    }

    #[test]
    fn transparent_red_does_not_bleed_into_opaque_white() {
        let image = ImageBuffer::from_fn(40, 40, |x, _| {
            if x < 20 { Rgba([255_u8, 0, 0, 0]) } else { Rgba([255, 255, 255, 255]) }
        });
        let mut picture = picture(image, Format::Png);
        Blur { sigma: 4.0 }.apply(&mut picture);
        let pixel = picture.image.to_rgba8().get_pixel(21, 20).0;
        assert!(pixel[1] > 240 && pixel[3] < 250, "{pixel:?}");
    }
}
