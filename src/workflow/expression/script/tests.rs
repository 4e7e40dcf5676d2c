//! Scripts, in both languages.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Language, Script};
use crate::workflow::expression::{MAX_SOURCE, Variables};

struct Given(Value);

impl Variables for Given {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.0.get(name).map(Cow::Borrowed)
    }
}

fn run(text: &str, variables: Value) -> Result<Value, String> {
    let script = Script::parse(Language::Cel, text).map_err(|error| error.to_string())?;
    script.evaluate(&Given(variables)).map_err(|error| error.reason)
}

#[test]
fn a_script_in_cel_has_a_value() {
    let order =
        json!({ "lines": [{ "price": 3, "paid": true }, { "price": 4, "paid": false }], "name": "Zoë" });
    for (text, expected) in [
        ("1 + 2 * 3", json!(7)),
        (
            "{'total': lines[0].price + lines[1].price, 'big': size(lines) > 1}",
            json!({ "total": 7, "big": true }),
        ),
        ("lines.map(line, line.price)", json!([3, 4])),
        ("lines.filter(line, line.paid).map(line, line.price * 2)", json!([6])),
        ("lines.exists(line, !line.paid) ? 'open' : 'done'", json!("open")),
        ("name + '!'", json!("Zoë!")),
        ("name.startsWith('Z') && has(lines[0].price)", json!(true)),
        ("double(lines[0].price) / 2.0", json!(1.5)),
        ("null", json!(null)),
    ] {
        assert_eq!(run(text, order.clone()), Ok(expected), "{text}");
    }
}

#[test]
fn what_a_script_cannot_do_is_told() {
    for text in ["missing + 1", "1 / 0", "'a' + 1", "lines.map(line, line.absent)", "9223372036854775807 + 1"]
    {
        assert!(run(text, json!({ "lines": [{}] })).is_err(), "{text}");
    }
    assert!(run("1.0 / 0.0", json!({})).unwrap_err().contains("finite"));
    assert!(run("{1: 2}", json!({})).unwrap_err().contains("texts"));
}

#[test]
fn a_script_that_cannot_be_read_is_refused() {
    for text in ["", "1 +", "a b", "System.exit(0", "import x", "Message{a: 1}", "def f(): pass"] {
        assert!(Script::parse(Language::Cel, text).is_err(), "{text}");
    }
    assert!(Script::parse(Language::Juel, "1 + 2").is_err());
    let script = Script::parse(Language::Juel, "${amount + 1}").unwrap();
    assert_eq!(script.evaluate(&Given(json!({ "amount": 2 }))), Ok(json!(3)));
}

#[test]
fn what_is_too_much_is_refused_when_it_is_read() {
    let nested = "[[1]].map(a, a.map(b, b))".to_owned();
    let cases = [
        format!("'{}'", "a".repeat(MAX_SOURCE)),
        format!("{}1{}", "(".repeat(500), ")".repeat(500)),
        format!("1{}", " + 1".repeat(900)),
        format!("{}1", "true ? 1 : ".repeat(300)),
        format!("a{}", ".a".repeat(1_500)),
        format!("[{}]", "1,".repeat(1_500)),
        format!("[1].map(a, {}'x')", "'x' + ".repeat(20)),
        nested,
    ];
    for text in cases {
        let shown: String = text.chars().take(40).collect();
        assert!(Script::parse(Language::Cel, &text).is_err(), "{shown}");
    }
}

#[test]
fn what_would_take_too_long_is_refused_when_it_is_evaluated() {
    let many = json!({ "list": vec![1; 2_000] });
    assert!(run("list.all(a, a == 1)", many.clone()).unwrap_err().contains("members"));
    assert_eq!(run("size(list)", many), Ok(json!(2_000)));
    let long = json!({ "list": [1], "text": "x".repeat(70 << 10) });
    assert!(run("list.map(a, text)", long).unwrap_err().contains("bytes"));
    let texts = json!({ "list": vec![1; 1_000], "text": "x".repeat(1 << 10) });
    assert!(run("list.map(a, text)", texts).unwrap_err().contains("value"));
}
