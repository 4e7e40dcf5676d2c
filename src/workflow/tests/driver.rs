//! Who drives the random stories: people who do what they are offered, and try what they are not; and
//! the world around them.

mod ending;
mod world;

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::audit::Books;
use super::block::PEOPLE;
use super::office::{Office, actor};
use crate::kernel::{Clock as _, ErrorCode, Fault};
use crate::storage::entity::task;
use crate::workflow::InstanceStatus;
use crate::workflow::status::TaskStatus;
use crate::workflow::task::{Action, Decide, Sign};

/// Who starts everything.
pub(super) const STARTER: &str = "sam";

/// What somebody does next: numbers that are counted off on what there is.
#[derive(Debug, Clone)]
pub(super) struct Deed {
    pub who: usize,
    pub what: usize,
    pub which: usize,
    pub more: usize,
    /// Somebody tries what they are not offered.
    pub is_strange: bool,
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    To(Action),
    Cancel,
    Suspend,
    Resume,
}

/// One story: an instance, with those that it calls.
pub(super) struct Telling<'a> {
    pub office: &'a Office,
    pub root: Uuid,
    /// What stands in the names of its events and topics.
    pub story: String,
    pub books: Books,
}

fn at<T>(all: &[T], number: usize) -> &T {
    &all[number % all.len()]
}

impl Telling<'_> {
    /// Somebody does something; whether the instance goes on.
    pub(super) async fn goes_on(&mut self, deed: &Deed) -> bool {
        if !self.is_running() {
            return false;
        }
        let seconds = [0, 1, 400][deed.more % 3];
        self.office.clock.advance(std::time::Duration::from_secs(seconds));
        if deed.who % 5 < 2 {
            self.world_turns(deed).await;
            return self.is_running();
        }
        if deed.is_strange {
            self.tries(deed).await;
            return true;
        }
        let user = self.somebody(deed.who);
        let mut offers = self.offers(&user).await;
        if offers.is_empty() {
            // Nothing but an administrator's word lets a suspended instance go on.
            offers = self.offers("admin").await;
        }
        let acts: Vec<_> = offers
            .iter()
            .map(|(act, _)| *act)
            .fold(Vec::new(), |mut acts: Vec<Act>, act| {
                if !acts.contains(&act) {
                    acts.push(act);
                }
                acts
            })
            .into_iter()
            .flat_map(|act| std::iter::repeat_n(act, weight(act)))
            .collect();
        let act = *at(&acts, deed.what);
        let of_act: Vec<_> = offers.iter().filter(|(offered, _)| *offered == act).collect();
        let (_, on) = at(&of_act, deed.which);
        let user = if self.offers(&user).await.is_empty() { "admin".to_owned() } else { user };
        let Some(done) = self.does(&user, act, *on, deed).await else { return true };
        if let Err(fault) = done {
            let told = format!("{user} was offered {act:?} on {on}: {fault} {:?}", fault.details());
            panic!("{told}\n{:#?}", self.books.tasks);
        }
        self.looks().await;
        self.is_running()
    }

    /// The audit looks at the books as they stand now.
    async fn looks(&mut self) {
        let before = std::mem::replace(&mut self.books, self.office.audit_of(&[self.root]).await);
        self.books.follow(&before);
        let is_held = |books: &Books| books.instances.iter().any(|row| row.id == self.root && row.suspended);
        if is_held(&before) && is_held(&self.books) {
            assert_eq!(self.books.moves_since(&before), 0, "nothing moves in what is suspended");
        }
    }

    fn is_running(&self) -> bool {
        let root = self.books.instances.iter().find(|row| row.id == self.root).unwrap();
        root.status == InstanceStatus::Running.code()
    }

    /// Somebody who is asked, mostly, or who has decided before.
    fn somebody(&self, number: usize) -> String {
        let open = self.books.tasks.iter().filter(|task| task.status == TaskStatus::Running.code());
        let asked: Vec<_> = open.flat_map(|task| self.people_of(task)).collect();
        let decided: Vec<_> =
            self.books.tasks.iter().rev().filter_map(|task| task.decided_by.clone()).take(4).collect();
        match number % 8 {
            0..4 if !asked.is_empty() => return at(&asked, number / 8).clone(),
            4..7 if !decided.is_empty() => return at(&decided, number / 8).clone(),
            _ => {}
        }
        let others: Vec<_> = PEOPLE.iter().chain(&[STARTER, "admin"]).collect();
        (**at(&others, number / 8)).to_owned()
    }

    /// Those whose an open task is to do.
    fn people_of(&self, task: &task::Model) -> Vec<String> {
        let principals = self.books.principals_of(task);
        principals
            .iter()
            .map(|principal| match principal.split_once(':') {
                Some(("user", user)) => user.to_owned(),
                Some(_) => "cat".to_owned(),
                None => "admin".to_owned(),
            })
            .collect()
    }

    /// Whose instance it is: whoever has begun it, or has told the message by which it began.
    fn starter(&self) -> Option<&str> {
        self.books.instances.iter().find(|row| row.id == self.root)?.started_by.as_deref()
    }

    fn sees(&self, user: &str, task: &task::Model) -> bool {
        let mut principals = vec![format!("user:{user}")];
        if matches!(user, "cat" | "dan") {
            principals.push("role:finance".to_owned());
        }
        user == "admin"
            || self.starter() == Some(user)
            || task.assignee.as_deref() == Some(user)
            || self.books.knows(&principals, task.id)
    }

    /// What somebody is offered, and on which task or instance.
    async fn offers(&self, user: &str) -> Vec<(Act, Uuid)> {
        let seen: Vec<_> = self.books.tasks.iter().filter(|task| self.sees(user, task)).cloned().collect();
        let outlook = self.office.workflow.outlook(&actor(user), &seen).await.unwrap();
        let mut found = Vec::new();
        for task in &seen {
            let now = self.office.clock.now();
            let available = outlook.available(&actor(user), task, now);
            found.extend(available.into_iter().map(|action| (Act::To(action), task.id)));
        }
        // What is done to a tree is done to its topmost instance.
        let root = self.books.instances.iter().find(|row| row.id == self.root).unwrap();
        let is_running = root.status == InstanceStatus::Running.code();
        match user {
            _ if is_running && self.starter() == Some(user) => found.push((Act::Cancel, self.root)),
            "admin" if is_running && root.suspended => found.push((Act::Resume, self.root)),
            "admin" if is_running => found.push((Act::Suspend, self.root)),
            _ => {}
        }
        found
    }

    /// Somebody tries what they are not offered, and is refused.
    async fn tries(&mut self, deed: &Deed) {
        if self.books.tasks.is_empty() {
            return;
        }
        let user = self.somebody(deed.who);
        let (task, action) = (at(&self.books.tasks, deed.which).clone(), *at(&Action::ALL, deed.what));
        let seen = self.office.workflow.task(&actor(&user), task.id).await.unwrap().is_some();
        assert_eq!(seen, self.sees(&user, &task), "{user} sees what is theirs to see: {task:?}");
        if self.offers(&user).await.contains(&(Act::To(action), task.id)) {
            return;
        }
        let Some(done) = self.does(&user, Act::To(action), task.id, deed).await else { return };
        let told = format!("{user} was not offered {action:?} on {task:?}");
        let Err(fault) = done else { panic!("{told}") };
        let codes = [ErrorCode::Forbidden, ErrorCode::Conflict, ErrorCode::NotFound, ErrorCode::RateLimited];
        assert!(codes.contains(&fault.code()), "{told}: {fault} {:?}", fault.details());
        assert_eq!(fault.code() == ErrorCode::NotFound, !seen, "{told}: {fault}");
        let before = self.books.revision();
        self.looks().await;
        assert_eq!(self.books.revision(), before, "a refusal changes nothing");
    }

    /// Does something with sensible arguments; none where there are none.
    async fn does(&self, user: &str, act: Act, on: Uuid, deed: &Deed) -> Option<Result<(), Fault>> {
        let (flow, user) = (&self.office.workflow, &actor(user));
        let action = match act {
            Act::Cancel => return Some(flow.cancel(user, on, None).await.map(drop)),
            Act::Suspend => return Some(flow.suspend(user, on, None).await.map(drop)),
            Act::Resume => return Some(flow.resume(user, on, None).await.map(drop)),
            Act::To(action) => action,
        };
        let task = self.books.tasks.iter().find(|task| task.id == on).unwrap();
        let decide = Decide { form_data: form_data(deed), ..Decide::default() };
        let done = match action {
            Action::Approve => flow.approve(user, on, decide).await,
            Action::Reject => flow.reject(user, on, decide).await,
            Action::Return => {
                let mut targets: Vec<_> =
                    flow.return_targets(task).await.unwrap().into_iter().map(Some).collect();
                targets.push(None);
                let to = at(&targets, deed.more).clone();
                flow.send_back(user, on, to, decide).await
            }
            Action::Claim => flow.claim(user, on).await,
            Action::Unclaim => flow.unclaim(user, on).await,
            Action::Delegate | Action::Transfer => {
                let holder = task.assignee.as_ref().unwrap_or(&user.user_id);
                let others: Vec<_> = PEOPLE.into_iter().filter(|other| holder != other).collect();
                let to = at(&others, deed.more);
                if action == Action::Delegate {
                    flow.delegate(user, on, to, None).await
                } else {
                    flow.transfer(user, on, to, None).await
                }
            }
            Action::AddSigners => {
                let users = self.may_sign(task, &user.user_id, deed)?;
                let sign = if deed.more.is_multiple_of(2) { Sign::Before } else { Sign::After };
                flow.add_signers(user, on, sign, &users, None).await
            }
            Action::RemoveSigners => {
                let added = self
                    .books
                    .tasks
                    .iter()
                    .filter(|one| one.parent_id == Some(on) && one.finished_at.is_none());
                let mut users: Vec<_> = added.filter_map(|one| one.assignee.clone()).collect();
                if users.is_empty() {
                    users.push("eve".to_owned());
                }
                if deed.more.is_multiple_of(2) {
                    users.truncate(1);
                }
                flow.remove_signers(user, on, &users, None).await
            }
            Action::Copy => flow.copy(user, on, &[(*at(&PEOPLE, deed.more)).to_owned()], None).await,
            Action::Withdraw => flow.withdraw(user, on, None).await,
            Action::Recall => flow.recall(user, on, None).await,
            Action::Urge => flow.urge(user, on, None).await,
            Action::SaveDraft => flow.save_draft(user, on, form_data(deed), None).await,
            Action::Comment => flow.comment(user, on, "well".to_owned(), &[]).await,
        };
        if let (Ok(again), Action::Withdraw | Action::Recall) = (&done, action) {
            assert_eq!((again.ordinal, again.status), (task.ordinal, 1), "what was taken back is open again");
        }
        Some(done.map(drop))
    }

    /// Whom somebody could add to their task.
    fn may_sign(&self, task: &task::Model, user: &str, deed: &Deed) -> Option<Vec<String>> {
        let open = self
            .books
            .tasks
            .iter()
            .filter(|one| one.activity_id == task.activity_id && one.finished_at.is_none());
        let signing: Vec<_> = open.filter_map(|one| one.assignee.as_deref()).collect();
        let mut free: Vec<_> =
            PEOPLE.into_iter().filter(|one| *one != user && !signing.contains(one)).collect();
        if free.is_empty() {
            return None;
        }
        let place = deed.more / 2 % free.len();
        free.rotate_left(place);
        free.truncate(1 + deed.which % 2);
        Some(free.into_iter().map(str::to_owned).collect())
    }
}

/// How often something is done of all that can be.
fn weight(act: Act) -> usize {
    match act {
        Act::To(Action::Approve) => 20,
        Act::To(Action::Withdraw) => 16,
        Act::To(Action::Return | Action::AddSigners | Action::RemoveSigners | Action::Recall) => 8,
        Act::To(Action::Claim | Action::Unclaim | Action::Delegate | Action::Transfer) => 5,
        Act::Suspend | Act::Resume => 4,
        Act::Cancel => 1,
        // Whoever has started it can do little else than cancel it.
        Act::To(_) => 3,
    }
}

/// What is filled in with a decision, though there is no form.
fn form_data(deed: &Deed) -> Map<String, Value> {
    match deed.more % 7 {
        1 => fields(json!({"v": deed.which % 4})),
        2 => fields(json!({"again": false})),
        3 => fields(json!({"again": true})),
        _ => Map::new(),
    }
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => panic!("fields are an object"),
    }
}
