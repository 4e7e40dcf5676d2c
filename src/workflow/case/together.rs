//! What happens to many trees at about the same time, in one transaction.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::FutureExt as _;
use uuid::Uuid;

use super::{Case, Committed};
use crate::kernel::Fault;
use crate::workflow::{Inner, Workflow};

/// How often it is tried without those that stood in the way.
const TRIES: usize = 4;
/// For how long more is taken into a transaction: all of its trees are locked meanwhile.
const FILLING: Duration = Duration::from_millis(250);

/// Something that happens to one instance.
#[async_trait]
pub trait Part: Send + Sync {
    /// What comes of it.
    type Outcome: Send;

    /// The topmost instance of the tree, and the one that it happens to.
    fn place(&self) -> (Uuid, Uuid);

    /// Lets it happen. What is not committed has not happened.
    ///
    /// # Errors
    /// Why it cannot happen.
    async fn happen(&self, case: &mut Case) -> Result<Self::Outcome, Fault>;
}

impl Workflow {
    /// Lets things happen [`together`], and tells those who watch. Where one panics where that is nobody's own,
    /// all have to be tried alone. `reached` is where a test lets the program die, behind the commit.
    pub(in crate::workflow) async fn let_happen<P: Part>(
        &self,
        actor: Option<&str>,
        parts: &[P],
        reached: &'static str,
    ) -> Vec<Option<P::Outcome>> {
        let done = AssertUnwindSafe(together(&self.inner, actor, parts)).catch_unwind();
        let Ok((outcomes, committed)) = done.await else { return parts.iter().map(|_| None).collect() };
        if let Some(committed) = committed {
            self.inner.failpoints.reached(reached);
            self.committed(committed);
        }
        outcomes
    }
}

/// Lets things happen in one transaction, one in each tree. `None` for those that have to be tried alone:
/// because somebody else holds their trees, because they are not the first in them, because the others took
/// too long, or because they cannot happen, which an attempt of their own will tell. Whom to tell of what was
/// committed comes with it.
pub async fn together<P: Part>(
    inner: &Arc<Inner>,
    actor: Option<&str>,
    parts: &[P],
) -> (Vec<Option<P::Outcome>>, Option<Committed>) {
    let mut trees = HashSet::new();
    let first = |(_, part): &(usize, &P)| trees.insert(part.place().0);
    let mut chosen: Vec<_> = parts.iter().enumerate().filter(first).map(|(at, _)| at).collect();
    for _ in 0..TRIES {
        if chosen.is_empty() {
            break;
        }
        match attempt(inner, actor, parts, &chosen).await {
            Ok((outcomes, committed)) => return (outcomes, Some(committed)),
            Err(Some(in_the_way)) => chosen.retain(|at| *at != in_the_way),
            Err(None) => break,
        }
    }
    (parts.iter().map(|_| None).collect(), None)
}

/// Those chosen at once; or which of them stood in the way, where it was one of them.
async fn attempt<P: Part>(
    inner: &Arc<Inner>,
    actor: Option<&str>,
    parts: &[P],
    chosen: &[usize],
) -> Result<(Vec<Option<P::Outcome>>, Committed), Option<usize>> {
    let places: Vec<_> = chosen.iter().map(|at| parts[*at].place()).collect();
    let unexpected = |error: Fault| {
        tracing::debug!(%error, "what happens at once is tried one by one");
        None
    };
    let mut case = Case::open_free(inner, actor, &places).await.map_err(unexpected)?;
    let mut outcomes: Vec<_> = parts.iter().map(|_| None).collect();
    let begun = Instant::now();
    for (at, (root, instance)) in chosen.iter().zip(places) {
        if begun.elapsed() > FILLING {
            break;
        }
        if !case.has(root) || !case.has(instance) {
            continue;
        }
        // A panic is its own, too, and none of the others'.
        match AssertUnwindSafe(parts[*at].happen(&mut case)).catch_unwind().await {
            Ok(Ok(outcome)) => outcomes[*at] = Some(outcome),
            Ok(Err(_)) | Err(_) => {
                // What it has half done goes with all else. The next try is to find the trees free.
                case.give_up().await.map_err(|error| unexpected(error.into()))?;
                return Err(Some(*at));
            }
        }
    }
    let committed = case.commit().await.map_err(unexpected)?;
    Ok((outcomes, committed))
}
