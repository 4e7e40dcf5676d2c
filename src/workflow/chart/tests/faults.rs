//! What is said of charts that are none: where, of which node, and all at once.

use super::*;

/// The faults as `CODE path id`, in order.
fn told(chart: &Value) -> Vec<String> {
    let told = |fault: &ModelFault| {
        let path = fault.path.as_deref().unwrap_or("-");
        format!("{} {path} {}", fault.code.as_str(), fault.element.as_deref().unwrap_or("-"))
    };
    faults(chart).iter().map(told).collect()
}

#[test]
fn each_mistake_is_told_at_its_place() {
    let with = |name: &str, value: Value| {
        let mut node = approver("a");
        node[name] = value;
        of(vec![node])
    };
    let node = |node: Value| of(vec![node]);
    for (chart, expected) in [
        (json!([]), "BAD_VALUE $ -"),
        (
            json!({"type": "START", "id": "s", "process": {"key": "p"}, "childNode": 1}),
            "BAD_VALUE $.childNode -",
        ),
        (json!({}), "MISSING $ -"),
        (json!({"type": "APPROVER"}), "NO_START $ -"),
        (json!({"type": "START", "id": "s"}), "MISSING $ -"),
        (json!({"type": "START", "id": "s", "process": {}}), "MISSING $.process -"),
        (json!({"type": "START", "id": "s", "process": {"key": "a b"}}), "BAD_VALUE $.process a b"),
        (json!({"type": "START", "process": {"key": "p"}}), "MISSING_ID $ -"),
        (json!({"type": "START", "id": "p", "process": {"key": "p"}}), "DUPLICATE_ID $ p"),
        (
            json!({"type": "START", "id": "s", "process": {"key": "p", "tenant": 1}}),
            "UNSUPPORTED_ATTRIBUTE $.process p",
        ),
        (node(json!({"id": "a"})), "MISSING $.childNode -"),
        (node(json!({"id": "a", "type": "ROBOT"})), "UNSUPPORTED $.childNode -"),
        (node(json!({"id": "a", "type": "START"})), "SEVERAL_STARTS $.childNode -"),
        (node(json!({"id": "a", "type": "CONDITION"})), "BAD_REFERENCE $.childNode a"),
        (node(json!({"id": "1a", "type": "END"})), "BAD_VALUE $.childNode 1a"),
        (node(json!({"id": "a:b", "type": "END"})), "BAD_VALUE $.childNode a:b"),
        (of(vec![json!({"id": "a", "type": "END"}), approver("b")]), "BAD_FLOW $.childNode -"),
        (with("taskCreateListener", json!({})), "UNSUPPORTED_ATTRIBUTE $.childNode a"),
        (with("approvers", json!({"x": 1})), "BAD_VALUE $.childNode.approvers a"),
        (with("approvers", json!(["a,b"])), "BAD_VALUE $.childNode.approvers a"),
        (with("name", json!(1)), "BAD_VALUE $.childNode.name a"),
        (with("fields", json!({"x": []})), "BAD_VALUE $.childNode.fields a"),
        (with("approverStrategy", json!("NOBODY")), "BAD_VALUE $.childNode a"),
        (with("counting", json!("MOST")), "BAD_VALUE $.childNode a"),
        (with("returnNode", json!("x")), "CONTRADICTION $.childNode a"),
        (with("timeout", json!({"after": "P1D"})), "MISSING $.childNode.timeout a"),
        (with("timeout", json!({"action": "SHOUT", "after": "P1D"})), "BAD_VALUE $.childNode a"),
        (with("timeout", json!({"action": 2, "after": "soon"})), "BAD_VALUE $.childNode a"),
        (with("timeout", json!({"action": 2, "after": "P1D", "times": 2})), "CONTRADICTION $.childNode a"),
        (node(json!({"id": "a", "type": "COPY"})), "MISSING $.childNode a"),
        (
            node(json!({"id": "a", "type": "TRANSACTOR", "approverStrategy": 36, "rejection": 1})),
            "UNSUPPORTED_ATTRIBUTE $.childNode a",
        ),
        (
            node(json!({"id": "a", "type": "TRANSACTOR", "approverStrategy": 36, "nobody": "REJECT"})),
            "CONTRADICTION $.childNode a",
        ),
        (node(json!({"id": "a", "type": "DELAY"})), "MISSING $.childNode a"),
        (node(json!({"id": "a", "type": "DELAY", "delay": {}})), "MISSING $.childNode.delay a"),
        (
            node(json!({"id": "a", "type": "DELAY", "delay": {"duration": "P1D", "date": "2027-01-01"}})),
            "CONTRADICTION $.childNode.delay a",
        ),
        (node(json!({"id": "a", "type": "DELAY", "delay": {"duration": "1d"}})), "BAD_VALUE $.childNode a"),
        (
            node(json!({"id": "a", "type": "TRIGGER", "trigger": {"kind": "HTTP", "url": "x"}})),
            "BAD_VALUE $.childNode a",
        ),
        (
            node(json!({"id": "a", "type": "TRIGGER", "trigger": {"kind": 2}})),
            "MISSING $.childNode.trigger a",
        ),
        (
            node(json!({"id": "a", "type": "TRIGGER", "trigger": {"kind": 10}})),
            "MISSING $.childNode.trigger a",
        ),
        (
            node(
                json!({"id": "a", "type": "TRIGGER", "trigger": {"kind": 10, "changes": [{"set": {"x": []}}]}}),
            ),
            "BAD_VALUE $.childNode.trigger.changes[0].set a",
        ),
        (
            node(
                json!({"id": "a", "type": "TRIGGER", "trigger": {"kind": 10, "changes": [{"set": {"x y": 1}}]}}),
            ),
            "BAD_VALUE $.childNode a",
        ),
        (
            node(
                json!({"id": "a", "type": "TRIGGER", "trigger": {"kind": 11, "changes": [{"remove": ["initiator"]}]}}),
            ),
            "BAD_VALUE $.childNode a",
        ),
        (node(json!({"id": "a", "type": "CHILD_PROCESS"})), "MISSING $.childNode a"),
        (
            node(json!({"id": "a", "type": "CHILD_PROCESS", "calledProcess": "c", "async": true})),
            "UNSUPPORTED_ATTRIBUTE $.childNode a",
        ),
        (
            node(
                json!({"id": "a", "type": "CHILD_PROCESS", "calledProcess": "c", "in": [{"source": "x", "goal": "y"}]}),
            ),
            "BAD_VALUE $.childNode.in a",
        ),
        (
            node(json!({"id": "a", "type": "CHILD_PROCESS", "calledProcess": "c", "multiInstance": {}})),
            "MISSING $.childNode a",
        ),
        (node(json!({"id": "a", "type": "PARALLEL_BRANCH"})), "MISSING $.childNode a"),
        (
            node(json!({"id": "a", "type": "PARALLEL_BRANCH", "conditionNodes": {}})),
            "BAD_VALUE $.childNode.conditionNodes a",
        ),
        (
            node(json!({"id": "a", "type": "PARALLEL_BRANCH", "conditionNodes": [{"type": 11}, {}]})),
            "BAD_VALUE $.childNode.conditionNodes[0] -",
        ),
        (
            node(
                json!({"id": "a", "type": "PARALLEL_BRANCH", "conditionNodes": [{"id": "w", "condition": "${x}"}, {}]}),
            ),
            "USELESS_CONDITION $.childNode.conditionNodes[0] w",
        ),
        (
            node(json!({"id": "a", "type": "CONDITION_BRANCH", "conditionNodes": [{"id": "w"}, {}]})),
            "MISSING_CONDITION $.childNode.conditionNodes[0] w",
        ),
        (
            node(
                json!({"id": "a", "type": "CONDITION_BRANCH", "conditionNodes": [{"default": true}, {"default": true}]}),
            ),
            "BAD_DEFAULT $.childNode.conditionNodes[1] -",
        ),
        (
            node(
                json!({"id": "a", "type": "INCLUSIVE_BRANCH", "conditionNodes": [{"id": "w", "condition": "${x >}"}, {}]}),
            ),
            "BAD_EXPRESSION $.childNode.conditionNodes[0] w",
        ),
        (
            node(
                json!({"id": "a", "type": "CONDITION_BRANCH", "conditionNodes": [{"condition": {"groups": [{"rules": [{"left": "x", "operator": "is"}]}]}}, {}]}),
            ),
            "BAD_VALUE $.childNode.conditionNodes[0].condition.groups[0].rules[0] -",
        ),
        (node(json!({"id": "a", "type": "ROUTER"})), "MISSING $.childNode a"),
        (
            node(json!({"id": "a", "type": "ROUTER", "routes": [{"node": "z", "condition": "${x}"}]})),
            "BAD_REFERENCE $.childNode.routes[0] a",
        ),
        (
            node(json!({"id": "a", "type": "ROUTER", "routes": [{"node": "a"}]})),
            "MISSING $.childNode.routes[0] a",
        ),
        (
            node(json!({"id": "a", "type": "ROUTER", "routes": [{"node": "s", "condition": "${x}"}]})),
            "BAD_FLOW $.childNode.routes[0] a",
        ),
        (with("name", json!("a\u{1}b")), "BAD_VALUE $ -"),
        (with("id", json!("x".repeat(101))), &format!("ID_TOO_LONG $.childNode {}", "x".repeat(101))),
        (with("name", json!("x".repeat(256))), "NAME_TOO_LONG $.childNode a"),
        (of(vec![approver("a"), approver("a")]), "DUPLICATE_ID $.childNode.childNode a"),
    ] {
        assert_eq!(told(&chart), [expected], "{chart}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let chart = of(vec![
        json!({"id": "a", "type": "APPROVER", "colour": "red", "approvers": {}}),
        json!({"type": "COPY"}),
        json!({"id": "b", "type": "PARALLEL_BRANCH", "conditionNodes": [{"childNode": {"id": "a", "type": "DELAY"}}, {"x": 1}]}),
    ]);
    assert_eq!(
        told(&chart),
        [
            "BAD_VALUE $.childNode.approvers a",
            "UNSUPPORTED_ATTRIBUTE $.childNode a",
            "MISSING_ID $.childNode.childNode -",
            "DUPLICATE_ID $.childNode.childNode.childNode.conditionNodes[0].childNode a",
            "MISSING $.childNode.childNode.childNode.conditionNodes[0].childNode a",
            "UNSUPPORTED_ATTRIBUTE $.childNode.childNode.childNode.conditionNodes[1] -",
        ]
    );
}

#[test]
fn a_route_out_of_a_parallel_branch_or_into_one_is_found() {
    let router = json!({"id": "r", "type": "ROUTER", "routes": [{"node": "after", "condition": "${x}"}]});
    let ways = json!([{"childNode": router}, {"childNode": approver("b")}]);
    let out =
        of(vec![json!({"id": "g", "type": "PARALLEL_BRANCH", "conditionNodes": ways}), approver("after")]);
    assert_eq!(told(&out), ["DEADLOCK $.childNode g"]);
    let ways = json!([{"childNode": approver("a")}, {"childNode": approver("b")}]);
    let into = of(vec![
        json!({"id": "r", "type": "ROUTER", "routes": [{"node": "a", "condition": "${x}"}]}),
        json!({"id": "g", "type": "PARALLEL_BRANCH", "conditionNodes": ways}),
    ]);
    assert_eq!(told(&into), ["DEADLOCK $.childNode.childNode g"]);
}

#[test]
fn what_designers_keep_for_themselves_is_let_be() {
    let mut node = approver("a");
    (node["showText"], node["ui"]) = (json!("Bob"), json!({"x": 1, "open": true}));
    assert!(told(&of(vec![node])).is_empty());
}
