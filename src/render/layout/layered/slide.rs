//! Lines that are nearly straight become straight: a port moves along its box's border where there is room.

use super::levels::Levels;
use super::ports::{Ports, ROOM_AT_CORNER};

/// A bend of at most so many pixels looks like a mistake.
const NEARLY: f64 = 30.0;

/// Moves ports of unshared lines, those with the smallest bends first.
pub(super) fn straighten(levels: &Levels, ports: &mut Ports, across: &[f64]) {
    let mut uses = vec![0u32; levels.ports.len()];
    for link in &levels.links {
        uses[link.leaves as usize] += 1;
        uses[link.arrives as usize] += 1;
    }
    let mut sides = Sides::new(levels, ports);
    let height = |ports: &Ports, port: u32| {
        across[levels.ports[port as usize].node as usize] + ports.spots[port as usize].across
    };
    let mut bent: Vec<(f64, u32)> = Vec::new();
    for (nth, link) in levels.links.iter().enumerate() {
        let climb = (height(ports, link.arrives) - height(ports, link.leaves)).abs();
        if climb > 0.0 && climb <= NEARLY && uses[link.leaves as usize] + uses[link.arrives as usize] == 2 {
            bent.push((climb, nth as u32));
        }
    }
    bent.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    for (_, nth) in bent {
        let link = &levels.links[nth as usize];
        let climb = height(ports, link.arrives) - height(ports, link.leaves);
        // The arriving end first: names stand at the other one.
        let _ = sides.slide(levels, ports, link.arrives, -climb) || sides.slide(levels, ports, link.leaves, climb);
    }
}

/// The ports at the two sides of every box, from the top down; those below it last.
struct Sides {
    by_node: Vec<[Vec<u32>; 2]>,
}

impl Sides {
    fn new(levels: &Levels, ports: &Ports) -> Self {
        let mut by_node = vec![[Vec::new(), Vec::new()]; levels.boxes];
        for (number, port) in levels.ports.iter().enumerate() {
            if levels.is_box(port.node) {
                by_node[port.node as usize][usize::from(port.leaving)].push(number as u32);
            }
        }
        for side in by_node.iter_mut().flatten() {
            side.sort_by(|&one, &other| {
                ports.spots[one as usize].across.total_cmp(&ports.spots[other as usize].across)
            });
        }
        Sides { by_node }
    }

    /// Moves a port by so much, if it stays clear of the corners and of the ports and names beside it.
    fn slide(&mut self, levels: &Levels, ports: &mut Ports, port: u32, by: f64) -> bool {
        let one = &levels.ports[port as usize];
        if !levels.is_box(one.node) || ports.spots[port as usize].below || ports.is_block[one.node as usize] {
            return false;
        }
        let side = &self.by_node[one.node as usize][usize::from(one.leaving)];
        let Some(at) = side.iter().position(|&other| other == port) else { return false };
        let shape = &ports.shapes[one.node as usize];
        let across = |port: u32| ports.spots[port as usize].across;
        let to = across(port) + by;
        let upper = match at.checked_sub(1) {
            Some(before) => across(side[before]) + levels.before(port),
            // A name may stand out as far as the row has room for.
            None => ROOM_AT_CORNER.max(levels.overhang(port) - shape.above),
        };
        let lower = side.get(at + 1).map_or(f64::MAX, |&next| across(next) - levels.before(next));
        let fits = upper <= to && to <= lower.min(shape.extent.height - ROOM_AT_CORNER);
        if fits {
            ports.spots[port as usize].across = to;
        }
        fits
    }
}
