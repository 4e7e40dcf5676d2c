//! Documents as the field's designers write them.

use super::*;
use crate::workflow::expression::{Expression, Template};
use crate::workflow::model::{
    Counting, ElementId, FieldAccess, Rejection, Repetition, StarterApproves, Strategy, Times,
};
use serde_json::json;

const LEAVE: &str = include_str!("../samples/leave-request.bpmn");
const EXPENSE: &str = include_str!("../samples/expense-claim.bpmn");
const BPMN_IO: &str = include_str!("../samples/bpmn-io-purchase.bpmn");
const CAMUNDA: &str = include_str!("../samples/camunda-contract-review.bpmn");
const FLOWABLE: &str = include_str!("../samples/flowable-onboarding.bpmn20.xml");

fn sources(templates: &[Template]) -> Vec<&str> {
    templates.iter().map(Template::source).collect()
}

fn ids(ids: &[ElementId]) -> Vec<&str> {
    ids.iter().map(|id| &**id).collect()
}

#[test]
fn the_leave_request() {
    let model = read_well(LEAVE);
    assert_eq!((&*model.key, &*model.name), ("leave-request", "Leave request"));
    assert_eq!(model.settings.business_type.as_deref(), Some("leave"));
    assert_eq!(model.settings.initiator.as_deref(), Some("employee"));
    assert_eq!(model.forms["leave"].schema()["properties"]["days"]["maximum"], 60);
    assert!(
        matches!(&model.nodes["asked"].kind, NodeKind::Start { form: Some(form), trigger: None } if form == "leave")
    );
    assert_eq!(ids(&model.nodes["who-decides"].outgoing), ["always", "long-leave"]);
    assert_eq!(model.flows["long-leave"].condition.as_ref().map(Expression::source), Some("${days > 3}"));
    let leader = model.user_task("leader-decides").expect("a task");
    assert!(matches!(leader.approval.strategy, Some(Strategy::StarterLeader { level: 1 })));
    assert_eq!(leader.approval.starter, StarterApproves::Leader);
    assert_eq!(leader.approval.fields["cover"], FieldAccess::Write);
    let personnel = model.user_task("personnel-decides").expect("a task");
    assert!(matches!(&personnel.approval.strategy, Some(Strategy::Roles(roles)) if roles == &["hr"]));
    assert!(personnel.approval.needs_comment);
    assert_eq!(personnel.approval.fields["cover"], FieldAccess::None);
}

#[test]
fn the_expense_claim() {
    let model = read_well(EXPENSE);
    assert_eq!(model.nodes["how-much"].default.as_deref(), Some("large"));
    let finance = model.user_task("finance-approves").expect("a task");
    assert_eq!(finance.approval.counting, Counting::Ratio(60));
    assert_eq!(finance.approval.rejection, Rejection::ReturnTo("claim".into()));
    assert_eq!(model.nodes["finance-approves"].parent.as_deref(), Some("large-claim"));
    let line = model.user_task("line-approves").expect("a task");
    assert!(matches!(line.approval.strategy, Some(Strategy::StarterLeadersUp { levels: 2 })));
    assert_eq!(line.approval.counting, Counting::Sequential);
    assert!(!model.user_task("claim").expect("a task").approval.batch_approve);
    assert_eq!(model.start_of(Some("large-claim")).map(|node| &*node.id), Some("large-begun"));
}

#[test]
fn what_bpmn_io_writes() {
    // Its only executable process says isExecutable="false", and the other pool has none.
    let model = read_well(BPMN_IO);
    assert_eq!((&*model.key, &*model.name), ("Process_Purchase", "Buying a book"));
    let groups = |id: &str| sources(&model.user_task(id).expect("a task").candidate_groups);
    assert_eq!(groups("Activity_Describe"), ["readers"]);
    assert_eq!(groups("Activity_Judge"), ["librarians"], "the innermost lane");
    assert!(matches!(model.nodes["Activity_Order"].kind, NodeKind::Manual));
    assert!(matches!(model.nodes["Activity_Shelf"].kind, NodeKind::Task));
    assert_eq!(model.nodes["Activity_Judge"].line, 42);
}

#[test]
fn what_camunda_modeler_writes() {
    let model = read_well(CAMUNDA);
    assert_eq!(model.settings.starter_groups, ["sales", "legal"]);
    assert_eq!(model.settings.initiator.as_deref(), Some("author"));
    let legal = model.user_task("Activity_Legal").expect("a task");
    assert_eq!(sources(&legal.candidate_users), ["${counsel}", "mara"]);
    assert_eq!(sources(&legal.candidate_groups), ["legal"]);
    assert_eq!(legal.due.as_ref().map(Template::source), Some("${dueDate}"));
    let Some(Repetition::MultiInstance(several)) = &model.nodes["Activity_Reviews"].repetition else {
        panic!("the review is not multi-instance");
    };
    assert!(!several.is_sequential);
    assert!(matches!(&several.times, Times::Collection(list) if list.source() == "${reviewers}"));
    assert_eq!(several.element_variable.as_deref(), Some("reviewer"));
    assert!(several.completion.as_ref().is_some_and(|it| it.source().ends_with(">= 0.6}")));
    let NodeKind::Call(call) = &model.nodes["Activity_Sign"].kind else {
        panic!("that is no call");
    };
    assert_eq!(call.process.source(), "signing");
    assert!(call.business_key.is_none(), "the caller's");
    assert!(call.inherits);
    assert_eq!((call.inputs[0].source.source(), &*call.inputs[0].target), ("${counsel}", "signatory"));
    assert_eq!(
        (call.outputs[0].source.source(), &*call.outputs[0].target),
        ("${signedOn}", "contractSignedOn")
    );
    assert!(matches!(model.nodes["Event_Done"].kind, NodeKind::Terminate));
}

#[test]
fn what_flowables_designer_writes() {
    let model = read_well(FLOWABLE);
    assert_eq!(json!(model.data), json!({"remote": false, "trialMonths": 6, "welcome": "Welcome!"}));
    assert_eq!(model.settings.starter_groups, ["hr"]);
    assert_eq!(model.nodes["laptop"].skip.as_ref().map(Expression::source), Some("${remote}"));
    assert_eq!(model.nodes["laptop"].parent.as_deref(), Some("preparation"));
    assert_eq!(
        model.flows["needsBadge"].condition.as_ref().map(Expression::source),
        Some("${!remote && trialMonths > 0}")
    );
    let NodeKind::Call(call) = &model.nodes["training"].kind else {
        panic!("that is no call");
    };
    assert!(call.inherits);
    assert_eq!(call.business_key.as_ref().map(Template::source), Some("${newcomer}"));
    assert_eq!(call.inputs[0].source.source(), "${trialMonths}");
    let Some(Repetition::MultiInstance(several)) = &model.nodes["training"].repetition else {
        panic!("the training is not multi-instance");
    };
    assert!(several.is_sequential);
    assert!(matches!(&several.times, Times::Cardinality(times) if times.source() == "${2}"));
    assert_eq!(ids(&model.nodes["training"].incoming), ["sid-2", "sid-again"]);
}

#[test]
fn prefixes_mean_nothing_and_namespaces_everything() {
    let renamed = CAMUNDA.replace("bpmn:", "b:").replace("xmlns:bpmn=", "xmlns:b=");
    let renamed = renamed.replace("camunda:", "flowable:").replace("xmlns:camunda=", "xmlns:flowable=");
    let model = read_well(&renamed);
    assert_eq!(sources(&model.user_task("Activity_Legal").expect("a task").candidate_groups), ["legal"]);
    let strange = CAMUNDA.replace("http://camunda.org/schema/1.0/bpmn", "urn:strange");
    let faults = read(strange.as_bytes()).expect_err("the collection is not read any more");
    assert_eq!(faults.iter().map(|fault| fault.code).collect::<Vec<_>>(), [FaultCode::Missing]);
}

#[test]
fn the_faults_of_a_document_that_has_many() {
    let broken = include_str!("../samples/broken.bpmn");
    let faults = read(broken.as_bytes()).expect_err("faults");
    insta::assert_snapshot!(told(&faults));
}
