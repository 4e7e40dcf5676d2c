//! Running pipelines: a picture's file goes in, steps are done, a file comes out.
//!
//! The input's content tells its format; its name does not count. Its size in pixels is read from
//! the header and held against the limit before anything is decoded. Each stretch of steps between
//! two services decodes once and encodes once; the format stays unless a step converts. Of an
//! animated GIF or WebP the first frame is taken. [`picture::encode`](super::picture) says what
//! metadata is kept.

mod error;
mod pixels;
mod pool;
mod service;
mod stage;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use error::{StepError, StepErrorCode};
pub use service::{HttpPictureServices, PictureServices, ServiceCall, ServiceError};

use super::config::{PipelineConfig, PipelineConfigError};
use super::parameters::{ResolvedPipeline, ResolvedStep};
use super::picture::{self, Format};
use super::step::{Environment, StepKinds};
use pixels::{Made, Stretch};
use pool::{Lost, Pool};
use stage::Stage;

/// What reading the picture is called among the steps.
pub(crate) const DECODE: &str = "decode";
/// What writing the picture is called among the steps.
pub(crate) const ENCODE: &str = "encode";
/// What whoever brings a picture calls reading its file …
pub const FETCH: &str = "fetch";
/// … and keeping what came of it, among the steps.
pub const STORE: &str = "store";

/// A picture to be worked on.
#[derive(Debug, Clone)]
pub struct Job<'a> {
    /// What is to be done.
    pub pipeline: &'a ResolvedPipeline,
    /// The picture's file.
    pub input: Bytes,
    /// The same in every attempt at the item, and another for every other item: what services
    /// tell repeated calls by. Made of visible ASCII characters.
    pub operation_key: &'a str,
}

/// What came of a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// The file.
    pub bytes: Bytes,
    /// Its media type.
    pub content_type: &'static str,
    /// The usual ending of its name, without the dot.
    pub extension: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// How long each step took, in their order, `decode` and `encode` (once a stretch between
    /// services) among them. Of steps fused into one pass the last has the time of all.
    pub steps: Vec<StepTiming>,
}

/// How long a step took.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct StepTiming {
    /// The step.
    pub name: String,
    /// Its time by the clock on the wall, in milliseconds.
    pub milliseconds: f64,
}

impl StepTiming {
    fn since(name: &str, start: Instant) -> Self {
        Self { name: name.to_owned(), milliseconds: start.elapsed().as_secs_f64() * 1_000.0 }
    }
}

/// Runs pipelines, on threads of its own.
pub struct Processor {
    pool: Pool,
    environment: Arc<Environment>,
    services: Arc<dyn PictureServices>,
}

/// A picture's file between two stretches.
struct Held {
    file: Bytes,
    /// The service step whose answer it is; none where it is the input or our own.
    answer_of: Option<usize>,
}

impl Processor {
    /// A processor with its threads, for steps of `kinds` and the services behind `services`.
    ///
    /// # Errors
    /// [`PipelineConfigError`] where a setting cannot be used or the threads cannot be started.
    pub fn new(
        config: &PipelineConfig,
        kinds: &StepKinds,
        services: Arc<dyn PictureServices>,
    ) -> Result<Self, PipelineConfigError> {
        config.check()?;
        let pool = Pool::start(config.worker_count())
            .map_err(|error| PipelineConfigError::new("workers", error.to_string()))?;
        Ok(Self { pool, environment: kinds.environment().clone(), services })
    }

    /// Works on a picture, telling `on_step` each step's name as it begins.
    ///
    /// At most as many pictures are held decoded as there are threads; the others wait as files.
    /// `cancel` is looked at before each step and while waiting; dropping the future does the same.
    ///
    /// # Errors
    /// [`StepError`], which says whether another attempt may go better.
    pub async fn run(
        &self,
        job: Job<'_>,
        on_step: &mut (dyn FnMut(&str) + Send),
        cancel: &CancellationToken,
    ) -> Result<Output, StepError> {
        let steps = &job.pipeline.steps;
        let mut timings = Vec::with_capacity(steps.len() + 2);
        let mut held = Held { file: job.input, answer_of: None };
        let mut last = None;
        for stage in stage::stages(steps) {
            match stage {
                Stage::Pixels(range) => {
                    let mut made = self.pixels(held, steps, range, on_step, cancel).await?;
                    timings.append(&mut made.timings);
                    held = Held { file: made.file.clone(), answer_of: None };
                    last = Some(made);
                }
                Stage::Service(index) => {
                    let step = &steps[index];
                    on_step(&step.name);
                    let start = Instant::now();
                    held = self.service(&held, steps, index, job.operation_key, cancel).await?;
                    timings.push(StepTiming::since(&step.name, start));
                    last = None;
                }
            }
        }
        let made = match last {
            Some(made) => made,
            None => {
                let mut made = self.pixels(held, steps, 0..0, on_step, cancel).await?;
                timings.append(&mut made.timings);
                made
            }
        };
        Ok(Output {
            bytes: made.file,
            content_type: made.format.content_type(),
            extension: made.format.extension(),
            width: made.width,
            height: made.height,
            steps: timings,
        })
    }

    /// Does a stretch of steps on pixels; an empty one only looks whether the picture is whole.
    async fn pixels(
        &self,
        held: Held,
        steps: &[ResolvedStep],
        range: std::ops::Range<usize>,
        on_step: &mut (dyn FnMut(&str) + Send),
        cancel: &CancellationToken,
    ) -> Result<Made, StepError> {
        // Cancelled with the caller's, or when this future is dropped.
        let stop = cancel.child_token();
        let _stop_if_dropped = stop.clone().drop_guard();
        let (begun, mut beginning) = mpsc::unbounded_channel();
        let stretch = Stretch {
            input: held.file,
            steps: steps[range].to_vec(),
            environment: self.environment.clone(),
            begun,
            cancel: stop,
        };
        let work = self.pool.run(cancel, move || stretch.run());
        tokio::pin!(work);
        let result = loop {
            tokio::select! {
                biased;
                Some(name) = beginning.recv() => on_step(&name),
                result = &mut work => break result,
            }
        };
        while let Ok(name) = beginning.try_recv() {
            on_step(&name);
        }
        let made = result.unwrap_or_else(|lost| {
            Err(match lost {
                Lost::Cancelled => StepError::cancelled(),
                Lost::Panicked => {
                    StepError::new(StepErrorCode::StepFailed, "the picture could not be worked on")
                }
                Lost::Closed => StepError::new(StepErrorCode::Interrupted, "the program is shutting down"),
            })
        });
        made.map_err(|error| match held.answer_of {
            Some(index) => blame_service(error, &steps[index].name),
            None => error,
        })
    }

    async fn service(
        &self,
        held: &Held,
        steps: &[ResolvedStep],
        index: usize,
        operation_key: &str,
        cancel: &CancellationToken,
    ) -> Result<Held, StepError> {
        let step = &steps[index];
        let service = step.operation.service().unwrap_or_default();
        let format = self.format(held, steps)?;
        let call = ServiceCall {
            picture: held.file.clone(),
            content_type: format.content_type(),
            operation_key: format!("{operation_key}:{}", step.name),
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(StepError::cancelled().at(&step.name)),
            answer = self.services.call(service, call) => {
                let file = answer.map_err(|error| StepError::from(error).at(&step.name))?;
                Ok(Held { file, answer_of: Some(index) })
            }
        }
    }

    /// The format of a file that goes out as it is; what is no picture does not go out.
    fn format(&self, held: &Held, steps: &[ResolvedStep]) -> Result<Format, StepError> {
        match picture::inspect(&held.file, self.environment.max_pixels) {
            Ok(header) => Ok(header.format),
            Err(error) => {
                let error = StepError::from(error).at(DECODE);
                Err(match held.answer_of {
                    Some(index) => blame_service(error, &steps[index].name),
                    None => error,
                })
            }
        }
    }
}

/// A file that cannot be read is the service's fault where it is the service's answer.
fn blame_service(error: StepError, step: &str) -> StepError {
    match error.code() {
        StepErrorCode::NotAnImage | StepErrorCode::CorruptImage | StepErrorCode::TooLarge
            if error.step() == Some(DECODE) =>
        {
            let message = format!("the service's answer cannot be used: {}", error.message());
            StepError::new(StepErrorCode::ServiceBadAnswer, message).at(step)
        }
        _ => error,
    }
}
