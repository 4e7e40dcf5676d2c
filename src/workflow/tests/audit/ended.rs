//! What has ended: nothing of it is open, and nothing of it moves any more.

use std::collections::HashMap;
use std::fmt::Debug;

use sea_orm::prelude::Uuid;

use super::{Books, Seen};

impl Seen<'_> {
    /// Nothing waits for anything in an instance that has ended but a call whose answer nobody awaits.
    pub(super) fn nothing_is_open_behind_its_end(&self) {
        if !self.status().is_final() {
            return;
        }
        assert!(self.state.subscriptions.is_empty(), "it waits for nothing: {:?}", self.state.subscriptions);
        let id = self.instance.id;
        let mine = self.books.jobs.iter().filter(|row| row.instance_id == id && row.finished_at.is_none());
        let open: Vec<_> = mine.collect();
        assert!(open.iter().all(|row| row.inputs.contains(r#""wait":"NOTHING""#)), "{open:?}");
        for incident in self.books.incidents.iter().filter(|one| one.instance_id == id) {
            let is_called = open.iter().any(|row| incident.job_id == Some(row.id));
            assert!(incident.resolved_at.is_some() || is_called, "nobody waits for it: {incident:?}");
        }
    }
}

impl Books {
    /// How much has been written down since, but that somebody has to see to something.
    pub(in super::super) fn moves_since(&self, before: &Self) -> usize {
        self.history[before.history.len()..].iter().filter(|entry| entry.kind != "INCIDENT").count()
    }

    /// What had ended in the books of before stands in these as it was.
    pub(in super::super) fn follow(&self, before: &Self) {
        let known = before.history.len();
        assert!(self.history.len() >= known && self.history[..known] == before.history[..], "history grows");
        stays("job", &before.jobs, &self.jobs, |row| row.id, |row| row.finished_at.is_some());
        stays("incident", &before.incidents, &self.incidents, |row| row.id, |row| row.resolved_at.is_some());
        stays("instance", &before.instances, &self.instances, |row| row.id, |row| row.ended_at.is_some());
        let attempts: HashMap<_, _> = self.jobs.iter().map(|row| (row.id, row.attempt)).collect();
        for job in &before.jobs {
            assert!(attempts[&job.id] >= job.attempt, "attempts are counted: {job:?}");
        }
    }
}

fn stays<T: PartialEq + Debug>(
    what: &str,
    before: &[T],
    now: &[T],
    id: impl Fn(&T) -> Uuid,
    has_ended: impl Fn(&T) -> bool,
) {
    let now: HashMap<_, _> = now.iter().map(|row| (id(row), row)).collect();
    for row in before.iter().filter(|row| has_ended(row)) {
        assert_eq!(now.get(&id(row)), Some(&row), "a {what} that has ended stays as it was");
    }
}
