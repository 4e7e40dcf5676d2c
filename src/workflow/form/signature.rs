//! Fields that hold handwritten signatures: whoever signs adds to them, and nobody takes anything away.

use serde_json::{Map, Value};

use super::{Access, Form};
use crate::workflow::model::FieldAccess;

/// The `format` of a form's field that holds handwritten signatures: an array of the ids of files.
pub const HANDWRITTEN_SIGNATURE: &str = "handwritten-signature";

/// What is written with those fields of signatures added to that one may write: what is there stays, what
/// was written comes behind it, and then the decision's own `signature`, a file's id.
///
/// Whoever has read the field before may send all of it back: what it begins with is not added again.
pub(super) fn signed(
    form: &Form,
    access: Access<'_>,
    current: &Value,
    written: &Map<String, Value>,
    signature: Option<&str>,
) -> Map<String, Value> {
    let mut written = written.clone();
    let fields = form.properties().into_iter().flatten();
    let format = |schema: &Value| schema.get("format").and_then(Value::as_str) == Some(HANDWRITTEN_SIGNATURE);
    for (name, _) in fields.filter(|(_, schema)| format(schema)) {
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
        let mut new: Vec<_> = given.into_iter().skip(known).collect();
        let signature = signature.map(Value::from).filter(|signature| !new.contains(signature));
        new.extend(signature);
        if new.is_empty() {
            // Nothing is added: not even null takes anything away.
            written.shift_remove(name);
        } else {
            all.append(&mut new);
            written.insert(name.clone(), Value::Array(all));
        }
    }
    written
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
            "properties": {
                "hands": { "type": "array", "format": "handwritten-signature", "items": { "type": "string" } },
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
            Value::Object(signed(&form, Access::Fields(&fields), &current, written, signature))
        };
        assert_eq!(after(json!({}), None), json!({}), "nothing is written that nobody wrote");
        assert_eq!(after(json!({}), Some("c")), json!({ "hands": ["a", "b", "c"] }));
        assert_eq!(
            after(json!({ "hands": ["c"], "note": "n" }), None),
            json!({ "hands": ["a", "b", "c"], "note": "n" })
        );
        assert_eq!(after(json!({ "hands": "c" }), Some("c")), json!({ "hands": ["a", "b", "c"] }), "once");
        assert_eq!(
            after(json!({ "hands": ["a", "b", "c"] }), Some("d")),
            json!({ "hands": ["a", "b", "c", "d"] })
        );
        assert_eq!(after(json!({ "hands": ["a"] }), None), json!({}), "read before another has signed");
        assert_eq!(after(json!({ "hands": null }), None), json!({}), "nobody's signature is taken away");
        assert_eq!(
            after(json!({ "others": ["y"] }), None),
            json!({ "others": ["y"] }),
            "not theirs to write"
        );
    }
}
