//! What is thrown within a process, and who catches it.

use super::change::{Change, Ending, Left};
use super::machine::Machine;
use super::state::ROOT;
use super::{Halt, StepError};
use crate::workflow::model::{Node, NodeKind, Throw, Trigger};

/// What is thrown within a process, up from where it was thrown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thrown<'a> {
    Error(&'a str),
    Escalation(&'a str),
}

impl Machine<'_> {
    /// A token tells something.
    pub(super) fn throw(&mut self, id: u32, node: &Node, throw: &Throw) -> Result<(), Halt> {
        let scope = self.token(id)?.scope;
        match throw {
            Throw::Nothing => {}
            Throw::Message(name) => {
                let name = self.name_of(name, node, id)?;
                self.changes.push(Change::MessageThrown { name });
            }
            Throw::Signal(name) => {
                let name = self.name_of(name, node, id)?;
                self.changes.push(Change::SignalThrown { name });
            }
            Throw::Escalation(code) => {
                self.rise(scope, Thrown::Escalation(code))?;
                // Whoever has caught it may have ended what is here.
                if self.state.token(id).is_none() {
                    return Ok(());
                }
            }
            Throw::Error(code) => {
                self.record_leave(id, Left::Completed);
                self.remove(id);
                return self.rise(scope, Thrown::Error(code));
            }
        }
        self.leave(id, Left::Completed)
    }

    /// An error has come up at the activity that a token is at.
    pub(super) fn fail_at(&mut self, id: u32, code: &str) -> Result<(), Halt> {
        let token = self.token(id)?.clone();
        if !token.is_body
            && let Some((event, is_interrupting)) = self.catcher_at(&token.node, Thrown::Error(code))
        {
            self.tell_code(event, Thrown::Error(code));
            return self.pass_border(id, event, is_interrupting);
        }
        self.rise(token.scope, Thrown::Error(code))
    }

    /// Looks for whoever catches what was thrown in a scope: an event subprocess in it, or else an event
    /// at the border of what it belongs to, and so on outwards. An error that nobody catches ends the
    /// process; an escalation has told whoever cared.
    fn rise(&mut self, mut scope: u32, thrown: Thrown<'_>) -> Result<(), Halt> {
        let mut comes_from_handler = false;
        loop {
            // What goes wrong in an event subprocess is not for those beside it.
            if !comes_from_handler && let Some((start, is_interrupting)) = self.handler_in(scope, thrown)? {
                self.tell_code(start, thrown);
                return self.begin_event_subprocess(scope, start, is_interrupting);
            }
            let Some(owner) = self.state.scope(scope).map(|scope| scope.owner) else { break };
            let token = self.token(owner)?.clone();
            if !token.is_body
                && let Some((event, is_interrupting)) = self.catcher_at(&token.node, thrown)
            {
                self.tell_code(event, thrown);
                return self.pass_border(owner, event, is_interrupting);
            }
            comes_from_handler = matches!(self.node(&token.node)?.kind, NodeKind::EventSubprocess);
            scope = token.scope;
        }
        if let Thrown::Error(code) = thrown {
            self.clear(ROOT, Left::Cancelled);
            self.ending = Some(Ending::Failed { code: code.to_owned() });
        }
        Ok(())
    }

    /// Gives the variable that an event names the code that it has caught.
    fn tell_code(&mut self, event: &Node, thrown: Thrown<'_>) {
        let (Thrown::Error(code) | Thrown::Escalation(code)) = thrown;
        if let Some(variable) = &event.code_variable {
            self.variables.insert(variable.clone(), code.into());
        }
    }
}

impl<'a> Machine<'a> {
    /// The event at the border of an activity that catches this, and whether it interrupts.
    fn catcher_at(&self, host: &str, thrown: Thrown<'_>) -> Option<(&'a Node, bool)> {
        let events = self.model.boundaries_of(host).filter_map(|event| match &event.kind {
            NodeKind::Boundary(boundary) => Some((event, &boundary.trigger, boundary.is_interrupting)),
            _ => None,
        });
        best(events, thrown)
    }

    /// The start of the event subprocess in a scope that catches this, and whether it interrupts.
    fn handler_in(&self, scope: u32, thrown: Thrown<'_>) -> Result<Option<(&'a Node, bool)>, StepError> {
        let owner = match self.state.scope(scope) {
            Some(scope) => Some(self.token(scope.owner)?.node.clone()),
            None => None,
        };
        let events = self.model.event_starts_in(owner.as_deref()).filter_map(|event| match &event.kind {
            NodeKind::EventStart(start) => Some((event, &start.trigger, start.is_interrupting)),
            _ => None,
        });
        Ok(best(events, thrown))
    }
}

/// Who names the code goes before who catches any.
fn best<'a>(
    events: impl Iterator<Item = (&'a Node, &'a Trigger, bool)>,
    thrown: Thrown<'_>,
) -> Option<(&'a Node, bool)> {
    let mut any = None;
    for (event, trigger, is_interrupting) in events {
        let ((Trigger::Error(caught), Thrown::Error(code))
        | (Trigger::Escalation(caught), Thrown::Escalation(code))) = (trigger, thrown)
        else {
            continue;
        };
        match caught.as_deref() {
            Some(caught) if caught == code => return Some((event, is_interrupting)),
            Some(_) => {}
            None => any = any.or(Some((event, is_interrupting))),
        }
    }
    any
}
