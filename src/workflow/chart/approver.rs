//! Nodes at which people are asked, and those that show them what goes on. What they say is what
//! Docket's attributes say, and is checked where the document is read.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Faults;
use super::draft::{Draft, Element, Loose};
use super::fields::Fields;
use super::read::Node;
use crate::workflow::bpmn::FaultCode;
use crate::workflow::markup::Tag;

/// The fields of an approver and of a transactor, and their attributes.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("approverStrategy", "docket:approverStrategy"),
    ("approvers", "docket:approvers"),
    ("levels", "docket:levels"),
    ("assignee", "docket:assignee"),
    ("candidateUsers", "docket:candidateUsers"),
    ("candidateGroups", "docket:candidateGroups"),
    ("counting", "docket:counting"),
    ("ratio", "docket:ratio"),
    ("nobody", "docket:nobody"),
    ("nobodyUsers", "docket:nobodyUsers"),
    ("starterApproves", "docket:starterApproves"),
    ("batchApprove", "docket:batchApprove"),
    ("allowWithdraw", "docket:allowWithdraw"),
    ("needsSignature", "docket:needsSignature"),
    ("needsComment", "docket:needsComment"),
    ("secondFactor", "docket:secondFactor"),
    ("dueDate", "docket:dueDate"),
    ("formKey", "docket:formKey"),
    ("skipExpression", "docket:skipExpression"),
];
/// Those of an approver alone.
const OF_APPROVER: &[(&str, &str)] = &[
    ("nodeType", "docket:nodeType"),
    ("rejection", "docket:rejection"),
    ("returnNode", "docket:returnNode"),
];
/// Those of a node that shows.
const OF_COPY: &[(&str, &str)] = &[
    ("approverStrategy", "docket:approverStrategy"),
    ("approvers", "docket:approvers"),
    ("levels", "docket:levels"),
    ("skipExpression", "docket:skipExpression"),
];

/// People are asked.
#[derive(Debug)]
pub(super) struct Approver {
    attributes: Vec<(&'static str, String)>,
    fields: Vec<(String, String)>,
    may_reject: bool,
}

/// People are shown what goes on.
#[derive(Debug)]
pub(super) struct Copied {
    attributes: Vec<(&'static str, String)>,
}

/// What may be done with a field of the form.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Access {
    Word(String),
    Code(u32),
}

/// Reads an approver, or a transactor, who may not reject.
pub(super) fn read(fields: &mut Fields<'_>, may_reject: bool, faults: &mut Faults) -> Approver {
    let mut attributes = fields.words(ATTRIBUTES, faults);
    if may_reject {
        attributes.extend(fields.words(OF_APPROVER, faults));
    }
    let access: Map<String, Value> = fields.take("fields", faults).unwrap_or_default();
    let place = fields.place("fields");
    let access = access.into_iter().filter_map(|(name, access)| match Access::deserialize(&access) {
        Ok(Access::Word(word)) => Some((name, word)),
        Ok(Access::Code(code)) => Some((name, code.to_string())),
        Err(_) => {
            faults.add(FaultCode::BadValue, &place, format!("{name} is one of READ, WRITE, NONE"));
            None
        }
    });
    let access = access.collect();
    attributes.extend(timeout(fields, faults));
    Approver { attributes, fields: access, may_reject }
}

/// Reads a node that shows.
pub(super) fn copied(fields: &mut Fields<'_>, faults: &mut Faults) -> Copied {
    Copied { attributes: fields.words(OF_COPY, faults) }
}

/// `{"action": "REMIND", "after": "PT8H", "times": 3}`, as attributes.
fn timeout(fields: &mut Fields<'_>, faults: &mut Faults) -> Vec<(&'static str, String)> {
    let Some(value) = fields.raw("timeout") else { return Vec::new() };
    let Some(mut fields) = Fields::of(value, fields.place("timeout"), faults) else { return Vec::new() };
    for name in ["action", "after"] {
        let said = fields.raw(name);
        fields.needed(name, said, faults);
    }
    let said = fields.words(
        &[("after", "docket:timeout"), ("action", "docket:timeoutAction"), ("times", "docket:reminders")],
        faults,
    );
    fields.finish("a timeout", faults);
    said
}

impl Draft {
    /// A user task.
    pub(super) fn approver(&mut self, node: &Node, approver: &Approver) -> Vec<Loose> {
        let mut task = Element::of(node, "bpmn:userTask");
        for (attribute, value) in &approver.attributes {
            task.attribute(attribute, value);
        }
        if !approver.may_reject {
            task.attribute("docket:allowReject", "false");
        }
        task.extensions.extend(approver.fields.iter().map(|(name, access)| {
            Tag::new("docket:field").with("name", name.clone()).with("access", access.clone())
        }));
        self.add(task);
        vec![Loose::from(node)]
    }

    /// A task that nobody decides.
    pub(super) fn copy(&mut self, node: &Node, copied: &Copied) -> Vec<Loose> {
        let mut task = Element::of(node, "bpmn:task");
        task.attribute("docket:nodeType", "COPY");
        for (attribute, value) in &copied.attributes {
            task.attribute(attribute, value);
        }
        self.add(task);
        vec![Loose::from(node)]
    }
}
