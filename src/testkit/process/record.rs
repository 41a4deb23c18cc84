//! What a program makes together: an instance with what belongs to it, again and again alike.

use super::{CLASSES, NAMES};
use crate::testkit::random::Random;

/// Objects of a record.
pub(super) const RECORD: u64 = 32;

/// What an object of a record is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Shape {
    Instance,
    Dict,
    List,
    Leaf,
}

/// Where a reference of a record leads.
#[derive(Clone, Copy)]
pub(super) enum Link {
    Class,
    /// A member of the same record.
    Member(u64),
    /// A leaf of any record.
    Elsewhere,
    Shared,
    /// The records that this one keeps.
    Kept,
}

pub(super) struct Member {
    pub(super) shape: Shape,
    pub(super) class: u64,
    pub(super) size: u64,
    pub(super) links: Vec<(Link, usize)>,
}

/// Records made by one piece of code are alike.
pub(super) struct Template {
    pub(super) members: Vec<Member>,
    pub(super) leaves: Vec<u64>,
}

impl Template {
    pub(super) fn new(random: &mut Random) -> Self {
        let shape = |member: u64, random: &mut Random| match (member, random.below(20)) {
            (0, _) => Shape::Instance,
            (1, _) => Shape::List,
            (_, 0) => Shape::Dict,
            (_, 1..3) => Shape::List,
            (_, 3..8) => Shape::Instance,
            _ => Shape::Leaf,
        };
        let shapes: Vec<Shape> = (0..RECORD).map(|member| shape(member, random)).collect();
        let containers: Vec<u64> = (0..RECORD).filter(|member| shapes[*member as usize] != Shape::Leaf).collect();
        let leaves: Vec<u64> = (0..RECORD).filter(|member| shapes[*member as usize] == Shape::Leaf).collect();
        let mut members: Vec<Member> = shapes.iter().map(|shape| Member::new(*shape, random)).collect();
        // Whatever else refers to it, each member hangs on one that was made before it.
        for member in 1..RECORD {
            let before = containers.partition_point(|container| *container < member) as u64;
            let holder = containers[random.below(before) as usize] as usize;
            let name = skewed(random, NAMES) as usize;
            members[holder].links.push((Link::Member(member), name));
        }
        members[1].links.push((Link::Kept, 0));
        for &container in &containers {
            let count = match shapes[container as usize] {
                Shape::Instance => random.below(6),
                Shape::Dict => 4 + random.below(13),
                _ => random.below(11),
            };
            for _ in 0..count {
                let link = link(random, container, &leaves);
                members[container as usize].links.push((link, skewed(random, NAMES) as usize));
            }
        }
        Template { members, leaves }
    }
}

fn link(random: &mut Random, container: u64, leaves: &[u64]) -> Link {
    match random.below(100) {
        0..45 if !leaves.is_empty() => Link::Member(random.pick(leaves)),
        45..67 => Link::Member(container + random.below(RECORD - container)),
        // Back to where it hangs: a cycle.
        67..71 => Link::Member(random.below(container + 1)),
        71..85 => Link::Elsewhere,
        _ => Link::Shared,
    }
}

impl Member {
    fn new(shape: Shape, random: &mut Random) -> Self {
        let class = skewed(random, CLASSES);
        let links = if shape == Shape::Instance { vec![(Link::Class, 0)] } else { Vec::new() };
        let size = if shape == Shape::Dict { 64 << random.below(5) } else { 32 + 8 * skewed(random, 12) };
        Member { shape, class, size, links }
    }
}

/// Small numbers often, large ones seldom.
pub(super) fn skewed(random: &mut Random, limit: u64) -> u64 {
    let bound = 1 + random.below(limit);
    random.below(bound).min(random.below(bound))
}
