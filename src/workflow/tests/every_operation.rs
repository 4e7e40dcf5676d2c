//! Each operation: who may, who may not, in which state nobody may, and what the history says of it.
//! What is refused changes nothing.

use std::collections::HashSet;

use serde_json::json;
use uuid::Uuid;

use super::draft::Draft;
use super::office::{Office, actor};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::StartProcess;
use crate::workflow::task::{Action, Decide, Sign};

use Deed::{Cancel, Next, Resume, Suspend, To};
use ErrorCode::{Conflict, Forbidden, NotFound, RateLimited};

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Deed {
    /// This, to the task of the first step: where somebody else is needed for it, Erin is.
    To(Action),
    /// The second step is approved.
    Next,
    /// The instance is cancelled.
    Cancel,
    /// It is suspended.
    Suspend,
    /// It is resumed.
    Resume,
}

/// Who did what before.
type Story = &'static [(&'static str, Deed)];

/// An operation.
struct Operation {
    deed: Deed,
    /// Who is asked at the first step; Carol is at the second.
    step: &'static str,
    /// What has to be done before.
    after: Story,
    /// Who may.
    by: &'static [&'static str],
    /// Who may not, and what they are told.
    not_by: &'static [(&'static str, ErrorCode)],
    /// After what those who may are refused, and what they are told.
    not_after: &'static [(Story, ErrorCode)],
    /// What the history says of it, `@` being who has done it.
    says: &'static [&'static str],
}

/// A test for each, and all of them.
macro_rules! operations {
    ($($name:ident: $operation:expr;)+) => {
        $(
            async fn $name(scratch: Scratch) {
                holds(scratch, &$operation).await;
            }
        )+

        on_both_databases!($($name),+);

        fn operations() -> Vec<Operation> {
            vec![$($operation),+]
        }
    };
}

const BOB: &str = r#"flowable:assignee="bob""#;
const GROUP: &str = r#"flowable:candidateGroups="finance""#;
const APPROVED: (&str, Deed) = ("bob", To(Action::Approve));
const REJECTED: (&str, Deed) = ("bob", To(Action::Reject));
const SIGNERS: (&str, Deed) = ("bob", To(Action::AddSigners));
const DELEGATED: (&str, Deed) = ("bob", To(Action::Delegate));
const CLAIMED: (&str, Deed) = ("dave", To(Action::Claim));
const SUSPENDED: (&str, Deed) = ("admin", Suspend);
const CANCELLED: (&str, Deed) = ("alice", Cancel);
/// Who sees Bob's task and cannot decide it, and who does not see it.
const NOT_BOBS: &[(&str, ErrorCode)] =
    &[("alice", Forbidden), ("admin", Forbidden), ("olivia", NotFound), ("erin", NotFound)];
/// When Bob cannot decide his task.
const NOT_OPEN: &[(Story, ErrorCode)] = &[
    (&[APPROVED], Conflict),
    (&[REJECTED], Conflict),
    (&[CANCELLED], Conflict),
    (&[SUSPENDED], Conflict),
    (&[SIGNERS], Conflict),
    (&[DELEGATED], Forbidden),
];
/// When nothing goes on around the task.
const NOT_RUNNING: &[(Story, ErrorCode)] =
    &[(&[REJECTED], Conflict), (&[CANCELLED], Conflict), (&[SUSPENDED], Conflict)];

/// Something that whoever has the task does with it.
fn own(action: Action, says: &'static [&'static str]) -> Operation {
    Operation {
        deed: To(action),
        step: BOB,
        after: &[],
        by: &["bob"],
        not_by: NOT_BOBS,
        not_after: NOT_OPEN,
        says,
    }
}

operations! {
    approving: own(
        Action::Approve,
        &["APPROVE @ #1 RUNNING>APPROVE: why", r#"CREATE - #2 >RUNNING {"to":"carol"}"#],
    );
    rejecting: own(
        Action::Reject,
        &["REJECT @ #1 RUNNING>REJECT: why", "END - RUNNING>REJECT: why"],
    );
    sending_back: own(
        Action::Return,
        &[r#"RETURN @ #1 RUNNING>RETURN: why {"to":null}"#, r#"CREATE - #2 >RUNNING {"to":"alice"}"#],
    );
    claiming: Operation {
        step: GROUP,
        by: &["dave", "carol"],
        not_by: &[("alice", Forbidden), ("admin", Forbidden), ("bob", NotFound)],
        not_after: &[
            (&[CLAIMED], Conflict),
            (&[("carol", To(Action::Claim))], Conflict),
            (&[("carol", To(Action::Approve))], Conflict),
            (&[CANCELLED], Conflict),
            (&[SUSPENDED], Conflict),
        ],
        ..own(Action::Claim, &["CLAIM @ #1"])
    };
    giving_back: Operation {
        step: GROUP,
        after: &[CLAIMED],
        by: &["dave"],
        not_by: &[("alice", Forbidden), ("admin", Forbidden), ("carol", Forbidden), ("bob", NotFound)],
        not_after: &[
            (&[], Forbidden),
            (&[CLAIMED, ("dave", To(Action::Approve))], Conflict),
            (&[CLAIMED, CANCELLED], Conflict),
            (&[CLAIMED, SUSPENDED], Conflict),
            (&[CLAIMED, ("dave", To(Action::Delegate))], Forbidden),
        ],
        ..own(Action::Unclaim, &["UNCLAIM @ #1"])
    };
    delegating: own(Action::Delegate, &[r#"DELEGATE @ #1: why {"from":"bob","to":"erin"}"#]);
    transferring: Operation {
        by: &["bob", "admin"],
        not_by: &[("alice", Forbidden), ("olivia", NotFound), ("erin", NotFound)],
        ..own(Action::Transfer, &[r#"TRANSFER @ #1: why {"from":"bob","to":"erin"}"#])
    };
    adding_signers: own(
        Action::AddSigners,
        &[
            r#"ADD_SIGNERS @ #1: why {"sign":"BEFORE","userIds":["erin"]}"#,
            "HOLD - #1 RUNNING>WAIT",
            r#"CREATE - #2 >RUNNING {"to":"erin"}"#,
        ],
    );
    taking_signers_away: Operation {
        after: &[SIGNERS],
        not_after: &[
            (&[], Conflict),
            (&[SIGNERS, SUSPENDED], Conflict),
            (&[SIGNERS, CANCELLED], Conflict),
            (&[SIGNERS, ("erin", To(Action::Approve))], Conflict),
            (&[DELEGATED], Forbidden),
        ],
        ..own(
            Action::RemoveSigners,
            &[
                r#"REMOVE_SIGNERS @ #1: why {"userIds":["erin"]}"#,
                "CANCEL - #2 RUNNING>CANCEL",
                "OPEN - #1 WAIT>RUNNING",
            ],
        )
    };
    showing: Operation {
        by: &["bob", "alice", "admin"],
        not_by: &[("olivia", NotFound), ("erin", NotFound)],
        not_after: NOT_RUNNING,
        ..own(Action::Copy, &[r#"COPY @ #1: why {"userIds":["erin"]}"#])
    };
    taking_back: Operation {
        after: &[APPROVED],
        not_by: &[("alice", Forbidden), ("admin", Forbidden), ("carol", NotFound), ("erin", NotFound)],
        not_after: &[
            (&[], Forbidden),
            (&[APPROVED, ("carol", Next)], Conflict),
            (&[APPROVED, SUSPENDED], Conflict),
            (&[APPROVED, CANCELLED], Conflict),
            (&[REJECTED], Conflict),
        ],
        ..own(
            Action::Withdraw,
            &["WITHDRAW @ #1: why", "CANCEL - #2 RUNNING>CANCEL", r#"CREATE - #3 >RUNNING {"to":"bob"}"#],
        )
    };
    recalling: Operation {
        after: &[APPROVED],
        by: &["admin"],
        not_by: &[("bob", Forbidden), ("alice", Forbidden), ("olivia", NotFound), ("carol", NotFound)],
        not_after: &[
            (&[], Conflict),
            (&[APPROVED, ("carol", Next)], Conflict),
            (&[APPROVED, SUSPENDED], Conflict),
            (&[REJECTED], Conflict),
        ],
        ..own(
            Action::Recall,
            &["RECALL @ #1: why", "CANCEL - #2 RUNNING>CANCEL", r#"CREATE - #3 >RUNNING {"to":"bob"}"#],
        )
    };
    urging: Operation {
        by: &["alice", "admin"],
        not_by: &[("bob", Forbidden), ("olivia", NotFound), ("erin", NotFound)],
        not_after: &[
            (&[("admin", To(Action::Urge))], RateLimited),
            (&[APPROVED], Conflict),
            (&[CANCELLED], Conflict),
            (&[SUSPENDED], Conflict),
            (&[SIGNERS], Conflict),
        ],
        ..own(Action::Urge, &["URGE @ #1: why"])
    };
    // A draft is nobody's business: the history does not speak of it.
    saving_a_draft: own(Action::SaveDraft, &[]);
    commenting: Operation {
        by: &["bob", "alice", "admin"],
        not_by: &[("olivia", NotFound), ("erin", NotFound)],
        not_after: NOT_RUNNING,
        ..own(Action::Comment, &["COMMENT @ #1: why"])
    };
    cancelling: Operation {
        deed: Cancel,
        by: &["alice", "admin"],
        not_by: &[("bob", Forbidden), ("olivia", NotFound), ("erin", NotFound)],
        not_after: &[(&[REJECTED], Conflict), (&[APPROVED, ("carol", Next)], Conflict)],
        ..own(Action::Comment, &["CANCEL - #1 RUNNING>CANCEL", "END @ RUNNING>CANCEL: why"])
    };
    suspending: Operation {
        deed: Suspend,
        by: &["admin"],
        not_by: &[("bob", Forbidden), ("alice", Forbidden), ("olivia", NotFound), ("erin", NotFound)],
        not_after: &[(&[REJECTED], Conflict), (&[CANCELLED], Conflict)],
        ..own(Action::Comment, &["SUSPEND @: why"])
    };
    resuming: Operation {
        deed: Resume,
        after: &[SUSPENDED],
        by: &["admin"],
        not_by: &[("bob", Forbidden), ("alice", Forbidden), ("olivia", NotFound), ("erin", NotFound)],
        not_after: &[(&[REJECTED], Conflict), (&[SUSPENDED, CANCELLED], Conflict)],
        ..own(Action::Comment, &["RESUME @: why"])
    };
}

on_both_databases!(starting);

#[test]
fn every_operation_has_its_place() {
    let tested: HashSet<_> = operations().iter().map(|operation| operation.deed).collect();
    let there: HashSet<_> = Action::ALL.into_iter().map(To).chain([Cancel, Suspend, Resume]).collect();
    assert_eq!(tested, there);
    for operation in operations() {
        let what = operation.deed;
        assert!(!operation.by.is_empty(), "{what:?}: somebody may");
        assert!(!operation.not_by.is_empty(), "{what:?}: somebody may not");
        assert!(!operation.not_after.is_empty(), "{what:?}: there is a state in which nobody may");
    }
}

async fn holds(scratch: Scratch, operation: &Operation) {
    let office = office(scratch, operation.step).await;
    for user in operation.by {
        let id = begun(&office, operation.after).await;
        for (other, code) in operation.not_by {
            office.refuses(*code, does(&office, other, operation.deed, id)).await;
        }
        let before = office.lines(id).await.len();
        office.deed(does(&office, user, operation.deed, id).await).await.unwrap();
        let expected: Vec<_> = operation.says.iter().map(|line| line.replace('@', user)).collect();
        assert_eq!(office.lines_since(id, before).await, expected, "{user}");
    }
    for (story, code) in operation.not_after {
        let id = begun(&office, story).await;
        office.refuses(*code, does(&office, operation.by[0], operation.deed, id)).await;
    }
}

async fn office(scratch: Scratch, step: &str) -> Office {
    let office = Office::over(scratch).await;
    let people =
        "id,name,roles\nalice,Alice,\nbob,Bob,\ncarol,Carol,finance\ndave,Dave,finance\nerin,Erin,\n";
    office.people("id,name\nD1,Office\n", people).await;
    let draft = Draft::new("p")
        .node("startEvent", "start", "")
        .user("first", step)
        .user("second", r#"flowable:assignee="carol""#)
        .node("endEvent", "end", "")
        .flows("start > first > second > end");
    office.deploys(&draft).await;
    office
}

/// An instance in which all this has been done.
async fn begun(office: &Office, story: Story) -> Uuid {
    let id = office.starts("alice", "p", json!({})).await;
    for (user, deed) in story {
        let done = does(office, user, *deed, id).await;
        office.deed(done).await.unwrap_or_else(|fault| panic!("{user} {deed:?}: {fault}"));
    }
    id
}

async fn does(office: &Office, user: &str, deed: Deed, instance: Uuid) -> Result<(), Fault> {
    let (flow, user) = (&office.workflow, &actor(user));
    let why = || Some("why".to_owned());
    let decide = Decide { comment: why(), ..Decide::default() };
    let tasks = office.rows(instance).await;
    let erin = ["erin".to_owned()];
    let action = match deed {
        Cancel => return flow.cancel(user, instance, why()).await.map(drop),
        Suspend => return flow.suspend(user, instance, why()).await.map(drop),
        Resume => return flow.resume(user, instance, why()).await.map(drop),
        Next => {
            let second = tasks.iter().find(|task| task.node_id == "second").unwrap().id;
            return flow.approve(user, second, decide).await.map(drop);
        }
        To(action) => action,
    };
    // Who has been asked to sign has a task of their own.
    let own =
        tasks.iter().find(|task| task.parent_id.is_some() && task.assignee.as_ref() == Some(&user.user_id));
    let on = own.filter(|_| action == Action::Approve).unwrap_or(&tasks[0]).id;
    match action {
        Action::Approve => flow.approve(user, on, decide).await,
        Action::Reject => flow.reject(user, on, decide).await,
        Action::Return => flow.send_back(user, on, None, decide).await,
        Action::Claim => flow.claim(user, on).await,
        Action::Unclaim => flow.unclaim(user, on).await,
        Action::Delegate => flow.delegate(user, on, "erin", why()).await,
        Action::Transfer => flow.transfer(user, on, "erin", why()).await,
        Action::AddSigners => flow.add_signers(user, on, Sign::Before, &erin, why()).await,
        Action::RemoveSigners => flow.remove_signers(user, on, &erin, why()).await,
        Action::Copy => flow.copy(user, on, &erin, why()).await,
        Action::Withdraw => flow.withdraw(user, on, why()).await,
        Action::Recall => flow.recall(user, on, why()).await,
        Action::Urge => flow.urge(user, on, why()).await,
        Action::SaveDraft => {
            let fields = json!({"sum": 3}).as_object().unwrap().clone();
            flow.save_draft(user, on, fields, why()).await
        }
        Action::Comment => flow.comment(user, on, "why".to_owned(), &[]).await,
    }
    .map(drop)
}

async fn starting(scratch: Scratch) {
    let office = office(scratch, BOB).await;
    let limited = r#"docket:businessType="claim" flowable:candidateStarterGroups="finance""#;
    office.deploys(&super::draft::one_step("limited", BOB).with(limited)).await;
    let flow = &office.workflow;
    let start = || StartProcess {
        definition_key: "limited".to_owned(),
        business_key: Some("C1".to_owned()),
        ..StartProcess::default()
    };
    office.refuses(Forbidden, flow.start(Some(&actor("bob")), start())).await;
    office.refuses(Forbidden, flow.start(None, start())).await;
    let unknown = StartProcess { definition_key: "none".to_owned(), ..start() };
    office.refuses(NotFound, flow.start(Some(&actor("carol")), unknown)).await;
    let begun = office.deed(flow.start(Some(&actor("carol")), start()).await).await.unwrap();
    let id = begun.instance.id;
    assert_eq!(office.lines(id).await, ["START carol >RUNNING", r#"CREATE - #1 >RUNNING {"to":"bob"}"#]);
    // What is being decided is not decided a second time.
    office.refuses(Conflict, flow.start(Some(&actor("dave")), start())).await;
    office.rejects("bob", id, "review", "no").await.unwrap();
    office.deed(flow.start(Some(&actor("dave")), start()).await).await.unwrap();
}
