//! What holds for every drawing.

use proptest::prelude::*;

use super::*;

fn node(shape: Shape, parent: Option<usize>) -> Node {
    Node { shape, parent, host: None }
}

/// A graph without subprocesses, from its flows.
fn flat(shapes: &[Shape], flows: &[(usize, usize)]) -> Graph {
    Graph {
        nodes: shapes.iter().map(|shape| node(*shape, None)).collect(),
        flows: flows.iter().map(|(source, target)| Flow { source: *source, target: *target }).collect(),
    }
}

fn overlap(one: &Bounds, other: &Bounds) -> bool {
    one.x < other.right() && other.x < one.right() && one.y < other.bottom() && other.y < one.bottom()
}

/// Whether a point is on the border of a shape.
fn on_border(bounds: &Bounds, point: Point) -> bool {
    let across = (bounds.x..=bounds.right()).contains(&point.x);
    let along = (bounds.y..=bounds.bottom()).contains(&point.y);
    across
        && along
        && (point.x == bounds.x
            || point.x == bounds.right()
            || point.y == bounds.y
            || point.y == bounds.bottom())
}

/// Whether a line from one point to the next goes through the inside of a shape.
fn crosses(bounds: &Bounds, one: Point, other: Point) -> bool {
    let (left, right) = (one.x.min(other.x), one.x.max(other.x));
    let (top, bottom) = (one.y.min(other.y), one.y.max(other.y));
    left < bounds.right()
        && bounds.x < right.max(left + 1)
        && top < bounds.bottom()
        && bounds.y < bottom.max(top + 1)
        && right > bounds.x
        && bottom > bounds.y
}

/// Why a drawing is none; empty: it is one.
fn complaints(graph: &Graph, drawing: &Drawing) -> Vec<String> {
    let mut found = Vec::new();
    if (drawing.shapes.len(), drawing.edges.len()) != (graph.nodes.len(), graph.flows.len()) {
        return vec!["not everything is drawn".to_owned()];
    }
    let is_around = |outer: usize, mut inner: usize| {
        while let Some(parent) = graph.nodes[inner].parent {
            if parent == outer {
                return true;
            }
            inner = parent;
        }
        false
    };
    for (place, node) in graph.nodes.iter().enumerate() {
        let bounds = drawing.shapes[place];
        if let Some(parent) = node.parent {
            let around = drawing.shapes[parent];
            if bounds.x <= around.x
                || bounds.y <= around.y
                || bounds.right() >= around.right()
                || bounds.bottom() >= around.bottom()
            {
                found.push(format!("{place} lies not in {parent}"));
            }
        }
        if let Some(host) = node.host
            && !on_border(&drawing.shapes[host], bounds.middle())
        {
            found.push(format!("{place} is not at the border of {host}"));
        }
        for other in place + 1..graph.nodes.len() {
            let belong = node.host == Some(other)
                || graph.nodes[other].host == Some(place)
                || is_around(place, other)
                || is_around(other, place);
            // An event at the border of what is around belongs there too.
            let host_around = |event: usize, inner: usize| {
                graph.nodes[event].host.is_some_and(|host| is_around(host, inner))
            };
            if !belong
                && !host_around(place, other)
                && !host_around(other, place)
                && overlap(&bounds, &drawing.shapes[other])
            {
                found.push(format!("{place} and {other} overlap: {bounds:?} {:?}", drawing.shapes[other]));
            }
        }
    }
    for (number, (flow, edge)) in graph.flows.iter().zip(&drawing.edges).enumerate() {
        let (Some(first), Some(last)) = (edge.first(), edge.last()) else {
            found.push(format!("flow {number} is not drawn"));
            continue;
        };
        if edge.len() < 2
            || !on_border(&drawing.shapes[flow.source], *first)
            || !on_border(&drawing.shapes[flow.target], *last)
        {
            found.push(format!("flow {number} is not between its nodes: {edge:?}"));
        }
        for pair in edge.windows(2) {
            if pair[0].x != pair[1].x && pair[0].y != pair[1].y {
                found.push(format!("flow {number} is slanted: {edge:?}"));
            }
            for (place, node) in graph.nodes.iter().enumerate() {
                let is_end = place == flow.source
                    || place == flow.target
                    || graph.nodes[flow.source].host == Some(place);
                let is_outside = node.parent == graph.nodes[flow.source].parent && node.host.is_none();
                if !is_end && is_outside && crosses(&drawing.shapes[place], pair[0], pair[1]) {
                    found.push(format!(
                        "flow {number} goes through {place}: {edge:?} {:?}",
                        drawing.shapes[place]
                    ));
                }
            }
        }
    }
    found
}

fn is_a_drawing(graph: &Graph) -> Drawing {
    let drawing = draw(graph);
    let found = complaints(graph, &drawing);
    assert!(found.is_empty(), "{found:#?}\n{graph:?}");
    drawing
}

#[test]
fn a_chain_is_a_straight_line() {
    use Shape::{Activity, Event};
    let drawing = is_a_drawing(&flat(&[Event, Activity, Activity, Event], &[(0, 1), (1, 2), (2, 3)]));
    assert!(drawing.edges.iter().all(|edge| edge.len() == 2), "{drawing:?}");
    let lefts: Vec<_> = drawing.shapes.iter().map(|shape| shape.x).collect();
    assert!(lefts.is_sorted(), "{lefts:?}");
}

#[test]
fn branches_lie_evenly_around_their_gateways() {
    use Shape::{Activity, Gateway};
    let flows = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 4), (3, 4)];
    let drawing = is_a_drawing(&flat(&[Gateway, Activity, Activity, Activity, Gateway], &flows));
    let height = |place: usize| drawing.shapes[place].middle().y;
    assert_eq!((height(0), height(4)), (height(2), height(2)));
    assert_eq!(height(2) - height(1), height(3) - height(2));
    assert!(height(1) < height(2), "the first branch is on top");
    assert_eq!(drawing.shapes[1].x, drawing.shapes[3].x);
}

#[test]
fn what_goes_back_runs_below() {
    use Shape::{Activity, Event, Gateway};
    let flows = [(0, 1), (1, 2), (2, 1), (2, 3), (1, 1)];
    let drawing = is_a_drawing(&flat(&[Event, Activity, Gateway, Event], &flows));
    let lowest = drawing.shapes.iter().map(Bounds::bottom).max().unwrap();
    for back in [2, 4] {
        assert!(drawing.edges[back].iter().any(|point| point.y > lowest), "{:?}", drawing.edges[back]);
    }
}

#[test]
fn a_flow_past_others_goes_through_none() {
    use Shape::{Activity, Gateway};
    let flows = [(0, 1), (1, 2), (2, 3), (0, 3)];
    let drawing = is_a_drawing(&flat(&[Gateway, Activity, Activity, Gateway], &flows));
    assert!(drawing.edges[3].len() > 2);
}

#[test]
fn events_sit_at_borders_and_subprocesses_hold_what_is_in_them() {
    let mut graph = flat(&[Shape::Event, Shape::Scope], &[(0, 1)]);
    graph.nodes.push(node(Shape::Event, Some(1)));
    graph.nodes.push(node(Shape::Scope, Some(1)));
    graph.nodes.push(node(Shape::Activity, Some(3)));
    for host in [1, 4, 4, 4] {
        let parent = graph.nodes[host].parent;
        graph.nodes.push(Node { shape: Shape::Event, parent, host: Some(host) });
    }
    graph.nodes.push(node(Shape::Event, None));
    // An event subprocess that nothing leads to.
    graph.nodes.push(node(Shape::Scope, None));
    graph.nodes.push(node(Shape::Event, Some(10)));
    for (source, target) in [(2, 3), (5, 9), (1, 9), (7, 4)] {
        graph.flows.push(Flow { source, target });
    }
    is_a_drawing(&graph);
}

#[test]
fn nothing_and_a_node_alone_are_drawn() {
    is_a_drawing(&Graph::default());
    is_a_drawing(&flat(&[Shape::Activity], &[]));
    is_a_drawing(&flat(&[Shape::Activity, Shape::Activity], &[]));
}

#[test]
fn flows_over_borders_are_drawn_too() {
    let mut graph = flat(&[Shape::Event, Shape::Scope], &[]);
    graph.nodes.push(node(Shape::Activity, Some(1)));
    graph.flows.push(Flow { source: 0, target: 2 });
    let drawing = draw(&graph);
    assert!(drawing.edges[0].len() >= 2);
}

/// Branches of branches, as many nodes as are asked for and a few more.
fn large(nodes: usize) -> Graph {
    let mut graph = flat(&[Shape::Event], &[]);
    let mut last = 0;
    let add = |graph: &mut Graph, shape, from: usize| {
        graph.nodes.push(node(shape, None));
        let place = graph.nodes.len() - 1;
        graph.flows.push(Flow { source: from, target: place });
        place
    };
    while graph.nodes.len() < nodes {
        let fork = add(&mut graph, Shape::Gateway, last);
        let ends: Vec<_> =
            (0..4).map(|way| (0..way).fold(fork, |from, _| add(&mut graph, Shape::Activity, from))).collect();
        let join = add(&mut graph, Shape::Gateway, ends[0]);
        graph.flows.extend(ends[1..].iter().map(|end| Flow { source: *end, target: join }));
        // Now and then back, and far ahead.
        graph.flows.push(Flow { source: join, target: fork });
        graph.flows.push(Flow { source: 0, target: join });
        last = join;
    }
    graph
}

#[test]
fn a_large_process_is_drawn_within_bounds() {
    is_a_drawing(&large(300));
    for nodes in [1_000, 10_000] {
        let graph = large(nodes);
        let ends: Vec<_> = graph.flows.iter().map(|flow| (flow.source, flow.target)).collect();
        let layers = layers::Layers::of(graph.nodes.len(), &ends);
        // Whatever is done for each node or place is done a fixed number of times.
        assert!(layers.layer_of.len() <= graph.nodes.len() + layers::MAX_PASSED);
        let drawing = draw(&graph);
        assert!(drawing.edges.iter().all(|edge| edge.len() >= 2));
    }
}

/// Any graph: subprocesses in subprocesses, events at borders, flows in all directions.
fn graphs() -> impl Strategy<Value = Graph> {
    let node = (0..4_usize, 0..6_usize, 0..6_usize);
    (prop::collection::vec(node, 1..24), prop::collection::vec((0..24_usize, 0..24_usize), 0..40)).prop_map(
        |(said, flows)| {
            let mut graph = Graph::default();
            for (shape, around, border) in said {
                let scopes: Vec<_> = (0..graph.nodes.len())
                    .filter(|place| graph.nodes[*place].shape == Shape::Scope)
                    .collect();
                let parent = around.checked_sub(3).and_then(|place| scopes.get(place).copied());
                let hosts: Vec<_> = (0..graph.nodes.len())
                    .filter(|place| {
                        let node = &graph.nodes[*place];
                        matches!(node.shape, Shape::Activity | Shape::Scope) && node.parent == parent
                    })
                    .collect();
                let shape = [Shape::Event, Shape::Gateway, Shape::Activity, Shape::Scope][shape];
                let host = if shape == Shape::Event { hosts.get(border).copied() } else { None };
                graph.nodes.push(Node { shape, parent, host });
            }
            for (source, target) in flows {
                let (source, target) = (source % graph.nodes.len(), target % graph.nodes.len());
                let (from, to) = (&graph.nodes[source], &graph.nodes[target]);
                if from.parent == to.parent && to.host.is_none() {
                    graph.flows.push(Flow { source, target });
                }
            }
            graph
        },
    )
}

proptest! {
    #[test]
    fn every_drawing_is_readable(graph in graphs()) {
        let drawing = draw(&graph);
        let found = complaints(&graph, &drawing);
        prop_assert!(found.is_empty(), "{:#?}\n{:?}", found, drawing);
        prop_assert_eq!(draw(&graph), drawing);
    }
}
