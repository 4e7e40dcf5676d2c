//! Named places at which a test can let the program die.

use std::sync::Arc;

/// The environment's variable that names the place.
#[cfg(debug_assertions)]
const VARIABLE: &str = "DOCKET_TEST_FAILPOINT";

/// The place at which this process is to die, if any. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Failpoints {
    deadly: Option<Arc<str>>,
}

impl Failpoints {
    /// What the environment names, in a build with debug assertions. A release never dies of it.
    pub fn of_environment() -> Self {
        #[cfg(debug_assertions)]
        let deadly = std::env::var(VARIABLE).ok().map(Arc::from);
        #[cfg(not(debug_assertions))]
        let deadly = None;
        Self { deadly }
    }

    /// The program has come to a place: it ends here, without a last word, where that is the one.
    pub fn reached(&self, place: &str) {
        if self.deadly.as_deref() == Some(place) {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        }
    }
}
