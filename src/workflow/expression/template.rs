//! Texts with expressions in them.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::lexer::error_at;
use super::operators::{Answer, join, kind_of, written};
use super::program::Program;
use super::{EvaluationError, ExpressionError, Variables, bounded_source};

/// A text that may hold expressions: `Leave of ${starter}`. Where one expression is all of it, its
/// value keeps its type. `\${` stands for the characters `${` themselves.
#[derive(Debug, Clone)]
pub struct Template {
    source: Arc<str>,
    parts: Arc<[Part]>,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Expression(Program),
}

impl Template {
    /// Reads a text with any number of expressions in it, also none.
    ///
    /// # Errors
    /// As [`Expression::parse`](super::Expression::parse); also where braces do not match.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        bounded_source(text)?;
        Ok(Self { source: text.into(), parts: parts(text)?.into() })
    }

    /// A text in which nothing is read: it stands for itself.
    pub fn plain(text: &str) -> Self {
        Self { source: text.into(), parts: [Part::Text(text.to_owned())].into() }
    }

    /// The text it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names of the variables that it reads, in their order.
    pub fn names(&self) -> Vec<&str> {
        let mut names = BTreeSet::new();
        for part in self.parts.iter() {
            if let Part::Expression(program) = part {
                names.extend(program.names());
            }
        }
        names.into_iter().collect()
    }

    /// Its value: that of its one expression, or else a text of at most
    /// [`MAX_RESULT`](super::MAX_RESULT) bytes, in which null is empty.
    ///
    /// # Errors
    /// Where one of its expressions has none, or it is too long.
    pub fn evaluate(&self, variables: &dyn Variables) -> Result<Value, EvaluationError> {
        self.value(variables).map_err(|reason| self.error(reason))
    }

    /// Its value as a text; none where it is null or empty. Numbers are written out.
    ///
    /// # Errors
    /// Where it has no value, or a list or an object.
    pub fn text(&self, variables: &dyn Variables) -> Result<Option<String>, EvaluationError> {
        let value = self.evaluate(variables)?;
        let text = written(&value).map_err(|reason| self.error(reason))?;
        Ok((!text.is_empty()).then(|| text.into_owned()))
    }

    /// Its value as a text in which `encode` was done to what its expressions result in, and not to what
    /// stands around them.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn encoded(
        &self,
        variables: &dyn Variables,
        encode: impl Fn(&str) -> String,
    ) -> Result<String, EvaluationError> {
        let mut text = Value::String(String::new());
        for part in self.parts.iter() {
            let next = match part {
                Part::Text(text) => text.clone(),
                Part::Expression(program) => {
                    let value = program.run(variables).map_err(|reason| self.error(reason))?;
                    encode(&written(&value).map_err(|reason| self.error(reason))?)
                }
            };
            let told = |reason| self.error(reason);
            text = join(&[written(&text).map_err(told)?, next.into()]).map_err(told)?;
        }
        written(&text).map(std::borrow::Cow::into_owned).map_err(|reason| self.error(reason))
    }

    /// Its value as a list of texts: a list's members, or a text's parts between commas, without
    /// what is empty and without the blanks around.
    ///
    /// # Errors
    /// Where it has no value, or one that is no such list.
    pub fn texts(&self, variables: &dyn Variables) -> Result<Vec<String>, EvaluationError> {
        match self.evaluate(variables)? {
            Value::String(text) => Ok(without_blanks(text.split(','))),
            Value::Array(items) => {
                let texts = items.iter().map(item).collect::<Answer<Vec<_>>>();
                let texts = texts.map_err(|reason| self.error(reason))?;
                Ok(without_blanks(texts.iter()))
            }
            value => {
                item(&value).map(|text| without_blanks(text.split(','))).map_err(|reason| self.error(reason))
            }
        }
    }

    fn value(&self, variables: &dyn Variables) -> Answer {
        match &*self.parts {
            [Part::Expression(program)] => program.run(variables),
            parts => {
                let mut text = Value::String(String::new());
                for part in parts {
                    let next = match part {
                        Part::Text(text) => Value::from(text.as_str()),
                        Part::Expression(program) => program.run(variables)?,
                    };
                    text = join(&[written(&text)?, written(&next)?])?;
                }
                Ok(text)
            }
        }
    }

    fn error(&self, reason: String) -> EvaluationError {
        EvaluationError { expression: self.source.to_string(), reason }
    }
}

/// A member of a list of texts: a text, a number or nothing.
fn item(value: &Value) -> Answer<String> {
    match value {
        Value::Bool(_) => Err(format!("{} is no member of a list of texts", kind_of(value))),
        _ => written(value).map(std::borrow::Cow::into_owned),
    }
}

fn without_blanks(texts: impl Iterator<Item = impl AsRef<str>>) -> Vec<String> {
    texts.map(|text| text.as_ref().trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

fn parts(text: &str) -> Result<Vec<Part>, ExpressionError> {
    let trimmed = text.trim();
    // Blanks around a single expression are the document's, not the author's.
    if begins_expression(trimmed) {
        let start = text.len() - text.trim_start().len();
        let (program, end) = Program::parse(text, start + 2)?;
        if text[end..].trim().is_empty() {
            return Ok(vec![Part::Expression(program)]);
        }
    }
    let mut parts = Vec::new();
    let mut plain = String::new();
    // Where each brace of the plain text that is still open stands; one that is escaped may stay.
    let mut open = Vec::new();
    let mut at = 0;
    while let Some(next) = text[at..].chars().next() {
        let rest = &text[at..];
        if next == '\\' && begins_expression(&rest[1..]) {
            open.push(None);
            plain.push_str(&rest[1..3]);
            at += 3;
            continue;
        }
        if begins_expression(rest) {
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            let (program, end) = Program::parse(text, at + 2)?;
            parts.push(Part::Expression(program));
            at = end;
            continue;
        }
        match next {
            '{' => open.push(Some(at)),
            '}' if open.pop().is_none() => {
                return Err(error_at(text, at, "this } closes nothing"));
            }
            _ => {}
        }
        plain.push(next);
        at += next.len_utf8();
    }
    if let Some(at) = open.into_iter().flatten().last() {
        return Err(error_at(text, at, "this { is never closed"));
    }
    if !plain.is_empty() {
        parts.push(Part::Text(plain));
    }
    Ok(parts)
}

/// Whether a text begins with an expression's braces.
pub(super) fn begins_expression(text: &str) -> bool {
    text.starts_with("${") || text.starts_with("#{")
}
