//! `resize`: to another number of pixels.

use fast_image_resize::images::CroppedImage;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{DynamicImage, GenericImage, Rgba};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{ApplyError, Color, Environment, Parameters, Refusal};
use crate::pipeline::picture::Picture;

/// The most pixels a side that can be asked for.
const MAX_SIDE: u32 = 20_000;

/// Parameters of `resize`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Resize {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    height: Option<u32>,
    #[serde(default)]
    fit: Fit,
    #[serde(default)]
    upscale: bool,
    #[serde(default = "white")]
    background: Color,
}

fn white() -> Color {
    Color::WHITE
}

/// How a picture of other proportions goes into the box.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fit {
    /// As large as fits into the box.
    #[default]
    Inside,
    /// As large as fits, with bars up to the box.
    Contain,
    /// As small as covers the box, with what sticks out cut off.
    Cover,
    /// Stretched to the box.
    Fill,
}

impl Parameters for Resize {
    const KIND: &'static str = "resize";
    const TITLE: &'static str = "Resize";
    const DESCRIPTION: &'static str = "Brings the picture to another size in pixels, keeping its proportions unless told \
         otherwise. Give a width, a height or both; a picture is not enlarged unless asked.";

    fn properties(_: &Environment) -> Value {
        json!({
            "width": {
                "type": "integer", "minimum": 1, "maximum": MAX_SIDE, "title": "Width",
                "description": "Pixels across; follows from the height where it is left out.",
            },
            "height": {
                "type": "integer", "minimum": 1, "maximum": MAX_SIDE, "title": "Height",
                "description": "Pixels down; follows from the width where it is left out.",
            },
            "fit": {
                "type": "string", "enum": ["inside", "contain", "cover", "fill"], "default": "inside",
                "title": "Fit",
                "description": "What to do where both sides are given and the proportions differ: stay inside, \
                                fill up with bars (contain), cut off what sticks out (cover), or stretch (fill).",
            },
            "upscale": {
                "type": "boolean", "default": false, "title": "Enlarge",
                "description": "Whether a picture that is smaller may be enlarged.",
            },
            "background": Color::schema("Bars", "The colour of the bars that contain adds.", Color::WHITE),
        })
    }

    fn check(&self, _: &Environment) -> Result<(), Refusal> {
        match (self.width, self.height) {
            (None, None) => Err(Refusal::whole("give width, height or both")),
            _ => Ok(()),
        }
    }
}

/// What is to be done, in pixels.
#[derive(Debug, PartialEq, Eq)]
struct Plan {
    /// The part of the source that is used: left, top, width, height.
    crop: (u32, u32, u32, u32),
    /// What it is scaled to.
    scaled: (u32, u32),
    /// What it is centred on, where that is larger.
    canvas: (u32, u32),
}

impl Resize {
    pub fn apply(&self, picture: &mut Picture, environment: &Environment) -> Result<(), ApplyError> {
        let plan = self.plan(picture.size());
        environment.admit(plan.canvas.0, plan.canvas.1)?;
        environment.admit(plan.scaled.0, plan.scaled.1)?;
        if plan.crop != (0, 0, plan.scaled.0, plan.scaled.1) || picture.size() != plan.scaled {
            picture.image = scale(&picture.image, &plan)?;
        }
        if plan.canvas != plan.scaled {
            self.add_bars(picture, plan.canvas);
        }
        Ok(())
    }

    fn plan(&self, (width, height): (u32, u32)) -> Plan {
        let whole = (0, 0, width, height);
        let box_width = self.width.unwrap_or(u32::MAX);
        let box_height = self.height.unwrap_or(u32::MAX);
        let capped = |side: u32, own: u32| if self.upscale { side } else { side.min(own) };
        let Some((box_width, box_height)) = self.width.zip(self.height) else {
            let scaled = inside((width, height), (capped(box_width, width), capped(box_height, height)));
            return Plan { crop: whole, scaled, canvas: scaled };
        };
        match self.fit {
            Fit::Fill => {
                let scaled = (capped(box_width, width), capped(box_height, height));
                Plan { crop: whole, scaled, canvas: scaled }
            }
            Fit::Inside | Fit::Contain => {
                let scaled = if !self.upscale && width <= box_width && height <= box_height {
                    (width, height)
                } else {
                    inside((width, height), (box_width, box_height))
                };
                let canvas = if self.fit == Fit::Contain { (box_width, box_height) } else { scaled };
                Plan { crop: whole, scaled, canvas }
            }
            Fit::Cover => {
                let small = width < box_width || height < box_height;
                if small && !self.upscale {
                    // Too small to cover the box: cut off what sticks out of it, and leave the rest.
                    let (kept_width, kept_height) = (width.min(box_width), height.min(box_height));
                    let crop =
                        ((width - kept_width) / 2, (height - kept_height) / 2, kept_width, kept_height);
                    return Plan {
                        crop,
                        scaled: (kept_width, kept_height),
                        canvas: (kept_width, kept_height),
                    };
                }
                // The largest part of the source that has the box's proportions.
                let (part_width, part_height) = inside((box_width, box_height), (width, height));
                let crop = ((width - part_width) / 2, (height - part_height) / 2, part_width, part_height);
                Plan { crop, scaled: (box_width, box_height), canvas: (box_width, box_height) }
            }
        }
    }

    fn add_bars(&self, picture: &mut Picture, (width, height): (u32, u32)) {
        picture.reduce_to_eight_bits();
        let inner = std::mem::take(&mut picture.image);
        let (left, top) = ((width - inner.width()) / 2, (height - inner.height()) / 2);
        let transparent = inner.has_alpha() || !self.background.is_opaque();
        let colored = inner.color().has_color() || !self.background.is_gray();
        let mut canvas = match (colored, transparent) {
            (false, false) => DynamicImage::new_luma8(width, height),
            (false, true) => DynamicImage::new_luma_a8(width, height),
            (true, false) => DynamicImage::new_rgb8(width, height),
            (true, true) => DynamicImage::new_rgba8(width, height),
        };
        let background = Rgba(self.background.rgba());
        for y in 0..height {
            let beside = y < top || y >= top + inner.height();
            for x in (0..width).filter(|x| beside || *x < left || *x >= left + inner.width()) {
                canvas.put_pixel(x, y, background);
            }
        }
        image::imageops::replace(&mut canvas, &inner, left.into(), top.into());
        picture.image = canvas;
    }
}

/// The largest size of the proportions of `of` that fits into `bounds`; at least one pixel.
fn inside(of: (u32, u32), bounds: (u32, u32)) -> (u32, u32) {
    let (width, height) = (u64::from(of.0), u64::from(of.1));
    let (most_width, most_height) = (u64::from(bounds.0), u64::from(bounds.1));
    let share = |side: u64, of: u64, to: u64| (side * to + of / 2) / of;
    let (width, height) = if most_width * height <= most_height * width {
        (most_width, share(height, width, most_width).min(most_height))
    } else {
        (share(width, height, most_height).min(most_width), most_height)
    };
    let narrow = |side: u64| u32::try_from(side).unwrap_or(u32::MAX).max(1);
    (narrow(width), narrow(height))
}

fn scale(source: &DynamicImage, plan: &Plan) -> Result<DynamicImage, ApplyError> {
    let unfit = |error: &dyn std::fmt::Display| ApplyError::Unfit(format!("it cannot be resized: {error}"));
    let (left, top, width, height) = plan.crop;
    let part = CroppedImage::new(source, left, top, width, height).map_err(|error| unfit(&error))?;
    let mut target = DynamicImage::new(plan.scaled.0, plan.scaled.1, source.color());
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&part, &mut target, &options).map_err(|error| unfit(&error))?;
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::picture;
    use crate::pipeline::step::tests::environment;
    use image::{ImageBuffer, Luma, Rgb, RgbImage};
    use proptest::prelude::*;

    fn resize(parameters: Value) -> Resize {
        serde_json::from_value(parameters).unwrap()
    }

    /// What size a picture of 400 × 200 comes out at, and how much of it is used.
    fn sizes(parameters: Value) -> ((u32, u32), (u32, u32)) {
        let plan = resize(parameters).plan((400, 200));
        (plan.canvas, (plan.crop.2, plan.crop.3))
    }

    #[test]
    fn each_fit_has_its_size() {
        for (parameters, size, used) in [
            (json!({"width": 100}), (100, 50), (400, 200)),
            (json!({"height": 100}), (200, 100), (400, 200)),
            (json!({"width": 100, "height": 100}), (100, 50), (400, 200)),
            (json!({"width": 100, "height": 100, "fit": "contain"}), (100, 100), (400, 200)),
            (json!({"width": 100, "height": 100, "fit": "cover"}), (100, 100), (200, 200)),
            (json!({"width": 100, "height": 100, "fit": "fill"}), (100, 100), (400, 200)),
            (json!({"width": 800}), (400, 200), (400, 200)),
            (json!({"width": 800, "upscale": true}), (800, 400), (400, 200)),
            (json!({"width": 800, "height": 800, "fit": "contain"}), (800, 800), (400, 200)),
            (json!({"width": 800, "height": 100, "fit": "fill"}), (400, 100), (400, 200)),
            (json!({"width": 800, "height": 100, "fit": "cover"}), (400, 100), (400, 100)),
            (json!({"width": 800, "height": 800, "fit": "cover", "upscale": true}), (800, 800), (200, 200)),
        ] {
            assert_eq!(sizes(parameters.clone()), (size, used), "{parameters}");
        }
    }

    #[test]
    fn pixels_are_averaged_not_picked() {
        let board = ImageBuffer::from_fn(64, 64, |x, y| Rgb([if (x + y) % 2 == 0 { 0_u8 } else { 255 }; 3]));
        let mut picture = picture(board, Format::Png);
        resize(json!({"width": 8})).apply(&mut picture, &environment()).unwrap();
        assert_eq!(picture.size(), (8, 8));
        assert!(picture.image.to_rgb8().iter().all(|sample| sample.abs_diff(128) < 6));
    }

    #[test]
    fn cover_keeps_the_middle() {
        let stripes = ImageBuffer::from_fn(300, 100, |x, _| {
            Rgb([if x < 100 {
                10_u8
            } else if x < 200 {
                120
            } else {
                240
            }; 3])
        });
        let mut picture = picture(stripes, Format::Png);
        resize(json!({"width": 50, "height": 50, "fit": "cover"}))
            .apply(&mut picture, &environment())
            .unwrap();
        let image = picture.image.to_rgb8();
        assert_eq!(image.dimensions(), (50, 50));
        assert!(image.pixels().all(|pixel| pixel.0[0].abs_diff(120) < 3));
    }

    #[test]
    fn contain_adds_bars_of_the_color_asked_for() {
        let mut picture = picture(ImageBuffer::from_pixel(40, 20, Luma([90_u8])), Format::Png);
        let parameters = json!({"width": 40, "height": 40, "fit": "contain", "background": "#ff0000"});
        resize(parameters).apply(&mut picture, &environment()).unwrap();
        let image = picture.image.to_rgb8();
        for (y, expected) in
            [(0, [255, 0, 0]), (9, [255, 0, 0]), (10, [90; 3]), (29, [90; 3]), (30, [255, 0, 0])]
        {
            assert_eq!(image.get_pixel(5, y).0, expected, "row {y}");
        }
    }

    #[test]
    fn a_result_of_too_many_pixels_is_refused_before_it_is_made() {
        let mut picture = picture(RgbImage::new(10, 10), Format::Png);
        let error = resize(json!({"width": 2000, "upscale": true})).apply(&mut picture, &environment());
        assert_eq!(error, Err(ApplyError::TooLarge { width: 2000, height: 2000, max: 1_000_000 }));
    }

    proptest! {
        #[test]
        fn plans_stay_within_the_source_and_the_box(
            width in 1_u32..3_000, height in 1_u32..3_000,
            box_width in prop::option::of(1_u32..3_000), box_height in prop::option::of(1_u32..3_000),
            fit in prop::sample::select(vec![Fit::Inside, Fit::Contain, Fit::Cover, Fit::Fill]),
            upscale in any::<bool>(),
        ) {
            prop_assume!(box_width.is_some() || box_height.is_some());
            let step = Resize { width: box_width, height: box_height, fit, upscale, background: Color::WHITE };
            let plan = step.plan((width, height));
            prop_assert!(plan.crop.0 + plan.crop.2 <= width && plan.crop.1 + plan.crop.3 <= height);
            prop_assert!(plan.crop.2 >= 1 && plan.crop.3 >= 1 && plan.scaled.0 >= 1 && plan.scaled.1 >= 1);
            prop_assert!(plan.scaled.0 <= plan.canvas.0 && plan.scaled.1 <= plan.canvas.1);
            prop_assert!(box_width.is_none_or(|most| plan.canvas.0 <= most));
            prop_assert!(box_height.is_none_or(|most| plan.canvas.1 <= most));
            if !upscale {
                prop_assert!(plan.scaled.0 <= width && plan.scaled.1 <= height);
            }
        }
    }
}
