//! How high each node of a layer lies.

/// How often the layers are gone through, there and back.
const SWEEPS: usize = 6;
/// What lies between two shapes of a layer, at least.
const GAP: i64 = 30;

/// How much a node takes above and below the height at which flows come to it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Extent {
    pub(super) above: i64,
    pub(super) below: i64,
}

/// The heights of nodes in layers, such that each is as near as can be to the mean of those before and
/// behind it, and none touches the next of its layer.
pub(super) fn heights(layers: &[Vec<usize>], extents: &[Extent], pairs: &[(usize, usize)]) -> Vec<i64> {
    let (mut before, mut behind) = (vec![Vec::new(); extents.len()], vec![Vec::new(); extents.len()]);
    for (source, target) in pairs {
        before[*target].push(*source);
        behind[*source].push(*target);
    }
    let mut heights = vec![0.0_f64; extents.len()];
    for sweep in 0..SWEEPS {
        let forward = sweep % 2 == 0;
        let neighbours = if forward { &before } else { &behind };
        let all: Box<dyn Iterator<Item = &Vec<usize>>> =
            if forward { Box::new(layers.iter()) } else { Box::new(layers.iter().rev()) };
        for layer in all {
            settle(layer, extents, neighbours, &mut heights);
        }
    }
    // The last word is that of what lies before: so straight ways stay straight.
    for layer in layers {
        settle(layer, extents, &before, &mut heights);
    }
    heights.iter().map(|height| rounded(*height)).collect()
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
fn settle(layer: &[usize], extents: &[Extent], neighbours: &[Vec<usize>], heights: &mut [f64]) {
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
            let sum: f64 = near.iter().map(|other| heights[*other]).sum();
            sum / exact(i64::try_from(near.len()).unwrap_or(i64::MAX))
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
