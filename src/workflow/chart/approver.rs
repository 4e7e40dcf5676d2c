//! Nodes at which people are asked, and those that show them what goes on. What they say is what
//! Docket's attributes say, and is checked where the document is read.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::draft::{Draft, Element, Loose};
use super::fields::Fields;
use super::read::Node;
use super::{Faults, Source};
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
    timeout: Option<Timeout>,
    may_reject: bool,
}

/// People are shown what goes on.
#[derive(Debug)]
pub(super) struct Copied {
    attributes: Vec<(&'static str, String)>,
}

/// What happens where nobody has decided in time.
#[derive(Debug)]
struct Timeout {
    source: Source,
    deed: Deed,
    after: String,
    times: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Remind,
    Approve,
    Reject,
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
    let timeout = timeout(fields, may_reject, faults);
    Approver { attributes, fields: access, timeout, may_reject }
}

/// Reads a node that shows.
pub(super) fn copied(fields: &mut Fields<'_>, faults: &mut Faults) -> Copied {
    Copied { attributes: fields.words(OF_COPY, faults) }
}

fn timeout(fields: &mut Fields<'_>, may_reject: bool, faults: &mut Faults) -> Option<Timeout> {
    let deeds = [("REMIND", 1, Deed::Remind), ("APPROVE", 2, Deed::Approve), ("REJECT", 3, Deed::Reject)];
    let value = fields.raw("timeout")?;
    let mut fields = Fields::of(value, fields.place("timeout"), faults)?;
    let deed = fields.choice("action", &deeds, faults);
    let deed = fields.needed("action", deed, faults);
    let after = fields.text("after", faults);
    let after = fields.needed("after", after, faults);
    let times: Option<u32> = fields.take("times", faults);
    let source = fields.source.clone();
    if times.is_some() && deed.is_some_and(|deed| deed != Deed::Remind) {
        faults.add(FaultCode::Contradiction, &source, "times goes with action REMIND alone");
    }
    if deed == Some(Deed::Reject) && !may_reject {
        faults.add(
            FaultCode::Contradiction,
            &source,
            "what cannot be rejected is not rejected in time either",
        );
    }
    fields.finish("a timeout", faults);
    Some(Timeout { source, deed: deed?, after: after?, times: times.unwrap_or(1) })
}

impl Draft {
    /// A user task, and what happens where nobody decides in time.
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
        let mut open = vec![Loose::from(node)];
        if let Some(timeout) = &approver.timeout {
            open.extend(self.timeout(node, approver, timeout));
        }
        open
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

    /// An event at the task's border with what it leads to; where the flow goes on from there.
    fn timeout(&mut self, node: &Node, approver: &Approver, timeout: &Timeout) -> Option<Loose> {
        let source = &timeout.source;
        let event = self.new_id(format!("{}_timeout", node.id), source);
        let reminds = timeout.deed == Deed::Remind;
        let (kind, text) = if reminds {
            ("bpmn:timeCycle", format!("R{}/{}", timeout.times, timeout.after))
        } else {
            ("bpmn:timeDuration", timeout.after.clone())
        };
        let mut boundary = Element::new(event.clone(), "bpmn:boundaryEvent");
        boundary.attribute("attachedToRef", &node.id);
        boundary.attribute("cancelActivity", if reminds { "false" } else { "true" });
        boundary.parts.push(super::delay::timer(kind, text));
        self.add(boundary);
        let id = self.new_id(format!("{}_timed_out", node.id), source);
        let tag = if reminds { "bpmn:task" } else { "bpmn:userTask" };
        let mut deed = Element::new(id.clone(), tag);
        match timeout.deed {
            Deed::Remind => deed.attribute("docket:remind", &node.id),
            Deed::Approve => deed.attribute("docket:nodeType", "AUTO_APPROVE"),
            Deed::Reject => deed.attribute("docket:nodeType", "AUTO_REJECT"),
        }
        // Rejected in time or by somebody: it leads to the same.
        if timeout.deed == Deed::Reject {
            let how = |(name, _): &&(&str, String)| matches!(*name, "docket:rejection" | "docket:returnNode");
            for (name, value) in approver.attributes.iter().filter(how) {
                deed.attribute(name, value);
            }
        }
        self.add(deed);
        self.connect(vec![Loose::of(event, source.clone())], &id);
        if !reminds {
            return Some(Loose::of(id, source.clone()));
        }
        let end = self.new_id(format!("{}_reminded", node.id), source);
        self.add(Element::new(end.clone(), "bpmn:endEvent"));
        self.connect(vec![Loose::of(id, source.clone())], &end);
        None
    }
}
