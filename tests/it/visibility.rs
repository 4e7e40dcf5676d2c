//! Whose batch it is decides who may see and handle it.

use docket::batch::ArchiveAccess;
use docket::kernel::ErrorCode;

use crate::support::{Database, World, refusal};

on_both_databases!(
    somebody_elses_batch_is_not_there,
    admin_sees_and_handles_everybodys,
    a_batch_that_never_was_is_not_there,
);

async fn somebody_elses_batch_is_not_there(database: Database) {
    let world = World::idle(database).await;
    world.alice().is_given(10).await;
    let batch = world.alice().creates(world.pictures.good(2)).await.batch;
    for other in [world.bob(), world.olivia()] {
        assert_eq!(other.sees(&batch).await, None);
        assert!(world.batches.by_ids(&other.actor, &[batch.id()]).await.unwrap().is_empty());
        assert_eq!(refusal(other.retries(&batch).await).0, ErrorCode::NotFound);
        assert_eq!(refusal(other.cancels(&batch).await).0, ErrorCode::NotFound);
        assert_eq!(refusal(other.follows(&batch, None).await).0, ErrorCode::NotFound);
        assert_eq!(refusal(other.downloads(&batch, true).await).0, ErrorCode::NotFound);
    }
    assert_eq!(world.alice().sees(&batch).await, Some(batch));
}

async fn admin_sees_and_handles_everybodys(database: Database) {
    let world = World::idle(database).await;
    world.alice().is_given(10).await;
    let batch = world.alice().creates(world.pictures.good(2)).await.batch;
    assert_eq!(world.admin().sees(&batch).await.as_ref(), Some(&batch));
    assert_eq!(world.admin().cancels(&batch).await.unwrap().refund_amount, 2);
    assert_eq!((world.alice().balance().await, world.admin().balance().await), (10, 0));
}

async fn a_batch_that_never_was_is_not_there(database: Database) {
    let world = World::idle(database).await;
    let (admin, id) = (world.admin().actor, uuid::Uuid::now_v7());
    assert_eq!(world.batches.find(&admin, id).await.unwrap(), None);
    assert_eq!(refusal(world.batches.retry_failed(&admin, id).await).0, ErrorCode::NotFound);
    assert_eq!(refusal(world.batches.cancel(&admin, id).await).0, ErrorCode::NotFound);
    let archive = world.batches.archive(ArchiveAccess::Signed, id, true).await;
    assert_eq!(refusal(archive.map(|archive| archive.file_name)).0, ErrorCode::NotFound);
}
