//! What a user task says of its approvers, beyond BPMN. The numbers are those that users of other
//! approval engines know.

use std::collections::BTreeMap;

use super::ElementId;
use crate::workflow::expression::Template;

/// How a user task is decided.
#[derive(Debug)]
pub struct Approval {
    /// Who decides: people, or nobody.
    pub node_type: NodeType,
    /// Where approvers come from; none: `assignee`, `candidateUsers` and `candidateGroups` say.
    pub strategy: Option<Strategy>,
    /// How several approvers count.
    pub counting: Counting,
    /// What a rejection does.
    pub rejection: Rejection,
    /// What happens where nobody is found.
    pub nobody: Nobody,
    /// What happens where the starter is an approver.
    pub starter: StarterApproves,
    /// Whether it may be decided together with others, as an item of a batch.
    pub batch_approve: bool,
    /// Whether who has approved may take that back.
    pub allow_withdraw: bool,
    /// Whether a decision needs a signature.
    pub needs_signature: bool,
    /// Whether a decision needs a comment.
    pub needs_comment: bool,
    /// Whether a decision carries a second factor's ticket.
    pub second_factor: bool,
    /// What happens where nobody decides in time.
    pub timeout: Option<Timeout>,
    /// What may be done with the fields of the form; those not named may be read.
    pub fields: BTreeMap<String, FieldAccess>,
}

impl Default for Approval {
    fn default() -> Self {
        Self {
            node_type: NodeType::User,
            strategy: None,
            counting: Counting::Any,
            rejection: Rejection::End,
            nobody: Nobody::Administrators,
            starter: StarterApproves::Allow,
            batch_approve: true,
            allow_withdraw: true,
            needs_signature: false,
            needs_comment: false,
            second_factor: false,
            timeout: None,
            fields: BTreeMap::new(),
        }
    }
}

/// What happens where nobody decides in time.
#[derive(Debug)]
pub struct Timeout {
    /// How long there is time: a duration of ISO 8601.
    pub after: Template,
    /// What happens then.
    pub action: TimeoutAction,
}

/// What happens where nobody decides in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeoutAction {
    /// 1: those who are asked are reminded.
    Remind {
        /// How often, as long as they have not decided: 1 to 100.
        times: u32,
    },
    /// 2: it is approved.
    Approve,
    /// 3: it is rejected.
    Reject,
}

/// Who decides at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeType {
    /// 1: people.
    User,
    /// 2: approved without asking anybody.
    AutoApprove,
    /// 3: rejected without asking anybody.
    AutoReject,
}

/// Where approvers come from.
#[derive(Debug, Clone)]
pub enum Strategy {
    /// 10: who has one of these roles.
    Roles(Vec<String>),
    /// 20: the members of these departments.
    DepartmentMembers(Vec<String>),
    /// 21: the leaders of these departments.
    DepartmentLeaders(Vec<String>),
    /// 22: who holds one of these positions.
    Positions(Vec<String>),
    /// 23: the leaders of these departments and of those above them, the nearest first.
    LeadersUp {
        /// The departments to begin with.
        departments: Vec<String>,
        /// How many levels, at least 1.
        levels: u32,
    },
    /// 30: these people.
    Users(Vec<String>),
    /// 34: whom the approver of the node before chooses.
    ChosenByApprover,
    /// 35: whom the starter chooses at the start.
    ChosenByStarter,
    /// 36: the starter.
    Starter,
    /// 37: the leader of the starter's department, or of one above it.
    StarterLeader {
        /// 1: of the department itself; 2: of the one above; and so on.
        level: u32,
    },
    /// 38: the leaders from the starter's department upwards, the nearest first.
    StarterLeadersUp {
        /// How many levels, at least 1.
        levels: u32,
    },
    /// 40: who carries one of these tags.
    Groups(Vec<String>),
    /// 50: whom a field of the form names: a user id, or a list of them.
    UserField(String),
    /// 51: the leaders of the departments that a field of the form names.
    DepartmentField {
        /// The field.
        field: String,
        /// 1: of the department itself; 2: of the one above; and so on.
        level: u32,
    },
    /// 60: what an expression answers: a user id, or a list of them.
    Expression(Template),
}

/// How several approvers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counting {
    /// 1: one of them is drawn and decides.
    Random,
    /// 2: all are asked; this percentage of them must approve (1 to 100).
    Ratio(u8),
    /// 3: all are asked and the first decides.
    Any,
    /// 4: one after the other; all must approve.
    Sequential,
}

/// What a rejection does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// 1: the instance ends, rejected.
    End,
    /// 2: the instance goes back to this node.
    ReturnTo(ElementId),
}

/// What happens where nobody is found who could approve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nobody {
    /// 1: it is approved.
    Approve,
    /// 2: it is rejected.
    Reject,
    /// 3: these people are asked.
    Users(Vec<String>),
    /// 4: the administrators are asked.
    Administrators,
}

/// What happens where the starter is among the approvers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StarterApproves {
    /// 1: they decide like anybody.
    Allow,
    /// 2: they are passed over.
    Skip,
    /// 3: the leader of their department decides instead.
    Leader,
}

/// What happens where an approver has approved before in the same instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SameApprover {
    /// 0: they are asked again.
    #[default]
    Ask,
    /// 1: each later task of theirs is approved.
    ApproveLater,
    /// 2: a later task of theirs is approved where nobody decided between.
    ApproveAdjacent,
}

/// What may be done with a field of the form at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldAccess {
    /// 1: seen.
    Read,
    /// 2: seen and changed.
    Write,
    /// 3: neither; it is not sent.
    None,
}
