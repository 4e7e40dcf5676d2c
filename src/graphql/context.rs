//! What resolvers find in their context: the services and who asks.

use std::sync::Arc;

use async_graphql::Context;
use uuid::Uuid;

use crate::account::Accounts;
use crate::batch::Batches;
use crate::directory::Directory;
use crate::files::{Files, LinkSigner};
use crate::kernel::{Actor, Clock, ErrorCode, Fault, GlobalId, NodeKind};
use crate::pipeline::Features;
use crate::workflow::Workflow;

/// The services that resolvers call.
#[derive(Clone)]
pub struct Services {
    /// Batches.
    pub batches: Batches,
    /// Quota.
    pub accounts: Accounts,
    /// Features.
    pub features: Features,
    /// People and what they belong to.
    pub directory: Directory,
    /// Approvals.
    pub workflow: Workflow,
    /// Files, for links to them.
    pub files: Files,
    /// Signs links to archives.
    pub links: LinkSigner,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Services {
    /// A signed link to the archive of a batch that the actor may see.
    pub fn archive_link(&self, batch: Uuid, success_only: bool) -> String {
        let path = format!("/batches/{batch}/archive.zip?successOnly={success_only}");
        self.links.link(&path, self.clock.now())
    }

    /// A signed link to the error sheet of a batch that the actor may see.
    pub fn error_sheet_link(&self, batch: Uuid) -> String {
        self.links.link(&format!("/batches/{batch}/errors.xlsx"), self.clock.now())
    }
}

/// The services.
///
/// # Errors
/// `INTERNAL` where the schema was built without them, which is only good for its SDL.
pub fn services<'a>(ctx: &Context<'a>) -> Result<&'a Arc<Services>, Fault> {
    ctx.data_opt::<Arc<Services>>().ok_or_else(|| Fault::internal("the schema was built without services"))
}

/// Who asks, as the transport has put them into the request.
///
/// # Errors
/// `UNAUTHENTICATED` where nobody is there.
pub fn actor<'a>(ctx: &Context<'a>) -> Result<&'a Actor, Fault> {
    ctx.data_opt::<Actor>().ok_or_else(nobody)
}

/// `UNAUTHENTICATED`: nobody gets this.
pub fn nobody() -> Fault {
    Fault::new(ErrorCode::Unauthenticated, "this needs a token: Authorization: Bearer …")
}

/// The user id that somebody names: a person's or a user's global id, or the `sub` itself.
///
/// # Errors
/// `BAD_INPUT` at `field` where it is the id of something else, empty or too long.
pub fn user_of(field: &str, text: &str) -> Result<String, Fault> {
    match GlobalId::decode(text) {
        Some(GlobalId { kind: NodeKind::Person, raw }) => Ok(raw),
        _ => GlobalId::raw_of(NodeKind::User, field, text),
    }
}
