//! Deploying processes.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};

use super::definition::ProcessDefinition;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{actor, services};

/// What `deployProcess` takes.
#[derive(Debug, InputObject)]
pub struct DeployProcessInput {
    /// BPMN 2.0 XML, as bpmn.io, Camunda Modeler and Flowable's designer write it.
    bpmn_xml: String,
}

/// What `deployProcess` answers.
pub struct DeployProcessPayload {
    definition: Arc<ProcessDefinition>,
}

object_at_hand! {
    /// What `deployProcess` answers.
    DeployProcessPayload |payload| {
        /// The definition; the newest there was, where it is the same letter for letter.
        definition "definition": One<Arc<ProcessDefinition>> = One(Arc::clone(&payload.definition));
    }
}

/// Deploying processes.
#[derive(Default)]
pub struct DefinitionMutation;

#[Object]
impl DefinitionMutation {
    /// Deploys a process as the next version of its key. For OPERATOR. What is wrong with the
    /// document comes as BAD_INPUT with `faults`, all at once: each with `code`, `element`, `line`
    /// and `message`.
    async fn deploy_process(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document.")] input: DeployProcessInput,
    ) -> Option<Result<One<DeployProcessPayload>>> {
        Some(deploy(ctx, input).await.map(One))
    }
}

async fn deploy(ctx: &Context<'_>, input: DeployProcessInput) -> Result<DeployProcessPayload> {
    let services = services(ctx)?;
    let deployed = services.workflow.definitions().deploy(actor(ctx)?, input.bpmn_xml).await?;
    Ok(DeployProcessPayload { definition: ProcessDefinition::alone(services, deployed.head()) })
}
