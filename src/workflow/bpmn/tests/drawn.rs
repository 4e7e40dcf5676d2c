//! Models of every family of elements, drawn with bpmn.io's own library: `npm run draw-models` in
//! `playground/` draws them again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::*;
use crate::workflow::bpmn::xml::{Element, parse};

/// The files by their names, without the ending.
fn drawn() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/workflow/bpmn/tests/models");
    let files = std::fs::read_dir(folder).expect("the models");
    let paths = files.map(|file| file.expect("a file").path());
    paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "bpmn"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).expect("a text"))
        })
        .collect()
}

/// Those that are refused, each by the element that is not executed.
const REFUSED: &[(&str, &[(&str, &str)])] = &[
    ("ad-hoc", &[("sub", "a adHocSubProcess is not supported")]),
    (
        "compensation",
        &[
            ("border", "a boundaryEvent with a compensateEventDefinition is not supported"),
            ("undo", "compensation (isForCompensation) is not supported"),
        ],
    ),
    (
        "gateway-complex",
        &[("fork", "a complexGateway is not supported"), ("join", "a complexGateway is not supported")],
    ),
    ("transaction", &[("sub", "a transaction is not supported")]),
];

#[test]
fn each_is_deployed_or_refused_by_name() {
    let drawn = drawn();
    assert!(drawn.len() >= 47, "{}", drawn.len());
    for (name, xml) in &drawn {
        let refused = REFUSED.iter().find(|(refused, _)| refused == name).map(|(_, faults)| *faults);
        let faults = read(xml.as_bytes()).err().unwrap_or_default();
        let found: Vec<_> = faults
            .iter()
            .filter(|fault| fault.code == FaultCode::Unsupported)
            .map(|fault| (fault.element.as_deref().unwrap_or_default(), &*fault.message))
            .collect();
        assert_eq!(found, refused.unwrap_or_default(), "{name}\n{}", told(&faults));
        assert_eq!(faults.is_empty(), refused.is_none(), "{name}\n{}", told(&faults));
    }
}

#[test]
fn each_is_drawn() {
    for (name, xml) in drawn() {
        assert!(with_diagram(&xml).is_none(), "{name} has its diagram");
        let Ok(model) = read(xml.as_bytes()) else { continue };
        let mut shapes = BTreeSet::new();
        collect(&parse(xml.as_bytes()).expect("a document"), &mut shapes);
        let links = |id: &str| id.starts_with("link ");
        for id in model.nodes.keys().chain(model.flows.keys()).filter(|id| !links(id)) {
            assert!(shapes.contains(&**id), "{name}: {id} is not drawn");
        }
    }
}

/// The elements to which something in a diagram refers.
fn collect(element: &Element, into: &mut BTreeSet<String>) {
    into.extend(element.attribute("bpmnElement").map(str::to_owned));
    element.children.iter().for_each(|child| collect(child, into));
}
