//! What is wrong with the graph that the elements make.

use FaultCode::*;

use super::*;

#[test]
fn starts_and_ends() {
    check(&[
        ("no start", process("<endEvent id=\"e\"/>"), &[(NoStart, "p", 2)]),
        ("nothing at all", process(""), &[(NoStart, "p", 2)]),
        (
            "two starts",
            around(
                "<task id=\"n\"/>\n<startEvent id=\"t\"/>\n<sequenceFlow id=\"h\" sourceRef=\"t\" targetRef=\"n\"/>",
            ),
            &[(SeveralStarts, "t", 6)],
        ),
        ("an empty subprocess", around("<subProcess id=\"n\"/>"), &[(NoStart, "n", 5)]),
        (
            "a flow into the start",
            around(
                "<exclusiveGateway id=\"n\" default=\"g\"/>\n<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"s\"><conditionExpression>${x}</conditionExpression></sequenceFlow>",
            ),
            &[(BadFlow, "h", 6)],
        ),
        (
            "a flow out of the end",
            around("<task id=\"n\"/>\n<sequenceFlow id=\"h\" sourceRef=\"e\" targetRef=\"n\"/>"),
            &[(BadFlow, "h", 6)],
        ),
        ("a start alone", process("<startEvent id=\"s\"/>"), &[]),
    ]);
}

#[test]
fn flows() {
    let plus = |more: &str| around(&format!("<task id=\"n\"/>\n{more}"));
    check(&[
        ("no source", plus("<sequenceFlow id=\"h\" targetRef=\"n\"/>"), &[(DanglingFlow, "h", 6)]),
        ("no target", plus("<sequenceFlow id=\"h\" sourceRef=\"n\"/>"), &[(DanglingFlow, "h", 6)]),
        (
            "neither",
            plus("<sequenceFlow id=\"h\" sourceRef=\" \"/>"),
            &[(DanglingFlow, "h", 6), (DanglingFlow, "h", 6)],
        ),
        (
            "an unknown source",
            plus("<sequenceFlow id=\"h\" sourceRef=\"x\" targetRef=\"n\"/>"),
            &[(DanglingFlow, "h", 6)],
        ),
        (
            "an unknown target",
            plus("<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"x\"/>"),
            &[(DanglingFlow, "h", 6)],
        ),
        (
            "one that is no node",
            plus("<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"f\"/>"),
            &[(DanglingFlow, "h", 6)],
        ),
        (
            "over a border",
            around(
                "<subProcess id=\"n\"><startEvent id=\"a\"/><endEvent id=\"b\"/>\n<sequenceFlow id=\"h\" sourceRef=\"a\" targetRef=\"b\"/>\n<sequenceFlow id=\"i\" sourceRef=\"a\" targetRef=\"e\"/></subProcess>",
            ),
            &[(FlowCrossesBorder, "i", 7)],
        ),
        (
            "the only flow to a node dangles, which is told once",
            process(
                "<startEvent id=\"s\"/>\n<task id=\"n\"/>\n<endEvent id=\"e\"/>\n<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"nn\"/>\n<sequenceFlow id=\"g\" sourceRef=\"n\" targetRef=\"e\"/>",
            ),
            &[(DanglingFlow, "f", 6)],
        ),
    ]);
}

#[test]
fn what_cannot_be_reached_or_left() {
    check(&[
        ("an island does no harm", around("<task id=\"n\"/>\n<task id=\"i\"/>"), &[]),
        (
            "a flow that was forgotten",
            around("<task id=\"n\"/>")
                .replace("<sequenceFlow id=\"g\" sourceRef=\"n\" targetRef=\"e\"/>", ""),
            &[(Unreachable, "e", 7)],
        ),
        (
            "an unreachable branch",
            around(
                "<task id=\"n\"/>\n<task id=\"i\"/><sequenceFlow id=\"h\" sourceRef=\"i\" targetRef=\"n\"/>",
            ),
            &[(Unreachable, "i", 6)],
        ),
        (
            "an end without saying so",
            around(
                "<task id=\"n\"/>\n<task id=\"i\"/>\n<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"i\"/>",
            ),
            &[],
        ),
        (
            "a gateway with nothing to choose from",
            around(
                "<task id=\"n\"/>\n<exclusiveGateway id=\"i\"/>\n<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"i\"/>",
            ),
            &[(NoWayOut, "i", 6)],
        ),
        (
            "a loop without a way out",
            around(
                "<task id=\"n\"/>\n<task id=\"i\"/>\n<task id=\"j\"/>\n<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"i\"/><sequenceFlow id=\"k\" sourceRef=\"i\" targetRef=\"j\"/><sequenceFlow id=\"l\" sourceRef=\"j\" targetRef=\"i\"/>",
            ),
            &[(NoWayOut, "i", 6), (NoWayOut, "j", 7)],
        ),
        (
            "in a subprocess",
            around(
                "<subProcess id=\"n\"><startEvent id=\"a\"/><endEvent id=\"b\"/><sequenceFlow id=\"h\" sourceRef=\"a\" targetRef=\"b\"/>\n<task id=\"i\"/></subProcess>",
            ),
            &[],
        ),
    ]);
}

#[test]
fn the_only_flow_without_a_condition_is_the_default() {
    let xml = around(
        "<exclusiveGateway id=\"n\"/>\n<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"e\">\
         <conditionExpression>${x}</conditionExpression></sequenceFlow>",
    );
    assert_eq!(read_well(&xml).node("n").unwrap().default.as_deref(), Some("g"));
    let (_, notes) = read_noting(xml.as_bytes());
    let notes: Vec<_> = notes.iter().map(|note| (note.code, note.element.as_deref())).collect();
    assert_eq!(notes, [(MissingCondition, Some("g"))]);
}

#[test]
fn defaults_and_conditions() {
    let branches = |node: &str, one: &str, other: &str| {
        around(&format!(
            "{node}\n<sequenceFlow id=\"h\" sourceRef=\"n\" targetRef=\"e\">{other}</sequenceFlow>"
        ))
        .replace("targetRef=\"e\"/>", &format!("targetRef=\"e\">{one}</sequenceFlow>"))
    };
    let yes = "<conditionExpression>${x}</conditionExpression>";
    check(&[
        ("a condition for each", branches("<exclusiveGateway id=\"n\"/>", yes, yes), &[]),
        ("a default", branches("<exclusiveGateway id=\"n\" default=\"g\"/>", "", yes), &[]),
        ("one without", branches("<exclusiveGateway id=\"n\"/>", "", yes), &[]),
        (
            "one that cannot be read",
            branches("<exclusiveGateway id=\"n\"/>", "<conditionExpression>so</conditionExpression>", yes),
            &[(BadExpression, "g", 7)],
        ),
        (
            "neither of both",
            branches("<exclusiveGateway id=\"n\"/>", "", ""),
            &[(MissingCondition, "h", 6), (MissingCondition, "g", 7)],
        ),
        (
            "a default with a condition",
            branches("<exclusiveGateway id=\"n\" default=\"g\"/>", yes, yes),
            &[(BadDefault, "g", 7)],
        ),
        (
            "a default of another",
            branches("<inclusiveGateway id=\"n\" default=\"f\"/>", yes, yes),
            &[(BadDefault, "n", 5)],
        ),
        (
            "a default of nobody",
            branches("<userTask id=\"n\" default=\"x\"/>", yes, yes),
            &[(BadDefault, "n", 5)],
        ),
        ("a default of an activity", branches("<userTask id=\"n\" default=\"g\"/>", "", yes), &[]),
        (
            "a default of a parallel gateway",
            branches("<parallelGateway id=\"n\" default=\"g\"/>", "", ""),
            &[(BadDefault, "n", 5)],
        ),
        (
            "conditions of a parallel gateway",
            branches("<parallelGateway id=\"n\"/>", yes, ""),
            &[(UselessCondition, "g", 7)],
        ),
        ("conditions of an activity", branches("<task id=\"n\"/>", yes, ""), &[]),
        ("the only flow of an exclusive gateway", around("<exclusiveGateway id=\"n\"/>"), &[]),
        (
            "a condition of the start",
            around("<task id=\"n\"/>")
                .replace("targetRef=\"n\"/>", &format!("targetRef=\"n\">{yes}</sequenceFlow>")),
            &[],
        ),
        (
            "an empty condition",
            around("<task id=\"n\"/>")
                .replace("targetRef=\"e\"/>", "targetRef=\"e\">\n<conditionExpression/></sequenceFlow>"),
            &[],
        ),
    ]);
}

#[test]
fn where_a_rejection_may_return_to() {
    let back = |to: &str| format!("docket:rejection=\"RETURN\" docket:returnNode=\"{to}\"");
    let chain = |first: &str, second: &str| {
        process(&format!(
            "<startEvent id=\"s\"/>\n<userTask id=\"a\" {first}/>\n<userTask id=\"b\" {second}/>\n<endEvent id=\"e\"/>\n{}{}{}",
            flow("s", "a"),
            flow("a", "b"),
            flow("b", "e")
        ))
    };
    let inner = |to: &str| {
        process(&format!(
            "<startEvent id=\"s\"/>\n<userTask id=\"a\"/>\n<subProcess id=\"n\">\n<startEvent id=\"t\"/><userTask id=\"b\" {}/><endEvent id=\"u\"/>{}{}</subProcess>\n\
             <userTask id=\"c\"/>\n<endEvent id=\"e\"/>{}{}{}{}",
            back(to),
            flow("t", "b"),
            flow("b", "u"),
            flow("s", "a"),
            flow("a", "n"),
            flow("n", "c"),
            flow("c", "e"),
        ))
    };
    check(&[
        ("to a task before", chain("", &back("a")), &[]),
        ("to a task behind", chain(&back("b"), ""), &[(BadReference, "a", 4)]),
        ("to itself", chain("", &back("b")), &[(BadReference, "b", 5)]),
        ("to nowhere", chain("", &back("x")), &[(BadReference, "b", 5)]),
        ("to the start", chain("", &back("s")), &[(BadReference, "b", 5)]),
        ("out of a subprocess", inner("a"), &[]),
        ("out of a subprocess to what is behind it", inner("c"), &[(BadReference, "b", 6)]),
        (
            "in a loop everything lies before",
            process(&format!(
                "<startEvent id=\"s\"/>\n<userTask id=\"a\" {}/><userTask id=\"b\"/><endEvent id=\"e\"/><exclusiveGateway id=\"x\" default=\"x-a\"/>{}{}{}{}{}",
                back("b"),
                flow("s", "a"),
                flow("a", "b"),
                flow("b", "x"),
                flow("x", "a"),
                flow_if("x", "e"),
            )),
            &[],
        ),
    ]);
    // What is in a subprocess is over when one is out of it.
    let into = process(&format!(
        "<startEvent id=\"s\"/>\n<subProcess id=\"n\"><startEvent id=\"t\"/><userTask id=\"a\"/><endEvent id=\"u\"/>{}{}</subProcess>\n<userTask id=\"b\" {}/><endEvent id=\"e\"/>{}{}{}",
        flow("t", "a"),
        flow("a", "u"),
        back("a"),
        flow("s", "n"),
        flow("n", "b"),
        flow("b", "e"),
    ));
    check(&[("into a subprocess", into, &[(BadReference, "b", 7)])]);
}
