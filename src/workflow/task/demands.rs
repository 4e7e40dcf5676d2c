//! What a decision of a task has to come with.

use super::acting::approval_of;
use crate::kernel::Fault;
use crate::storage::entity::task;
use crate::workflow::model::{Approval, ElementId, Model};

/// What a decision of a task has to come with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Demands {
    /// A comment.
    pub comment: bool,
    /// A signature.
    pub signature: bool,
    /// The ticket of a second factor.
    pub second_factor: bool,
    /// The nodes whose approvers whoever approves is to choose. One that is reached with nobody
    /// chosen does what it does where nobody is found.
    pub approvers: Vec<ElementId>,
}

impl Demands {
    /// What the decision of a task demands.
    pub fn of(model: &Model, task: &task::Model) -> Self {
        let mut demands = Self::at(model, &task.node_id);
        // Whoever says what they think decides nothing.
        if !task.delegated {
            demands.approvers = model.to_choose(&task.node_id).iter().map(|node| node.id.clone()).collect();
        }
        demands
    }

    /// What a node demands of each decision; no more than that.
    pub fn at(model: &Model, node: &str) -> Self {
        let other = Approval::default();
        let approval = approval_of(model, node, &other);
        Self {
            comment: approval.needs_comment,
            signature: approval.needs_signature,
            second_factor: approval.second_factor,
            approvers: Vec::new(),
        }
    }

    /// Whether a decision comes with what it has to, but for the second factor.
    ///
    /// # Errors
    /// `BAD_INPUT` at what is missing.
    pub fn check(&self, has_comment: bool, has_signature: bool) -> Result<(), Fault> {
        if self.comment && !has_comment {
            return Err(Fault::bad_input("comment", "this decision needs a comment"));
        }
        if self.signature && !has_signature {
            return Err(Fault::bad_input("signature", "this decision needs a signature"));
        }
        Ok(())
    }
}
