//! What many ask for at about the same time is done together.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::{Semaphore, oneshot};

/// Whoever asks while others are at work waits until they are done; then one of those who wait does what
/// all of them have asked for. Nothing is held back to fill a group.
pub(super) struct Gathering<T, R> {
    waiting: Mutex<VecDeque<(T, oneshot::Sender<R>)>>,
    leaders: Semaphore,
    most: usize,
}

impl<T: Clone, R> Gathering<T, R> {
    /// Where so many groups are at work at once, of so many each.
    pub fn new(groups: usize, most: usize) -> Self {
        Self { waiting: Mutex::default(), leaders: Semaphore::new(groups), most }
    }

    /// Asks for something, and answers what came of it. `work` does what a group asks for, and answers
    /// for each of it in their order. Whoever is dropped while at work drops its group's work with it;
    /// the others of the group then ask again.
    pub async fn ask<W>(&self, what: T, work: impl Fn(Vec<T>) -> W) -> R
    where
        W: Future<Output = Vec<R>>,
    {
        'asking: loop {
            let (tell, mut told) = oneshot::channel();
            self.waiting.lock().push_back((what.clone(), tell));
            loop {
                let leader = tokio::select! {
                    biased;
                    answer = &mut told => match answer {
                        Ok(answer) => return answer,
                        Err(_) => continue 'asking,
                    },
                    leader = self.leaders.acquire() => leader,
                };
                let (group, tell): (Vec<_>, Vec<_>) = {
                    let mut waiting = self.waiting.lock();
                    let some = waiting.len().min(self.most);
                    waiting.drain(..some).unzip()
                };
                if group.is_empty() {
                    // Another group has its own, too.
                    drop(leader);
                    match told.await {
                        Ok(answer) => return answer,
                        Err(_) => continue 'asking,
                    }
                }
                for (tell, answer) in tell.into_iter().zip(work(group).await) {
                    // Whoever was dropped meanwhile hears nothing.
                    drop(tell.send(answer));
                }
                // Its own was among them, or another group has it, or it waits behind them.
                drop(leader);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Context, Poll};

    use futures::task::{ArcWake, waker};
    use tokio::sync::Notify;

    use super::*;

    /// Doubles numbers, once somebody lets it go on, and counts the groups.
    async fn doubled(group: Vec<u32>, groups: &AtomicUsize, go_on: &Notify) -> Vec<u32> {
        groups.fetch_add(1, Ordering::SeqCst);
        go_on.notified().await;
        group.into_iter().map(|number| number * 2).collect()
    }

    #[tokio::test]
    async fn who_waits_is_done_together_and_everybody_has_their_own_answer() {
        let gathering = Gathering::new(1, 4);
        let (groups, go_on) = (AtomicUsize::new(0), Notify::new());
        let ask = |number| gathering.ask(number, |group| doubled(group, &groups, &go_on));
        let all = futures::future::join_all((0..10).map(ask));
        let let_go = async {
            // The first is alone, four wait, four more, one is left.
            for expected in 1..=4 {
                while groups.load(Ordering::SeqCst) < expected {
                    tokio::task::yield_now().await;
                }
                go_on.notify_one();
            }
        };
        let (answers, ()) = tokio::join!(all, let_go);
        assert_eq!(answers, (0..10).map(|number| number * 2).collect::<Vec<_>>());
        assert_eq!(groups.load(Ordering::SeqCst), 4);
    }

    /// Counts how often it is woken.
    struct Wakes(AtomicUsize);

    impl ArcWake for Wakes {
        fn wake_by_ref(wakes: &Arc<Self>) {
            wakes.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn who_has_nothing_to_do_sleeps() {
        let gathering = Gathering::new(2, 4);
        let (groups, go_on) = (AtomicUsize::new(0), Notify::new());
        let ask = |number| Box::pin(gathering.ask(number, |group| doubled(group, &groups, &go_on)));
        let (mut a, mut b, mut c, mut d) = (ask(1), ask(2), ask(3), ask(4));
        assert!(futures::poll!(&mut a).is_pending());
        assert!(futures::poll!(&mut b).is_pending());
        assert_eq!(groups.load(Ordering::SeqCst), 2, "both have a group of their own");
        assert!(futures::poll!(&mut c).is_pending());
        assert!(futures::poll!(&mut d).is_pending());
        go_on.notify_one();
        assert_eq!(futures::poll!(&mut a), Poll::Ready(2));
        assert!(futures::poll!(&mut c).is_pending());
        assert_eq!(groups.load(Ordering::SeqCst), 3, "the third has taken the fourth along");
        go_on.notify_one();
        assert_eq!(futures::poll!(&mut b), Poll::Ready(4));
        // There is a place for the fourth now, and nothing to do in it.
        let wakes = Arc::new(Wakes(AtomicUsize::new(0)));
        let waker = waker(Arc::clone(&wakes));
        assert!(d.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        assert_eq!(wakes.0.load(Ordering::SeqCst), 0);
        go_on.notify_one();
        assert_eq!(futures::poll!(&mut c), Poll::Ready(6));
        assert_eq!(wakes.0.load(Ordering::SeqCst), 1);
        assert_eq!(futures::poll!(&mut d), Poll::Ready(8));
    }

    #[tokio::test]
    async fn who_leads_and_is_dropped_leaves_nobody_behind() {
        let gathering = Arc::new(Gathering::new(1, 4));
        let (groups, go_on) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let ask = |number| {
            let (gathering, groups, go_on) = (gathering.clone(), groups.clone(), go_on.clone());
            tokio::spawn(async move { gathering.ask(number, |group| doubled(group, &groups, &go_on)).await })
        };
        let leader = ask(1);
        while groups.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let others: Vec<_> = (2..5).map(ask).collect();
        while gathering.waiting.lock().len() < 3 {
            tokio::task::yield_now().await;
        }
        leader.abort();
        while groups.load(Ordering::SeqCst) < 2 {
            tokio::task::yield_now().await;
        }
        // The next one leads all three, and is dropped too: the other two ask again.
        others[0].abort();
        while groups.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
        go_on.notify_one();
        let mut answers = Vec::new();
        for other in others {
            answers.extend(other.await.ok());
            go_on.notify_one();
        }
        assert_eq!(answers, [6, 8]);
    }
}
