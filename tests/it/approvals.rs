//! Approvals beside everything else, over one database.

use bytes::Bytes;
use docket::directory::Import;
use docket::kernel::ErrorCode;
use docket::kernel::PageArgs;
use docket::workflow::{Decide, StartProcess, TaskFilter, TaskOrder};

use crate::support::{Database, World, refusal};

on_both_databases!(what_is_offered_to_a_role_is_taken_by_one_of_its_people);

/// A request that somebody with the role `clerk` decides.
const REQUEST: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:flowable="http://flowable.org/bpmn" targetNamespace="tests"><process id="request">
  <startEvent id="start"/><userTask id="decide" flowable:candidateGroups="clerk"/><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="decide"/>
  <sequenceFlow id="b" sourceRef="decide" targetRef="end"/></process></definitions>"#;

async fn what_is_offered_to_a_role_is_taken_by_one_of_its_people(database: Database) {
    let world = World::idle(database).await;
    let (alice, bob, olivia) = (world.alice().actor, world.bob().actor, world.olivia().actor);
    let people = Some(Bytes::from_static(b"id,roles\nbob,clerk\nalice,\n"));
    world.directory.import(&olivia, Import { people, ..Import::default() }).await.unwrap();
    world.workflow.definitions().deploy(&olivia, REQUEST.to_owned()).await.unwrap();
    let start = StartProcess { definition_key: "request".to_owned(), ..StartProcess::default() };
    world.workflow.start(Some(&alice), start).await.unwrap();
    let page = PageArgs::default().check().unwrap();
    let todo = async |actor| {
        let found = world.workflow.tasks(actor, &TaskFilter::default(), TaskOrder::default(), &page).await;
        found.unwrap().edges.into_iter().map(|edge| edge.node).collect::<Vec<_>>()
    };
    assert!(todo(&alice).await.is_empty());
    let task = todo(&bob).await.pop().unwrap();
    assert_eq!(refusal(world.workflow.claim(&alice, task.id).await).0, ErrorCode::Forbidden);
    world.workflow.claim(&bob, task.id).await.unwrap();
    world.workflow.approve(&bob, task.id, Decide::default()).await.unwrap();
    assert!(todo(&bob).await.is_empty());
}
