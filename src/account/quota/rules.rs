//! What may be booked: pure decisions.

use crate::kernel::{Actor, ErrorCode, Fault, Role};

use super::GrantQuota;

/// The most one grant may give.
pub const MAX_GRANT: i64 = 1_000_000_000;
/// The highest balance a grant may lead to: what an `Int` of GraphQL can tell. No charge is larger,
/// and so no entry of the ledger either.
pub const MAX_BALANCE: i64 = i32::MAX as i64;
/// The longest user id, in bytes.
const MAX_USER_ID: usize = 128;
/// The longest reason, in characters.
const MAX_REASON: usize = 500;
/// The longest idempotency key, in characters.
pub const MAX_KEY: usize = 255;

/// The balance after `amount` is taken from it.
///
/// # Errors
/// The balance where it does not hold as much; an `amount` below zero is never held.
pub(super) fn after_charge(balance: i64, amount: i64) -> Result<i64, i64> {
    if amount < 0 {
        return Err(balance);
    }
    balance.checked_sub(amount).filter(|after| *after >= 0).ok_or(balance)
}

/// What is to be kept as the actor's name from now on; nothing where that is kept already, or where
/// their token names nobody, which says nothing about what they are called.
pub(super) fn new_name<'a>(kept: Option<&str>, actor: &'a Actor) -> Option<&'a str> {
    let named = !actor.name.is_empty() && actor.name != actor.user_id;
    (named && kept != Some(&*actor.name)).then_some(&*actor.name)
}

/// The operation under which an administrator's grant is booked: `grant:{admin}:{key}`.
pub(super) fn grant_operation(admin: &str, key: &str) -> String {
    // A colon in the name would let one administrator's keys run into another's.
    let admin = admin.replace('%', "%25").replace(':', "%3A");
    format!("grant:{admin}:{key}")
}

/// Whether `actor` may grant, and whether the grant is one.
///
/// # Errors
/// `FORBIDDEN` for all but ADMIN; `BAD_INPUT` naming the field that is out of bounds.
pub(super) fn check_grant(actor: &Actor, grant: &GrantQuota) -> Result<(), Fault> {
    if !actor.has_role(Role::Admin) {
        return Err(Fault::forbidden("only ADMIN may grant quota"));
    }
    if grant.user_id.is_empty() || grant.user_id.len() > MAX_USER_ID || has_control(&grant.user_id) {
        return Err(Fault::bad_input("userId", format!("a user id has 1 to {MAX_USER_ID} characters")));
    }
    if !(1..=MAX_GRANT).contains(&grant.amount) {
        return Err(Fault::bad_input("amount", format!("amount must be between 1 and {MAX_GRANT}")));
    }
    let reason = grant.reason.trim();
    if reason.is_empty() || grant.reason.chars().count() > MAX_REASON || grant.reason.contains('\0') {
        return Err(Fault::bad_input("reason", format!("a reason has 1 to {MAX_REASON} characters")));
    }
    check_key(&grant.idempotency_key)
}

/// Whether an idempotency key is one.
///
/// # Errors
/// `BAD_INPUT` at `idempotencyKey`.
pub fn check_key(key: &str) -> Result<(), Fault> {
    if key.is_empty() || key.chars().count() > MAX_KEY || has_control(key) {
        return Err(Fault::bad_input(
            "idempotencyKey",
            format!("an idempotency key has 1 to {MAX_KEY} characters, none of them a control character"),
        ));
    }
    Ok(())
}

fn has_control(text: &str) -> bool {
    text.chars().any(char::is_control)
}

/// A charge that the balance does not hold, as callers see it.
pub fn insufficient(required: i64, balance: i64) -> Fault {
    Fault::new(
        ErrorCode::QuotaExceeded,
        format!("this needs {required} of quota, and you have {balance} left"),
    )
    .with("required", required.into())
    .with("balance", balance.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn actor(role: Role) -> Actor {
        Actor { user_id: "admin".into(), name: "Admin".into(), role, plan: None }
    }

    fn grant() -> GrantQuota {
        GrantQuota {
            user_id: "alice".into(),
            amount: 100,
            reason: "welcome".into(),
            idempotency_key: "first".into(),
        }
    }

    #[test]
    fn only_admin_grants() {
        assert!(check_grant(&actor(Role::Admin), &grant()).is_ok());
        let fault = check_grant(&actor(Role::Operator), &grant()).unwrap_err();
        assert_eq!(fault.code(), ErrorCode::Forbidden);
    }

    #[test]
    fn a_name_is_kept_when_it_is_new_and_one() {
        let named = |name: &str| Actor { name: name.into(), ..actor(Role::User) };
        assert_eq!(new_name(None, &named("Ada")), Some("Ada"));
        assert_eq!(new_name(Some("Ada"), &named("Ada L.")), Some("Ada L."));
        assert_eq!(new_name(Some("Ada"), &named("Ada")), None);
        assert_eq!(new_name(Some("Ada"), &named("admin")), None, "the token named nobody");
        assert_eq!(new_name(None, &named("")), None);
    }

    #[test]
    fn each_bound_of_a_grant_is_named() {
        let admin = actor(Role::Admin);
        for (bad, field) in [
            (GrantQuota { user_id: String::new(), ..grant() }, "userId"),
            (GrantQuota { user_id: "x".repeat(129), ..grant() }, "userId"),
            (GrantQuota { user_id: "a\0b".into(), ..grant() }, "userId"),
            (GrantQuota { amount: 0, ..grant() }, "amount"),
            (GrantQuota { amount: MAX_GRANT + 1, ..grant() }, "amount"),
            (GrantQuota { amount: i64::MIN, ..grant() }, "amount"),
            (GrantQuota { reason: "  ".into(), ..grant() }, "reason"),
            (GrantQuota { reason: "é".repeat(501), ..grant() }, "reason"),
            (GrantQuota { idempotency_key: String::new(), ..grant() }, "idempotencyKey"),
            (GrantQuota { idempotency_key: "k".repeat(256), ..grant() }, "idempotencyKey"),
            (GrantQuota { idempotency_key: "k\0".into(), ..grant() }, "idempotencyKey"),
        ] {
            let fault = check_grant(&admin, &bad).unwrap_err();
            assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &field.into()));
        }
        assert!(check_grant(&admin, &GrantQuota { reason: "é".repeat(500), ..grant() }).is_ok());
    }

    proptest! {
        #[test]
        fn no_two_grants_share_an_operation(a in "[a:%]{1,4}", b in "[a:%]{1,4}", k in "[a:%]{1,4}", l in "[a:%]{1,4}") {
            prop_assert_eq!(grant_operation(&a, &k) == grant_operation(&b, &l), a == b && k == l);
        }

        #[test]
        fn a_charge_never_leaves_less_than_nothing(balance in 0..=i64::MAX, amount in any::<i64>()) {
            match after_charge(balance, amount) {
                Ok(after) => {
                    prop_assert!(after >= 0 && amount >= 0);
                    prop_assert_eq!(i128::from(after), i128::from(balance) - i128::from(amount));
                }
                Err(left) => {
                    prop_assert_eq!(left, balance);
                    prop_assert!(amount < 0 || amount > balance);
                }
            }
        }
    }
}
