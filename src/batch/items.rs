//! Reading the items of batches: each is visible where its batch is.

use std::collections::HashMap;

use uuid::Uuid;

use super::Batches;
use crate::engine::{ItemFilter, ItemRow, ItemView};
use crate::kernel::{Actor, Fault, Page, PageRequest};
use crate::storage::entity::attempt;

/// An item among all: its batch and its index.
pub type ItemKey = (Uuid, i32);

impl Batches {
    /// A page of the items of a batch that has been found visible, in index order.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is none of these.
    pub async fn items(
        &self,
        batch: Uuid,
        filter: &ItemFilter,
        page: &PageRequest,
    ) -> Result<Page<ItemView>, Fault> {
        self.inner.engine.items(batch, filter, page).await
    }

    /// How many items [`Batches::items`] gives in all.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn count_items(&self, batch: Uuid, filter: &ItemFilter) -> Result<i64, Fault> {
        Ok(self.inner.engine.count_items(batch, filter).await?)
    }

    /// The first `limit` items of each of these batches, which have been found visible; in one
    /// statement. Their rows, or their heads alone.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn first_items<T: ItemRow>(
        &self,
        batches: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<ItemView<T>>>, Fault> {
        Ok(self.inner.engine.first_items(batches, limit).await?)
    }

    /// Those of the items that exist and that the actor may see.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn items_by_key(
        &self,
        actor: &Actor,
        keys: &[ItemKey],
    ) -> Result<HashMap<ItemKey, ItemView>, Fault> {
        let batches: Vec<_> = keys.iter().map(|(batch, _)| *batch).collect();
        let visible = self.by_ids(actor, &batches).await?;
        let keys: Vec<_> = keys.iter().copied().filter(|(batch, _)| visible.contains_key(batch)).collect();
        Ok(self.inner.engine.items_by_key(&keys).await?)
    }

    /// The attempts at visible items that did not succeed, oldest first.
    ///
    /// # Errors
    /// `INTERNAL`.
    pub async fn attempts(&self, keys: &[ItemKey]) -> Result<HashMap<ItemKey, Vec<attempt::Model>>, Fault> {
        Ok(self.inner.engine.attempts(keys).await?)
    }
}
