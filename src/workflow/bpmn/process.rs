//! Which processes of a document are executed, and what holds for each as a whole.

use std::collections::BTreeMap;

use super::approval::values;
use super::declared::Declared;
use super::fault::{FaultCode, Faults};
use super::reading::{Reading, id_of};
use super::vendor::{self, Vocabulary};
use super::xml::{Element, Space};
use super::{check, elements, expressions, forms, lanes, links};
use crate::workflow::model::{Around, Model, NodeKind, SameApprover, Settings, Trigger};

/// The longest type of a business record, in characters.
const MAX_BUSINESS_TYPE: usize = 64;

/// Elements at the top that would have to be executed.
const REFUSED_AT_TOP: &[&str] = &["choreography", "globalChoreographyTask", "globalConversation"];

/// The most processes that one document deploys.
const MAX_PROCESSES: usize = 20;

/// Reads and checks the executable processes; none where there is no telling which these are. The models
/// are to be used only where there are no faults.
pub(super) fn read(root: &Element, faults: &mut Faults) -> Vec<Model> {
    let executable = executable(root, faults);
    if executable.len() > 1 {
        note_message_flows(root, faults);
    }
    let declared = Declared::of(root);
    executable.into_iter().map(|process| read_one(process, &declared, faults)).collect()
}

/// What processes of one document say to one another they say by their messages' names.
fn note_message_flows(root: &Element, faults: &mut Faults) {
    for flow in root.all("collaboration").flat_map(|collaboration| collaboration.all("messageFlow")) {
        let message = "a messageFlow is kept and not executed: what throws a message and what waits for it \
                       are connected by its name and the business key";
        faults.note(FaultCode::NotExecuted, flow, message);
    }
}

fn read_one(process: &Element, declared: &Declared<'_>, faults: &mut Faults) -> Model {
    let spot = process.spot();
    vendor::check(process, &Vocabulary::PROCESS, spot, faults);
    let mut reading = Reading::default();
    elements::read_scope(&mut reading, declared, process, None, faults);
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
    Model {
        name: process.label().unwrap_or(&key).to_owned(),
        key: key.to_string(),
        nodes: reading.nodes,
        flows: reading.flows.into_iter().map(|flow| (flow.id.clone(), flow)).collect::<BTreeMap<_, _>>(),
        settings,
        forms,
        data: reading.data,
        around: Around::default(),
        unproved: unproved.into_iter().map(|scope| scope.unwrap_or_else(|| key.clone())).collect(),
    }
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

fn executable<'x>(root: &'x Element, faults: &mut Faults) -> Vec<&'x Element> {
    if !root.is("definitions") {
        let message = "this is no BPMN 2.0 document: its root is not definitions in the namespace \
                       http://www.omg.org/spec/BPMN/20100524/MODEL";
        faults.add(FaultCode::NoProcess, root, message);
        return Vec::new();
    }
    for element in &root.children {
        if REFUSED_AT_TOP.iter().any(|name| element.is(name)) {
            faults.add(FaultCode::Unsupported, element, format!("a {} is not supported", element.name));
        }
    }
    let all: Vec<_> = root.all("process").collect();
    let mut executable: Vec<_> =
        all.iter().copied().filter(|process| elements::flag(process, "isExecutable", true, faults)).collect();
    match (&mut executable[..], &all[..]) {
        ([], [only]) => return vec![only],
        ([], []) => faults.add(FaultCode::NoProcess, root, "there is no process in the document"),
        ([], _) => {
            let message = "there are several processes, and none says isExecutable=\"true\"";
            faults.add(FaultCode::NoProcess, root, message);
        }
        ([_], _) => {}
        _ => {
            // A pool of a collaboration that only draws somebody may have a process too.
            let is_drawn =
                |process: &&Element| is_empty(process) && process.attribute("isExecutable").is_none();
            if !executable.iter().all(is_drawn) {
                executable.retain(|process| !is_drawn(process));
            }
        }
    }
    if let Some(first_too_many) = executable.get(MAX_PROCESSES) {
        let message = format!("a document is deployed with at most {MAX_PROCESSES} executable processes");
        faults.add(FaultCode::SeveralProcesses, *first_too_many, message);
        executable.truncate(MAX_PROCESSES);
    }
    executable
}

/// Whether nothing happens in a process.
fn is_empty(process: &Element) -> bool {
    let happens = |child: &Element| {
        child.space == Space::Bpmn
            && !elements::LET_BE.contains(&&*child.name)
            && !["laneSet", "dataObject"].contains(&&*child.name)
    };
    !process.children.iter().any(happens)
}

/// The process of a key that [`read`] reads, or the first, whatever is wrong with it; none where there is
/// none.
pub(super) fn one_executable<'x>(root: &'x Element, key: Option<&str>) -> Option<&'x Element> {
    let all = executable(root, &mut Faults::default());
    all.into_iter().find(|process| key.is_none() || process.id() == key)
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
