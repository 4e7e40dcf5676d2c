//! `flip`: mirrored.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use image::metadata::Orientation;

use super::{Environment, Parameters};
use crate::pipeline::picture::Picture;

/// Parameters of `flip`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flip {
    #[serde(default)]
    direction: Direction,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Direction {
    #[default]
    Horizontal,
    Vertical,
    Both,
}

impl Parameters for Flip {
    const KIND: &'static str = "flip";
    const TITLE: &'static str = "Flip";
    const DESCRIPTION: &'static str = "Mirrors the picture.";

    fn properties(_: &Environment) -> Value {
        json!({
            "direction": {
                "type": "string", "enum": ["horizontal", "vertical", "both"], "default": "horizontal",
                "title": "Direction",
                "description": "Horizontal exchanges left and right, vertical top and bottom.",
            },
        })
    }
}

impl Flip {
    pub fn apply(&self, picture: &mut Picture) {
        picture.image.apply_orientation(match self.direction {
            Direction::Horizontal => Orientation::FlipHorizontal,
            Direction::Vertical => Orientation::FlipVertical,
            Direction::Both => Orientation::Rotate180,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::{photo, picture};

    #[test]
    fn corners_change_places() {
        let original = photo(5, 4);
        for (direction, corner) in
            [(Direction::Horizontal, (4, 0)), (Direction::Vertical, (0, 3)), (Direction::Both, (4, 3))]
        {
            let mut picture = picture(original.clone(), Format::Png);
            Flip { direction }.apply(&mut picture);
            assert_eq!(picture.image.to_rgb8().get_pixel(0, 0), original.get_pixel(corner.0, corner.1));
        }
    }
}
