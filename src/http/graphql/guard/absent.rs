//! Variables that were not sent.
//!
//! By the specification an argument whose variable was not sent is not there at all. The schema's
//! executor takes it for null instead, and a patch would erase what it does not mention. So such
//! arguments and input fields are taken out of the document, with the variables' definitions.

use std::collections::HashSet;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned, Variables};
use async_graphql_value::Value;

/// Takes out every use of a nullable variable that was not sent and has no default.
///
/// Documents with several operations are left as they are: a fragment may be shared by one that
/// does send the variable.
pub(super) fn strip(document: &mut ExecutableDocument, variables: &Variables) {
    let operation = match &mut document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) if operations.len() == 1 => {
            let Some(operation) = operations.values_mut().next() else { return };
            operation
        }
        DocumentOperations::Multiple(_) => return,
    };
    let mut absent: HashSet<Name> = HashSet::new();
    for definition in &operation.node.variable_definitions {
        let definition = &definition.node;
        let name = &definition.name.node;
        if definition.var_type.node.nullable
            && definition.default_value.is_none()
            && !variables.contains_key(name)
        {
            absent.insert(name.clone());
        }
    }
    if absent.is_empty() {
        return;
    }
    // A list keeps its null: only arguments and input fields can be absent.
    let mut kept = HashSet::new();
    let mut stripping = Stripping { absent: &absent, kept: &mut kept };
    stripping.directives(&mut operation.node.directives);
    stripping.set(&mut operation.node.selection_set.node);
    for fragment in document.fragments.values_mut() {
        stripping.directives(&mut fragment.node.directives);
        stripping.set(&mut fragment.node.selection_set.node);
    }
    operation.node.variable_definitions.retain(|definition| {
        let name = &definition.node.name.node;
        !absent.contains(name) || kept.contains(name)
    });
}

struct Stripping<'a> {
    absent: &'a HashSet<Name>,
    /// Those that are still used somewhere.
    kept: &'a mut HashSet<Name>,
}

impl Stripping<'_> {
    fn set(&mut self, set: &mut SelectionSet) {
        for item in &mut set.items {
            match &mut item.node {
                Selection::Field(field) => {
                    self.arguments(&mut field.node.arguments);
                    self.directives(&mut field.node.directives);
                    self.set(&mut field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => {
                    self.directives(&mut inline.node.directives);
                    self.set(&mut inline.node.selection_set.node);
                }
                Selection::FragmentSpread(spread) => self.directives(&mut spread.node.directives),
            }
        }
    }

    fn directives(&mut self, directives: &mut [Positioned<Directive>]) {
        for directive in directives {
            self.arguments(&mut directive.node.arguments);
        }
    }

    fn arguments(&mut self, arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>) {
        arguments.retain_mut(|(_, value)| self.keeps(&mut value.node));
    }

    /// Whether an argument or input field stays; what is inside it is stripped on the way.
    fn keeps(&mut self, value: &mut Value) -> bool {
        match value {
            Value::Variable(name) => !self.absent.contains(name),
            Value::Object(fields) => {
                fields.retain(|_, field| self.keeps(field));
                true
            }
            Value::List(items) => {
                for item in items {
                    if let Value::Variable(name) = item {
                        self.kept.insert(name.clone());
                    } else {
                        self.keeps(item);
                    }
                }
                true
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use async_graphql::{
        EmptyMutation, EmptySubscription, InputObject, MaybeUndefined, Object, Request, Schema,
    };
    use serde_json::{Value as Json, json};

    #[derive(InputObject)]
    struct Patch {
        name: MaybeUndefined<String>,
        tags: Option<Vec<Option<String>>>,
    }

    struct Query;

    #[Object]
    impl Query {
        async fn patch(&self, input: Patch, note: MaybeUndefined<String>, size: Option<i32>) -> String {
            let told = |value: &MaybeUndefined<String>| match value {
                MaybeUndefined::Undefined => "absent".to_owned(),
                MaybeUndefined::Null => "null".to_owned(),
                MaybeUndefined::Value(value) => value.clone(),
            };
            format!("{} {} {:?} {:?}", told(&input.name), told(&note), input.tags, size)
        }

        async fn defaulted(&self, #[graphql(default = 7)] size: i32) -> i32 {
            size
        }
    }

    async fn run(source: &str, variables: Json) -> Result<Json, String> {
        let variables = Variables::from_json(variables);
        let mut document = parse_query(source).unwrap();
        strip(&mut document, &variables);
        let mut request = Request::new(source).variables(variables);
        request.set_parsed_query(document);
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let response = schema.execute(request).await;
        response.into_result().map(|ok| ok.data.into_json().unwrap()).map_err(|e| e[0].message.clone())
    }

    const PATCH: &str = "query($name: String, $note: String, $tag: String) { patch(input: {name: $name, tags: [$tag]}, note: $note) }";

    #[tokio::test]
    async fn what_was_not_sent_is_absent_and_null_is_null() {
        let answer = run(PATCH, json!({})).await.unwrap();
        assert_eq!(answer["patch"], "absent absent Some([None]) None");
        let answer = run(PATCH, json!({"name": null, "note": null, "tag": "t"})).await.unwrap();
        assert_eq!(answer["patch"], "null null Some([Some(\"t\")]) None");
        let answer = run(PATCH, json!({"name": "a", "note": "b"})).await.unwrap();
        assert_eq!(answer["patch"], "a b Some([None]) None");
    }

    #[tokio::test]
    async fn a_variables_own_default_counts_and_so_does_the_arguments() {
        let source = "query($name: String = \"d\") { patch(input: {name: $name}) }";
        assert_eq!(run(source, json!({})).await.unwrap()["patch"], "d absent None None");
        let source = "query($size: Int) { defaulted(size: $size) }";
        assert_eq!(run(source, json!({})).await.unwrap()["defaulted"], 7);
    }

    #[tokio::test]
    async fn through_fragments_too_and_required_ones_stay_required() {
        let source = "query($name: String) { ...F } fragment F on Query { patch(input: {name: $name}) }";
        assert_eq!(run(source, json!({})).await.unwrap()["patch"], "absent absent None None");
        assert!(run("query($input: Patch!) { patch(input: $input) }", json!({})).await.is_err());
        assert!(run("query($input: Patch) { patch(input: $input) }", json!({})).await.is_err());
    }
}
