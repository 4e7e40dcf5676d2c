//! Who acts.

use serde::{Deserialize, Serialize};

/// What a person may do, from the token. Each role may all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// Uses features: creates, watches, retries and cancels batches of their own.
    User,
    /// Looks after features, definitions and syncs.
    Operator,
    /// May everything, including granting quota and seeing everybody's batches.
    Admin,
}

impl Role {
    /// The role's name, as in the token, the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::Operator => "OPERATOR",
            Self::Admin => "ADMIN",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "USER" => Ok(Self::User),
            "OPERATOR" => Ok(Self::Operator),
            "ADMIN" => Ok(Self::Admin),
            _ => Err(UnknownRole(text.to_owned())),
        }
    }
}

/// A role's name that is none of ours.
#[derive(Debug, thiserror::Error)]
#[error("unknown role {0:?}: use USER, OPERATOR or ADMIN")]
pub struct UnknownRole(pub String);

/// The person (or program) on whose behalf a service method runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The token's `sub`: 1 to 128 characters.
    pub user_id: String,
    /// What to call them on a page; the user id where the token names nobody.
    pub name: String,
    /// The highest role the token carries.
    pub role: Role,
    /// The plan the token carries, which some features ask for.
    pub plan: Option<String>,
}

impl Actor {
    /// Whether the actor's role includes `role`.
    pub fn has_role(&self, role: Role) -> bool {
        self.role >= role
    }

    /// Whether a thing that belongs to `owner` is the actor's to see and handle.
    pub fn may_handle_things_of(&self, owner: &str) -> bool {
        self.user_id == owner || self.has_role(Role::Admin)
    }

    /// Every role that the actor's role includes, lowest first.
    pub fn roles(&self) -> Vec<Role> {
        [Role::User, Role::Operator, Role::Admin].into_iter().filter(|role| self.has_role(*role)).collect()
    }
}
