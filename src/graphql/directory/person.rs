//! People.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{ID, Result};

use super::group::{ApproverRole, Department, Position, Tag, of_people};
use crate::directory as domain;
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::connection::connection;
use crate::graphql::context::Services;
use crate::graphql::loaders::ListLoader;
use crate::kernel::{Fault, GlobalId, NodeKind};

/// What people who were read together share.
pub struct PersonList {
    services: Arc<Services>,
    managers: ListLoader<String, Arc<Person>>,
    departments: ListLoader<String, Vec<Arc<Department>>>,
    positions: ListLoader<String, Vec<Arc<Position>>>,
    tags: ListLoader<String, Vec<Arc<Tag>>>,
    roles: ListLoader<String, Vec<Arc<ApproverRole>>>,
}

impl PersonList {
    /// For people who were read together.
    pub fn new(services: &Arc<Services>, people: &[&domain::Person]) -> Arc<Self> {
        let ids: Vec<_> = people.iter().map(|person| person.id.clone()).collect();
        Arc::new(Self {
            services: Arc::clone(services),
            managers: ListLoader::new(people.iter().filter_map(|person| person.manager.clone())),
            departments: ListLoader::new(ids.iter().cloned()),
            positions: ListLoader::new(ids.iter().cloned()),
            tags: ListLoader::new(ids.iter().cloned()),
            roles: ListLoader::new(ids),
        })
    }

    /// The people with these user ids, those who have left too.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load(
        services: &Arc<Services>,
        ids: &[String],
    ) -> Result<HashMap<String, Arc<Person>>, Fault> {
        let found = services.directory.people(ids).await?;
        let list = Self::new(services, &found.values().collect::<Vec<_>>());
        Ok(found.into_iter().map(|(id, person)| (id, Arc::new(Person::new(person, &list)))).collect())
    }

    /// The first members of each of the departments, by name.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn load_members(
        services: &Arc<Services>,
        departments: &[String],
        limit: u64,
    ) -> Result<HashMap<String, Vec<Arc<Person>>>, Fault> {
        let found = services.directory.first_members(departments, limit).await?;
        let list = Self::new(services, &found.values().flatten().collect::<Vec<_>>());
        let wrap = |people: Vec<domain::Person>| {
            people.into_iter().map(|person| Arc::new(Person::new(person, &list))).collect()
        };
        Ok(found.into_iter().map(|(department, people)| (department, wrap(people))).collect())
    }
}

/// A person.
pub struct Person {
    person: domain::Person,
    list: Arc<PersonList>,
}

impl Person {
    /// A person of `list`.
    pub fn new(person: domain::Person, list: &Arc<PersonList>) -> Self {
        Self { person, list: Arc::clone(list) }
    }

    /// The user id.
    pub fn key(&self) -> &str {
        &self.person.id
    }
}

object_at_hand! {
    /// A person of the directory. Who has left stays readable.
    Person |person| {
        /// The global id.
        id "id": ID = ID(GlobalId::encode(NodeKind::Person, &person.person.id));
        /// The user id: the `sub` of their token.
        user_id "userId": String = person.person.id.clone();
        /// What to call them.
        name "name": String = person.person.name.clone();
        /// Their address.
        email "email": Option<String> = person.person.email.clone();
        /// Their grade.
        grade "grade": Option<String> = person.person.grade.clone();
        /// Their profession.
        profession "profession": Option<String> = person.person.profession.clone();
        /// Whether they can be asked for anything; false once they have left.
        is_active "isActive": bool = person.person.is_active;
    }
    more {
        /// Whom they report to.
        async fn manager(&self) -> Option<Result<One<Arc<Person>>>> {
            let manager = self.person.manager.as_ref()?;
            let services = &self.list.services;
            let load = async |ids: &[String]| PersonList::load(services, ids).await;
            let found = self.list.managers.get(manager, load).await;
            found.map(|manager| manager.map(One)).map_err(Into::into).transpose()
        }

        /// The departments that they are in: the primary one first, then by name.
        async fn departments(&self) -> Result<Rows<Arc<Department>>> {
            let services = &self.list.services;
            let load = async |people: &[String]| of_people(services, people).await;
            Ok(Rows(self.list.departments.get(&self.person.id, load).await?.unwrap_or_default()))
        }

        /// The positions that they hold, by title.
        async fn positions(&self) -> Result<Rows<Arc<Position>>> {
            let services = &self.list.services;
            let load = async |people: &[String]| of_people(services, people).await;
            Ok(Rows(self.list.positions.get(&self.person.id, load).await?.unwrap_or_default()))
        }

        /// The tags that they carry, by name.
        async fn tags(&self) -> Result<Rows<Arc<Tag>>> {
            let services = &self.list.services;
            let load = async |people: &[String]| of_people(services, people).await;
            Ok(Rows(self.list.tags.get(&self.person.id, load).await?.unwrap_or_default()))
        }

        /// The approver roles that they have, by name.
        async fn roles(&self) -> Result<Rows<Arc<ApproverRole>>> {
            let services = &self.list.services;
            let load = async |people: &[String]| of_people(services, people).await;
            Ok(Rows(self.list.roles.get(&self.person.id, load).await?.unwrap_or_default()))
        }
    }
}

connection! {
    /// A page of people, by name.
    PersonConnection,
    /// A person in their place.
    PersonEdge,
    Person
}
