//! An expression, compiled.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use cel::common::types::CelBool;
use cel::common::value::CowVal;
use cel::context::VariableResolver;
use cel::{Context, Env, ExecutionError};
use serde_json::Value;

use super::functions::environment;
use super::operators::{Answer, find, too_long};
use super::translate::{Slot, Translation, translate};
use super::value::{into_cel, left};
use super::{ExpressionError, MAX_RESULT, Variables, parser};

/// An expression, compiled for CEL.
pub(super) struct Program {
    environment: Arc<Env>,
    translation: Translation,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Program").field(&self.translation).finish()
    }
}

impl Program {
    /// Reads the expression that begins after the `${` before `start`; also tells where the text
    /// goes on after its brace.
    ///
    /// # Errors
    /// Where it is none.
    pub(super) fn parse(text: &str, start: usize) -> Result<(Self, usize), ExpressionError> {
        let (ast, end) = parser::parse(text, start)?;
        let translation = translate(&ast);
        let environment = environment()?;
        Ok((Self { environment, translation }, end))
    }

    /// The names of the variables that it reads, in their order.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names: BTreeSet<&str> = self.translation.names.roots.iter().map(String::as_str).collect();
        names.into_iter()
    }

    /// Its value.
    pub(super) fn run(&self, variables: &dyn Variables) -> Answer {
        let names = &self.translation.names;
        let roots = names.roots.iter().map(|name| variables.get(name)).collect();
        let bindings = Bindings { slots: &names.slots, roots };
        let mut context = Context::with_env(Arc::clone(&self.environment));
        context.set_variable_resolver(&bindings);
        // Not `resolve_val`, which would be compiled into this crate with frames for each level
        // that are many times as large.
        let value = cel::Value::resolve(&self.translation.tree, &context).map_err(reason)?;
        match left(&value) {
            Some(Value::String(text)) if text.len() > MAX_RESULT => Err(too_long()),
            Some(value) => Ok(value.clone()),
            None => Err("it has no value".to_owned()),
        }
    }
}

fn reason(error: ExecutionError) -> String {
    match error {
        ExecutionError::FunctionError { message, .. } => message,
        other => other.to_string(),
    }
}

/// What the names in CEL's text stand for in one evaluation. A variable's value is copied only
/// when its name is come to, and only the part of it that is asked for.
struct Bindings<'a> {
    slots: &'a [Slot],
    roots: Vec<Option<Cow<'a, Value>>>,
}

impl Bindings<'_> {
    fn read(&self, root: usize, keys: &[Value]) -> Option<&Value> {
        let value = self.roots.get(root)?.as_deref()?;
        keys.iter().try_fold(value, find)
    }
}

impl VariableResolver for Bindings<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let slot = self.slots.get(name.strip_prefix('x')?.parse::<usize>().ok()?)?;
        Some(match slot {
            Slot::Constant(constant) => CowVal::Borrowed(constant),
            Slot::Read { root, keys } => match self.read(*root, keys) {
                Some(Value::Bool(flag)) => CowVal::owned(CelBool::from(*flag)),
                value => into_cel(value.cloned().unwrap_or_default()),
            },
            Slot::Exists { root } => {
                CowVal::owned(CelBool::from(self.roots.get(*root).is_some_and(Option::is_some)))
            }
        })
    }
}
