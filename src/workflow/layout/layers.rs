//! In which layer each node lies, and in which order those of a layer.

/// The most places that long edges take in the layers that they pass.
pub(super) const MAX_PASSED: usize = 20_000;

/// Nodes in layers. Beside the nodes themselves there are places at which long edges pass a layer.
pub(super) struct Layers {
    /// The nodes, and behind them the places, of each layer from the top.
    pub(super) layers: Vec<Vec<usize>>,
    /// The layer of each.
    pub(super) layer_of: Vec<usize>,
    /// For each edge all that it touches, from its source to its target; none where it goes back, or
    /// passes too many layers.
    pub(super) ways: Vec<Option<Vec<usize>>>,
}

impl Layers {
    /// Of `nodes` nodes, and edges between them.
    pub(super) fn of(nodes: usize, edges: &[(usize, usize)]) -> Self {
        let is_back = back_edges(nodes, edges);
        let mut layer_of = longest_ways(nodes, edges, &is_back);
        let mut passed = 0;
        let mut ways = Vec::with_capacity(edges.len());
        for (edge, (source, target)) in edges.iter().enumerate() {
            let between = layer_of[*target].saturating_sub(layer_of[*source]).saturating_sub(1);
            if is_back[edge] || passed + between > MAX_PASSED {
                ways.push(None);
                continue;
            }
            passed += between;
            let mut way = vec![*source];
            for layer in layer_of[*source] + 1..layer_of[*target] {
                way.push(layer_of.len());
                layer_of.push(layer);
            }
            way.push(*target);
            ways.push(Some(way));
        }
        let layers = ordered(nodes, &layer_of, &ways);
        Self { layers, layer_of, ways }
    }
}

/// The edges that lead back to where a walk through the graph has come from.
fn back_edges(nodes: usize, edges: &[(usize, usize)]) -> Vec<bool> {
    let mut leaving = vec![Vec::new(); nodes];
    let mut is_entered = vec![false; nodes];
    for (edge, (source, target)) in edges.iter().enumerate() {
        leaving[*source].push(edge);
        is_entered[*target] = true;
    }
    let mut is_back = vec![false; edges.len()];
    let (mut is_seen, mut is_open) = (vec![false; nodes], vec![false; nodes]);
    // From where nothing leads to first, then whatever is left: circles.
    let roots = (0..nodes).filter(|node| !is_entered[*node]).chain(0..nodes);
    for root in roots {
        if is_seen[root] {
            continue;
        }
        (is_seen[root], is_open[root]) = (true, true);
        let mut walk = vec![(root, 0)];
        while let Some((node, next)) = walk.last_mut() {
            let Some(edge) = leaving[*node].get(*next).copied() else {
                is_open[*node] = false;
                walk.pop();
                continue;
            };
            *next += 1;
            let target = edges[edge].1;
            if is_open[target] {
                is_back[edge] = true;
            } else if !is_seen[target] {
                (is_seen[target], is_open[target]) = (true, true);
                walk.push((target, 0));
            }
        }
    }
    is_back
}

/// How many nodes lie before each, on the longest way there.
fn longest_ways(nodes: usize, edges: &[(usize, usize)], is_back: &[bool]) -> Vec<usize> {
    let mut leaving = vec![Vec::new(); nodes];
    let mut waits_for = vec![0_usize; nodes];
    for ((source, target), _) in edges.iter().zip(is_back).filter(|(_, is_back)| !**is_back) {
        leaving[*source].push(*target);
        waits_for[*target] += 1;
    }
    let mut layer_of = vec![0; nodes];
    let mut ready: Vec<_> = (0..nodes).filter(|node| waits_for[*node] == 0).collect();
    while let Some(node) = ready.pop() {
        for target in &leaving[node] {
            layer_of[*target] = layer_of[*target].max(layer_of[node] + 1);
            waits_for[*target] -= 1;
            if waits_for[*target] == 0 {
                ready.push(*target);
            }
        }
    }
    layer_of
}

/// Each layer in the order in which a walk along the edges comes by: what branches off first lies on top.
fn ordered(nodes: usize, layer_of: &[usize], ways: &[Option<Vec<usize>>]) -> Vec<Vec<usize>> {
    let mut leaving = vec![Vec::new(); layer_of.len()];
    let mut is_entered = vec![false; layer_of.len()];
    for pair in ways.iter().flatten().flat_map(|way| way.windows(2)) {
        leaving[pair[0]].push(pair[1]);
        is_entered[pair[1]] = true;
    }
    let mut layers = vec![Vec::new(); layer_of.iter().max().map_or(0, |last| last + 1)];
    let mut is_seen = vec![false; layer_of.len()];
    let mut walk: Vec<_> = (0..nodes).rev().filter(|node| !is_entered[*node]).collect();
    while let Some(node) = walk.pop() {
        if std::mem::replace(&mut is_seen[node], true) {
            continue;
        }
        layers[layer_of[node]].push(node);
        walk.extend(leaving[node].iter().rev());
    }
    layers
}
