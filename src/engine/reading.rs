//! Reading runs and items through the engine's face.

use std::collections::HashMap;

use futures::Stream;
use sea_orm::DbErr;
use uuid::Uuid;

use super::store::read;
use super::{Engine, ItemStatus};
use crate::kernel::{Fault, Page, PageRequest, Place};
use crate::storage::by_place::ByPlace;
use crate::storage::entity::{attempt, item, run};

/// How many items a walk through a run reads at once.
const WALK: u64 = 500;

/// An item as it stands, with what follows from the leases.
#[derive(Debug, Clone)]
pub struct ItemView<T = item::Model> {
    /// The row, or a part of it.
    pub item: T,
    /// Its status; RUNNING where it is leased.
    pub status: ItemStatus,
    /// The step it is at, where it is running and the process that asks knows: because it does
    /// the work itself, or has just heard of it.
    pub step: Option<String>,
}

/// An item's row, or as much of it as an [`ItemView`] needs.
pub trait ItemRow: ByPlace + Send {
    /// Its run and its index.
    fn key(&self) -> (Uuid, i32);

    /// The status that is written.
    fn status(&self) -> &str;

    /// How many attempts have ended.
    fn attempt(&self) -> i32;
}

/// Implements [`ItemRow`] by the fields' names.
macro_rules! item_row {
    ($($type:ty),*) => {$(
        impl ItemRow for $type {
            fn key(&self) -> (Uuid, i32) {
                (self.run_id, self.idx)
            }

            fn status(&self) -> &str {
                &self.status
            }

            fn attempt(&self) -> i32 {
                self.attempt
            }
        }
    )*};
}

item_row!(item::Model, item::Head);

/// Which items to read.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter {
    /// Only these; every item where none is given.
    pub statuses: Option<Vec<ItemStatus>>,
}

impl Engine {
    /// Many runs as they stand; those that do not exist are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn runs(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, run::Model>, DbErr> {
        read::runs(&self.inner.db, ids).await
    }

    /// A page of a run's items in index order.
    ///
    /// # Errors
    /// `BAD_INPUT` for a cursor that is no index, or the database's as `INTERNAL`.
    pub async fn items(
        &self,
        run: Uuid,
        filter: &ItemFilter,
        page: &PageRequest,
    ) -> Result<Page<ItemView>, Fault> {
        let index = |field: &str, cursor: &Option<String>| {
            cursor
                .as_deref()
                .map(str::parse::<i32>)
                .transpose()
                .map_err(|_| Fault::bad_input(field, "this is not a cursor of this connection"))
        };
        let window = (index("after", &page.after)?, index("before", &page.before)?);
        let mut found = read::items(&self.inner.db, run, filter, page, window).await?;
        self.add_steps(&mut found.iter_mut());
        Ok(Page::from_read(page, found, |view| Place::Number(view.item.idx.into())))
    }

    /// The first `limit` items of each run, in one statement: their rows, or their heads alone.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_items<T: ItemRow>(
        &self,
        runs: &[Uuid],
        limit: u64,
    ) -> Result<HashMap<Uuid, Vec<ItemView<T>>>, DbErr> {
        let mut found = read::first_items(&self.inner.db, runs, limit).await?;
        self.add_steps(&mut found.values_mut().flatten());
        Ok(found)
    }

    /// How many of a run's items the filter lets through.
    ///
    /// # Errors
    /// The database's.
    pub async fn count_items(&self, run: Uuid, filter: &ItemFilter) -> Result<i64, DbErr> {
        read::count(&self.inner.db, run, filter).await
    }

    /// Items by run and index; those that do not exist are left out.
    ///
    /// # Errors
    /// The database's.
    pub async fn items_by_key(&self, keys: &[(Uuid, i32)]) -> Result<HashMap<(Uuid, i32), ItemView>, DbErr> {
        let mut found = read::items_by_key(&self.inner.db, keys).await?;
        self.add_steps(&mut found.values_mut());
        Ok(found)
    }

    /// Adds the steps that are known here.
    fn add_steps<T: ItemRow>(&self, views: &mut dyn Iterator<Item = &mut ItemView<T>>) {
        for view in views.filter(|view| view.status == ItemStatus::Running) {
            let (run, index) = view.item.key();
            view.step = self.inner.steps.of(run, index, view.item.attempt() + 1);
        }
    }

    /// The attempts at items that did not succeed, oldest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn attempts(
        &self,
        keys: &[(Uuid, i32)],
    ) -> Result<HashMap<(Uuid, i32), Vec<attempt::Model>>, DbErr> {
        read::attempts(&self.inner.db, keys).await
    }

    /// Every item of a run in index order, read as it is consumed.
    pub fn stream_items(&self, run: Uuid) -> impl Stream<Item = Result<item::Model, DbErr>> + Send + use<> {
        use futures::{TryStreamExt, stream};
        let db = self.inner.db.clone();
        let pages = stream::try_unfold(Some(-1), move |after| {
            let db = db.clone();
            async move {
                let Some(after) = after else { return Ok(None) };
                let page = read::items_behind(&db, run, after, WALK).await?;
                let next = page.last().map(|item| item.idx);
                Ok::<_, DbErr>(next.map(|_| (stream::iter(page.into_iter().map(Ok)), next)))
            }
        });
        pages.try_flatten()
    }
}
