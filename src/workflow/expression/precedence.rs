//! The operators between two operands, and what belongs to which.

use super::ast::Binary;

/// What stands between two operands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operator {
    Any,
    All,
    Binary(Binary),
}

/// How tightly an operator binds its operands; what binds tighter is the larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Any,
    All,
    Equality,
    Order,
    Sum,
    Product,
    Operand,
}

impl Operator {
    /// The operator that a symbol or a word stands for.
    pub(super) fn written(written: &str) -> Option<Self> {
        let operator = match written {
            "||" | "or" => return Some(Self::Any),
            "&&" | "and" => return Some(Self::All),
            "+" => Binary::Add,
            "-" => Binary::Subtract,
            "*" => Binary::Multiply,
            "/" | "div" => Binary::Divide,
            "%" | "mod" => Binary::Remainder,
            "==" | "eq" => Binary::Equal,
            "!=" | "ne" => Binary::NotEqual,
            "<" | "lt" => Binary::Less,
            "<=" | "le" => Binary::LessOrEqual,
            ">" | "gt" => Binary::Greater,
            ">=" | "ge" => Binary::GreaterOrEqual,
            _ => return None,
        };
        Some(Self::Binary(operator))
    }

    /// How tightly it binds.
    pub(super) fn level(self) -> Level {
        match self {
            Self::Any => Level::Any,
            Self::All => Level::All,
            Self::Binary(operator) => match operator {
                Binary::Equal | Binary::NotEqual => Level::Equality,
                Binary::Less | Binary::LessOrEqual | Binary::Greater | Binary::GreaterOrEqual => Level::Order,
                Binary::Add | Binary::Subtract => Level::Sum,
                Binary::Multiply | Binary::Divide | Binary::Remainder => Level::Product,
            },
        }
    }
}

impl Level {
    /// What an operand to the right must be made of, so that equals are read from the left.
    pub(super) fn tighter(self) -> Self {
        match self {
            Self::Any => Self::All,
            Self::All => Self::Equality,
            Self::Equality => Self::Order,
            Self::Order => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product | Self::Operand => Self::Operand,
        }
    }
}
