//! Photographs of 12 megapixels, and what `basic_clean` does to them called bare: the same codecs,
//! a thread a core, files in and files out.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use image::imageops::FilterType;
use image::{DynamicImage, ImageReader, RgbImage};
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder};
use rand::{RngExt as _, SeedableRng as _};

use crate::comparison::{Measured, Outcome, Side};
use crate::stage::Stage;

/// The size of the photographs.
const SIZE: (u16, u16) = (4_000, 3_000);
/// Their quality, which stays.
const QUALITY: u8 = 85;

/// Decodes, brightens, adds contrast and encodes without metadata.
pub struct Bare {
    /// The photographs.
    pub photographs: Vec<PathBuf>,
}

#[async_trait::async_trait]
impl Side for Bare {
    fn name(&self) -> String {
        "the same operations, a thread a core".to_owned()
    }

    async fn measure(&self, stage: &Stage) -> Outcome<Measured> {
        let folder = stage.empty_folder("photographs_bare")?;
        let photographs = self.photographs.clone();
        let seconds = tokio::task::spawn_blocking(move || clean_all(&photographs, &folder)).await??;
        Ok(Measured::of(seconds))
    }
}

fn clean_all(photographs: &[PathBuf], folder: &Path) -> Outcome<f64> {
    let threads = std::thread::available_parallelism()?.get();
    let next = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let Some(photograph) = photographs.get(at) else { return Ok(()) };
                        clean(photograph, &folder.join(format!("{at}.jpg")))?;
                    }
                })
            })
            .collect();
        workers
            .into_iter()
            .try_for_each(|worker| -> Outcome<()> { worker.join().map_err(|_| "a thread broke off")? })
    })?;
    Ok(started.elapsed().as_secs_f64())
}

fn clean(photograph: &Path, to: &Path) -> Outcome<()> {
    let file = std::fs::read(photograph)?;
    let mut picture =
        ImageReader::new(std::io::Cursor::new(file)).with_guessed_format()?.decode()?.into_rgb8();
    let table = brighter_with_contrast();
    for sample in picture.iter_mut() {
        *sample = table[usize::from(*sample)];
    }
    std::fs::write(to, encode(&picture)?)?;
    Ok(())
}

/// `brightness` 5 and then `contrast` 8, as the feature has them.
fn brighter_with_contrast() -> [u8; 256] {
    let slope = 259.0 * (255.0 + 20.4) / (255.0 * (259.0 - 20.4));
    std::array::from_fn(|sample| {
        let brighter = (sample as f64 + 12.75).round().min(255.0);
        // Within 0 to 255 by the clamp.
        (slope * (brighter - 128.0) + 128.0).round().clamp(0.0, 255.0) as u8
    })
}

fn encode(picture: &RgbImage) -> Outcome<Vec<u8>> {
    let mut file = Vec::with_capacity(picture.len() / 8);
    let mut encoder = Encoder::new(&mut file, QUALITY);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.encode(picture.as_raw(), SIZE.0, SIZE.1, ColorType::Rgb)?;
    Ok(file)
}

/// Writes so many files of real photographs: the samples that development mode offers, brought to 12
/// megapixels, with the grain that a camera's sensor adds.
///
/// # Errors
/// Where the samples are not there or the disk refuses.
pub fn write_photographs(folder: &Path, count: usize) -> Outcome<Vec<PathBuf>> {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../playground/public/samples");
    let mut random = rand::rngs::SmallRng::seed_from_u64(12);
    let mut files = Vec::new();
    for (n, name) in
        ["astronaut", "cat", "coffee", "hubble_deep_field", "retina", "rocket"].iter().enumerate()
    {
        let sample = image::open(samples.join(format!("{name}.jpg")))?;
        let large = sample.resize_exact(SIZE.0.into(), SIZE.1.into(), FilterType::CatmullRom);
        let mut picture = DynamicImage::into_rgb8(large);
        for sample in picture.iter_mut() {
            *sample = sample.saturating_add_signed(random.random_range(-4..=4));
        }
        let file = folder.join(format!("photograph_{n}.jpg"));
        std::fs::write(&file, encode(&picture)?)?;
        files.push(file);
    }
    Ok(files.iter().cycle().take(count).cloned().collect())
}
