//! Processes as tests write them, in few words.

use std::fmt::Write as _;

/// A process to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft {
    attributes: String,
    body: String,
    beside: String,
    flows: usize,
}

impl Draft {
    pub(super) fn new(key: &str) -> Self {
        Self { attributes: format!(r#"id="{key}" name="{key}""#), ..Self::default() }
    }

    /// Adds attributes of the process.
    pub(super) fn with(mut self, attributes: &str) -> Self {
        let _ = write!(self.attributes, " {attributes}");
        self
    }

    /// Adds anything.
    pub(super) fn xml(mut self, xml: &str) -> Self {
        self.body.push_str(xml);
        self
    }

    /// Adds what stands beside the process: signals, errors and the like.
    pub(super) fn beside(mut self, xml: &str) -> Self {
        self.beside.push_str(xml);
        self
    }

    /// Adds a node: `kind id attributes`.
    pub(super) fn node(self, kind: &str, id: &str, attributes: &str) -> Self {
        self.xml(&format!(r#"<{kind} id="{id}" {attributes}/>"#))
    }

    /// Adds a node with something in it.
    pub(super) fn holding(self, kind: &str, id: &str, attributes: &str, inner: &str) -> Self {
        self.xml(&format!(r#"<{kind} id="{id}" {attributes}>{inner}</{kind}>"#))
    }

    /// Adds a user task.
    pub(super) fn user(self, id: &str, attributes: &str) -> Self {
        self.node("userTask", id, attributes)
    }

    /// Adds flows: `a > b > c, b > d [${amount > 3}]`.
    pub(super) fn flows(mut self, chains: &str) -> Self {
        for chain in chains.split(',') {
            let nodes: Vec<_> = chain.split('>').map(str::trim).collect();
            // A condition may hold the sign that parts nodes.
            let (chain, condition) = match chain.split_once('[') {
                Some((chain, condition)) => (chain, condition.trim().trim_end_matches(']')),
                None => (chain, ""),
            };
            let nodes = if condition.is_empty() { nodes } else { chain.split('>').map(str::trim).collect() };
            for pair in nodes.windows(2) {
                self.flows += 1;
                let (from, to) = (pair[0], pair[1]);
                let condition = if condition.is_empty() {
                    String::new()
                } else {
                    let escaped = condition.replace('&', "&amp;").replace('<', "&lt;");
                    format!("<conditionExpression>{escaped}</conditionExpression>")
                };
                let id = format!("{from}_{to}");
                let _ = write!(
                    self.body,
                    r#"<sequenceFlow id="{id}" sourceRef="{from}" targetRef="{to}">{condition}</sequenceFlow>"#
                );
            }
        }
        self
    }

    /// What stands within a subprocess of another draft.
    pub(super) fn inner(self) -> String {
        self.body
    }

    pub(super) fn document(&self) -> String {
        let Self { attributes, body, beside, .. } = self;
        format!(
            r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  xmlns:docket="https://docket.dev/bpmn" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="tests">{beside}<process {attributes}>{body}</process></definitions>"#
        )
    }
}

/// Start, one user task, end.
pub(super) fn one_step(key: &str, attributes: &str) -> Draft {
    Draft::new(key)
        .node("startEvent", "start", "")
        .user("review", attributes)
        .node("endEvent", "end", "")
        .flows("start > review > end")
}

/// Start, a call of another process, end.
pub(super) fn caller(key: &str, child: &str) -> Draft {
    Draft::new(key)
        .node("startEvent", "start", "")
        .node("callActivity", "call", &format!(r#"calledElement="{child}""#))
        .node("endEvent", "end", "")
        .flows("start > call > end")
}
