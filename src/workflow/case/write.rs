//! Writing everything that a case has come to, and committing it.

use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait, IntoActiveModel, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, TryInsertResult, Value,
};
use uuid::Uuid;

use super::tasks::TaskInHand;
use super::{Case, Committed};
use crate::events::Signal;
use crate::kernel::Fault;
use crate::storage::bulk::{Column, Rows, insert_many};
use crate::storage::entity::{
    business_record, process_activity, process_history, process_instance, task, task_candidate,
    variable_history,
};
use crate::workflow::status::TaskStatus;

impl Case {
    /// Writes everything and commits it; whom to tell.
    ///
    /// # Errors
    /// `CONFLICT` where others were in the way; then nothing is written.
    pub async fn commit(mut self) -> Result<Committed, Fault> {
        let failpoints = self.inner.failpoints.clone();
        let mut signals = self.number_tasks();
        failpoints.reached("case.before_writing");
        self.write_instances().await?;
        failpoints.reached("case.after_instances");
        self.write_activities().await?;
        failpoints.reached("case.after_activities");
        self.write_tasks().await?;
        failpoints.reached("case.after_tasks");
        signals.extend(self.write_told().await?);
        failpoints.reached("case.after_outbox");
        insert_many::<process_history::Entity, _>(&self.tx, std::mem::take(&mut self.history)).await?;
        let variables: Vec<_> = std::mem::take(&mut self.variables).into_values().collect();
        insert_many::<variable_history::Entity, _>(&self.tx, variables).await?;
        failpoints.reached("case.after_history");
        self.write_records().await?;
        failpoints.reached("case.after_records");
        signals.extend(self.write_events().await?);
        failpoints.reached("case.after_events");
        signals.extend(self.write_jobs().await?);
        failpoints.reached("case.after_jobs");
        // Last, so that inboxes which many share are held for as short as can be.
        signals.extend(self.write_inboxes().await?);
        failpoints.reached("case.before_commit");
        self.tx.commit().await?;
        failpoints.reached("case.after_commit");
        let instances = self.hands.into_iter().map(|hand| hand.row).collect();
        let tasks = self.tasks.into_values().map(|task| task.row).collect();
        Ok(Committed { signals, instances, tasks })
    }

    /// Gives each changed task a revision of its own; the signals of the instances.
    fn number_tasks(&mut self) -> Vec<Signal> {
        let mut last: Vec<Option<i64>> = vec![None; self.hands.len()];
        for task in self.tasks.values_mut().filter(|task| task.is_changed) {
            let Some(place) = self.places.get(&task.row.instance_id).copied() else { continue };
            let hand = &mut self.hands[place];
            let revision = last[place].map_or(hand.revision(), |last| last + 1);
            hand.is_changed = true;
            task.row.revision = revision;
            last[place] = Some(revision);
        }
        let mut signals = Vec::new();
        for (hand, last) in self.hands.iter_mut().zip(last).filter(|(hand, _)| hand.is_changed) {
            let revision = last.unwrap_or(hand.revision());
            hand.row.revision = revision;
            signals.push(Signal::Changed { stream: hand.row.id, revision });
        }
        signals
    }

    async fn write_instances(&mut self) -> Result<(), Fault> {
        let (mut new, mut changed) = (Vec::new(), Vec::new());
        for hand in self.hands.iter_mut().filter(|hand| hand.is_changed) {
            hand.seal()?;
        }
        for hand in self.hands.iter().filter(|hand| hand.is_changed) {
            match hand.stored {
                // Those that call come before those that they have called.
                None => new.push(hand.row.clone()),
                Some(stored) => changed.push((stored, &hand.row)),
            }
        }
        self.update_instances(&changed).await?;
        Ok(insert_many::<process_instance::Entity, _>(&self.tx, new).await?)
    }

    /// Writes the instances that were under way, each with the revision that the database has.
    async fn update_instances(&self, rows: &[(i64, &process_instance::Model)]) -> Result<(), DbErr> {
        let texts = |text: fn(&process_instance::Model) -> String| {
            Column::Texts(rows.iter().map(|(_, row)| text(row)).collect())
        };
        let integers = |integer: fn(&process_instance::Model) -> i32| {
            Column::Integers(rows.iter().map(|(_, row)| integer(row)).collect())
        };
        let source = Rows::new([
            ("id", Column::Ids(rows.iter().map(|(_, row)| row.id).collect())),
            ("stored", Column::BigIntegers(rows.iter().map(|(stored, _)| *stored).collect())),
            ("revision", Column::BigIntegers(rows.iter().map(|(_, row)| row.revision).collect())),
            ("status", integers(|row| row.status.into())),
            ("suspended", integers(|row| row.suspended.into())),
            ("format", integers(|row| row.format)),
            ("state", texts(|row| row.state.clone())),
            ("variables", texts(|row| row.variables.clone())),
            ("reason", texts(|row| row.reason.clone().unwrap_or_default())),
        ])
        .each_with("now", self.now);
        let text = |source: &str| {
            format!(
                "UPDATE process_instance SET status = x.status, reason = nullif(x.reason, ''), \
                 suspended = (x.suspended = 1), format = x.format, state = x.state, \
                 variables = x.variables, revision = x.revision, \
                 ended_at = CASE WHEN x.status = 1 THEN NULL ELSE x.now END FROM {source} \
                 WHERE process_instance.id = x.id AND process_instance.revision = x.stored \
                 AND process_instance.status = 1"
            )
        };
        match source.execute_in_op(&self.tx, text).await? {
            written if written == rows.len() as u64 => Ok(()),
            _ => Err(DbErr::RecordNotUpdated),
        }
    }

    async fn write_activities(&mut self) -> Result<(), DbErr> {
        // First what is left: a token is at one node at a time.
        let (left, outcomes): (Vec<_>, Vec<_>) =
            self.left.iter().map(|(id, outcome)| (*id, (*outcome).to_owned())).unzip();
        let expected = left.len() as u64;
        let rows = Rows::new([("id", Column::Ids(left)), ("outcome", Column::Texts(outcomes))])
            .each_with("left_at", self.now);
        let text = |source: &str| {
            format!(
                "UPDATE process_activity SET left_at = x.left_at, outcome = x.outcome FROM {source} \
                 WHERE process_activity.id = x.id AND process_activity.left_at IS NULL"
            )
        };
        if rows.execute_in_op(&self.tx, text).await? != expected {
            return Err(DbErr::RecordNotUpdated);
        }
        if !self.resumed.is_empty() {
            let resumed = process_activity::Entity::update_many()
                .col_expr(process_activity::Column::LeftAt, Value::ChronoDateTimeUtc(None).into())
                .col_expr(process_activity::Column::Outcome, Value::String(None).into())
                .filter(process_activity::Column::Id.is_in(self.resumed.iter().copied()));
            resumed.exec(&self.tx).await?;
        }
        insert_many::<process_activity::Entity, _>(&self.tx, std::mem::take(&mut self.activities)).await
    }

    async fn write_tasks(&mut self) -> Result<(), DbErr> {
        let (mut new, mut candidates, mut cancelled) = (Vec::new(), Vec::new(), Vec::new());
        let mut changed = Vec::new();
        for task in self.tasks.values().filter(|task| task.is_changed) {
            match &task.stored {
                None => {
                    new.push(task.row.clone());
                    let of_task = task.candidates.iter().cloned();
                    candidates.extend(
                        of_task.map(|principal| task_candidate::Model { task_id: task.row.id, principal }),
                    );
                }
                Some(_) if task.row.status == TaskStatus::Cancel.code() => {
                    cancelled.push((task.row.id, task.row.revision));
                }
                Some((before, _)) => changed.push((task, *before)),
            }
        }
        self.update_tasks(&changed).await?;
        let (ids, revisions): (Vec<Uuid>, Vec<i64>) = cancelled.into_iter().unzip();
        let expected = ids.len() as u64;
        let rows = Rows::new([("id", Column::Ids(ids)), ("revision", Column::BigIntegers(revisions))])
            .each_with("finished_at", self.now);
        let text = |source: &str| {
            format!(
                "UPDATE task SET status = 4, finished_at = x.finished_at, revision = x.revision, \
                 draft = NULL, locked_by = NULL FROM {source} \
                 WHERE task.id = x.id AND task.finished_at IS NULL"
            )
        };
        if rows.execute_in_op(&self.tx, text).await? != expected {
            return Err(DbErr::RecordNotUpdated);
        }
        insert_many::<task::Entity, _>(&self.tx, new).await?;
        insert_many::<task_candidate::Entity, _>(&self.tx, candidates).await
    }

    /// Writes the tasks that were open, each with the status that the database has. A batch may have taken one
    /// in hand meanwhile, without the lock of its instance: it holds on to it until the task ends, or it has
    /// done itself what it is there for.
    async fn update_tasks(&self, tasks: &[(&TaskInHand, i16)]) -> Result<(), DbErr> {
        let values = |value: fn(&task::Model) -> Value| {
            Column::Values(tasks.iter().map(|(task, _)| value(&task.row)).collect())
        };
        let rows = Rows::new([
            ("id", values(|row| row.id.into())),
            ("before", Column::Values(tasks.iter().map(|(_, before)| (*before).into()).collect())),
            ("status", values(|row| row.status.into())),
            ("assignee", values(|row| row.assignee.clone().into())),
            ("owner", values(|row| row.owner.clone().into())),
            ("delegated", values(|row| row.delegated.into())),
            ("draft", values(|row| row.draft.clone().into())),
            ("urged_at", values(|row| row.urged_at.into())),
            ("decided_by", values(|row| row.decided_by.clone().into())),
            ("decided_in", values(|row| row.decided_in.into())),
            ("reason", values(|row| row.reason.clone().into())),
            ("revision", values(|row| row.revision.into())),
            ("finished_at", values(|row| row.finished_at.into())),
            ("instead_of", values(|row| row.instead_of.clone().into())),
        ]);
        let text = |source: &str| {
            format!(
                "UPDATE task SET status = x.status, assignee = x.assignee, owner = x.owner, \
                 delegated = x.delegated, draft = x.draft, urged_at = x.urged_at, \
                 locked_by = CASE WHEN x.finished_at IS NULL AND task.locked_by IS DISTINCT FROM x.decided_in \
                 THEN task.locked_by END, \
                 decided_by = x.decided_by, decided_in = x.decided_in, reason = x.reason, revision = x.revision, \
                 finished_at = x.finished_at, instead_of = x.instead_of FROM {source} \
                 WHERE task.id = x.id AND task.status = x.before AND task.finished_at IS NULL"
            )
        };
        match rows.execute_in_op(&self.tx, text).await? {
            written if written == tasks.len() as u64 => Ok(()),
            _ => Err(DbErr::RecordNotUpdated),
        }
    }

    /// Writes the business records, each as the next version of its key.
    async fn write_records(&mut self) -> Result<(), Fault> {
        use business_record::{Column, Entity};
        let mut records = std::mem::take(&mut self.records);
        // In one order, so that none who write several wait crosswise for each other.
        records.sort_by(|one, other| (&one.kind, &one.key).cmp(&(&other.kind, &other.key)));
        for mut record in records {
            let newest = Entity::find()
                .filter(Column::Kind.eq(record.kind.as_str()))
                .filter(Column::Key.eq(record.key.as_str()))
                .order_by_desc(Column::Version)
                .limit(1)
                .one(&self.tx)
                .await?;
            if let Some(newest) = &newest
                && newest.approval_status == 1
                && newest.instance_id != record.instance_id
            {
                // Which, is for those who may see the record.
                return Err(Fault::conflict(format!(
                    "{} {} is being decided by another instance",
                    record.kind, record.key
                )));
            }
            record.version = newest.map_or(1, |newest| newest.version + 1);
            // Its key stands against two at once.
            let insert = Entity::insert(record.into_active_model()).on_conflict_do_nothing_on([
                Column::Kind,
                Column::Key,
                Column::Version,
            ]);
            match insert.exec_without_returning(&self.tx).await? {
                TryInsertResult::Inserted(1) => {}
                _ => {
                    return Err(Fault::conflict("the business record is being changed: try again")
                        .with("retryable", true.into()));
                }
            }
        }
        Ok(())
    }
}
