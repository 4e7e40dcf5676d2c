//! Somebody's inbox, live: their own and those of their groups as one stream.
//!
//! Each principal's inbox is a stream of its own, which one reader a replica feeds to all who follow
//! it. Who is in several groups follows several streams; their cursor holds the place in each.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt as _;
use futures::stream::{self, BoxStream, SelectAll};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _,
};
use uuid::Uuid;

use super::Workflow;
use super::live::{InboxChange, fault};
use crate::events::{FeedError, Progress};
use crate::kernel::{Actor, Fault};
use crate::storage::bulk::{Column, Rows};
use crate::storage::entity::{inbox, inbox_entry};

/// The longest cursor taken from outside, in bytes.
const MAX_CURSOR: usize = 32 * 1024;
/// How long is believed who is in which groups.
const MEMBERSHIP: TimeDelta = TimeDelta::minutes(1);

/// What a task has become to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InboxKind {
    /// Theirs to do, newly or still.
    Todo,
    /// They have decided it.
    Done,
    /// Theirs no more.
    Gone,
    /// They were shown it.
    Copied,
}

/// One message of an inbox.
#[derive(Debug, Clone)]
pub struct InboxMessage {
    /// Where the subscriber now stands.
    pub cursor: String,
    /// What has become of a task, and the task; none in the first message.
    pub change: Option<(InboxKind, Arc<InboxChange>)>,
}

type Followed = BoxStream<'static, (Uuid, Result<Progress<inbox::Model, InboxChange>, FeedError>)>;

struct Follower {
    workflow: Workflow,
    actor: Actor,
    /// The names under which tasks are the actor's, and when that was looked up.
    principals: Vec<String>,
    looked_up: DateTime<Utc>,
    streams: SelectAll<Followed>,
    places: BTreeMap<Uuid, String>,
    /// How many streams have not told where they stand.
    silent: usize,
    /// Nothing has been told yet, and the first message is owed.
    owes_first: bool,
}

impl Workflow {
    /// Follows an actor's inbox behind the cursor `after`, or from where it stands now. The first
    /// message without `after` has no task; then each changed task is told, the latest state of it.
    /// It ends with the first error alone. Which groups the actor is in is looked up at the
    /// beginning: whoever comes into one follows anew; what is a group's is no longer told to who has left
    /// it, after a minute at the latest.
    ///
    /// # Errors
    /// `BAD_INPUT` at `after` for a cursor that is none of an inbox.
    pub async fn follow_inbox(
        &self,
        actor: &Actor,
        after: Option<String>,
    ) -> Result<BoxStream<'static, Result<InboxMessage, Fault>>, Fault> {
        let mut principals = self.principals(actor).await?;
        principals.sort_unstable();
        let streams = self.streams_of(&principals).await?;
        let mut places = match &after {
            Some(after) => decode(after)?,
            None => BTreeMap::new(),
        };
        // What one is no longer in is not followed; what one has come into is told from here on.
        places.retain(|stream, _| streams.contains(stream));
        let is_new = after.is_none();
        let feeds = streams.iter().map(|stream| {
            let (stream, place) = (*stream, places.get(stream).cloned());
            self.inner.inboxes.subscribe(stream, place).map(move |message| (stream, message)).boxed()
        });
        let silent = streams.iter().filter(|stream| !places.contains_key(stream)).count();
        let (workflow, actor, looked_up) = (self.clone(), actor.clone(), self.inner.clock.now());
        let follower = Follower {
            workflow,
            actor,
            principals,
            looked_up,
            streams: stream::select_all(feeds),
            places,
            silent,
            owes_first: is_new,
        };
        Ok(stream::unfold(Some(follower), |follower| async {
            let mut follower = follower?;
            let message = follower.next().await?;
            let goes_on = message.is_ok();
            Some((message, goes_on.then_some(follower)))
        })
        .boxed())
    }

    /// What a task is to somebody with several names: theirs to do before all, then what they have done.
    async fn standing(&self, principals: &[String], task: Uuid) -> Result<InboxKind, DbErr> {
        let states: Vec<String> = inbox_entry::Entity::find()
            .select_only()
            .column(inbox_entry::Column::State)
            .filter(inbox_entry::Column::TaskId.eq(task))
            .filter(inbox_entry::Column::Principal.is_in(principals))
            .into_tuple()
            .all(self.inner.db.reader())
            .await?;
        let kinds = [("TODO", InboxKind::Todo), ("DONE", InboxKind::Done)];
        let found = kinds.into_iter().find(|(state, _)| states.iter().any(|one| one == state));
        Ok(found.map_or(InboxKind::Gone, |(_, kind)| kind))
    }

    /// The streams of principals, made where there are none yet.
    async fn streams_of(&self, principals: &[String]) -> Result<Vec<Uuid>, DbErr> {
        let rows = || {
            Rows::new([
                ("stream", Column::Ids(principals.iter().map(|_| Uuid::now_v7()).collect())),
                ("principal", Column::Texts(principals.to_vec())),
            ])
        };
        let reader = self.inner.db.reader();
        let backend = reader.get_database_backend();
        let look_up = || rows().look_up(backend, "i.stream", "inbox AS i", "i.principal = x.principal");
        let read = |found: Vec<sea_orm::QueryResult>| -> Result<Vec<Uuid>, DbErr> {
            found.iter().map(|row| row.try_get_by_index(0)).collect()
        };
        let found = read(reader.query_all_raw(look_up()).await?)?;
        if found.len() == principals.len() {
            return Ok(found);
        }
        let tx = self.inner.db.begin().await?;
        let text = |source: &str| {
            format!(
                "INSERT INTO inbox (principal, stream, revision) SELECT principal, stream, 0 FROM {source} \
                 WHERE true ON CONFLICT (principal) DO NOTHING"
            )
        };
        rows().execute_in_op(&tx, text).await?;
        tx.commit().await?;
        read(self.inner.db.writer().query_all_raw(look_up()).await?)
    }
}

impl Follower {
    async fn next(&mut self) -> Option<Result<InboxMessage, Fault>> {
        loop {
            if self.owes_first && self.silent == 0 {
                self.owes_first = false;
                return Some(Ok(InboxMessage { cursor: encode(&self.places), change: None }));
            }
            let (stream, message) = self.streams.next().await?;
            let Progress { cursor, change, .. } = match message {
                Ok(progress) => progress,
                Err(error) => return Some(Err(fault(error, "inbox"))),
            };
            if self.places.insert(stream, cursor).is_none() {
                self.silent -= 1;
            }
            // The word where one stream stands is no news.
            let Some(change) = change else { continue };
            if self.owes_first {
                // Whoever looks when the first message comes sees it.
                continue;
            }
            return match self.kind_of(&change).await {
                Ok(Some(kind)) => {
                    Some(Ok(InboxMessage { cursor: encode(&self.places), change: Some((kind, change)) }))
                }
                Ok(None) => continue,
                Err(fault) => Some(Err(fault)),
            };
        }
    }

    /// What a change is to the actor; none where it is no longer theirs to know.
    async fn kind_of(&mut self, change: &InboxChange) -> Result<Option<InboxKind>, Fault> {
        let now = self.workflow.inner.clock.now();
        if now - self.looked_up > MEMBERSHIP {
            self.principals = self.workflow.principals(&self.actor).await?;
            self.looked_up = now;
        }
        if !self.principals.contains(&change.entry.principal) {
            return Ok(None);
        }
        match kind_of(change) {
            // What a group has lost may be the actor's own by now, and the word of that come first.
            InboxKind::Gone if self.principals.len() > 1 => {
                Ok(Some(self.workflow.standing(&self.principals, change.task.id).await?))
            }
            kind => Ok(Some(kind)),
        }
    }
}

fn kind_of(change: &InboxChange) -> InboxKind {
    if change.is_copy {
        return InboxKind::Copied;
    }
    match change.entry.state.as_str() {
        "TODO" => InboxKind::Todo,
        "DONE" => InboxKind::Done,
        _ => InboxKind::Gone,
    }
}

fn encode(places: &BTreeMap<Uuid, String>) -> String {
    let places: Vec<_> =
        places.iter().map(|(stream, place)| format!("{}={place}", stream.simple())).collect();
    URL_SAFE_NO_PAD.encode(format!("i:{}", places.join(",")))
}

fn decode(text: &str) -> Result<BTreeMap<Uuid, String>, Fault> {
    let bad = || Fault::bad_input("after", "this is not a cursor of an inbox");
    if text.len() > MAX_CURSOR {
        return Err(bad());
    }
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    let places = text.strip_prefix("i:").ok_or_else(bad)?;
    let place = |one: &str| {
        let (stream, place) = one.split_once('=')?;
        Some((Uuid::try_parse(stream).ok()?, place.to_owned()))
    };
    places.split(',').filter(|one| !one.is_empty()).map(|one| place(one).ok_or_else(bad)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_survives_the_round_trip() {
        let places =
            BTreeMap::from([(Uuid::from_u128(1), "abc".to_owned()), (Uuid::from_u128(2), "x_-".to_owned())]);
        assert_eq!(decode(&encode(&places)).unwrap(), places);
        assert!(decode(&encode(&BTreeMap::new())).unwrap().is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_decoding_panic(text in ".{0,200}") {
            let _ = decode(&text);
            let _ = decode(&URL_SAFE_NO_PAD.encode(format!("i:{text}")));
        }
    }
}
