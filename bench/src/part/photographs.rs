//! A batch of real photographs of 12 megapixels through `basic_clean`.

use std::collections::HashMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use super::DOCKET;
use crate::bare::photographs::{Bare, write_photographs};
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::program::{self, Place, text_at};
use crate::stage::Stage;

/// Docket's program beside the same operations called bare.
///
/// # Errors
/// Where the photographs could not be written.
pub fn comparison(stage: &Stage) -> Outcome<Comparison> {
    let photographs = write_photographs(&stage.empty_folder("photographs")?, stage.scale.pictures)?;
    let bare = Bare { photographs: photographs.clone() };
    let goals = vec![Goal {
        of: DOCKET.to_owned(),
        figure: None,
        against: Against::BestOf(vec![bare.name()]),
        bound: Bound::AtMost(1.3),
    }];
    Ok(Comparison {
        title: format!("A batch of {} photographs of 12 megapixels", stage.scale.pictures),
        unit: "seconds",
        sides: vec![Box::new(Docket { photographs }), Box::new(bare)],
        goals,
    })
}

/// From the batch's creation to its end; the photographs were uploaded before.
struct Docket {
    photographs: Vec<PathBuf>,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        DOCKET.to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let place = Place { folder: stage.empty_folder("photographs_docket")?, ..Place::default() };
        let docket = program::Docket::start(&place).await?;
        let images = upload_all(&docket, &self.photographs).await?;
        let batch = docket.create("alice", "basic_clean", &images).await?;
        let ended = docket.until_success("alice", &batch).await?;
        let peak = docket.server.peak_memory()?;
        docket.server.stop().await?;
        let time = |pointer| -> Outcome<DateTime<Utc>> { Ok(text_at(&ended, pointer)?.parse()?) };
        let seconds = (time("/finishedAt")? - time("/createdAt")?).as_seconds_f64();
        Ok(Measured::of(seconds).with("peak memory MB", peak))
    }
}

/// Uploads each file once, however often it is named; an address for each.
///
/// # Errors
/// Where one is refused.
pub async fn upload_all(docket: &program::Docket, files: &[PathBuf]) -> Outcome<Vec<String>> {
    let mut addresses: HashMap<&PathBuf, String> = HashMap::new();
    let mut images = Vec::new();
    for file in files {
        if !addresses.contains_key(file) {
            addresses.insert(file, docket.upload("alice", file).await?);
        }
        images.push(addresses[file].clone());
    }
    Ok(images)
}
