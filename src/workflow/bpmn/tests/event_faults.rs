//! What is wrong with what events say, each fault with its element and its line.

use FaultCode::*;

use super::events::{at_border, beside, catching, declaring};
use super::*;

const SIGNAL: &str = "<signalEventDefinition signalRef=\"sg\"/>";

fn timer(kind: &str, text: &str) -> String {
    format!("<timerEventDefinition>\n<{kind}>{text}</{kind}></timerEventDefinition>")
}

#[test]
fn timers() {
    for (kind, text) in [
        ("timeDate", "tomorrow"),
        ("timeDate", "PT10M"),
        ("timeDuration", "10 minutes"),
        ("timeDuration", "2026-12-01"),
        ("timeDuration", "R3/PT10M"),
    ] {
        check(&[(text, catching(&timer(kind, text)), &[(BadValue, "n", 7)])]);
    }
    for text in ["61 0 * * *", "PT10M", "R0/PT10M", "R3/PT0S", "R3/PT10M/2026-12-01"] {
        let xml = at_border("cancelActivity=\"false\"", &timer("timeCycle", text));
        check(&[(text, xml, &[(BadValue, "b", 8)])]);
    }
    for text in ["0 0 * * *", "0 0/5 * * * ?", "@daily"] {
        check(&[(text, at_border("cancelActivity=\"false\"", &timer("timeCycle", text)), &[])]);
    }
    let again = timer("timeCycle", "R3/PT10M");
    check(&[
        ("says nothing", catching("<timerEventDefinition/>"), &[(Missing, "n", 6)]),
        ("says an empty text", catching(&timer("timeDuration", " ")), &[(Missing, "n", 7)]),
        (
            "says two things",
            catching(
                "<timerEventDefinition><timeDate>2026-12-01</timeDate><timeDuration>PT1H</timeDuration></timerEventDefinition>",
            ),
            &[(Contradiction, "n", 6)],
        ),
        ("an expression that is none", catching(&timer("timeDate", "${a +}")), &[(BadExpression, "n", 7)]),
        ("repeats on the way, where it comes once", catching(&again), &[]),
        ("repeats and interrupts", at_border("", &again), &[]),
        ("repeats and interrupts within", beside("", &again), &[]),
        (
            "a calendar",
            catching(
                "<timerEventDefinition flowable:businessCalendarName=\"x\"><timeDate>2026-12-01</timeDate></timerEventDefinition>",
            ),
            &[(UnsupportedAttribute, "n", 6)],
        ),
        (
            "an end",
            at_border(
                "cancelActivity=\"false\"",
                &again.replace("<timeCycle>", "<timeCycle flowable:endDate=\"2027-01-01\">"),
            ),
            &[(UnsupportedAttribute, "b", 8)],
        ),
    ]);
}

#[test]
fn what_events_refer_to() {
    let declared = |declared: &str, definition: &str| {
        at_border("", definition).replace("</definitions>", &format!("\n{declared}</definitions>"))
    };
    check(&[
        ("no message", catching("<messageEventDefinition/>"), &[(Missing, "n", 6)]),
        ("no signal", catching("<signalEventDefinition signalRef=\" \"/>"), &[(Missing, "n", 6)]),
        (
            "no such message",
            catching("<messageEventDefinition messageRef=\"sg\"/>"),
            &[(BadReference, "n", 6)],
        ),
        (
            "no such signal",
            catching("<signalEventDefinition signalRef=\"nowhere\"/>"),
            &[(BadReference, "n", 6)],
        ),
        ("no such error: it is the code", at_border("", "<errorEventDefinition errorRef=\"E1\"/>"), &[]),
        (
            "no such escalation",
            at_border("", "<escalationEventDefinition escalationRef=\"er\"/>"),
            &[(BadReference, "b", 7)],
        ),
        (
            "a message without a name",
            declared("<message id=\"u\"/>", "<messageEventDefinition messageRef=\"u\"/>"),
            &[(Missing, "u", 14)],
        ),
        (
            "a name that is no expression",
            declared("<signal id=\"u\" name=\"${\"/>", "<signalEventDefinition signalRef=\"u\"/>"),
            &[(BadExpression, "u", 14)],
        ),
        (
            "a code that is an expression",
            declared("<error id=\"u\" errorCode=\"${x}\"/>", "<errorEventDefinition errorRef=\"u\"/>"),
            &[(BadValue, "u", 14)],
        ),
        (
            "too long a code",
            declared(
                &format!("<escalation id=\"u\" escalationCode=\"{}\"/>", "x".repeat(256)),
                "<escalationEventDefinition escalationRef=\"u\"/>",
            ),
            &[(BadValue, "u", 14)],
        ),
        (
            "a signal of one instance",
            declared(
                "<signal id=\"u\" name=\"x\" flowable:scope=\"processInstance\"/>",
                "<signalEventDefinition signalRef=\"u\"/>",
            ),
            &[(UnsupportedAttribute, "u", 14)],
        ),
        (
            "a signal of all",
            declared(
                "<signal id=\"u\" name=\"x\" flowable:scope=\"global\"/>",
                "<signalEventDefinition signalRef=\"u\"/>",
            ),
            &[],
        ),
        (
            "what nothing refers to is let be",
            declared("<message id=\"u\" name=\"${\"/>", "<errorEventDefinition/>"),
            &[],
        ),
        ("no condition", catching("<conditionalEventDefinition/>"), &[(Missing, "n", 6)]),
        (
            "an empty condition",
            catching("<conditionalEventDefinition>\n<condition/></conditionalEventDefinition>"),
            &[(BadExpression, "n", 7)],
        ),
        (
            "a condition in another language",
            catching(
                "<conditionalEventDefinition>\n<condition language=\"groovy\">x</condition></conditionalEventDefinition>",
            ),
            &[(UnsupportedAttribute, "n", 7)],
        ),
    ]);
}

#[test]
fn vendors_words_at_events() {
    for attribute in [
        "flowable:errorVariableName=\"x\"",
        "camunda:escalationCodeVariable=\"x\"",
        "flowable:signalExpression=\"${x}\"",
        "flowable:messageExpression=\"${x}\"",
        "camunda:topic=\"x\"",
    ] {
        let xml = at_border("", &format!("<errorEventDefinition {attribute}/>"));
        check(&[(attribute, xml, &[(UnsupportedAttribute, "b", 7)])]);
    }
    let handing = "<signalEventDefinition signalRef=\"sg\"><extensionElements>\n<camunda:in variables=\"all\"/></extensionElements></signalEventDefinition>";
    let event = "<extensionElements>\n<flowable:eventType>x</flowable:eventType></extensionElements>";
    check(&[
        ("variables with a signal", catching(handing), &[(UnsupportedAttribute, "n", 7)]),
        (
            "at the event itself",
            at_border("flowable:resultVariable=\"x\"", SIGNAL),
            &[(UnsupportedAttribute, "b", 6)],
        ),
        (
            "a form of what nobody starts",
            beside("flowable:formKey=\"k\"", SIGNAL),
            &[(UnsupportedAttribute, "y", 7)],
        ),
        ("an event of a registry", catching(&format!("{SIGNAL}{event}")), &[(UnsupportedAttribute, "n", 7)]),
    ]);
}

#[test]
fn what_is_not_executed_is_named() {
    for definition in [
        "errorEventDefinition",
        "escalationEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
        "terminateEventDefinition",
        "eventDefinitionRef",
    ] {
        check(&[(definition, catching(&format!("<{definition}/>")), &[(Unsupported, "n", 6)])]);
    }
    for definition in [
        "timerEventDefinition",
        "conditionalEventDefinition",
        "errorEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
        "terminateEventDefinition",
        "eventDefinitionRef",
    ] {
        let node = format!("<intermediateThrowEvent id=\"n\">\n<{definition}/></intermediateThrowEvent>");
        check(&[(definition, around(&node), &[(Unsupported, "n", 6)])]);
    }
    for definition in ["compensateEventDefinition", "cancelEventDefinition", "linkEventDefinition"] {
        let definition = format!("<{definition}/>");
        check(&[
            (&definition, at_border("", &definition), &[(Unsupported, "b", 7)]),
            (&definition, beside("", &definition), &[(Unsupported, "y", 8)]),
        ]);
    }
    check(&[
        ("waits for nothing", catching(""), &[(Missing, "n", 5)]),
        ("nothing happens at a border", at_border("", ""), &[(Missing, "b", 6)]),
        ("begins by nothing", beside("", ""), &[(Missing, "y", 7)]),
        ("two at once", catching(&format!("{SIGNAL}\n{SIGNAL}")), &[(Unsupported, "n", 7)]),
        (
            "all of them",
            catching(SIGNAL)
                .replace("<intermediateCatchEvent ", "<intermediateCatchEvent parallelMultiple=\"true\" "),
            &[(Unsupported, "n", 5)],
        ),
        (
            "an error without a code",
            declaring(&task("").replace(
                "<endEvent id=\"e\"/>",
                "<endEvent id=\"e\">\n<errorEventDefinition errorRef=\"any\"/></endEvent>",
            )),
            &[(Missing, "e", 8)],
        ),
        (
            "an escalation of none",
            around(
                "<intermediateThrowEvent id=\"n\">\n<escalationEventDefinition/></intermediateThrowEvent>",
            ),
            &[(Missing, "n", 6)],
        ),
    ]);
}
