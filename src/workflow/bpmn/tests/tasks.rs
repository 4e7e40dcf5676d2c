//! Tasks that nobody decides: what they say, and what they cannot.

use FaultCode::*;

use super::*;

/// A process with a user task and a task behind it, which says this and holds that; it is in line 5.
fn with(attributes: &str, inner: &str) -> String {
    process(&format!(
        "<startEvent id=\"s\"/>\n<userTask id=\"u\"/>\n<task id=\"t\" {attributes}><extensionElements>{inner}</extensionElements></task>\n\
         <endEvent id=\"e\"/>\n<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"u\"/>\n\
         <sequenceFlow id=\"g\" sourceRef=\"u\" targetRef=\"t\"/>\n<sequenceFlow id=\"h\" sourceRef=\"t\" targetRef=\"e\"/>"
    ))
}

#[test]
fn a_task_shows_or_writes() {
    let kind = |attributes: &str, inner: &str| {
        format!("{:?}", read_well(&with(attributes, inner)).node("t").unwrap().kind)
    };
    assert_eq!(kind("", ""), "Task");
    let shows = kind(r#"docket:nodeType="COPY" docket:approverStrategy="ROLE" docket:approvers="hr""#, "");
    assert_eq!(shows, r#"Copy(Roles(["hr"]))"#);
    let writes = kind("", r#"<docket:set name="a" value="${1 + 1}"/><docket:unset name="b"/>"#);
    assert!(
        writes.starts_with("Write([") && writes.contains("\"a\"") && writes.contains("\"b\""),
        "{writes}"
    );
}

#[test]
fn what_a_task_cannot_say_is_told() {
    let copy = r#"docket:nodeType="COPY""#;
    let cases: &[Case<'_>] = &[
        ("nobody to show it to", with(copy, ""), &[(Missing, "t", 5)]),
        (
            "somebody, and nothing to show",
            with(r#"docket:approverStrategy="STARTER""#, ""),
            &[(Contradiction, "t", 5)],
        ),
        ("another type", with(r#"docket:nodeType="USER""#, ""), &[(BadValue, "t", 5)]),
        (
            "two things at once",
            with(&format!(r#"{copy} docket:approverStrategy="STARTER""#), r#"<docket:unset name="a"/>"#),
            &[(Contradiction, "t", 5)],
        ),
        ("a value for nothing", with("", r#"<docket:set value="1"/>"#), &[(Missing, "t", 5)]),
        ("nothing for a variable", with("", r#"<docket:set name="a"/>"#), &[(Missing, "t", 5)]),
        (
            "a value for what is taken away",
            with("", r#"<docket:unset name="a" value="1"/>"#),
            &[(Contradiction, "t", 5)],
        ),
        ("no variable", with("", r#"<docket:set name="a b" value="1"/>"#), &[(BadValue, "t", 5)]),
        (
            "the process's own variable",
            with("", r#"<docket:set name="PROCESS_STATUS" value="2"/>"#),
            &[(BadValue, "t", 5)],
        ),
        ("no expression", with("", r#"<docket:set name="a" value="${1 +}"/>"#), &[(BadExpression, "t", 5)]),
        ("what nobody knows", with(r#"docket:counting="ANY""#, ""), &[(UnsupportedAttribute, "t", 5)]),
        (
            "what cannot be rejected, and how",
            with("", "").replace(
                "<userTask id=\"u\"/>",
                r#"<userTask id="u" docket:allowReject="false" docket:nobody="REJECT"/>"#,
            ),
            &[(Contradiction, "u", 4)],
        ),
    ];
    check(cases);
}
