//! Chains from the roots, and how they are written.

use super::app;
use heapgraph::analysis::paths::{Chain, Options, chains};
use heapgraph::snapshot::{ReferenceKind, Snapshot};
use heapgraph::testkit::{id, sketch};

fn chain(heap: &Snapshot, label: &str) -> Chain {
    let mut found = chains(heap, &[id(heap, label)], &Options::default());
    found.chains.pop().unwrap_or_else(|| panic!("{label} hangs on no root"))
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
    let options = Options { without_names: vec!["'l'".into()] };
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
