//! The calls that models make: methods of values, variables by their names, and the functions that
//! Flowable has for variables that may be missing (`vars:get(x)`).

use serde_json::Value;

use super::ExpressionError;
use super::ast::{Ast, Binary, Method, Unary};
use super::parser::{Parser, Sub};

/// What Flowable writes before its functions for variables.
pub(super) const PREFIXES: [&str; 3] = ["variables", "vars", "var"];

/// Why a call is refused.
pub(super) fn no_such(call: impl std::fmt::Display) -> String {
    format!("{call} cannot be called here: there are no beans, and of functions and methods only a few")
}

/// A call of a method; the parenthesis is ahead.
pub(super) fn method(parser: &mut Parser<'_>, target: Sub, name: &str) -> Result<Sub, ExpressionError> {
    if let Ast::Variable(owner) = &target.ast
        && let Some(asked) = by_name(owner, name)
    {
        return variable(parser, asked, &format!("{owner}.{name}()"));
    }
    let owner = match &target.ast {
        Ast::Variable(owner) => format!("{owner}."),
        _ => String::new(),
    };
    let Some((method, wanted)) = Method::named(name) else {
        return Err(parser.error(no_such(format_args!("{owner}{name}()"))));
    };
    let arguments = arguments(parser)?;
    if arguments.len() != wanted {
        let found = arguments.len();
        return Err(parser.error(format_args!("{owner}{name}() takes {wanted} arguments, and not {found}")));
    }
    let depths: Vec<_> = std::iter::once(target.depth).chain(arguments.iter().map(|sub| sub.depth)).collect();
    let arguments = arguments.into_iter().map(|sub| sub.ast).collect();
    parser.node(Ast::Call(method, Box::new(target.ast), arguments), &depths)
}

/// What is asked of a variable that is named by a text.
#[derive(Debug, Clone, Copy)]
enum Asked {
    Value,
    Existence,
}

/// `execution.getVariable('x')` and its like, which read a variable and call no method.
fn by_name(owner: &str, name: &str) -> Option<Asked> {
    match (owner, name) {
        ("execution", "getVariable") | ("variables", "get") => Some(Asked::Value),
        ("execution", "hasVariable") | ("variables", "containsKey") => Some(Asked::Existence),
        _ => None,
    }
}

fn variable(parser: &mut Parser<'_>, asked: Asked, call: &str) -> Result<Sub, ExpressionError> {
    let arguments = arguments(parser)?;
    let [Sub { ast: Ast::Literal(Value::String(name)), .. }] = arguments.as_slice() else {
        return Err(parser.error(format_args!("{call} takes the name of a variable, as a text")));
    };
    parser.node(asked.about(name.clone()), &[])
}

impl Asked {
    fn about(self, name: String) -> Ast {
        match self {
            Self::Value => Ast::Variable(name),
            Self::Existence => Ast::HasVariable(name),
        }
    }
}

/// A function of Flowable's for a variable, whose name is its first argument: as a text, or
/// without quotes. The parenthesis is ahead.
pub(super) fn variable_function(parser: &mut Parser<'_>, name: &str) -> Result<Sub, ExpressionError> {
    let wanted = match name {
        "get" | "exists" | "isEmpty" | "empty" | "isNotEmpty" | "notEmpty" => 1,
        "getOrDefault" | "contains" => 2,
        _ if comparison(name).is_some() => 2,
        _ => return Err(parser.error(no_such(format_args!("{name}()")))),
    };
    let arguments = arguments(parser)?;
    let named = match arguments.first().map(|sub| &sub.ast) {
        Some(Ast::Variable(name) | Ast::Literal(Value::String(name))) => name.clone(),
        _ => return Err(parser.error(format_args!("{name}() takes the name of a variable first"))),
    };
    if arguments.len() != wanted {
        return Err(parser.error(format_args!("{name}() takes {wanted} arguments")));
    }
    let read = parser.node(Ast::Variable(named.clone()), &[])?;
    let Some(argument) = arguments.into_iter().nth(1) else {
        return match name {
            "get" => Ok(read),
            "exists" => parser.node(Ast::HasVariable(named), &[]),
            _ => {
                let empty = parser.node(Ast::Unary(Unary::Empty, Box::new(read.ast)), &[read.depth])?;
                if !name.to_ascii_lowercase().contains("not") {
                    return Ok(empty);
                }
                parser.node(Ast::Unary(Unary::Not, Box::new(empty.ast)), &[empty.depth])
            }
        };
    };
    let depths = [read.depth, argument.depth];
    let (target, argument) = (Box::new(read.ast), argument.ast);
    match comparison(name) {
        Some(operator) => parser.node(Ast::Binary(operator, target, Box::new(argument)), &depths),
        None if name == "contains" => {
            parser.node(Ast::Call(Method::Contains, target, vec![argument]), &depths)
        }
        None => {
            let null = parser.node(Ast::Literal(Value::Null), &[])?.ast;
            let missing = Ast::Binary(Binary::Equal, target.clone(), Box::new(null));
            let missing = parser.node(missing, &[1])?;
            let depths = [missing.depth, depths[1]];
            parser.node(Ast::Choice(Box::new([missing.ast, argument, *target])), &depths)
        }
    }
}

fn comparison(name: &str) -> Option<Binary> {
    Some(match name {
        "eq" | "equals" => Binary::Equal,
        "ne" | "notEquals" => Binary::NotEqual,
        "lt" | "lessThan" => Binary::Less,
        "lte" | "lessThanOrEquals" => Binary::LessOrEqual,
        "gt" | "greaterThan" => Binary::Greater,
        "gte" | "greaterThanOrEquals" => Binary::GreaterOrEqual,
        _ => return None,
    })
}

/// The arguments of a call, with its parentheses.
fn arguments(parser: &mut Parser<'_>) -> Result<Vec<Sub>, ExpressionError> {
    parser.expect("(")?;
    let mut arguments = Vec::new();
    if parser.take(")") {
        return Ok(arguments);
    }
    loop {
        arguments.push(parser.nested(Parser::choice)?);
        if parser.take(")") {
            return Ok(arguments);
        }
        parser.expect(",")?;
    }
}
