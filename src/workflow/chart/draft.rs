//! The elements and flows that a chart becomes.

use std::collections::{HashMap, HashSet};

use super::read::{Chart, Node, Role};
use super::{Faults, Source};
use crate::workflow::markup::Tag;

/// A process to be written.
#[derive(Debug)]
pub(super) struct Draft {
    /// In the order in which they are written.
    pub(super) elements: Vec<Element>,
    pub(super) flows: Vec<Flow>,
    /// Where each comes from, by its id.
    pub(super) sources: HashMap<String, Source>,
    /// The ids of the chart's nodes, without those of branches.
    nodes: HashSet<String>,
    /// The ids that something has.
    taken: HashSet<String>,
    numbered: usize,
}

/// A node of the process.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) id: String,
    pub(super) tag: &'static str,
    pub(super) name: Option<String>,
    pub(super) documentation: Option<String>,
    pub(super) attributes: Vec<(&'static str, String)>,
    /// What stands in `extensionElements`.
    pub(super) extensions: Vec<Tag>,
    /// What else is in it.
    pub(super) parts: Vec<Tag>,
}

/// A sequence flow.
#[derive(Debug)]
pub(super) struct Flow {
    pub(super) id: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) name: Option<String>,
    pub(super) condition: Option<String>,
}

/// A flow whose end is not known yet.
#[derive(Debug)]
pub(super) struct Loose {
    /// The element that it leaves.
    pub(super) from: String,
    /// Its id, where the chart says one.
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    pub(super) condition: Option<String>,
    /// It is taken where no other's condition holds.
    pub(super) is_default: bool,
    /// Where in the chart it comes from.
    pub(super) source: Source,
}

impl Draft {
    /// What a chart becomes.
    pub(super) fn of(chart: &Chart, faults: &mut Faults) -> Self {
        let mut draft = Self {
            elements: Vec::new(),
            flows: Vec::new(),
            sources: HashMap::from([(chart.process.key.clone(), chart.process.source.clone())]),
            nodes: HashSet::new(),
            taken: chart.ids.keys().cloned().collect(),
            numbered: 0,
        };
        draft.collect(std::slice::from_ref(&chart.start));
        draft.collect(&chart.nodes);
        let begin = draft.node(Vec::new(), &chart.start, faults);
        let open = draft.chain(begin, &chart.nodes, faults);
        if !open.is_empty() {
            let id = draft.new_id("end".to_owned(), &Source::root());
            draft.add(Element::new(id.clone(), "bpmn:endEvent"));
            draft.connect(open, &id);
        }
        draft
    }

    /// Notes the ids of nodes, so that routers can lead to those that come later.
    fn collect(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.nodes.insert(node.id.clone());
            self.sources.insert(node.id.clone(), node.source.clone());
            if let Role::Branches(branches) = &node.role {
                branches.chains().for_each(|nodes| self.collect(nodes));
            }
        }
    }

    /// Whether the chart has a node of this id.
    pub(super) fn is_node(&self, id: &str) -> bool {
        self.nodes.contains(id)
    }

    /// Nodes one after the other behind flows; the flows behind the last.
    pub(super) fn chain(&mut self, mut open: Vec<Loose>, nodes: &[Node], faults: &mut Faults) -> Vec<Loose> {
        for node in nodes {
            open = self.node(open, node, faults);
        }
        open
    }

    fn node(&mut self, open: Vec<Loose>, node: &Node, faults: &mut Faults) -> Vec<Loose> {
        // It may be several elements, the first of which has its id.
        if let Role::Trigger(trigger) = &node.role {
            return self.trigger(node, trigger, open);
        }
        self.connect(open, &node.id);
        match &node.role {
            Role::Start(attributes) => {
                let mut start = Element::of(node, "bpmn:startEvent");
                start.attributes.extend(attributes.iter().cloned());
                self.add(start);
                vec![Loose::from(node)]
            }
            Role::End => {
                self.add(Element::of(node, "bpmn:endEvent"));
                Vec::new()
            }
            Role::Approver(approver) => self.approver(node, approver),
            Role::Copy(copied) => self.copy(node, copied),
            Role::Delay(delay) => self.delay(node, delay),
            Role::Trigger(_) => Vec::new(),
            Role::Child(child) => self.child(node, child),
            Role::Branches(branches) => self.branches(node, branches, faults),
            Role::Router(routes) => self.router(node, routes, faults),
        }
    }

    /// Adds an element.
    pub(super) fn add(&mut self, element: Element) {
        self.elements.push(element);
    }

    /// Lets flows end at an element.
    pub(super) fn connect(&mut self, open: Vec<Loose>, to: &str) {
        for loose in open {
            let id = match loose.id {
                Some(id) => {
                    self.sources.insert(id.clone(), loose.source);
                    id
                }
                None => {
                    self.numbered += 1;
                    self.new_id(format!("flow_{}", self.numbered), &loose.source)
                }
            };
            if loose.is_default
                && let Some(gateway) = self.elements.iter_mut().rfind(|element| element.id == loose.from)
            {
                gateway.attribute("default", &id);
            }
            self.flows.push(Flow {
                id,
                from: loose.from,
                to: to.to_owned(),
                name: loose.name,
                condition: loose.condition,
            });
        }
    }

    /// An id that nothing has, much like the one that is wanted; what has it comes from `source`.
    pub(super) fn new_id(&mut self, wanted: String, source: &Source) -> String {
        let mut id = wanted.clone();
        let mut number = 1;
        while !self.taken.insert(id.clone()) {
            number += 1;
            id = format!("{wanted}_{number}");
        }
        self.sources.insert(id.clone(), source.clone());
        id
    }
}

impl Element {
    /// An element of a node.
    pub(super) fn of(node: &Node, tag: &'static str) -> Self {
        Self {
            name: node.name.clone(),
            documentation: node.documentation.clone(),
            ..Self::new(node.id.clone(), tag)
        }
    }

    /// An element that no node of the chart is.
    pub(super) fn new(id: String, tag: &'static str) -> Self {
        Self {
            id,
            tag,
            name: None,
            documentation: None,
            attributes: Vec::new(),
            extensions: Vec::new(),
            parts: Vec::new(),
        }
    }

    /// Adds an attribute.
    pub(super) fn attribute(&mut self, name: &'static str, value: &str) {
        self.attributes.push((name, value.to_owned()));
    }
}

impl Loose {
    /// A flow out of a node.
    pub(super) fn from(node: &Node) -> Self {
        Self::of(node.id.clone(), node.source.clone())
    }

    /// A flow out of an element.
    pub(super) fn of(from: String, source: Source) -> Self {
        Self { from, id: None, name: None, condition: None, is_default: false, source }
    }
}
