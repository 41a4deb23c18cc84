//! The chains of many objects as one tree.

use super::app;
use heapgraph::analysis::paths::{Options, merged};
use heapgraph::render::table;
use heapgraph::snapshot::{ObjectId, Snapshot};
use heapgraph::testkit::id;
use std::fmt::Write;

fn all_of(heap: &Snapshot, name: &str) -> Vec<ObjectId> {
    heap.objects().ids().filter(|id| heap.objects().type_name(*id) == name).collect()
}

/// The tree of a type's instances as a terminal shows it.
fn tree(heap: &Snapshot, name: &str) -> String {
    table::merged(heap, &merged(heap, &all_of(heap, name), &Options::default()), 20)
}

#[test]
fn sessions_in_a_cache_are_one_line_and_the_others_fork_off() {
    let mut rest = String::from("c:app.Cache > e.entries; e:dict > ");
    rest += &(0..40).map(|n| format!("s{n}['user-{n}'], k{n}{{}}")).collect::<Vec<_>>().join(", ");
    rest += "; r:list > s40, s41; q:app.Request > d.__dict__; d:dict > s42['session']";
    rest.extend((0..43).map(|n| format!("; s{n}:app.Session")));
    let heap = app("c['CACHE'], r['RECENT'], q['REQUEST']", &rest);
    assert_eq!(
        tree(&heap, "app.Session"),
        "43  module app\n\
         40    CACHE → .entries → […] (Session)\n \
         2    RECENT → […] (Session)\n \
         1    REQUEST → .session (Session)\n"
    );
}

#[test]
fn few_keys_are_told_apart_and_many_are_not() {
    let heap = app(
        "state['STATE']",
        "state:dict > u['users'], v['views']; u:list > a, b; v:list > c; a:app.A; b:app.A; c:app.A",
    );
    let text = tree(&heap, "app.A");
    assert!(text.contains("'users' → […] (A)") && text.contains("'views' → [0] (A)"), "{text}");
}

#[test]
fn a_list_of_links_is_one_line_however_its_attributes_are_kept() {
    for inline in [true, false] {
        let mut rest = String::new();
        for n in 0..300 {
            let next = n + 1;
            let _ = match inline {
                true => write!(rest, "n{n}:app.Node > n{next}.next; "),
                false => write!(rest, "n{n}:app.Node > d{n}.__dict__; d{n}:dict > n{next}['next']; "),
            };
        }
        let heap = app("n0['HEAD']", &(rest + "n300:app.Node"));
        assert_eq!(
            tree(&heap, "app.Node"),
            "301  module app → HEAD (1 Node here)\n\
             300    .next … (Node)\n"
        );
    }
}

#[test]
fn attributes_of_instances_within_instances_stay_apart() {
    // Own dicts within own dicts are no repetition.
    let heap = app(
        "shop['SHOP']",
        "shop:app.Shop > d0.__dict__; d0:dict > store['store']; store:app.Store > d1.__dict__; d1:dict > e['entries']; \
         e:list > a, b; a:app.A; b:app.A",
    );
    assert_eq!(tree(&heap, "app.A"), "2  module app → SHOP → .store → .entries → […] (A)\n");
}

#[test]
fn closures_and_frames_read_as_they_do_in_a_chain() {
    let heap = heapgraph::testkit::sketch(
        "<modules> > app; app:module > ns.__dict__; ns:dict > l['HANDLERS']; l:list > f, g; \
         f:function=f > t~closure.__closure__; t:tuple > c; c:cell > s~closure.s; \
         g:function=g > u~closure.__closure__; u:tuple > e; e:cell > r~closure.s; s:app.S; r:app.S; \
         <thread 1 Main | frame app.py:1 a> > x; <thread 1 Main | frame app.py:2 b> > y; x:app.S; y:app.S",
    );
    let text = tree(&heap, "app.S");
    assert!(text.contains("2  module app → HANDLERS → […] → closure s (S)"), "{text}");
    assert!(
        text.contains("frame app.py:1 a → local x (S)") && text.contains("frame app.py:2 b → local y (S)"),
        "{text}"
    );
}

#[test]
fn garbage_is_told_apart_and_lines_past_the_limit_are_counted() {
    let names: Vec<String> = (0..30).map(|n| format!("s{n}['N{n}']")).collect();
    let mut rest: String = (0..30).map(|n| format!("s{n}:app.S; ")).collect();
    rest += "lost:app.S > lost";
    let heap = app(&names.join(", "), &rest);
    let found = merged(&heap, &all_of(&heap, "app.S"), &Options::default());
    assert_eq!(found.without, [id(&heap, "lost")]);
    let text = table::merged(&heap, &found, 5);
    assert!(text.starts_with("30  module app\n") && text.ends_with("26    … by 26 more ways\n"), "{text}");
    assert_eq!(text.lines().count(), 6);
}
