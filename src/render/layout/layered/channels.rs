//! The upright pieces of lines between two levels: each gets a lane, and few lines cross.
//!
//! As in Sander, "Layout of Directed Hypergraphs with Orthogonal Hyperedges" (2003): of two lines whose upright pieces
//! would stand side by side, it is counted how they cross in either order; the cheaper order becomes an arc, and the
//! lanes follow an order that breaks as few arcs as it can (Eades, Lin and Smyth 1993).

/// A line, or a trunk with all that joins it, in one channel.
#[derive(Clone, Default, Debug)]
pub(super) struct Net {
    /// Where it comes in from the lower level and goes out to the higher one, each with how many lines run there.
    pub(super) lefts: Vec<(f64, i64)>,
    pub(super) rights: Vec<(f64, i64)>,
}

/// Nearer than this two level pieces look like one.
pub(super) const TOUCH: f64 = 3.0;
/// Between two upright pieces in one lane.
const APART: f64 = 9.0;
/// What it costs when two lines run on top of each other: more than any crossings.
const CLASH: i64 = 100_000;
/// So many lanes a channel may have, however few pieces stand side by side.
pub(super) const MANY: usize = 30;

impl Net {
    /// The upright piece, none for a straight line.
    pub(super) fn reach(&self) -> Option<(f64, f64)> {
        let ends = || self.lefts.iter().chain(&self.rights).map(|end| end.0);
        let (low, high) = (ends().fold(f64::MAX, f64::min), ends().fold(f64::MIN, f64::max));
        (high - low > 0.01).then_some((low, high))
    }

    fn lines(&self) -> i64 {
        let sum = |ends: &[(f64, i64)]| ends.iter().map(|end| end.1).sum::<i64>();
        sum(&self.lefts).max(sum(&self.rights))
    }
}

/// The lane of every net, counted from the lower level, none for straight ones; and how many there are.
pub(super) fn lanes(nets: &[Net]) -> (Vec<Option<usize>>, usize) {
    let bent: Vec<usize> = (0..nets.len()).filter(|&net| nets[net].reach().is_some()).collect();
    let uprights: Vec<Upright> = bent.iter().map(|&net| Upright::new(&nets[net])).collect();
    let arcs = arcs(&uprights);
    let order = acyclic_order(&arcs);
    let limit = MANY.max(density(&uprights) * 5 / 4);
    let (places, count) = pack(&uprights, &arcs, &order, limit);
    let mut lanes = vec![None; nets.len()];
    for (&net, place) in bent.iter().zip(places) {
        lanes[net] = Some(place);
    }
    (lanes, count)
}

struct Upright {
    low: f64,
    high: f64,
    lines: i64,
    /// Sorted.
    lefts: Vec<(f64, i64)>,
    rights: Vec<(f64, i64)>,
}

impl Upright {
    fn new(net: &Net) -> Self {
        let (low, high) = net.reach().unwrap_or_default();
        let sorted = |ends: &[(f64, i64)]| {
            let mut ends = ends.to_vec();
            ends.sort_by(|one, other| one.0.total_cmp(&other.0));
            ends
        };
        Upright { low, high, lines: net.lines(), lefts: sorted(&net.lefts), rights: sorted(&net.rights) }
    }

    fn is_beside(&self, other: &Upright) -> bool {
        self.low < other.high + APART && other.low < self.high + APART
    }

    /// What it costs when this one stands left of the other.
    fn before(&self, other: &Upright) -> i64 {
        let through = |ends: &[(f64, i64)], low: f64, high: f64| {
            let from = ends.partition_point(|end| end.0 <= low);
            ends[from..].iter().take_while(|end| end.0 < high).map(|end| end.1).sum::<i64>()
        };
        let crossings = through(&other.lefts, self.low, self.high) * self.lines
            + through(&self.rights, other.low, other.high) * other.lines;
        crossings + CLASH * touching(&self.rights, &other.lefts)
    }
}

/// How many ends of the one run on top of an end of the other.
fn touching(one: &[(f64, i64)], other: &[(f64, i64)]) -> i64 {
    let (mut at, mut found) = (0, 0);
    for end in one {
        while at < other.len() && other[at].0 <= end.0 - TOUCH {
            at += 1;
        }
        found += i64::from(at < other.len() && other[at].0 < end.0 + TOUCH);
    }
    found
}

/// For every upright piece those that had better stand right of it, with what the other order costs more.
fn arcs(uprights: &[Upright]) -> Vec<Vec<(u32, i64)>> {
    let mut arcs = vec![Vec::new(); uprights.len()];
    let mut by_low: Vec<usize> = (0..uprights.len()).collect();
    by_low.sort_by(|&one, &other| uprights[one].low.total_cmp(&uprights[other].low));
    for (nth, &one) in by_low.iter().enumerate() {
        let beside = by_low[nth + 1..].iter().take_while(|&&other| uprights[other].low < uprights[one].high + APART);
        for &other in beside.filter(|&&other| uprights[one].is_beside(&uprights[other])) {
            let (first, second) = (uprights[one].before(&uprights[other]), uprights[other].before(&uprights[one]));
            if first < second {
                arcs[one].push((other as u32, second - first));
            } else if second < first {
                arcs[other].push((one as u32, first - second));
            }
        }
    }
    arcs
}

/// An order that breaks few arcs: again and again what has nothing before it, or nothing behind it, or else what has
/// most behind it for what is before it.
fn acyclic_order(arcs: &[Vec<(u32, i64)>]) -> Vec<usize> {
    let count = arcs.len();
    let mut back = vec![Vec::new(); count];
    let (mut out, mut into) = (vec![0i64; count], vec![0i64; count]);
    for (from, heads) in arcs.iter().enumerate() {
        for &(to, weight) in heads {
            back[to as usize].push((from as u32, weight));
            out[from] += weight;
            into[to as usize] += weight;
        }
    }
    let mut left: Vec<usize> = (0..count).collect();
    let mut gone = vec![false; count];
    let (mut front, mut rear) = (Vec::new(), Vec::new());
    let mut ready: Vec<usize> = (0..count).rev().filter(|&node| into[node] == 0 || out[node] == 0).collect();
    while front.len() + rear.len() < count {
        let node = match ready.pop() {
            Some(node) if gone[node] => continue,
            Some(node) => node,
            None => {
                left.retain(|&node| !gone[node]);
                let best = left.iter().copied().max_by_key(|&node| (out[node] - into[node], std::cmp::Reverse(node)));
                best.unwrap_or_default()
            }
        };
        gone[node] = true;
        if into[node] > 0 && out[node] == 0 {
            rear.push(node)
        } else {
            front.push(node)
        }
        for &(next, weight) in arcs[node].iter().filter(|(next, _)| !gone[*next as usize]) {
            into[next as usize] -= weight;
            if into[next as usize] == 0 {
                ready.push(next as usize);
            }
        }
        for &(next, weight) in back[node].iter().filter(|(next, _)| !gone[*next as usize]) {
            out[next as usize] -= weight;
            if out[next as usize] == 0 {
                ready.push(next as usize);
            }
        }
    }
    rear.reverse();
    front.extend(rear);
    front
}

/// Every piece in the first lane right of all that must stand left of it in which it finds room.
///
/// A chain of pieces, each beside the next one only, would get as many lanes as it has links. So what would stand past
/// the limit begins again on the left: it crosses a few, and all of the channel is narrower.
fn pack(uprights: &[Upright], arcs: &[Vec<(u32, i64)>], order: &[usize], limit: usize) -> (Vec<usize>, usize) {
    // The first lane by all arcs, and by those that keep lines from running on top of each other.
    let mut least = vec![[0, 0]; uprights.len()];
    let mut places = vec![0; uprights.len()];
    let mut done = vec![false; uprights.len()];
    let mut lanes: Vec<Vec<(f64, f64)>> = Vec::new();
    for &node in order {
        let one = &uprights[node];
        let free =
            |lane: &Vec<(f64, f64)>| lane.iter().all(|&(low, high)| high + APART <= one.low || one.high + APART <= low);
        let [soft, hard] = least[node];
        let first = if soft < limit { soft } else { hard };
        let lane = (first..lanes.len()).find(|&lane| free(&lanes[lane])).unwrap_or(lanes.len().max(first));
        if lane == lanes.len() {
            lanes.push(Vec::new());
        }
        lanes[lane].push((one.low, one.high));
        places[node] = lane;
        done[node] = true;
        for &(next, weight) in arcs[node].iter().filter(|(next, _)| !done[*next as usize]) {
            let least = &mut least[next as usize];
            least[0] = least[0].max(lane + 1);
            if weight > CLASH / 2 {
                least[1] = least[1].max(lane + 1);
            }
        }
    }
    (places, lanes.len())
}

/// How many pieces stand side by side where most do.
fn density(uprights: &[Upright]) -> usize {
    let mut ends: Vec<(f64, i32)> = uprights.iter().flat_map(|one| [(one.low, 1), (one.high + APART, -1)]).collect();
    ends.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let most = ends.iter().scan(0, |count, end| {
        *count += end.1;
        Some(*count)
    });
    most.max().unwrap_or(0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(left: f64, right: f64) -> Net {
        Net { lefts: vec![(left, 1)], rights: vec![(right, 1)] }
    }

    #[test]
    fn a_straight_line_needs_no_lane() {
        assert_eq!(lanes(&[net(10.0, 10.0)]), (vec![None], 0));
    }

    #[test]
    fn lines_that_climb_together_turn_in_the_order_that_crosses_nothing() {
        // Both go down: the lower one turns first.
        let (found, count) = lanes(&[net(0.0, 40.0), net(20.0, 60.0)]);
        assert_eq!((found, count), (vec![Some(1), Some(0)], 2));
        let (found, _) = lanes(&[net(40.0, 0.0), net(60.0, 20.0)]);
        assert_eq!(found, [Some(0), Some(1)]);
    }

    #[test]
    fn pieces_that_do_not_meet_share_a_lane_and_others_never_do() {
        assert_eq!(lanes(&[net(0.0, 20.0), net(40.0, 60.0)]).1, 1);
        let nets: Vec<Net> =
            (0..60).map(|nth| net(f64::from(nth * 37 % 60) * 20.0, f64::from(nth * 23 % 60) * 20.0 + 9.0)).collect();
        let (found, _) = lanes(&nets);
        for (nth, one) in nets.iter().enumerate() {
            for other in 0..nth {
                let (one_reach, other_reach) = (one.reach().unwrap(), nets[other].reach().unwrap());
                let meet = one_reach.0 < other_reach.1 + APART && other_reach.0 < one_reach.1 + APART;
                assert!(!meet || found[nth] != found[other], "{nth} and {other} overlap in a lane");
            }
        }
    }

    #[test]
    fn a_long_chain_of_pieces_begins_again_on_the_left() {
        let nets: Vec<Net> = (0..200).map(|nth| net(f64::from(nth) * 20.0, f64::from(nth) * 20.0 + 31.0)).collect();
        let (found, count) = lanes(&nets);
        assert_eq!(count, MANY);
        // Nearly everywhere the lower one of two turns first.
        let broken = found.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!(broken < 8, "{broken} of 199 cross");
    }

    #[test]
    fn a_line_never_runs_on_top_of_another_where_an_order_avoids_it() {
        // One leaves at the height at which the other arrives.
        let (found, _) = lanes(&[net(20.0, 80.0), net(90.0, 20.0)]);
        assert!(found[0] < found[1], "the one that leaves there turns before the other arrives");
    }
}
