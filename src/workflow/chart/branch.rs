//! Nodes from where several ways lead on, which come together again behind them.

use serde_json::Value;

use super::condition;
use super::draft::{Draft, Element, Loose};
use super::fields::Fields;
use super::kinds::Kind;
use super::read::{self, Node, Reading};
use super::{Faults, Source};
use crate::workflow::bpmn::FaultCode;

/// Several ways.
#[derive(Debug)]
pub(super) struct Branches {
    gateway: &'static str,
    ways: Vec<Way>,
}

/// One of them.
#[derive(Debug)]
struct Way {
    source: Source,
    name: Option<String>,
    condition: Option<String>,
    is_default: bool,
    nodes: Vec<Node>,
}

impl Branches {
    /// The nodes of each way.
    pub(super) fn chains(&self) -> impl Iterator<Item = &[Node]> {
        self.ways.iter().map(|way| &way.nodes[..])
    }
}

/// Reads `conditionNodes`.
pub(super) fn read(
    fields: &mut Fields<'_>,
    kind: Kind,
    reading: &mut Reading,
    faults: &mut Faults,
) -> Branches {
    let gateway = match kind {
        Kind::ParallelBranch => "bpmn:parallelGateway",
        Kind::InclusiveBranch => "bpmn:inclusiveGateway",
        _ => "bpmn:exclusiveGateway",
    };
    let place = fields.place("conditionNodes");
    let values = match fields.raw("conditionNodes") {
        Some(Value::Array(values)) => &values[..],
        Some(_) => {
            faults.add(FaultCode::BadValue, &place, "conditionNodes is a list");
            return Branches { gateway, ways: Vec::new() };
        }
        None => &[],
    };
    if values.is_empty() {
        faults.add(FaultCode::Missing, &fields.source, "a branch needs conditionNodes");
    }
    let mut ways = Vec::with_capacity(values.len());
    for (at, value) in values.iter().enumerate() {
        let source = Source { path: format!("{}[{at}]", place.path), id: None };
        ways.extend(way(value, source, reading, faults));
    }
    if kind != Kind::ParallelBranch {
        check_default(&mut ways, faults);
    }
    Branches { gateway, ways }
}

/// The way that is taken where no other is: the one that says so, or else the last, where it has no
/// condition.
fn check_default(ways: &mut [Way], faults: &mut Faults) {
    let mut said = ways.iter().filter(|way| way.is_default);
    if said.next().is_none() {
        if let Some(last) = ways.last_mut() {
            last.is_default = last.condition.is_none();
        }
        return;
    }
    for other in said {
        faults.add(FaultCode::BadDefault, &other.source, "another branch is the default already");
    }
}

fn way(value: &Value, source: Source, reading: &mut Reading, faults: &mut Faults) -> Option<Way> {
    if !reading.counts(faults) {
        return None;
    }
    let mut fields = Fields::of(value, source, faults)?;
    if fields.raw("type").is_some()
        && read::kind(&mut fields, faults).is_some_and(|kind| kind != Kind::Condition)
    {
        faults.add(FaultCode::BadValue, &fields.source, "each of the conditionNodes is a CONDITION");
    }
    if let Some(id) = fields.text("id", faults) {
        fields.source.id = Some(id.clone());
        reading.claim(&id, &fields.source, faults);
    }
    let place = fields.place("condition");
    let condition = fields.raw("condition").map(|value| condition::read(value, place, faults));
    let (next, path) = (fields.raw("childNode"), fields.place("childNode").path);
    let name = fields.text("name", faults);
    let is_default = fields.take("default", faults).unwrap_or_default();
    let source = fields.source.clone();
    fields.finish(Kind::Condition.with_article(), faults);
    let nodes = next.map(|next| reading.chain(next, path, faults)).unwrap_or_default();
    Some(Way { source, name, condition: condition.flatten(), is_default, nodes })
}

impl Draft {
    /// A gateway, its ways, and a gateway of the same kind where those that have not ended come together.
    pub(super) fn branches(&mut self, node: &Node, branches: &Branches, faults: &mut Faults) -> Vec<Loose> {
        self.add(Element::of(node, branches.gateway));
        let mut open = Vec::new();
        for way in &branches.ways {
            let begin = Loose {
                from: node.id.clone(),
                id: way.source.id.clone(),
                name: way.name.clone(),
                condition: way.condition.clone(),
                is_default: way.is_default,
                source: way.source.clone(),
            };
            open.extend(self.chain(vec![begin], &way.nodes, faults));
        }
        if open.len() < 2 {
            return open;
        }
        let join = self.new_id(format!("{}_join", node.id), &node.source);
        self.add(Element::new(join.clone(), branches.gateway));
        self.connect(open, &join);
        vec![Loose::of(join, node.source.clone())]
    }
}
