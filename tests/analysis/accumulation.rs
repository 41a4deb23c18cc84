//! Who piles up, and under whom.

use super::app;
use heapgraph::analysis::accumulation::find;
use heapgraph::snapshot::Snapshot;
use std::fmt::Write;

/// Sixty sessions, each with a user and a list, and what `link` says of how session n is held.
fn sessions(names: &str, rest: &str, class: &str) -> Snapshot {
    let mut text = format!("C:type!class={class}; U:type!class=User; {rest}");
    for n in 0..60 {
        let _ = write!(
            text,
            "; s{n}:app.{class}#48 > C~type, u{n}.user, l{n}.log; u{n}:app.User#40 > U~type; l{n}:list#900"
        );
    }
    app(&format!("C['{class}'], U['User'], {names}"), &text)
}

fn listed(prefix: &str, of: std::ops::Range<usize>, link: impl Fn(usize) -> String) -> String {
    let links: Vec<String> = of.map(link).collect();
    format!("{prefix} > {}", links.join(", "))
}

/// Type, instances and path of the heaviest pile.
fn first(heap: &Snapshot) -> (String, u64, String) {
    let piles = find(heap);
    let pile = piles.first().expect("a pile");
    (pile.type_name.clone(), pile.instances, pile.path.expression(heap))
}

#[test]
fn the_dict_that_holds_the_sessions_is_named_whatever_they_are_called() {
    for class in ["Session", "Qx7"] {
        let entries = listed("e:dict", 0..60, |n| format!("s{n}['user-{n}'], k{n}{{}}"));
        let heap = sessions("c['CACHE']", &format!("c:app.Cache > e.entries, o.other; {entries}"), class);
        assert_eq!(first(&heap), (format!("app.{class}"), 60, "app.CACHE.entries".to_owned()));
        assert_eq!(find(&heap)[0].bytes, 60 * (48 + 40 + 900));
    }
}

#[test]
fn one_hop_between_holder_and_instances_is_bridged() {
    let shards: String =
        (0..4).map(|n| listed(&format!("d{n}:list"), 15 * n..15 * n + 15, |n| format!("s{n}")) + "; ").collect();
    let heap = sessions("c['CACHE']", &format!("{shards} c:dict > d0[0], d1[1], d2[2], d3[3]"), "Session");
    assert_eq!(first(&heap), ("app.Session".to_owned(), 60, "app.CACHE".to_owned()));
}

#[test]
fn a_few_elsewhere_do_not_hide_the_pile() {
    let most = listed("e:dict", 0..50, |n| format!("s{n}[{n}]"));
    let rest = listed("r:list", 50..60, |n| format!("s{n}"));
    let heap = sessions("e['e'], r['r']", &format!("{most}; {rest}"), "Session");
    assert_eq!(first(&heap), ("app.Session".to_owned(), 50, "app.e".to_owned()));
    assert_eq!(find(&heap)[0].of, 60);
}

#[test]
fn what_is_spread_over_a_module_has_no_holder() {
    let names: Vec<String> = (0..60).map(|n| format!("s{n}['s{n}']")).collect();
    let heap = sessions(&names.join(", "), "x", "Session");
    assert_eq!(find(&heap), []);
}

#[test]
fn what_only_the_interpreter_or_c_code_holds_is_no_pile_of_the_programs() {
    let held = listed("e:list*1", 0..60, |n| format!("s{n}"));
    let heap = sessions("z['z']", &format!("{held}; <interpreter> > i; i:list > e; z"), "Session");
    assert_eq!(find(&heap), []);
}

#[test]
fn a_linked_list_is_held_by_its_head() {
    let mut text = String::from("N:type!class=Node");
    for n in 0..200 {
        let _ = write!(text, "; n{n}:app.Node#64 > N~type, n{}.next", n + 1);
    }
    text += "; n200:app.Node#64 > N~type";
    let heap = app("n0['HEAD'], N['Node']", &text);
    assert_eq!(first(&heap), ("app.Node".to_owned(), 201, "app.HEAD".to_owned()));
}
