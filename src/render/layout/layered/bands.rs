//! Where levels and lanes stand along the reading direction, band by band.
//!
//! A band is a run of levels; all of a picture is one, unless [`wrap`](super::wrap) cut it. Between two levels lie, in
//! this order: the names that stand beside the lower level's boxes, the lanes, the names before the higher level's
//! boxes. No lane runs through a name, and what stands beside a box is part of its row, so that no two names meet.

use std::ops::Range;

use super::channels::{self, MANY, Net};
use super::levels::Levels;
use super::ports::Ports;
use super::task::Task;

/// Around a name, along its line.
pub(super) const PAD: f64 = 8.0;
/// An arrow's head and a piece of its line.
pub(super) const ARROW: f64 = 13.0;
/// Before the first lane and behind the last one: a corner has room, and an arrow's head.
const STUB: f64 = 14.0;
const STUB_ARROW: f64 = 24.0;
/// The least between two levels.
const LEAST: f64 = 40.0;
/// Between lanes: so many stand apart as far as corners are wide, more stand closer, and hundreds side by side.
const ROOMY: usize = 6;
const LANE: f64 = 12.0;
const TIGHT: f64 = 7.0;
const TIGHTEST: f64 = 3.0;

/// What lies between a level and the next one.
#[derive(Clone, Default, Debug)]
pub(super) struct Channel {
    pub(super) nets: Vec<Net>,
    /// Of every net.
    pub(super) lanes: Vec<Option<usize>>,
    pub(super) count: usize,
    /// What the names at its two sides need.
    pub(super) names: [f64; 2],
    /// Where the first lane stands, from its beginning, and how far apart lanes are.
    pub(super) first: f64,
    pub(super) step: f64,
    pub(super) width: f64,
}

impl Channel {
    /// `ahead`: lines that run back reach boxes of the lower level here, so that their arrows need room too.
    fn new(nets: Vec<Net>, names: [f64; 2], ahead: bool) -> Self {
        let (lanes, count) = channels::lanes(&nets);
        let share = |lanes: usize| lanes as f64 / count as f64;
        let step = if count <= ROOMY {
            LANE
        } else if count <= MANY {
            TIGHT.max(LANE * share(ROOMY))
        } else {
            TIGHTEST.max(TIGHT * share(MANY).sqrt())
        };
        let [before, behind] = names;
        let stub = if ahead { STUB_ARROW } else { STUB };
        let between = count.saturating_sub(1) as f64 * step;
        let width =
            if count == 0 { LEAST.max(before + behind + ARROW) } else { before + stub + between + STUB_ARROW + behind };
        Channel { nets, lanes, count, names, first: before + stub, step, width }
    }

    /// Where a lane stands, from the channel's beginning.
    pub(super) fn at(&self, lane: usize) -> f64 {
        self.first + lane as f64 * self.step
    }
}

/// A run of levels, one beside the other.
#[derive(Clone, Default, Debug)]
pub(super) struct Band {
    pub(super) levels: Range<usize>,
    /// The left border of every level, and where its widest box ends.
    pub(super) left: Vec<f64>,
    pub(super) right: Vec<f64>,
    /// Behind every level but the last.
    pub(super) channels: Vec<Channel>,
    /// What the names before the first and behind the last level need.
    pub(super) names: [f64; 2],
}

impl Band {
    pub(super) fn shift(&mut self, by: f64) {
        self.left.iter_mut().chain(&mut self.right).for_each(|at| *at += by);
    }

    pub(super) fn length(&self) -> f64 {
        self.right.last().copied().unwrap_or(0.0) + self.names[1]
    }
}

/// The net of every link, by channel.
pub(super) struct Nets {
    /// By link: its net within its channel.
    pub(super) of: Vec<usize>,
    pub(super) by_channel: Vec<Vec<Net>>,
}

/// Links that share a port are one net, and so are those that share one with them.
pub(super) fn nets(levels: &Levels, ports: &Ports, across: &[f64]) -> Nets {
    let mut first: Vec<Option<u32>> = vec![None; levels.ports.len()];
    let mut joined: Vec<usize> = (0..levels.links.len()).collect();
    for (nth, link) in levels.links.iter().enumerate() {
        for port in [link.leaves, link.arrives] {
            match first[port as usize] {
                Some(other) => join(&mut joined, other as usize, nth),
                None => first[port as usize] = Some(nth as u32),
            }
        }
    }
    let mut nets = Nets { of: vec![usize::MAX; levels.links.len()], by_channel: vec![Vec::new(); levels.rows.len()] };
    for (nth, link) in levels.links.iter().enumerate() {
        let channel = &mut nets.by_channel[levels.level[link.tail as usize] as usize];
        let top = root(&mut joined, nth);
        if nets.of[top] == usize::MAX {
            nets.of[top] = channel.len();
            channel.push(Net::default());
        }
        let net = nets.of[top];
        nets.of[nth] = net;
        let left = across[link.tail as usize] + ports.spots[link.leaves as usize].across;
        let right = across[link.head as usize] + ports.spots[link.arrives as usize].across;
        add(&mut channel[net].lefts, left, link.weight);
        add(&mut channel[net].rights, right, link.weight);
    }
    nets
}

/// The least member stands for all.
fn join(joined: &mut [usize], one: usize, other: usize) {
    let (one, other) = (root(joined, one), root(joined, other));
    joined[one.max(other)] = one.min(other);
}

fn root(joined: &mut [usize], mut at: usize) -> usize {
    while joined[at] != at {
        joined[at] = joined[joined[at]];
        at = joined[at];
    }
    at
}

fn add(ends: &mut Vec<(f64, i64)>, at: f64, weight: i64) {
    match ends.iter_mut().find(|end| end.0 == at) {
        Some(end) => end.1 += weight,
        None => ends.push((at, weight)),
    }
}

/// What every level needs beside its boxes.
#[derive(Default, Debug)]
pub(super) struct Margins {
    /// The width of the widest box.
    pub(super) widest: Vec<f64>,
    /// What the names at both sides need beyond that.
    pub(super) names: Vec<[f64; 2]>,
    /// Whether arrows point at the right sides of boxes.
    pub(super) ahead: Vec<bool>,
}

impl Margins {
    pub(super) fn new(levels: &Levels, ports: &Ports, task: &Task) -> Self {
        let width =
            |row: &Vec<u32>| row.iter().map(|&node| ports.shapes[node as usize].extent.width).fold(0.0, f64::max);
        let widest: Vec<f64> = levels.rows.iter().map(width).collect();
        let mut margins = Margins { names: vec![[0.0; 2]; widest.len()], ahead: vec![false; widest.len()], widest };
        for (number, port) in levels.ports.iter().enumerate() {
            let level = levels.level[port.node as usize] as usize;
            let arrow = port.has_arrow() && !ports.spots[number].below;
            margins.ahead[level] |= arrow && port.leaving;
            let Some((_, extent)) = port.label else { continue };
            let spare = margins.widest[level] - ports.shapes[port.node as usize].extent.width;
            let room = extent.width + 2.0 * PAD + if arrow { ARROW } else { 0.0 };
            let side = &mut margins.names[level][usize::from(port.leaving)];
            *side = side.max(room - if port.leaving { spare } else { 0.0 });
        }
        for one in &ports.loops {
            let level = levels.level[one.node as usize] as usize;
            let label = task.lines[one.line].plan.label.map_or(0.0, |label| label.width);
            let side = &mut margins.names[level][1];
            *side = side.max(one.legs[0] + label + PAD - margins.widest[level]);
        }
        margins
    }
}

/// Places for one run of levels. The nets of its channels are taken.
pub(super) fn band(range: Range<usize>, margins: &Margins, nets: &mut [Vec<Net>]) -> Band {
    let Margins { widest, names, ahead } = margins;
    let mut band = Band { levels: range.clone(), ..Band::default() };
    let mut at = names[range.start][0];
    band.names[0] = at;
    for level in range.clone() {
        band.left.push(at);
        at += widest[level];
        band.right.push(at);
        if level + 1 < range.end {
            let names = [names[level][1], names[level + 1][0]];
            let channel = Channel::new(std::mem::take(&mut nets[level]), names, ahead[level]);
            at += channel.width;
            band.channels.push(channel);
        }
    }
    band.names[1] = names[range.end - 1][1];
    band
}
