use super::*;

fn values() -> Bag {
    bag(json!({
        "starter": "alice", "days": 3, "rate": 2.5, "nothing": null, "blank": "", "yes": true,
        "people": ["alice", " bob ", "", null, 7], "csv": "alice, bob,, carol ", "nested": [["a"]],
        "flags": [true], "map": {"a": 1},
    }))
}

fn template(text: &str) -> Template {
    Template::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_text_may_hold_any_number_of_expressions() {
    for (text, expected) in [
        ("plain", json!("plain")),
        ("", json!("")),
        ("Leave of ${starter}", json!("Leave of alice")),
        ("${starter}: ${days} days at #{rate}", json!("alice: 3 days at 2.5")),
        ("${starter}${starter}", json!("alicealice")),
        ("[${nothing}${blank}]", json!("[]")),
        ("${'}'}-${\"{\"}", json!("}-{")),
        ("costs $5 and 50%", json!("costs $5 and 50%")),
        ("#1 of {all}", json!("#1 of {all}")),
        (r"\${starter} is ${starter}", json!("${starter} is alice")),
        (r"\#{x}", json!("#{x}")),
        (r"a \${ b", json!("a ${ b")),
        (r"C:\temp\${a} \$", json!(r"C:\temp${a} \$")),
        ("部门 ${days + 1} 天", json!("部门 4 天")),
    ] {
        assert_eq!(template(text).evaluate(&values()), Ok(expected), "{text}");
    }
}

#[test]
fn a_value_keeps_its_type_where_it_is_all() {
    for (text, expected) in [
        ("${days}", json!(3)),
        (" #{rate}\n", json!(2.5)),
        ("${map}", json!({"a": 1})),
        ("${nothing}", json!(null)),
        ("${yes}", json!(true)),
        ("${days} ", json!(3)),
        ("${days} ${days}", json!("3 3")),
    ] {
        assert_eq!(template(text).evaluate(&values()), Ok(expected), "{text}");
    }
}

#[test]
fn braces_that_do_not_match_are_refused() {
    for (text, message) in [
        ("Leave of ${starter", "the expression ends without its } (character 19)"),
        ("${a}}", "this } closes nothing (character 5)"),
        ("a } b", "this } closes nothing (character 3)"),
        ("{a", "this { is never closed (character 1)"),
        ("{${a}", "this { is never closed (character 1)"),
        (r"\${a}}", "this } closes nothing (character 6)"),
        ("of ${}", "there is no expression between the braces (character 6)"),
        ("of ${a b}", "unexpected b (character 8)"),
    ] {
        assert_eq!(Template::parse(text).unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn a_text_is_written_out_and_is_none_where_it_is_empty() {
    for (text, expected) in [
        ("${starter}", Some("alice")),
        ("${days}", Some("3")),
        ("${rate}", Some("2.5")),
        ("${yes}", Some("true")),
        ("${nothing}", None),
        ("${blank}", None),
        ("", None),
        ("${missing}${blank}", None),
    ] {
        assert_eq!(template(text).text(&values()).unwrap().as_deref(), expected, "{text}");
    }
    let error = template("${people}").text(&values()).unwrap_err();
    assert_eq!(error.to_string(), "${people}: a list is no text");
    assert_eq!(template("of ${map}").text(&values()).unwrap_err().reason, "an object is no text");
}

#[test]
fn a_list_of_texts_is_a_list_or_what_stands_between_commas() {
    for (text, expected) in [
        ("alice, bob", vec!["alice", "bob"]),
        ("${people}", vec!["alice", "bob", "7"]),
        ("${csv}", vec!["alice", "bob", "carol"]),
        ("${starter},${days}", vec!["alice", "3"]),
        ("${days}", vec!["3"]),
        ("${nothing}", vec![]),
        ("", vec![]),
        (" , ", vec![]),
    ] {
        assert_eq!(template(text).texts(&values()).unwrap(), expected, "{text}");
    }
    for (text, reason) in [
        ("${nested}", "a list is no text"),
        ("${map}", "an object is no text"),
        ("${flags}", "a boolean is no member of a list of texts"),
        ("${yes}", "a boolean is no member of a list of texts"),
    ] {
        assert_eq!(template(text).texts(&values()).unwrap_err().reason, reason, "{text}");
    }
}

#[test]
fn a_template_tells_which_variables_it_reads() {
    assert_eq!(template("${b} of ${a.c} and ${b}").names(), ["a", "b"]);
    assert_eq!(template("none").names(), Vec::<&str>::new());
    assert_eq!(template(" ${b} ").source(), " ${b} ");
}
