//! River's Rust client, tuned, each job with a recorded output. Prints `{"items", "seconds"}`.
//!
//! `DATABASE_URL=… river-peer JOBS`

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use riverqueue::migrate::PostgresMigrator;
use riverqueue::sqlx::postgres::PgPoolOptions;
use riverqueue::sqlx::query_scalar;
use riverqueue::{BoxError, Client, Job, JobArgs, QueueConfig, WorkContext, WorkOutcome, Workers};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Notify;

#[derive(Clone, Debug, Deserialize, JobArgs, Serialize)]
#[river(kind = "noop")]
struct Noop {
    n: usize,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let jobs: usize = std::env::args().nth(1).ok_or("how many jobs?")?.parse()?;
    let pool = PgPoolOptions::new()
        .max_connections(10)
        .test_before_acquire(false)
        .connect(&std::env::var("DATABASE_URL")?)
        .await?;
    PostgresMigrator::new(pool.clone()).migrate_up().await?;

    let left = Arc::new(AtomicUsize::new(jobs));
    let finished = Arc::new(Notify::new());
    let mut workers = Workers::new();
    let (count, notify) = (Arc::clone(&left), Arc::clone(&finished));
    workers.add_fn(move |context: WorkContext, job: Job<Noop>| {
        let (count, notify) = (Arc::clone(&count), Arc::clone(&notify));
        async move {
            context.record_output(json!({ "index": job.args.n }))?;
            if count.fetch_sub(1, Ordering::AcqRel) == 1 {
                notify.notify_one();
            }
            Ok::<_, BoxError>(WorkOutcome::Complete)
        }
    })?;
    let client = Client::builder(pool.clone())
        .workers(workers)
        .fetch_cooldown(Duration::from_millis(1))
        .queue("default", QueueConfig::new(1_000).with_fetch_poll_interval(Duration::from_millis(100)))
        .build()?;
    for from in (0..jobs).step_by(1_000) {
        client.insert_many((from..jobs.min(from + 1_000)).map(|n| Noop { n })).await?;
    }

    let started = Instant::now();
    let mut run = client.start()?;
    finished.notified().await;
    // Stopping writes the completions that are still in hand: they belong to the time.
    run.stop().await?;
    let seconds = started.elapsed().as_secs_f64();

    let kept: i64 =
        query_scalar("SELECT count(*) FROM river_job WHERE state = 'completed' AND metadata ? 'output'")
            .fetch_one(&pool)
            .await?;
    if usize::try_from(kept)? != jobs {
        return Err(format!("of {jobs} jobs {kept} are completed with an output").into());
    }
    println!("{}", json!({ "items": jobs, "seconds": seconds }));
    Ok(())
}
