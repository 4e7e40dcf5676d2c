//! Starting, cancelling, suspending and resuming instances.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, Result};
use uuid::Uuid;

use super::given::object;
use super::instance::ProcessInstance;
use crate::graphql::at_hand::{One, object_at_hand};
use crate::graphql::context::{Services, actor, services};
use crate::graphql::scalars::Json;
use crate::kernel::{Actor, Fault, GlobalId, NodeKind};
use crate::workflow as domain;

/// What `startProcess` and `previewProcess` take.
#[derive(Debug, InputObject)]
pub struct StartProcessInput {
    /// The process's key.
    definition_key: String,
    /// The version; the newest where it is not given.
    version: Option<i32>,
    /// What it is about, in your words: 1 to 255 characters.
    business_key: Option<String>,
    /// What it begins with: an object of at most 500 names.
    variables: Option<Json>,
    /// The fields of its start form; see `ProcessDefinition.startForm`.
    form_data: Option<Json>,
    /// Approvers of nodes that let the starter choose them: lists of user ids (as in the token) by
    /// the node's id.
    approvers: Option<Json>,
    /// Makes a repeated call answer the same instance: 1 to 255 characters, yours alone. Ignored
    /// where there is no token.
    idempotency_key: Option<String>,
}

impl TryFrom<StartProcessInput> for domain::StartProcess {
    type Error = Fault;

    fn try_from(input: StartProcessInput) -> Result<Self, Fault> {
        Ok(Self {
            definition_key: input.definition_key,
            version: input.version,
            business_key: input.business_key,
            variables: object("variables", input.variables)?,
            form_data: object("formData", input.form_data)?,
            approvers: object("approvers", input.approvers)?,
            idempotency_key: input.idempotency_key,
        })
    }
}

/// What `cancelProcessInstance` takes.
#[derive(Debug, InputObject)]
pub struct CancelProcessInstanceInput {
    /// The instance.
    instance_id: ID,
    /// Why, in at most 4,000 characters; an ADMIN who has not started it must say.
    reason: Option<String>,
}

/// What `suspendProcessInstance` takes.
#[derive(Debug, InputObject)]
pub struct SuspendProcessInstanceInput {
    /// The instance.
    instance_id: ID,
    /// Why.
    reason: Option<String>,
}

/// What `resumeProcessInstance` takes.
#[derive(Debug, InputObject)]
pub struct ResumeProcessInstanceInput {
    /// The instance.
    instance_id: ID,
    /// Why.
    reason: Option<String>,
}

/// Makes the payloads that hold an instance.
macro_rules! instance_payloads {
    ($($(#[$doc:meta])* $payload:ident;)+) => {$(
        $(#[$doc])*
        pub struct $payload {
            instance: Arc<ProcessInstance>,
        }

        object_at_hand! {
            $(#[$doc])*
            $payload |payload| {
                /// The instance as it stands now.
                instance "instance": One<Arc<ProcessInstance>> = One(Arc::clone(&payload.instance));
            }
        }
    )+};
}

instance_payloads! {
    /// What `startProcess` answers. Who has no token is told its id and state, and nothing below.
    StartProcessPayload;
    /// What `cancelProcessInstance` answers.
    CancelProcessInstancePayload;
    /// What `suspendProcessInstance` answers.
    SuspendProcessInstancePayload;
    /// What `resumeProcessInstance` answers.
    ResumeProcessInstancePayload;
}

/// Starting and ending instances.
#[derive(Default)]
pub struct InstanceMutation;

#[Object]
impl InstanceMutation {
    /// Starts an instance: it goes on until it waits for people, or has ended. Where the process
    /// allows it this takes no token, alone in its request and by POST.
    async fn start_process(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which process, and with what.")] input: StartProcessInput,
    ) -> Option<Result<One<StartProcessPayload>>> {
        Some(start(ctx, input).await.map(One))
    }

    /// Cancels an instance with everything that it has called. For its starter, and for ADMIN with a
    /// reason. Cancelling it again changes nothing.
    async fn cancel_process_instance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: CancelProcessInstanceInput,
    ) -> Option<Result<One<CancelProcessInstancePayload>>> {
        let done = async {
            let (services, actor, id) = target(ctx, &input.instance_id)?;
            let row = services.workflow.cancel(actor, id, input.reason).await?;
            Ok(CancelProcessInstancePayload { instance: ProcessInstance::alone(services, Some(actor), row)? })
        };
        Some(done.await.map(One))
    }

    /// Lets nothing be decided in an instance until it is resumed. For ADMIN.
    async fn suspend_process_instance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: SuspendProcessInstanceInput,
    ) -> Option<Result<One<SuspendProcessInstancePayload>>> {
        let done = async {
            let (services, actor, id) = target(ctx, &input.instance_id)?;
            let row = services.workflow.suspend(actor, id, input.reason).await?;
            Ok(SuspendProcessInstancePayload {
                instance: ProcessInstance::alone(services, Some(actor), row)?,
            })
        };
        Some(done.await.map(One))
    }

    /// Lets an instance go on. For ADMIN.
    async fn resume_process_instance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which, and why.")] input: ResumeProcessInstanceInput,
    ) -> Option<Result<One<ResumeProcessInstancePayload>>> {
        let done = async {
            let (services, actor, id) = target(ctx, &input.instance_id)?;
            let row = services.workflow.resume(actor, id, input.reason).await?;
            Ok(ResumeProcessInstancePayload { instance: ProcessInstance::alone(services, Some(actor), row)? })
        };
        Some(done.await.map(One))
    }
}

/// The one mutation that needs no token: the process says whether it can be started so.
async fn start(ctx: &Context<'_>, input: StartProcessInput) -> Result<StartProcessPayload> {
    let (services, actor) = (services(ctx)?, ctx.data_opt::<Actor>());
    let started = services.workflow.start(actor, input.try_into()?).await?;
    Ok(StartProcessPayload { instance: ProcessInstance::alone(services, actor, started.instance)? })
}

fn target<'a>(ctx: &Context<'a>, id: &str) -> Result<(&'a Arc<Services>, &'a Actor, Uuid), Fault> {
    let actor = actor(ctx)?;
    Ok((services(ctx)?, actor, GlobalId::uuid_of(NodeKind::ProcessInstance, "instanceId", id)?))
}
