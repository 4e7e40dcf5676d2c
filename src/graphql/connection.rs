//! Connections: a type of its own for each kind of node, so that each can be described.

use std::pin::Pin;
use std::sync::Arc;

use async_graphql::Context;

use super::at_hand::{Rows, object_at_hand};
use super::budget::Budget;
use crate::kernel::{Fault, Page, PageArgs, PageRequest, Place};

/// How a connection's entries are counted, when somebody asks.
pub type Count = Pin<Box<dyn Future<Output = Result<i64, Fault>> + Send>>;

/// Where a page stands in its connection.
#[derive(Debug, Clone)]
pub struct PageInfo {
    has_previous_page: bool,
    has_next_page: bool,
    start_cursor: Option<String>,
    end_cursor: Option<String>,
}

object_at_hand! {
    /// Where a page stands in its connection.
    PageInfo |info| {
        /// Whether there are entries before this page.
        has_previous_page "hasPreviousPage": bool = info.has_previous_page;
        /// Whether there are entries behind this page.
        has_next_page "hasNextPage": bool = info.has_next_page;
        /// The first entry's cursor; null where the page is empty.
        start_cursor "startCursor": Option<String> = info.start_cursor.clone();
        /// The last entry's cursor; null where the page is empty.
        end_cursor "endCursor": Option<String> = info.end_cursor.clone();
    }
}

/// A page with what its connection can tell, for the types that [`connection!`] makes.
pub struct Connection<T> {
    edges: Vec<(Place, Arc<T>)>,
    page_info: PageInfo,
    count: Box<dyn Fn() -> Count + Send + Sync>,
}

impl<T> Connection<T> {
    /// A page of entries, each made by `wrap`; `count` is called when `totalCount` is asked for.
    pub fn new<N>(
        page: Page<N>,
        mut wrap: impl FnMut(N) -> T,
        count: impl Fn() -> Count + Send + Sync + 'static,
    ) -> Self {
        Self::of_shared(page.map(|node| Arc::new(wrap(node))), count)
    }

    /// A page of entries that others hold too.
    pub fn of_shared(page: Page<Arc<T>>, count: impl Fn() -> Count + Send + Sync + 'static) -> Self {
        let page_info = PageInfo {
            has_previous_page: page.has_previous,
            has_next_page: page.has_next,
            start_cursor: page.edges.first().map(|edge| edge.place.cursor()),
            end_cursor: page.edges.last().map(|edge| edge.place.cursor()),
        };
        let edges = page.edges.into_iter().map(|edge| (edge.place, edge.node)).collect();
        Self { edges, page_info, count: Box::new(count) }
    }

    /// The entries.
    pub fn nodes(&self) -> Rows<Arc<T>> {
        Rows(self.edges.iter().map(|(_, node)| Arc::clone(node)).collect())
    }

    /// The entries with their places.
    pub fn edges(&self) -> impl Iterator<Item = (Place, Arc<T>)> {
        self.edges.iter().cloned()
    }

    /// Where the page stands.
    pub fn page_info(&self) -> PageInfo {
        self.page_info.clone()
    }

    /// How many entries there are, over all pages.
    ///
    /// # Errors
    /// Where they cannot be counted.
    pub async fn total_count(&self) -> Result<i64, Fault> {
        (self.count)().await
    }
}

/// Makes the types of a connection and of its edges over a node type.
macro_rules! connection {
    (
        $(#[$doc:meta])* $connection:ident, $(#[$edge_doc:meta])* $edge:ident, $node:ty
    ) => {
        pub struct $connection(pub $crate::graphql::connection::Connection<$node>);

        $crate::graphql::at_hand::object_at_hand! {
            $(#[$doc])*
            $connection |connection| {
                /// The page's entries with their cursors.
                edges "edges": $crate::graphql::at_hand::Rows<$edge> = {
                    let edges = connection.0.edges().map(|(place, node)| $edge { place, node });
                    $crate::graphql::at_hand::Rows(edges.collect())
                };
                /// The page's entries.
                nodes "nodes": $crate::graphql::at_hand::Rows<std::sync::Arc<$node>> =
                    connection.0.nodes();
                /// Where the page stands.
                page_info "pageInfo": $crate::graphql::at_hand::One<$crate::graphql::connection::PageInfo> =
                    $crate::graphql::at_hand::One(connection.0.page_info());
            }
            more {
                /// How many entries there are, over all pages. Counted only where it is asked for; beyond
                /// 2,147,483,647 an error.
                async fn total_count(&self) -> async_graphql::Result<$crate::graphql::scalars::Int> {
                    Ok($crate::graphql::scalars::Int(self.0.total_count().await?))
                }
            }
        }

        pub struct $edge {
            place: $crate::kernel::Place,
            node: std::sync::Arc<$node>,
        }

        $crate::graphql::at_hand::object_at_hand! {
            $(#[$edge_doc])*
            $edge |edge| {
                /// Stands for this place; good for `after` and `before`.
                cursor "cursor": String = edge.place.cursor();
                /// The entry.
                node "node": $crate::graphql::at_hand::One<std::sync::Arc<$node>> =
                    $crate::graphql::at_hand::One(std::sync::Arc::clone(&edge.node));
            }
        }
    };
}
pub(crate) use connection;

/// Checks a connection's arguments, and takes the page out of the request's budget.
///
/// # Errors
/// `BAD_INPUT` naming the argument; `TOO_COMPLEX` where the budget does not hold the page.
pub fn page(
    ctx: &Context<'_>,
    first: Option<i32>,
    after: Option<String>,
    last: Option<i32>,
    before: Option<String>,
) -> Result<PageRequest, Fault> {
    let page = PageArgs { first, after, last, before }.check()?;
    match ctx.data_opt::<Budget>() {
        Some(budget) => budget.take(page.limit).map(|()| page),
        None => Ok(page),
    }
}
