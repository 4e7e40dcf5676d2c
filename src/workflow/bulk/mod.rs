//! Many tasks decided at once, for a batch: which of them can be, holding them for it, and deciding each.

mod decide;
mod hold;
mod judge;
mod nodes;
mod store;

pub use decide::BulkDecider;
pub use hold::{BulkItem, Held};
pub use nodes::BatchNode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
pub use store::let_go_of_strays;
use uuid::Uuid;

use super::execution::Verdict;
use super::task::{Action, Decide};
use super::webhook::HookAction;
use crate::kernel::{Actor, Role};

/// One decision over many tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkDecision {
    /// The batch that they are held for.
    pub batch: Uuid,
    /// Who decides.
    pub user_id: String,
    /// What they are called.
    pub name: String,
    /// Their role when they decided.
    pub role: Role,
    /// What.
    pub verdict: BulkVerdict,
    /// Why.
    pub comment: Option<String>,
    /// Fields of the forms of all of them.
    pub form_data: Map<String, Value>,
    /// The signature: one of their files.
    pub signature: Option<Uuid>,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum BulkVerdict {
    /// Yes.
    Approve,
    /// No.
    Reject,
}

impl BulkVerdict {
    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "APPROVE",
            Self::Reject => "REJECT",
        }
    }

    fn action(self) -> Action {
        self.hook_action().into()
    }

    fn hook_action(self) -> HookAction {
        match self {
            Self::Approve => HookAction::Approve,
            Self::Reject => HookAction::Reject,
        }
    }

    fn verdict(self) -> Verdict {
        match self {
            Self::Approve => Verdict::Approve,
            Self::Reject => Verdict::Reject,
        }
    }
}

impl BulkDecision {
    /// Who decides, as they were then.
    pub fn actor(&self) -> Actor {
        Actor { user_id: self.user_id.clone(), name: self.name.clone(), role: self.role, plan: None }
    }

    /// What comes with each of the decisions.
    fn decide(&self) -> Decide {
        Decide {
            comment: self.comment.clone(),
            form_data: self.form_data.clone(),
            signature: self.signature,
            ..Decide::default()
        }
    }
}
