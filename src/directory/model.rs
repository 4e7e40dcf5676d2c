//! People and what they belong to, as the directory knows them.

use chrono::{DateTime, Utc};

use crate::storage::by_place::by_place;

/// A person. Who has left stays readable, for what they did before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user id: the token's `sub`, 1 to 128 characters.
    pub id: String,
    /// What to call them, 1 to 200 characters; the id where nobody has said.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their grade, at most 64 characters.
    pub grade: Option<String>,
    /// Their profession, at most 200 characters.
    pub profession: Option<String>,
    /// Whom they report to: a user id.
    pub manager: Option<String>,
    /// Whether they can be asked for anything.
    pub is_active: bool,
}
by_place!(Person { id, name, email, grade, profession, manager, is_active });

/// A department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its id, 1 to 128 characters.
    pub id: String,
    /// The department above it; none: it is at the top.
    pub parent: Option<String>,
    /// Its name, 1 to 200 characters.
    pub name: String,
    /// Who leads it: a user id. They may have left.
    pub leader: Option<String>,
}
by_place!(Department { id, parent, name, leader });

/// A position (a post).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// Its id, 1 to 128 characters.
    pub id: String,
    /// The department that it belongs to.
    pub department: Option<String>,
    /// Its title, 1 to 200 characters.
    pub name: String,
    /// Its grade, at most 64 characters.
    pub grade: Option<String>,
}
by_place!(Position { id, department, name, grade });

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its id, 1 to 128 characters.
    pub id: String,
    /// Its name, 1 to 200 characters.
    pub name: String,
}
by_place!(Tag { id, name });

/// An approver role; not one of the API's roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApproverRole {
    /// Its id, 1 to 128 characters.
    pub id: String,
    /// Its name, 1 to 200 characters.
    pub name: String,
}
by_place!(ApproverRole { id, name });

/// A time in which somebody is away, and who acts for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Its number.
    pub id: i64,
    /// Who is away: a user id.
    pub person: String,
    /// From then on …
    pub starts_at: DateTime<Utc>,
    /// … until before then.
    pub ends_at: DateTime<Utc>,
    /// Who acts for them; nobody: they keep what is theirs.
    pub substitute: Option<String>,
    /// Who has said so: a user id.
    pub created_by: String,
    /// When they did.
    pub created_at: DateTime<Utc>,
}
by_place!(Absence { id, person, starts_at, ends_at, substitute, created_by, created_at });

/// What pickers go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Listing {
    /// Active people.
    People,
    /// Departments.
    Departments,
    /// Positions.
    Positions,
    /// Tags.
    Tags,
    /// Approver roles.
    Roles,
}
