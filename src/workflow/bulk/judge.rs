//! What becomes of a task in a batch that cannot be decided there: pure decisions.

use crate::engine::EndedItem;
use crate::kernel::Fault;
use crate::workflow::task::{Refusal, Situation};

/// It cannot be done, for what is wrong with what came with the decision. The field stands before what is
/// wrong.
pub fn of_fault(fault: &Fault) -> EndedItem {
    let field = fault.details().get("field").and_then(|field| field.as_str());
    let message = match field {
        Some(field) => format!("{field}: {}", fault.message()),
        None => fault.message().to_owned(),
    };
    EndedItem::failed(fault.code().as_str(), message)
}

/// When a refusal is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// As the batch is made: what is not the actor's then never was.
    Creation,
    /// As the task's turn has come: what is not the actor's then is theirs no longer.
    Turn,
}

/// Why a task is not decided in a batch, where something stands against it.
pub fn refused(situation: &Situation<'_>, refusal: Refusal, moment: Moment) -> EndedItem {
    let at = situation.task.finished_at.map(|at| format!(" on {}", at.format("%Y-%m-%d at %H:%M UTC")));
    let told = situation.fault(refusal.clone()).message().to_owned();
    match refusal {
        Refusal::Decided => EndedItem::ignored("HANDLED", format!("{told}{}", at.unwrap_or_default())),
        Refusal::InstanceEnded => EndedItem::ignored("INSTANCE_ENDED", told),
        Refusal::Locked => {
            let by = situation.task.locked_by.map(|batch| format!(": {batch}")).unwrap_or_default();
            EndedItem::ignored("LOCKED", format!("another batch holds this task{by}"))
        }
        Refusal::NotYours(_) if moment == Moment::Turn => {
            EndedItem::ignored("NOT_YOURS", "it is no longer yours to decide")
        }
        Refusal::NotYours(_) | Refusal::NotAllowed(_) => EndedItem::failed("FORBIDDEN", told),
        Refusal::Suspended => EndedItem::failed("SUSPENDED", told),
        Refusal::Standing(_) | Refusal::TooSoon(_) => EndedItem::failed("CONFLICT", told),
    }
}

/// Why a task is not decided in a batch although nothing else stands against it: at both moments.
pub fn not_in_batches(situation: &Situation<'_>) -> Option<EndedItem> {
    let approval = situation.approval;
    if !approval.batch_approve {
        return Some(EndedItem::failed("NO_BATCHES", "tasks of this node are decided one by one"));
    }
    let message = "this decision has to be confirmed by a second factor: decide it by itself";
    approval.second_factor.then(|| EndedItem::failed("FORBIDDEN", message))
}
