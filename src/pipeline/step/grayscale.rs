//! `grayscale`: without colour.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Environment, Parameters};
use crate::pipeline::picture::Picture;

/// `grayscale` has no parameters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Grayscale {}

impl Parameters for Grayscale {
    const KIND: &'static str = "grayscale";
    const TITLE: &'static str = "Grayscale";
    const DESCRIPTION: &'static str =
        "Takes the colour away, as bright as it looks (Rec. 709). A colour profile for RGB goes with it.";

    fn properties(_: &Environment) -> Value {
        json!({})
    }
}

impl Grayscale {
    #[expect(clippy::unused_self, reason = "as every step")]
    pub fn apply(&self, picture: &mut Picture) {
        if picture.image.color().has_color() {
            picture.image = picture.image.grayscale();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::picture;
    use image::{ImageBuffer, Rgba};

    #[test]
    fn green_is_brighter_than_blue_and_opacity_stays() {
        let image =
            ImageBuffer::from_fn(
                2,
                1,
                |x, _| {
                    if x == 0 { Rgba([0_u8, 200, 0, 7]) } else { Rgba([0, 0, 200, 9]) }
                },
            );
        let mut picture = picture(image, Format::Png);
        Grayscale {}.apply(&mut picture);
        assert!(!picture.image.color().has_color());
        let gray = picture.image.to_luma_alpha8();
        assert!(gray.get_pixel(0, 0).0[0] > gray.get_pixel(1, 0).0[0] + 50);
        assert_eq!((gray.get_pixel(0, 0).0[1], gray.get_pixel(1, 0).0[1]), (7, 9));
    }
}
