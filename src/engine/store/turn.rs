//! A turn: what a replica has found out about a run goes in, what it may do next comes out,
//! in one transaction.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use uuid::Uuid;

use super::lease::{self, Lease};
use super::record::{self, Settled};
use super::row;
use crate::engine::handler::{Accepted, Handler, without_panic};
use crate::engine::rules::Verdict;
use crate::events::Signal;
use crate::storage::Db;
use crate::storage::entity::run;

/// What a replica brings to a turn.
#[derive(Debug)]
pub(crate) struct TurnRequest<'a> {
    pub(crate) run: Uuid,
    /// Attempts that have ended.
    pub(crate) settled: &'a [Settled],
    /// Leases of which nothing is left with these.
    pub(crate) done: &'a [Uuid],
    /// How many further items can be started at once.
    pub(crate) want: usize,
    /// The id of the lease on them. Where the answer is lost, its maker still knows what to ask for.
    pub(crate) lease: Uuid,
    pub(crate) holder: &'a str,
    pub(crate) now: DateTime<Utc>,
    pub(crate) lease_ttl: Duration,
    /// An earlier try failed, perhaps only in telling us that it had succeeded.
    pub(crate) again: bool,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Turn {
    /// The run after the turn; none where there is no such run any more.
    pub(crate) run: Option<run::Model>,
    /// How many of the outcomes counted.
    pub(crate) accepted: usize,
    /// The leases and items whose outcomes did not count: the leases were gone.
    pub(crate) rejected: Vec<(Uuid, i32)>,
    /// What was leased.
    pub(crate) claimed: Option<Lease>,
    /// Whether anything changed.
    pub(crate) changed: bool,
    /// Whom to tell of the run's end.
    pub(crate) signals: Vec<Signal>,
}

/// Why a turn came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TurnError {
    /// Writing the outcomes, or what they mean to the handler.
    #[error("the outcomes could not be written: {0}")]
    Outcomes(#[source] DbErr),
    /// Anything else.
    #[error(transparent)]
    Otherwise(#[from] DbErr),
}

pub(crate) async fn turn(
    db: &Db,
    handler: &dyn Handler,
    request: &TurnRequest<'_>,
) -> Result<Turn, TurnError> {
    let tx = db.begin().await?;
    let Some(mut run) = row::lock_in_op(&tx, request.run).await? else {
        return Ok(Turn {
            run: None,
            accepted: 0,
            rejected: Vec::new(),
            claimed: None,
            changed: false,
            signals: Vec::new(),
        });
    };
    let was = run.revision;
    let standing = lease::standing_in_op(&tx, request.settled.iter().map(|settled| settled.lease)).await?;
    let recorded = if request.again {
        record::recorded_in_op(&tx, &run, request.settled).await?
    } else {
        HashSet::new()
    };
    let (accepted, rejected): (Vec<_>, Vec<_>) = request
        .settled
        .iter()
        .filter(|settled| !recorded.contains(&(settled.idx, settled.number)))
        .partition(|settled| standing.contains(&settled.lease));
    record::record_in_op(&tx, &mut run, &accepted).await.map_err(TurnError::Outcomes)?;
    lease::delete_in_op(&tx, request.done).await?;
    if !accepted.is_empty() {
        let seen = seen_by_handler(&accepted);
        let joined = without_panic(handler.record_in_op(&tx, &run, &seen)).await;
        joined.map_err(TurnError::Outcomes)?;
    }
    let ended = row::end_if_complete(&mut run, request.now);
    let (mut claimed, mut signals) = (None, Vec::new());
    if ended {
        signals = without_panic(handler.finish_in_op(&tx, &run)).await?;
    } else if run.finished_at.is_none() && request.want > 0 {
        lease::promote_due_in_op(&tx, &mut run, request.now).await?;
        claimed = lease::claim_in_op(&tx, &mut run, request).await?;
    }
    let changed = ended || claimed.is_some() || !accepted.is_empty();
    if changed {
        row::save_in_op(&tx, &mut run, was, request.now).await?;
        tx.commit().await?;
    } else {
        tx.rollback().await?;
    }
    Ok(Turn {
        run: Some(run),
        accepted: accepted.len(),
        rejected: rejected.iter().map(|settled| (settled.lease, settled.idx)).collect(),
        claimed,
        changed,
        signals,
    })
}

fn seen_by_handler<'a>(accepted: &[&'a Settled]) -> Vec<Accepted<'a>> {
    accepted
        .iter()
        .map(|settled| Accepted {
            index: settled.idx,
            status: settled.verdict.status(),
            result: match &settled.verdict {
                Verdict::Success { result } => result.as_deref(),
                _ => None,
            },
        })
        .collect()
}
