//! What the instances of a case wait for, and what they tell.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QuerySelect as _, QueryTrait as _,
};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Case;
use crate::events::Signal;
use crate::storage::bulk::{Column, Rows, insert_many};
use crate::storage::entity::{event_subscription, event_thrown, process_instance};
use crate::workflow::event::withdraw_in_op;
use crate::workflow::execution::{Subscription, Wake};

/// What kind of event something is, as the database and the API have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A time.
    Timer,
    /// Told to one instance.
    Message,
    /// Told to all.
    Signal,
}

impl EventKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Timer, Self::Message, Self::Signal];

    /// The word in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timer => "TIMER",
            Self::Message => "MESSAGE",
            Self::Signal => "SIGNAL",
        }
    }

    /// The kind of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Case {
    pub(super) fn subscribe(&mut self, place: usize, subscription: Subscription) {
        let (kind, name, due_at) = match subscription.wake {
            Wake::Timer { at, .. } => (EventKind::Timer, None, Some(at)),
            Wake::Message { name } => (EventKind::Message, Some(name), None),
            Wake::Signal { name } => (EventKind::Signal, Some(name), None),
            // Nobody tells of it: each step looks for itself.
            Wake::Condition { .. } => return,
        };
        let row = &self.hands[place].row;
        self.subscribed.push(event_subscription::Model {
            id: subscription.id,
            root_id: row.root_id,
            instance_id: row.id,
            node_id: subscription.node.to_string(),
            kind: kind.as_str().to_owned(),
            name,
            due_at,
            run_id: None,
            created_at: self.now,
        });
    }

    pub(super) fn unsubscribe(&mut self, id: Uuid) {
        match self.subscribed.iter().position(|row| row.id == id) {
            // Begun and ended in one operation.
            Some(place) => drop(self.subscribed.swap_remove(place)),
            None => self.unsubscribed.push(id),
        }
    }

    pub(super) fn throw(&mut self, place: usize, kind: EventKind, name: String) {
        let key = self.hands[place].row.business_key.clone();
        self.tell(kind, name, key.filter(|_| kind == EventKind::Message), "{}".to_owned());
    }

    /// A message is told once more, to whoever waits for it then.
    pub fn throw_again(&mut self, name: String, key: Option<String>, variables: &Map<String, Value>) {
        let variables = serde_json::to_string(variables).unwrap_or_default();
        self.tell(EventKind::Message, name, key, variables);
    }

    fn tell(&mut self, kind: EventKind, name: String, business_key: Option<String>, variables: String) {
        self.thrown.push(event_thrown::Model {
            id: Uuid::now_v7(),
            kind: kind.as_str().to_owned(),
            name,
            business_key,
            variables,
            subscription_id: None,
            created_at: self.now,
        });
    }

    /// Timers that came due while the tree was suspended are handed out again.
    ///
    /// # Errors
    /// The database's.
    pub async fn rearm_timers(&mut self, root: Uuid) -> Result<(), DbErr> {
        let of_tree = process_instance::Entity::find()
            .select_only()
            .column(process_instance::Column::Id)
            .filter(process_instance::Column::RootId.eq(root))
            .into_query();
        let done = event_subscription::Entity::update_many()
            .col_expr(event_subscription::Column::RunId, Expr::value(Option::<Uuid>::None))
            .filter(event_subscription::Column::InstanceId.in_subquery(of_tree))
            .filter(event_subscription::Column::RunId.is_not_null())
            .exec(&self.tx)
            .await?;
        self.has_rearmed |= done.rows_affected > 0;
        Ok(())
    }

    /// Writes what is waited for, and what was told; when somebody has to look.
    pub(super) async fn write_events(&mut self) -> Result<Option<Signal>, DbErr> {
        let unsubscribed = std::mem::take(&mut self.unsubscribed);
        if !unsubscribed.is_empty() {
            let changed = self.hands.iter().filter(|hand| hand.is_changed).map(|hand| hand.row.id);
            withdraw_in_op(&self.tx, &changed.collect::<Vec<_>>(), &unsubscribed).await?;
        }
        let gone = Rows::new([("id", Column::Ids(unsubscribed))]);
        let text =
            |source: &str| format!("DELETE FROM event_subscription WHERE id IN (SELECT x.id FROM {source})");
        gone.execute_in_op(&self.tx, text).await?;
        let thrown = (!self.thrown.is_empty() || self.has_rearmed).then_some(self.now);
        let first = self.subscribed.iter().filter_map(|row| row.due_at).chain(thrown).min();
        insert_many::<event_subscription::Entity, _>(&self.tx, std::mem::take(&mut self.subscribed)).await?;
        insert_many::<event_thrown::Entity, _>(&self.tx, std::mem::take(&mut self.thrown)).await?;
        Ok(first.map(|at| Signal::Due { at }))
    }
}
