//! Who may do what with a task, in which state, and what the others are told.

use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

/// A task of Bob's in an instance of Alice's, and somebody who looks at it.
#[derive(Clone)]
struct Scene {
    user: &'static str,
    role: Role,
    task: task::Model,
    candidates: Vec<String>,
    instance: process_instance::Model,
    allow_withdraw: bool,
    is_suspended: bool,
    has_open_signers: bool,
    depth: u32,
    can_be_taken_back: bool,
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap()
}

fn scene() -> Scene {
    let instance = process_instance::Model {
        id: Uuid::from_u128(1),
        definition_id: Uuid::from_u128(2),
        root_id: Uuid::from_u128(1),
        parent_id: None,
        parent_activity: None,
        depth: 0,
        business_key: None,
        started_by: Some("alice".to_owned()),
        status: InstanceStatus::Running.code(),
        reason: None,
        suspended: false,
        format: 1,
        state: String::new(),
        variables: String::new(),
        revision: 1,
        started_at: now(),
        ended_at: None,
    };
    let task = task::Model {
        id: Uuid::from_u128(3),
        instance_id: instance.id,
        activity_id: Uuid::from_u128(4),
        node_id: "review".to_owned(),
        name: "Review".to_owned(),
        status: TaskStatus::Running.code(),
        ordinal: 0,
        assignee: Some("bob".to_owned()),
        claimable: false,
        owner: None,
        delegated: false,
        instead_of: None,
        parent_id: None,
        sign: None,
        resubmission: false,
        form_key: None,
        draft: None,
        due_at: None,
        urged_at: None,
        locked_by: None,
        decided_by: None,
        reason: None,
        revision: 1,
        created_at: now(),
        finished_at: None,
    };
    Scene {
        user: "bob",
        role: Role::User,
        task,
        candidates: Vec::new(),
        instance,
        allow_withdraw: true,
        is_suspended: false,
        has_open_signers: false,
        depth: 0,
        can_be_taken_back: false,
    }
}

impl Scene {
    /// Seen by somebody.
    fn by(mut self, user: &'static str) -> Self {
        (self.user, self.role) = (user, if user == "root" { Role::Admin } else { Role::User });
        self
    }

    /// With the task changed.
    fn with(mut self, change: impl FnOnce(&mut task::Model)) -> Self {
        change(&mut self.task);
        self
    }

    /// Nobody's yet, and Carol's or the group's to claim.
    fn unclaimed(mut self) -> Self {
        self.candidates = vec!["user:carol".to_owned(), "role:finance".to_owned()];
        self.with(|task| (task.assignee, task.claimable) = (None, true))
    }

    /// In a status, where it is final decided by Bob a minute ago.
    fn standing(self, status: TaskStatus) -> Self {
        self.with(|task| {
            task.status = status.code();
            task.finished_at = status.is_final().then(now);
            let decided =
                [TaskStatus::Approve, TaskStatus::Reject, TaskStatus::Return, TaskStatus::Approving];
            task.decided_by = decided.contains(&status).then(|| "bob".to_owned());
        })
    }

    /// Approved by Bob, and nobody has gone on from there.
    fn approved(mut self) -> Self {
        self.can_be_taken_back = true;
        self.standing(TaskStatus::Approve)
    }

    fn look<T>(&self, ask: impl FnOnce(&Situation<'_>) -> T) -> T {
        let actor =
            Actor { user_id: self.user.to_owned(), name: self.user.to_owned(), role: self.role, plan: None };
        let mut principals = vec![format!("user:{}", self.user)];
        if self.user == "dave" {
            principals.push("role:finance".to_owned());
        }
        ask(&Situation {
            actor: &actor,
            principals: &principals,
            task: &self.task,
            candidates: &self.candidates,
            instance: &self.instance,
            approval: &Approval { allow_withdraw: self.allow_withdraw, ..Approval::default() },
            is_suspended: self.is_suspended,
            has_open_signers: self.has_open_signers,
            depth: self.depth,
            can_be_taken_back: self.can_be_taken_back,
            now: now(),
        })
    }

    fn available(&self) -> Vec<Action> {
        self.look(|situation: &Situation<'_>| -> Vec<Action> { situation.available() })
    }

    fn refusal(&self, action: Action) -> Option<Refusal> {
        self.look(|situation| situation.refusal(action))
    }

    /// What whoever tries it is told.
    fn told(&self, action: Action) -> Fault {
        self.look(|situation| situation.fault(situation.refusal(action).expect("this must be refused")))
    }

    fn code(&self, action: Action) -> ErrorCode {
        self.told(action).code()
    }
}

use Action::{
    AddSigners, Approve, Claim, Comment, Copy, Delegate, Recall, Reject, RemoveSigners, Return, SaveDraft,
    Transfer, Unclaim, Urge, Withdraw,
};

/// What is for whoever has a task to do.
const OWN: [Action; 6] = [Approve, Reject, Return, Delegate, Transfer, AddSigners];

#[test]
fn everybody_is_offered_what_is_theirs() {
    let own = [Approve, Reject, Return, Delegate, Transfer, AddSigners, Copy, SaveDraft, Comment];
    let candidates =
        [Approve, Reject, Return, Claim, Delegate, Transfer, AddSigners, Copy, SaveDraft, Comment];
    let claimed = scene().unclaimed().with(|task| task.assignee = Some("dave".to_owned()));
    for (what, scene, expected) in [
        ("whoever has it", scene(), own.to_vec()),
        ("its starter", scene().by("alice"), vec![Copy, Urge, Comment]),
        ("an administrator", scene().by("root"), vec![Transfer, Copy, Urge, Comment]),
        ("whoever was shown it", scene().by("erin"), vec![Copy, Comment]),
        ("a candidate", scene().unclaimed().by("carol"), candidates.to_vec()),
        ("one of a group", scene().unclaimed().by("dave"), candidates.to_vec()),
        ("no candidate", scene().unclaimed().by("erin"), vec![Copy, Comment]),
        (
            "who has claimed it",
            claimed.clone().by("dave"),
            vec![Approve, Reject, Return, Unclaim, Delegate, Transfer, AddSigners, Copy, SaveDraft, Comment],
        ),
        ("another candidate, too late", claimed.by("carol"), vec![Copy, Comment]),
        ("who has approved it", scene().approved(), vec![Copy, Withdraw, Comment]),
        ("an administrator, approved", scene().approved().by("root"), vec![Copy, Recall, Comment]),
        ("its starter, approved", scene().approved().by("alice"), vec![Copy, Comment]),
    ] {
        assert_eq!(scene.available(), expected, "{what}");
    }
}

#[test]
fn what_is_another_s_is_forbidden() {
    for action in OWN.into_iter().chain([SaveDraft, Unclaim, Withdraw, Recall, RemoveSigners]) {
        assert_eq!(scene().by("erin").code(action), ErrorCode::Forbidden, "{action:?}");
    }
    assert_eq!(scene().by("erin").code(Urge), ErrorCode::Forbidden);
    assert_eq!(scene().unclaimed().by("erin").code(Claim), ErrorCode::Forbidden);
    // An administrator may hand it over, and decides nothing in another's place.
    for action in [Approve, Reject, Return, Delegate, AddSigners, SaveDraft] {
        assert_eq!(scene().by("root").code(action), ErrorCode::Forbidden, "{action:?}");
    }
    // What somebody has claimed is a matter of who was first, not of right.
    assert_eq!(
        scene().unclaimed().with(|task| task.assignee = Some("dave".into())).by("carol").code(Claim),
        ErrorCode::Conflict
    );
    assert_eq!(scene().code(Claim), ErrorCode::Conflict, "it is yours already");
}

#[test]
fn what_is_decided_is_told_to_whoever_comes_late() {
    for (status, what) in [
        (TaskStatus::Approve, "bob has approved this task"),
        (TaskStatus::Reject, "bob has rejected this task"),
        (TaskStatus::Return, "bob has sent this task back"),
        (TaskStatus::Cancel, "this task has ended as CANCEL"),
        (TaskStatus::Skip, "this task has ended as SKIP"),
    ] {
        // To whoever has had it, and to whoever could have claimed it.
        for user in ["bob", "carol"] {
            let scene = scene().standing(status).by(user);
            for action in OWN.into_iter().chain([Claim, Unclaim, SaveDraft]) {
                let fault = scene.told(action);
                assert_eq!((fault.code(), fault.message()), (ErrorCode::Conflict, what), "{user} {action:?}");
                let details = fault.details();
                assert_eq!(details["status"], status.as_str());
                assert_eq!(details["statusCode"], status.code());
                assert_eq!(details["decidedBy"], json!(scene.task.decided_by));
                assert_eq!(details["finishedAt"], now().to_rfc3339());
            }
        }
        let starter = scene().standing(status).by("alice");
        assert_eq!(starter.refusal(Urge), Some(Refusal::Decided));
        assert!(starter.refusal(Comment).is_none(), "talking goes on while the instance does");
    }
}

#[test]
fn what_waits_is_not_decided() {
    for status in [TaskStatus::Wait, TaskStatus::Approving] {
        let scene = scene().standing(status);
        for action in OWN.into_iter().chain([SaveDraft]) {
            let fault = scene.told(action);
            assert_eq!(fault.code(), ErrorCode::Conflict, "{status:?} {action:?}");
            assert_eq!(fault.details()["status"], status.as_str());
        }
        assert_eq!(
            scene.code(Withdraw),
            if status == TaskStatus::Wait { ErrorCode::Forbidden } else { ErrorCode::Conflict }
        );
        assert!(matches!(scene.by("alice").refusal(Urge), Some(Refusal::Standing(_))));
    }
}

#[test]
fn a_suspended_instance_lets_nothing_be_done() {
    let mut suspended = scene();
    (suspended.is_suspended, suspended.has_open_signers) = (true, true);
    let mut approved = scene().approved();
    approved.is_suspended = true;
    for user in ["bob", "alice", "root", "carol"] {
        assert_eq!(suspended.clone().by(user).available(), [], "{user}");
        assert_eq!(suspended.clone().unclaimed().by(user).available(), [], "{user}");
        assert_eq!(approved.clone().by(user).available(), [], "{user}");
    }
    for action in OWN.into_iter().chain([SaveDraft, RemoveSigners, Copy, Comment]) {
        let fault = suspended.told(action);
        assert_eq!((fault.code(), &fault.details()["suspended"]), (ErrorCode::Conflict, &Value::Bool(true)));
    }
    assert_eq!(approved.refusal(Withdraw), Some(Refusal::Suspended));
    assert_eq!(approved.by("root").refusal(Recall), Some(Refusal::Suspended));
}

#[test]
fn an_ended_instance_says_how_it_ended() {
    for status in [InstanceStatus::Approve, InstanceStatus::Reject, InstanceStatus::Cancel] {
        let mut scene = scene().approved();
        scene.instance.status = status.code();
        assert_eq!(scene.available(), []);
        for action in [Withdraw, Copy, Comment] {
            let fault = scene.told(action);
            assert_eq!(fault.code(), ErrorCode::Conflict, "{action:?}");
            assert_eq!(fault.details()["instanceStatus"], status.as_str());
            assert_eq!(fault.message(), format!("the instance has ended as {}", status.as_str()));
        }
        // What was decided before is told first: that is what happened to the task.
        assert_eq!(scene.refusal(Approve), Some(Refusal::Decided));
    }
}

#[test]
fn what_a_batch_holds_is_the_batch_s_to_decide() {
    let batch = Uuid::from_u128(9);
    let held = scene().with(|task| task.locked_by = Some(batch));
    for action in OWN.into_iter().chain([SaveDraft]) {
        let fault = held.told(action);
        let expected = (ErrorCode::Locked, &json!(batch.to_string()));
        assert_eq!((fault.code(), &fault.details()["batchId"]), expected, "{action:?}");
    }
    assert_eq!(held.by("root").code(Transfer), ErrorCode::Locked);
    let unclaimed = scene().unclaimed().by("carol").with(|task| task.locked_by = Some(batch));
    assert_eq!(unclaimed.code(Claim), ErrorCode::Locked);
}

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
    assert_eq!(mend.available(), [Approve, Copy, Urge, SaveDraft, Comment]);
    for action in [Reject, Return, Delegate, Transfer, AddSigners] {
        assert_eq!(mend.code(action), ErrorCode::Forbidden, "{action:?}");
    }
    assert_eq!(mend.by("root").code(Transfer), ErrorCode::Forbidden);
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
