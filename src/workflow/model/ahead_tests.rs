use super::*;

/// A process of these nodes (`id`, or `id: attributes`, within `sub[…]` a subprocess) and flows.
fn model(body: &str) -> Model {
    let document = format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:docket="https://docket.dev/bpmn"><process id="p">{body}</process><error id="bad" errorCode="E"/><error id="worse" errorCode="F"/></definitions>"#
    );
    crate::workflow::bpmn::read(document.as_bytes()).unwrap_or_else(|faults| panic!("{faults:?}\n{document}"))
}

const BY_APPROVER: &str = r#"docket:approverStrategy="APPROVER_CHOICE""#;
const BY_STARTER: &str = r#"docket:approverStrategy="STARTER_CHOICE""#;
const BOB: &str = r#"docket:approverStrategy="USER" docket:approvers="bob""#;
const AUTO: &str = r#"docket:nodeType="AUTO_APPROVE""#;

fn node(kind: &str, id: &str, attributes: &str) -> String {
    format!("<{kind} id=\"{id}\" {attributes}/>\n")
}

fn user(id: &str, attributes: &str) -> String {
    node("userTask", id, attributes)
}

/// `a > b > c, b > d`.
fn flows(chains: &str) -> String {
    let mut found = String::new();
    for chain in chains.split(',') {
        let nodes: Vec<_> = chain.split('>').map(str::trim).collect();
        for pair in nodes.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            found += &format!(r#"<sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}"/>"#);
        }
    }
    found
}

fn ids(nodes: Vec<&Node>) -> String {
    nodes.iter().map(|node| &*node.id).collect::<Vec<_>>().join(" ")
}

/// What is to be chosen and what may be chosen behind each of the nodes.
#[track_caller]
fn check(model: &Model, expected: &[(&str, &str, &str)]) {
    for (from, to_choose, may_choose) in expected {
        assert_eq!(ids(model.to_choose(from)), *to_choose, "to choose behind {from}");
        assert_eq!(ids(model.may_choose(from)), *may_choose, "may be chosen behind {from}");
    }
}

#[test]
fn the_one_before_chooses_and_those_before_may() {
    let body = node("startEvent", "s", "")
        + &user("a", BY_APPROVER)
        + &user("b", BOB)
        + &user("c", BY_STARTER)
        + &user("d", BY_APPROVER)
        + &node("endEvent", "e", "")
        + &flows("s > a > b > c > d > e");
    check(
        &model(&body),
        &[("s", "a c", "a c d"), ("a", "", "d"), ("b", "", "d"), ("c", "d", "d"), ("d", "", "")],
    );
}

#[test]
fn every_way_out_of_a_gateway_counts() {
    let body = node("startEvent", "s", "")
        + &user("a", BOB)
        + &node("parallelGateway", "fork", "")
        + &user("b", BY_APPROVER)
        + &user("c", BY_APPROVER)
        + &node("parallelGateway", "join", "")
        + &user("d", BY_APPROVER)
        + &node("endEvent", "e", "")
        + &flows("s > a > fork > b > join > d > e, fork > c > join");
    // Whoever of the branches comes last leads on; both are asked.
    check(&model(&body), &[("s", "", "b c d"), ("a", "b c", "b c d"), ("b", "d", "d"), ("c", "d", "d")]);
}

#[test]
fn what_a_rule_decides_is_passed() {
    let skipped = format!(r#"{BOB} docket:skipExpression="${{x}}""#);
    let body = node("startEvent", "s", "")
        + &user("a", BOB)
        + &user("auto", AUTO)
        + &user("maybe", &skipped)
        + &user("b", BY_APPROVER)
        + &node("endEvent", "e", "")
        + &flows("s > a > auto > maybe > b > e");
    check(&model(&body), &[("s", "", "b"), ("a", "b", "b"), ("maybe", "b", "b")]);
}

#[test]
fn a_loop_leads_back() {
    let body = node("startEvent", "s", "")
        + &node("exclusiveGateway", "again", "")
        + &user("a", BY_APPROVER)
        + &user("b", BOB)
        + &node("exclusiveGateway", "fine", r#"default="fine_e""#)
        + &node("endEvent", "e", "")
        + &flows("s > again > a > b > fine > e")
        + r#"<sequenceFlow id="back" sourceRef="fine" targetRef="again"><conditionExpression>${x}</conditionExpression></sequenceFlow>"#;
    check(&model(&body), &[("s", "a", "a"), ("a", "", "a"), ("b", "a", "a")]);
}

#[test]
fn a_subprocess_is_entered_and_left_and_may_begin_again() {
    let inner = node("startEvent", "s2", "")
        + &user("in", BY_APPROVER)
        + &user("last", BOB)
        + &node("endEvent", "e2", "")
        + &flows("s2 > in > last > e2");
    for (repeated, behind_last, all_behind) in [
        ("", "after", "after"),
        (
            r#"<multiInstanceLoopCharacteristics isSequential="true"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>"#,
            "in after",
            "in after",
        ),
    ] {
        let body = node("startEvent", "s", "")
            + &user("a", BOB)
            + &format!(r#"<subProcess id="sub">{inner}{repeated}</subProcess>"#)
            + &user("after", BY_APPROVER)
            + &node("endEvent", "e", "")
            + &flows("s > a > sub > after > e");
        check(
            &model(&body),
            &[
                ("s", "", "in after"),
                ("a", "in", "in after"),
                ("in", "", all_behind),
                ("last", behind_last, all_behind),
            ],
        );
    }
}

#[test]
fn the_starter_of_a_subprocess_is_nobody() {
    let inner = node("startEvent", "s2", "")
        + &user("in", BY_STARTER)
        + &node("endEvent", "e2", "")
        + &flows("s2 > in > e2");
    let body = node("startEvent", "s", "")
        + &user("a", BOB)
        + &format!(r#"<subProcess id="sub">{inner}</subProcess>"#)
        + &node("endEvent", "e", "")
        + &flows("s > a > sub > e");
    check(&model(&body), &[("s", "in", "in"), ("a", "", ""), ("s2", "", "")]);
}

#[test]
fn calls_that_can_still_come_are_told() {
    let body = node("startEvent", "s", "")
        + &node("callActivity", "first", r#"calledElement="one""#)
        + &user("a", BOB)
        + &node("callActivity", "second", r#"calledElement="two""#)
        + &node("endEvent", "e", "")
        + &flows("s > first > a > second > e");
    let model = model(&body);
    assert_eq!(model.calls_ahead("s"), ["one", "two"]);
    assert_eq!(model.calls_ahead("a"), ["two"]);
    assert!(model.calls_ahead("second").is_empty());
}

/// An event at the border of `host`.
fn boundary(id: &str, host: &str, definition: &str) -> String {
    format!(r#"<boundaryEvent id="{id}" attachedToRef="{host}">{definition}</boundaryEvent>"#)
}

/// An event subprocess that begins at `start`.
fn beside(id: &str, start: &str, body: &str) -> String {
    format!(
        r#"<subProcess id="{id}" triggeredByEvent="true"><startEvent id="{start}">{TIMER}</startEvent>{body}</subProcess>"#
    )
}

const TIMER: &str = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";

#[test]
fn what_an_event_at_a_border_leads_to_lies_behind_who_comes_before() {
    let body = node("startEvent", "s", "")
        + &user("before", BOB)
        + &user("a", BOB)
        + &boundary("late", "a", TIMER)
        + &user("instead", BY_APPROVER)
        + &user("after", BY_APPROVER)
        + &node("endEvent", "e", "")
        + &flows("s > before > a > after > e, late > instead > e");
    // Nobody decides between the one before and the event; whoever leaves the task has kept it away.
    check(
        &model(&body),
        &[
            ("s", "", "instead after"),
            ("before", "instead", "instead after"),
            ("a", "after", "after"),
            ("instead", "", ""),
        ],
    );
}

#[test]
fn what_may_begin_beside_lies_ahead_until_all_has_ended() {
    let inner = node("startEvent", "s2", "")
        + &user("in", BOB)
        + &node("endEvent", "e2", "")
        + &flows("s2 > in > e2")
        + &beside(
            "within",
            "w",
            &(user("d", BY_APPROVER) + &node("endEvent", "we", "") + &flows("w > d > we")),
        );
    let body = node("startEvent", "s", "")
        + &user("a", BOB)
        + &format!(r#"<subProcess id="sub">{inner}</subProcess>"#)
        + &user("last", BOB)
        + &node("endEvent", "e", "")
        + &boundary("late", "sub", TIMER)
        + &user("c", BY_APPROVER)
        + &flows("s > a > sub > last > e, late > c > e")
        + &beside(
            "outside",
            "o",
            &(user("f", BY_APPROVER) + &node("endEvent", "oe", "") + &flows("o > f > oe")),
        );
    let model = model(&body.replace("<userTask", "\n<userTask"));
    check(
        &model,
        &[
            ("s", "f", "d c f"),
            ("a", "d c", "d c f"),
            ("in", "", "d c f"),
            ("last", "", "f"),
            // What begins within may end what is around it.
            ("d", "", "d c f"),
        ],
    );
}

#[test]
fn an_error_leads_to_where_it_is_caught() {
    // The subprocess ends by an error alone, and never goes on by itself.
    let inner = node("startEvent", "s2", "")
        + &user("in", BOB)
        + r#"<endEvent id="e2"><errorEventDefinition errorRef="bad"/></endEvent>"#
        + &flows("s2 > in > e2");
    let body = node("startEvent", "s", "")
        + &user("a", BOB)
        + &format!(r#"<subProcess id="sub">{inner}</subProcess>"#)
        + &boundary("caught", "sub", r#"<errorEventDefinition errorRef="bad"/>"#)
        + &boundary("other", "sub", r#"<errorEventDefinition errorRef="worse"/>"#)
        + &user("c", BY_APPROVER)
        + &user("d", BY_APPROVER)
        + &user("never", BY_APPROVER)
        + &node("endEvent", "e", "")
        + &flows("s > a > sub > never > e, caught > c > e, other > d > e");
    check(&model(&body), &[("a", "c d", "c d"), ("in", "c", "c d")]);
}
