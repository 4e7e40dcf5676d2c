//! What is wrong with the parts of activities and processes: repetitions, calls, forms, lanes, data.

use FaultCode::*;

use super::*;

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
        ("as many as can be", multi("", "<loopCardinality>1000</loopCardinality>"), &[]),
        ("too many", multi("", "<loopCardinality>1001</loopCardinality>"), &[(BadValue, "n", 6)]),
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
        ("asynchronous", multi("flowable:collection=\"x\" camunda:asyncBefore=\"true\"", ""), &[]),
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
            "a loop of too many",
            with(
                "<standardLoopCharacteristics loopMaximum=\"1001\"><loopCondition>${x}</loopCondition></standardLoopCharacteristics>",
            ),
            &[(BadValue, "n", 6)],
        ),
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
            &[(UnsupportedAttribute, "n", 5)],
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
        ("everything back", call("<camunda:out variables=\"all\"/>"), &[]),
        ("something back", call("<camunda:out variables=\"some\"/>"), &[(BadValue, "n", 6)]),
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
    let form = "<docket:form key=\"f1\">{\"type\": \"object\", \"properties\": {\"a\": {}}}</docket:form>";
    let plain = "<task id=\"n\"/>";
    check(&[
        ("no JSON", with("<docket:form key=\"f1\">{</docket:form>", plain), &[(BadForm, "p", 2)]),
        ("no object", with("<docket:form key=\"f1\">[]</docket:form>", plain), &[(BadForm, "p", 2)]),
        ("empty", with("<docket:form key=\"f1\"/>", plain), &[(BadForm, "p", 2)]),
        ("no key", with("<docket:form>{\"type\": \"object\"}</docket:form>", plain), &[(Missing, "p", 2)]),
        (
            "no form",
            with("<docket:form key=\"f1\">{\"type\": \"array\"}</docket:form>", plain),
            &[(BadForm, "p", 2)],
        ),
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

#[test]
fn expressions_that_do_not_parse_are_named_where_they_stand() {
    let bad = "${a +}";
    for attribute in ["assignee", "candidateUsers", "candidateGroups", "dueDate", "skipExpression"] {
        check(&[(attribute, task(&format!("flowable:{attribute}=\"{bad}\"")), &[(BadExpression, "n", 5)])]);
    }
    let expression = "docket:approverStrategy=\"EXPRESSION\" docket:approvers";
    let multi = |inner: &str| {
        around(&format!(
            "<task id=\"n\">\n<multiInstanceLoopCharacteristics>{inner}</multiInstanceLoopCharacteristics></task>"
        ))
    };
    let call = |inner: &str| {
        around(&format!(
            "<callActivity id=\"n\" calledElement=\"c\"><extensionElements>\n{inner}</extensionElements></callActivity>"
        ))
    };
    let condition = |text: &str| {
        around("<task id=\"n\"/>").replace(
            "targetRef=\"e\"/>",
            &format!("targetRef=\"e\">\n<conditionExpression>{text}</conditionExpression></sequenceFlow>"),
        )
    };
    check(&[
        ("of a strategy", task(&format!("{expression}=\"{bad}\"")), &[(BadExpression, "n", 5)]),
        ("of a strategy, and none", task(&format!("{expression}=\"alice\"")), &[(BadExpression, "n", 5)]),
        ("a condition", condition(bad), &[(BadExpression, "g", 7)]),
        ("a condition without braces", condition("a &gt; 1"), &[(BadExpression, "g", 7)]),
        (
            "a cardinality",
            multi(&format!("<loopCardinality>{bad}</loopCardinality>")),
            &[(BadExpression, "n", 6)],
        ),
        ("a collection", multi("<loopDataInputRef>a b</loopDataInputRef>"), &[(BadExpression, "n", 6)]),
        (
            "a completion",
            multi(&format!(
                "<loopCardinality>2</loopCardinality>\n<completionCondition>{bad}</completionCondition>"
            )),
            &[(BadExpression, "n", 7)],
        ),
        ("what is called", call("").replace("\"c\"", &format!("\"{bad}\"")), &[(BadExpression, "n", 5)]),
        (
            "a mapping",
            call(&format!("<flowable:in sourceExpression=\"{bad}\" target=\"t\"/>")),
            &[(BadExpression, "n", 6)],
        ),
        ("a business key", call(&format!("<camunda:in businessKey=\"{bad}\"/>")), &[(BadExpression, "n", 6)]),
        (
            "two at once",
            task(&format!("flowable:assignee=\"{bad}\" flowable:candidateUsers=\"a, {bad}, b\"")),
            &[(BadExpression, "n", 5), (BadExpression, "n", 5)],
        ),
        (
            "a lane's group",
            around(&format!("<task id=\"n\"/>\n<laneSet><lane id=\"l\" name=\"{bad}\"/></laneSet>")),
            &[(BadExpression, "l", 6)],
        ),
    ]);
}
