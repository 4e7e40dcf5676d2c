//! Reading the directory. Everybody signed in may.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::group::{
    ApproverRoleConnection, DepartmentConnection, PositionConnection, TagConnection, shown_page,
};
use super::person::{Person, PersonConnection, PersonList};
use crate::directory::Listing;
use crate::graphql::at_hand::One;
use crate::graphql::connection::{Connection, Count, page};
use crate::graphql::context::{actor, services, user_of};
use crate::graphql::fault::renamed;
use crate::kernel::Fault;

/// Reading the directory.
#[derive(Default)]
pub struct DirectoryQuery;

#[Object]
impl DirectoryQuery {
    /// The active people, by name.
    async fn people(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those whose name (whatever its case) or user id begins so; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<PersonConnection>> {
        let (services, actor, text) = (services(ctx)?, actor(ctx)?, search.unwrap_or_default());
        let page = page(ctx, first, after, last, before)?;
        let found = services.directory.search_people(actor, &text, &page).await.map_err(at_search)?;
        let list = PersonList::new(services, &found.edges.iter().map(|edge| &edge.node).collect::<Vec<_>>());
        let count = counter(ctx, Listing::People, text)?;
        Ok(One(PersonConnection(Connection::new(found, |person| Person::new(person, &list), count))))
    }

    /// A person, who may have left; null where nobody is known by this id.
    async fn person(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The person's id, or the user id.")] id: ID,
    ) -> Option<Result<One<Arc<Person>>>> {
        find(ctx, &id).await.transpose()
    }

    /// The departments, by name.
    async fn departments(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those whose name (whatever its case) or key begins so; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<DepartmentConnection>> {
        let (services, actor, text) = (services(ctx)?, actor(ctx)?, search.unwrap_or_default());
        let page = page(ctx, first, after, last, before)?;
        let found = services.directory.departments(actor, &text, &page).await.map_err(at_search)?;
        let count = counter(ctx, Listing::Departments, text)?;
        Ok(One(DepartmentConnection(Connection::of_shared(shown_page(services, found), count))))
    }

    /// The positions, by title.
    async fn positions(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those whose title (whatever its case) or key begins so; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<PositionConnection>> {
        let (services, actor, text) = (services(ctx)?, actor(ctx)?, search.unwrap_or_default());
        let page = page(ctx, first, after, last, before)?;
        let found = services.directory.positions(actor, &text, &page).await.map_err(at_search)?;
        let count = counter(ctx, Listing::Positions, text)?;
        Ok(One(PositionConnection(Connection::of_shared(shown_page(services, found), count))))
    }

    /// The tags, by name.
    async fn tags(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those whose name (whatever its case) or key begins so; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<TagConnection>> {
        let (services, actor, text) = (services(ctx)?, actor(ctx)?, search.unwrap_or_default());
        let page = page(ctx, first, after, last, before)?;
        let found = services.directory.tags(actor, &text, &page).await.map_err(at_search)?;
        let count = counter(ctx, Listing::Tags, text)?;
        Ok(One(TagConnection(Connection::of_shared(shown_page(services, found), count))))
    }

    /// The approver roles, by name.
    async fn approver_roles(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Only those whose name (whatever its case) or key begins so; at most 200 characters."
        )]
        search: Option<String>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<ApproverRoleConnection>> {
        let (services, actor, text) = (services(ctx)?, actor(ctx)?, search.unwrap_or_default());
        let page = page(ctx, first, after, last, before)?;
        let found = services.directory.roles(actor, &text, &page).await.map_err(at_search)?;
        let count = counter(ctx, Listing::Roles, text)?;
        Ok(One(ApproverRoleConnection(Connection::of_shared(shown_page(services, found), count))))
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<One<Arc<Person>>>> {
    let services = services(ctx)?;
    actor(ctx)?;
    let id = user_of("id", id)?;
    Ok(PersonList::load(services, std::slice::from_ref(&id)).await?.remove(&id).map(One))
}

/// The argument's name here.
fn at_search(fault: Fault) -> Fault {
    renamed(fault, &[("text", "search")])
}

/// Counts a listing, when somebody asks.
fn counter(
    ctx: &Context<'_>,
    listing: Listing,
    text: String,
) -> Result<impl Fn() -> Count + Send + Sync + 'static> {
    let (services, actor) = (Arc::clone(services(ctx)?), actor(ctx)?.clone());
    Ok(move || -> Count {
        let (services, actor, text) = (Arc::clone(&services), actor.clone(), text.clone());
        Box::pin(async move {
            let count = services.directory.count(&actor, listing, &text).await?;
            Ok(i64::try_from(count).unwrap_or(i64::MAX))
        })
    })
}
