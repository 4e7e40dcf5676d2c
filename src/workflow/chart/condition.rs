//! Conditions: an expression, or groups of rules, which become one.

use serde::Deserialize;
use serde_json::Value;

use super::fields::Fields;
use super::{Faults, Source};
use crate::workflow::bpmn::{FaultCode, is_variable};

/// How rules, and groups of them, are joined.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum Join {
    And,
    Or,
}

/// Rules that are joined.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Group {
    join: Option<Join>,
    rules: Vec<Rule>,
}

/// A field compared with a value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Rule {
    left: String,
    operator: String,
    #[serde(default)]
    right: Value,
}

/// The expression of a condition; none, with a fault, where it is none.
pub(super) fn read(value: &Value, source: Source, faults: &mut Faults) -> Option<String> {
    if let Value::String(expression) = value {
        return Some(expression.trim().to_owned());
    }
    let mut fields = Fields::of(value, source, faults)?;
    let expression = fields.text("expression", faults);
    let join: Option<Join> = fields.take("join", faults);
    let groups: Option<Vec<Group>> = fields.take("groups", faults);
    let source = fields.source.clone();
    fields.finish("a condition", faults);
    match (expression, groups) {
        (Some(expression), None) if join.is_none() => Some(expression),
        (None, Some(groups)) if !groups.is_empty() => {
            let mut parts = Vec::with_capacity(groups.len());
            for (place, group) in groups.iter().enumerate() {
                let source = Source { path: format!("{}.groups[{place}]", source.path), ..source.clone() };
                parts.push(of_group(group, &source, faults)?);
            }
            Some(format!("${{{}}}", joined(&parts, join)))
        }
        (Some(_), _) => {
            faults.add(FaultCode::Contradiction, &source, "a condition has either an expression or groups");
            None
        }
        (None, _) => {
            faults.add(FaultCode::Missing, &source, "a condition needs an expression, or groups of rules");
            None
        }
    }
}

fn joined(parts: &[String], join: Option<Join>) -> String {
    match (parts, join) {
        ([only], _) => only.clone(),
        (_, Some(Join::Or)) => parts.join(" or "),
        (_, Some(Join::And) | None) => parts.join(" and "),
    }
}

fn of_group(group: &Group, source: &Source, faults: &mut Faults) -> Option<String> {
    if group.rules.is_empty() {
        faults.add(FaultCode::Missing, source, "a group needs rules");
        return None;
    }
    let rules: Option<Vec<_>> =
        (0..).zip(&group.rules).map(|(at, rule)| of_rule(at, rule, source, faults)).collect();
    Some(format!("({})", joined(&rules?, group.join)))
}

fn of_rule(place: usize, rule: &Rule, source: &Source, faults: &mut Faults) -> Option<String> {
    let source = Source { path: format!("{}.rules[{place}]", source.path), ..source.clone() };
    let left = rule.left.trim();
    // A field, or one within it: anything else belongs into an expression.
    if !left.split('.').all(is_variable) {
        faults.add(FaultCode::BadValue, &source, "left is the name of a field, or of one within it: a.b");
        return None;
    }
    let needs_none = matches!(rule.operator.trim(), "empty" | "notEmpty");
    if needs_none {
        if !rule.right.is_null() {
            faults.add(FaultCode::Contradiction, &source, "empty and notEmpty compare with nothing");
            return None;
        }
        let not = if rule.operator.trim() == "empty" { "" } else { "not " };
        return Some(format!("{not}empty {left}"));
    }
    let Some(right) = literal(&rule.right) else {
        let message = "right is a text, a number, true, false or null";
        faults.add(FaultCode::BadValue, &source, message);
        return None;
    };
    Some(match rule.operator.trim() {
        operator @ ("==" | "!=" | ">" | ">=" | "<" | "<=") => format!("{left} {operator} {right}"),
        // Of what is missing nothing can be asked.
        "contains" => format!("(not empty {left} and {left}.contains({right}))"),
        "notContains" => format!("(empty {left} or not {left}.contains({right}))"),
        "startsWith" => format!("(not empty {left} and {left}.startsWith({right}))"),
        "endsWith" => format!("(not empty {left} and {left}.endsWith({right}))"),
        _ => {
            let message = "operator is one of ==, !=, >, >=, <, <=, contains, notContains, startsWith, endsWith, \
                           empty, notEmpty";
            faults.add(FaultCode::BadValue, &source, message);
            return None;
        }
    })
}

/// A value as expressions write it; none where they cannot.
pub(super) fn literal(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(quoted(text)),
        Value::Array(_) | Value::Object(_) => None,
    }
}

fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('\'');
    for character in text.chars() {
        match character {
            '\'' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            _ => quoted.push(character),
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use proptest::prelude::*;
    use serde_json::{Map, json};

    use super::*;
    use crate::workflow::expression::{Expression, Variables};

    struct Bag(Map<String, Value>);

    impl Variables for Bag {
        fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
            self.0.get(name).map(Cow::Borrowed)
        }
    }

    /// What a condition says of variables.
    fn holds(condition: &Value, variables: Value) -> bool {
        let mut faults = Faults::default();
        let text = read(condition, Source::root(), &mut faults);
        let text = text.unwrap_or_else(|| panic!("{faults:?}"));
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let expression = Expression::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        expression.is_true(&Bag(variables)).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    fn rule(left: &str, operator: &str, right: Value) -> Value {
        json!({"groups": [{"rules": [{"left": left, "operator": operator, "right": right}]}]})
    }

    #[test]
    fn each_operator_compares() {
        let known = || json!({"n": 5, "t": "it's \\ {}}", "l": ["a", "b"], "o": {"p": 1}, "e": ""});
        for (left, operator, right, expected) in [
            ("n", "==", json!(5), true),
            ("n", "==", json!("5"), true),
            ("n", "!=", json!(5), false),
            ("n", ">", json!(4.5), true),
            ("n", ">=", json!(6), false),
            ("n", "<", json!(-1), false),
            ("n", "<=", json!("5"), true),
            ("t", "==", json!("it's \\ {}}"), true),
            ("t", "contains", json!("'s \\"), true),
            ("t", "startsWith", json!("it"), true),
            ("t", "endsWith", json!("}}"), true),
            ("l", "contains", json!("b"), true),
            ("l", "notContains", json!("b"), false),
            ("missing", "contains", json!("b"), false),
            ("missing", "notContains", json!("b"), true),
            ("missing", "==", json!(null), true),
            ("o.p", "==", json!(1), true),
            ("e", "empty", json!(null), true),
            ("n", "notEmpty", json!(null), true),
        ] {
            assert_eq!(
                holds(&rule(left, operator, right.clone()), known()),
                expected,
                "{left} {operator} {right}"
            );
        }
    }

    #[test]
    fn groups_and_rules_are_joined() {
        let of = |join: &str, inner: &str| {
            let rules = |one: i32, other: i32| {
                json!({"join": inner, "rules": [{"left": "a", "operator": "==", "right": one},
                    {"left": "b", "operator": "==", "right": other}]})
            };
            json!({"join": join, "groups": [rules(1, 2), rules(3, 4)]})
        };
        for (join, inner, a, b, expected) in [
            ("OR", "AND", 1, 2, true),
            ("OR", "AND", 1, 4, false),
            ("OR", "OR", 1, 0, true),
            ("AND", "OR", 1, 4, true),
            ("AND", "OR", 1, 2, false),
        ] {
            assert_eq!(holds(&of(join, inner), json!({"a": a, "b": b})), expected, "{join} {inner} {a} {b}");
        }
        assert!(holds(&json!({"expression": "${a > 1}"}), json!({"a": 2})));
        assert!(holds(&json!("${a > 1}"), json!({"a": 2})));
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for wrong in [
            json!(1),
            json!({}),
            json!({"groups": []}),
            json!({"groups": [{"rules": []}]}),
            json!({"groups": [{"rules": [{"left": "a"}]}]}),
            json!({"groups": [{"rules": [], "and": true}]}),
            json!({"expression": "${a}", "groups": []}),
            json!({"expression": "${a}", "join": "AND"}),
            json!({"join": "XOR", "groups": [{"rules": [{"left": "a", "operator": "empty"}]}]}),
            rule("a b", "==", json!(1)),
            rule("a) or (1", "==", json!(1)),
            rule("a", "=", json!(1)),
            rule("a", "==", json!([1])),
            rule("a", "empty", json!(1)),
        ] {
            let mut faults = Faults::default();
            let found = read(&wrong, Source::root(), &mut faults);
            assert!(found.is_none() || !faults.is_empty(), "{wrong} became {found:?}");
        }
    }

    proptest! {
        #[test]
        fn a_text_stays_itself_whatever_is_in_it(text in "\\PC{0,40}|['\"\\\\{}$#\\n\\r\\t]{0,12}") {
            let condition = rule("t", "==", json!(text.clone()));
            let is_same = holds(&condition, json!({"t": text}));
            prop_assert!(is_same);
        }
    }
}
