//! What is wrong with data, and how that is told.

use super::*;

#[test]
fn each_failure_is_told_with_its_path() {
    let good = || json!({"reason": "taxi", "items": [{"amount": 1}], "approved": 0, "secret": {"level": 1}});
    for (field, value, path, message) in [
        ("reason", json!("a"), "reason", "must have at least 3 characters"),
        ("reason", json!("a".repeat(21)), "reason", "must have at most 20 characters"),
        ("reason", json!(7), "reason", "must be of type string"),
        ("note", json!(7), "note", "must be of type null or string"),
        ("kind", json!("bribe"), "kind", "must be one of \"travel\", \"meal\""),
        ("day", json!("2024-02-30"), "day", "must be a valid date"),
        ("code", json!("ab"), "code", "must match the pattern ^[A-Z]{2}-\\d+$"),
        ("approved", json!(-1), "approved", "must be at least 0"),
        ("items", json!([]), "items", "must have at least 1 entries"),
        (
            "items",
            json!([{"amount": 1}, {"amount": 2}, {"amount": 0}]),
            "items[2].amount",
            "must be more than 0",
        ),
        ("items", json!([{"amount": 1}, {}]), "items[1].amount", "this field is required"),
        ("items", json!([{"amount": 1, "a/b": 2}]), "items[0][\"a/b\"]", "there is no such field"),
        ("items", json!([{"amount": 1, "a b": 2}]), "items[0][\"a b\"]", "must be of type boolean"),
        ("secret", json!({}), "secret.level", "this field is required"),
    ] {
        let mut written = good();
        written[field] = value;
        assert_eq!(merge(&claim(), &json!({}), &written, Access::All), fault(path, message));
    }
    assert_eq!(merge(&claim(), &json!({}), &good(), Access::All), Ok(good()));
}

#[test]
fn every_kind_of_failure_has_a_message() {
    for (schema, value, message) in [
        (json!({"const": 1}), json!(2), "must be 1"),
        (json!({"maximum": 1}), json!(2), "must be at most 1"),
        (json!({"exclusiveMaximum": 2}), json!(2), "must be less than 2"),
        (json!({"multipleOf": 0.5}), json!(0.7), "must be a multiple of 0.5"),
        (json!({"maxItems": 1}), json!([1, 2]), "must have at most 1 entries"),
        (json!({"uniqueItems": true}), json!([1, 1]), "must not have the same entry twice"),
        (json!({"contains": {"const": 1}}), json!([2]), "lacks an entry that it must have"),
        (json!({"minProperties": 1}), json!({}), "must have at least 1 fields"),
        (json!({"maxProperties": 0}), json!({"a": 1}), "must have at most 0 fields"),
        (
            json!({"propertyNames": {"maxLength": 1}}),
            json!({"ab": 1}),
            "has a field with a name that is not allowed",
        ),
        (json!(false), json!(1), "must not be given"),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
            json!(1),
            "fits none of the choices that there are",
        ),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "null"}]}),
            json!(1),
            "fits none of the choices that there are",
        ),
        (
            json!({"oneOf": [{"type": "integer"}, {"minimum": 0}]}),
            json!(1),
            "fits more than one of the choices that there are",
        ),
        (json!({"not": {"type": "integer"}}), json!(1), "does not fit the form"),
        (json!({"prefixItems": [{}], "items": false}), json!([1, 2]), "must not be given"),
        (
            json!({"enum": (0..20).collect::<Vec<_>>()}),
            json!(20),
            "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …",
        ),
        (json!({"format": "email"}), json!("nobody"), "must be a valid email"),
    ] {
        let form = json!({"type": "object", "properties": {"a": schema}});
        let Err(faults) = merge(&form, &json!({}), &json!({"a": value}), Access::All) else {
            panic!("{form} fits")
        };
        assert!(faults[0].0.starts_with('a'), "{faults:?}");
        assert_eq!(faults[0].1, message, "{form}");
    }
}

#[test]
fn what_one_cannot_mend_does_not_block() {
    let starter = starter();
    let access = Access::Fields(&starter);
    let written = json!({"reason": "taxi", "items": [{"amount": 1}]});
    // `approved` and `secret` are required, and neither is the starter's.
    assert_eq!(merge(&claim(), &json!({}), &written, access), Ok(written.clone()));
    // Nor is what is wrong in them.
    let current = json!({"secret": {}, "approved": -5});
    assert!(merge(&claim(), &current, &written, access).is_ok());
    // What is one's own is told all the same.
    assert_eq!(
        merge(&claim(), &current, &json!({"reason": "taxi"}), access),
        fault("items", "this field is required")
    );

    // Whatever keyword it is that asks for it.
    let write = fields(&[("a", FieldAccess::Write)]);
    let access = Access::Fields(&write);
    for keyword in [
        json!({"dependentRequired": {"a": ["b"]}}),
        json!({"if": {"required": ["a"]}, "then": {"required": ["b"]}}),
        json!({"allOf": [{"required": ["b"]}]}),
        json!({"anyOf": [{"required": ["b"]}, {"properties": {"a": {"const": 7}}}]}),
        json!({"oneOf": [{"required": ["b"]}, {"properties": {"a": {"const": 7}}}]}),
        json!({"additionalProperties": false}),
        json!({"unevaluatedProperties": false}),
    ] {
        let mut schema = json!({"type": "object", "properties": {"a": {"type": "integer"}, "b": {}}});
        schema.as_object_mut().unwrap().extend(keyword.as_object().unwrap().clone());
        // `old` is of an earlier version of the form.
        let current = json!({"old": 1});
        assert!(merge(&schema, &current, &json!({"a": 1}), access).is_ok(), "{schema}");
        assert!(merge(&schema, &current, &json!({"a": "x"}), access).is_err(), "{schema}");
    }
}

#[test]
fn at_most_fifty_faults_are_told() {
    let schema = json!({"type": "object", "properties": {"a": {"items": {"type": "integer"}}}});
    let data = json!({"a": vec!["x"; 20_000]});
    let begun = std::time::Instant::now();
    let faults = merge(&schema, &json!({}), &data, Access::All).unwrap_err();
    assert_eq!((faults.len(), faults[49].0.as_str()), (MAX_FAULTS, "a[49]"));
    assert!(begun.elapsed().as_secs() < 5);
    let unknown: Map<String, Value> = (0..60).map(|n| (format!("f{n}"), json!(1))).collect();
    assert_eq!(merge(&schema, &json!({}), &unknown.into(), Access::All).unwrap_err().len(), MAX_FAULTS);
    let inner = json!({"type": "object", "properties": {"a": {"properties": {"x": {}}, "additionalProperties": false}}});
    let unknown: Map<String, Value> = (0..60).map(|n| (format!("f{n}"), json!(1))).collect();
    let faults = merge(&inner, &json!({}), &json!({"a": unknown}), Access::All).unwrap_err();
    assert_eq!((faults.len(), faults[0].0.as_str()), (MAX_FAULTS, "a.f0"));
}

#[test]
fn faults_become_one_at_the_first_of_them() {
    let faults =
        [FieldFault::new("items[2].amount", "must be more than 0"), FieldFault::new("[\"a b\"]", "no")];
    let fault = FieldFault::into_fault("formData", &faults);
    assert_eq!(fault.message(), "must be more than 0");
    assert_eq!(fault.details()["field"], "formData.items[2].amount");
    assert_eq!(
        fault.details()["faults"],
        json!([
            {"field": "formData.items[2].amount", "message": "must be more than 0"},
            {"field": "formData[\"a b\"]", "message": "no"},
        ])
    );
    let whole = FieldFault::into_fault("formData", &[FieldFault::new("", "too large")]);
    assert_eq!(whole.details()["field"], "formData");
}

#[test]
fn a_pattern_takes_no_longer_than_its_text() {
    let schema = json!({"type": "object", "properties": {"a": {"pattern": "^(a+)+$"}}});
    let data = json!({"a": format!("{}!", "a".repeat(50_000))});
    let begun = std::time::Instant::now();
    assert_eq!(merge(&schema, &json!({}), &data, Access::All), fault("a", "must match the pattern ^(a+)+$"));
    assert!(begun.elapsed().as_secs() < 5);
}
