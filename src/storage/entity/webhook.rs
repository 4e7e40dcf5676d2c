//! `webhook`: who is told of events, or asked before somebody acts.

use sea_orm::entity::prelude::*;

use crate::storage::by_place::by_place;

/// A secret that messages are signed with. Neither shown nor logged.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct SigningSecret(pub String);

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

/// Who is told of events, or asked before somebody acts.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    /// Its id, which grows with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// NOTIFY or BEFORE_ACTION.
    pub mode: String,
    /// Where it is.
    pub url: String,
    /// What it is for, in words.
    pub description: String,
    /// Of instances of this process alone.
    pub definition_key: Option<String>,
    /// The types of events that it wants, as a JSON list; none: all.
    pub event_types: Option<String>,
    /// What it is asked before, as a JSON list.
    pub actions: Option<String>,
    /// REFUSE or ALLOW: what becomes of an action where it does not answer.
    pub on_failure: Option<String>,
    /// How long it may take to answer, in seconds.
    pub timeout_seconds: i32,
    /// What messages to it are signed with.
    pub secret: SigningSecret,
    /// What they were signed with before, and still are until then.
    pub previous_secret: Option<SigningSecret>,
    /// See `previous_secret`.
    pub previous_secret_until: Option<DateTimeUtc>,
    /// Whether it is told or asked.
    pub enabled: bool,
    /// Why the program has disabled it.
    pub disabled_reason: Option<String>,
    /// When it has.
    pub disabled_at: Option<DateTimeUtc>,
    /// Since when nothing has arrived.
    pub failing_since: Option<DateTimeUtc>,
    /// The last time that something has not.
    pub failed_at: Option<DateTimeUtc>,
    /// Who has made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// When somebody last changed it.
    pub updated_at: DateTimeUtc,
    /// When somebody has deleted it.
    pub deleted_at: Option<DateTimeUtc>,
}

by_place!(Model {
    id,
    mode,
    url,
    description,
    definition_key,
    event_types,
    actions,
    on_failure,
    timeout_seconds,
    secret,
    previous_secret,
    previous_secret_until,
    enabled,
    disabled_reason,
    disabled_at,
    failing_since,
    failed_at,
    created_by,
    created_at,
    updated_at,
    deleted_at,
});

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
