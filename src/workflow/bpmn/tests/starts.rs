//! Start events of a process that wait for something: what is read of them, and what is wrong with them.

use FaultCode::*;

use super::*;
use crate::workflow::model::{Timer, Trigger};

const DECLARED: &str = r#"<message id="m" name="order placed"/><message id="m2" name="paid ${x}"/>
<signal id="sg" name="stop"/><message id="long" name="LONG"/></definitions>"#;

/// A document with a start event `s` in line 3, and in line 4 another, `t`, that holds `definition`.
fn begun_by(attributes: &str, definition: &str) -> String {
    process(&format!(
        "<startEvent id=\"s\"/>\n<startEvent id=\"t\" {attributes}>{definition}</startEvent>\n<userTask id=\"n\"/>\n\
         <endEvent id=\"e\"/>\n{}{}{}",
        flow("s", "n"),
        flow("t", "n"),
        flow("n", "e")
    ))
    .replace("</definitions>", DECLARED)
}

fn timer(kind: &str, text: &str) -> String {
    format!("<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>")
}

const MESSAGE: &str = r#"<messageEventDefinition messageRef="m"/>"#;
const SIGNAL: &str = r#"<signalEventDefinition signalRef="sg"/>"#;

#[test]
fn what_begins_a_process_is_read() {
    let told = |trigger: &Trigger| match trigger {
        Trigger::Timer(Timer::Date(text)) => format!("date {}", text.source()),
        Trigger::Timer(Timer::Duration(text)) => format!("duration {}", text.source()),
        Trigger::Timer(Timer::Cycle(text)) => format!("cycle {}", text.source()),
        Trigger::Message(name) => format!("message {}", name.source()),
        Trigger::Signal(name) => format!("signal {}", name.source()),
        _ => "none of these".to_owned(),
    };
    for (definition, expected) in [
        (timer("timeDate", "2026-12-01T00:00:00Z"), "date 2026-12-01T00:00:00Z"),
        (timer("timeDuration", "PT10M"), "duration PT10M"),
        (timer("timeCycle", "R/PT1H"), "cycle R/PT1H"),
        (timer("timeCycle", "R3/2026-12-01T00:00:00Z/P1D"), "cycle R3/2026-12-01T00:00:00Z/P1D"),
        (MESSAGE.to_owned(), "message order placed"),
        (SIGNAL.to_owned(), "signal stop"),
    ] {
        let model = read_well(&begun_by("", &definition));
        let begun: Vec<_> = model.triggered_starts().map(|(node, by)| (&*node.id, told(by))).collect();
        assert_eq!(begun, [("t", expected.to_owned())]);
        assert_eq!(model.start_of(None).map(|start| &*start.id), Some("s"));
        assert!(model.is_start("s") && model.is_start("t") && !model.is_start("n"));
        assert!(model.unproved.is_empty());
        // Nobody has to begin it by hand.
        let alone =
            begun_by("", &definition).replace("<startEvent id=\"s\"/>", "").replace(&flow("s", "n"), "");
        assert!(read_well(&alone).start_of(None).is_none());
    }
}

#[test]
fn a_signal_whose_name_is_always_the_same_begins_a_process() {
    let named = |name: &str| begun_by("", SIGNAL).replace("name=\"stop\"", &format!("name=\"{name}\""));
    let model = read_well(&named("stop-${'now'}"));
    let begun: Vec<_> = model.triggered_starts().map(|(_, by)| by).collect();
    assert!(matches!(begun[..], [Trigger::Signal(name)] if name.source() == "stop-now"));
    check(&[
        ("of a variable", named("stop-${x}"), &[(BadValue, "t", 4)]),
        ("of nothing", named("${null}"), &[(BadValue, "t", 4)]),
    ]);
}

#[test]
fn what_cannot_begin_a_process_is_refused() {
    let twice = |definition: &str| {
        let other = format!("<startEvent id=\"u\">{definition}</startEvent>{}</process>", flow("u", "n"));
        begun_by("", definition).replace("</process>", &other)
    };
    let of_business = |definition: &str| {
        begun_by("", definition)
            .replace("<process id=\"p\"", "<process id=\"p\" docket:businessType=\"order\"")
    };
    let long = begun_by("", MESSAGE).replace("order placed", &"n".repeat(256));
    check(&[
        ("no condition", begun_by("", "<conditionalEventDefinition/>"), &[(Missing, "t", 4)]),
        ("an error", begun_by("", "<errorEventDefinition/>"), &[(Unsupported, "t", 4)]),
        ("several", begun_by("", &format!("{MESSAGE}{SIGNAL}")), &[(Unsupported, "t", 4)]),
        ("all of several", begun_by("parallelMultiple=\"true\"", MESSAGE), &[(Unsupported, "t", 4)]),
        ("a timer without a time", begun_by("", "<timerEventDefinition/>"), &[(Missing, "t", 4)]),
        ("no message", begun_by("", "<messageEventDefinition/>"), &[(Missing, "t", 4)]),
        (
            "an expression for a name",
            begun_by("", "<messageEventDefinition messageRef=\"m2\"/>"),
            &[(BadValue, "t", 4)],
        ),
        ("an expression for a time", begun_by("", &timer("timeDuration", "${x}")), &[(BadValue, "t", 4)]),
        ("cron", begun_by("", &timer("timeCycle", "0 0 * * *")), &[]),
        ("no cron", begun_by("", &timer("timeCycle", "0 99 * * *")), &[(BadValue, "t", 4)]),
        ("a form", begun_by("flowable:formKey=\"order\"", MESSAGE), &[(UnsupportedAttribute, "t", 4)]),
        ("the same message twice", twice(MESSAGE), &[(Contradiction, "u", 10)]),
        ("the same signal twice", twice(SIGNAL), &[(Contradiction, "u", 10)]),
        ("the same time twice", twice(&timer("timeDuration", "PT1H")), &[]),
        ("a business key that nobody brings", of_business(SIGNAL), &[(Contradiction, "t", 4)]),
        ("nor the clock", of_business(&timer("timeDuration", "PT1H")), &[(Contradiction, "t", 4)]),
        ("a message brings it", of_business(MESSAGE), &[]),
        ("a name that is too long", long, &[(NameTooLong, "m", 11)]),
    ]);
}

#[test]
fn a_condition_begins_a_process_that_somebody_starts() {
    let condition = "<conditionalEventDefinition><condition>${x}</condition></conditionalEventDefinition>";
    let both = begun_by("", condition);
    let (models, notes) = read_noting(both.as_bytes());
    let model = models.unwrap().remove(0);
    assert_eq!(model.start_by_hand().map(|start| &*start.id), Some("s"), "what waits for nothing goes first");
    assert_eq!(model.conditional_starts().len(), 1);
    assert!(notes.iter().any(|note| note.code == NotExecuted && note.element.as_deref() == Some("t")));
    let alone = both.replace("<startEvent id=\"s\"/>", "").replace(&flow("s", "n"), "");
    assert_eq!(read_well(&alone).start_by_hand().map(|start| &*start.id), Some("t"));
}

#[test]
fn within_a_subprocess_nothing_begins_it() {
    for definition in [MESSAGE.to_owned(), SIGNAL.to_owned(), timer("timeDuration", "PT1H")] {
        let inner =
            format!("<startEvent id=\"a\">{definition}</startEvent><endEvent id=\"z\"/>{}", flow("a", "z"));
        let xml = around(&format!("<subProcess id=\"n\">{inner}</subProcess>"));
        assert_eq!(faults_of(&xml)[0].0, Unsupported, "{definition}");
        assert_eq!(faults_of(&xml)[0].1, "a");
    }
}

#[test]
fn starts_name_one_initiator() {
    let named = |name: &str| {
        begun_by(&format!("flowable:initiator=\"{name}\""), MESSAGE)
            .replace("<startEvent id=\"s\"/>", "<startEvent id=\"s\" flowable:initiator=\"who\"/>")
    };
    assert_eq!(read_well(&named("who")).settings.initiator.as_deref(), Some("who"));
    check(&[("two names", named("whoever"), &[(Contradiction, "t", 4)])]);
}

/// Two ways begin apart, and meet at a gateway.
fn meeting(gateway: &str) -> String {
    process(&format!(
        "<startEvent id=\"s\"/>\n<startEvent id=\"t\">{MESSAGE}</startEvent>\n<userTask id=\"a\"/><userTask id=\"b\"/>\n\
         <{gateway} id=\"join\"/>\n<endEvent id=\"e\"/>\n{}{}{}{}{}",
        flow("s", "a"),
        flow("t", "b"),
        flow("a", "join"),
        flow("b", "join"),
        flow("join", "e")
    ))
    .replace("</definitions>", DECLARED)
}

#[test]
fn each_start_is_played_by_itself() {
    check(&[
        ("one way or the other", meeting("exclusiveGateway"), &[]),
        ("whatever comes", meeting("inclusiveGateway"), &[]),
        // Of two starts one begins an instance, and nothing comes from the other.
        ("both", meeting("parallelGateway"), &[(Deadlock, "join", 6)]),
    ]);
    // Only one of them leads to the fault, which is told once.
    let late = process(&format!(
        "<startEvent id=\"s\"/>\n<startEvent id=\"t\">{MESSAGE}</startEvent>\n<exclusiveGateway id=\"x\"/>\n\
         <parallelGateway id=\"join\"/>\n<endEvent id=\"e\"/>\n{}{}{}{}{}{}",
        flow("t", "x"),
        flow_if("x", "join"),
        flow_if("x", "m").replace("targetRef=\"m\"", "targetRef=\"y\"").replace("x-m", "x-y"),
        flow("y", "join"),
        flow("s", "e"),
        flow("join", "e") + "<task id=\"y\"/>",
    ))
    .replace("</definitions>", DECLARED);
    check(&[("behind the second alone", late, &[(Deadlock, "join", 6)])]);
}

#[test]
fn so_many_start_it_at_most() {
    let many = |count: usize| {
        let starts: String = (0..count)
            .map(|number| {
                let id = format!("t{number}");
                let definition = timer("timeDuration", "PT1H");
                format!("<startEvent id=\"{id}\">{definition}</startEvent>{}", flow(&id, "n"))
            })
            .collect();
        process(&format!("<userTask id=\"n\"/><endEvent id=\"e\"/>{}{starts}", flow("n", "e")))
    };
    assert_eq!(read_well(&many(50)).triggered_starts().count(), 50);
    let faults = faults_of(&many(51));
    assert_eq!((faults.len(), faults[0].0), (1, SeveralStarts));
}
