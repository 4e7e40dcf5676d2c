//! Calls: the instances that others start, and how many of them there may be.

use std::sync::Arc;

use uuid::Uuid;

use super::Case;
use super::hand::Parent;
use crate::kernel::Fault;
use crate::workflow::definition::Definition;

/// The most instances of which each has called the next: what calls itself without end stops here.
pub const MAX_DEPTH: i16 = 64;
/// The most instances that one operation starts by calls in one tree, side by side and below one another.
const MAX_CALLED: usize = 1_000;

impl Case {
    /// The process that is called; the same version for all calls of one operation.
    ///
    /// # Errors
    /// `CONFLICT` where there is none of that key.
    pub(super) async fn called(&mut self, process: &str) -> Result<Arc<Definition>, Fault> {
        if let Some(definition) = self.called_processes.get(process) {
            return Ok(Arc::clone(definition));
        }
        let found = self.inner.definitions.find(process, None).await?;
        let definition =
            found.ok_or_else(|| Fault::conflict(format!("there is no process {process} to be called")))?;
        self.called_processes.insert(process.to_owned(), Arc::clone(&definition));
        Ok(definition)
    }

    /// What an instance in hand is to the one that it calls from an activity.
    ///
    /// # Errors
    /// `CONFLICT` where the calls nest too deep, or there are too many at once.
    pub(super) fn caller(&mut self, place: usize, activity: Uuid) -> Result<Parent, Fault> {
        let row = &self.hands[place].row;
        let depth = row.depth + 1;
        if depth >= MAX_DEPTH {
            return Err(Fault::conflict(format!(
                "the process calls itself again and again: more than {MAX_DEPTH} instances would wait for one \
                 another; nothing was changed"
            )));
        }
        let calls = self.calls.entry(row.root_id).or_default();
        *calls += 1;
        if *calls > MAX_CALLED {
            return Err(Fault::conflict(format!(
                "more than {MAX_CALLED} processes would be called at once; nothing was changed"
            )));
        }
        Ok(Parent { instance: row.id, root: row.root_id, activity, depth })
    }
}
