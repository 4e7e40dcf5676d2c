//! What people belong to: departments, positions, tags, approver roles.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, ID, Result};

use super::person::{Person, PersonConnection, PersonList};
use crate::directory::{self as domain, Grouping};
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::connection::{Connection, Count, connection, page};
use crate::graphql::context::Services;
use crate::graphql::loaders::{ListLoader, ListLoaders};
use crate::kernel::{Edge, Fault, GlobalId, NodeKind, Page, PageRequest, Place};

/// A kind of groups as the schema shows it.
pub trait Shown: Sized {
    /// What it is made of.
    type Row: Grouping;

    /// Groups that were read together.
    fn all(services: &Arc<Services>, rows: Vec<Self::Row>) -> Vec<Arc<Self>>;
}

/// What each of the people belongs to of a kind.
pub async fn of_people<T: Shown>(
    services: &Arc<Services>,
    people: &[String],
) -> Result<HashMap<String, Vec<Arc<T>>>, Fault> {
    let found = services.directory.groups_of::<T::Row>(people).await?;
    let counts: Vec<_> = found.iter().map(|(person, groups)| (person.clone(), groups.len())).collect();
    let mut all = T::all(services, found.into_values().flatten().collect()).into_iter();
    Ok(counts.into_iter().map(|(person, count)| (person, all.by_ref().take(count).collect())).collect())
}

/// Groups of a kind by their ids, those that are gone too.
pub async fn by_ids<T: Shown>(
    services: &Arc<Services>,
    ids: &[String],
) -> Result<HashMap<String, Arc<T>>, Fault> {
    let (ids, rows): (Vec<_>, Vec<_>) = services.directory.groups::<T::Row>(ids).await?.into_iter().unzip();
    Ok(ids.into_iter().zip(T::all(services, rows)).collect())
}

/// A page of groups.
pub fn shown_page<T: Shown>(services: &Arc<Services>, read: Page<T::Row>) -> Page<Arc<T>> {
    let (has_previous, has_next) = (read.has_previous, read.has_next);
    let (places, rows): (Vec<_>, Vec<_>) = read.edges.into_iter().map(|edge| (edge.place, edge.node)).unzip();
    let edges = places.into_iter().zip(T::all(services, rows));
    let edges = edges.map(|(place, node)| Edge { place, node }).collect();
    Page { edges, has_previous, has_next }
}

/// What departments that were read together share.
pub struct DepartmentList {
    services: Arc<Services>,
    parents: ListLoader<String, Arc<Department>>,
    leaders: ListLoader<String, Arc<Person>>,
    members: ListLoaders<u64, String, Vec<Arc<Person>>>,
    counts: ListLoader<String, i64>,
}

/// A department.
pub struct Department {
    row: domain::Department,
    list: Arc<DepartmentList>,
}

impl Shown for Department {
    type Row = domain::Department;

    fn all(services: &Arc<Services>, rows: Vec<Self::Row>) -> Vec<Arc<Self>> {
        let ids: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
        let list = Arc::new(DepartmentList {
            services: Arc::clone(services),
            parents: ListLoader::new(rows.iter().filter_map(|row| row.parent.clone())),
            leaders: ListLoader::new(rows.iter().filter_map(|row| row.leader.clone())),
            members: ListLoaders::new(ids.iter().cloned()),
            counts: ListLoader::new(ids),
        });
        rows.into_iter().map(|row| Arc::new(Self { row, list: Arc::clone(&list) })).collect()
    }
}

impl Department {
    async fn members_page(&self, page: PageRequest) -> Result<One<PersonConnection>> {
        let services = &self.list.services;
        let from_start = !page.backwards && page.after.is_none() && page.before.is_none();
        let found = if from_start {
            // The one too many says whether there are more.
            let load = async |ids: &[String]| PersonList::load_members(services, ids, page.limit + 1).await;
            let members = self.list.members.with(page.limit).get(&self.row.id, load).await?;
            Page::from_read(&page, members.unwrap_or_default(), |person| Place::Text(person.key().to_owned()))
        } else {
            let found = services.directory.members_page(&self.row.id, &page).await?;
            let list =
                PersonList::new(services, &found.edges.iter().map(|edge| &edge.node).collect::<Vec<_>>());
            found.map(|person| Arc::new(Person::new(person, &list)))
        };
        let (list, id) = (Arc::clone(&self.list), self.row.id.clone());
        let count = move || -> Count {
            let (list, id) = (Arc::clone(&list), id.clone());
            Box::pin(async move { list.count(&id).await })
        };
        Ok(One(PersonConnection(Connection::of_shared(found, count))))
    }
}

impl DepartmentList {
    /// How many active members a department of the list has; counted for all of it at once.
    async fn count(&self, id: &String) -> Result<i64, Fault> {
        let load = async |ids: &[String]| self.services.directory.member_counts(ids).await;
        let count = self.counts.get(id, load).await.map_err(|fault| Fault::clone(&fault))?;
        Ok(count.unwrap_or_default())
    }
}

object_at_hand! {
    /// A department. One that is gone stays readable.
    Department |department| {
        /// The global id.
        id "id": ID = ID(GlobalId::encode(NodeKind::Department, &department.row.id));
        /// Its id in the directory.
        key "key": String = department.row.id.clone();
        /// Its name.
        name "name": String = department.row.name.clone();
    }
    more {
        /// The department above it; null at the top.
        async fn parent(&self) -> Option<Result<One<Arc<Department>>>> {
            let parent = self.row.parent.as_ref()?;
            let services = &self.list.services;
            let load = async |ids: &[String]| by_ids(services, ids).await;
            let found = self.list.parents.get(parent, load).await;
            found.map(|parent| parent.map(One)).map_err(Into::into).transpose()
        }

        /// Who leads it; they may have left.
        async fn leader(&self) -> Option<Result<One<Arc<Person>>>> {
            let leader = self.row.leader.as_ref()?;
            let services = &self.list.services;
            let load = async |ids: &[String]| PersonList::load(services, ids).await;
            let found = self.list.leaders.get(leader, load).await;
            found.map(|leader| leader.map(One)).map_err(Into::into).transpose()
        }

        /// The active people in it, by name; not those of the departments below it.
        async fn members(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Result<One<PersonConnection>> {
            self.members_page(page(ctx, first, after, last, before)?).await
        }
    }
}

connection! {
    /// A page of departments, by name.
    DepartmentConnection,
    /// A department in its place.
    DepartmentEdge,
    Department
}

/// What positions that were read together share.
pub struct PositionList {
    services: Arc<Services>,
    departments: ListLoader<String, Arc<Department>>,
}

/// A position.
pub struct Position {
    row: domain::Position,
    list: Arc<PositionList>,
}

impl Shown for Position {
    type Row = domain::Position;

    fn all(services: &Arc<Services>, rows: Vec<Self::Row>) -> Vec<Arc<Self>> {
        let departments = ListLoader::new(rows.iter().filter_map(|row| row.department.clone()));
        let list = Arc::new(PositionList { services: Arc::clone(services), departments });
        rows.into_iter().map(|row| Arc::new(Self { row, list: Arc::clone(&list) })).collect()
    }
}

object_at_hand! {
    /// A position (a post). One that is gone stays readable.
    Position |position| {
        /// The global id.
        id "id": ID = ID(GlobalId::encode(NodeKind::Position, &position.row.id));
        /// Its id in the directory.
        key "key": String = position.row.id.clone();
        /// Its title.
        name "name": String = position.row.name.clone();
        /// Its grade.
        grade "grade": Option<String> = position.row.grade.clone();
    }
    more {
        /// The department that it belongs to.
        async fn department(&self) -> Option<Result<One<Arc<Department>>>> {
            let department = self.row.department.as_ref()?;
            let services = &self.list.services;
            let load = async |ids: &[String]| by_ids(services, ids).await;
            let found = self.list.departments.get(department, load).await;
            found.map(|department| department.map(One)).map_err(Into::into).transpose()
        }
    }
}

connection! {
    /// A page of positions, by title.
    PositionConnection,
    /// A position in its place.
    PositionEdge,
    Position
}

/// A tag.
pub struct Tag(domain::Tag);

impl Shown for Tag {
    type Row = domain::Tag;

    fn all(_: &Arc<Services>, rows: Vec<Self::Row>) -> Vec<Arc<Self>> {
        rows.into_iter().map(|row| Arc::new(Self(row))).collect()
    }
}

object_at_hand! {
    /// A tag: a group of people across departments. One that is gone stays readable.
    Tag |tag| {
        /// The global id.
        id "id": ID = ID(GlobalId::encode(NodeKind::Tag, &tag.0.id));
        /// Its id in the directory.
        key "key": String = tag.0.id.clone();
        /// Its name.
        name "name": String = tag.0.name.clone();
    }
}

connection! {
    /// A page of tags, by name.
    TagConnection,
    /// A tag in its place.
    TagEdge,
    Tag
}

/// An approver role.
pub struct ApproverRole(domain::ApproverRole);

impl Shown for ApproverRole {
    type Row = domain::ApproverRole;

    fn all(_: &Arc<Services>, rows: Vec<Self::Row>) -> Vec<Arc<Self>> {
        rows.into_iter().map(|row| Arc::new(Self(row))).collect()
    }
}

object_at_hand! {
    /// An approver role: who has it can be asked by its name in a process. It is none of the roles
    /// that a token carries. One that is gone stays readable.
    ApproverRole |role| {
        /// The global id.
        id "id": ID = ID(GlobalId::encode(NodeKind::ApproverRole, &role.0.id));
        /// Its id in the directory.
        key "key": String = role.0.id.clone();
        /// Its name.
        name "name": String = role.0.name.clone();
    }
}

connection! {
    /// A page of approver roles, by name.
    ApproverRoleConnection,
    /// An approver role in its place.
    ApproverRoleEdge,
    ApproverRole
}
