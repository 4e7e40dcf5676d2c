//! `crop`: a part of the picture.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::position::Position;
use super::{ApplyError, Environment, Parameters, Refusal};
use crate::pipeline::picture::Picture;

/// Parameters of `crop`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Crop {
    width: u32,
    height: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    y: Option<u32>,
    #[serde(default = "center")]
    position: Position,
}

fn center() -> Position {
    Position::Center
}

impl Parameters for Crop {
    const KIND: &'static str = "crop";
    const TITLE: &'static str = "Crop";
    const DESCRIPTION: &'static str = "Keeps a part of the picture: of the given size, at a position or at x and y. \
         What would stick out of the picture is left away.";

    fn properties(_: &Environment) -> Value {
        let side = |title: &str, minimum: u32, description: &str| {
            json!({
                "type": "integer", "minimum": minimum, "maximum": 65_535, "title": title,
                "description": description,
            })
        };
        json!({
            "width": side("Width", 1, "Pixels across to keep."),
            "height": side("Height", 1, "Pixels down to keep."),
            "x": side("Left edge", 0, "Where the part begins, in pixels from the left; goes with y and before position."),
            "y": side("Top edge", 0, "Where the part begins, in pixels from the top; goes with x and before position."),
            "position": Position::schema(
                "Position", "Which part to keep where x and y are left out.", Position::Center),
        })
    }

    fn required() -> &'static [&'static str] {
        &["width", "height"]
    }

    fn check(&self, _: &Environment) -> Result<(), Refusal> {
        match (self.x, self.y) {
            (Some(_), None) => Err(Refusal::at("y", "give x and y together")),
            (None, Some(_)) => Err(Refusal::at("x", "give x and y together")),
            _ => Ok(()),
        }
    }
}

impl Crop {
    pub fn apply(&self, picture: &mut Picture) -> Result<(), ApplyError> {
        let (width, height) = picture.size();
        let (x, y) = match self.x.zip(self.y) {
            Some(corner) => corner,
            None => self.position.place((width, height), (self.width, self.height), 0),
        };
        if x >= width || y >= height {
            return Err(ApplyError::Unfit(format!(
                "the part begins at {x}, {y}, outside of the picture of {width} × {height} pixels"
            )));
        }
        let (kept_width, kept_height) = (self.width.min(width - x), self.height.min(height - y));
        if (kept_width, kept_height) != (width, height) {
            picture.image = picture.image.crop_imm(x, y, kept_width, kept_height);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::{photo, picture};

    fn cropped(parameters: Value) -> Result<Picture, ApplyError> {
        let step: Crop = serde_json::from_value(parameters).unwrap();
        let mut picture = picture(photo(30, 20), Format::Png);
        step.apply(&mut picture).map(|()| picture)
    }

    #[test]
    fn the_pixels_are_those_of_the_part() {
        let original = photo(30, 20);
        for (parameters, corner, size) in [
            (json!({"width": 10, "height": 4, "x": 3, "y": 5}), (3, 5), (10, 4)),
            (json!({"width": 10, "height": 4}), (10, 8), (10, 4)),
            (json!({"width": 10, "height": 4, "position": "bottom_right"}), (20, 16), (10, 4)),
            (json!({"width": 100, "height": 4, "x": 25, "y": 0}), (25, 0), (5, 4)),
            (json!({"width": 100, "height": 100}), (0, 0), (30, 20)),
        ] {
            let image = cropped(parameters).unwrap().image.to_rgb8();
            assert_eq!(image.dimensions(), size);
            assert_eq!(image.get_pixel(0, 0), original.get_pixel(corner.0, corner.1));
            assert_eq!(
                image.get_pixel(size.0 - 1, size.1 - 1),
                original.get_pixel(corner.0 + size.0 - 1, corner.1 + size.1 - 1)
            );
        }
    }

    #[test]
    fn a_part_outside_is_refused() {
        assert!(matches!(
            cropped(json!({"width": 1, "height": 1, "x": 30, "y": 0})),
            Err(ApplyError::Unfit(text)) if text.contains("30 × 20")
        ));
    }
}
