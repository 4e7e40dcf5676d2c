//! The schema as a whole.

use async_graphql::Request;
use serde_json::Value as Json;

use super::*;

/// What every type can be asked about itself.
const EVERYTHING: &str = "{ __schema { types { kind name description specifiedByURL
    fields(includeDeprecated: true) { name description args { name description } }
    inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";

async fn types() -> Vec<Json> {
    let response = builder().finish().execute(Request::new(EVERYTHING)).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    let data = response.data.into_json().unwrap();
    let types = data["__schema"]["types"].as_array().unwrap().clone();
    let ours = |kind: &Json| !kind["name"].as_str().unwrap().starts_with("__");
    types.into_iter().filter(ours).collect()
}

fn undescribed(parent: &str, entries: &Json, found: &mut Vec<String>) {
    for entry in entries.as_array().into_iter().flatten() {
        let path = format!("{parent}.{}", entry["name"].as_str().unwrap());
        if entry["description"].as_str().is_none_or(str::is_empty) {
            found.push(path.clone());
        }
        undescribed(&path, &entry["args"], found);
    }
}

#[tokio::test]
async fn everything_is_described() {
    let types = types().await;
    let mut found = Vec::new();
    for kind in &types {
        let name = kind["name"].as_str().unwrap();
        // `ID` is the library's own.
        if name != "ID" && kind["description"].as_str().is_none_or(str::is_empty) {
            found.push(name.to_owned());
        }
        for entries in ["fields", "inputFields", "enumValues"] {
            undescribed(name, &kind[entries], &mut found);
        }
    }
    assert!(types.len() > 40, "introspection shows the schema");
    assert!(found.is_empty(), "without a description: {found:#?}");
}

#[tokio::test]
async fn our_scalars_name_their_specification() {
    let standard = ["Int", "Float", "String", "Boolean", "ID"];
    let scalars = types().await.into_iter().filter(|kind| kind["kind"] == "SCALAR");
    for scalar in scalars.filter(|scalar| !standard.contains(&scalar["name"].as_str().unwrap())) {
        assert!(scalar["specifiedByURL"].is_string(), "{scalar}");
    }
}

#[test]
fn the_exported_schema_is_the_one_that_is_committed() {
    let committed = include_str!("../../schema.graphql");
    assert!(sdl() == committed, "run `cargo run -- schema > schema.graphql`");
}

#[tokio::test]
async fn mutations_may_be_null_and_their_types_are_named_after_them() {
    let sdl = sdl();
    let document = async_graphql::parser::parse_schema(&sdl).unwrap();
    let mutations = document.definitions.iter().find_map(|definition| {
        use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
        match definition {
            TypeSystemDefinition::Type(kind) if kind.node.name.node == "Mutation" => match &kind.node.kind {
                TypeKind::Object(object) => Some(object.fields.clone()),
                _ => None,
            },
            _ => None,
        }
    });
    for mutation in mutations.unwrap() {
        let name = mutation.node.name.node.to_string();
        let capital = name[..1].to_uppercase() + &name[1..];
        assert_eq!(mutation.node.ty.node.to_string(), format!("{capital}Payload"));
        let [input] = &mutation.node.arguments[..] else { panic!("{name} takes one input") };
        assert_eq!(input.node.name.node, "input");
        assert_eq!(input.node.ty.node.to_string(), format!("{capital}Input!"));
    }
}

#[tokio::test]
async fn introspection_can_be_switched_off() {
    let schema = builder().disable_introspection().finish();
    let response = schema.execute("{ __schema { types { name } } }").await;
    assert!(!serde_json::to_string(&response.data).unwrap().contains("Batch"), "{response:?}");
}
