//! A picture much longer than it is high is cut between levels, and goes on in a further band below, as text does.
//!
//! What passes a cut runs around it: out behind the last level of the upper band, back between the two, and in before
//! the first level of the lower one. It keeps its order on the way, so that nothing crosses there that needs not to.

use std::ops::Range;

use super::channels::Net;
use crate::render::layout::Point;

/// Between the lanes of a turn, and around them.
const LANE: f64 = 11.0;
const AROUND: f64 = 16.0;

/// The lines from one band to the next.
#[derive(Clone, Default, Debug)]
pub(super) struct Turns {
    /// Of every net: where it goes down behind the upper band, where back, and where down before the lower one.
    lanes: Vec<[f64; 3]>,
    /// What the turn needs behind the upper band, between the bands, and before the lower one.
    pub(super) room: f64,
}

impl Turns {
    /// Lanes for the nets of a cut, as if all bands began at 0: [`Turns::shift`] puts them where they belong.
    pub(super) fn new(nets: &[Net]) -> Self {
        let lowest = |ends: &[(f64, i64)]| ends.iter().map(|end| end.0).fold(f64::MIN, f64::max);
        let ranked = |side: fn(&Net) -> &Vec<(f64, i64)>| {
            let mut order: Vec<usize> = (0..nets.len()).collect();
            order.sort_by(|&one, &other| lowest(side(&nets[other])).total_cmp(&lowest(side(&nets[one]))));
            let mut rank = vec![0; nets.len()];
            order.into_iter().enumerate().for_each(|(at, net)| rank[net] = at);
            rank
        };
        // The lowest line turns first, runs back uppermost and goes in at the far left.
        let (out, into) = (ranked(|net| &net.lefts), ranked(|net| &net.rights));
        let lane = |rank: usize| AROUND + rank as f64 * LANE;
        let lanes = (0..nets.len()).map(|net| [lane(out[net]), lane(out[net]), lane(into[net])]).collect();
        Turns { lanes, room: 2.0 * AROUND + nets.len().saturating_sub(1) as f64 * LANE }
    }

    /// Puts the lanes behind the end of the upper band, below it, and before the lower one, which has `room` there.
    pub(super) fn shift(&mut self, behind: f64, below: f64) {
        for lanes in &mut self.lanes {
            lanes[0] += behind;
            lanes[1] += below;
        }
    }

    /// The corners of a link on its way around.
    pub(super) fn points(&self, net: usize, from: f64, to: f64) -> [Point; 4] {
        let [right, back, left] = self.lanes[net];
        [Point { x: right, y: from }, Point { x: right, y: back }, Point { x: left, y: back }, Point { x: left, y: to }]
    }
}

/// Where to cut: runs of levels of about the same length, so many that length is to height as `goal`. `ends` is where
/// every level ends, `passing` how many lines pass behind it, `height` that of the whole.
pub(super) fn cuts(ends: &[f64], passing: &[usize], height: f64, goal: f64) -> Vec<Range<usize>> {
    const LONG: f64 = 2400.0;
    const EXTREME: f64 = 2.5;
    const MANY: usize = 12;
    let length = ends.last().copied().unwrap_or(0.0);
    let whole = 0..ends.len();
    if length < LONG || length < height * goal * EXTREME {
        return vec![whole];
    }
    let bands = (length / (goal * (height + 2.0 * AROUND))).sqrt().round().max(1.0);
    let mut ranges: Vec<Range<usize>> = Vec::new();
    let (mut start, mut begun) = (0, 0.0);
    while start < ends.len() {
        let last = ends.len() - 1;
        // An equal share of what is left, so that no short run remains at the end.
        let wanted = ((length - begun) / (bands - ranges.len() as f64).max(1.0)).max(LONG / 3.0);
        let near = (start..last)
            .filter(|&level| ((ends[level] - begun) / wanted - 1.0).abs() < 0.25 && passing[level] <= MANY);
        let cost = |level: usize| passing[level] as f64 * 0.1 + ((ends[level] - begun) / wanted - 1.0).abs();
        let cut = if ends[last] - begun <= wanted * 1.25 {
            None
        } else {
            near.min_by(|&one, &other| cost(one).total_cmp(&cost(other)))
        };
        let Some(cut) = cut else { break };
        ranges.push(start..cut + 1);
        (start, begun) = (cut + 1, ends[cut]);
    }
    if start < ends.len() {
        ranges.push(start..ends.len());
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_far_too_long_is_cut_and_into_runs_of_about_one_length() {
        let ends = |count: usize| (1..=count).map(|nth| nth as f64 * 100.0).collect::<Vec<_>>();
        assert_eq!(cuts(&ends(10), &[1; 9], 40.0, 1.6), vec![0..10]);
        assert_eq!(cuts(&ends(40), &[1; 39], 1500.0, 1.6), vec![0..40]);
        let ranges = cuts(&ends(200), &[1; 199], 40.0, 1.6);
        assert!(ranges.len() > 5 && ranges.iter().all(|range| range.len() >= 8), "{ranges:?}");
        assert_eq!(ranges.iter().flat_map(Clone::clone).collect::<Vec<_>>(), (0..200).collect::<Vec<_>>());
    }

    #[test]
    fn a_cut_avoids_levels_that_many_lines_pass() {
        let ends: Vec<f64> = (1..=40).map(|nth| f64::from(nth) * 100.0).collect();
        let passing: Vec<usize> = (0..39).map(|level| if level % 4 == 2 { 1 } else { 9 }).collect();
        let ranges = cuts(&ends, &passing, 60.0, 1.6);
        assert!(ranges.len() > 1, "{ranges:?}");
        assert!(ranges[..ranges.len() - 1].iter().all(|range| range.end % 4 == 3), "{ranges:?}");
    }

    #[test]
    fn lines_keep_their_order_around_a_cut() {
        let net = |at: f64| Net { lefts: vec![(at, 1)], rights: vec![(at + 300.0, 1)] };
        let turns = Turns::new(&[net(0.0), net(20.0)]);
        let (upper, lower) = (turns.points(0, 0.0, 300.0), turns.points(1, 20.0, 320.0));
        // The upper line goes around the lower one, and comes in inside it.
        assert!(upper[0].x > lower[0].x && upper[1].y > lower[1].y && upper[2].x > lower[2].x);
    }
}
