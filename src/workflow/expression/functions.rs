//! The functions that expressions consist of in CEL. There are no others: neither CEL's own, nor
//! its macros, so nothing loops and nothing is reached but the values handed in.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use cel::common::functions::Function;
use cel::common::types::{CelBool, DYN_TYPE};
use cel::common::value::CowVal;
use cel::{DeclarationError, Env, ExecutionError};
use serde_json::Value;

use super::ast::{Binary, Method, Unary};
use super::operators::{self, Answer};
use super::value::{from_cel, into_cel, leaving};
use super::{ExpressionError, methods};

/// What a condition takes its argument for; null is false.
pub(super) const TRUTH: &str = "truth";
/// A member of an object, or an element of a list.
pub(super) const AT: &str = "at";

/// What stands around every expression, so that its value can leave CEL.
pub(super) const RESULT: &str = "result";

static ENVIRONMENT: LazyLock<Result<Arc<Env>, DeclarationError>> =
    LazyLock::new(|| environment_of(&FUNCTIONS).map(Arc::new));

/// What expressions are compiled and evaluated with.
///
/// # Errors
/// Where two of the functions could not be told apart: a mistake of ours.
pub(super) fn environment() -> Result<Arc<Env>, ExpressionError> {
    ENVIRONMENT.clone().map_err(|error| ExpressionError(error.to_string()))
}

fn environment_of(functions: &[(&str, usize, Function)]) -> Result<Env, DeclarationError> {
    let mut env = Env::default().with_optional_support(false);
    for (name, arguments, function) in functions {
        let types = std::iter::repeat_with(|| DYN_TYPE).take(*arguments).collect();
        env.add_overload(name, name, types, *function)?;
    }
    Ok(env)
}

/// The function of an operator.
pub(super) fn of_unary(operator: Unary) -> &'static str {
    match operator {
        Unary::Not => "not",
        Unary::Negate => "negate",
        Unary::Empty => "empty",
    }
}

/// The function of an operator.
pub(super) fn of_binary(operator: Binary) -> &'static str {
    match operator {
        Binary::Add => "add",
        Binary::Subtract => "subtract",
        Binary::Multiply => "multiply",
        Binary::Divide => "divide",
        Binary::Remainder => "remainder",
        Binary::Equal => "equal",
        Binary::NotEqual => "unequal",
        Binary::Less => "less",
        Binary::LessOrEqual => "less_or_equal",
        Binary::Greater => "greater",
        Binary::GreaterOrEqual => "greater_or_equal",
    }
}

/// The function of a method, which takes the value before its arguments.
pub(super) fn of_method(method: Method) -> &'static str {
    match method {
        Method::Contains => "contains",
        Method::ContainsKey => "contains_key",
        Method::EndsWith => "ends_with",
        Method::Equals => "same",
        Method::EqualsIgnoreCase => "same_ignoring_case",
        Method::Get => AT_METHOD,
        Method::IsEmpty => "is_empty",
        Method::Length => "length",
        Method::Size => "size",
        Method::StartsWith => "starts_with",
        Method::ToLowerCase => "lower_case",
        Method::ToUpperCase => "upper_case",
        Method::Trim => "trim",
    }
}

const AT_METHOD: &str = "get";

const FUNCTIONS: [(&str, usize, Function); 30] = [
    (RESULT, 1, |arguments| leaving(argument(&arguments, 0)?)),
    (TRUTH, 1, |arguments| one(&arguments, |value| operators::truth(value).map(Value::Bool))),
    (AT, 2, |arguments| two(&arguments, |value, key| Ok(operators::at(value, key)))),
    ("not", 1, |arguments| one(&arguments, |value| operators::truth(value).map(|flag| Value::Bool(!flag)))),
    ("negate", 1, |arguments| one(&arguments, operators::negate)),
    ("empty", 1, |arguments| one(&arguments, |value| Ok(operators::is_empty(value).into()))),
    ("add", 2, |arguments| two(&arguments, operators::add)),
    ("subtract", 2, |arguments| two(&arguments, operators::subtract)),
    ("multiply", 2, |arguments| two(&arguments, operators::multiply)),
    ("divide", 2, |arguments| two(&arguments, operators::divide)),
    ("remainder", 2, |arguments| two(&arguments, operators::remainder)),
    ("equal", 2, |arguments| two(&arguments, |one, other| Ok(operators::equal(one, other).into()))),
    ("unequal", 2, |arguments| two(&arguments, |one, other| Ok((!operators::equal(one, other)).into()))),
    ("less", 2, |arguments| two(&arguments, |one, other| order(one, other, Ordering::is_lt))),
    ("less_or_equal", 2, |arguments| two(&arguments, |one, other| order(one, other, Ordering::is_le))),
    ("greater", 2, |arguments| two(&arguments, |one, other| order(one, other, Ordering::is_gt))),
    ("greater_or_equal", 2, |arguments| two(&arguments, |one, other| order(one, other, Ordering::is_ge))),
    ("contains", 2, |arguments| two(&arguments, |it, other| methods::with(Method::Contains, it, other))),
    ("contains_key", 2, |arguments| {
        two(&arguments, |it, other| methods::with(Method::ContainsKey, it, other))
    }),
    ("ends_with", 2, |arguments| two(&arguments, |it, other| methods::with(Method::EndsWith, it, other))),
    ("same", 2, |arguments| two(&arguments, |it, other| methods::with(Method::Equals, it, other))),
    ("same_ignoring_case", 2, |arguments| {
        two(&arguments, |it, other| methods::with(Method::EqualsIgnoreCase, it, other))
    }),
    (AT_METHOD, 2, |arguments| two(&arguments, |it, other| methods::with(Method::Get, it, other))),
    ("starts_with", 2, |arguments| two(&arguments, |it, other| methods::with(Method::StartsWith, it, other))),
    ("is_empty", 1, |arguments| one(&arguments, |it| methods::plain(Method::IsEmpty, it))),
    ("length", 1, |arguments| one(&arguments, |it| methods::plain(Method::Length, it))),
    ("size", 1, |arguments| one(&arguments, |it| methods::plain(Method::Size, it))),
    ("lower_case", 1, |arguments| one(&arguments, |it| methods::plain(Method::ToLowerCase, it))),
    ("upper_case", 1, |arguments| one(&arguments, |it| methods::plain(Method::ToUpperCase, it))),
    ("trim", 1, |arguments| one(&arguments, |it| methods::plain(Method::Trim, it))),
];

fn order(one: &Value, other: &Value, wanted: fn(Ordering) -> bool) -> Answer {
    operators::ordered(one, other, wanted).map(Value::Bool)
}

type Called<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

fn one<'b, 'v>(arguments: &[CowVal<'_, '_>], operation: fn(&Value) -> Answer) -> Called<'b, 'v> {
    answer(operation(&*argument(arguments, 0)?))
}

fn two<'b, 'v>(arguments: &[CowVal<'_, '_>], operation: fn(&Value, &Value) -> Answer) -> Called<'b, 'v> {
    answer(operation(&*argument(arguments, 0)?, &*argument(arguments, 1)?))
}

fn argument<'a>(arguments: &'a [CowVal<'_, '_>], index: usize) -> Result<Cow<'a, Value>, ExecutionError> {
    let value = arguments.get(index).and_then(|argument| from_cel(&**argument));
    value.ok_or_else(ExecutionError::missing_argument_or_target)
}

/// What CEL's own `? :` looks into stays CEL's.
fn answer<'b, 'v>(answer: Answer) -> Called<'b, 'v> {
    match answer {
        Ok(Value::Bool(flag)) => Ok(CowVal::owned(CelBool::from(flag))),
        Ok(value) => Ok(into_cel(value)),
        Err(reason) => Err(ExecutionError::function_error("", reason)),
    }
}
