//! Properties and methods of values.

use super::rules::{check, check_errors};
use super::*;

#[test]
fn properties_lead_to_null_where_there_is_nothing() {
    check(&[
        ("map.key", json!("value")),
        ("map['key']", json!("value")),
        ("map[\"k\" + 'ey']", json!("value")),
        ("map[i]", json!("seven")),
        ("map.missing.more['and more']", json!(null)),
        ("list[0]", json!(1)),
        ("list[i - 6]", json!("two")),
        ("list['1']", json!("two")),
        ("list[1.0]", json!("two")),
        ("list[3][1]", json!(4)),
        ("list[i - 4][zero]", json!(3)),
        ("list[4]", json!(null)),
        ("list[-1]", json!(null)),
        ("list[0.5]", json!(null)),
        ("list[1e300]", json!(null)),
        ("list.size", json!(null)),
        ("t.length", json!(null)),
        ("map[null]", json!(null)),
        ("(yes ? map : list).key", json!("value")),
    ]);
}

#[test]
fn methods_are_those_of_java() {
    check(&[
        ("execution.getVariable('i')", json!(7)),
        ("execution.getVariable(\"map\").key", json!("value")),
        ("execution.hasVariable('nothing')", json!(true)),
        ("execution.hasVariable('missing')", json!(false)),
        ("variables.get('i')", json!(7)),
        ("variables.containsKey('i')", json!(true)),
        ("list.contains('two')", json!(true)),
        ("list.contains(1.0)", json!(true)),
        ("list.contains('1')", json!(false)),
        ("list.contains(null)", json!(true)),
        ("list.size()", json!(4)),
        ("map.size()", json!(4)),
        ("list[3].size()", json!(2)),
        ("none.isEmpty()", json!(true)),
        ("t.isEmpty()", json!(false)),
        ("t.equals('text')", json!(true)),
        ("'text'.equals(t)", json!(true)),
        ("i.equals(7.0)", json!(true)),
        ("i.equals('7')", json!(false)),
        ("t.equalsIgnoreCase('TEXT')", json!(true)),
        ("t.startsWith('te')", json!(true)),
        ("t.endsWith('xt')", json!(true)),
        ("t.contains('ex')", json!(true)),
        ("n10.contains(1)", json!(true)),
        ("'部门'.length()", json!(2)),
        ("'Ab'.toLowerCase() + 'Ab'.toUpperCase()", json!("abAB")),
        ("' a '.trim()", json!("a")),
        ("map.get('key')", json!("value")),
        ("list.get(1)", json!("two")),
        ("map.containsKey('key')", json!(true)),
        ("map.containsKey('missing')", json!(false)),
        ("vars:get(i)", json!(7)),
        ("variables:get('i')", json!(7)),
        ("var:exists(missing)", json!(false)),
        ("vars:equals(i, 7)", json!(true)),
        ("variables:notEquals(i, 7)", json!(false)),
        ("variables:gte(i, 7) && variables:lt(missing, 7)", json!(false)),
        ("variables:isEmpty(blank) && variables:isNotEmpty(t)", json!(true)),
        ("variables:getOrDefault(missing, 'other')", json!("other")),
        ("variables:getOrDefault(t, 'other')", json!("text")),
        ("variables:contains(list, 'two')", json!(true)),
        ("no ? 1 : vars:get(i)", json!(7)),
    ]);
    check_errors(&[
        ("i.length()", "a number has no length()"),
        ("list.trim()", "a list has no trim()"),
        ("map.contains('key')", "an object has no contains()"),
        ("yes.get(0)", "a boolean has no get()"),
        ("t.contains(list)", "a list is no text"),
        ("t.containsKey('a')", "a text has no containsKey()"),
    ]);
}

#[test]
fn nothing_is_found_in_null() {
    check(&[
        ("missing.size()", json!(null)),
        ("missing.size() > 0", json!(false)),
        ("missing.length() == 0", json!(false)),
        ("missing.trim().toLowerCase()", json!(null)),
        ("missing.isEmpty()", json!(true)),
        ("missing.contains('a')", json!(false)),
        ("missing.startsWith('')", json!(false)),
        ("missing.equals('a')", json!(false)),
        ("missing.get('a').get(1)", json!(null)),
        ("missing.containsKey('a')", json!(false)),
        ("t.contains(missing)", json!(false)),
        ("map.containsKey(missing)", json!(false)),
    ]);
}

#[test]
fn what_cannot_be_called_is_named() {
    for (call, named) in [
        ("myBean.doIt(execution)", "myBean.doIt()"),
        ("execution.setVariable('a', 1)", "execution.setVariable()"),
        ("now()", "now()"),
        ("fn:contains(a, 'b')", "fn:contains()"),
        ("vars:drop(a)", "drop()"),
        ("a ? fn:size(b) : c", "size()"),
        ("t.getClass().forName('java.lang.Runtime')", "t.getClass()"),
        ("''.getClass()", "getClass()"),
        ("1 + list.stream()", "list.stream()"),
    ] {
        let text = format!("${{{call}}}");
        let message = refusal(&text);
        assert!(message.starts_with(&format!("{named} cannot be called here")), "{call}: {message}");
    }
    for (call, message) in [
        ("t.contains()", "t.contains() takes 1 arguments, and not 0 (character 15)"),
        ("t.trim(1)", "t.trim() takes 0 arguments, and not 1 (character 12)"),
        (
            "execution.getVariable(t)",
            "execution.getVariable() takes the name of a variable, as a text (character 27)",
        ),
        ("vars:get(1)", "get() takes the name of a variable first (character 14)"),
        ("vars:get(a, 1)", "get() takes 1 arguments (character 17)"),
    ] {
        assert_eq!(refusal(&format!("${{{call}}}")), message, "{call}");
    }
}
