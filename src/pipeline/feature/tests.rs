//! The service on SQLite.

use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::kernel::{ErrorCode, ManualClock, PageArgs};
use crate::pipeline::PipelineConfig;

struct World {
    features: Features,
    clock: Arc<ManualClock>,
    _folder: TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/test.db", folder.path().display());
    let db = Db::connect(&url, 4).await.unwrap();
    db.migrate().await.unwrap();
    let clock = Arc::new(ManualClock::new(chrono::DateTime::UNIX_EPOCH));
    let kinds = Arc::new(StepKinds::new(&PipelineConfig::default()).unwrap());
    World { features: Features::new(db, clock.clone(), kinds), clock, _folder: folder }
}

fn actor(role: Role) -> Actor {
    Actor { user_id: "someone".to_owned(), name: "Someone".to_owned(), role, plan: None }
}

fn olivia() -> Actor {
    actor(Role::Operator)
}

fn alice() -> Actor {
    actor(Role::User)
}

fn new(key: &str) -> NewFeature {
    NewFeature {
        key: key.to_owned(),
        name: format!("Feature {key}"),
        description: Some("What it does".to_owned()),
        quota_cost: 3,
        plan: Some("gold".to_owned()),
        rate_limit: Some(NewRateLimit { max: 10, per_seconds: 60 }),
        steps: vec![StepSpec {
            name: "resize".to_owned(),
            kind: "resize".to_owned(),
            parameters: json!({"width": 10}),
        }],
        ..NewFeature::default()
    }
}

fn code<T: std::fmt::Debug>(result: Result<T, Fault>) -> ErrorCode {
    result.unwrap_err().code()
}

#[tokio::test]
async fn what_is_created_is_found_as_it_was() {
    let world = world().await;
    let features = &world.features;
    let created = features.create(&olivia(), new("one")).await.unwrap();
    assert_eq!(features.find(&alice(), "one").await.unwrap().as_ref(), Some(&created));
    assert_eq!(created.rate_limit, Some(RateLimit { max: 10, per_seconds: 60 }));
    assert_eq!(features.find(&alice(), "two").await.unwrap(), None);
}

#[tokio::test]
async fn users_may_look_but_not_touch() {
    let world = world().await;
    let features = &world.features;
    features.create(&actor(Role::Admin), new("one")).await.unwrap();
    assert_eq!(code(features.create(&alice(), new("two")).await), ErrorCode::Forbidden);
    assert_eq!(code(features.update(&alice(), "one", FeaturePatch::default()).await), ErrorCode::Forbidden);
    assert_eq!(code(features.set_enabled(&alice(), "one", false).await), ErrorCode::Forbidden);
    assert_eq!(code(features.delete(&alice(), "one").await), ErrorCode::Forbidden);
    assert_eq!(features.count(&alice()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_change_leaves_the_rest_and_moves_the_time() {
    let world = world().await;
    let (features, clock) = (&world.features, &world.clock);
    let before = features.create(&olivia(), new("one")).await.unwrap();
    clock.advance(std::time::Duration::from_secs(5));
    let patch = FeaturePatch {
        name: Some("Renamed".to_owned()),
        plan: Some(None),
        rate_limit: Some(None),
        ..FeaturePatch::default()
    };
    let after = features.update(&olivia(), "one", patch).await.unwrap();
    let expected = Feature {
        name: "Renamed".to_owned(),
        plan: None,
        rate_limit: None,
        updated_at: before.updated_at + chrono::Duration::seconds(5),
        ..before
    };
    assert_eq!(after, expected);
    assert_eq!(features.find(&alice(), "one").await.unwrap(), Some(expected.clone()));
    let same = features.update(&olivia(), "one", FeaturePatch::default()).await.unwrap();
    assert_eq!(same, expected);
    let disabled = features.set_enabled(&olivia(), "one", false).await.unwrap();
    assert_eq!((disabled.is_enabled, disabled.name), (false, expected.name));
    let bad = FeaturePatch { quota_cost: Some(-1), ..FeaturePatch::default() };
    assert_eq!(code(features.update(&olivia(), "one", bad).await), ErrorCode::BadInput);
    assert_eq!(code(features.update(&olivia(), "two", FeaturePatch::default()).await), ErrorCode::NotFound);
    assert_eq!(code(features.set_enabled(&olivia(), "two", true).await), ErrorCode::NotFound);
}

#[tokio::test]
async fn a_deleted_feature_is_there_for_old_batches_alone_and_its_key_is_reserved() {
    let world = world().await;
    let features = &world.features;
    features.create(&olivia(), new("one")).await.unwrap();
    features.delete(&olivia(), "one").await.unwrap();
    assert_eq!(features.find(&olivia(), "one").await.unwrap(), None);
    assert_eq!(features.count(&olivia()).await.unwrap(), 0);
    assert_eq!(code(features.delete(&olivia(), "one").await), ErrorCode::NotFound);
    assert_eq!(code(features.set_enabled(&olivia(), "one", true).await), ErrorCode::NotFound);
    let fault = features.create(&olivia(), new("one")).await.unwrap_err();
    assert_eq!(fault.code(), ErrorCode::Conflict);
    assert!(fault.message().contains("deleted"));
    let found = features.by_keys(&["one".to_owned(), "none".to_owned()]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert!(found["one"].deleted);
}

#[tokio::test]
async fn of_many_who_create_the_same_one_wins() {
    let world = world().await;
    let features = &world.features;
    let attempts = (0..10).map(|_| {
        let features = features.clone();
        tokio::spawn(async move { features.create(&olivia(), new("one")).await })
    });
    let mut outcomes = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        outcomes.push(attempt.await.unwrap().map_err(|fault| fault.code()));
    }
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Err(ErrorCode::Conflict)).count(), 9);
}

#[tokio::test]
async fn pages_go_by_key_both_ways() {
    let world = world().await;
    let features = &world.features;
    for key in ["b", "d", "a_b", "a", "c", "ab"] {
        features.create(&olivia(), new(key)).await.unwrap();
    }
    features.delete(&olivia(), "c").await.unwrap();
    let list = async |args: PageArgs| {
        let page = features.list(&alice(), &args.check().unwrap()).await.unwrap();
        let keys: Vec<_> = page.edges.iter().map(|edge| edge.node.key.clone()).collect();
        (keys, page.has_previous, page.has_next, page.edges.last().map(|edge| edge.place.cursor()))
    };
    let (keys, _, more, cursor) = list(PageArgs { first: Some(3), ..Default::default() }).await;
    assert_eq!((keys, more), (vec!["a".to_owned(), "a_b".to_owned(), "ab".to_owned()], true));
    let (keys, previous, more, _) =
        list(PageArgs { first: Some(3), after: cursor.clone(), ..Default::default() }).await;
    assert_eq!((keys, previous, more), (vec!["b".to_owned(), "d".to_owned()], true, false));
    let (keys, previous, more, _) =
        list(PageArgs { last: Some(1), before: cursor, ..Default::default() }).await;
    assert_eq!((keys, previous, more), (vec!["a_b".to_owned()], true, true));
}

#[tokio::test]
async fn shipped_features_come_once_and_stay_as_operators_left_them() {
    let world = world().await;
    let features = &world.features;
    features.install_shipped().await.unwrap();
    let clean = features.find(&alice(), "basic_clean").await.unwrap().unwrap();
    assert_eq!((clean.quota_cost, clean.max_items, clean.concurrency), (1, 50, 5));
    assert_eq!(clean.rate_limit, Some(RateLimit { max: 10, per_seconds: 60 }));
    let schema = features.parameter_schema(&clean);
    for name in ["brightness", "contrast"] {
        let property = &schema["properties"][name];
        assert_eq!((&property["minimum"], &property["maximum"]), (&json!(-100), &json!(100)));
    }
    assert!(features.resolve(&clean, Some(&json!({"brightness": -100, "contrast": 100}))).is_ok());
    assert_eq!(code(features.resolve(&clean, Some(&json!({"brightness": 101})))), ErrorCode::BadInput);

    let patch = FeaturePatch { quota_cost: Some(7), ..FeaturePatch::default() };
    features.update(&olivia(), "basic_clean", patch).await.unwrap();
    features.delete(&olivia(), "watermark").await.unwrap();
    features.install_shipped().await.unwrap();
    assert_eq!(features.find(&alice(), "basic_clean").await.unwrap().unwrap().quota_cost, 7);
    assert_eq!(features.find(&alice(), "watermark").await.unwrap(), None);
    let page = features.list(&alice(), &PageArgs::default().check().unwrap()).await.unwrap();
    let keys: Vec<_> = page.edges.into_iter().map(|edge| edge.node.key).collect();
    assert_eq!(keys, ["basic_clean", "convert_webp", "thumbnail"]);
}

#[tokio::test]
async fn keys_that_cannot_be_are_not_asked_for() {
    let world = world().await;
    let features = &world.features;
    for key in ["", "\0", "a\0b", "No", &"k".repeat(65)] {
        assert_eq!(features.find(&alice(), key).await.unwrap(), None);
        assert_eq!(code(features.delete(&olivia(), key).await), ErrorCode::NotFound);
        assert_eq!(code(features.set_enabled(&olivia(), key, true).await), ErrorCode::NotFound);
        assert!(features.by_keys(&[key.to_owned()]).await.unwrap().is_empty());
        let request = PageRequest { limit: 5, backwards: false, after: Some(key.to_owned()), before: None };
        let fault = features.list(&alice(), &request).await.unwrap_err();
        assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &json!("after")));
    }
}
