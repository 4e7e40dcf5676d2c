//! What the mutations of tasks take.

use async_graphql::{ID, InputObject};

use super::given::{files, object};
use super::status::SignPlace;
use crate::graphql::scalars::Json;
use crate::kernel::{Fault, GlobalId, NodeKind};
use crate::workflow::Decide;

/// Makes the inputs of decisions: what they have in common, and what is their own.
macro_rules! decisions {
    ($($(#[$doc:meta])* $input:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })+) => {$(
        $(#[$doc])*
        #[derive(Debug, InputObject)]
        pub struct $input {
            /// The task.
            pub(super) task_id: ID,
            $($(#[$field_doc])* pub(super) $field: $type,)*
            /// Why, in at most 4,000 characters.
            comment: Option<String>,
            /// Fields of the form: those that may be written at this node, and not more.
            form_data: Option<Json>,
            /// Approvers of later nodes that let you choose them: lists of user ids (as in the token)
            /// by the node's id.
            approvers: Option<Json>,
            /// Your signature: an uploaded file.
            signature: Option<ID>,
            /// Further uploaded files of yours, at most 20.
            attachments: Option<Vec<ID>>,
            /// Shows that you have confirmed it by a second factor, where the node demands that.
            two_factor_ticket: Option<String>,
        }

        impl $input {
            /// What comes with the decision.
            ///
            /// # Errors
            /// `BAD_INPUT` naming the field.
            pub(super) fn decide(self) -> Result<Decide, Fault> {
                let signature = self.signature.as_deref();
                let file = |id| GlobalId::uuid_of(NodeKind::File, "signature", id);
                Ok(Decide {
                    comment: self.comment,
                    form_data: object("formData", self.form_data)?,
                    approvers: object("approvers", self.approvers)?,
                    signature: signature.map(|id| file(id)).transpose()?,
                    attachments: files("attachments", self.attachments)?,
                    two_factor_ticket: self.two_factor_ticket,
                })
            }
        }
    )+};
}

decisions! {
    /// What `approveTask` takes.
    ApproveTaskInput {}
    /// What `rejectTask` takes.
    RejectTaskInput {}
    /// What `returnTask` takes.
    ReturnTaskInput {
        /// Whereto: one of `returnTargets`. To the starter, where it is not given.
        node_id: Option<String>,
    }
}

/// What `delegateTask` takes.
#[derive(Debug, InputObject)]
pub struct DelegateTaskInput {
    /// The task.
    pub(super) task_id: ID,
    /// To whom: a user's id, global or as in the token.
    pub(super) user_id: String,
    /// Why, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `transferTask` takes.
#[derive(Debug, InputObject)]
pub struct TransferTaskInput {
    /// The task.
    pub(super) task_id: ID,
    /// To whom: a user's id, global or as in the token.
    pub(super) user_id: String,
    /// Why, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `addSigners` takes.
#[derive(Debug, InputObject)]
pub struct AddSignersInput {
    /// The task, which is yours.
    pub(super) task_id: ID,
    /// Whether they sign before you or after you.
    pub(super) place: SignPlace,
    /// Who: 1 to 50 users' ids, global or as in the token.
    pub(super) user_ids: Vec<String>,
    /// Why, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `removeSigners` takes.
#[derive(Debug, InputObject)]
pub struct RemoveSignersInput {
    /// The task that they were added to, which is yours.
    pub(super) task_id: ID,
    /// Who: users' ids, global or as in the token, of signers who are not done.
    pub(super) user_ids: Vec<String>,
    /// Why, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `copyTask` takes.
#[derive(Debug, InputObject)]
pub struct CopyTaskInput {
    /// The task.
    pub(super) task_id: ID,
    /// To whom it is shown: 1 to 100 users' ids, global or as in the token.
    pub(super) user_ids: Vec<String>,
    /// Why, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `claimTask` takes.
#[derive(Debug, InputObject)]
pub struct ClaimTaskInput {
    /// The task.
    pub(super) task_id: ID,
}

/// What `unclaimTask` takes.
#[derive(Debug, InputObject)]
pub struct UnclaimTaskInput {
    /// The task.
    pub(super) task_id: ID,
}

/// What `withdrawTask` takes.
#[derive(Debug, InputObject)]
pub struct WithdrawTaskInput {
    /// The task, which you have approved.
    pub(super) task_id: ID,
    /// Why, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `recallTask` takes.
#[derive(Debug, InputObject)]
pub struct RecallTaskInput {
    /// The task, which is approved.
    pub(super) task_id: ID,
    /// Why, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `urgeTask` takes.
#[derive(Debug, InputObject)]
pub struct UrgeTaskInput {
    /// The task.
    pub(super) task_id: ID,
    /// What to tell whoever has it, in at most 4,000 characters.
    pub(super) comment: Option<String>,
}

/// What `saveTaskDraft` takes.
#[derive(Debug, InputObject)]
pub struct SaveTaskDraftInput {
    /// The task.
    pub(super) task_id: ID,
    /// What is filled in of the form.
    pub(super) form_data: Option<Json>,
    /// The comment to be.
    pub(super) comment: Option<String>,
}

/// What `commentTask` takes.
#[derive(Debug, InputObject)]
pub struct CommentTaskInput {
    /// The task.
    pub(super) task_id: ID,
    /// What to say: 1 to 4,000 characters.
    pub(super) comment: String,
    /// Uploaded files of yours, at most 20.
    pub(super) attachments: Option<Vec<ID>>,
}
