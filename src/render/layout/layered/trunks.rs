//! Lines of one trunk that run side by side become one.
//!
//! The order of the rows is found with every line by itself. Waypoints of one trunk that stand next to each other in a
//! row are then merged, and so are neighbouring ports at the hub: a trunk crosses nothing that its lines did not.

use std::collections::BTreeMap;

use super::levels::{Levels, Link, Port};

/// The same levels with fewer waypoints, ports and links.
pub(super) fn merge(levels: Levels) -> Levels {
    if levels.ports.iter().all(|port| port.trunk.is_none()) {
        return levels;
    }
    let nodes = merged_nodes(&levels);
    let ports = merged_ports(&levels, &nodes);
    let mut merged = Levels { boxes: levels.boxes, rows: vec![Vec::new(); levels.rows.len()], ..Levels::default() };
    let count = nodes.iter().map(|&node| node as usize + 1).max().unwrap_or(0);
    (merged.level, merged.trunk) = (vec![0; count], vec![None; count]);
    for (row, old) in levels.rows.iter().enumerate() {
        for &node in old {
            let new = nodes[node as usize];
            if merged.rows[row].last() != Some(&new) {
                merged.rows[row].push(new);
            }
            merged.level[new as usize] = row as u32;
            merged.trunk[new as usize] = levels.trunk[node as usize];
        }
    }
    let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
    let mut number = |port: u32| {
        let port = ports[port as usize];
        let next = merged.ports.len() as u32;
        *numbers.entry(port).or_insert_with(|| {
            let old = levels.ports[port as usize];
            merged.ports.push(Port { node: nodes[old.node as usize], ..old });
            next
        })
    };
    let mut links: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for course in &levels.courses {
        let mut pieces = Vec::with_capacity(course.len());
        for &piece in course {
            let old = levels.links[piece as usize];
            let (leaves, arrives) = (number(old.leaves), number(old.arrives));
            let next = merged.links.len() as u32;
            let link = *links.entry((leaves, arrives)).or_insert(next);
            if link == next {
                let (tail, head) = (nodes[old.tail as usize], nodes[old.head as usize]);
                merged.links.push(Link { tail, head, leaves, arrives, weight: 0, ..old });
            }
            merged.links[link as usize].weight += old.weight;
            pieces.push(link);
        }
        merged.courses.push(pieces);
    }
    merged
}

/// The new number of every node: boxes keep theirs.
fn merged_nodes(levels: &Levels) -> Vec<u32> {
    let mut nodes: Vec<u32> = (0..levels.level.len() as u32).collect();
    let mut next = levels.boxes as u32;
    for row in &levels.rows {
        let mut before = None;
        for &node in row {
            let trunk = levels.trunk[node as usize];
            if !levels.is_box(node) {
                if trunk.is_none() || trunk != before {
                    next += 1;
                }
                nodes[node as usize] = next - 1;
            }
            before = trunk;
        }
    }
    nodes
}

/// For every port the one that stands for it.
fn merged_ports(levels: &Levels, nodes: &[u32]) -> Vec<u32> {
    let position = levels.positions();
    let mut towards = vec![0; levels.ports.len()];
    for link in &levels.links {
        towards[link.leaves as usize] = position[link.head as usize];
        towards[link.arrives as usize] = position[link.tail as usize];
    }
    let mut order: Vec<u32> = (0..levels.ports.len() as u32).collect();
    let side = |port: &Port| (nodes[port.node as usize], port.leaving);
    order.sort_by_key(|&port| (side(&levels.ports[port as usize]), towards[port as usize], port));
    let mut stands: Vec<u32> = (0..levels.ports.len() as u32).collect();
    for pair in order.windows(2) {
        let [one, other] = [pair[0], pair[1]].map(|port| &levels.ports[port as usize]);
        if side(one) == side(other) && one.trunk.is_some() && one.trunk == other.trunk {
            stands[pair[1] as usize] = stands[pair[0] as usize];
        }
    }
    stands
}
