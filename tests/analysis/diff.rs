//! What changed, on heaps small enough to see it.

use super::app;
use heapgraph::analysis::diff::{Change, Diff, Options, diff, kept};
use heapgraph::render::table::{self, Sizes};
use heapgraph::snapshot::{Metadata, Snapshot};
use heapgraph::testkit::sketch;

fn compare(old: &Snapshot, new: &Snapshot) -> Diff {
    diff(old, new, &Options::default())
}

/// Expression, references before and after, and how, of each holder that grew.
fn grown(found: &Diff) -> Vec<(&str, u64, u64, Change)> {
    let expression = |one: &'_ heapgraph::analysis::diff::Growth| (one.old, one.new, one.change);
    let holders = found.holders.iter();
    holders
        .map(|one| {
            let (old, new, change) = expression(one);
            (one.expression.as_deref().unwrap_or("garbage"), old, new, change)
        })
        .collect()
}

#[test]
fn the_cache_that_got_two_sessions_is_named() {
    let base = "c:app.Cache > d.__dict__; d:dict > e['entries']; e:dict[1] > a['a'], k{}; a:app.S#8; k:str=a";
    let old = app("c['CACHE']", base);
    let more = base.replace("e:dict[1] > a['a'], k{}", "e:dict[3] > a['a'], k{}, 0x9000['b'], 0x9010['c'], 0x9020{}");
    let new = app("c['CACHE']", &(more + "; 0x9000:app.S#8 > 0x9010.next; 0x9010:app.S#8; 0x9020:str=b"));
    let found = compare(&old, &new);
    assert_eq!(grown(&found), [("app.CACHE.entries", 1, 3, Change::Grew)]);
    let cache = &found.holders[0];
    assert_eq!((cache.old_length, cache.new_length), (Some(1), Some(3)));
    assert_eq!(cache.added, [("app.S".to_owned(), 2)]);
    assert_eq!(cache.below, Some((3, 16)));
    assert_eq!((found.appeared, found.gone, found.reused), (Some(3), Some(0), Some(0)));
}

#[test]
fn an_own_dict_grows_with_its_owner() {
    let old = app("s['S']", "s:app.S > d.__dict__; d:dict > s['x']; 0x9000:int=1");
    let new = app("s['S']", "s:app.S > d.__dict__; d:dict > s['x'], 0x9000['y'], 0x9000['z']; 0x9000:int=1");
    assert_eq!(grown(&compare(&old, &new)), [("app.S", 1, 3, Change::Grew)]);
}

#[test]
fn a_rebuilt_dict_is_found_by_its_path() {
    let old = app("c['CACHE']", "c:app.Cache > 0x9000.entries; 0x9000:dict > s['a']; s:app.S");
    let new = app("c['CACHE']", "c:app.Cache > 0x9100.entries; 0x9100:dict > s['a'], s['b']; s:app.S");
    let found = compare(&old, &new);
    assert_eq!(grown(&found), [("app.CACHE.entries", 1, 2, Change::Replaced)]);
    assert_eq!((found.appeared, found.gone), (Some(1), Some(1)));
}

#[test]
fn a_new_object_that_holds_many_is_a_holder() {
    let many = |count: usize| vec!["0x9000"; count].join(", ");
    let old = app("x['X']", "x:app.X > 0x9000.x; 0x9000:int=1");
    let with =
        |count| app("x['X']", &format!("x:app.X > 0x9000.x, 0xa000.y; 0x9000:int=1; 0xa000:list > {}", many(count)));
    assert_eq!(grown(&compare(&old, &with(49))), [("app.X", 1, 2, Change::Grew)]);
    let large = with(50);
    let found = compare(&old, &large);
    assert_eq!(grown(&found), [("app.X.y", 0, 50, Change::Appeared), ("app.X", 1, 2, Change::Grew)]);
}

#[test]
fn another_type_text_or_length_at_an_address_is_another_object() {
    let reused = |old: &str, new: &str| compare(&sketch(old), &sketch(new)).reused;
    assert_eq!(reused("a:list", "a:dict"), Some(1));
    assert_eq!(reused("a:str[1]=x", "a:str[1]=y"), Some(1));
    assert_eq!(reused("a:tuple[1]", "a:tuple[2]"), Some(1));
    assert_eq!(reused("a:app.Name=x", "a:app.Name=y"), Some(1));
    // What can change while an object lives does not count, nor what is not known.
    assert_eq!(reused("a:list[1]", "a:list[2]"), Some(0));
    assert_eq!(reused("a:str[1]=x", "a:str[1]"), Some(0));
    assert_eq!(reused("a:frame=\"a.py:1 f\"", "a:frame=\"a.py:2 f\""), Some(0));
    assert_eq!(reused("a:_io.FileIO=\"fd 5\"", "a:_io.FileIO=closed"), Some(0));
}

#[test]
fn texts_that_were_hashed_say_nothing_across_snapshots() {
    let hashed = |text: &str| {
        let metadata = Metadata { values: Some("hashed".into()), ..Metadata::default() };
        sketch(&format!("0x1000:str[1]=\"#{text}\"")).with_metadata(metadata)
    };
    assert_eq!(compare(&hashed("1"), &hashed("2")).appeared, Some(0));
}

fn of_process(heap: &Snapshot, pid: u32, python: &str) -> Snapshot {
    let metadata = Metadata { pid: Some(pid), python: Some(python.into()), ..Metadata::default() };
    heap.clone().with_metadata(metadata)
}

#[test]
fn two_processes_are_compared_by_type_and_path() {
    let at = |base: u64, count: usize| {
        let sessions: Vec<String> = (0..count).map(|n| format!("{:#x}['{n}']", base + 0x100 + 16 * n as u64)).collect();
        let objects: String = (0..count).map(|n| format!("; {:#x}:app.S", base + 0x100 + 16 * n as u64)).collect();
        let (module, dict, cache) = (base, base + 16, base + 32);
        sketch(&format!(
            "<modules> > {module:#x}.app; {module:#x}:module=app > {dict:#x}.__dict__; \
             {dict:#x}:dict > {cache:#x}['CACHE']; {cache:#x}:dict > {}{objects}",
            sessions.join(", ")
        ))
    };
    let found = compare(&of_process(&at(0x1000, 2), 1, "3.12.1"), &of_process(&at(0x8000, 5), 2, "3.12.1"));
    assert!(!found.same_process);
    assert!(found.warnings[0].contains("pid 1 and 2") && found.warnings[0].contains("1 of 1 module"), "{found:?}");
    assert_eq!((found.appeared, found.gone), (None, None));
    assert_eq!(found.types.len(), 1);
    assert_eq!((found.types[0].old, found.types[0].new, found.types[0].appeared), (2, 5, None));
    assert_eq!(grown(&found), [("app.CACHE", 2, 5, Change::Grew)]);
    assert_eq!(found.holders[0].below, None);

    // A fork keeps addresses, and so does a capture that numbers processes as a container does.
    let fork = compare(&of_process(&at(0x1000, 2), 1, "3.12.1"), &of_process(&at(0x1000, 5), 2, "3.12.1"));
    assert!(fork.same_process && fork.warnings[0].contains("forks"), "{:?}", fork.warnings);
    let other = compare(&of_process(&at(0x1000, 2), 1, "3.12.1"), &of_process(&at(0x1000, 2), 1, "3.13.0"));
    assert!(!other.same_process && other.warnings[0].contains("Python 3.12.1 and 3.13.0"));
}

#[test]
fn a_list_of_ten_thousand_links_that_grew_is_told_in_a_line() {
    let links = |count: usize| -> String {
        (0..count).map(|n| format!("; {:#x}:app.Node > {:#x}.next", 0x10_0000 + n * 16, 0x10_0010 + n * 16)).collect()
    };
    let old = app("0x100000['HEAD']", &links(10_000)[2..]);
    let grown_at_the_end = links(10_000) + "; 0x200000:app.Leaf";
    let end = format!("{:#x}:app.Node > ", 0x10_0000 + 9_999 * 16);
    let new = app("0x100000['HEAD']", &grown_at_the_end[2..].replace(&end, &format!("{end}0x200000.extra, ")));
    let found = compare(&old, &new);
    let expression = found.holders[0].expression.as_deref().unwrap();
    assert!(expression.starts_with("…<Node at 0x") && expression.ends_with(".next") && expression.len() < 500);
}

#[test]
fn what_came_and_stayed_is_told_by_where_it_hangs() {
    let with = |sessions: &[&str]| {
        let entries: Vec<String> = sessions.iter().map(|one| format!("{one}['{one}']")).collect();
        let objects: String =
            sessions.iter().map(|one| format!("; {one}:app.S#10 > {one}1.log; {one}1:list#20")).collect();
        app("c['CACHE']", &format!("c:dict > k['k'], {}; k:int=1{objects}", entries.join(", ")))
    };
    let (first, second, third) = (with(&["0xa00"]), with(&["0xa00", "0xb00", "0xc00"]), with(&["0xa00", "0xb00"]));
    let found = kept(&first, &second, &third, &Options::default()).unwrap();
    assert_eq!((found.appeared, found.kept, found.bytes), (4, 2, 30));
    assert_eq!(found.under.len(), 1);
    let under = &found.under[0];
    assert_eq!((under.expression.as_str(), under.objects, under.bytes), ("app.CACHE", 2, 30));
    let names: Vec<(&str, u64, u64)> =
        found.types.iter().map(|one| (one.type_name.as_str(), one.appeared, one.kept)).collect();
    assert_eq!(names, [("list", 2, 1), ("app.S", 2, 1)]);
}

#[test]
fn three_snapshots_of_several_processes_are_refused() {
    let heap = sketch("<modules> > app; app:module");
    let [one, two] = [1, 2].map(|pid| of_process(&sketch("a:list"), pid, "3.12.1"));
    let error = kept(&one, &two, &heap, &Options::default()).unwrap_err();
    assert!(error.is_invalid() && error.hint().is_some(), "{error}");
}

#[test]
fn what_types_and_holders_retain_is_told_when_asked_for() {
    let with = |more: &str| app("c['CACHE']", &format!("c:app.Cache#10 > a.a{more}; a:app.S#100; 0x9000:app.Big#1000"));
    let (old, new) = (with(""), with(", 0x9000.b"));
    let found = diff(&old, &new, &Options { retained: true, ..Options::default() });
    let cache = found.holders.iter().find(|one| one.expression.as_deref() == Some("app.CACHE")).unwrap();
    assert_eq!(cache.retained, Some([Some(110), Some(1110)]));
    let of_cache = found.types.iter().find(|one| one.type_name == "app.Cache").unwrap();
    assert_eq!((of_cache.old, of_cache.new, of_cache.retained), (1, 1, Some(1000)));
    assert!(diff(&old, &new, &Options::default()).holders[0].retained.is_none());
}

#[test]
fn who_holds_more_is_told_though_no_type_has_more() {
    let with = |keys: &str| app("0x500['C']", &format!("0x500:dict#640 > {keys}; 0x600:app.S#48"));
    let more: Vec<String> = (0..9).map(|number| format!("0x600['{number}']")).collect();
    let found = compare(&with("0x600['0']"), &with(&more.join(", ")));
    let text = table::diff(&found, 20, Sizes::Human);
    assert!(text.contains("no type has more or fewer"), "{text}");
    assert!(text.contains("app.C: dict (+ 8 S)"), "{text}");
}

#[test]
fn like_holders_are_told_in_one_line_but_the_one_that_grew_most() {
    let users = |lists: &[usize]| {
        let keys: Vec<String> = (0..lists.len()).map(|n| format!("{:#x}['user{n}']", 0x10_1000 + 16 * n)).collect();
        let one = |(n, count): (usize, &usize)| {
            let requests = vec!["0x9000"; *count].join(", ");
            format!(
                "; {:#x}:app.User > {:#x}.requests; {:#x}:list > {requests}",
                0x10_1000 + 16 * n,
                0x20_2000 + 16 * n,
                0x20_2000 + 16 * n
            )
        };
        let each: String = lists.iter().enumerate().map(one).collect();
        app("0x500['USERS']", &format!("0x500:dict > {}; 0x9000:app.Request{each}", keys.join(", ")))
    };
    let found = compare(&users(&[1; 5]), &users(&[3, 3, 4, 40, 2]));
    assert_eq!((found.grown, found.alike_distinct), (5, 2));
    let told: Vec<_> =
        found.alike.iter().map(|one| (one.expression.as_deref().unwrap(), one.holders, one.references())).collect();
    assert_eq!(told, [("app.USERS['user3'].requests", 1, 39), ("app.USERS[…].requests", 4, 8)]);
    assert_eq!(found.alike[1].most.expression.as_deref(), Some("app.USERS['user2'].requests"));
    assert_eq!(found.alike[1].added, [("app.Request".to_owned(), 8)]);
    let text = table::diff(&found, 20, Sizes::Human);
    assert!(text.contains("app.USERS[…].requests: 4 lists (+ 8 Request)"), "{text}");
}
