//! Approvals over the wire: deployed, started, decided, watched.

use serde_json::{Value, json};

use crate::support::{Person, Place, json_of};

/// A form of three fields.
const FORM: &str = r#"{"type": "object", "required": ["days"], "properties": {"days": {"type": "integer", "minimum": 1}, "salary": {"type": "number"}, "note": {"type": "string"}}}"#;

/// A leave request: Bob reviews it, then Alice or Olivia books it.
fn leave(name: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  xmlns:docket="https://docket.dev/bpmn" targetNamespace="tests">
<process id="leave" name="{name}" isExecutable="true">
  <extensionElements><docket:form key="leave"><![CDATA[{FORM}]]></docket:form></extensionElements>
  <startEvent id="start" flowable:formKey="leave"/>
  <userTask id="review" name="Review" flowable:assignee="bob" flowable:formKey="leave"><extensionElements>
    <docket:field name="salary" access="NONE"/><docket:field name="days" access="READ"/>
    <docket:field name="note" access="WRITE"/></extensionElements></userTask>
  <userTask id="book" name="Book" flowable:candidateUsers="alice,olivia"/>
  <endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="review"/>
  <sequenceFlow id="b" sourceRef="review" targetRef="book"/>
  <sequenceFlow id="c" sourceRef="book" targetRef="end"/>
</process></definitions>"#
    )
}

/// A suggestion box, open to everybody; Bob reads what is in it.
const SUGGESTION: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flowable="http://flowable.org/bpmn"
  xmlns:docket="https://docket.dev/bpmn" targetNamespace="tests">
<process id="suggestion" name="Suggestion" docket:anonymousStart="true" docket:businessType="idea">
  <startEvent id="start"/><userTask id="read" flowable:assignee="bob"/><endEvent id="end"/>
  <sequenceFlow id="a" sourceRef="start" targetRef="read"/><sequenceFlow id="b" sourceRef="read" targetRef="end"/>
</process></definitions>"#;

const TASK: &str = "id status statusCode name nodeId delegated lockedBy createdAt finishedAt reason assignee { id name } \
    owner { name } decidedBy { name } candidates { kind key name } instance { id status } availableActions \
    form { key schema data } draft";
const INSTANCE: &str = "id status statusCode suspended reason businessKey variables startedBy { name } finishedAt \
    definition { key version } currentNodes { nodeId name kind } tasks { totalCount nodes { name status } } cursor";

fn xml(id: &str, document: &str) -> (String, Value) {
    let query = format!(
        "mutation ($input: DeployProcessInput!) {{ {id}: deployProcess(input: $input) {{ definition {{ id key version name }} }} }}"
    );
    (query, json!({"input": {"bpmnXml": document}}))
}

impl Person<'_> {
    pub async fn deploys(&self, document: &str) -> Value {
        let (query, variables) = xml("deployed", document);
        self.asks(&query, variables).await.data()["deployed"]["definition"].clone()
    }

    /// Runs one of the mutations that answer a task or an instance.
    async fn tries(&self, mutation: &str, input: Value) -> crate::support::Answer {
        let of_instance = mutation.ends_with("Process") || mutation.ends_with("Instance");
        let below =
            if of_instance { format!("instance {{ {INSTANCE} }}") } else { format!("task {{ {TASK} }}") };
        let input_type = mutation[..1].to_uppercase() + &mutation[1..] + "Input";
        let query =
            format!("mutation ($input: {input_type}!) {{ done: {mutation}(input: $input) {{ {below} }} }}");
        self.asks(&query, json!({"input": input})).await
    }

    pub async fn does(&self, mutation: &str, input: Value) -> Value {
        let answer = self.tries(mutation, input).await.data();
        let done = answer["done"].as_object().unwrap().values().next().unwrap();
        done.clone()
    }

    /// What is theirs to do, latest first.
    async fn inbox(&self) -> Vec<Value> {
        let query = format!("{{ tasks {{ totalCount nodes {{ {TASK} }} }} }}");
        let tasks = self.asks(&query, json!({})).await.data()["tasks"].clone();
        let nodes = tasks["nodes"].as_array().unwrap().clone();
        assert_eq!(tasks["totalCount"].as_u64().unwrap(), nodes.len() as u64);
        nodes
    }

    /// The only task that is theirs to do.
    async fn only_task(&self) -> Value {
        let inbox = self.inbox().await;
        assert_eq!(inbox.len(), 1, "{inbox:#?}");
        inbox[0].clone()
    }

    async fn instance(&self, id: &Value) -> Value {
        let query = format!("query ($id: ID!) {{ processInstance(id: $id) {{ {INSTANCE} }} }}");
        self.asks(&query, json!({"id": id})).await.data()["processInstance"].clone()
    }
}

async fn charts_are_deployed_and_checked(place: Place) {
    let server = place.start().await;
    let olivia = server.olivia();
    let node = json!({"id": "a", "type": "APPROVER", "approverStrategy": "USER", "approvers": ["bob"]});
    let chart = json!({"process": {"key": "drawn"}, "id": "s", "type": 10, "childNode": node});
    let below = "definition { key version bpmnXml diagramXml chart nodes { id kind } }";
    let deploy =
        format!("mutation ($input: DeployProcessInput!) {{ deployProcess(input: $input) {{ {below} }} }}");
    let done = olivia.asks(&deploy, json!({"input": {"chart": chart}})).await.data();
    let drawn = &done["deployProcess"]["definition"];
    assert_eq!((&drawn["key"], &drawn["version"], &drawn["chart"]), (&json!("drawn"), &json!(1), &chart));
    assert_eq!(drawn["bpmnXml"], drawn["diagramXml"]);
    let nodes = json!([{"id": "s", "kind": "startEvent"}, {"id": "a", "kind": "userTask"}, {"id": "end", "kind": "endEvent"}]);
    assert_eq!(drawn["nodes"], nodes);
    // Without a diagram it is drawn, and is no chart.
    let done = olivia.asks(&deploy, json!({"input": {"bpmnXml": SUGGESTION}})).await.data();
    let plain = &done["deployProcess"]["definition"];
    assert_eq!((&plain["bpmnXml"], &plain["chart"]), (&json!(SUGGESTION), &Value::Null));
    assert!(plain["diagramXml"].as_str().unwrap().contains("BPMNShape"));
    for (input, field) in [
        (json!({}), "bpmnXml"),
        (json!({"bpmnXml": SUGGESTION, "chart": chart}), "chart"),
        (json!({"chart": 1}), "chart"),
    ] {
        let refused = olivia.asks(&deploy, json!({"input": input})).await;
        assert_eq!((refused.code(), &refused.error()["extensions"]["field"]), ("BAD_INPUT", &json!(field)));
    }
    let check = "mutation ($input: CheckProcessInput!) { checkProcess(input: $input) {
        faults { code element line column attribute path message } bpmnXml } }";
    let mut wrong = chart.clone();
    wrong["childNode"]["counting"] = json!("MOST");
    let refused = olivia.asks(&deploy, json!({"input": {"chart": wrong}})).await;
    let checked = olivia.asks(check, json!({"input": {"chart": wrong}})).await.data();
    let faults = &checked["checkProcess"]["faults"];
    assert_eq!(faults, &refused.error()["extensions"]["faults"], "the same shape, and the same faults");
    assert_eq!((&faults[0]["path"], &faults[0]["element"]), (&json!("$.childNode"), &json!("a")));
    let well = olivia.asks(check, json!({"input": {"chart": chart}})).await.data();
    assert_eq!(well["checkProcess"], json!({"faults": [], "bpmnXml": drawn["bpmnXml"]}));
    assert_eq!(server.alice().asks(check, json!({"input": {"chart": chart}})).await.code(), "FORBIDDEN");
}

async fn processes_are_deployed_in_versions(place: Place) {
    let server = place.start().await;
    let (alice, olivia) = (server.alice(), server.olivia());
    let (query, variables) = xml("x", &leave("Leave"));
    assert_eq!(alice.asks(&query, variables).await.code(), "FORBIDDEN");
    let first = olivia.deploys(&leave("Leave")).await;
    assert_eq!((&first["key"], &first["version"]), (&json!("leave"), &json!(1)));
    assert_eq!(olivia.deploys(&leave("Leave")).await, first, "the same letter for letter");
    let second = olivia.deploys(&leave("Holiday")).await;
    assert_eq!((&second["version"], &second["name"]), (&json!(2), &json!("Holiday")));
    olivia.deploys(SUGGESTION).await;

    let (query, variables) = xml("x", &leave("x").replace("targetRef=\"end\"", "targetRef=\"nowhere\""));
    let refused = olivia.asks(&query, variables).await;
    let faults = refused.error()["extensions"]["faults"].as_array().unwrap().clone();
    assert_eq!((refused.code(), &refused.error()["extensions"]["field"]), ("BAD_INPUT", &json!("bpmnXml")));
    assert!(faults.iter().any(|fault| fault["element"] == "c" && fault["line"] == 14), "{faults:?}");

    let query = "query ($search: String, $first: Int) { processDefinitions(search: $search, first: $first) { totalCount \
         pageInfo { hasNextPage } nodes { id key version name bpmnXml deployedBy { name } startForm nodes { id name kind } \
         versions(first: 1) { totalCount pageInfo { hasNextPage } nodes { version } } } } }";
    let listed = alice.asks(query, json!({"search": "holi"})).await.data()["processDefinitions"].clone();
    let leaves = &listed["nodes"][0];
    assert_eq!((&listed["totalCount"], &leaves["version"]), (&json!(1), &json!(2)));
    assert_eq!(leaves["bpmnXml"], leave("Holiday"));
    assert_eq!(leaves["startForm"]["required"], json!(["days"]));
    let nodes: Vec<_> =
        leaves["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!(nodes, ["start", "review", "book", "end"]);
    let versions = json!({"totalCount": 2, "pageInfo": {"hasNextPage": true}, "nodes": [{"version": 2}]});
    assert_eq!(leaves["versions"], versions);
    let found = alice.asks(query, json!({"search": "SUGG"})).await.data();
    let found = &found["processDefinitions"]["nodes"][0];
    assert_eq!((&found["key"], &found["startForm"]), (&json!("suggestion"), &Value::Null));
    let paged = alice.asks(query, json!({"first": 1})).await.data();
    assert_eq!(paged["processDefinitions"]["pageInfo"]["hasNextPage"], true);

    let query = "query ($version: Int) { processDefinition(key: \"leave\", version: $version) { name } }";
    for (version, name) in [
        (json!(1), json!({"name": "Leave"})),
        (Value::Null, json!({"name": "Holiday"})),
        (json!(9), Value::Null),
    ] {
        assert_eq!(alice.asks(query, json!({"version": version})).await.data()["processDefinition"], name);
    }
}

async fn a_request_goes_its_way_through_people(place: Place) {
    let server = place.start().await;
    let (alice, bob, olivia, admin) = (server.alice(), server.bob(), server.olivia(), server.admin());
    olivia.deploys(&leave("Leave")).await;
    let missing =
        alice.tries("startProcess", json!({"definitionKey": "leave", "formData": {"note": "x"}})).await;
    assert_eq!(
        (missing.code(), &missing.error()["extensions"]["field"]),
        ("BAD_INPUT", &json!("formData.days"))
    );
    let shape = alice.tries("startProcess", json!({"definitionKey": "leave", "variables": [1]})).await;
    assert_eq!(shape.error()["extensions"]["field"], "variables");
    let input = json!({"definitionKey": "leave", "businessKey": "L-1", "idempotencyKey": "once",
        "variables": {"team": "blue"}, "formData": {"days": 3, "salary": 10.5}});
    let started = alice.does("startProcess", input.clone()).await;
    assert_eq!(alice.does("startProcess", input).await["id"], started["id"]);
    assert_eq!(
        (&started["status"], &started["statusCode"], &started["businessKey"]),
        (&json!("RUNNING"), &json!(1), &json!("L-1"))
    );
    assert_eq!((&started["variables"]["team"], &started["variables"]["days"]), (&json!("blue"), &json!(3)));
    assert_eq!(started["currentNodes"], json!([{"nodeId": "review", "name": "Review", "kind": "userTask"}]));
    assert_eq!(
        started["tasks"],
        json!({"totalCount": 1, "nodes": [{"name": "Review", "status": "RUNNING"}]})
    );

    // Bob sees his task with the fields that are his to see, and the instance without its variables.
    let task = bob.only_task().await;
    let id = &task["id"];
    assert_eq!((&task["assignee"]["name"], &task["status"]), (&json!("Bob"), &json!("RUNNING")));
    assert_eq!(task["form"]["data"], json!({"days": 3}));
    assert!(task["form"]["schema"]["properties"].get("salary").is_none(), "{task}");
    assert_eq!(bob.instance(&started["id"]).await["variables"], Value::Null);
    assert_eq!(olivia.instance(&started["id"]).await, Value::Null, "it is not hers");
    let hidden = "query ($id: ID!) { task(id: $id) { id } node(id: $id) { id } }";
    assert_eq!(olivia.asks(hidden, json!({"id": id})).await.data(), json!({"task": null, "node": null}));
    assert_eq!(bob.asks(hidden, json!({"id": id})).await.data()["node"]["id"], *id);
    assert_eq!(olivia.tries("approveTask", json!({"taskId": id})).await.code(), "NOT_FOUND");

    let unwritable = bob.tries("approveTask", json!({"taskId": id, "formData": {"days": 9}})).await;
    assert_eq!(unwritable.error()["extensions"]["field"], "formData.days");
    let draft = bob
        .does("saveTaskDraft", json!({"taskId": id, "formData": {"note": "later"}, "comment": "hm"}))
        .await;
    assert_eq!(draft["draft"], json!({"formData": {"note": "later"}, "comment": "hm"}));
    bob.does("commentTask", json!({"taskId": id, "comment": "looking at it"})).await;
    alice.does("urgeTask", json!({"taskId": id})).await;
    let again = alice.tries("urgeTask", json!({"taskId": id})).await;
    assert_eq!(again.code(), "RATE_LIMITED");
    bob.does("copyTask", json!({"taskId": id, "userIds": ["admin"]})).await;
    let copied = admin.asks("{ tasks(filter: {view: COPIED}) { nodes { name } } }", json!({})).await.data();
    assert_eq!(copied["tasks"]["nodes"], json!([{"name": "Review"}]));

    let delegated =
        bob.does("delegateTask", json!({"taskId": id, "userId": "olivia", "comment": "you know her"})).await;
    assert_eq!((&delegated["delegated"], &delegated["owner"]["name"]), (&json!(true), &json!("Bob")));
    let opinion = olivia.does("approveTask", json!({"taskId": id, "comment": "fine"})).await;
    assert_eq!((&opinion["status"], &opinion["assignee"]["name"]), (&json!("RUNNING"), &json!("Bob")));
    bob.does("addSigners", json!({"taskId": id, "place": "BEFORE", "userIds": ["olivia", "admin"]})).await;
    let waiting = bob.does("removeSigners", json!({"taskId": id, "userIds": ["admin"]})).await;
    assert_eq!(waiting["status"], "WAIT");
    let signing = olivia.only_task().await;
    olivia.does("approveTask", json!({"taskId": signing["id"]})).await;
    let approved =
        bob.does("approveTask", json!({"taskId": id, "formData": {"note": "enjoy"}, "comment": "ok"})).await;
    assert_eq!(
        (&approved["status"], &approved["reason"], &approved["availableActions"]),
        (&json!("APPROVE"), &json!("ok"), &json!(["COPY", "WITHDRAW", "COMMENT"]))
    );
    let decided = bob.tries("rejectTask", json!({"taskId": id})).await;
    assert_eq!((decided.code(), &decided.error()["extensions"]["status"]), ("CONFLICT", &json!("APPROVE")));

    // What came of it is taken back, decided anew, and goes to the candidates.
    let open = bob.does("withdrawTask", json!({"taskId": id, "comment": "too fast"})).await;
    assert_eq!((&open["status"], &open["nodeId"]), (&json!("RUNNING"), &json!("review")));
    assert_ne!(&open["id"], id);
    bob.does("approveTask", json!({"taskId": open["id"]})).await;
    assert_eq!(bob.tries("recallTask", json!({"taskId": open["id"]})).await.code(), "FORBIDDEN");
    let open = admin.does("recallTask", json!({"taskId": open["id"]})).await;
    bob.does("approveTask", json!({"taskId": open["id"]})).await;
    let booking = olivia.only_task().await;
    let candidates = json!([{"kind": "USER", "key": "alice", "name": "Alice"}, {"kind": "USER", "key": "olivia", "name": "Olivia"}]);
    let mut told = booking["candidates"].as_array().unwrap().clone();
    told.sort_by_key(ToString::to_string);
    assert_eq!(json!(told), candidates);
    olivia.does("claimTask", json!({"taskId": booking["id"]})).await;
    assert_eq!(alice.tries("claimTask", json!({"taskId": booking["id"]})).await.code(), "CONFLICT");
    olivia.does("unclaimTask", json!({"taskId": booking["id"]})).await;
    alice.does("claimTask", json!({"taskId": booking["id"]})).await;
    alice.does("transferTask", json!({"taskId": booking["id"], "userId": "olivia"})).await;
    let targets = "query ($id: ID!) { returnTargets(taskId: $id) { id name kind } }";
    let targets = olivia.asks(targets, json!({"id": booking["id"]})).await.data();
    assert_eq!(targets["returnTargets"], json!([{"id": "review", "name": "Review", "kind": "userTask"}]));
    let returned = olivia
        .does("returnTask", json!({"taskId": booking["id"], "nodeId": "review", "comment": "no note"}))
        .await;
    assert_eq!((&returned["status"], &returned["statusCode"]), (&json!("RETURN"), &json!(5)));
    let review = bob.only_task().await;
    // What was filled in went with the approval that was taken back.
    bob.does("approveTask", json!({"taskId": review["id"], "formData": {"note": "enjoy"}})).await;
    let booking = alice.only_task().await;
    alice.does("approveTask", json!({"taskId": booking["id"]})).await;

    let ended = alice.instance(&started["id"]).await;
    assert_eq!(
        (&ended["status"], &ended["statusCode"], &ended["currentNodes"]),
        (&json!("APPROVE"), &json!(2), &json!([]))
    );
    assert!(ended["finishedAt"].is_string() && ended["variables"]["note"] == "enjoy", "{ended}");
    for person in [&alice, &bob, &olivia, &admin] {
        assert!(person.inbox().await.is_empty());
    }
    let query = "query ($id: ID!, $after: String) { processInstance(id: $id) { path { nodeId outcome leftAt } history(first: 5, after: $after) \
         { totalCount pageInfo { hasNextPage endCursor } nodes { kind actor { name } reason task { name } toStatusCode } } } }";
    let (mut kinds, mut after) = (Vec::new(), Value::Null);
    loop {
        let seen =
            olivia.asks(query, json!({"id": started["id"], "after": after})).await.data()["processInstance"]
                .clone();
        let page = &seen["history"];
        kinds.extend(
            page["nodes"].as_array().unwrap().iter().map(|node| node["kind"].as_str().unwrap().to_owned()),
        );
        if page["pageInfo"]["hasNextPage"] == false {
            assert_eq!(page["totalCount"].as_u64().unwrap(), kinds.len() as u64);
            assert!(seen["path"].as_array().unwrap().iter().all(|stay| stay["leftAt"].is_string()), "{seen}");
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    for kind in [
        "START",
        "CREATE",
        "COMMENT",
        "URGE",
        "COPY",
        "DELEGATE",
        "RESOLVE",
        "ADD_SIGNERS",
        "REMOVE_SIGNERS",
        "APPROVE",
        "WITHDRAW",
        "RECALL",
        "CLAIM",
        "UNCLAIM",
        "TRANSFER",
        "RETURN",
        "END",
    ] {
        assert!(kinds.iter().any(|told| told == kind), "{kind} is not among {kinds:?}");
    }
}

async fn instances_are_suspended_rejected_and_cancelled(place: Place) {
    let server = place.start().await;
    let (alice, bob, olivia, admin) = (server.alice(), server.bob(), server.olivia(), server.admin());
    olivia.deploys(&leave("Leave")).await;
    let start = json!({"definitionKey": "leave", "formData": {"days": 1}});
    let preview = "query ($input: StartProcessInput!) { previewProcess(input: $input) { stoppedBy nodes { nodeId assignees { name } \
         candidates { name } settled } } }";
    let ahead = alice.asks(preview, json!({"input": start})).await.data()["previewProcess"].clone();
    let told: Vec<_> =
        ahead["nodes"].as_array().unwrap().iter().map(|node| node["nodeId"].as_str().unwrap()).collect();
    assert_eq!((&ahead["stoppedBy"], told.as_slice()), (&Value::Null, &["review", "book"][..]));
    assert_eq!(ahead["nodes"][0]["assignees"], json!([{"name": "Bob"}]));
    assert_eq!(ahead["nodes"][1]["candidates"].as_array().unwrap().len(), 2);
    assert!(bob.inbox().await.is_empty(), "nothing was started");
    let first = alice.does("startProcess", start.clone()).await;
    let second = alice.does("startProcess", start.clone()).await;
    let ahead = "query ($id: ID!) { lookAhead(instanceId: $id) { nodes { nodeId } } }";
    let known = alice.asks(ahead, json!({"id": first["id"]})).await.data()["lookAhead"].clone();
    assert_eq!(known["nodes"], json!([{"nodeId": "book"}]));
    assert_eq!(olivia.asks(ahead, json!({"id": first["id"]})).await.data()["lookAhead"], Value::Null);
    let (latest, oldest) = (bob.inbox().await[0].clone(), bob.inbox().await[1].clone());
    assert_eq!((&latest["instance"]["id"], &oldest["instance"]["id"]), (&second["id"], &first["id"]));

    assert_eq!(
        alice.tries("suspendProcessInstance", json!({"instanceId": first["id"]})).await.code(),
        "FORBIDDEN"
    );
    let suspended =
        admin.does("suspendProcessInstance", json!({"instanceId": first["id"], "reason": "audit"})).await;
    assert_eq!(suspended["suspended"], true);
    assert_eq!(bob.tries("approveTask", json!({"taskId": oldest["id"]})).await.code(), "CONFLICT");
    let resumed = admin.does("resumeProcessInstance", json!({"instanceId": first["id"]})).await;
    assert_eq!(resumed["suspended"], false);
    bob.does("rejectTask", json!({"taskId": oldest["id"], "comment": "too busy"})).await;
    let rejected = alice.instance(&first["id"]).await;
    assert_eq!((&rejected["status"], &rejected["reason"]), (&json!("REJECT"), &json!("too busy")));

    let silent = admin.tries("cancelProcessInstance", json!({"instanceId": second["id"]})).await;
    assert_eq!((silent.code(), &silent.error()["extensions"]["field"]), ("BAD_INPUT", &json!("reason")));
    assert_eq!(
        bob.tries("cancelProcessInstance", json!({"instanceId": second["id"]})).await.code(),
        "FORBIDDEN"
    );
    let cancelled =
        alice.does("cancelProcessInstance", json!({"instanceId": second["id"], "reason": "I stay"})).await;
    assert_eq!((&cancelled["status"], &cancelled["statusCode"]), (&json!("CANCEL"), &json!(4)));
    assert!(bob.inbox().await.is_empty());

    let query = "query ($filter: ProcessInstanceFilter, $order: ProcessInstanceOrder) { processInstances(filter: $filter, orderBy: $order) \
         { totalCount nodes { id } } }";
    let ids = async |person: &Person<'_>, filter: Value, order: Value| {
        let answer =
            person.asks(query, json!({"filter": filter, "order": order})).await.data()["processInstances"]
                .clone();
        let nodes = answer["nodes"].as_array().unwrap().clone();
        assert_eq!(answer["totalCount"].as_u64().unwrap(), nodes.len() as u64);
        nodes.iter().map(|node| node["id"].clone()).collect::<Vec<_>>()
    };
    let both = [second["id"].clone(), first["id"].clone()];
    assert_eq!(ids(&alice, Value::Null, Value::Null).await, both);
    assert_eq!(
        ids(&bob, Value::Null, json!({"field": "STARTED_AT", "direction": "ASC"})).await,
        [both[1].clone(), both[0].clone()]
    );
    assert_eq!(ids(&alice, json!({"status": ["CANCEL"]}), Value::Null).await, [second["id"].clone()]);
    assert!(ids(&olivia, Value::Null, Value::Null).await.is_empty(), "nothing of it was hers");
    let others = olivia.asks(query, json!({"filter": {"startedBy": "alice"}})).await;
    assert_eq!(others.code(), "FORBIDDEN");
    let done = bob
        .asks("{ tasks(filter: {view: DONE, status: [REJECT]}) { nodes { id } } }", json!({}))
        .await
        .data();
    assert_eq!(done["tasks"]["nodes"], json!([{"id": oldest["id"]}]));
}

async fn inboxes_and_instances_are_watched(place: Place) {
    let server = place.start().await;
    let (alice, bob, olivia) = (server.alice(), server.bob(), server.olivia());
    olivia.deploys(SUGGESTION).await;
    let inbox = "subscription ($after: String) { taskInbox(after: $after) { cursor kind task { id name status availableActions instance { id } } } }";
    let mut watching = bob.subscribes(inbox, json!({})).await;
    let stands = watching.next().await.unwrap();
    assert_eq!((&stands["kind"], &stands["task"]), (&Value::Null, &Value::Null));
    let started = alice
        .does(
            "startProcess",
            json!({"definitionKey": "suggestion", "businessKey": "I-1", "variables": {"text": "tea"}}),
        )
        .await;
    let told = watching.next().await.unwrap();
    assert_eq!((&told["kind"], &told["task"]["instance"]["id"]), (&json!("TODO"), &started["id"]));

    let progress = "subscription ($id: ID!, $after: String) { processInstanceProgress(instanceId: $id, after: $after) \
         { cursor instance { status } task { status } } }";
    let mut following = alice.subscribes(progress, json!({"id": started["id"]})).await;
    assert_eq!(following.next().await.unwrap()["task"], Value::Null);
    bob.does("approveTask", json!({"taskId": told["task"]["id"]})).await;
    let mut last = Value::Null;
    let mut changed = Vec::new();
    while let Some(message) = following.next().await {
        changed.push(message["task"]["status"].clone());
        last = message;
    }
    assert!(changed.contains(&json!("APPROVE")), "{changed:?}");
    assert_eq!((&last["task"], &last["instance"]["status"]), (&Value::Null, &json!("APPROVE")));
    let done = watching.next().await.unwrap();
    assert_eq!((&done["kind"], &done["task"]["status"]), (&json!("DONE"), &json!("APPROVE")));

    let record = "{ businessRecord(type: \"idea\", key: \"I-1\") { type key versions { version approvalStatus approvalStatusCode data instance { id } } } }";
    let seen = alice.asks(record, json!({})).await.data()["businessRecord"].clone();
    let versions = seen["versions"].as_array().unwrap();
    let statuses: Vec<_> =
        versions.iter().map(|version| version["approvalStatus"].as_str().unwrap()).collect();
    assert_eq!((&seen["key"], statuses.as_slice()), (&json!("I-1"), &["APPROVE", "RUNNING"][..]));
    assert_eq!(
        (&versions[0]["approvalStatusCode"], &versions[0]["instance"]["id"]),
        (&json!(2), &started["id"])
    );
    assert!(versions[0]["data"].is_object());
    assert_eq!(
        bob.asks(record, json!({})).await.data()["businessRecord"]["versions"][0]["data"],
        Value::Null
    );
    // An operator sees how it stands, and neither what is in it nor whose it is.
    let standing = olivia.asks(record, json!({})).await.data()["businessRecord"]["versions"][0].clone();
    assert_eq!((&standing["approvalStatusCode"], &standing["data"]), (&json!(2), &Value::Null));
    assert_eq!(standing["instance"], Value::Null);

    // Whoever comes back is told what has changed since.
    let mut back = bob.subscribes(inbox, json!({"after": stands["cursor"]})).await;
    assert_eq!(back.next().await.unwrap()["kind"], "DONE");
    let mut back = alice.subscribes(progress, json!({"id": started["id"], "after": started["cursor"]})).await;
    assert_eq!(back.next().await.unwrap()["task"]["status"], "APPROVE");
}

async fn nobody_may_start_what_says_so(place: Place) {
    let server = place.start().await;
    let (bob, olivia) = (server.bob(), server.olivia());
    olivia.deploys(SUGGESTION).await;
    olivia.deploys(&leave("Leave")).await;
    let send = async |query: &str| {
        let url = format!("http://{}/graphql", server.address);
        let body = json!({"query": query}).to_string();
        let sent =
            server.http.post(url).header("content-type", "application/json").body(body).send().await.unwrap();
        (sent.status().as_u16(), json_of(sent).await)
    };
    let number = std::cell::Cell::new(0);
    let start = |key: &str, below: &str| {
        number.set(number.get() + 1);
        let about = number.get();
        format!(
            "mutation {{ startProcess(input: {{definitionKey: \"{key}\", businessKey: \"N-{about}\", variables: {{text: \"tea\"}}, idempotencyKey: \"k\"}}) {{ instance {{ {below} }} }} }}"
        )
    };
    let (status, started) = send(&start("suggestion", "id status startedBy { id } variables")).await;
    let instance = &started["data"]["startProcess"]["instance"];
    assert_eq!((status, &instance["status"], &instance["startedBy"]), (200, &json!("RUNNING"), &Value::Null));
    assert_eq!(instance["variables"], Value::Null);
    let (_, again) = send(&start("suggestion", "id")).await;
    assert_ne!(again["data"]["startProcess"]["instance"]["id"], instance["id"], "nobody has no keys");
    for below in [
        "tasks { totalCount }",
        "definition { bpmnXml }",
        "history { totalCount }",
        "currentNodes { nodeId }",
        "children { id }",
        "path { nodeId }",
    ] {
        let (_, refused) = send(&start("suggestion", below)).await;
        assert_eq!(refused["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{below}: {refused}");
    }
    let (status, refused) = send(&start("leave", "id")).await;
    assert_eq!((status, &refused["errors"][0]["extensions"]["code"]), (200, &json!("FORBIDDEN")));
    for query in [
        "{ viewer { name } }",
        "{ processDefinitions { totalCount } }",
        "mutation { claimTask(input: {taskId: \"x\"}) { task { id } } }",
    ] {
        let (status, refused) = send(query).await;
        assert_eq!((status, &refused["errors"][0]["extensions"]["code"]), (401, &json!("UNAUTHENTICATED")));
    }
    assert_eq!(bob.inbox().await.len(), 8);
}

on_both_databases!(
    charts_are_deployed_and_checked,
    processes_are_deployed_in_versions,
    a_request_goes_its_way_through_people,
    instances_are_suspended_rejected_and_cancelled,
    inboxes_and_instances_are_watched,
    nobody_may_start_what_says_so,
);
