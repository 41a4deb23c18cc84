//! The rules of objgraph 3.7 (its pictures of the same heaps have the same nodes and lines).

use super::app;
use heapgraph::analysis::neighbourhood::{Content, Direction, Neighbourhood, Options, View, walk};
use heapgraph::analysis::pattern::ObjectFilter;
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::{id, label, sketch};

fn options() -> Options<'static> {
    Options { view: View::Objgraph, ..Options::default() }
}

fn picture(heap: &Snapshot, asked: &[&str], direction: Direction, options: &Options) -> Neighbourhood {
    let asked: Vec<_> = asked.iter().map(|label| id(heap, label)).collect();
    walk(heap, &heap.referrers(), &asked, direction, options)
}

/// Every line in order: `y>x`, and `y>+2` for a card.
fn lines(heap: &Snapshot, picture: &Neighbourhood) -> Vec<String> {
    let name = |node: usize| match &picture.nodes[node].content {
        Content::Object(id) => label(heap, *id),
        Content::More(more) => format!("+{}", more.count),
        Content::Steps(_) => unreachable!("objgraph folds nothing"),
    };
    picture.edges.iter().map(|edge| format!("{}>{}", name(edge.from), name(edge.to))).collect()
}

#[test]
fn the_picture_of_objgraphs_documentation() {
    let heap = sketch("x:list; y:list > x, z, d; z:list > x; d:dict > x['x']");
    let picture = picture(&heap, &["y"], Direction::Refs, &options());
    assert_eq!(lines(&heap, &picture), ["y>d", "y>z", "y>x", "d>x", "z>x"]);
    assert_eq!(picture.nodes.len(), 4);
    let labels: Vec<_> = picture.edges.iter().map(|edge| edge.references[0].label.as_deref()).collect();
    assert_eq!(labels, [None, None, None, Some("x"), None]);
}

#[test]
fn a_repeated_reference_is_repeated_forward_and_once_backward() {
    let heap = sketch("q; l:list > q, q, q");
    assert_eq!(lines(&heap, &picture(&heap, &["l"], Direction::Refs, &options())), ["l>q", "l>q", "l>q"]);
    assert_eq!(lines(&heap, &picture(&heap, &["q"], Direction::Backrefs, &options())), ["l>q"]);
}

#[test]
fn a_node_at_the_last_depth_is_drawn_and_not_followed() {
    let heap = sketch("a:dict > b['b']; b:dict > c['c'], a['a']; c:dict > b['b']");
    let lines_at = |max_depth| {
        let options = Options { max_depth, ..options() };
        lines(&heap, &picture(&heap, &["a"], Direction::Refs, &options))
    };
    assert_eq!(lines_at(0), [""; 0]);
    assert_eq!(lines_at(1), ["a>b"]);
    assert_eq!(lines_at(2), ["a>b", "b>c", "b>a"]);
    assert_eq!(lines_at(3), ["a>b", "b>c", "b>a", "c>b"]);
}

#[test]
fn too_many_counts_lines_and_not_what_a_filter_keeps_out() {
    let heap = sketch("a:dict > f0['f'], x['x'], x['y'], f1['g'], b['b'], c['c']; f0:set; f1:set");
    let filter = ObjectFilter::new(&heap, &["!set"]).unwrap();
    let options = Options { too_many: 2, filter, ..options() };
    let picture = picture(&heap, &["a"], Direction::Refs, &options);
    assert_eq!(lines(&heap, &picture), ["a>x", "a>x", "a>+2"]);
    assert_eq!((picture.left_out.collapsed, picture.left_out.filtered), (2, 2));
}

#[test]
fn roots_of_a_picture_are_neither_filtered_nor_ignored() {
    let heap = sketch("a:dict > b['b']; b:dict");
    let ignore = ObjectFilter::new(&heap, &["dict"]).unwrap();
    let picture = picture(&heap, &["a"], Direction::Refs, &Options { ignore, ..options() });
    assert_eq!((picture.nodes.len(), picture.edges.len()), (1, 0));
}

#[test]
fn backrefs_stop_at_modules_and_refs_do_not() {
    let heap = app("x['x']", "sys:dict > app['app']; x:dict > app.m");
    let back = picture(&heap, &["x"], Direction::Backrefs, &options());
    assert_eq!(lines(&heap, &back), ["ns>x", "app>ns"]);
    let forth = picture(&heap, &["x"], Direction::Refs, &options());
    assert_eq!(lines(&heap, &forth), ["x>app", "app>ns", "ns>x"]);
}

#[test]
fn only_what_tp_traverse_reports_and_the_collector_tracks_is_seen() {
    let heap = sketch(
        "x*9; a@untracked > x; b@frozen > x; c > x.u+untraversed; d:weakref > x~weak; e > x~local.v+borrowed; f > x.y; \
         g:list > t, x; t; <interpreter> > x",
    );
    assert_eq!(lines(&heap, &picture(&heap, &["x"], Direction::Backrefs, &options())), ["f>x", "g>x"]);
    assert_eq!(lines(&heap, &picture(&heap, &["c"], Direction::Refs, &options())), [""; 0]);
}

#[test]
fn a_dict_comes_by_value_and_key_in_turns() {
    let heap = sketch("d:dict > k{}, v['k'], l{}, w['l']");
    assert_eq!(lines(&heap, &picture(&heap, &["d"], Direction::Refs, &options())), ["d>v", "d>k", "d>w", "d>l"]);
}
