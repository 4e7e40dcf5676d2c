//! What is read of elements and attributes that are fine.

use super::*;
use crate::workflow::expression::{Expression, Template};
use crate::workflow::model::{
    Counting, FieldAccess, Nobody, NodeType, Rejection, Repetition, SameApprover, StarterApproves, Strategy,
    Times,
};

#[test]
fn what_a_user_task_is_where_nothing_is_said() {
    let model = read_task("");
    let task = user_task(&model);
    assert!(task.assignee.is_none() && task.candidate_users.is_empty() && task.candidate_groups.is_empty());
    let approval = &task.approval;
    assert_eq!(approval.node_type, NodeType::User);
    assert_eq!(approval.counting, Counting::Any);
    assert_eq!(approval.rejection, Rejection::End);
    assert_eq!(approval.nobody, Nobody::Administrators);
    assert_eq!(approval.starter, StarterApproves::Allow);
    assert!(approval.strategy.is_none() && approval.batch_approve && approval.allow_withdraw);
    assert!(!approval.needs_signature && !approval.needs_comment && !approval.second_factor);
    assert_eq!(model.name, "p");
    assert_eq!(model.nodes["n"].name, "n");
    assert_eq!(model.nodes["n"].line, 5);
}

#[test]
fn people_are_read_in_every_vendors_namespace() {
    for vendor in ["flowable", "camunda", "activiti", "docket"] {
        let model = read_task(&format!(
            "{vendor}:assignee=\" ${{boss}} \" {vendor}:candidateUsers=\"a, ${{x == 'a, b' ? c : d}}\" \
             {vendor}:candidateGroups=\"g\" {vendor}:dueDate=\"P3D\" {vendor}:formKey=\"k\" \
             {vendor}:skipExpression=\"${{done}}\""
        ));
        let task = user_task(&model);
        assert_eq!(task.assignee.as_ref().map(Template::source), Some("${boss}"), "{vendor}");
        let users: Vec<_> = task.candidate_users.iter().map(Template::source).collect();
        assert_eq!(users, ["a", "${x == 'a, b' ? c : d}"], "{vendor}");
        assert_eq!(task.candidate_groups[0].source(), "g");
        assert_eq!(task.due.as_ref().map(Template::source), Some("P3D"));
        assert_eq!(task.form.as_deref(), Some("k"));
        assert_eq!(model.nodes["n"].skip.as_ref().map(Expression::source), Some("${done}"));
    }
}

#[test]
fn every_strategy_has_its_name_and_its_number() {
    let cases = [
        ("ROLE", 10, "docket:approvers=\"a, b\"", "Roles([\"a\", \"b\"])"),
        ("DEPARTMENT_MEMBER", 20, "docket:approvers=\"a\"", "DepartmentMembers([\"a\"])"),
        ("DEPARTMENT_LEADER", 21, "docket:approvers=\"a\"", "DepartmentLeaders([\"a\"])"),
        ("POST", 22, "docket:approvers=\"a\"", "Positions([\"a\"])"),
        (
            "MULTI_LEVEL_LEADER",
            23,
            "docket:approvers=\"a\" docket:levels=\"3\"",
            "LeadersUp { departments: [\"a\"], levels: 3 }",
        ),
        ("USER", 30, "docket:approvers=\"a\"", "Users([\"a\"])"),
        ("APPROVER_CHOICE", 34, "", "ChosenByApprover"),
        ("STARTER_CHOICE", 35, "", "ChosenByStarter"),
        ("STARTER", 36, "", "Starter"),
        ("STARTER_LEADER", 37, "docket:levels=\"2\"", "StarterLeader { level: 2 }"),
        ("STARTER_MULTI_LEVEL_LEADER", 38, "", "StarterLeadersUp { levels: 1 }"),
        ("GROUP", 40, "docket:approvers=\"a\"", "Groups([\"a\"])"),
        ("FORM_USER", 50, "docket:approvers=\"reviewer\"", "UserField(\"reviewer\")"),
        ("FORM_DEPARTMENT", 51, "docket:approvers=\"d\"", "DepartmentField { field: \"d\", level: 1 }"),
    ];
    for (name, number, more, expected) in cases {
        for said in [name.to_owned(), name.to_lowercase(), number.to_string()] {
            let model = read_task(&format!("docket:approverStrategy=\"{said}\" {more}"));
            let strategy = user_task(&model).approval.strategy.as_ref().expect("a strategy");
            assert_eq!(format!("{strategy:?}"), expected, "{said}");
        }
    }
    let model = read_task("docket:approverStrategy=\"EXPRESSION\" docket:approvers=\"${a.b}\"");
    assert!(
        matches!(&user_task(&model).approval.strategy, Some(Strategy::Expression(it)) if it.source() == "${a.b}")
    );
}

#[test]
fn every_other_choice_has_its_name_and_its_number() {
    let approval = |attributes: &str| {
        let mut model = read_task(attributes);
        match model.nodes.remove("n").expect("the task").kind {
            NodeKind::User(task) => task.approval,
            other => panic!("{}", other.as_str()),
        }
    };
    for (said, expected) in
        [("USER", NodeType::User), ("2", NodeType::AutoApprove), ("auto_reject", NodeType::AutoReject)]
    {
        assert_eq!(approval(&format!("docket:nodeType=\"{said}\"")).node_type, expected, "{said}");
    }
    for (said, expected) in [
        ("counting=\"1\"", Counting::Random),
        ("counting=\"ratio\"", Counting::Ratio(100)),
        ("counting=\"2\" docket:ratio=\"1\"", Counting::Ratio(1)),
        ("counting=\"RATIO\" docket:ratio=\"100\"", Counting::Ratio(100)),
        ("counting=\"3\"", Counting::Any),
        ("counting=\"SEQUENTIAL\"", Counting::Sequential),
    ] {
        assert_eq!(approval(&format!("docket:{said}")).counting, expected, "{said}");
    }
    assert_eq!(approval("docket:rejection=\"1\"").rejection, Rejection::End);
    for (said, expected) in [
        ("nobody=\"1\"", Nobody::Approve),
        ("nobody=\"reject\"", Nobody::Reject),
        ("nobody=\"USERS\" docket:nobodyUsers=\"a,b\"", Nobody::Users(vec!["a".to_owned(), "b".to_owned()])),
        ("nobody=\"4\"", Nobody::Administrators),
    ] {
        assert_eq!(approval(&format!("docket:{said}")).nobody, expected, "{said}");
    }
    for (said, expected) in
        [("1", StarterApproves::Allow), ("SKIP", StarterApproves::Skip), ("3", StarterApproves::Leader)]
    {
        assert_eq!(approval(&format!("docket:starterApproves=\"{said}\"")).starter, expected, "{said}");
    }
    let turned = approval(
        "docket:batchApprove=\"false\" docket:allowWithdraw=\"0\" docket:needsSignature=\"true\" \
         docket:needsComment=\"TRUE\" docket:secondFactor=\"1\"",
    );
    assert!(!turned.batch_approve && !turned.allow_withdraw);
    assert!(turned.needs_signature && turned.needs_comment && turned.second_factor);
}

#[test]
fn what_a_process_says_of_itself() {
    for (said, expected) in [
        ("ask", SameApprover::Ask),
        ("0", SameApprover::Ask),
        ("ALL", SameApprover::ApproveLater),
        ("1", SameApprover::ApproveLater),
        ("ADJACENT", SameApprover::ApproveAdjacent),
        ("2", SameApprover::ApproveAdjacent),
    ] {
        let xml = task("").replace("id=\"p\"", &format!("id=\"p\" docket:sameApprover=\"{said}\""));
        assert_eq!(read_well(&xml).settings.same_approver, expected, "{said}");
    }
    let xml = task("").replace(
        "id=\"p\"",
        "id=\"p\" name=\" Paying \" docket:businessType=\"claim\" activiti:candidateStarterUsers=\"a, b\" camunda:candidateStarterGroups=\"g\"",
    );
    let model = read_well(&xml);
    assert_eq!(model.name, "Paying");
    assert_eq!(model.settings.business_type.as_deref(), Some("claim"));
    assert_eq!(model.settings.starter_users, ["a", "b"]);
    assert_eq!(model.settings.starter_groups, ["g"]);
    assert!(!model.settings.anonymous_start);
    let anonymous = task("").replace("id=\"p\"", "id=\"p\" docket:anonymousStart=\"true\"");
    assert!(read_well(&anonymous).settings.anonymous_start);
}

#[test]
fn fields_of_a_form_by_name_and_number() {
    let model = read_well(&around(
        "<userTask id=\"n\" docket:formKey=\"elsewhere\"><extensionElements>\
         <docket:field name=\"a\" access=\"read\"/><docket:field name=\"b\" access=\"2\"/><docket:field name=\"c\" access=\"NONE\"/>\
         </extensionElements></userTask>",
    ));
    let fields: Vec<_> =
        user_task(&model).approval.fields.iter().map(|(name, access)| (&**name, *access)).collect();
    assert_eq!(fields, [("a", FieldAccess::Read), ("b", FieldAccess::Write), ("c", FieldAccess::None)]);
}

#[test]
fn repetitions_in_bpmns_own_words() {
    let model = read_well(&around(
        "<task id=\"n\"><multiInstanceLoopCharacteristics isSequential=\"true\"><loopDataInputRef>list</loopDataInputRef>\
         <inputDataItem id=\"i\" name=\"item\"/></multiInstanceLoopCharacteristics></task>",
    ));
    let Some(Repetition::MultiInstance(several)) = &model.nodes["n"].repetition else {
        panic!("no multi-instance");
    };
    assert!(several.is_sequential && several.completion.is_none());
    assert!(matches!(&several.times, Times::Collection(list) if list.source() == "${list}"));
    assert_eq!(several.element_variable.as_deref(), Some("item"));
    let model = read_well(&around(
        "<task id=\"n\"><standardLoopCharacteristics testBefore=\"true\" loopMaximum=\"5\">\
         <loopCondition>${again}</loopCondition></standardLoopCharacteristics></task>",
    ));
    let Some(Repetition::Loop(again)) = &model.nodes["n"].repetition else {
        panic!("no loop");
    };
    assert!(again.test_before);
    assert_eq!(
        (again.maximum, again.condition.as_ref().map(Expression::source)),
        (Some(5), Some("${again}"))
    );
}

#[test]
fn a_lane_is_the_group_of_those_who_name_nobody() {
    let with = |lane: &str, attributes: &str| {
        let model = read_well(&around(&format!(
            "<userTask id=\"n\" {attributes}/><laneSet id=\"ls\"><lane id=\"l\" {lane}><flowNodeRef> n </flowNodeRef></lane></laneSet>"
        )));
        user_task(&model).candidate_groups.iter().map(|group| group.source().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(with("name=\"Finance\"", ""), ["Finance"]);
    assert_eq!(with("name=\"Finance\" docket:candidateGroup=\"fin\"", ""), ["fin"]);
    assert!(with("", "").is_empty());
    assert_eq!(with("name=\"x\"", "camunda:candidateGroups=\"g\""), ["g"]);
    for attributes in [
        "camunda:assignee=\"a\"",
        "camunda:candidateUsers=\"a\"",
        "docket:approverStrategy=\"STARTER\"",
        "docket:nodeType=\"AUTO_APPROVE\"",
    ] {
        assert!(with("name=\"x\"", attributes).is_empty(), "{attributes}");
    }
}

#[test]
fn what_lies_in_a_subprocess_lies_in_its_lane() {
    let model = read_well(&around(&format!(
        "<laneSet><lane id=\"l\" name=\"outer\"><flowNodeRef>n</flowNodeRef></lane></laneSet>\
         <subProcess id=\"n\"><startEvent id=\"a\"/><userTask id=\"b\"/><userTask id=\"c\"/><endEvent id=\"d\"/>\
         <laneSet><lane id=\"m\" name=\"inner\"><flowNodeRef>c</flowNodeRef></lane></laneSet>{}{}{}</subProcess>",
        flow("a", "b"),
        flow("b", "c"),
        flow("c", "d"),
    )));
    let group = |id: &str| model.user_task(id).expect("a task").candidate_groups[0].source().to_owned();
    assert_eq!((group("b"), group("c")), ("outer".to_owned(), "inner".to_owned()));
}

#[test]
fn what_draws_or_describes_is_let_be() {
    read_well(&process(&format!(
        "<documentation>x</documentation><extensionElements><other:a><other:b/></other:a></extensionElements>\
         <ioSpecification><dataInput id=\"di\"/></ioSpecification><property id=\"pr\"/><auditing/><monitoring/>\
         <dataObject id=\"do\"/><dataObjectReference id=\"dor\"/><dataStoreReference id=\"dsr\"/>\
         <textAnnotation id=\"ta\"/><association id=\"as\"/><group id=\"gr\"/><other:thing/>\
         <startEvent id=\"s\"><outgoing>lies</outgoing><other:x/></startEvent>\
         <userTask id=\"n\"><incoming>lies</incoming><property id=\"pp\"/><ioSpecification/><dataInputAssociation/>\
         <dataOutputAssociation/><rendering/></userTask><endEvent id=\"e\"/>{}{}",
        flow("s", "n"),
        flow("n", "e"),
    )));
}

#[test]
fn the_parts_of_an_activiti_document() {
    let model = read_well(&around(
        "<callActivity id=\"n\" calledElement=\"${which}\" activiti:inheritVariables=\"true\" activiti:businessKey=\"K-${no}\">\
         <extensionElements><activiti:in source=\"a\" target=\"b\"/><activiti:out sourceExpression=\"${c + 1}\" target=\"d\"/>\
         </extensionElements></callActivity>",
    ));
    let NodeKind::Call(call) = &model.nodes["n"].kind else {
        panic!("no call");
    };
    assert_eq!(call.process.source(), "${which}");
    assert_eq!(call.business_key.as_ref().map(Template::source), Some("K-${no}"));
    assert!(call.inherits);
    assert_eq!((call.inputs[0].source.source(), &*call.inputs[0].target), ("${a}", "b"));
    assert_eq!((call.outputs[0].source.source(), &*call.outputs[0].target), ("${c + 1}", "d"));
}

#[test]
fn what_is_kept_and_what_ends_silently_is_noted() {
    let xml = around(
        "<userTask id=\"n\"><extensionElements>\n<camunda:taskListener class=\"org.example.X\"/>\n</extensionElements></userTask>\n\
         <task id=\"i\"/>",
    );
    let (model, notes) = read_noting(xml.as_bytes());
    assert!(model.is_ok(), "{}", told(&model.err().unwrap_or_default()));
    let found: Vec<_> =
        notes.iter().map(|note| (note.code, note.element.as_deref(), note.line, note.column)).collect();
    let expected = [(FaultCode::NotExecuted, Some("n"), 6, 1), (FaultCode::Unreachable, Some("i"), 8, 1)];
    assert_eq!(found, expected, "{}", told(&notes));
    let ends = process(
        "<startEvent id=\"s\"/>\n  <task id=\"n\"/><sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"n\"/>",
    );
    let (model, notes) = read_noting(ends.as_bytes());
    assert!(model.is_ok());
    assert_eq!(notes.len(), 1, "{}", told(&notes));
    assert_eq!((notes[0].code, notes[0].line, notes[0].column), (FaultCode::NoWayOut, 4, 3));
}

#[test]
fn who_does_a_task_in_the_words_of_bpmn() {
    let of = |role: &str, text: &str| {
        let said = format!(
            "<{role}><resourceAssignmentExpression><formalExpression>{text}</formalExpression></resourceAssignmentExpression></{role}>"
        );
        around(&format!("<userTask id=\"n\">\n{said}</userTask>"))
    };
    let sources = |templates: &[Template]| {
        templates.iter().map(Template::source).map(str::to_owned).collect::<Vec<_>>()
    };
    let model = read_well(&of("potentialOwner", "user(kermit), group( hr ), accounting, ${boss}"));
    let task = user_task(&model);
    assert_eq!(sources(&task.candidate_users), ["kermit"]);
    assert_eq!(sources(&task.candidate_groups), ["hr", "accounting", "${boss}"]);
    let model = read_well(&of("humanPerformer", "${initiator}"));
    assert_eq!(user_task(&model).assignee.as_ref().map(Template::source), Some("${initiator}"));
    assert_eq!(
        faults_of(&of("potentialOwner", "getDataInput('approver')")),
        [(FaultCode::BadExpression, "n".to_owned(), 6)]
    );
    let nobody = around(
        "<userTask id=\"n\">\n<potentialOwner><resourceRef>x</resourceRef></potentialOwner></userTask>",
    );
    assert_eq!(faults_of(&nobody), [(FaultCode::BadReference, "n".to_owned(), 6)]);
}

#[test]
fn an_event_may_send_its_message_by_work_of_outside() {
    let sent = |tag: &str, attributes: &str| {
        format!("<{tag} id=\"n\">\n<messageEventDefinition id=\"d\" {attributes}/></{tag}>")
    };
    let model = read_well(&around(&sent(
        "intermediateThrowEvent",
        "camunda:type=\"external\" camunda:topic=\"tell\"",
    )));
    let NodeKind::Service(service) = &model.nodes["n"].kind else { panic!("{:?}", model.nodes["n"]) };
    assert_eq!(service.element, "throwEvent");
    let at_end = around("<task id=\"n\"/>").replace(
        "<endEvent id=\"e\"/>",
        &sent("endEvent", "camunda:class=\"org.example.Tell\"").replace("\"n\"", "\"e\""),
    );
    assert!(matches!(&read_well(&at_end).nodes["e"].kind, NodeKind::Service(_)));
    let nothing = around(&sent("intermediateThrowEvent", "camunda:type=\"external\""));
    assert_eq!(faults_of(&nothing).len(), 2, "{:?}", faults_of(&nothing));
}
