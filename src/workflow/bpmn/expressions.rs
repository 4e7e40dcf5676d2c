//! Expressions where a document has them, with their faults.

use super::fault::{FaultCode, Faults, Spot, shortened};
use crate::workflow::expression::{Expression, Template};

/// The most entries of a list between commas.
const MAX_LIST: usize = 1_000;

/// An expression that is all of a text; none, with a fault, where it cannot be read. `what` says
/// where it stands.
pub(super) fn expression(text: &str, what: &str, spot: Spot<'_>, faults: &mut Faults) -> Option<Expression> {
    if text.trim().is_empty() {
        faults.add(FaultCode::BadExpression, spot, format!("{what} is empty"));
        return None;
    }
    told(Expression::parse(text.trim()), text, what, spot, faults)
}

/// A text that may hold expressions.
pub(super) fn template(text: &str, what: &str, spot: Spot<'_>, faults: &mut Faults) -> Option<Template> {
    told(Template::parse(text.trim()), text, what, spot, faults)
}

/// A list between commas, each entry of which may hold expressions.
pub(super) fn templates(text: &str, what: &str, spot: Spot<'_>, faults: &mut Faults) -> Vec<Template> {
    let entries = entries(text, what, spot, faults);
    entries.into_iter().filter_map(|entry| template(entry, what, spot, faults)).collect()
}

/// A list between commas, in which there are no expressions.
pub(super) fn plain(text: &str, what: &str, spot: Spot<'_>, faults: &mut Faults) -> Vec<String> {
    let entries = entries(text, what, spot, faults);
    if let Some(entry) = entries.iter().find(|entry| holds_expression(entry)) {
        let message =
            format!("{what}: no expressions are read here, such as {}", shortened((*entry).to_owned(), 80));
        faults.add(FaultCode::BadValue, spot, message);
    }
    entries.into_iter().map(str::to_owned).collect()
}

/// Whether a text holds an expression.
pub(super) fn holds_expression(text: &str) -> bool {
    text.contains("${") || text.contains("#{")
}

/// Whether a text is the name of a variable: a letter, `_` or `$`, then digits too; at most 255
/// characters.
pub(in crate::workflow) fn is_variable(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || matches!(first, '_' | '$'))
        && characters.all(|other| other.is_alphanumeric() || matches!(other, '_' | '$'))
        && text.chars().count() <= 255
}

fn told<T, E: std::fmt::Display>(
    read: Result<T, E>,
    text: &str,
    what: &str,
    spot: Spot<'_>,
    faults: &mut Faults,
) -> Option<T> {
    read.map_err(|error| {
        let text = shortened(text.trim().to_owned(), 120);
        faults.add(FaultCode::BadExpression, spot, format!("{what} “{text}”: {error}"));
    })
    .ok()
}

/// The entries of a list between commas, as they stand.
pub(super) fn entries<'x>(text: &'x str, what: &str, spot: Spot<'_>, faults: &mut Faults) -> Vec<&'x str> {
    let mut entries = split(text);
    if entries.len() > MAX_LIST {
        let message = format!("{what} has {} entries; at most {MAX_LIST} are read", entries.len());
        faults.add(FaultCode::TooLarge, spot, message);
        entries.truncate(MAX_LIST);
    }
    entries
}

/// The entries between a text's commas, trimmed and without empty ones. A comma within `${…}` parts
/// nothing.
fn split(text: &str) -> Vec<&str> {
    let mut entries = Vec::new();
    let mut begin = 0;
    let mut scan = Scan::default();
    for (at, character) in text.char_indices() {
        if scan.parts_at(character) {
            entries.push(&text[begin..at]);
            begin = at + 1;
        }
    }
    entries.push(&text[begin..]);
    entries.into_iter().map(str::trim).filter(|entry| !entry.is_empty()).collect()
}

/// Where a scan through a list is: how deep in braces, and in which quotes.
#[derive(Default)]
struct Scan {
    depth: usize,
    quote: Option<char>,
    before: Option<char>,
    escaped: bool,
}

impl Scan {
    /// Whether this character, the next, is a comma between two entries.
    fn parts_at(&mut self, character: char) -> bool {
        let before = self.before.replace(character);
        if self.depth == 0 {
            if character == '{' && matches!(before, Some('$' | '#')) {
                self.depth = 1;
            }
            return character == ',';
        }
        if let Some(quote) = self.quote {
            if self.escaped {
                self.escaped = false;
            } else if character == '\\' {
                self.escaped = true;
            } else if character == quote {
                self.quote = None;
            }
            return false;
        }
        match character {
            '\'' | '"' => self.quote = Some(character),
            '{' => self.depth += 1,
            '}' => self.depth -= 1,
            _ => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_part_a_list_but_not_within_an_expression() {
        let cases: [(&str, &[&str]); 7] = [
            ("", &[]),
            (" , ,", &[]),
            ("alice", &["alice"]),
            ("alice, bob ,,carol", &["alice", "bob", "carol"]),
            ("${f(a, b)},bob", &["${f(a, b)}", "bob"]),
            (
                "#{x == '},{' ? a : {'k': \"a,\\\"b\"}}, bob",
                &["#{x == '},{' ? a : {'k': \"a,\\\"b\"}}", "bob"],
            ),
            ("a{b,c}", &["a{b", "c}"]),
        ];
        for (text, expected) in cases {
            assert_eq!(split(text), expected, "{text}");
        }
    }

    #[test]
    fn an_expression_that_is_never_closed_takes_the_rest() {
        assert_eq!(split("alice,${a, b"), ["alice", "${a, b"]);
    }
}
