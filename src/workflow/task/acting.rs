//! Somebody at work on a task: found, allowed, and with the instance under its lock.

use uuid::Uuid;

use super::rules::{Action, Situation};
use crate::files::StoredFile;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::task;
use crate::workflow::case::{Case, TaskInHand};
use crate::workflow::execution;
use crate::workflow::model::{Approval, Model};
use crate::workflow::read::Located;
use crate::workflow::status::TaskStatus;
use crate::workflow::{Workflow, read};

/// The longest comment or reason, in characters.
const MAX_REASON: usize = 4_000;
/// The most files that are attached to one thing said.
const MAX_ATTACHMENTS: usize = 20;

/// A task in hand, on which somebody may act.
pub(super) struct Acting {
    pub case: Case,
    pub task: Uuid,
    pub instance: Uuid,
}

/// What a user task's node says; what every other node says of a task.
pub(in crate::workflow) fn approval_of<'a>(
    model: &'a Model,
    node: &str,
    other: &'a Approval,
) -> &'a Approval {
    model.user_task(node).map_or(other, |task| &task.approval)
}

impl Workflow {
    /// Takes a task in hand for an actor who wants to do something with it.
    ///
    /// # Errors
    /// `NOT_FOUND` where it is not the actor's to see; `FORBIDDEN`, `CONFLICT` or `LOCKED` where
    /// this cannot be done.
    pub(super) async fn act(&self, actor: &Actor, id: Uuid, action: Action) -> Result<Acting, Fault> {
        let (located, principals) = self.locate(actor, id).await?;
        self.act_on(actor, id, action, located, &principals).await
    }

    /// The same for a task that was found.
    pub(super) async fn act_on(
        &self,
        actor: &Actor,
        id: Uuid,
        action: Action,
        located: Located,
        principals: &[String],
    ) -> Result<Acting, Fault> {
        let instance = located.instance;
        let mut case = Case::open(&self.inner, Some(&actor.user_id), located.root, instance).await?;
        let task = case.task(id).await?.clone();
        let around = Around::of(&mut case, &task, action == Action::Withdraw).await?;
        let other = Approval::default();
        let definition = case.definition(instance)?.clone();
        let situation = Situation {
            actor,
            principals,
            task: &task.row,
            candidates: &task.candidates,
            instance: case.instance(instance)?,
            is_suspended: case.instance(located.root)?.suspended,
            approval: approval_of(&definition.model, &task.row.node_id, &other),
            begins_here: definition.model.begins_at(&task.row.node_id),
            has_open_signers: around.has_open_signers,
            depth: around.depth,
            can_be_taken_back: around.can_be_taken_back,
            now: case.now,
        };
        match situation.refusal(action) {
            Some(refusal) => Err(situation.fault(refusal)),
            None => Ok(Acting { case, task: id, instance }),
        }
    }

    /// Commits what was done with a task; the task as it then stands.
    pub(super) async fn done(&self, case: Case, id: Uuid) -> Result<task::Model, Fault> {
        let committed = case.commit().await?;
        let row = committed.tasks.iter().find(|row| row.id == id).cloned();
        self.committed(committed);
        row.ok_or_else(|| Fault::internal("a task that is not in hand"))
    }

    /// The files that somebody attaches, which must be theirs; in the order in which they are named.
    ///
    /// # Errors
    /// `BAD_INPUT` at `attachments` for too many, and for what is not theirs.
    pub(super) async fn attachments(&self, actor: &Actor, ids: &[Uuid]) -> Result<Vec<StoredFile>, Fault> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        if ids.len() > MAX_ATTACHMENTS {
            let message = format!("at most {MAX_ATTACHMENTS} files");
            return Err(Fault::bad_input("attachments", message));
        }
        let files = self.inner.files.find_many(actor, ids).await?;
        let find = |(place, id): (usize, &Uuid)| {
            let message = "there is no such file, or it is not yours";
            let missing = || Fault::bad_input(format!("attachments[{place}]"), message);
            files.iter().find(|file| file.id == *id).cloned().ok_or_else(missing)
        };
        ids.iter().enumerate().map(find).collect()
    }
}

/// Whether a task is that of a signer who was added behind another one and has approved.
pub(super) fn has_signed_behind(signer: &task::Model, other: Uuid) -> bool {
    signer.parent_id == Some(other)
        && signer.sign.as_deref() == Some("AFTER")
        && signer.status == TaskStatus::Approve.code()
}

/// What the other tasks of its activity mean for one of them.
struct Around {
    has_open_signers: bool,
    depth: u32,
    can_be_taken_back: bool,
}

impl Around {
    /// Where somebody takes their approval back, machines begin nothing of it until that is done.
    async fn of(case: &mut Case, task: &TaskInHand, takes_back: bool) -> Result<Self, Fault> {
        let row = &task.row;
        let is_approved = row.status == TaskStatus::Approve.code();
        let mut around = Self { has_open_signers: false, depth: 0, can_be_taken_back: false };
        if is_approved && row.parent_id.is_none() {
            let state = case.state(row.instance_id)?;
            let later = execution::can_take_back(state, row.activity_id, row.decided_by.as_deref());
            if let Some(later) = later {
                let decided = read::decided(case.tx(), &later.activities, &later.children).await?;
                if takes_back {
                    read::hold_jobs_in_op(case.tx(), &later.jobs, &later.children).await?;
                }
                let begun = read::begun(case.tx(), &later.jobs, &later.children).await?;
                around.can_be_taken_back = decided.is_empty() && begun.is_empty();
            }
        }
        // Whether an approval was taken back before, those tell that were asked since.
        let siblings = if is_approved {
            case.round(row.activity_id).await?
        } else {
            case.siblings(row.activity_id).await?
        };
        let open = |one: &&TaskInHand| one.row.finished_at.is_none();
        around.has_open_signers = siblings.iter().filter(open).any(|one| one.row.parent_id == Some(row.id));
        let has_added = siblings.iter().filter(open).any(|one| one.row.parent_id.is_some());
        let asked_again = siblings
            .iter()
            .any(|one| one.row.parent_id.is_none() && one.row.ordinal == row.ordinal && one.row.id > row.id);
        let signed = siblings.iter().any(|one| has_signed_behind(&one.row, row.id));
        // Where somebody is at work on what was added, or has signed behind it, others have gone on.
        around.can_be_taken_back &= !has_added && !asked_again && !signed;
        let mut above = row.parent_id;
        while let Some(parent) = above {
            around.depth += 1;
            let found = siblings.iter().find(|one| one.row.id == parent);
            above = found.and_then(|one| one.row.parent_id);
        }
        Ok(around)
    }
}

/// A comment or reason as it is kept.
///
/// # Errors
/// `BAD_INPUT` at `field` where it is too long.
pub(in crate::workflow) fn said(field: &str, text: Option<String>) -> Result<Option<String>, Fault> {
    let Some(text) = text else { return Ok(None) };
    let text = text.trim().replace('\0', "\u{fffd}");
    if text.chars().count() > MAX_REASON {
        return Err(Fault::bad_input(field, format!("at most {MAX_REASON} characters")));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// People whom somebody names.
///
/// # Errors
/// `BAD_INPUT` at `field` for nobody, too many, or what is no user id.
pub(super) fn people(field: &str, users: &[String], most: usize) -> Result<Vec<String>, Fault> {
    if users.is_empty() || users.len() > most {
        return Err(Fault::bad_input(field, format!("name 1 to {most} people")));
    }
    let mut found: Vec<String> = Vec::with_capacity(users.len());
    for (place, user) in users.iter().enumerate() {
        if !(1..=128).contains(&user.chars().count()) || user.chars().any(char::is_control) {
            let message = "a user id has 1 to 128 characters";
            return Err(Fault::bad_input(format!("{field}[{place}]"), message));
        }
        if !found.contains(user) {
            found.push(user.clone());
        }
    }
    Ok(found)
}
