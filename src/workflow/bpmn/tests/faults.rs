//! What is wrong with single elements and their attributes, each with its element and its line.

use FaultCode::*;

use super::*;

#[test]
fn documents_without_the_one_process() {
    let definitions = |body: &str| format!("{OPENING}\n{body}\n</definitions>");
    check(&[
        ("no BPMN", "<a/>".to_owned(), &[(NoProcess, "", 1)]),
        ("another namespace", "<definitions/>".to_owned(), &[(NoProcess, "", 1)]),
        ("no process", definitions("<message id=\"m\"/>"), &[(NoProcess, "", 1)]),
        (
            "several that are not executable",
            definitions(
                "<process id=\"p\" isExecutable=\"false\"/>\n<process id=\"q\" isExecutable=\"false\"/>",
            ),
            &[(NoProcess, "", 1)],
        ),
        (
            "several that are",
            definitions(
                "<process id=\"p\"/>\n<process id=\"q\" isExecutable=\"true\"/>\n<process id=\"r\"/>",
            ),
            &[(SeveralProcesses, "q", 3), (SeveralProcesses, "r", 4)],
        ),
        (
            "a choreography",
            definitions("<choreography id=\"c\"/>\n<process id=\"p\" isExecutable=\"false\"/>"),
            &[(Unsupported, "c", 2), (NoStart, "p", 3)],
        ),
    ]);
}

#[test]
fn of_several_processes_the_executable_one_is_read() {
    let other =
        "<process id=\"other\" isExecutable=\"false\"><serviceTask id=\"x\"/></process></definitions>";
    let xml = task("").replace("</definitions>", other);
    assert_eq!(read_well(&xml).key, "p");
}

#[test]
fn ids_and_names() {
    let long = "x".repeat(129);
    let cases: &[(&str, String, &[(FaultCode, &str, u32)])] = &[
        ("no id of a process", task("").replace("<process id=\"p\">", "<process>"), &[(MissingId, "", 2)]),
        (
            "no id of a node",
            process(
                "<startEvent id=\"s\"/>\n<endEvent id=\"e\"/>\n<task/>\n<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"e\"/>",
            ),
            &[(MissingId, "", 5)],
        ),
        (
            "a blank id",
            process(
                "<startEvent id=\"s\"/>\n<endEvent id=\"e\"/>\n<task id=\" \"/>\n<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"e\"/>",
            ),
            &[(MissingId, "", 5)],
        ),
        ("no id of a flow", task("").replace("id=\"f\"", ""), &[(MissingId, "", 4)]),
        (
            "the same id twice",
            around("<task id=\"n\"/>\n<textAnnotation id=\"n\"/>"),
            &[(DuplicateId, "n", 6)],
        ),
        ("two nodes of one id", around("<task id=\"n\"/>\n<userTask id=\"n\"/>"), &[(DuplicateId, "n", 6)]),
        (
            "two flows of one id",
            around("<task id=\"n\"/>").replace("\"g\"", "\"f\""),
            &[(DuplicateId, "f", 6)],
        ),
        (
            "an id in the diagram of another",
            around("<task id=\"n\"/>").replace("</process>", "</process><other:shape id=\"n\"/>"),
            &[],
        ),
        ("a name of 255 characters", task(&format!("name=\"{}\"", "名".repeat(255))), &[]),
        ("one of more", task(&format!("name=\"{}\"", "名".repeat(256))), &[(NameTooLong, "n", 5)]),
        (
            "an id of more than 128",
            task("").replace("\"f\"", &format!("\"{long}\"")),
            &[(IdTooLong, &long[..127], 4)],
        ),
    ];
    for (name, xml, expected) in cases {
        let mut found = faults_of(xml);
        for fault in &mut found {
            fault.1 = fault.1.trim_end_matches('…').to_owned();
        }
        let mut expected: Vec<_> =
            expected.iter().map(|(code, id, line)| (*code, (*id).to_owned(), *line)).collect();
        expected.sort_by(|one, other| (one.2, &one.1).cmp(&(other.2, &other.1)));
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn elements_that_are_not_executed_are_named() {
    let nodes = [
        "serviceTask",
        "scriptTask",
        "sendTask",
        "receiveTask",
        "businessRuleTask",
        "intermediateCatchEvent",
        "intermediateThrowEvent",
        "eventBasedGateway",
        "complexGateway",
        "transaction",
        "adHocSubProcess",
        "callChoreography",
        "subChoreography",
        "choreographyTask",
        "implicitThrowEvent",
        "somethingNew",
    ];
    for node in nodes {
        check(&[(node, around(&format!("<{node} id=\"n\"/>")), &[(Unsupported, "n", 5)])]);
    }
    for definition in [
        "messageEventDefinition",
        "timerEventDefinition",
        "signalEventDefinition",
        "errorEventDefinition",
        "escalationEventDefinition",
        "conditionalEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
        "linkEventDefinition",
        "eventDefinitionRef",
    ] {
        let begun = task("")
            .replace("<startEvent id=\"s\"/>", &format!("<startEvent id=\"s\"><{definition}/></startEvent>"));
        check(&[(definition, begun, &[(Unsupported, "s", 3)])]);
        let ended = task("")
            .replace("<endEvent id=\"e\"/>", &format!("<endEvent id=\"e\">\n<{definition}/></endEvent>"));
        check(&[(definition, ended, &[(Unsupported, "e", 8)])]);
    }
    check(&[
        (
            "an event subprocess",
            around(
                "<task id=\"n\"/>\n<subProcess id=\"x\" triggeredByEvent=\"true\"><startEvent id=\"y\"/></subProcess>",
            ),
            &[(Unsupported, "x", 6)],
        ),
        (
            "a boundary event",
            around(
                "<task id=\"n\"/>\n<boundaryEvent id=\"b\" attachedToRef=\"n\"/>\n<sequenceFlow id=\"h\" sourceRef=\"b\" targetRef=\"e\"/>",
            ),
            &[(Unsupported, "b", 6)],
        ),
        ("compensation", task("isForCompensation=\"true\""), &[(Unsupported, "n", 5)]),
        (
            "several tokens at once",
            task("startQuantity=\"2\" completionQuantity=\"1\""),
            &[(UnsupportedAttribute, "n", 5)],
        ),
        (
            "BPMN's own performers",
            around("<userTask id=\"n\">\n<potentialOwner/></userTask>"),
            &[(Unsupported, "n", 6)],
        ),
        (
            "a gateway's activation",
            around("<parallelGateway id=\"n\"/>\n<correlationSubscription id=\"c\"/>"),
            &[(Unsupported, "c", 6)],
        ),
    ]);
}

#[test]
fn vendors_attributes_that_would_change_the_execution() {
    for attribute in [
        "flowable:async=\"true\"",
        "camunda:asyncBefore=\"true\"",
        "camunda:asyncAfter=\"true\"",
        "flowable:class=\"org.example.X\"",
        "camunda:type=\"external\"",
        "activiti:delegateExpression=\"${x}\"",
        "flowable:taskIdVariableName=\"x\"",
        "flowable:businessCalendarName=\"x\"",
        "camunda:formRefBinding=\"version\"",
        "flowable:initiator=\"x\"",
        "camunda:collection=\"x\"",
        "docket:assigne=\"x\"",
        "docket:initiator=\"x\"",
        "assignee=\"alice\"",
        "approverStrategy=\"USER\"",
    ] {
        check(&[(attribute, task(attribute), &[(UnsupportedAttribute, "n", 5)])]);
    }
    for attribute in [
        "flowable:async=\"false\"",
        "camunda:priority=\"5\"",
        "camunda:jobPriority=\"5\"",
        "flowable:exclusive=\"true\"",
        "flowable:owner=\"x\"",
        "flowable:category=\"x\"",
        "camunda:followUpDate=\"${x}\"",
        "camunda:modelerTemplate=\"x\"",
        "camunda:formRef=\"x\" camunda:formRefBinding=\"latest\"",
        "flowable:neverHeardOf=\"x\"",
        "other:async=\"true\"",
        "implementation=\"##unspecified\"",
        "flowable:initiator=\"\"",
    ] {
        check(&[(attribute, task(attribute), &[])]);
    }
    for extension in [
        "<camunda:executionListener/>",
        "<flowable:taskListener/>",
        "<activiti:formProperty/>",
        "<camunda:formData/>",
        "<camunda:inputOutput/>",
        "<camunda:connector/>",
        "<flowable:candidateStrategy>30</flowable:candidateStrategy>",
        "<zeebe:assignmentDefinition/>",
        "<docket:feild name=\"x\"/>",
        "<docket:form key=\"x\"/>",
        "<docket:in source=\"x\" target=\"y\"/>",
    ] {
        let node =
            format!("<userTask id=\"n\"><extensionElements>\n{extension}\n</extensionElements></userTask>");
        check(&[(extension, around(&node), &[(UnsupportedAttribute, "n", 6)])]);
    }
    for extension in
        ["<camunda:properties/>", "<zeebe:userTask/>", "<other:taskListener/>", "<flowable:localization/>"]
    {
        let node =
            format!("<userTask id=\"n\"><extensionElements>\n{extension}\n</extensionElements></userTask>");
        check(&[(extension, around(&node), &[])]);
    }
    check(&[
        ("outside of extensionElements", around("<userTask id=\"n\">\n<docket:field name=\"x\" access=\"READ\"/></userTask>"), &[(UnsupportedAttribute, "n", 6)]),
        ("of a flow", task("").replace("id=\"f\"", "id=\"f\" flowable:skipExpression=\"${x}\""), &[(UnsupportedAttribute, "f", 4)]),
        ("of the end", task("").replace("id=\"e\"", "id=\"e\" flowable:async=\"true\""), &[(UnsupportedAttribute, "e", 7)]),
        ("of the process", task("").replace("id=\"p\"", "id=\"p\" camunda:historyTimeToLive=\"P30D\" flowable:async=\"true\""), &[(UnsupportedAttribute, "p", 2)]),
        ("of a terminate event", task("").replace("<endEvent id=\"e\"/>", "<endEvent id=\"e\"><terminateEventDefinition flowable:terminateAll=\"true\"/></endEvent>"), &[(UnsupportedAttribute, "e", 7)]),
        ("a script as condition", around("<task id=\"n\"/>").replace("targetRef=\"e\"/>", "targetRef=\"e\">\n<conditionExpression language=\"groovy\">true</conditionExpression></sequenceFlow>"), &[(UnsupportedAttribute, "g", 7)]),
        ("a script elsewhere", around("<task id=\"n\"/>").replace("targetRef=\"e\"/>", "targetRef=\"e\">\n<conditionExpression camunda:resource=\"x\">${x}</conditionExpression></sequenceFlow>"), &[(UnsupportedAttribute, "g", 7)]),
    ]);
}

#[test]
fn what_contradicts() {
    for attributes in [
        "camunda:assignee=\"alice\" flowable:assignee=\"bob\"",
        "docket:assignee=\"alice\" activiti:assignee=\"bob\"",
        "camunda:formKey=\"a\" camunda:formRef=\"b\"",
        "camunda:assignee=\"alice\" docket:approverStrategy=\"STARTER\"",
        "camunda:candidateGroups=\"x\" docket:approverStrategy=\"STARTER\"",
        "camunda:assignee=\"alice\" docket:counting=\"RATIO\"",
        "camunda:assignee=\"alice\" docket:nodeType=\"AUTO_APPROVE\"",
        "docket:approverStrategy=\"STARTER\" docket:nodeType=\"AUTO_REJECT\"",
        "docket:approverStrategy=\"STARTER\" docket:approvers=\"alice\"",
        "docket:approverStrategy=\"USER\" docket:approvers=\"alice\" docket:levels=\"2\"",
        "docket:approvers=\"alice\"",
        "docket:levels=\"2\"",
        "docket:ratio=\"50\"",
        "docket:counting=\"ANY\" docket:ratio=\"50\"",
        "docket:returnNode=\"n\"",
        "docket:nobodyUsers=\"alice\"",
        "docket:nobody=\"APPROVE\" docket:nobodyUsers=\"alice\"",
    ] {
        check(&[(attributes, task(attributes), &[(Contradiction, "n", 5)])]);
    }
    for attributes in [
        "camunda:assignee=\"alice\" flowable:assignee=\" alice \"",
        "camunda:assignee=\"\" flowable:assignee=\"bob\"",
        "camunda:candidateUsers=\"a,b\" docket:counting=\"RATIO\"",
        "camunda:assignee=\"a\" camunda:candidateUsers=\"b\" docket:counting=\"RATIO\"",
    ] {
        check(&[(attributes, task(attributes), &[])]);
    }
}

#[test]
fn values_that_are_none() {
    for attributes in [
        "docket:nodeType=\"SOMEBODY\"",
        "docket:approverStrategy=\"31\"",
        "docket:counting=\"0\"",
        "docket:counting=\"RATIO\" docket:ratio=\"0\"",
        "docket:counting=\"RATIO\" docket:ratio=\"101\"",
        "docket:counting=\"RATIO\" docket:ratio=\"-1\"",
        "docket:counting=\"RATIO\" docket:ratio=\"half\"",
        "docket:rejection=\"3\"",
        "docket:nobody=\"NOBODY\"",
        "docket:starterApproves=\"4\"",
        "docket:batchApprove=\"yes\"",
        "docket:secondFactor=\"2\"",
        "docket:approverStrategy=\"STARTER_LEADER\" docket:levels=\"0\"",
        "docket:approverStrategy=\"STARTER_LEADER\" docket:levels=\"33\"",
        "docket:approverStrategy=\"USER\" docket:approvers=\"${users}\"",
        "docket:approverStrategy=\"FORM_USER\" docket:approvers=\"a,b\"",
        "flowable:dueDate=\"tomorrow\"",
        "flowable:formKey=\"${form}\"",
    ] {
        check(&[(attributes, task(attributes), &[(BadValue, "n", 5)])]);
    }
    for attributes in [
        "docket:approverStrategy=\"USER\"",
        "docket:approverStrategy=\"USER\" docket:approvers=\" , \"",
        "docket:approverStrategy=\"ROLE\" docket:approvers=\"\"",
        "docket:rejection=\"RETURN\"",
        "docket:nobody=\"USERS\"",
    ] {
        check(&[(attributes, task(attributes), &[(Missing, "n", 5)])]);
    }
    check(&[
        (
            "too long a list",
            task(&format!("flowable:candidateUsers=\"{}\"", "u,".repeat(1_001))),
            &[(TooLarge, "n", 5)],
        ),
        (
            "sameApprover",
            task("").replace("id=\"p\"", "id=\"p\" docket:sameApprover=\"3\""),
            &[(BadValue, "p", 2)],
        ),
        (
            "anonymousStart",
            task("").replace("id=\"p\"", "id=\"p\" docket:anonymousStart=\"x\""),
            &[(BadValue, "p", 2)],
        ),
        (
            "anonymous, and not",
            task("").replace(
                "id=\"p\"",
                "id=\"p\" docket:anonymousStart=\"true\" camunda:candidateStarterUsers=\"a\"",
            ),
            &[(Contradiction, "p", 2)],
        ),
        (
            "businessType",
            task("").replace("id=\"p\"", &format!("id=\"p\" docket:businessType=\"{}\"", "x".repeat(65))),
            &[(BadValue, "p", 2)],
        ),
        (
            "initiator",
            task("").replace("id=\"s\"", "id=\"s\" docket:initiator=\"a b\""),
            &[(BadValue, "s", 3)],
        ),
    ]);
}

#[test]
fn repetitions() {
    let with = |inner: &str| around(&format!("<task id=\"n\">\n{inner}\n</task>"));
    let multi = |attributes: &str, inner: &str| {
        with(&format!(
            "<multiInstanceLoopCharacteristics {attributes}>{inner}</multiInstanceLoopCharacteristics>"
        ))
    };
    check(&[
        ("of nothing", multi("", ""), &[(Missing, "n", 6)]),
        (
            "of two things",
            multi("flowable:collection=\"x\"", "<loopCardinality>3</loopCardinality>"),
            &[(Contradiction, "n", 6)],
        ),
        (
            "of two others",
            multi("flowable:collection=\"x\"", "<loopDataInputRef>y</loopDataInputRef>"),
            &[(Contradiction, "n", 6)],
        ),
        (
            "of one thing said twice",
            multi("flowable:collection=\"x\"", "<loopDataInputRef>x</loopDataInputRef>"),
            &[],
        ),
        ("no number", multi("", "<loopCardinality>many</loopCardinality>"), &[(BadValue, "n", 6)]),
        ("none at all", multi("", "<loopCardinality>0</loopCardinality>"), &[(BadValue, "n", 6)]),
        ("too many", multi("", "<loopCardinality>10001</loopCardinality>"), &[(BadValue, "n", 6)]),
        (
            "a strange element variable",
            multi("flowable:collection=\"x\" flowable:elementVariable=\"a b\"", ""),
            &[(BadValue, "n", 6)],
        ),
        (
            "two element variables",
            multi("flowable:collection=\"x\" flowable:elementVariable=\"a\"", "<inputDataItem name=\"b\"/>"),
            &[(Contradiction, "n", 6)],
        ),
        (
            "an empty condition",
            multi("flowable:collection=\"x\"", "\n<completionCondition> </completionCondition>"),
            &[(BadExpression, "n", 7)],
        ),
        (
            "an index",
            multi("flowable:collection=\"x\" flowable:elementIndexVariable=\"i\"", ""),
            &[(UnsupportedAttribute, "n", 6)],
        ),
        (
            "asynchronous",
            multi("flowable:collection=\"x\" camunda:asyncBefore=\"true\"", ""),
            &[(UnsupportedAttribute, "n", 6)],
        ),
        (
            "with events",
            multi("flowable:collection=\"x\" behavior=\"One\"", ""),
            &[(UnsupportedAttribute, "n", 6)],
        ),
        (
            "that gathers",
            multi("flowable:collection=\"x\"", "\n<loopDataOutputRef>y</loopDataOutputRef>"),
            &[(Unsupported, "n", 7)],
        ),
        (
            "that gathers in Flowable",
            multi(
                "flowable:collection=\"x\"",
                "<extensionElements>\n<flowable:variableAggregation/></extensionElements>",
            ),
            &[(UnsupportedAttribute, "n", 7)],
        ),
        ("a loop without end", with("<standardLoopCharacteristics/>"), &[(Missing, "n", 6)]),
        ("a loop that ends", with("<standardLoopCharacteristics loopMaximum=\"3\"/>"), &[]),
        (
            "no maximum",
            with(
                "<standardLoopCharacteristics loopMaximum=\"0\"><loopCondition>${x}</loopCondition></standardLoopCharacteristics>",
            ),
            &[(BadValue, "n", 6)],
        ),
        (
            "both",
            with(
                "<standardLoopCharacteristics loopMaximum=\"3\"/><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics>",
            ),
            &[(Contradiction, "n", 5)],
        ),
    ]);
}

#[test]
fn calls() {
    let call = |inner: &str| {
        around(&format!(
            "<callActivity id=\"n\" calledElement=\"x\"><extensionElements>\n{inner}\n</extensionElements></callActivity>"
        ))
    };
    check(&[
        ("of nothing", around("<callActivity id=\"n\"/>"), &[(Missing, "n", 5)]),
        (
            "of two things",
            around("<callActivity id=\"n\" calledElement=\"a\" flowable:calledElement=\"b\"/>"),
            &[(Contradiction, "n", 5)],
        ),
        (
            "of a version",
            around(
                "<callActivity id=\"n\" calledElement=\"a\" camunda:calledElementBinding=\"version\" camunda:calledElementVersion=\"2\"/>",
            ),
            &[(UnsupportedAttribute, "n", 5), (UnsupportedAttribute, "n", 5)],
        ),
        (
            "by id",
            around("<callActivity id=\"n\" calledElement=\"a\" flowable:calledElementType=\"id\"/>"),
            &[(UnsupportedAttribute, "n", 5)],
        ),
        (
            "a flag that is none",
            around("<callActivity id=\"n\" calledElement=\"a\" flowable:inheritVariables=\"x\"/>"),
            &[(BadValue, "n", 5)],
        ),
        ("a source without target", call("<flowable:in source=\"a\"/>"), &[(Missing, "n", 6)]),
        ("a target without source", call("<flowable:in target=\"a\"/>"), &[(Missing, "n", 6)]),
        (
            "two sources",
            call("<flowable:out source=\"a\" sourceExpression=\"${a}\" target=\"b\"/>"),
            &[(Contradiction, "n", 6)],
        ),
        (
            "a source that is no variable",
            call("<flowable:in source=\"a + 1\" target=\"b\"/>"),
            &[(BadExpression, "n", 6)],
        ),
        (
            "a target that is no variable",
            call("<flowable:in source=\"a\" target=\"b c\"/>"),
            &[(BadValue, "n", 6)],
        ),
        ("everything back", call("<camunda:out variables=\"all\"/>"), &[(UnsupportedAttribute, "n", 6)]),
        ("local", call("<camunda:in variables=\"all\" local=\"true\"/>"), &[(UnsupportedAttribute, "n", 6)]),
        ("some variables", call("<camunda:in variables=\"some\"/>"), &[(BadValue, "n", 6)]),
        (
            "two business keys",
            call("<camunda:in businessKey=\"a\"/>\n<camunda:in businessKey=\"b\"/>"),
            &[(Contradiction, "n", 7)],
        ),
    ]);
}

#[test]
fn forms_and_fields() {
    let with = |forms: &str, node: &str| {
        around(node).replace(
            "<process id=\"p\">",
            &format!("<process id=\"p\"><extensionElements>{forms}</extensionElements>"),
        )
    };
    let task = |key: &str, fields: &str| {
        format!("<userTask id=\"n\" {key}><extensionElements>\n{fields}\n</extensionElements></userTask>")
    };
    let form = "<docket:form key=\"f1\">{\"properties\": {\"a\": {}}}</docket:form>";
    let plain = "<task id=\"n\"/>";
    check(&[
        ("no JSON", with("<docket:form key=\"f1\">{</docket:form>", plain), &[(BadForm, "p", 2)]),
        ("no object", with("<docket:form key=\"f1\">[]</docket:form>", plain), &[(BadForm, "p", 2)]),
        ("empty", with("<docket:form key=\"f1\"/>", plain), &[(BadForm, "p", 2)]),
        ("no key", with("<docket:form>{}</docket:form>", plain), &[(Missing, "p", 2)]),
        ("one key twice", with(&format!("{form}{form}"), plain), &[(Contradiction, "p", 2)]),
        (
            "a form elsewhere",
            with(form, &task("docket:formKey=\"f2\"", "<docket:field name=\"b\" access=\"READ\"/>")),
            &[],
        ),
        (
            "a field that is there",
            with(form, &task("docket:formKey=\"f1\"", "<docket:field name=\"a\" access=\"2\"/>")),
            &[],
        ),
        (
            "one that is not",
            with(form, &task("docket:formKey=\"f1\"", "<docket:field name=\"b\" access=\"READ\"/>")),
            &[(UnknownField, "n", 5)],
        ),
        (
            "fields without a form",
            with(form, &task("", "<docket:field name=\"a\" access=\"READ\"/>")),
            &[(Contradiction, "n", 5)],
        ),
        (
            "an access that is none",
            with(form, &task("docket:formKey=\"f1\"", "<docket:field name=\"a\" access=\"4\"/>")),
            &[(BadValue, "n", 6)],
        ),
        (
            "no access",
            with(form, &task("docket:formKey=\"f1\"", "<docket:field name=\"a\"/>")),
            &[(BadValue, "n", 6)],
        ),
        (
            "no name",
            with(form, &task("docket:formKey=\"f1\"", "<docket:field access=\"READ\"/>")),
            &[(Missing, "n", 6)],
        ),
        (
            "one field twice",
            with(
                form,
                &task(
                    "docket:formKey=\"f1\"",
                    "<docket:field name=\"a\" access=\"READ\"/><docket:field name=\"a\" access=\"NONE\"/>",
                ),
            ),
            &[(Contradiction, "n", 6)],
        ),
    ]);
}

#[test]
fn lanes_and_data() {
    let with = |inner: &str| around(&format!("<userTask id=\"n\"/>\n{inner}"));
    let value = |kind: &str, text: &str| {
        with(&format!(
            "<dataObject id=\"d\" name=\"d\" itemSubjectRef=\"xsd:{kind}\"><extensionElements>\n<flowable:value>{text}</flowable:value></extensionElements></dataObject>"
        ))
    };
    check(&[
        (
            "a lane of nothing",
            with("<laneSet><lane id=\"l\" name=\"x\">\n<flowNodeRef>nowhere</flowNodeRef></lane></laneSet>"),
            &[(BadReference, "l", 7)],
        ),
        (
            "a node in two lanes",
            with(
                "<laneSet><lane id=\"l\"><flowNodeRef>n</flowNodeRef></lane>\n<lane id=\"m\"><flowNodeRef>n</flowNodeRef></lane></laneSet>",
            ),
            &[(Contradiction, "m", 7)],
        ),
        (
            "a node in a lane of a lane",
            with(
                "<laneSet><lane id=\"l\"><flowNodeRef>n</flowNodeRef><childLaneSet><lane id=\"m\"><flowNodeRef>n</flowNodeRef></lane></childLaneSet></lane></laneSet>",
            ),
            &[],
        ),
        (
            "a lane's typing error",
            with("<laneSet><lane id=\"l\" docket:candidateGroups=\"x\"/></laneSet>"),
            &[(UnsupportedAttribute, "l", 6)],
        ),
        ("a number that is none", value("int", "x"), &[(BadValue, "d", 7)]),
        ("a type that is none", value("datetime", "2026-01-01"), &[(BadValue, "d", 7)]),
        ("a fine value", value("long", "7"), &[]),
        (
            "two of one name",
            with(
                "<dataObject id=\"d\" name=\"d\"><extensionElements><flowable:value>1</flowable:value></extensionElements></dataObject>\n<dataObject id=\"c\" name=\"d\"><extensionElements><flowable:value>1</flowable:value></extensionElements></dataObject>",
            ),
            &[(Contradiction, "c", 7)],
        ),
        (
            "one of a subprocess",
            around(
                "<subProcess id=\"n\"><startEvent id=\"a\"/><endEvent id=\"b\"/><sequenceFlow id=\"h\" sourceRef=\"a\" targetRef=\"b\"/>\n<dataObject id=\"d\"><extensionElements><flowable:value>1</flowable:value></extensionElements></dataObject></subProcess>",
            ),
            &[(Unsupported, "d", 6)],
        ),
    ]);
}
