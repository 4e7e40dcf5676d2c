//! Values on their way through CEL.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use cel::ExecutionError;
use cel::common::types::{CelBool, CelNull, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::objects;
use serde_json::Value;

static TYPE: Type = Type::new_unspecified_type("docket.value");

/// A value that CEL hands around without looking into it: CEL's own operators know nothing of it,
/// and so all that is done to values is done by our functions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held(pub Arc<Value>);

impl Val for Held {
    fn get_type(&self) -> &Type {
        &TYPE
    }

    fn cel_type() -> &'static Type {
        &TYPE
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Held {}

impl objects::Opaque for Held {
    fn runtime_type_name(&self) -> &'static str {
        "docket.value"
    }
}

/// A value for CEL.
pub(super) fn into_cel<'b, 'v>(value: Value) -> CowVal<'b, 'v> {
    CowVal::owned(Held(Arc::new(value)))
}

/// The JSON of a value in CEL; none where it is of a kind that no expression of ours leads to.
pub(super) fn from_cel<'a>(value: &'a (dyn Val + '_)) -> Option<Cow<'a, Value>> {
    if let Some(Held(value)) = value.downcast_ref() {
        return Some(Cow::Borrowed(value));
    }
    if let Some(flag) = value.downcast_ref::<CelBool>() {
        return Some(Cow::Owned(Value::Bool(*flag.inner())));
    }
    value.downcast_ref::<CelNull>().map(|_| Cow::Owned(Value::Null))
}

/// A value as CEL lets it out.
pub(super) fn leaving<'b, 'v>(value: Cow<'_, Value>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let held = Held(Arc::new(value.into_owned()));
    objects::Value::Opaque(Arc::new(held)).try_into().map(CowVal::Owned)
}

/// The JSON of a value that has left CEL.
pub(super) fn left(value: &objects::Value) -> Option<&Value> {
    match value {
        objects::Value::Opaque(opaque) => opaque.downcast_ref().map(|Held(value)| &**value),
        _ => None,
    }
}
