//! Shutdowns: what does not finish within the grace is given back, and nothing is left behind.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use super::gate::{Replicas, Settings, inputs, until};
use super::on_both_databases;
use crate::storage::dialect::sql;
use crate::storage::scratch::Scratch;

async fn what_stops_when_it_is_told_to_is_given_back_and_not_failed(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let replica = replicas.start(Settings { heeds: true, ..Settings::default() });
    let run = replica.enqueue(&scratch.db, inputs(4), 4, 0).await;
    let mut in_hand = Vec::new();
    for _ in 0..4 {
        in_hand.push(replicas.begun().await);
    }
    replica.stop().await;
    let row = replicas.row(run).await;
    assert_eq!((row.failed, row.in_flight, row.finished_at), (0, 0, None), "given back");
    for index in 0..4 {
        assert_eq!(replicas.item(run, index).await.attempt, 0, "a given-back attempt does not count");
    }
    let next = replicas.start(Settings { gated: false, ..Settings::default() });
    let ended = replicas.ended(run).await;
    assert_eq!((ended.succeeded, ended.failed), (4, 0));
    next.stop().await;
}

/// A turn is under way, held up by a lock, when the work stops: what it claims is given back too.
async fn what_is_claimed_while_the_work_stops_is_given_back(scratch: Scratch) {
    let replicas = Replicas::over(scratch.db.clone());
    let idle = replicas.start(Settings { idle: true, ..Settings::default() });
    let run = idle.enqueue(&scratch.db, inputs(2), 2, 0).await;
    let lock = scratch.db.begin().await.unwrap();
    let touch = "UPDATE engine_run SET kind = kind WHERE id = $1";
    lock.execute_raw(sql(scratch.db.backend(), touch, [run.into()])).await.unwrap();
    let replica = replicas.start(Settings::default());
    let engine = replica.engine.clone();
    until(|| engine.inner.probe.turns() == 1).await;
    let mut stopped = Box::pin(replica.stop());
    // Whoever does not wait for the turn has gone by then, which is what this would catch.
    let early = tokio::time::timeout(Duration::from_secs(1), &mut stopped).await.is_ok();
    lock.rollback().await.unwrap();
    if !early {
        stopped.await;
    }
    let row = replicas.until(run, |run| run.started_at.is_some() && run.in_flight == 0).await;
    assert_eq!((row.succeeded, row.failed), (0, 0));
    assert_eq!(replicas.item(run, 0).await.attempt, 0, "nothing was attempted");
}

on_both_databases!(
    what_stops_when_it_is_told_to_is_given_back_and_not_failed,
    what_is_claimed_while_the_work_stops_is_given_back,
);
