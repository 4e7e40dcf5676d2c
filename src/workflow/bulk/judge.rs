//! What becomes of a task in a batch that cannot be decided there: pure decisions.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::{BulkAnswer, BulkDecision, BulkVerdict};
use crate::engine::EndedItem;
use crate::kernel::{Actor, ErrorCode, Fault, GlobalId, NodeKind};
use crate::storage::entity::{process_instance, task};
use crate::workflow::form::Filling;
use crate::workflow::model::{Approval, Model};
use crate::workflow::status::TaskStatus;
use crate::workflow::task::{Refusal, Situation, approval_of};

/// The code of items whose forms are no longer what was answered.
pub const CHANGED: &str = "CHANGED";

/// When a refusal is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// As the batch is made: what is not the actor's then never was.
    Creation,
    /// As the task's turn has come: what is not the actor's then is theirs no longer.
    Turn,
}

/// A task that somebody has decided in a batch, and what is around it.
#[derive(Debug, Clone, Copy)]
pub struct Looked<'a> {
    pub actor: &'a Actor,
    pub principals: &'a [String],
    pub task: &'a task::Model,
    pub candidates: &'a [String],
    pub instance: &'a process_instance::Model,
    pub is_suspended: bool,
    pub model: &'a Model,
    pub now: DateTime<Utc>,
}

impl Looked<'_> {
    /// Why the task is not decided, whatever comes with the decision.
    pub fn refused(&self, decision: &BulkDecision, answer: &BulkAnswer, moment: Moment) -> Option<EndedItem> {
        let other = Approval::default();
        let situation = Situation {
            actor: self.actor,
            principals: self.principals,
            task: self.task,
            candidates: self.candidates,
            instance: self.instance,
            is_suspended: self.is_suspended,
            approval: approval_of(self.model, &self.task.node_id, &other),
            begins_here: false,
            has_open_signers: false,
            depth: 0,
            can_be_taken_back: false,
            now: self.now,
        };
        match situation.refusal(answer.verdict.action()) {
            Some(refusal) => Some(refused(&situation, refusal, moment)),
            None => not_in_batches(&situation, decision.confirmed),
        }
    }

    /// How much of its form has to be right.
    pub fn filling(&self, verdict: BulkVerdict) -> Filling {
        Filling::of(verdict.action(), self.task)
    }
}

/// It cannot be done, for what is wrong with what came with the decision; the field is one of the details.
pub fn of_fault(fault: &Fault) -> EndedItem {
    let ended = EndedItem::failed(fault.code().as_str(), fault.message());
    match fault.details().get("field") {
        Some(field) => with_field(ended, field.as_str().unwrap_or_default()),
        None => ended,
    }
}

/// The same where `fault` is one of what came with the decision.
///
/// # Errors
/// Any other fault.
pub fn if_bad_input(fault: Fault) -> Result<EndedItem, Fault> {
    if fault.code() == ErrorCode::BadInput { Ok(of_fault(&fault)) } else { Err(fault) }
}

/// Why an item has failed, with the field that is wrong.
pub fn with_field(ended: EndedItem, field: &str) -> EndedItem {
    EndedItem { details: Some(json!({ "field": field }).to_string()), ..ended }
}

/// The field that is wrong, of the details of an item that has failed.
pub fn field_of(details: &str) -> Option<String> {
    let details: serde_json::Value = serde_json::from_str(details).ok()?;
    details.get("field")?.as_str().map(str::to_owned)
}

/// What was said of the task could not be read: it has to be said anew.
pub fn unreadable() -> EndedItem {
    EndedItem::failed("BAD_INPUT", "its row of the sheet could not be read: correct it, and send it again")
}

/// The batch holds it no more, or could not hold it again.
pub fn not_held() -> EndedItem {
    EndedItem::failed("CONFLICT", "somebody was changing this task as the batch was to hold it: try again")
}

/// Its form is no longer what was answered.
pub fn changed() -> EndedItem {
    EndedItem::failed(CHANGED, "its form has been changed since the sheet was made: take a new one")
}

fn refused(situation: &Situation<'_>, refusal: Refusal, moment: Moment) -> EndedItem {
    // They have approved it, and it waits for the signers behind it.
    let refusal = match refusal {
        Refusal::Standing(_)
            if moment == Moment::Turn && situation.task.status == TaskStatus::Approving.code() =>
        {
            Refusal::Decided
        }
        refusal => refusal,
    };
    let at = situation.task.finished_at.map(|at| format!(" on {}", at.format("%Y-%m-%d at %H:%M UTC")));
    let told = situation.fault(refusal.clone()).message().to_owned();
    match refusal {
        Refusal::Decided => EndedItem::ignored("HANDLED", format!("{told}{}", at.unwrap_or_default())),
        Refusal::InstanceEnded => EndedItem::ignored("INSTANCE_ENDED", told),
        Refusal::Locked => {
            let by = situation.task.locked_by.map(|batch| GlobalId::encode(NodeKind::Batch, batch));
            let by = by.map(|batch| format!(": {batch}")).unwrap_or_default();
            EndedItem::ignored("LOCKED", format!("another batch holds this task{by}"))
        }
        Refusal::NotYours(_) if moment == Moment::Turn => {
            let with = situation.task.assignee.as_deref();
            let with = with.map(|user| format!(": it is with {user}")).unwrap_or_default();
            EndedItem::ignored("NOT_YOURS", format!("it is no longer yours to decide{with}"))
        }
        Refusal::NotYours(_) | Refusal::NotAllowed(_) => EndedItem::failed("FORBIDDEN", told),
        Refusal::Suspended => EndedItem::failed("SUSPENDED", told),
        Refusal::Standing(_) | Refusal::TooSoon(_) => EndedItem::failed("CONFLICT", told),
    }
}

/// Why a task is not decided in a batch although nothing else stands against it: at both moments.
fn not_in_batches(situation: &Situation<'_>, is_confirmed: bool) -> Option<EndedItem> {
    let approval = situation.approval;
    if !approval.batch_approve {
        return Some(EndedItem::failed("NO_BATCHES", "tasks of this node are decided one by one"));
    }
    let message = "this decision has to be confirmed by a second factor: send its ticket with the batch";
    let missing = || with_field(EndedItem::failed("FORBIDDEN", message), "twoFactorTicket");
    (approval.second_factor && !is_confirmed).then(missing)
}
