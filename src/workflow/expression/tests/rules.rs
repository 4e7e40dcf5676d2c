use super::*;

fn values() -> Value {
    json!({
        "i": 7, "d": 7.5, "zero": 0, "big": 9_007_199_254_740_993_u64, "t": "text", "n10": "10", "n9": "9",
        "yes": true, "no": false, "nothing": null, "blank": "", "none": [], "nobody": {},
        "list": [1, "two", null, [3, 4]], "map": {"key": "value", "in": {"package": 1}, "empty": 5, "7": "seven"},
        "金额": 12, "in": "reserved", "package": 3, "x0": "mine", "truth": 4,
    })
}

/// Each of the expressions has the value beside it.
pub(super) fn check(table: &[(&str, Value)]) {
    let values = values();
    for (text, expected) in table {
        assert_eq!(evaluate(&format!("${{{text}}}"), &values).as_ref(), Ok(expected), "{text}");
    }
}

pub(super) fn check_errors(table: &[(&str, &str)]) {
    let values = values();
    for (text, reason) in table {
        assert_eq!(evaluate(&format!("${{{text}}}"), &values), Err((*reason).to_owned()), "{text}");
    }
}

#[test]
fn literals_are_what_they_say() {
    check(&[
        ("1", json!(1)),
        ("1.5e2", json!(150.0)),
        ("-3", json!(-3)),
        ("'it\\'s'", json!("it's")),
        ("\"部门 \\\"A\\\"\"", json!("部门 \"A\"")),
        ("true", json!(true)),
        ("false", json!(false)),
        ("null", json!(null)),
        ("'${not} x0 ) || true'", json!("${not} x0 ) || true")),
    ]);
}

#[test]
fn names_mean_variables_whatever_cel_makes_of_them() {
    check(&[
        ("金额 + 1", json!(13)),
        ("in", json!("reserved")),
        ("package + 1", json!(4)),
        ("x0", json!("mine")),
        ("truth", json!(4)),
        ("map.in.package", json!(1)),
        ("map.empty", json!(5)),
        ("_missing$", json!(null)),
    ]);
}

#[test]
fn numbers_compare_by_what_they_are_worth() {
    check(&[
        ("1 == 1.0", json!(true)),
        ("i < d", json!(true)),
        ("7 >= 7.0", json!(true)),
        ("big == 9007199254740993", json!(true)),
        ("big == 9007199254740992", json!(false)),
        ("big > 9007199254740992.0", json!(true)),
        ("18446744073709551615 > 18446744073709551614", json!(true)),
        ("n10 > 9", json!(true)),
        ("n10 > n9", json!(false)),
        ("'10' == 10", json!(true)),
        ("'10.0' == 10", json!(true)),
        ("1 != '1'", json!(false)),
        ("t == 7", json!(false)),
        ("blank == 0", json!(true)),
        ("blank < 1", json!(true)),
    ]);
    check_errors(&[
        ("t > 9", "a text is no number"),
        ("yes > 0", "a boolean is no number"),
        ("list < 3", "a list is no number"),
        ("map < 'a'", "an object and a text have no order"),
    ]);
}

#[test]
fn words_are_the_operators_they_stand_for() {
    check(&[
        ("1 lt 2 and 2 le 2 and 3 gt 2 and 2 ge 2", json!(true)),
        ("1 eq 1 or 1 div 0 eq 1", json!(true)),
        ("1 ne 1", json!(false)),
        ("not yes", json!(false)),
        ("7 mod 4", json!(3)),
        ("7 div 2", json!(3.5)),
        ("not empty list", json!(true)),
    ]);
}

#[test]
fn null_is_equal_to_itself_alone_and_has_no_order() {
    check(&[
        ("nothing == null", json!(true)),
        ("missing == null", json!(true)),
        ("null == null", json!(true)),
        ("null != 0", json!(true)),
        ("null == ''", json!(false)),
        ("null == false", json!(false)),
        ("null < 1", json!(false)),
        ("null > 1", json!(false)),
        ("1 < null", json!(false)),
        ("missing >= 'a'", json!(false)),
        ("null < null", json!(false)),
        ("null <= null", json!(true)),
    ]);
}

#[test]
fn texts_and_flags_compare() {
    check(&[
        ("'a' < 'b'", json!(true)),
        ("t == 'text'", json!(true)),
        ("yes == 'true'", json!(true)),
        ("yes == 'TRUE'", json!(true)),
        ("no == 'no'", json!(false)),
        ("no == ''", json!(true)),
        ("yes == 1", json!(false)),
        ("no < yes", json!(true)),
        ("list == list", json!(true)),
        ("map.in == map", json!(false)),
    ]);
}

#[test]
fn arithmetic_divides_really_and_grows_into_decimals() {
    check(&[
        ("1 / 2", json!(0.5)),
        ("6 / 3", json!(2)),
        ("i % 4", json!(3)),
        ("-7 % 3", json!(-1)),
        ("7.5 % 2", json!(1.5)),
        ("i * d", json!(52.5)),
        ("n10 * 2", json!(20)),
        ("n10 - n9", json!(1)),
        ("n10 + n9", json!(19)),
        ("null + 1", json!(1)),
        ("blank - 1", json!(-1)),
        ("18446744073709551615 + 1", json!(18_446_744_073_709_551_616.0)),
        ("-9223372036854775808", json!(i64::MIN)),
        ("9223372036854775807 * 4", json!(36_893_488_147_419_103_000.0)),
        ("2 - 3 - 4", json!(-5)),
        ("-(-i)", json!(7)),
    ]);
    check_errors(&[
        ("1 / 0", "it divides by zero"),
        ("1 % zero", "it divides by zero"),
        ("1 / null", "it divides by zero"),
        ("1.0 / 0.0", "it divides by zero"),
        ("1e308 * 10", "the result is too large for a number"),
        ("1 - 'a'", "a text is no number"),
        ("-yes", "a boolean is no number"),
        ("list + 1", "a list is no number"),
    ]);
}

#[test]
fn plus_joins_where_a_text_is_no_number() {
    check(&[
        ("'a' + 'b'", json!("ab")),
        ("'a' + 1", json!("a1")),
        ("1.5 + 'a'", json!("1.5a")),
        ("t + null", json!("text")),
        ("'is ' + yes", json!("is true")),
        ("blank + 5", json!("5")),
        ("1 + '2'", json!(3)),
        ("'user-' + i + '-' + d", json!("user-7-7.5")),
    ]);
    check_errors(&[("'a' + list", "a list is no text"), ("map + 'a'", "an object is no text")]);
}

#[test]
fn conditions_ask_only_what_they_must() {
    check(&[
        ("yes || 1 / 0 == 1", json!(true)),
        ("no && 1 / 0 == 1", json!(false)),
        ("missing && 1 / 0 == 1", json!(false)),
        ("missing || yes", json!(true)),
        ("!missing", json!(true)),
        ("'true' && yes", json!(true)),
        ("yes ? 1 : 1 / 0", json!(1)),
        ("missing ? 1 / 0 : 2", json!(2)),
        ("no ? 1 : yes ? 2 : 3", json!(2)),
        ("yes ? no ? 1 : 2 : 3", json!(2)),
        ("yes && yes && no && 1 / 0", json!(false)),
        ("no || no || yes || 1 / 0", json!(true)),
        ("no && yes || yes", json!(true)),
        ("yes || yes && no", json!(true)),
        ("!no && !(yes && no)", json!(true)),
        ("1 + 2 * 3 == 7 && 2 < 3 == true", json!(true)),
    ]);
    check_errors(&[
        // Unlike CEL, in which the other side may make up for an error.
        ("1 / 0 == 1 || yes", "it divides by zero"),
        ("1 / 0 == 1 && no", "it divides by zero"),
        ("i && yes", "a number is neither true nor false"),
        ("!t", "a text is neither true nor false"),
        ("yes && list", "a list is neither true nor false"),
    ]);
}

#[test]
fn empty_is_what_holds_nothing() {
    check(&[
        ("empty nothing", json!(true)),
        ("empty missing", json!(true)),
        ("empty blank", json!(true)),
        ("empty none", json!(true)),
        ("empty nobody", json!(true)),
        ("empty zero", json!(false)),
        ("empty no", json!(false)),
        ("empty list", json!(false)),
        ("!empty map.key", json!(true)),
        ("empty blank == true", json!(true)),
    ]);
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    for (text, message) in [
        ("", "an expression stands in braces: ${…}"),
        ("a > 1", "an expression stands in braces: ${…}"),
        ("${}", "there is no expression between the braces (character 3)"),
        ("${ }", "there is no expression between the braces (character 3)"),
        ("${a", "the expression ends without its } (character 4)"),
        ("${a}}", "the expression has ended, and more follows (character 5)"),
        ("${a}${b}", "the expression has ended, and more follows (character 5)"),
        ("${a +}", "the expression ends too early (character 6)"),
        ("${(a}", "the expression ends too early (character 5)"),
        ("${a)}", "unexpected ) (character 4)"),
        ("${a b}", "unexpected b (character 5)"),
        ("${a 1}", "unexpected number (character 5)"),
        ("${'a' 'b'}", "unexpected text (character 7)"),
        ("${a ? b}", "the expression ends too early (character 8)"),
        ("${a[1}", "the expression ends too early (character 6)"),
        ("${a.}", "the expression ends too early (character 5)"),
        ("${a..b}", "unexpected . (character 5)"),
        ("${a instanceof b}", "unexpected instanceof (character 5)"),
        ("${empty}", "the expression ends too early (character 8)"),
        ("${a.contains(1,)}", "unexpected ) (character 16)"),
        ("${a = 1}", "a single = compares nothing: write == (character 5)"),
        ("${[1, 2]}", "unexpected [ (character 3)"),
        ("${a in b}", "unexpected in (character 5)"),
        ("${a; b}", "unexpected ';' (character 4)"),
        ("${{'a': 1}}", "unexpected '{' (character 3)"),
    ] {
        assert_eq!(refusal(text), message, "{text}");
    }
}

#[test]
fn a_condition_is_true_false_or_null() {
    let bag = bag(json!({"yes": true, "text": "true", "one": 1}));
    let is_true = |text: &str| Expression::parse(text).unwrap().is_true(&bag);
    assert_eq!(is_true("${yes}"), Ok(true));
    assert_eq!(is_true("#{ !yes }"), Ok(false));
    assert_eq!(is_true("\n  ${missing}\n"), Ok(false));
    let error = is_true(" ${text} ").unwrap_err();
    assert_eq!(error.to_string(), "${text}: a text is neither true nor false");
    assert_eq!(is_true("${one}").unwrap_err().reason, "a number is neither true nor false");
    assert_eq!(is_true("${one / 0}").unwrap_err().reason, "it divides by zero");
}

#[test]
fn an_expression_tells_which_variables_it_reads() {
    for (text, names) in [
        ("${b.c > a[i] && !empty b}", vec!["a", "b", "i"]),
        ("${execution.getVariable('x') == execution.id}", vec!["execution", "x"]),
        ("${execution.hasVariable('x') ? vars:get(y) : z.size()}", vec!["x", "y", "z"]),
        ("${1 + 2}", vec![]),
    ] {
        assert_eq!(Expression::parse(text).unwrap().names(), names, "{text}");
    }
}

#[test]
fn each_variable_is_asked_for_once() {
    let bag = bag(json!({"a": {"b": 1, "c": 2}}));
    let expression = Expression::parse("${a.b + a.c + a.b}").unwrap();
    assert_eq!(expression.evaluate(&bag), Ok(json!(4)));
    assert_eq!(*bag.asked.borrow(), ["a"]);
}

#[test]
fn expressions_are_shared_between_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Expression>();
    shared::<Template>();
}
