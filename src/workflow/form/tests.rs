use std::collections::BTreeMap;

use proptest::prelude::*;

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

fn nested(levels: usize) -> Value {
    (1..levels)
        .fold(json!({"type": "string"}), |inner, _| json!({"type": "object", "properties": {"a": inner}}))
}

#[test]
fn a_form_is_a_schema_of_an_object() {
    assert_eq!(form(&claim()).schema(), &claim());
    assert!(Form::parse(&json!({"type": "object"})).is_ok());
    for schema in [
        json!(true),
        json!({}),
        json!([]),
        json!({"type": "array"}),
        json!({"type": ["object"]}),
        json!({"properties": {}}),
    ] {
        assert_eq!(Form::parse(&schema).unwrap_err(), FormError::NotAnObject, "{schema}");
    }
    let draft = json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"});
    assert_eq!(
        Form::parse(&draft).unwrap_err().to_string(),
        "a form is a JSON Schema of the draft 2020-12, and not of http://json-schema.org/draft-07/schema#"
    );
}

#[test]
fn a_form_refers_to_itself_alone_and_in_no_circle() {
    let with = |defs: Value, property: Value| {
        Form::parse(&json!({"type": "object", "$defs": defs, "properties": {"a": property}}))
    };
    assert!(with(json!({"b": {"type": "string"}}), json!({"$ref": "#/$defs/b"})).is_ok());
    for (defs, reference) in [
        (json!({}), "https://example.org/schema.json"),
        (json!({}), "other.json#/$defs/b"),
        (json!({}), "file:///etc/passwd"),
        (json!({}), "#/$defs/none"),
        (json!({}), "#name"),
        (json!({}), "#"),
        (json!({}), "#/properties/a"),
        (json!({"b": {"$ref": "#/$defs/c"}, "c": {"items": {"$ref": "#/$defs/b"}}}), "#/$defs/b"),
    ] {
        let error = with(defs, json!({"$ref": reference})).unwrap_err();
        assert!(matches!(error, FormError::Reference { .. }), "{reference}: {error:?}");
    }
    assert!(matches!(with(json!({}), json!({"$ref": 7})).unwrap_err(), FormError::Reference { .. }));
    // What only looks like a reference is none.
    assert!(with(json!({}), json!({"const": {"$ref": "https://example.org"}})).is_ok());
    let named = json!({"type": "object", "properties": {"$ref": {"type": "string"}, "$anchor": {}}});
    assert!(Form::parse(&named).is_ok());
}

#[test]
fn the_bounds_of_a_form_are_told() {
    let many = |count: usize| {
        let fields: Map<String, Value> = (0..count).map(|n| (format!("f{n}"), json!({}))).collect();
        json!({"type": "object", "properties": fields})
    };
    assert!(Form::parse(&many(MAX_FIELDS)).is_ok());
    assert_eq!(Form::parse(&many(MAX_FIELDS + 1)).unwrap_err(), FormError::TooManyFields);

    assert!(Form::parse(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(Form::parse(&nested(MAX_DEPTH + 1)).unwrap_err(), FormError::TooDeep);
    let constant = (0..100).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(Form::parse(&json!({"type": "object", "const": constant})).unwrap_err(), FormError::TooDeep);

    let text = |length: usize| json!({"type": "object", "title": "t".repeat(length)});
    let most = MAX_SCHEMA - text(0).to_string().len();
    assert!(Form::parse(&text(most)).is_ok());
    assert_eq!(Form::parse(&text(most + 1)).unwrap_err(), FormError::TooLarge);

    let patterns = |count: usize| {
        let all: Vec<_> = (0..count).map(|n| json!({"pattern": format!("^{n}$")})).collect();
        json!({"type": "object", "properties": {"a": {"anyOf": all}}})
    };
    assert!(Form::parse(&patterns(MAX_PATTERNS)).is_ok());
    assert_eq!(Form::parse(&patterns(MAX_PATTERNS + 1)).unwrap_err(), FormError::TooManyPatterns);

    for keyword in ["$anchor", "$dynamicRef", "$id"] {
        let schema = json!({"type": "object", "properties": {"a": {keyword: "#/a"}}});
        assert_eq!(Form::parse(&schema).unwrap_err(), FormError::Unsupported(keyword));
    }
}

#[test]
fn references_count_as_what_they_lead_to() {
    let chain = |links: usize| {
        let mut defs: Map<String, Value> =
            (0..links).map(|n| (format!("d{n}"), json!({"$ref": format!("#/$defs/d{}", n + 1)}))).collect();
        defs.insert(format!("d{links}"), json!({"type": "string"}));
        json!({"type": "object", "$defs": defs, "properties": {"a": {"$ref": "#/$defs/d0"}}})
    };
    assert!(Form::parse(&chain(MAX_DEPTH - 3)).is_ok());
    assert_eq!(Form::parse(&chain(MAX_DEPTH - 2)).unwrap_err(), FormError::TooDeep);
    // In whatever order they are come to.
    assert_eq!(Form::parse(&chain(1000)).unwrap_err(), FormError::TooDeep);

    let doubling = |times: usize| {
        let mut defs: Map<String, Value> = (0..times)
            .map(|n| {
                let next = json!({"$ref": format!("#/$defs/d{}", n + 1)});
                (format!("d{n}"), json!({"allOf": vec![next; 8]}))
            })
            .collect();
        defs.insert(format!("d{times}"), json!({"type": "string"}));
        json!({"type": "object", "$defs": defs, "properties": {"a": {"$ref": "#/$defs/d0"}}})
    };
    assert!(Form::parse(&doubling(2)).is_ok());
    assert_eq!(Form::parse(&doubling(6)).unwrap_err(), FormError::TooManyParts);
}

#[test]
fn a_schema_that_is_none_is_told_with_its_place() {
    let of =
        |property: Value| Form::parse(&json!({"type": "object", "properties": {"a": property}})).unwrap_err();
    let FormError::Invalid { path, message } = of(json!({"type": "texts"})) else { panic!("not told") };
    assert_eq!((path.as_str(), message.is_empty()), ("/properties/a/type", false));
    for property in [
        json!({"minLength": -1}),
        json!({"pattern": "("}),
        // Only a search that may take for ever finds these.
        json!({"pattern": "^(?=a)b"}),
        json!({"pattern": "(a)\\1"}),
        // This one is small as it is written, and huge once compiled.
        json!({"pattern": "((\\w{100}){100}){100}"}),
    ] {
        let error = of(property.clone());
        assert!(matches!(error, FormError::Invalid { .. }), "{property}: {error:?}");
        assert!(error.to_string().len() < 1000);
    }
}

#[test]
fn a_pattern_takes_no_longer_than_its_text() {
    let schema = json!({"type": "object", "properties": {"a": {"pattern": "^(a+)+$"}}});
    let data = json!({"a": format!("{}!", "a".repeat(50_000))});
    let begun = std::time::Instant::now();
    assert_eq!(merge(&schema, &json!({}), &data, Access::All), fault("a", "must match the pattern ^(a+)+$"));
    assert!(begun.elapsed().as_secs() < 5);
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
