//! Charts: what becomes of each, and what is said of those that are none.

mod faults;
mod hostile;
mod shapes;

use serde_json::{Value, json};

use super::{Compiled, compile};
use crate::workflow::bpmn::{self, ModelFault};
use crate::workflow::model::Model;

pub(super) const LEAVE: &str = include_str!("../samples/leave-request.json");
pub(super) const COVER: &str = include_str!("../samples/cover.json");

fn chart(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A chart of nodes one behind the other.
fn of(nodes: Vec<Value>) -> Value {
    let mut next = Value::Null;
    for mut node in nodes.into_iter().rev() {
        node["childNode"] = next;
        next = node;
    }
    json!({"process": {"key": "p"}, "id": "s", "type": "START", "childNode": next})
}

fn approver(id: &str) -> Value {
    json!({"id": id, "type": "APPROVER", "approverStrategy": "USER", "approvers": "bob"})
}

fn compiled(chart: &Value) -> Compiled {
    compile(chart).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn read(chart: &Value) -> Model {
    let compiled = compiled(chart);
    bpmn::read(compiled.bpmn_xml.as_bytes())
        .unwrap_or_else(|faults| panic!("{faults:#?}\n{}", compiled.bpmn_xml))
}

/// All that is wrong with a chart, in itself or as the process that it says.
fn faults(chart: &Value) -> Vec<ModelFault> {
    match compile(chart) {
        Err(faults) => faults,
        Ok(compiled) => match bpmn::read(compiled.bpmn_xml.as_bytes()) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|fault| compiled.told(fault)).collect(),
        },
    }
}

/// The flows of a model, as `source > target [condition]`, in the order of the document.
fn flows(model: &Model) -> Vec<String> {
    let mut flows: Vec<_> = model.flows.values().collect();
    flows.sort_by_key(|flow| flow.line);
    let told = |flow: &&crate::workflow::model::Flow| {
        let condition = flow.condition.as_ref().map(|condition| format!(" [{}]", condition.source()));
        let gateway = model.node(&flow.source).unwrap();
        let default = if gateway.default.as_ref() == Some(&flow.id) { " *" } else { "" };
        format!("{} > {}{}{default}", flow.source, flow.target, condition.unwrap_or_default())
    };
    flows.iter().map(told).collect()
}
