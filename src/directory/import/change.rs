//! What is in the directory, and how it differs from what is wanted.

use std::collections::{HashMap, HashSet};

/// How many of a kind an import has changed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// New, or back after they had been removed.
    pub created: u64,
    /// Changed in something.
    pub updated: u64,
    /// Named, and as they were.
    pub unchanged: u64,
    /// Not named, and so no longer there (in a replacement alone).
    pub removed: u64,
}

/// A department as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DepartmentRow {
    pub id: String,
    pub parent: Option<String>,
    pub name: String,
    pub leader: Option<String>,
    pub is_deleted: bool,
}

/// A position as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PositionRow {
    pub id: String,
    pub department: Option<String>,
    pub name: String,
    pub grade: Option<String>,
    pub is_deleted: bool,
}

/// A person as they are kept, with what they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PersonRow {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub grade: Option<String>,
    pub profession: Option<String>,
    pub manager: Option<String>,
    pub is_active: bool,
    pub is_deleted: bool,
    pub links: Links,
}

/// What a person belongs to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Links {
    /// The primary one first, the others by id.
    pub departments: Vec<String>,
    /// By id, as those below.
    pub positions: Vec<String>,
    pub tags: Vec<String>,
    pub roles: Vec<String>,
}

/// A tag or a role as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LabelRow {
    pub id: String,
    pub name: String,
    pub is_deleted: bool,
}

/// All that the directory holds, what was removed too.
#[derive(Debug, Default, Clone)]
pub(super) struct Known {
    pub departments: HashMap<String, DepartmentRow>,
    pub positions: HashMap<String, PositionRow>,
    pub people: HashMap<String, PersonRow>,
    pub tags: HashMap<String, LabelRow>,
    pub roles: HashMap<String, LabelRow>,
}

/// What is created, updated and removed, and compared for that.
pub(super) trait Entity: Clone + PartialEq {
    /// A new one that nothing is known of but its id.
    fn new(id: &str) -> Self;
    fn id(&self) -> &str;
    fn is_deleted(&self) -> bool;
    /// Takes it away, or brings it back.
    fn set_deleted(&mut self, is_deleted: bool);
}

macro_rules! entity {
    ($type:ident { $($rest:ident),* }) => {
        impl Entity for $type {
            fn new(id: &str) -> Self {
                // What nobody has named is called by its id.
                Self { id: id.to_owned(), name: id.to_owned(), is_deleted: false, $($rest: Default::default()),* }
            }
            fn id(&self) -> &str {
                &self.id
            }
            fn is_deleted(&self) -> bool {
                self.is_deleted
            }
            fn set_deleted(&mut self, is_deleted: bool) {
                self.is_deleted = is_deleted;
            }
        }
    };
}
entity!(DepartmentRow { parent, leader });
entity!(PositionRow { department, grade });
entity!(LabelRow {});

impl Entity for PersonRow {
    fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: id.to_owned(),
            email: None,
            grade: None,
            profession: None,
            manager: None,
            is_active: true,
            is_deleted: false,
            links: Links::default(),
        }
    }
    fn id(&self) -> &str {
        &self.id
    }
    fn is_deleted(&self) -> bool {
        self.is_deleted
    }
    fn set_deleted(&mut self, is_deleted: bool) {
        if self.is_deleted != is_deleted {
            self.is_active = !is_deleted;
        }
        self.is_deleted = is_deleted;
    }
}

/// The one that is known, brought back where it was removed, or a new one.
pub(super) fn present<E: Entity>(known: &HashMap<String, E>, id: &str) -> E {
    let mut row = known.get(id).cloned().unwrap_or_else(|| E::new(id));
    row.set_deleted(false);
    row
}

/// The rows to be written so that what is wanted is there and, in a replacement, nothing else.
pub(super) fn settle<E: Entity>(
    known: &HashMap<String, E>,
    wanted: Vec<E>,
    is_replaced: bool,
) -> (Vec<E>, Counts) {
    let (mut rows, mut counts) = (Vec::new(), Counts::default());
    if is_replaced {
        let named: HashSet<_> = wanted.iter().map(Entity::id).collect();
        let gone = known.values().filter(|row| !row.is_deleted() && !named.contains(row.id()));
        rows.extend(gone.cloned().map(|mut row| {
            row.set_deleted(true);
            row
        }));
        counts.removed = rows.len() as u64;
    }
    for row in wanted {
        let counted = match known.get(row.id()) {
            Some(known) if *known == row => {
                counts.unchanged += 1;
                continue;
            }
            Some(known) if !known.is_deleted() => &mut counts.updated,
            _ => &mut counts.created,
        };
        *counted += 1;
        rows.push(row);
    }
    (rows, counts)
}
