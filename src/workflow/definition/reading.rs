//! What somebody has drawn, read and checked away from the threads that serve: it may take a while.

use serde_json::{Value, json};

use super::file;
use crate::kernel::Fault;
use crate::storage::entity::process_definition;
use crate::workflow::bpmn::{self, FaultCode, Faults, ModelFault, Spot};
use crate::workflow::chart;
use crate::workflow::model::Model;

/// A process as it was drawn.
#[derive(Debug, Clone, PartialEq)]
pub enum Drawn {
    /// A document of BPMN 2.0.
    Bpmn(String),
    /// A chart: a tree of nodes, see `docs/charts.md`.
    Chart(Value),
}

impl From<String> for Drawn {
    fn from(bpmn_xml: String) -> Self {
        Self::Bpmn(bpmn_xml)
    }
}

impl From<Value> for Drawn {
    fn from(chart: Value) -> Self {
        Self::Chart(chart)
    }
}

/// What was found in something drawn.
#[derive(Debug, Clone)]
pub struct Checked {
    /// All that is wrong with it, at most 100; empty: it can be deployed.
    pub faults: Vec<ModelFault>,
    /// What is kept of it and not executed, where other engines would, at most 100.
    pub notes: Vec<ModelFault>,
    /// As BPMN with a diagram: the document with one made for it where it has none, or what the chart
    /// becomes. None where the chart becomes nothing.
    pub bpmn_xml: Option<String>,
}

/// What was found in a file.
#[derive(Debug, Clone, Default)]
pub struct CheckedFile {
    /// The keys of the processes that it deploys, in its order; none where it is refused.
    pub keys: Vec<String>,
    /// All that is wrong with it, at most 100.
    pub faults: Vec<ModelFault>,
    /// What is kept of it and not executed, at most 100.
    pub notes: Vec<ModelFault>,
}

/// What can be deployed.
#[derive(Debug)]
pub(super) struct Read {
    /// In the document's order, and never none.
    pub models: Vec<Model>,
    pub bpmn_xml: String,
    /// The chart as JSON, where it is one.
    pub chart: Option<String>,
}

/// Reads and checks what was drawn.
///
/// # Errors
/// `BAD_INPUT` at `bpmnXml` or `chart`, with `faults`.
pub(super) async fn read(drawn: Drawn) -> Result<Read, Fault> {
    let reading = tokio::task::spawn_blocking(move || match drawn {
        Drawn::Bpmn(bpmn_xml) => match bpmn::read_noting(bpmn_xml.as_bytes()).0 {
            Ok(models) => Ok(Read { models, bpmn_xml, chart: None }),
            Err(faults) => Err(fault("bpmnXml", &faults)),
        },
        Drawn::Chart(chart) => match read_chart(&chart) {
            (Ok(model), Some(bpmn_xml)) => {
                Ok(Read { models: vec![model], bpmn_xml, chart: Some(chart.to_string()) })
            }
            (Ok(_), None) => Err(fault("chart", &[])),
            (Err(faults), _) => Err(fault("chart", &faults)),
        },
    });
    reading.await.map_err(Fault::internal)?
}

/// Reads a document once more that was deployed.
///
/// # Errors
/// `INTERNAL`: it was checked when it was deployed, and what cannot be read of it now is our fault.
pub(super) async fn read_deployed(row: &process_definition::Model) -> Result<Vec<Model>, Fault> {
    let bpmn_xml = row.bpmn_xml.clone();
    let reading = tokio::task::spawn_blocking(move || bpmn::read_deployed(bpmn_xml.as_bytes()));
    match reading.await.map_err(Fault::internal)? {
        Ok((models, faults)) => {
            for fault in faults {
                tracing::warn!(key = row.key, version = row.version, %fault, "it would not be deployed any more");
            }
            Ok(models)
        }
        Err(faults) => Err(Fault::internal(fault("bpmnXml", &faults))),
    }
}

/// What is wrong with what was drawn, and how it looks.
///
/// # Errors
/// None but `INTERNAL`.
pub(super) async fn check(drawn: Drawn) -> Result<Checked, Fault> {
    let checking = tokio::task::spawn_blocking(move || match drawn {
        Drawn::Bpmn(bpmn_xml) => {
            let (models, notes) = bpmn::read_noting(bpmn_xml.as_bytes());
            let faults = models.err().unwrap_or_default();
            Checked { faults, notes, bpmn_xml: Some(bpmn::with_diagram(&bpmn_xml).unwrap_or(bpmn_xml)) }
        }
        Drawn::Chart(chart) => {
            let (model, bpmn_xml) = read_chart(&chart);
            Checked { faults: model.err().unwrap_or_default(), notes: Vec::new(), bpmn_xml }
        }
    });
    checking.await.map_err(Fault::internal)
}

/// What is wrong with a file, and what is kept of it and not executed: a document of BPMN, or, where it
/// begins with a brace, a chart as JSON. As it would be deployed, and without drawing it.
pub fn check_file(bytes: &[u8]) -> CheckedFile {
    let begin = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
    if begin.is_none_or(|begin| bytes[begin] != b'{') {
        let (models, notes) = bpmn::read_noting(&file::decoded(bytes));
        return match models {
            Ok(models) => {
                let keys = models.into_iter().map(|model| model.key).collect();
                CheckedFile { keys, notes, ..CheckedFile::default() }
            }
            Err(faults) => CheckedFile { faults, notes, ..CheckedFile::default() },
        };
    }
    let faults = match serde_json::from_slice(bytes) {
        Ok(chart) => match read_chart(&chart).0 {
            Ok(model) => return CheckedFile { keys: vec![model.key], ..CheckedFile::default() },
            Err(faults) => faults,
        },
        Err(error) => {
            let place =
                [error.line(), error.column()].map(|number| u32::try_from(number).unwrap_or(u32::MAX));
            vec![ModelFault::of_document(FaultCode::MalformedJson, place.into(), error.to_string())]
        }
    };
    CheckedFile { faults, ..CheckedFile::default() }
}

/// What a chart is read into, and the document that it becomes, which may have faults.
fn read_chart(chart: &Value) -> (Result<Model, Vec<ModelFault>>, Option<String>) {
    let compiled = match chart::compile(chart) {
        Ok(compiled) => compiled,
        Err(faults) => return (Err(faults), None),
    };
    let bpmn_xml = bpmn::with_diagram(&compiled.bpmn_xml).unwrap_or_else(|| compiled.bpmn_xml.clone());
    // The diagram stands behind everything else: what is read of the rest is the same without it.
    let model = match bpmn::read(compiled.bpmn_xml.as_bytes()) {
        Ok(_) if bpmn_xml.len() > bpmn::MAX_BYTES => {
            let message = format!("as BPMN the chart has more than {} bytes", bpmn::MAX_BYTES);
            let mut faults = Faults::default();
            faults.add(FaultCode::TooLarge, Spot::in_chart(None, "$"), message);
            Err(faults.into_found())
        }
        Ok(model) => Ok(model),
        Err(faults) => Err(faults.into_iter().map(|fault| compiled.told(fault)).collect()),
    };
    (model, Some(bpmn_xml))
}

/// A fault as callers are told of it.
fn told(fault: &ModelFault) -> Value {
    json!({
        "code": fault.code.as_str(),
        "element": fault.element,
        "line": Some(fault.line).filter(|line| *line > 0),
        "column": Some(fault.column).filter(|column| *column > 0),
        "attribute": fault.attribute,
        "path": fault.path,
        "message": fault.message,
    })
}

fn fault(field: &str, faults: &[ModelFault]) -> Fault {
    let message = match faults {
        [only] => only.to_string(),
        [first, rest @ ..] => format!("{first} (and {} more faults)", rest.len()),
        [] => "the process cannot be executed".to_owned(),
    };
    Fault::bad_input(field, message).with("faults", faults.iter().map(told).collect())
}
