//! Tests of the feed over a journal that misbehaves. Those over the real one are the engine's.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use async_trait::async_trait;
use futures::StreamExt as _;

use super::*;
use crate::events::LocalBus;

/// One stream of one part, which says its revision.
struct Counting {
    revision: Arc<AtomicI64>,
    /// The next read of changes panics.
    panics: Arc<AtomicBool>,
}

#[async_trait]
impl Journal for Counting {
    type Head = i64;
    type Change = i64;

    async fn head(&self, _: Uuid) -> Result<Option<i64>, DbErr> {
        Ok(Some(self.revision.load(Ordering::SeqCst)))
    }

    async fn changes(&self, _: Uuid, after: i64, until: i64, _: u64) -> Result<Vec<i64>, DbErr> {
        assert!(!self.panics.swap(false, Ordering::SeqCst), "as the test has asked");
        Ok(if after < until { vec![until] } else { Vec::new() })
    }

    async fn in_hand(&self, _: Uuid, _: Option<&[i32]>, _: u64) -> Result<Vec<InHand<i64>>, DbErr> {
        Ok(Vec::new())
    }

    fn head_revision(head: &i64) -> i64 {
        *head
    }

    fn is_final(head: &i64) -> bool {
        *head == 2
    }

    fn change_revision(change: &i64) -> i64 {
        *change
    }

    fn change_attempt(_: &i64) -> i32 {
        1
    }

    fn change_index(_: &i64) -> i32 {
        0
    }
}

#[tokio::test]
async fn a_reader_that_panics_leaves_nobody_waiting() {
    let (revision, panics) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicBool::new(false)));
    let bus = LocalBus::default();
    let feed = Feed::new(Counting { revision: revision.clone(), panics: panics.clone() }, &bus);
    let mut messages = std::pin::pin!(feed.subscribe(Uuid::nil(), None));
    assert_eq!(*messages.next().await.unwrap().unwrap().head, 0);

    let told = messages.next();
    let changes = async {
        // Once the subscriber listens.
        tokio::task::yield_now().await;
        panics.store(true, Ordering::SeqCst);
        revision.store(1, Ordering::SeqCst);
        bus.publish(Signal::Changed { stream: Uuid::nil(), revision: 1 });
    };
    let (told, ()) = tokio::time::timeout(Duration::from_secs(30), futures::future::join(told, changes))
        .await
        .expect("nothing is told any more");
    assert_eq!(told.unwrap().unwrap().change.as_deref(), Some(&1));
    assert!(!panics.load(Ordering::SeqCst), "nobody has panicked");

    revision.store(2, Ordering::SeqCst);
    bus.publish(Signal::Changed { stream: Uuid::nil(), revision: 2 });
    let rest: Vec<_> = messages.map(|message| *message.unwrap().head).collect().await;
    assert_eq!(rest, [2, 2], "the change and the end");
}
