//! The query root: what each area can tell.

use async_graphql::MergedObject;

use super::batch::{ApprovalBatchQuery, BatchQuery};
use super::directory::DirectoryQuery;
use super::feature::FeatureQuery;
use super::node::NodeQuery;
use super::process::{AheadQuery, EventQuery, JobQuery, ProcessQuery, RecordQuery, StartEventQuery};
use super::viewer::ViewerQuery;
use super::webhook::WebhookQuery;

/// Reading. Everything needs a token.
#[derive(MergedObject, Default)]
pub struct Query(
    NodeQuery,
    ViewerQuery,
    FeatureQuery,
    BatchQuery,
    ApprovalBatchQuery,
    DirectoryQuery,
    ProcessQuery,
    AheadQuery,
    RecordQuery,
    EventQuery,
    StartEventQuery,
    WebhookQuery,
    JobQuery,
);
