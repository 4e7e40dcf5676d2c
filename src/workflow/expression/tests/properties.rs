use proptest::prelude::*;

use super::*;

/// An expression over small numbers, with its meaning beside its text.
#[derive(Debug, Clone)]
enum Number {
    Literal(u8),
    Variable(usize),
    Negative(Box<Number>),
    Both(char, Box<Number>, Box<Number>),
    Choice(Box<Flag>, Box<Number>, Box<Number>),
}

/// An expression that is true or false.
#[derive(Debug, Clone)]
enum Flag {
    Literal(bool),
    Not(Box<Flag>),
    All(Box<Flag>, Box<Flag>),
    Any(Box<Flag>, Box<Flag>),
    Compare(&'static str, Box<Number>, Box<Number>),
    Same(Box<Flag>, Box<Flag>),
}

const VALUES: [f64; 4] = [0.0, 3.0, 2.5, -4.0];

fn numbers() -> BoxedStrategy<Number> {
    tree().prop_map(|(number, _)| number).boxed()
}

fn tree() -> BoxedStrategy<(Number, Flag)> {
    let leaf =
        (0..10u8, 0..VALUES.len(), any::<bool>(), any::<bool>()).prop_map(|(literal, index, which, flag)| {
            let number = if which { Number::Literal(literal) } else { Number::Variable(index) };
            (number, Flag::Literal(flag))
        });
    leaf.prop_recursive(4, 40, 3, |inner| {
        let operator = prop::sample::select(vec!['+', '-', '*', '/', '%']);
        let comparison = prop::sample::select(vec!["<", "<=", ">", ">=", "==", "!="]);
        (inner.clone(), inner.clone(), inner, operator, comparison, 0..3u8, 0..5u8).prop_map(
            |((n1, f1), (n2, f2), (_, f3), operator, comparison, numeric, logical)| {
                let number = match numeric {
                    0 => Number::Negative(Box::new(n1.clone())),
                    1 => Number::Both(operator, Box::new(n1.clone()), Box::new(n2.clone())),
                    _ => Number::Choice(Box::new(f3.clone()), Box::new(n1.clone()), Box::new(n2.clone())),
                };
                let flag = match logical {
                    0 => Flag::Not(Box::new(f1)),
                    1 => Flag::All(Box::new(f1), Box::new(f2)),
                    2 => Flag::Any(Box::new(f1), Box::new(f2)),
                    3 => Flag::Same(Box::new(f1), Box::new(f2)),
                    _ => Flag::Compare(comparison, Box::new(n1), Box::new(n2)),
                };
                (number, flag)
            },
        )
    })
    .boxed()
}

impl Number {
    fn value(&self) -> Option<f64> {
        Some(match self {
            Self::Literal(literal) => f64::from(*literal),
            Self::Variable(index) => VALUES[*index],
            Self::Negative(number) => 0.0 - number.value()?,
            Self::Both(operator, one, other) => {
                let (one, other) = (one.value()?, other.value()?);
                match operator {
                    '+' => one + other,
                    '-' => one - other,
                    '*' => one * other,
                    _ if other == 0.0 => return None,
                    '/' => one / other,
                    _ => one % other,
                }
            }
            Self::Choice(flag, then, otherwise) => {
                if flag.value()? {
                    then.value()?
                } else {
                    otherwise.value()?
                }
            }
        })
    }

    /// Its text, and how tightly what is outermost in it binds.
    fn text(&self) -> (String, u8) {
        match self {
            Self::Literal(literal) => (literal.to_string(), 9),
            Self::Variable(index) => (format!("v{index}"), 9),
            Self::Negative(number) => (format!("-{}", within(number.text(), 8)), 8),
            Self::Both(operator, one, other) => {
                let level = if matches!(operator, '+' | '-') { 6 } else { 7 };
                (
                    format!("{} {operator} {}", within(one.text(), level), within(other.text(), level + 1)),
                    level,
                )
            }
            Self::Choice(flag, then, otherwise) => {
                let text = format!("{} ? {} : {}", within(flag.text(), 2), then.text().0, otherwise.text().0);
                (text, 1)
            }
        }
    }
}

impl Flag {
    fn value(&self) -> Option<bool> {
        Some(match self {
            Self::Literal(flag) => *flag,
            Self::Not(flag) => !flag.value()?,
            Self::All(one, other) => one.value()? && other.value()?,
            Self::Any(one, other) => one.value()? || other.value()?,
            Self::Same(one, other) => one.value()? == other.value()?,
            Self::Compare(operator, one, other) => {
                let (one, other) = (one.value()?, other.value()?);
                match *operator {
                    "<" => one < other,
                    "<=" => one <= other,
                    ">" => one > other,
                    ">=" => one >= other,
                    "==" => one == other,
                    _ => one != other,
                }
            }
        })
    }

    fn text(&self) -> (String, u8) {
        let joined = |one: (String, u8), operator: &str, other: (String, u8), level| {
            (format!("{} {operator} {}", within(one, level), within(other, level + 1)), level)
        };
        match self {
            Self::Literal(flag) => (flag.to_string(), 9),
            Self::Not(flag) => (format!("!{}", within(flag.text(), 8)), 8),
            Self::All(one, other) => joined(one.text(), "and", other.text(), 3),
            Self::Any(one, other) => joined(one.text(), "||", other.text(), 2),
            Self::Same(one, other) => joined(one.text(), "eq", other.text(), 4),
            Self::Compare(operator, one, other) => joined(
                one.text(),
                operator,
                other.text(),
                if operator.ends_with('=') && operator.starts_with(['=', '!']) { 4 } else { 5 },
            ),
        }
    }
}

/// A part's text, in parentheses only where it binds less tightly than what it stands in.
fn within((text, binds): (String, u8), least: u8) -> String {
    if binds < least { format!("({text})") } else { text }
}

fn run(text: &str) -> Option<Value> {
    let bag = bag(json!({"v0": 0, "v1": 3, "v2": 2.5, "v3": -4}));
    Expression::parse(&format!("${{{text}}}")).unwrap().evaluate(&bag).ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn numbers_are_what_their_parts_make_of_them(number in numbers()) {
        let found = run(&number.text().0).map(|value| value.as_f64().unwrap());
        prop_assert_eq!(found, number.value(), "{}", number.text().0);
    }

    #[test]
    fn conditions_are_what_their_parts_make_of_them((_, flag) in tree()) {
        let found = run(&flag.text().0).map(|value| value.as_bool().unwrap());
        prop_assert_eq!(found, flag.value(), "{}", flag.text().0);
    }

    #[test]
    fn integers_compare_like_integers(one: i64, other: i64) {
        let values = json!({"one": one, "other": other});
        for (operator, expected) in [("<", one < other), ("<=", one <= other), ("==", one == other), ("!=", one != other)] {
            let text = format!("${{one {operator} other}}");
            prop_assert_eq!(evaluate(&text, &values), Ok(json!(expected)));
        }
    }

    #[test]
    fn decimals_compare_like_decimals(one in -1e12..1e12f64, other in -1e12..1e12f64) {
        let values = json!({"one": one, "other": other});
        prop_assert_eq!(evaluate("${one < other}", &values), Ok(json!(one < other)));
        prop_assert_eq!(evaluate("${one >= other}", &values), Ok(json!(one >= other)));
    }

    #[test]
    fn integers_add_up_like_integers(one in -1_000_000_000_000i64..1_000_000_000_000, other in -1_000_000i64..1_000_000) {
        let values = json!({"one": one, "other": other});
        for (operator, expected) in [("+", one + other), ("-", one - other), ("*", one * other)] {
            let text = format!("${{one {operator} other}}");
            prop_assert_eq!(evaluate(&text, &values), Ok(json!(expected)));
        }
    }

    #[test]
    fn a_text_comes_back_as_it_was_quoted(text in any::<String>()) {
        prop_assume!(text.len() < 1000);
        let quoted = text.replace('\\', "\\\\").replace('\'', "\\'");
        prop_assert_eq!(evaluate(&format!("${{'{quoted}'}}"), &json!({})), Ok(json!(text)));
    }

    #[test]
    fn no_text_makes_reading_or_evaluating_panic(text in any::<String>()) {
        for text in [text.clone(), format!("${{{text}}}")] {
            let _ = Template::parse(&text).map(|template| template.texts(&bag(json!({"a": 1}))));
            let _ = Expression::parse(&text).map(|expression| expression.evaluate(&bag(json!({"a": 1}))));
        }
    }

    #[test]
    fn no_tokens_make_reading_or_evaluating_panic(
        tokens in prop::collection::vec(prop::sample::select(vec![
            "a", "b", "list", "1", "2.5", "'t'", "''", "null", "true", "(", ")", "[", "]", ".", ",", "+", "-", "*", "/",
            "%", "==", "<", ">=", "&&", "||", "!", "not", "empty", "?", ":", ".size()", ".contains(", ".get(", "vars:get(",
            "execution.getVariable(", "}", "${", "{",
        ]), 0..12),
    ) {
        let text = format!("${{{}}}", tokens.join(" "));
        let values = bag(json!({"a": {"b": [1, "x", {}]}, "b": "7", "list": [null, 1.5, "z"]}));
        let value = Expression::parse(&text).ok().and_then(|expression| expression.evaluate(&values).ok());
        if let Some(Value::Number(number)) = value {
            prop_assert!(number.as_f64().is_some_and(f64::is_finite));
        }
        let _ = Template::parse(&text).map(|template| template.text(&values));
    }
}
