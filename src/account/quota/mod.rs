//! Quota: an append-only ledger with a balance a user that is never below zero.
//!
//! Every entry has an operation key that is unique over the whole ledger, so that nothing is
//! booked twice. An account is booked on under its row's lock, taken last of all locks.

mod entry;
mod rules;
mod store;

use std::collections::HashMap;
use std::sync::Arc;

pub use entry::{LedgerEntry, LedgerKind, UnknownKind};
pub use rules::{MAX_BALANCE, MAX_GRANT, check_key, insufficient};
use sea_orm::{DatabaseTransaction, DbErr};
use store::NewEntry;
use uuid::Uuid;

use crate::kernel::{Actor, Clock, Fault, Page, PageRequest};
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

/// A charge or refund to be booked.
#[derive(Debug, Clone, Copy)]
pub struct Booking<'a> {
    /// Whose quota.
    pub user_id: &'a str,
    /// How much, 0 or more. For 0 nothing is written.
    pub amount: i64,
    /// What it is for; unique over the whole ledger.
    pub operation_key: &'a str,
    /// Why, for people.
    pub reason: &'a str,
    /// The batch it belongs to.
    pub batch_id: Uuid,
}

/// Why a charge is refused.
#[derive(Debug, thiserror::Error)]
pub enum ChargeError {
    /// The balance does not hold as much.
    #[error("this needs {required} of quota and {balance} is left")]
    Insufficient {
        /// What it takes.
        required: i64,
        /// What there is.
        balance: i64,
    },
    /// The operation was booked before.
    #[error("this operation has been booked already")]
    AlreadyBooked,
    /// The database's own.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refunded {
    /// Booked now.
    Executed {
        /// The balance it left.
        balance: i64,
    },
    /// Its operation was booked before; nothing was done.
    AlreadyApplied,
    /// The amount was 0; nothing was done.
    NothingDue,
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
        Ok(Page::from_read(page, entries, |entry| entry.id.to_string()))
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

    /// Locks a user's account, created where there is none, until the transaction ends; answers
    /// its balance. Of all locks this one is taken last.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_in_op(&self, tx: &DatabaseTransaction, user_id: &str) -> Result<i64, DbErr> {
        Ok(store::lock_in_op(tx, user_id, self.clock.now()).await?.balance)
    }

    /// Takes quota in the caller's transaction; answers the balance that is left.
    ///
    /// # Errors
    /// [`ChargeError`]; nothing has been written then.
    pub async fn charge_in_op(
        &self,
        tx: &DatabaseTransaction,
        booking: Booking<'_>,
    ) -> Result<i64, ChargeError> {
        let now = self.clock.now();
        let account = store::lock_in_op(tx, booking.user_id, now).await?;
        let after = rules::after_charge(account.balance, booking.amount)
            .map_err(|balance| ChargeError::Insufficient { required: booking.amount, balance })?;
        if booking.amount == 0 {
            return Ok(after);
        }
        let entry = booking.entry(LedgerKind::Charge, -booking.amount);
        match store::book_in_op(tx, &account, after, &entry, now).await? {
            Some(_) => Ok(after),
            None => Err(ChargeError::AlreadyBooked),
        }
    }

    /// What was booked under an operation's key, with its sign; nothing where nothing was.
    ///
    /// # Errors
    /// The database's.
    pub async fn booked_in_op(
        &self,
        tx: &DatabaseTransaction,
        operation_key: &str,
    ) -> Result<Option<i64>, DbErr> {
        Ok(store::of_operation(tx, operation_key).await?.map(|entry| entry.amount))
    }

    /// Gives quota back in the caller's transaction.
    ///
    /// # Errors
    /// The database's, and an amount below zero.
    pub async fn refund_in_op(
        &self,
        tx: &DatabaseTransaction,
        booking: Booking<'_>,
    ) -> Result<Refunded, DbErr> {
        if booking.amount == 0 {
            return Ok(Refunded::NothingDue);
        }
        let now = self.clock.now();
        let account = store::lock_in_op(tx, booking.user_id, now).await?;
        let balance = account
            .balance
            .checked_add(booking.amount)
            .filter(|_| booking.amount > 0)
            .ok_or_else(|| DbErr::Custom(format!("a refund of {} cannot be booked", booking.amount)))?;
        let entry = booking.entry(LedgerKind::Refund, booking.amount);
        Ok(match store::book_in_op(tx, &account, balance, &entry, now).await? {
            Some(_) => Refunded::Executed { balance },
            None => Refunded::AlreadyApplied,
        })
    }
}

impl<'a> Booking<'a> {
    fn entry(&self, kind: LedgerKind, amount: i64) -> NewEntry<'a> {
        NewEntry {
            user_id: self.user_id,
            kind,
            amount,
            operation_key: self.operation_key,
            reason: self.reason,
            batch_id: Some(self.batch_id),
        }
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
