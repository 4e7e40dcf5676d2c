//! Webhooks: what one process has in hand beside what it sends at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use sea_orm::{ColumnTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::draft::one_step;
use super::office::{Office, actor, told_of_everything};
use super::receivers::answers;
use crate::storage::entity::webhook_stream;
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::StartProcess;

on_both_databases!(what_was_claimed_ahead_is_given_back_when_everything_stops);

/// Bounds a test that has failed.
const LONG: Duration = Duration::from_secs(30);
/// How many are answered at once, before the receiver takes its time.
const AT_ONCE: usize = 40;
const INSTANCES: usize = 80;

async fn what_was_claimed_ahead_is_given_back_when_everything_stops(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&one_step("p", r#"flowable:assignee="bob""#)).await;
    let (gate, sent) = (Arc::new(Semaphore::new(AT_ONCE)), Arc::new(AtomicUsize::new(0)));
    let (at_gate, count) = (Arc::clone(&gate), Arc::clone(&sent));
    office.receivers.behave_in_time("one.example", move |_, _| {
        let gate = Arc::clone(&at_gate);
        count.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            answers(200)
        })
    });
    office.hooks(told_of_everything("https://one.example/")).await;
    for _ in 0..INSTANCES {
        let start = StartProcess { definition_key: "p".into(), ..StartProcess::default() };
        office.workflow.start(Some(&actor("alice")), start).await.unwrap();
    }
    let stopping = CancellationToken::new();
    let deliveries = office.deliveries_until(stopping.clone());
    let working = tokio::spawn(async move { deliveries.work().await });
    let leased = async || {
        let leased = webhook_stream::Entity::find().filter(webhook_stream::Column::LeaseId.is_not_null());
        usize::try_from(leased.count(office.db.reader()).await.unwrap()).unwrap()
    };
    let is_ahead = async {
        // As many as it sends at once are being sent, and it has more in hand.
        while sent.load(Ordering::SeqCst) < AT_ONCE + 16 || leased().await <= 16 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LONG, is_ahead).await.expect("it claims ahead of what it sends");
    assert_eq!(sent.load(Ordering::SeqCst), AT_ONCE + 16, "never more at once");
    stopping.cancel();
    gate.add_permits(1_000);
    tokio::time::timeout(LONG, working).await.expect("it stops").unwrap();
    assert_eq!(sent.load(Ordering::SeqCst), AT_ONCE + 16, "nothing more is sent");
    assert_eq!(leased().await, 0, "and the rest is given back");
    office.tells().await;
    assert_eq!(office.receivers.got("one.example").len(), 2 * INSTANCES, "each once");
}
