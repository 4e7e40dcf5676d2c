//! Threads for work on pixels: as many as there may be decoded pictures, and apart from the
//! threads that serve requests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use tokio::sync::{Semaphore, oneshot};
use tokio_util::sync::CancellationToken;

type Task = Box<dyn FnOnce() + Send>;

/// How much work on pixels gives way to everything else on the machine (0 to 19).
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// A fixed number of threads, each for one piece of work at a time, in the order of asking.
#[derive(Debug)]
pub(super) struct Pool {
    slots: Arc<Semaphore>,
    tasks: mpsc::Sender<Task>,
}

/// Why a piece of work brought no result.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The caller stopped it while it waited.
    Cancelled,
    /// It panicked.
    Panicked,
    /// The threads are gone.
    Closed,
}

impl Pool {
    /// Starts `threads` threads; they end when the pool is dropped and their work is done.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let (tasks, queue) = mpsc::channel::<Task>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..threads {
            let queue = queue.clone();
            std::thread::Builder::new().name(format!("pictures-{number}")).spawn(move || {
                give_way();
                loop {
                    // One thread waits in `recv` with the lock, the others for the lock.
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    match next {
                        Ok(task) => task(),
                        Err(mpsc::RecvError) => break,
                    }
                }
            })?;
        }
        Ok(Self { slots: Arc::new(Semaphore::new(threads)), tasks })
    }

    /// Does `work` on a thread of the pool. While it waits for one, `cancel` stops it; once it
    /// has begun it goes on to its end, also where nobody waits for it any more.
    pub async fn run<T: Send + 'static>(
        &self,
        cancel: &CancellationToken,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Lost> {
        let slot = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Lost::Cancelled),
            slot = self.slots.clone().acquire_owned() => slot.map_err(|_| Lost::Closed)?,
        };
        let (report, result) = oneshot::channel();
        let task = move || {
            let outcome = catch_unwind(AssertUnwindSafe(work));
            // Freed before the result is out, so that whoever sees it finds the slot free.
            drop(slot);
            let _ = report.send(outcome.map_err(|_| Lost::Panicked));
        };
        self.tasks.send(Box::new(task)).map_err(|_| Lost::Closed)?;
        result.await.unwrap_or(Err(Lost::Closed))
    }
}

/// Lowers the calling thread's priority, where that can be done for a thread alone. Requests
/// and the database then stay quick while every processor is busy with pixels.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "the picture threads keep the usual priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_more_run_at_a_time_than_there_are_threads() {
        let pool = Arc::new(Pool::start(2).unwrap());
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..40_u64)
            .map(|number| {
                let (pool, now, most) = (pool.clone(), now.clone(), most.clone());
                tokio::spawn(async move {
                    let work = move || {
                        most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        let sum: u64 = (0..20_000).fold(number, |sum, n| sum ^ n);
                        now.fetch_sub(1, Ordering::SeqCst);
                        sum
                    };
                    pool.run(&CancellationToken::new(), work).await.unwrap()
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn a_panic_is_a_lost_result_and_the_thread_lives_on() {
        let pool = Pool::start(1).unwrap();
        let cancel = CancellationToken::new();
        let lost = pool.run(&cancel, || -> u8 { panic!("as a codec may") }).await;
        assert_eq!(lost, Err(Lost::Panicked));
        assert_eq!(pool.run(&cancel, || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn what_waits_can_be_stopped_and_what_runs_is_waited_for() {
        let pool = Arc::new(Pool::start(1).unwrap());
        let (release, hold) = mpsc::channel::<()>();
        let (entered, running) = oneshot::channel();
        let first = tokio::spawn({
            let pool = pool.clone();
            async move {
                let work = move || {
                    let _ = entered.send(());
                    hold.recv().is_ok()
                };
                pool.run(&CancellationToken::new(), work).await
            }
        });
        running.await.unwrap();
        let cancel = CancellationToken::new();
        cancel.cancel();
        assert_eq!(pool.run(&cancel, || 1).await, Err(Lost::Cancelled));
        release.send(()).unwrap();
        assert_eq!(first.await.unwrap(), Ok(true));
    }
}
