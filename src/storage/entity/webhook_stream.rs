//! `webhook_stream`: an instance of whose events a webhook is still to be told.

use sea_orm::entity::prelude::*;

/// An instance of whose events a webhook is still to be told, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "webhook_stream")]
pub struct Model {
    /// To whom.
    #[sea_orm(primary_key, auto_increment = false)]
    pub webhook_id: Uuid,
    /// Of which instance.
    #[sea_orm(primary_key, auto_increment = false)]
    pub instance_id: Uuid,
    /// When its first event is to be sent; of one that is being sent, when nobody believes that any longer.
    pub due_at: DateTimeUtc,
    /// Under which lease it is being sent.
    pub lease_id: Option<Uuid>,
}

/// Nothing is related by sea-orm.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
