//! Who may claim tasks.

use std::collections::HashMap;

use async_graphql::Enum;

use crate::directory::{Group, GroupKind, Principal};
use crate::graphql::at_hand::{object_at_hand, plain_enum};
use crate::graphql::context::Services;
use crate::kernel::Fault;

/// What a candidate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum CandidateKind {
    /// A person.
    User,
    /// Everybody with an approver role.
    Role,
    /// Everybody with a tag.
    Tag,
    /// The direct members of a department.
    Department,
    /// Everybody in a position.
    Position,
    /// The administrators: whoever has the role ADMIN in their token.
    Administrators,
}

plain_enum!(CandidateKind);

/// What candidates are called, by their principals.
///
/// # Errors
/// The database's.
pub async fn candidates_of(services: &Services, principals: &[String]) -> Result<Vec<Candidate>, Fault> {
    let names = names(services, principals.iter().filter_map(|name| name.parse().ok()).collect()).await?;
    Ok(principals.iter().map(|principal| Candidate::new(principal, &names)).collect())
}

/// What principals are called.
pub(super) async fn names(
    services: &Services,
    principals: Vec<Principal>,
) -> Result<HashMap<String, String>, Fault> {
    let (mut groups, mut users) = (Vec::<Group>::new(), Vec::new());
    for principal in principals {
        match principal {
            Principal::Group(group) => groups.push(group),
            Principal::User(user) => users.push(user),
        }
    }
    let directory = &services.directory;
    let mut names = HashMap::new();
    if !groups.is_empty() {
        let found = directory.group_names(&groups).await?;
        names.extend(found.into_iter().map(|(group, name)| (group.to_string(), name)));
    }
    if !users.is_empty() {
        let found = directory.people(&users).await?;
        names.extend(found.into_iter().map(|(id, person)| (Principal::User(id).to_string(), person.name)));
    }
    Ok(names)
}

/// Who may claim a task.
#[derive(Clone)]
pub struct Candidate {
    kind: CandidateKind,
    key: Option<String>,
    name: String,
}

impl Candidate {
    pub(super) fn new(principal: &str, names: &HashMap<String, String>) -> Self {
        let (kind, key) = match principal.parse() {
            Ok(Principal::User(user)) => (CandidateKind::User, Some(user)),
            Ok(Principal::Group(group)) => {
                let kind = match group.kind() {
                    GroupKind::Role => CandidateKind::Role,
                    GroupKind::Tag => CandidateKind::Tag,
                    GroupKind::Department => CandidateKind::Department,
                    GroupKind::Position => CandidateKind::Position,
                };
                (kind, Some(group.id().to_owned()))
            }
            Err(_) => (CandidateKind::Administrators, None),
        };
        let name = names.get(principal).cloned().or_else(|| key.clone());
        Self { kind, key, name: name.unwrap_or_else(|| "Administrators".to_owned()) }
    }
}

object_at_hand! {
    /// Somebody, or a group of whom everybody, may claim a task.
    Candidate |candidate| {
        /// What it is.
        kind "kind": CandidateKind = candidate.kind;
        /// The user id, or the group's id in the directory; null for the administrators.
        key "key": Option<String> = candidate.key.clone();
        /// What to call it.
        name "name": String = candidate.name.clone();
    }
}
