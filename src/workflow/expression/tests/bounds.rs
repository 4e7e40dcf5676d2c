use super::*;

#[test]
fn a_text_is_bounded() {
    let most = format!("${{'{}'}}", "a".repeat(MAX_SOURCE - 5));
    assert_eq!(most.len(), MAX_SOURCE);
    assert!(Expression::parse(&most).is_ok() && Template::parse(&most).is_ok());
    let longer = format!("{most} ");
    assert_eq!(refusal(&longer), "a text with expressions is at most 4096 bytes long");
    assert!(Template::parse(&longer).is_err());
}

#[test]
fn the_number_of_parts_is_bounded() {
    // 128 variables and 127 joints, and one more.
    let most = format!("${{a{} || !a}}", " || a".repeat(126));
    assert_eq!(evaluate(&most, &json!({"a": false})), Ok(json!(true)));
    let more = format!("${{a{}}}", " || a".repeat(128));
    assert_eq!(refusal(&more), "an expression has at most 256 parts (character 644)");
}

/// Expressions of ever more levels, each of another shape.
fn shapes(levels: usize) -> Vec<String> {
    let around = |open: &str, close: &str| format!("{}a{}", open.repeat(levels), close.repeat(levels));
    vec![
        around("(", ")"),
        around("!", ""),
        around("-", ""),
        around("empty ", ""),
        around("a[", "]"),
        around("a.contains(", ")"),
        around("a ? a : ", ""),
        around("a ? ", " : a"),
        around("(a && ", ")"),
        around("(a || ", ")"),
        around("(a ? (", ") : a)"),
        format!("a{}", " + a".repeat(levels)),
        format!("a{}", ".a()".repeat(levels)),
        format!("(a + 1){}", ".a".repeat(levels)),
        around("(", " ? a : a)"),
    ]
}

#[test]
fn the_depth_is_bounded_and_no_stack_overflows() {
    let checked = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        let mut refused = 0;
        for levels in [1, 8, 15, 16, 31, 32, 33, 64, 500, 1300] {
            for shape in shapes(levels) {
                let bag = bag(json!({"a": [1]}));
                match Expression::parse(&format!("${{{shape}}}")) {
                    Ok(expression) => {
                        assert!(levels <= MAX_DEPTH, "{shape}");
                        drop(expression.evaluate(&bag));
                    }
                    Err(error) if levels > MAX_DEPTH => {
                        refused += 1;
                        let message = error.to_string();
                        let known =
                            ["levels deep", "bytes long", "at most 256 parts", "cannot be called here"];
                        assert!(known.iter().any(|known| message.contains(known)), "{message}");
                    }
                    Err(_) => {}
                }
            }
        }
        refused
    });
    assert_eq!(checked.unwrap().join().unwrap(), 4 * 15);
}

#[test]
fn thirty_two_levels_are_read_and_one_more_is_not() {
    let negations = |count| format!("${{{}a}}", "!".repeat(count));
    assert_eq!(evaluate(&negations(MAX_DEPTH - 1), &json!({})), Ok(json!(true)));
    assert_eq!(refusal(&negations(MAX_DEPTH)), "an expression is at most 32 levels deep (character 36)");
    let sum = |count| format!("${{1{}}}", " + 1".repeat(count));
    assert_eq!(evaluate(&sum(31), &json!({})), Ok(json!(32)));
    assert_eq!(refusal(&sum(32)), "an expression is at most 32 levels deep (character 132)");
    let chain = format!("${{a == 0{}}}", " || a == 2".repeat(60));
    assert_eq!(evaluate(&chain, &json!({"a": 2})), Ok(json!(true)));
}

#[test]
fn a_resulting_text_is_bounded() {
    let half = "a".repeat(MAX_RESULT / 2);
    let values =
        json!({"half": half, "whole": "a".repeat(MAX_RESULT), "grows": "ß".repeat(MAX_RESULT / 4 * 3)});
    let too_long = Err("the text is longer than 65536 bytes".to_owned());
    assert_eq!(evaluate("${half + half}", &values).unwrap().as_str().map(str::len), Some(MAX_RESULT));
    assert_eq!(evaluate("${half + half + 'b'}", &values), too_long);
    assert_eq!(evaluate("${(whole + 'b').size() > 0}", &values), too_long);
    assert_eq!(evaluate("${grows}", &values), too_long);
    assert_eq!(evaluate("${grows.toUpperCase() == ''}", &values), too_long);
    // What is only looked at may be of any length.
    assert_eq!(evaluate("${grows.length()}", &values), Ok(json!(MAX_RESULT / 4 * 3)));
    let template = Template::parse("${half}${half}b").unwrap();
    assert_eq!(template.evaluate(&bag(values)).map_err(|error| error.reason), too_long);
}

#[test]
fn an_error_tells_nothing_of_a_value_but_its_kind() {
    let reason = evaluate("${long - 1}", &json!({"long": "金".repeat(10_000)})).unwrap_err();
    assert_eq!(reason, "a text is no number");
}

#[test]
fn only_what_is_asked_of_a_variable_is_copied() {
    // A copy of the list would take much longer than the whole test may.
    let values = bag(json!({"huge": {"list": vec![json!({"name": "n"}); 200_000], "small": 1}, "yes": true}));
    let expression = Expression::parse("${yes || huge.list.size() > 1 ? huge.small : huge}").unwrap();
    let begun = std::time::Instant::now();
    for _ in 0..1000 {
        assert_eq!(expression.evaluate(&values), Ok(json!(1)));
    }
    assert!(begun.elapsed().as_secs() < 10);
}

#[test]
fn the_page_tells_the_bounds() {
    use crate::workflow::tests::page::bound;
    assert_eq!(bound("an expression, with the text around it"), MAX_SOURCE);
    assert_eq!(bound("its parts"), MAX_NODES);
    assert_eq!(bound("its levels of nesting"), MAX_DEPTH);
    assert_eq!(bound("a text that it results in"), MAX_RESULT);
}
