//! User tasks: who is asked, and where the round of those who are asked stands.

use serde_json::Value;

use super::approvers::{Asked, Named, Plan, Question, Signer, Source, Surroundings, plan};
use super::change::{Change, Left};
use super::machine::Machine;
use super::round::{Round, Rule, Standing, Verdict};
use super::state::Waits;
use super::{Halt, StepError};
use crate::workflow::expression::Template;
use crate::workflow::model::{
    Counting, MultiInstance, Nobody, Node, NodeType, Repetition, StarterApproves, Strategy, UserTask,
};

impl Machine<'_> {
    /// A token has come to a user task.
    pub(super) fn ask(&mut self, id: u32, node: &Node, task: &UserTask) -> Result<(), Halt> {
        match task.approval.node_type {
            NodeType::User => {}
            NodeType::AutoApprove => {
                return self.settle(id, node, Some(Verdict::Approve), "the node approves by itself");
            }
            NodeType::AutoReject => {
                return self.settle(id, node, Some(Verdict::Reject), "the node rejects by itself");
            }
        }
        let scope = self.token(id)?.scope;
        let many = match &node.repetition {
            Some(Repetition::MultiInstance(many)) => Some(many),
            _ => None,
        };
        let elements = many.map(|many| self.elements(many, node, id)).transpose()?;
        if elements.as_ref().is_some_and(Vec::is_empty) {
            return self.leave(id, Left::Completed);
        }
        let question = self.question(node, task, id, many.zip(elements.as_deref()))?;
        let Some(answer) = self.answer(question) else { return Ok(()) };
        let forced = many.map(|many| if many.is_sequential { Rule::InTurn } else { Rule::Parallel });
        let place = self.state.place_in_bodies(&node.id, scope);
        let around = Surroundings {
            starter: self.facts.starter,
            drawn: self.state.drawn.get(&place).map(String::as_str),
            same_approver: self.model.settings.same_approver,
            state: &self.state,
        };
        let novelty = &mut *self.novelty;
        match plan(&task.approval, &answer, forced, around, &mut |bound| novelty.draw(bound)) {
            Plan::Settle { verdict, reason } => self.settle(id, node, verdict, reason),
            Plan::Ask { signers, rule } => {
                let due = match &task.due {
                    Some(due) => self.text(due, &node.id, id)?,
                    None => None,
                };
                let form = task.form.clone();
                // Nothing has led here: it was put here.
                let is_put = matches!(self.token(id)?.waits, Waits::Nothing { by: None });
                let is_resubmission = is_put && self.model.begins_at(&node.id);
                self.count_asked(node, signers.len())?;
                if let (Counting::Random, [Signer { assignee: Some(drawn), .. }]) =
                    (task.approval.counting, &signers[..])
                {
                    self.state.drawn.insert(place, drawn.clone());
                }
                let mut round = Round::new(rule, u32::try_from(signers.len()).unwrap_or(u32::MAX));
                round.elements = elements.unwrap_or_default();
                if let Some(timeout) = &task.approval.timeout {
                    self.limit_time(id, node, timeout)?;
                }
                self.open(id, round, Asked { signers, rule, due, form, is_resubmission })
            }
        }
    }

    /// Opens a round; those who have approved before are counted at once.
    fn open(&mut self, id: u32, mut round: Round, asked: Asked) -> Result<(), Halt> {
        for signer in asked.signers.iter().filter(|signer| signer.has_approved) {
            round.vote(Verdict::Approve, signer.assignee.as_deref());
        }
        let Some(token) = self.state.token_mut(id) else { return Ok(()) };
        let (node, activity) = (token.node.clone(), token.activity);
        token.waits = Waits::People { round };
        self.changes.extend(activity.map(|activity| Change::Asked { activity, node, asked }));
        match self.standing(id)? {
            Standing::Approved => self.approved(id),
            Standing::Open | Standing::Next | Standing::Rejected => Ok(()),
        }
    }

    /// The starter is asked to mend what was sent back to them.
    pub(super) fn ask_starter(&mut self, id: u32, form: Option<String>) -> Result<(), Halt> {
        let starter = self.facts.starter.ok_or_else(|| {
            StepError::NoReturn("the process was started without a name: there is nobody to return to".into())
        })?;
        let signer = Signer {
            assignee: Some(starter.to_owned()),
            instead_of: None,
            candidates: Vec::new(),
            has_approved: false,
        };
        let asked = Asked { signers: vec![signer], rule: Rule::Any, due: None, form, is_resubmission: true };
        self.open(id, Round::new(Rule::Any, 1), asked)
    }

    /// The node decides without asking anybody.
    pub(super) fn settle(
        &mut self,
        id: u32,
        node: &Node,
        verdict: Option<Verdict>,
        reason: &'static str,
    ) -> Result<(), Halt> {
        let activity = self.token(id)?.activity;
        self.changes.extend(activity.map(|activity| Change::Settled {
            activity,
            node: node.id.clone(),
            verdict,
            reason,
        }));
        match verdict {
            Some(Verdict::Approve) => self.leave(id, Left::Completed),
            Some(Verdict::Reject) => self.rejected(id, Some(reason)),
            None => self.leave(id, Left::Skipped),
        }
    }

    /// Where the round of a user task stands.
    pub(super) fn standing(&self, id: u32) -> Result<Standing, Halt> {
        let token = self.token(id)?;
        let Waits::People { round } = &token.waits else { return Err(StepError::NotWaiting.into()) };
        let node = self.node(&token.node)?;
        let completion = match &node.repetition {
            Some(Repetition::MultiInstance(many)) => many.completion.as_ref(),
            _ => None,
        };
        let heard = round.approved + round.rejected;
        let is_enough = match completion {
            Some(condition) if heard > 0 => {
                let active = if round.rule.is_in_turn() { 1 } else { round.unheard() };
                let counters = [
                    ("nrOfInstances", Value::from(round.total)),
                    ("nrOfActiveInstances", active.min(round.unheard()).into()),
                    ("nrOfCompletedInstances", heard.into()),
                    ("loopCounter", heard.saturating_sub(1).into()),
                ];
                self.is_true(condition, &node.id, id, &counters)?
            }
            _ => false,
        };
        Ok(round.standing(is_enough))
    }

    fn question(
        &mut self,
        node: &Node,
        task: &UserTask,
        id: u32,
        many: Option<(&MultiInstance, &[Value])>,
    ) -> Result<Question, StepError> {
        let source = match (&task.approval.strategy, many) {
            (Some(strategy), None) => self.source(strategy, node, id)?,
            (_, Some((many, elements))) => {
                let mut named = Vec::with_capacity(elements.len());
                for (index, element) in (0u32..).zip(elements) {
                    let mut locals = Self::locals_of(many, element.clone(), index);
                    let own = self.own_of(id, node, &locals)?;
                    // What is evaluated once for all of them sees what the first has.
                    if let (0, Some(token)) = (index, self.state.token_mut(id)) {
                        token.locals.clone_from(&own);
                    }
                    locals.extend(own);
                    let extra: Vec<_> =
                        locals.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
                    named.push(self.named(node, task, id, &extra)?);
                }
                Source::Named(named)
            }
            (None, None) => {
                let named = self.named(node, task, id, &[])?;
                let each = task.approval.counting != Counting::Any;
                if each && named.assignee.is_none() && named.groups.is_empty() {
                    Source::Users(named.users)
                } else {
                    Source::Named(vec![named])
                }
            }
        };
        let fallback = match &task.approval.nobody {
            Nobody::Users(users) => users.clone(),
            Nobody::Approve | Nobody::Reject | Nobody::Administrators => Vec::new(),
        };
        Ok(Question {
            source,
            starter: self.facts.starter.map(str::to_owned),
            needs_leader: task.approval.starter == StarterApproves::Leader,
            fallback,
        })
    }

    fn named(
        &self,
        node: &Node,
        task: &UserTask,
        id: u32,
        extra: &[(&str, Value)],
    ) -> Result<Named, StepError> {
        let failed = |error| StepError::Expression { node: node.id.to_string(), error };
        let seen = self.scoped(id, extra);
        let all = |templates: &[Template]| -> Result<Vec<String>, StepError> {
            let mut found = Vec::new();
            for template in templates {
                found.extend(template.texts(&seen).map_err(failed)?);
            }
            Ok(found)
        };
        let assignee = match &task.assignee {
            Some(assignee) => assignee.text(&seen).map_err(failed)?,
            None => None,
        };
        Ok(Named { assignee, users: all(&task.candidate_users)?, groups: all(&task.candidate_groups)? })
    }

    pub(super) fn source(&self, strategy: &Strategy, node: &Node, id: u32) -> Result<Source, StepError> {
        Ok(match strategy {
            Strategy::Roles(roles) => Source::Roles(roles.clone()),
            Strategy::DepartmentMembers(departments) => Source::Departments(departments.clone()),
            Strategy::DepartmentLeaders(departments) => {
                Source::Leaders { departments: departments.clone(), level: 1 }
            }
            Strategy::Positions(positions) => Source::Positions(positions.clone()),
            Strategy::LeadersUp { departments, levels } => {
                Source::LeadersUp { departments: departments.clone(), levels: *levels }
            }
            Strategy::Users(users) => Source::Users(users.clone()),
            Strategy::ChosenByApprover | Strategy::ChosenByStarter => {
                Source::Users(self.state.chosen.get(node.id.as_ref()).map(texts).unwrap_or_default())
            }
            Strategy::Starter => Source::Users(self.facts.starter.map(str::to_owned).into_iter().collect()),
            Strategy::StarterLeader { level } => Source::StarterLeader { level: *level },
            Strategy::StarterLeadersUp { levels } => Source::StarterLeadersUp { levels: *levels },
            Strategy::Groups(tags) => Source::Tags(tags.clone()),
            Strategy::UserField(field) => Source::Users(self.field(id, field)),
            Strategy::DepartmentField { field, level } => {
                Source::Leaders { departments: self.field(id, field), level: *level }
            }
            Strategy::Expression(template) => {
                let found = template.texts(&self.scoped(id, &[]));
                Source::Users(
                    found.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?,
                )
            }
        })
    }

    /// What a field of the form names.
    fn field(&self, id: u32, field: &str) -> Vec<String> {
        let own = self.state.token(id).and_then(|token| token.locals.get(field));
        own.or_else(|| self.variables.get(field)).map(texts).unwrap_or_default()
    }
}

/// A text, or the texts of a list.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) if !text.is_empty() => vec![text.clone()],
        Value::Array(members) => members.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
