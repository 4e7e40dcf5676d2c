//! What is wrong with a document: every fault with its kind, its element and its line.

mod code;

use super::xml::Element;
use crate::workflow::model::{Flow, Node};
pub use code::FaultCode;

/// The most faults that are told of one document.
pub const MAX_FAULTS: usize = 100;
/// The longest message, in characters; what a document says of itself may be long.
const MAX_MESSAGE: usize = 400;
/// The longest id in a fault, in characters.
const MAX_ID: usize = 128;

/// One fault of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFault {
    /// What kind of fault.
    pub code: FaultCode,
    /// The id of the element, at most 128 characters; none where it has none, or where the fault is
    /// one of the whole document.
    pub element: Option<String>,
    /// The line, from 1; 0 where there is none: in a chart.
    pub line: u32,
    /// The column in characters, from 1; 0 where there is none.
    pub column: u32,
    /// The attribute, with the usual prefix of its namespace, where it is one that is wrong.
    pub attribute: Option<String>,
    /// Where in a chart, such as `$.childNode`; none in a document.
    pub path: Option<String>,
    /// What is wrong, for people; at most 400 characters.
    pub message: String,
}

impl ModelFault {
    /// A fault of the whole document.
    pub(in crate::workflow) fn of_document(
        code: FaultCode,
        (line, column): (u32, u32),
        message: impl Into<String>,
    ) -> Self {
        Self {
            code,
            element: None,
            line,
            column,
            attribute: None,
            path: None,
            message: shortened(message.into(), MAX_MESSAGE),
        }
    }
}

impl std::fmt::Display for ModelFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.path {
            Some(path) => f.write_str(path)?,
            None => write!(f, "line {}", self.line)?,
        }
        if let Some(element) = &self.element {
            write!(f, ", {element}")?;
        }
        write!(f, ": {} {}", self.code.as_str(), self.message)
    }
}

/// Where a fault is: an element's id and a line, or a place in a chart.
#[derive(Debug, Clone, Copy)]
pub(in crate::workflow) struct Spot<'x> {
    id: Option<&'x str>,
    line: u32,
    column: u32,
    attribute: Option<&'x str>,
    path: Option<&'x str>,
}

impl<'x> Spot<'x> {
    /// A place in a chart, and the id of the node there.
    pub(in crate::workflow) fn in_chart(id: Option<&'x str>, path: &'x str) -> Self {
        Self { id, line: 0, column: 0, attribute: None, path: Some(path) }
    }

    /// A child without an id of its own: its line, under the id of the element that it belongs to.
    pub(super) fn of_child(self, child: &Element) -> Self {
        Self { line: child.line, column: child.column, ..self }
    }

    /// One of its attributes.
    pub(super) fn at(self, attribute: &'x str) -> Self {
        Self { attribute: Some(attribute), ..self }
    }
}

impl<'x> From<&'x Element> for Spot<'x> {
    fn from(element: &'x Element) -> Self {
        Self { id: element.id(), line: element.line, column: element.column, attribute: None, path: None }
    }
}

impl<'x> From<&'x Node> for Spot<'x> {
    fn from(node: &'x Node) -> Self {
        Self { id: Some(&node.id), line: node.line, column: node.column, attribute: None, path: None }
    }
}

impl<'x> From<&'x Flow> for Spot<'x> {
    fn from(flow: &'x Flow) -> Self {
        Self { id: Some(&flow.id), line: flow.line, column: flow.column, attribute: None, path: None }
    }
}

/// The faults found so far, the first [`MAX_FAULTS`] of them, and beside them as many notes.
#[derive(Debug, Default)]
pub(in crate::workflow) struct Faults {
    faults: Vec<ModelFault>,
    notes: Vec<ModelFault>,
}

impl Faults {
    /// Notes a fault; what is beyond the most is dropped.
    pub(in crate::workflow) fn add<'x, S: Into<Spot<'x>>>(
        &mut self,
        code: FaultCode,
        spot: S,
        message: impl Into<String>,
    ) {
        if !self.is_full() {
            push(&mut self.faults, code, spot.into(), message.into());
        }
    }

    /// Notes what is no fault, and what whoever deploys it has to know: that something is kept and not
    /// executed, or that a process ends where nobody has said so.
    pub(super) fn note<'x, S: Into<Spot<'x>>>(
        &mut self,
        code: FaultCode,
        spot: S,
        message: impl Into<String>,
    ) {
        if self.notes.len() < MAX_FAULTS {
            push(&mut self.notes, code, spot.into(), message.into());
        }
    }

    /// Notes a fault of an element that is known by its id alone.
    pub(super) fn add_at(
        &mut self,
        code: FaultCode,
        id: Option<&str>,
        (line, column): (u32, u32),
        message: impl Into<String>,
    ) {
        self.add(code, Spot { id, line, column, attribute: None, path: None }, message);
    }

    /// Whether there are as many as will ever be told.
    pub(super) fn is_full(&self) -> bool {
        self.faults.len() >= MAX_FAULTS
    }

    /// Whether there are none.
    pub(in crate::workflow) fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// All of them, as they were found.
    pub(in crate::workflow) fn into_found(self) -> Vec<ModelFault> {
        self.faults
    }

    /// All of them, and the notes, each in the order of the document.
    pub(super) fn into_sorted(self) -> (Vec<ModelFault>, Vec<ModelFault>) {
        (sorted(self.faults), sorted(self.notes))
    }
}

fn push(into: &mut Vec<ModelFault>, code: FaultCode, spot: Spot<'_>, message: String) {
    let fault = ModelFault {
        code,
        element: spot.id.map(|id| shortened(id.to_owned(), MAX_ID)),
        line: spot.line,
        column: spot.column,
        attribute: spot.attribute.map(|attribute| shortened(attribute.to_owned(), MAX_ID)),
        path: spot.path.map(str::to_owned),
        message: shortened(message, MAX_MESSAGE),
    };
    if !into.contains(&fault) {
        into.push(fault);
    }
}

fn sorted(mut found: Vec<ModelFault>) -> Vec<ModelFault> {
    found.sort_by(|one, other| {
        (one.line, &one.element, one.code, one.column).cmp(&(
            other.line,
            &other.element,
            other.code,
            other.column,
        ))
    });
    found
}

/// A text's first characters, with an ellipsis where it was longer.
pub(super) fn shortened(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(text[..end].char_indices().next_back().map_or(0, |(last, _)| last));
        text.push('…');
    }
    text
}
