//! Definitions listed: the newest version of each process, and all versions of one.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::store::{listing, versions};
use super::{Definition, Definitions, ready};
use crate::kernel::{Actor, Fault, Page, PageRequest, Place};
use crate::storage::by_place::by_place;
use crate::storage::entity::process_definition::{Column, Entity};

/// The longest text to look for, in characters.
const MAX_TEXT: usize = 200;
/// The longest key, in characters.
const MAX_KEY: usize = 128;

/// A version of a process without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionHead {
    /// Its id.
    pub id: Uuid,
    /// The process's id in the document.
    pub key: String,
    /// From 1, growing with each deployment of the key.
    pub version: i32,
    /// What to call it.
    pub name: String,
    /// Who deployed it.
    pub deployed_by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}
by_place!(DefinitionHead { id, key, version, name, deployed_by, created_at });

impl Definition {
    /// What lists have of it.
    pub fn head(&self) -> DefinitionHead {
        let row = &self.row;
        DefinitionHead {
            id: row.id,
            key: row.key.clone(),
            version: row.version,
            name: row.name.clone(),
            deployed_by: row.deployed_by.clone(),
            created_at: row.created_at,
        }
    }
}

impl Definitions {
    /// A page of the newest versions, by key, of the processes whose key or name holds `text`
    /// (whatever the case of its ASCII letters; empty: all). Everybody may look. It goes through the
    /// keys, whatever the number of their versions.
    ///
    /// # Errors
    /// `BAD_INPUT` for a text that is too long (at `text`), or a cursor that is none of these.
    pub async fn newest(
        &self,
        _actor: &Actor,
        text: &str,
        request: &PageRequest,
    ) -> Result<Page<DefinitionHead>, Fault> {
        let text = check_text(text)?;
        for (argument, cursor) in [("after", &request.after), ("before", &request.before)] {
            if cursor.as_deref().is_some_and(|key| !is_key(key)) {
                return Err(Fault::bad_input(argument, "this is not a cursor of this connection"));
            }
        }
        let ids = listing::newest_ids(self.db.reader(), text, request).await?;
        let mut heads = self.heads(&ids).await?;
        let read = ids.iter().filter_map(|id| heads.remove(id)).collect();
        Ok(Page::from_read(request, read, |head: &DefinitionHead| Place::Text(head.key.clone())))
    }

    /// How many processes [`newest`](Self::newest) gives in all.
    ///
    /// # Errors
    /// As [`newest`](Self::newest).
    pub async fn count(&self, _actor: &Actor, text: &str) -> Result<i64, Fault> {
        Ok(listing::count(self.db.reader(), check_text(text)?).await?)
    }

    /// A page of the versions of a process, the newest first.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of these.
    pub async fn versions(&self, key: &str, request: &PageRequest) -> Result<Page<DefinitionHead>, Fault> {
        let place = |argument: &str, cursor: Option<&String>| {
            let bad = || Fault::bad_input(argument, "this is not a cursor of this connection");
            cursor.map(|cursor| cursor.parse::<i32>().map_err(|_| bad())).transpose()
        };
        let window = (place("after", request.after.as_ref())?, place("before", request.before.as_ref())?);
        if !is_key(key) {
            return Ok(Page::from_read(request, Vec::new(), |_: &DefinitionHead| Place::Number(0)));
        }
        let read = versions::page(self.db.reader(), key, window, request).await?;
        Ok(Page::from_read(request, read, |head| Place::Number(head.version.into())))
    }

    /// The `limit` newest versions of each of the processes, the newest first (for loaders).
    ///
    /// # Errors
    /// The database's.
    pub async fn first_versions(
        &self,
        keys: &[String],
        limit: u64,
    ) -> Result<HashMap<String, Vec<DefinitionHead>>, Fault> {
        let mut found: HashMap<String, Vec<DefinitionHead>> = HashMap::new();
        for head in versions::first(self.db.reader(), &usable(keys), limit).await? {
            found.entry(head.key.clone()).or_default().push(head);
        }
        for versions in found.values_mut() {
            versions.sort_unstable_by_key(|head| std::cmp::Reverse(head.version));
        }
        Ok(found)
    }

    /// How many versions each of the processes has (for loaders).
    ///
    /// # Errors
    /// The database's.
    pub async fn version_counts(&self, keys: &[String]) -> Result<HashMap<String, i64>, Fault> {
        Ok(versions::counts(self.db.reader(), &usable(keys)).await?)
    }

    /// Definitions by their ids without their documents (for loaders); what is not there is left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn heads(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, DefinitionHead>, Fault> {
        let heads = versions::heads(self.db.reader(), ids).await?;
        Ok(heads.into_iter().map(|head| (head.id, head)).collect())
    }

    /// Definitions by their ids (for loaders): one statement for all that are not at hand. What is
    /// not there is left out.
    ///
    /// # Errors
    /// `INTERNAL` where what was deployed can no longer be read.
    pub async fn by_ids(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<Definition>>, Fault> {
        let at_hand = |id: &Uuid| Some((*id, self.at_hand.get(id)?));
        let mut found: HashMap<_, _> = ids.iter().filter_map(at_hand).collect();
        let missing: Vec<_> = ids.iter().copied().filter(|id| !found.contains_key(id)).collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let rows = Entity::find().filter(Column::Id.is_in(missing)).all(self.db.reader()).await?;
        for row in rows {
            let definition = ready(row).await?;
            self.at_hand.insert(definition.row.id, Arc::clone(&definition));
            found.insert(definition.row.id, definition);
        }
        Ok(found)
    }
}

/// Whether `text` can be a key, which PostgreSQL takes too.
pub(super) fn is_key(text: &str) -> bool {
    !text.is_empty() && text.chars().take(MAX_KEY + 1).count() <= MAX_KEY && !text.contains('\0')
}

fn usable(keys: &[String]) -> Vec<String> {
    keys.iter().filter(|key| is_key(key)).cloned().collect()
}

fn check_text(text: &str) -> Result<&str, Fault> {
    let text = text.trim();
    if text.chars().take(MAX_TEXT + 1).count() > MAX_TEXT || text.contains('\0') {
        return Err(Fault::bad_input("text", format!("look for at most {MAX_TEXT} characters")));
    }
    Ok(text)
}
