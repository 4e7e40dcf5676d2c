//! The schema over its services.

use async_graphql::{Executor as _, Request};
use docket::graphql::fault::fault_of;
use docket::kernel::{ErrorCode, Fault};
use futures::StreamExt as _;
use serde_json::{Value, json};

use crate::support::Program;

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_patch_changes_what_it_mentions_alone() {
    let program = Program::start().await;
    let update = "mutation($input: UpdateFeatureInput!) { updateFeature(input: $input) \
                  { feature { name description plan rateLimit { max } quotaCost } } }";
    let read = async || {
        let query = "{ feature(id: \"thumbnail\") { name description plan rateLimit { max } quotaCost } }";
        program.ask("olivia", query, json!({})).await["data"]["feature"].clone()
    };
    let before = read().await;

    program.ask("olivia", update, json!({"input": {"id": "thumbnail", "quotaCost": 3}})).await;
    let mut expected = before.clone();
    expected["quotaCost"] = json!(3);
    assert_eq!(read().await, expected);

    let taken = json!({"input": {"id": "thumbnail", "description": null, "rateLimit": null}});
    program.ask("olivia", update, taken).await;
    (expected["description"], expected["rateLimit"]) = (Value::Null, Value::Null);
    assert_eq!(read().await, expected);

    // Variables that are declared and not sent are not there: they erase nothing.
    let absent = "mutation($name: String, $cost: Int) { updateFeature(input: {id: \"thumbnail\", name: $name, \
                  quotaCost: $cost}) { feature { name } } }";
    let answer = program.ask("olivia", absent, json!({"cost": 4})).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    expected["quotaCost"] = json!(4);
    assert_eq!(read().await, expected);

    let nulled = program.ask("olivia", update, json!({"input": {"id": "thumbnail", "name": null}})).await;
    assert_eq!((code(&nulled), &nulled["errors"][0]["extensions"]["field"]), ("BAD_INPUT", &json!("name")));
    assert_eq!(code(&program.ask("alice", update, json!({"input": {"id": "thumbnail"}})).await), "FORBIDDEN");
}

#[tokio::test]
async fn a_mutation_that_fails_leaves_its_siblings_alone() {
    let program = Program::start().await;
    let query = "mutation { a: cancelBatch(input: {batchId: \"00000000-0000-0000-0000-000000000007\"}) { refundAmount } \
                 b: createBatch(input: {featureId: \"basic_clean\", inputImages: [\"https://pictures.example/1.jpg\"]}) \
                 { quotaCost } c: createBatch(input: {featureId: \"basic_clean\", inputImages: []}) { quotaCost } }";
    let answer = program.ask("alice", query, json!({})).await;
    assert_eq!(answer["data"], json!({"a": null, "b": {"quotaCost": 1}, "c": null}));
    let codes: Vec<_> =
        answer["errors"].as_array().unwrap().iter().map(|error| &error["extensions"]["code"]).collect();
    assert_eq!(codes, ["NOT_FOUND", "BAD_INPUT"]);
}

/// A list reads of its items what is asked for: no field is forgotten, by whichever way it is asked.
#[tokio::test]
async fn a_list_tells_every_field_of_its_items() {
    let program = Program::start().await;
    program.batch("alice", 2).await;
    let query = "{ __type(name: \"BatchItem\") { fields { name type { kind ofType { kind } } } } }";
    let answer = program.ask("alice", query, json!({})).await;
    let fields = answer["data"]["__type"]["fields"].as_array().unwrap().clone();
    assert!(fields.len() > 10, "{answer}");
    for field in fields {
        let name = field["name"].as_str().unwrap();
        let asked = match (field["type"]["kind"].as_str(), field["type"]["ofType"]["kind"].as_str()) {
            (Some("OBJECT" | "LIST"), _) | (_, Some("OBJECT" | "LIST")) => format!("{name} {{ __typename }}"),
            _ => name.to_owned(),
        };
        let of_batches = |items: &str| format!("{{ batches {{ nodes {{ {items} }} }} }}");
        for query in [
            of_batches(&format!("items {{ nodes {{ {asked} }} }}")),
            of_batches(&format!("some: items(first: 1) {{ edges {{ node {{ other: {asked} }} }} }}")),
            of_batches("items { ... on BatchItemConnection { nodes { ...I } } }")
                + &format!(" fragment I on BatchItem {{ {asked} }}"),
        ] {
            let answer = program.ask("alice", &query, json!({})).await;
            assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
        }
    }
}

#[tokio::test]
async fn nodes_are_those_that_one_may_see() {
    let program = Program::start().await;
    let batch = program.batch("alice", 2).await;
    let query = "query($id: ID!) { batch(id: $id) { id createdBy { id } items { nodes { id } } } \
                 viewer { quota { ledger(first: 1) { nodes { id } } } } }";
    let answer = program.ask("alice", query, json!({"id": batch})).await;
    let item = answer["data"]["batch"]["items"]["nodes"][1]["id"].clone();
    let entry = answer["data"]["viewer"]["quota"]["ledger"]["nodes"][0]["id"].clone();
    let features = program.ask("alice", "{ features(first: 1) { nodes { id } } }", json!({})).await;
    let feature = features["data"]["features"]["nodes"][0]["id"].clone();
    let user = answer["data"]["batch"]["createdBy"]["id"].clone();
    let ids = json!({"ids": [item, batch, "nonsense", entry, feature, item, user]});
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on BatchItem { index } \
                 ... on Batch { total } ... on LedgerEntry { amount } ... on Feature { key } ... on User { name } ... on Node { again: id } } }";

    let seen = program.ask("alice", query, ids.clone()).await;
    assert_eq!(seen["errors"], Value::Null, "{seen}");
    let kinds: Vec<_> =
        seen["data"]["nodes"].as_array().unwrap().iter().map(|node| node["__typename"].as_str()).collect();
    let all = [
        Some("BatchItem"),
        Some("Batch"),
        None,
        Some("LedgerEntry"),
        Some("Feature"),
        Some("BatchItem"),
        Some("User"),
    ];
    assert_eq!(kinds, all);
    assert_eq!(seen["data"]["nodes"][0]["index"], 1);
    assert_eq!(seen["data"]["nodes"][0]["id"], seen["data"]["nodes"][0]["again"]);

    let hidden = program.ask("bob", query, ids.clone()).await;
    let there: Vec<_> =
        hidden["data"]["nodes"].as_array().unwrap().iter().map(|node| !node.is_null()).collect();
    assert_eq!(there, [false, false, false, false, true, false, false]);
    let admin = program.ask("admin", query, ids).await;
    assert_eq!(admin["data"]["nodes"], seen["data"]["nodes"]);

    // Oneself is always there, with an account or without; nonsense is nowhere.
    let viewer = program.ask("olivia", "{ viewer { id } }", json!({})).await;
    let nonsense = docket::kernel::GlobalId::encode(docket::kernel::NodeKind::User, "a\0b");
    let ids = json!({"ids": [viewer["data"]["viewer"]["id"], nonsense]});
    for who in ["olivia", "admin"] {
        let answer = program.ask(who, query, ids.clone()).await;
        assert_eq!(answer["errors"], Value::Null, "{answer}");
        assert_eq!(answer["data"]["nodes"][1], Value::Null);
        if who == "olivia" {
            assert_eq!(answer["data"]["nodes"][0]["__typename"], "User");
        }
    }

    let many = program.ask("alice", query, json!({"ids": vec!["x"; 101]})).await;
    assert_eq!((code(&many), &many["data"]), ("BAD_INPUT", &Value::Null));
}

#[tokio::test]
async fn pages_are_bounded_each_and_together() {
    let program = Program::start().await;
    program.batch("alice", 3).await;
    let refused =
        program.ask("alice", "{ viewer { name } batches(first: 101) { totalCount } }", json!({})).await;
    assert_eq!(
        (code(&refused), &refused["errors"][0]["extensions"]["field"]),
        ("BAD_INPUT", &json!("first"))
    );
    assert_eq!(refused["data"], Value::Null, "what cannot be null takes all with it");

    let inner = "{ batches(first: 1) { nodes { items(first: 2) { pageInfo { hasNextPage endCursor } nodes { index } } } } }";
    let page = program.ask("alice", inner, json!({})).await;
    let items = &page["data"]["batches"]["nodes"][0]["items"];
    assert_eq!(
        (&items["nodes"], &items["pageInfo"]["hasNextPage"]),
        (&json!([{"index": 0}, {"index": 1}]), &json!(true))
    );
    let next = "query($after: String) { batches(first: 1) { nodes { items(first: 2, after: $after) \
                { totalCount pageInfo { hasNextPage } nodes { index } } } } }";
    let next = program.ask("alice", next, json!({"after": items["pageInfo"]["endCursor"]})).await;
    let expected = json!({"totalCount": 3, "pageInfo": {"hasNextPage": false}, "nodes": [{"index": 2}]});
    assert_eq!(next["data"]["batches"]["nodes"][0]["items"], expected);

    let lists: String = (0..210).map(|n| format!("f{n}: features(first: 100) {{ totalCount }} ")).collect();
    let heavy = program.execute("alice", &format!("{{ {lists} }}"), json!({})).await;
    assert_eq!(heavy["data"], Value::Null);
    assert!(heavy["errors"][0]["message"].as_str().unwrap().contains("20000 entries"), "{heavy}");
}

#[tokio::test]
async fn an_administrator_grants_and_sees_the_users_quota() {
    let program = Program::start().await;
    let grant = "mutation($user: String!) { grantQuota(input: {userId: $user, amount: 5, reason: \"a gift\", \
                 idempotencyKey: \"k\"}) { quota { balance ledger(first: 1) { totalCount nodes { amount kind } } } } }";
    let viewer = program.ask("alice", "{ viewer { id } }", json!({})).await;
    for user in [viewer["data"]["viewer"]["id"].as_str().unwrap(), "alice"] {
        // The same key again: granted once, whichever way the user is named.
        let answer = program.ask("admin", grant, json!({"user": user})).await;
        let quota = &answer["data"]["grantQuota"]["quota"];
        let ledger = json!({"totalCount": 2, "nodes": [{"amount": 5, "kind": "GRANT"}]});
        assert_eq!((&quota["balance"], &quota["ledger"]), (&json!(105), &ledger), "{answer}");
    }
    assert_eq!(code(&program.ask("olivia", grant, json!({"user": "alice"})).await), "FORBIDDEN");
}

#[tokio::test]
async fn filters_and_orders_reach_the_service() {
    let program = Program::start().await;
    for count in [1, 3, 2] {
        program.batch("alice", count).await;
        program.clock.advance(std::time::Duration::from_secs(60));
    }
    program.batch("bob", 4).await;
    let query = "query($filter: BatchFilter, $order: BatchOrder) { batches(filter: $filter, orderBy: $order) \
                 { totalCount nodes { total } } }";
    let totals = async |user: &str, variables: Value| {
        let answer = program.ask(user, query, variables).await;
        let nodes =
            answer["data"]["batches"]["nodes"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
        assert_eq!(answer["data"]["batches"]["totalCount"], nodes.len());
        nodes.iter().map(|node| node["total"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(totals("alice", json!({})).await, [2, 3, 1]);
    assert_eq!(totals("alice", json!({"order": {"field": "TOTAL", "direction": "ASC"}})).await, [1, 2, 3]);
    assert_eq!(totals("alice", json!({"filter": {"createdAfter": "2026-11-22T08:01:00Z"}})).await, [2, 3]);
    assert_eq!(totals("alice", json!({"filter": {"createdBefore": "2026-11-22T08:01:00Z"}})).await, [1]);
    assert_eq!(totals("alice", json!({"filter": {"featureId": "thumbnail"}})).await, [0; 0]);
    assert_eq!(totals("alice", json!({"filter": {"status": ["PENDING"]}})).await.len(), 3);
    assert_eq!(totals("admin", json!({"filter": {"createdBy": "bob"}})).await, [4]);
    assert_eq!(
        code(&program.ask("alice", query, json!({"filter": {"createdBy": "bob"}})).await),
        "FORBIDDEN"
    );
}

/// The types of the schema, with what their fields take.
async fn types(program: &Program) -> Vec<Value> {
    let query = "{ __schema { types { kind name fields { name type { ...T } args { name type { ...T } } } \
                 inputFields { name type { ...T } } enumValues { name } } } } \
                 fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
    let answer = program.execute("alice", query, json!({})).await;
    answer["data"]["__schema"]["types"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
}

/// A field at the root, asked with the least that its arguments demand.
fn asked(types: &[Value], field: &Value) -> String {
    let named = |name: &Value| types.iter().find(|kind| kind["name"] == *name);
    let arguments: Vec<_> = field["args"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|argument| {
            Some(format!("{}: {}", argument["name"].as_str()?, given(types, &argument["type"])?))
        })
        .collect();
    let mut kind = &field["type"];
    while kind["ofType"].is_object() {
        kind = &kind["ofType"];
    }
    let arguments = arguments.join(", ");
    let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
    let below = named(&kind["name"]).is_some_and(|kind| kind["fields"].is_array());
    format!("{}{arguments}{}", field["name"].as_str().unwrap(), if below { " { __typename }" } else { "" })
}

/// The least that a type takes; none where it may be left out.
fn given(types: &[Value], kind: &Value) -> Option<String> {
    if kind["kind"] != "NON_NULL" {
        return None;
    }
    let kind = &kind["ofType"];
    let name = kind["name"].as_str().unwrap_or_default();
    Some(match (kind["kind"].as_str().unwrap(), name) {
        ("LIST", _) => "[]".to_owned(),
        ("SCALAR", "Int") => "1".to_owned(),
        ("SCALAR", "Float") => "1.5".to_owned(),
        ("SCALAR", "Boolean") => "true".to_owned(),
        ("SCALAR", "DateTime") => "\"2026-11-22T08:30:00Z\"".to_owned(),
        ("SCALAR", "JSON") => "{}".to_owned(),
        ("SCALAR", _) => "\"00000000-0000-0000-0000-000000000007\"".to_owned(),
        ("ENUM", _) => {
            let found = types.iter().find(|one| one["name"] == *name).unwrap();
            found["enumValues"][0]["name"].as_str().unwrap().to_owned()
        }
        ("INPUT_OBJECT", _) => {
            let found = types.iter().find(|one| one["name"] == *name).unwrap();
            let fields = found["inputFields"].as_array().unwrap().iter().filter_map(|field| {
                Some(format!("{}: {}", field["name"].as_str()?, given(types, &field["type"])?))
            });
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        other => panic!("what does {other:?} take?"),
    })
}

/// Nobody gets anything at the root but what says so, and that decides by itself.
#[tokio::test]
async fn nobody_gets_anything_without_a_token() {
    let program = Program::start().await;
    let schema = &program.app.schema;
    let types = types(&program).await;
    let mut open = Vec::new();
    for (root, operation) in [("Query", "query"), ("Mutation", "mutation"), ("Subscription", "subscription")]
    {
        let fields = types.iter().find(|kind| kind["name"] == root).unwrap()["fields"].as_array().unwrap();
        assert!(!fields.is_empty());
        for field in fields {
            let query = format!("{operation} {{ {} }}", asked(&types, field));
            let response = schema.execute_stream(Request::new(&query), None).next().await.unwrap();
            let codes: Vec<_> = response.errors.iter().filter_map(fault_of).map(Fault::code).collect();
            if codes != [ErrorCode::Unauthenticated] {
                open.push((field["name"].as_str().unwrap().to_owned(), query, response.errors));
            }
        }
    }
    let names: Vec<_> = open.iter().map(|(name, ..)| name.as_str()).collect();
    assert_eq!(names, docket::graphql::OPEN_TO_NOBODY, "{open:#?}");
}
