//! Starting an instance.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::nameless;
use crate::kernel::{Actor, Fault, Role};
use crate::storage::entity::process_instance;
use crate::storage::idempotency::{self, Key};
use crate::workflow::case::{Case, NewInstance, first_variables};
use crate::workflow::definition::Definition;
use crate::workflow::execution::{Command, Facts, beginning};
use crate::workflow::form::{self, Access, FieldFault};
use crate::workflow::model::Settings;
use crate::workflow::{Workflow, read, variable};

/// The mutation whose idempotency keys these are.
const MUTATION: &str = "startProcess";
/// The longest business key, in characters.
const MAX_BUSINESS_KEY: usize = 255;

/// What a caller wants started.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StartProcess {
    /// The process's key.
    pub definition_key: String,
    /// The version; the newest where it is none.
    pub version: Option<i32>,
    /// What it is about, in the caller's words: at most 255 characters.
    pub business_key: Option<String>,
    /// What it begins with.
    pub variables: Map<String, Value>,
    /// The fields of the start form.
    pub form_data: Map<String, Value>,
    /// Approvers of nodes that let the starter choose them: user ids by node.
    pub approvers: Map<String, Value>,
    /// Makes a repeated call answer the same instance: 1 to 255 characters, the user's own.
    pub idempotency_key: Option<String>,
}

/// What [`Workflow::start`] answers.
#[derive(Debug, Clone)]
pub struct Started {
    /// The instance; it may have ended already.
    pub instance: process_instance::Model,
}

impl Workflow {
    /// Starts an instance of a process: it goes on until it waits for people, or has ended.
    ///
    /// # Errors
    /// `BAD_INPUT` where the input has not the shape of one, naming the field, and where the process begins
    /// by events alone; `NOT_FOUND` where
    /// there is no such process; `FORBIDDEN` where the actor may not start it, or has no name and
    /// the process must not be started without one; `CONFLICT` where the idempotency key was used
    /// with another input; `RATE_LIMITED` with `resetAt` where too many without a name were first;
    /// `CONFLICT` where the business record is being decided by another instance, and
    /// where the process cannot go on.
    pub async fn start(&self, actor: Option<&Actor>, start: StartProcess) -> Result<Started, Fault> {
        check_shape(&start)?;
        let hash = idempotency::hash(&[
            &start.definition_key,
            &start.version.map(|version| version.to_string()).unwrap_or_default(),
            start.business_key.as_deref().unwrap_or_default(),
            &in_order(&start.variables),
            &in_order(&start.form_data),
            &in_order(&start.approvers),
        ]);
        let user = actor.map(|actor| actor.user_id.as_str());
        let key = start.idempotency_key.as_deref().zip(user);
        let key = key.map(|(key, user_id)| Key { user_id, mutation: MUTATION, key, input_hash: &hash });
        if let Some(key) = key
            && let Some(answer) = idempotency::find(self.inner.db.reader(), key).await?
        {
            return self.repeat(&answer).await;
        }
        let (definition, variables) = self.prepare_start(actor, &start).await?;
        let id = Uuid::now_v7();
        let mut case = Case::begin(&self.inner, user).await?;
        if actor.is_none() {
            nameless::admit(case.tx(), definition.row.id, case.now).await?;
        }
        if let Some(key) = key
            && !idempotency::remember_in_op(case.tx(), key, &id.to_string(), case.now).await?
        {
            drop(case);
            // Somebody with the same key was first.
            let answer = idempotency::find(self.inner.db.reader(), key).await?;
            return self.repeat(&answer.ok_or_else(|| Fault::conflict("try again"))?).await;
        }
        case.add_instance(NewInstance {
            id,
            definition,
            business_key: start.business_key,
            started_by: user.map(str::to_owned),
            variables,
            chosen: start.approvers,
            parent: None,
        })?;
        case.command(id, Command::Start).await?;
        let instance = self.finish(case, id).await?;
        tracing::info!(instance = %id, process = start.definition_key, "process started");
        Ok(Started { instance })
    }

    /// Which process a start means and what it begins with, where the actor may start it.
    pub(in crate::workflow) async fn prepare_start(
        &self,
        actor: Option<&Actor>,
        start: &StartProcess,
    ) -> Result<(Arc<Definition>, Map<String, Value>), Fault> {
        check_shape(start)?;
        let found = self.inner.definitions.find(&start.definition_key, start.version).await?;
        let definition = found.ok_or_else(|| Fault::not_found("process definition"))?;
        if definition.model.start_by_hand().is_none() {
            let message = "this process begins by events alone: nobody starts it";
            return Err(Fault::bad_input("definitionKey", message));
        }
        self.check_starter(actor, &definition).await?;
        let variables = start_variables(start, &definition)?;
        let facts = Facts {
            starter: actor.map(|actor| actor.user_id.as_str()),
            business_key: start.business_key.as_deref(),
            now: self.inner.clock.now(),
            answers: &[],
        };
        let first = first_variables(&definition.model, variables.clone());
        let begin = beginning(&definition.model, &first, facts);
        let begin = begin.map_err(|error| Fault::bad_input("variables", error.to_string()))?.id.clone();
        self.check_choice(&definition, &begin, &start.approvers).await?;
        Ok((definition, variables))
    }

    async fn repeat(&self, answer: &str) -> Result<Started, Fault> {
        let id = Uuid::try_parse(answer).map_err(Fault::internal)?;
        let found = read::instance(self.inner.db.reader(), id).await?;
        let instance = found.ok_or_else(|| Fault::not_found("process instance"))?;
        Ok(Started { instance })
    }

    /// Whether an actor may start a process.
    async fn check_starter(&self, actor: Option<&Actor>, definition: &Arc<Definition>) -> Result<(), Fault> {
        let Some(actor) = actor else {
            if definition.model.settings.anonymous_start {
                return Ok(());
            }
            return Err(Fault::forbidden("this process is not started without a name: sign in"));
        };
        if self.startable(actor, std::slice::from_ref(definition)).await?.is_empty() {
            return Err(Fault::forbidden("you are not among those who may start this process"));
        }
        Ok(())
    }

    /// Those of the definitions that somebody starts and the actor may, by their ids: the groups of all of them are
    /// found at once.
    ///
    /// # Errors
    /// The database's.
    pub async fn startable(
        &self,
        actor: &Actor,
        definitions: &[Arc<Definition>],
    ) -> Result<HashSet<Uuid>, Fault> {
        let begins = definitions.iter().filter(|definition| definition.model.start_by_hand().is_some());
        let is_open = |settings: &Settings| {
            let everybody = settings.starter_users.is_empty() && settings.starter_groups.is_empty();
            everybody || actor.has_role(Role::Admin) || settings.starter_users.contains(&actor.user_id)
        };
        let (open, closed): (Vec<_>, Vec<_>) =
            begins.partition(|definition| is_open(&definition.model.settings));
        let mut found: HashSet<_> = open.into_iter().map(|definition| definition.row.id).collect();
        let groups: BTreeSet<_> =
            closed.iter().flat_map(|definition| &definition.model.settings.starter_groups).cloned().collect();
        if groups.is_empty() {
            return Ok(found);
        }
        let directory = &self.inner.directory;
        let groups = directory.resolve_groups(&groups.into_iter().collect::<Vec<_>>()).await?;
        let principals = directory.principals_of(&actor.user_id).await?;
        let is_in = |name: &String| groups.get(name).is_some_and(|group| principals.contains(group));
        let within = closed.into_iter().filter(|it| it.model.settings.starter_groups.iter().any(is_in));
        found.extend(within.map(|definition| definition.row.id));
        Ok(found)
    }
}

/// An object as a text that does not depend on the order of its names.
fn in_order(object: &Map<String, Value>) -> String {
    let mut object = Value::Object(object.clone());
    object.sort_all_objects();
    object.to_string()
}

fn check_shape(start: &StartProcess) -> Result<(), Fault> {
    if start.definition_key.is_empty() || start.definition_key.chars().count() > 128 {
        return Err(Fault::bad_input("definitionKey", "a process's key has 1 to 128 characters"));
    }
    if let Some(key) = &start.business_key
        && (key.is_empty() || key.chars().count() > MAX_BUSINESS_KEY || key.contains('\0'))
    {
        let message = format!("a business key has 1 to {MAX_BUSINESS_KEY} characters");
        return Err(Fault::bad_input("businessKey", message));
    }
    if let Some(key) = &start.idempotency_key
        && (key.is_empty() || key.chars().count() > 255 || key.contains('\0'))
    {
        return Err(Fault::bad_input("idempotencyKey", "an idempotency key has 1 to 255 characters"));
    }
    for (field, given) in [("variables", &start.variables), ("formData", &start.form_data)] {
        variable::check_names(field, given)?;
    }
    variable::check_chosen("approvers", &start.approvers)
}

/// What an instance is given to begin with: the variables, and the form's fields.
fn start_variables(start: &StartProcess, definition: &Definition) -> Result<Map<String, Value>, Fault> {
    let mut variables = start.variables.clone();
    for (field, given) in [("variables", &start.variables), ("formData", &start.form_data)] {
        variable::check_initiator(field, given, &definition.model)?;
    }
    let form = form::start_form(&definition.model);
    // With a form, what may be given is the form's to say.
    if let Some(form) = form {
        if let Some(name) = variables.keys().find(|name| form.names(name)) {
            let message = "this is a field of the start form: fill it in as formData";
            return Err(Fault::bad_input(format!("variables.{name}"), message));
        }
        let written = Value::Object(start.form_data.clone());
        let filled = form.merge(&Value::Object(Map::new()), &written, Access::All);
        let filled = filled.map_err(|faults| FieldFault::into_fault("formData", &faults))?;
        if let Value::Object(filled) = filled {
            variables.extend(filled);
        }
    } else {
        variables.extend(start.form_data.clone());
    }
    Ok(variables)
}
