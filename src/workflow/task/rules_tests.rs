//! Who may do what with a task, in which state, and what the others are told.

#[path = "rules_single_tests.rs"]
mod single;

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
    allow_reject: bool,
    is_suspended: bool,
    has_open_signers: bool,
    depth: u32,
    can_be_taken_back: bool,
    begins_here: bool,
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
        decided_in: None,
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
        allow_reject: true,
        is_suspended: false,
        has_open_signers: false,
        depth: 0,
        can_be_taken_back: false,
        begins_here: false,
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
            approval: &Approval {
                allow_withdraw: self.allow_withdraw,
                allow_reject: self.allow_reject,
                ..Approval::default()
            },
            is_suspended: self.is_suspended,
            begins_here: self.begins_here,
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
