//! Reading features.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};

use super::{Feature, FeatureConnection, StepKind};
use crate::graphql::at_hand::{One, Rows};
use crate::graphql::connection::{Connection, Count, page};
use crate::graphql::context::{actor, services};
use crate::kernel::{GlobalId, NodeKind};

/// Reading features.
#[derive(Default)]
pub struct FeatureQuery;

#[Object]
impl FeatureQuery {
    /// The features that there are, those that the viewer may not use too; by key.
    async fn features(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The first so many, 0 to 100; 20 where neither is given.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "The last so many, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<One<FeatureConnection>> {
        let (services, actor) = (services(ctx)?, actor(ctx)?);
        let found = services.features.list(actor, &page(ctx, first, after, last, before)?).await?;
        let (counting, actor) = (Arc::clone(services), actor.clone());
        let count = move || -> Count {
            let (services, actor) = (Arc::clone(&counting), actor.clone());
            Box::pin(
                async move { Ok(i64::try_from(services.features.count(&actor).await?).unwrap_or(i64::MAX)) },
            )
        };
        let wrap = |feature| Feature::new(services, feature);
        Ok(One(FeatureConnection(Connection::new(found, wrap, count))))
    }

    /// A feature; null where there is none.
    async fn feature(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The feature's id, or its key.")] id: ID,
    ) -> Option<Result<One<Feature>>> {
        find(ctx, &id).await.transpose()
    }

    /// What pipelines can be made of: each kind of step with the JSON Schema of its parameters.
    async fn step_kinds(&self, ctx: &Context<'_>) -> Result<Rows<StepKind>> {
        actor(ctx)?;
        Ok(Rows(services(ctx)?.features.step_kinds().iter().map(StepKind::from).collect()))
    }
}

async fn find(ctx: &Context<'_>, id: &str) -> Result<Option<One<Feature>>> {
    let services = services(ctx)?;
    let key = GlobalId::raw_of(NodeKind::Feature, "id", id)?;
    let found = services.features.find(actor(ctx)?, &key).await?;
    Ok(found.map(|feature| One(Feature::new(services, feature))))
}
