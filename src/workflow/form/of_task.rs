//! The forms of start events and tasks, and what may be done with them there.

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::signature::{is_of_signatures, signed};
use super::{Access, FieldFault, Form};
use crate::kernel::Fault;
use crate::storage::entity::task;
use crate::workflow::model::{FieldAccess, Model, NodeKind};

/// A form as somebody may see it at a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskForm {
    /// Its key.
    pub key: String,
    /// Its JSON Schema, without what one may not see; none where the form is kept elsewhere.
    pub schema: Option<Value>,
    /// What is filled in, as far as one may see it.
    pub data: Value,
}

/// How many bytes of its digest stand for what is filled in.
const MARK_BYTES: usize = 12;

/// The form with which a process is started.
pub fn start_form(model: &Model) -> Option<&Form> {
    match &model.start_of(None)?.kind {
        NodeKind::Start { form, .. } => model.forms.get(form.as_ref()?),
        _ => None,
    }
}

/// The form of a task with its data, as whoever decides the task may see it.
pub fn form_of(model: &Model, task: &task::Model, variables: &Map<String, Value>) -> Option<TaskForm> {
    let key = task.form_key.clone()?;
    let data = Value::Object(data_of(model, task, variables));
    Some(TaskForm { key, schema: schema_of(model, task), data })
}

/// The schema of a task's form as whoever decides the task may see it; none where it is kept elsewhere, and
/// where there is no form.
pub fn schema_of(model: &Model, task: &task::Model) -> Option<Value> {
    Some(access_of(model, task).visible_schema(form_at(model, task)?.schema()))
}

/// What is filled in of a task's form, as far as whoever decides the task may see it.
pub fn data_of(model: &Model, task: &task::Model, variables: &Map<String, Value>) -> Map<String, Value> {
    let data = form_at(model, task).map(|form| access_of(model, task).visible(&current(form, variables)));
    match data {
        Some(Value::Object(data)) => data,
        _ => Map::new(),
    }
}

/// The form of a task, where it is in hand.
fn form_at<'a>(model: &'a Model, task: &task::Model) -> Option<&'a Form> {
    model.forms.get(task.form_key.as_ref()?)
}

/// How much of a form whoever fills it in must get right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// Everything that they may write, as who approves must.
    Complete,
    /// What they write, as who rejects, sends back or gives an opinion must.
    Partial,
    /// Nothing yet: a draft.
    Draft,
}

/// What somebody brings to a task's form.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a> {
    /// The fields that they have written.
    pub fields: &'a Map<String, Value>,
    /// Their signature, a file's id: it goes behind those that the form's fields of signatures hold.
    pub signature: Option<&'a str>,
    /// How much of the form they must get right.
    pub filling: Filling,
}

/// The variables that a decision's fields make.
///
/// # Errors
/// `BAD_INPUT` at the field that is not known, not to be written, or not as it should be.
pub fn filled(
    model: &Model,
    task: &task::Model,
    variables: &Map<String, Value>,
    written: Written<'_>,
) -> Result<Map<String, Value>, Fault> {
    let Written { fields: written, signature, filling } = written;
    let fault = |faults: Vec<FieldFault>| FieldFault::into_fault("formData", &faults);
    let Some(form) = form_at(model, task) else {
        check_without_form(model, task, written)?;
        return Ok(written.clone());
    };
    let access = access_of(model, task);
    let current = current(form, variables);
    let written = match filling {
        Filling::Draft => written.clone(),
        Filling::Complete | Filling::Partial => {
            signed(form, access, &current, written, signature).map_err(fault)?
        }
    };
    let written = Value::Object(written);
    let merged = match filling {
        Filling::Complete => form.merge(&current, &written, access),
        Filling::Partial => form.amend(&current, &written, access),
        Filling::Draft => form.check_draft(&current, &written, access),
    };
    let Value::Object(mut merged) = merged.map_err(fault)? else {
        return Ok(Map::new());
    };
    if filling == Filling::Draft {
        return Ok(merged);
    }
    // What was taken away is null from now on.
    for name in current.as_object().into_iter().flat_map(Map::keys) {
        merged.entry(name.clone()).or_insert(Value::Null);
    }
    merged.retain(|name, value| variables.get(name) != Some(value));
    Ok(merged)
}

/// Stands for what is filled in of the fields that whoever decides a task may write: it is another as soon as
/// that is. Empty where there is no form in hand.
pub fn mark_of(model: &Model, task: &task::Model, variables: &Map<String, Value>) -> String {
    let Some(form) = form_at(model, task) else {
        return String::new();
    };
    let access = access_of(model, task);
    let mut data = current(form, variables);
    if let Value::Object(fields) = &mut data {
        // Signatures are added to, and nobody answers them.
        let declared = |name: &String| form.properties().and_then(|properties| properties.get(name));
        let is_of_signatures =
            |name: &String| declared(name).is_some_and(|declared| is_of_signatures(form.schema(), declared));
        fields.retain(|name, _| access.to(name) == FieldAccess::Write && !is_of_signatures(name));
    }
    hex::encode(&Sha256::digest(data.to_string())[..MARK_BYTES])
}

/// Without a form in hand, a node that names fields lets those be written that it says; one that names
/// none lets anything be written but what the process's forms, and other nodes, have under control.
fn check_without_form(model: &Model, task: &task::Model, written: &Map<String, Value>) -> Result<(), Fault> {
    let fields = model.user_task(&task.node_id).map(|node| &node.approval.fields);
    let may_write = |name: &String| match fields.filter(|fields| !fields.is_empty()) {
        Some(fields) => fields.get(name) == Some(&FieldAccess::Write),
        None => !model.controls(name),
    };
    match written.keys().find(|name| !may_write(name)) {
        Some(name) => Err(Fault::bad_input(format!("formData.{name}"), "this field is not yours to write")),
        None => Ok(()),
    }
}

fn access_of<'a>(model: &'a Model, task: &task::Model) -> Access<'a> {
    match model.user_task(&task.node_id) {
        Some(node) => Access::Fields(&node.approval.fields),
        // The starter, to whom it was sent back, fills it in as at the start.
        None => Access::All,
    }
}

/// What is filled in of a form: the variables of its fields' names.
fn current(form: &Form, variables: &Map<String, Value>) -> Value {
    let fields = form.schema().get("properties").and_then(Value::as_object);
    let names = fields.into_iter().flat_map(Map::keys);
    let filled = names.filter_map(|name| Some((name.clone(), variables.get(name)?.clone())));
    Value::Object(filled.filter(|(_, value)| !value.is_null()).collect())
}
