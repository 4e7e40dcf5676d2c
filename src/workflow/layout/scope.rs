//! A process or a subprocess, drawn from its own corner.

use std::collections::HashMap;

use super::layers::Layers;
use super::routes::{Channels, STEP, Vertical, side_by_side, simplified};
use super::rows::{Extent, heights};
use super::{ACTIVITY, Bounds, Drawing, EVENT, GATEWAY, Graph, Point, Shape};

/// What is left free inside of a subprocess's border; above it has its name.
const PADDING: (i64, i64) = (20, 40);
/// From one event at a border to the next.
const BESIDE: i64 = EVENT + 10;
/// How far below a border's event its flow turns.
const TURN: i64 = 10;
/// What lies between shapes that nothing connects.
const APART: i64 = 40;

/// A flow within the scope.
struct Edge {
    flow: usize,
    /// Where it begins, and the event at whose border it does.
    source: usize,
    border: Option<usize>,
    target: usize,
}

/// Draws what lies in a scope; its size with the space around. What it holds has its size already.
pub(super) fn lay_out(
    graph: &Graph,
    members: &[usize],
    flows: &[usize],
    drawing: &mut Drawing,
) -> (i64, i64) {
    let borders = borders(graph, members);
    for member in members {
        size(graph, *member, borders.get(member).map_or(0, Vec::len), drawing);
    }
    let is_flowing: std::collections::HashSet<usize> = flows
        .iter()
        .flat_map(|flow| [graph.flows[*flow].source, graph.flows[*flow].target])
        .map(|node| host_of(graph, node))
        .collect();
    let on_their_own = |node: &&usize| host_of(graph, **node) == **node;
    let (flowing, islands): (Vec<usize>, Vec<usize>) =
        members.iter().filter(on_their_own).partition(|node| is_flowing.contains(node));
    let mut area = draw_flowing(graph, &flowing, flows, &borders, drawing);
    for island in islands {
        let bounds = &mut drawing.shapes[island];
        (bounds.x, bounds.y) = (PADDING.0, area.1);
        area = (area.0.max(bounds.right()), bounds.bottom() + below(&borders, island) + APART);
    }
    for (host, events) in &borders {
        place_at_border(drawing.shapes[*host], events, drawing);
    }
    (area.0 + PADDING.0, (area.1 - APART + PADDING.0).max(PADDING.1))
}

/// The events at the borders of activities, by those, in order.
fn borders(graph: &Graph, members: &[usize]) -> HashMap<usize, Vec<usize>> {
    let mut found: HashMap<usize, Vec<usize>> = HashMap::new();
    for member in members {
        let host = host_of(graph, *member);
        if host != *member {
            found.entry(host).or_default().push(*member);
        }
    }
    found
}

/// The activity at whose border a node is, or the node itself.
fn host_of(graph: &Graph, node: usize) -> usize {
    let in_scope = |host: &usize| {
        graph.nodes[*host].parent == graph.nodes[node].parent
            && graph.nodes[*host].host.is_none()
            && *host != node
    };
    graph.nodes[node].host.filter(in_scope).unwrap_or(node)
}

fn size(graph: &Graph, node: usize, events: usize, drawing: &mut Drawing) {
    let bounds = &mut drawing.shapes[node];
    (bounds.width, bounds.height) = match graph.nodes[node].shape {
        Shape::Event => (EVENT, EVENT),
        Shape::Gateway => (GATEWAY, GATEWAY),
        Shape::Activity => ACTIVITY,
        Shape::Scope => (bounds.width.max(ACTIVITY.0), bounds.height.max(ACTIVITY.1)),
    };
    if events > 0 {
        bounds.width = bounds.width.max(BESIDE * i64::try_from(events).unwrap_or(1) + 10);
    }
}

/// What the events at a node's border take below it, with the beginnings of their flows.
fn below(borders: &HashMap<usize, Vec<usize>>, node: usize) -> i64 {
    let events = borders.get(&node).map_or(0, Vec::len);
    if events == 0 { 0 } else { EVENT / 2 + TURN * (i64::try_from(events).unwrap_or(1) + 1) }
}

/// Events at the lower border of an activity, the last on the right.
fn place_at_border(host: Bounds, events: &[usize], drawing: &mut Drawing) {
    for (place, event) in events.iter().rev().enumerate() {
        let middle = host.right() - EVENT / 2 - 10 - BESIDE * i64::try_from(place).unwrap_or_default();
        let bounds = &mut drawing.shapes[*event];
        (bounds.x, bounds.y) = (middle - EVENT / 2, host.bottom() - EVENT / 2);
    }
}

/// Draws what flows connect, in layers; its right and lower end.
fn draw_flowing(
    graph: &Graph,
    nodes: &[usize],
    flows: &[usize],
    borders: &HashMap<usize, Vec<usize>>,
    drawing: &mut Drawing,
) -> (i64, i64) {
    if nodes.is_empty() {
        return (PADDING.0, PADDING.1);
    }
    let places: HashMap<usize, usize> =
        nodes.iter().enumerate().map(|(place, node)| (*node, place)).collect();
    let edge = |flow: &usize| {
        let (from, to) = (graph.flows[*flow].source, host_of(graph, graph.flows[*flow].target));
        let source = host_of(graph, from);
        let border = (source != from).then_some(from);
        Some(Edge { flow: *flow, source: *places.get(&source)?, border, target: *places.get(&to)? })
    };
    let mut edges: Vec<Edge> = flows.iter().filter_map(edge).collect();
    // What branches off at a border lies below what goes on as it should.
    edges.sort_by_key(|edge| edge.border.is_some());
    let ends: Vec<_> = edges.iter().map(|edge| (edge.source, edge.target)).collect();
    let layers = Layers::of(nodes.len(), &ends);
    let mut extents = vec![Extent::default(); layers.layer_of.len()];
    for (place, node) in nodes.iter().enumerate() {
        let half = drawing.shapes[*node].height / 2;
        extents[place] = Extent { above: half, below: half + below(borders, *node) };
    }
    let pairs: Vec<_> =
        layers.ways.iter().flatten().flat_map(|way| way.windows(2)).map(|pair| (pair[0], pair[1])).collect();
    let mut rows = heights(&layers.layers, &extents, &pairs);
    let top = rows.iter().zip(&extents).map(|(row, extent)| row - extent.above).min().unwrap_or_default();
    rows.iter_mut().for_each(|row| *row += PADDING.1 - top);
    let bottom = rows.iter().zip(&extents).map(|(row, extent)| row + extent.below).max().unwrap_or_default();
    let plan = Plan::of(&layers, &edges, &rows, bottom, |edge| turn(edge, nodes, &rows, borders, drawing));
    let channels = Channels::of(layers.layers.len() + 1, &plan.verticals);
    // From left to right: a channel, then the layer behind it.
    let (mut lefts, mut x) = (Vec::with_capacity(layers.layers.len() + 1), PADDING.0);
    for (number, layer) in layers.layers.iter().enumerate() {
        lefts.push(x);
        // Where nothing runs before the first layer, nothing is left free.
        if number > 0 || plan.verticals.iter().any(|line| line.channel == 0) {
            x += channels.width(number);
        }
        let real = || layer.iter().filter(|node| **node < nodes.len());
        let width = real().map(|node| drawing.shapes[nodes[*node]].width).max().unwrap_or_default();
        for node in real() {
            let bounds = &mut drawing.shapes[nodes[*node]];
            (bounds.x, bounds.y) = (x + (width - bounds.width) / 2, rows[*node] - bounds.height / 2);
        }
        x += width;
    }
    lefts.push(x);
    if plan.verticals.iter().any(|line| line.channel == layers.layers.len()) {
        x += channels.width(layers.layers.len());
    }
    for (host, events) in borders {
        place_at_border(drawing.shapes[*host], events, drawing);
    }
    for (edge, lines) in edges.iter().zip(&plan.lines) {
        let begins = drawing.shapes[edge.border.unwrap_or(nodes[edge.source])];
        let ends = drawing.shapes[nodes[edge.target]];
        let mut points = match (edge.border, lines.first()) {
            (Some(_), Some(first)) => {
                let below = Point { x: begins.middle().x, y: begins.bottom() };
                vec![below, Point { y: first.from, ..below }]
            }
            _ => vec![Point { x: begins.right(), y: begins.middle().y }],
        };
        for line in lines {
            let x = lefts[line.channel] + channels.offset(line.channel, line.bundle);
            points.extend([Point { x, y: line.from }, Point { x, y: line.to }]);
        }
        points.push(Point { x: ends.x, y: ends.middle().y });
        drawing.edges[edge.flow] = simplified(points);
    }
    (x, plan.bottom + APART)
}

/// How high an edge is when it leaves its layer.
fn turn(
    edge: &Edge,
    nodes: &[usize],
    rows: &[i64],
    borders: &HashMap<usize, Vec<usize>>,
    drawing: &Drawing,
) -> i64 {
    let host = nodes[edge.source];
    let Some(event) = edge.border else { return rows[edge.source] };
    let events = borders.get(&host).map(Vec::as_slice).unwrap_or_default();
    // The further left, the lower: so none runs through another.
    let place = events.iter().rev().position(|other| *other == event).unwrap_or_default();
    let lower = rows[edge.source] + drawing.shapes[host].height - drawing.shapes[host].height / 2;
    lower + EVENT / 2 + TURN * (i64::try_from(place).unwrap_or_default() + 1)
}

/// Where the edges go up and down.
struct Plan {
    verticals: Vec<Vertical>,
    /// For each edge.
    lines: Vec<Vec<Vertical>>,
    /// Where the lowest line runs, or the lowest shape ends.
    bottom: i64,
}

impl Plan {
    fn of(layers: &Layers, edges: &[Edge], rows: &[i64], bottom: i64, turn: impl Fn(&Edge) -> i64) -> Self {
        let mut leaving: HashMap<usize, usize> = HashMap::new();
        for way in layers.ways.iter().flatten() {
            *leaving.entry(way[0]).or_default() += 1;
        }
        let (lanes, bottom) = lanes(layers, edges, bottom);
        // Bundles: those that leave a node, those that come to one, and edges by themselves.
        let all = layers.layer_of.len();
        let mut plan = Self { verticals: Vec::new(), lines: Vec::with_capacity(edges.len()), bottom };
        for (number, edge) in edges.iter().enumerate() {
            let begin = turn(edge);
            let alone = 2 * all + 2 * number;
            let mut lines = Vec::new();
            match &layers.ways[number] {
                Some(way) => {
                    for (hop, pair) in way.windows(2).enumerate() {
                        let from = if hop == 0 { begin } else { rows[pair[0]] };
                        let bundle = match hop {
                            0 if edge.border.is_some() => alone,
                            0 if leaving.get(&pair[0]).is_some_and(|count| *count > 1) => pair[0],
                            _ => all + pair[1],
                        };
                        let channel = layers.layer_of[pair[1]];
                        lines.push(Vertical { channel, from, to: rows[pair[1]], bundle });
                    }
                }
                None => {
                    let lane = lanes[number];
                    let (out, into) = (layers.layer_of[edge.source] + 1, layers.layer_of[edge.target]);
                    lines.push(Vertical { channel: out, from: begin, to: lane, bundle: alone });
                    lines.push(Vertical {
                        channel: into,
                        from: lane,
                        to: rows[edge.target],
                        bundle: alone + 1,
                    });
                }
            }
            plan.verticals.extend(lines.iter().filter(|line| line.from != line.to));
            plan.lines.push(lines);
        }
        plan
    }
}

/// The heights below everything at which edges run that go back or very far, by the edges' numbers; and
/// what is then the lowest.
fn lanes(layers: &Layers, edges: &[Edge], bottom: i64) -> (Vec<i64>, i64) {
    let mut spans: Vec<(i64, i64, usize)> = Vec::new();
    for (number, edge) in edges.iter().enumerate().filter(|(number, _)| layers.ways[*number].is_none()) {
        let (out, into) = (layers.layer_of[edge.source] + 1, layers.layer_of[edge.target]);
        // As wide as steps are, so that what touches in a channel lies apart.
        let place = |channel: usize| i64::try_from(channel).unwrap_or_default() * STEP;
        spans.push((place(out.min(into)), place(out.max(into)), number));
    }
    spans.sort_unstable();
    let only: Vec<_> = spans.iter().map(|(begin, end, _)| (*begin, *end)).collect();
    let mut heights = vec![0; edges.len()];
    let mut lowest = bottom;
    for ((.., number), lane) in spans.iter().zip(side_by_side(&only)) {
        heights[*number] = bottom + 2 * STEP + STEP * i64::try_from(lane).unwrap_or_default();
        lowest = lowest.max(heights[*number]);
    }
    (heights, lowest)
}
