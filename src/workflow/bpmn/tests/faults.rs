//! What is wrong with single elements and their attributes, each with its element and its line.

use FaultCode::*;

use super::*;

#[test]
fn documents_without_the_one_process() {
    let definitions = |body: &str| format!("{OPENING}\n{body}\n</definitions>");
    let one = |number: u32| format!("<process id=\"p{number}\"><startEvent id=\"s{number}\"/></process>\n");
    let many: String = (0..21).map(one).collect();
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
                "<process id=\"p\"/>\n<process id=\"q\" isExecutable=\"true\"/>\n<process id=\"r\"><task id=\"t\"/></process>",
            ),
            &[(NoStart, "q", 3), (NoStart, "r", 4)],
        ),
        ("too many", definitions(&many), &[(SeveralProcesses, "p20", 22)]),
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
fn each_executable_process_is_read() {
    let other = "<process id=\"other\"><startEvent id=\"x\"/></process>\n<process id=\"empty\"><laneSet/></process>\n\
                 <collaboration id=\"c\"><messageFlow id=\"y\" sourceRef=\"s\" targetRef=\"x\"/></collaboration></definitions>";
    let xml = task("").replace("</definitions>", other);
    let (models, notes) = read_noting(xml.as_bytes());
    let keys: Vec<_> = models.unwrap().into_iter().map(|model| model.key).collect();
    assert_eq!(keys, ["p", "other"], "a pool in which nothing happens is a drawing");
    assert!(notes.iter().any(|note| note.element.as_deref() == Some("y")), "{}", told(&notes));
    // What is wrong with one of them is wrong with all.
    let broken = xml.replace("<startEvent id=\"x\"/>", "<transaction id=\"x\"/>");
    assert_eq!(faults_of(&broken)[0].1, "x");
}

#[test]
fn ids_and_names() {
    let long = "x".repeat(129);
    let cases: &[Case<'_>] = &[
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
        ("no id of a flow", task("").replace("id=\"f\"", ""), &[]),
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
        "errorEventDefinition",
        "escalationEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
        "linkEventDefinition",
        "eventDefinitionRef",
    ] {
        let begun = task("")
            .replace("<startEvent id=\"s\"/>", &format!("<startEvent id=\"s\"><{definition}/></startEvent>"));
        check(&[(definition, begun, &[(Unsupported, "s", 3)])]);
    }
    for definition in [
        "timerEventDefinition",
        "conditionalEventDefinition",
        "compensateEventDefinition",
        "cancelEventDefinition",
        "linkEventDefinition",
        "eventDefinitionRef",
    ] {
        let ended = task("")
            .replace("<endEvent id=\"e\"/>", &format!("<endEvent id=\"e\">\n<{definition}/></endEvent>"));
        check(&[(definition, ended, &[(Unsupported, "e", 8)])]);
    }
    check(&[
        ("compensation", task("isForCompensation=\"true\""), &[(Unsupported, "n", 5)]),
        (
            "several tokens at once",
            task("startQuantity=\"2\" completionQuantity=\"1\""),
            &[(UnsupportedAttribute, "n", 5)],
        ),
        (
            "BPMN's own performers",
            around("<userTask id=\"n\">\n<potentialOwner/></userTask>"),
            &[(Missing, "n", 6)],
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
        "camunda:type=\"external\"",
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
        "flowable:class=\"org.example.X\"",
        "activiti:delegateExpression=\"${x}\"",
        "camunda:expression=\"true\"",
        "flowable:async=\"true\"",
        "camunda:asyncBefore=\"true\"",
        "camunda:asyncAfter=\"true\"",
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
        "<camunda:errorEventDefinition/>",
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
        ("of the end", task("").replace("id=\"e\"", "id=\"e\" flowable:resultVariable=\"x\""), &[(UnsupportedAttribute, "e", 7)]),
        ("of the process", task("").replace("id=\"p\"", "id=\"p\" camunda:historyTimeToLive=\"P30D\" flowable:resource=\"x\""), &[(UnsupportedAttribute, "p", 2)]),
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
