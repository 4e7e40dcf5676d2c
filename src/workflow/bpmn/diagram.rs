//! The diagram of a document that has none: where a drawing tool shows its elements.

use std::collections::{HashMap, HashSet};

use quick_xml::events::Event;
use quick_xml::reader::Reader;

use super::process;
use super::xml::{self, Element, Space};
use crate::workflow::layout::{self, Bounds, Drawing, Flow, Graph, Node, Shape};
use crate::workflow::markup::Tag;

/// Nodes whose names end otherwise than those of all others.
const NODES: &[&str] = &["task", "callActivity"];
/// What holds nodes.
const SCOPES: &[&str] = &["subProcess", "transaction", "adHocSubProcess"];

/// A document with a diagram of the first process that is executed.
pub(in crate::workflow) fn with_diagram(text: &str) -> Option<String> {
    drawn(text, None)
}

/// A document with a diagram of the process of a key behind everything else, and not another letter changed;
/// none where it has a diagram, or where no such process can be read of it.
pub(in crate::workflow) fn with_diagram_of(text: &str, key: &str) -> Option<String> {
    drawn(text, Some(key))
}

fn drawn(text: &str, key: Option<&str>) -> Option<String> {
    let root = xml::parse(text.as_bytes()).ok()?;
    if has_diagram(&root) {
        return None;
    }
    let process = process::one_executable(&root, key)?;
    let mut sketch = Sketch::default();
    sketch.collect(process, None);
    sketch.connect();
    let drawing = layout::draw(&sketch.graph);
    let mut taken = HashSet::new();
    collect_ids(&root, &mut taken);
    let diagram = sketch.diagram(process.id()?, &drawing, &mut taken).fragment().ok()?;
    let end = end_of_root(text)?;
    Some(format!("{}{diagram}\n{}", &text[..end], &text[end..]))
}

/// Whether anything of the document is drawn.
fn has_diagram(root: &Element) -> bool {
    let named = |element: &Element, name: &str| element.space == Space::Other && &*element.name == name;
    let within = |element: &Element, name: &str| element.children.iter().any(|child| named(child, name));
    let diagrams = root.children.iter().filter(|child| named(child, "BPMNDiagram"));
    diagrams
        .flat_map(|diagram| &diagram.children)
        .any(|plane| named(plane, "BPMNPlane") && within(plane, "BPMNShape"))
}

/// Where the root's end tag begins.
fn end_of_root(text: &str) -> Option<usize> {
    let mut reader = Reader::from_str(text);
    let mut last = None;
    loop {
        let place = usize::try_from(reader.buffer_position()).ok()?;
        match reader.read_event().ok()? {
            Event::End(_) => last = Some(place),
            Event::Eof => return last,
            _ => {}
        }
    }
}

fn collect_ids<'x>(element: &'x Element, taken: &mut HashSet<&'x str>) {
    taken.extend(element.id());
    element.children.iter().for_each(|child| collect_ids(child, taken));
}

/// The graph of a process, with the elements that it is made of.
#[derive(Default)]
struct Sketch<'x> {
    graph: Graph,
    nodes: Vec<&'x Element>,
    places: HashMap<&'x str, usize>,
    flows: Vec<&'x Element>,
    drawn: Vec<&'x Element>,
}

impl<'x> Sketch<'x> {
    fn collect(&mut self, scope: &'x Element, parent: Option<usize>) {
        for element in scope.children.iter().filter(|child| child.space == Space::Bpmn) {
            let Some(id) = element.id() else { continue };
            if element.is("sequenceFlow") {
                self.flows.push(element);
                continue;
            }
            let Some(shape) = shape(&element.name) else { continue };
            // Of two with one id the first is drawn.
            if self.places.contains_key(id) {
                continue;
            }
            let place = self.nodes.len();
            self.places.insert(id, place);
            self.nodes.push(element);
            self.graph.nodes.push(Node { shape, parent, host: None });
            if shape == Shape::Scope {
                self.collect(element, Some(place));
            }
        }
    }

    fn connect(&mut self) {
        for (node, element) in self.graph.nodes.iter_mut().zip(&self.nodes) {
            if element.is("boundaryEvent") {
                node.host =
                    element.attribute("attachedToRef").and_then(|host| self.places.get(host.trim()).copied());
            }
        }
        let mut seen = HashSet::new();
        for element in &self.flows {
            let end = |name| self.places.get(element.attribute(name)?).copied();
            let (Some(source), Some(target)) = (end("sourceRef"), end("targetRef")) else { continue };
            if seen.insert(element.id()) {
                self.graph.flows.push(Flow { source, target });
                self.drawn.push(element);
            }
        }
    }

    /// The diagram's element, with the namespaces that it needs.
    fn diagram(&self, process: &str, drawing: &Drawing, taken: &mut HashSet<&'x str>) -> Tag {
        let mut given = HashSet::new();
        let mut id = |of: &str, what: &str| {
            let mut id = format!("{of}_{what}");
            while taken.contains(&*id) || !given.insert(id.clone()) {
                id.push('_');
            }
            id
        };
        let shapes =
            self.nodes.iter().zip(&self.graph.nodes).zip(&drawing.shapes).map(|((element, node), bounds)| {
                let of = element.id().unwrap_or_default();
                let mut shape = Tag::new("bpmndi:BPMNShape").with("id", id(of, "di")).with("bpmnElement", of);
                match node.shape {
                    Shape::Scope => shape = shape.with("isExpanded", "true"),
                    Shape::Gateway if element.is("exclusiveGateway") => {
                        shape = shape.with("isMarkerVisible", "true");
                    }
                    _ => {}
                }
                shape.holding([rectangle(*bounds)])
            });
        let shapes: Vec<_> = shapes.collect();
        let edges = self.drawn.iter().zip(&drawing.edges).map(|(element, points)| {
            let of = element.id().unwrap_or_default();
            let points = points.iter().map(|point| {
                Tag::new("di:waypoint").with("x", point.x.to_string()).with("y", point.y.to_string())
            });
            Tag::new("bpmndi:BPMNEdge").with("id", id(of, "di")).with("bpmnElement", of).holding(points)
        });
        let edges: Vec<_> = edges.collect();
        let plane = Tag::new("bpmndi:BPMNPlane")
            .with("id", id(process, "plane"))
            .with("bpmnElement", process)
            .holding(shapes)
            .holding(edges);
        Tag::new("bpmndi:BPMNDiagram")
            .with("xmlns:bpmndi", "http://www.omg.org/spec/BPMN/20100524/DI")
            .with("xmlns:dc", "http://www.omg.org/spec/DD/20100524/DC")
            .with("xmlns:di", "http://www.omg.org/spec/DD/20100524/DI")
            .with("id", id(process, "diagram"))
            .holding([plane])
    }
}

fn rectangle(bounds: Bounds) -> Tag {
    Tag::new("dc:Bounds")
        .with("x", bounds.x.to_string())
        .with("y", bounds.y.to_string())
        .with("width", bounds.width.to_string())
        .with("height", bounds.height.to_string())
}

/// How an element of BPMN is drawn; none where it is no node.
fn shape(name: &str) -> Option<Shape> {
    if SCOPES.contains(&name) {
        return Some(Shape::Scope);
    }
    if name.ends_with("Event") {
        return Some(Shape::Event);
    }
    if name.ends_with("Gateway") {
        return Some(Shape::Gateway);
    }
    (name.ends_with("Task") || NODES.contains(&name)).then_some(Shape::Activity)
}
