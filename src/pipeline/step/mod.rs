//! The kinds of steps that pipelines are made of, one file a family.

mod blur;
mod color;
mod convert;
mod crop;
mod flip;
mod grayscale;
mod http;
mod kinds;
mod position;
mod resize;
mod rotate;
mod schema;
mod sharpen;
mod strip_metadata;
mod tone;
mod watermark;

use ab_glyph::FontArc;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

pub use kinds::{StepKind, StepKinds};

pub(crate) use color::Color;
#[cfg(test)]
pub(crate) use kinds::tests::any_json;
pub(crate) use schema::quote;
pub(crate) use tone::Table;

use super::picture::Picture;

/// A step's parameters, checked and typed, ready to run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "parameters", rename_all = "snake_case")]
pub(crate) enum Operation {
    Resize(resize::Resize),
    Crop(crop::Crop),
    Rotate(rotate::Rotate),
    Flip(flip::Flip),
    Brightness(tone::Brightness),
    Contrast(tone::Contrast),
    Grayscale(grayscale::Grayscale),
    Blur(blur::Blur),
    Sharpen(sharpen::Sharpen),
    Watermark(watermark::Watermark),
    Convert(convert::Convert),
    StripMetadata(strip_metadata::StripMetadata),
    Http(http::Http),
}

/// What steps need besides their parameters.
#[derive(Debug, Clone)]
pub(crate) struct Environment {
    /// The most pixels that a picture may have at any time.
    pub max_pixels: u64,
    /// What watermarks are written in.
    pub font: FontArc,
    /// The names of the services that `http` steps may use.
    pub services: BTreeSet<String>,
}

/// A kind's parameters.
trait Parameters: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The kind's name.
    const KIND: &'static str;
    /// What people call it.
    const TITLE: &'static str;
    /// What it does.
    const DESCRIPTION: &'static str;

    /// The JSON Schemas of the parameters by name: each with title, description, bounds and,
    /// unless it is required or may be left open, its default.
    fn properties(environment: &Environment) -> Value;

    /// Which parameters must be given.
    fn required() -> &'static [&'static str] {
        &[]
    }

    /// What a schema does not say well.
    fn check(&self, _environment: &Environment) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Why parameters are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The parameter, where it is one.
    pub parameter: Option<String>,
    /// What is wrong, for people; of bounded length.
    pub message: String,
}

impl Refusal {
    fn at(parameter: &str, message: impl Into<String>) -> Self {
        Self { parameter: Some(parameter.to_owned()), message: message.into() }
    }

    fn whole(message: impl Into<String>) -> Self {
        Self { parameter: None, message: message.into() }
    }
}

/// Why a step could not be done to a picture; no other attempt would go better.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ApplyError {
    /// The step does not fit the picture.
    #[error("{0}")]
    Unfit(String),
    /// The result would have too many pixels.
    #[error("the result would have {width} × {height} pixels; at most {max} in all are allowed")]
    TooLarge { width: u32, height: u32, max: u64 },
}

impl Environment {
    /// Refuses a result of too many pixels before it is made.
    fn admit(&self, width: u32, height: u32) -> Result<(), ApplyError> {
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(ApplyError::TooLarge { width, height, max: self.max_pixels });
        }
        Ok(())
    }
}

impl Operation {
    /// Does the step to a picture in hand. `http`, which needs none, is the processor's own.
    pub fn apply(&self, picture: &mut Picture, environment: &Environment) -> Result<(), ApplyError> {
        match self {
            Self::Resize(step) => step.apply(picture, environment),
            Self::Crop(step) => step.apply(picture),
            Self::Rotate(step) => step.apply(picture, environment),
            Self::Flip(step) => {
                step.apply(picture);
                Ok(())
            }
            Self::Brightness(_) | Self::Contrast(_) => {
                if let Some(table) = self.table() {
                    table.apply(picture);
                }
                Ok(())
            }
            Self::Grayscale(step) => {
                step.apply(picture);
                Ok(())
            }
            Self::Blur(step) => {
                step.apply(picture);
                Ok(())
            }
            Self::Sharpen(step) => {
                step.apply(picture);
                Ok(())
            }
            Self::Watermark(step) => {
                step.apply(picture, environment);
                Ok(())
            }
            Self::Convert(step) => {
                step.apply(picture);
                Ok(())
            }
            Self::StripMetadata(step) => {
                step.apply(picture);
                Ok(())
            }
            Self::Http(_) => Ok(()),
        }
    }

    /// The table of a step that maps every sample by itself; adjacent ones become one pass.
    pub fn table(&self) -> Option<Table> {
        match self {
            Self::Brightness(step) => Some(step.table()),
            Self::Contrast(step) => Some(step.table()),
            _ => None,
        }
    }

    /// The service that an `http` step posts to.
    pub fn service(&self) -> Option<&str> {
        match self {
            Self::Http(step) => Some(&step.service),
            _ => None,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::pipeline::picture::tests::picture;
    use crate::pipeline::picture::{Format, decode, encode};
    use image::{ColorType, DynamicImage};
    use serde_json::json;

    #[test]
    fn every_step_takes_every_kind_of_small_picture() {
        use ColorType::{L8, L16, La8, La16, Rgb8, Rgb16, Rgba8, Rgba16};
        let steps = [
            ("resize", json!({"width": 3, "height": 9, "fit": "contain", "upscale": true})),
            ("resize", json!({"width": 4, "height": 2, "fit": "cover", "upscale": true})),
            ("crop", json!({"width": 2, "height": 2})),
            ("rotate", json!({"degrees": 30})),
            ("flip", json!({"direction": "both"})),
            ("brightness", json!({"brightness": -7})),
            ("contrast", json!({"contrast": 50})),
            ("grayscale", json!({})),
            ("blur", json!({"sigma": 0.3})),
            ("blur", json!({"sigma": 200})),
            ("sharpen", json!({"amount": 5, "sigma": 20})),
            ("watermark", json!({"text": "Docket", "size": 50, "color": "#ff000080"})),
            ("strip_metadata", json!({})),
        ];
        for (kind, parameters) in steps {
            let step: Operation =
                serde_json::from_value(json!({"kind": kind, "parameters": parameters})).unwrap();
            for color in [L8, La8, Rgb8, Rgba8, L16, La16, Rgb16, Rgba16] {
                for (width, height) in [(1, 1), (1, 7), (7, 1), (6, 5)] {
                    let mut picture = picture(DynamicImage::new(width, height, color), Format::Png);
                    step.apply(&mut picture, &environment()).unwrap();
                    let size = picture.size();
                    for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Gif] {
                        picture.target.format = format;
                        let file = encode(picture.clone()).unwrap();
                        assert_eq!(decode(&file, 1_000).unwrap().size(), size, "{kind} {color:?} {format:?}");
                    }
                }
            }
        }
    }

    /// An environment of one service, `upscaler`, and a million pixels.
    pub(crate) fn environment() -> Environment {
        Environment {
            max_pixels: 1_000_000,
            font: kinds::built_in_font(),
            services: ["upscaler".to_owned()].into(),
        }
    }
}
