//! Recording what attempts have come to: many in one transaction, and only those whose lease still stands.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Set};
use uuid::Uuid;

use super::claim::Claimed;
use super::rules::{self, DEAD_AFTER, Verdict};
use super::store;
use crate::storage::bulk::{Column, Rows, insert_many};
use crate::storage::dialect::{for_update, for_update_skip_locked, sql};
use crate::storage::entity::webhook_attempt;
use crate::workflow::Inner;

/// The longest text about an attempt that failed, in characters.
const MAX_ERROR: usize = 500;

/// An attempt that was made.
#[derive(Debug, Clone)]
pub struct Made {
    pub claimed: Claimed,
    pub verdict: Verdict,
    pub started_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub status_code: Option<u16>,
    /// Why it has not arrived.
    pub error: Option<String>,
}

type Key = (Uuid, Uuid, Uuid);

impl Made {
    /// Its webhook, instance and lease.
    fn key(&self) -> Key {
        (self.claimed.hook.id, self.claimed.instance, self.claimed.lease)
    }

    fn has_arrived(&self) -> bool {
        self.verdict == Verdict::Arrived
    }

    /// When its stream goes on: with the same event, or with the next.
    fn due_at(&self) -> DateTime<Utc> {
        match self.verdict {
            Verdict::Again(at) => at,
            Verdict::Arrived | Verdict::GivenUp => self.ended_at,
            // Nobody looks at it while the webhook is disabled.
            Verdict::Gone => self.ended_at + TimeDelta::days(1),
        }
    }

    /// What its delivery becomes; none: it stays.
    fn status(&self) -> Option<&'static str> {
        match self.verdict {
            Verdict::Arrived => Some("SUCCESS"),
            Verdict::GivenUp => Some("FAILED"),
            Verdict::Again(_) | Verdict::Gone => None,
        }
    }
}

/// Writes down what has come of attempts. Those whose lease is gone do not count: somebody else sends
/// them again. Those whose stream somebody is about to add to are answered: they are for the next time,
/// for whoever waits here would keep people waiting who decide.
pub async fn record_in_op(tx: &DatabaseTransaction, made: Vec<Made>) -> Result<Vec<Made>, DbErr> {
    let standing = lock(tx, &made, true).await?;
    let (now, rest): (Vec<_>, Vec<_>) = made.into_iter().partition(|one| standing.contains(&one.key()));
    let held = if rest.is_empty() { HashSet::new() } else { lock(tx, &rest, false).await? };
    if !now.is_empty() {
        write_attempts(tx, &now).await?;
        write_deliveries(tx, &now).await?;
        move_streams(tx, &now).await?;
    }
    Ok(rest.into_iter().filter(|one| held.contains(&one.key())).collect())
}

/// Those whose streams are still theirs; with `locks` those alone whose rows can be had at once.
async fn lock(tx: &DatabaseTransaction, made: &[Made], locks: bool) -> Result<HashSet<Key>, DbErr> {
    let backend = tx.get_database_backend();
    let mut by_lease: BTreeMap<(Uuid, Uuid), Vec<Uuid>> = BTreeMap::new();
    for (webhook, instance, lease) in made.iter().map(Made::key) {
        by_lease.entry((webhook, lease)).or_default().push(instance);
    }
    let mut found = HashSet::new();
    for ((webhook, lease), instances) in by_lease {
        let places: Vec<_> = (3..).take(instances.len()).map(|place| format!("${place}")).collect();
        let text = format!(
            "SELECT instance_id FROM webhook_stream WHERE webhook_id = $1 AND lease_id = $2 \
             AND instance_id IN ({}){}",
            places.join(", "),
            if locks { for_update_skip_locked(backend) } else { "" }
        );
        let values = [webhook, lease].into_iter().chain(instances).map(sea_orm::Value::from);
        for row in tx.query_all_raw(sql(backend, text, values)).await? {
            found.insert((webhook, row.try_get_by_index(0)?, lease));
        }
    }
    Ok(found)
}

async fn write_attempts(tx: &DatabaseTransaction, made: &[Made]) -> Result<(), DbErr> {
    let rows = made.iter().map(|one| webhook_attempt::ActiveModel {
        delivery_number: Set(one.claimed.delivery),
        number: Set(one.claimed.attempts + 1),
        started_at: Set(one.started_at),
        duration_ms: Set(milliseconds(one.ended_at - one.started_at)),
        status_code: Set(one.status_code.and_then(|code| i16::try_from(code).ok())),
        error: Set(one.error.as_deref().map(|text| text.chars().take(MAX_ERROR).collect())),
    });
    insert_many::<webhook_attempt::Entity, _>(tx, rows.collect()).await
}

fn milliseconds(duration: TimeDelta) -> i32 {
    // A clock that was set back meanwhile says nothing.
    i32::try_from(duration.num_milliseconds().max(0)).unwrap_or(i32::MAX)
}

async fn write_deliveries(tx: &DatabaseTransaction, made: &[Made]) -> Result<(), DbErr> {
    let (ended, open): (Vec<_>, Vec<_>) = made.iter().partition(|one| one.status().is_some());
    for status in ["SUCCESS", "FAILED"] {
        let these: Vec<_> = ended.iter().filter(|one| one.status() == Some(status)).collect();
        let rows = Rows::new([
            ("number", Column::BigIntegers(these.iter().map(|one| one.claimed.delivery).collect())),
            ("finished_at", Column::Times(these.iter().map(|one| one.ended_at).collect())),
        ])
        .each_with("status", status);
        let text = |source: &str| {
            format!(
                "UPDATE webhook_delivery SET status = x.status, finished_at = x.finished_at, \
                 attempts = attempts + 1, tries = tries + 1 FROM {source} \
                 WHERE webhook_delivery.number = x.number AND webhook_delivery.status = 'PENDING'"
            )
        };
        rows.execute_in_op(tx, text).await?;
    }
    let numbers = open.iter().map(|one| one.claimed.delivery).collect();
    let rows = Rows::new([("number", Column::BigIntegers(numbers))]);
    let text = |source: &str| {
        format!(
            "UPDATE webhook_delivery SET attempts = attempts + 1, tries = tries + 1 FROM {source} \
             WHERE webhook_delivery.number = x.number AND webhook_delivery.status = 'PENDING'"
        )
    };
    rows.execute_in_op(tx, text).await.map(drop)
}

/// Lets streams go on that have more to tell, and ends the others. Their rows are locked: whoever adds an
/// event to one makes it anew behind this.
async fn move_streams(tx: &DatabaseTransaction, made: &[Made]) -> Result<(), DbErr> {
    let ids = |id: fn(&Made) -> Uuid, of: &[&Made]| Column::Ids(of.iter().map(|one| id(one)).collect());
    let ended: Vec<_> = made.iter().filter(|one| one.status().is_some()).collect();
    let rows = Rows::new([
        ("webhook_id", ids(|one| one.claimed.hook.id, &ended)),
        ("instance_id", ids(|one| one.claimed.instance, &ended)),
    ]);
    // One look a row, and not by the status: a planner might read what is pending of all instances.
    let text = |source: &str| {
        format!(
            "DELETE FROM webhook_stream WHERE (webhook_id, instance_id) IN (SELECT x.webhook_id, x.instance_id \
             FROM {source} WHERE (SELECT d.number FROM webhook_delivery d WHERE d.webhook_id = x.webhook_id \
             AND d.instance_id = x.instance_id AND d.finished_at IS NULL LIMIT 1) IS NULL)"
        )
    };
    rows.execute_in_op(tx, text).await?;
    let all: Vec<_> = made.iter().collect();
    let rows = Rows::new([
        ("webhook_id", ids(|one| one.claimed.hook.id, &all)),
        ("instance_id", ids(|one| one.claimed.instance, &all)),
        ("lease_id", ids(|one| one.claimed.lease, &all)),
        ("due_at", Column::Times(made.iter().map(Made::due_at).collect())),
    ]);
    let text = |source: &str| {
        format!(
            "UPDATE webhook_stream SET lease_id = NULL, due_at = x.due_at FROM {source} \
             WHERE webhook_stream.webhook_id = x.webhook_id AND webhook_stream.instance_id = x.instance_id \
             AND webhook_stream.lease_id = x.lease_id"
        )
    };
    rows.execute_in_op(tx, text).await.map(drop)
}

/// What attempts say about a webhook's health.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    arrived: bool,
    failed_at: Option<DateTime<Utc>>,
    is_gone: bool,
}

impl Health {
    /// Whether something has failed and nothing arrived, or the receiver is gone.
    pub fn is_bad(&self) -> bool {
        self.is_gone || (self.failed_at.is_some() && !self.arrived)
    }
}

/// Of each webhook.
pub fn healths(made: &[Made]) -> HashMap<Uuid, Health> {
    let mut found: HashMap<Uuid, Health> = HashMap::new();
    for one in made {
        let health = found.entry(one.claimed.hook.id).or_default();
        health.arrived |= one.has_arrived();
        health.is_gone |= one.verdict == Verdict::Gone;
        if !one.has_arrived() {
            health.failed_at = health.failed_at.max(Some(one.ended_at));
        }
    }
    found
}

/// Writes down since when nothing arrives at a webhook, and disables it where it is dead or gone.
///
/// # Errors
/// The database's.
pub async fn record_health(inner: &Inner, webhook: Uuid, health: Health) -> Result<(), DbErr> {
    let backend = inner.db.backend();
    let Some(now) = health.failed_at.filter(|_| health.is_bad()) else {
        let text = "UPDATE webhook SET failing_since = NULL, failed_at = NULL \
                    WHERE id = $1 AND failing_since IS NOT NULL";
        inner.db.writer().execute_raw(sql(backend, text, [webhook.into()])).await?;
        return Ok(());
    };
    let tx = inner.db.begin().await?;
    // As everybody who changes webhooks: the generation first.
    let text = format!("SELECT generation FROM webhook_state WHERE id = 1{}", for_update(backend));
    tx.query_one_raw(sql(backend, text, [])).await?;
    let text = "SELECT failing_since, failed_at FROM webhook WHERE id = $1 AND enabled";
    let Some(row) = tx.query_one_raw(sql(backend, text, [webhook.into()])).await? else { return Ok(()) };
    let before: (Option<DateTime<Utc>>, Option<DateTime<Utc>>) =
        (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let since = rules::failing_since(before.0.zip(before.1), now);
    let text = "UPDATE webhook SET failing_since = $2, failed_at = $3 WHERE id = $1";
    let values = [webhook.into(), since.into(), now.into()];
    tx.execute_raw(sql(backend, text, values)).await?;
    let reason = match (health.is_gone, rules::is_dead(since, now)) {
        (true, _) => Some("the receiver answered 410: it wants nothing any more".to_owned()),
        (_, true) => Some(format!("nothing has arrived for {} days", DEAD_AFTER.num_days())),
        _ => None,
    };
    if let Some(reason) = &reason {
        let text = "UPDATE webhook SET enabled = $4, disabled_reason = $2, disabled_at = $3 WHERE id = $1";
        let values = [webhook.into(), reason.as_str().into(), now.into(), false.into()];
        tx.execute_raw(sql(backend, text, values)).await?;
        store::advance_in_op(&tx).await?;
    }
    tx.commit().await?;
    if let Some(reason) = reason {
        tracing::warn!(%webhook, reason, "a webhook was disabled");
    }
    Ok(())
}
