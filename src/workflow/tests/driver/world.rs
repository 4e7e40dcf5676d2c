//! The world around an instance: time, signals and messages, workers, servers that call back, operators.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{Deed, Telling, at, fields};
use crate::kernel::{ErrorCode, Fault};
use crate::storage::entity::job;
use crate::workflow::tests::block::{signal, topic};
use crate::workflow::tests::happening::sent;
use crate::workflow::tests::office::actor;
use crate::workflow::{ClaimJobs, ClaimedJob, FailJob, Sent, ThrowJobError};

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Passes,
    Signal,
    Message,
    Claim,
    Complete,
    Fail,
    Throw,
    Extend,
    CallBack,
    Resolve,
}

/// How often of all that can.
fn weight(turn: Turn) -> usize {
    match turn {
        Turn::Complete => 8,
        Turn::Claim | Turn::Message | Turn::Passes => 5,
        Turn::Fail | Turn::Throw | Turn::CallBack | Turn::Resolve => 4,
        Turn::Signal => 3,
        Turn::Extend => 1,
    }
}

/// Variables that come with something.
fn brought(deed: &Deed) -> Map<String, Value> {
    match deed.more % 3 {
        0 => fields(json!({"v": deed.which % 4})),
        _ => Map::new(),
    }
}

impl Telling<'_> {
    /// Something happens around the instance.
    pub(super) async fn world_turns(&mut self, deed: &Deed) {
        let turns = self.turns();
        let mut kinds = Vec::new();
        for (turn, _) in &turns {
            if !kinds.contains(turn) {
                kinds.push(*turn);
            }
        }
        let weighed: Vec<_> =
            kinds.into_iter().flat_map(|turn| std::iter::repeat_n(turn, weight(turn))).collect();
        let turn = *at(&weighed, deed.what);
        let of_kind: Vec<_> = turns.iter().filter(|(other, _)| *other == turn).collect();
        let on = at(&of_kind, deed.which).1;
        let is_held = self.books.instances.iter().any(|row| row.id == self.root && row.suspended);
        let before = self.books.revision();
        match self.happens(turn, on, deed).await {
            // Whoever comes while nothing may move is told to come again.
            Err(fault) if is_held => {
                assert_eq!(fault.code(), ErrorCode::Conflict, "{turn:?}: {fault} {:?}", fault.details());
                self.looks().await;
                assert_eq!(self.books.revision(), before, "a refusal changes nothing");
            }
            Err(fault) => panic!("{turn:?} on {on}: {fault} {:?}\n{:#?}", fault.details(), self.books.jobs),
            Ok(()) => {
                if deed.who.is_multiple_of(3) {
                    self.settles().await;
                }
                self.looks().await;
            }
        }
    }

    /// What is due happens, with all that follows from it.
    pub(super) async fn settles(&self) {
        self.office.settles(Duration::from_secs(1)).await;
    }

    /// What can happen, and to what.
    fn turns(&self) -> Vec<(Turn, Uuid)> {
        let mut turns = vec![(Turn::Passes, self.root), (Turn::Signal, self.root)];
        let is_held = self.books.instances.iter().any(|row| row.id == self.root && row.suspended);
        for row in self.books.subscriptions.iter().filter(|row| row.kind == "MESSAGE") {
            let same = |other: &&_| matches!(other, crate::storage::entity::event_subscription::Model { instance_id, name, .. } if *instance_id == row.instance_id && *name == row.name);
            // Of several nobody is meant.
            if self.books.subscriptions.iter().filter(same).count() == 1 {
                turns.push((Turn::Message, row.id));
            }
        }
        for job in self.books.jobs.iter().filter(|job| job.finished_at.is_none()) {
            let of_job: &[Turn] = match (job.kind.as_str(), job.status.as_str()) {
                ("EXTERNAL", "PENDING") if !is_held => &[Turn::Claim],
                // What is no use is told of in what is suspended, too: that moves it.
                ("EXTERNAL", "RUNNING") if !is_held => {
                    &[Turn::Complete, Turn::Fail, Turn::Throw, Turn::Extend]
                }
                ("EXTERNAL", "RUNNING") => &[Turn::Complete, Turn::Throw],
                ("HTTP", _) if job.inputs.contains("CALLBACK") => &[Turn::CallBack],
                _ => &[],
            };
            turns.extend(of_job.iter().map(|turn| (*turn, job.id)));
        }
        if !is_held {
            turns.extend(self.open_incidents().into_iter().map(|incident| (Turn::Resolve, incident)));
        }
        turns
    }

    pub(super) fn open_incidents(&self) -> Vec<Uuid> {
        let open = self.books.incidents.iter().filter(|one| one.resolved_at.is_none());
        open.map(|one| one.id).collect()
    }

    /// A worker takes what there is of this story, for an hour.
    pub(super) async fn claims(&self) -> Result<Vec<ClaimedJob>, Fault> {
        let claim = ClaimJobs {
            topics: vec![topic(&self.story)],
            worker: "worker".to_owned(),
            max: 1,
            lock: TimeDelta::hours(1),
            variables: None,
        };
        self.office.workflow.claim_jobs(&actor("olivia"), claim).await
    }

    async fn happens(&self, turn: Turn, on: Uuid, deed: &Deed) -> Result<(), Fault> {
        let (flow, olivia) = (&self.office.workflow, &actor("olivia"));
        let held = |id: Uuid| {
            self.books.jobs.iter().find(|job: &&job::Model| job.id == id).unwrap().lock_id.unwrap()
        };
        match turn {
            Turn::Passes => {
                let minutes = [1, 11, 61, 125, 1_500][deed.more % 5];
                self.office.clock.advance(Duration::from_secs(minutes * 60));
                self.settles().await;
                Ok(())
            }
            Turn::Signal => {
                let sent =
                    Sent { variables: brought(deed), ..sent(&signal(&self.story, deed.which), json!({})) };
                flow.send_signal(olivia, sent).await?;
                self.settles().await;
                Ok(())
            }
            Turn::Message => {
                let row = self.books.subscriptions.iter().find(|row| row.id == on).unwrap();
                let message = sent(row.name.as_deref().unwrap(), json!({}));
                let sent = Sent { instance: Some(row.instance_id), variables: brought(deed), ..message };
                flow.send_message(olivia, sent).await.map(drop)
            }
            Turn::Claim => self.claims().await.map(|jobs| assert_eq!(jobs.len(), 1, "one waits")),
            Turn::Complete => flow.complete_job(olivia, on, held(on), brought(deed)).await.map(drop),
            Turn::Extend => flow.extend_job(olivia, on, held(on), TimeDelta::hours(2)).await.map(drop),
            Turn::Fail => {
                let failure = FailJob {
                    code: "BROKEN".to_owned(),
                    message: "it is broken".to_owned(),
                    retry_after: deed.more.is_multiple_of(2).then_some(TimeDelta::zero()),
                    is_final: deed.which.is_multiple_of(5),
                };
                flow.fail_job(olivia, on, held(on), failure).await.map(drop)
            }
            Turn::Throw => {
                let code = ["E0", "E0", "E1", "E9"][deed.more % 4].to_owned();
                let error = ThrowJobError { code, message: None, variables: brought(deed) };
                flow.throw_job_error(olivia, on, held(on), error).await.map(drop)
            }
            Turn::CallBack => flow.call_back(on, json!({"by": deed.more})).await,
            Turn::Resolve => flow.resolve_incident(olivia, on).await.map(drop),
        }
    }
}
