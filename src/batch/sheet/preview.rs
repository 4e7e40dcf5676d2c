//! What would become of the rows of a sheet, before it is run.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::batch::Batches;
use crate::batch::approval::{LISTED_TWICE, Wanted};
use crate::engine::EndedItem;
use crate::kernel::{Actor, Fault};
use crate::workflow::{BulkDecision, BulkVerdict, CHANGED, field_of};

/// How many rows are looked at at a time.
const PORTION: usize = 1_000;

/// What would become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SheetOutcome {
    /// Its task would be approved.
    Approve,
    /// It would be rejected.
    Reject,
    /// It decides nothing, and is left out.
    Undecided,
    /// What it says is wrong, or not to be done.
    Invalid,
    /// Its task is not as it was when the sheet was made: decided, moved on, held, or filled in anew.
    Changed,
    /// Its task is in a row above.
    Duplicate,
}

/// A row of a sheet, and what would become of it.
#[derive(Debug, Clone)]
pub struct SheetPreviewRow {
    /// Its worksheet.
    pub sheet: String,
    /// Its number there, from 1.
    pub row: u32,
    /// What it says its task is.
    pub task_text: String,
    /// The task, where that is known.
    pub task: Option<Uuid>,
    /// What would become of it.
    pub outcome: SheetOutcome,
    /// The column that is wrong.
    pub field: Option<String>,
    /// Why it would not be decided.
    pub reason: Option<String>,
}

impl Batches {
    /// What would become of the rows of a sheet if it were run now, with this signature and confirmed by a
    /// second factor where that is demanded. Nothing is held, and nothing changes.
    ///
    /// # Errors
    /// `BAD_INPUT` at `fileId` saying what is wrong with it, and at `signature`; `NOT_FOUND` where it is not
    /// the actor's.
    pub async fn preview_sheet(
        &self,
        actor: &Actor,
        file: Uuid,
        signature: Option<Uuid>,
    ) -> Result<Vec<SheetPreviewRow>, Fault> {
        self.inner.workflow.check_bulk(actor, signature, None).await?;
        let decision = BulkDecision {
            batch: Uuid::nil(),
            user_id: actor.user_id.clone(),
            name: actor.name.clone(),
            role: actor.role,
            answer: None,
            signature,
            confirmed: true,
        };
        let sheet = self.read_sheet(actor, file).await?;
        let rows = &sheet.rows;
        let mut wanted = self.answers(actor, rows).await?.into_iter();
        let (mut seen, mut verdicts) = (HashSet::new(), Vec::with_capacity(rows.len()));
        loop {
            let portion: Vec<_> = wanted.by_ref().take(PORTION).collect();
            if portion.is_empty() {
                break;
            }
            self.judged(&decision, portion, &mut seen, &mut verdicts).await?;
        }
        let mut verdicts = verdicts.into_iter();
        let told = rows.iter().map(|row| {
            let (outcome, ended) = match row.is_decided() {
                true => verdicts.next().unwrap_or((SheetOutcome::Undecided, None)),
                false => (SheetOutcome::Undecided, None),
            };
            SheetPreviewRow {
                sheet: row.sheet.to_string(),
                row: row.row,
                task_text: row.task_text(),
                task: row.task().ok(),
                outcome,
                field: ended.as_ref().and_then(|ended| field_of(ended.details.as_deref()?)),
                reason: ended.map(|ended| ended.message),
            }
        });
        Ok(told.collect())
    }

    async fn judged(
        &self,
        decision: &BulkDecision,
        wanted: Vec<Wanted>,
        seen: &mut HashSet<Uuid>,
        verdicts: &mut Vec<(SheetOutcome, Option<EndedItem>)>,
    ) -> Result<(), Fault> {
        let new: Vec<bool> = wanted
            .iter()
            .map(|one| one.input.item.as_ref().is_none_or(|item| seen.insert(item.task)))
            .collect();
        let to_look_at = wanted.iter().zip(&new).filter(|(one, is_new)| one.refused.is_none() && **is_new);
        let items = to_look_at.filter_map(|(one, _)| one.input.item.clone()).collect();
        let looked = self.inner.workflow.look_at_many(self.inner.db.reader(), decision, items).await?;
        let looked: HashMap<_, _> = looked.into_iter().map(|one| (one.item.task, one.refused)).collect();
        for (one, is_new) in wanted.into_iter().zip(new) {
            let verdict = one.input.item.as_ref().and_then(|item| Some(item.answer.as_ref()?.verdict));
            let task = one.input.item.map(|item| item.task);
            let twice = || EndedItem::ignored(LISTED_TWICE, "its task is in a row above");
            let refused = match one.refused {
                Some(refused) => Some(refused),
                None if !is_new => Some(twice()),
                None => task.and_then(|task| looked.get(&task).cloned().flatten()),
            };
            verdicts.push((outcome(verdict, refused.as_ref()), refused));
        }
        Ok(())
    }
}

fn outcome(verdict: Option<BulkVerdict>, refused: Option<&EndedItem>) -> SheetOutcome {
    match (refused.map(|refused| (refused.is_ignored, &*refused.code)), verdict) {
        (Some((_, LISTED_TWICE)), _) => SheetOutcome::Duplicate,
        (Some((true, _) | (_, CHANGED | "SUSPENDED" | "CONFLICT")), _) => SheetOutcome::Changed,
        (Some(_), _) | (None, None) => SheetOutcome::Invalid,
        (None, Some(BulkVerdict::Approve)) => SheetOutcome::Approve,
        (None, Some(BulkVerdict::Reject)) => SheetOutcome::Reject,
    }
}
