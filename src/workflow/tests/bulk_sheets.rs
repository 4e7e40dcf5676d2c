//! Decisions made in a spreadsheet: out, back, and what becomes of each row.

use bytes::Bytes;
use calamine::Data;
use serde_json::{Value, json};
use uuid::Uuid;

use super::draft::{Draft, one_step};
use super::office::{Office, actor, refused};
use super::workbooks::{Grid, saved_by_libreoffice};
use crate::batch::{
    ArchiveAccess, Batch, BulkPapers, CreateApprovalBatch, CreateApprovalBatchFromSheet, SheetOutcome,
    SheetPreviewRow, TaskChoice,
};
use crate::engine::RunStatus;
use crate::kernel::{ErrorCode, GlobalId, NodeKind};
use crate::storage::scratch::{Scratch, on_both_databases};
use crate::workflow::{BulkVerdict, Decide, InstanceStatus, StartProcess, TaskFilter};

on_both_databases!(
    a_sheet_goes_out_and_comes_back,
    libreoffice_may_save_it_in_between,
    what_is_wrong_in_a_row_is_told_before_it_is_run,
    what_failed_is_corrected_and_sent_again,
    what_has_changed_since_is_not_decided,
    a_sheet_that_decides_nothing_is_refused,
    a_sheet_shows_no_more_than_the_task_itself,
    two_rows_of_one_instance_are_both_decided,
);

const BOB: &str = r#"flowable:assignee="bob""#;

/// A form with a field of each kind.
fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "amount": { "type": "number", "title": "Amount", "minimum": 0 },
            "days": { "type": "integer" },
            "urgent": { "type": "boolean" },
            "day": { "type": "string", "format": "date" },
            "at": { "type": "string", "format": "date-time" },
            "kind": { "type": "string", "enum": ["train", "plane, or ship"] },
            "note": { "type": "string", "maxLength": 20 },
            "parts": { "type": "array", "items": { "type": "string" } },
            "fixed": { "type": "string" },
            "hands": { "type": "array", "format": "handwritten-signature", "items": { "type": "string" } },
        },
        "required": ["amount"],
    })
}

/// A process whose first node has that form; all its fields but one may be written.
fn trip() -> Draft {
    reviewed().node("endEvent", "end", "").flows("start > review > end")
}

/// The same with another branch beside it, on which Carol fills in the same form.
fn branching() -> Draft {
    let writes = r#"<extensionElements><docket:field name="amount" access="WRITE"/></extensionElements>"#;
    reviewed()
        .node("parallelGateway", "fork", "")
        .holding("userTask", "other", r#"flowable:formKey="trip" flowable:assignee="carol""#, writes)
        .node("parallelGateway", "join", "")
        .node("endEvent", "end", "")
        .flows("start > fork, fork > review > join, fork > other > join, join > end")
}

fn reviewed() -> Draft {
    let form = serde_json::to_string(&schema()).unwrap().replace('&', "&amp;").replace('<', "&lt;");
    let writable = ["amount", "days", "urgent", "day", "at", "kind", "note", "parts", "hands"];
    let fields: String =
        writable.iter().map(|name| format!(r#"<docket:field name="{name}" access="WRITE"/>"#)).collect();
    Draft::new("trip")
        .xml(&format!(
            r#"<extensionElements><docket:form key="trip">{form}</docket:form></extensionElements>"#
        ))
        .node("startEvent", "start", "")
        .holding(
            "userTask",
            "review",
            &format!(r#"name="Review" flowable:formKey="trip" {BOB}"#),
            &format!("<extensionElements>{fields}</extensionElements>"),
        )
}

fn filled() -> Value {
    json!({
        "amount": 12.5, "days": 3, "urgent": true, "day": "2026-11-30", "at": "2026-11-30T08:15:30+08:00",
        "kind": "plane, or ship", "note": "two\r\nlines", "parts": ["a", "b"], "fixed": "as it is", "hands": ["x"],
    })
}

impl Office {
    async fn trip_about(&self, key: &str, variables: Value) -> (Uuid, Uuid) {
        let Value::Object(variables) = variables else { panic!("variables are an object") };
        let start = StartProcess {
            definition_key: "trip".into(),
            business_key: Some(key.into()),
            variables,
            ..StartProcess::default()
        };
        let id = self.workflow.start(Some(&actor("alice")), start).await.unwrap().instance.id;
        (id, self.open(id, "review", "bob").await.id)
    }

    /// The variables of an instance, but for those that tell how it stands.
    async fn filled_variables(&self, id: Uuid) -> Value {
        let mut variables = self.variables(id).await;
        variables.retain(|name, _| !name.starts_with("PROCESS_"));
        Value::Object(variables)
    }

    /// Carol decides on the other branch, and writes into the same form.
    async fn fills_anew(&self, id: Uuid, amount: i64) {
        let task = self.open(id, "other", "carol").await.id;
        let form_data = json!({ "amount": amount }).as_object().unwrap().clone();
        let decide = Decide { form_data, ..Decide::default() };
        self.workflow.approve(&actor("carol"), task, decide).await.unwrap();
    }

    async fn exports(&self, filter: TaskFilter) -> Bytes {
        self.app.batches.approval_sheet(&actor("bob"), &filter).await.unwrap().bytes
    }

    /// Uploads a sheet; its id.
    async fn sends(&self, package: Bytes) -> Uuid {
        let body = futures::stream::iter([Ok::<_, std::io::Error>(package)]);
        let upload = self.app.files.upload(&actor("bob"), Some("s.xlsx"), crate::files::UPLOADS, body).await;
        upload.unwrap().id
    }

    async fn previews_sheet(&self, file: Uuid) -> Vec<SheetPreviewRow> {
        self.app.batches.preview_sheet(&actor("bob"), file, None).await.unwrap()
    }

    async fn runs_sheet(&self, file: Uuid) -> Batch {
        let create = CreateApprovalBatchFromSheet { file, papers: BulkPapers::default() };
        let batch = self.app.batches.create_approvals_from_sheet(&actor("bob"), create).await.unwrap().batch;
        self.works_off("bob", batch.id()).await
    }

    async fn errors_of(&self, batch: &Batch) -> Bytes {
        let bob = actor("bob");
        self.app.batches.error_sheet(ArchiveAccess::Actor(&bob), batch.id()).await.unwrap().bytes
    }
}

fn outcomes(rows: &[SheetPreviewRow]) -> Vec<SheetOutcome> {
    rows.iter().map(|row| row.outcome).collect()
}

async fn a_sheet_goes_out_and_comes_back(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&trip()).await;
    office.deploys(&one_step("plain", BOB)).await;
    let (approved, _) = office.trip_about("T/1", filled()).await;
    let (rejected, _) = office.trip_about("T/2", json!({ "amount": 1 })).await;
    let (left, _) = office.trip_about("T/3", filled()).await;
    let plain = office.starts_about("plain", "P/1").await;
    let mut grid = Grid::read(&office.exports(TaskFilter::default()).await);
    assert_eq!(grid.0.len(), 2, "a worksheet a form");
    let form = ["amount", "days", "urgent", "day", "at", "kind", "note", "parts"];
    let form: Vec<_> = form.iter().map(|name| format!("formData.{name}")).collect();
    assert_eq!(grid.columns(0)[10..], form, "what may be written, and no signatures");
    let (one, other) = (grid.row_about(0, "T/1"), grid.row_about(0, "T/2"));
    assert_eq!(
        grid.text(0, one, "task"),
        GlobalId::encode(NodeKind::Task, office.rows(approved).await[0].id)
    );
    assert_eq!(grid.text(0, one, "starter"), "alice");
    assert_eq!(grid.get(0, one, "formData.amount"), Data::Float(12.5));
    assert_eq!(grid.get(0, one, "formData.urgent"), Data::Bool(true));
    assert_eq!(grid.text(0, one, "formData.kind"), "plane, or ship");
    assert_eq!(grid.text(0, one, "formData.parts"), r#"["a","b"]"#);
    let Data::DateTime(day) = grid.get(0, one, "formData.day") else { panic!("a day is a date") };
    assert_eq!(day.as_datetime().unwrap().date().to_string(), "2026-11-30");
    let Data::DateTime(at) = grid.get(0, one, "formData.at") else { panic!("a time is one") };
    assert_eq!(at.as_datetime().unwrap().to_string(), "2026-11-30 00:15:30", "in UTC");
    grid.set(0, one, "decision", "APPROVE".to_owned());
    grid.set(0, one, "formData.amount", Data::Float(20.0));
    grid.set(0, one, "formData.kind", "train".to_owned());
    grid.set(0, one, "formData.days", Data::Empty);
    grid.set(0, other, "decision", " reject ".to_owned());
    grid.set(0, other, "comment", "too far".to_owned());
    grid.set(1, 1, "decision", "APPROVE".to_owned());
    let file = office.sends(grid.package()).await;
    let preview = office.previews_sheet(file).await;
    use SheetOutcome::{Approve, Reject, Undecided};
    assert_eq!(outcomes(&preview), [Approve, Reject, Undecided, Approve], "{preview:?}");
    assert_eq!(office.held().await, 0, "a preview holds nothing");
    let batch = office.runs_sheet(file).await;
    assert_eq!(batch.status().unwrap(), RunStatus::Success);
    assert_eq!(batch.run.total, 3);
    assert_eq!(office.status(approved).await, InstanceStatus::Approve);
    assert_eq!(office.status(rejected).await, InstanceStatus::Reject);
    assert_eq!(office.status(left).await, InstanceStatus::Running);
    assert_eq!(office.status(plain).await, InstanceStatus::Approve);
    let mut expected = filled();
    expected["amount"] = json!(20);
    expected["kind"] = json!("train");
    expected["days"] = Value::Null;
    assert_eq!(office.filled_variables(approved).await, expected, "what was not touched is as it was");
    assert_eq!(office.rows(rejected).await[0].reason.as_deref(), Some("too far"));
    let detail = office.app.batches.approvals(&[batch.id()]).await.unwrap().remove(&batch.id()).unwrap();
    assert_eq!(detail.decision, None, "each row has its own");
}

/// Whatever LibreOffice makes of types, formats and blank cells.
async fn libreoffice_may_save_it_in_between(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&trip()).await;
    let (one, _) = office.trip_about("T/1", filled()).await;
    office.trip_about("T/2", json!({ "amount": 0.1 + 0.2 })).await;
    let exported = office.exports(TaskFilter::default()).await;
    // As it was exported, it decides nothing, and can be read.
    let file = office.sends(saved_by_libreoffice(&exported)).await;
    assert_eq!(outcomes(&office.previews_sheet(file).await), [SheetOutcome::Undecided; 2]);
    let mut grid = Grid::read(&saved_by_libreoffice(&exported));
    for row in [1, 2] {
        grid.set(0, row, "decision", "APPROVE".to_owned());
    }
    let file = office.sends(saved_by_libreoffice(&grid.package())).await;
    let preview = office.previews_sheet(file).await;
    assert_eq!(outcomes(&preview), [SheetOutcome::Approve; 2], "{preview:?}");
    let batch = office.runs_sheet(file).await;
    assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS", "SUCCESS"]);
    assert_eq!(office.filled_variables(one).await, filled(), "nothing was touched");
}

async fn what_is_wrong_in_a_row_is_told_before_it_is_run(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&trip()).await;
    let mut ids = Vec::new();
    for n in 0..8 {
        ids.push(office.trip_about(&format!("T/{n}"), json!({ "amount": 1 })).await.0);
    }
    let mut grid = Grid::read(&office.exports(TaskFilter::default()).await);
    let about = |grid: &Grid, n: usize| grid.row_about(0, &format!("T/{n}"));
    for n in 0..8 {
        let row = about(&grid, n);
        grid.set(0, row, "decision", "APPROVE".to_owned());
    }
    grid.set_formula(0, about(&grid, 1), "formData.amount", "=1+1");
    grid.set(0, about(&grid, 2), "formData.amount", "a lot".to_owned());
    grid.set(0, about(&grid, 3), "formData.amount", Data::Float(-1.0));
    grid.set(0, about(&grid, 4), "decision", "MAYBE".to_owned());
    grid.set(0, about(&grid, 5), "task", "nonsense".to_owned());
    let twice = grid.0[0].1[about(&grid, 0)].clone();
    let contradicting = grid.0[0].1[about(&grid, 6)].clone();
    grid.0[0].1.push(twice);
    grid.0[0].1.push(contradicting);
    grid.set(0, 10, "decision", "REJECT".to_owned());
    let nobodys = grid.0[0].1[about(&grid, 7)].clone();
    grid.0[0].1.push(nobodys);
    grid.set(0, 11, "task", GlobalId::encode(NodeKind::Task, Uuid::now_v7()));
    let file = office.sends(grid.package()).await;
    let preview = office.previews_sheet(file).await;
    use SheetOutcome::{Approve, Duplicate, Invalid};
    let expected =
        [Approve, Invalid, Invalid, Invalid, Invalid, Invalid, Invalid, Approve, Duplicate, Invalid, Invalid];
    assert_eq!(outcomes(&preview), expected, "{preview:#?}");
    let told = |n: usize| (preview[n].field.as_deref(), preview[n].reason.as_deref().unwrap());
    assert_eq!(preview[1].row, 3, "as the spreadsheet counts them");
    assert_eq!(told(1), (Some("formData.amount"), "formulas are not read: write the value itself"));
    assert_eq!(told(2), (Some("formData.amount"), "must be a number"));
    assert_eq!(told(3), (Some("formData.amount"), "must be at least 0"));
    assert_eq!(told(4), (Some("decision"), "a decision is APPROVE or REJECT"));
    assert_eq!(told(5).0, Some("task"));
    assert_eq!(told(6), (Some("task"), "the sheet decides this task more than once, and not alike"));
    assert_eq!(told(9), told(6));
    assert_eq!(told(10), (None, "no such task, or it is not yours to see"));
    let batch = office.runs_sheet(file).await;
    let run = &batch.run;
    assert_eq!((run.total, run.succeeded, run.failed, run.ignored), (11, 2, 8, 1));
    // A retry makes nothing right that has to be corrected.
    let (before, why) = (office.outcomes(batch.id()).await, office.why(batch.id()).await);
    office.app.batches.retry_failed(&actor("bob"), batch.id()).await.unwrap();
    office.works_off("bob", batch.id()).await;
    assert_eq!((office.outcomes(batch.id()).await, office.why(batch.id()).await), (before, why));
    assert_eq!(office.status(ids[1]).await, InstanceStatus::Running);
}

async fn what_failed_is_corrected_and_sent_again(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&trip()).await;
    let mut ids = Vec::new();
    for n in 0..3 {
        let mut variables = filled();
        variables["amount"] = json!(1);
        ids.push(office.trip_about(&format!("T/{n}"), variables).await.0);
    }
    let mut grid = Grid::read(&office.exports(TaskFilter::default()).await);
    for (n, amount) in [(0, Data::Float(2.0)), (1, Data::Float(-3.0)), (2, "three".to_owned().into())] {
        let row = grid.row_about(0, &format!("T/{n}"));
        grid.set(0, row, "decision", "APPROVE".to_owned());
        grid.set(0, row, "comment", format!("comment {n}"));
        grid.set(0, row, "formData.amount", amount);
    }
    let file = office.sends(grid.package()).await;
    let batch = office.runs_sheet(file).await;
    assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS", "FAILED BAD_INPUT", "FAILED BAD_INPUT"]);
    let mut errors = Grid::read(&office.errors_of(&batch).await);
    assert_eq!((errors.0.len(), errors.0[0].1.len()), (1, 3));
    let (one, two) = (errors.row_about(0, "T/1"), errors.row_about(0, "T/2"));
    assert_eq!(errors.get(0, one, "formData.amount"), Data::Float(-3.0), "as it was sent");
    assert_eq!(errors.text(0, two, "formData.amount"), "three", "as it was sent");
    assert_eq!(errors.text(0, two, "comment"), "comment 2");
    assert_eq!(errors.text(0, one, "errorField"), "formData.amount");
    assert_eq!(errors.text(0, two, "errorMessage"), "must be a number");
    errors.set(0, one, "formData.amount", Data::Float(3.0));
    errors.set(0, two, "formData.amount", Data::Float(3.0));
    let file = office.sends(errors.package()).await;
    let again = office.runs_sheet(file).await;
    assert_eq!(office.outcomes(again.id()).await, ["SUCCESS", "SUCCESS"]);
    for (id, amount) in ids.into_iter().zip([2, 3, 3]) {
        let mut expected = filled();
        expected["amount"] = json!(amount);
        assert_eq!(office.filled_variables(id).await, expected, "nothing else was touched");
    }
    // The same of a batch with one decision for all.
    let (id, task) = office.trip_about("T/9", json!({})).await;
    let create = CreateApprovalBatch {
        tasks: TaskChoice::Tasks(vec![task]),
        verdict: BulkVerdict::Approve,
        comment: Some("all".to_owned()),
        form_data: json!({ "note": "n" }).as_object().unwrap().clone(),
        papers: BulkPapers::default(),
    };
    let batch = office.batches_of("bob", create).await;
    let batch = office.works_off("bob", batch.id()).await;
    let mut errors = Grid::read(&office.errors_of(&batch).await);
    assert_eq!(errors.text(0, 1, "decision"), "APPROVE");
    assert_eq!(errors.text(0, 1, "formData.note"), "n");
    assert_eq!(errors.text(0, 1, "errorMessage"), "this field is required");
    errors.set(0, 1, "formData.amount", Data::Float(1.0));
    let file = office.sends(errors.package()).await;
    office.runs_sheet(file).await;
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
    assert_eq!(office.variables(id).await["note"], "n");
}

async fn what_has_changed_since_is_not_decided(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&branching()).await;
    let (handled, handled_task) = office.trip_about("T/0", json!({ "amount": 1 })).await;
    let (filled_anew, _) = office.trip_about("T/1", json!({ "amount": 1 })).await;
    let (suspended, _) = office.trip_about("T/2", json!({ "amount": 1 })).await;
    let (late, _) = office.trip_about("T/3", json!({ "amount": 1 })).await;
    let mut grid = Grid::read(&office.exports(TaskFilter::default()).await);
    for row in 1..=4 {
        grid.set(0, row, "decision", "APPROVE".to_owned());
    }
    let file = office.sends(grid.package()).await;
    office.workflow.approve(&actor("bob"), handled_task, Decide::default()).await.unwrap();
    office.fills_anew(filled_anew, 5).await;
    office.workflow.suspend(&actor("admin"), suspended, None).await.unwrap();
    let preview = office.previews_sheet(file).await;
    use SheetOutcome::{Approve, Changed};
    let by_key = |key: &str| preview[grid.row_about(0, key) - 1].outcome;
    assert_eq!(
        ["T/0", "T/1", "T/2", "T/3"].map(by_key),
        [Changed, Changed, Changed, Approve],
        "{preview:#?}"
    );
    let create = CreateApprovalBatchFromSheet { file, papers: BulkPapers::default() };
    let batch = office.app.batches.create_approvals_from_sheet(&actor("bob"), create).await.unwrap().batch;
    // One more, between the batch's beginning and its turn.
    office.fills_anew(late, 7).await;
    office.works_off("bob", batch.id()).await;
    let became = office.outcomes(batch.id()).await;
    let by_key = |key: &str| became[grid.row_about(0, key) - 1].as_str();
    let expected = ["IGNORED HANDLED", "FAILED CHANGED", "FAILED SUSPENDED", "FAILED CHANGED"];
    assert_eq!(["T/0", "T/1", "T/2", "T/3"].map(by_key), expected);
    assert!(office.tasks(handled).await.contains(&"review bob APPROVE".to_owned()));
    assert_eq!(office.variables(late).await["amount"], 7, "what came between is not undone");
    // A retry makes nothing of that.
    office.app.batches.retry_failed(&actor("bob"), batch.id()).await.unwrap();
    office.works_off("bob", batch.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, became);
    // Sent again as it comes back, it decides nothing: whoever decides looks at what there is now.
    let ended = office.app.batches.find(&actor("bob"), batch.id()).await.unwrap().unwrap();
    let errors = office.errors_of(&ended).await;
    let grid = Grid::read(&errors);
    let row = grid.row_about(0, "T/3");
    assert_eq!(
        (grid.text(0, row, "decision"), grid.get(0, row, "formData.amount")),
        (String::new(), Data::Float(7.0))
    );
    let file = office.sends(errors).await;
    let preview = office.previews_sheet(file).await;
    assert_eq!(
        preview.iter().filter(|row| row.outcome == SheetOutcome::Undecided).count(),
        2,
        "{preview:#?}"
    );
    assert!(!outcomes(&preview).contains(&Approve), "{preview:#?}");
}

/// What the batch itself writes into an instance's form does not keep its other rows from being decided.
async fn two_rows_of_one_instance_are_both_decided(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    let both = branching().document().replace(r#"flowable:assignee="carol""#, BOB);
    office.workflow.definitions().deploy(&actor("olivia"), both).await.unwrap();
    let (id, _) = office.trip_about("T/0", json!({ "amount": 1 })).await;
    let mut grid = Grid::read(&office.exports(TaskFilter::default()).await);
    assert_eq!(grid.0.len(), 2, "two forms");
    for (sheet, amount) in [(0, 5.0), (1, 6.0)] {
        grid.set(sheet, 1, "decision", "APPROVE".to_owned());
        grid.set(sheet, 1, "formData.amount", Data::Float(amount));
    }
    let file = office.sends(grid.package()).await;
    let batch = office.runs_sheet(file).await;
    assert_eq!(office.outcomes(batch.id()).await, ["SUCCESS", "SUCCESS"]);
    assert_eq!(office.status(id).await, InstanceStatus::Approve);
}

/// Who was shown a task sees that there is one, and nothing of its form.
async fn a_sheet_shows_no_more_than_the_task_itself(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&trip()).await;
    let (_, task) = office.trip_about("T/0", filled()).await;
    office.workflow.copy(&actor("bob"), task, &["carol".to_owned()], None).await.unwrap();
    let create = CreateApprovalBatch {
        tasks: TaskChoice::Tasks(vec![task]),
        verdict: BulkVerdict::Approve,
        comment: None,
        form_data: serde_json::Map::new(),
        papers: BulkPapers::default(),
    };
    let batch = office.batches_of("carol", create).await;
    let batch = office.works_off("carol", batch.id()).await;
    assert_eq!(office.outcomes(batch.id()).await, ["FAILED FORBIDDEN"]);
    for access in [ArchiveAccess::Actor(&actor("carol")), ArchiveAccess::Signed] {
        let errors = office.app.batches.error_sheet(access, batch.id()).await.unwrap().bytes;
        let grid = Grid::read(&errors);
        assert!(!grid.columns(0).iter().any(|column| column.starts_with("formData.")), "{grid:?}");
        assert_eq!(grid.text(0, 1, "businessKey"), "T/0");
    }
}

async fn a_sheet_that_decides_nothing_is_refused(scratch: Scratch) {
    let office = Office::over(scratch).await.untold().await;
    office.deploys(&trip()).await;
    office.trip_about("T/0", json!({ "amount": 1 })).await;
    let file = office.sends(office.exports(TaskFilter::default()).await).await;
    let create = |file| CreateApprovalBatchFromSheet { file, papers: BulkPapers::default() };
    let none = office.app.batches.create_approvals_from_sheet(&actor("bob"), create(file)).await;
    assert_eq!(refused(none, ErrorCode::BadInput).details()["field"], "fileId");
    let hers = office.app.batches.create_approvals_from_sheet(&actor("carol"), create(file)).await;
    assert_eq!(refused(hers, ErrorCode::NotFound).details()["field"], "fileId");
    let picture = office.uploads("bob").await;
    let picture = office.app.batches.create_approvals_from_sheet(&actor("bob"), create(picture)).await;
    assert_eq!(refused(picture, ErrorCode::BadInput).details()["field"], "fileId");
    let none = office.app.batches.approval_sheet(&actor("carol"), &TaskFilter::default()).await;
    assert_eq!(refused(none, ErrorCode::BadInput).details()["field"], "filter");
}
