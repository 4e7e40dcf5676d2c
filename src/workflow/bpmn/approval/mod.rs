//! What a user task says in Docket's own attributes.
//!
//! | attribute | values (names in any case, or the numbers that approval engines know) |
//! |---|---|
//! | `nodeType` | `USER` 1, `AUTO_APPROVE` 2, `AUTO_REJECT` 3 |
//! | `approverStrategy`, with `approvers` and `levels` | see [`strategy`] |
//! | `counting` | `RANDOM` 1, `RATIO` 2 with `ratio` (1 to 100, else 100), `ANY` 3, `SEQUENTIAL` 4 |
//! | `rejection` | `END` 1, `RETURN` 2 with `returnNode`, a user task that lies before |
//! | `nobody` | `APPROVE` 1, `REJECT` 2, `USERS` 3 with `nobodyUsers`, `ADMINISTRATORS` 4 |
//! | `starterApproves` | `ALLOW` 1, `SKIP` 2, `LEADER` 3 |
//! | `timeout` with `timeoutAction` and `reminders` | see [`timeout`] |
//! | `batchApprove`, `allowWithdraw`, `needsSignature`, `needsComment`, `secondFactor` | `true`, `false` |
//!
//! `<docket:field name="…" access="READ|WRITE|NONE"/>` in `extensionElements` says what may be done
//! with a field of the form.

mod fields;
mod strategy;
mod timeout;
pub(super) mod values;

use super::expressions;
use super::fault::{FaultCode, Faults};
use super::xml::Element;
use crate::workflow::model::{Approval, Counting, Nobody, NodeType, Rejection, StarterApproves, UserTask};

/// Reads what a user task says; what is wrong is a fault.
pub(super) fn read(element: &Element, faults: &mut Faults) -> Approval {
    let basis = Approval::default();
    let node_types = [
        ("USER", 1, NodeType::User),
        ("AUTO_APPROVE", 2, NodeType::AutoApprove),
        ("AUTO_REJECT", 3, NodeType::AutoReject),
    ];
    let starters = [
        ("ALLOW", 1, StarterApproves::Allow),
        ("SKIP", 2, StarterApproves::Skip),
        ("LEADER", 3, StarterApproves::Leader),
    ];
    let flag =
        |name, otherwise, faults: &mut Faults| values::flag(element, name, faults).unwrap_or(otherwise);
    Approval {
        node_type: values::choice(element, "nodeType", &node_types, faults).unwrap_or(basis.node_type),
        strategy: strategy::read(element, faults),
        counting: counting(element, faults).unwrap_or(basis.counting),
        rejection: rejection(element, faults).unwrap_or(basis.rejection),
        nobody: nobody(element, faults).unwrap_or(basis.nobody),
        starter: values::choice(element, "starterApproves", &starters, faults).unwrap_or(basis.starter),
        batch_approve: flag("batchApprove", basis.batch_approve, faults),
        allow_withdraw: flag("allowWithdraw", basis.allow_withdraw, faults),
        needs_signature: flag("needsSignature", basis.needs_signature, faults),
        needs_comment: flag("needsComment", basis.needs_comment, faults),
        second_factor: flag("secondFactor", basis.second_factor, faults),
        timeout: timeout::read(element, faults),
        fields: fields::read(element, faults),
    }
}

fn counting(element: &Element, faults: &mut Faults) -> Option<Counting> {
    let ways = [
        ("RANDOM", 1, Counting::Random),
        ("RATIO", 2, Counting::Ratio(100)),
        ("ANY", 3, Counting::Any),
        ("SEQUENTIAL", 4, Counting::Sequential),
    ];
    let ratio = values::number(element, "ratio", 1..=100, faults);
    let way = values::choice(element, "counting", &ways, faults);
    match way {
        Some(Counting::Ratio(all)) => {
            Some(Counting::Ratio(ratio.and_then(|ratio| u8::try_from(ratio).ok()).unwrap_or(all)))
        }
        _ => {
            if values::text(element, "ratio").is_some() {
                faults.add(FaultCode::Contradiction, element, "ratio goes with counting=\"RATIO\" alone");
            }
            way
        }
    }
}

fn rejection(element: &Element, faults: &mut Faults) -> Option<Rejection> {
    let returns = values::choice(element, "rejection", &[("END", 1, false), ("RETURN", 2, true)], faults);
    match (returns, values::text(element, "returnNode")) {
        (Some(true), Some(node)) => Some(Rejection::ReturnTo(node.into())),
        (Some(true), None) => {
            faults.add(FaultCode::Missing, element, "rejection=\"RETURN\" needs a returnNode");
            None
        }
        (_, Some(_)) => {
            faults.add(FaultCode::Contradiction, element, "returnNode goes with rejection=\"RETURN\" alone");
            None
        }
        (_, None) => returns.map(|_| Rejection::End),
    }
}

fn nobody(element: &Element, faults: &mut Faults) -> Option<Nobody> {
    let ways = [
        ("APPROVE", 1, Nobody::Approve),
        ("REJECT", 2, Nobody::Reject),
        ("USERS", 3, Nobody::Users(Vec::new())),
        ("ADMINISTRATORS", 4, Nobody::Administrators),
    ];
    let way = values::choice(element, "nobody", &ways, faults);
    let users = values::text(element, "nobodyUsers");
    match way {
        Some(Nobody::Users(_)) => {
            let users = expressions::plain(users.unwrap_or_default(), "nobodyUsers", element.spot(), faults);
            if users.is_empty() {
                faults.add(FaultCode::Missing, element, "nobody=\"USERS\" needs nobodyUsers");
            }
            Some(Nobody::Users(users))
        }
        _ => {
            if users.is_some() {
                faults.add(FaultCode::Contradiction, element, "nobodyUsers goes with nobody=\"USERS\" alone");
            }
            way
        }
    }
}

/// What cannot hold together. That several candidates are counted is fine however they are found; one
/// assignee leaves nothing to count, unless the task is repeated.
pub(super) fn check(task: &UserTask, element: &Element, faults: &mut Faults) {
    let has_candidates = !task.candidate_users.is_empty() || !task.candidate_groups.is_empty();
    let names_people = task.assignee.is_some() || has_candidates;
    let mut contradiction = |message: &str| faults.add(FaultCode::Contradiction, element, message);
    if task.approval.strategy.is_some() && names_people {
        contradiction("either an approverStrategy, or assignee, candidateUsers and candidateGroups");
    }
    let counts = values::text(element, "counting").is_some();
    let is_repeated = element.all("multiInstanceLoopCharacteristics").next().is_some();
    if counts && task.assignee.is_some() && !has_candidates && !is_repeated {
        contradiction("counting has nothing to count: the task has one assignee");
    }
    if task.approval.node_type != NodeType::User && (names_people || task.approval.strategy.is_some()) {
        contradiction("who decides is named, but nodeType says that nobody is asked");
    }
    if !task.approval.fields.is_empty() && task.form.is_none() {
        contradiction("fields are named, but the task has no formKey");
    }
    if task.approval.node_type != NodeType::User && task.approval.timeout.is_some() {
        contradiction("there is a timeout, but nodeType says that nobody is asked");
    }
}
