//! Charts from strangers: whatever they hold, they are read within bounds or refused.

use proptest::prelude::*;
use serde_json::Map;

use super::super::{MAX_BYTES, MAX_LEVELS, MAX_NODES};
use super::*;
use crate::workflow::bpmn::FaultCode;

fn too_large(chart: &Value) {
    let found = faults(chart);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code, FaultCode::TooLarge, "{found:?}");
}

#[test]
fn what_is_too_large_is_refused() {
    let mut long = approver("a");
    long["ui"] = json!("x".repeat(MAX_BYTES));
    too_large(&of(vec![long]));
    let mut node = approver("a");
    node["ui"] = (0..MAX_LEVELS).fold(json!(1), |inner, _| Value::Array(vec![inner]));
    too_large(&of(vec![node]));
    too_large(&of((0..MAX_LEVELS).map(|place| approver(&format!("a{place}"))).collect()));
    let ways: Vec<_> = (0..=MAX_NODES).map(|_| json!({})).collect();
    too_large(&of(vec![json!({"id": "g", "type": "PARALLEL_BRANCH", "conditionNodes": ways})]));
    let many: Vec<_> = (0..60_000).map(|_| json!(1)).collect();
    let mut node = approver("a");
    node["ui"] = json!(many);
    too_large(&of(vec![node]));
}

#[test]
fn the_page_tells_the_bounds() {
    let page = include_str!("../../../../docs/charts.md");
    for (what, bound) in [
        ("a chart, as JSON without blanks", "1 MiB".to_owned()),
        ("its nodes, branches counted", "1,000".to_owned()),
        ("its levels: a node lies in the one that it follows", "120".to_owned()),
    ] {
        assert!(page.contains(&format!("| {what} | {bound} |")), "{what}");
    }
    assert_eq!((MAX_BYTES, MAX_NODES, MAX_LEVELS), (1 << 20, 1_000, 120));
}

#[test]
fn as_many_nodes_as_may_be_become_a_document() {
    // Ten branches of nearly a hundred approvers each: as deep and as wide as a chart may be.
    let ways: Vec<_> = (0..9)
        .map(|way| {
            let chain = (0..100).rev().fold(Value::Null, |next, place| {
                let mut node = approver(&format!("a{way}_{place}"));
                node["childNode"] = next;
                node
            });
            json!({"childNode": chain})
        })
        .collect();
    let chart = of(vec![
        json!({"id": "g", "type": "CONDITION_BRANCH", "conditionNodes": [{"condition": "${x}"}]}),
        json!({"id": "h", "type": "PARALLEL_BRANCH", "conditionNodes": ways}),
    ]);
    let compiled = compiled(&chart);
    let drawn = bpmn::with_diagram(&compiled.bpmn_xml).unwrap();
    assert!(drawn.len() <= bpmn::MAX_BYTES, "{} bytes", drawn.len());
    bpmn::read(drawn.as_bytes()).unwrap();
}

/// A value of any shape, with the names that charts have.
fn value() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "id",
        "type",
        "name",
        "childNode",
        "conditionNodes",
        "condition",
        "approverStrategy",
        "approvers",
        "routes",
        "node",
        "delay",
        "duration",
        "trigger",
        "kind",
        "changes",
        "set",
        "remove",
        "groups",
        "rules",
        "left",
        "operator",
        "right",
        "timeout",
        "action",
        "after",
        "times",
        "fields",
        "process",
        "key",
        "forms",
        "default",
        "multiInstance",
        "in",
        "out",
        "calledProcess",
        "ui",
        "levels",
        "counting",
        "nobody",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..60_i32).prop_map(Value::from),
        prop::sample::select(vec![
            "START",
            "APPROVER",
            "COPY",
            "TRANSACTOR",
            "DELAY",
            "TRIGGER",
            "CHILD_PROCESS",
            "CONDITION_BRANCH",
            "PARALLEL_BRANCH",
            "INCLUSIVE_BRANCH",
            "ROUTER",
            "END",
            "a",
            "b",
            "USER",
            "${x > 1}",
            "PT1H",
            "R3/PT1H",
            "==",
            "REMIND",
            "FORM_UPDATE",
        ])
        .prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..8).prop_map(|members| {
                Value::Object(
                    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>(),
                )
            }),
        ]
    })
}

/// A chart that is one, but for what may stand in its fields.
fn nearly() -> impl Strategy<Value = Value> {
    let node = (0..7_usize, 0..4_u32, any::<bool>()).prop_map(|(kind, number, times_out)| {
        let id = format!("n{number}");
        match kind {
            0 => {
                let mut node = approver(&id);
                if times_out {
                    node["timeout"] = json!({"action": "APPROVE", "after": "P1D"});
                }
                node
            }
            1 => json!({"id": id, "type": "COPY", "approverStrategy": "STARTER"}),
            2 => json!({"id": id, "type": "DELAY", "delay": {"duration": "PT1H"}}),
            3 => json!({"id": id, "type": "ROUTER", "routes": [{"node": "n1", "condition": "${x}"}]}),
            4 => json!({"id": id, "type": "END"}),
            5 => json!({"id": id, "type": "PARALLEL_BRANCH", "conditionNodes": [{}, {"childNode": approver(&format!("{id}i"))}]}),
            _ => json!({"id": id, "type": "CONDITION_BRANCH",
                "conditionNodes": [{"condition": "${x}", "childNode": {"id": format!("{id}e"), "type": "END"}}, {}]}),
        }
    });
    prop::collection::vec(node, 0..5).prop_map(of)
}

proptest! {
    #[test]
    fn nothing_makes_a_chart_panic(value in value()) {
        let found = faults(&value);
        prop_assert!(found.len() <= 100);
        prop_assert!(found.iter().all(|fault| fault.path.is_some()));
    }

    #[test]
    fn what_is_wrong_is_told_at_a_place_of_the_chart(chart in nearly()) {
        for fault in faults(&chart) {
            let path = fault.path.clone().unwrap();
            let pointer = path.trim_start_matches('$').replace(['.', '['], "/").replace(']', "");
            prop_assert!(chart.pointer(&pointer).is_some(), "{path} in {chart}");
        }
    }

    #[test]
    fn what_becomes_a_process_is_drawn_whole(chart in nearly()) {
        if let Ok(compiled) = compile(&chart)
            && let Ok(model) = bpmn::read(compiled.bpmn_xml.as_bytes())
        {
            let drawn = bpmn::with_diagram(&compiled.bpmn_xml).unwrap();
            let again = bpmn::read(drawn.as_bytes()).unwrap();
            prop_assert_eq!(format!("{model:?}"), format!("{again:?}"));
            for id in model.nodes.keys().chain(model.flows.keys()) {
                prop_assert_eq!(drawn.matches(&format!("bpmnElement=\"{id}\"")).count(), 1, "{}", id);
            }
        }
    }
}
