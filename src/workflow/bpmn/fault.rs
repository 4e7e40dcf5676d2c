//! What is wrong with a document: every fault with its kind, its element and its line.

use super::xml::Element;
use crate::workflow::model::{Flow, Node};

/// The most faults that are told of one document.
pub const MAX_FAULTS: usize = 100;
/// The longest message, in characters; what a document says of itself may be long.
const MAX_MESSAGE: usize = 400;
/// The longest id in a fault, in characters.
const MAX_ID: usize = 128;

/// What kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultCode {
    /// No well-formed XML, or none that is read here: a DOCTYPE, another encoding than UTF-8.
    MalformedXml,
    /// Beyond what is read of any document.
    TooLarge,
    /// No BPMN 2.0 document, or one without a process to execute.
    NoProcess,
    /// More than one process to execute.
    SeveralProcesses,
    /// An element without the id that it needs.
    MissingId,
    /// An id that another element has.
    DuplicateId,
    /// An id of more than 128 characters.
    IdTooLong,
    /// A name of more than 255 characters.
    NameTooLong,
    /// An element that is not executed here.
    Unsupported,
    /// An attribute, or an extension, that would change the execution and is not supported.
    UnsupportedAttribute,
    /// Something that has to be there is missing.
    Missing,
    /// A value that is none of those that may be.
    BadValue,
    /// Two things that cannot both hold.
    Contradiction,
    /// An expression that cannot be read.
    BadExpression,
    /// A form that is none.
    BadForm,
    /// A field that the form does not have.
    UnknownField,
    /// A reference to what is not there.
    BadReference,
    /// A process or subprocess without a start event.
    NoStart,
    /// One with more than one.
    SeveralStarts,
    /// A flow into a start event, or out of an end event.
    BadFlow,
    /// A flow with an end in the air.
    DanglingFlow,
    /// A flow over the border of a subprocess.
    FlowCrossesBorder,
    /// A default flow that cannot be it.
    BadDefault,
    /// A flow of an exclusive gateway without the condition that it needs.
    MissingCondition,
    /// A condition where none is looked at.
    UselessCondition,
    /// A node that no token can come to.
    Unreachable,
    /// A node from which no end can be reached.
    NoWayOut,
    /// A gateway that waits for a token which never comes.
    Deadlock,
    /// A flow on which ever more tokens gather.
    EndlessTokens,
}

impl FaultCode {
    /// The code for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MalformedXml => "MALFORMED_XML",
            Self::TooLarge => "TOO_LARGE",
            Self::NoProcess => "NO_PROCESS",
            Self::SeveralProcesses => "SEVERAL_PROCESSES",
            Self::MissingId => "MISSING_ID",
            Self::DuplicateId => "DUPLICATE_ID",
            Self::IdTooLong => "ID_TOO_LONG",
            Self::NameTooLong => "NAME_TOO_LONG",
            Self::Unsupported => "UNSUPPORTED",
            Self::UnsupportedAttribute => "UNSUPPORTED_ATTRIBUTE",
            Self::Missing => "MISSING",
            Self::BadValue => "BAD_VALUE",
            Self::Contradiction => "CONTRADICTION",
            Self::BadExpression => "BAD_EXPRESSION",
            Self::BadForm => "BAD_FORM",
            Self::UnknownField => "UNKNOWN_FIELD",
            Self::BadReference => "BAD_REFERENCE",
            Self::NoStart => "NO_START",
            Self::SeveralStarts => "SEVERAL_STARTS",
            Self::BadFlow => "BAD_FLOW",
            Self::DanglingFlow => "DANGLING_FLOW",
            Self::FlowCrossesBorder => "FLOW_CROSSES_BORDER",
            Self::BadDefault => "BAD_DEFAULT",
            Self::MissingCondition => "MISSING_CONDITION",
            Self::UselessCondition => "USELESS_CONDITION",
            Self::Unreachable => "UNREACHABLE",
            Self::NoWayOut => "NO_WAY_OUT",
            Self::Deadlock => "DEADLOCK",
            Self::EndlessTokens => "ENDLESS_TOKENS",
        }
    }
}

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
    /// Where in a chart, such as `$.childNode`; none in a document.
    pub path: Option<String>,
    /// What is wrong, for people; at most 400 characters.
    pub message: String,
}

impl ModelFault {
    /// A fault of the whole document.
    pub(super) fn of_document(code: FaultCode, line: u32, message: impl Into<String>) -> Self {
        Self { code, element: None, line, path: None, message: shortened(message.into(), MAX_MESSAGE) }
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
    path: Option<&'x str>,
}

impl<'x> Spot<'x> {
    /// A place in a chart, and the id of the node there.
    pub(in crate::workflow) fn in_chart(id: Option<&'x str>, path: &'x str) -> Self {
        Self { id, line: 0, path: Some(path) }
    }

    /// A child without an id of its own: its line, under the id of the element that it belongs to.
    pub(super) fn of_child(self, child: &Element) -> Self {
        Self { line: child.line, ..self }
    }
}

impl<'x> From<&'x Element> for Spot<'x> {
    fn from(element: &'x Element) -> Self {
        Self { id: element.id(), line: element.line, path: None }
    }
}

impl<'x> From<&'x Node> for Spot<'x> {
    fn from(node: &'x Node) -> Self {
        Self { id: Some(&node.id), line: node.line, path: None }
    }
}

impl<'x> From<&'x Flow> for Spot<'x> {
    fn from(flow: &'x Flow) -> Self {
        Self { id: Some(&flow.id), line: flow.line, path: None }
    }
}

/// The faults found so far, the first [`MAX_FAULTS`] of them.
#[derive(Debug, Default)]
pub(in crate::workflow) struct Faults(Vec<ModelFault>);

impl Faults {
    /// Notes a fault; what is beyond the most is dropped.
    pub(in crate::workflow) fn add<'x, S: Into<Spot<'x>>>(
        &mut self,
        code: FaultCode,
        spot: S,
        message: impl Into<String>,
    ) {
        if self.is_full() {
            return;
        }
        let spot = spot.into();
        let fault = ModelFault {
            code,
            element: spot.id.map(|id| shortened(id.to_owned(), MAX_ID)),
            line: spot.line,
            path: spot.path.map(str::to_owned),
            message: shortened(message.into(), MAX_MESSAGE),
        };
        if !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// Notes a fault of an element that is known by its id alone.
    pub(super) fn add_at(
        &mut self,
        code: FaultCode,
        id: Option<&str>,
        line: u32,
        message: impl Into<String>,
    ) {
        self.add(code, Spot { id, line, path: None }, message);
    }

    /// Whether there are as many as will ever be told.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }

    /// Whether there are none.
    pub(in crate::workflow) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, as they were found.
    pub(in crate::workflow) fn into_found(self) -> Vec<ModelFault> {
        self.0
    }

    /// All of them, in the order of the document.
    pub(super) fn into_sorted(mut self) -> Vec<ModelFault> {
        self.0.sort_by(|one, other| {
            (one.line, &one.element, one.code).cmp(&(other.line, &other.element, other.code))
        });
        self.0
    }
}

/// A text's first characters, with an ellipsis where it was longer.
pub(super) fn shortened(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(text[..end].char_indices().next_back().map_or(0, |(last, _)| last));
        text.push('…');
    }
    text
}
