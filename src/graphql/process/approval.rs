//! How user tasks are decided, as the model says.

use async_graphql::Enum;

use crate::graphql::at_hand::{object_at_hand, plain_enum};
use crate::workflow as domain;

/// Who decides at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApprovalNodeType {
    /// 1: people.
    User,
    /// 2: approved without asking anybody.
    AutoApprove,
    /// 3: rejected without asking anybody.
    AutoReject,
}

impl From<domain::NodeType> for ApprovalNodeType {
    fn from(kind: domain::NodeType) -> Self {
        match kind {
            domain::NodeType::User => Self::User,
            domain::NodeType::AutoApprove => Self::AutoApprove,
            domain::NodeType::AutoReject => Self::AutoReject,
        }
    }
}

/// Where approvers come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApproverStrategy {
    /// 10: who has one of these roles.
    Role,
    /// 20: the members of these departments.
    DepartmentMember,
    /// 21: the leaders of these departments.
    DepartmentLeader,
    /// 22: who holds one of these positions.
    Post,
    /// 23: the leaders of these departments and of those above them.
    MultiLevelLeader,
    /// 30: these people.
    User,
    /// 34: whom the approver of the node before chooses.
    ApproverChoice,
    /// 35: whom the starter chooses at the start.
    StarterChoice,
    /// 36: the starter.
    Starter,
    /// 37: the leader of the starter's department, or of one above it.
    StarterLeader,
    /// 38: the leaders from the starter's department upwards.
    StarterMultiLevelLeader,
    /// 40: who carries one of these tags.
    Group,
    /// 50: whom a field of the form names.
    FormUser,
    /// 51: the leaders of the departments that a field of the form names.
    FormDepartment,
    /// 60: what an expression answers.
    Expression,
}

impl From<&domain::Strategy> for ApproverStrategy {
    fn from(strategy: &domain::Strategy) -> Self {
        match strategy {
            domain::Strategy::Roles(_) => Self::Role,
            domain::Strategy::DepartmentMembers(_) => Self::DepartmentMember,
            domain::Strategy::DepartmentLeaders(_) => Self::DepartmentLeader,
            domain::Strategy::Positions(_) => Self::Post,
            domain::Strategy::LeadersUp { .. } => Self::MultiLevelLeader,
            domain::Strategy::Users(_) => Self::User,
            domain::Strategy::ChosenByApprover => Self::ApproverChoice,
            domain::Strategy::ChosenByStarter => Self::StarterChoice,
            domain::Strategy::Starter => Self::Starter,
            domain::Strategy::StarterLeader { .. } => Self::StarterLeader,
            domain::Strategy::StarterLeadersUp { .. } => Self::StarterMultiLevelLeader,
            domain::Strategy::Groups(_) => Self::Group,
            domain::Strategy::UserField(_) => Self::FormUser,
            domain::Strategy::DepartmentField { .. } => Self::FormDepartment,
            domain::Strategy::Expression(_) => Self::Expression,
        }
    }
}

/// How several approvers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ApprovalCounting {
    /// 1: one of them is drawn and decides.
    Random,
    /// 2: all are asked; a percentage of them must approve.
    Ratio,
    /// 3: all are asked and the first decides.
    Any,
    /// 4: one after the other; all must approve.
    Sequential,
}

impl From<domain::Counting> for ApprovalCounting {
    fn from(counting: domain::Counting) -> Self {
        match counting {
            domain::Counting::Random => Self::Random,
            domain::Counting::Ratio(_) => Self::Ratio,
            domain::Counting::Any => Self::Any,
            domain::Counting::Sequential => Self::Sequential,
        }
    }
}

/// The percentage that must approve, where a percentage counts.
pub fn ratio_of(counting: domain::Counting) -> Option<i32> {
    match counting {
        domain::Counting::Ratio(percent) => Some(percent.into()),
        domain::Counting::Random | domain::Counting::Any | domain::Counting::Sequential => None,
    }
}

/// What a rejection does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum RejectionEffect {
    /// 1: the instance ends, rejected.
    End,
    /// 2: the instance goes back to a node.
    Return,
}

plain_enum!(ApprovalNodeType, ApproverStrategy, ApprovalCounting, RejectionEffect);

/// How a user task is decided.
#[derive(Debug, Clone)]
pub struct NodeApproval {
    node_type: domain::NodeType,
    strategy: Option<(ApproverStrategy, i32)>,
    counting: domain::Counting,
    may_suffice: bool,
    rejection: domain::Rejection,
    allow_withdraw: bool,
    batch_approve: bool,
    demands: domain::Demands,
}

impl NodeApproval {
    /// How the node of a definition is decided; none where it is no user task.
    pub fn of(definition: &domain::Definition, node: &str) -> Option<Self> {
        let approval = &definition.model.user_task(node)?.approval;
        let (counting, may_suffice) = domain::counting_at(&definition.model, node);
        Some(Self {
            node_type: approval.node_type,
            strategy: approval.strategy.as_ref().map(|strategy| (strategy.into(), strategy.code())),
            counting,
            may_suffice,
            rejection: approval.rejection.clone(),
            allow_withdraw: approval.allow_withdraw,
            batch_approve: approval.batch_approve,
            demands: domain::Demands::at(&definition.model, node),
        })
    }
}

object_at_hand! {
    /// How a user task is decided. The numbers are those that other approval engines know.
    NodeApproval |approval| {
        /// Who decides.
        node_type "nodeType": ApprovalNodeType = approval.node_type.into();
        /// The same as a number.
        node_type_code "nodeTypeCode": i32 = approval.node_type.code();
        /// Where approvers come from; null where the document names assignees or candidates.
        strategy "strategy": Option<ApproverStrategy> = approval.strategy.map(|(strategy, _)| strategy);
        /// The same as a number.
        strategy_code "strategyCode": Option<i32> = approval.strategy.map(|(_, code)| code);
        /// How several approvers count. A task that is repeated asks each: RATIO with 100 at once,
        /// SEQUENTIAL in turn.
        counting "counting": ApprovalCounting = approval.counting.into();
        /// The same as a number.
        counting_code "countingCode": i32 = approval.counting.code();
        /// The percentage that must approve, with RATIO.
        ratio "ratio": Option<i32> = ratio_of(approval.counting);
        /// Whether a condition of a repeated task may hold before all have been heard.
        has_completion_condition "hasCompletionCondition": bool = approval.may_suffice;
        /// What a rejection does.
        rejection "rejection": RejectionEffect = match approval.rejection {
            domain::Rejection::End => RejectionEffect::End,
            domain::Rejection::ReturnTo(_) => RejectionEffect::Return,
        };
        /// The same as a number.
        rejection_code "rejectionCode": i32 = approval.rejection.code();
        /// The id of the node to which a rejection returns, with RETURN.
        return_node_id "returnNodeId": Option<String> = match &approval.rejection {
            domain::Rejection::End => None,
            domain::Rejection::ReturnTo(node) => Some(node.to_string()),
        };
        /// Whether who has approved may take that back.
        allow_withdraw "allowWithdraw": bool = approval.allow_withdraw;
        /// Whether its tasks may be decided together with others, as items of a batch.
        batch_approve "batchApprove": bool = approval.batch_approve;
        /// Whether a decision needs a comment.
        needs_comment "needsComment": bool = approval.demands.comment;
        /// Whether a decision needs a signature.
        needs_signature "needsSignature": bool = approval.demands.signature;
        /// Whether a decision needs the ticket of a second factor.
        needs_second_factor "needsSecondFactor": bool = approval.demands.second_factor;
    }
}
