//! What each type of node becomes.

use super::*;
use crate::workflow::model::{Counting, FieldAccess, NodeKind, Rejection, Strategy, Timer, Trigger, Work};

#[test]
fn the_samples_are_charts() {
    let model = read(&chart(LEAVE));
    assert_eq!((&*model.key, &*model.name), ("leave-chart", "Leave, drawn as a chart"));
    assert!(model.unproved.is_empty(), "{:?}", model.unproved);
    read(&chart(COVER));
}

#[test]
fn the_leave_request_as_it_is_exported() {
    let document = compiled(&chart(LEAVE)).bpmn_xml;
    insta::assert_snapshot!(bpmn::with_diagram(&document).unwrap());
}

#[test]
fn nodes_follow_one_another_to_the_end() {
    let model = read(&of(vec![approver("a"), approver("b")]));
    assert_eq!(flows(&model), ["s > a", "a > b", "b > end"]);
    assert_eq!(flows(&read(&of(vec![]))), ["s > end"]);
    let named = read(&of(vec![json!({"id": "done", "type": "END", "name": "Done"})]));
    assert_eq!(flows(&named), ["s > done"]);
    assert_eq!(named.node("done").unwrap().name, "Done");
}

#[test]
fn an_approver_says_what_the_attributes_say() {
    let mut node = approver("b");
    for (name, value) in [
        ("counting", json!(2)),
        ("ratio", json!(60)),
        ("rejection", json!("RETURN")),
        ("returnNode", json!("a")),
        ("needsComment", json!(true)),
        ("formKey", json!("f")),
        ("fields", json!({"x": "WRITE", "y": 3})),
        ("dueDate", json!("P2D")),
        ("approvers", json!(["bob", "carol"])),
    ] {
        node[name] = value;
    }
    let model = read(&of(vec![approver("a"), node]));
    let task = model.user_task("b").unwrap();
    let approval = &task.approval;
    assert_eq!(approval.counting, Counting::Ratio(60));
    assert_eq!(approval.rejection, Rejection::ReturnTo("a".into()));
    assert!(approval.needs_comment && approval.allow_reject);
    assert_eq!(approval.fields.get("x"), Some(&FieldAccess::Write));
    assert_eq!(approval.fields.get("y"), Some(&FieldAccess::None));
    assert!(matches!(&approval.strategy, Some(Strategy::Users(users)) if users == &["bob", "carol"]));
    assert_eq!(task.due.as_ref().unwrap().source(), "P2D");
}

#[test]
fn a_transactor_cannot_reject() {
    let node = json!({"id": "t", "type": "TRANSACTOR", "approverStrategy": 36});
    assert!(!read(&of(vec![node])).user_task("t").unwrap().approval.allow_reject);
}

#[test]
fn a_copy_shows() {
    let node = json!({"id": "c", "type": "COPY", "approverStrategy": "ROLE", "approvers": ["hr"]});
    let model = read(&of(vec![node]));
    assert!(
        matches!(&model.node("c").unwrap().kind, NodeKind::Copy(Strategy::Roles(roles)) if roles == &["hr"])
    );
}

fn branch(kind: &str, nodes: Value) -> Value {
    json!({"id": "g", "type": kind, "conditionNodes": nodes})
}

#[test]
fn branches_fork_and_join_in_pairs() {
    for (kind, element) in [
        ("CONDITION_BRANCH", "exclusiveGateway"),
        ("PARALLEL_BRANCH", "parallelGateway"),
        ("INCLUSIVE_BRANCH", "inclusiveGateway"),
    ] {
        let condition = if kind == "PARALLEL_BRANCH" { Value::Null } else { json!("${x > 1}") };
        let ways = json!([{"id": "w", "condition": condition, "childNode": approver("a")}, {"childNode": approver("b")}]);
        let model = read(&of(vec![branch(kind, ways), approver("c")]));
        for id in ["g", "g_join"] {
            assert_eq!(model.node(id).unwrap().kind.as_str(), element);
        }
        let (first, second) = if kind == "PARALLEL_BRANCH" { ("", "") } else { (" [${x > 1}]", " *") };
        let expected = [
            "s > g".to_owned(),
            format!("g > a{first}"),
            format!("g > b{second}"),
            "a > g_join".to_owned(),
            "b > g_join".to_owned(),
            "g_join > c".to_owned(),
            "c > end".to_owned(),
        ];
        assert_eq!(flows(&model), expected, "{kind}");
        assert!(model.flows.contains_key("w"), "the branch's id is its flow's");
    }
}

#[test]
fn an_empty_branch_leads_to_the_join_and_one_that_ends_does_not() {
    let ways =
        json!([{"condition": "${x}"}, {"condition": "${y}", "childNode": {"id": "e", "type": "END"}}, {}]);
    let model = read(&of(vec![branch("CONDITION_BRANCH", ways)]));
    assert_eq!(flows(&model), ["s > g", "g > e [${y}]", "g > g_join [${x}]", "g > g_join *", "g_join > end"]);
    // Where one way is left, nothing has to come together.
    let ways = json!([{"childNode": {"id": "e", "type": "END"}}, {"childNode": approver("a")}]);
    let model = read(&of(vec![branch("PARALLEL_BRANCH", ways)]));
    assert_eq!(flows(&model), ["s > g", "g > e", "g > a", "a > end"]);
}

#[test]
fn branches_lie_in_branches() {
    let inner = json!({"id": "i", "type": "PARALLEL_BRANCH",
        "conditionNodes": [{"childNode": approver("a")}, {"childNode": approver("b")}], "childNode": approver("c")});
    let ways = json!([{"condition": "${x}", "childNode": inner}, {}]);
    let model = read(&of(vec![branch("INCLUSIVE_BRANCH", ways)]));
    assert_eq!(
        flows(&model),
        [
            "s > g",
            "g > i [${x}]",
            "i > a",
            "i > b",
            "a > i_join",
            "b > i_join",
            "i_join > c",
            "c > g_join",
            "g > g_join *",
            "g_join > end"
        ]
    );
}

#[test]
fn a_delay_waits_for_a_time() {
    let nodes = vec![
        json!({"id": "d", "type": 14, "delay": {"duration": "PT8H"}}),
        json!({"id": "u", "type": "DELAY_TIMER_NODE", "delay": {"date": "2027-01-01"}}),
    ];
    let model = read(&of(nodes));
    let timer = |id: &str| match &model.node(id).unwrap().kind {
        NodeKind::Catch(Trigger::Timer(timer)) => match timer {
            Timer::Duration(text) => format!("duration {}", text.source()),
            Timer::Date(text) => format!("date {}", text.source()),
            Timer::Cycle(text) => format!("cycle {}", text.source()),
        },
        other => panic!("{other:?}"),
    };
    assert_eq!((timer("d"), timer("u")), ("duration PT8H".to_owned(), "date 2027-01-01".to_owned()));
}

#[test]
fn a_trigger_writes_variables() {
    let changes = json!([
        {"set": {"a": "x ${y}", "b": 1.5, "c": true, "d": null}},
        {"condition": {"expression": "${y > 1}"}, "set": {"e": "${y}"}}
    ]);
    let update =
        json!({"id": "t", "type": "TRIGGER", "trigger": {"kind": "FORM_UPDATE", "changes": changes}});
    let delete =
        json!({"id": "u", "type": "TRIGGER", "trigger": {"kind": 11, "changes": [{"remove": ["a", "b"]}]}});
    let model = read(&of(vec![update, delete]));
    assert_eq!(flows(&model), ["s > t", "t > t_2", "t_2 > u", "u > end"]);
    let written = |id: &str| match &model.node(id).unwrap().kind {
        NodeKind::Write(writes) => {
            let told = |write: &crate::workflow::model::Assignment| {
                format!("{}={}", write.variable, write.value.as_ref().map_or("-", |value| value.source()))
            };
            writes.iter().map(told).collect::<Vec<_>>().join(" ")
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(written("t"), "a=x ${y} b=${1.5} c=${true} d=${null}");
    assert_eq!((written("t_2"), written("u")), ("e=${y}".to_owned(), "a=- b=-".to_owned()));
    assert_eq!(model.node("t_2").unwrap().skip.as_ref().unwrap().source(), "${not (y > 1)}");
}

#[test]
fn a_child_process_is_called() {
    let node = json!({"id": "c", "type": "CHILD_PROCESS", "calledProcess": "other", "inheritVariables": true,
        "in": [{"source": "a", "target": "b"}, {"expression": "${a + 1}", "target": "c"}],
        "out": [{"source": "x", "target": "y"}],
        "multiInstance": {"collection": "list", "elementVariable": "one", "sequential": true}});
    let model = read(&of(vec![node]));
    let node = model.node("c").unwrap();
    let NodeKind::Call(call) = &node.kind else { panic!("{node:?}") };
    assert_eq!(
        (call.process.source(), call.inherits, call.inputs.len(), call.outputs.len()),
        ("other", true, 2, 1)
    );
    assert!(node.repetition.is_some());
}

#[test]
fn a_router_goes_elsewhere() {
    let router = json!({"id": "r", "type": "ROUTER", "routes": [
        {"node": "a", "condition": "${again}"}, {"node": "b", "condition": "${skip}"}]});
    let model = read(&of(vec![approver("a"), router, approver("x"), approver("b")]));
    assert_eq!(
        flows(&model),
        ["s > a", "a > r", "r > a [${again}]", "r > b [${skip}]", "r > x *", "x > b", "b > end"]
    );
}

#[test]
fn a_timeout_says_what_the_attributes_say() {
    let timed = |timeout: Value| {
        let mut node = approver("a");
        node["timeout"] = timeout;
        let model = read(&of(vec![node]));
        let timeout = model.user_task("a").unwrap().approval.timeout.as_ref().unwrap();
        format!("{} {:?}", timeout.after.source(), timeout.action)
    };
    assert_eq!(timed(json!({"action": "REMIND", "after": "PT8H", "times": 3})), "PT8H Remind { times: 3 }");
    assert_eq!(timed(json!({"action": 2, "after": "P1D"})), "P1D Approve");
    assert_eq!(timed(json!({"action": "reject", "after": "${limit}"})), "${limit} Reject");
}

#[test]
fn a_trigger_calls_an_address() {
    let called = |trigger: Value| {
        let model = read(&of(vec![json!({"id": "t", "type": "TRIGGER", "trigger": trigger})]));
        match &model.node("t").unwrap().kind {
            NodeKind::Service(service) => match &service.work {
                Work::Http(call) => {
                    let headers: Vec<_> = call
                        .headers
                        .iter()
                        .map(|(name, value)| format!("{name}={}", value.source()))
                        .collect();
                    let (input, output) = (service.inputs.len(), service.outputs.len());
                    format!(
                        "{} {} {:?} {headers:?} {input} {output}",
                        call.method,
                        call.url.source(),
                        call.wait
                    )
                }
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    };
    let url = "https://example.org/hook";
    assert_eq!(called(json!({"kind": "HTTP", "url": url})), format!("POST {url} Nothing [] 0 0"));
    let asks = json!({"kind": 1, "url": url, "method": "GET", "headers": {"x-of": "${starter}"},
        "in": [{"source": "a", "target": "b"}], "out": [{"source": "c", "target": "d"}]});
    assert_eq!(called(asks), format!("GET {url} Answer [\"x-of=${{starter}}\"] 1 1"));
    let waits = json!({"kind": "HTTP_CALLBACK", "url": url, "callbackWithin": "P3D"});
    assert_eq!(called(waits), format!("POST {url} Callback {{ within: \"P3D\" }} [] 0 0"));
}

#[test]
fn types_have_names_and_numbers() {
    for (word, number, alias) in [
        ("APPROVER", 11, "APPROVE_NODE"),
        ("TRANSACTOR", 13, "TRANSACTOR_NODE"),
        ("COPY", 12, "COPY_NODE"),
        ("CONDITION_BRANCH", 51, "CONDITION_BRANCH_NODE"),
        ("ROUTER", 54, "ROUTER_BRANCH_NODE"),
    ] {
        let node = |kind: Value| {
            let mut node = match word {
                "CONDITION_BRANCH" => json!({"conditionNodes": [{"condition": "${x}"}, {"type": 50}]}),
                "ROUTER" => json!({"routes": [{"node": "z", "condition": "${x}"}]}),
                _ => json!({"approverStrategy": 30, "approvers": "bob"}),
            };
            (node["id"], node["type"]) = (json!("n"), kind);
            compiled(&of(vec![node, approver("z")])).bpmn_xml
        };
        let expected = node(json!(word));
        assert_eq!(node(json!(number)), expected);
        assert_eq!(node(json!(alias)), expected);
        assert_eq!(node(json!(word.to_lowercase())), expected);
    }
    for root in [json!(0), json!(10), json!("START_NODE"), json!("START_USER_NODE")] {
        let mut chart = of(vec![approver("a")]);
        chart["type"] = root;
        read(&chart);
    }
}

#[test]
fn texts_are_written_so_that_they_are_read_back() {
    let wild = "<a> & \"b\" 'c' ]]> 你好";
    let mut node = approver("a");
    (node["name"], node["documentation"]) = (json!(wild), json!(wild));
    let mut chart = of(vec![
        node,
        branch(
            "CONDITION_BRANCH",
            json!([
        {"condition": {"groups": [{"rules": [{"left": "x", "operator": "==", "right": "it's <\"&\\ }"}]}]}}, {}]),
        ),
    ]);
    chart["process"]["forms"] =
        json!({"f": {"type": "object", "properties": {"t": {"title": wild, "type": "string"}}}});
    let model = read(&chart);
    assert_eq!(model.node("a").unwrap().name, wild);
    assert_eq!(model.forms["f"].schema()["properties"]["t"]["title"], json!(wild));
    assert!(
        flows(&model).contains(&"g > g_join [${(x == 'it\\'s <\"&\\\\ }')}]".to_owned()),
        "{:?}",
        flows(&model)
    );
}

#[test]
fn an_id_that_the_chart_has_is_not_given_again() {
    let nodes = vec![
        approver("end"),
        approver("flow_1"),
        branch("PARALLEL_BRANCH", json!([{}, {}])),
        approver("g_join"),
    ];
    let model = read(&of(nodes));
    assert_eq!(model.nodes.len(), 7);
    assert_eq!(model.node("end").unwrap().kind.as_str(), "userTask");
}

#[test]
fn the_same_chart_becomes_the_same_document() {
    assert_eq!(compiled(&chart(LEAVE)).bpmn_xml, compiled(&chart(LEAVE)).bpmn_xml);
}

#[test]
fn what_is_exported_is_the_same_process_again() {
    let compiled = compiled(&chart(LEAVE));
    let exported = bpmn::with_diagram(&compiled.bpmn_xml).unwrap();
    let (first, again) = (read(&chart(LEAVE)), bpmn::read(exported.as_bytes()).unwrap());
    assert_eq!(format!("{first:?}"), format!("{again:?}"));
    assert_eq!(bpmn::with_diagram(&exported), None, "it has a diagram now");
}
