//! Many tasks decided at once, for a batch: which of them can be, holding them for it, and deciding each.

mod decide;
mod hold;
mod item;
mod judge;
mod look;
mod nodes;
mod outline;
mod store;

pub use decide::BulkDecider;
pub use hold::Held;
pub use item::BulkItem;
pub use judge::{CHANGED, field_of, of_fault};
pub use nodes::BatchNode;
pub use outline::{NodeOutline, TaskOutline};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
pub use store::let_go_of_strays;
use uuid::Uuid;

use super::execution::Verdict;
use super::task::{Action, Decide};
use super::webhook::HookAction;
use crate::kernel::{Actor, Role};

/// Somebody's decisions over many tasks.
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
    /// What they decide of all of them; none where each has an answer of its own.
    #[serde(flatten)]
    pub answer: Option<Arc<BulkAnswer>>,
    /// The signature: one of their files.
    pub signature: Option<Uuid>,
    /// They have confirmed it by a second factor.
    #[serde(default)]
    pub confirmed: bool,
}

/// What somebody decides of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BulkAnswer {
    /// What.
    pub verdict: BulkVerdict,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Fields of its form.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub form_data: Map<String, Value>,
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

    /// The verdict of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Approve, Self::Reject].into_iter().find(|verdict| verdict.as_str() == word)
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

    /// What comes with the decision of a task.
    fn decide(&self, answer: &BulkAnswer) -> Decide {
        Decide {
            comment: answer.comment.clone(),
            form_data: answer.form_data.clone(),
            signature: self.signature,
            ..Decide::default()
        }
    }
}
