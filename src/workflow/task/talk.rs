//! What people say about a task without deciding it.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::acting::{people, said};
use super::prepare::papers;
use super::rules::Action;
use crate::kernel::{Actor, Fault};
use crate::storage::entity::task;
use crate::workflow::case::{HistoryKind, Note};
use crate::workflow::{Workflow, form, variable};

/// The most people to whom a task is shown at once.
const MAX_COPIES: usize = 100;
/// The most bytes that a draft takes, as JSON.
const MAX_DRAFT: usize = 64 * 1024;

impl Workflow {
    /// Shows a task to others.
    ///
    /// # Errors
    /// `NOT_FOUND`; `CONFLICT` where the instance has ended or is suspended; `BAD_INPUT` at
    /// `userIds` or `comment`.
    pub async fn copy(
        &self,
        actor: &Actor,
        id: Uuid,
        users: &[String],
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        let reason = said("comment", comment)?;
        let users = people("userIds", users, MAX_COPIES)?;
        let mut acting = self.act(actor, id, Action::Copy).await?;
        let note = Note { reason, data: Some(json!({ "userIds": users })), ..Note::default() };
        acting.case.note_task(id, HistoryKind::Copy, note)?;
        acting.case.copy(id, &users, &actor.user_id);
        self.done(acting.case, id).await
    }

    /// Asks whoever has the task for a decision. For the instance's starter and ADMIN.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FORBIDDEN`; `CONFLICT` where nothing is to be decided; `RATE_LIMITED` with
    /// `resetAt` where somebody has asked within the last five minutes.
    pub async fn urge(&self, actor: &Actor, id: Uuid, comment: Option<String>) -> Result<task::Model, Fault> {
        let reason = said("comment", comment)?;
        let mut acting = self.act(actor, id, Action::Urge).await?;
        let now = acting.case.now;
        let note = Note { reason, ..Note::default() };
        acting.case.change_task(id, HistoryKind::Urge, note, |row| row.urged_at = Some(now))?;
        self.done(acting.case, id).await
    }

    /// Keeps for later what one has filled in. The latest draft counts.
    ///
    /// # Errors
    /// `NOT_FOUND`; `FORBIDDEN`; `CONFLICT`; `BAD_INPUT` where it is too large.
    pub async fn save_draft(
        &self,
        actor: &Actor,
        id: Uuid,
        form_data: Map<String, Value>,
        comment: Option<String>,
    ) -> Result<task::Model, Fault> {
        let comment = said("comment", comment)?;
        variable::check_names("formData", &form_data)?;
        let draft = json!({ "formData": form_data, "comment": comment }).to_string();
        if draft.len() > MAX_DRAFT {
            return Err(Fault::bad_input("formData", format!("a draft takes at most {MAX_DRAFT} bytes")));
        }
        let mut acting = self.act(actor, id, Action::SaveDraft).await?;
        let definition = acting.case.definition(acting.instance)?.clone();
        let row = acting.task_row()?;
        let known = acting.case.seen_at(acting.instance, row.activity_id)?;
        let written = form::Written { fields: &form_data, signature: None, filling: form::Filling::Draft };
        form::filled(&definition.model, row, &known, written)?;
        acting.case.touch_task(id, |row| row.draft = Some(draft))?;
        self.done(acting.case, id).await
    }

    /// Says something about a task. For whoever may see it.
    ///
    /// # Errors
    /// `NOT_FOUND`; `CONFLICT` where the instance has ended or is suspended; `BAD_INPUT` at
    /// `comment` and `attachments`.
    pub async fn comment(
        &self,
        actor: &Actor,
        id: Uuid,
        comment: String,
        attachments: &[Uuid],
    ) -> Result<task::Model, Fault> {
        let reason = said("comment", Some(comment))?;
        if reason.is_none() {
            return Err(Fault::bad_input("comment", "say something"));
        }
        let attachments = self.attachments(actor, attachments).await?;
        let mut acting = self.act(actor, id, Action::Comment).await?;
        let note = Note { reason, data: papers(&[], &attachments), ..Note::default() };
        acting.case.note_task(id, HistoryKind::Comment, note)?;
        self.done(acting.case, id).await
    }
}
