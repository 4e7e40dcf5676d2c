//! The directory: tables uploaded, imported, read, and people away.

use axum::http::StatusCode;
use docket::directory::MAX_BYTES;
use docket::files::MAX_TABLE_BYTES;
use serde_json::{Value, json};

use crate::support::{PIXEL, Program};

const DEPARTMENTS: &str =
    "id,parent_id,name,leader,colour\nboard,,Board,,red\nsales,board,Sales,sam,\nshop,sales,Shop,,\n";
const PEOPLE: &str = "id,name,email,dept_id,departments,position_id,roles,tags,manager\n\
    alice,Alice Ames,alice@docket.test,shop,sales,clerk,approver,first-aid,sam\n\
    bob,Bob,,shop,,clerk,,,sam\nsam,Sam,,sales,,,approver,,\n";

fn code(answer: &Value) -> &str {
    answer["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

fn field(answer: &Value) -> &Value {
    &answer["errors"][0]["extensions"]["field"]
}

impl Program {
    /// Uploads a table as Olivia; its id.
    async fn table(&self, text: &str) -> Value {
        let answer = self.upload("olivia", "file", text.as_bytes()).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        answer.json()["id"].clone()
    }

    async fn imports(&self, user: &str, input: Value) -> Value {
        let query = "mutation ($input: ImportDirectoryInput!) { importDirectory(input: $input) { \
             departments { created updated unchanged removed } people { created updated unchanged removed } \
             positions { created } roles { created } tags { created } leadersDerived managersUnknown ignoredColumns } }";
        self.ask(user, query, json!({"input": input})).await
    }

    /// A small firm, imported in the place of what was there.
    async fn with_the_firm() -> Self {
        let program = Self::start().await;
        let positions = "[{\"id\": \"clerk\", \"dept_id\": \"shop\", \"title\": \"Clerk\"}]";
        let input = json!({
            "departments": program.table(DEPARTMENTS).await,
            "people": program.table(PEOPLE).await,
            "positions": program.table(positions).await,
            "tags": program.table("id,name\nfirst-aid,First aid\n").await,
            "roles": program.table("id,name\napprover,Approvers\n").await,
            "mode": "REPLACE",
        });
        let answer = program.imports("olivia", input).await;
        let report = &answer["data"]["importDirectory"];
        assert_eq!(report["departments"]["created"], 3, "{answer}");
        assert_eq!(report["positions"]["created"], 1, "{answer}");
        assert_eq!(report["ignoredColumns"], json!(["departments.colour"]));
        program
    }
}

#[test]
fn what_is_uploaded_can_be_imported() {
    assert_eq!(MAX_TABLE_BYTES, MAX_BYTES as u64);
}

#[tokio::test]
async fn tables_are_for_operators_and_no_pictures() {
    let program = Program::start().await;
    let csv = program.upload("olivia", "file", PEOPLE.as_bytes()).await.json();
    assert_eq!((&csv["contentType"], &csv["size"]), (&json!("text/csv"), &json!(PEOPLE.len())));
    let array = program.upload("admin", "file", b" [{\"id\": \"x\"}]").await.json();
    assert_eq!(array["contentType"], "application/json");
    // To everybody else a table is a text, to be attached; and what is no table is one to an operator.
    let text = program.upload("alice", "file", PEOPLE.as_bytes()).await.json();
    assert_eq!(text["contentType"], "text/plain");
    for bytes in [&b"<html></html>"[..], b"{\"id\": 1}"] {
        let text = program.upload("olivia", "file", bytes).await.json();
        assert_eq!(text["contentType"], "text/plain", "{bytes:?}");
        let refused = program.imports("olivia", json!({"people": text["id"]})).await;
        assert_eq!((code(&refused), field(&refused)), ("BAD_INPUT", &json!("people")));
    }
    for bytes in [&b"id\0"[..], b"\xff\xfeid"] {
        let refused = program.upload("olivia", "file", bytes).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{bytes:?}");
        assert!(refused.json()["message"].as_str().unwrap().contains("CSV in UTF-8"));
    }

    let query = "mutation ($images: [URL!]!) { createBatch(input: {featureId: \"basic_clean\", inputImages: $images}) { quotaCost } }";
    let batch = program.ask("olivia", query, json!({"images": [csv["url"]]})).await;
    assert_eq!((code(&batch), field(&batch)), ("BAD_INPUT", &json!("inputImages[0]")));
    assert!(batch["errors"][0]["message"].as_str().unwrap().contains("not a JPEG"), "{batch}");
}

#[tokio::test]
async fn an_import_says_what_it_did_or_what_is_wrong() {
    let program = Program::with_the_firm().await;
    let (people, departments) = (program.table(PEOPLE).await, program.table(DEPARTMENTS).await);
    let again = program
        .imports("olivia", json!({"people": people, "departments": departments, "mode": "MERGE"}))
        .await;
    assert_eq!(again["data"]["importDirectory"]["people"]["unchanged"], 3, "{again}");
    let fewer = program.table("id\nalice\nsam\n").await;
    let replaced =
        program.imports("olivia", json!({"people": fewer, "mode": "REPLACE", "deriveLeaders": true})).await;
    assert_eq!(replaced["data"]["importDirectory"]["people"]["removed"], 1, "{replaced}");

    let bad = program.table("id,dept_id\nnina,nowhere\nnora,nowhere\n").await;
    let refused = program.imports("olivia", json!({"people": bad})).await;
    let extensions = &refused["errors"][0]["extensions"];
    assert_eq!(
        (code(&refused), field(&refused), &extensions["faultCount"]),
        ("BAD_INPUT", &json!("people"), &json!(2))
    );
    assert_eq!(
        (&extensions["faults"][1]["line"], &extensions["faults"][1]["column"]),
        (&json!(3), &json!("dept_id"))
    );
    let picture = program.upload("olivia", "file", PIXEL).await.json()["id"].clone();
    for (input, at) in [
        (json!({}), "people"),
        (json!({"tags": picture}), "tags"),
        (json!({"roles": "00000000-0000-0000-0000-000000000007"}), "roles"),
        (json!({"positions": "nonsense"}), "positions"),
    ] {
        let refused = program.imports("olivia", input).await;
        assert_eq!((code(&refused), field(&refused)), ("BAD_INPUT", &json!(at)), "{refused}");
    }
    let others = program.imports("admin", json!({"people": people})).await;
    assert_eq!(others["errors"], Value::Null, "an ADMIN may read anybody's files: {others}");
    assert_eq!(code(&program.imports("alice", json!({"people": people})).await), "FORBIDDEN");
}

#[tokio::test]
async fn people_and_what_they_belong_to_are_read_both_ways() {
    let program = Program::with_the_firm().await;
    let query = "{ people(search: \"A\") { totalCount nodes { id userId name email isActive manager { name manager { name } } \
         departments { key name leader { name } parent { name parent { name } } members(first: 1) { totalCount pageInfo { hasNextPage } nodes { userId } } } \
         positions { name department { key } } tags { name } roles { id key name } } } \
         departments(last: 1) { totalCount pageInfo { hasPreviousPage } nodes { key members(last: 1) { nodes { name } } } } positions { nodes { name } } tags { nodes { key } } approverRoles(search: \"app\") { nodes { key } } }";
    let answer = program.ask("bob", query, json!({})).await;
    assert_eq!(answer["errors"], Value::Null, "{answer}");
    let alice = &answer["data"]["people"]["nodes"][0];
    assert_eq!((&answer["data"]["people"]["totalCount"], &alice["name"]), (&json!(1), &json!("Alice Ames")));
    assert_eq!(alice["manager"], json!({"name": "Sam", "manager": null}));
    let keys: Vec<_> = alice["departments"].as_array().unwrap().iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["shop", "sales"], "the primary one first");
    assert_eq!(alice["departments"][0]["parent"], json!({"name": "Sales", "parent": {"name": "Board"}}));
    assert_eq!(alice["departments"][1]["leader"]["name"], "Sam");
    let members = json!({"totalCount": 2, "pageInfo": {"hasNextPage": true}, "nodes": [{"userId": "alice"}]});
    assert_eq!(alice["departments"][0]["members"], members);
    assert_eq!(alice["positions"], json!([{"name": "Clerk", "department": {"key": "shop"}}]));
    assert_eq!(
        (&alice["tags"][0]["name"], &alice["roles"][0]["key"]),
        (&json!("First aid"), &json!("approver"))
    );
    let shop = &answer["data"]["departments"];
    assert_eq!(
        (&shop["totalCount"], &shop["nodes"][0]["members"]),
        (&json!(3), &json!({"nodes": [{"name": "Bob"}]}))
    );
    assert_eq!(answer["data"]["approverRoles"]["nodes"], json!([{"key": "approver"}]));

    let ids = json!({"ids": [alice["id"], alice["roles"][0]["id"], "nonsense"], "id": alice["id"]});
    let query = "query ($ids: [ID!]!, $id: ID!) { nodes(ids: $ids) { __typename ... on Person { name } ... on ApproverRole { name } } \
         person(id: $id) { userId } raw: person(id: \"bob\") { name } none: person(id: \"nobody\") { name } }";
    let answer = program.ask("bob", query, ids).await;
    let nodes = json!([{"__typename": "Person", "name": "Alice Ames"}, {"__typename": "ApproverRole", "name": "Approvers"}, null]);
    assert_eq!(
        answer["data"],
        json!({"nodes": nodes, "person": {"userId": "alice"}, "raw": {"name": "Bob"}, "none": null})
    );
    let long = program
        .ask(
            "bob",
            "query ($text: String) { people(search: $text) { totalCount } }",
            json!({"text": "x".repeat(201)}),
        )
        .await;
    assert_eq!((code(&long), field(&long)), ("BAD_INPUT", &json!("search")));
}

#[tokio::test]
async fn people_say_when_they_are_away() {
    let program = Program::with_the_firm().await;
    let set = "mutation ($input: SetAbsenceInput!) { setAbsence(input: $input) { absence { id from until person { name } substitute { userId } } } }";
    let input =
        json!({"from": "2026-12-01T00:00:00Z", "until": "2026-12-10T00:00:00Z", "substituteId": "bob"});
    let answer = program.ask("alice", set, json!({"input": input})).await;
    let absence = &answer["data"]["setAbsence"]["absence"];
    assert_eq!(
        (&absence["person"]["name"], &absence["substitute"]["userId"]),
        (&json!("Alice Ames"), &json!("bob")),
        "{answer}"
    );
    let own = "{ viewer { absences { id until substitute { name } } } }";
    let listed = program.ask("alice", own, json!({})).await;
    assert_eq!(
        listed["data"]["viewer"]["absences"],
        json!([{"id": absence["id"], "until": "2026-12-10T00:00:00Z", "substitute": {"name": "Bob"}}])
    );

    let with = |change: Value| {
        let mut input = input.clone();
        input.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({"input": input})
    };
    assert_eq!(code(&program.ask("alice", set, with(json!({}))).await), "CONFLICT");
    assert_eq!(code(&program.ask("alice", set, with(json!({"userId": "bob"}))).await), "FORBIDDEN");
    let later =
        json!({"from": "2027-01-01T00:00:00Z", "until": "2027-01-02T00:00:00Z", "substituteId": "ghost"});
    let ghost = program.ask("alice", set, with(later)).await;
    assert_eq!((code(&ghost), field(&ghost)), ("BAD_INPUT", &json!("substituteId")));
    let remove = "mutation ($id: ID!) { removeAbsence(input: {id: $id}) { deletedId } }";
    assert_eq!(code(&program.ask("bob", remove, json!({"id": absence["id"]})).await), "NOT_FOUND");
    let removed = program.ask("admin", remove, json!({"id": absence["id"]})).await;
    assert_eq!(removed["data"]["removeAbsence"]["deletedId"], absence["id"]);
    assert_eq!(program.ask("alice", own, json!({})).await["data"]["viewer"]["absences"], json!([]));
    assert_eq!(code(&program.ask("alice", remove, json!({"id": "x"})).await), "BAD_INPUT");
}
