//! Asking before somebody decides: while nothing is locked, and with what was seen checked again later.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::future::join_all;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::event::{body, instance_data};
use super::known::{Hook, HookAction, OnFailure};
use super::port::{WebhookAnswer, WebhookMessage};
use crate::files::fetch::FetchError;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::storage::entity::{process_definition, process_instance, task};
use crate::workflow::Inner;
use crate::workflow::status::TaskStatus;

/// The longest message of a receiver that is passed on, in characters.
const MAX_MESSAGE: usize = 500;

/// A decision that somebody is about to make.
pub struct Question<'a> {
    pub action: HookAction,
    /// The user who is about to.
    pub actor: &'a str,
    pub task: &'a task::Model,
    pub instance: &'a process_instance::Model,
    pub definition: &'a process_definition::Model,
    pub comment: Option<&'a str>,
    pub form_data: &'a Map<String, Value>,
    /// The approvers of later nodes who are chosen with it.
    pub approvers: &'a Map<String, Value>,
    /// Where an instance is to be sent back to; none: to its starter.
    pub to: Option<&'a str>,
}

/// How a task and its instance stood when somebody was asked about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    task: (i16, i64),
    instance: (i16, i64),
}

impl Seen {
    /// How they stand.
    pub fn of(task: &task::Model, instance: &process_instance::Model) -> Self {
        Self { task: (task.status, task.revision), instance: (instance.status, instance.revision) }
    }

    /// Whether they stand so still.
    ///
    /// # Errors
    /// `CONFLICT` with `retryable` where they do not.
    pub fn check(&self, task: &task::Model, instance: &process_instance::Model) -> Result<(), Fault> {
        if *self == Self::of(task, instance) {
            return Ok(());
        }
        Err(moved_on())
    }
}

/// Whether all who are to be asked by now have been.
///
/// # Errors
/// `CONFLICT` with `retryable` where somebody has not.
pub fn check_asked(asked: &[Arc<Hook>], now: &[Arc<Hook>]) -> Result<(), Fault> {
    match now.iter().all(|hook| asked.iter().any(|asked| asked.id == hook.id)) {
        true => Ok(()),
        false => Err(moved_on()),
    }
}

/// `CONFLICT` with `retryable`: what was asked is not what would be decided.
fn moved_on() -> Fault {
    let message = "the instance has moved on while a webhook was asked about this: try again";
    Fault::conflict(message).with("retryable", true.into())
}

/// What a receiver says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Said {
    allow: bool,
    #[serde(default)]
    message: Option<String>,
}

/// Why a receiver is taken to have said nothing.
#[derive(Debug, thiserror::Error)]
enum Silence {
    #[error("{0}")]
    NoAnswer(#[from] FetchError),
    #[error("the receiver answered {0}")]
    Status(u16),
    #[error("the answer is not {{\"allow\": true}} or {{\"allow\": false, \"message\": …}} within 16 KiB")]
    Answer,
}

impl Question<'_> {
    /// The same for the same decision, as long as the task stands as it does: who is asked twice can tell.
    fn operation_key(&self) -> String {
        let mut hash = Sha256::new();
        let revision = self.task.revision.to_string();
        let content = json!([self.comment, self.form_data, self.approvers, self.to]).to_string();
        for part in [&self.task.id.to_string(), &revision, self.action.as_str(), self.actor, &content] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        format!("op_{}", &hex::encode(hash.finalize())[..48])
    }

    fn body(&self, operation_key: &str, now: DateTime<Utc>) -> String {
        let (kind, row) = (format!("task.{}.requested", self.action.as_str().to_lowercase()), self.task);
        let data = json!({
            "operationKey": operation_key,
            "action": self.action.as_str(),
            "actor": self.actor,
            "instance": instance_data(self.instance, self.definition, self.instance.status),
            "task": {
                "id": GlobalId::encode(NodeKind::Task, row.id),
                "nodeId": row.node_id,
                "name": row.name,
                "status": TaskStatus::of(row.status).map_or("", TaskStatus::as_str),
                "statusCode": row.status,
                "assignee": row.assignee,
                "revision": row.revision,
                "createdAt": row.created_at,
                "dueAt": row.due_at,
            },
            "comment": self.comment,
            "formData": self.form_data,
            "approvers": self.approvers,
            "returnTo": self.to,
        });
        body(&kind, now, &data)
    }
}

/// Asks all of the webhooks at once; nothing may be locked meanwhile.
///
/// # Errors
/// `FORBIDDEN` with the receiver's message where one refuses; `CONFLICT` with `retryable` where one that
/// has to be heard does not answer. Both with `webhookId`.
pub async fn ask(inner: &Inner, hooks: &[Arc<Hook>], question: &Question<'_>) -> Result<(), Fault> {
    let (key, now) = (question.operation_key(), inner.clock.now());
    let body = question.body(&key, now);
    let answers = hooks.iter().map(|hook| {
        let message = WebhookMessage {
            url: hook.url.clone(),
            id: key.clone(),
            sent_at: now,
            body: body.clone(),
            secrets: hook.secrets(now),
            timeout: hook.timeout,
        };
        async move { said(inner.sender.send(message).await) }
    });
    let answers = join_all(answers).await;
    // A refusal says more than a silence.
    for (hook, answer) in hooks.iter().zip(&answers) {
        if let Ok(Said { allow: false, message }) = answer {
            return Err(by(hook.id, Fault::forbidden(refusal(message.as_deref()))));
        }
    }
    for (hook, answer) in hooks.iter().zip(answers) {
        let Err(silence) = answer else { continue };
        tracing::warn!(webhook = %hook.id, task = %question.task.id, %silence, "a webhook did not say what it thinks");
        if hook.on_failure == OnFailure::Refuse {
            let message = "a system that has to agree to this does not answer: try again in a moment";
            return Err(by(hook.id, Fault::conflict(message).with("retryable", true.into())));
        }
    }
    Ok(())
}

fn by(hook: Uuid, fault: Fault) -> Fault {
    fault.with("webhookId", GlobalId::encode(NodeKind::Webhook, hook).into())
}

fn said(answer: Result<WebhookAnswer, FetchError>) -> Result<Said, Silence> {
    let answer = answer?;
    if !(200..300).contains(&answer.status) {
        return Err(Silence::Status(answer.status));
    }
    let body = answer.body.ok_or(Silence::Answer)?;
    serde_json::from_slice(&body).map_err(|_| Silence::Answer)
}

/// What a person is told who was refused.
fn refusal(message: Option<&str>) -> String {
    let clean = |c: char| if c.is_control() { ' ' } else { c };
    let message: String = message.unwrap_or_default().trim().chars().take(MAX_MESSAGE).map(clean).collect();
    if message.is_empty() { "a system that has a say in this refuses it".to_owned() } else { message }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: Option<&str>) -> Result<WebhookAnswer, FetchError> {
        let body = body.map(|body| bytes::Bytes::copy_from_slice(body.as_bytes()));
        Ok(WebhookAnswer { status, retry_after: None, body })
    }

    #[test]
    fn only_a_plain_answer_counts() {
        let allowed = said(answered(200, Some(r#"{"allow": true, "more": 1}"#))).unwrap();
        assert_eq!(allowed, Said { allow: true, message: None });
        let refused = said(answered(201, Some(r#"{"allow": false, "message": "no"}"#))).unwrap();
        assert_eq!(refused, Said { allow: false, message: Some("no".into()) });
        for silent in [
            answered(200, None),
            answered(200, Some("")),
            answered(200, Some("true")),
            answered(200, Some("{}")),
            answered(200, Some(r#"{"allow": "true"}"#)),
            answered(200, Some(r#"{"allow": 1}"#)),
            answered(204, Some("")),
            answered(302, Some(r#"{"allow": true}"#)),
            answered(500, Some(r#"{"allow": true}"#)),
            Err(FetchError::Timeout),
        ] {
            let told = format!("{silent:?}");
            assert!(said(silent).is_err(), "{told}");
        }
    }

    #[test]
    fn a_refusal_is_passed_on_within_bounds() {
        assert_eq!(refusal(Some(" over\nbudget\u{7} ")), "over budget ");
        assert_eq!(refusal(Some(&"x".repeat(1_000))).len(), MAX_MESSAGE);
        for nothing in [None, Some(""), Some("  ")] {
            assert!(refusal(nothing).contains("refuses"));
        }
    }
}
