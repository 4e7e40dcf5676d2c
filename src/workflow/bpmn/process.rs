//! Which process of a document is executed, and what holds for it as a whole.

use std::collections::BTreeMap;

use super::approval::values;
use super::declared::Declared;
use super::fault::{FaultCode, Faults};
use super::reading::{Reading, id_of};
use super::vendor::{self, Vocabulary};
use super::xml::Element;
use super::{check, elements, expressions, forms, lanes, links};
use crate::workflow::model::{Around, Model, NodeKind, SameApprover, Settings, Trigger};

/// The longest type of a business record, in characters.
const MAX_BUSINESS_TYPE: usize = 64;

/// Elements at the top that would have to be executed.
const REFUSED_AT_TOP: &[&str] = &["choreography", "globalChoreographyTask", "globalConversation"];

/// Reads and checks the executable process; none where there is no single one. The model is to be
/// used only where there are no faults.
pub(super) fn read(root: &Element, faults: &mut Faults) -> Option<Model> {
    let process = executable(root, faults)?;
    let spot = process.spot();
    vendor::check(process, &Vocabulary::PROCESS, spot, faults);
    let mut reading = Reading::default();
    elements::read_scope(&mut reading, &Declared::of(root), process, None, faults);
    lanes::assign(&mut reading, faults);
    let forms = forms::read(process, faults);
    forms::check_fields(&reading.nodes, &forms, faults);
    links::join(&mut reading, faults);
    check::connect(&mut reading, faults);
    let unproved = check::graph(&reading, process, faults);
    let key = id_of(process, faults);
    let mut settings = settings(process, faults);
    settings.initiator = reading.initiator.take();
    check_business_key(&reading, &settings, faults);
    Some(Model {
        name: process.label().unwrap_or(&key).to_owned(),
        key: key.to_string(),
        nodes: reading.nodes,
        flows: reading.flows.into_iter().map(|flow| (flow.id.clone(), flow)).collect::<BTreeMap<_, _>>(),
        settings,
        forms,
        data: reading.data,
        around: Around::default(),
        unproved: unproved.into_iter().map(|scope| scope.unwrap_or_else(|| key.clone())).collect(),
    })
}

/// What brings no business key cannot begin what needs one.
fn check_business_key(reading: &Reading, settings: &Settings, faults: &mut Faults) {
    if settings.business_type.is_none() {
        return;
    }
    for node in reading.nodes.values() {
        if let NodeKind::Start { trigger: Some(Trigger::Timer(_) | Trigger::Signal(_)), .. } = node.kind {
            let message = "businessType needs a business key, which only a message brings";
            faults.add(FaultCode::Contradiction, node, message);
        }
    }
}

fn executable<'x>(root: &'x Element, faults: &mut Faults) -> Option<&'x Element> {
    if !root.is("definitions") {
        let message = "this is no BPMN 2.0 document: its root is not definitions in the namespace \
                       http://www.omg.org/spec/BPMN/20100524/MODEL";
        faults.add(FaultCode::NoProcess, root, message);
        return None;
    }
    for element in &root.children {
        if REFUSED_AT_TOP.iter().any(|name| element.is(name)) {
            faults.add(FaultCode::Unsupported, element, format!("a {} is not supported", element.name));
        }
    }
    let all: Vec<_> = root.all("process").collect();
    let mut executable = all.iter().filter(|process| process.attribute("isExecutable") != Some("false"));
    match (executable.next(), &all[..]) {
        (None, [only]) => Some(only),
        (None, []) => {
            faults.add(FaultCode::NoProcess, root, "there is no process in the document");
            None
        }
        (None, _) => {
            let message = "there are several processes, and none says isExecutable=\"true\"";
            faults.add(FaultCode::NoProcess, root, message);
            None
        }
        (Some(first), _) => {
            let others: Vec<_> = executable.collect();
            for other in &others {
                let message = "a document is deployed with one executable process: say isExecutable=\"false\" for \
                               the others, or deploy each in a document of its own";
                faults.add(FaultCode::SeveralProcesses, **other, message);
            }
            others.is_empty().then_some(*first)
        }
    }
}

/// The process that [`read`] reads, whatever is wrong with it; none where there is no single one.
pub(super) fn only_executable(root: &Element) -> Option<&Element> {
    executable(root, &mut Faults::default())
}

fn settings(process: &Element, faults: &mut Faults) -> Settings {
    let spot = process.spot();
    let list = |name: &str, faults: &mut Faults| {
        vendor::value(process, name, spot, faults)
            .map(|text| expressions::plain(text, name, spot, faults))
            .unwrap_or_default()
    };
    let same = [
        ("ASK", 0, SameApprover::Ask),
        ("ALL", 1, SameApprover::ApproveLater),
        ("ADJACENT", 2, SameApprover::ApproveAdjacent),
    ];
    let business_type = values::text(process, "businessType").map(str::to_owned);
    if business_type.as_deref().is_some_and(|text| text.chars().count() > MAX_BUSINESS_TYPE) {
        let message = format!("businessType has at most {MAX_BUSINESS_TYPE} characters");
        faults.add(FaultCode::BadValue, spot, message);
    }
    let starter_users = list("candidateStarterUsers", faults);
    let starter_groups = list("candidateStarterGroups", faults);
    let anonymous_start = values::flag(process, "anonymousStart", faults).unwrap_or_default();
    if anonymous_start && !(starter_users.is_empty() && starter_groups.is_empty()) {
        let message = "either anybody may start it (anonymousStart), or the candidate starters";
        faults.add(FaultCode::Contradiction, spot, message);
    }
    Settings {
        same_approver: values::choice(process, "sameApprover", &same, faults).unwrap_or_default(),
        anonymous_start,
        business_type,
        initiator: None,
        starter_users,
        starter_groups,
    }
}
