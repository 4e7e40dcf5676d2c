//! Features, and what they do with pictures.
//!
//! A [`Feature`] is a pipeline of named steps with who may use it and at what cost; [`Features`]
//! looks after them. A batch's `inputData` and a feature make a [`ResolvedPipeline`], which a
//! [`Processor`] does to one picture after another.

mod config;
mod feature;
mod parameters;
mod picture;
mod processor;
mod step;

pub use config::{HttpService, PipelineConfig, PipelineConfigError};
pub use feature::{Feature, FeaturePatch, Features, NewFeature, NewRateLimit, RateLimit, StepSpec};
pub use parameters::{ResolvedPipeline, check_input_data};
pub use processor::{FETCH, STORE};
pub use processor::{
    HttpPictureServices, Job, Output, PictureServices, Processor, ServiceCall, ServiceError, StepError,
    StepErrorCode, StepTiming,
};
pub use step::{StepKind, StepKinds};
