//! Events: what is waited for, and what becomes of it when it happens.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::change::{Change, Left};
use super::machine::Machine;
use super::state::{Holder, Subscription, Waits, Wake};
use super::{Halt, MAX_NAME, StepError};
use crate::workflow::cycle::{self, Cycle, NoCycle};
use crate::workflow::due;
use crate::workflow::expression::Template;
use crate::workflow::model::{ElementId, Node, NodeKind, Timer, Trigger};

/// Whether a text can be the name of an event, or of a kind of work.
pub(super) fn is_name(text: &str) -> bool {
    (1..=MAX_NAME).contains(&text.chars().count())
}

impl Machine<'_> {
    /// A token begins an activity: what is at its border is waited for.
    pub(super) fn attach(&mut self, id: u32, node: &Node) -> Result<(), Halt> {
        for event in self.model.boundaries_of(&node.id) {
            if let NodeKind::Boundary(boundary) = &event.kind {
                self.subscribe(event, &boundary.trigger, Holder::Token(id))?;
            }
        }
        Ok(())
    }

    /// A scope begins: its event subprocesses wait for what starts them. `owner` is its subprocess; none
    /// for the process itself.
    pub(super) fn attach_to_scope(&mut self, scope: u32, owner: Option<&str>) -> Result<(), Halt> {
        for event in self.model.event_starts_in(owner) {
            if let NodeKind::EventStart(start) = &event.kind {
                self.subscribe(event, &start.trigger, Holder::Scope(scope))?;
            }
        }
        Ok(())
    }

    /// A token waits for an event.
    pub(super) fn catch(&mut self, id: u32, node: &Node, trigger: &Trigger) -> Result<(), Halt> {
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Event;
        }
        self.subscribe(node, trigger, Holder::Token(id))
    }

    /// A token waits for the first of the events behind a gateway.
    pub(super) fn wait_for_first(&mut self, id: u32, gateway: &Node) -> Result<(), Halt> {
        if let Some(token) = self.state.token_mut(id) {
            token.waits = Waits::Event;
        }
        for flow in &gateway.outgoing {
            let event = self.node(&self.target_of(flow)?)?;
            if let NodeKind::Catch(trigger) = &event.kind {
                self.subscribe(event, trigger, Holder::Token(id))?;
            }
        }
        Ok(())
    }

    pub(super) fn subscribe(&mut self, event: &Node, trigger: &Trigger, holder: Holder) -> Result<(), Halt> {
        let (Holder::Token(from) | Holder::Scope(from)) = holder;
        let wake = match trigger {
            Trigger::Timer(timer) => self.timer(event, timer, from)?,
            Trigger::Message(name) => Wake::Message { name: self.name_of(name, event, from)? },
            Trigger::Signal(name) => Wake::Signal { name: self.name_of(name, event, from)? },
            Trigger::Condition(_) => Wake::Condition { holds: false },
            // Whoever throws one looks for who catches it.
            Trigger::Error(_) | Trigger::Escalation(_) => return Ok(()),
        };
        let id = self.novelty.id();
        self.hold(Subscription { id, node: event.id.clone(), holder, wake });
        Ok(())
    }

    pub(super) fn hold(&mut self, subscription: Subscription) {
        self.state.subscriptions.push(subscription.clone());
        self.changes.push(Change::Subscribed(subscription));
    }

    /// Waits no longer for what is gone.
    pub(super) fn unsubscribe(&mut self, is_gone: impl Fn(&Subscription) -> bool) {
        for subscription in self.state.subscriptions.extract_if(.., |one| is_gone(one)) {
            self.changes.push(Change::Unsubscribed { id: subscription.id });
        }
    }

    pub(super) fn name_of(&self, name: &Template, event: &Node, from: u32) -> Result<String, StepError> {
        let text = self.text(name, &event.id, from)?.filter(|text| is_name(text));
        text.ok_or_else(|| StepError::Nameless(event.id.to_string()))
    }

    fn timer(&self, event: &Node, timer: &Timer, from: u32) -> Result<Wake, StepError> {
        let (Timer::Date(text) | Timer::Duration(text) | Timer::Cycle(text)) = timer;
        let wrong = |reason: String| StepError::Timer { node: event.id.to_string(), reason };
        let text = self.text(text, &event.id, from)?;
        let text = text.ok_or_else(|| wrong("its timer has no value".to_owned()))?;
        let now = self.facts.now;
        match timer {
            Timer::Date(_) | Timer::Duration(_) => {
                let at = due::parse(&text, now).map_err(|error| wrong(error.to_string()))?;
                Ok(Wake::Timer { at, every: None, more: Some(0) })
            }
            Timer::Cycle(_) => {
                let cycle = Cycle::parse(&text).map_err(|error| wrong(error.to_string()))?;
                let at = cycle.first(now).map_err(|error| wrong(error.to_string()))?;
                let more = cycle.times.map(|times| times.saturating_sub(1));
                Ok(Wake::Timer { at, every: Some(cycle.interval), more })
            }
        }
    }

    /// What was waited for has happened.
    pub(super) fn trigger(&mut self, id: Uuid, variables: &Map<String, Value>) -> Result<(), Halt> {
        let found = self.state.subscriptions.iter().find(|one| one.id == id).cloned();
        let found = found.ok_or(StepError::NotWaiting)?;
        for (name, value) in variables {
            match found.holder {
                // What a token itself waits for comes to it.
                Holder::Token(id)
                    if self.model.boundaries_of(&self.token(id)?.node).all(|one| one.id != found.node) =>
                {
                    self.assign(id, name.clone(), value.clone());
                }
                _ => drop(self.variables.insert(name.clone(), value.clone())),
            }
        }
        self.happened(&found)
    }

    fn happened(&mut self, subscription: &Subscription) -> Result<(), Halt> {
        let event = self.node(&subscription.node)?;
        match (&event.kind, subscription.holder) {
            (NodeKind::Boundary(boundary), Holder::Token(host)) => {
                if !boundary.is_interrupting {
                    self.renew(subscription)?;
                }
                self.pass_border(host, event, boundary.is_interrupting)
            }
            (NodeKind::EventStart(start), Holder::Scope(scope)) => {
                if !start.is_interrupting {
                    self.renew(subscription)?;
                }
                self.begin_event_subprocess(scope, event, start.is_interrupting)
            }
            (NodeKind::User(task), Holder::Token(id)) => self.timed_out(id, event, task, subscription),
            (_, Holder::Token(id)) => self.caught(id, event),
            (_, Holder::Scope(_)) => Err(StepError::NotWaiting.into()),
        }
    }

    /// A token has waited for an event, at it or at the gateway before it.
    fn caught(&mut self, id: u32, event: &Node) -> Result<(), Halt> {
        let token = self.token(id)?.clone();
        if token.node != event.id {
            let gateway = self.node(&token.node)?;
            let leads_there = |flow: &&ElementId| self.target_of(flow).is_ok_and(|to| to == event.id);
            let by = gateway.outgoing.iter().find(leads_there).cloned();
            self.record_leave(id, Left::Completed);
            if let Some(token) = self.state.token_mut(id) {
                token.node = event.id.clone();
            }
            self.record_entry(id, &event.id, by);
            self.take_own(id, event)?;
        }
        self.leave(id, Left::Completed)
    }

    /// What does not interrupt can happen again: a message or a signal as often as it comes, a timer as
    /// often as it says. What it missed while nobody looked is made up once.
    pub(super) fn renew(&mut self, subscription: &Subscription) -> Result<(), StepError> {
        let Subscription { id, node, holder, wake } = subscription;
        let Wake::Timer { at, every, more } = wake else { return Ok(()) };
        self.unsubscribe(|one| one.id == *id);
        let (Some(every), false) = (every, *more == Some(0)) else { return Ok(()) };
        let wrong = |error: NoCycle| StepError::Timer { node: node.to_string(), reason: error.to_string() };
        let next = cycle::again(every, *at, self.facts.now).map_err(wrong)?;
        let more = more.map(|more| more.saturating_sub(1));
        let wake = Wake::Timer { at: next, every: Some(every.clone()), more };
        let id = self.novelty.id();
        self.hold(Subscription { id, node: node.clone(), holder: *holder, wake });
        Ok(())
    }

    /// An event at the border of the activity that a token is at has happened.
    pub(super) fn pass_border(&mut self, host: u32, event: &Node, is_interrupting: bool) -> Result<(), Halt> {
        let scope = self.token(host)?.scope;
        if is_interrupting {
            self.sweep(host, Left::Cancelled);
        }
        self.place(scope, event.id.clone(), None, false);
        Ok(())
    }

    pub(super) fn begin_event_subprocess(
        &mut self,
        scope: u32,
        start: &Node,
        is_interrupting: bool,
    ) -> Result<(), Halt> {
        let subprocess = start.parent.clone();
        let subprocess = subprocess.ok_or_else(|| StepError::UnknownElement(start.id.to_string()))?;
        if is_interrupting {
            self.clear(scope, Left::Cancelled);
            self.unsubscribe(|one| one.holder == Holder::Scope(scope));
        }
        self.place(scope, subprocess, None, false);
        Ok(())
    }

    /// Lets one event go on whose condition has become true; whether there was one.
    pub(super) fn fire_conditions(&mut self) -> Result<bool, Halt> {
        for place in 0..self.state.subscriptions.len() {
            let subscription = self.state.subscriptions[place].clone();
            let Wake::Condition { holds } = subscription.wake else { continue };
            let event = self.node(&subscription.node)?;
            let condition = match &event.kind {
                NodeKind::Catch(Trigger::Condition(condition)) => condition,
                NodeKind::Boundary(boundary) => match &boundary.trigger {
                    Trigger::Condition(condition) => condition,
                    _ => continue,
                },
                NodeKind::EventStart(start) => match &start.trigger {
                    Trigger::Condition(condition) => condition,
                    _ => continue,
                },
                _ => continue,
            };
            let (Holder::Token(from) | Holder::Scope(from)) = subscription.holder;
            let is_true = self.is_true(condition, &event.id, from, &[])?;
            self.state.subscriptions[place].wake = Wake::Condition { holds: is_true };
            if is_true && !holds {
                self.happened(&subscription)?;
                return Ok(true);
            }
        }
        Ok(false)
    }
}
