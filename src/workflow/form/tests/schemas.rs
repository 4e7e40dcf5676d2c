//! What is a form, within its bounds.

use super::*;

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
fn the_page_tells_the_bounds() {
    use crate::workflow::tests::page::bound;
    assert_eq!(bound("a form's schema"), MAX_SCHEMA);
    assert_eq!(bound("its fields"), MAX_FIELDS);
    assert_eq!(bound("its levels, references counted"), MAX_DEPTH);
    assert_eq!(bound("its schemas, as often as they are referred to"), MAX_PARTS);
    assert_eq!(bound("its patterns"), MAX_PATTERNS);
    assert_eq!(bound("a form's data"), MAX_DATA);
}
