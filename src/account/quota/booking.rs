//! Charges and refunds: booked in their caller's transaction, each once.

use sea_orm::{DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::store::{self, NewEntry};
use super::{Accounts, LedgerKind, rules};
use crate::kernel::Actor;

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

impl Accounts {
    /// Locks the actor's own account, created where there is none, until the transaction ends;
    /// answers its balance. Of all locks this one is taken last. The account keeps what the actor's
    /// token calls them; that is written only where it has changed.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_own_in_op(&self, tx: &DatabaseTransaction, actor: &Actor) -> Result<i64, DbErr> {
        let account = store::lock_in_op(tx, &actor.user_id, self.clock.now()).await?;
        if let Some(name) = rules::new_name(account.name.as_deref(), actor) {
            store::rename_in_op(tx, &actor.user_id, name).await?;
        }
        Ok(account.balance)
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
