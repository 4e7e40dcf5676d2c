//! What a batch costs, what is given back, which input is one: pure decisions.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use uuid::{NoContext, Timestamp, Uuid};

use super::CreateBatch;
use crate::account::check_key;
use crate::kernel::Fault;
use crate::pipeline::check_input_data;

/// The most that a batch may cost over all generations: what an `Int` of GraphQL can tell.
const MAX_COST: i64 = i32::MAX as i64;

/// The id of a batch that is made now; later ones are greater.
pub(super) fn new_id(now: DateTime<Utc>) -> Uuid {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(NoContext, seconds, now.timestamp_subsec_nanos()))
}

/// What `count` items cost in all. What does not fit is more than anybody has.
pub(super) fn cost(item_cost: i64, count: i64) -> i64 {
    item_cost.saturating_mul(count)
}

/// What a batch has cost over all generations when another `charge` comes on top.
///
/// # Errors
/// `BAD_INPUT` where that is more than can be told.
pub(super) fn cost_after(quota_cost: i64, charge: i64) -> Result<i64, Fault> {
    quota_cost.checked_add(charge).filter(|after| *after <= MAX_COST).ok_or_else(|| {
        let message = format!(
            "this batch has cost {quota_cost} already and may cost no more than {MAX_COST}: create a new one"
        );
        Fault::bad_input("batchId", message)
    })
}

/// What is to be given back when a run ends: all that was paid and neither given back before nor
/// earned by an item that succeeded. It balances itself over any number of generations.
pub(super) fn refund_due(quota_cost: i64, quota_refunded: i64, item_cost: i64, succeeded: i64) -> i64 {
    quota_cost.saturating_sub(quota_refunded).saturating_sub(cost(item_cost, succeeded)).max(0)
}

/// The ledger's key for what a generation is charged.
pub(super) fn charge_key(batch: Uuid, generation: i32) -> String {
    format!("batch:{batch}:generation:{generation}:charge")
}

/// The ledger's key for what is given back at a generation's end.
pub(super) fn refund_key(batch: Uuid, generation: i32) -> String {
    format!("batch:{batch}:generation:{generation}:refund")
}

/// Whether the input has the shape of one, leaving aside what its feature says.
///
/// # Errors
/// `BAD_INPUT` naming the field.
pub(super) fn check_shape(create: &CreateBatch) -> Result<(), Fault> {
    if create.input_images.is_empty() {
        return Err(Fault::bad_input("inputImages", "a batch needs at least 1 image"));
    }
    if let Some(data) = &create.input_data {
        check_input_data(data)?;
    }
    create.idempotency_key.as_deref().map_or(Ok(()), check_key)
}

/// Whether there are too many items.
///
/// # Errors
/// `BAD_INPUT` at `inputImages`.
pub(super) fn check_count(count: usize, most: i64) -> Result<i64, Fault> {
    match i64::try_from(count) {
        Ok(count) if count <= most => Ok(count),
        _ => Err(Fault::bad_input(
            "inputImages",
            format!("a batch with this feature has at most {most} images"),
        )
        .with("max", most.into())),
    }
}

/// Stands for an input: the same for the same input whatever the order of `inputData`'s keys.
pub(super) fn input_hash(create: &CreateBatch) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        // Lengths keep parts from running into each other.
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    part(&create.feature);
    part(&create.input_images.len().to_string());
    for image in &create.input_images {
        part(image);
    }
    if let Some(data) = create.input_data.as_ref().filter(|data| !data.is_null()) {
        part(&sorted(data).to_string());
    }
    hex::encode(hash.finalize())
}

/// A value whose objects are in the order of their names.
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort_unstable();
            Value::Object(keys.into_iter().map(|key| (key.clone(), sorted(&map[key]))).collect::<Map<_, _>>())
        }
        Value::Array(values) => Value::Array(values.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::ErrorCode;
    use proptest::prelude::*;
    use serde_json::json;

    fn create() -> CreateBatch {
        CreateBatch {
            feature: "basic_clean".into(),
            input_images: vec!["https://example.org/1.jpg".into()],
            input_data: Some(json!({"brightness": 5, "contrast": 1})),
            idempotency_key: None,
        }
    }

    #[test]
    fn half_failed_gives_half_back() {
        assert_eq!(refund_due(10, 0, 1, 5), 5);
        assert_eq!(refund_due(30, 0, 3, 0), 30);
        assert_eq!(refund_due(10, 0, 1, 10), 0);
    }

    #[test]
    fn a_batch_costs_no_more_than_can_be_told() {
        assert_eq!(cost_after(10, 5).unwrap(), 15);
        assert_eq!(cost_after(MAX_COST - 1, 1).unwrap(), MAX_COST);
        for (cost, charge) in [(MAX_COST, 1), (1, i64::MAX)] {
            assert_eq!(cost_after(cost, charge).unwrap_err().details()["field"], "batchId");
        }
    }

    #[test]
    fn what_was_given_back_and_paid_again_is_counted_once() {
        // 10 paid, 5 failed and refunded, the 5 paid again, 2 of them fail again.
        assert_eq!(refund_due(15, 5, 1, 8), 2);
    }

    #[test]
    fn no_images_and_strange_data_are_refused_by_field() {
        for (bad, field) in [
            (CreateBatch { input_images: vec![], ..create() }, "inputImages"),
            (CreateBatch { input_data: Some(json!([1])), ..create() }, "inputData"),
            (CreateBatch { input_data: Some(json!({"a": "x".repeat(70_000)})), ..create() }, "inputData"),
            (CreateBatch { idempotency_key: Some(String::new()), ..create() }, "idempotencyKey"),
        ] {
            let fault = check_shape(&bad).unwrap_err();
            assert_eq!((fault.code(), &fault.details()["field"]), (ErrorCode::BadInput, &field.into()));
        }
        let fault = check_shape(&CreateBatch { input_images: vec![], ..create() }).unwrap_err();
        assert!(fault.message().contains("at least 1 image"));
    }

    #[test]
    fn the_51st_image_is_one_too_many() {
        assert_eq!(check_count(50, 50).unwrap(), 50);
        let fault = check_count(51, 50).unwrap_err();
        assert!(fault.message().contains("at most 50 images"));
        assert_eq!(fault.details()["field"], "inputImages");
    }

    #[test]
    fn the_same_input_has_the_same_hash_whatever_the_order_of_keys() {
        let other_order =
            CreateBatch { input_data: Some(json!({"contrast": 1, "brightness": 5})), ..create() };
        assert_eq!(input_hash(&create()), input_hash(&other_order));
        let two = |a: &str, b: &str| {
            input_hash(&CreateBatch { input_images: vec![a.into(), b.into()], ..create() })
        };
        assert_ne!(two("ab", "c"), two("a", "bc"));
        assert_ne!(two("a", "b"), two("b", "a"));
        let keyed = CreateBatch { idempotency_key: Some("k".into()), ..create() };
        assert_eq!(input_hash(&keyed), input_hash(&create()));
        let none = CreateBatch { input_data: None, ..create() };
        let null = CreateBatch { input_data: Some(Value::Null), ..create() };
        assert_eq!(input_hash(&none), input_hash(&null));
    }

    proptest! {
        /// However generations fail, succeed and are cancelled, what is paid less what is given
        /// back is exactly what succeeded.
        #[test]
        fn refunds_balance_over_generations(
            item_cost in 0i64..1_000,
            total in 1i64..500,
            ends in prop::collection::vec(0.0f64..=1.0, 1..8),
        ) {
            let (mut paid, mut refunded, mut succeeded) = (cost(item_cost, total), 0, 0);
            let mut open = total;
            for share in ends {
                let good = ((open as f64) * share) as i64;
                succeeded += good;
                open -= good;
                let due = refund_due(paid, refunded, item_cost, succeeded);
                prop_assert_eq!(due, item_cost * open);
                refunded += due;
                prop_assert_eq!(paid - refunded, item_cost * succeeded);
                // Asked again, nothing more is due.
                prop_assert_eq!(refund_due(paid, refunded, item_cost, succeeded), 0);
                paid += cost(item_cost, open);
            }
        }

        #[test]
        fn no_refund_is_below_zero(a in any::<i64>(), b in any::<i64>(), c in any::<i64>(), d in any::<i64>()) {
            prop_assert!(refund_due(a, b, c, d) >= 0);
        }
    }
}
