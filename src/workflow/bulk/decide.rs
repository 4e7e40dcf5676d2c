//! The turn of a task of a batch: looked at again, and decided.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::judge::{Looked, Moment, changed, if_bad_input, not_held, unreadable};
use super::look::complete;
use super::{BulkAnswer, BulkDecision, BulkItem, store};
use crate::engine::{EndedItem, ItemError, Outcome};
use crate::kernel::{Actor, ErrorCode, Fault, GlobalId, NodeKind};
use crate::workflow::case::{Case, Part};
use crate::workflow::gathering::Gathering;
use crate::workflow::outcome::{is_contention, item_error};
use crate::workflow::task::{Decide, Decision, Prepared, papers};
use crate::workflow::webhook::{Question, Seen, ask, check_asked};
use crate::workflow::{Workflow, form};

/// How many transactions they share at once: each takes a connection while it waits for its instances.
const GROUPS: usize = 2;
/// The most tasks that are decided in one transaction.
const GROUP: usize = 128;
/// How many at once are decided alone.
const ALONE: usize = 4;
/// How many at once wait for webhooks that are asked: they hold nothing meanwhile.
const ASKING: usize = 128;
/// How often one is tried alone where others are in its way, and how long between.
const TRIES: usize = 3;
const PAUSE: Duration = Duration::from_millis(50);

/// Decides the tasks of batches. One a process: those whose turn has come share transactions.
pub struct BulkDecider {
    workflow: Workflow,
    gathering: Gathering<Turn, Option<Answer>>,
    alone: Semaphore,
    asking: Semaphore,
}

/// A task whose turn has come.
#[derive(Clone)]
struct Turn {
    decision: Arc<BulkDecision>,
    answer: Arc<BulkAnswer>,
    root: Uuid,
    instance: Uuid,
    task: Uuid,
    /// See [`BulkItem::seen`].
    seen: Option<Arc<str>>,
    /// See [`BulkItem::unheld`].
    unheld: bool,
    /// Set when what comes of it would not count any more.
    cancelled: CancellationToken,
}

/// What came of it.
type Answer = Result<Outcome, ItemError>;

/// What came of a task in a case that is still to be committed.
enum Came {
    /// It is decided, now or before.
    Decided,
    /// It is not, and nothing of it was changed.
    Refused(EndedItem),
    /// Webhooks have to be asked first, with nothing locked.
    AskFirst,
}

impl BulkDecider {
    /// One that decides on behalf of a workflow.
    pub fn new(workflow: Workflow) -> Self {
        let (alone, asking) = (Semaphore::new(ALONE), Semaphore::new(ASKING));
        Self { workflow, gathering: Gathering::new(GROUPS, GROUP), alone, asking }
    }

    /// Decides a task of a batch, once in however many attempts.
    ///
    /// # Errors
    /// Why it cannot be decided, and whether another attempt is worth making.
    pub async fn decide(
        &self,
        decision: Arc<BulkDecision>,
        item: BulkItem,
        cancelled: CancellationToken,
    ) -> Result<Outcome, ItemError> {
        let Some(answer) = item.answer(&decision).cloned() else { return Err(unreadable().into()) };
        let BulkItem { task, instance, root, seen, unheld, .. } = item;
        let (root, instance) = match root.zip(instance) {
            Some(place) => place,
            // Nobody could see it when the batch was made.
            None => match self.workflow.locate(&decision.actor(), task).await {
                Ok((located, _)) => (located.root, located.instance),
                Err(fault) => return Err(item_error(&fault)),
            },
        };
        let seen = seen.map(Arc::from);
        let turn = Turn { decision, answer, root, instance, task, seen, unheld, cancelled };
        if let Some(answer) = self.gathering.ask(turn.clone(), |group| self.together(group)).await {
            return answer;
        }
        self.alone(&turn).await
    }

    /// Decides those of a group, a user's together.
    async fn together(&self, group: Vec<Turn>) -> Vec<Option<Answer>> {
        let mut answers: Vec<Option<Answer>> = group.iter().map(|_| None).collect();
        // Whose outcome would not count is told so by an attempt of its own.
        let user_of = |turn: &Turn| {
            let is_cancelled = turn.cancelled.is_cancelled();
            (!is_cancelled).then(|| (turn.decision.user_id.clone(), turn.decision.role))
        };
        let mut users: Vec<_> = group.iter().filter_map(user_of).collect();
        users.sort_unstable();
        users.dedup();
        for user in users {
            let (places, turns): (Vec<usize>, Vec<&Turn>) =
                group.iter().enumerate().filter(|(_, turn)| user_of(turn).as_ref() == Some(&user)).unzip();
            // What goes wrong here is told by an attempt of its own.
            let Ok(parts) = self.parts(&turns).await else { continue };
            let outcomes = self.workflow.let_happen(Some(&user.0), &parts, "bulk.after_commit").await;
            for (place, came) in places.into_iter().zip(outcomes) {
                answers[place] = came.and_then(answer_of);
            }
        }
        answers
    }

    async fn parts<'a>(&self, turns: &[&'a Turn]) -> Result<Vec<Deciding<'a>>, Fault> {
        let Some(first) = turns.first() else { return Ok(Vec::new()) };
        let principals: Arc<[String]> = self.workflow.principals(&first.decision.actor()).await?.into();
        let mut papers: HashMap<Uuid, Value> = HashMap::new();
        let mut last: Option<(&Turn, Arc<Decide>)> = None;
        let mut parts = Vec::with_capacity(turns.len());
        for turn in turns {
            let (batch, answer) = (turn.decision.batch, &turn.answer);
            let data = match papers.get(&batch) {
                Some(known) => known.clone(),
                None => self.papers(&turn.decision).await?,
            };
            papers.entry(batch).or_insert_with(|| data.clone());
            let prepared = Prepared { reason: answer.comment.clone(), data: Some(data) };
            // Most batches have one answer for all.
            let same = last.as_ref().filter(|(other, _)| {
                Arc::ptr_eq(&other.answer, answer) && Arc::ptr_eq(&other.decision, &turn.decision)
            });
            let decide = same.map(|(_, decide)| Arc::clone(decide));
            let decide = decide.unwrap_or_else(|| Arc::new(turn.decision.decide(answer)));
            last = Some((turn, Arc::clone(&decide)));
            parts.push(Deciding {
                turn,
                actor: turn.decision.actor(),
                principals: Arc::clone(&principals),
                decide,
                prepared,
                has_asked: false,
            });
        }
        Ok(parts)
    }

    /// What the history has of each decision of a batch, beside its reason.
    async fn papers(&self, decision: &BulkDecision) -> Result<Value, Fault> {
        let signature = self.workflow.signature(&decision.actor(), decision.signature).await?;
        let mut data = papers(&signature, &[]).unwrap_or_else(|| json!({}));
        data["batchId"] = GlobalId::encode(NodeKind::Batch, decision.batch).into();
        Ok(data)
    }

    /// Decides one in a transaction of its own, with webhooks asked before it.
    async fn alone(&self, turn: &Turn) -> Answer {
        for last in [false; TRIES - 1].into_iter().chain([true]) {
            match self.try_alone(turn).await {
                Err(fault) if is_contention(&fault) && !last => tokio::time::sleep(PAUSE).await,
                Err(fault) => return Err(item_error(&fault)),
                Ok(answer) => return answer,
            }
        }
        Err(ItemError::transient("CONFLICT", "others were in the way"))
    }

    async fn try_alone(&self, turn: &Turn) -> Result<Answer, Fault> {
        let inner = &self.workflow.inner;
        let gone = || Ok(Err(ItemError::transient("CANCELLED", "stopped before it was done")));
        if turn.cancelled.is_cancelled() {
            return gone();
        }
        let mut parts = self.parts(&[turn]).await?;
        let Some(mut part) = parts.pop() else { return Err(Fault::internal("no part")) };
        let user = turn.decision.user_id.as_str();
        // They are never closed.
        let mut lane = self.alone.acquire().await;
        let mut case = Case::open(inner, Some(user), turn.root, turn.instance).await?;
        let mut came = part.happen(&mut case).await?;
        if matches!(came, Came::AskFirst) {
            let (task, instance) =
                (case.task(turn.task).await?.row.clone(), case.instance(turn.instance)?.clone());
            let definition = case.definition(turn.instance)?.clone();
            let action = turn.answer.verdict.hook_action();
            let hooks = case.webhooks().await?.asked(action, &definition.row.key);
            let seen = Seen::of(&task, &instance);
            // Nobody waits for a lock of ours while others are asked.
            case.give_up().await?;
            drop(lane);
            let question = Question {
                action,
                actor: user,
                task: &task,
                instance: &instance,
                definition: &definition.row,
                comment: part.prepared.reason.as_deref(),
                form_data: &part.decide.form_data,
                approvers: &part.decide.approvers,
                to: None,
            };
            let asking = self.asking.acquire().await;
            match ask(inner, &hooks, &question).await {
                Err(fault) if fault.code() == ErrorCode::Forbidden => {
                    return Ok(Err(ItemError::last("VETOED", fault.message().to_owned())));
                }
                asked => asked?,
            }
            drop(asking);
            lane = self.alone.acquire().await;
            if turn.cancelled.is_cancelled() {
                // Others may have it by now.
                return gone();
            }
            case = Case::open(inner, Some(user), turn.root, turn.instance).await?;
            check_asked(&hooks, &case.webhooks().await?.asked(action, &definition.row.key))?;
            case.task(turn.task).await?;
            seen.check(&case.task_in_hand(turn.task)?.row, case.instance(turn.instance)?)?;
            part.has_asked = true;
            came = part.happen(&mut case).await?;
        }
        let committed = case.commit().await?;
        inner.failpoints.reached("bulk.after_commit");
        self.workflow.committed(committed);
        drop(lane);
        answer_of(came).ok_or_else(|| Fault::internal("webhooks were asked, and are to be asked"))
    }
}

/// What the engine is told; none: it has to be tried alone.
fn answer_of(came: Came) -> Option<Answer> {
    match came {
        Came::Decided => Some(Ok(Outcome::Success { result: None })),
        Came::Refused(EndedItem { is_ignored: true, code, message, .. }) => {
            Some(Ok(Outcome::Ignored { code, message }))
        }
        Came::Refused(failed) => Some(Err(failed.into())),
        Came::AskFirst => None,
    }
}

/// A task whose turn has come, with everything looked at that needs no lock.
struct Deciding<'a> {
    turn: &'a Turn,
    actor: Actor,
    principals: Arc<[String]>,
    decide: Arc<Decide>,
    prepared: Prepared,
    /// Webhooks were asked.
    has_asked: bool,
}

#[async_trait]
impl Part for Deciding<'_> {
    type Outcome = Came;

    fn place(&self) -> (Uuid, Uuid) {
        (self.turn.root, self.turn.instance)
    }

    async fn happen(&self, case: &mut Case) -> Result<Came, Fault> {
        let (task, batch) = (self.turn.task, self.turn.decision.batch);
        if case.task(task).await?.row.decided_in == Some(batch) {
            // An attempt that was not recorded has done it.
            return Ok(Came::Decided);
        }
        if let Some(refused) = self.refused(case).await? {
            return Ok(Came::Refused(refused));
        }
        let key = &case.definition(self.turn.instance)?.row.key;
        let action = self.turn.answer.verdict.hook_action();
        if !self.has_asked && !case.webhooks().await?.asked(action, key).is_empty() {
            return Ok(Came::AskFirst);
        }
        let mut decision =
            Decision { case: &mut *case, task, instance: self.turn.instance, batch: Some(batch) };
        let is_signed = self.decide.signature.is_some();
        if let Err(fault) = decision.fill_in(action.into(), &self.decide, &self.prepared, is_signed) {
            return if_bad_input(fault).map(Came::Refused);
        }
        decision.take(&self.actor, self.turn.answer.verdict.verdict(), self.prepared.clone()).await?;
        Ok(Came::Decided)
    }
}

impl Deciding<'_> {
    /// Why the task is not to be decided, as it stands now.
    async fn refused(&self, case: &Case) -> Result<Option<EndedItem>, Fault> {
        let (decision, instance) = (&self.turn.decision, self.turn.instance);
        let task = case.task_in_hand(self.turn.task)?;
        let mut row = task.row.clone();
        if row.locked_by == Some(decision.batch) {
            row.locked_by = None;
        }
        let model = &case.definition(instance)?.model;
        let looked = Looked {
            actor: &self.actor,
            principals: &self.principals,
            task: &row,
            candidates: &task.candidates,
            instance: case.instance(instance)?,
            is_suspended: case.instance(self.turn.root)?.suspended,
            model,
            now: case.now,
        };
        let is_held = task.row.locked_by == Some(decision.batch);
        // What was refused as the batch was made, or as it was retried, need never have been theirs.
        let moment = if is_held || self.turn.unheld { Moment::Turn } else { Moment::Creation };
        if let Some(refused) = looked.refused(decision, &self.turn.answer, moment) {
            return Ok(Some(refused));
        }
        let known = case.seen_at(instance, row.activity_id)?;
        let seen = self.turn.seen.as_deref();
        if seen.is_some_and(|seen| *seen != *form::mark_of(model, &row, &known)) {
            // What the same batch has written there, whoever made it knows.
            let own = store::decided_at(case.tx(), decision.batch, vec![instance]).await?;
            if own.is_empty() {
                return Ok(Some(changed()));
            }
        }
        if !is_held && !self.turn.unheld {
            // Its item may have been given up meanwhile; or it was not to be held in a retry, for what is
            // still wrong with it.
            let wrong = complete(&looked, decision, &self.turn.answer, &known).err();
            return wrong.map_or_else(|| Ok(not_held()), if_bad_input).map(Some);
        }
        Ok(None)
    }
}
