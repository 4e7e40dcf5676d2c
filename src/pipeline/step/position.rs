//! One of nine places in a picture.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Where something is put or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Position {
    TopLeft,
    Top,
    TopRight,
    Left,
    Center,
    Right,
    BottomLeft,
    Bottom,
    BottomRight,
}

impl Position {
    /// The schema of a position that is `default` where nobody says.
    pub fn schema(title: &str, description: &str, default: Self) -> Value {
        json!({
            "type": "string", "title": title, "description": description, "default": default,
            "enum": [
                "top_left", "top", "top_right", "left", "center", "right", "bottom_left", "bottom", "bottom_right",
            ],
        })
    }

    /// Where a thing of the size `inner` begins in one of the size `outer`, at least `margin`
    /// from the edges that it touches. Zero where it does not fit.
    pub fn place(self, outer: (u32, u32), inner: (u32, u32), margin: u32) -> (u32, u32) {
        let (across, down) = match self {
            Self::TopLeft => (0, 0),
            Self::Top => (1, 0),
            Self::TopRight => (2, 0),
            Self::Left => (0, 1),
            Self::Center => (1, 1),
            Self::Right => (2, 1),
            Self::BottomLeft => (0, 2),
            Self::Bottom => (1, 2),
            Self::BottomRight => (2, 2),
        };
        let along = |third: u32, outer: u32, inner: u32| {
            let room = outer.saturating_sub(inner);
            match third {
                0 => margin.min(room),
                1 => room / 2,
                _ => room - margin.min(room),
            }
        };
        (along(across, outer.0, inner.0), along(down, outer.1, inner.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nine_places() {
        let place = |position: Position| position.place((100, 50), (20, 10), 5);
        assert_eq!(place(Position::TopLeft), (5, 5));
        assert_eq!(place(Position::Center), (40, 20));
        assert_eq!(place(Position::BottomRight), (75, 35));
        assert_eq!(place(Position::Left), (5, 20));
        assert_eq!(Position::BottomRight.place((10, 10), (20, 20), 5), (0, 0));
    }
}
