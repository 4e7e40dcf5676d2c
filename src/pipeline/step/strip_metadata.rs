//! `strip_metadata`: nothing but the picture.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Environment, Parameters};
use crate::pipeline::picture::Picture;

/// Parameters of `strip_metadata`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StripMetadata {
    #[serde(default = "yes")]
    keep_color_profile: bool,
}

fn yes() -> bool {
    true
}

impl Parameters for StripMetadata {
    const KIND: &'static str = "strip_metadata";
    const TITLE: &'static str = "Strip metadata";
    const DESCRIPTION: &'static str = "Leaves out what the file says beside the picture: camera, place, time, author. The orientation \
         has been applied to the pixels.";

    fn properties(_: &Environment) -> Value {
        json!({
            "keep_color_profile": {
                "type": "boolean", "default": true, "title": "Keep colour profile",
                "description": "Without its profile a picture in other than sRGB colours looks wrong.",
            },
        })
    }
}

impl StripMetadata {
    pub fn apply(&self, picture: &mut Picture) {
        picture.exif = None;
        if !self.keep_color_profile {
            picture.color_profile = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::picture::Format;
    use crate::pipeline::picture::tests::{photo, picture};

    #[test]
    fn exif_goes_and_the_profile_only_on_request() {
        for keep_color_profile in [true, false] {
            let mut picture = picture(photo(2, 2), Format::Jpeg);
            picture.exif = Some(vec![1]);
            picture.color_profile = Some(vec![2]);
            StripMetadata { keep_color_profile }.apply(&mut picture);
            assert_eq!(
                (picture.exif.is_some(), picture.color_profile.is_some()),
                (false, keep_color_profile)
            );
        }
    }
}
