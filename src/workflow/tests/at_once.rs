//! Deeds in the same moment, and what each is answered.

use std::future::Future;
use std::sync::Arc;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use tokio::sync::Barrier;
use uuid::Uuid;

use super::office::actor;
use crate::kernel::{ErrorCode, Fault};
use crate::storage::entity::task;
use crate::workflow::Workflow;
use crate::workflow::task::Decide;

pub(super) type Answer = Result<task::Model, Fault>;

/// All do it in the same moment; what each is answered, in their order.
pub(super) async fn at_once<T, D>(deeds: impl IntoIterator<Item = D>) -> Vec<T>
where
    T: Send + 'static,
    D: Future<Output = T> + Send + 'static,
{
    let deeds: Vec<_> = deeds.into_iter().collect();
    let start = Arc::new(Barrier::new(deeds.len()));
    let begun: Vec<_> = deeds
        .into_iter()
        .map(|deed| {
            let start = Arc::clone(&start);
            tokio::spawn(async move {
                start.wait().await;
                deed.await
            })
        })
        .collect();
    let mut answers = Vec::with_capacity(begun.len());
    for one in begun {
        answers.push(one.await.unwrap());
    }
    answers
}

/// Two in the same moment.
pub(super) fn both<A, B>(
    one: impl Future<Output = A> + Send + 'static,
    other: impl Future<Output = B> + Send + 'static,
) -> BoxFuture<'static, (A, B)>
where
    A: Send + 'static,
    B: Send + 'static,
{
    let (one, other) = (one.boxed(), other.boxed());
    let start = Arc::new(Barrier::new(2));
    let begin = Arc::clone(&start);
    Box::pin(async move {
        let one = tokio::spawn(async move {
            begin.wait().await;
            one.await
        });
        let other = tokio::spawn(async move {
            start.wait().await;
            other.await
        });
        (one.await.unwrap(), other.await.unwrap())
    })
}

pub(super) fn approves(flow: &Workflow, user: &str, task: Uuid) -> BoxFuture<'static, Answer> {
    let (flow, user) = (flow.clone(), actor(user));
    async move { flow.approve(&user, task, Decide::default()).await }.boxed()
}

pub(super) fn rejects(flow: &Workflow, user: &str, task: Uuid) -> BoxFuture<'static, Answer> {
    let (flow, user) = (flow.clone(), actor(user));
    async move { flow.reject(&user, task, Decide::default()).await }.boxed()
}

/// Whose answers say that it was done; all others must say what happened instead.
pub(super) fn winners<T>(answers: &[Result<T, Fault>]) -> Vec<usize> {
    for fault in answers.iter().filter_map(|answer| answer.as_ref().err()) {
        lost(fault);
    }
    (0..answers.len()).filter(|place| answers[*place].is_ok()).collect()
}

/// Whoever comes too late is told how it stands, and not to try again.
pub(super) fn lost(fault: &Fault) {
    assert_eq!(fault.code(), ErrorCode::Conflict, "{fault}");
    assert!(fault.details().contains_key("status"), "{fault} {:?}", fault.details());
    assert!(!fault.details().contains_key("retryable"), "{fault}");
}
