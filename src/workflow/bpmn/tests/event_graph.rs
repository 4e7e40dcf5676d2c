//! What is wrong with where events stand and what leads to them, each fault with its element and its
//! line.

use FaultCode::*;

use super::events::{at_border, beside, choosing, declaring};
use super::*;

const SIGNAL: &str = "<signalEventDefinition signalRef=\"sg\"/>";

#[test]
fn boundary_events() {
    let at = |host: &str, more: &str| {
        at_border("", SIGNAL)
            .replace("attachedToRef=\"n\"", host)
            .replace("</process>", &format!("{more}</process>"))
    };
    let other = "<boundaryEvent id=\"b2\" attachedToRef=\"n\"><errorEventDefinition errorRef=\"er\"/></boundaryEvent><sequenceFlow id=\"h2\" sourceRef=\"b2\" targetRef=\"e\"/>";
    let twice = |first: &str| at_border("", first).replace("</process>", &format!("{other}</process>"));
    check(&[
        ("no host", at("", ""), &[(Missing, "b", 6)]),
        ("a host that is not there", at("attachedToRef=\"nowhere\"", ""), &[(BadReference, "b", 6)]),
        ("a host that is an event", at("attachedToRef=\"s\"", ""), &[(BadReference, "b", 6)]),
        ("its own host", at("attachedToRef=\"b\"", ""), &[(BadReference, "b", 6)]),
        (
            "a host in a subprocess",
            at("attachedToRef=\"i\"", "").replace(
                "<userTask id=\"n\"/>",
                &format!("<subProcess id=\"n\"><startEvent id=\"a\"/><task id=\"i\"/><endEvent id=\"z\"/>{}</subProcess>", (flow("a", "i") + &flow("i", "z")).replace('\n', "")),
            ),
            &[(BadReference, "b", 6)],
        ),
        (
            "an event subprocess as a host",
            beside("", SIGNAL).replace("</process>", &format!("\n<boundaryEvent id=\"b\" attachedToRef=\"x\">{SIGNAL}</boundaryEvent>{}</process>", flow("b", "e").trim_end())),
            &[(BadReference, "b", 13)],
        ),
        ("a host that is not supported", at_border("", SIGNAL).replace("userTask", "transaction"), &[(Unsupported, "n", 5)]),
        ("neither true nor false", at_border("cancelActivity=\"maybe\"", SIGNAL), &[(BadValue, "b", 6)]),
        ("an error that does not interrupt", at_border("cancelActivity=\"false\"", "<errorEventDefinition/>"), &[(Contradiction, "b", 6)]),
        (
            "a flow into it",
            at_border("", SIGNAL).replace("<sequenceFlow id=\"g\"", "<sequenceFlow id=\"i\" sourceRef=\"n\" targetRef=\"b\"/>\n<sequenceFlow id=\"g\""),
            &[(BadFlow, "i", 9)],
        ),
        (
            "no flow out of it",
            at_border("", SIGNAL).replace("<sequenceFlow id=\"h\" sourceRef=\"b\" targetRef=\"e\"/>", ""),
            &[],
        ),
        ("two of one code", twice("<errorEventDefinition errorRef=\"er\"/>"), &[(Contradiction, "b2", 11)]),
        ("one of any, and one of a code", twice("<errorEventDefinition/>"), &[]),
        ("an escalation beside an error", twice("<escalationEventDefinition/>"), &[]),
    ]);
}

#[test]
fn event_subprocesses() {
    let plus = |more: &str| beside("", SIGNAL).replace("</subProcess>", &format!("{more}</subProcess>"));
    check(&[
        (
            "a flow into it",
            beside("", SIGNAL).replace("</process>", &format!("\n{}</process>", flow("n", "x").trim_end())),
            &[(BadFlow, "n-x", 13)],
        ),
        (
            "a flow out of it",
            beside("", SIGNAL).replace("</process>", &format!("\n{}</process>", flow("x", "e").trim_end())),
            &[(BadFlow, "x-e", 13)],
        ),
        (
            "a flow into its start",
            plus(
                "\n<exclusiveGateway id=\"w\" default=\"w-z\"/><sequenceFlow id=\"w-y\" sourceRef=\"w\" targetRef=\"y\"><conditionExpression>${x}</conditionExpression></sequenceFlow><sequenceFlow id=\"w-z\" sourceRef=\"w\" targetRef=\"z\"/><sequenceFlow id=\"y-w\" sourceRef=\"y\" targetRef=\"w\"/>",
            ),
            &[(BadFlow, "w-y", 10)],
        ),
        (
            "two starts",
            plus(&format!(
                "\n<startEvent id=\"y2\">{SIGNAL}</startEvent><sequenceFlow id=\"h2\" sourceRef=\"y2\" targetRef=\"z\"/>"
            )),
            &[(SeveralStarts, "y2", 10)],
        ),
        (
            "no start",
            around("<task id=\"n\"/>\n<subProcess id=\"x\" triggeredByEvent=\"true\"/>"),
            &[(NoStart, "x", 6)],
        ),
        ("repeated", plus("\n<standardLoopCharacteristics loopMaximum=\"3\"/>"), &[(Contradiction, "x", 10)]),
        (
            "for compensation",
            beside("", SIGNAL).replace("triggeredByEvent", "isForCompensation=\"true\" triggeredByEvent"),
            &[(Unsupported, "x", 6)],
        ),
        (
            "skipped",
            beside("", SIGNAL)
                .replace("triggeredByEvent", "flowable:skipExpression=\"${x}\" triggeredByEvent"),
            &[(UnsupportedAttribute, "x", 6)],
        ),
        (
            "an error that does not interrupt",
            beside("isInterrupting=\"false\"", "<errorEventDefinition/>"),
            &[(Contradiction, "y", 7)],
        ),
        (
            "a scope of its own, in which a gateway waits for ever",
            plus(
                "\n<exclusiveGateway id=\"w\" default=\"w-1\"/><parallelGateway id=\"q\"/><sequenceFlow id=\"y-w\" sourceRef=\"y\" targetRef=\"w\"/><sequenceFlow id=\"w-1\" sourceRef=\"w\" targetRef=\"q\"/><sequenceFlow id=\"w-2\" sourceRef=\"w\" targetRef=\"q\"><conditionExpression>${x}</conditionExpression></sequenceFlow><sequenceFlow id=\"q-z\" sourceRef=\"q\" targetRef=\"z\"/>",
            ),
            &[(Deadlock, "q", 10)],
        ),
    ]);
}

#[test]
fn links() {
    let piece = |kind: &str, id: &str, name: &str| {
        format!("<{kind} id=\"{id}\">\n<linkEventDefinition name=\"{name}\"/></{kind}>")
    };
    let throw = |name: &str| piece("intermediateThrowEvent", "n", name);
    let catch = |id: &str| piece("intermediateCatchEvent", id, "on") + flow(id, "e").trim_end();
    // Without the flow out of `n`.
    let linked =
        |body: &str| around(body).replace("<sequenceFlow id=\"g\" sourceRef=\"n\" targetRef=\"e\"/>", "");
    check(&[
        ("fine", linked(&format!("{}\n{}", throw("on"), catch("c"))), &[]),
        (
            "caught nowhere",
            linked(&format!("{}\n{}", throw("off"), catch("c"))),
            &[(BadReference, "n", 5), (BadReference, "c", 7)],
        ),
        (
            "without a name",
            linked(&format!("{}\n{}", throw(" "), catch("c"))),
            &[(Missing, "n", 6), (BadReference, "c", 7)],
        ),
        (
            "caught twice",
            linked(&format!("{}\n{}\n{}", throw("on"), catch("c"), catch("d"))),
            &[(Contradiction, "d", 9)],
        ),
        ("a flow out of it", around(&format!("{}\n{}", throw("on"), catch("c"))), &[(BadFlow, "g", 9)]),
        (
            "a flow into it",
            around(&format!("<task id=\"n\"/>\n{}\n{}", catch("c"), flow("n", "c").trim_end())),
            &[(BadReference, "c", 6), (BadFlow, "n-c", 8)],
        ),
        (
            "an id of which only the engine knows",
            linked(&format!("{}\n{}", throw("on"), catch("c"))).replace("\"f\"", "\"link n\""),
            &[(DuplicateId, "n", 5)],
        ),
        (
            "caught in a subprocess",
            linked(&format!(
                "{}\n<subProcess id=\"x\"><startEvent id=\"a\"/>{}<endEvent id=\"z\"/>{}</subProcess>{}",
                throw("on"),
                piece("intermediateCatchEvent", "c", "on"),
                flow("c", "z").trim_end(),
                flow("x", "e").trim_end()
            )),
            &[(BadReference, "n", 5), (BadReference, "c", 7)],
        ),
    ]);
}

#[test]
fn event_based_gateways() {
    let other = |id: &str| {
        format!(
            "<intermediateCatchEvent id=\"{id}\">{SIGNAL}</intermediateCatchEvent>{}",
            flow(id, "e").trim_end()
        )
    };
    let two = |attributes: &str, more: &str| {
        choosing(attributes, &format!("{}{}\n{more}", other("b"), flow("n", "b").trim_end()))
    };
    check(&[
        ("only one", choosing("", ""), &[(BadFlow, "n", 5)]),
        ("starts the process", two("instantiate=\"true\"", ""), &[(Unsupported, "n", 5)]),
        ("all of them", two("eventGatewayType=\"Parallel\"", ""), &[(Unsupported, "n", 5)]),
        ("a default", two("default=\"g\"", ""), &[(BadDefault, "n", 5)]),
        (
            "a task",
            two("", &format!("<task id=\"t\"/>{}\n{}", flow("t", "e").trim_end(), flow("n", "t").trim_end())),
            &[(BadFlow, "n-t", 9)],
        ),
        (
            "another flow into the event",
            two("", &format!("<intermediateThrowEvent id=\"t\"/>{}\n", flow("t", "b").trim_end()))
                .replace("sourceRef=\"s\" targetRef=\"n\"", "sourceRef=\"s\" targetRef=\"w\"")
                .replace(
                    "</process>",
                    &format!(
                        "<parallelGateway id=\"w\"/>{}{}</process>",
                        flow("w", "n").trim_end(),
                        flow("w", "t").trim_end()
                    ),
                ),
            &[(BadFlow, "b", 7)],
        ),
        (
            "a condition",
            choosing("", &format!("{}\n{}", other("b"), flow_if("n", "b").trim_end())),
            &[(UselessCondition, "n-b", 8)],
        ),
        (
            "an end event that tells something is left by no flow",
            declaring(&task("").replace(
                "<endEvent id=\"e\"/>",
                &format!(
                    "<endEvent id=\"e\">{SIGNAL}</endEvent><task id=\"t\"/>\n{}{}<endEvent id=\"z\"/>",
                    flow("e", "t").trim_end(),
                    flow("t", "z").trim_end()
                ),
            )),
            &[(BadFlow, "e-t", 8)],
        ),
    ]);
}
