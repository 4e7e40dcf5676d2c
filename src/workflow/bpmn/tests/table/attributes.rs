//! BPMN's own attributes.

use super::{Row, Section, Verdict, document};

use Verdict::{Executed, Kept, Refused};

/// Where an attribute stands, the attribute, what becomes of it, what it says, and the node `n` without it and
/// with it, and what stands beside it.
type Sample = (&'static str, &'static str, Verdict, &'static str, &'static str, &'static str, &'static str);

const SAMPLES: &[Sample] = &[
    (
        "any element",
        "name",
        Executed,
        "what people see",
        "<task id=\"n\"/>",
        "<task id=\"n\" name=\"a\"/>",
        "",
    ),
    (
        "activity",
        "default",
        Executed,
        "the flow where no condition holds",
        "<exclusiveGateway id=\"n\"/>",
        "<exclusiveGateway id=\"n\" default=\"g\"/>",
        "",
    ),
    (
        "activity",
        "isForCompensation",
        Refused,
        "but for `false`",
        "<task id=\"n\"/>",
        "<task id=\"n\" isForCompensation=\"true\"/>",
        "",
    ),
    (
        "activity",
        "startQuantity",
        Refused,
        "but for 1",
        "<task id=\"n\"/>",
        "<task id=\"n\" startQuantity=\"2\"/>",
        "",
    ),
    (
        "activity",
        "completionQuantity",
        Refused,
        "but for 1",
        "<task id=\"n\"/>",
        "<task id=\"n\" completionQuantity=\"2\"/>",
        "",
    ),
    (
        "task of people or machines",
        "implementation",
        Kept,
        "",
        "<userTask id=\"n\"/>",
        "<userTask id=\"n\" implementation=\"##unspecified\"/>",
        "",
    ),
    (
        "receiveTask",
        "messageRef",
        Executed,
        "else the message is named by the task's id",
        "<receiveTask id=\"n\"/>",
        "<receiveTask id=\"n\" messageRef=\"me\"/>",
        "",
    ),
    (
        "receiveTask",
        "instantiate",
        Refused,
        "",
        "<receiveTask id=\"n\"/>",
        "<receiveTask id=\"n\" instantiate=\"true\"/>",
        "",
    ),
    (
        "sendTask, receiveTask, serviceTask",
        "operationRef",
        Kept,
        "",
        "<receiveTask id=\"n\"/>",
        "<receiveTask id=\"n\" operationRef=\"o\"/>",
        "",
    ),
    (
        "callActivity",
        "calledElement",
        Executed,
        "the key of the process",
        "<callActivity id=\"n\" calledElement=\"a\"/>",
        "<callActivity id=\"n\" calledElement=\"b\"/>",
        "",
    ),
    (
        "exclusive, parallel and inclusive gateway",
        "gatewayDirection",
        Kept,
        "",
        "<exclusiveGateway id=\"n\"/>",
        "<exclusiveGateway id=\"n\" gatewayDirection=\"Diverging\"/>",
        "",
    ),
    (
        "multiInstanceLoopCharacteristics",
        "isSequential",
        Executed,
        "in turn",
        "<task id=\"n\"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>",
        "<task id=\"n\"><multiInstanceLoopCharacteristics isSequential=\"true\"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>",
        "",
    ),
    (
        "multiInstanceLoopCharacteristics",
        "behavior",
        Refused,
        "but for `All`",
        "<task id=\"n\"/>",
        "<task id=\"n\"><multiInstanceLoopCharacteristics behavior=\"One\"><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>",
        "",
    ),
    (
        "standardLoopCharacteristics",
        "loopMaximum",
        Executed,
        "at most so often",
        "<task id=\"n\"><standardLoopCharacteristics loopMaximum=\"3\"/></task>",
        "<task id=\"n\"><standardLoopCharacteristics loopMaximum=\"4\"/></task>",
        "",
    ),
    (
        "standardLoopCharacteristics",
        "testBefore",
        Executed,
        "the condition is looked at first",
        "<task id=\"n\"><standardLoopCharacteristics loopMaximum=\"3\"/></task>",
        "<task id=\"n\"><standardLoopCharacteristics loopMaximum=\"3\" testBefore=\"true\"/></task>",
        "",
    ),
    (
        "scriptTask",
        "scriptFormat",
        Executed,
        "`cel` or `juel`",
        "<scriptTask id=\"n\" scriptFormat=\"cel\"><script>1</script></scriptTask>",
        "<scriptTask id=\"n\" scriptFormat=\"juel\"><script>${1}</script></scriptTask>",
        "",
    ),
    (
        "catch event",
        "parallelMultiple",
        Refused,
        "",
        "<task id=\"n\"/>",
        "<intermediateCatchEvent id=\"n\" parallelMultiple=\"true\"><messageEventDefinition messageRef=\"me\"/></intermediateCatchEvent>",
        "",
    ),
    (
        "boundaryEvent",
        "cancelActivity",
        Executed,
        "whether it interrupts",
        "<task id=\"n\"/>",
        "<task id=\"n\"/>",
        "<boundaryEvent id=\"b\" attachedToRef=\"n\" cancelActivity=\"false\"><messageEventDefinition messageRef=\"me\"/></boundaryEvent>",
    ),
    (
        "eventBasedGateway",
        "instantiate",
        Refused,
        "",
        "<task id=\"n\"/>",
        "<eventBasedGateway id=\"n\" instantiate=\"true\"/>",
        "",
    ),
    (
        "eventBasedGateway",
        "eventGatewayType",
        Refused,
        "but for `Exclusive`",
        "<task id=\"n\"/>",
        "<eventBasedGateway id=\"n\" eventGatewayType=\"Parallel\"/>",
        "",
    ),
    (
        "conditionExpression, condition",
        "language",
        Refused,
        "but for `juel`, `uel` and XPath's, which designers leave there",
        "<task id=\"n\"/>",
        "<task id=\"n\"/>",
        "<sequenceFlow id=\"i\" sourceRef=\"m\" targetRef=\"e\"><conditionExpression language=\"groovy\">a</conditionExpression></sequenceFlow>",
    ),
    ("sequenceFlow", "isImmediate", Kept, "", "<task id=\"n\"/>", "<task id=\"n\"/>", "isImmediate"),
    ("process", "processType, isClosed", Kept, "", "<task id=\"n\"/>", "<task id=\"n\"/>", "processType"),
];

/// All of them.
pub(super) fn section() -> Section {
    let rows = SAMPLES.iter().map(|(place, attribute, verdict, says, without, with, beside)| {
        let declared = "<message id=\"me\" name=\"paid\"/>";
        let plain = document(without, "", declared);
        let with = match *beside {
            "isImmediate" => {
                plain.replace("<sequenceFlow id=\"f\"", "<sequenceFlow id=\"f\" isImmediate=\"true\"")
            }
            "processType" => plain
                .replace("<process id=\"p\"", "<process id=\"p\" processType=\"Private\" isClosed=\"true\""),
            beside => document(with, beside, declared),
        };
        Row {
            cells: vec![(*place).to_owned(), format!("`{attribute}`")],
            verdict: *verdict,
            says: (*says).to_owned(),
            name: (*attribute).to_owned(),
            without: plain,
            with,
        }
    });
    Section {
        title: "Attributes of BPMN",
        text: "Those that no row names are kept.",
        heads: &["at", "attribute"],
        rows: rows.collect(),
    }
}
