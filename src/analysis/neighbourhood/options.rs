//! Which way to walk, how far, and what to show.

use crate::analysis::paths::Chain;
use crate::analysis::pattern::ObjectFilter;
use crate::analysis::retained::Retained;

/// Which way to walk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// To what the objects refer to.
    Refs,
    /// To who refers to them.
    Backrefs,
}

/// Whose rules to walk by.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum View {
    /// Every reference named, roots shown, `__dict__` and closures folded, classes and the like hidden.
    #[default]
    Ours,
    /// What objgraph sees from inside the process, in its order.
    Objgraph,
}

/// How far to walk, and what to show.
#[derive(Clone, Debug)]
pub struct Options<'r> {
    /// Objects at this distance are shown and not followed.
    pub max_depth: u32,
    /// At most so many neighbours of each object; the rest becomes one counted card.
    pub too_many: usize,
    /// Whose rules.
    pub view: View,
    /// Only neighbours that pass. The objects asked for always do.
    pub filter: ObjectFilter,
    /// Neighbours that pass this are left out, unless it is empty.
    pub ignore: ObjectFilter,
    /// Objects that pass this are marked, unless it is empty.
    pub highlight: ObjectFilter,
    /// Also class, base and globals references, and what else is usually noise. Our view only; objgraph always shows
    /// them.
    pub classes: bool,
    /// Also weak references. Without it they are shown where nothing else holds an object. Our view only.
    pub weak: bool,
    /// Also plain values (strings, numbers, dates…) as boxes of their own, rather than in the boxes that hold them. Our
    /// view only.
    pub values: bool,
    /// Fold what is too much: neighbours past `too_many`, like objects where there would be too many boxes, long runs of
    /// single file. Without it everything within `max_depth` is there. Our view only.
    pub group: bool,
    /// Which way from a root is drawn in any case. Backrefs in our view only.
    pub root_path: RootPath<'r>,
    /// What the objects retain, where it is known: then boxes say so, and those that retain most are shown first. Our
    /// view only.
    pub retained: Option<&'r Retained>,
}

/// Which way from a root to the objects asked for is drawn in any case, and stressed.
#[derive(Clone, Copy, Default, Debug)]
pub enum RootPath<'r> {
    /// The shortest one; of equally short ones that whose holders retain most.
    #[default]
    Shortest,
    /// These, as `chain` found them.
    Given(&'r [Chain]),
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            max_depth: 3,
            too_many: 10,
            view: View::Ours,
            filter: ObjectFilter::default(),
            ignore: ObjectFilter::default(),
            highlight: ObjectFilter::default(),
            classes: false,
            weak: false,
            values: false,
            group: true,
            root_path: RootPath::Shortest,
            retained: None,
        }
    }
}
