//! Every arrow of the status machines that `docs/statuses.md` draws, driven by what people do.

use std::collections::HashSet;

use sea_orm::EntityTrait as _;
use uuid::Uuid;

use super::office::Office;
use crate::storage::entity::task;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::status::{InstanceStatus, TaskStatus};

mod ways;

/// A test for each way: what it brings about stands in the row, and the history says from where, to
/// where, and `KIND who`.
macro_rules! arrows {
    ($all:ident of $status:ident, $seen:ident: $($way:ident: $from:ident => $to:ident, $says:literal;)+) => {
        const $all: &[($status, $status)] = &[$(($status::$from, $status::$to)),+];

        $(
            async fn $way(scratch: Scratch) {
                let office = Office::over(scratch).await;
                let id = ways::$way(&office).await;
                $seen(&office, id, ($status::$from, $status::$to), $says).await;
            }
        )+

        on_both_databases!($($way),+);
    };
}

arrows! { OF_TASKS of TaskStatus, seen_of_a_task:
    a_rule_passes_it_over: NotStart => Skip, "CREATE -";
    the_starter_is_passed_over: NotStart => Skip, "CREATE -";
    it_is_made_for_a_later_signer: NotStart => Wait, "CREATE -";
    somebody_is_asked: NotStart => Running, "CREATE -";
    a_rule_approves: NotStart => Approve, "CREATE -";
    the_same_approver_has_approved_before: NotStart => Approve, "CREATE -";
    a_rule_rejects: NotStart => Reject, "CREATE -";
    its_turn_comes: Wait => Running, "OPEN -";
    the_signers_before_it_are_done: Wait => Running, "OPEN -";
    the_signers_before_it_are_taken_away: Wait => Running, "OPEN -";
    a_signer_before_it_rejects: Wait => Reject, "REJECT -";
    one_before_it_in_a_sequence_rejects: Wait => Cancel, "CANCEL -";
    a_signer_behind_is_taken_away: Wait => Cancel, "CANCEL -";
    signers_are_added_before_it: Running => Wait, "HOLD -";
    an_approval_before_it_is_taken_back: Running => Wait, "HOLD -";
    it_is_approved: Running => Approve, "APPROVE bob";
    it_is_rejected: Running => Reject, "REJECT bob";
    it_is_sent_back: Running => Return, "RETURN bob";
    it_is_approved_with_signers_behind_it: Running => Approving, "APPROVE bob";
    another_decides: Running => Cancel, "CANCEL -";
    another_branch_rejects: Running => Cancel, "CANCEL -";
    another_branch_is_sent_back: Running => Cancel, "CANCEL -";
    the_approval_that_led_to_it_is_taken_back: Running => Cancel, "CANCEL -";
    the_instance_is_cancelled: Running => Cancel, "CANCEL -";
    another_signer_rejects: Running => Cancel, "CANCEL -";
    the_signer_is_taken_away: Running => Cancel, "CANCEL -";
    the_signers_behind_it_are_done: Approving => Approve, "APPROVE -";
    the_signers_behind_it_are_taken_away: Approving => Approve, "APPROVE -";
    a_signer_behind_it_rejects: Approving => Reject, "REJECT -";
    the_instance_is_cancelled_meanwhile: Approving => Cancel, "CANCEL -";
}

arrows! { OF_INSTANCES of InstanceStatus, seen_of_an_instance:
    it_is_started: NotStart => Running, "START alice";
    it_is_called: NotStart => Running, "START alice";
    it_comes_to_its_end: Running => Approve, "END -";
    a_rejection_ends_it: Running => Reject, "END -";
    its_starter_cancels_it: Running => Cancel, "END alice";
    an_administrator_cancels_it: Running => Cancel, "END admin";
    its_caller_ends: Running => Cancel, "END ann";
}

async fn seen_of_a_task(office: &Office, id: Uuid, (from, to): (TaskStatus, TaskStatus), says: &str) {
    let row = task::Entity::find_by_id(id).one(office.db.reader()).await.unwrap().unwrap();
    assert_eq!((row.status, row.finished_at.is_some()), (to.code(), to.is_final()));
    let entry = office.moves(row.instance_id, Some(id)).await.pop().unwrap();
    let before = (from != TaskStatus::NotStart).then(|| from.code());
    assert_eq!((entry.from_status, entry.to_status), (before, Some(to.code())));
    assert_eq!(format!("{} {}", entry.kind, entry.actor.as_deref().unwrap_or("-")), says);
}

async fn seen_of_an_instance(
    office: &Office,
    id: Uuid,
    (from, to): (InstanceStatus, InstanceStatus),
    says: &str,
) {
    let row = office.instance(id).await;
    assert_eq!((row.status, row.ended_at.is_some()), (to.code(), to.is_final()));
    let entry = office.moves(id, None).await.pop().unwrap();
    let before = (from != InstanceStatus::NotStart).then(|| from.code());
    assert_eq!((entry.from_status, entry.to_status), (before, Some(to.code())));
    assert_eq!(format!("{} {}", entry.kind, entry.actor.as_deref().unwrap_or("-")), says);
}

#[test]
fn every_arrow_is_driven() {
    let arrows = TaskStatus::ALL.into_iter().flat_map(|from| TaskStatus::ALL.map(|to| (from, to)));
    let drawn: HashSet<_> = arrows.filter(|(from, to)| from.may_become(*to)).collect();
    assert_eq!(OF_TASKS.iter().copied().collect::<HashSet<_>>(), drawn);
    let arrows = InstanceStatus::ALL.into_iter().flat_map(|from| InstanceStatus::ALL.map(|to| (from, to)));
    let drawn: HashSet<_> = arrows.filter(|(from, to)| from.may_become(*to)).collect();
    assert_eq!(OF_INSTANCES.iter().copied().collect::<HashSet<_>>(), drawn);
}
