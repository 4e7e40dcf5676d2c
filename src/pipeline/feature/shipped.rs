//! The features that come with the program.

use serde_json::{Value, json};

use super::model::{NewFeature, NewRateLimit, StepSpec};

/// What is there from the start; operators may change all of it.
pub(super) fn shipped() -> Vec<NewFeature> {
    vec![
        NewFeature {
            key: "basic_clean".to_owned(),
            name: "Basic clean".to_owned(),
            description: text(
                "Freshens photographs up: turns them upright, lifts brightness and contrast a little, and removes \
                 camera and location data. Set brightness and contrast from -100 to 100 to taste.",
            ),
            steps: vec![
                step("brightness", "brightness", json!({"brightness": 5})),
                step("contrast", "contrast", json!({"contrast": 8})),
                step("strip_metadata", "strip_metadata", json!({})),
            ],
            ..base()
        },
        NewFeature {
            key: "thumbnail".to_owned(),
            name: "Thumbnail".to_owned(),
            description: text(
                "Small previews of at most 320 by 320 pixels, slightly sharpened, in the picture's own proportions \
                 and format. Set width, height and fit for another size or a square crop.",
            ),
            steps: vec![
                step("resize", "resize", json!({"width": 320, "height": 320, "fit": "inside"})),
                step("sharpen", "sharpen", json!({"amount": 0.4, "sigma": 0.8})),
                step("strip_metadata", "strip_metadata", json!({})),
            ],
            ..base()
        },
        NewFeature {
            key: "watermark".to_owned(),
            name: "Watermark".to_owned(),
            description: text(
                "Writes a line of text over every picture. Set text, position, opacity, size and color.",
            ),
            steps: vec![step("watermark", "watermark", json!({"text": "© Docket"}))],
            ..base()
        },
        NewFeature {
            key: "convert_webp".to_owned(),
            name: "Convert to WebP".to_owned(),
            description: text(
                "Rewrites pictures as WebP, which is usually a third smaller than JPEG at the same quality. Set \
                 quality from 1 to 100, or lossless.",
            ),
            steps: vec![step("convert", "convert", json!({"format": "webp", "quality": 80}))],
            ..base()
        },
    ]
}

/// One quota an item, 50 items, five at a time, ten batches a minute and user.
fn base() -> NewFeature {
    NewFeature {
        quota_cost: 1,
        rate_limit: Some(NewRateLimit { max: 10, per_seconds: 60 }),
        concurrency: Some(5),
        max_items: Some(50),
        ..NewFeature::default()
    }
}

fn text(description: &str) -> Option<String> {
    Some(description.to_owned())
}

fn step(name: &str, kind: &str, parameters: Value) -> StepSpec {
    StepSpec { name: name.to_owned(), kind: kind.to_owned(), parameters }
}
