//! Nodes that start another process, and wait for it.

use serde::Deserialize;

use super::Faults;
use super::draft::{Draft, Element, Loose};
use super::fields::Fields;
use super::read::Node;
use crate::workflow::markup::Tag;

/// A call of another process.
#[derive(Debug)]
pub(super) struct Child {
    attributes: Vec<(&'static str, String)>,
    inputs: Vec<Handed>,
    outputs: Vec<Handed>,
    many: Option<Many>,
}

/// A value that is handed over.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Handed {
    source: Option<String>,
    expression: Option<String>,
    target: Option<String>,
}

/// How often the process is started.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Many {
    collection: Option<String>,
    element_variable: Option<String>,
    times: Option<u32>,
    #[serde(default)]
    sequential: bool,
    completion: Option<String>,
}

/// Reads a call.
pub(super) fn read(fields: &mut Fields<'_>, faults: &mut Faults) -> Child {
    let key = fields.word("calledProcess", faults);
    let key = fields.needed("calledProcess", key, faults);
    let mut attributes: Vec<_> = key.map(|key| ("calledElement", key)).into_iter().collect();
    attributes.extend(fields.words(
        &[
            ("businessKey", "docket:businessKey"),
            ("inheritVariables", "docket:inheritVariables"),
            ("skipExpression", "docket:skipExpression"),
        ],
        faults,
    ));
    Child {
        attributes,
        inputs: fields.take("in", faults).unwrap_or_default(),
        outputs: fields.take("out", faults).unwrap_or_default(),
        many: fields.take("multiInstance", faults),
    }
}

impl Draft {
    /// A call activity.
    pub(super) fn child(&mut self, node: &Node, child: &Child) -> Vec<Loose> {
        let mut call = Element::of(node, "bpmn:callActivity");
        for (attribute, value) in &child.attributes {
            call.attribute(attribute, value);
        }
        call.extensions.extend(child.inputs.iter().map(|handed| handed.tag("docket:in")));
        call.extensions.extend(child.outputs.iter().map(|handed| handed.tag("docket:out")));
        call.parts.extend(child.many.as_ref().map(Many::tag));
        self.add(call);
        vec![Loose::from(node)]
    }
}

impl Handed {
    /// As an element.
    pub(super) fn tag(&self, name: &'static str) -> Tag {
        Tag::new(name)
            .with_some("source", self.source.clone())
            .with_some("sourceExpression", self.expression.clone())
            .with_some("target", self.target.clone())
    }
}

impl Many {
    fn tag(&self) -> Tag {
        let formal =
            |name, text: &str| Tag::new(name).with("xsi:type", "bpmn:tFormalExpression").saying(text);
        let cardinality = self.times.map(|times| formal("bpmn:loopCardinality", &times.to_string()));
        let completion = self.completion.as_deref().map(|text| formal("bpmn:completionCondition", text));
        Tag::new("bpmn:multiInstanceLoopCharacteristics")
            .with("isSequential", self.sequential.to_string())
            .with_some("docket:collection", self.collection.clone())
            .with_some("docket:elementVariable", self.element_variable.clone())
            .holding(cardinality.into_iter().chain(completion))
    }
}
