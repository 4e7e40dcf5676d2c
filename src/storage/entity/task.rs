//! `task`: a task of somebody.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A task of somebody.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    /// Its id, growing with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The instance.
    pub instance_id: Uuid,
    /// The stay of the token that waits for it.
    pub activity_id: Uuid,
    /// The node.
    pub node_id: String,
    /// What to call it.
    pub name: String,
    /// SKIP -2, WAIT 0, RUNNING 1, APPROVE 2, REJECT 3, CANCEL 4, RETURN 5, APPROVING 7.
    pub status: i16,
    /// Its place among those of its round.
    pub ordinal: i32,
    /// Whose it is.
    pub assignee: Option<String>,
    /// Whether it has candidates: whoever of them takes it has it.
    pub claimable: bool,
    /// Whose it was before it was delegated or transferred.
    pub owner: Option<String>,
    /// Whoever has it gives it back to the owner.
    pub delegated: bool,
    /// Who is absent and whom the assignee acts for.
    pub instead_of: Option<String>,
    /// The task that it was added to as a signer.
    pub parent_id: Option<Uuid>,
    /// BEFORE or AFTER it.
    pub sign: Option<String>,
    /// The starter's, to mend what was sent back to them.
    pub resubmission: bool,
    /// The form's key.
    pub form_key: Option<String>,
    /// What was saved for later, as JSON.
    pub draft: Option<String>,
    /// When it should be done.
    pub due_at: Option<DateTimeUtc>,
    /// When somebody last asked for it.
    pub urged_at: Option<DateTimeUtc>,
    /// The batch that holds it.
    pub locked_by: Option<Uuid>,
    /// Who decided it.
    pub decided_by: Option<String>,
    /// The batch that decided it, or gave an opinion on it.
    pub decided_in: Option<Uuid>,
    /// What they said.
    pub reason: Option<String>,
    /// The instance's revision with its last change.
    pub revision: i64,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When it came to a final status.
    pub finished_at: Option<DateTimeUtc>,
}

by_place!(Model {
    id,
    instance_id,
    activity_id,
    node_id,
    name,
    status,
    ordinal,
    assignee,
    claimable,
    owner,
    delegated,
    instead_of,
    parent_id,
    sign,
    resubmission,
    form_key,
    draft,
    due_at,
    urged_at,
    locked_by,
    decided_by,
    decided_in,
    reason,
    revision,
    created_at,
    finished_at
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
