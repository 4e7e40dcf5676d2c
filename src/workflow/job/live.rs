//! Workers are told when there is something to claim.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use futures::stream::{self, BoxStream, StreamExt as _};
use sea_orm::{ConnectionTrait as _, DbErr};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, sleep_until};

use super::check_worker;
use super::claim::check_topics;
use crate::events::Signal;
use crate::kernel::{Actor, Fault};
use crate::storage::dialect::sql;
use crate::workflow::Workflow;

/// The most jobs of a topic that are counted.
const MOST_COUNTED: i64 = 1_000;
/// How often to look where no signal comes.
const POLL: Duration = Duration::from_secs(10);
/// After the first news: what comes meanwhile is told together.
const PAUSE: Duration = Duration::from_millis(20);

/// How much of a topic there is to claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobsAvailable {
    /// The topic.
    pub topic: String,
    /// How many of its jobs are PENDING; 1,000 stands for that and more.
    pub count: i64,
}

struct Watcher {
    workflow: Workflow,
    signals: Receiver<Signal>,
    /// The topics.
    topics: BTreeSet<String>,
    /// The topics that are to be looked at, and whether they are told whatever comes of it.
    queue: VecDeque<(String, bool)>,
}

impl Workflow {
    /// Tells of topics of which something can be claimed: first where each stands, then each of which
    /// something new has come, without an end. For OPERATOR.
    ///
    /// # Errors
    /// `FORBIDDEN` below OPERATOR; `BAD_INPUT` at `topics`.
    pub fn follow_jobs(
        &self,
        actor: &Actor,
        topics: Vec<String>,
    ) -> Result<BoxStream<'static, Result<JobsAvailable, Fault>>, Fault> {
        check_worker(actor)?;
        check_topics("topics", &topics)?;
        let topics: BTreeSet<_> = topics.into_iter().collect();
        let queue = topics.iter().map(|topic| (topic.clone(), true)).collect();
        let watcher = Watcher { workflow: self.clone(), signals: self.inner.bus.subscribe(), topics, queue };
        Ok(stream::unfold(Some(watcher), |watcher| async {
            let mut watcher = watcher?;
            match watcher.next().await {
                Ok(Some(message)) => Some((Ok(message), Some(watcher))),
                Ok(None) => None,
                Err(fault) => Some((Err(fault), None)),
            }
        })
        .boxed())
    }

    async fn available(&self, topic: &str) -> Result<i64, DbErr> {
        let reader = self.inner.db.reader();
        let text = format!(
            "SELECT count(*) AS n FROM (SELECT 1 FROM job j WHERE j.topic = $1 AND j.status = 'PENDING' \
             AND NOT j.suspended AND j.kind = 'EXTERNAL' LIMIT {MOST_COUNTED}) counted"
        );
        let row = reader.query_one_raw(sql(reader.get_database_backend(), text, [topic.into()])).await?;
        row.map_or(Ok(0), |row| row.try_get("", "n"))
    }
}

impl Watcher {
    /// The next message; none when the program ends.
    async fn next(&mut self) -> Result<Option<JobsAvailable>, Fault> {
        loop {
            while let Some((topic, is_told)) = self.queue.pop_front() {
                let count = self.workflow.available(&topic).await?;
                if is_told || count > 0 {
                    return Ok(Some(JobsAvailable { topic, count }));
                }
            }
            if !self.listen().await {
                return Ok(None);
            }
        }
    }

    /// Waits until topics are to be looked at; whether anybody still signals.
    async fn listen(&mut self) -> bool {
        let mut news = BTreeSet::new();
        let mut until = Instant::now() + POLL;
        loop {
            tokio::select! {
                () = sleep_until(until) => break,
                signal = self.signals.recv() => {
                    match signal {
                        Ok(Signal::Jobs { topic }) if self.topics.contains(&topic) => drop(news.insert(topic)),
                        Ok(_) => continue,
                        Err(RecvError::Lagged(_)) => news.extend(self.topics.iter().cloned()),
                        Err(RecvError::Closed) => return false,
                    }
                    until = until.min(Instant::now() + PAUSE);
                }
            }
        }
        // A signal may have been lost: all are looked at, and told where there is something. As many as
        // there were before may be others.
        let all = self.topics.iter().map(|topic| (topic.clone(), news.contains(topic)));
        self.queue = all.filter(|(_, is_news)| *is_news || news.is_empty()).collect();
        true
    }
}
