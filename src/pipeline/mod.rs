//! Features, and what they do with pictures.
mod config;
mod feature;
mod picture;
mod step;

pub use config::{HttpService, PipelineConfig, PipelineConfigError};
pub use picture::Format;
pub use step::{StepKind, StepKinds};
