//! A ZIP of pictures, which are not compressed any further.

use super::DOCKET;
use crate::bare::archive::Zip;
use crate::comparison::{Against, Bound, Comparison, Goal, Side as _};

/// Over HTTP, beside `zip -0` to a file.
pub fn comparison() -> Comparison {
    let goals = vec![
        Goal {
            of: DOCKET.to_owned(),
            figure: None,
            against: Against::BestOf(vec![Zip.name()]),
            bound: Bound::AtMost(1.0),
        },
        Goal {
            of: DOCKET.to_owned(),
            figure: Some("memory MB"),
            against: Against::Itself,
            bound: Bound::AtMost(30.0),
        },
    ];
    Comparison {
        title: "ZIP of 50 pictures of 2 MB".to_owned(),
        unit: "seconds",
        sides: vec![Box::new(Zip)],
        goals,
    }
}
