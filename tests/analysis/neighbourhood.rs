//! Our own view of a neighbourhood.

use super::app;
use Direction::{Backrefs, Refs};
use heapgraph::analysis::neighbourhood::{Content, Direction, LeftOut, Mark, Neighbourhood, Options, walk};
use heapgraph::analysis::retained::Retained;
use heapgraph::snapshot::Snapshot;
use heapgraph::testkit::{id, label, sketch};

fn picture(heap: &Snapshot, asked: &[&str], direction: Direction, options: &Options) -> Neighbourhood {
    let asked: Vec<_> = asked.iter().map(|label| id(heap, label)).collect();
    walk(heap, &heap.referrers(), &asked, direction, options)
}

/// Every line with its names: `y [0] [2] > x`; a root path is marked by `!`.
fn lines(heap: &Snapshot, picture: &Neighbourhood) -> Vec<String> {
    let name = |node: usize| match &picture.nodes[node].content {
        Content::Object(id) => label(heap, *id),
        Content::More(more) => format!("+{} of {:?}", more.count, more.types),
        Content::Steps(steps) => format!("…{}", steps.count),
    };
    let line = |edge: &heapgraph::analysis::neighbourhood::Edge| {
        let names = edge.references.iter().filter_map(|link| link.label.clone());
        let mut words = vec![name(edge.from)];
        words.extend(names);
        words.push(format!("{}{}", if edge.on_root_path { "!" } else { ">" }, name(edge.to)));
        words.join(" ")
    };
    picture.edges.iter().map(line).collect()
}

#[track_caller]
fn draws(heap: &Snapshot, asked: &str, direction: Direction, expected: &[&str]) {
    assert_eq!(lines(heap, &picture(heap, &[asked], direction, &Options::default())), expected);
}

#[test]
fn parallel_references_are_one_line_with_their_names() {
    let heap = sketch("x:list; y:list > x, z, x, d; z:list > x; d:dict > x['x'], k{}; k:str=x");
    draws(&heap, "y", Refs, &["y [0] [2] >x", "y [1] >z", "y [3] >d", "z [0] >x", "d ['x'] >x"]);
    draws(&heap, "x", Backrefs, &["y [0] [2] >x", "z [0] >x", "d ['x'] >x", "y [1] >z", "y [3] >d"]);
}

#[test]
fn an_own_dict_and_a_closure_are_folded_both_ways() {
    let heap = app(
        "f['on_close']",
        "f:function=on_close > t~closure.__closure__, ns~global.__globals__, q~internal.__code__; q:code; t:tuple > c; \
         c:cell > s~closure.s; s:app.Session > C~type, d.__dict__; d:dict > u['user'], k{}; k:str; C:type!class",
    );
    draws(&heap, "s", Backrefs, &["f closure s !s", "app on_close !f"]);
    draws(&heap, "f", Refs, &["f closure s >s", "s .user >u"]);
    draws(&heap, "u", Backrefs, &["s .user !u", "f closure s !s", "app on_close !f"]);
    let all = Options { classes: true, values: true, ..Options::default() };
    let picture = picture(&heap, &["s"], Refs, &all);
    assert_eq!(lines(&heap, &picture), ["s type >C", "s .user >u", "s key >k"]);
    assert_eq!(picture.left_out, LeftOut::default());
}

#[test]
fn what_was_asked_for_is_not_folded_away() {
    let heap = app("s['s']", "s:app.Session > d.__dict__; d:dict > u['user']");
    draws(&heap, "d", Backrefs, &["s .__dict__ !d", "app s !s"]);
    draws(&heap, "d", Refs, &["d ['user'] >u"]);
}

#[test]
fn roots_are_holders() {
    let heap =
        sketch("<thread 1 Main | frame app.py:42 handle> > s.req; s:app.Session*3 > g.gen; g:generator > s~local.self");
    let held = "<held outside Python> >s";
    let framed = "<frame app.py:42 handle> local req !s";
    draws(&heap, "s", Backrefs, &[framed, held, "g local self >s", "s .gen >g"]);
}

#[test]
fn past_too_many_the_rest_is_one_counted_card_and_the_root_path_stays() {
    let lists: String = (0..5).map(|n| format!("l{n}:list > s; ")).collect();
    let heap = app("z['z']", &format!("{lists} o:app.Owner > s.s; s:app.Session; z:dict > s['s']"));
    let options = Options { too_many: 2, max_depth: 1, ..Options::default() };
    let drawn = picture(&heap, &["s"], Backrefs, &options);
    let card = r#"+5 of [("list", 4), ("app.Owner", 1)] >s"#;
    // The module is beyond the last depth: the way from a root is there in any case.
    assert_eq!(lines(&heap, &drawn), ["l0 [0] >s", "z ['s'] !s", "app z !z", card]);
    assert_eq!(drawn.left_out.collapsed, 5);
    let all = Options { too_many: 7, ..options };
    assert_eq!(picture(&heap, &["s"], Backrefs, &all).edges.len(), 8);
}

#[test]
fn cut_at_the_last_depth_says_how_many_are_not_followed() {
    let heap = sketch("a:list > b; b:list > c, d, a, e; c; d; e");
    let options = Options { max_depth: 1, ..Options::default() };
    let drawn = picture(&heap, &["a"], Refs, &options);
    assert_eq!(lines(&heap, &drawn), ["a [0] >b", "b [2] >a"], "lines among what is shown are all there");
    assert_eq!(drawn.nodes[1].not_followed, 3);
    assert_eq!(drawn.left_out.not_followed, 3);
}

#[test]
fn noise_and_weak_references_show_where_nothing_else_holds_the_object() {
    let heap = sketch("C:type!class; a:app.A > C~type; b:app.A > C~type; w:weakref > a~weak");
    draws(&heap, "C", Backrefs, &["a type >C", "b type >C", "w weak >a"]);
    let drawn = picture(&heap, &["a"], Backrefs, &Options::default());
    assert!(drawn.edges[0].is_weak());
    let held = sketch("a:app.A; l:list > a; w:weakref > a~weak");
    draws(&held, "a", Backrefs, &["l [0] >a"]);
    let weak = Options { weak: true, ..Options::default() };
    assert_eq!(lines(&held, &picture(&held, &["a"], Backrefs, &weak)), ["l [0] >a", "w weak >a"]);
}

#[test]
fn classes_and_modules_are_not_walked_through_but_for_the_root_path() {
    let heap = app(
        "C['Registry']",
        "C:type!class=Registry > cd.__dict__; cd:dict > s['last'], __m['__module__']; s:app.Session; x:list > C; \
         __m:str",
    );
    draws(&heap, "s", Backrefs, &["C .last !s", "app Registry !C"]);
    draws(&heap, "C", Backrefs, &["app Registry !C", "x [0] >C"]);
    draws(&heap, "C", Refs, &["C .last >s"]);
}

#[test]
fn as_a_graph_of_petgraph_it_has_the_same_nodes_and_lines() {
    let heap = sketch("x:list; y:list > x, z; z:list > x");
    let drawn = picture(&heap, &["y"], Refs, &Options::default());
    let graph = drawn.to_graph();
    assert_eq!((graph.node_count(), graph.edge_count()), (3, 3));
    let ends: Vec<_> = graph.edge_indices().filter_map(|edge| graph.edge_endpoints(edge)).collect();
    let expected: Vec<_> = drawn.edges.iter().map(|edge| (edge.from, edge.to)).collect();
    assert_eq!(ends.iter().map(|(from, to)| (from.index(), to.index())).collect::<Vec<_>>(), expected);
}

#[test]
fn a_chain_of_a_hundred_thousand_is_walked_without_a_stack() {
    let text: Vec<String> = (0..100_000).map(|n| format!("n{n}:app.Node > n{}.next", n + 1)).collect();
    let heap = sketch(&text.join("; "));
    let options = Options { max_depth: u32::MAX, group: false, ..Options::default() };
    assert_eq!(picture(&heap, &["n0"], Refs, &options).nodes.len(), 100_001);
    assert_eq!(picture(&heap, &["n100000"], Backrefs, &options).nodes.len(), 100_001);
}

#[test]
fn a_way_from_a_far_root_is_drawn_with_its_middle_folded() {
    let links: String = (1..40).map(|n| format!("n{}:app.Node > n{n}.next; ", n - 1)).collect();
    let heap = app("n0['HEAD']", &format!("{links} n39:app.Node"));
    let drawn = picture(&heap, &["n39"], Backrefs, &Options::default());
    let lines = lines(&heap, &drawn);
    assert_eq!(lines[..3], ["n38 .next !n39", "n37 .next !n38", "n36 .next !n37"]);
    assert!(
        ["app HEAD !n0", "n0 .next !n1", "n1 .next !…34", "…34 .next !n36"]
            .iter()
            .all(|line| lines.contains(&line.to_string())),
        "{lines:?}"
    );
    let all = Options { group: false, ..Options::default() };
    assert_eq!(picture(&heap, &["n39"], Backrefs, &all).nodes.len(), 41);
}

#[test]
fn a_long_row_folds_whichever_way_its_links_run() {
    for back in [false, true] {
        let link = |n: usize| match back {
            true if n > 0 => format!("n{n}:app.Node > n{}.next, n{}.prev; ", n + 1, n - 1),
            _ => format!("n{n}:app.Node > n{}.next; ", n + 1),
        };
        let heap = sketch(&(0..50).map(link).collect::<String>());
        let deep = Options { max_depth: 100, ..Options::default() };
        let drawn = picture(&heap, &["n0"], Refs, &deep);
        let folded = drawn.nodes.iter().find_map(|node| match &node.content {
            Content::Steps(steps) => Some((steps.count, steps.way.clone())),
            _ => None,
        });
        let (count, way) = folded.expect("a card");
        assert_eq!((count as usize + drawn.nodes.len() - 1, way.starts_with("Node → .next → .next")), (51, true));
    }
}

#[test]
fn plain_values_stand_in_the_boxes_that_have_them() {
    let heap = sketch("a:app.A > s.name, n.n, l.l; s:str=x; n:int=3; l:list[2] > s, b; b:app.B");
    let drawn = picture(&heap, &["a"], Refs, &Options::default());
    assert_eq!(lines(&heap, &drawn), ["a .l >l", "l [1] >b"]);
    let values: Vec<u64> = drawn.nodes.iter().map(|node| node.values).collect();
    assert_eq!((values, drawn.left_out.values), (vec![2, 1, 0], 3));
    let all = Options { values: true, ..Options::default() };
    assert_eq!(picture(&heap, &["a"], Refs, &all).edges.len(), 5);
}

#[test]
fn of_equally_short_ways_the_one_that_keeps_most_is_drawn() {
    let heap = app("a['A'], b['B']", "a:app.Small > s.s; b:app.Large > s.s, big.x; big:str#1000; s:app.S");
    let retained = Retained::of_living(heap.objects(), heap.references());
    let options = Options { retained: Some(&retained), ..Options::default() };
    let drawn = picture(&heap, &["s"], Backrefs, &options);
    assert!(lines(&heap, &drawn).contains(&"b .s !s".to_owned()));
    let kept = |name: &str| {
        let node = drawn.nodes.iter().find(|node| node.content == Content::Object(id(&heap, name)));
        node.and_then(|node| node.retained)
    };
    assert_eq!((kept("b"), kept("s")), (Some(1000), Some(0)));
}

#[test]
fn what_is_special_about_an_object_is_marked() {
    let heap =
        app("l['L']", "l:list > a, f; a:app.A!finalizer; f:app.F@frozen; g:app.G > h.h; h:app.H; o:app.O*1 > l.x");
    let marks = |name: &str| picture(&heap, &[name], Backrefs, &Options::default()).nodes[0].marks.clone();
    assert_eq!(marks("a"), [Mark::Finalizer]);
    assert_eq!(marks("f"), [Mark::Frozen]);
    assert_eq!(marks("h"), [Mark::Garbage]);
    assert_eq!(marks("o"), [Mark::HeldOutside]);
    assert_eq!(marks("l"), []);
}

#[test]
fn the_lines_that_close_cycles_are_numbered_with_what_to_cut() {
    let heap = app(
        "c['C']",
        "c:app.Cache > s.entry; s:app.Session > u.user, f.f; u:app.User > l.sessions; l:list > s; f:function=done > s~closure.s",
    );
    let drawn = picture(&heap, &["s"], Backrefs, &Options::default());
    let cuts: Vec<(u32, &str)> = drawn.cycles.iter().map(|closing| (closing.number, closing.cut.as_str())).collect();
    assert_eq!(cuts, [(1, "Session.f"), (2, "Session.user")]);
    assert_eq!(drawn.nodes[0].cycles, [1, 2]);
    assert!(drawn.edges.iter().all(|edge| edge.on_cycle != edge.on_root_path));
}
