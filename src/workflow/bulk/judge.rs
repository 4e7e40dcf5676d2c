//! What becomes of a task in a batch that cannot be decided there: pure decisions.

use std::borrow::Cow;

use crate::kernel::Fault;
use crate::workflow::task::{Refusal, Situation};

/// Why a task of a batch is not decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// There is nothing to do any more, so that it is IGNORED; otherwise it has FAILED.
    pub is_ignored: bool,
    /// Why, for programs.
    pub code: Cow<'static, str>,
    /// Why, for people.
    pub message: String,
}

impl Refused {
    /// There is nothing to do any more.
    pub fn ignored(code: &'static str, message: impl Into<String>) -> Self {
        Self { is_ignored: true, code: code.into(), message: message.into() }
    }

    /// It cannot be done.
    pub fn failed(code: &'static str, message: impl Into<String>) -> Self {
        Self { is_ignored: false, code: code.into(), message: message.into() }
    }

    /// It cannot be done, for what is wrong with what came with the decision. The field stands before what
    /// is wrong.
    pub fn of_fault(fault: &Fault) -> Self {
        let field = fault.details().get("field").and_then(|field| field.as_str());
        let message = match field {
            Some(field) => format!("{field}: {}", fault.message()),
            None => fault.message().to_owned(),
        };
        Self::failed(fault.code().as_str(), message)
    }
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
pub fn refused(situation: &Situation<'_>, refusal: Refusal, moment: Moment) -> Refused {
    let at = situation.task.finished_at.map(|at| format!(" on {}", at.format("%Y-%m-%d at %H:%M UTC")));
    let told = situation.fault(refusal.clone()).message().to_owned();
    match refusal {
        Refusal::Decided => Refused::ignored("HANDLED", format!("{told}{}", at.unwrap_or_default())),
        Refusal::InstanceEnded => Refused::ignored("INSTANCE_ENDED", told),
        Refusal::Locked => {
            let by = situation.task.locked_by.map(|batch| format!(": {batch}")).unwrap_or_default();
            Refused::ignored("LOCKED", format!("another batch holds this task{by}"))
        }
        Refusal::NotYours(_) if moment == Moment::Turn => {
            Refused::ignored("NOT_YOURS", "it is no longer yours to decide")
        }
        Refusal::NotYours(_) | Refusal::NotAllowed(_) => Refused::failed("FORBIDDEN", told),
        Refusal::Suspended => Refused::failed("SUSPENDED", told),
        Refusal::Standing(_) | Refusal::TooSoon(_) => Refused::failed("CONFLICT", told),
    }
}

/// Why a task is not decided in a batch although nothing else stands against it: at both moments.
pub fn not_in_batches(situation: &Situation<'_>) -> Option<Refused> {
    let approval = situation.approval;
    if !approval.batch_approve {
        return Some(Refused::failed("NO_BATCHES", "tasks of this node are decided one by one"));
    }
    let message = "this decision has to be confirmed by a second factor: decide it by itself";
    approval.second_factor.then(|| Refused::failed("FORBIDDEN", message))
}
