//! The service of approvals, put together.

use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use super::case::Committed;
use super::definition::Definitions;
use super::execution::ADMINISTRATORS;
use super::live::{InboxJournal, InstanceJournal};
use super::webhook::{Known, WebhookSender};
use crate::directory::{Directory, Principal};
use crate::events::{Bus, Feed};
use crate::files::Files;
use crate::kernel::{Actor, Clock, Failpoints, Fault, Role};
use crate::storage::Db;

/// The most names under which tasks can be somebody's.
const MAX_PRINCIPALS: usize = 200;

/// What a second factor confirms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirming {
    /// The decision of this task.
    Task(Uuid),
    /// One decision, or a sheet of them, over many tasks: once for all of them.
    Batch,
}

/// Checks the ticket of a second factor that a decision carries.
#[async_trait]
pub trait SecondFactor: Send + Sync + 'static {
    /// Whether `ticket` shows that `actor` has confirmed this decision. Called with no lock held.
    ///
    /// # Errors
    /// `FORBIDDEN` at `twoFactorTicket` where it does not.
    async fn check(&self, actor: &Actor, what: Confirming, ticket: &str) -> Result<(), Fault>;
}

/// Where nobody gives out tickets: none is good.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoSecondFactor;

#[async_trait]
impl SecondFactor for NoSecondFactor {
    async fn check(&self, _: &Actor, _: Confirming, _: &str) -> Result<(), Fault> {
        Err(Fault::forbidden("no second factor is set up on this server: ask whoever runs it")
            .with("field", "twoFactorTicket".into()))
    }
}

/// What the service is made of.
pub struct WorkflowParts {
    /// Where the truth is.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Tells of it.
    pub bus: Arc<dyn Bus>,
    /// Who there is.
    pub directory: Directory,
    /// What is attached to decisions.
    pub files: Files,
    /// Checks second factors.
    pub second_factor: Arc<dyn SecondFactor>,
    /// Brings messages to webhooks.
    pub sender: Arc<dyn WebhookSender>,
    /// Makes random bytes for secrets.
    pub random: fn() -> [u8; 32],
    /// Draws a number below the given one, which is at least 1.
    pub draw: fn(usize) -> usize,
    /// Where a test lets the program die.
    pub failpoints: Failpoints,
}

/// The service of approvals. Cheap to clone.
#[derive(Clone)]
pub struct Workflow {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub bus: Arc<dyn Bus>,
    pub directory: Directory,
    pub files: Files,
    pub definitions: Definitions,
    pub instances: Arc<Feed<InstanceJournal>>,
    pub inboxes: Arc<Feed<InboxJournal>>,
    pub second_factor: Arc<dyn SecondFactor>,
    pub sender: Arc<dyn WebhookSender>,
    pub hooks: Known,
    pub random: fn() -> [u8; 32],
    pub draw: fn(usize) -> usize,
    pub failpoints: Failpoints,
}

impl Workflow {
    /// The service. Must be called within a runtime.
    pub fn new(parts: WorkflowParts) -> Self {
        let definitions = Definitions::new(parts.db.clone(), parts.clock.clone(), parts.bus.clone());
        let instances = Feed::new(InstanceJournal::new(parts.db.clone()), parts.bus.as_ref());
        let inboxes = Feed::new(InboxJournal::new(parts.db.clone()), parts.bus.as_ref());
        Self {
            inner: Arc::new(Inner {
                instances,
                inboxes,
                db: parts.db,
                clock: parts.clock,
                bus: parts.bus,
                directory: parts.directory,
                files: parts.files,
                definitions,
                second_factor: parts.second_factor,
                sender: parts.sender,
                hooks: Known::default(),
                random: parts.random,
                draw: parts.draw,
                failpoints: parts.failpoints,
            }),
        }
    }

    /// The definitions.
    pub fn definitions(&self) -> &Definitions {
        &self.inner.definitions
    }

    /// Tells those who watch.
    pub(super) fn committed(&self, committed: Committed) {
        for signal in committed.signals {
            self.inner.bus.publish(signal);
        }
    }

    /// Under which names tasks can be an actor's: their own first, then what their role makes them, then
    /// their groups by name; at most 200. Of whoever is in more groups the last do not count, nowhere.
    pub(super) async fn principals(&self, actor: &Actor) -> Result<Vec<String>, Fault> {
        let groups = self.inner.directory.principals_of(&actor.user_id).await?;
        Ok(principals(actor, groups.iter().map(ToString::to_string)))
    }
}

fn principals(actor: &Actor, groups: impl Iterator<Item = String>) -> Vec<String> {
    let own = user_principal(&actor.user_id);
    let administrators = actor.has_role(Role::Admin).then(|| ADMINISTRATORS.to_owned());
    let mut groups: Vec<_> = groups.filter(|group| *group != own).collect();
    groups.sort_unstable();
    std::iter::once(own).chain(administrators).chain(groups).take(MAX_PRINCIPALS).collect()
}

/// The name under which tasks are a user's own.
pub(super) fn user_principal(user: &str) -> String {
    Principal::User(user.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_name_and_role_come_before_all_groups() {
        let groups = || (0..300).rev().map(|number| format!("role:r{number:03}"));
        let somebody = |role| Actor { user_id: "zoe".into(), name: "Zoe".into(), role, plan: None };
        let of_user = principals(&somebody(Role::User), groups());
        assert_eq!((of_user.len(), &of_user[..2]), (200, &["user:zoe".to_owned(), "role:r000".into()][..]));
        let of_admin = principals(&somebody(Role::Admin), groups());
        assert_eq!(
            (of_admin.len(), &of_admin[..2]),
            (200, &["user:zoe".to_owned(), ADMINISTRATORS.into()][..])
        );
    }
}
