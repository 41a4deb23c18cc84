//! Chains from the roots, and how they are written.

use super::app;
use heapgraph::analysis::paths::{Chain, Options, chains};
use heapgraph::analysis::select::left_out;
use heapgraph::snapshot::{ReferenceKind, Snapshot};
use heapgraph::testkit::{id, sketch};

fn chain(heap: &Snapshot, label: &str) -> Chain {
    let mut found = chains(heap, &[id(heap, label)], &Options::default());
    found.chains.pop().unwrap_or_else(|| panic!("{label} hangs on no root"))
}

fn without(heap: &Snapshot, names: &[&str]) -> Options {
    Options { left_out: Some(left_out(heap, names).unwrap()), ..Options::default() }
}

/// The chains to an object as arrows.
fn found(heap: &Snapshot, label: &str, options: &Options) -> Vec<String> {
    chains(heap, &[id(heap, label)], options).chains.iter().map(|chain| chain.arrows(heap)).collect()
}

fn written(heap: &Snapshot, label: &str) -> (String, String) {
    (chain(heap, label).arrows(heap), chain(heap, label).expression(heap))
}

#[test]
fn a_chain_reads_as_one_would_write_it() {
    let heap = app(
        "c['cache']",
        "c:dict > l['k']; l:list > x, x, x, s; s:app.Session > d.__dict__, o.owner; d:dict > u['user'], w['a b']",
    );
    let read = |arrows: &str, expression: &str| (arrows.to_owned(), expression.to_owned());
    assert_eq!(written(&heap, "s"), read("module app → cache → 'k' → [3]", "app.cache['k'][3]"));
    assert_eq!(written(&heap, "o"), read("module app → cache → 'k' → [3] → .owner", "app.cache['k'][3].owner"));
    assert_eq!(written(&heap, "u").1, "app.cache['k'][3].user");
    assert_eq!(written(&heap, "d").1, "app.cache['k'][3].__dict__");
    assert_eq!(written(&heap, "w").1, "app.cache['k'][3].__dict__['a b']");
    assert_eq!(written(&heap, "app"), read("module app", "app"));
}

#[test]
fn a_closure_is_one_arrow_and_valid_python() {
    let heap = app(
        "f['on_close']",
        "f:function=on_close > t~closure.__closure__; t:tuple > e, c; c:cell > s~closure.s; e:cell; s:app.Session",
    );
    assert_eq!(written(&heap, "s").0, "module app → on_close → closure s");
    assert_eq!(written(&heap, "s").1, "app.on_close.__closure__[1].cell_contents");
    assert_eq!(written(&heap, "t").1, "app.on_close.__closure__");
}

#[test]
fn variables_of_running_and_of_suspended_calls_are_named() {
    let heap = sketch(
        "<thread 7 MainThread | frame app.py:42 handle> > g.req; g:generator > c~local.x; c:cell > s~closure.x; \
         s:app.Session > v.v",
    );
    assert_eq!(
        written(&heap, "s").0,
        "thread 7 MainThread → frame app.py:42 handle → local req → local x",
        "a local in a cell is still a local"
    );
    assert_eq!(written(&heap, "v").1, "handle() local req.gi_frame.f_locals['x'].v");
}

#[test]
fn a_named_root_wins_over_held_outside_however_far_it_is() {
    let heap = app("a['a']", "a:list > b; b:list > c; c:list > s; s:app.Session*2");
    assert_eq!(written(&heap, "s").1, "app.a[0][0][0]");
    let heap = sketch("s:app.Session*1 > u.user; u:dict");
    assert_eq!(written(&heap, "u").0, "held outside Python → Session → .user");
    assert_eq!(written(&heap, "u").1, "<Session held outside Python>.user");
}

#[test]
fn weak_references_and_names_left_out_lead_nowhere() {
    let heap = app("w['w'], l['l']", "w:weakref > s~weak; l:list > s; s:app.Session");
    assert_eq!(written(&heap, "s").1, "app.l[0]");
    let options = without(&heap, &["'l'"]);
    let found = chains(&heap, &[id(&heap, "s")], &options);
    assert_eq!((found.chains.len(), found.without), (0, vec![id(&heap, "s")]));
}

#[test]
fn steps_tell_everything_and_fold_nothing() {
    let heap = app("l['l']", "l:list > x, s; s:app.Session");
    let chain = chain(&heap, "s");
    let steps: Vec<_> = chain.steps(&heap).collect();
    let kinds: Vec<_> = steps.iter().map(|step| step.kind).collect();
    use ReferenceKind::{Attribute, Item, Key, Root};
    assert_eq!(kinds, [None, Some(Root), Some(Attribute), Some(Key), Some(Item)]);
    assert_eq!((steps[0].address, steps[0].text), (None, Some("<modules>")));
    assert_eq!((steps[1].name, steps[2].name, steps[3].name), (Some("app"), Some("__dict__"), Some("'l'")));
    assert_eq!((steps[4].name, steps[4].index, steps[4].text), (None, Some(1), None));
}

#[test]
fn the_root_itself_and_garbage() {
    let heap = app("l['l']", "l:list; a:list > b; b:list > a");
    let found = chains(&heap, &[id(&heap, "a"), id(&heap, "<root>"), id(&heap, "<modules>")], &Options::default());
    assert_eq!(found.without, [id(&heap, "a")]);
    assert_eq!(found.chains.iter().map(|chain| chain.hops.len()).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_variable_that_is_a_function_is_not_taken_for_a_cell() {
    let heap = app(
        "g['g']",
        "g:generator > f~local.callback; f:function > t~closure.__closure__; t:tuple > c; c:cell > s~closure.s",
    );
    assert_eq!(written(&heap, "t").0, "module app → g → local callback → .__closure__");
    assert_eq!(written(&heap, "s").0, "module app → g → local callback → closure s");
}

#[test]
fn several_chains_share_nothing_and_what_all_go_through_is_named() {
    let heap = sketch(
        "<modules> > app, web; app:module > a.a; web:module > a.b, c.c; a:list > s; c:list > d; d:list > s, t; t:list > s; \
         <thread 7 Main | frame app.py:3 run> > s.req; s:app.Session",
    );
    let asked = |most| chains(&heap, &[id(&heap, "s")], &Options { most, ..Options::default() });
    let arrows: Vec<String> = asked(5).chains.iter().map(|chain| chain.arrows(&heap)).collect();
    assert_eq!(
        arrows,
        ["thread 7 Main → frame app.py:3 run → local req", "module app → .a → [0]", "module web → .c → [0] → [0]",]
    );
    let through: Vec<_> = asked(5).counts[0].through.iter().flatten().map(Chain::object).collect();
    assert_eq!(through, [id(&heap, "a"), id(&heap, "d")], "the frame holds it without anything between");
    assert_eq!((asked(2).chains.len(), asked(2).counts[0].through.clone()), (2, None));
    assert_eq!((asked(1).chains.len(), asked(1).counts.len()), (1, 0));
}

#[test]
fn outside_python_begins_a_further_chain_where_named_roots_have_too_few() {
    let heap = app("l['l']", "l:list > s; s:app.Session > x.x; x:list; o:list*1 > s");
    let options = Options { most: 2, ..Options::default() };
    assert_eq!(found(&heap, "s", &options), ["module app → l → [0]", "held outside Python → list → [0]"]);
}

#[test]
fn a_chain_starts_where_it_is_asked_to() {
    let heap = app("c['c']", "c:app.Cache > e.entries; e:dict > s['k']; s:app.Session; g:list > s");
    let from = |label: &str| Options { from: vec![id(&heap, label)], ..Options::default() };
    assert_eq!(found(&heap, "s", &from("c")), ["Cache → .entries → 'k'"]);
    assert_eq!(found(&heap, "s", &from("g")), ["list → [0]"]);
    assert_eq!(found(&heap, "c", &from("e")), Vec::<String>::new());
    assert_eq!(chains(&heap, &[id(&heap, "c")], &from("c")).chains[0].hops.len(), 1);
}

#[test]
fn what_is_left_out_is_named_as_one_would_write_it() {
    let heap = app(
        "a['a'], b['b'], n['n']",
        "a:app.Cache > d.__dict__; d:dict > s['x'], t['a b']; b:list > s, t, u; s:app.Session; t:app.Session; u:app.User; \
         n:app.Node > s.x, u.up",
    );
    let left = |names: &[&str]| {
        let marks = left_out(&heap, names).unwrap();
        let written: Vec<String> = marks
            .iter()
            .map(|mark| heap.references().get(heapgraph::snapshot::ReferenceId::new(mark)))
            .map(|reference| format!("{} {}", reference.holder.get(), reference.name.unwrap_or("-")))
            .collect();
        written.join(", ")
    };
    let (d, b, n) = (id(&heap, "d").get(), id(&heap, "b").get(), id(&heap, "n").get());
    assert_eq!(left(&["x"]), format!("{d} 'x', {n} x"));
    assert_eq!(left(&[".x"]), left(&["x"]));
    assert_eq!(left(&["'x'"]), format!("{d} 'x'"));
    assert_eq!(left(&["['a b']"]), format!("{d} 'a b'"));
    assert_eq!(left(&["[\"a b\"]"]), format!("{d} 'a b'"));
    assert_eq!(left(&["Cache.x"]), format!("{d} 'x'"));
    assert_eq!(left(&["app.n.x"]), format!("{n} x"));
    assert_eq!(left(&["app.b[1]"]), format!("{b} -"));
    assert_eq!(left(&["app.b[]"]), format!("{b} -, {b} -, {b} -"));
    assert_eq!(left(&["Node"]), format!("{n} x, {n} up"));
    assert_eq!(left(&["app.N*", ".x"]), format!("{d} 'x', {n} x, {n} up"));
    for (wrong, near) in [("Nod", "Node"), ("['a bb']", "a b"), ("Node.ux", "Node.up"), (".uq", ".up")] {
        let error = left_out(&heap, &[wrong]).unwrap_err();
        assert!(
            error.is_unknown_object() && error.hint().is_some_and(|hint| hint.contains(near)),
            "{wrong}: {error:?}"
        );
    }
}

#[test]
fn a_long_chain_is_written_from_both_ends_and_nothing_is_torn() {
    // head → .__dict__ → ['next'] → …
    let mut rest = String::new();
    for n in 0..500 {
        rest += &format!("n{n}:app.Node > d{n}.__dict__; d{n}:dict > n{}['next']; ", n + 1);
    }
    let heap = app("n0['HEAD']", &rest);
    let chain = chain(&heap, "n500");
    for most in [6, 7] {
        let text = chain.short_arrows(&heap, most);
        assert!(text.starts_with("module app → HEAD → .next → ") && text.ends_with(" → .next → .next"), "{text}");
        assert_eq!(text.matches("steps …").count(), 1, "{text}");
        assert!(!text.contains("__dict__") && !text.contains("'next'"), "{text}");
    }
    assert_eq!(chain.short_arrows(&heap, 600), chain.arrows(&heap));
}
