//! Packing pictures without compressing them: `zip -0`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use image::RgbImage;
use jpeg_encoder::{ColorType, Encoder};
use rand::Rng as _;
use tokio::process::Command;

use crate::comparison::{Measured, Outcome, Side};
use crate::stage::{Scale, Stage};

/// Noise of this size makes a JPEG of about [`Scale::PICTURE_BYTES`].
const SIZE: (u16, u16) = (1_800, 1_350);

/// `zip -0` of the pictures, to a file.
pub struct Zip {
    /// What it packs.
    pub pictures: Vec<PathBuf>,
}

#[async_trait::async_trait]
impl Side for Zip {
    fn name(&self) -> String {
        "zip -0 to a file".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let archive = stage.empty_folder("zip")?.join("out.zip");
        let started = Instant::now();
        let status =
            Command::new("zip").args(["-0", "-q", "-j"]).arg(&archive).args(&self.pictures).status().await?;
        let seconds = started.elapsed().as_secs_f64();
        if !status.success() {
            return Err(format!("zip: {status}").into());
        }
        let size = std::fs::metadata(&archive)?.len();
        let pictures = self.pictures.iter().map(|picture| std::fs::metadata(picture).map(|file| file.len()));
        if size < pictures.sum::<Result<u64, _>>()? {
            return Err(format!("an archive of {size} bytes does not hold the pictures").into());
        }
        Ok(Measured::of(seconds))
    }
}

/// Writes so many pictures of about [`Scale::PICTURE_BYTES`] bytes: noise, which does not compress.
///
/// # Errors
/// Where the disk refuses.
pub fn write_pictures(folder: &Path, count: usize) -> Outcome<Vec<PathBuf>> {
    let mut picture = RgbImage::new(SIZE.0.into(), SIZE.1.into());
    let mut written = Vec::new();
    for n in 0..count {
        rand::rng().fill_bytes(&mut picture);
        let file = folder.join(format!("picture_{n:03}.jpg"));
        Encoder::new_file(&file, 85)?.encode(&picture, SIZE.0, SIZE.1, ColorType::Rgb)?;
        let size = usize::try_from(std::fs::metadata(&file)?.len())?;
        if size.abs_diff(Scale::PICTURE_BYTES) > Scale::PICTURE_BYTES / 4 {
            return Err(
                format!("a picture has {size} bytes instead of about {}", Scale::PICTURE_BYTES).into()
            );
        }
        written.push(file);
    }
    Ok(written)
}
