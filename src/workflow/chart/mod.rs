//! Charts: processes as designers in the manner of 钉钉 keep them, a tree of nodes in JSON.
//!
//! A chart is compiled to a document of BPMN 2.0, which is read, checked and executed like any other:
//! there is one model, one executor and one set of checks. The tree is read whole, with every fault
//! named by its place (`read`), its nodes become elements and flows (`draft`, and a file for each family
//! of nodes), and those are written as XML (`document`). What the document's reader finds wrong is told
//! at the place in the chart that the element comes from.
//!
//! `docs/charts.md` has each type of node with its fields.

mod approver;
mod bounds;
mod branch;
mod child;
mod condition;
mod delay;
mod document;
mod draft;
mod fields;
mod kinds;
mod read;
mod router;
#[cfg(test)]
mod tests;
mod trigger;

use std::collections::HashMap;

use serde_json::Value;

use super::bpmn::{FaultCode, Faults, ModelFault, Spot};

#[cfg(test)]
pub(super) use bounds::{MAX_BYTES, MAX_LEVELS, MAX_NODES};

/// A chart as BPMN.
#[derive(Debug)]
pub(super) struct Compiled {
    /// The document, without a diagram.
    pub(super) bpmn_xml: String,
    /// Where in the chart the document's elements come from, by their ids.
    sources: HashMap<String, Source>,
}

/// Where something in a chart is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Source {
    /// The way to it: `$.childNode.conditionNodes[1]`.
    path: String,
    /// The id of the chart's node; none where it has none.
    id: Option<String>,
}

/// Compiles a chart.
///
/// # Errors
/// All that is wrong with it in itself; what is wrong with the process that it says is found by reading
/// the document, see [`Compiled::told`].
pub(super) fn compile(chart: &Value) -> Result<Compiled, Vec<ModelFault>> {
    let mut faults = Faults::default();
    bounds::check(chart, &mut faults);
    if faults.is_empty()
        && let Some(read) = read::chart(chart, &mut faults)
        && faults.is_empty()
    {
        let draft = draft::Draft::of(&read, &mut faults);
        if faults.is_empty() {
            match document::write(&read, &draft) {
                Ok(bpmn_xml) => return Ok(Compiled { bpmn_xml, sources: draft.sources }),
                Err(error) => faults.add(FaultCode::BadValue, &Source::root(), error.to_string()),
            }
        }
    }
    Err(faults.into_found())
}

impl Compiled {
    /// A fault of the document as one of the chart.
    pub(super) fn told(&self, fault: ModelFault) -> ModelFault {
        let source = fault.element.as_ref().and_then(|element| self.sources.get(element));
        match source {
            Some(source) => ModelFault {
                element: source.id.clone().or(fault.element),
                path: Some(source.path.clone()),
                ..fault
            },
            None => ModelFault { path: Some("$".to_owned()), ..fault },
        }
    }
}

impl Source {
    fn root() -> Self {
        Self { path: "$".to_owned(), id: None }
    }
}

impl<'x> From<&'x Source> for Spot<'x> {
    fn from(source: &'x Source) -> Self {
        Spot::in_chart(source.id.as_deref(), &source.path)
    }
}
