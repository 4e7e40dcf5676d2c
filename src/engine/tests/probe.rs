//! What tests count in an engine from within, and what they do to it there.

use std::sync::atomic::{AtomicUsize, Ordering};

use sea_orm::{DbErr, RuntimeErr};

/// Part of every engine that is built for tests.
#[derive(Debug, Default)]
pub(crate) struct Probe {
    /// Turns begun.
    pub(crate) turns: AtomicUsize,
    /// Looks at the queue that came to their end.
    pub(crate) looks: AtomicUsize,
    /// So many turns from now on are taken, and their answer is lost.
    pub(crate) lost_answers: AtomicUsize,
    /// So many turns from now on panic.
    pub(crate) panicking_turns: AtomicUsize,
    /// So many looks from now on panic.
    pub(crate) panicking_looks: AtomicUsize,
}

/// Takes one of what is left.
pub(crate) fn take_one(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

impl Probe {
    pub(crate) fn turn_begins(&self) {
        self.turns.fetch_add(1, Ordering::SeqCst);
        assert!(!take_one(&self.panicking_turns), "as the test asked");
    }

    pub(crate) fn turn_answers<T, E: From<DbErr>>(&self, taken: Result<T, E>) -> Result<T, E> {
        if taken.is_ok() && take_one(&self.lost_answers) {
            return Err(DbErr::Conn(RuntimeErr::Internal("the answer is lost".to_owned())).into());
        }
        taken
    }

    pub(crate) fn look_begins(&self) {
        assert!(!take_one(&self.panicking_looks), "as the test asked");
    }

    pub(crate) fn look_ended(&self) {
        self.looks.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn turns(&self) -> usize {
        self.turns.load(Ordering::SeqCst)
    }

    pub(crate) fn looks(&self) -> usize {
        self.looks.load(Ordering::SeqCst)
    }
}
