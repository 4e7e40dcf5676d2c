//! The macros that say which fields of an object are at hand.

/// An object type whose fields in the first block are at hand (each with its name, its type and
/// the value, made from the object); those in `more` are written as in `#[Object]`.
macro_rules! object_at_hand {
    (
        $(#[$doc:meta])*
        $type:ident |$object:ident| {
            $( $(#[$field_doc:meta])* $field:ident $name:literal: $output:ty = $value:expr; )*
        }
        $( more { $($more:tt)* } )?
    ) => {
        $(#[$doc])*
        #[async_graphql::Object]
        impl $type {
            $(
                $(#[$field_doc])*
                #[graphql(name = $name)]
                pub async fn $field(&self) -> $output {
                    let $object = self;
                    $value
                }
            )*
            $($($more)*)?
        }

        #[allow(unused_variables, reason = "an object without a field at hand uses none")]
        impl $crate::graphql::at_hand::AtHand for $type {
            fn plan_below<'a>(
                name: &str,
                selection: &async_graphql::ContextSelectionSet<'a>,
            ) -> Option<$crate::graphql::at_hand::Plan<'a>> {
                match name {
                    $( $name => <$output as $crate::graphql::at_hand::Plain>::plan(selection), )*
                    _ => None,
                }
            }

            fn value_of(
                &self,
                name: &str,
                below: &$crate::graphql::at_hand::Plan<'_>,
            ) -> async_graphql::Value {
                let $object = self;
                match name {
                    $( $name => {
                        let value: $output = $value;
                        $crate::graphql::at_hand::Plain::plain(&value, below)
                    } )*
                    _ => async_graphql::Value::Null,
                }
            }
        }
    };
}
pub(crate) use object_at_hand;

/// Implements [`Plain`](super::at_hand::Plain) for enums of the schema.
macro_rules! plain_enum {
    ($($type:ty),*) => {$(
        impl $crate::graphql::at_hand::Plain for $type {
            fn plain(&self, _: &$crate::graphql::at_hand::Plan<'_>) -> async_graphql::Value {
                async_graphql::resolver_utils::enum_value(*self)
            }
        }
    )*};
}
pub(crate) use plain_enum;
