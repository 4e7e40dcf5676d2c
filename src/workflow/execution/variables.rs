//! What expressions see: the locals of a token's activity, those of the scopes around it, then what every process knows of
//! itself, then its variables.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::machine::Machine;
use super::state::{ROOT, State};
use super::{Facts, StepError};
use crate::workflow::expression::{Expression, Template, Variables};

/// The variables as a token, or what is in a scope, sees them.
pub struct Scoped<'a> {
    pub state: &'a State,
    pub variables: &'a Map<String, Value>,
    pub facts: Facts<'a>,
    /// The token, or the innermost scope: they have no number in common.
    pub from: u32,
    /// What goes before all else.
    pub extra: &'a [(&'a str, Value)],
    /// Under which further name the starter is known.
    pub initiator: Option<&'a str>,
}

impl Variables for Scoped<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        if let Some((_, value)) = self.extra.iter().find(|(extra, _)| *extra == name) {
            return Some(Cow::Borrowed(value));
        }
        let mut scope = self.from;
        if let Some(token) = self.state.token(scope) {
            if let Some(value) = token.locals.get(name) {
                return Some(Cow::Borrowed(value));
            }
            scope = token.scope;
        }
        while scope != ROOT {
            let Some(found) = self.state.scope(scope) else { break };
            if let Some(value) = found.locals.get(name) {
                return Some(Cow::Borrowed(value));
            }
            scope = found.outer;
        }
        // Before the variables: nobody makes himself somebody else by naming one so.
        let known = match name {
            "initiator" | "starter" => Some(self.facts.starter),
            "businessKey" => Some(self.facts.business_key),
            _ if Some(name) == self.initiator => Some(self.facts.starter),
            _ => None,
        };
        match known {
            Some(known) => known.map(|text| Cow::Owned(Value::from(text))),
            None => self.variables.get(name).map(Cow::Borrowed),
        }
    }
}

impl Machine<'_> {
    /// What expressions see from a token or a scope.
    pub fn scoped<'s>(&'s self, from: u32, extra: &'s [(&'s str, Value)]) -> Scoped<'s> {
        Scoped {
            state: &self.state,
            variables: &self.variables,
            facts: self.facts,
            from,
            extra,
            initiator: self.model.settings.initiator.as_deref(),
        }
    }

    pub fn is_true(
        &self,
        expression: &Expression,
        of: &str,
        from: u32,
        extra: &[(&str, Value)],
    ) -> Result<bool, StepError> {
        let found = expression.is_true(&self.scoped(from, extra));
        found.map_err(|error| StepError::Expression { node: of.to_owned(), error })
    }

    pub fn text(&self, template: &Template, of: &str, from: u32) -> Result<Option<String>, StepError> {
        let found = template.text(&self.scoped(from, &[]));
        found.map_err(|error| StepError::Expression { node: of.to_owned(), error })
    }
}
