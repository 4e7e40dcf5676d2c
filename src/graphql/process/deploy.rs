//! Deploying processes, and checking them beforehand.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};

use super::definition::ProcessDefinition;
use crate::graphql::at_hand::{One, Rows, object_at_hand};
use crate::graphql::context::{actor, services};
use crate::graphql::scalars::Json;
use crate::kernel::Fault;
use crate::workflow::{Definition, Drawn, ModelFault};

/// What `deployProcess` takes: either of the two.
#[derive(Debug, InputObject)]
pub struct DeployProcessInput {
    /// BPMN 2.0 XML, as bpmn.io, Camunda Modeler and Flowable's designer write it.
    bpmn_xml: Option<String>,
    /// A chart: a tree of nodes, as designers in the manner of DingTalk keep it.
    chart: Option<Json>,
}

/// What `checkProcess` takes: either of the two.
#[derive(Debug, InputObject)]
pub struct CheckProcessInput {
    /// BPMN 2.0 XML.
    bpmn_xml: Option<String>,
    /// A chart.
    chart: Option<Json>,
}

/// What `deployProcess` answers.
pub struct DeployProcessPayload {
    definitions: Vec<Arc<ProcessDefinition>>,
}

object_at_hand! {
    /// What `deployProcess` answers.
    DeployProcessPayload |payload| {
        /// The definition of the first executable process in the document; the newest there was, where it is the
        /// same letter for letter.
        definition "definition": One<Arc<ProcessDefinition>> = One(Arc::clone(&payload.definitions[0]));
        /// Those of all executable processes in the document, in its order.
        definitions "definitions": Rows<Arc<ProcessDefinition>> = Rows(payload.definitions.clone());
    }
}

/// What `checkProcess` answers.
pub struct CheckProcessPayload {
    faults: Vec<Arc<ProcessFault>>,
    notes: Vec<Arc<ProcessFault>>,
    bpmn_xml: Option<String>,
}

object_at_hand! {
    /// What `checkProcess` answers.
    CheckProcessPayload |payload| {
        /// All that is wrong with it, at most 100; none: it can be deployed.
        faults "faults": Rows<Arc<ProcessFault>> = Rows(payload.faults.clone());
        /// What is kept of it and not executed, where other engines would execute it, such as listeners in
        /// Java: at most 100. It can be deployed all the same.
        notes "notes": Rows<Arc<ProcessFault>> = Rows(payload.notes.clone());
        /// As BPMN 2.0 XML with a diagram: the document with one made for it where it has none, or what
        /// the chart becomes. Null where the chart becomes nothing.
        bpmn_xml "bpmnXml": Option<String> = payload.bpmn_xml.clone();
    }
}

/// Something that is said of a process.
pub struct ProcessFault(ModelFault);

object_at_hand! {
    /// Something that is wrong with a process, so that it cannot be deployed, or that has to be known of it.
    ProcessFault |fault| {
        /// What kind of fault, such as `MISSING`, `UNSUPPORTED` or `DEADLOCK`.
        code "code": String = fault.0.code.as_str().to_owned();
        /// The id of the element, or of the chart's node; null where it has none.
        element "element": Option<String> = fault.0.element.clone();
        /// The line of the document, from 1: of that which the chart becomes, for a chart. Null where
        /// there is none.
        line "line": Option<i32> = i32::try_from(fault.0.line).ok().filter(|line| *line > 0);
        /// The column in that line, in characters, from 1. Null where there is none.
        column "column": Option<i32> = i32::try_from(fault.0.column).ok().filter(|column| *column > 0);
        /// The attribute that is wrong, such as `camunda:resource`; null where it is another thing.
        attribute "attribute": Option<String> = fault.0.attribute.clone();
        /// Where in the chart, such as `$.childNode`; null for a document.
        path "path": Option<String> = fault.0.path.clone();
        /// What is wrong, for people.
        message "message": String = fault.0.message.clone();
    }
}

/// Deploying processes.
#[derive(Default)]
pub struct DefinitionMutation;

#[Object]
impl DefinitionMutation {
    /// Deploys each executable process of a document as the next version of its key, all together. For OPERATOR. What is wrong with the
    /// document or the chart comes as BAD_INPUT with `faults`, all at once: each with `code`, `element`,
    /// `line`, `path` and `message`.
    async fn deploy_process(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document, or the chart.")] input: DeployProcessInput,
    ) -> Option<Result<One<DeployProcessPayload>>> {
        Some(deploy(ctx, input).await.map(One))
    }

    /// Says all that is wrong with a process, and how it looks; nothing is deployed. For OPERATOR.
    async fn check_process(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The document, or the chart.")] input: CheckProcessInput,
    ) -> Option<Result<One<CheckProcessPayload>>> {
        Some(check(ctx, input).await.map(One))
    }
}

async fn deploy(ctx: &Context<'_>, input: DeployProcessInput) -> Result<DeployProcessPayload> {
    let services = services(ctx)?;
    let actor = actor(ctx)?;
    let drawn = drawn(input.bpmn_xml, input.chart)?;
    let deployed = services.workflow.definitions().deploy_all(actor, drawn).await?;
    let alone = |definition: &Arc<Definition>| ProcessDefinition::alone(services, definition.head());
    Ok(DeployProcessPayload { definitions: deployed.iter().map(alone).collect() })
}

async fn check(ctx: &Context<'_>, input: CheckProcessInput) -> Result<CheckProcessPayload> {
    let services = services(ctx)?;
    let actor = actor(ctx)?;
    let drawn = drawn(input.bpmn_xml, input.chart)?;
    let checked = services.workflow.definitions().check(actor, drawn).await?;
    let shown = |found: Vec<ModelFault>| found.into_iter().map(|one| Arc::new(ProcessFault(one))).collect();
    Ok(CheckProcessPayload {
        faults: shown(checked.faults),
        notes: shown(checked.notes),
        bpmn_xml: checked.bpmn_xml,
    })
}

/// One of the two, and not both.
fn drawn(bpmn_xml: Option<String>, chart: Option<Json>) -> Result<Drawn, Fault> {
    match (bpmn_xml, chart) {
        (Some(bpmn_xml), None) => Ok(Drawn::Bpmn(bpmn_xml)),
        (None, Some(Json(chart))) => Ok(Drawn::Chart(chart)),
        (Some(_), Some(_)) => Err(Fault::bad_input("chart", "either bpmnXml or chart, not both")),
        (None, None) => Err(Fault::bad_input("bpmnXml", "either bpmnXml or chart is missing")),
    }
}
