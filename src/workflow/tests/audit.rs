//! The audit: what must be true of approvals after each deed, whatever it was.

mod ended;
mod rounds;
mod tokens;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::office::Office;
use crate::storage::Db;
use crate::storage::entity::{
    business_record, event_subscription, inbox, inbox_entry, incident, job, outbox, process_activity,
    process_history, process_instance, task, task_candidate, variable_history,
};
use crate::workflow::case::HistoryKind;
use crate::workflow::definition::Definition;
use crate::workflow::execution::{State, Waits};
use crate::workflow::model::Model;
use crate::workflow::status::{InstanceStatus, TaskStatus};
use crate::workflow::webhook::EventType;

/// Everything that is written of some instances.
pub(super) struct Books {
    pub instances: Vec<process_instance::Model>,
    pub tasks: Vec<task::Model>,
    activities: Vec<process_activity::Model>,
    history: Vec<process_history::Model>,
    variables: Vec<variable_history::Model>,
    told: Vec<outbox::Model>,
    records: Vec<business_record::Model>,
    candidates: Vec<task_candidate::Model>,
    entries: Vec<inbox_entry::Model>,
    inboxes: BTreeMap<String, i64>,
    pub subscriptions: Vec<event_subscription::Model>,
    pub jobs: Vec<job::Model>,
    pub incidents: Vec<incident::Model>,
}

impl Office {
    /// Looks at all the books.
    pub(super) async fn audit(&self) {
        self.audited(None).await;
    }

    /// Looks at what is written of these trees of instances, by their topmost ones.
    pub(super) async fn audit_of(&self, roots: &[Uuid]) -> Books {
        self.audited(Some(roots)).await
    }

    async fn audited(&self, roots: Option<&[Uuid]>) -> Books {
        let books = Books::read(&self.db, roots).await;
        let mut seen = Vec::with_capacity(books.instances.len());
        for instance in &books.instances {
            let definition = self.workflow.definitions().by_id(instance.definition_id).await.unwrap();
            seen.push(Seen::of(&books, instance, definition));
        }
        for one in &seen {
            one.tokens_have_their_entries();
            one.scopes_hang_together();
            one.somebody_can_go_on();
            one.joins_can_still_fire();
            one.rounds_are_what_was_said();
            one.signers_have_their_parents();
            one.children_are_waited_for(&seen);
            one.its_end_is_recorded();
            one.what_happens_is_told_once(self.is_told);
            one.variables_are_as_written();
            one.what_is_waited_for_is_known();
            one.what_machines_do_is_known();
            one.who_waits_for_what_is_drawn();
            one.nothing_is_open_behind_its_end();
        }
        books.history_tells_the_statuses();
        books.inboxes_hold_what_is_to_be_done();
        books
    }
}

impl Books {
    async fn read(db: &Db, roots: Option<&[Uuid]>) -> Self {
        use process_instance::Column::RootId;
        let reader = db.reader();
        let within = |condition: &dyn Fn(&[Uuid]) -> Condition, ids: &[Uuid]| {
            if roots.is_some() { condition(ids) } else { Condition::all() }
        };
        let of_roots =
            within(&|_| Condition::all().add(RootId.is_in(roots.unwrap_or_default().iter().copied())), &[]);
        let instances = process_instance::Entity::find().filter(of_roots).all(reader).await.unwrap();
        let ids: Vec<_> = instances.iter().map(|row| row.id).collect();
        macro_rules! rows {
            ($table:ident) => {
                $table::Entity::find().filter(within(
                    &|ids| Condition::all().add($table::Column::InstanceId.is_in(ids.iter().copied())),
                    &ids,
                ))
            };
        }
        let tasks = rows!(task).order_by_asc(task::Column::Id).all(reader).await.unwrap();
        let activities = rows!(process_activity).all(reader).await.unwrap();
        let history = rows!(process_history)
            .order_by_asc(process_history::Column::Revision)
            .order_by_asc(process_history::Column::Ordinal)
            .all(reader)
            .await
            .unwrap();
        let variables = rows!(variable_history)
            .order_by_asc(variable_history::Column::Revision)
            .all(reader)
            .await
            .unwrap();
        let told = rows!(outbox).all(reader).await.unwrap();
        let records =
            rows!(business_record).order_by_asc(business_record::Column::Version).all(reader).await.unwrap();
        let subscriptions = rows!(event_subscription).all(reader).await.unwrap();
        let jobs = rows!(job).all(reader).await.unwrap();
        let incidents = rows!(incident).all(reader).await.unwrap();
        let ids: Vec<_> = tasks.iter().map(|row| row.id).collect();
        let of_tasks =
            |ids: &[Uuid]| Condition::all().add(task_candidate::Column::TaskId.is_in(ids.iter().copied()));
        let candidates =
            task_candidate::Entity::find().filter(within(&of_tasks, &ids)).all(reader).await.unwrap();
        let of_tasks =
            |ids: &[Uuid]| Condition::all().add(inbox_entry::Column::TaskId.is_in(ids.iter().copied()));
        let entries = inbox_entry::Entity::find().filter(within(&of_tasks, &ids)).all(reader).await.unwrap();
        let inboxes = inbox::Entity::find().all(reader).await.unwrap();
        let inboxes = inboxes.into_iter().map(|inbox| (inbox.principal, inbox.revision)).collect();
        Self {
            instances,
            tasks,
            activities,
            history,
            variables,
            told,
            records,
            candidates,
            entries,
            inboxes,
            subscriptions,
            jobs,
            incidents,
        }
    }

    fn history_tells_the_statuses(&self) {
        let replayed = replay(&self.history);
        for task in &self.tasks {
            assert_eq!(replayed.get(&task.id), Some(&task.status), "history tells a task's status");
        }
        for instance in &self.instances {
            let told = replayed.get(&instance.id);
            assert_eq!(told, Some(&instance.status), "history tells an instance's status");
        }
    }

    fn inboxes_hold_what_is_to_be_done(&self) {
        let mut expected = BTreeSet::new();
        for task in self.tasks.iter().filter(|task| task.status == TaskStatus::Running.code()) {
            expected.extend(self.principals_of(task).into_iter().map(|principal| (principal, task.id)));
        }
        let in_state = |state: &str| -> BTreeSet<_> {
            let entries = self.entries.iter().filter(|entry| entry.state == state);
            entries.map(|entry| (entry.principal.clone(), entry.task_id)).collect()
        };
        assert_eq!(in_state("TODO"), expected, "inboxes hold what is to be done");
        let done = in_state("DONE");
        for task in self.tasks.iter().filter(|task| matches!(task.status, 2 | 3 | 5)) {
            // What a rule decided is in nobody's inbox; what a signer's rejection brought with it is
            // no decision of the task's own.
            let decided = self
                .history
                .iter()
                .rfind(|entry| entry.task_id == Some(task.id) && entry.to_status.is_some());
            let Some(by) = decided.and_then(|entry| entry.actor.as_ref()) else { continue };
            assert!(done.contains(&(format!("user:{by}"), task.id)), "{by} has it as done: {task:?}");
        }
        for entry in &self.entries {
            assert!(entry.revision <= self.inboxes[&entry.principal]);
        }
    }

    /// Whose an open task is to do.
    pub(super) fn principals_of(&self, task: &task::Model) -> Vec<String> {
        match &task.assignee {
            Some(user) => vec![format!("user:{user}")],
            None => {
                let of_task = self.candidates.iter().filter(|one| one.task_id == task.id);
                of_task.map(|one| one.principal.clone()).collect()
            }
        }
    }

    /// Whether any of the principals has, or had, an entry of a task.
    pub(super) fn knows(&self, principals: &[String], task: Uuid) -> bool {
        self.entries.iter().any(|entry| entry.task_id == task && principals.contains(&entry.principal))
    }

    /// The sum of all revisions: it grows with whatever is written.
    pub(super) fn revision(&self) -> i64 {
        self.instances.iter().map(|instance| instance.revision).sum()
    }
}

/// One instance as the audit sees it.
struct Seen<'a> {
    books: &'a Books,
    instance: &'a process_instance::Model,
    definition: Arc<Definition>,
    state: State,
    tasks: Vec<&'a task::Model>,
}

impl<'a> Seen<'a> {
    fn of(books: &'a Books, instance: &'a process_instance::Model, definition: Arc<Definition>) -> Self {
        let state = State::load(u32::try_from(instance.format).unwrap(), &instance.state).unwrap();
        let tasks = books.tasks.iter().filter(|task| task.instance_id == instance.id).collect();
        Self { books, instance, definition, state, tasks }
    }

    fn model(&self) -> &Model {
        &self.definition.model
    }

    fn status(&self) -> InstanceStatus {
        InstanceStatus::of(self.instance.status).unwrap()
    }

    fn children_are_waited_for(&self, all: &[Self]) {
        for token in &self.state.tokens {
            let Waits::Child { instance } = &token.waits else { continue };
            let child = all.iter().find(|other| other.instance.id == *instance).expect("a child is there");
            assert_eq!(child.status(), InstanceStatus::Running, "a child that has ended is not waited for");
            assert_eq!(child.instance.parent_activity, token.activity);
            assert_eq!(child.instance.parent_id, Some(self.instance.id));
        }
        if let (Some(parent), InstanceStatus::Running) = (self.instance.parent_id, self.status()) {
            let parent = all.iter().find(|other| other.instance.id == parent).unwrap();
            let waits = Waits::Child { instance: self.instance.id };
            assert_eq!(parent.state.tokens.iter().filter(|token| token.waits == waits).count(), 1);
        }
    }

    /// Whoever wants to be told of everything is told of what the history says, each once.
    fn what_happens_is_told_once(&self, is_told: bool) {
        let own = self.books.history.iter().filter(|entry| entry.instance_id == self.instance.id);
        let expected: BTreeMap<_, _> = own
            .filter_map(|entry| {
                let kind = HistoryKind::of(&entry.kind).unwrap();
                let kind = EventType::of_history(kind, entry.task_id.is_some(), entry.to_status)?;
                let key = format!("process_history:{}:{}:{}", entry.root_id, entry.revision, entry.ordinal);
                Some((key, kind.as_str().to_owned()))
            })
            .collect();
        let told: Vec<_> = self.books.told.iter().filter(|one| one.instance_id == self.instance.id).collect();
        // Jobs and incidents have their own rows.
        let apart = |one: &&&outbox::Model| one.kind.starts_with("incident.") || one.kind.starts_with("job.");
        let of_history = told.iter().filter(|one| !apart(one));
        let found: BTreeMap<_, _> =
            of_history.map(|one| (one.operation_key.clone(), one.kind.clone())).collect();
        let is_so = |(key, kind): (&String, &String)| expected.get(key) == Some(kind);
        assert!(found.iter().all(is_so), "nothing is told that the history does not have: {found:?}");
        if !is_told {
            return;
        }
        assert_eq!(found, expected, "each is told");
        let made = told.iter().filter(|one| one.kind == "job.created").count();
        let jobs = self.books.jobs.iter().filter(|job| job.instance_id == self.instance.id).count();
        assert_eq!(made, jobs, "each job is told of");
        let ends = ["instance.approved", "instance.rejected", "instance.cancelled"];
        let ends: Vec<_> = told.iter().filter(|one| ends.contains(&one.kind.as_str())).collect();
        assert_eq!(ends.len(), usize::from(self.status().is_final()), "one result, told once");
        for result in ends {
            let payload: Value = serde_json::from_str(&result.payload).unwrap();
            assert_eq!(payload["data"]["instance"]["statusCode"], self.instance.status);
        }
    }

    fn its_end_is_recorded(&self) {
        let records = self.books.records.iter().filter(|one| one.instance_id == self.instance.id);
        let recorded: Vec<_> = records.map(|record| record.approval_status).collect();
        let is_recorded = self.model().settings.business_type.is_some() && self.instance.parent_id.is_none();
        let expected = match (is_recorded, self.status().is_final()) {
            (false, _) => vec![],
            (true, false) => vec![1],
            (true, true) => vec![1, self.instance.status],
        };
        assert_eq!(recorded, expected, "the business record follows");
    }

    fn variables_are_as_written(&self) {
        let variables: Map<String, Value> = serde_json::from_str(&self.instance.variables).unwrap();
        assert_eq!(variables["PROCESS_STATUS"], self.instance.status, "the status is a variable");
        let mut written = Map::new();
        for entry in self.books.variables.iter().filter(|entry| entry.instance_id == self.instance.id) {
            written.insert(entry.name.clone(), serde_json::from_str(&entry.value).unwrap());
        }
        assert_eq!(written, variables, "the history of variables ends in what they are");
        // What came with approvals that were taken back does not count any more.
        let of_kinds = |kinds: &'static [&str]| {
            let own = self.books.history.iter().filter(|entry| entry.instance_id == self.instance.id);
            own.filter(|entry| entry.actor.is_some() && kinds.contains(&entry.kind.as_str()))
        };
        let taken_back: BTreeSet<_> =
            of_kinds(&["WITHDRAW", "RECALL"]).filter_map(|entry| entry.task_id).collect();
        let of_them: BTreeSet<_> = of_kinds(&["APPROVE", "WITHDRAW", "RECALL"])
            .filter(|entry| entry.task_id.is_some_and(|task| taken_back.contains(&task)))
            .map(|entry| (entry.task_id, entry.revision))
            .collect();
        let mut counted = Map::new();
        for entry in self.books.variables.iter().filter(|entry| entry.instance_id == self.instance.id) {
            let value = counted.entry(entry.name.clone()).or_insert(Value::Null);
            if !of_them.contains(&(entry.task_id, entry.revision)) {
                *value = serde_json::from_str(&entry.value).unwrap();
            }
        }
        assert_eq!(counted, variables, "what is taken back leaves no trace in the variables");
    }
}

/// What history says of the statuses: each transition begins where the one before it ended.
fn replay(history: &[process_history::Model]) -> BTreeMap<Uuid, i16> {
    let mut found: BTreeMap<Uuid, i16> = BTreeMap::new();
    for entry in history {
        let Some(to) = entry.to_status else { continue };
        let of = entry.task_id.unwrap_or(entry.instance_id);
        assert_eq!(found.get(&of).copied(), entry.from_status, "{entry:?}");
        let from = entry.from_status.unwrap_or(-1);
        let may = match entry.task_id {
            Some(_) => TaskStatus::of(from).unwrap().may_become(TaskStatus::of(to).unwrap()),
            None => InstanceStatus::of(from).unwrap().may_become(InstanceStatus::of(to).unwrap()),
        };
        assert!(may, "{entry:?}");
        found.insert(of, to);
    }
    found
}
