//! Who can be asked: questions of the engine, answered by the directory.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::execution::{Answer, Approver, Found, Named, Question, Source};
use super::service::user_principal;
use crate::directory::{Directory, Group, GroupKind, Person};
use crate::kernel::Fault;

/// Answers a question as the directory stands at `now`.
///
/// Somebody whom the directory does not know can be asked, by a name that the model gives; somebody
/// who has left cannot. Who is absent is stood in for by their substitute.
///
/// # Errors
/// The database's.
pub async fn answer(directory: &Directory, question: &Question, now: DateTime<Utc>) -> Result<Answer, Fault> {
    let wanted = wanted(directory, question).await?;
    let leader = if question.needs_leader { leader_of(directory, question, 1).await? } else { None };
    let mut users: Vec<String> = match &wanted {
        Wanted::People(people) => people.clone(),
        Wanted::Named(named) => {
            named.iter().flat_map(|one| one.assignee.iter().chain(&one.users)).cloned().collect()
        }
    };
    users.extend(leader.clone());
    users.extend(question.fallback.iter().cloned());
    users.sort_unstable();
    users.dedup();
    let desk = Desk {
        people: directory.people(&users).await?,
        substitutes: directory.substitutes(&users, now).await?,
    };
    let found = match wanted {
        Wanted::People(people) => {
            let found = people.iter().filter_map(|user| desk.approver(user));
            found.map(|approver| Found { assignee: Some(approver), candidates: Vec::new() }).collect()
        }
        Wanted::Named(named) => named_found(directory, &desk, named).await?,
    };
    let fallback = question.fallback.iter().filter_map(|user| desk.approver(user)).collect();
    Ok(Answer { found, leader: leader.and_then(|leader| desk.approver(&leader)), fallback })
}

/// Who is wanted, before anybody looks whether they are there.
enum Wanted {
    People(Vec<String>),
    Named(Vec<Named>),
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

async fn named_found(directory: &Directory, desk: &Desk, named: Vec<Named>) -> Result<Vec<Found>, Fault> {
    let groups: Vec<_> = named.iter().flat_map(|one| one.groups.iter().cloned()).collect();
    let groups = if groups.is_empty() { HashMap::new() } else { directory.resolve_groups(&groups).await? };
    let found = named.into_iter().map(|one| {
        let assignee = one.assignee.as_deref().and_then(|user| desk.approver(user));
        if assignee.is_some() {
            return Found { assignee, candidates: Vec::new() };
        }
        let mut candidates: Vec<String> = Vec::new();
        for approver in one.users.iter().filter_map(|user| desk.approver(user)) {
            // Whoever is back early may claim it too.
            candidates.extend(approver.instead_of.map(|user| user_principal(&user)));
            candidates.push(user_principal(&approver.user));
        }
        candidates.extend(one.groups.iter().filter_map(|name| groups.get(name)).map(ToString::to_string));
        candidates.sort_unstable();
        candidates.dedup();
        Found { assignee: None, candidates }
    });
    Ok(found.collect())
}

/// What is known of those who are wanted.
struct Desk {
    people: HashMap<String, Person>,
    substitutes: HashMap<String, String>,
}

impl Desk {
    /// Who acts for a user now; none where they have left.
    fn approver(&self, user: &str) -> Option<Approver> {
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
