//! Workers take jobs, for a while.

use std::collections::HashMap;

use chrono::TimeDelta;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, EntityTrait as _, QueryFilter as _, QuerySelect as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::store::{self, Claimant};
use super::{MAX_TOPIC, check_worker};
use crate::kernel::{Actor, Fault};
use crate::storage::entity::{job, process_instance};
use crate::workflow::Workflow;

/// The most jobs that are claimed at once.
pub const MAX_CLAIMED: u32 = 100;
/// The most bytes of variables, as JSON, that one answer brings; what is beyond stays for the next.
const MAX_ANSWER: usize = 8 << 20;
/// The most topics that are asked for at once.
const MAX_TOPICS: usize = 50;
/// The longest name of a worker, in characters.
const MAX_WORKER: usize = 128;
/// The most variables that are named.
const MAX_NAMES: usize = 500;
/// For how long jobs are claimed: at least and at most.
const LOCK: std::ops::RangeInclusive<TimeDelta> = TimeDelta::seconds(1)..=TimeDelta::days(1);

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct ClaimJobs {
    /// Of which topics, 1 to 50; the first goes before the second.
    pub topics: Vec<String>,
    /// What the worker calls itself, 1 to 128 characters.
    pub worker: String,
    /// How many at most: 1 to 100.
    pub max: u32,
    /// For how long: a second to a day.
    pub lock: TimeDelta,
    /// Which of the instance's variables it needs; none: all.
    pub variables: Option<Vec<String>>,
}

/// A job that a worker has.
#[derive(Debug, Clone)]
pub struct ClaimedJob {
    /// The job; its `lock_id` proves it the worker's.
    pub row: job::Model,
    /// The instance's variables, with what the document hands to the job.
    pub variables: Map<String, Value>,
}

impl Workflow {
    /// Claims jobs: PENDING ones become RUNNING, those of the highest priority first, the oldest of them
    /// first. Nobody else gets them until their time is over. Fewer than asked for where their variables are
    /// large: as many as make 8 MiB, and one at least. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` at what is out of bounds.
    pub async fn claim_jobs(&self, actor: &Actor, claim: ClaimJobs) -> Result<Vec<ClaimedJob>, Fault> {
        check_worker(actor)?;
        check(&claim)?;
        let inner = &self.inner;
        let tx = inner.db.begin().await?;
        let mut rows = Vec::new();
        let mut left = claim.max as usize;
        let until = inner.clock.now() + claim.lock;
        let claimant = Claimant { user: &actor.user_id, worker: &claim.worker, until };
        for topic in &claim.topics {
            let found = store::claim_in_op(&tx, topic, &claimant, left).await?;
            left -= found.len();
            rows.extend(found);
            if left == 0 {
                break;
            }
        }
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let given = variables_of(&tx, &rows, claim.variables.as_deref()).await?;
        let too_many = rows.split_off(how_many(&rows, &given));
        store::unclaim_in_op(&tx, too_many.iter().map(|row| row.id).collect()).await?;
        inner.failpoints.reached("job.before_claimed");
        tx.commit().await?;
        inner.failpoints.reached("job.after_claimed");
        if let Some(at) = rows.iter().filter_map(|row| row.due_at).min() {
            inner.bus.publish(crate::events::Signal::Due { at });
        }
        rows.into_iter().map(|row| claimed(row, &given)).collect()
    }
}

/// What is given of the variables of an instance, and how many bytes that is as JSON.
type Given = (Map<String, Value>, usize);

/// The variables of the instances of jobs, each instance's once.
async fn variables_of(
    tx: &DatabaseTransaction,
    rows: &[job::Model],
    wanted: Option<&[String]>,
) -> Result<HashMap<Uuid, Given>, Fault> {
    let found: Vec<(Uuid, String)> = process_instance::Entity::find()
        .select_only()
        .column(process_instance::Column::Id)
        .column(process_instance::Column::Variables)
        .filter(process_instance::Column::Id.is_in(rows.iter().map(|row| row.instance_id)))
        .into_tuple()
        .all(tx)
        .await?;
    let given = |(id, text): (Uuid, String)| {
        let mut variables: Map<String, Value> = serde_json::from_str(&text).map_err(Fault::internal)?;
        let Some(wanted) = wanted else { return Ok((id, (variables, text.len()))) };
        variables.retain(|name, _| wanted.contains(name));
        let bytes = variables.iter().map(|(name, value)| name.len() + value.to_string().len()).sum();
        Ok((id, (variables, bytes)))
    };
    found.into_iter().map(given).collect()
}

/// How many of the jobs go into one answer: at least one.
fn how_many(rows: &[job::Model], given: &HashMap<Uuid, Given>) -> usize {
    let mut bytes = 0;
    let fits = |row: &&job::Model| {
        bytes += row.inputs.len() + given.get(&row.instance_id).map_or(0, |(_, bytes)| *bytes);
        bytes <= MAX_ANSWER
    };
    rows.iter().take_while(fits).count().max(1)
}

fn claimed(row: job::Model, given: &HashMap<Uuid, Given>) -> Result<ClaimedJob, Fault> {
    let mut variables =
        given.get(&row.instance_id).map(|(variables, _)| variables.clone()).unwrap_or_default();
    let inputs: Map<String, Value> = serde_json::from_str(&row.inputs).map_err(Fault::internal)?;
    variables.extend(inputs);
    Ok(ClaimedJob { row, variables })
}

fn check(claim: &ClaimJobs) -> Result<(), Fault> {
    check_topics("topics", &claim.topics)?;
    if !(1..=MAX_WORKER).contains(&claim.worker.chars().count()) || claim.worker.chars().any(char::is_control)
    {
        return Err(Fault::bad_input("worker", format!("a worker's name has 1 to {MAX_WORKER} characters")));
    }
    if !(1..=MAX_CLAIMED).contains(&claim.max) {
        return Err(Fault::bad_input("max", format!("1 to {MAX_CLAIMED} jobs at once")));
    }
    check_lock(claim.lock)?;
    if claim.variables.as_ref().is_some_and(|names| names.len() > MAX_NAMES) {
        return Err(Fault::bad_input("variables", format!("at most {MAX_NAMES} names")));
    }
    Ok(())
}

/// # Errors
/// `BAD_INPUT` at `field` for no topic, too many, or what is none.
pub(super) fn check_topics(field: &str, topics: &[String]) -> Result<(), Fault> {
    if !(1..=MAX_TOPICS).contains(&topics.len()) {
        return Err(Fault::bad_input(field, format!("name 1 to {MAX_TOPICS} topics")));
    }
    for (place, topic) in topics.iter().enumerate() {
        if !(1..=MAX_TOPIC).contains(&topic.chars().count()) || topic.contains('\0') {
            let message = format!("a topic has 1 to {MAX_TOPIC} characters");
            return Err(Fault::bad_input(format!("{field}[{place}]"), message));
        }
    }
    Ok(())
}

/// # Errors
/// `BAD_INPUT` at `lockSeconds`.
pub(super) fn check_lock(lock: TimeDelta) -> Result<(), Fault> {
    match LOCK.contains(&lock) {
        true => Ok(()),
        false => Err(Fault::bad_input("lockSeconds", "jobs are claimed for 1 to 86,400 seconds")),
    }
}
