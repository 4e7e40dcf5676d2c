//! `convert`: into another format.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Color, Environment, Parameters};
use crate::pipeline::picture::{Format, Picture, Target};

/// Parameters of `convert`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Convert {
    format: Format,
    #[serde(default = "quality")]
    quality: u8,
    #[serde(default)]
    lossless: bool,
    #[serde(default = "white")]
    background: Color,
}

fn quality() -> u8 {
    Target::DEFAULT_QUALITY
}

fn white() -> Color {
    Color::WHITE
}

impl Parameters for Convert {
    const KIND: &'static str = "convert";
    const TITLE: &'static str = "Convert";
    const DESCRIPTION: &'static str =
        "Writes the picture in another format, or in the same with another quality.";

    fn properties(_: &Environment) -> Value {
        json!({
            "format": {
                "type": "string", "enum": ["jpeg", "png", "webp", "gif"], "title": "Format",
                "description": "What to write. GIF has 256 colours and keeps no colour profile.",
            },
            "quality": {
                "type": "integer", "minimum": 1, "maximum": 100, "default": Target::DEFAULT_QUALITY,
                "title": "Quality",
                "description": "For JPEG and WebP: 1 is smallest, 100 best. PNG and GIF do not use it.",
            },
            "lossless": {
                "type": "boolean", "default": false, "title": "Lossless",
                "description": "For WebP: every pixel as it is.",
            },
            "background": Color::schema(
                "Background", "For JPEG: what shows where the picture is transparent.", Color::WHITE),
        })
    }

    fn required() -> &'static [&'static str] {
        &["format"]
    }
}

impl Convert {
    pub fn apply(&self, picture: &mut Picture) {
        picture.target = Target {
            format: self.format,
            quality: self.quality,
            lossless: self.lossless,
            background: self.background,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::tests::{photo, picture};
    use crate::pipeline::picture::{decode, encode};

    fn converted(parameters: Value) -> Vec<u8> {
        let step: Convert = serde_json::from_value(parameters).unwrap();
        let mut picture = picture(photo(120, 90), Format::Png);
        step.apply(&mut picture);
        encode(picture).unwrap()
    }

    #[test]
    fn the_result_is_of_the_format_asked_for() {
        for (name, format) in
            [("jpeg", Format::Jpeg), ("png", Format::Png), ("webp", Format::WebP), ("gif", Format::Gif)]
        {
            let file = converted(json!({"format": name}));
            assert_eq!(decode(&file, 1_000_000).unwrap().target.format, format);
        }
    }

    #[test]
    fn quality_costs_bytes_and_lossless_is_exact() {
        for format in ["jpeg", "webp"] {
            let small = converted(json!({"format": format, "quality": 5})).len();
            let large = converted(json!({"format": format, "quality": 98})).len();
            assert!(small * 2 < large, "{format}: {small} and {large}");
        }
        let exact = converted(json!({"format": "webp", "lossless": true}));
        let picture = decode(&exact, 1_000_000).unwrap();
        assert_eq!(picture.image.to_rgb8(), photo(120, 90));
        assert!(picture.target.lossless, "and it stays so when it is written again");
    }
}
