//! `brightness` and `contrast`: every sample by itself, through a table of 256 bytes.
//!
//! Adjacent steps of this family become one table and one pass over the picture.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Environment, Parameters};
use crate::pipeline::picture::Picture;

/// Parameters of `brightness`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Brightness {
    #[serde(default)]
    brightness: i32,
}

/// Parameters of `contrast`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contrast {
    #[serde(default)]
    contrast: i32,
}

impl Parameters for Brightness {
    const KIND: &'static str = "brightness";
    const TITLE: &'static str = "Brightness";
    const DESCRIPTION: &'static str = "Makes the picture brighter or darker.";

    fn properties(_: &Environment) -> Value {
        json!({
            "brightness": {
                "type": "integer", "minimum": -100, "maximum": 100, "default": 0, "title": "Brightness",
                "description": "From −100 (all black) over 0 (as it is) to 100 (all white).",
            },
        })
    }
}

impl Parameters for Contrast {
    const KIND: &'static str = "contrast";
    const TITLE: &'static str = "Contrast";
    const DESCRIPTION: &'static str = "Draws light and dark apart or together.";

    fn properties(_: &Environment) -> Value {
        json!({
            "contrast": {
                "type": "integer", "minimum": -100, "maximum": 100, "default": 0, "title": "Contrast",
                "description": "From −100 (all grey) over 0 (as it is) to 100 (nearly black and white).",
            },
        })
    }
}

impl Brightness {
    pub fn table(&self) -> Table {
        let shift = i64::from(self.brightness) * 255;
        Table::from_fn(|sample| i64::from(sample) + (shift + shift.signum() * 50) / 100)
    }
}

impl Contrast {
    /// The usual curve: a slope through the middle that is 0, 1 and about 130 at −100, 0 and 100.
    pub fn table(&self) -> Table {
        let strength = f64::from(self.contrast) * 2.55;
        let slope = 259.0 * (255.0 + strength) / (255.0 * (259.0 - strength));
        #[expect(clippy::cast_possible_truncation, reason = "at most some 17,000")]
        Table::from_fn(|sample| (slope * (f64::from(sample) - 128.0)).round() as i64 + 128)
    }
}

/// What becomes of each of the 256 values of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table([u8; 256]);

impl Table {
    fn from_fn(map: impl Fn(u8) -> i64) -> Self {
        let mut table = [0; 256];
        for (sample, mapped) in (0..=u8::MAX).zip(&mut table) {
            *mapped = u8::try_from(map(sample).clamp(0, 255)).unwrap_or(u8::MAX);
        }
        Self(table)
    }

    /// This and then `next`, in one.
    pub fn then(&self, next: &Self) -> Self {
        Self(self.0.map(|sample| next.0[usize::from(sample)]))
    }

    /// Maps every sample of the picture except opacity.
    pub fn apply(&self, picture: &mut Picture) {
        if (0..=u8::MAX).zip(&self.0).all(|(sample, mapped)| sample == *mapped) {
            return;
        }
        let (samples, channels) = picture.samples_mut();
        match channels {
            1 | 3 => map_all(&self.0, samples),
            channels => {
                for pixel in samples.chunks_exact_mut(channels) {
                    map_all(&self.0, &mut pixel[..channels - 1]);
                }
            }
        }
    }
}

fn map_all(table: &[u8; 256], samples: &mut [u8]) {
    for sample in samples {
        *sample = table[usize::from(*sample)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::picture;
    use image::{DynamicImage, ImageBuffer, LumaA, Rgb, Rgba};
    use proptest::prelude::*;

    #[test]
    fn the_ends_and_the_middle_of_the_scales() {
        let brightness = |brightness| Brightness { brightness }.table().0;
        assert!(brightness(0).iter().enumerate().all(|(at, mapped)| at == usize::from(*mapped)));
        assert_eq!((brightness(100)[0], brightness(-100)[255]), (255, 0));
        assert_eq!((brightness(10)[100], brightness(-10)[100], brightness(10)[250]), (126, 74, 255));
        let contrast = |contrast| Contrast { contrast }.table().0;
        assert!(contrast(0).iter().enumerate().all(|(at, mapped)| at == usize::from(*mapped)));
        assert_eq!(contrast(-100), [128; 256]);
        assert_eq!((contrast(100)[120], contrast(100)[128], contrast(100)[136]), (0, 128, 255));
        assert!(contrast(20)[60] < 60 && contrast(20)[200] > 200 && contrast(-20)[60] > 60);
    }

    #[test]
    fn opacity_is_left_alone_and_deep_pictures_are_worked_on_in_bytes() {
        let table = Brightness { brightness: 100 }.table();
        let mut rgba = picture(ImageBuffer::from_pixel(2, 2, Rgba([1_u8, 2, 3, 4])), Format::Png);
        table.apply(&mut rgba);
        assert_eq!(rgba.image.to_rgba8().get_pixel(1, 1).0, [255, 255, 255, 4]);
        let mut gray = picture(ImageBuffer::from_pixel(2, 2, LumaA([1_u8, 2])), Format::Png);
        table.apply(&mut gray);
        assert_eq!(gray.image.to_luma_alpha8().get_pixel(1, 1).0, [255, 2]);
        let deep = DynamicImage::ImageRgb16(ImageBuffer::from_pixel(2, 2, Rgb([257_u16, 514, 771])));
        let mut deep = picture(deep, Format::Png);
        Brightness { brightness: -100 }.table().apply(&mut deep);
        assert_eq!(deep.image.to_rgb8().get_pixel(0, 0).0, [0; 3]);
    }

    proptest! {
        #[test]
        fn one_pass_is_the_same_as_two(brightness in -100..=100, contrast in -100..=100, pixel: [u8; 3]) {
            let first = Brightness { brightness }.table();
            let second = Contrast { contrast }.table();
            let image = ImageBuffer::from_pixel(3, 2, Rgb(pixel));
            let mut one = picture(image.clone(), Format::Png);
            first.then(&second).apply(&mut one);
            let mut two = picture(image, Format::Png);
            first.apply(&mut two);
            second.apply(&mut two);
            prop_assert_eq!(one.image, two.image);
        }

        #[test]
        fn more_is_never_darker(less in -100..100, sample: u8) {
            let darker = Brightness { brightness: less }.table().0[usize::from(sample)];
            let brighter = Brightness { brightness: less + 1 }.table().0[usize::from(sample)];
            prop_assert!(darker <= brighter);
        }
    }
}
