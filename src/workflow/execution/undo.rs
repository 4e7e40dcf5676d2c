//! Taking an approval back.
//!
//! With each approval that lets a token go, the state keeps what the step took away and what it
//! made. As long as everything that it made is there unchanged, the one can be put back in the
//! place of the other; when somebody has gone on from there, it is forgotten.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::change::{Change, Left};
use super::machine::Machine;
use super::round::{Rule, Verdict};
use super::state::{Holder, Scope, State, Subscription, Token, Waits};
use super::{Command, Halt, StepError};

/// What an approval has moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Undo {
    /// Where it was given.
    pub activity: Uuid,
    /// Who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The tokens that it took away or changed, as they were.
    pub tokens: Vec<Token>,
    /// The scopes that it took away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// The tokens that it made or changed, as they were after it.
    pub made: Vec<Token>,
    /// The scopes that it made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_scopes: Vec<u32>,
    /// What it let nobody wait for any longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<Subscription>,
    /// Who counts as an approver because of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<String>,
    /// Who had approved at the user task that was left last before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub last_approvers: Vec<String>,
    /// The same after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_last_approvers: Vec<String>,
    /// What could have been taken back until then, and can be again when this has been.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Self>,
}

/// How many approvals can be taken back one after the other.
const DEPTH: usize = 8;

impl Undo {
    /// The same with no more than so many others behind it.
    fn shortened(mut self, depth: usize) -> Self {
        self.earlier = match depth.checked_sub(1) {
            Some(depth) => self.earlier.into_iter().map(|earlier| earlier.shortened(depth)).collect(),
            None => Vec::new(),
        };
        self
    }

    /// Another approval, given before this one, is taken back: this one does not bring its approvers back.
    fn forget(&mut self, other: &Self) {
        if self.last_approvers == other.made_last_approvers {
            self.last_approvers.clone_from(&other.last_approvers);
        }
        self.earlier.iter_mut().for_each(|earlier| earlier.forget(other));
    }
}

/// What must not have been finished meanwhile for an approval to be taken back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Later {
    /// The activities that the approval has led to.
    pub activities: Vec<Uuid>,
    /// The children that it has led to.
    pub children: Vec<Uuid>,
    /// The jobs that it has led to: nobody takes back what a machine has begun.
    pub jobs: Vec<Uuid>,
}

impl Later {
    /// All of it.
    pub fn all(&self) -> impl Iterator<Item = &Uuid> {
        self.activities.iter().chain(&self.children).chain(&self.jobs)
    }
}

/// What an approval at `activity` has led to, where it can still be taken back as far as the tokens
/// are concerned.
pub fn can_take_back(state: &State, activity: Uuid, by: Option<&str>) -> Option<Later> {
    if let Some(token) = state.waiting_at(activity) {
        let Waits::People { round } = &token.waits else { return None };
        let last = round.approvers.last().map(String::as_str);
        let in_order = !round.rule.is_in_turn() || last == by;
        return (in_order && round.approvers.iter().any(|approver| Some(approver.as_str()) == by))
            .then(Later::default);
    }
    let undo = state.undo.iter().find(|undo| undo.activity == activity)?;
    let among = |token: &Token| match &token.waits {
        Waits::People { round } => round.approvers.iter().any(|approver| Some(approver.as_str()) == by),
        _ => false,
    };
    let asked = undo.tokens.iter().find(|token| token.activity == Some(activity));
    // In turn, those behind have gone on from it.
    let may_be_another = asked.is_some_and(|token| !is_in_turn(token) && among(token));
    if undo.by.as_deref() != by && !may_be_another {
        return None;
    }
    let mut later = Later::default();
    for token in &undo.made {
        collect(state, token, &mut later);
    }
    Some(later)
}

fn is_in_turn(token: &Token) -> bool {
    matches!(&token.waits, Waits::People { round } if round.rule.is_in_turn())
}

fn collect(state: &State, token: &Token, later: &mut Later) {
    match &token.waits {
        Waits::Child { instance } => later.children.push(*instance),
        Waits::Job { job } => later.jobs.push(*job),
        Waits::People { .. } => later.activities.extend(token.activity),
        Waits::Scopes { .. } => {
            for scope in state.scopes_of(token.id) {
                state.tokens_in(scope.id).for_each(|inner| collect(state, inner, later));
            }
        }
        Waits::Event | Waits::Join { .. } | Waits::Nothing { .. } => {}
    }
}

/// Forgets what can no longer be taken back, and keeps what can be from now on.
pub(super) fn keep(state: &mut State, before: &State, command: &Command) {
    let tokens = &state.tokens;
    let stands = |undo: &Undo| {
        undo.made.iter().all(|made| {
            tokens.binary_search_by_key(&made.id, |token| token.id).is_ok_and(|place| tokens[place] == *made)
        })
    };
    // What has happened beside a token has gone on from there.
    let fired = match command {
        Command::Trigger { subscription, .. } => {
            let fired = before.subscriptions.iter().find(|one| one.id == *subscription);
            // Whoever is only reminded has not gone on.
            let is_its_own = |one: &Subscription| match one.holder {
                Holder::Token(id) => before.token(id).is_some_and(|token| token.node == one.node),
                Holder::Scope(_) => false,
            };
            fired.filter(|one| !is_its_own(one)).map(|one| one.holder)
        }
        _ => None,
    };
    let stands = |undo: &Undo| {
        stands(undo)
            && match fired {
                None => true,
                Some(Holder::Token(id)) => undo.made.iter().all(|made| made.id != id),
                Some(Holder::Scope(_)) => false,
            }
    };
    let (kept, earlier): (Vec<_>, Vec<_>) = state.undo.drain(..).partition(stands);
    state.undo = kept;
    let Command::Vote { activity, verdict: Verdict::Approve, by, .. } = command else { return };
    // Where others are still to be heard, the vote alone is taken back.
    if state.waiting_at(*activity).is_some() {
        return;
    }
    let gone = |scope: &&Scope| state.scope(scope.id) != Some(scope);
    let new = |scope: &&Scope| before.scope(scope.id).is_none();
    let silent = |one: &&Subscription| state.subscriptions.iter().all(|kept| kept.id != one.id);
    let undo = Undo {
        activity: *activity,
        subscriptions: before.subscriptions.iter().filter(silent).cloned().collect(),
        by: by.clone(),
        tokens: before.tokens.iter().filter(|token| state.token(token.id) != Some(token)).cloned().collect(),
        scopes: before.scopes.iter().filter(gone).cloned().collect(),
        made: state.tokens.iter().filter(|token| before.token(token.id) != Some(token)).cloned().collect(),
        made_scopes: state.scopes.iter().filter(new).map(|scope| scope.id).collect(),
        counted: state.approvers.get(before.approvers.len()..).unwrap_or_default().to_vec(),
        last_approvers: before.last_approvers.clone(),
        made_last_approvers: state.last_approvers.clone(),
        earlier: earlier.into_iter().map(|earlier| earlier.shortened(DEPTH - 2)).collect(),
    };
    // A child or a job that is not waited for any longer has ended, and does not come back.
    let has_abandoned = undo.tokens.iter().any(|token| match &token.waits {
        Waits::Child { instance } => !state.waits_for(*instance),
        Waits::Job { job } => state.jobs().all(|kept| kept != *job),
        _ => false,
    });
    // Nothing came of it but an end: there is nothing to take back.
    if !undo.made.is_empty() && !has_abandoned {
        state.undo.push(undo);
    }
}

impl Machine<'_> {
    pub(super) fn take_back(&mut self, activity: Uuid, task: Uuid, by: Option<&str>) -> Result<(), Halt> {
        if can_take_back(&self.state, activity, by).is_none() {
            return Err(StepError::NoTakeBack("others have gone on from there").into());
        }
        if let Some(id) = self.state.waiting_at(activity).map(|token| token.id) {
            self.take_vote_back(id, by);
            self.changes.push(Change::Reopened { activity, task: Some(task), whole: false });
            return Ok(());
        }
        let Some(place) = self.state.undo.iter().position(|undo| undo.activity == activity) else {
            return Err(StepError::NoTakeBack("others have gone on from there").into());
        };
        let undo = self.state.undo.remove(place);
        // The approval may have silenced others beside its own round: they are asked again too.
        let people = |token: &&Token| matches!(token.waits, Waits::People { .. });
        let silenced: Vec<_> = undo.tokens.iter().filter(people).filter_map(|token| token.activity).collect();
        self.restore(undo, activity, by);
        for asked in silenced {
            let task = (asked == activity).then_some(task);
            self.changes.push(Change::Reopened { activity: asked, task, whole: true });
        }
        Ok(())
    }

    fn restore(&mut self, mut undo: Undo, activity: Uuid, by: Option<&str>) {
        self.state.undo.extend(std::mem::take(&mut undo.earlier));
        self.state.undo.iter_mut().for_each(|other| other.forget(&undo));
        // What has only changed where it stands is put right; what has moved on goes.
        let stayed = |token: &Token| {
            undo.tokens.iter().any(|old| old.id == token.id && old.activity == token.activity)
        };
        for made in undo.made.iter().filter(|made| !stayed(made)) {
            self.sweep(made.id, Left::Withdrawn);
        }
        for scope in &undo.made_scopes {
            self.clear(*scope, Left::Withdrawn);
            self.state.scopes.retain(|one| one.id != *scope);
        }
        let restored: Vec<_> = undo.scopes.iter().map(|scope| scope.id).collect();
        self.state.scopes.retain(|scope| !restored.contains(&scope.id));
        self.state.scopes.extend(undo.scopes);
        self.state.scopes.sort_by_key(|scope| scope.id);
        let mut resumed = Vec::new();
        for old in undo.tokens {
            if let Some(token) = self.state.token_mut(old.id) {
                *token = old;
                continue;
            }
            self.changes.extend(old.activity.map(|activity| Change::Resumed { activity }));
            resumed.push(old);
        }
        self.state.tokens.extend(resumed);
        self.state.tokens.sort_by_key(|token| token.id);
        for subscription in undo.subscriptions {
            let is_held = match subscription.holder {
                Holder::Token(id) => self.state.token(id).is_some(),
                Holder::Scope(id) => self.state.scope(id).is_some(),
            };
            if is_held {
                self.hold(subscription);
            }
        }
        // Others may have approved in other branches since: what they have made of it stays.
        for approver in &undo.counted {
            if let Some(place) = self.state.approvers.iter().rposition(|one| one == approver) {
                self.state.approvers.remove(place);
            }
        }
        if self.state.last_approvers == undo.made_last_approvers {
            self.state.last_approvers.clone_from(&undo.last_approvers);
        }
        // The round stands as before the last vote. If that was another's, it stays.
        if undo.by.as_deref() != by
            && let Some(id) = self.state.waiting_at(activity).map(|token| token.id)
        {
            if let Some(Token { waits: Waits::People { round }, .. }) = self.state.token_mut(id) {
                round.vote(Verdict::Approve, undo.by.as_deref());
            }
            self.take_vote_back(id, by);
        }
    }

    fn take_vote_back(&mut self, id: u32, by: Option<&str>) {
        if let Some(Token { waits: Waits::People { round }, .. }) = self.state.token_mut(id) {
            debug_assert_ne!(round.rule, Rule::Any);
            round.take_back(by);
        }
    }
}
