//! Fields that hold handwritten signatures: whoever signs adds to them, and nobody takes anything away.

use serde_json::{Map, Value};

use super::schema::own_schema;
use super::{Access, FieldFault, Form, path};
use crate::workflow::model::FieldAccess;

/// The `format` of a form's field that holds handwritten signatures: an array of the ids of files.
const HANDWRITTEN_SIGNATURE: &str = "handwritten-signature";

/// Whether a field, as the form declares it, holds handwritten signatures.
pub fn is_of_signatures(form: &Value, declared: &Value) -> bool {
    let format = [declared, own_schema(form, declared)].into_iter().find_map(|schema| schema.get("format"));
    format.and_then(Value::as_str) == Some(HANDWRITTEN_SIGNATURE)
}

/// What is written with the decision's own `signature`, a file's id, behind what the fields of signatures hold
/// that one may write.
///
/// Whoever has read such a field before may send it back, as it is or with that signature.
///
/// # Errors
/// Where another signature is written than the decision's own.
pub(super) fn signed(
    form: &Form,
    access: Access<'_>,
    current: &Value,
    written: &Map<String, Value>,
    signature: Option<&str>,
) -> Result<Map<String, Value>, Vec<FieldFault>> {
    let mut written = written.clone();
    let fields = form.properties().into_iter().flatten();
    for (name, _) in fields.filter(|(_, declared)| is_of_signatures(form.schema(), declared)) {
        if access.to(name) != FieldAccess::Write {
            continue;
        }
        let list = |value: Option<&Value>| match value {
            Some(Value::Array(list)) => list.clone(),
            Some(Value::Null) | None => Vec::new(),
            Some(one) => vec![one.clone()],
        };
        let (mut all, given) = (list(current.get(name)), list(written.get(name)));
        let known = all.iter().zip(&given).take_while(|(old, new)| old == new).count();
        let own = signature.map(Value::from);
        if given[known..].iter().any(|new| Some(new) != own.as_ref()) {
            let message = "sign with the decision's own signature: nobody else's is taken";
            return Err(vec![FieldFault::new(path::of(name), message)]);
        }
        written.shift_remove(name);
        if let Some(own) = own {
            all.push(own);
            written.insert(name.clone(), Value::Array(all));
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn who_signs_adds_to_what_is_there() {
        let form = Form::parse(&json!({
            "type": "object",
            "$defs": { "signatures": { "type": "array", "format": "handwritten-signature" } },
            "properties": {
                "hands": { "$ref": "#/$defs/signatures" },
                "others": { "type": "array", "format": "handwritten-signature" },
                "note": { "type": "string" },
            },
        }))
        .unwrap();
        let fields: BTreeMap<_, _> =
            [("hands".into(), FieldAccess::Write), ("note".into(), FieldAccess::Write)].into();
        let current = json!({ "hands": ["a", "b"], "others": ["x"] });
        let after = |written: Value, signature| {
            let written = written.as_object().unwrap();
            signed(&form, Access::Fields(&fields), &current, written, signature).map(Value::Object)
        };
        assert_eq!(after(json!({}), None), Ok(json!({})), "nothing is written that nobody wrote");
        assert_eq!(after(json!({}), Some("c")), Ok(json!({ "hands": ["a", "b", "c"] })));
        let whole = json!({ "hands": ["a", "b", "c"], "note": "n" });
        assert_eq!(
            after(json!({ "note": "n" }), Some("c")),
            Ok(json!({ "note": "n", "hands": ["a", "b", "c"] }))
        );
        assert_eq!(after(whole, Some("c")), Ok(json!({ "note": "n", "hands": ["a", "b", "c"] })), "once");
        assert_eq!(after(json!({ "hands": "c" }), Some("c")), Ok(json!({ "hands": ["a", "b", "c"] })));
        assert_eq!(after(json!({ "hands": ["a"] }), None), Ok(json!({})), "read before another has signed");
        assert_eq!(after(json!({ "hands": null }), None), Ok(json!({})), "nobody's signature is taken away");
        assert_eq!(
            after(json!({ "others": ["y"] }), None),
            Ok(json!({ "others": ["y"] })),
            "not theirs to write"
        );
        for (forged, own) in
            [(json!(["z"]), None), (json!(["a", "b", "z"]), Some("c")), (json!(["c", "z"]), Some("c"))]
        {
            let faults = after(json!({ "hands": forged }), own).unwrap_err();
            assert_eq!(faults[0].path, "hands");
        }
    }
}
