//! Where the shapes and edges of a process are drawn, as the graph alone tells.
//!
//! From left to right: each node lies in the layer behind those before it (`layers`), the nodes of a layer
//! lie one below the other, each as near to its neighbours as the others let it (`rows`), and flows run
//! between the layers, in channels that hold no shapes (`routes`). Flows that go back, and those that pass
//! very many layers, run below everything. A subprocess is laid out first, and is then one shape of the
//! scope around it (`scope`). The same graph is always drawn in the same way.

mod layers;
mod routes;
mod rows;
mod scope;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

/// The side of an event's square.
pub(super) const EVENT: i64 = 36;
/// The side of a gateway's square.
pub(super) const GATEWAY: i64 = 50;
/// The size of an activity.
pub(super) const ACTIVITY: (i64, i64) = (100, 80);
/// Where the drawing begins.
const ORIGIN: (i64, i64) = (160, 80);

/// What is to be drawn.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Graph {
    /// In the document's order.
    pub(super) nodes: Vec<Node>,
    /// In the document's order.
    pub(super) flows: Vec<Flow>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) shape: Shape,
    /// The subprocess that it lies in, by its place among the nodes: one before it.
    pub(super) parent: Option<usize>,
    /// The activity at whose border it is, by its place among the nodes.
    pub(super) host: Option<usize>,
}

/// How a node is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Event,
    Gateway,
    Activity,
    /// A subprocess, with what is in it.
    Scope,
}

/// A sequence flow, its ends by their places among the nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Flow {
    pub(super) source: usize,
    pub(super) target: usize,
}

impl Graph {
    /// The scope that both ends of a flow lie in, which may be the process itself; none where they lie in
    /// different ones.
    fn scope_of(&self, flow: Flow) -> Option<Option<usize>> {
        let (source, target) = (self.nodes[flow.source].parent, self.nodes[flow.target].parent);
        (source == target).then_some(source)
    }
}

/// Where everything is: as many shapes as nodes, and as many edges as flows, in their order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Drawing {
    pub(super) shapes: Vec<Bounds>,
    pub(super) edges: Vec<Vec<Point>>,
}

/// A rectangle, in pixels.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) width: i64,
    pub(super) height: i64,
}

/// A point, in pixels.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) x: i64,
    pub(super) y: i64,
}

impl Bounds {
    fn right(&self) -> i64 {
        self.x + self.width
    }

    fn bottom(&self) -> i64 {
        self.y + self.height
    }

    fn middle(&self) -> Point {
        Point { x: self.x + self.width / 2, y: self.y + self.height / 2 }
    }
}

/// Draws a graph.
pub(super) fn draw(graph: &Graph) -> Drawing {
    let mut drawing = Drawing {
        shapes: vec![Bounds::default(); graph.nodes.len()],
        edges: vec![Vec::new(); graph.flows.len()],
    };
    let scopes = Scopes::of(graph);
    // What lies in others comes behind them: so the innermost are first.
    for owner in (0..graph.nodes.len()).rev().filter(|node| graph.nodes[*node].shape == Shape::Scope) {
        let (width, height) =
            scope::lay_out(graph, scopes.members(Some(owner)), scopes.flows(Some(owner)), &mut drawing);
        (drawing.shapes[owner].width, drawing.shapes[owner].height) = (width, height);
    }
    scope::lay_out(graph, scopes.members(None), scopes.flows(None), &mut drawing);
    // Each scope was drawn from its own corner.
    let mut corners = vec![Point::default(); graph.nodes.len()];
    for (place, node) in graph.nodes.iter().enumerate() {
        let corner = node.parent.map_or(Point { x: ORIGIN.0, y: ORIGIN.1 }, |parent| corners[parent]);
        let shape = &mut drawing.shapes[place];
        (shape.x, shape.y) = (shape.x + corner.x, shape.y + corner.y);
        corners[place] = Point { x: shape.x, y: shape.y };
    }
    for (flow, edge) in graph.flows.iter().zip(&mut drawing.edges) {
        match graph.scope_of(*flow) {
            Some(scope) => {
                let corner = scope.map_or(Point { x: ORIGIN.0, y: ORIGIN.1 }, |scope| corners[scope]);
                for point in edge.iter_mut() {
                    (point.x, point.y) = (point.x + corner.x, point.y + corner.y);
                }
            }
            None => *edge = routes::straight(drawing.shapes[flow.source], drawing.shapes[flow.target]),
        }
    }
    drawing
}

/// What lies in which scope.
struct Scopes {
    members: HashMap<Option<usize>, Vec<usize>>,
    flows: HashMap<Option<usize>, Vec<usize>>,
}

impl Scopes {
    fn of(graph: &Graph) -> Self {
        let mut scopes = Self { members: HashMap::new(), flows: HashMap::new() };
        for (place, node) in graph.nodes.iter().enumerate() {
            scopes.members.entry(node.parent).or_default().push(place);
        }
        for (place, flow) in graph.flows.iter().enumerate() {
            if let Some(scope) = graph.scope_of(*flow) {
                scopes.flows.entry(scope).or_default().push(place);
            }
        }
        scopes
    }

    fn members(&self, scope: Option<usize>) -> &[usize] {
        self.members.get(&scope).map(Vec::as_slice).unwrap_or_default()
    }

    fn flows(&self, scope: Option<usize>) -> &[usize] {
        self.flows.get(&scope).map(Vec::as_slice).unwrap_or_default()
    }
}
