//! The elements of a process or subprocess that are executed.
//!
//! A new kind of node is a line in [`kind`], and a file here where it has attributes of its own. The compiler
//! then asks for its name (`NodeKind::as_str`) and for what a token does there (`execution/machine.rs`), and
//! `tests/table` for its row in `docs/elements.md`. Nobody but you asks whether it is an activity
//! (`NodeKind::is_activity`), what the checks of the graph make of it (`check/reach.rs`, `check/soundness`),
//! who may be chosen behind it (`model/ahead.rs`) and how it is drawn (`diagram.rs`).

mod call;
mod data;
mod event;
mod flow;
mod own;
mod repetition;
mod roles;
mod service;
mod task;
mod user_task;

use super::declared::Declared;
use super::fault::{FaultCode, Faults};
use super::reading::{Reading, id_of};
use super::vendor::{self, Vocabulary};
use super::xml::{Element, Space};
use super::{expressions, lanes};
use crate::workflow::expression::Expression;
use crate::workflow::model::{ElementId, Node, NodeKind, Own, Work};

/// BPMN's elements in a scope that draw or describe, or that their activity reads itself.
pub(super) const LET_BE: &[&str] = &[
    "association",
    "auditing",
    "category",
    "categoryValueRef",
    "dataInputAssociation",
    "dataObjectReference",
    "dataOutputAssociation",
    "dataStoreReference",
    "documentation",
    "extensionElements",
    "group",
    "humanPerformer",
    "incoming",
    "ioBinding",
    "ioSpecification",
    "monitoring",
    "multiInstanceLoopCharacteristics",
    "outgoing",
    "performer",
    "potentialOwner",
    "property",
    "rendering",
    "resourceRole",
    "standardLoopCharacteristics",
    "supportedInterfaceRef",
    "supports",
    "textAnnotation",
];

/// BPMN's own words for who does something, which only user tasks read.
const RESOURCE_ROLES: &[&str] = &["humanPerformer", "performer", "potentialOwner", "resourceRole"];

/// Reads what lies in a process (`parent` is none) or a subprocess.
pub(super) fn read_scope(
    reading: &mut Reading,
    declared: &Declared<'_>,
    scope: &Element,
    parent: Option<&ElementId>,
    faults: &mut Faults,
) {
    for child in scope.children.iter().filter(|child| child.space == Space::Bpmn) {
        match &*child.name {
            "sequenceFlow" => flow::read(reading, child, faults),
            "laneSet" => lanes::read(child, &mut reading.lanes, faults),
            "dataObject" => data::read(child, parent.is_some(), &mut reading.data, faults),
            name if LET_BE.contains(&name) => {}
            _ => read_node(reading, declared, child, parent, faults),
        }
    }
}

fn read_node(
    reading: &mut Reading,
    declared: &Declared<'_>,
    element: &Element,
    parent: Option<&ElementId>,
    faults: &mut Faults,
) {
    let id = id_of(element, faults);
    let kind = kind(reading, declared, element, parent, faults);
    if kind.is_none() || element.id().is_none() {
        reading.placeholders.insert(id.clone());
    }
    let is_supported = kind.is_some();
    let kind = kind.unwrap_or(NodeKind::Task);
    let is_activity = is_supported && kind.is_activity();
    let has_own = is_supported && has_own(&kind);
    let skip = if is_activity { skip(element, faults) } else { None };
    let is_event = matches!(kind, NodeKind::Boundary(_) | NodeKind::EventStart(_));
    let code_variable = if is_event { event::code_variable(element, faults) } else { None };
    let repetition = if is_activity { repetition::read(element, faults) } else { None };
    let own = if has_own { own::read(element, faults) } else { Own::default() };
    if is_activity {
        check_activity(element, faults);
    }
    if matches!(kind, NodeKind::EventSubprocess) {
        check_event_subprocess(element, faults);
    }
    if element.is("endEvent") {
        reading.ends.insert(id.clone());
    }
    let is_subprocess = matches!(kind, NodeKind::Subprocess | NodeKind::EventSubprocess);
    let node = Node {
        name: element.label().unwrap_or(&id).to_owned(),
        id: id.clone(),
        line: element.line,
        column: element.column,
        parent: parent.cloned(),
        kind,
        incoming: Vec::new(),
        outgoing: Vec::new(),
        default: element.attribute("default").filter(|_| is_supported).map(Into::into),
        repetition,
        skip,
        code_variable,
        own,
    };
    // The first of two with one id stays; that there are two is a fault already.
    reading.nodes.entry(id.clone()).or_insert(node);
    if is_subprocess {
        read_scope(reading, declared, element, Some(&id), faults);
    }
}

/// What a node does; none, with a fault, where that is not executed here.
fn kind(
    reading: &mut Reading,
    declared: &Declared<'_>,
    element: &Element,
    parent: Option<&ElementId>,
    faults: &mut Faults,
) -> Option<NodeKind> {
    let spot = element.spot();
    let around = parent.and_then(|parent| reading.nodes.get(parent)).map(|node| &node.kind);
    let (kind, knows) = match &*element.name {
        "startEvent" if matches!(around, Some(NodeKind::EventSubprocess)) => {
            (event::event_start(element, declared, faults)?, Vocabulary::EVENT)
        }
        "startEvent" => {
            let is_inner = parent.is_some();
            (event::start(element, is_inner, declared, &mut reading.initiator, faults)?, Vocabulary::START)
        }
        "endEvent" => (event::end(element, declared, faults)?, Vocabulary::EVENT),
        "intermediateCatchEvent" => {
            (event::catch(reading, element, parent, declared, faults)?, Vocabulary::EVENT)
        }
        "intermediateThrowEvent" => {
            (event::throw(reading, element, parent, declared, faults)?, Vocabulary::EVENT)
        }
        "boundaryEvent" => (event::boundary(element, declared, faults)?, Vocabulary::EVENT),
        "userTask" => {
            (NodeKind::User(Box::new(user_task::read(element, declared, faults))), Vocabulary::USER_TASK)
        }
        "manualTask" => (NodeKind::Manual, Vocabulary::ACTIVITY),
        "task" => (task::read(element, faults), Vocabulary::TASK),
        "serviceTask" | "sendTask" | "businessRuleTask" => {
            // Checked also where it does nothing.
            vendor::check(element, &Vocabulary::SERVICE, spot, faults);
            return service::read(element, declared, faults);
        }
        "receiveTask" => (service::receive(element, declared, faults)?, Vocabulary::ACTIVITY),
        "scriptTask" => {
            // Checked also where its script is none.
            vendor::check(element, &Vocabulary::SCRIPT, spot, faults);
            return service::script(element, faults);
        }
        "exclusiveGateway" => (NodeKind::Exclusive, Vocabulary::BARE),
        "parallelGateway" => (NodeKind::Parallel, Vocabulary::BARE),
        "inclusiveGateway" => (NodeKind::Inclusive, Vocabulary::BARE),
        "eventBasedGateway" => {
            check_event_based(element, faults);
            (NodeKind::EventBased, Vocabulary::BARE)
        }
        "callActivity" => {
            // Checked also where it calls nothing.
            vendor::check(element, &Vocabulary::CALL, spot, faults);
            return call::read(element, faults).map(|call| NodeKind::Call(Box::new(call)));
        }
        "subProcess" if flag(element, "triggeredByEvent", false, faults) => {
            (NodeKind::EventSubprocess, Vocabulary::BARE)
        }
        "subProcess" => (NodeKind::Subprocess, Vocabulary::ACTIVITY),
        name => {
            faults.add(FaultCode::Unsupported, spot, format!("a {name} is not supported"));
            return None;
        }
    };
    vendor::check(element, &knows, spot, faults);
    Some(kind)
}

/// Whether a node has variables of its own beside what it hands over: what is work for outside has no
/// others.
fn has_own(kind: &NodeKind) -> bool {
    match kind {
        NodeKind::EventSubprocess => false,
        NodeKind::Exclusive | NodeKind::Parallel | NodeKind::Inclusive | NodeKind::EventBased => false,
        NodeKind::Service(service) => !matches!(service.work, Work::External(_) | Work::Http(_)),
        _ => true,
    }
}

fn skip(element: &Element, faults: &mut Faults) -> Option<Expression> {
    let spot = element.spot();
    let text = vendor::value(element, "skipExpression", spot, faults)?;
    expressions::expression(text, "skipExpression", spot, faults)
}

/// BPMN's own words about an activity that would change its execution.
fn check_activity(element: &Element, faults: &mut Faults) {
    if element.attribute("isForCompensation").is_some_and(is_true) {
        faults.add(FaultCode::Unsupported, element, "compensation (isForCompensation) is not supported");
    }
    for name in ["startQuantity", "completionQuantity"] {
        if element.attribute(name).is_some_and(|value| value.trim() != "1") {
            let message = format!("{name} is not supported, but for 1");
            faults.add(FaultCode::UnsupportedAttribute, element, message);
        }
    }
    let is_role = |child: &&Element| RESOURCE_ROLES.iter().any(|name| child.is(name));
    let is_read = element.is("userTask");
    for child in element.children.iter().filter(is_role).filter(|child| !is_read || child.is("resourceRole"))
    {
        let message = format!("a {} is not supported: write assignee or candidateUsers", child.name);
        faults.add(FaultCode::Unsupported, element.spot().of_child(child), message);
    }
}

/// BPMN's own words about an event-based gateway that would change its execution.
fn check_event_based(element: &Element, faults: &mut Faults) {
    if flag(element, "instantiate", false, faults) {
        let message = "an event-based gateway that starts a process (instantiate) is not supported";
        faults.add(FaultCode::Unsupported, element, message);
    }
    if element.attribute("eventGatewayType").is_some_and(|kind| kind.trim() != "Exclusive") {
        let message = "eventGatewayType is not supported, but for Exclusive: the first event is taken";
        faults.add(FaultCode::Unsupported, element, message);
    }
}

/// What can be said of an activity, and not of what begins by an event.
fn check_event_subprocess(element: &Element, faults: &mut Faults) {
    check_activity(element, faults);
    const REPEATED: [&str; 2] = ["multiInstanceLoopCharacteristics", "standardLoopCharacteristics"];
    for child in element.children.iter().filter(|child| REPEATED.iter().any(|name| child.is(name))) {
        let message = "an event subprocess is not repeated: its start event may happen again";
        faults.add(FaultCode::Contradiction, element.spot().of_child(child), message);
    }
}

/// BPMN's own boolean; `default` where it is missing, and, with a fault, where it is none.
pub(super) fn flag(element: &Element, name: &str, default: bool, faults: &mut Faults) -> bool {
    match element.attribute(name).map(str::trim) {
        None => default,
        Some("true" | "1") => true,
        Some("false" | "0") => false,
        Some(_) => {
            faults.add(FaultCode::BadValue, element, format!("{name} is either true or false"));
            default
        }
    }
}

/// Whether XML's boolean is true.
fn is_true(text: &str) -> bool {
    matches!(text.trim(), "true" | "1")
}
