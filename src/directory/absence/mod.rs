//! When people are away, and who acts for them meanwhile.

mod rules;
mod store;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
pub use rules::{MAX_ABSENCES, MAX_DAYS, MAX_DAYS_AHEAD, MAX_HOPS};
#[cfg(test)]
pub(super) use store::away_statement;

use super::store::is_known;
use super::{Absence, Directory};
use crate::kernel::{Actor, Fault};

/// An absence to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAbsence {
    /// Who is away: a user id.
    pub person: String,
    /// From then on; at most [`MAX_DAYS_AHEAD`] days ahead.
    pub from: DateTime<Utc>,
    /// Until before then; at most [`MAX_DAYS`] days later, and not over yet.
    pub until: DateTime<Utc>,
    /// Who acts for them: another active person. Nobody: they keep what is theirs.
    pub substitute: Option<String>,
}

impl Directory {
    /// Says when somebody is away: oneself, or as ADMIN anybody.
    ///
    /// # Errors
    /// `FORBIDDEN` for somebody else's; `BAD_INPUT` naming what is out of bounds, or a substitute
    /// whom the directory does not know; `NOT_FOUND` where it does not know the person; `CONFLICT`
    /// where the person is away in a part of that time already, or has [`MAX_ABSENCES`] ahead.
    pub async fn set_absence(&self, actor: &Actor, set: SetAbsence) -> Result<Absence, Fault> {
        rules::check_owner(actor, &set.person)?;
        let now = self.clock.now();
        rules::check(&set, now)?;
        let tx = self.db.begin().await?;
        if !store::lock_person_in_op(&tx, &set.person).await? {
            return Err(Fault::not_found("person"));
        }
        if let Some(substitute) = &set.substitute
            && !is_known(&tx, substitute).await?
        {
            return Err(Fault::bad_input("substitute", "the directory knows no active person of this id"));
        }
        let ahead = store::not_over_in_op(&tx, &set.person, now).await?;
        if let Some(other) =
            ahead.iter().find(|other| other.starts_at < set.until && set.from < other.ends_at)
        {
            let (from, until) = (other.starts_at.to_rfc3339(), other.ends_at.to_rfc3339());
            return Err(Fault::conflict(format!("this person is away from {from} until {until} already"))
                .with("field", "from".into())
                .with("absence", other.id.into()));
        }
        if ahead.len() >= MAX_ABSENCES {
            return Err(Fault::conflict(format!("a person has at most {MAX_ABSENCES} absences ahead")));
        }
        let id = store::insert_in_op(&tx, &set, &actor.user_id, now).await?;
        tx.commit().await?;
        tracing::info!(person = set.person, absence = id, by = actor.user_id, "absence set");
        Ok(Absence {
            id,
            person: set.person,
            starts_at: set.from,
            ends_at: set.until,
            substitute: set.substitute,
            created_by: actor.user_id.clone(),
            created_at: now,
        })
    }

    /// Takes an absence away; answers it.
    ///
    /// # Errors
    /// `NOT_FOUND`, also where it is somebody else's and the actor is not ADMIN.
    pub async fn remove_absence(&self, actor: &Actor, id: i64) -> Result<Absence, Fault> {
        let tx = self.db.begin().await?;
        let found = store::find_in_op(&tx, id).await?;
        let absence = found
            .filter(|absence| actor.may_handle_things_of(&absence.person))
            .ok_or_else(|| Fault::not_found("absence"))?;
        if !store::delete_in_op(&tx, id).await? {
            return Err(Fault::not_found("absence"));
        }
        tx.commit().await?;
        tracing::info!(person = absence.person, absence = id, by = actor.user_id, "absence removed");
        Ok(absence)
    }

    /// When somebody is or was away, the latest first: at most twice [`MAX_ABSENCES`].
    ///
    /// # Errors
    /// `FORBIDDEN` where it is neither the actor's own nor the actor ADMIN.
    pub async fn absences(&self, actor: &Actor, person: &str) -> Result<Vec<Absence>, Fault> {
        rules::check_owner(actor, person)?;
        Ok(store::latest(self.db.reader(), person, 2 * MAX_ABSENCES).await?)
    }

    /// For each of the users who acts for them at `at`: themselves, or while they are away the
    /// first along the chain of substitutes who is there, within [`MAX_HOPS`]. Where there is no
    /// such person, work stays with the user.
    ///
    /// # Errors
    /// The database's.
    pub async fn substitutes(
        &self,
        users: &[String],
        at: DateTime<Utc>,
    ) -> Result<HashMap<String, String>, Fault> {
        let away = store::away(self.db.reader(), users, at).await?;
        Ok(users.iter().map(|user| (user.clone(), rules::acting(user, &away).to_owned())).collect())
    }
}
