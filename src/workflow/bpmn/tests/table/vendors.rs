//! The words of vendors and of Docket that are executed, each at its element.

use std::collections::BTreeSet;

use super::{Row, Section, Verdict, document};
use crate::workflow::bpmn::vendor::Vocabulary;

/// An element that has words: how the page calls it, what it knows, and a document with its attributes and
/// what stands in it.
type Place = (&'static str, &'static Vocabulary, fn(&str, &str) -> String);

fn task(tag: &str, attributes: &str, inner: &str) -> String {
    document(&format!("<{tag} id=\"n\" {attributes}>{inner}</{tag}>"), "", "")
}

fn extended(tag: &str, attributes: &str, inner: &str) -> String {
    task(tag, attributes, &format!("<extensionElements>{inner}</extensionElements>"))
}

const PLACES: &[Place] = &[
    ("process", &Vocabulary::PROCESS, |attributes, inner| {
        let opening =
            format!("<process id=\"p\" {attributes}><extensionElements>{inner}</extensionElements>");
        document("<task id=\"n\"/>", "", "").replace("<process id=\"p\">", &opening)
    }),
    ("start event", &Vocabulary::START, |attributes, inner| {
        let held = format!("<extensionElements>{inner}</extensionElements>");
        let start = format!("<startEvent id=\"s\" {attributes}>{held}</startEvent>");
        document("<task id=\"n\"/>", "", "").replace("<startEvent id=\"s\"/>", &start)
    }),
    ("any other event", &Vocabulary::EVENT, |attributes, inner| {
        extended("intermediateThrowEvent", attributes, inner)
    }),
    ("user task", &Vocabulary::USER_TASK, |attributes, inner| extended("userTask", attributes, inner)),
    ("task", &Vocabulary::TASK, |attributes, inner| extended("task", attributes, inner)),
    ("manual and receive task, subprocess", &Vocabulary::ACTIVITY, |attributes, inner| {
        extended("manualTask", attributes, inner)
    }),
    ("service, send and business rule task", &Vocabulary::SERVICE, |attributes, inner| {
        extended("serviceTask", attributes, inner)
    }),
    ("script task", &Vocabulary::SCRIPT, |attributes, inner| {
        let inner = format!("<extensionElements>{inner}</extensionElements><script>1</script>");
        task("scriptTask", &format!("scriptFormat=\"cel\" {attributes}"), &inner)
    }),
    ("call activity", &Vocabulary::CALL, |attributes, inner| extended("callActivity", attributes, inner)),
    ("multiInstanceLoopCharacteristics", &Vocabulary::REPETITION, |attributes, inner| {
        let inner = format!(
            "<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"
        );
        task("manualTask", "", &inner)
    }),
    ("errorEventDefinition that is caught", &Vocabulary::CAUGHT_ERROR, |attributes, _| {
        caught("errorEventDefinition", attributes)
    }),
    ("escalationEventDefinition that is caught", &Vocabulary::CAUGHT_ESCALATION, |attributes, _| {
        caught("escalationEventDefinition", attributes)
    }),
    ("lane", &Vocabulary::LANE, |attributes, _| {
        let lanes =
            format!("<laneSet><lane id=\"l\" {attributes}><flowNodeRef>n</flowNodeRef></lane></laneSet>");
        document("<userTask id=\"n\"/>", &lanes, "")
    }),
    ("dataObject", &Vocabulary::DATA, |_, inner| {
        let object =
            format!("<dataObject id=\"d\"><extensionElements>{inner}</extensionElements></dataObject>");
        document("<task id=\"n\"/>", &object, "")
    }),
];

fn caught(definition: &str, attributes: &str) -> String {
    let border =
        format!("<boundaryEvent id=\"b\" attachedToRef=\"n\"><{definition} {attributes}/></boundaryEvent>");
    document("<userTask id=\"n\"/>", &border, "")
}

/// Where a word stands, the word, what stands there without it and with it, and what it says. An element's
/// word has angle brackets.
type Sample = (&'static str, &'static str, &'static str, &'static str, &'static str);

const USER: &str = "user task";
const WORK: &str = "service, send and business rule task";
const MANY: &str = "multiInstanceLoopCharacteristics";

const SAMPLES: &[Sample] = &[
    ("process", "candidateStarterUsers", "", "camunda:candidateStarterUsers=\"alice\"", "who may start it"),
    (
        "process",
        "candidateStarterGroups",
        "",
        "camunda:candidateStarterGroups=\"hr\"",
        "whose members may start it",
    ),
    ("process", "sameApprover", "", "docket:sameApprover=\"ALL\"", "who has approved before"),
    ("process", "anonymousStart", "", "docket:anonymousStart=\"true\"", "anybody may start it"),
    ("process", "businessType", "", "docket:businessType=\"leave\"", "the type of its business records"),
    (
        "process",
        "<form>",
        "",
        "<docket:form key=\"k\">{\"type\":\"object\",\"properties\":{}}</docket:form>",
        "a form by its key",
    ),
    ("start event", "initiator", "", "camunda:initiator=\"who\"", "the variable that has the starter"),
    ("start event", "formKey", "", "camunda:formKey=\"k\"", "the form to start with"),
    ("start event", "formRef", "", "camunda:formRef=\"k\"", "the same"),
    (
        "start event",
        "<inputOutput>",
        "",
        "<camunda:inputOutput><camunda:outputParameter name=\"b\">1</camunda:outputParameter></camunda:inputOutput>",
        "what the instance is given; an `inputParameter` is refused",
    ),
    (
        "any other event",
        "<inputOutput>",
        "",
        "<camunda:inputOutput><camunda:outputParameter name=\"b\">1</camunda:outputParameter></camunda:inputOutput>",
        "the same; at an end event an `outputParameter` is refused",
    ),
    (USER, "assignee", "", "camunda:assignee=\"alice\"", "who has it"),
    (USER, "candidateUsers", "", "camunda:candidateUsers=\"alice, bob\"", "who may claim it"),
    (USER, "candidateGroups", "", "camunda:candidateGroups=\"hr\"", "whose members may claim it"),
    (USER, "dueDate", "", "camunda:dueDate=\"P1D\"", "when it should be done"),
    (USER, "formKey", "", "camunda:formKey=\"k\"", "the form to decide with"),
    (USER, "formRef", "", "camunda:formRef=\"k\"", "the same"),
    (USER, "skipExpression", "", "flowable:skipExpression=\"${x}\"", "where it is true, nobody is asked"),
    (USER, "nodeType", "", "docket:nodeType=\"AUTO_APPROVE\"", "nobody is asked"),
    (USER, "approverStrategy", "", "docket:approverStrategy=\"STARTER\"", "where approvers come from"),
    (
        USER,
        "approvers",
        "docket:approverStrategy=\"USER\" docket:approvers=\"bob\"",
        "docket:approverStrategy=\"USER\" docket:approvers=\"alice\"",
        "what the strategy needs",
    ),
    (
        USER,
        "levels",
        "docket:approverStrategy=\"STARTER_LEADER\"",
        "docket:approverStrategy=\"STARTER_LEADER\" docket:levels=\"2\"",
        "how many levels, or which",
    ),
    (USER, "counting", "", "docket:counting=\"SEQUENTIAL\"", "how votes are counted"),
    (
        USER,
        "ratio",
        "docket:counting=\"RATIO\"",
        "docket:counting=\"RATIO\" docket:ratio=\"50\"",
        "the percentage that must approve",
    ),
    (USER, "rejection", "", "docket:rejection=\"RETURN\" docket:returnNode=\"m\"", "what a rejection does"),
    (USER, "returnNode", "", "docket:rejection=\"RETURN\" docket:returnNode=\"m\"", "where it returns to"),
    (USER, "nobody", "", "docket:nobody=\"APPROVE\"", "nobody is found"),
    (
        USER,
        "nobodyUsers",
        "docket:nobody=\"USERS\" docket:nobodyUsers=\"bob\"",
        "docket:nobody=\"USERS\" docket:nobodyUsers=\"alice\"",
        "who is asked then",
    ),
    (USER, "starterApproves", "", "docket:starterApproves=\"SKIP\"", "the starter is an approver"),
    (USER, "batchApprove", "", "docket:batchApprove=\"false\"", "whether batches may decide it"),
    (USER, "allowReject", "", "docket:allowReject=\"false\"", "whether it can be rejected"),
    (USER, "allowWithdraw", "", "docket:allowWithdraw=\"false\"", "whether an approval may be taken back"),
    (USER, "needsSignature", "", "docket:needsSignature=\"true\"", "a signature is needed"),
    (USER, "needsComment", "", "docket:needsComment=\"true\"", "a comment is needed"),
    (USER, "secondFactor", "", "docket:secondFactor=\"true\"", "a second factor is needed"),
    (
        USER,
        "timeout",
        "docket:timeout=\"P1D\" docket:timeoutAction=\"REJECT\"",
        "docket:timeout=\"P2D\" docket:timeoutAction=\"REJECT\"",
        "nobody decides within this time",
    ),
    (
        USER,
        "timeoutAction",
        "docket:timeout=\"P1D\" docket:timeoutAction=\"REJECT\"",
        "docket:timeout=\"P1D\" docket:timeoutAction=\"APPROVE\"",
        "what is done then",
    ),
    (
        USER,
        "reminders",
        "docket:timeout=\"P1D\" docket:timeoutAction=\"REMIND\"",
        "docket:timeout=\"P1D\" docket:timeoutAction=\"REMIND\" docket:reminders=\"3\"",
        "how often they are reminded",
    ),
    (
        USER,
        "<field>",
        "docket:formKey=\"k\"",
        "docket:formKey=\"k\"|<docket:field name=\"a\" access=\"WRITE\"/>",
        "what may be done with a field",
    ),
    (
        "task",
        "skipExpression",
        "",
        "flowable:skipExpression=\"${x}\"",
        "where it is true, it is left at once",
    ),
    (
        "task",
        "nodeType",
        "",
        "docket:nodeType=\"COPY\" docket:approverStrategy=\"STARTER\"",
        "the instance is shown to people",
    ),
    (
        "task",
        "approverStrategy",
        "",
        "docket:nodeType=\"COPY\" docket:approverStrategy=\"STARTER\"",
        "to whom",
    ),
    (
        "task",
        "approvers",
        "docket:nodeType=\"COPY\" docket:approverStrategy=\"USER\" docket:approvers=\"bob\"",
        "docket:nodeType=\"COPY\" docket:approverStrategy=\"USER\" docket:approvers=\"alice\"",
        "what the strategy needs",
    ),
    (
        "task",
        "levels",
        "docket:nodeType=\"COPY\" docket:approverStrategy=\"STARTER_LEADER\"",
        "docket:nodeType=\"COPY\" docket:approverStrategy=\"STARTER_LEADER\" docket:levels=\"2\"",
        "how many levels, or which",
    ),
    ("task", "<set>", "", "|<docket:set name=\"a\" value=\"1\"/>", "a variable gets a value"),
    ("task", "<unset>", "", "|<docket:unset name=\"a\"/>", "a variable becomes null"),
    (
        "manual and receive task, subprocess",
        "skipExpression",
        "",
        "flowable:skipExpression=\"${x}\"",
        "where it is true, it is left at once",
    ),
    (
        WORK,
        "skipExpression",
        "camunda:class=\"a\"",
        "camunda:class=\"a\" flowable:skipExpression=\"${x}\"",
        "where it is true, nothing is done",
    ),
    (WORK, "class", "docket:topic=\"a\"", "camunda:class=\"org.example.Ship\"", "a job of this topic"),
    (
        WORK,
        "delegateExpression",
        "docket:topic=\"a\"",
        "camunda:delegateExpression=\"${ship}\"",
        "a job of this topic",
    ),
    (WORK, "decisionRef", "docket:topic=\"a\"", "camunda:decisionRef=\"discount\"", "a job of this topic"),
    (
        WORK,
        "expression",
        "docket:topic=\"a\"",
        "camunda:expression=\"${a + 1}\"",
        "a value, or, where it calls a bean, a job of this topic",
    ),
    (WORK, "topic", "docket:topic=\"a\"", "docket:topic=\"b\"", "a job of this topic"),
    (
        WORK,
        "type",
        "docket:topic=\"a\"",
        "flowable:type=\"mail\"",
        "a job of this topic; `external` goes with a topic",
    ),
    (
        WORK,
        "resultVariable",
        "camunda:expression=\"${1}\"",
        "camunda:expression=\"${1}\" camunda:resultVariable=\"r\"",
        "the variable that takes the value",
    ),
    (
        WORK,
        "resultVariableName",
        "camunda:expression=\"${1}\"",
        "camunda:expression=\"${1}\" flowable:resultVariableName=\"r\"",
        "the same",
    ),
    (
        WORK,
        "taskPriority",
        "docket:topic=\"a\"",
        "docket:topic=\"a\" camunda:taskPriority=\"7\"",
        "which job goes first",
    ),
    (
        WORK,
        "retries",
        "docket:topic=\"a\"",
        "docket:topic=\"a\" docket:retries=\"7\"",
        "how often it is tried",
    ),
    (
        WORK,
        "<http>",
        "docket:topic=\"a\"",
        "|<docket:http url=\"https://erp.example/a\"/>",
        "a call over HTTP",
    ),
    (
        WORK,
        "<in>",
        "docket:topic=\"a\"",
        "docket:topic=\"a\"|<docket:in source=\"a\" target=\"b\"/>",
        "what is handed over",
    ),
    (
        WORK,
        "<out>",
        "docket:topic=\"a\"",
        "docket:topic=\"a\"|<docket:out source=\"a\" target=\"b\"/>",
        "what is taken of the answer",
    ),
    (
        WORK,
        "<field>",
        "docket:topic=\"a\"",
        "docket:topic=\"a\"|<flowable:field name=\"b\" stringValue=\"1\"/>",
        "what is handed over",
    ),
    (
        WORK,
        "<inputOutput>",
        "docket:topic=\"a\"",
        "docket:topic=\"a\"|<camunda:inputOutput><camunda:inputParameter name=\"b\">1</camunda:inputParameter></camunda:inputOutput>",
        "both: a text, a list, a map or a script in cel or juel",
    ),
    (
        WORK,
        "<failedJobRetryTimeCycle>",
        "docket:topic=\"a\"",
        "docket:topic=\"a\"|<camunda:failedJobRetryTimeCycle>R5/PT1M</camunda:failedJobRetryTimeCycle>",
        "how often it is tried, and the wait",
    ),
    (
        WORK,
        "<taskDefinition>",
        "docket:topic=\"a\"",
        "|<zeebe:taskDefinition type=\"b\"/>",
        "a job of this topic, of Camunda 8",
    ),
    (
        "script task",
        "skipExpression",
        "",
        "flowable:skipExpression=\"${x}\"",
        "where it is true, nothing is done",
    ),
    (
        "script task",
        "resultVariable",
        "",
        "camunda:resultVariable=\"r\"",
        "the variable that takes the value",
    ),
    ("script task", "resultVariableName", "", "flowable:resultVariableName=\"r\"", "the same"),
    (
        "call activity",
        "skipExpression",
        "calledElement=\"a\"",
        "calledElement=\"a\" flowable:skipExpression=\"${x}\"",
        "where it is true, nothing is called",
    ),
    (
        "call activity",
        "calledElement",
        "docket:calledElement=\"a\"",
        "docket:calledElement=\"b\"",
        "which process, in its newest version",
    ),
    (
        "call activity",
        "inheritVariables",
        "calledElement=\"a\"",
        "calledElement=\"a\" flowable:inheritVariables=\"true\"",
        "the child begins with all variables",
    ),
    (
        "call activity",
        "businessKey",
        "calledElement=\"a\"",
        "calledElement=\"a\" flowable:businessKey=\"k\"",
        "the child's business key",
    ),
    (
        "call activity",
        "<in>",
        "calledElement=\"a\"",
        "calledElement=\"a\"|<camunda:in variables=\"all\"/>",
        "what the child begins with; `local` is refused",
    ),
    (
        "call activity",
        "<out>",
        "calledElement=\"a\"",
        "calledElement=\"a\"|<camunda:out variables=\"all\"/>",
        "what is taken back",
    ),
    (
        MANY,
        "collection",
        "|<loopDataInputRef>a</loopDataInputRef>",
        "camunda:collection=\"b\"",
        "a list, for each of whose members it is done",
    ),
    (
        MANY,
        "elementVariable",
        "camunda:collection=\"a\"",
        "camunda:collection=\"a\" camunda:elementVariable=\"b\"",
        "the variable that has the member",
    ),
    (
        "errorEventDefinition that is caught",
        "errorCodeVariable",
        "",
        "camunda:errorCodeVariable=\"c\"",
        "the variable that takes the code",
    ),
    (
        "escalationEventDefinition that is caught",
        "escalationCodeVariable",
        "",
        "camunda:escalationCodeVariable=\"c\"",
        "the variable that takes the code",
    ),
    (
        "lane",
        "candidateGroup",
        "",
        "docket:candidateGroup=\"hr\"",
        "who may claim the user tasks in it that name nobody",
    ),
    (
        USER,
        "<inputOutput>",
        "",
        "|<camunda:inputOutput><camunda:inputParameter name=\"b\">1</camunda:inputParameter></camunda:inputOutput>",
        "variables of its own, and what the instance is given of them",
    ),
    (
        "task",
        "<inputOutput>",
        "",
        "|<camunda:inputOutput><camunda:inputParameter name=\"b\">1</camunda:inputParameter></camunda:inputOutput>",
        "variables of its own, and what the instance is given of them",
    ),
    (
        "manual and receive task, subprocess",
        "<inputOutput>",
        "",
        "|<camunda:inputOutput><camunda:inputParameter name=\"b\">1</camunda:inputParameter></camunda:inputOutput>",
        "variables of its own, and what the instance is given of them",
    ),
    (
        "script task",
        "<inputOutput>",
        "",
        "|<camunda:inputOutput><camunda:inputParameter name=\"b\">1</camunda:inputParameter></camunda:inputOutput>",
        "variables of its own, and what the instance is given of them",
    ),
    (
        "call activity",
        "<inputOutput>",
        "calledElement=\"a\"",
        "calledElement=\"a\"|<camunda:inputOutput><camunda:inputParameter name=\"b\">1</camunda:inputParameter></camunda:inputOutput>",
        "variables of its own, and what the instance is given of them",
    ),
    ("dataObject", "<value>", "", "|<flowable:value>1</flowable:value>", "its initial value"),
];

/// Those that are read, and not executed.
const OTHERS: &[(Sample, Verdict)] = &[
    (
        (
            WORK,
            "mapDecisionResult",
            "camunda:decisionRef=\"a\"",
            "camunda:decisionRef=\"a\" camunda:mapDecisionResult=\"singleEntry\"",
            "whoever decides names variables",
        ),
        Verdict::Kept,
    ),
    (
        (
            "call activity",
            "calledElementBinding",
            "calledElement=\"a\"",
            "calledElement=\"a\" camunda:calledElementBinding=\"version\"",
            "the newest version is called: `latest` is executed, `deployment` kept with a note",
        ),
        Verdict::Refused,
    ),
];

/// All of them.
pub(super) fn section() -> Section {
    let executed = SAMPLES.iter().map(|sample| (sample, Verdict::Executed));
    let others = OTHERS.iter().map(|(sample, verdict)| (sample, *verdict));
    let rows = executed.chain(others).map(|((place, word, without, with, says), verdict)| {
        let (_, _, frame) = PLACES.iter().find(|(name, ..)| name == place).expect("a place");
        let document = |text: &str| {
            let is_inner = text.starts_with('<');
            let (attributes, inner) =
                text.split_once('|').unwrap_or(if is_inner { ("", text) } else { (text, "") });
            frame(attributes, inner)
        };
        Row {
            cells: vec![(*place).to_owned(), format!("`{word}`")],
            verdict,
            says: (*says).to_owned(),
            name: word.trim_matches(['<', '>']).to_owned(),
            without: document(without),
            with: document(with),
        }
    });
    Section {
        title: "Words of vendors and of Docket",
        text: "An element of `extensionElements` stands in angle brackets.",
        heads: &["at", "word"],
        rows: rows.collect(),
    }
}

#[test]
fn each_word_that_is_read_has_a_row() {
    for (place, knows, _) in PLACES {
        let known: BTreeSet<_> =
            knows.attributes.iter().chain(knows.own).map(|name| (*name).to_owned()).collect();
        let inner = knows.elements.iter().chain(knows.own_elements).map(|name| format!("<{name}>"));
        let known: BTreeSet<_> = known.into_iter().chain(inner).collect();
        let samples = SAMPLES.iter().chain(OTHERS.iter().map(|(sample, _)| sample));
        let told: BTreeSet<_> =
            samples.filter(|sample| sample.0 == *place).map(|sample| sample.1.to_owned()).collect();
        assert_eq!(told, known, "{place}");
    }
}
