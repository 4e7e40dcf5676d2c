//! Objects whose fields are at hand, resolved without a future a field.
//!
//! The usual way boxes a future for every field of every object, which is most of the time that
//! a page of batches with their items takes. [`Rows`] and [`One`] look at the selection once,
//! write what is at hand straight into the answer, and leave only the rest (what takes arguments
//! or a loader) to the usual way. Where that fails, null goes up as the specification says.

use std::sync::{Arc, OnceLock};

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Field, Selection};
use async_graphql::registry::Registry;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, Error, Name, ObjectType, OutputType, Positioned,
    ServerError, ServerResult, Value,
};
use futures::future::{BoxFuture, try_join_all};

pub use super::plain::Plain;
pub(crate) use super::plain::plain_enum;
use crate::kernel::Fault;

/// What is to be done for one response key.
pub enum Step<'a> {
    /// The type's name.
    TypeName,
    /// A field at hand, with the selection below it.
    AtHand(&'a str, Plan<'a>),
    /// A field that takes the usual way, and whether it may be null.
    Usual(&'a Positioned<Field>, bool),
}

/// A selection, flattened and in its order.
#[derive(Default)]
pub struct Plan<'a> {
    steps: Vec<(Name, Step<'a>)>,
    /// An object of the plan with nothing filled in.
    blank: OnceLock<IndexMap<Name, Value>>,
}

impl Plan<'_> {
    /// Whether everything in it is at hand.
    pub(super) fn is_at_hand(&self) -> bool {
        self.steps.iter().all(|(_, step)| !matches!(step, Step::Usual(..)))
    }

    /// Copied for each object, which costs no hashing of its keys.
    fn blank(&self) -> IndexMap<Name, Value> {
        let keys = || self.steps.iter().map(|(key, _)| (key.clone(), Value::Null)).collect();
        self.blank.get_or_init(keys).clone()
    }
}

/// An object with fields at hand; made by [`object_at_hand!`].
pub trait AtHand: ObjectType {
    /// The plan below the field `name`; none where it is not at hand.
    fn plan_below<'a>(name: &str, selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>>;

    /// The value of the field `name`, which is at hand.
    ///
    /// # Errors
    /// Where the schema's type cannot hold it.
    fn value_of(&self, name: &str, below: &Plan<'_>) -> Result<Value, Fault>;
}

impl<T: AtHand> AtHand for Arc<T> {
    fn plan_below<'a>(name: &str, selection: &ContextSelectionSet<'a>) -> Option<Plan<'a>> {
        T::plan_below(name, selection)
    }

    fn value_of(&self, name: &str, below: &Plan<'_>) -> Result<Value, Fault> {
        T::value_of(self, name, below)
    }
}

/// A list of objects, looked at as the module says.
pub struct Rows<T>(pub Vec<T>);

/// One object, looked at as the module says.
pub struct One<T>(pub T);

impl<T> std::ops::Deref for One<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: AtHand> OutputType for Rows<T> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        <Vec<T> as OutputType>::type_name()
    }

    fn qualified_type_name() -> String {
        <Vec<T> as OutputType>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <Vec<T> as OutputType>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        let plan = plan_of::<T>(ctx);
        if plan.is_at_hand() {
            let rows = self.0.iter().map(|row| write(row, &plan)).collect::<Result<_, _>>();
            return rows.map(Value::List).map_err(|fault| untold(ctx, fault));
        }
        let rows = self.0.iter().enumerate().map(|(index, row)| {
            let plan = &plan;
            async move { resolve_one(&ctx.with_index(index), row, plan).await }
        });
        Ok(Value::List(try_join_all(rows).await?))
    }
}

impl<T: AtHand> OutputType for One<T> {
    fn type_name() -> std::borrow::Cow<'static, str> {
        T::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_one(ctx, &self.0, &plan_of::<T>(ctx)).await
    }
}

impl<T: AtHand> ContainerType for One<T> {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        self.0.resolve_field(ctx).await
    }
}

impl<T: AtHand> ObjectType for One<T> {}

async fn resolve_one<T: AtHand>(
    ctx: &ContextSelectionSet<'_>,
    object: &T,
    plan: &Plan<'_>,
) -> ServerResult<Value> {
    let usual = plan.steps.iter().filter_map(|(_, step)| match step {
        Step::Usual(field, nullable) => Some((*field, *nullable)),
        _ => None,
    });
    let usual = usual.map(|(field, nullable)| -> BoxFuture<'_, ServerResult<Value>> {
        Box::pin(async move {
            let ctx = ctx.with_field(field);
            match object.resolve_field(&ctx).await {
                Ok(value) => Ok(value.unwrap_or_default()),
                Err(error) if nullable => {
                    ctx.add_error(error);
                    Ok(Value::Null)
                }
                Err(error) => Err(error),
            }
        })
    });
    let usual = try_join_all(usual).await?;
    let mut usual = usual.into_iter();
    let mut fields = IndexMap::with_capacity(plan.steps.len());
    for (key, step) in &plan.steps {
        let value = match step {
            Step::TypeName => Value::String(T::type_name().into_owned()),
            Step::AtHand(name, below) => object.value_of(name, below).map_err(|fault| untold(ctx, fault))?,
            Step::Usual(..) => usual.next().unwrap_or_default(),
        };
        insert(&mut fields, key, value);
    }
    Ok(Value::Object(fields))
}

/// The error where a value at hand cannot be told. It is the error of the whole that was looked at
/// at once, which is what becomes null.
fn untold(ctx: &ContextSelectionSet<'_>, fault: Fault) -> ServerError {
    ctx.set_error_path(Error::from(fault).into_server_error(ctx.item.pos))
}

/// The object under a plan that is at hand altogether.
pub(super) fn write<T: AtHand>(object: &T, plan: &Plan<'_>) -> Result<Value, Fault> {
    let mut fields = plan.blank();
    // What is at hand altogether has each key once: see `push`.
    debug_assert_eq!(fields.len(), plan.steps.len());
    for (field, (_, step)) in fields.values_mut().zip(&plan.steps) {
        *field = match step {
            Step::AtHand(name, below) => object.value_of(name, below)?,
            _ => Value::String(T::type_name().into_owned()),
        };
    }
    Ok(Value::Object(fields))
}

pub(super) fn plan_of<'a, T: AtHand>(ctx: &ContextSelectionSet<'a>) -> Plan<'a> {
    let mut plan = Plan::default();
    flatten::<T>(ctx, &mut plan);
    plan
}

fn flatten<'a, T: AtHand>(ctx: &ContextSelectionSet<'a>, plan: &mut Plan<'a>) {
    let type_name = T::type_name();
    for selection in &ctx.item.node.items {
        let (condition, below) = match &selection.node {
            Selection::Field(field) => {
                add::<T>(ctx, field, plan);
                continue;
            }
            Selection::InlineFragment(fragment) => {
                (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
            }
            Selection::FragmentSpread(spread) => {
                match ctx.query_env.fragments.get(&spread.node.fragment_name.node) {
                    Some(fragment) => (Some(&fragment.node.type_condition), &fragment.node.selection_set),
                    None => continue,
                }
            }
        };
        let applies = condition.is_none_or(|condition| {
            let on = condition.node.on.node.as_str();
            let registry = &ctx.schema_env.registry;
            on == type_name || registry.implements.get(&*type_name).is_some_and(|all| all.contains(on))
        });
        if applies {
            flatten::<T>(&ctx.with_selection_set(below), plan);
        }
    }
}

fn add<'a, T: AtHand>(ctx: &ContextSelectionSet<'a>, field: &'a Positioned<Field>, plan: &mut Plan<'a>) {
    let key = &field.node.response_key().node;
    let name = field.node.name.node.as_str();
    let step = if name == "__typename" {
        Step::TypeName
    } else if let Some(below) = T::plan_below(name, &ctx.with_selection_set(&field.node.selection_set)) {
        Step::AtHand(name, below)
    } else {
        let types = &ctx.schema_env.registry.types;
        let declared = types.get(&*T::type_name()).and_then(|object| object.field_by_name(name));
        Step::Usual(field, declared.is_none_or(|field| !field.ty.ends_with('!')))
    };
    push(plan, key.clone(), step);
}

/// Adds a step. The same key again is the same field (that is validated): what is selected below
/// it adds up, here where it is at hand, or else when the values come in.
fn push<'a>(plan: &mut Plan<'a>, key: Name, step: Step<'a>) {
    match (plan.steps.iter_mut().find(|(taken, _)| *taken == key), step) {
        // Two fields under one key: no such document is valid, though validation lets some through.
        // The first stands.
        (Some((_, Step::TypeName)), Step::TypeName | Step::AtHand(..))
        | (Some((_, Step::AtHand(..))), Step::TypeName) => {}
        (Some((_, Step::AtHand(_, taken))), Step::AtHand(_, below)) => {
            for (key, step) in below.steps {
                push(taken, key, step);
            }
        }
        (_, step) => plan.steps.push((key, step)),
    }
}

/// Puts a value under its key; objects and lists that came in parts become whole.
fn insert(fields: &mut IndexMap<Name, Value>, key: &Name, value: Value) {
    match fields.get_mut(key) {
        None => {
            fields.insert(key.clone(), value);
        }
        Some(taken) => unite(taken, value),
    }
}

fn unite(taken: &mut Value, value: Value) {
    match (taken, value) {
        (Value::Object(taken), Value::Object(more)) => {
            for (key, value) in more {
                insert(taken, &key, value);
            }
        }
        (Value::List(taken), Value::List(more)) => {
            for (taken, value) in taken.iter_mut().zip(more) {
                unite(taken, value);
            }
        }
        // Null goes up: one part that failed makes the whole null.
        (taken, Value::Null) => *taken = Value::Null,
        _ => {}
    }
}

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
            ) -> Result<async_graphql::Value, $crate::kernel::Fault> {
                let $object = self;
                match name {
                    $( $name => {
                        let value: $output = $value;
                        $crate::graphql::at_hand::Plain::plain(value, below)
                    } )*
                    _ => Ok(async_graphql::Value::Null),
                }
            }
        }
    };
}
pub(crate) use object_at_hand;

#[cfg(test)]
#[path = "at_hand_tests.rs"]
mod tests;
