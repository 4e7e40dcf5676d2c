//! Getting a decision ready: looked at, confirmed, and agreed to by the webhooks that are asked.

use serde_json::{Value, json};
use uuid::Uuid;

use super::acting::{Acting, said};
use super::decide::{Decide, Decision};
use super::demands::Demands;
use super::rules::Action;
use crate::files::StoredFile;
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};
use crate::storage::entity::task;
use crate::workflow::read::Located;
use crate::workflow::webhook::{HookAction, Question, Seen, ask, check_asked};
use crate::workflow::{Confirming, Workflow, form, variable};

/// A decision with everything looked at that does not need the lock.
#[derive(Debug, Clone)]
pub(in crate::workflow) struct Prepared {
    pub reason: Option<String>,
    /// What the history has beside the reason.
    pub data: Option<Value>,
}

impl Workflow {
    /// Takes a task in hand for who decides it, with what comes with the decision taken in.
    ///
    /// # Errors
    /// As [`approve`](Self::approve); `FORBIDDEN` also where a webhook refuses it.
    pub(super) async fn prepare(
        &self,
        actor: &Actor,
        id: Uuid,
        action: HookAction,
        to: Option<&str>,
        decide: &Decide,
    ) -> Result<(Acting, Prepared), Fault> {
        let reason = said("comment", decide.comment.clone())?;
        variable::check_names("formData", &decide.form_data)?;
        variable::check_chosen("approvers", &decide.approvers)?;
        let attachments = self.attachments(actor, &decide.attachments).await?;
        let signature = self.signature(actor, decide.signature).await?;
        let prepared = Prepared { reason, data: papers(&signature, &attachments) };
        let (located, principals) = self.locate(actor, id).await?;
        self.confirm(actor, id, &located, decide).await?;
        let begin = async || -> Result<Acting, Fault> {
            let located = located.clone();
            let mut acting = self.act_on(actor, id, action.into(), located, &principals).await?;
            acting.decision().fill_in(action.into(), decide, &prepared, !signature.is_empty())?;
            Ok(acting)
        };
        let acting = begin().await?;
        let definition = acting.case.definition(acting.instance)?.clone();
        let hooks = acting.case.webhooks().await?.asked(action, &definition.row.key);
        if hooks.is_empty() {
            return Ok((acting, prepared));
        }
        let (task, instance) = (acting.task_row()?.clone(), acting.case.instance(acting.instance)?.clone());
        let seen = Seen::of(&task, &instance);
        // Nobody waits for a lock of ours while others are asked.
        acting.case.give_up().await?;
        let question = Question {
            action,
            actor: &actor.user_id,
            task: &task,
            instance: &instance,
            definition: &definition.row,
            comment: prepared.reason.as_deref(),
            form_data: &decide.form_data,
            approvers: &decide.approvers,
            to,
        };
        ask(&self.inner, &hooks, &question).await?;
        let acting = begin().await?;
        // Whoever is to be asked since then has not been.
        check_asked(&hooks, &acting.case.webhooks().await?.asked(action, &definition.row.key))?;
        seen.check(acting.task_row()?, acting.case.instance(acting.instance)?)?;
        Ok((acting, prepared))
    }
}

impl Workflow {
    /// The signature of a decision, which must be the actor's own file; none where there is none.
    ///
    /// # Errors
    /// `BAD_INPUT` at `signature`.
    pub(in crate::workflow) async fn signature(
        &self,
        actor: &Actor,
        file: Option<Uuid>,
    ) -> Result<Vec<StoredFile>, Fault> {
        let Some(file) = file else { return Ok(Vec::new()) };
        self.attachments(actor, &[file]).await.map_err(|fault| fault.with("field", "signature".into()))
    }

    /// Looks at what its node has to do with a decision before anything is locked: whether its approvers
    /// are the actor's to choose, and where the node demands that, whether a second factor confirms it.
    async fn confirm(
        &self,
        actor: &Actor,
        id: Uuid,
        located: &Located,
        decide: &Decide,
    ) -> Result<(), Fault> {
        let definition = self.inner.definitions.by_id(located.definition).await?;
        self.check_choice(&definition, &located.node, &decide.approvers).await?;
        if !Demands::at(&definition.model, &located.node).second_factor {
            return Ok(());
        }
        let missing =
            || Fault::bad_input("twoFactorTicket", "this decision has to be confirmed by a second factor");
        let ticket = decide.two_factor_ticket.as_deref().ok_or_else(missing)?;
        self.inner.second_factor.check(actor, Confirming::Task(id), ticket).await
    }
}

impl form::Filling {
    /// How much of a task's form has to be right for who does this with it.
    pub(in crate::workflow) fn of(action: Action, task: &task::Model) -> Self {
        // Whoever gives an opinion on what was delegated to them decides nothing.
        if action == Action::Approve && !task.delegated { Self::Complete } else { Self::Partial }
    }
}

impl From<HookAction> for Action {
    fn from(action: HookAction) -> Self {
        match action {
            HookAction::Approve => Self::Approve,
            HookAction::Reject => Self::Reject,
            HookAction::Return => Self::Return,
        }
    }
}

impl Decision<'_> {
    /// Takes what comes with a decision in, where the node and its form let it.
    ///
    /// # Errors
    /// `BAD_INPUT` at what is missing or wrong; then nothing is taken in.
    pub(in crate::workflow) fn fill_in(
        &mut self,
        action: Action,
        decide: &Decide,
        prepared: &Prepared,
        is_signed: bool,
    ) -> Result<(), Fault> {
        let definition = self.case.definition(self.instance)?.clone();
        variable::check_initiator("formData", &decide.form_data, &definition.model)?;
        let row = self.task_row()?.clone();
        Demands::at(&definition.model, &row.node_id).check(prepared.reason.is_some(), is_signed)?;
        let filling = form::Filling::of(action, &row);
        let known = self.case.seen_at(self.instance, row.activity_id)?;
        let signature = decide.signature.map(|file| GlobalId::encode(NodeKind::File, file));
        let written = form::Written { fields: &decide.form_data, signature: signature.as_deref(), filling };
        let filled = form::filled(&definition.model, &row, &known, written)?;
        if !filled.is_empty() {
            self.case.bring(&row, filled)?;
        }
        if !decide.approvers.is_empty() {
            self.case.choose(self.instance, decide.approvers.clone())?;
        }
        Ok(())
    }
}

/// The signature and the attachments as the history has them.
pub(in crate::workflow) fn papers(signature: &[StoredFile], attachments: &[StoredFile]) -> Option<Value> {
    if signature.is_empty() && attachments.is_empty() {
        return None;
    }
    let file = |file: &StoredFile| json!({ "id": file.id, "name": file.name });
    let attachments: Vec<_> = attachments.iter().map(file).collect();
    Some(json!({ "signature": signature.first().map(file), "attachments": attachments }))
}
