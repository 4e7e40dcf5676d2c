//! Making a batch: which tasks can be decided in it, and holding them.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use sea_orm::DatabaseTransaction;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::judge::{Moment, not_in_batches, of_fault, refused};
use super::{BulkDecision, BulkVerdict, store};
use crate::engine::EndedItem;
use crate::kernel::{Actor, Fault, PageRequest, Place};
use crate::storage::entity::{process_instance, task};
use crate::workflow::case::candidates_of;
use crate::workflow::definition::Definition;
use crate::workflow::model::Approval;
use crate::workflow::task::{Demands, Situation, TaskFilter, TaskOrder, approval_of};
use crate::workflow::{Workflow, form, read, variable};

/// How often a task is looked at again that somebody is changing, and how long between.
const LOOKS: usize = 5;
const PAUSE: Duration = Duration::from_millis(20);

/// What an item of a batch is about: the task, and where it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItem {
    /// The task.
    pub task: Uuid,
    /// Its instance; none of what nobody may see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<Uuid>,
    /// The topmost instance of its tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub root: Option<Uuid>,
}

impl BulkItem {
    /// The same from its text; none where it is no item of an approval batch.
    pub fn parse(input: &str) -> Option<Self> {
        serde_json::from_str(input).ok()
    }
}

/// A task of a batch to be.
#[derive(Debug, Clone)]
pub struct Held {
    /// The task.
    pub item: BulkItem,
    /// The key of its process, its node, and what that is called; none of what nobody may see.
    pub node: Option<(String, String, String)>,
    /// Why it is not held; none: it is.
    pub refused: Option<EndedItem>,
}

/// What is known of the tasks of a portion.
struct Around {
    tasks: HashMap<Uuid, task::Model>,
    instances: HashMap<Uuid, process_instance::Model>,
    definitions: HashMap<Uuid, std::sync::Arc<Definition>>,
    suspended: HashSet<Uuid>,
    candidates: HashMap<Uuid, Vec<String>>,
    principals: Vec<String>,
}

impl Workflow {
    /// What is wrong with a decision of many tasks before any of them is looked at.
    ///
    /// # Errors
    /// `BAD_INPUT` at `comment`, `formData` or `signature`.
    pub async fn check_bulk(&self, decision: &mut BulkDecision) -> Result<(), Fault> {
        decision.comment = crate::workflow::task::said("comment", decision.comment.take())?;
        variable::check_names("formData", &decision.form_data)?;
        if serde_json::to_string(&decision.form_data).map_err(Fault::internal)?.len() > form::MAX_DATA {
            let message = format!("the data of a form is at most {} bytes of JSON", form::MAX_DATA);
            return Err(Fault::bad_input("formData", message));
        }
        self.signature(&decision.actor(), decision.signature).await.map(drop)
    }

    /// The next tasks of a filter behind one, in the order in which they were made: at most so many.
    ///
    /// # Errors
    /// As [`tasks`](Workflow::tasks).
    pub async fn task_ids(
        &self,
        actor: &Actor,
        filter: &TaskFilter,
        after: Option<String>,
        most: u64,
    ) -> Result<(Vec<Uuid>, Option<String>), Fault> {
        let page = PageRequest { limit: most, backwards: false, after, before: None };
        let order = TaskOrder { is_ascending: true, ..TaskOrder::default() };
        let page = self.tasks(actor, filter, order, &page).await?;
        let ids: Vec<_> = page.edges.iter().map(|edge| edge.node.id).collect();
        let next = page.edges.last().filter(|_| page.has_next).map(|edge| match &edge.place {
            Place::Text(text) => text.clone(),
            Place::Number(number) => number.to_string(),
        });
        Ok((ids, next))
    }

    /// Holds tasks for a batch, as far as they can be decided: open, the actor's, of nodes that allow it, not
    /// suspended, complete with what comes with the decision, and held by nobody else. They come in the
    /// order of `ids`, which are all different.
    ///
    /// # Errors
    /// The database's.
    pub async fn hold_in_op(
        &self,
        tx: &DatabaseTransaction,
        decision: &BulkDecision,
        ids: &[Uuid],
    ) -> Result<Vec<Held>, Fault> {
        let actor = decision.actor();
        let around = self.around(tx, &actor, ids).await?;
        let mut held: Vec<Held> = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(task) = around.tasks.get(id) else {
                let item = BulkItem { task: *id, instance: None, root: None };
                let refused = Some(EndedItem::failed("NOT_FOUND", "there is no such task"));
                held.push(Held { item, node: None, refused });
                continue;
            };
            let instance = around.instances.get(&task.instance_id);
            let instance = instance.ok_or_else(|| Fault::internal("a task without an instance"))?;
            let item = BulkItem { task: *id, instance: Some(instance.id), root: Some(instance.root_id) };
            let refused = self.refusal_of(&around, decision, &actor, task, instance)?;
            let definition = around.definitions.get(&instance.id);
            let node = definition.map(|definition| {
                let name = definition.model.node(&task.node_id).map_or(&task.name, |node| &node.name);
                (definition.row.key.clone(), task.node_id.clone(), name.clone())
            });
            held.push(Held { item, node, refused });
        }
        let wanted = held.iter().filter(|one| one.refused.is_none()).map(|one| one.item.task).collect();
        let lost = self.hold_free_in_op(tx, decision, wanted).await?;
        for one in &mut held {
            if let Some(refused) = lost.get(&one.item.task) {
                one.refused = Some(refused.clone());
            }
        }
        Ok(held)
    }

    async fn around(&self, tx: &DatabaseTransaction, actor: &Actor, ids: &[Uuid]) -> Result<Around, Fault> {
        let tasks = self.visible_tasks(actor, ids).await?;
        let of: Vec<_> =
            tasks.iter().map(|task| task.instance_id).collect::<HashSet<_>>().into_iter().collect();
        let instances = self.instances_by_ids(&of).await?;
        let roots: HashSet<_> = instances.values().map(|instance| instance.root_id).collect();
        let suspended = self.suspended_roots(&roots.into_iter().collect::<Vec<_>>()).await?;
        let open: Vec<_> = tasks.iter().filter(|task| task.claimable).map(|task| task.id).collect();
        Ok(Around {
            definitions: self.definitions_of(&of).await?,
            candidates: candidates_of(tx, &open).await?,
            principals: self.principals(actor).await?,
            tasks: tasks.into_iter().map(|task| (task.id, task)).collect(),
            instances,
            suspended,
        })
    }

    /// Why a task cannot be decided, as it was read.
    fn refusal_of(
        &self,
        around: &Around,
        decision: &BulkDecision,
        actor: &Actor,
        task: &task::Model,
        instance: &process_instance::Model,
    ) -> Result<Option<EndedItem>, Fault> {
        let definition = around.definitions.get(&instance.id);
        let model = &definition.ok_or_else(|| Fault::internal("an instance without a definition"))?.model;
        let other = Approval::default();
        let situation = Situation {
            actor,
            principals: &around.principals,
            task,
            candidates: around.candidates.get(&task.id).map_or(&[], Vec::as_slice),
            instance,
            is_suspended: around.suspended.contains(&instance.root_id),
            approval: approval_of(model, &task.node_id, &other),
            begins_here: false,
            has_open_signers: false,
            depth: 0,
            can_be_taken_back: false,
            now: self.inner.clock.now(),
        };
        if let Some(refusal) = situation.refusal(decision.verdict.action()) {
            return Ok(Some(refused(&situation, refusal, Moment::Creation)));
        }
        if let Some(refused) = not_in_batches(&situation) {
            return Ok(Some(refused));
        }
        let demands = Demands::at(model, &task.node_id);
        let complete = || -> Result<(), Fault> {
            demands.check(decision.comment.is_some(), decision.signature.is_some())?;
            variable::check_initiator("formData", &decision.form_data, model)?;
            let mut known: Map<String, Value> =
                serde_json::from_str(&instance.variables).map_err(Fault::internal)?;
            known.extend(read::state(instance)?.own_at(model, task.activity_id));
            let approves = decision.verdict == BulkVerdict::Approve && !task.delegated;
            let filling = if approves { form::Filling::Complete } else { form::Filling::Partial };
            form::filled(model, task, &known, &decision.form_data, filling).map(drop)
        };
        match complete() {
            Ok(()) => Ok(None),
            Err(fault) if fault.code() == crate::kernel::ErrorCode::BadInput => Ok(Some(of_fault(&fault))),
            Err(fault) => Err(fault),
        }
    }

    /// Holds those that can be held; why the others are not.
    async fn hold_free_in_op(
        &self,
        tx: &DatabaseTransaction,
        decision: &BulkDecision,
        wanted: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, EndedItem>, Fault> {
        let mut missing = wanted;
        for look in 0..LOOKS {
            let held = store::hold_in_op(tx, decision.batch, missing.clone()).await?;
            missing.retain(|id| !held.contains(id));
            if missing.is_empty() {
                return Ok(HashMap::new());
            }
            if look + 1 < LOOKS && !store::still_free(tx, missing.clone()).await?.is_empty() {
                tokio::time::sleep(PAUSE).await;
            }
        }
        // What has come between, in its own words.
        let actor = decision.actor();
        let around = self.around(tx, &actor, &missing).await?;
        let mut refused = HashMap::with_capacity(missing.len());
        for id in missing {
            let task = around.tasks.get(&id);
            let known = task.and_then(|task| Some((task, around.instances.get(&task.instance_id)?)));
            let why = match known {
                Some((task, instance)) => self.refusal_of(&around, decision, &actor, task, instance)?,
                None => Some(EndedItem::failed("NOT_FOUND", "there is no such task")),
            };
            let busy =
                || EndedItem::failed("CONFLICT", "somebody is changing this task at this moment: try again");
            refused.insert(id, why.unwrap_or_else(busy));
        }
        Ok(refused)
    }

    /// Lets go of everything that a batch holds, in the caller's transaction; how many tasks.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_go_in_op(&self, tx: &DatabaseTransaction, batch: Uuid) -> Result<u64, sea_orm::DbErr> {
        store::let_go_of_all(tx, batch).await
    }
}
