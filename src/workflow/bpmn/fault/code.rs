//! The kinds of faults.

/// What kind of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FaultCode {
    /// No well-formed XML, or none that is read here: a DOCTYPE, another encoding than UTF-8.
    MalformedXml,
    /// No well-formed JSON, where a chart is read from a file.
    MalformedJson,
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
    /// No fault: what is kept and not executed here, and would be elsewhere.
    NotExecuted,
}

impl FaultCode {
    /// Whether it judges what has been read, all of which can be executed as it stands; not what could not be
    /// read.
    pub(in crate::workflow) fn is_judgement(self) -> bool {
        matches!(
            self,
            Self::IdTooLong
                | Self::NameTooLong
                | Self::UnsupportedAttribute
                | Self::UselessCondition
                | Self::Unreachable
                | Self::NoWayOut
                | Self::Deadlock
                | Self::EndlessTokens
        )
    }

    /// The code for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MalformedXml => "MALFORMED_XML",
            Self::MalformedJson => "MALFORMED_JSON",
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
            Self::NotExecuted => "NOT_EXECUTED",
        }
    }
}
