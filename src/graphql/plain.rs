//! Values that can be written into the answer at once.

use async_graphql::{ContextSelectionSet, ID, ScalarType as _, Value};

use super::at_hand::{AtHand, One, Plan, Rows, plan_of, write};
use super::scalars::{DateTime, Int, Json};
use crate::kernel::Fault;

/// A value that can be written into the answer at once.
pub trait Plain: Sized {
    /// The plan for the selection on it; none where something in it is not at hand.
    fn plan<'a>(_selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>> {
        Some(Plan::default())
    }

    /// The value itself.
    ///
    /// # Errors
    /// Where the schema's type cannot hold it.
    fn plain(self, plan: &Plan<'_>) -> Result<Value, Fault>;
}

/// Implements [`Plain`] for scalars.
macro_rules! plain {
    ($($type:ty: |$value:ident| $written:expr;)*) => {$(
        impl Plain for $type {
            fn plain(self, _: &Plan<'_>) -> Result<Value, Fault> {
                let $value = self;
                Ok($written)
            }
        }
    )*};
}

plain! {
    bool: |value| Value::Boolean(value);
    i32: |value| Value::Number(value.into());
    f64: |value| async_graphql::Number::from_f64(value).map_or(Value::Null, Value::Number);
    String: |value| Value::String(value);
    ID: |value| Value::String(value.0);
    DateTime: |value| value.to_value();
    Json: |value| value.to_value();
}

impl Plain for Int {
    fn plain(self, _: &Plan<'_>) -> Result<Value, Fault> {
        self.value()
    }
}

impl<T: Plain> Plain for Option<T> {
    fn plan<'a>(selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>> {
        T::plan(selection)
    }

    fn plain(self, plan: &Plan<'_>) -> Result<Value, Fault> {
        self.map_or(Ok(Value::Null), |value| value.plain(plan))
    }
}

impl<T: Plain> Plain for Result<T, Fault> {
    fn plan<'a>(selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>> {
        T::plan(selection)
    }

    fn plain(self, plan: &Plan<'_>) -> Result<Value, Fault> {
        self?.plain(plan)
    }
}

impl<T: Plain> Plain for Vec<T> {
    fn plan<'a>(selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>> {
        T::plan(selection)
    }

    fn plain(self, plan: &Plan<'_>) -> Result<Value, Fault> {
        self.into_iter().map(|value| value.plain(plan)).collect::<Result<_, _>>().map(Value::List)
    }
}

impl<T: AtHand> Plain for Rows<T> {
    fn plan<'a>(selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>> {
        Some(plan_of::<T>(selection)).filter(Plan::is_at_hand)
    }

    fn plain(self, plan: &Plan<'_>) -> Result<Value, Fault> {
        self.0.iter().map(|row| write(row, plan)).collect::<Result<_, _>>().map(Value::List)
    }
}

impl<T: AtHand> Plain for One<T> {
    fn plan<'a>(selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>> {
        Some(plan_of::<T>(selection)).filter(Plan::is_at_hand)
    }

    fn plain(self, plan: &Plan<'_>) -> Result<Value, Fault> {
        write(&self.0, plan)
    }
}

/// Implements [`Plain`] for enums of the schema.
macro_rules! plain_enum {
    ($($type:ty),*) => {$(
        impl $crate::graphql::at_hand::Plain for $type {
            fn plain(
                self,
                _: &$crate::graphql::at_hand::Plan<'_>,
            ) -> Result<async_graphql::Value, $crate::kernel::Fault> {
                use async_graphql::resolver_utils::EnumType as _;
                // Made once: each name is an allocation.
                static NAMES: std::sync::OnceLock<Vec<async_graphql::Name>> = std::sync::OnceLock::new();
                let names = NAMES.get_or_init(|| {
                    Self::items().iter().map(|item| async_graphql::Name::new(item.name)).collect()
                });
                let place = Self::items().iter().position(|item| item.value == self);
                Ok(place.and_then(|place| names.get(place)).map_or(async_graphql::Value::Null, |name| {
                    async_graphql::Value::Enum(name.clone())
                }))
            }
        }
    )*};
}
pub(crate) use plain_enum;
