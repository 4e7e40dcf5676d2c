//! What is read of events.

use super::*;
use crate::workflow::expression::{Expression, Template};
use crate::workflow::model::{Boundary, EventStart, Throw, Timer, Trigger};

/// What the documents here declare for their events to refer to.
const DECLARED: &str = r#"<message id="m" name="paid ${number}"/><signal id="sg" name="stop"/>
<error id="er" name="Broken" errorCode=" E1 "/><error id="any"/><escalation id="es" escalationCode="X1"/></definitions>"#;

/// A document with declarations behind its process.
pub(super) fn declaring(xml: &str) -> String {
    xml.replace("</definitions>", DECLARED)
}

/// A document whose node `n` in line 5 waits, as line 6 says.
pub(super) fn catching(definition: &str) -> String {
    declaring(&around(&format!("<intermediateCatchEvent id=\"n\">\n{definition}</intermediateCatchEvent>")))
}

/// A document with a user task `n` in line 5 and at its border, in line 6, `b`, as line 7 says.
pub(super) fn at_border(attributes: &str, definition: &str) -> String {
    declaring(&around(&format!(
        "<userTask id=\"n\"/>\n<boundaryEvent id=\"b\" attachedToRef=\"n\" {attributes}>\n{definition}</boundaryEvent>\n\
         <sequenceFlow id=\"h\" sourceRef=\"b\" targetRef=\"e\"/>"
    )))
}

/// A document with a task `n` in line 5 and an event subprocess `x` in line 6, which begins by `y` in
/// line 7, as line 8 says.
pub(super) fn beside(attributes: &str, definition: &str) -> String {
    declaring(&around(&format!(
        "<task id=\"n\"/>\n<subProcess id=\"x\" triggeredByEvent=\"true\">\n<startEvent id=\"y\" {attributes}>\n{definition}</startEvent>\n\
         <sequenceFlow id=\"h\" sourceRef=\"y\" targetRef=\"z\"/><endEvent id=\"z\"/></subProcess>"
    )))
}

/// What can be waited for anywhere, and how it is told.
const OUTSIDE: [(&str, &str); 8] = [
    (
        "<timerEventDefinition><timeDate> 2026-12-01T00:00:00Z </timeDate></timerEventDefinition>",
        "date 2026-12-01T00:00:00Z",
    ),
    ("<timerEventDefinition><timeDate>${when}</timeDate></timerEventDefinition>", "date ${when}"),
    ("<timerEventDefinition><timeDuration>PT10M</timeDuration></timerEventDefinition>", "duration PT10M"),
    (
        "<timerEventDefinition><timeDuration>P${days}D</timeDuration></timerEventDefinition>",
        "duration P${days}D",
    ),
    ("<messageEventDefinition messageRef=\"m\"/>", "message paid ${number}"),
    ("<messageEventDefinition messageRef=\"tns:m\"/>", "message paid ${number}"),
    ("<signalEventDefinition signalRef=\"sg\"/>", "signal stop"),
    (
        "<conditionalEventDefinition><condition>${x > 3}</condition></conditionalEventDefinition>",
        "condition ${x > 3}",
    ),
];

/// What comes from within.
const FROM_WITHIN: [(&str, &str); 5] = [
    ("<errorEventDefinition/>", "error any"),
    ("<errorEventDefinition errorRef=\"er\"/>", "error E1"),
    ("<errorEventDefinition errorRef=\"any\"/>", "error any"),
    ("<escalationEventDefinition/>", "escalation any"),
    ("<escalationEventDefinition escalationRef=\"es\"/>", "escalation X1"),
];

fn shown(trigger: &Trigger) -> String {
    let template = |kind: &str, text: &Template| format!("{kind} {}", text.source());
    let code = |kind: &str, code: &Option<String>| format!("{kind} {}", code.as_deref().unwrap_or("any"));
    match trigger {
        Trigger::Timer(Timer::Date(text)) => template("date", text),
        Trigger::Timer(Timer::Duration(text)) => template("duration", text),
        Trigger::Timer(Timer::Cycle(text)) => template("cycle", text),
        Trigger::Message(name) => template("message", name),
        Trigger::Signal(name) => template("signal", name),
        Trigger::Condition(condition) => format!("condition {}", Expression::source(condition)),
        Trigger::Error(found) => code("error", found),
        Trigger::Escalation(found) => code("escalation", found),
    }
}

#[test]
fn what_is_waited_for_on_the_way() {
    for (definition, expected) in OUTSIDE {
        let model = read_well(&catching(definition));
        let NodeKind::Catch(trigger) = &model.nodes["n"].kind else { panic!("{definition}") };
        assert_eq!(shown(trigger), expected, "{definition}");
    }
}

#[track_caller]
fn boundary(xml: &str) -> (bool, String) {
    let model = read_well(xml);
    let NodeKind::Boundary(Boundary { host, is_interrupting, trigger }) = &model.nodes["b"].kind else {
        panic!("no boundary event\n{xml}")
    };
    assert_eq!(&**host, "n");
    (*is_interrupting, shown(trigger))
}

#[test]
fn what_happens_at_a_border() {
    for (definition, expected) in OUTSIDE.into_iter().chain(FROM_WITHIN) {
        assert_eq!(boundary(&at_border("", definition)), (true, expected.to_owned()), "{definition}");
        let xml = at_border("cancelActivity=\"true\"", definition);
        assert_eq!(boundary(&xml), (true, expected.to_owned()), "{definition}");
        if !definition.contains("error") {
            let xml = at_border("cancelActivity=\"false\"", definition);
            assert_eq!(boundary(&xml), (false, expected.to_owned()), "{definition}");
        }
    }
    let again = "<timerEventDefinition><timeCycle>R3/PT10M</timeCycle></timerEventDefinition>";
    assert_eq!(boundary(&at_border("cancelActivity=\"0\"", again)), (false, "cycle R3/PT10M".to_owned()));
    let again = again.replace("R3/PT10M", "R${times}/PT10M");
    let expected = (false, "cycle R${times}/PT10M".to_owned());
    assert_eq!(boundary(&at_border("cancelActivity=\"false\"", &again)), expected);
}

#[test]
fn a_boundary_events_activity_may_be_anything_that_is_done() {
    let late = "<boundaryEvent id=\"b\" attachedToRef=\"n\"><signalEventDefinition signalRef=\"sg\"/></boundaryEvent>\n\
                <sequenceFlow id=\"h\" sourceRef=\"b\" targetRef=\"e\"/>";
    let inner = format!("<startEvent id=\"a\"/>{}<endEvent id=\"z\"/>", flow("a", "z"));
    for host in [
        "<task id=\"n\"/>".to_owned(),
        "<manualTask id=\"n\"/>".to_owned(),
        "<callActivity id=\"n\" calledElement=\"other\"/>".to_owned(),
        format!("<subProcess id=\"n\">{inner}</subProcess>"),
    ] {
        read_well(&declaring(&around(&format!("{host}\n{late}"))));
        // It may stand before its activity.
        read_well(&declaring(&around(&format!("{late}\n{host}"))));
    }
}

#[test]
fn by_what_an_event_subprocess_begins() {
    let begun = |attributes: &str, definition: &str| {
        let model = read_well(&beside(attributes, definition));
        assert!(matches!(model.nodes["x"].kind, NodeKind::EventSubprocess));
        assert_eq!(model.start_of(Some("x")).map(|start| &*start.id), Some("y"));
        match &model.nodes["y"].kind {
            NodeKind::EventStart(EventStart { is_interrupting, trigger }) => {
                (*is_interrupting, shown(trigger))
            }
            other => panic!("a {}", other.as_str()),
        }
    };
    for (definition, expected) in OUTSIDE.into_iter().chain(FROM_WITHIN) {
        assert_eq!(begun("", definition), (true, expected.to_owned()), "{definition}");
        if !definition.contains("error") {
            let found = begun("isInterrupting=\"false\"", definition);
            assert_eq!(found, (false, expected.to_owned()), "{definition}");
        }
    }
    let again = "<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>";
    assert_eq!(begun("isInterrupting=\"false\"", again), (false, "cycle R/PT1H".to_owned()));
}

#[test]
fn an_event_subprocess_lies_in_a_subprocess_or_in_another() {
    let start = "<signalEventDefinition signalRef=\"sg\"/>";
    let event = |id: &str, more: &str| {
        format!(
            "<subProcess id=\"{id}\" triggeredByEvent=\"true\"><startEvent id=\"{id}-s\">{start}</startEvent>\
             <endEvent id=\"{id}-e\"/>{}{more}</subProcess>",
            flow(&format!("{id}-s"), &format!("{id}-e"))
        )
    };
    let nested = event("outer", &event("inner", ""));
    let inner = format!("<startEvent id=\"a\"/>{}<endEvent id=\"z\"/>{nested}", flow("a", "z"));
    let model = read_well(&declaring(&around(&format!("<subProcess id=\"n\">{inner}</subProcess>"))));
    assert_eq!(model.nodes["outer"].parent.as_deref(), Some("n"));
    assert_eq!(model.nodes["inner"].parent.as_deref(), Some("outer"));
    assert_eq!(model.start_of(Some("n")).map(|start| &*start.id), Some("a"));
}

fn told_by(kind: &NodeKind) -> String {
    match kind {
        NodeKind::Throw(Throw::Nothing) => "nothing".to_owned(),
        NodeKind::Throw(Throw::Message(name)) => format!("message {}", name.source()),
        NodeKind::Throw(Throw::Signal(name)) => format!("signal {}", name.source()),
        NodeKind::Throw(Throw::Escalation(code)) => format!("escalation {code}"),
        NodeKind::Throw(Throw::Error(code)) => format!("error {code}"),
        other => other.as_str().to_owned(),
    }
}

const TOLD: [(&str, &str); 3] = [
    ("<messageEventDefinition messageRef=\"m\"/>", "message paid ${number}"),
    ("<signalEventDefinition signalRef=\"sg\"/>", "signal stop"),
    ("<escalationEventDefinition escalationRef=\"es\"/>", "escalation X1"),
];

#[test]
fn what_is_told_on_the_way() {
    for (definition, expected) in TOLD.into_iter().chain([("", "nothing")]) {
        let node = format!("<intermediateThrowEvent id=\"n\">{definition}</intermediateThrowEvent>");
        let model = read_well(&declaring(&around(&node)));
        assert_eq!(told_by(&model.nodes["n"].kind), expected, "{definition}");
    }
    // It ends its token where no flow leaves it.
    read_well(&process(&format!(
        "<startEvent id=\"s\"/><intermediateThrowEvent id=\"n\"/>{}",
        flow("s", "n")
    )));
}

#[test]
fn what_is_told_at_the_end() {
    let ends = [
        ("", "endEvent"),
        ("<terminateEventDefinition/>", "endEvent"),
        ("<errorEventDefinition errorRef=\"er\"/>", "error E1"),
    ];
    for (definition, expected) in TOLD.into_iter().chain(ends) {
        let xml =
            task("").replace("<endEvent id=\"e\"/>", &format!("<endEvent id=\"e\">{definition}</endEvent>"));
        let model = read_well(&declaring(&xml));
        assert_eq!(told_by(&model.nodes["e"].kind), expected, "{definition}");
    }
}

#[test]
fn a_link_is_a_flow_in_two_pieces() {
    let link = |kind: &str, id: &str, name: &str| {
        format!("<{kind} id=\"{id}\"><linkEventDefinition name=\"{name}\"/></{kind}>\n")
    };
    let inner = format!(
        "<subProcess id=\"n\"><startEvent id=\"a\"/>{}{}{}{}<endEvent id=\"z\"/></subProcess>",
        link("intermediateThrowEvent", "t", "on"),
        link("intermediateCatchEvent", "c", "on"),
        flow("a", "t"),
        flow("c", "z")
    );
    // The same name is another's in the process itself, where two lead to one.
    let xml = process(&format!(
        "<startEvent id=\"s\"/><parallelGateway id=\"fork\"/>\n{}\n{}\n{}\n{inner}<endEvent id=\"e\"/>{}{}{}{}{}",
        link("intermediateThrowEvent", "t1", "on"),
        link("intermediateThrowEvent", "t2", "on"),
        link("intermediateCatchEvent", "c1", "on"),
        flow("s", "fork"),
        flow("fork", "t1"),
        flow("fork", "t2"),
        flow("c1", "n"),
        flow("n", "e"),
    ));
    let model = read_well(&xml);
    for (throw, catch) in [("t", "c"), ("t1", "c1"), ("t2", "c1")] {
        assert_eq!(told_by(&model.nodes[throw].kind), "nothing");
        let [id] = &model.nodes[throw].outgoing[..] else { panic!("{throw}") };
        assert_eq!(&**id, format!("link {throw}"));
        let flow = &model.flows[id];
        assert_eq!((&*flow.source, &*flow.target, flow.line), (throw, catch, model.nodes[throw].line));
        assert!(model.nodes[catch].incoming.contains(id));
    }
    assert_eq!(model.nodes["c1"].incoming.len(), 2);
}

/// A document with an event-based gateway `n` in line 5, a catching event `a` in line 6 and `more`
/// from line 7 on.
pub(super) fn choosing(attributes: &str, more: &str) -> String {
    declaring(&around(&format!(
        "<eventBasedGateway id=\"n\" {attributes}/>\n<intermediateCatchEvent id=\"a\"><signalEventDefinition signalRef=\"sg\"/></intermediateCatchEvent>\n{more}"
    )))
    .replace("sourceRef=\"n\" targetRef=\"e\"", "sourceRef=\"n\" targetRef=\"a\"")
    .replace("<endEvent id=\"e\"/>", "<endEvent id=\"e\"/><sequenceFlow id=\"i\" sourceRef=\"a\" targetRef=\"e\"/>")
}

#[test]
fn the_first_of_several_events() {
    let other = "<intermediateCatchEvent id=\"b\"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>";
    for attributes in ["", "instantiate=\"false\" eventGatewayType=\"Exclusive\""] {
        let model = read_well(&choosing(attributes, &format!("{other}{}{}", flow("n", "b"), flow("b", "e"))));
        assert!(matches!(model.nodes["n"].kind, NodeKind::EventBased));
        assert_eq!(model.nodes["n"].outgoing.len(), 2);
    }
}

#[test]
fn a_rejection_returns_from_behind_a_boundary_event() {
    let back = |to: &str| {
        let definition = "<signalEventDefinition signalRef=\"sg\"/>";
        let late = format!(
            "<userTask id=\"late\" docket:rejection=\"RETURN\" docket:returnNode=\"{to}\"/>{}<userTask id=\"never\"/>{}",
            flow("late", "never"),
            flow("never", "e")
        );
        at_border("", definition).replace(
            "<sequenceFlow id=\"h\" sourceRef=\"b\" targetRef=\"e\"/>",
            &format!("<sequenceFlow id=\"h\" sourceRef=\"b\" targetRef=\"late\"/>\n{late}"),
        )
    };
    check(&[
        ("to where it came from", back("n"), &[]),
        ("to what comes later", back("never"), &[(FaultCode::BadReference, "late", 9)]),
    ]);
}
