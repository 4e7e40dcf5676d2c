//! BPMN's own elements.

use super::{Row, Section, Verdict, document};
use crate::workflow::bpmn::elements::LET_BE;

use Verdict::{Executed, Kept, Refused};

const PLAIN: &str = "<task id=\"n\"/>";
const DECLARED: &str = "<message id=\"me\" name=\"paid\"/><signal id=\"si\" name=\"alarm\"/>\
                        <error id=\"er\" errorCode=\"E1\"/><escalation id=\"es\" escalationCode=\"L1\"/>\
                        <resource id=\"re\" name=\"clerks\"/>";

/// What an element is called, what becomes of it, and what it says; and a document's node `n` with it, or
/// what stands beside that.
type Sample = (&'static str, Verdict, &'static str, &'static str);

/// Instead of the node `n`.
const NODES: &[Sample] = &[
    ("userTask", Executed, "people decide", "<userTask id=\"n\"/>"),
    ("manualTask", Executed, "recorded and left at once", "<manualTask id=\"n\"/>"),
    (
        "serviceTask",
        Executed,
        "work outside, or a call over HTTP",
        "<serviceTask id=\"n\" camunda:class=\"a\"/>",
    ),
    ("sendTask", Executed, "the same, or a message is told", "<sendTask id=\"n\" messageRef=\"me\"/>"),
    ("businessRuleTask", Executed, "work outside", "<businessRuleTask id=\"n\" camunda:decisionRef=\"a\"/>"),
    ("receiveTask", Executed, "waits for a message", "<receiveTask id=\"n\" messageRef=\"me\"/>"),
    (
        "scriptTask",
        Executed,
        "a script in CEL or JUEL",
        "<scriptTask id=\"n\" scriptFormat=\"cel\"><script>{}</script></scriptTask>",
    ),
    (
        "scriptTask in another language",
        Refused,
        "groovy, javascript, python …",
        "<scriptTask id=\"n\" scriptFormat=\"groovy\"><script>1</script></scriptTask>",
    ),
    ("callActivity", Executed, "another process", "<callActivity id=\"n\" calledElement=\"a\"/>"),
    ("subProcess", Executed, "a process within", "<subProcess id=\"n\"><startEvent id=\"b\"/></subProcess>"),
    ("exclusiveGateway", Executed, "the first flow whose condition holds", "<exclusiveGateway id=\"n\"/>"),
    ("parallelGateway", Executed, "all flows", "<parallelGateway id=\"n\"/>"),
    ("inclusiveGateway", Executed, "all flows whose conditions hold", "<inclusiveGateway id=\"n\"/>"),
    (
        "intermediateCatchEvent",
        Executed,
        "waits",
        "<intermediateCatchEvent id=\"n\"><signalEventDefinition signalRef=\"si\"/></intermediateCatchEvent>",
    ),
    ("intermediateThrowEvent", Executed, "tells something, or nothing", "<intermediateThrowEvent id=\"n\"/>"),
    (
        "timerEventDefinition",
        Executed,
        "a date, a duration, a repeating interval or a pattern of cron",
        "<intermediateCatchEvent id=\"n\"><timerEventDefinition><timeCycle>0 9 * * *</timeCycle></timerEventDefinition></intermediateCatchEvent>",
    ),
    (
        "messageEventDefinition",
        Executed,
        "a message, by its name; thrown with a `class`, `topic` … it is work outside",
        "<intermediateThrowEvent id=\"n\"><messageEventDefinition messageRef=\"me\"/></intermediateThrowEvent>",
    ),
    (
        "signalEventDefinition",
        Executed,
        "a signal, by its name",
        "<intermediateThrowEvent id=\"n\"><signalEventDefinition signalRef=\"si\"/></intermediateThrowEvent>",
    ),
    (
        "conditionalEventDefinition",
        Executed,
        "that something is true; where a process begins, kept with a note: it is started, and begins there where that holds",
        "<intermediateCatchEvent id=\"n\"><conditionalEventDefinition><condition>${a}</condition></conditionalEventDefinition></intermediateCatchEvent>",
    ),
    (
        "escalationEventDefinition",
        Executed,
        "an escalation, by its code",
        "<intermediateThrowEvent id=\"n\"><escalationEventDefinition escalationRef=\"es\"/></intermediateThrowEvent>",
    ),
    (
        "multiInstanceLoopCharacteristics",
        Executed,
        "several instances, at once or in turn",
        "<task id=\"n\"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>",
    ),
    (
        "standardLoopCharacteristics",
        Executed,
        "again and again",
        "<task id=\"n\"><standardLoopCharacteristics loopMaximum=\"3\"/></task>",
    ),
    (
        "potentialOwner",
        Executed,
        "candidates: `user(…)`, `group(…)`, or the group named like its resource",
        "<userTask id=\"n\"><potentialOwner><resourceRef>re</resourceRef></potentialOwner></userTask>",
    ),
    (
        "humanPerformer, performer",
        Executed,
        "the assignee",
        "<userTask id=\"n\"><humanPerformer><resourceAssignmentExpression><formalExpression>alice</formalExpression></resourceAssignmentExpression></humanPerformer></userTask>",
    ),
    ("resourceRole", Refused, "of any other element too", "<task id=\"n\"><resourceRole/></task>"),
    ("transaction", Refused, "", "<transaction id=\"n\"/>"),
    ("adHocSubProcess", Refused, "", "<adHocSubProcess id=\"n\"/>"),
    ("complexGateway", Refused, "", "<complexGateway id=\"n\"/>"),
    (
        "compensateEventDefinition",
        Refused,
        "",
        "<intermediateThrowEvent id=\"n\"><compensateEventDefinition/></intermediateThrowEvent>",
    ),
    (
        "loopDataOutputRef",
        Refused,
        "",
        "<task id=\"n\"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality><loopDataOutputRef>a</loopDataOutputRef></multiInstanceLoopCharacteristics></task>",
    ),
    (
        "outputDataItem",
        Refused,
        "",
        "<task id=\"n\"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality><outputDataItem/></multiInstanceLoopCharacteristics></task>",
    ),
    (
        "complexBehaviorDefinition",
        Refused,
        "",
        "<task id=\"n\"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality><complexBehaviorDefinition/></multiInstanceLoopCharacteristics></task>",
    ),
    (
        "several event definitions",
        Refused,
        "in one event",
        "<intermediateCatchEvent id=\"n\"><signalEventDefinition signalRef=\"si\"/><messageEventDefinition messageRef=\"me\"/></intermediateCatchEvent>",
    ),
    (
        "eventDefinitionRef",
        Refused,
        "",
        "<intermediateCatchEvent id=\"n\"><eventDefinitionRef>a</eventDefinitionRef></intermediateCatchEvent>",
    ),
];

/// Beside a user task `n`.
const BESIDE: &[Sample] = &[
    ("startEvent", Executed, "where a process begins, a subprocess or an event subprocess", ""),
    ("endEvent", Executed, "ends its token", ""),
    ("sequenceFlow", Executed, "its `id` may be missing", "<sequenceFlow sourceRef=\"m\" targetRef=\"e\"/>"),
    (
        "conditionExpression",
        Executed,
        "in `${…}`",
        "<sequenceFlow id=\"i\" sourceRef=\"m\" targetRef=\"e\"><conditionExpression>${a}</conditionExpression></sequenceFlow>",
    ),
    (
        "boundaryEvent",
        Executed,
        "at any activity",
        "<boundaryEvent id=\"b\" attachedToRef=\"n\"><signalEventDefinition signalRef=\"si\"/></boundaryEvent>",
    ),
    (
        "errorEventDefinition",
        Executed,
        "an error, by its code; an `errorRef` that nothing declares is the code",
        "<boundaryEvent id=\"b\" attachedToRef=\"n\"><errorEventDefinition errorRef=\"er\"/></boundaryEvent>",
    ),
    (
        "cancelEventDefinition",
        Refused,
        "",
        "<boundaryEvent id=\"b\" attachedToRef=\"n\"><cancelEventDefinition/></boundaryEvent>",
    ),
    (
        "terminateEventDefinition",
        Executed,
        "ends all tokens around",
        "<sequenceFlow id=\"i\" sourceRef=\"m\" targetRef=\"t\"/><endEvent id=\"t\"><terminateEventDefinition/></endEvent>",
    ),
    (
        "linkEventDefinition",
        Executed,
        "goes on where its name is caught",
        "<sequenceFlow id=\"i\" sourceRef=\"m\" targetRef=\"t\"/><intermediateThrowEvent id=\"t\"><linkEventDefinition name=\"a\"/></intermediateThrowEvent><intermediateCatchEvent id=\"c\"><linkEventDefinition name=\"a\"/></intermediateCatchEvent>",
    ),
    (
        "eventBasedGateway",
        Executed,
        "the first of several events",
        "<sequenceFlow id=\"i\" sourceRef=\"m\" targetRef=\"t\"/><eventBasedGateway id=\"t\"/><sequenceFlow id=\"j\" sourceRef=\"t\" targetRef=\"u\"/><sequenceFlow id=\"k\" sourceRef=\"t\" targetRef=\"v\"/><intermediateCatchEvent id=\"u\"><signalEventDefinition signalRef=\"si\"/></intermediateCatchEvent><intermediateCatchEvent id=\"v\"><messageEventDefinition messageRef=\"me\"/></intermediateCatchEvent>",
    ),
    (
        "event subprocess",
        Executed,
        "begins by its start event",
        "<subProcess id=\"t\" triggeredByEvent=\"true\"><startEvent id=\"u\"><signalEventDefinition signalRef=\"si\"/></startEvent></subProcess>",
    ),
    (
        "laneSet, lane",
        Executed,
        "the group of user tasks that name nobody",
        "<laneSet><lane name=\"hr\"><flowNodeRef>n</flowNodeRef></lane></laneSet>",
    ),
    ("dataObject", Kept, "but for an initial value, see below", "<dataObject id=\"o\"/>"),
    ("correlationSubscription", Refused, "", "<correlationSubscription id=\"c\"/>"),
    (
        "callChoreography and other elements of BPMN",
        Refused,
        "by their names",
        "<callChoreography id=\"c\"/>",
    ),
];

/// Beside the process.
const AT_TOP: &[Sample] = &[
    (
        "collaboration, participant, messageFlow",
        Kept,
        "pools are drawn; a process in one is executed",
        "<collaboration id=\"c\"><participant id=\"q\" processRef=\"p\"/><participant id=\"r\"/><messageFlow id=\"y\" sourceRef=\"q\" targetRef=\"r\"/></collaboration>",
    ),
    (
        "a process that says isExecutable=\"false\"",
        Kept,
        "of a document with another",
        "<process id=\"q\" isExecutable=\"false\"/>",
    ),
    (
        "a second executable process",
        Executed,
        "each is deployed; messageFlows between them are kept, with a note",
        "<process id=\"q\" isExecutable=\"true\"><startEvent id=\"z\"/></process>",
    ),
    (
        "itemDefinition, dataStore, category, interface, import",
        Kept,
        "",
        "<itemDefinition id=\"i\"/><dataStore id=\"d\"/><category id=\"c\"/><interface id=\"j\"/><import/>",
    ),
    ("message, signal, error, escalation, resource", Kept, "for who refers to them", "<message id=\"x\"/>"),
    (
        "correlationProperty, partnerEntity, endPoint …",
        Kept,
        "",
        "<correlationProperty id=\"c\"/><partnerEntity id=\"q\"/><endPoint id=\"i\"/>",
    ),
    ("choreography", Refused, "", "<choreography id=\"c\"/>"),
    ("globalConversation", Refused, "", "<globalConversation id=\"c\"/>"),
    ("globalChoreographyTask", Refused, "", "<globalChoreographyTask id=\"c\"/>"),
];

/// Which of those that are let be are said elsewhere, as they are read where they stand.
const TOLD: &[&str] = &[
    "humanPerformer",
    "performer",
    "potentialOwner",
    "resourceRole",
    "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics",
    "extensionElements",
];

/// All of them.
pub(super) fn section() -> Section {
    let nodes = NODES.iter().map(|sample| row(sample, PLAIN, sample.3, "", ""));
    let beside = BESIDE.iter().map(|sample| match sample.0 {
        // Without these there is nothing to read.
        "startEvent" | "endEvent" => row(sample, PLAIN, "<manualTask id=\"n\"/>", "", ""),
        _ => row(sample, "<userTask id=\"n\"/>", "<userTask id=\"n\"/>", sample.3, ""),
    });
    let top = AT_TOP.iter().map(|sample| row(sample, PLAIN, PLAIN, "", sample.3));
    let kept = LET_BE.iter().filter(|name| !TOLD.contains(name)).map(|name| {
        let (without, with) = ("<task id=\"n\"></task>", format!("<task id=\"n\"><{name}/></task>"));
        Row {
            cells: vec![format!("`{name}`")],
            verdict: Kept,
            says: String::new(),
            name: (*name).to_owned(),
            without: document(without, "", ""),
            with: document(&with, &format!("<{name}/>"), ""),
        }
    });
    Section {
        title: "Elements of BPMN",
        text: "An activity, event or parallel gateway that no flow leaves ends its token; that is noted, as it may be an \
               oversight. A subprocess has one start event; a process at most one that people begin, and others that \
               a time, a message or a signal triggers.",
        heads: &["element"],
        rows: nodes.chain(beside).chain(top).chain(kept).collect(),
    }
}

fn row((element, verdict, says, text): &Sample, without: &str, with: &str, beside: &str, top: &str) -> Row {
    let shown = if element.contains(' ') { (*element).to_owned() } else { format!("`{element}`") };
    let name = match *element {
        "scriptTask in another language" => "groovy",
        "a second executable process" => "one executable process",
        "callChoreography and other elements of BPMN" => "callChoreography",
        other => other,
    };
    assert!(!text.is_empty() || matches!(*element, "startEvent" | "endEvent"), "{element}");
    Row {
        cells: vec![shown],
        verdict: *verdict,
        says: (*says).to_owned(),
        name: name.to_owned(),
        without: document(without, "", DECLARED),
        with: document(with, beside, &format!("{DECLARED}{top}")),
    }
}
