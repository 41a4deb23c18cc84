//! Lines that would run on top of each other move apart.
//!
//! Where one line leaves its box at the height at which another arrives at its own, an order of lanes usually keeps
//! them apart ([`channels`]). Where the orders that several such lines need make a cycle, one of them is moved
//! a few pixels along its box's border, or past its level.

use super::bands::{self, Nets};
use super::channels::{self, TOUCH};
use super::levels::Levels;
use super::ports::Ports;

/// How far a line may be moved, nearest first; the first two also where names stand, which have that much room.
const SHIFTS: [f64; 8] = [-3.0, 3.0, -4.0, 4.0, -5.0, 5.0, -6.0, 6.0];
/// From another line on the same side, and from the corners of a box.
const BESIDE: f64 = 6.0;
/// Moving one line may put it on top of another.
const ROUNDS: usize = 8;

/// Moves ports until no two lines run on top of each other, or no way is found.
pub(super) fn mend(levels: &Levels, ports: &mut Ports, across: &[f64]) {
    let mut by_channel: Vec<Vec<u32>> = vec![Vec::new(); levels.rows.len()];
    for (nth, link) in levels.links.iter().enumerate() {
        by_channel[levels.level[link.tail as usize] as usize].push(nth as u32);
    }
    let mut open: Vec<usize> = (0..by_channel.len()).collect();
    for _ in 0..ROUNDS {
        let nets = bands::nets(levels, ports, across);
        let mut again = Vec::new();
        for &channel in &open {
            for pair in clashes(levels, ports, across, &by_channel[channel], &nets, channel) {
                let mut mover = Mover { levels, ports, across, by_channel: &by_channel };
                if pair.into_iter().any(|port| mover.shift(port)) {
                    again.extend([channel.saturating_sub(1), channel, channel + 1]);
                }
            }
        }
        again.retain(|&channel| channel < by_channel.len());
        again.sort_unstable();
        again.dedup();
        if again.is_empty() {
            return;
        }
        open = again;
    }
}

/// Where a bent line meets one side of a channel.
struct End {
    y: f64,
    port: u32,
    net: usize,
    lane: usize,
}

/// Pairs of ports whose lines run on top of each other.
fn clashes(
    levels: &Levels,
    ports: &Ports,
    across: &[f64],
    links: &[u32],
    nets: &Nets,
    channel: usize,
) -> Vec<[u32; 2]> {
    let (lanes, _) = channels::lanes(&nets.by_channel[channel]);
    let ends = |arriving: bool| {
        let end = |&nth: &u32| {
            let link = &levels.links[nth as usize];
            let port = if arriving { link.arrives } else { link.leaves };
            let net = nets.of[nth as usize];
            Some(End { y: height(levels, ports, across, port), port, net, lane: lanes[net]? })
        };
        let mut ends: Vec<End> = links.iter().filter_map(end).collect();
        ends.sort_by(|one, other| one.y.total_cmp(&other.y).then(one.port.cmp(&other.port)));
        ends.dedup_by_key(|end| end.port);
        ends
    };
    let (leaving, arriving) = (ends(false), ends(true));
    let mut found = Vec::new();
    let mut from = 0;
    for one in &arriving {
        while from < leaving.len() && leaving[from].y <= one.y - TOUCH {
            from += 1;
        }
        let near = leaving[from..].iter().take_while(|other| other.y < one.y + TOUCH);
        let bad = near.filter(|other| other.net != one.net && one.lane < other.lane);
        found.extend(bad.map(|other| [one.port, other.port]));
    }
    found
}

fn height(levels: &Levels, ports: &Ports, across: &[f64], port: u32) -> f64 {
    across[levels.ports[port as usize].node as usize] + ports.spots[port as usize].across
}

struct Mover<'a> {
    levels: &'a Levels,
    ports: &'a mut Ports,
    across: &'a [f64],
    by_channel: &'a [Vec<u32>],
}

impl Mover<'_> {
    /// Moves a line at its node to where nothing else runs.
    fn shift(&mut self, port: u32) -> bool {
        let one = &self.levels.ports[port as usize];
        let spot = self.ports.spots[port as usize];
        let shifts = if spot.below || self.is_named(one.node, one.leaving) { &SHIFTS[..2] } else { &SHIFTS[..] };
        let is_box = self.levels.is_box(one.node);
        let height = self.ports.shapes[one.node as usize].extent.height;
        let fits = |at: f64| !is_box || spot.below || (at >= BESIDE && at <= height - BESIDE);
        let y = self.across[one.node as usize];
        let level = self.levels.level[one.node as usize] as usize;
        let free = shifts.iter().map(|shift| spot.across + shift).find(|&at| {
            let here = |leaving: bool| self.is_free(level, leaving, one.node, port, y + at);
            fits(at) && if is_box { here(one.leaving) } else { here(true) && here(false) }
        });
        let Some(at) = free else { return false };
        for (number, other) in self.levels.ports.iter().enumerate() {
            if number as u32 == port || (!is_box && other.node == one.node) {
                self.ports.spots[number].across = at;
            }
        }
        true
    }

    /// Whether names stand at this side of a box.
    fn is_named(&self, node: u32, leaving: bool) -> bool {
        let at = |port: &&super::levels::Port| port.node == node && port.leaving == leaving;
        self.levels.ports.iter().filter(at).any(|port| port.label.is_some())
    }

    /// Whether a line of this node may run at this height on one side of its level.
    fn is_free(&self, level: usize, leaving: bool, node: u32, port: u32, y: f64) -> bool {
        let channel = if leaving { Some(level) } else { level.checked_sub(1) };
        let Some(links) = channel.and_then(|channel| self.by_channel.get(channel)) else { return true };
        links.iter().all(|&nth| {
            let link = &self.levels.links[nth as usize];
            let (own, other) = if leaving { (link.leaves, link.arrives) } else { (link.arrives, link.leaves) };
            let mine = own == port || (!self.levels.is_box(node) && self.levels.ports[own as usize].node == node);
            let far = |port: u32, gap: f64| (height(self.levels, self.ports, self.across, port) - y).abs() >= gap;
            if mine { true } else { far(own, BESIDE) && far(other, TOUCH) }
        })
    }
}
