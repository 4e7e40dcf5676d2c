//! Filling the directory from uploaded files.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result};
use bytes::Bytes;

use crate::directory as domain;
use crate::files::{ObjectError, TABLES};
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{actor, services};
use crate::graphql::scalars::Int;
use crate::kernel::{Fault, GlobalId, NodeKind};

/// What becomes of those whom a file does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub enum ImportMode {
    /// They stay as they are.
    Merge,
    /// They are removed, in the kinds that there is a file of: people become inactive and groups
    /// are gone, and both stay readable.
    Replace,
}

impl From<ImportMode> for domain::ImportMode {
    fn from(mode: ImportMode) -> Self {
        match mode {
            ImportMode::Merge => Self::Merge,
            ImportMode::Replace => Self::Replace,
        }
    }
}

/// What `importDirectory` takes: at least one file, each an upload of yours that is CSV with a
/// header, or a JSON array of objects of the same names; in UTF-8, at most 32 MiB and 200,000 rows.
/// What a file has no column of stays as it is; an empty cell takes away what was there.
#[derive(Debug, InputObject)]
pub struct ImportDirectoryInput {
    /// Departments: `id`, `parent_id`, `name`, `leader`.
    departments: Option<ID>,
    /// Positions: `id`, `dept_id`, `title`, `grade`.
    positions: Option<ID>,
    /// People: `user_id`, `name`, `email`, `dept_id`, `departments`, `position_id`, `positions`,
    /// `roles`, `tags`, `manager`, `reports_to`, `grade`, `profession`, `active`.
    people: Option<ID>,
    /// Tags: `id`, `name`. Without this file a tag is there as soon as somebody carries it.
    tags: Option<ID>,
    /// Approver roles: `id`, `name`. Without this file a role is there as soon as somebody has it.
    roles: Option<ID>,
    /// What becomes of those whom a file does not name; MERGE where it is not given.
    mode: Option<ImportMode>,
    /// Makes leaders of departments that no `leader` is given for: of the people's file, the one
    /// person in each who reports to nobody within it. False where it is not given.
    derive_leaders: Option<bool>,
}

/// What an import did with one kind.
pub struct ImportCounts(domain::Counts);

object_at_hand! {
    /// What an import did with one kind.
    ImportCounts |counts| {
        /// New, or back after they had been removed.
        created "created": Int = count(counts.0.created);
        /// Changed in something.
        updated "updated": Int = count(counts.0.updated);
        /// Named, and as they were.
        unchanged "unchanged": Int = count(counts.0.unchanged);
        /// No longer there, for nothing named them.
        removed "removed": Int = count(counts.0.removed);
    }
}

/// What `importDirectory` answers.
pub struct ImportDirectoryPayload(domain::ImportReport);

object_at_hand! {
    /// What `importDirectory` answers.
    ImportDirectoryPayload |payload| {
        /// Of departments.
        departments "departments": One<ImportCounts> = One(ImportCounts(payload.0.departments));
        /// Of positions.
        positions "positions": One<ImportCounts> = One(ImportCounts(payload.0.positions));
        /// Of people; who belongs to something else now is updated.
        people "people": One<ImportCounts> = One(ImportCounts(payload.0.people));
        /// Of tags.
        tags "tags": One<ImportCounts> = One(ImportCounts(payload.0.tags));
        /// Of approver roles.
        roles "roles": One<ImportCounts> = One(ImportCounts(payload.0.roles));
        /// How many departments got a leader by `deriveLeaders`.
        leaders_derived "leadersDerived": Int = count(payload.0.leaders_derived);
        /// How many people's `reports_to` names nobody else who is known; they have no manager.
        managers_unknown "managersUnknown": Int = count(payload.0.managers_unknown);
        /// Columns that nothing is known of, such as `people.photo`; at most 20 a file.
        ignored_columns "ignoredColumns": Vec<String> = payload.0.ignored_columns.clone();
    }
}

fn count(number: u64) -> Int {
    Int(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Filling the directory.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Fills the directory from uploaded files, all or nothing; the same again changes nothing. For
    /// OPERATOR. What is wrong with the files comes as BAD_INPUT with `faults` (each with `file`,
    /// `line`, `column` and `message`, at most 100) and `faultCount`.
    async fn import_directory(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The files, and what to do with them.")] input: ImportDirectoryInput,
    ) -> Option<Result<One<ImportDirectoryPayload>>> {
        Some(import(ctx, input).await.map(One))
    }
}

async fn import(ctx: &Context<'_>, input: ImportDirectoryInput) -> Result<ImportDirectoryPayload> {
    let (services, actor) = (services(ctx)?, actor(ctx)?);
    // Before anything is read.
    services.directory.check_importer(actor)?;
    let import = domain::Import {
        departments: table(ctx, "departments", input.departments).await?,
        positions: table(ctx, "positions", input.positions).await?,
        people: table(ctx, "people", input.people).await?,
        tags: table(ctx, "tags", input.tags).await?,
        roles: table(ctx, "roles", input.roles).await?,
        mode: input.mode.map(Into::into).unwrap_or_default(),
        derive_leaders: input.derive_leaders.unwrap_or_default(),
    };
    let files = [&import.departments, &import.positions, &import.people, &import.tags, &import.roles];
    if files.iter().all(|file| file.is_none()) {
        return Err(Fault::bad_input("people", "name at least one file").into());
    }
    Ok(ImportDirectoryPayload(services.directory.import(actor, import).await?))
}

/// The bytes of an uploaded table.
async fn table(ctx: &Context<'_>, field: &str, id: Option<ID>) -> Result<Option<Bytes>, Fault> {
    let Some(id) = id else { return Ok(None) };
    let id = GlobalId::uuid_of(NodeKind::File, field, &id)?;
    let missing = || Fault::bad_input(field, "there is no such file, or it is not yours");
    let files = &services(ctx)?.files;
    let file = files.find_many(actor(ctx)?, &[id]).await?.pop().ok_or_else(missing)?;
    if !TABLES.iter().any(|table| table.content_type == file.content_type) {
        let message = format!("upload CSV or a JSON array, not {}", file.content_type);
        return Err(Fault::bad_input(field, message));
    }
    let limit = u64::try_from(domain::MAX_BYTES).unwrap_or(u64::MAX);
    match files.read_all(&file, limit).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(ObjectError::Gone { .. }) => Err(missing()),
        Err(error) => Err(error.into()),
    }
}
