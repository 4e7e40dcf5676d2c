//! One stretch of steps on pixels: decode once, every step, encode once. Runs on a pool's thread.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::mpsc::UnboundedSender;
use tokio_util::sync::CancellationToken;

use super::error::{StepError, StepErrorCode};
use super::{DECODE, ENCODE, StepTiming, stage};
use crate::pipeline::parameters::ResolvedStep;
use crate::pipeline::picture::{self, Format, Picture};
use crate::pipeline::step::{Environment, Operation, Table};

/// What a stretch made.
pub(super) struct Made {
    pub file: Bytes,
    pub format: Format,
    pub width: u32,
    pub height: u32,
    pub timings: Vec<StepTiming>,
}

/// A stretch to be done.
pub(super) struct Stretch {
    pub input: Bytes,
    pub steps: Vec<ResolvedStep>,
    pub environment: Arc<Environment>,
    /// Told each step's name as it begins.
    pub begun: UnboundedSender<String>,
    /// Looked at before each step.
    pub cancel: CancellationToken,
}

impl Stretch {
    /// Does all of it.
    pub fn run(self) -> Result<Made, StepError> {
        let mut timings = Vec::with_capacity(self.steps.len() + 2);
        let max_pixels = self.environment.max_pixels;
        let mut picture = self.timed(&mut timings, DECODE, StepErrorCode::CorruptImage, || {
            picture::decode(&self.input, max_pixels).map_err(StepError::from)
        })?;
        if self.steps.is_empty() {
            // The picture has been looked at and is left as it came.
            let (width, height) = picture.size();
            let format = picture.target.format;
            return Ok(Made { file: self.input, format, width, height, timings });
        }
        for pass in stage::passes(&self.steps) {
            self.pass(&self.steps[pass], &mut picture, &mut timings)?;
        }
        let (width, height) = picture.size();
        let format = picture.target.format;
        let file = self.timed(&mut timings, ENCODE, StepErrorCode::StepFailed, || {
            picture::encode(picture).map(Bytes::from).map_err(StepError::from)
        })?;
        Ok(Made { file, format, width, height, timings })
    }

    fn pass(
        &self,
        steps: &[ResolvedStep],
        picture: &mut Picture,
        timings: &mut Vec<StepTiming>,
    ) -> Result<(), StepError> {
        let Some((last, fused)) = steps.split_last() else { return Ok(()) };
        // Steps that are fused take their time together, and it is booked on the last.
        let mut table = None;
        for step in fused {
            self.timed(timings, &step.name, StepErrorCode::StepFailed, || {
                table = then(table.take(), &step.operation);
                Ok(())
            })?;
        }
        self.timed(timings, &last.name, StepErrorCode::StepFailed, || match table.take() {
            Some(table) => {
                if let Some(table) = then(Some(table), &last.operation) {
                    table.apply(picture);
                }
                Ok(())
            }
            None => last.operation.apply(picture, &self.environment).map_err(StepError::from),
        })
    }

    /// Announces and times a step; a panic in it becomes an error of the code `panicked`.
    fn timed<T>(
        &self,
        timings: &mut Vec<StepTiming>,
        name: &str,
        panicked: StepErrorCode,
        work: impl FnOnce() -> Result<T, StepError>,
    ) -> Result<T, StepError> {
        if self.cancel.is_cancelled() {
            return Err(StepError::cancelled().at(name));
        }
        // Nobody listens where the caller is gone, and then the token is cancelled too.
        let _ = self.begun.send(name.to_owned());
        let start = Instant::now();
        let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
            let message = "the picture could not be worked on: the codec broke down over it";
            Err(StepError::new(panicked, message))
        });
        timings.push(StepTiming::since(name, start));
        result.map_err(|error| error.at(name))
    }
}

fn then(table: Option<Table>, operation: &Operation) -> Option<Table> {
    match (table, operation.table()) {
        (Some(first), Some(next)) => Some(first.then(&next)),
        (table, next) => table.or(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::step::tests::environment;
    use tokio::sync::mpsc;

    fn stretch(cancel: CancellationToken) -> Stretch {
        let (begun, _) = mpsc::unbounded_channel();
        Stretch { input: Bytes::new(), steps: vec![], environment: environment().into(), begun, cancel }
    }

    #[test]
    fn a_panic_in_a_codec_is_an_error_of_its_step() {
        let mut timings = Vec::new();
        let error = stretch(CancellationToken::new())
            .timed::<()>(&mut timings, DECODE, StepErrorCode::CorruptImage, || panic!("as a codec may"))
            .unwrap_err();
        assert_eq!((error.code(), error.step()), (StepErrorCode::CorruptImage, Some(DECODE)));
        assert!(!error.message().contains("as a codec may") && !error.is_transient());
    }

    #[test]
    fn a_cancelled_stretch_does_not_begin_its_next_step() {
        let cancel = CancellationToken::new();
        let stretch = stretch(cancel.clone());
        let mut timings = Vec::new();
        let mut step = |name: &str| {
            stretch.timed(&mut timings, name, StepErrorCode::StepFailed, || {
                cancel.cancel();
                Ok(())
            })
        };
        assert_eq!(step("first"), Ok(()), "what has begun goes on to its end");
        let error = step("second").unwrap_err();
        assert_eq!((error.code(), error.step()), (StepErrorCode::Cancelled, Some("second")));
        assert_eq!(timings.len(), 1);
    }
}
