//! How high each node of a layer lies.

/// How often the layers are gone through, there and back.
const SWEEPS: usize = 14;
/// How much more an only neighbour counts than one of several: ways without branches are straight.
const STRAIGHT: f64 = 16.0;
/// How far a node is moved for the sake of a straight way.
const NEAR: i64 = 24;
/// What lies between two shapes of a layer, at least.
const GAP: i64 = 30;

/// How much a node takes above and below the height at which flows come to it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Extent {
    pub(super) above: i64,
    pub(super) below: i64,
}

/// A neighbour, and how much it counts.
type Near = (usize, f64);

/// The heights of nodes in layers, such that each is as near as can be to the mean of those before and
/// behind it, and none touches the next of its layer.
pub(super) fn heights(layers: &[Vec<usize>], extents: &[Extent], pairs: &[(usize, usize)]) -> Vec<i64> {
    let (mut into, mut out) = (vec![0_usize; extents.len()], vec![0_usize; extents.len()]);
    for (source, target) in pairs {
        into[*target] += 1;
        out[*source] += 1;
    }
    let mut before: Vec<Vec<Near>> = vec![Vec::new(); extents.len()];
    let mut around: Vec<Vec<Near>> = vec![Vec::new(); extents.len()];
    let (mut only_before, mut only_behind) = (vec![None; extents.len()], vec![None; extents.len()]);
    for (source, target) in pairs {
        let is_only = out[*source] == 1 && into[*target] == 1;
        let weight = if is_only { STRAIGHT } else { 1.0 };
        before[*target].push((*source, weight));
        around[*target].push((*source, weight));
        around[*source].push((*target, weight));
        if is_only {
            only_before[*target] = Some(*source);
            only_behind[*source] = Some(*target);
        }
    }
    let mut heights = vec![0.0_f64; extents.len()];
    for sweep in 0..SWEEPS {
        // The first time nothing is known yet of what lies behind.
        let neighbours = if sweep == 0 { &before } else { &around };
        let all: Box<dyn Iterator<Item = &Vec<usize>>> =
            if sweep % 2 == 0 { Box::new(layers.iter()) } else { Box::new(layers.iter().rev()) };
        for layer in all {
            settle(layer, extents, neighbours, &mut heights);
        }
    }
    let mut heights: Vec<i64> = heights.iter().map(|height| rounded(*height)).collect();
    for layer in layers {
        straighten(layer, extents, &only_before, &mut heights);
    }
    for layer in layers.iter().rev() {
        straighten(layer, extents, &only_behind, &mut heights);
    }
    heights
}

/// Moves nodes to exactly where their only neighbour on one side is, where that is near and free.
fn straighten(layer: &[usize], extents: &[Extent], only: &[Option<usize>], heights: &mut [i64]) {
    for (place, node) in layer.iter().enumerate() {
        let Some(wanted) = only[*node].map(|other| heights[other]) else { continue };
        let apart = |upper: usize, lower: usize| extents[upper].below + GAP + extents[lower].above;
        let above = place.checked_sub(1).map(|above| layer[above]);
        let is_below = above.is_none_or(|above| wanted - heights[above] >= apart(above, *node));
        let is_above =
            layer.get(place + 1).is_none_or(|below| heights[*below] - wanted >= apart(*node, *below));
        if is_below && is_above && (wanted - heights[*node]).abs() <= NEAR {
            heights[*node] = wanted;
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a drawing is far smaller than numbers can be")]
fn rounded(height: f64) -> i64 {
    height.round() as i64
}

#[expect(clippy::cast_precision_loss, reason = "a drawing is far smaller than numbers can be")]
fn exact(length: i64) -> f64 {
    length as f64
}

/// Moves the nodes of a layer to the mean of their neighbours, as near as their order and their extents
/// let them: isotonic regression, by pooling those that get into each other's way.
fn settle(layer: &[usize], extents: &[Extent], neighbours: &[Vec<Near>], heights: &mut [f64]) {
    /// Nodes that touch: how many, and the sum of where they want the first of them to be.
    struct Pool {
        count: usize,
        wanted: f64,
    }
    let mean = |pool: &Pool| pool.wanted / exact(i64::try_from(pool.count).unwrap_or(i64::MAX));
    // How far below the layer's first each lies at least.
    let mut offsets = Vec::with_capacity(layer.len());
    let mut offset = 0;
    for (place, node) in layer.iter().enumerate() {
        if let Some(above) = place.checked_sub(1) {
            offset += extents[layer[above]].below + GAP + extents[*node].above;
        }
        offsets.push(offset);
    }
    let mut pools: Vec<Pool> = Vec::new();
    for (node, offset) in layer.iter().zip(&offsets) {
        let near = &neighbours[*node];
        let wanted = if near.is_empty() {
            heights[*node]
        } else {
            let weight: f64 = near.iter().map(|(_, weight)| weight).sum();
            near.iter().map(|(other, weight)| heights[*other] * weight).sum::<f64>() / weight
        };
        let mut pool = Pool { count: 1, wanted: wanted - exact(*offset) };
        while let Some(above) = pools.pop_if(|above| mean(above) > mean(&pool)) {
            pool = Pool { count: pool.count + above.count, wanted: pool.wanted + above.wanted };
        }
        pools.push(pool);
    }
    let mut rest = layer.iter().zip(&offsets);
    for pool in &pools {
        for (node, offset) in rest.by_ref().take(pool.count) {
            heights[*node] = mean(pool) + exact(*offset);
        }
    }
}
