//! The document that a chart becomes.

use std::collections::HashMap;
use std::io;

use super::draft::{Draft, Element, Flow};
use super::read::Chart;
use crate::workflow::markup::Tag;

/// The document, without a diagram.
///
/// # Errors
/// None that a text in memory could have.
pub(super) fn write(chart: &Chart, draft: &Draft) -> io::Result<String> {
    let process = &chart.process;
    let mut element = Tag::new("bpmn:process")
        .with("id", process.key.clone())
        .with_some("name", process.name.clone())
        .with("isExecutable", "true");
    for (name, value) in &process.attributes {
        element = element.with(name, value.clone());
    }
    let forms: Vec<_> = process
        .forms
        .iter()
        .map(|(key, schema)| Tag::new("docket:form").with("key", key.clone()).saying(schema.to_string()))
        .collect();
    let (mut incoming, mut outgoing) = (HashMap::new(), HashMap::new());
    for flow in &draft.flows {
        incoming.entry(&*flow.to).or_insert_with(Vec::new).push(&*flow.id);
        outgoing.entry(&*flow.from).or_insert_with(Vec::new).push(&*flow.id);
    }
    let ends = |of: &HashMap<&str, Vec<&str>>, element: &Element, name: &'static str| -> Vec<Tag> {
        let flows = of.get(&*element.id).map(Vec::as_slice).unwrap_or_default();
        flows.iter().map(|flow| Tag::new(name).saying(*flow)).collect()
    };
    let nodes = draft.elements.iter().map(|element| {
        let mut tag = Tag::new(element.tag).with("id", element.id.clone());
        tag = tag.with_some("name", element.name.clone());
        for (name, value) in &element.attributes {
            tag = tag.with(name, value.clone());
        }
        tag.holding(documentation(element.documentation.as_ref()))
            .holding(extensions(element.extensions.clone()))
            .holding(ends(&incoming, element, "bpmn:incoming"))
            .holding(ends(&outgoing, element, "bpmn:outgoing"))
            .holding(element.parts.clone())
    });
    let element = element
        .holding(documentation(process.documentation.as_ref()))
        .holding(extensions(forms))
        .holding(nodes)
        .holding(draft.flows.iter().map(flow));
    Tag::new("bpmn:definitions")
        .with("xmlns:bpmn", "http://www.omg.org/spec/BPMN/20100524/MODEL")
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .with("xmlns:docket", "https://docket.dev/bpmn")
        .with("targetNamespace", "https://docket.dev/charts")
        .holding([element])
        .document()
}

fn documentation(text: Option<&String>) -> Option<Tag> {
    text.map(|text| Tag::new("bpmn:documentation").saying(text.clone()))
}

fn extensions(tags: Vec<Tag>) -> Option<Tag> {
    (!tags.is_empty()).then(|| Tag::new("bpmn:extensionElements").holding(tags))
}

fn flow(flow: &Flow) -> Tag {
    let condition = flow.condition.as_ref().map(|condition| {
        Tag::new("bpmn:conditionExpression")
            .with("xsi:type", "bpmn:tFormalExpression")
            .saying(condition.clone())
    });
    Tag::new("bpmn:sequenceFlow")
        .with("id", flow.id.clone())
        .with_some("name", flow.name.clone())
        .with("sourceRef", flow.from.clone())
        .with("targetRef", flow.to.clone())
        .holding(condition)
}
