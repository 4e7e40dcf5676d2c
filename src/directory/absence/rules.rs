//! When somebody may be away, and who then acts for them: pure decisions.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};

use super::SetAbsence;
use crate::directory::group::is_id;
use crate::kernel::{Actor, Fault};

/// The longest absence, in days.
pub const MAX_DAYS: i64 = 400;
/// How far ahead an absence may begin, in days.
pub const MAX_DAYS_AHEAD: i64 = 800;
/// The most absences of one person that are not over.
pub const MAX_ABSENCES: usize = 100;
/// The most substitutes that are gone through from one to the next.
pub const MAX_HOPS: u32 = 10;

/// Whether the actor may say when `person` is away.
pub(super) fn check_owner(actor: &Actor, person: &str) -> Result<(), Fault> {
    if actor.may_handle_things_of(person) {
        Ok(())
    } else {
        Err(Fault::forbidden("only ADMIN may see and set when somebody else is away"))
    }
}

/// Whether the absence is within its bounds.
///
/// # Errors
/// `BAD_INPUT` naming the field.
pub(super) fn check(set: &SetAbsence, now: DateTime<Utc>) -> Result<(), Fault> {
    if !is_id(&set.person) {
        return Err(Fault::bad_input("person", "a user id has 1 to 128 characters"));
    }
    if set.until <= set.from {
        return Err(Fault::bad_input("until", "an absence ends after it begins"));
    }
    if set.until <= now {
        return Err(Fault::bad_input("until", "this absence is over already"));
    }
    if set.until - set.from > Duration::days(MAX_DAYS) {
        return Err(Fault::bad_input("until", format!("an absence lasts at most {MAX_DAYS} days")));
    }
    if set.from - now > Duration::days(MAX_DAYS_AHEAD) {
        return Err(Fault::bad_input("from", format!("an absence begins within {MAX_DAYS_AHEAD} days")));
    }
    match set.substitute.as_deref() {
        Some(substitute) if substitute == set.person => {
            Err(Fault::bad_input("substitute", "nobody can be their own substitute"))
        }
        Some(substitute) if !is_id(substitute) => {
            Err(Fault::bad_input("substitute", "a user id has 1 to 128 characters"))
        }
        _ => Ok(()),
    }
}

/// Who acts for `user`, given for each absent person the substitute who is active, if there is one.
///
/// The chain is followed for at most [`MAX_HOPS`]. Where it leads in a circle, is longer, or ends
/// in somebody who is away and has no substitute, nobody in it can act: the work stays with `user`,
/// who will be back, instead of with somebody who cannot know of it.
pub(super) fn acting<'a>(user: &'a str, away: &'a HashMap<String, Option<String>>) -> &'a str {
    let mut at = user;
    for _ in 0..=MAX_HOPS {
        match away.get(at) {
            None => return at,
            Some(Some(next)) => at = next,
            Some(None) => break,
        }
    }
    user
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use proptest::prelude::*;

    fn away(links: &[(&str, Option<&str>)]) -> HashMap<String, Option<String>> {
        links.iter().map(|(who, to)| ((*who).to_owned(), to.map(str::to_owned))).collect()
    }

    #[test]
    fn a_chain_ends_in_the_first_who_is_there() {
        let chain = away(&[("a", Some("b")), ("b", Some("c")), ("x", None), ("y", Some("x"))]);
        assert_eq!(acting("a", &chain), "c");
        assert_eq!(acting("b", &chain), "c");
        assert_eq!(acting("c", &chain), "c");
        assert_eq!(acting("y", &chain), "y", "x is away and names nobody");
        let circle = away(&[("a", Some("b")), ("b", Some("c")), ("c", Some("b"))]);
        assert_eq!(acting("a", &circle), "a");
    }

    #[test]
    fn ten_hops_are_followed_and_eleven_are_not() {
        let line: HashMap<_, _> = (0..11).map(|n| (n.to_string(), Some((n + 1).to_string()))).collect();
        assert_eq!(acting("1", &line), "11");
        assert_eq!(acting("0", &line), "0");
    }

    #[test]
    fn each_bound_is_named() {
        let now = DateTime::UNIX_EPOCH;
        let day = |days| now + Duration::days(days);
        let good = SetAbsence {
            person: "alice".into(),
            from: day(1),
            until: day(401),
            substitute: Some("bob".into()),
        };
        assert!(check(&good, now).is_ok());
        for (bad, field) in [
            (SetAbsence { person: String::new(), ..good.clone() }, "person"),
            (SetAbsence { until: day(1), ..good.clone() }, "until"),
            (SetAbsence { until: day(402), ..good.clone() }, "until"),
            (SetAbsence { from: day(-2), until: day(0), ..good.clone() }, "until"),
            (SetAbsence { from: day(801), until: day(802), ..good.clone() }, "from"),
            (SetAbsence { from: DateTime::<Utc>::MIN_UTC, ..good.clone() }, "until"),
            (SetAbsence { substitute: Some("alice".into()), ..good.clone() }, "substitute"),
            (SetAbsence { substitute: Some("b\0".into()), ..good.clone() }, "substitute"),
        ] {
            let fault = check(&bad, now).unwrap_err();
            assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &field.into()));
        }
    }

    proptest! {
        /// Whatever the absences: who acts is the user, or somebody who is there and can be reached.
        #[test]
        fn nobody_acts_who_is_away(
            links in proptest::collection::hash_map(0_u8..20, proptest::option::of(0_u8..20), 0..20),
            user in 0_u8..20,
        ) {
            let away: HashMap<_, _> =
                links.iter().map(|(who, to)| (who.to_string(), to.map(|to| to.to_string()))).collect();
            let user = user.to_string();
            let who = acting(&user, &away);
            prop_assert!(who == user || !away.contains_key(who));
            // The same by brute force.
            let mut at = user.clone();
            let mut hops = 0;
            while let Some(Some(next)) = away.get(&at) && hops <= MAX_HOPS {
                at.clone_from(next);
                hops += 1;
            }
            let reached = !away.contains_key(&at) && hops <= MAX_HOPS;
            prop_assert_eq!(who, if reached { &at } else { &user });
        }
    }
}
