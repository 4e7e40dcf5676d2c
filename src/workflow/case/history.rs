//! What is written down of what happens.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::Case;
use crate::kernel::Fault;
use crate::storage::entity::process_history;

/// What somebody, or the process, has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HistoryKind {
    /// The instance was started.
    Start,
    /// A task was made.
    Create,
    /// The turn of a task that waited has come.
    Open,
    /// A task waits again.
    Hold,
    /// A task was claimed.
    Claim,
    /// A task was given back to its candidates.
    Unclaim,
    /// Approved.
    Approve,
    /// Rejected.
    Reject,
    /// The instance was sent back.
    Return,
    /// A task was delegated.
    Delegate,
    /// Whoever it was delegated to has said what they think.
    Resolve,
    /// A task was given to somebody else.
    Transfer,
    /// Signers were added.
    AddSigners,
    /// Signers were taken away.
    RemoveSigners,
    /// A task was shown to somebody.
    Copy,
    /// Somebody has taken their approval back.
    Withdraw,
    /// An outside system has taken an approval back.
    Recall,
    /// Somebody has asked for a decision.
    Urge,
    /// Somebody has said something.
    Comment,
    /// Nobody needs to decide a task any longer.
    Cancel,
    /// The instance was suspended.
    Suspend,
    /// It was resumed.
    Resume,
    /// It has ended.
    End,
    /// What it waited for has happened.
    Trigger,
    /// A machine has done its work.
    CompleteJob,
    /// A machine's work has ended with an error of the process.
    ErrorJob,
    /// Something could not be done.
    Incident,
    /// It is done again.
    ResolveIncident,
}

impl HistoryKind {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::Start,
        Self::Create,
        Self::Open,
        Self::Hold,
        Self::Claim,
        Self::Unclaim,
        Self::Approve,
        Self::Reject,
        Self::Return,
        Self::Delegate,
        Self::Resolve,
        Self::Transfer,
        Self::AddSigners,
        Self::RemoveSigners,
        Self::Copy,
        Self::Withdraw,
        Self::Recall,
        Self::Urge,
        Self::Comment,
        Self::Cancel,
        Self::Suspend,
        Self::Resume,
        Self::End,
        Self::Trigger,
        Self::CompleteJob,
        Self::ErrorJob,
        Self::Incident,
        Self::ResolveIncident,
    ];

    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "START",
            Self::Create => "CREATE",
            Self::Open => "OPEN",
            Self::Hold => "HOLD",
            Self::Claim => "CLAIM",
            Self::Unclaim => "UNCLAIM",
            Self::Approve => "APPROVE",
            Self::Reject => "REJECT",
            Self::Return => "RETURN",
            Self::Delegate => "DELEGATE",
            Self::Resolve => "RESOLVE",
            Self::Transfer => "TRANSFER",
            Self::AddSigners => "ADD_SIGNERS",
            Self::RemoveSigners => "REMOVE_SIGNERS",
            Self::Copy => "COPY",
            Self::Withdraw => "WITHDRAW",
            Self::Recall => "RECALL",
            Self::Urge => "URGE",
            Self::Comment => "COMMENT",
            Self::Cancel => "CANCEL",
            Self::Suspend => "SUSPEND",
            Self::Resume => "RESUME",
            Self::End => "END",
            Self::Trigger => "TRIGGER",
            Self::CompleteJob => "COMPLETE_JOB",
            Self::ErrorJob => "ERROR_JOB",
            Self::Incident => "INCIDENT",
            Self::ResolveIncident => "RESOLVE_INCIDENT",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One entry to be.
#[derive(Debug, Default)]
pub struct Note {
    /// With which task.
    pub task: Option<Uuid>,
    /// At which node.
    pub node: Option<String>,
    /// The status before and after, of the task or else of the instance.
    pub statuses: (Option<i16>, Option<i16>),
    /// Why.
    pub reason: Option<String>,
    /// What else there is to say.
    pub data: Option<Value>,
    /// The process did it by itself, whoever caused it.
    pub is_automatic: bool,
}

impl Note {
    /// Of what the process does by itself.
    pub fn automatic() -> Self {
        Self { is_automatic: true, ..Self::default() }
    }
}

impl Case {
    /// Writes down what has happened to an instance in hand.
    ///
    /// # Errors
    /// `INTERNAL` where it is not: a fault of ours.
    pub fn write_down(&mut self, instance: Uuid, kind: HistoryKind, note: Note) -> Result<(), Fault> {
        let place = self.place_of(instance)?;
        self.note(place, kind, note);
        Ok(())
    }

    /// Writes something down.
    pub fn note(&mut self, place: usize, kind: HistoryKind, note: Note) {
        let (revision, ordinal) = self.next_place(place);
        let hand = &mut self.hands[place];
        hand.is_changed = true;
        let place = Place { root: hand.row.root_id, instance: hand.row.id, revision, ordinal };
        let actor = self.actor.as_deref();
        self.history.push(entry(place, kind, actor, note, self.now));
    }
}

/// Where an entry stands in the history of its tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub root: Uuid,
    pub instance: Uuid,
    /// The tree's.
    pub revision: i64,
    /// Within the revision.
    pub ordinal: i32,
}

/// An entry of what `actor` has done, or what the process has by itself.
pub(super) fn entry(
    place: Place,
    kind: HistoryKind,
    actor: Option<&str>,
    note: Note,
    at: DateTime<Utc>,
) -> process_history::Model {
    process_history::Model {
        root_id: place.root,
        instance_id: place.instance,
        revision: place.revision,
        ordinal: place.ordinal,
        kind: kind.as_str().to_owned(),
        actor: if note.is_automatic { None } else { actor.map(str::to_owned) },
        task_id: note.task,
        node_id: note.node,
        from_status: note.statuses.0,
        to_status: note.statuses.1,
        reason: note.reason,
        data: note.data.map(|data| data.to_string()),
        at,
    }
}
