//! What holds for single actions beyond who has the task and whether it is open.

use super::*;

#[test]
fn an_opinion_is_given_back_and_nothing_else() {
    let delegated = scene().with(|task| (task.delegated, task.owner) = (true, Some("carol".into())));
    assert_eq!(delegated.available(), [Approve, Reject, Copy, SaveDraft, Comment]);
    for action in [Return, Delegate, Transfer, AddSigners] {
        assert_eq!(delegated.code(action), ErrorCode::Conflict, "{action:?}");
    }
    // The owner waits for it.
    assert_eq!(delegated.clone().by("carol").code(Approve), ErrorCode::Forbidden);
    let mut with_signers = delegated;
    with_signers.has_open_signers = true;
    assert!(matches!(with_signers.refusal(RemoveSigners), Some(Refusal::Standing(_))));
    let claimed = scene().unclaimed().with(|task| {
        (task.assignee, task.owner, task.delegated) = (Some("bob".into()), Some("carol".into()), true);
    });
    assert!(matches!(claimed.refusal(Unclaim), Some(Refusal::Standing(_))));
}

#[test]
fn what_was_sent_back_is_mended_by_its_starter() {
    let mend =
        scene().with(|task| (task.resubmission, task.assignee) = (true, Some("alice".into()))).by("alice");
    assert_eq!(mend.available(), [Approve, Copy, SaveDraft, Comment]);
    for action in [Reject, Return, Delegate, Transfer, AddSigners] {
        assert_eq!(mend.code(action), ErrorCode::Forbidden, "{action:?}");
    }
    assert_eq!(mend.by("root").code(Transfer), ErrorCode::Forbidden);
}

#[test]
fn where_an_instance_begins_nothing_is_sent_back() {
    let mut first = scene();
    first.begins_here = true;
    assert!(matches!(first.refusal(Return), Some(Refusal::NotAllowed(_))));
    assert_eq!((first.refusal(Approve), first.refusal(Reject), first.refusal(Transfer)), (None, None, None));
}

#[test]
fn what_one_has_is_not_urged_nor_claimed() {
    let own = scene().with(|task| task.assignee = Some("alice".into())).by("alice");
    assert!(matches!(own.refusal(Urge), Some(Refusal::NotAllowed(_))));
    let given = scene().by("carol").told(Claim);
    let claimed = scene().unclaimed().with(|task| task.assignee = Some("bob".into())).by("carol").told(Claim);
    assert!(
        given.to_string().contains("given to somebody") && claimed.to_string().contains("has claimed it")
    );
}

#[test]
fn only_what_others_may_claim_is_given_back() {
    assert!(matches!(scene().refusal(Unclaim), Some(Refusal::NotAllowed(_))));
    let claimed = scene().unclaimed().with(|task| task.assignee = Some("carol".into()));
    assert_eq!(claimed.clone().by("carol").refusal(Unclaim), None);
    assert_eq!(claimed.by("dave").code(Unclaim), ErrorCode::Forbidden);
}

#[test]
fn signers_are_added_three_deep() {
    for (depth, may) in [(0, true), (MAX_SIGN_DEPTH - 1, true), (MAX_SIGN_DEPTH, false)] {
        let mut scene = scene();
        scene.depth = depth;
        assert_eq!(scene.refusal(AddSigners).is_none(), may, "{depth}");
    }
    assert_eq!(crate::workflow::tests::page::bound("signers of signers"), MAX_SIGN_DEPTH as usize);
}

#[test]
fn who_has_added_signers_takes_them_away() {
    for status in [TaskStatus::Running, TaskStatus::Wait, TaskStatus::Approving] {
        let mut scene = scene().standing(status);
        assert_eq!(scene.code(RemoveSigners), ErrorCode::Conflict, "there are none");
        scene.has_open_signers = true;
        assert_eq!(scene.refusal(RemoveSigners), None, "{status:?}");
        for user in ["alice", "carol", "root"] {
            assert_eq!(scene.clone().by(user).code(RemoveSigners), ErrorCode::Forbidden, "{user}");
        }
    }
    let decided = scene().standing(TaskStatus::Approve);
    assert_eq!(decided.refusal(RemoveSigners), Some(Refusal::Decided));
}

#[test]
fn only_one_s_own_approval_is_withdrawn() {
    let approved = scene().approved();
    assert_eq!(approved.refusal(Withdraw), None);
    for user in ["alice", "carol", "root"] {
        assert_eq!(approved.clone().by(user).code(Withdraw), ErrorCode::Forbidden, "{user}");
    }
    // Who decided in another's place may; whose it was may not.
    let transferred = approved.clone().with(|task| task.decided_by = Some("carol".into()));
    assert_eq!(transferred.code(Withdraw), ErrorCode::Forbidden);
    let mut forbidden = approved.clone();
    forbidden.allow_withdraw = false;
    assert_eq!(forbidden.code(Withdraw), ErrorCode::Forbidden);
    assert_eq!(forbidden.by("root").refusal(Recall), None, "an outside system may all the same");
    for status in [TaskStatus::Reject, TaskStatus::Return, TaskStatus::Approving] {
        let fault = scene().standing(status).told(Withdraw);
        assert_eq!(
            (fault.code(), &fault.details()["status"]),
            (ErrorCode::Conflict, &json!(status.as_str()))
        );
    }
}

#[test]
fn nobody_takes_back_what_others_have_gone_on_from() {
    let mut gone_on = scene().approved();
    gone_on.can_be_taken_back = false;
    let of_signer = scene().approved().with(|task| {
        (task.parent_id, task.sign) = (Some(Uuid::from_u128(7)), Some("BEFORE".into()));
    });
    for scene in [gone_on, of_signer] {
        assert_eq!(scene.code(Withdraw), ErrorCode::Conflict);
        assert_eq!(scene.clone().by("root").code(Recall), ErrorCode::Conflict);
        assert_eq!(scene.by("alice").code(Recall), ErrorCode::Forbidden);
    }
}

#[test]
fn one_urges_every_five_minutes() {
    let urged = |ago: TimeDelta| scene().by("alice").with(|task| task.urged_at = Some(now() - ago));
    let fault = urged(URGE_PAUSE - TimeDelta::seconds(1)).told(Urge);
    assert_eq!(fault.code(), ErrorCode::RateLimited);
    let again = now() + TimeDelta::seconds(1);
    assert_eq!(
        (&fault.details()["resetAt"], &fault.details()["remaining"]),
        (&json!(again.to_rfc3339()), &json!(0))
    );
    assert_eq!(urged(URGE_PAUSE).refusal(Urge), None);
    // The pause is everybody's.
    assert_eq!(urged(TimeDelta::zero()).by("root").code(Urge), ErrorCode::RateLimited);
    assert_eq!(scene().code(Urge), ErrorCode::Forbidden, "nobody urges themselves");
}

#[test]
fn what_is_to_be_done_is_not_rejected() {
    let mut done = scene();
    done.allow_reject = false;
    assert_eq!(done.code(Reject), ErrorCode::Forbidden);
    let others: Vec<_> = scene().available().into_iter().filter(|action| *action != Reject).collect();
    assert_eq!(done.available(), others);
    // Whoever it was delegated to says what they think, and that may be no.
    let delegated = done.with(|task| (task.delegated, task.owner) = (true, Some("carol".into())));
    assert_eq!(delegated.refusal(Reject), None);
}
