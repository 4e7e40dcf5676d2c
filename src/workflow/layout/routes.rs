//! Where flows run: out of a shape's right side, up or down in a channel between two layers, and into
//! the left side of the next.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::{Bounds, Point};

/// What lies between two lines that run beside each other.
pub(super) const STEP: i64 = 12;
/// What lies between a shape and the first line in a channel.
const MARGIN: i64 = 20;

/// A line that goes up or down in a channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vertical {
    /// The channel: that before the layer of the same number.
    pub(super) channel: usize,
    /// From there …
    pub(super) from: i64,
    /// … to there.
    pub(super) to: i64,
    /// Lines of one bundle may lie on one another.
    pub(super) bundle: usize,
}

/// The tracks of channels.
pub(super) struct Channels {
    widths: Vec<i64>,
    tracks: BTreeMap<(usize, usize), usize>,
}

impl Channels {
    /// Of as many channels, with these lines in them.
    pub(super) fn of(channels: usize, verticals: &[Vertical]) -> Self {
        let mut bundles: BTreeMap<(usize, usize), (i64, i64)> = BTreeMap::new();
        for line in verticals {
            let (top, bottom) = (line.from.min(line.to), line.from.max(line.to));
            let span = bundles.entry((line.channel, line.bundle)).or_insert((top, bottom));
            *span = (span.0.min(top), span.1.max(bottom));
        }
        let mut spans: Vec<Vec<(i64, i64, usize)>> = vec![Vec::new(); channels];
        for ((channel, bundle), (top, bottom)) in bundles {
            spans[channel].push((top, bottom, bundle));
        }
        let mut tracks = BTreeMap::new();
        let mut widths = Vec::with_capacity(channels);
        for (channel, spans) in spans.iter_mut().enumerate() {
            spans.sort_unstable();
            let only: Vec<_> = spans.iter().map(|(top, bottom, _)| (*top, *bottom)).collect();
            let found = side_by_side(&only);
            let most = found.iter().max().copied().unwrap_or_default();
            widths.push(2 * MARGIN + STEP * i64::try_from(most).unwrap_or(i64::MAX / STEP / 2));
            tracks.extend(spans.iter().zip(found).map(|((.., bundle), track)| ((channel, *bundle), track)));
        }
        Self { widths, tracks }
    }

    /// How wide a channel is.
    pub(super) fn width(&self, channel: usize) -> i64 {
        self.widths[channel]
    }

    /// How far from the channel's left side a bundle runs.
    pub(super) fn offset(&self, channel: usize, bundle: usize) -> i64 {
        let track = self.tracks.get(&(channel, bundle)).copied().unwrap_or_default();
        MARGIN + STEP * i64::try_from(track).unwrap_or_default()
    }
}

/// Numbers for spans, which are sorted, such that those of one number do not touch.
pub(super) fn side_by_side(spans: &[(i64, i64)]) -> Vec<usize> {
    let mut free: BinaryHeap<Reverse<usize>> = BinaryHeap::new();
    let mut taken: BinaryHeap<Reverse<(i64, usize)>> = BinaryHeap::new();
    let mut used = 0;
    let mut numbers = Vec::with_capacity(spans.len());
    for (begin, end) in spans {
        while let Some(Reverse((_, number))) =
            taken.peek().copied().filter(|Reverse((end, _))| end + STEP <= *begin)
        {
            taken.pop();
            free.push(Reverse(number));
        }
        let number = free.pop().map_or_else(
            || {
                used += 1;
                used - 1
            },
            |Reverse(number)| number,
        );
        taken.push(Reverse((*end, number)));
        numbers.push(number);
    }
    numbers
}

/// A line without points that change nothing.
pub(super) fn simplified(points: Vec<Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if kept.last() == Some(&point) {
            continue;
        }
        if let [.., one, other] = kept[..]
            && ((one.x == other.x && other.x == point.x) || (one.y == other.y && other.y == point.y))
        {
            kept.pop();
        }
        kept.push(point);
    }
    kept
}

/// A line from one shape to another, whatever lies between: of a flow that no process may have.
pub(super) fn straight(from: Bounds, to: Bounds) -> Vec<Point> {
    let begin = Point { x: from.right(), y: from.middle().y };
    let end = Point { x: to.x, y: to.middle().y };
    let middle = (begin.x + end.x) / 2;
    simplified(vec![begin, Point { x: middle, ..begin }, Point { x: middle, ..end }, end])
}
