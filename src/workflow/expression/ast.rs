//! What an expression says, once its text is read.

use serde_json::Value;

/// An expression, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Ast {
    /// Itself: a number, a text, true, false or null.
    Literal(Value),
    /// A variable.
    Variable(String),
    /// Whether there is such a variable, even one that is null.
    HasVariable(String),
    /// A property of an object or an element of a list.
    Property(Box<Ast>, Box<Ast>),
    /// One operand.
    Unary(Unary, Box<Ast>),
    /// Two operands.
    Binary(Binary, Box<Ast>, Box<Ast>),
    /// Whether all are true, asked in their order until one is not.
    All(Vec<Ast>),
    /// Whether one is true, asked in their order until one is.
    Any(Vec<Ast>),
    /// The second where the first is true, else the third.
    Choice(Box<[Ast; 3]>),
    /// A method of a value.
    Call(Method, Box<Ast>, Vec<Ast>),
}

/// An operator with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Negate,
    Empty,
}

/// An operator with two operands, both of which are always evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A method that can be called on a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Contains,
    ContainsKey,
    EndsWith,
    Equals,
    EqualsIgnoreCase,
    Get,
    IsEmpty,
    Length,
    Size,
    StartsWith,
    ToLowerCase,
    ToUpperCase,
    Trim,
}

impl Method {
    /// All of them: the name in the source, and how many arguments each takes.
    pub(super) const ALL: [(&'static str, usize, Self); 13] = [
        ("contains", 1, Self::Contains),
        ("containsKey", 1, Self::ContainsKey),
        ("endsWith", 1, Self::EndsWith),
        ("equals", 1, Self::Equals),
        ("equalsIgnoreCase", 1, Self::EqualsIgnoreCase),
        ("get", 1, Self::Get),
        ("isEmpty", 0, Self::IsEmpty),
        ("length", 0, Self::Length),
        ("size", 0, Self::Size),
        ("startsWith", 1, Self::StartsWith),
        ("toLowerCase", 0, Self::ToLowerCase),
        ("toUpperCase", 0, Self::ToUpperCase),
        ("trim", 0, Self::Trim),
    ];

    /// The method of that name, and how many arguments it takes.
    pub(super) fn named(name: &str) -> Option<(Self, usize)> {
        Self::ALL
            .iter()
            .find(|(known, ..)| *known == name)
            .map(|(_, arguments, method)| (*method, *arguments))
    }
}

impl Ast {
    /// Whether its value is always true or false.
    pub(super) fn is_boolean(&self) -> bool {
        match self {
            Self::Literal(value) => value.is_boolean(),
            Self::HasVariable(_) | Self::All(_) | Self::Any(_) => true,
            Self::Unary(operator, _) => matches!(operator, Unary::Not | Unary::Empty),
            Self::Binary(operator, ..) => !matches!(
                operator,
                Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder
            ),
            Self::Variable(_) | Self::Property(..) | Self::Choice(_) | Self::Call(..) => false,
        }
    }
}
