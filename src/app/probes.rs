//! What must work for `/readyz` to say so.

use std::error::Error;

use async_trait::async_trait;

use crate::files::Files;
use crate::http::Probe;
use crate::storage::Db;

/// Probes the database.
pub(super) struct DatabaseProbe(pub Db);

#[async_trait]
impl Probe for DatabaseProbe {
    fn name(&self) -> &'static str {
        "database"
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.0.ping().await?)
    }
}

/// Probes the object storage.
pub(super) struct StorageProbe(pub Files);

#[async_trait]
impl Probe for StorageProbe {
    fn name(&self) -> &'static str {
        "objectStore"
    }

    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Ok(self.0.check().await?)
    }
}
