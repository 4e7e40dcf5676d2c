//! What a step's changes mean for activities and tasks.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::hand::{Hand, NewInstance};
use super::history::{HistoryKind, Note};
use super::step::Due;
use super::variables::{check_size, first_variables};
use super::{Case, EventKind};
use crate::kernel::Fault;
use crate::storage::entity::{process_activity, task};
use crate::workflow::due;
use crate::workflow::execution::{Asked, Change, Command, Signer, Verdict};
use crate::workflow::model::ElementId;
use crate::workflow::status::TaskStatus;

impl Case {
    pub(super) async fn apply(
        &mut self,
        place: usize,
        change: Change,
        ahead: &mut VecDeque<Due>,
    ) -> Result<(), Fault> {
        match change {
            Change::Entered { activity, node, token, by, outer, index } => {
                let (came_by, now) = (by.map(|by| by.to_string()), self.now);
                let (revision, ordinal) = self.next_place(place);
                let hand = &mut self.hands[place];
                hand.is_changed = true;
                self.entered.insert(activity, self.activities.len());
                self.activities.push(process_activity::Model {
                    id: activity,
                    instance_id: hand.row.id,
                    root_id: hand.row.root_id,
                    revision,
                    ordinal,
                    node_id: node.to_string(),
                    token: i32::try_from(token).map_err(Fault::internal)?,
                    came_by,
                    outer_id: outer,
                    body: index.map(i32::try_from).transpose().map_err(Fault::internal)?,
                    entered_at: now,
                    left_at: None,
                    outcome: None,
                });
            }
            Change::Left { activity, how } => self.leave(activity, how.as_str()),
            Change::Resumed { activity } => {
                // What was left in this very step is simply not left.
                self.left.retain(|(left, _)| *left != activity);
                self.resumed.push(activity);
            }
            Change::Asked { activity, node, asked } => self.ask(place, activity, &node, asked)?,
            Change::NextAsked { activity } => self.ask_next(activity).await?,
            Change::Settled { activity, node, verdict, reason } => {
                self.settle(place, activity, &node, verdict, reason)?;
            }
            Change::Shown { activity, node, to } => self.show(place, activity, &node, &to)?,
            Change::Reminded { activity } => self.remind(activity).await?,
            Change::Closed { activity } => self.close(activity).await?,
            Change::Reopened { activity, task, whole } => {
                self.reopen(place, activity, task, whole).await?;
            }
            Change::Called { instance, activity, process, business_key, variables } => {
                let definition = self.called(&process).await?;
                let parent = Some(self.caller(place, activity)?);
                let caller = &self.hands[place];
                let (started_by, chosen) = (caller.row.started_by.clone(), caller.state.chosen.clone());
                let id = instance;
                let new = NewInstance { id, definition, business_key, started_by, variables, chosen, parent };
                self.add_instance(new)?;
                ahead.push_back(Due::Step(instance, Command::Start));
            }
            Change::JobCreated(request) => self.create_job(place, request)?,
            Change::JobCancelled { job } => self.jobs.cancel(job),
            Change::Subscribed(subscription) => self.subscribe(place, subscription),
            Change::Unsubscribed { id } => self.unsubscribe(id),
            Change::MessageThrown { name } => self.throw(place, EventKind::Message, name),
            Change::SignalThrown { name } => self.throw(place, EventKind::Signal, name),
            Change::Abandoned { instance } => ahead.push_back(Due::Abandon(instance)),
        }
        Ok(())
    }

    /// Takes a new instance in hand, and writes down that it was started.
    ///
    /// # Errors
    /// `BAD_INPUT` where its variables are too large.
    pub fn add_instance(&mut self, mut new: NewInstance) -> Result<(), Fault> {
        let variables = first_variables(&new.definition.model, std::mem::take(&mut new.variables));
        // What another process hands over was measured there.
        if new.parent.is_none() {
            check_size(&variables)?;
        }
        let hand = Hand::new(new, self.now);
        let status = hand.row.status;
        let place = self.hold_on(hand);
        self.set_variables(place, variables, None);
        self.begin_record(place)?;
        let definition = &self.hands[place].definition.row;
        let data = json!({ "definitionKey": definition.key, "version": definition.version });
        let statuses = (None, Some(status));
        self.note(place, HistoryKind::Start, Note { statuses, data: Some(data), ..Note::default() });
        Ok(())
    }

    fn leave(&mut self, activity: Uuid, outcome: &'static str) {
        let now = self.now;
        match self.entered.get(&activity).and_then(|place| self.activities.get_mut(*place)) {
            Some(entered) => {
                (entered.left_at, entered.outcome) = (Some(now), Some(outcome.to_owned()));
            }
            None => self.left.push((activity, outcome)),
        }
    }

    fn ask(&mut self, place: usize, activity: Uuid, node: &ElementId, asked: Asked) -> Result<(), Fault> {
        let due_at = match asked.due.as_deref() {
            Some(text) => Some(due::parse(text, self.now).map_err(|error| {
                Fault::conflict(format!("the process cannot go on: {node}: {error}; nothing was changed"))
            })?),
            None => None,
        };
        let mut has_turn = false;
        for (ordinal, signer) in (0..).zip(asked.signers) {
            let status = if signer.has_approved {
                TaskStatus::Approve
            } else if has_turn && asked.rule.is_in_turn() {
                TaskStatus::Wait
            } else {
                has_turn = true;
                TaskStatus::Running
            };
            let Signer { assignee, instead_of, candidates, .. } = signer;
            let mut row = self.blank(place, activity, node, status);
            row.ordinal = ordinal;
            row.instead_of = instead_of;
            row.resubmission = asked.is_resubmission;
            row.form_key.clone_from(&asked.form);
            row.due_at = due_at;
            let mut note = Note::automatic();
            if status == TaskStatus::Approve {
                // A rule has approved it, and nobody decided it.
                row.reason = Some("approved before by the same approver".to_owned());
                note.reason.clone_from(&row.reason);
            }
            row.assignee = assignee;
            row.claimable = !candidates.is_empty();
            self.add_task(row, candidates, note)?;
        }
        Ok(())
    }

    /// A task of a node as it begins.
    pub(super) fn blank(
        &self,
        place: usize,
        activity: Uuid,
        node: &ElementId,
        status: TaskStatus,
    ) -> task::Model {
        let hand = &self.hands[place];
        let name = hand.definition.model.node(node).map_or(node.to_string(), |node| node.name.clone());
        let finished_at: Option<DateTime<Utc>> = status.is_final().then_some(self.now);
        task::Model {
            id: Uuid::now_v7(),
            instance_id: hand.row.id,
            activity_id: activity,
            node_id: node.to_string(),
            name,
            status: status.code(),
            ordinal: 0,
            assignee: None,
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
            revision: 0,
            created_at: self.now,
            finished_at,
        }
    }

    fn settle(
        &mut self,
        place: usize,
        activity: Uuid,
        node: &ElementId,
        verdict: Option<Verdict>,
        reason: &str,
    ) -> Result<(), Fault> {
        let status = match verdict {
            Some(Verdict::Approve) => TaskStatus::Approve,
            Some(Verdict::Reject) => TaskStatus::Reject,
            None => TaskStatus::Skip,
        };
        let mut row = self.blank(place, activity, node, status);
        row.reason = Some(reason.to_owned());
        let note = Note { reason: row.reason.clone(), ..Note::automatic() };
        self.add_task(row, Vec::new(), note)
    }

    /// The first of those who wait in a sequence has the word.
    async fn ask_next(&mut self, activity: Uuid) -> Result<(), Fault> {
        let waiting = self.siblings(activity).await?;
        let waits = |row: &task::Model| row.status == TaskStatus::Wait.code() && row.parent_id.is_none();
        if let Some(next) = waiting.iter().find(|task| waits(&task.row)) {
            let note = Note::automatic();
            self.move_task(next.row.id, TaskStatus::Running, HistoryKind::Open, note)?;
        }
        Ok(())
    }

    /// Asks those once more whose open tasks are these.
    async fn remind(&mut self, activity: Uuid) -> Result<(), Fault> {
        let now = self.now;
        for task in self.siblings(activity).await? {
            if task.row.status == TaskStatus::Running.code() {
                let id = task.row.id;
                self.change_task(id, HistoryKind::Urge, Note::automatic(), |row| row.urged_at = Some(now))?;
            }
        }
        Ok(())
    }

    /// Nobody needs to decide what is still open of an activity.
    async fn close(&mut self, activity: Uuid) -> Result<(), Fault> {
        for task in self.siblings(activity).await? {
            if task.row.finished_at.is_none() {
                let note = Note::automatic();
                self.move_task(task.row.id, TaskStatus::Cancel, HistoryKind::Cancel, note)?;
            }
        }
        Ok(())
    }

    /// Puts approvers that somebody has chosen into the state, by node.
    pub fn choose(&mut self, instance: Uuid, chosen: Map<String, Value>) -> Result<(), Fault> {
        let place = self.place_of(instance)?;
        self.hands[place].state.chosen.extend(chosen);
        Ok(())
    }
}
