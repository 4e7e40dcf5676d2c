//! What one request may read: lists within lists multiply, and aliases repeat them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::kernel::{ErrorCode, Fault};

/// The most entries that all pages of a request may hold together: a page of 100 batches with 100
/// items each, nearly twice.
const MAX_ENTRIES: u64 = 20_000;

/// A request's budget of entries; clones share it. A subscription has it anew with each message.
#[derive(Debug, Clone, Default)]
pub struct Budget {
    spent: Arc<AtomicU64>,
}

impl Budget {
    /// Takes a page of `limit` entries out of the budget, before it is read.
    ///
    /// # Errors
    /// `TOO_COMPLEX` where it does not hold as many.
    pub fn take(&self, limit: u64) -> Result<(), Fault> {
        let before = self.spent.fetch_add(limit, Ordering::Relaxed);
        if before.saturating_add(limit) > MAX_ENTRIES {
            let message = format!(
                "the lists of this request add up to more than {MAX_ENTRIES} entries; ask for smaller pages"
            );
            return Err(Fault::new(ErrorCode::TooComplex, message));
        }
        Ok(())
    }

    /// Begins anew.
    pub fn reset(&self) {
        self.spent.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_add_up() {
        let budget = Budget::default();
        for _ in 0..200 {
            budget.take(100).unwrap();
        }
        assert_eq!(budget.clone().take(1).unwrap_err().code(), ErrorCode::TooComplex);
        budget.reset();
        assert!(budget.take(1).is_ok());
    }
}
