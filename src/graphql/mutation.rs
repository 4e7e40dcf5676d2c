//! The mutation root: what each area can do.

use async_graphql::MergedObject;

use super::batch::{ApprovalBatchMutation, ApprovalSheetMutation, BatchMutation};
use super::directory::{AbsenceMutation, ImportMutation};
use super::feature::FeatureMutation;
use super::process::{
    DefinitionMutation, EventMutation, InstanceMutation, JobMutation, StartEventMutation, TaskMutation,
};
use super::viewer::ViewerMutation;
use super::webhook::WebhookMutation;

/// Changing. Each field answers null and an error where it fails; its siblings are not affected.
#[derive(MergedObject, Default)]
pub struct Mutation(
    ViewerMutation,
    FeatureMutation,
    BatchMutation,
    ApprovalBatchMutation,
    ApprovalSheetMutation,
    ImportMutation,
    AbsenceMutation,
    DefinitionMutation,
    InstanceMutation,
    TaskMutation,
    EventMutation,
    StartEventMutation,
    WebhookMutation,
    JobMutation,
);
