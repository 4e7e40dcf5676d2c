//! Looking at many tasks that somebody wants to decide: what stands against each of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::ConnectionTrait;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::hold::Held;
use super::judge::{Looked, Moment, changed, if_bad_input, of_fault, unreadable};
use super::{BulkAnswer, BulkDecision, BulkItem, store};
use crate::engine::EndedItem;
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};
use crate::storage::entity::{process_instance, task};
use crate::workflow::case::candidates_of;
use crate::workflow::definition::Definition;
use crate::workflow::task::Demands;
use crate::workflow::{Workflow, form, read, variable};

/// What is known of the tasks of a portion.
pub(super) struct Around {
    pub(super) tasks: HashMap<Uuid, task::Model>,
    pub(super) instances: HashMap<Uuid, process_instance::Model>,
    definitions: HashMap<Uuid, Arc<Definition>>,
    suspended: HashSet<Uuid>,
    /// The instances in which the batch has decided already.
    own: HashSet<Uuid>,
    candidates: HashMap<Uuid, Vec<String>>,
    principals: Vec<String>,
}

impl Workflow {
    /// What stands against deciding these tasks, as they are now; in their order. They are all different.
    ///
    /// # Errors
    /// The database's.
    pub async fn look_at_many(
        &self,
        connection: &impl ConnectionTrait,
        decision: &BulkDecision,
        items: Vec<BulkItem>,
    ) -> Result<Vec<Held>, Fault> {
        let actor = decision.actor();
        let around = self.around(connection, decision, &actor, &items).await?;
        items.into_iter().map(|item| self.looked_at(&around, decision, &actor, item)).collect()
    }

    fn looked_at(
        &self,
        around: &Around,
        decision: &BulkDecision,
        actor: &Actor,
        mut item: BulkItem,
    ) -> Result<Held, Fault> {
        let Some(task) = around.tasks.get(&item.task) else {
            return Ok(Held { item, node: None, refused: Some(nowhere()) });
        };
        let instance = around.instances.get(&task.instance_id);
        let instance = instance.ok_or_else(|| Fault::internal("a task without an instance"))?;
        (item.instance, item.root) = (Some(instance.id), Some(instance.root_id));
        let refused = self.refusal_of(around, decision, actor, &item)?;
        let node = around.definitions.get(&instance.id).map(|definition| {
            let name = definition.model.node(&task.node_id).map_or(&task.name, |node| &node.name);
            (definition.row.key.clone(), task.node_id.clone(), name.clone())
        });
        Ok(Held { item, node, refused })
    }

    pub(super) async fn around(
        &self,
        connection: &impl ConnectionTrait,
        decision: &BulkDecision,
        actor: &Actor,
        items: &[BulkItem],
    ) -> Result<Around, Fault> {
        let ids: Vec<_> = items.iter().map(|item| item.task).collect();
        let tasks = self.visible_tasks(actor, &ids).await?;
        let of: Vec<_> =
            tasks.iter().map(|task| task.instance_id).collect::<HashSet<_>>().into_iter().collect();
        let instances = self.instances_by_ids(&of).await?;
        let roots: HashSet<_> = instances.values().map(|instance| instance.root_id).collect();
        let suspended = self.suspended_roots(&roots.into_iter().collect::<Vec<_>>()).await?;
        let open: Vec<_> = tasks.iter().filter(|task| task.claimable).map(|task| task.id).collect();
        // Only what answers a form asks who has filled it in anew.
        let own = match items.iter().any(|item| item.seen.is_some()) {
            true => store::decided_at(connection, decision.batch, of.clone()).await?,
            false => HashSet::new(),
        };
        Ok(Around {
            definitions: self.definitions_of(&of).await?,
            own,
            candidates: candidates_of(connection, &open).await?,
            principals: self.principals(actor).await?,
            tasks: tasks.into_iter().map(|task| (task.id, task)).collect(),
            instances,
            suspended,
        })
    }

    /// Why a task cannot be decided, as it was read; of what nobody may see, that there is none.
    pub(super) fn refusal_of(
        &self,
        around: &Around,
        decision: &BulkDecision,
        actor: &Actor,
        item: &BulkItem,
    ) -> Result<Option<EndedItem>, Fault> {
        let task = around.tasks.get(&item.task);
        let Some((task, instance)) =
            task.and_then(|task| Some((task, around.instances.get(&task.instance_id)?)))
        else {
            return Ok(Some(nowhere()));
        };
        let Some(answer) = item.answer(decision) else { return Ok(Some(unreadable())) };
        let definition = around.definitions.get(&instance.id);
        let model = &definition.ok_or_else(|| Fault::internal("an instance without a definition"))?.model;
        let looked = Looked {
            actor,
            principals: &around.principals,
            task,
            candidates: around.candidates.get(&task.id).map_or(&[], Vec::as_slice),
            instance,
            is_suspended: around.suspended.contains(&instance.root_id),
            model,
            now: self.inner.clock.now(),
        };
        if let Some(refused) = looked.refused(decision, answer, Moment::Creation) {
            return Ok(Some(refused));
        }
        let known = read::known_at(instance, model, task.activity_id)?;
        let is_own = around.own.contains(&instance.id);
        if item.seen.as_ref().is_some_and(|seen| !is_own && *seen != form::mark_of(model, task, &known)) {
            return Ok(Some(changed()));
        }
        match complete(&looked, decision, answer, &known) {
            Ok(()) => Ok(None),
            Err(fault) => if_bad_input(fault).map(Some),
        }
    }
}

/// There is no such task, or none that they may see: which of both is not for everybody to know.
fn nowhere() -> EndedItem {
    of_fault(&Fault::not_found("task"))
}

/// Whether everything comes with the decision that has to.
pub(super) fn complete(
    looked: &Looked<'_>,
    decision: &BulkDecision,
    answer: &BulkAnswer,
    known: &Map<String, Value>,
) -> Result<(), Fault> {
    let Looked { model, task, .. } = *looked;
    Demands::at(model, &task.node_id).check(answer.comment.is_some(), decision.signature.is_some())?;
    variable::check_initiator("formData", &answer.form_data, model)?;
    let signature = decision.signature.map(|file| GlobalId::encode(NodeKind::File, file));
    let filling = looked.filling(answer.verdict);
    let written = form::Written { fields: &answer.form_data, signature: signature.as_deref(), filling };
    form::filled(model, task, known, written).map(drop)
}
