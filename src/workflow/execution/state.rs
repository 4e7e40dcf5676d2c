//! The state of an instance as it is kept: where its tokens are.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::round::Round;
use super::undo::Undo;
use crate::workflow::model::ElementId;

/// The format in which states are written. Each change of their shape makes a new one, and
/// [`State::load`] reads all that there were.
pub const FORMAT: u32 = 6;

/// The scope of the process itself.
pub const ROOT: u32 = 0;

/// Where the tokens of an instance are, and what is needed to move them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// The number of the next token or scope.
    pub next: u32,
    /// All tokens, by their numbers. Between two steps each of them waits.
    pub tokens: Vec<Token>,
    /// The scopes within the process, by their numbers: a subprocess's, or those of a repeated
    /// activity's bodies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<Scope>,
    /// What is waited for beside people and children.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subscriptions: Vec<Subscription>,
    /// What can be taken back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<Undo>,
    /// Who has approved so far, as often as they have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<String>,
    /// Who approved at the user task that was left last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub last_approvers: Vec<String>,
    /// Who was drawn of several approvers, by node and body.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub drawn: BTreeMap<String, String>,
    /// Approvers that somebody has chosen, by node.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub chosen: Map<String, Value>,
    /// The start event at which something has begun it; none: it was started where whoever wants to does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<ElementId>,
}

/// A place of control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its number within the instance; never used again.
    pub id: u32,
    /// The scope that it moves in.
    pub scope: u32,
    /// Where it is.
    pub node: ElementId,
    /// The entry in the history that is open for it; none while it moves.
    pub activity: Option<Uuid>,
    /// It executes one body of a repeated activity, not the whole.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_body: bool,
    /// The variables of the activity that it is at, where that has some for itself.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub locals: Map<String, Value>,
    /// What it waits for.
    pub waits: Waits,
}

/// What a token waits for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "camelCase")]
pub enum Waits {
    /// For nothing: it is about to move. Never kept.
    Nothing {
        /// The flow by which it came; none where it was put there.
        by: Option<ElementId>,
    },
    /// For the other tokens of a join.
    Join {
        /// The flow by which it came.
        by: ElementId,
    },
    /// For people.
    People {
        /// Who is asked, and what they have said.
        round: Round,
    },
    /// For another process.
    Child {
        /// Its instance.
        instance: Uuid,
    },
    /// For the scopes that it owns.
    Scopes {
        /// How they follow one another, where the activity is repeated.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        repeat: Option<Repeat>,
    },
    /// For something to happen: one of the subscriptions that it holds.
    Event,
    /// For a machine's work.
    Job {
        /// Which.
        job: Uuid,
    },
}

/// Something that is waited for, for as long as its holder is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subscription {
    /// Its id; never used again.
    pub id: Uuid,
    /// The event: one that catches, is at the border of an activity, or starts an event subprocess.
    pub node: ElementId,
    /// For whom.
    pub holder: Holder,
    /// For what.
    pub wake: Wake,
}

/// Who waits for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Holder {
    /// A token: at the event, at a gateway before it, or at the activity that it is at the border of.
    Token(u32),
    /// A scope in which an event subprocess lies.
    Scope(u32),
}

/// What is waited for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "camelCase")]
pub enum Wake {
    /// A time.
    Timer {
        /// When.
        at: DateTime<Utc>,
        /// How long after that it comes again, where it does: a duration of ISO 8601.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every: Option<String>,
        /// How often it comes again; none: for as long as it is waited for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        more: Option<u32>,
    },
    /// A message.
    Message {
        /// Its name.
        name: String,
    },
    /// A signal.
    Signal {
        /// Its name.
        name: String,
    },
    /// That its condition becomes true.
    Condition {
        /// Whether it was when it was looked at last.
        holds: bool,
    },
}

/// Where tokens of their own move, owned by a token outside.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scope {
    /// Its number within the instance.
    pub id: u32,
    /// The token that waits for it.
    pub owner: u32,
    /// The scope around it.
    pub outer: u32,
    /// Which of a repeated activity's bodies it is, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// Its own variables.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub locals: Map<String, Value>,
}

/// How far a repeated activity is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Repeat {
    /// How many bodies there are to be; none where a condition says.
    pub total: Option<u32>,
    /// How many have begun.
    pub started: u32,
    /// How many have been executed.
    pub completed: u32,
    /// The elements of those that have not begun, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waiting: Vec<Value>,
}

/// Why a kept state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// A newer program has written it.
    #[error("the state has format {0}, and this program knows no later one than {FORMAT}")]
    Newer(u32),
    /// It is damaged.
    #[error("the state cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
}

impl State {
    /// A state without tokens.
    pub fn new() -> Self {
        Self { next: 1, ..Self::default() }
    }

    /// Reads what was kept in `format`.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn load(format: u32, text: &str) -> Result<Self, StateError> {
        let mut state: Self = match format {
            1 => super::formats::from_first(text)?,
            // The second knew of no subscriptions, the third of no jobs, the fourth of one start alone;
            // the fifth of no variables of an activity's own.
            2..=5 | FORMAT => serde_json::from_str(text)?,
            newer => return Err(StateError::Newer(newer)),
        };
        // They are looked up by their numbers.
        state.tokens.sort_by_key(|token| token.id);
        state.scopes.sort_by_key(|scope| scope.id);
        Ok(state)
    }

    /// What is kept, in [`FORMAT`].
    ///
    /// # Errors
    /// Never, but that a library says so.
    pub fn save(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// A number that was never used.
    pub fn number(&mut self) -> u32 {
        let number = self.next;
        self.next += 1;
        number
    }

    /// A token by its number.
    pub fn token(&self, id: u32) -> Option<&Token> {
        self.tokens.get(self.place_of(id)?)
    }

    /// The same, to be changed.
    pub fn token_mut(&mut self, id: u32) -> Option<&mut Token> {
        let place = self.place_of(id)?;
        self.tokens.get_mut(place)
    }

    /// Takes a token away.
    pub fn remove_token(&mut self, id: u32) {
        if let Some(place) = self.place_of(id) {
            self.tokens.remove(place);
        }
    }

    fn place_of(&self, id: u32) -> Option<usize> {
        self.tokens.binary_search_by_key(&id, |token| token.id).ok()
    }

    /// The token that waits for the people of an activity, or its child.
    pub fn waiting_at(&self, activity: Uuid) -> Option<&Token> {
        self.tokens.iter().find(|token| token.activity == Some(activity))
    }

    /// The children that tokens wait for.
    pub fn children(&self) -> impl Iterator<Item = Uuid> {
        self.tokens.iter().filter_map(|token| match token.waits {
            Waits::Child { instance } => Some(instance),
            _ => None,
        })
    }

    /// The jobs that tokens wait for.
    pub fn jobs(&self) -> impl Iterator<Item = Uuid> {
        self.tokens.iter().filter_map(|token| match token.waits {
            Waits::Job { job } => Some(job),
            _ => None,
        })
    }

    /// Where people are asked.
    pub fn asked(&self) -> impl Iterator<Item = Uuid> {
        self.tokens.iter().filter_map(|token| match token.waits {
            Waits::People { .. } => token.activity,
            _ => None,
        })
    }

    /// Whether a token waits for a child.
    pub fn waits_for(&self, child: Uuid) -> bool {
        self.tokens.iter().any(|token| token.waits == Waits::Child { instance: child })
    }

    /// A scope by its number; none for [`ROOT`].
    pub fn scope(&self, id: u32) -> Option<&Scope> {
        let place = self.scopes.binary_search_by_key(&id, |scope| scope.id).ok()?;
        self.scopes.get(place)
    }

    /// A name for a node in the bodies of repeated activities around it, the same whenever these are
    /// executed again.
    pub fn place_in_bodies(&self, node: &str, scope: u32) -> String {
        let mut place = node.to_owned();
        let mut around = self.scope(scope);
        while let Some(scope) = around {
            if let Some(index) = scope.index {
                // Writing to a text does not fail.
                let _ = write!(place, "#{index}");
            }
            around = self.scope(scope.outer);
        }
        place
    }

    /// The scopes that a token owns.
    pub fn scopes_of(&self, owner: u32) -> impl Iterator<Item = &Scope> {
        self.scopes.iter().filter(move |scope| scope.owner == owner)
    }

    /// The tokens directly in a scope.
    pub fn tokens_in(&self, scope: u32) -> impl Iterator<Item = &Token> {
        self.tokens.iter().filter(move |token| token.scope == scope)
    }
}
