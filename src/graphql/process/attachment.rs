//! Files that came with something said.

use std::sync::Arc;

use async_graphql::ID;

use crate::files::StoredFile;
use crate::graphql::at_hand::object_at_hand;
use crate::graphql::context::Services;
use crate::graphql::scalars::Int;
use crate::kernel::{GlobalId, NodeKind};

/// A file that came with something said, for whoever may see what was said.
#[derive(Clone)]
pub struct Attachment {
    file: StoredFile,
    services: Arc<Services>,
}

impl Attachment {
    /// A file that the caller has found visible by what refers to it.
    pub fn new(file: StoredFile, services: &Arc<Services>) -> Self {
        Self { file, services: Arc::clone(services) }
    }
}

object_at_hand! {
    /// A file that came with something said: for whoever may see that.
    Attachment |attachment| {
        /// The file's id.
        id "id": ID = ID(GlobalId::encode(NodeKind::File, attachment.file.id));
        /// Its name.
        name "name": String = attachment.file.name.clone();
        /// Its type, as its content tells.
        content_type "contentType": String = attachment.file.content_type.clone();
        /// Its size in bytes.
        size_bytes "sizeBytes": Int = Int(i64::try_from(attachment.file.size).unwrap_or(i64::MAX));
        /// Where to get it: a path with a signature that is good for an hour or a little more.
        url "url": String = attachment.services.files.link(attachment.file.id);
    }
}
