//! Neighbourhoods against objgraph's loop written down once more, and against the whole graph.

use crate::heaps::{odd, on_heaps, pythonic};
use heapgraph::Snapshot;
use heapgraph::analysis::neighbourhood::{Content, Direction, Neighbourhood, Options, View, walk};
use heapgraph::snapshot::{Flags, Generation, ObjectId, Reference, ReferenceKind};
use heapgraph::testkit::random::{self, Random, heap};
use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap, VecDeque};

/// A line as objgraph writes it, or the number on its card.
#[derive(PartialEq, Debug)]
enum Line {
    Reference(ObjectId, ObjectId),
    More(ObjectId, u64),
}

fn reported(reference: &Reference<'_>) -> bool {
    let marked = reference.tag.is_untraversed() || reference.tag.is_borrowed();
    !marked && !matches!(reference.kind(), ReferenceKind::Weak | ReferenceKind::Root)
}

/// `gc.get_referents` and `gc.get_referrers`.
fn neighbours(heap: &Snapshot, of: ObjectId, direction: Direction) -> Vec<ObjectId> {
    let refers = |holder| heap.references().of(holder).filter(reported).map(|reference| reference.target);
    if direction == Direction::Backrefs {
        let tracked = |id: &ObjectId| heap.objects().generation(*id) <= Generation(2);
        return heap.objects().real_ids().filter(tracked).filter(|id| refers(*id).any(|target| target == of)).collect();
    }
    let mut found: Vec<ObjectId> = refers(of).collect();
    let type_name = heap.objects().type_name(of);
    if type_name.ends_with("list") || type_name.ends_with("tuple") {
        // The items alone are visited from the end, wherever they stand between others.
        let is_item = |reference: &Reference<'_>| reference.kind() == ReferenceKind::Item;
        let kinds: Vec<bool> = heap.references().of(of).filter(reported).map(|reference| is_item(&reference)).collect();
        let items: Vec<usize> = (0..found.len()).filter(|&nth| kinds[nth]).collect();
        let reversed: Vec<ObjectId> = items.iter().rev().map(|&nth| found[nth]).collect();
        items.into_iter().zip(reversed).for_each(|(nth, target)| found[nth] = target);
    }
    found
}

/// The loop of objgraph's `_show_graph`, without what it prints.
fn objgraph(heap: &Snapshot, root: ObjectId, direction: Direction, max_depth: u32, too_many: usize) -> Vec<Line> {
    let mut depth = HashMap::from([(root, 0)]);
    let mut queue = VecDeque::from([root]);
    let mut lines = Vec::new();
    while let Some(target) = queue.pop_front() {
        let at = depth[&target];
        if at >= max_depth {
            continue;
        }
        let (mut n, mut skipped) = (0, 0);
        for source in neighbours(heap, target, direction) {
            if n >= too_many {
                skipped += 1;
                continue;
            }
            n += 1;
            lines.push(match direction {
                Direction::Refs => Line::Reference(target, source),
                Direction::Backrefs => Line::Reference(source, target),
            });
            if let Entry::Vacant(new) = depth.entry(source) {
                new.insert(at + 1);
                queue.push_back(source);
            }
        }
        if skipped > 0 {
            lines.push(Line::More(target, skipped));
        }
    }
    lines
}

fn object(picture: &Neighbourhood, node: usize) -> Option<ObjectId> {
    match &picture.nodes[node].content {
        Content::Object(id) => Some(*id),
        Content::More(_) | Content::Steps(_) => None,
    }
}

#[test]
fn objgraphs_view_is_that_of_objgraphs_loop() {
    // Without dicts and modules, whose rules have tests of their own.
    let plain = |heap: &Snapshot| {
        let special = |name: &str| name.ends_with("dict") || name == "<modules>";
        let keyed = |id| heap.references().of(id).any(|reference| reference.kind() == ReferenceKind::DictKey);
        !heap.objects().ids().any(|id| special(heap.objects().type_name(id)) || keyed(id))
    };
    let mut compared = 0;
    let counter = std::cell::RefCell::new(&mut compared);
    on_heaps(1500, odd, |heap| {
        if !plain(heap) {
            return;
        }
        let referrers = heap.referrers();
        for direction in [Direction::Refs, Direction::Backrefs] {
            for (max_depth, too_many) in [(3, 10), (2, 1), (4, 2), (0, 5), (9, 0)] {
                let options = Options { max_depth, too_many, view: View::Objgraph, ..Options::default() };
                for root in heap.objects().real_ids() {
                    let picture = walk(heap, &referrers, &[root], direction, &options);
                    let mut expected = objgraph(heap, root, direction, max_depth, too_many);
                    // Cards come last with us.
                    expected.sort_by_key(|line| matches!(line, Line::More(..)));
                    let line = |edge: &heapgraph::analysis::neighbourhood::Edge| match (
                        object(&picture, edge.from),
                        object(&picture, edge.to),
                    ) {
                        (Some(from), Some(to)) => Line::Reference(from, to),
                        (Some(of), None) | (None, Some(of)) => {
                            let card = edge.from.max(edge.to);
                            let Content::More(more) = &picture.nodes[card].content else { panic!("no card") };
                            Line::More(of, more.count)
                        }
                        (None, None) => panic!("a line between two cards"),
                    };
                    assert_eq!(picture.edges.iter().map(line).collect::<Vec<_>>(), expected);
                    **counter.borrow_mut() += 1;
                }
            }
        }
    });
    assert!(compared > 2000, "only {compared} pictures compared");
}

/// Every line stands for references that leave its holder and arrive at its target; nothing is deeper than asked for but
/// what leads to a root.
fn is_sound(heap: &Snapshot, picture: &Neighbourhood, options: &Options) {
    let mut seen = BTreeSet::new();
    for node in &picture.nodes {
        match &node.content {
            // The way from a root is drawn however far the root is.
            Content::Object(id) => assert!(seen.insert(*id) && (node.on_root_path || node.depth <= options.max_depth)),
            Content::Steps(steps) => assert!(steps.count > 0),
            Content::More(more) => {
                assert_eq!(more.types.iter().map(|(_, count)| count).sum::<u64>(), more.count);
                assert!(more.count > 0);
            }
        }
    }
    is_open_without_what_closes(picture);
    let mut between = BTreeSet::new();
    for edge in &picture.edges {
        let (Some(from), Some(to)) = (object(picture, edge.from), object(picture, edge.to)) else { continue };
        assert!(between.insert((from, to)), "two lines between two objects");
        assert!(!edge.references.is_empty());
        for link in &edge.references {
            let (first, last) = (heap.references().get(link.first), heap.references().get(link.last));
            assert_eq!((first.holder, last.target), (from, to));
            let adjacent = first.id == last.id || first.target == last.holder;
            let over_tuple = heap.references().of(first.target).any(|item| item.target == last.holder);
            assert!(adjacent || over_tuple);
        }
    }
}

/// Kahn's algorithm: without the lines that close cycles none is left, and with any of them one is.
fn is_open_without_what_closes(picture: &Neighbourhood) {
    use ReferenceKind::{Base, Global, Type, Weak};
    let holds = |edge: &heapgraph::analysis::neighbourhood::Edge| {
        edge.references.iter().any(|link| !matches!(link.kind, Weak | Type | Base | Global))
    };
    let has_cycle = |but: Option<u32>| {
        let kept = |edge: &&heapgraph::analysis::neighbourhood::Edge| {
            holds(edge) && (edge.closes.is_none() || edge.closes == but)
        };
        let mut left: Vec<(usize, usize)> =
            picture.edges.iter().filter(kept).map(|edge| (edge.from, edge.to)).collect();
        loop {
            let (before, sources) = (left.len(), left.iter().map(|(from, _)| *from).collect::<BTreeSet<_>>());
            left.retain(|(_, to)| sources.contains(to));
            if left.len() == before {
                return !left.is_empty();
            }
        }
    };
    assert!(!has_cycle(None));
    for closing in &picture.cycles {
        assert!(has_cycle(Some(closing.number)), "{} can be given back", closing.cut);
        assert_eq!(picture.edges[closing.edge].closes, Some(closing.number));
        let members = picture.nodes.iter().filter(|node| node.cycles.contains(&closing.number)).count();
        assert!(members > 0 && picture.nodes[picture.edges[closing.edge].from].cycles.contains(&closing.number));
    }
}

/// What is drawn, counted on cards and told inside boxes is what the heap has, object by object.
#[test]
fn what_is_shown_and_what_is_counted_add_up() {
    let mut counted = 0;
    let total = std::cell::RefCell::new(&mut counted);
    let make =
        |seed| heap(&mut Random::new(seed), &random::Options { objects: 12, references: 3, odd: false, roots: 0 });
    on_heaps(1500, make, |heap| {
        let referrers = heap.referrers();
        // Names that fold are left to the tests that draw them.
        let folds = |reference: Reference<'_>| matches!(reference.name, Some("__dict__" | "__closure__"));
        let ids = || heap.objects().real_ids();
        if heap.objects().ids().any(|id| heap.references().of(id).any(folds)) {
            return;
        }
        for (max_depth, too_many) in [(3, 1), (2, 0), (4, 3)] {
            let options = Options { max_depth, too_many, classes: true, weak: true, ..Options::default() };
            for root in ids() {
                let picture = walk(heap, &referrers, &[root], Direction::Refs, &options);
                if picture.nodes.iter().any(|node| matches!(node.content, Content::Steps(_))) {
                    continue;
                }
                for (at, node) in picture.nodes.iter().enumerate() {
                    let Some(id) = object(&picture, at).filter(|_| node.depth < max_depth) else { continue };
                    let ends = heap.objects().flags(id).contains(Flags::CLASS);
                    let module = heap.objects().type_name(id).ends_with("module");
                    if node.depth > 0 && (ends || module) {
                        continue;
                    }
                    let all: BTreeSet<ObjectId> = heap.references().of(id).map(|reference| reference.target).collect();
                    let lines = picture.edges.iter().filter(|edge| edge.from == at);
                    let shown = lines.map(|edge| match &picture.nodes[edge.to].content {
                        Content::More(more) => more.count,
                        _ => 1,
                    });
                    assert_eq!(shown.sum::<u64>() + node.values, all.len() as u64);
                    **total.borrow_mut() += 1;
                }
            }
        }
    });
    assert!(counted > 1000, "only {counted} objects counted");
}

#[test]
fn our_view_is_sound_on_every_heap() {
    let check = |heap: &Snapshot| {
        let referrers = heap.referrers();
        for direction in [Direction::Refs, Direction::Backrefs] {
            for (max_depth, too_many, all) in [(3, 10, false), (2, 1, true), (5, 2, false), (0, 0, true)] {
                let options = Options { max_depth, too_many, classes: all, weak: all, ..Options::default() };
                for id in heap.objects().ids() {
                    let picture = walk(heap, &referrers, &[id], direction, &options);
                    is_sound(heap, &picture, &options);
                    assert_eq!(picture, walk(heap, &referrers, &[id, id], direction, &options));
                }
            }
        }
    };
    on_heaps(100, odd, check);
    on_heaps(60, pythonic, check);
}

#[test]
fn without_limits_our_view_has_every_object_in_reach_and_every_line_between_them() {
    let make =
        |seed| heap(&mut Random::new(seed), &random::Options { objects: 12, references: 2, odd: false, roots: 0 });
    on_heaps(200, make, |heap| {
        let referrers = heap.referrers();
        let options = Options {
            too_many: usize::MAX,
            classes: true,
            weak: true,
            values: true,
            max_depth: 2,
            ..Options::default()
        };
        // Names that fold are left to the tests that draw them.
        let folds = |reference: Reference<'_>| reference.name == Some("__dict__");
        let ids = || heap.objects().real_ids();
        if ids().any(|id| heap.references().of(id).any(folds)) {
            return;
        }
        for root in ids() {
            let picture = walk(heap, &referrers, &[root], Direction::Refs, &options);
            let near = |set: &BTreeSet<ObjectId>| -> BTreeSet<ObjectId> {
                let follow = |id: &ObjectId| *id == root || !heap.objects().flags(*id).contains(Flags::CLASS);
                let further = set.iter().filter(|id| follow(id)).flat_map(|id| heap.references().of(*id));
                set.iter().copied().chain(further.map(|reference| reference.target)).collect()
            };
            let expected = near(&near(&BTreeSet::from([root])));
            let drawn: BTreeSet<ObjectId> =
                (0..picture.nodes.len()).filter_map(|node| object(&picture, node)).collect();
            assert_eq!(drawn, expected);
        }
    });
}
