//! Quota: an append-only ledger with a balance a user that is never below zero.
//!
//! Every entry has an operation key that is unique over the whole ledger, so that nothing is
//! booked twice. An account is booked on under its row's lock, taken last of all locks.

mod booking;
mod entry;
mod rules;
mod store;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

pub use booking::{Booking, ChargeError, Refunded};
pub use entry::{LedgerEntry, LedgerKind, UnknownKind};
pub use rules::{MAX_BALANCE, MAX_GRANT, check_key, insufficient};
use sea_orm::{DatabaseTransaction, DbErr};
use store::NewEntry;

use crate::kernel::{Actor, Clock, Fault, Page, PageRequest, Place};
use crate::storage::Db;

/// What an administrator grants.
#[derive(Debug, Clone)]
pub struct GrantQuota {
    /// To whom: 1 to 128 characters.
    pub user_id: String,
    /// How much: 1 to [`MAX_GRANT`].
    pub amount: i64,
    /// Why: 1 to 500 characters.
    pub reason: String,
    /// Names this grant among the administrator's: 1 to 255 characters.
    pub idempotency_key: String,
}

/// Users' quota accounts.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    clock: Arc<dyn Clock>,
}

impl Accounts {
    /// Accounts kept in `db`.
    pub fn new(db: Db, clock: Arc<dyn Clock>) -> Self {
        Self { db, clock }
    }

    /// The actor's own balance; 0 where they have no account yet.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn balance(&self, actor: &Actor) -> Result<i64, Fault> {
        self.balance_of(actor, &actor.user_id).await
    }

    /// A user's balance; 0 where they have no account yet.
    ///
    /// # Errors
    /// `FORBIDDEN` where it is neither the actor's own nor the actor ADMIN.
    pub async fn balance_of(&self, actor: &Actor, user_id: &str) -> Result<i64, Fault> {
        check_owner(actor, user_id)?;
        let found = self.balances(&[user_id.to_owned()]).await?;
        Ok(found.get(user_id).copied().unwrap_or(0))
    }

    /// Balances of many users (for loaders); those without an account are left out. The caller
    /// decides who may see them.
    ///
    /// # Errors
    /// The database's.
    pub async fn balances(&self, users: &[String]) -> Result<HashMap<String, i64>, DbErr> {
        let rows = store::accounts(self.db.reader(), users).await?;
        Ok(rows.into_iter().map(|row| (row.user_id, row.balance)).collect())
    }

    /// What many users are called (for loaders), as far as their tokens have said so; the others
    /// are left out. The caller decides who may see it.
    ///
    /// # Errors
    /// The database's.
    pub async fn names(&self, users: &[String]) -> Result<HashMap<String, String>, DbErr> {
        let rows = store::accounts(self.db.reader(), users).await?;
        Ok(rows.into_iter().filter_map(|row| Some((row.user_id, row.name?))).collect())
    }

    /// Those of the users whom the actor may ask for: themselves, and an ADMIN everybody who has an
    /// account.
    ///
    /// # Errors
    /// The database's.
    pub async fn visible_users(&self, actor: &Actor, users: &[String]) -> Result<HashSet<String>, DbErr> {
        let (own, others): (Vec<_>, Vec<_>) = users
            .iter()
            // PostgreSQL knows no text with NUL in it.
            .filter(|user| actor.may_handle_things_of(user) && !user.contains('\0'))
            .cloned()
            .partition(|user| *user == actor.user_id);
        let mut visible = HashSet::from_iter(own);
        if !others.is_empty() {
            let rows = store::accounts(self.db.reader(), &others).await?;
            visible.extend(rows.into_iter().map(|row| row.user_id));
        }
        Ok(visible)
    }

    /// The actor's own ledger, newest first.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of this connection's.
    pub async fn ledger(&self, actor: &Actor, page: &PageRequest) -> Result<Page<LedgerEntry>, Fault> {
        self.ledger_of(actor, &actor.user_id, page).await
    }

    /// A user's ledger, newest first.
    ///
    /// # Errors
    /// `FORBIDDEN` where it is neither the actor's own nor the actor ADMIN; `BAD_INPUT` for a
    /// cursor that is none of this connection's.
    pub async fn ledger_of(
        &self,
        actor: &Actor,
        user_id: &str,
        page: &PageRequest,
    ) -> Result<Page<LedgerEntry>, Fault> {
        check_owner(actor, user_id)?;
        let after = place("after", page.after.as_deref())?;
        let before = place("before", page.before.as_deref())?;
        let rows = store::page(self.db.reader(), user_id, after, before, page).await?;
        let entries = rows.into_iter().map(LedgerEntry::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_read(page, entries, |entry| Place::Number(entry.id)))
    }

    /// How many entries the actor's own ledger has.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn ledger_count(&self, actor: &Actor) -> Result<i64, Fault> {
        self.ledger_count_of(actor, &actor.user_id).await
    }

    /// How many entries a user's ledger has.
    ///
    /// # Errors
    /// `FORBIDDEN` where it is neither the actor's own nor the actor ADMIN.
    pub async fn ledger_count_of(&self, actor: &Actor, user_id: &str) -> Result<i64, Fault> {
        check_owner(actor, user_id)?;
        Ok(store::count(self.db.reader(), user_id).await?)
    }

    /// Entries by number that the actor may see: their own, and an ADMIN everybody's. The others
    /// are left out.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn entries(&self, actor: &Actor, ids: &[i64]) -> Result<HashMap<i64, LedgerEntry>, Fault> {
        let rows = store::entries(self.db.reader(), ids).await?;
        rows.into_iter()
            .filter(|row| actor.may_handle_things_of(&row.user_id))
            .map(|row| Ok((row.id, LedgerEntry::try_from(row)?)))
            .collect()
    }

    /// Grants quota. Repeated with the same key and input it answers the first grant's entry.
    ///
    /// # Errors
    /// `FORBIDDEN` for all but ADMIN; `BAD_INPUT` naming what is out of bounds; `CONFLICT` where
    /// the key was used for another input.
    pub async fn grant(&self, actor: &Actor, grant: GrantQuota) -> Result<LedgerEntry, Fault> {
        rules::check_grant(actor, &grant)?;
        let operation = rules::grant_operation(&actor.user_id, &grant.idempotency_key);
        let tx = self.db.begin().await?;
        if let Some(entry) = repeated_grant_in_op(&tx, &operation, &grant).await? {
            return Ok(entry);
        }
        let now = self.clock.now();
        let account = store::lock_in_op(&tx, &grant.user_id, now).await?;
        let after = account
            .balance
            .checked_add(grant.amount)
            .filter(|after| *after <= MAX_BALANCE)
            .ok_or_else(|| Fault::bad_input("amount", format!("the balance would pass {MAX_BALANCE}")))?;
        let entry = NewEntry {
            user_id: &grant.user_id,
            kind: LedgerKind::Grant,
            amount: grant.amount,
            operation_key: &operation,
            reason: &grant.reason,
            batch_id: None,
        };
        if let Some(id) = store::book_in_op(&tx, &account, after, &entry, now).await? {
            tx.commit().await?;
            tracing::info!(user = grant.user_id, amount = grant.amount, by = actor.user_id, "quota granted");
            return Ok(LedgerEntry {
                id,
                user_id: grant.user_id,
                kind: LedgerKind::Grant,
                amount: grant.amount,
                balance_after: after,
                reason: Some(grant.reason),
                batch_id: None,
                created_at: now,
            });
        }
        // Somebody was faster with the same key: theirs can be read now.
        let repeated = repeated_grant_in_op(&tx, &operation, &grant).await?;
        repeated.ok_or_else(|| Fault::internal("a grant was booked and is not there"))
    }
}

/// The entry of an earlier grant under the same key.
async fn repeated_grant_in_op(
    tx: &DatabaseTransaction,
    operation: &str,
    grant: &GrantQuota,
) -> Result<Option<LedgerEntry>, Fault> {
    let Some(row) = store::of_operation(tx, operation).await? else { return Ok(None) };
    let entry = LedgerEntry::try_from(row)?;
    let same = entry.user_id == grant.user_id
        && entry.amount == grant.amount
        && entry.reason.as_deref() == Some(&*grant.reason);
    if same {
        Ok(Some(entry))
    } else {
        Err(Fault::conflict("this idempotency key was used for another grant")
            .with("field", "idempotencyKey".into()))
    }
}

fn check_owner(actor: &Actor, user_id: &str) -> Result<(), Fault> {
    if actor.may_handle_things_of(user_id) {
        Ok(())
    } else {
        Err(Fault::forbidden("only ADMIN may see somebody else's quota"))
    }
}

fn place(field: &str, cursor: Option<&str>) -> Result<Option<i64>, Fault> {
    cursor
        .map(|text| {
            text.parse().map_err(|_| Fault::bad_input(field, "this is not a cursor of this connection"))
        })
        .transpose()
}
