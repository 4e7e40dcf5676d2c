//! Whatever the schema and the data are.

use proptest::prelude::*;

use super::*;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        prop::sample::select(vec!["object", "string", "#/$defs/a", "a", "^a+$", "date"])
            .prop_map(Value::from),
    ];
    let keyword = prop::sample::select(vec![
        "type",
        "properties",
        "required",
        "$ref",
        "$defs",
        "a",
        "items",
        "allOf",
        "anyOf",
        "pattern",
        "format",
        "not",
        "if",
        "then",
        "const",
        "additionalProperties",
        "default",
        "minLength",
    ]);
    leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keyword.clone(), inner), 0..4).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_schema_and_no_data_makes_a_form_panic(mut schema in any_json(), current in any_json(), written in any_json(), write: bool) {
        if let Some(keywords) = schema.as_object_mut() {
            keywords.insert("type".to_owned(), json!("object"));
        }
        let named = fields(&[("a", if write { FieldAccess::Write } else { FieldAccess::None })]);
        let access = Access::Fields(&named);
        let seen = access.visible_schema(&schema);
        if let Ok(form) = Form::parse(&schema) {
            if let Err(faults) = form.merge(&current, &written, access) {
                prop_assert!((1..=MAX_FAULTS).contains(&faults.len()));
            }
            let _ = form.check_draft(&current, &written, access);
        }
        let shows = |value: &Value| value.get("properties").is_some_and(|fields| fields.get("a").is_some());
        prop_assert!(write || !shows(&seen) || !schema["properties"].is_object());
        prop_assert!(write || access.visible(&current).get("a").is_none());
    }

    #[test]
    fn what_is_merged_changes_only_what_may_be_written(current in any_json(), written in any_json(), all: bool) {
        let form = Form::parse(&json!({"type": "object"})).unwrap();
        let named = fields(&[("a", FieldAccess::Write), ("type", FieldAccess::Write), ("items", FieldAccess::None)]);
        let access = if all { Access::All } else { Access::Fields(&named) };
        if let Ok(merged) = form.merge(&current, &written, access) {
            for (name, value) in merged.as_object().unwrap() {
                let before = current.get(name);
                prop_assert!(before.is_some_and(|before| same(before, value)) || access.to(name) == FieldAccess::Write);
                prop_assert!(before == Some(value) || written.get(name) == Some(value));
            }
        }
    }
}
