//! Colours as parameters: `#rrggbb` or `#rrggbbaa`.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A colour with its opacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Color([u8; 4]);

/// A text that names no colour.
#[derive(Debug, thiserror::Error)]
#[error("a colour is written #rrggbb or #rrggbbaa")]
pub(crate) struct NotAColor;

impl Color {
    /// `#ffffff`.
    pub const WHITE: Self = Self([255; 4]);

    /// Red, green, blue and opacity.
    pub fn rgba(self) -> [u8; 4] {
        self.0
    }

    /// Whether it has no hue.
    pub fn is_gray(self) -> bool {
        self.0[0] == self.0[1] && self.0[1] == self.0[2]
    }

    /// Whether nothing shows through.
    pub fn is_opaque(self) -> bool {
        self.0[3] == 255
    }

    /// The schema of a colour that is `default` where nobody says.
    pub fn schema(title: &str, description: &str, default: Self) -> Value {
        json!({
            "type": "string", "title": title, "description": description, "default": String::from(default),
            "pattern": "^#([0-9a-fA-F]{6}|[0-9a-fA-F]{8})$", "maxLength": 9, "format": "color",
        })
    }
}

impl std::str::FromStr for Color {
    type Err = NotAColor;

    fn from_str(text: &str) -> Result<Self, NotAColor> {
        let digits = text.strip_prefix('#').ok_or(NotAColor)?;
        let mut rgba = [255; 4];
        match digits.len() {
            6 => hex::decode_to_slice(digits, &mut rgba[..3]).map_err(|_| NotAColor)?,
            8 => hex::decode_to_slice(digits, &mut rgba).map_err(|_| NotAColor)?,
            _ => return Err(NotAColor),
        }
        Ok(Self(rgba))
    }
}

impl TryFrom<String> for Color {
    type Error = NotAColor;

    fn try_from(text: String) -> Result<Self, NotAColor> {
        text.parse()
    }
}

impl From<Color> for String {
    fn from(color: Color) -> Self {
        let digits = if color.is_opaque() { &color.0[..3] } else { &color.0[..] };
        format!("#{}", hex::encode(digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_read_and_written() {
        assert_eq!("#0A0b0c".parse::<Color>().unwrap().rgba(), [10, 11, 12, 255]);
        assert_eq!(String::from("#01020304".parse::<Color>().unwrap()), "#01020304");
        assert_eq!(String::from(Color::WHITE), "#ffffff");
        for bad in ["", "#", "ffffff", "#fff", "#gggggg", "#ffffff0", "#ééé"] {
            assert!(bad.parse::<Color>().is_err(), "{bad}");
        }
    }
}
