//! Packing pictures without compressing them: `zip -0`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use rand::Rng as _;
use tokio::process::Command;

use crate::comparison::{Measured, Outcome, Side};
use crate::stage::{Scale, Stage};

/// `zip -0` of the pictures, to a file.
pub struct Zip;

#[async_trait::async_trait]
impl Side for Zip {
    fn name(&self) -> String {
        "zip -0 to a file".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let folder = stage.empty_folder("zip")?;
        let pictures = write_pictures(&folder, stage.scale.pictures)?;
        let archive = folder.join("out.zip");
        let started = Instant::now();
        let status =
            Command::new("zip").args(["-0", "-q", "-j"]).arg(&archive).args(&pictures).status().await?;
        let seconds = started.elapsed().as_secs_f64();
        if !status.success() {
            return Err(format!("zip: {status}").into());
        }
        let size = usize::try_from(std::fs::metadata(&archive)?.len())?;
        if size < pictures.len() * Scale::PICTURE_BYTES {
            return Err(format!("an archive of {size} bytes does not hold the pictures").into());
        }
        Ok(Measured::of(seconds))
    }
}

/// Writes so many files that cannot be compressed, as pictures cannot.
///
/// # Errors
/// Where the disk refuses.
pub fn write_pictures(folder: &Path, count: usize) -> Outcome<Vec<PathBuf>> {
    let mut bytes = vec![0; Scale::PICTURE_BYTES];
    (0..count)
        .map(|n| {
            rand::rng().fill_bytes(&mut bytes);
            let file = folder.join(format!("picture_{n:03}.jpg"));
            std::fs::write(&file, &bytes)?;
            Ok(file)
        })
        .collect()
}
