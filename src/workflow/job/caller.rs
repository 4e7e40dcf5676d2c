//! Calls over HTTP, made by the durable engine: each with the same key in every attempt, never within a
//! transaction, and what it found is written only where its job is still waited for.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{ColumnTrait as _, DatabaseTransaction, DbErr, EntityTrait as _, QueryFilter as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;
use uuid::Uuid;

use super::call::{CallFailure, CallRequest, HttpCalls, HttpRequest, answer_of, body_of, is_header};
use super::left_behind::{give_up_in_op, tell_of_jobs_in_op};
use super::rules::{self, Ended};
use super::store::{self, Held, Wrong};
use super::{JobKind, JobStatus};
use crate::engine::{Attempt, Handler, ItemError, Outcome, Retry};
use crate::events::Signal;
use crate::files::LinkSigner;
use crate::kernel::Fault;
use crate::storage::entity::{incident, job, process_instance, run};
use crate::workflow::case::Case;
use crate::workflow::execution::Command;
use crate::workflow::outcome::{ignored, is_contention, is_transient, item_error};
use crate::workflow::status::InstanceStatus;
use crate::workflow::{Workflow, due, variable};

/// The kind of runs whose items are calls.
pub const CALL_KIND: &str = "process-call";
/// How many of one run are under way at once, over all replicas.
pub(in crate::workflow) const CONCURRENCY: u32 = 64;
/// How often the engine may try; how often a job may fail is its own word.
pub(in crate::workflow) const MAX_ATTEMPTS: u32 = 200;
/// How many calls a process has under way at once.
const CAPACITY: usize = 16;
/// How long one attempt may take: the longest answer, and writing it down.
const TIMEOUT: Duration = Duration::from_secs(120);
/// How often what was answered is brought to its instance before the call is made again.
const WRITES: u32 = 5;

/// An item of the engine: a job that is a call.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(in crate::workflow) struct Calling {
    /// Which.
    pub job: Uuid,
}

/// The engine's handler for calls.
pub struct CallHandler {
    workflow: Workflow,
    calls: Arc<dyn HttpCalls>,
    links: LinkSigner,
    own_base: Url,
}

impl CallHandler {
    /// The handler. Where callbacks are waited for, `own_base` is the address under which others reach us.
    pub fn new(workflow: Workflow, calls: Arc<dyn HttpCalls>, links: LinkSigner, own_base: Url) -> Self {
        Self { workflow, calls, links, own_base }
    }

    async fn try_once(&self, attempt: &Attempt) -> Result<Outcome, Fault> {
        let calling: Calling = serde_json::from_str(&attempt.input).map_err(Fault::internal)?;
        let found = job::Entity::find_by_id(calling.job).one(self.workflow.inner.db.reader()).await?;
        let is_ours = |row: &job::Model| {
            row.status == JobStatus::Running.as_str() && row.lock_id == Some(attempt.run.id)
        };
        let Some(row) = found.filter(is_ours) else {
            return Ok(ignored("NOT_WAITING", "nobody waits for it any more"));
        };
        if row.suspended {
            return self.put_back(&row, None).await;
        }
        if let Some(answer) = &row.answer {
            // It was made, and only its answer is not where it belongs.
            let answer = serde_json::from_str(answer).map_err(Fault::internal)?;
            return self.bring(row, answer).await;
        }
        let request: CallRequest = serde_json::from_str(&row.inputs).map_err(Fault::internal)?;
        let answer = match self.request(&row, &request).await? {
            Ok(sent) => {
                let answer = self.calls.call(sent).await;
                self.workflow.inner.failpoints.reached("call.after_answer");
                answer_of(answer)
            }
            Err(failure) => Err(failure),
        };
        match answer {
            Ok(answer) => self.answered(row, &request, answer).await,
            Err(failure) => self.failed(row, failure).await,
        }
    }

    /// What is sent; within, why nothing can be.
    async fn request(
        &self,
        row: &job::Model,
        request: &CallRequest,
    ) -> Result<Result<HttpRequest, CallFailure>, Fault> {
        let Ok(url) = Url::parse(&request.url) else {
            let message = "the address that the process has worked out is none".to_owned();
            return Ok(Err(CallFailure {
                code: "CALL_FORBIDDEN",
                message,
                is_transient: false,
                after: None,
            }));
        };
        let callback = request.within.as_deref().map(|within| self.callback(row.id, within)).transpose()?;
        let instance = process_instance::Entity::find_by_id(row.instance_id);
        let instance = instance.one(self.workflow.inner.db.reader()).await?;
        let known = [
            ("jobId", Some(row.id.to_string())),
            ("instanceId", Some(row.instance_id.to_string())),
            ("businessKey", instance.and_then(|instance| instance.business_key)),
            ("nodeId", Some(row.node_id.clone())),
        ];
        let mut headers = request.headers.clone();
        headers.push(("idempotency-key".to_owned(), row.id.to_string()));
        headers.extend(callback.clone().map(|url| ("docket-callback-url".to_owned(), url)));
        if let Some((name, _)) = headers.iter().find(|(_, value)| !is_header(value)) {
            // Without it the call would be another one.
            let message =
                format!("the process has worked out a value for the header {name} that none can hold");
            return Ok(Err(CallFailure {
                code: "CALL_FORBIDDEN",
                message,
                is_transient: false,
                after: None,
            }));
        }
        Ok(Ok(HttpRequest {
            method: request.method.clone(),
            url,
            headers,
            body: body_of(request, &known, callback.as_deref()),
            timeout: Duration::from_secs(request.timeout.into()),
        }))
    }

    /// Where a call is answered later: good for as long as it is waited for, and a day.
    fn callback(&self, job: Uuid, within: &str) -> Result<String, Fault> {
        let until = due::parse(within, self.workflow.inner.clock.now()).map_err(Fault::internal)?;
        let path = self.links.sign(&callback_path(job), until + chrono::TimeDelta::days(1));
        self.own_base.join(&path).map(String::from).map_err(Fault::internal)
    }

    async fn answered(
        &self,
        row: job::Model,
        request: &CallRequest,
        answer: Map<String, Value>,
    ) -> Result<Outcome, Fault> {
        match (request.wait.as_str(), request.within.as_deref()) {
            ("CALLBACK", Some(within)) => {
                let inner = &self.workflow.inner;
                let until = due::parse(within, inner.clock.now()).map_err(Fault::internal)?;
                // Whoever has called back already has ended it.
                store::await_callback(inner.db.writer(), held(&row), until).await?;
                inner.failpoints.reached("call.after_change");
                inner.bus.publish(Signal::Due { at: until });
                Ok(Outcome::Success { result: None })
            }
            ("NOTHING", _) => self.end(row).await,
            _ => self.bring(row, answer).await,
        }
    }

    /// Nobody waits for what was answered; but that it was may be told.
    async fn end(&self, mut row: job::Model) -> Result<Outcome, Fault> {
        let inner = &self.workflow.inner;
        let (tx, now) = (inner.db.begin().await?, inner.clock.now());
        if !store::end_in_op(&tx, held(&row), now).await? {
            return Ok(ignored("NOT_WAITING", "nobody waits for it any more"));
        }
        row.status = JobStatus::Success.as_str().to_owned();
        (row.finished_at, row.error_code, row.error_message) = (Some(now), None, None);
        let is_told = tell_of_jobs_in_op(inner, &tx, &[row], now).await?;
        tx.commit().await?;
        inner.failpoints.reached("call.after_change");
        if is_told {
            inner.bus.publish(Signal::Told);
        }
        Ok(Outcome::Success { result: None })
    }

    /// Brings what was answered to its instance; one that cannot go on with it has an incident. The call is
    /// not made again where only that fails.
    async fn bring(&self, row: job::Model, answer: Map<String, Value>) -> Result<Outcome, Fault> {
        let mut tries = 0;
        let fault = loop {
            tries += 1;
            match self.workflow.end_call(&row, answer.clone()).await {
                Ok(true) => return Ok(Outcome::Success { result: None }),
                Ok(false) => return Ok(ignored("NOT_WAITING", "nobody waits for it any more")),
                Err(fault) if fault.details().contains_key("suspended") => {
                    return self.put_back(&row, Some(&answer)).await;
                }
                Err(fault) if is_contention(&fault) && tries < WRITES => {}
                Err(fault) => break fault,
            }
        };
        let (code, message) = (fault.code().as_str(), fault.message().to_owned());
        if !is_transient(&fault) {
            store::forget_answer(self.workflow.inner.db.writer(), held(&row)).await?;
            return self.give_up(row, code.to_owned(), message).await;
        }
        let wrong = Wrong { code, message: &message };
        let text = Value::Object(answer).to_string();
        let is_last = row.failures + 1 >= row.max_attempts;
        store::bring_again(self.workflow.inner.db.writer(), held(&row), &text, &wrong).await?;
        self.workflow.inner.failpoints.reached("call.after_change");
        if is_last {
            return self.give_up(row, code.to_owned(), message).await;
        }
        Err(fault)
    }

    async fn failed(&self, row: job::Model, failure: CallFailure) -> Result<Outcome, Fault> {
        let CallFailure { code, message, is_transient, after } = failure;
        if !is_transient || row.failures + 1 >= row.max_attempts {
            return self.give_up(row, code.to_owned(), message).await;
        }
        let wrong = Wrong { code, message: &message };
        store::call_again(self.workflow.inner.db.writer(), held(&row), &wrong).await?;
        self.workflow.inner.failpoints.reached("call.after_change");
        let after = after.unwrap_or_else(|| rules::wait_after(row.failures + 1, self.workflow.jitter()));
        let fault = Fault::conflict(message).with("retryable", true.into());
        Err(fault.with("after", after.as_secs().max(1).into()))
    }

    /// There is an incident now, and the engine has no more to do.
    async fn give_up(&self, row: job::Model, code: String, message: String) -> Result<Outcome, Fault> {
        let lock = row.lock_id.unwrap_or_default();
        let mut case = Case::open(&self.workflow.inner, None, row.root_id, row.instance_id).await?;
        let now = job::Entity::find_by_id(row.id).one(case.tx()).await?;
        let Some(row) = now.filter(|now| now.lock_id == Some(lock) && now.finished_at.is_none()) else {
            return Ok(ignored("NOT_WAITING", "nobody waits for it any more"));
        };
        case.end_job(row, lock, Ended::Failed { code: code.clone(), message: message.clone() })?;
        let committed = case.commit().await?;
        self.workflow.committed(committed);
        Ok(Outcome::Ignored { code: code.into(), message })
    }

    /// It is handed out again when its instance is resumed, with what it was answered.
    async fn put_back(
        &self,
        row: &job::Model,
        answer: Option<&Map<String, Value>>,
    ) -> Result<Outcome, Fault> {
        let answer = answer.map(serde_json::to_string).transpose().map_err(Fault::internal)?;
        store::put_back(self.workflow.inner.db.writer(), held(row), answer.as_deref()).await?;
        self.workflow.inner.failpoints.reached("call.after_change");
        Ok(ignored("SUSPENDED", "the instance is suspended"))
    }
}

/// Whose a call is while it is made: nobody's, where its lock has gone.
fn held(row: &job::Model) -> Held {
    Held { id: row.id, lock: row.lock_id.unwrap_or_default() }
}

/// The path at which a call is answered later.
pub(super) fn callback_path(job: Uuid) -> String {
    format!("/callbacks/{job}")
}

impl Workflow {
    /// Whoever was called answers now, at the signed address that they were given. Answered again, it is
    /// answered once.
    ///
    /// # Errors
    /// `NOT_FOUND`; `CONFLICT` where nobody waits for it any more, or where the instance is suspended or
    /// cannot go on.
    pub async fn call_back(&self, job: Uuid, body: Value) -> Result<(), Fault> {
        let row = self.job_row(job).await?;
        let request: Option<CallRequest> = serde_json::from_str(&row.inputs).ok();
        let is_awaited = request.is_some_and(|request| request.within.is_some());
        if row.kind != JobKind::Http.as_str() || !is_awaited {
            return Err(Fault::not_found("job"));
        }
        let gone = || Fault::conflict("nobody waits for this callback any more");
        match JobStatus::of(&row.status) {
            Some(JobStatus::Success) => return Ok(()),
            Some(JobStatus::Cancelled) | None => return Err(gone()),
            Some(_) => {}
        }
        let mut answer = Map::new();
        answer.insert("body".to_owned(), variable::storable(body));
        match self.end_call(&row, answer).await? {
            true => Ok(()),
            // Another one was first.
            false => match self.job_row(job).await?.status == JobStatus::Success.as_str() {
                true => Ok(()),
                false => Err(gone()),
            },
        }
    }

    /// A call's job ends with what came of it; whether it was still waited for.
    async fn end_call(&self, row: &job::Model, answer: Map<String, Value>) -> Result<bool, Fault> {
        let mut case = Case::open(&self.inner, None, row.root_id, row.instance_id).await?;
        let Some(row) = job::Entity::find_by_id(row.id).one(case.tx()).await? else { return Ok(false) };
        let is_running = case.instance(row.instance_id)?.status == InstanceStatus::Running.code();
        if row.finished_at.is_some() || !is_running {
            return Ok(false);
        }
        if case.instance(row.root_id)?.suspended {
            return Err(Fault::conflict("the instance is suspended")
                .with("suspended", true.into())
                .with("retryable", true.into()));
        }
        if row.status == JobStatus::Failed.as_str() {
            // Its incident is about nothing any more.
            incident::Entity::delete_many()
                .filter(incident::Column::JobId.eq(row.id))
                .filter(incident::Column::ResolvedAt.is_null())
                .exec(case.tx())
                .await?;
        }
        let (id, instance) = (row.id, row.instance_id);
        case.end_job(row, Uuid::nil(), Ended::Done)?;
        case.command(instance, Command::JobDone { job: id, answer }).await?;
        let committed = case.commit().await?;
        self.inner.failpoints.reached("call.after_commit");
        self.committed(committed);
        Ok(true)
    }
}

#[async_trait]
impl Handler for CallHandler {
    fn kind(&self) -> &'static str {
        CALL_KIND
    }

    fn capacity(&self) -> usize {
        CAPACITY
    }

    fn timeout(&self) -> Duration {
        TIMEOUT
    }

    async fn execute(&self, attempt: Attempt) -> Result<Outcome, ItemError> {
        self.try_once(&attempt).await.map_err(|fault| {
            let after = fault.details().get("after").and_then(Value::as_u64).map(Duration::from_secs);
            match is_transient(&fault) {
                true => ItemError { retry: Retry::Later { after }, ..item_error(&fault) },
                false => item_error(&fault),
            }
        })
    }

    /// What killed every replica that tried it, or could not be written down, is an incident too.
    async fn finish_in_op(&self, tx: &DatabaseTransaction, run: &run::Model) -> Result<Vec<Signal>, DbErr> {
        if run.failed > 0 {
            return give_up_in_op(&self.workflow.inner, tx, run).await;
        }
        Ok(Vec::new())
    }
}
