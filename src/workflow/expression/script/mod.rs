//! Scripts: expressions of more than one line, in CEL itself or as everywhere else in `${…}`.

mod bounds;
mod value;

use std::sync::{Arc, LazyLock};

use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Env, IdedExpr};
use serde_json::Value;

use self::bounds::Shape;
use super::operators::Answer;
use super::{EvaluationError, Expression, ExpressionError, Variables, bounded_source};

/// The stack on which a text is parsed: CEL's parser needs up to a quarter of a megabyte a level.
const STACK: usize = 64 << 20;
/// How deep its parser goes.
const LEVELS: u16 = 48;
/// The most bytes that a script's value takes as JSON.
const MAX_VALUE: usize = 256 << 10;

static ENVIRONMENT: LazyLock<Arc<Env>> =
    LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));

/// Which language a script is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// The Common Expression Language, <https://cel.dev>.
    Cel,
    /// As all other expressions.
    Juel,
}

impl Language {
    /// The language of a `scriptFormat`, in any case; none for one that is not read.
    pub fn of(format: &str) -> Option<Self> {
        match &*format.trim().to_lowercase() {
            "cel" | "application/cel" | "text/cel" => Some(Self::Cel),
            "juel" | "uel" => Some(Self::Juel),
            _ => None,
        }
    }
}

/// What a script task evaluates. It has no effect but its value.
#[derive(Debug)]
pub struct Script(Kind);

#[derive(Debug)]
enum Kind {
    Juel(Expression),
    Cel(Cel),
}

struct Cel {
    source: String,
    tree: IdedExpr,
    shape: Shape,
}

impl std::fmt::Debug for Cel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cel").field(&self.source).finish()
    }
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// Where it cannot be read, is longer than [`MAX_SOURCE`](super::MAX_SOURCE), nests or repeats too
    /// much.
    pub fn parse(language: Language, text: &str) -> Result<Self, ExpressionError> {
        match language {
            Language::Juel => Expression::parse(text).map(Kind::Juel).map(Self),
            Language::Cel => {
                bounded_source(text)?;
                let (tree, shape) = parse(text.to_owned())?;
                Ok(Self(Kind::Cel(Cel { source: text.to_owned(), tree, shape })))
            }
        }
    }

    /// Its value, of at most 256 KiB as JSON. In CEL a variable that is missing is an error.
    ///
    /// # Errors
    /// Where it has none: what it does cannot be done with these values.
    pub fn evaluate(&self, variables: &dyn Variables) -> Result<Value, EvaluationError> {
        match &self.0 {
            Kind::Juel(expression) => expression.evaluate(variables),
            Kind::Cel(cel) => cel.run(variables).map_err(|reason| {
                let expression = cel.source.trim().chars().take(120).collect();
                EvaluationError { expression, reason }
            }),
        }
    }
}

impl Cel {
    fn run(&self, variables: &dyn Variables) -> Answer {
        let mut held = Vec::new();
        for name in &self.shape.names {
            if let Some(value) = variables.get(name) {
                self.shape.check(name, &value)?;
                held.push((name.as_str(), value::into_cel(&value)));
            }
        }
        let bindings = Bindings(held);
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        context.set_variable_resolver(&bindings);
        let value = cel::Value::resolve(&self.tree, &context).map_err(|error| error.to_string())?;
        let value = value::from_cel(&value)?;
        match serde_json::to_string(&value) {
            Ok(text) if text.len() > MAX_VALUE => Err(format!("its value has more than {MAX_VALUE} bytes")),
            Ok(_) => Ok(value),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What the names in a script stand for.
struct Bindings<'a>(Vec<(&'a str, cel::Value)>);

impl VariableResolver for Bindings<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let (_, value) = self.0.iter().find(|(known, _)| *known == name)?;
        value.clone().try_into().ok().map(CowVal::Owned)
    }
}

/// Parses on a stack of its own, and there too lets go of what is too deep.
fn parse(text: String) -> Result<(IdedExpr, Shape), ExpressionError> {
    let parser = move || {
        let tree = ENVIRONMENT.parser().max_recursion_depth(LEVELS).parse(&text);
        let tree = tree.map_err(|error| ExpressionError(told(&error.to_string())))?;
        let shape = Shape::of(&tree).map_err(ExpressionError)?;
        Ok((tree, shape))
    };
    let failed = |error: std::io::Error| ExpressionError(format!("it could not be read: {error}"));
    let thread = std::thread::Builder::new().name("cel".to_owned()).stack_size(STACK).spawn(parser);
    thread.map_err(failed)?.join().unwrap_or_else(|_| Err(ExpressionError("it cannot be read".to_owned())))
}

/// The parser's words in one line.
fn told(error: &str) -> String {
    error
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('|'))
        .collect::<Vec<_>>()
        .join("; ")
}

#[cfg(test)]
mod tests;
