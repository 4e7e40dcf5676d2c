//! Forms: what is shown and what is written of their fields.

mod failures;
mod properties;
mod schemas;

use std::collections::BTreeMap;

use super::*;

/// An expense claim, with a note that only some may see.
fn claim() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["reason", "items", "secret", "approved"],
        "properties": {
            "reason": {"type": "string", "minLength": 3, "maxLength": 20},
            "kind": {"enum": ["travel", "meal"]},
            "day": {"type": "string", "format": "date"},
            "code": {"type": "string", "pattern": "^[A-Z]{2}-\\d+$"},
            "note": {"type": ["string", "null"]},
            "items": {"type": "array", "minItems": 1, "maxItems": 3, "items": {"$ref": "#/$defs/item"}},
            "approved": {"type": "number", "minimum": 0},
            "secret": {"type": "object", "required": ["level"], "properties": {"level": {"type": "integer"}}},
        },
        "$defs": {"item": {
            "type": "object",
            "required": ["amount"],
            "additionalProperties": false,
            "properties": {"amount": {"type": "number", "exclusiveMinimum": 0}, "a b": {"type": "boolean"}},
        }},
    })
}

fn fields(named: &[(&str, FieldAccess)]) -> BTreeMap<String, FieldAccess> {
    named.iter().map(|(name, access)| ((*name).to_owned(), *access)).collect()
}

/// What the starter of a claim may do, once it has been sent back.
fn starter() -> BTreeMap<String, FieldAccess> {
    use FieldAccess::{None, Write};
    let write = ["reason", "kind", "day", "code", "note", "items"].map(|name| (name, Write));
    fields(&[&write[..], &[("secret", None)]].concat())
}

fn form(schema: &Value) -> Form {
    Form::parse(schema).unwrap()
}

fn merge(
    schema: &Value,
    current: &Value,
    written: &Value,
    access: Access<'_>,
) -> Result<Value, Vec<(String, String)>> {
    form(schema).merge(current, written, access).map_err(pairs)
}

fn pairs(faults: Vec<FieldFault>) -> Vec<(String, String)> {
    faults.into_iter().map(|fault| (fault.path, fault.message)).collect()
}

fn fault<T>(path: &str, message: &str) -> Result<T, Vec<(String, String)>> {
    Err(vec![(path.to_owned(), message.to_owned())])
}

#[test]
fn what_one_may_not_see_is_not_sent() {
    let data = json!({"reason": "taxi", "secret": {"level": 3}, "other": 1});
    let starter = starter();
    assert_eq!(Access::Fields(&starter).visible(&data), json!({"reason": "taxi", "other": 1}));
    assert_eq!(Access::All.visible(&data), data);
    assert_eq!(Access::Fields(&starter).visible(&json!([{"secret": 1}])), json!(null));
}

#[test]
fn the_schema_of_what_one_sees_names_nothing_else() {
    let schema = json!({
        "type": "object",
        "title": "Claim",
        "required": ["reason", "secret", "approved"],
        "properties": {"reason": {"type": "string"}, "approved": {"type": "number"}, "any": true, "none": false, "secret": {}},
        "dependentRequired": {"reason": ["secret", "reason"], "secret": ["reason"]},
        "dependentSchemas": {"secret": {"required": ["reason"]}, "reason": {"properties": {"secret": {}}}},
        "allOf": [{"if": {"properties": {"secret": {"const": 1}}}, "then": {"required": ["secret", "reason"]}}],
        "default": {"reason": "none", "secret": 1},
        "examples": [{"secret": 2, "approved": 3}],
    });
    let access = fields(&[("reason", FieldAccess::Write), ("secret", FieldAccess::None)]);
    let seen = Access::Fields(&access).visible_schema(&schema);
    assert_eq!(
        seen,
        json!({
            "type": "object",
            "title": "Claim",
            "required": ["reason"],
            "properties": {
                "reason": {"type": "string"},
                "approved": {"type": "number", "readOnly": true},
                "any": {"readOnly": true},
                "none": false,
            },
            "dependentRequired": {"reason": ["reason"]},
            "dependentSchemas": {"reason": {"properties": {}}},
            "allOf": [{"if": {"properties": {}}, "then": {"required": ["reason"]}}],
            "default": {"reason": "none"},
            "examples": [{"approved": 3}],
        })
    );
    assert!(!seen.to_string().contains("secret"));
    assert!(Form::parse(&seen).is_ok());
    assert_eq!(Access::All.visible_schema(&schema), schema);
}

#[test]
fn what_is_written_goes_over_what_is_there() {
    let current = json!({"reason": "taxi", "note": "old", "kind": "meal", "items": [{"amount": 1}], "secret": {"level": 1}});
    let starter = starter();
    let written = json!({"reason": "train", "items": [{"amount": 2.5}, {"amount": 3}]});
    assert_eq!(
        merge(&claim(), &current, &written, Access::Fields(&starter)),
        Ok(json!({
            "reason": "train", "note": "old", "kind": "meal", "items": [{"amount": 2.5}, {"amount": 3}], "secret": {"level": 1},
        }))
    );
    // Null stays where it may be, and else takes away.
    let written = json!({"note": null, "day": null});
    let merged = merge(&claim(), &current, &written, Access::Fields(&starter)).unwrap();
    assert_eq!((merged.get("note"), merged.get("day")), (Some(&json!(null)), None));
    let required = merge(&claim(), &current, &json!({"reason": null}), Access::Fields(&starter));
    assert_eq!(required, fault("reason", "this field is required"));
    // Nothing at all is as good as an object with nothing in it.
    assert_eq!(
        merge(&json!({"type": "object"}), &json!(null), &json!({"a": 1}), Access::All),
        Ok(json!({"a": 1}))
    );
}

#[test]
fn what_may_not_be_written_is_refused_by_its_name() {
    let current = json!({"reason": "taxi", "items": [{"amount": 1}], "approved": 5, "secret": {"level": 1}});
    let starter = starter();
    let access = Access::Fields(&starter);
    let unknown = "there is no such field, or you may not write it";
    for (written, path, message) in [
        (json!({"approved": 6}), "approved", "this field may be read only"),
        (json!({"approved": null}), "approved", "this field may be read only"),
        (json!({"secret": {"level": 2}}), "secret", unknown),
        // Even as it is: nobody learns a hidden value by trying.
        (json!({"secret": {"level": 1}}), "secret", unknown),
        (json!({"other": 1}), "other", unknown),
        (json!({"a.b": 1}), "[\"a.b\"]", unknown),
        (json!([]), "", "the data of a form is an object of its fields"),
        (json!(null), "", "the data of a form is an object of its fields"),
    ] {
        assert_eq!(merge(&claim(), &current, &written, access), fault(path, message), "{written}");
        let draft = form(&claim()).check_draft(&current, &written, access).map_err(pairs);
        assert_eq!(draft, fault(path, message), "{written}");
    }
    // What comes back as it was sent is fine, also where a browser has lost a zero.
    let written = json!({"approved": 5.0, "reason": "train"});
    assert_eq!(merge(&claim(), &current, &written, access).unwrap()["approved"], json!(5));
    let approver = fields(&[("approved", FieldAccess::Write)]);
    let written = json!({"reason": "taxi", "kind": null, "approved": 7});
    assert_eq!(merge(&claim(), &current, &written, Access::Fields(&approver)).unwrap()["approved"], json!(7));
}

#[test]
fn a_form_without_fields_takes_any_unless_it_says_not() {
    let any = json!({"type": "object"});
    assert_eq!(merge(&any, &json!({}), &json!({"a": 1}), Access::All), Ok(json!({"a": 1})));
    let none = json!({"type": "object", "additionalProperties": false});
    assert!(merge(&none, &json!({}), &json!({"a": 1}), Access::All).is_err());
    assert!(merge(&none, &json!({}), &json!({}), Access::All).is_ok());
    // With fields, those are all.
    let some = json!({"type": "object", "properties": {"a": {}}, "additionalProperties": true});
    assert!(merge(&some, &json!({}), &json!({"b": 1}), Access::All).is_err());
}

#[test]
fn a_draft_need_not_be_complete_and_keeps_what_one_may_write() {
    let current = json!({"approved": 5});
    let starter = starter();
    let draft = |written: Value| {
        form(&claim()).check_draft(&current, &written, Access::Fields(&starter)).map_err(pairs)
    };
    assert_eq!(draft(json!({})), Ok(json!({})));
    let written = json!({"reason": "", "items": "not yet", "approved": 5, "note": null});
    assert_eq!(draft(written), Ok(json!({"reason": "", "items": "not yet", "note": null})));
    let large = json!({"reason": "a".repeat(MAX_DATA)});
    assert_eq!(draft(large), fault("", "the data of a form is at most 262144 bytes of JSON"));
}

#[test]
fn data_is_bounded_before_and_after() {
    let schema = json!({"type": "object", "properties": {"a": {}, "b": {}}});
    let most = "x".repeat(MAX_DATA - r#"{"a":""}"#.len());
    let too_large = || fault("", "the data of a form is at most 262144 bytes of JSON");
    assert!(merge(&schema, &json!({}), &json!({"a": most}), Access::All).is_ok());
    assert_eq!(merge(&schema, &json!({}), &json!({"a": format!("{most}x")}), Access::All), too_large());
    assert_eq!(merge(&schema, &json!({"a": most}), &json!({"b": 1}), Access::All), too_large());
}
