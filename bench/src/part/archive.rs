//! A ZIP of pictures, which are not compressed any further.

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::json;

use super::DOCKET;
use super::busy::grant;
use super::photographs::upload_all;
use crate::bare::archive::{Zip, write_pictures};
use crate::comparison::{Against, Bound, Comparison, Goal, Measured, Outcome, Side};
use crate::program::{self, Place, text_at};
use crate::stage::{Scale, Stage};

/// The larger archive has so many times the pictures.
const LARGER: usize = 10;
/// What an archive adds to the server's memory, at most.
const MEMORY_MB: f64 = 30.0;

/// Over HTTP, beside `zip -0` of the same files to a file.
///
/// # Errors
/// Where the batches could not be made.
pub async fn comparison(stage: &Stage) -> Outcome<Comparison> {
    let count = stage.scale.pictures;
    let (place, outputs, archive_urls) = worked_on(stage, count).await?;
    let zip = Zip { pictures: outputs };
    let [docket, larger] = archive_urls.map(|(pictures, archive_url)| Docket {
        place: place.clone(),
        pictures,
        is_larger: pictures > count,
        archive_url,
    });
    let memory = |side: &Docket| Goal {
        of: side.name(),
        figure: Some("added memory MB"),
        against: Against::Itself,
        bound: Bound::AtMost(MEMORY_MB),
    };
    let goals = vec![
        Goal {
            of: docket.name(),
            figure: None,
            against: Against::BestOf(vec![zip.name()]),
            bound: Bound::AtMost(1.0),
        },
        memory(&docket),
        memory(&larger),
    ];
    Ok(Comparison {
        title: format!("ZIP of {count} pictures of 2 MB"),
        unit: "seconds",
        sides: vec![Box::new(docket), Box::new(zip), Box::new(larger)],
        goals,
    })
}

/// Two finished batches, the second of [`LARGER`] times the pictures: where they are kept, the first's
/// outputs, and how many pictures each archive has and where it is.
async fn worked_on(stage: &Stage, count: usize) -> Outcome<(Place, Vec<PathBuf>, [(usize, String); 2])> {
    let pictures = write_pictures(&stage.empty_folder("pictures")?, count)?;
    let place = Place { folder: stage.empty_folder("archive")?, ..Place::default() };
    let docket = program::Docket::start(&place).await?;
    grant(&docket, count * (LARGER + 1)).await?;
    let create = "mutation ($input: CreateFeatureInput!) { createFeature(input: $input) { feature { id } } }";
    let feature = json!({ "key": "bench", "name": "Bench", "quotaCost": 1, "maxItems": count * LARGER,
        "steps": [{ "name": "strip_metadata", "kind": "strip_metadata" }] });
    docket.ask("olivia", create, json!({ "input": feature })).await?;
    let images = upload_all(&docket, &pictures).await?;
    let mut archive_urls = Vec::new();
    let mut outputs = Vec::new();
    for images in [images.clone(), vec![images; LARGER].concat()] {
        let batch = docket.create("alice", "bench", &images).await?;
        let ended = docket.until_success("alice", &batch).await?;
        archive_urls.push((images.len(), text_at(&ended, "/archiveUrl")?));
        if outputs.is_empty() {
            files_in(&place.folder.join("files/outputs"), &mut outputs)?;
        }
    }
    docket.server.stop().await?;
    if outputs.len() != count {
        return Err(format!("{} outputs of {count} pictures", outputs.len()).into());
    }
    let archive_urls = archive_urls.try_into().map_err(|_| "two batches have two archives")?;
    Ok((place, outputs, archive_urls))
}

fn files_in(folder: &Path, found: &mut Vec<PathBuf>) -> Outcome<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { files_in(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

struct Docket {
    place: Place,
    pictures: usize,
    is_larger: bool,
    archive_url: String,
}

#[async_trait::async_trait]
impl Side for Docket {
    fn name(&self) -> String {
        if self.is_larger { format!("{DOCKET}, {LARGER} times as many") } else { DOCKET.to_owned() }
    }

    async fn measure(&self, _: &Stage) -> Outcome<Measured> {
        let docket = program::Docket::start(&self.place).await?;
        docket.server.forget_peak()?;
        let before = docket.server.memory()?;
        let started = Instant::now();
        let length = docket.download(&self.archive_url).await?;
        let seconds = started.elapsed().as_secs_f64();
        let peak = docket.server.peak_memory()?;
        docket.server.stop().await?;
        let least = self.pictures * Scale::PICTURE_BYTES / 2;
        if length < least as u64 {
            return Err(format!("an archive of {length} bytes does not hold the pictures").into());
        }
        Ok(Measured::of(seconds).with("added memory MB", peak - before).with("peak memory MB", peak))
    }
}
