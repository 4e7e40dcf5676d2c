//! Work of machines: what a token waits for that no person and no event brings.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::change::{Change, JobRequest, Left};
use super::events::is_name;
use super::machine::Machine;
use super::state::{Holder, Waits};
use super::{Halt, StepError};
use crate::workflow::expression::{Template, kind_of};
use crate::workflow::model::{HttpCall, Mapping, Node, NodeKind, ScriptTask, Service, Trigger, Wait, Work};
use crate::workflow::variable;

/// The topic of calls over HTTP, which we make ourselves.
const HTTP_TOPIC: &str = "http";

/// What may stand in any part of an address.
fn percent_encoded(text: &str) -> String {
    // `+` for a blank is understood in queries alone.
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

impl Machine<'_> {
    /// A token comes to a task that a machine does.
    pub(super) fn serve(&mut self, id: u32, node: &Node, service: &Service) -> Result<(), Halt> {
        match &service.work {
            Work::External(external) => {
                let topic = self.text(&external.topic, &node.id, id)?.filter(|topic| is_name(topic));
                let topic = topic.ok_or_else(|| StepError::Nameless(node.id.to_string()))?;
                let mut inputs = self.locals(id);
                inputs.extend(self.inputs(&service.inputs, &node.id, id)?);
                return self.wait_for_job(id, node, topic, inputs);
            }
            Work::Http(call) => return self.call_out(id, node, service, call),
            Work::Value { expression, result } => {
                let found = expression.evaluate(&self.scoped(id, &[]));
                let value =
                    found.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?;
                if let Some(name) = result {
                    self.assign(id, name.clone(), value);
                }
            }
            Work::Message(name) => {
                let name = self.name_of(name, node, id)?;
                self.changes.push(Change::MessageThrown { name });
            }
        }
        self.leave(id, Left::Completed)
    }

    /// A token comes to a call over HTTP; it waits, or goes on at once.
    fn call_out(&mut self, id: u32, node: &Node, service: &Service, call: &HttpCall) -> Result<(), Halt> {
        let failed = |error| StepError::Expression { node: node.id.to_string(), error };
        let seen = self.scoped(id, &[]);
        let url = call.url.encoded(&seen, percent_encoded).map_err(failed)?;
        let mut headers = Vec::with_capacity(call.headers.len());
        for (name, value) in &call.headers {
            headers.push(json!([name, value.text(&seen).map_err(failed)?.unwrap_or_default()]));
        }
        let body = match &service.inputs[..] {
            [] => Value::Null,
            inputs => Value::Object(self.inputs(inputs, &node.id, id)?),
        };
        let within = match &call.wait {
            Wait::Callback { within } => Some(within),
            Wait::Answer | Wait::Nothing => None,
        };
        let request = json!({
            "method": call.method,
            "url": url,
            "headers": headers,
            "body": body,
            "wait": call.wait.as_str(),
            "within": within,
            "timeout": call.timeout,
        });
        let Value::Object(request) = request else { return Err(StepError::NotWaiting.into()) };
        self.wait_for_job(id, node, HTTP_TOPIC.to_owned(), request)?;
        if call.wait == Wait::Nothing {
            return self.leave(id, Left::Completed);
        }
        Ok(())
    }

    fn wait_for_job(
        &mut self,
        id: u32,
        node: &Node,
        topic: String,
        inputs: Map<String, Value>,
    ) -> Result<(), Halt> {
        let job = self.novelty.id();
        let activity = self.token(id)?.activity.ok_or(StepError::NotWaiting)?;
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Job { job };
        }
        let request = JobRequest { job, activity, node: node.id.clone(), topic, inputs };
        self.changes.push(Change::JobCreated(request));
        Ok(())
    }

    /// A token comes to a task that waits for a message.
    pub(super) fn receive(&mut self, id: u32, node: &Node, name: &Template) -> Result<(), Halt> {
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Event;
        }
        self.subscribe(node, &Trigger::Message(name.clone()), Holder::Token(id))
    }

    /// A token comes to a task that is worked out at once.
    pub(super) fn script(&mut self, id: u32, node: &Node, task: &ScriptTask) -> Result<(), Halt> {
        let found = task.script.evaluate(&self.scoped(id, &[]));
        let value = found.map_err(|error| StepError::Expression { node: node.id.to_string(), error })?;
        match (&task.result, value) {
            (Some(name), value) => self.assign(id, name.clone(), value),
            (None, Value::Object(members)) => {
                variable::check_names("script", &members).map_err(|fault| StepError::Script {
                    node: node.id.to_string(),
                    reason: fault.message().to_owned(),
                })?;
                for (name, value) in members {
                    self.assign(id, name, value);
                }
            }
            (None, Value::Null) => {}
            (None, other) => {
                let (node, kind) = (node.id.to_string(), kind_of(&other));
                let reason =
                    format!("{kind} is no object whose members are variables: name a resultVariable");
                return Err(StepError::Script { node, reason }.into());
            }
        }
        self.leave(id, Left::Completed)
    }

    /// A machine has done what a token waits for.
    pub(super) fn job_done(&mut self, job: Uuid, answer: &Map<String, Value>) -> Result<(), Halt> {
        let (id, node) = self.waiting_for(job)?;
        let (outputs, call) = match &node.kind {
            NodeKind::Service(service) => match &service.work {
                Work::Http(call) => (&service.outputs[..], Some(call)),
                _ => (&service.outputs[..], None),
            },
            _ => (&[][..], None),
        };
        match call {
            Some(call) => {
                let body = answer.get("body").cloned().unwrap_or_default();
                if let Some(name) = &call.result {
                    self.assign(id, name.clone(), body);
                }
            }
            None if outputs.is_empty() => {
                for (name, value) in answer {
                    self.assign(id, name.clone(), value.clone());
                }
            }
            None => {}
        }
        self.take_outputs(id, &node.id, outputs, answer)?;
        self.leave(id, Left::Completed)
    }

    /// A machine's work has ended with an error of the model.
    pub(super) fn job_error(
        &mut self,
        job: Uuid,
        code: &str,
        variables: &Map<String, Value>,
    ) -> Result<(), Halt> {
        let (id, _) = self.waiting_for(job)?;
        self.variables.extend(variables.clone());
        // The job has ended: what takes the token away does not cancel it.
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Nothing { by: None };
        }
        self.fail_at(id, code)
    }

    /// What something begins with that is done elsewhere.
    pub(super) fn inputs(
        &self,
        inputs: &[Mapping],
        node: &str,
        id: u32,
    ) -> Result<Map<String, Value>, StepError> {
        let value = |mapping: &Mapping| {
            let found = mapping.source.evaluate(&self.scoped(id, &[]));
            let found = found.map_err(|error| StepError::Expression { node: node.to_owned(), error })?;
            Ok((mapping.target.clone(), found))
        };
        inputs.iter().map(value).collect()
    }
}

impl<'a> Machine<'a> {
    /// The token that waits for a job, and where.
    fn waiting_for(&self, job: Uuid) -> Result<(u32, &'a Node), StepError> {
        let waits = Waits::Job { job };
        let token = self.state.tokens.iter().find(|token| token.waits == waits);
        let token = token.ok_or(StepError::NotWaiting)?;
        Ok((token.id, self.node(&token.node)?))
    }
}
