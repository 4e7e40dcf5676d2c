//! The tree of a chart, read whole.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::approver::{self, Approver, Copied};
use super::bounds::MAX_NODES;
use super::branch::{self, Branches};
use super::child::{self, Child};
use super::delay::{self, Delay};
use super::fields::Fields;
use super::kinds::{ALIASES, KINDS, Kind};
use super::router::{self, Route};
use super::trigger::{self, Trigger};
use super::{Faults, Source};
use crate::workflow::bpmn::{FaultCode, chosen, is_name, names};

/// The longest id of a node, in characters: what is made of it for the elements around is a bit longer.
const MAX_ID: usize = 100;

/// A chart that has been read.
#[derive(Debug)]
pub(super) struct Chart {
    /// The process as a whole.
    pub(super) process: Process,
    /// The node at the root.
    pub(super) start: Node,
    /// Those behind it, one after the other.
    pub(super) nodes: Vec<Node>,
    /// All ids of the chart, with the places that have them.
    pub(super) ids: HashMap<String, String>,
}

/// What holds for the process as a whole.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) source: Source,
    /// Its id in the document: the definition's key.
    pub(super) key: String,
    pub(super) name: Option<String>,
    pub(super) documentation: Option<String>,
    /// Docket's own attributes.
    pub(super) attributes: Vec<(&'static str, String)>,
    /// JSON Schemas by their keys.
    pub(super) forms: Map<String, Value>,
}

/// A node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) source: Source,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) documentation: Option<String>,
    pub(super) role: Role,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Role {
    Start(Vec<(&'static str, String)>),
    End,
    Approver(Approver),
    Copy(Copied),
    Delay(Delay),
    Trigger(Trigger),
    Child(Child),
    Branches(Branches),
    Router(Vec<Route>),
}

/// What has been read so far.
#[derive(Debug, Default)]
pub(super) struct Reading {
    ids: HashMap<String, String>,
    count: usize,
}

/// Reads a chart; none, with faults, where its root is none.
pub(super) fn chart(value: &Value, faults: &mut Faults) -> Option<Chart> {
    let mut reading = Reading::default();
    let mut fields = Fields::of(value, Source::root(), faults)?;
    let kind = kind(&mut fields, faults)?;
    if kind != Kind::Start {
        faults.add(FaultCode::NoStart, &Source::root(), "the root of a chart is its START");
        return None;
    }
    let described = fields.raw("process");
    let described = fields.needed("process", described, faults);
    let process = described.and_then(|value| process(value, fields.place("process"), &mut reading, faults));
    let next = fields.raw("childNode");
    let path = fields.place("childNode").path;
    let start = node(fields, kind, &mut reading, faults);
    let nodes = next.map(|next| reading.chain(next, path, faults)).unwrap_or_default();
    Some(Chart { process: process?, start: start?, nodes, ids: reading.ids })
}

fn process(value: &Value, source: Source, reading: &mut Reading, faults: &mut Faults) -> Option<Process> {
    const ATTRIBUTES: &[(&str, &str)] = &[
        ("businessType", "docket:businessType"),
        ("sameApprover", "docket:sameApprover"),
        ("anonymousStart", "docket:anonymousStart"),
        ("candidateStarterUsers", "docket:candidateStarterUsers"),
        ("candidateStarterGroups", "docket:candidateStarterGroups"),
    ];
    let mut fields = Fields::of(value, source, faults)?;
    let key = fields.text("key", faults);
    let key = fields.needed("key", key, faults);
    if let Some(key) = &key {
        fields.source.id = Some(key.clone());
        reading.claim(key, &fields.source, faults);
    }
    let read = Process {
        source: fields.source.clone(),
        key: key.unwrap_or_default(),
        name: fields.text("name", faults),
        documentation: fields.text("documentation", faults),
        attributes: fields.words(ATTRIBUTES, faults),
        forms: fields.take("forms", faults).unwrap_or_default(),
    };
    fields.finish("a process", faults);
    Some(read)
}

/// A node without those behind it.
fn node(mut fields: Fields<'_>, kind: Kind, reading: &mut Reading, faults: &mut Faults) -> Option<Node> {
    let id = fields.text("id", faults);
    if id.is_none() {
        faults.add(FaultCode::MissingId, &fields.source, format!("{} needs an id", kind.with_article()));
    }
    if let Some(id) = &id {
        fields.source.id = Some(id.clone());
        reading.claim(id, &fields.source, faults);
    }
    let name = fields.text("name", faults);
    let documentation = fields.text("documentation", faults);
    let role = match kind {
        Kind::Start => Some(Role::Start(
            fields.words(&[("formKey", "docket:formKey"), ("initiator", "docket:initiator")], faults),
        )),
        Kind::End => Some(Role::End),
        Kind::Approver => Some(Role::Approver(approver::read(&mut fields, true, faults))),
        Kind::Transactor => Some(Role::Approver(approver::read(&mut fields, false, faults))),
        Kind::Copy => Some(Role::Copy(approver::copied(&mut fields, faults))),
        Kind::Delay => delay::read(&mut fields, faults).map(Role::Delay),
        Kind::Trigger => trigger::read(&mut fields, faults).map(Role::Trigger),
        Kind::ChildProcess => Some(Role::Child(child::read(&mut fields, faults))),
        Kind::ConditionBranch | Kind::ParallelBranch | Kind::InclusiveBranch => {
            Some(Role::Branches(branch::read(&mut fields, kind, reading, faults)))
        }
        Kind::Router => Some(Role::Router(router::read(&mut fields, faults))),
        Kind::Condition => {
            let message = "a CONDITION is one of the conditionNodes of a branch";
            faults.add(FaultCode::BadReference, &fields.source, message);
            None
        }
    };
    let source = fields.source.clone();
    fields.finish(kind.with_article(), faults);
    Some(Node { source, id: id?, name, documentation, role: role? })
}

/// The type of a node; none, with a fault, where it has none.
pub(super) fn kind(fields: &mut Fields<'_>, faults: &mut Faults) -> Option<Kind> {
    let said = fields.word("type", faults);
    let said = fields.needed("type", said, faults)?;
    let found = chosen(said.trim(), KINDS).or_else(|| chosen(said.trim(), ALIASES));
    if found.is_none() {
        let message = format!("type is one of {}", names(KINDS));
        faults.add(FaultCode::Unsupported, &fields.source, message);
    }
    found
}

impl Reading {
    /// Nodes that follow one another, each the `childNode` of the one before.
    pub(super) fn chain(&mut self, first: &Value, mut path: String, faults: &mut Faults) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut next = Some(first);
        while let Some(value) = next {
            if !self.counts(faults) {
                break;
            }
            let source = Source { path: path.clone(), id: None };
            let Some(mut fields) = Fields::of(value, source, faults) else { break };
            next = fields.raw("childNode");
            path = fields.place("childNode").path;
            let Some(kind) = kind(&mut fields, faults) else { continue };
            if kind == Kind::Start {
                faults.add(FaultCode::SeveralStarts, &fields.source, "a START is the root of a chart alone");
                continue;
            }
            if kind == Kind::End && next.is_some() {
                faults.add(FaultCode::BadFlow, &fields.source, "an END has no childNode: nothing follows it");
            }
            nodes.extend(node(fields, kind, self, faults));
        }
        nodes
    }

    /// One node more; whether that is not too many.
    pub(super) fn counts(&mut self, faults: &mut Faults) -> bool {
        self.count += 1;
        if self.count > MAX_NODES {
            let message = format!("a chart has at most {MAX_NODES} nodes, branches counted");
            faults.add(FaultCode::TooLarge, &Source::root(), message);
        }
        self.count <= MAX_NODES
    }

    /// An id belongs to a place from now on.
    pub(super) fn claim(&mut self, id: &str, source: &Source, faults: &mut Faults) {
        if id.chars().nth(MAX_ID).is_some() {
            faults.add(FaultCode::IdTooLong, source, format!("an id has at most {MAX_ID} characters"));
        } else if !is_name(id) {
            let message = "an id begins with a letter or _, and has letters, digits, _, - and . behind that";
            faults.add(FaultCode::BadValue, source, message);
        }
        if let Some(first) = self.ids.get(id) {
            faults.add(FaultCode::DuplicateId, source, format!("the id belongs to {first} already"));
        } else {
            self.ids.insert(id.to_owned(), source.path.clone());
        }
    }
}
