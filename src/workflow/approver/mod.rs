//! Who can be asked: questions of the engine, answered by the directory.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::execution::{Answer, Approver, Found, Named, Question, Source};
use super::service::user_principal;
use crate::directory::{Directory, Group, GroupKind, Person, Principal, is_id};
use crate::kernel::Fault;

/// Answers questions as the directory stands at `now`, in their order.
///
/// Somebody whom the directory does not know can be asked, by a name that the model gives; somebody
/// who has left cannot. Who is absent is stood in for by their substitute.
///
/// # Errors
/// The database's.
pub async fn answers(
    directory: &Directory,
    questions: &[Question],
    now: DateTime<Utc>,
) -> Result<Vec<Answer>, Fault> {
    let mut all = Vec::with_capacity(questions.len());
    for question in questions {
        let leader = if question.needs_leader { leader_above(directory, question).await? } else { None };
        all.push((question, wanted(directory, question).await?, leader));
    }
    let mut users: Vec<String> = all
        .iter()
        .flat_map(|(question, wanted, leader)| {
            wanted.users().chain(leader).chain(&question.fallback).cloned()
        })
        .collect();
    users.sort_unstable();
    users.dedup();
    let mut groups: Vec<String> = all.iter().flat_map(|(_, wanted, _)| wanted.groups().cloned()).collect();
    groups.sort_unstable();
    groups.dedup();
    let desk = Desk {
        people: directory.people(&users).await?,
        substitutes: directory.substitutes(&users, now).await?,
        groups: if groups.is_empty() { HashMap::new() } else { directory.resolve_groups(&groups).await? },
    };
    Ok(all.into_iter().map(|(question, wanted, leader)| desk.answer(question, wanted, leader)).collect())
}

/// Who is wanted, before anybody looks whether they are there.
enum Wanted {
    People(Vec<String>),
    Named(Vec<Named>),
}

impl Wanted {
    /// Everybody by their user ids.
    fn users(&self) -> Box<dyn Iterator<Item = &String> + Send + '_> {
        match self {
            Self::People(people) => Box::new(people.iter()),
            Self::Named(named) => {
                Box::new(named.iter().flat_map(|one| one.assignee.iter().chain(&one.users)))
            }
        }
    }

    /// The groups as the model calls them.
    fn groups(&self) -> impl Iterator<Item = &String> {
        let named = match self {
            Self::People(_) => &[][..],
            Self::Named(named) => named,
        };
        named.iter().flat_map(|one| &one.groups)
    }
}

async fn wanted(directory: &Directory, question: &Question) -> Result<Wanted, Fault> {
    let groups = |kind: GroupKind, ids: &[String]| -> Vec<Group> {
        ids.iter().map(|id| kind.of(id.clone())).collect()
    };
    Ok(Wanted::People(match &question.source {
        Source::Named(named) => return Ok(Wanted::Named(named.clone())),
        Source::Users(users) => users.clone(),
        Source::Roles(ids) => directory.members_of(&groups(GroupKind::Role, ids)).await?,
        Source::Departments(ids) => directory.members_of(&groups(GroupKind::Department, ids)).await?,
        Source::Positions(ids) => directory.members_of(&groups(GroupKind::Position, ids)).await?,
        Source::Tags(ids) => directory.members_of(&groups(GroupKind::Tag, ids)).await?,
        Source::Leaders { departments, level } => {
            directory.leaders(departments, *level).await?.into_iter().flatten().collect()
        }
        Source::LeadersUp { departments, levels } => directory.leaders_up(departments, *levels).await?,
        Source::StarterLeader { level } => {
            leader_of(directory, question, *level).await?.into_iter().collect()
        }
        Source::StarterLeadersUp { levels } => {
            let own = department_of_starter(directory, question).await?;
            directory.leaders_up(&own, *levels).await?
        }
    }))
}

/// The starter's primary department.
async fn department_of_starter(directory: &Directory, question: &Question) -> Result<Vec<String>, Fault> {
    let Some(starter) = &question.starter else { return Ok(Vec::new()) };
    let mut departments = directory.departments_of(starter).await?;
    departments.truncate(1);
    Ok(departments)
}

async fn leader_of(directory: &Directory, question: &Question, level: u32) -> Result<Option<String>, Fault> {
    let own = department_of_starter(directory, question).await?;
    Ok(directory.leaders(&own, level).await?.into_iter().flatten().next())
}

/// The nearest leader above the starter who is somebody else: who leads a department does not stand in
/// for themselves.
async fn leader_above(directory: &Directory, question: &Question) -> Result<Option<String>, Fault> {
    let own = department_of_starter(directory, question).await?;
    let leaders = directory.leaders_up(&own, u32::MAX).await?;
    Ok(leaders.into_iter().find(|leader| Some(leader) != question.starter.as_ref()))
}

/// What is known of those who are wanted.
struct Desk {
    people: HashMap<String, Person>,
    substitutes: HashMap<String, String>,
    groups: HashMap<String, Principal>,
}

impl Desk {
    fn answer(&self, question: &Question, wanted: Wanted, leader: Option<String>) -> Answer {
        let found = match wanted {
            Wanted::People(people) => {
                let found = people.iter().filter_map(|user| self.approver(user));
                found.map(|approver| Found { assignee: Some(approver), candidates: Vec::new() }).collect()
            }
            Wanted::Named(named) => named.into_iter().map(|one| self.found(&one)).collect(),
        };
        let fallback = question.fallback.iter().filter_map(|user| self.approver(user)).collect();
        Answer { found, leader: leader.and_then(|leader| self.approver(&leader)), fallback }
    }

    /// One signer whom the model names.
    fn found(&self, one: &Named) -> Found {
        let assignee = one.assignee.as_deref().and_then(|user| self.approver(user));
        if assignee.is_some() {
            return Found { assignee, candidates: Vec::new() };
        }
        let mut candidates: Vec<String> = Vec::new();
        for approver in one.users.iter().filter_map(|user| self.approver(user)) {
            // Whoever is back early may claim it too.
            candidates.extend(approver.instead_of.map(|user| user_principal(&user)));
            candidates.push(user_principal(&approver.user));
        }
        candidates
            .extend(one.groups.iter().filter_map(|name| self.groups.get(name)).map(ToString::to_string));
        candidates.sort_unstable();
        candidates.dedup();
        Found { assignee: None, candidates }
    }

    /// Who acts for a user now; none where they have left, and for what is no user id.
    fn approver(&self, user: &str) -> Option<Approver> {
        // A variable may hold anything.
        if !is_id(user) {
            return None;
        }
        if self.people.get(user).is_some_and(|person| !person.is_active) {
            return None;
        }
        Some(match self.substitutes.get(user) {
            Some(substitute) if substitute != user => {
                Approver { user: substitute.clone(), instead_of: Some(user.to_owned()) }
            }
            _ => Approver { user: user.to_owned(), instead_of: None },
        })
    }
}
