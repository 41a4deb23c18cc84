//! OBJECT as the command line takes it.

use super::app;
use heapgraph::Snapshot;
use heapgraph::analysis::pattern::ObjectFilter;
use heapgraph::analysis::select::{Matched, select};
use heapgraph::testkit::{id, sketch};

#[track_caller]
fn is(heap: &Snapshot, text: &str, labels: &[&str]) {
    let wanted: Vec<_> = labels.iter().map(|label| id(heap, label)).collect();
    match select(heap, text) {
        Ok(selection) => assert_eq!(selection.ids, wanted, "{text}"),
        Err(error) => panic!("{text}: {error:?}"),
    }
}

#[track_caller]
fn fails(heap: &Snapshot, text: &str, message: &str, hint: &str) {
    let error = select(heap, text).expect_err(text);
    assert!(error.is_unknown_object());
    assert_eq!((error.to_string().as_str(), error.hint().unwrap_or_default()), (message, hint), "{text}");
}

#[test]
fn addresses_are_hexadecimal_or_decimal() {
    let heap = sketch("a; b");
    is(&heap, "0x1010", &["b"]);
    is(&heap, "4096", &["a"]);
    let hint = "the nearest objects are at 0x1000 and 0x1010; an address is only good for its own snapshot";
    fails(&heap, "0x1018", "no object at 0x1018", hint);
    assert!(select(&heap, "12x").is_err_and(|error| error.is_invalid()));
}

#[test]
fn types_are_taken_by_long_and_by_short_name_and_one_by_one() {
    let heap = sketch(
        "a:app.Session; b:web.Session; c:app.Session; d:app.make.<locals>.Node"
            .replace("app.make.<locals>.Node", "\"app.make.<locals>.Node\"")
            .as_str(),
    );
    is(&heap, "Session", &["a", "b", "c"]);
    is(&heap, "app.Session", &["a", "c"]);
    is(&heap, "Session[1]", &["b"]);
    is(&heap, "app.Session[1]", &["c"]);
    is(&heap, "Node", &["d"]);
    let note = select(&heap, "Session").unwrap().note();
    assert_eq!(note.as_deref(), Some("2 types of that name: app.Session (2), web.Session (1)"));
    assert_eq!(select(&heap, "Node").unwrap().note(), None);
    fails(
        &heap,
        "Session[3]",
        "no Session[3]: there are 3 objects of that type",
        "take a number from Session[0] to Session[2]",
    );
    fails(&heap, "Sesion", "no type or module called Sesion", "did you mean Session?");
    fails(&heap, "type:Zebra", "no type called Zebra", "`heapgraph types` lists the types");
}

#[test]
fn paths_go_through_dicts_slots_classes_and_positions() {
    let heap = app(
        "s['STATE'], C['Session']",
        "s:app.Session > C~type, d.__dict__, i.inline; d:dict > u['users']; u:list > x, y; \
         C:type!class=Session > cd.__dict__, B~base; cd:dict > a['limit']; B:type!class=Base > bd.__dict__; \
         bd:dict > z['kind']; m:dict; y:dict > n[0], k['k'], q[\"'zebra]'\"]",
    );
    is(&heap, "app.STATE", &["s"]);
    is(&heap, "app.STATE.users[1]", &["y"]);
    is(&heap, "app.STATE.inline", &["i"]);
    is(&heap, "app.STATE.limit", &["a"]);
    is(&heap, "app.STATE.kind", &["z"]);
    is(&heap, "app.Session.kind", &["z"]);
    is(&heap, "app.STATE.__class__.__base__", &["B"]);
    is(&heap, "app.STATE.__dict__['users'][-1]", &["y"]);
    is(&heap, "app.STATE.users[1][0]", &["n"]);
    is(&heap, "app.STATE.users[1]['k']", &["k"]);
    is(&heap, "app.STATE.users[1][\"k\"]", &["k"]);
    is(&heap, "app.STATE.users[1]['zebra]']", &["q"]);
    fails(&heap, "app.STAET", "app (module app) has no .STAET", "did you mean app.STATE?");
    fails(&heap, "app.STATE.users[7]", "app.STATE.users (list) has no [7]", "it has 2 items: [0] to [1]");
    fails(
        &heap,
        "app.STATE.users[1]['kk']",
        "app.STATE.users[1] (dict) has no ['kk']",
        "did you mean app.STATE.users[1]['k']?",
    );
    fails(&heap, "path:appp.x", "no module called appp.x", "did you mean app?");
}

#[test]
fn a_type_wins_over_a_path_and_prefixes_force() {
    let heap = app("C['Session']", "C:type!class=Session; s:app.Session > C~type; t:app.Session > C~type");
    is(&heap, "app.Session", &["s", "t"]);
    is(&heap, "type:app.Session", &["s", "t"]);
    is(&heap, "path:app.Session", &["C"]);
    is(&heap, "app.Session[1]", &["t"]);
    fails(&heap, "app.Sesion", "app (module app) has no .Sesion", "did you mean app.Session?");
}

#[test]
fn the_longest_module_name_wins() {
    let heap = sketch(
        "<modules> > m.app, n.app.models; m:module > md.__dict__; md:dict > x['models'], y['mode']; \
         n:module > nd.__dict__; nd:dict > z['User']; x > z.other",
    );
    is(&heap, "app.models", &["n"]);
    is(&heap, "app.models.User", &["z"]);
    is(&heap, "app.mode", &["y"]);
    assert_eq!(select(&heap, "app.mode").unwrap().matched, Matched::Path);
}

#[test]
fn filters_take_selectors_globs_and_negation() {
    let heap = app("a['a'], b['b']", "a:app.A; b:app.B; c:web.C");
    let passing = |patterns: &[&str]| {
        let filter = ObjectFilter::new(&heap, patterns).unwrap();
        ["a", "b", "c"].into_iter().filter(|label| filter.passes(&heap, id(&heap, label))).collect::<String>()
    };
    assert_eq!(passing(&[]), "abc");
    assert_eq!(passing(&["app.*"]), "ab");
    assert_eq!(passing(&["app.*", "C"]), "abc");
    assert_eq!(passing(&["!app.*"]), "c");
    assert_eq!(passing(&["app.*", "!path:app.b"]), "a");
    assert_eq!(passing(&["app.b", "0x1000"]), "b");
    assert!(ObjectFilter::new(&heap, &["Nothing"]).is_err_and(|error| error.is_unknown_object()));
}
