//! Tasks as a spreadsheet, to be decided in it.

use std::collections::HashSet;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};

use super::auth::Authenticated;
use super::files::{FileRoutes, XLSX, made_on_request};
use super::problem::Problem;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow::TaskFilter;

/// `GET /approvals/sheet.xlsx`: the caller's open tasks, with the conditions of `TaskFilter` as parameters.
pub(super) async fn approval_sheet(
    State(state): State<FileRoutes>,
    RawQuery(query): RawQuery,
    Authenticated(identity): Authenticated,
) -> Result<Response, Problem> {
    let filter = filter_of(query.as_deref().unwrap_or_default())?;
    let sheet = state.batches.approval_sheet(&identity.actor, &filter).await?;
    Ok((made_on_request(XLSX, &sheet.file_name)?, sheet.bytes).into_response())
}

/// The filter that a query's parameters mean. A condition that is not known is refused: without it, more would
/// be taken than was meant.
fn filter_of(query: &str) -> Result<TaskFilter, Fault> {
    let mut filter = TaskFilter::default();
    let mut seen = HashSet::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        if !seen.insert(name.clone()) {
            return Err(Fault::bad_input(name.chars().take(64).collect::<String>(), "say this once"));
        }
        let text = || Some(value.clone().into_owned());
        let user = || match GlobalId::decode(&value) {
            Some(GlobalId { kind: NodeKind::Person, raw }) => Ok(Some(raw)),
            _ => GlobalId::raw_of(NodeKind::User, &name, &value).map(Some),
        };
        match &*name {
            "view" if value == "TODO" => {}
            "view" => return Err(Fault::bad_input("view", "a sheet has tasks to do alone: TODO")),
            "definitionKey" => filter.definition_key = text(),
            "instanceId" => {
                filter.instance = Some(GlobalId::uuid_of(NodeKind::ProcessInstance, "instanceId", &value)?);
            }
            "businessKey" => filter.business_key = text(),
            "businessKeyContains" => filter.business_key_contains = text(),
            "businessType" => filter.business_type = text(),
            "search" => filter.search = text(),
            "nodeId" => filter.node_id = text(),
            "name" => filter.name = text(),
            "assignee" => filter.assignee = user()?,
            "startedBy" => filter.started_by = user()?,
            "unassigned" => filter.unassigned = Some(whether("unassigned", &value)?),
            "delegated" => filter.delegated = Some(whether("delegated", &value)?),
            "resubmission" => filter.resubmission = Some(whether("resubmission", &value)?),
            "suspended" => filter.suspended = Some(whether("suspended", &value)?),
            "createdAfter" => filter.created_after = Some(time("createdAfter", &value)?),
            "createdBefore" => filter.created_before = Some(time("createdBefore", &value)?),
            "dueAfter" => filter.due_after = Some(time("dueAfter", &value)?),
            "dueBefore" => filter.due_before = Some(time("dueBefore", &value)?),
            unknown => {
                let shown: String = unknown.chars().take(64).collect();
                return Err(Fault::bad_input(shown, "there is no such condition"));
            }
        }
    }
    Ok(filter)
}

fn whether(name: &str, value: &str) -> Result<bool, Fault> {
    value.parse().map_err(|_| Fault::bad_input(name, "must be true or false"))
}

fn time(name: &str, value: &str) -> Result<DateTime<Utc>, Fault> {
    let time = DateTime::parse_from_rfc3339(value);
    time.map(Into::into).map_err(|_| Fault::bad_input(name, "must be a time such as 2026-12-31T09:00:00Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_the_filters_conditions() {
        let filter = filter_of(
            "definitionKey=leave&unassigned=false&createdAfter=2026-01-31T00%3A00%3A00Z&search=a+b",
        )
        .unwrap();
        assert_eq!(filter.definition_key.as_deref(), Some("leave"));
        assert_eq!((filter.unassigned, filter.search.as_deref()), (Some(false), Some("a b")));
        assert_eq!(filter.created_after.unwrap().to_rfc3339(), "2026-01-31T00:00:00+00:00");
        let user = GlobalId::encode(NodeKind::User, "bob");
        assert_eq!(filter_of(&format!("startedBy={user}")).unwrap().started_by.as_deref(), Some("bob"));
        assert_eq!(filter_of("startedBy=bob").unwrap().started_by.as_deref(), Some("bob"));
        assert_eq!(filter_of("view=TODO").unwrap(), TaskFilter::default());
    }

    #[test]
    fn a_condition_that_is_not_known_or_not_read_is_refused_by_name() {
        for (query, field) in [
            ("view=ALL", "view"),
            ("nodeid=x", "nodeid"),
            ("suspended=yes", "suspended"),
            ("dueAfter=1", "dueAfter"),
        ] {
            let fault = filter_of(query).unwrap_err();
            assert_eq!(fault.details()["field"], field, "{query}");
        }
    }
}
