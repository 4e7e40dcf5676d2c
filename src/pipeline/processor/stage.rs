//! What of a pipeline is done in one go: steps on pixels between steps outside.

use std::ops::Range;

use crate::pipeline::parameters::ResolvedStep;

/// A stretch of a pipeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stage {
    /// Steps on one decoded picture.
    Pixels(Range<usize>),
    /// One step done by a service.
    Service(usize),
}

/// The pipeline in stretches.
pub(super) fn stages(steps: &[ResolvedStep]) -> Vec<Stage> {
    let mut stages = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        match stages.last_mut() {
            _ if step.operation.service().is_some() => stages.push(Stage::Service(index)),
            Some(Stage::Pixels(range)) => range.end = index + 1,
            _ => stages.push(Stage::Pixels(index..index + 1)),
        }
    }
    stages
}

/// Steps on pixels in passes: adjacent ones that map every sample by itself go in one.
pub(super) fn passes(steps: &[ResolvedStep]) -> Vec<Range<usize>> {
    let fuses = |step: &ResolvedStep| step.operation.table().is_some();
    let mut passes: Vec<Range<usize>> = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        match passes.last_mut() {
            Some(last) if fuses(step) && fuses(&steps[last.start]) => last.end = index + 1,
            _ => passes.push(index..index + 1),
        }
    }
    passes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn steps(kinds: &[&str]) -> Vec<ResolvedStep> {
        let operation = |kind: &str| -> Value {
            let parameters = match kind {
                "http" => json!({"service": "outside"}),
                _ => json!({}),
            };
            json!({"kind": kind, "parameters": parameters})
        };
        kinds
            .iter()
            .map(|kind| ResolvedStep {
                name: (*kind).to_owned(),
                operation: serde_json::from_value(operation(kind)).unwrap(),
            })
            .collect()
    }

    #[test]
    fn services_cut_the_pipeline() {
        use Stage::{Pixels, Service};
        assert_eq!(stages(&[]), []);
        assert_eq!(stages(&steps(&["flip", "blur"])), [Pixels(0..2)]);
        assert_eq!(stages(&steps(&["http"])), [Service(0)]);
        assert_eq!(
            stages(&steps(&["flip", "blur", "http", "http", "flip"])),
            [Pixels(0..2), Service(2), Service(3), Pixels(4..5)]
        );
    }

    #[test]
    fn adjacent_tables_are_one_pass() {
        let steps =
            steps(&["brightness", "contrast", "flip", "contrast", "blur", "brightness", "brightness"]);
        assert_eq!(passes(&steps), [0..2, 2..3, 3..4, 4..5, 5..7]);
    }
}
