//! Deciding: approve, reject, send back.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::Acting;
use super::prepare::Prepared;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::task;
use crate::workflow::Workflow;
use crate::workflow::case::{Case, HistoryKind, Note, TaskInHand};
use crate::workflow::execution::{Command, Verdict};
use crate::workflow::status::TaskStatus;
use crate::workflow::webhook::HookAction;

/// What comes with a decision.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Decide {
    /// Why.
    pub comment: Option<String>,
    /// Fields of the form.
    pub form_data: Map<String, Value>,
    /// Approvers of later nodes that let this one choose them: user ids by node.
    pub approvers: Map<String, Value>,
    /// The signature: one of the actor's files.
    pub signature: Option<Uuid>,
    /// Further files of theirs.
    pub attachments: Vec<Uuid>,
    /// Shows that they have confirmed it by a second factor.
    pub two_factor_ticket: Option<String>,
}

impl Workflow {
    /// Approves a task. Where it was delegated, the opinion goes back to its owner; where signers
    /// were added behind it, they have the word.
    ///
    /// # Errors
    /// `NOT_FOUND` where the task is not the actor's to see; `FORBIDDEN` where it is not theirs to
    /// decide, or the second factor's ticket is not good; `CONFLICT` saying what happened to it where
    /// it has been decided, where it waits for others, and where the process cannot go on; `LOCKED`
    /// where a batch holds it; `BAD_INPUT` naming the field where something is missing or wrong.
    pub async fn approve(&self, actor: &Actor, id: Uuid, decide: Decide) -> Result<task::Model, Fault> {
        let (mut acting, prepared) = self.prepare(actor, id, HookAction::Approve, None, &decide).await?;
        acting.decision().take(actor, Verdict::Approve, prepared).await?;
        self.done(acting.case, id).await
    }

    /// Rejects a task. What that means for the instance is its node's to say: it ends, or goes back.
    ///
    /// # Errors
    /// As [`approve`](Self::approve).
    pub async fn reject(&self, actor: &Actor, id: Uuid, decide: Decide) -> Result<task::Model, Fault> {
        let (mut acting, prepared) = self.prepare(actor, id, HookAction::Reject, None, &decide).await?;
        acting.decision().take(actor, Verdict::Reject, prepared).await?;
        self.done(acting.case, id).await
    }

    /// Sends the instance back to a node that it has come from, or to its starter (`to` none).
    /// Everything that has begun since is cancelled; other parallel branches go on.
    ///
    /// # Errors
    /// As [`approve`](Self::approve); `BAD_INPUT` at `nodeId` where the instance cannot go there.
    pub async fn send_back(
        &self,
        actor: &Actor,
        id: Uuid,
        to: Option<String>,
        decide: Decide,
    ) -> Result<task::Model, Fault> {
        let (mut acting, prepared) =
            self.prepare(actor, id, HookAction::Return, to.as_deref(), &decide).await?;
        let row = acting.task_row()?.clone();
        if let Some(to) = &to
            && !crate::workflow::read::was_at(acting.case.tx(), row.instance_id, to).await?
        {
            return Err(Fault::bad_input("nodeId", format!("the instance was never at {to}")));
        }
        let data = json!({ "to": to });
        let data = Some(with(prepared.data, data));
        let note = Note { reason: prepared.reason.clone(), data, ..Note::default() };
        acting.decision().note(actor, prepared.reason)?;
        acting.case.move_task(id, TaskStatus::Return, HistoryKind::Return, note)?;
        let to = to.map(Into::into);
        acting.case.command(acting.instance, Command::Return { activity: row.activity_id, to }).await?;
        self.done(acting.case, id).await
    }
}

fn with(data: Option<Value>, more: Value) -> Value {
    match (data, more) {
        (Some(Value::Object(mut data)), Value::Object(more)) => {
            data.extend(more);
            Value::Object(data)
        }
        (_, more) => more,
    }
}

impl Acting {
    pub(super) fn task_row(&self) -> Result<&task::Model, Fault> {
        Ok(&self.case.task_in_hand(self.task)?.row)
    }

    /// What is to be decided, by no batch.
    pub(super) fn decision(&mut self) -> Decision<'_> {
        Decision { case: &mut self.case, task: self.task, instance: self.instance, batch: None }
    }
}

/// A task in hand that is about to be decided: whoever has made this has found that it may be.
pub(in crate::workflow) struct Decision<'a> {
    pub case: &'a mut Case,
    pub task: Uuid,
    pub instance: Uuid,
    /// The batch that decides it.
    pub batch: Option<Uuid>,
}

impl Decision<'_> {
    pub(super) fn task_row(&self) -> Result<&task::Model, Fault> {
        Ok(&self.case.task_in_hand(self.task)?.row)
    }

    /// Says yes or no. Of what was delegated, the opinion goes back to its owner.
    ///
    /// # Errors
    /// `CONFLICT` where the process cannot go on.
    pub async fn take(&mut self, actor: &Actor, verdict: Verdict, prepared: Prepared) -> Result<(), Fault> {
        match (self.task_row()?.delegated, verdict) {
            (true, opinion) => self.give_back(opinion, prepared),
            (false, Verdict::Approve) => self.approve(actor, prepared).await,
            (false, Verdict::Reject) => self.reject(actor, prepared).await,
        }
    }

    /// Whoever decides a task that is nobody's has it from then on.
    fn note(&mut self, actor: &Actor, reason: Option<String>) -> Result<(), Fault> {
        let batch = self.batch;
        self.case.touch_task(self.task, |row| {
            row.assignee.get_or_insert_with(|| actor.user_id.clone());
            row.decided_by = Some(actor.user_id.clone());
            row.decided_in = batch;
            row.reason = reason;
        })
    }

    /// An opinion goes back to whoever has asked for it.
    fn give_back(&mut self, opinion: Verdict, prepared: Prepared) -> Result<(), Fault> {
        let opinion = match opinion {
            Verdict::Approve => TaskStatus::Approve,
            Verdict::Reject => TaskStatus::Reject,
        };
        let data = Some(with(prepared.data, json!({ "opinion": opinion.as_str() })));
        let note = Note { reason: prepared.reason, data, ..Note::default() };
        let batch = self.batch;
        self.case.change_task(self.task, HistoryKind::Resolve, note, |row| {
            row.assignee = row.owner.take();
            row.delegated = false;
            row.decided_in = batch;
            row.locked_by = None;
        })
    }

    async fn approve(&mut self, actor: &Actor, prepared: Prepared) -> Result<(), Fault> {
        let note = Note { reason: prepared.reason.clone(), data: prepared.data, ..Note::default() };
        self.note(actor, prepared.reason)?;
        let behind = waiting_behind(self.case, self.task).await?;
        if behind.is_empty() {
            self.case.move_task(self.task, TaskStatus::Approve, HistoryKind::Approve, note)?;
            return approved(self.case, self.task).await;
        }
        self.case.touch_task(self.task, |row| row.locked_by = None)?;
        self.case.move_task(self.task, TaskStatus::Approving, HistoryKind::Approve, note)?;
        for signer in behind {
            let note = Note::automatic();
            self.case.move_task(signer, TaskStatus::Running, HistoryKind::Open, note)?;
        }
        Ok(())
    }

    async fn reject(&mut self, actor: &Actor, prepared: Prepared) -> Result<(), Fault> {
        let reason = prepared.reason.clone();
        let note = Note { reason: prepared.reason.clone(), data: prepared.data, ..Note::default() };
        self.note(actor, prepared.reason)?;
        self.case.move_task(self.task, TaskStatus::Reject, HistoryKind::Reject, note)?;
        let top = self.rejected_above(reason.as_deref()).await?;
        let row = &self.case.task_in_hand(top)?.row;
        let (instance, activity) = (row.instance_id, row.activity_id);
        let vote =
            Command::Vote { activity, verdict: Verdict::Reject, by: Some(actor.user_id.clone()), reason };
        self.case.command(instance, vote).await
    }

    /// A signer's rejection is one of the task to which they were added; the task at the top.
    async fn rejected_above(&mut self, reason: Option<&str>) -> Result<Uuid, Fault> {
        let mut above = Vec::new();
        let mut top = self.task;
        while let Some(parent) = self.case.task_in_hand(top)?.row.parent_id {
            above.push(parent);
            top = parent;
        }
        let activity = self.case.task_in_hand(top)?.row.activity_id;
        let siblings = self.case.siblings(activity).await?;
        for task in open_below(&siblings, &[top]).into_iter().filter(|task| !above.contains(task)) {
            let note = Note::automatic();
            self.case.move_task(task, TaskStatus::Cancel, HistoryKind::Cancel, note)?;
        }
        for parent in above {
            // Who had approved it and let others sign behind has not rejected it.
            self.case.touch_task(parent, |row| {
                row.decided_by = None;
                row.reason = reason.map(str::to_owned);
            })?;
            let note = Note { reason: reason.map(str::to_owned), ..Note::automatic() };
            self.case.move_task(parent, TaskStatus::Reject, HistoryKind::Reject, note)?;
        }
        Ok(top)
    }
}

/// The tasks that are open of those that were added to `tasks`, to what was added to them, and so on.
pub(super) fn open_below(siblings: &[TaskInHand], tasks: &[Uuid]) -> Vec<Uuid> {
    let (mut found, mut ahead) = (Vec::new(), tasks.to_vec());
    while let Some(above) = ahead.pop() {
        for task in siblings.iter().filter(|task| task.row.parent_id == Some(above)) {
            ahead.push(task.row.id);
            if task.row.finished_at.is_none() {
                found.push(task.row.id);
            }
        }
    }
    found
}

/// The signers who were added behind a task and wait for it.
async fn waiting_behind(case: &mut Case, id: Uuid) -> Result<Vec<Uuid>, Fault> {
    let activity = case.task_in_hand(id)?.row.activity_id;
    let siblings = case.siblings(activity).await?;
    let waits = siblings.iter().filter(|task| {
        task.row.parent_id == Some(id)
            && task.row.sign.as_deref() == Some("AFTER")
            && task.row.status == TaskStatus::Wait.code()
    });
    Ok(waits.map(|task| task.row.id).collect())
}

/// A task has been approved: whoever waited for it goes on, up to the round itself.
pub(super) async fn approved(case: &mut Case, id: Uuid) -> Result<(), Fault> {
    let mut done = id;
    loop {
        let row = case.task_in_hand(done)?.row.clone();
        let Some(parent) = row.parent_id else {
            let (activity, by) = (row.activity_id, row.decided_by);
            let vote = Command::Vote { activity, verdict: Verdict::Approve, by, reason: None };
            return case.command(row.instance_id, vote).await;
        };
        if !signers_are_done(case, parent).await? {
            return Ok(());
        }
        let note = Note::automatic();
        if case.task_in_hand(parent)?.row.status == TaskStatus::Wait.code() {
            return case.move_task(parent, TaskStatus::Running, HistoryKind::Open, note);
        }
        case.move_task(parent, TaskStatus::Approve, HistoryKind::Approve, note)?;
        done = parent;
    }
}

/// Whether nobody is left of the signers for whom a task waits.
pub(super) async fn signers_are_done(case: &mut Case, parent: Uuid) -> Result<bool, Fault> {
    let row = case.task_in_hand(parent)?.row.clone();
    let awaited = if row.status == TaskStatus::Wait.code() { "BEFORE" } else { "AFTER" };
    let siblings = case.siblings(row.activity_id).await?;
    Ok(!siblings.iter().any(|task| {
        task.row.parent_id == Some(parent)
            && task.row.sign.as_deref() == Some(awaited)
            && task.row.finished_at.is_none()
    }))
}
