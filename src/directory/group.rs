//! What people belong to, and the names under which work can be theirs.

use std::fmt;
use std::str::FromStr;

/// The longest id of a person or a group, in characters.
pub const MAX_ID: usize = 128;
/// The longest name, title or text to look for, in characters.
pub const MAX_NAME: usize = 200;

/// Whether `text` can be an id: 1 to [`MAX_ID`] characters, none of them a control character.
pub fn is_id(text: &str) -> bool {
    !text.is_empty()
        // Most bytes first: counting characters of a huge text would be for nothing.
        && text.len() <= 4 * MAX_ID
        && text.chars().count() <= MAX_ID
        && !text.chars().any(char::is_control)
}

/// Under which a name is found and sorted: without its case.
pub(super) fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The kinds of groups, in the order in which a bare name is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupKind {
    /// Approver roles; not the API's roles.
    Role,
    /// Tags: user groups across departments.
    Tag,
    /// Departments, each with its direct members alone.
    Department,
    /// Positions (posts).
    Position,
}

impl GroupKind {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Role, Self::Tag, Self::Department, Self::Position];

    /// The word before the colon of a [`Principal`].
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Tag => "tag",
            Self::Department => "department",
            Self::Position => "position",
        }
    }

    /// The group of this kind and id.
    pub fn of(self, id: impl Into<String>) -> Group {
        let id = id.into();
        match self {
            Self::Role => Group::Role(id),
            Self::Tag => Group::Tag(id),
            Self::Department => Group::Department(id),
            Self::Position => Group::Position(id),
        }
    }
}

/// A group of people, by its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Who has an approver role.
    Role(String),
    /// Who carries a tag.
    Tag(String),
    /// The direct members of a department, not those of the departments below it.
    Department(String),
    /// Who holds a position.
    Position(String),
}

impl Group {
    /// What kind of group it is.
    pub fn kind(&self) -> GroupKind {
        match self {
            Self::Role(_) => GroupKind::Role,
            Self::Tag(_) => GroupKind::Tag,
            Self::Department(_) => GroupKind::Department,
            Self::Position(_) => GroupKind::Position,
        }
    }

    /// Its id within its kind.
    pub fn id(&self) -> &str {
        match self {
            Self::Role(id) | Self::Tag(id) | Self::Department(id) | Self::Position(id) => id,
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind().as_str(), self.id())
    }
}

/// Whom work can be offered to: a person, or everybody of a group. As a text `user:alice`,
/// `role:hr`, `tag:first-aid`, `department:d1`, `position:p1`; at most 139 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Principal {
    /// A person, by the user id.
    User(String),
    /// Everybody of a group.
    Group(Group),
}

impl From<Group> for Principal {
    fn from(group: Group) -> Self {
        Self::Group(group)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::Group(group) => group.fmt(f),
        }
    }
}

/// A text that is no [`Principal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("write user:, role:, tag:, department: or position: and an id of 1 to {MAX_ID} characters")]
pub struct NoPrincipal;

impl FromStr for Principal {
    type Err = NoPrincipal;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, id) = text.split_once(':').ok_or(NoPrincipal)?;
        if !is_id(id) {
            return Err(NoPrincipal);
        }
        if word == "user" {
            return Ok(Self::User(id.to_owned()));
        }
        let kind = GroupKind::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(NoPrincipal)?;
        Ok(Self::Group(kind.of(id)))
    }
}

/// A group that was found for a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub kind: GroupKind,
    pub id: String,
    /// See [`name_key`].
    pub name_key: String,
}

/// What a name that stands for a group is taken apart into: the kind, where it says one, and the
/// id or name to look for; none where no group can be called so.
pub(super) fn sought(name: &str) -> Option<(Option<GroupKind>, &str)> {
    let name = name.trim();
    let fits = |text: &str| {
        !text.is_empty()
            && text.len() <= 4 * MAX_NAME
            && text.chars().count() <= MAX_NAME
            && !text.chars().any(char::is_control)
    };
    if let Some((word, rest)) = name.split_once(':')
        && let Some(kind) = GroupKind::ALL.into_iter().find(|kind| kind.as_str() == word)
    {
        return fits(rest).then_some((Some(kind), rest));
    }
    fits(name).then_some((None, name))
}

/// The group that `name` means, among those found for it: kind by kind, first by the id, then by
/// the name. A name that several of a kind have means none of them.
pub(super) fn choose(name: &str, found: &[Found]) -> Option<Group> {
    let (kind, text) = sought(name)?;
    let key = name_key(text);
    GroupKind::ALL.into_iter().filter(|candidate| kind.is_none_or(|kind| kind == *candidate)).find_map(
        |kind| {
            let mut of_kind = found.iter().filter(|group| group.kind == kind);
            if of_kind.clone().any(|group| group.id == text) {
                return Some(kind.of(text));
            }
            let mut named = of_kind.by_ref().filter(|group| group.name_key == key);
            match (named.next(), named.next()) {
                (Some(only), None) => Some(kind.of(only.id.as_str())),
                _ => None,
            }
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(kind: GroupKind, id: &str, name: &str) -> Found {
        Found { kind, id: id.into(), name_key: name_key(name) }
    }

    #[test]
    fn a_bare_name_is_a_role_before_a_tag_before_a_department_before_a_position() {
        let all: Vec<_> = GroupKind::ALL.iter().map(|kind| found(*kind, "hr", "People")).collect();
        assert_eq!(choose("hr", &all), Some(Group::Role("hr".into())));
        assert_eq!(choose("hr", &all[1..]), Some(Group::Tag("hr".into())));
        assert_eq!(choose(" PEOPLE ", &all[2..]), Some(Group::Department("hr".into())));
        assert_eq!(choose("hr", &all[3..]), Some(Group::Position("hr".into())));
        assert_eq!(choose("position:hr", &all), Some(Group::Position("hr".into())));
        assert_eq!(choose("department:people", &all), Some(Group::Department("hr".into())));
        assert_eq!(choose("hr", &[]), None);
        assert_eq!(choose("role:", &all), None);
    }

    #[test]
    fn an_id_goes_before_a_name_and_a_name_of_two_means_neither() {
        let groups = [
            found(GroupKind::Department, "a", "Operations"),
            found(GroupKind::Department, "b", "operations"),
            found(GroupKind::Role, "x", "y"),
            found(GroupKind::Role, "y", "z"),
        ];
        assert_eq!(choose("Operations", &groups), None);
        assert_eq!(choose("y", &groups), Some(Group::Role("y".into())));
        let with_position = [groups.as_slice(), &[found(GroupKind::Position, "p", "Operations")]].concat();
        assert_eq!(choose("Operations", &with_position), Some(Group::Position("p".into())));
    }

    #[test]
    fn ids_are_bounded() {
        for bad in ["", "a\0", "a\nb", &"é".repeat(129)] {
            assert!(!is_id(bad), "{bad:?}");
            assert_eq!(format!("user:{bad}").parse::<Principal>(), Err(NoPrincipal));
        }
        assert!(is_id(&"é".repeat(128)));
        for bad in ["alice", "group:x", "User:x", ":x"] {
            assert_eq!(bad.parse::<Principal>(), Err(NoPrincipal), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn principals_survive_the_round_trip(kind in 0_usize..5, id in "[^\\p{Cc}]{1,128}") {
            let principal = match GroupKind::ALL.get(kind) {
                Some(kind) => Principal::Group(kind.of(id)),
                None => Principal::User(id),
            };
            prop_assert_eq!(principal.to_string().parse::<Principal>(), Ok(principal));
        }

        #[test]
        fn no_text_makes_reading_panic(text in ".{0,300}") {
            let _ = text.parse::<Principal>();
            let _ = choose(&text, &[found(GroupKind::Tag, &text, &text)]);
        }
    }
}
