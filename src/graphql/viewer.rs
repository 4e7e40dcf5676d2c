//! The viewer, their quota and its ledger.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::at_hand::{One, Rows, object_at_hand, plain_enum};
use super::batch::{Batch, BatchList};
use super::connection::{Connection, Count, connection, page};
use super::context::{Services, actor, services};
use super::directory::Absence;
use super::loaders::ListLoader;
use super::scalars::{DateTime, Int};
use crate::account::{self, GrantQuota};
use crate::kernel::{self, Actor, Fault, GlobalId, NodeKind};

/// What a person may do. Each role may all that those before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum Role {
    /// Uses what there is: creates, watches, retries and cancels batches of their own; starts processes,
    /// cancels those they have started, and decides what is theirs or their groups' to decide.
    User,
    /// Looks after what others use: features, the deployment of processes, the import of the directory.
    /// Sees how business records stand, though not what is in them.
    Operator,
    /// May everything: grants quota, sees everybody's batches, instances and tasks, transfers tasks, urges
    /// and recalls, cancels, suspends and resumes instances, decides where nobody was found, and enters
    /// others' absences.
    Admin,
}

plain_enum!(Role);

impl From<kernel::Role> for Role {
    fn from(role: kernel::Role) -> Self {
        match role {
            kernel::Role::User => Self::User,
            kernel::Role::Operator => Self::Operator,
            kernel::Role::Admin => Self::Admin,
        }
    }
}

impl From<Role> for kernel::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Operator => Self::Operator,
            Role::Admin => Self::Admin,
        }
    }
}

/// What users that were read together share.
pub struct UserList {
    services: Arc<Services>,
    names: ListLoader<String, String>,
}

impl UserList {
    /// For the users with these `sub`s.
    pub fn new(services: &Arc<Services>, users: impl IntoIterator<Item = String>) -> Arc<Self> {
        Arc::new(Self { services: Arc::clone(services), names: ListLoader::new(users) })
    }
}

/// A user.
pub struct User {
    user_id: String,
    list: Arc<UserList>,
}

impl User {
    /// The user with this `sub`, one of `list`.
    pub fn new(user_id: &str, list: &Arc<UserList>) -> Self {
        Self { user_id: user_id.to_owned(), list: Arc::clone(list) }
    }
}

object_at_hand! {
    /// Somebody by their user id, whether they have been here or the directory knows them.
    User |user| {
        /// The global id, the same as the viewer's where it is them.
        id "id": ID = user_id(&user.user_id);
        /// The user id: the `sub` of their token.
        user_id "userId": String = user.user_id.clone();
    }
    more {
        /// What to call them: the name that their token carried when they last created a batch, or
        /// else the directory's, or else the user id.
        async fn name(&self) -> Result<String> {
            let services = &self.list.services;
            let load = async |users: &[String]| names(services, users).await;
            let name = self.list.names.get(&self.user_id, load).await?;
            Ok(name.unwrap_or_else(|| self.user_id.clone()))
        }
    }
}

/// What users are called, where anything knows.
async fn names(services: &Services, users: &[String]) -> Result<HashMap<String, String>, Fault> {
    let mut names = services.accounts.names(users).await?;
    let unnamed: Vec<_> = users.iter().filter(|user| !names.contains_key(*user)).cloned().collect();
    if !unnamed.is_empty() {
        let people = services.directory.people(&unnamed).await?;
        names.extend(people.into_iter().map(|(user, person)| (user, person.name)));
    }
    Ok(names)
}

/// A user's global id.
pub fn user_id(sub: &str) -> ID {
    ID(GlobalId::encode(NodeKind::User, sub))
}

/// Who asks.
pub struct Viewer(Actor);

object_at_hand! {
    /// Whoever asks.
    Viewer |viewer| {
        /// The global id.
        id "id": ID = user_id(&viewer.0.user_id);
        /// What to call them.
        name "name": String = viewer.0.name.clone();
        /// Every role they have, lowest first.
        roles "roles": Vec<Role> = viewer.0.roles().into_iter().map(Into::into).collect();
        /// Their quota.
        quota "quota": One<Quota> =
            One(Quota { actor: viewer.0.clone(), owner: viewer.0.user_id.clone(), balance: None });
    }
    more {
        /// When they are or were away, the latest first; at most 200.
        async fn absences(&self, ctx: &Context<'_>) -> Result<Rows<Arc<Absence>>> {
            let services = services(ctx)?;
            let found = services.directory.absences(&self.0, &self.0.user_id).await?;
            Ok(Rows(Absence::all(services, found)))
        }
    }
}

/// A user's quota, as the actor may see it.
#[derive(Clone)]
pub struct Quota {
    actor: Actor,
    owner: String,
    balance: Option<i64>,
}

object_at_hand! {
    /// What a user may still spend, and every change of it.
    Quota |_quota| {}
    more {
        /// What is left: the sum of the ledger, never below zero. A grant cannot lift it above
        /// 2,147,483,647; where refunds did, an error says how much it is.
        async fn balance(&self, ctx: &Context<'_>) -> Result<Int> {
            match self.balance {
                Some(balance) => Ok(Int(balance)),
                None => Ok(Int(services(ctx)?.accounts.balance_of(&self.actor, &self.owner).await?)),
            }
        }

        /// Every grant, charge and refund, newest first.
        async fn ledger(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
            #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
            #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
            #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        ) -> Result<One<LedgerEntryConnection>> {
            let services = services(ctx)?;
            let page = page(ctx, first, after, last, before)?;
            let found = services.accounts.ledger_of(&self.actor, &self.owner, &page).await?;
            let batches = found.edges.iter().filter_map(|edge| edge.node.batch_id);
            let list = LedgerList::new(services, &self.actor, batches);
            let (services, actor, owner) = (Arc::clone(services), self.actor.clone(), self.owner.clone());
            let count = move || -> Count {
                let (services, actor, owner) = (Arc::clone(&services), actor.clone(), owner.clone());
                Box::pin(async move { services.accounts.ledger_count_of(&actor, &owner).await })
            };
            let wrap = |entry| LedgerEntry::new(entry, &list);
            Ok(One(LedgerEntryConnection(Connection::new(found, wrap, count))))
        }
    }
}

/// What a ledger entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum LedgerKind {
    /// An administrator's gift.
    Grant,
    /// Paid for items of a batch; the amount is negative.
    Charge,
    /// Given back for items of a batch that did not succeed.
    Refund,
}

plain_enum!(LedgerKind);

impl From<account::LedgerKind> for LedgerKind {
    fn from(kind: account::LedgerKind) -> Self {
        match kind {
            account::LedgerKind::Grant => Self::Grant,
            account::LedgerKind::Charge => Self::Charge,
            account::LedgerKind::Refund => Self::Refund,
        }
    }
}

/// What entries that were read together share.
pub struct LedgerList {
    services: Arc<Services>,
    actor: Actor,
    batches: ListLoader<Uuid, Arc<Batch>>,
}

impl LedgerList {
    /// For entries that were read together.
    pub fn new(services: &Arc<Services>, actor: &Actor, batches: impl Iterator<Item = Uuid>) -> Arc<Self> {
        let batches = ListLoader::new(batches);
        Arc::new(Self { services: Arc::clone(services), actor: actor.clone(), batches })
    }
}

/// An entry of a ledger that the actor may see.
pub struct LedgerEntry {
    entry: account::LedgerEntry,
    list: Arc<LedgerList>,
}

impl LedgerEntry {
    /// An entry of `list`.
    pub fn new(entry: account::LedgerEntry, list: &Arc<LedgerList>) -> Self {
        Self { entry, list: Arc::clone(list) }
    }
}

object_at_hand! {
    /// One change of a balance; entries are only ever added.
    LedgerEntry |entry| {
        /// The global id.
        id "id": ID = ID(GlobalId::encode(NodeKind::LedgerEntry, entry.entry.id));
        /// By how much: negative for a charge. Its size never passes 2,147,483,647.
        amount "amount": Int = Int(entry.entry.amount);
        /// The balance it left; bounded as `Quota.balance` is.
        balance_after "balanceAfter": Int = Int(entry.entry.balance_after);
        /// What it is.
        kind "kind": LedgerKind = entry.entry.kind.into();
        /// Why, for people.
        reason "reason": Option<String> = entry.entry.reason.clone();
        /// When.
        created_at "createdAt": DateTime = DateTime(entry.entry.created_at);
    }
    more {
        /// The batch it belongs to.
        async fn batch(&self) -> Option<Result<One<Arc<Batch>>>> {
            let id = self.entry.batch_id?;
            let LedgerList { services, actor, batches } = &*self.list;
            let load = async |ids: &[Uuid]| BatchList::load(services, actor, ids).await;
            batches.get(&id, load).await.map(|batch| batch.map(One)).map_err(Into::into).transpose()
        }
    }
}

connection! {
    /// A page of a ledger, newest first.
    LedgerEntryConnection,
    /// A ledger entry in its place.
    LedgerEntryEdge,
    LedgerEntry
}

/// Reading about oneself.
#[derive(Default)]
pub struct ViewerQuery;

#[Object]
impl ViewerQuery {
    /// Whoever asks.
    async fn viewer(&self, ctx: &Context<'_>) -> Result<One<Viewer>> {
        Ok(One(Viewer(actor(ctx)?.clone())))
    }
}

/// What `grantQuota` takes.
#[derive(Debug, InputObject)]
pub struct GrantQuotaInput {
    /// To whom: the user's id, global or as in the token.
    user_id: String,
    /// How much: 1 to 1,000,000,000.
    amount: i32,
    /// Why, for people: 1 to 500 characters.
    reason: String,
    /// Makes a repeated call grant once: 1 to 255 characters, yours alone.
    idempotency_key: String,
}

/// What `grantQuota` answers.
pub struct GrantQuotaPayload {
    quota: Quota,
}

object_at_hand! {
    /// What `grantQuota` answers.
    GrantQuotaPayload |payload| {
        /// The user's quota, with the balance that the grant left.
        quota "quota": One<Quota> = One(payload.quota.clone());
    }
}

/// Changing quota.
#[derive(Default)]
pub struct ViewerMutation;

#[Object]
impl ViewerMutation {
    /// Gives a user quota. For ADMIN.
    async fn grant_quota(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to grant.")] input: GrantQuotaInput,
    ) -> Option<Result<One<GrantQuotaPayload>>> {
        Some(grant(ctx, input).await.map(One))
    }
}

async fn grant(ctx: &Context<'_>, input: GrantQuotaInput) -> Result<GrantQuotaPayload> {
    let actor = actor(ctx)?;
    let grant = GrantQuota {
        user_id: GlobalId::raw_of(NodeKind::User, "userId", &input.user_id)?,
        amount: i64::from(input.amount),
        reason: input.reason,
        idempotency_key: input.idempotency_key,
    };
    let entry = services(ctx)?.accounts.grant(actor, grant).await?;
    let quota = Quota { actor: actor.clone(), owner: entry.user_id, balance: Some(entry.balance_after) };
    Ok(GrantQuotaPayload { quota })
}
