//! Documents read, and the faults they have.

mod drawn;
mod elements;
mod event_faults;
mod event_graph;
mod events;
mod faults;
mod graph;
mod hardening;
mod machines;
mod parts;
mod properties;
mod samples;
mod soundness;
mod starts;
mod table;
mod tasks;

use super::*;
use crate::workflow::model::{NodeKind, UserTask};

/// The namespaces of every dialect, on one line.
const OPENING: &str = concat!(
    r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL""#,
    r#" xmlns:flowable="http://flowable.org/bpmn" xmlns:camunda="http://camunda.org/schema/1.0/bpmn""#,
    r#" xmlns:activiti="http://activiti.org/bpmn" xmlns:docket="https://docket.dev/bpmn""#,
    r#" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:other="urn:other">"#,
);

/// A document whose process `p` begins in line 2 and holds these lines, from line 3 on.
fn process(body: &str) -> String {
    format!("{OPENING}\n<process id=\"p\">\n{}\n</process>\n</definitions>\n", body.trim_matches('\n'))
}

/// A document whose process begins in line 2, goes from `s` (3) by `f` (4), a node `n` from line 5
/// on, and `g` to `e`.
fn around(node: &str) -> String {
    process(&format!(
        "<startEvent id=\"s\"/>\n<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"n\"/>\n{}\n\
         <sequenceFlow id=\"g\" sourceRef=\"n\" targetRef=\"e\"/>\n<endEvent id=\"e\"/>",
        node.trim_matches('\n')
    ))
}

/// A document with a user task `n` in line 5 with these attributes.
fn task(attributes: &str) -> String {
    around(&format!("<userTask id=\"n\" {attributes}/>"))
}

/// A flow of a process, named after its ends.
fn flow(from: &str, to: &str) -> String {
    format!("<sequenceFlow id=\"{from}-{to}\" sourceRef=\"{from}\" targetRef=\"{to}\"/>\n")
}

/// The same with a condition.
fn flow_if(from: &str, to: &str) -> String {
    format!(
        "<sequenceFlow id=\"{from}-{to}\" sourceRef=\"{from}\" targetRef=\"{to}\">\
         <conditionExpression>${{x}}</conditionExpression></sequenceFlow>\n"
    )
}

#[track_caller]
fn read_well(xml: &str) -> Model {
    read(xml.as_bytes()).unwrap_or_else(|faults| panic!("{}\n{xml}", told(&faults)))
}

#[track_caller]
fn read_task(attributes: &str) -> Model {
    read_well(&task(attributes))
}

#[track_caller]
fn user_task(model: &Model) -> &UserTask {
    model.user_task("n").expect("a user task n")
}

fn told(faults: &[ModelFault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// The faults of a document, each as code, element and line.
fn faults_of(xml: &str) -> Vec<(FaultCode, String, u32)> {
    let faults = read(xml.as_bytes()).err().unwrap_or_default();
    faults.into_iter().map(|fault| (fault.code, fault.element.unwrap_or_default(), fault.line)).collect()
}

/// What a document is about, the document, and its faults.
type Case<'x> = (&'x str, String, &'x [(FaultCode, &'x str, u32)]);

/// Each document has its faults, and no others.
#[track_caller]
fn check(cases: &[Case<'_>]) {
    for (name, xml, expected) in cases {
        let found = read(xml.as_bytes()).err().unwrap_or_default();
        let seen: Vec<_> = found
            .iter()
            .map(|fault| (fault.code, fault.element.as_deref().unwrap_or(""), fault.line))
            .collect();
        assert_eq!(seen, *expected, "{name}\n{xml}\n{}", told(&found));
    }
}
