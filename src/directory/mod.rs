//! The organisation: departments, positions, people, tags and roles, as approvals see them.
//!
//! Whoever is asked for is active: people who have left and groups that are gone are found by
//! their ids alone, so that what they once did stays readable.

mod absence;
mod group;
mod import;
mod leaders;
mod listing;
mod many;
#[cfg(test)]
mod many_tests;
mod model;
#[cfg(test)]
mod read_plans;
mod store;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub use absence::{MAX_ABSENCES, MAX_DAYS, MAX_DAYS_AHEAD, MAX_HOPS, SetAbsence};
pub use group::{Group, GroupKind, MAX_ID, MAX_NAME, NoPrincipal, Principal, is_id};
pub use import::{
    Counts, FileKind, Import, ImportMode, ImportReport, MAX_BYTES, MAX_FAULTS, MAX_ROWS, RowFault,
};
pub use leaders::MAX_LEVELS;
pub use listing::Listed;
pub use many::Grouping;
pub use model::{Absence, ApproverRole, Department, Listing, Person, Position, Tag};

use crate::kernel::{Actor, Clock, Fault, Page, PageRequest};
use crate::storage::Db;

/// The directory. Cheap to clone.
///
/// Methods without an actor are for other rooms, which decide who may see what they answer.
#[derive(Clone)]
pub struct Directory {
    db: Db,
    clock: Arc<dyn Clock>,
}

impl Directory {
    /// The directory in `db`.
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    /// A person by the user id, who may have left.
    ///
    /// # Errors
    /// The database's.
    pub async fn person(&self, id: &str) -> Result<Option<Person>, Fault> {
        Ok(self.people(&[id.to_owned()]).await?.remove(id))
    }

    /// People by their user ids (for loaders), those who have left too; who is not known is left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn people(&self, ids: &[String]) -> Result<HashMap<String, Person>, Fault> {
        let people = store::people(self.db.reader(), ids).await?;
        Ok(people.into_iter().map(|person| (person.id.clone(), person)).collect())
    }

    /// Those of the user ids that are active people's.
    ///
    /// # Errors
    /// The database's.
    pub async fn known(&self, ids: &[String]) -> Result<HashSet<String>, Fault> {
        Ok(store::known(self.db.reader(), ids).await?.into_iter().collect())
    }

    /// A page of the active people whose name (whatever its case) or id begins with `text`, of at
    /// most [`MAX_NAME`] characters; empty: everybody. Ordered by name. Everybody may look.
    ///
    /// # Errors
    /// `BAD_INPUT` for a text that is too long, or a cursor that is none of these.
    pub async fn search_people(
        &self,
        _actor: &Actor,
        text: &str,
        request: &PageRequest,
    ) -> Result<Page<Person>, Fault> {
        listing::page(self.db.reader(), text, request).await
    }

    /// A page of the departments; see [`search_people`](Self::search_people).
    ///
    /// # Errors
    /// See [`search_people`](Self::search_people).
    pub async fn departments(
        &self,
        _actor: &Actor,
        text: &str,
        request: &PageRequest,
    ) -> Result<Page<Department>, Fault> {
        listing::page(self.db.reader(), text, request).await
    }

    /// A page of the positions; see [`search_people`](Self::search_people).
    ///
    /// # Errors
    /// See [`search_people`](Self::search_people).
    pub async fn positions(
        &self,
        _actor: &Actor,
        text: &str,
        request: &PageRequest,
    ) -> Result<Page<Position>, Fault> {
        listing::page(self.db.reader(), text, request).await
    }

    /// A page of the tags; see [`search_people`](Self::search_people).
    ///
    /// # Errors
    /// See [`search_people`](Self::search_people).
    pub async fn tags(&self, _actor: &Actor, text: &str, request: &PageRequest) -> Result<Page<Tag>, Fault> {
        listing::page(self.db.reader(), text, request).await
    }

    /// A page of the approver roles; see [`search_people`](Self::search_people).
    ///
    /// # Errors
    /// See [`search_people`](Self::search_people).
    pub async fn roles(
        &self,
        _actor: &Actor,
        text: &str,
        request: &PageRequest,
    ) -> Result<Page<ApproverRole>, Fault> {
        listing::page(self.db.reader(), text, request).await
    }

    /// How many entries a listing has for `text`.
    ///
    /// # Errors
    /// `BAD_INPUT` for a text that is too long.
    pub async fn count(&self, _actor: &Actor, listing: Listing, text: &str) -> Result<u64, Fault> {
        listing::count(self.db.reader(), listing, text).await
    }

    /// The active people of a group, by id.
    ///
    /// # Errors
    /// The database's.
    pub async fn members(&self, group: &Group) -> Result<Vec<String>, Fault> {
        self.members_of(std::slice::from_ref(group)).await
    }

    /// The active people who are in any of the groups, each once, by id.
    ///
    /// # Errors
    /// The database's.
    pub async fn members_of(&self, groups: &[Group]) -> Result<Vec<String>, Fault> {
        Ok(store::members(self.db.reader(), groups).await?)
    }

    /// For each of the departments, in their order, who leads the department `level - 1` levels
    /// above it (1: itself). Nothing where there is no such level (they are 1 to [`MAX_LEVELS`]),
    /// or no active leader on it: what then happens is the caller's to say.
    ///
    /// # Errors
    /// The database's.
    pub async fn leaders(&self, departments: &[String], level: u32) -> Result<Vec<Option<String>>, Fault> {
        if !(1..=MAX_LEVELS).contains(&level) {
            return Ok(vec![None; departments.len()]);
        }
        let led = store::led(self.db.reader(), departments, level).await?;
        Ok(leaders::at_level(departments, &led, level))
    }

    /// The active leaders of the departments and of those above them, through `levels` levels in
    /// all (at most [`MAX_LEVELS`]): the nearest first, each once. A level without one is passed over.
    ///
    /// # Errors
    /// The database's.
    pub async fn leaders_up(&self, departments: &[String], levels: u32) -> Result<Vec<String>, Fault> {
        if levels == 0 {
            return Ok(Vec::new());
        }
        let led = store::led(self.db.reader(), departments, levels.min(MAX_LEVELS)).await?;
        Ok(leaders::nearest_first(departments, led))
    }

    /// The departments that an active person is in: the primary one first, then by id.
    ///
    /// # Errors
    /// The database's.
    pub async fn departments_of(&self, user: &str) -> Result<Vec<String>, Fault> {
        Ok(store::departments_of(self.db.reader(), user).await?)
    }

    /// Under which names work can be a user's: their own first, then their groups, by kind and id.
    /// Who is unknown or inactive has just their own.
    ///
    /// # Errors
    /// The database's.
    pub async fn principals_of(&self, user: &str) -> Result<Vec<Principal>, Fault> {
        let groups = store::groups_of(self.db.reader(), user).await?;
        let own = Principal::User(user.to_owned());
        Ok(std::iter::once(own).chain(groups.into_iter().map(Principal::Group)).collect())
    }

    /// The groups that a model means by names (`candidateGroups="hr"`): `role:hr`, `tag:…`,
    /// `department:…` or `position:…` as each says, else a role of that id or name, then a tag, then
    /// a department, then a position. Names are compared without their case; one that several of a kind
    /// have means none of them. Names that mean none are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn resolve_groups(&self, names: &[String]) -> Result<HashMap<String, Principal>, Fault> {
        let ids: Vec<_> = names.iter().filter_map(|name| Some(group::sought(name)?.1)).collect();
        let keys: Vec<_> = ids.iter().map(|id| group::name_key(id)).collect();
        let found = store::find_groups(self.db.reader(), &ids, &keys).await?;
        let chosen =
            names.iter().filter_map(|name| Some((name.clone(), group::choose(name, &found)?.into())));
        Ok(chosen.collect())
    }

    /// What groups are called (for loaders), those that are gone too; unknown ones are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn group_names(&self, groups: &[Group]) -> Result<HashMap<Group, String>, Fault> {
        Ok(store::group_names(self.db.reader(), groups).await?)
    }
}
