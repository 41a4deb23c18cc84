//! What is freed without an object, and who owns the heap.

use super::app;
use heapgraph::analysis::census::{self, count_retained};
use heapgraph::analysis::retained::{Content, Options, Report, Retained, report};
use heapgraph::snapshot::{
    Address, Flags, Generation, Metadata, NewObject, NewRoot, ObjectId, ReferenceKind, ReferenceTag, RootKind,
    Snapshot, SnapshotBuilder,
};
use heapgraph::testkit::{id, sketch};

fn bytes(heap: &Snapshot, label: &str) -> Option<u64> {
    Retained::of_living(heap.objects(), heap.references()).bytes(id(heap, label))
}

/// Level and name or rest of each line.
fn lines(report: &Report) -> Vec<(usize, String)> {
    let text = |content: &Content| match content {
        Content::Object { name, .. } => name.clone().unwrap_or_default(),
        Content::Rest { count, types } => {
            let types: Vec<_> =
                types.iter().map(|of| format!("{} {} {}", of.count, of.type_name, of.retained)).collect();
            format!("+{count}: {}", types.join(", "))
        }
    };
    report.outline.lines.iter().map(|line| (line.level, text(&line.content))).collect()
}

#[test]
fn what_two_modules_share_belongs_to_neither() {
    let heap = sketch(
        "<modules> > app, lib; app:module#1=app > a.__dict__; a:dict#2 > own['own'], both['both'];
         lib:module#4=lib > l.__dict__; l:dict#8 > both['both']; own#16; both#32 > more; more#64",
    );
    let expected = [("app", 1 + 2 + 16), ("lib", 4 + 8), ("own", 16), ("both", 32 + 64), ("more", 64)];
    for (label, size) in expected {
        assert_eq!(bytes(&heap, label), Some(size), "{label}");
    }
    let retained = Retained::of_living(heap.objects(), heap.references());
    assert_eq!(retained.dominator(id(&heap, "both")), None);
    assert_eq!(retained.total(), (7, 127));
}

#[test]
fn a_weak_reference_retains_nothing_and_a_frame_what_only_it_holds() {
    let heap = sketch(
        "<modules> > app; app#1 > held, seen~weak; held#2; seen#4;
         <thread 1 Main | frame app.py:3 f> > seen, local; local#8 > held",
    );
    assert_eq!([bytes(&heap, "app"), bytes(&heap, "local")], [Some(1), Some(8)]);
    assert_eq!([bytes(&heap, "<frame app.py:3 f>"), bytes(&heap, "<root>")], [Some(12), Some(15)]);
}

#[test]
fn a_set_frees_what_only_its_members_share() {
    let heap = app("a['A'], b['B'], c['C']", "a#1 > s; b#2 > s, t; c#4 > t; s#8; t#16; lost#32 > t");
    let ask = |labels: &[&str]| {
        let ids: Vec<ObjectId> = labels.iter().map(|label| id(&heap, label)).collect();
        report(&heap, Some(&ids), &Options::default())
    };
    let set = |labels: &[&str]| {
        let set = ask(labels).set.unwrap();
        (set.objects, set.freed, set.retained)
    };
    assert_eq!(set(&["a", "b"]), (2, 3, 1 + 2 + 8));
    assert_eq!(set(&["a", "b", "c"]), (3, 5, 31));
    // Garbage is asked for, and frees nothing that a root reaches.
    assert_eq!(set(&["lost", "a"]), (2, 1, 1));
    assert_eq!(ask(&["lost", "a"]).without, [id(&heap, "lost")]);
    assert_eq!(ask(&["a", "b"]).objects.iter().map(|one| one.retained).collect::<Vec<_>>(), [2, 1]);
}

#[test]
fn garbage_has_a_tree_of_its_own_that_starts_where_nothing_leads() {
    let heap = sketch(
        "<modules> > app; app#1000; top#1 > ring, app; ring#2 > back; back#4 > ring, leaf; leaf#8;
         alone#16 > twin; twin#32 > alone, leaf",
    );
    let garbage = Retained::of_garbage(heap.objects(), heap.references());
    let found: Vec<_> =
        ["top", "ring", "back", "leaf", "alone", "twin", "app"].map(|label| garbage.bytes(id(&heap, label))).into();
    assert_eq!(found, [Some(7), Some(6), Some(4), Some(8), Some(48), Some(32), None]);
    assert_eq!(garbage.total(), (6, 63));
    let report = report(&heap, None, &Options { garbage: true, ..Options::default() });
    let outermost: Vec<u64> = report.outline.lines.iter().map(|line| line.retained).collect();
    assert_eq!((outermost, report.outermost), (vec![48, 8, 7], 3));
}

#[test]
fn the_outline_looks_through_modules_and_folds_an_own_dict() {
    let heap = app(
        "c['CACHE'], n['N'], f['f']",
        "c:app.Cache#10 > d.__dict__; d:dict#20 > e['entries'], o['other']; e:list#30 > x, y; x:str#40; y:str#50;
         o:str#60; n:int#1; f:function#5 > ns~global.__globals__; held:app.Held#7*1 > f.f",
    );
    let ask = |levels: usize| report(&heap, None, &Options { levels: Some(levels), ..Options::default() });
    // The function is held from elsewhere too, and with it the module's namespace: what is in there hangs under a root.
    assert_eq!(
        lines(&ask(0)).iter().map(|line| line.1.as_str()).collect::<Vec<_>>(),
        ["app.CACHE", "<Held held outside Python>", "app.f", "app.N"]
    );
    let tree: Vec<_> = lines(&ask(2)).into_iter().take(6).collect();
    let expected =
        [(0, "app.CACHE"), (1, ".entries"), (2, "[1]"), (2, "[0]"), (1, ".other"), (0, "<Held held outside Python>")];
    assert_eq!(tree, expected.map(|(level, text)| (level, text.to_owned())));
    let module = report(&heap, Some(&[id(&heap, "app")]), &Options::default());
    assert_eq!(module.without_namespace, [id(&heap, "app")]);
}

#[test]
fn what_is_small_is_one_line() {
    let items: Vec<String> = (0..30).map(|n| format!("i{n}")).collect();
    let sizes: Vec<String> = (0..30).map(|n| format!("i{n}:app.Item#{}", 100 + n)).collect();
    let heap = app("l['L']", &format!("l:list#1 > {}, s; s:str#1; {}", items.join(", "), sizes.join("; ")));
    let report = report(&heap, None, &Options { levels: Some(1), rows: 1, ..Options::default() });
    let expected: Vec<String> = (22..30).rev().map(|n| format!("[{n}]")).collect();
    let lines = lines(&report);
    assert_eq!(lines[1..9].iter().map(|line| line.1.clone()).collect::<Vec<_>>(), expected);
    assert_eq!(lines[9], (1, "+23: 22 app.Item 2431, 1 str 1".to_owned()));
    let rest = report.outline.lines.last().unwrap();
    assert_eq!((rest.retained, rest.objects), ((100..122).sum::<u64>() + 1, 23));
}

#[test]
fn an_object_below_another_of_its_type_adds_nothing() {
    let heap = app(
        "a['A'], b['B']",
        "a:app.T#1 > c; c:app.U#2 > d, s; d:app.T#4; b:app.T#8 > s; s:str@untracked#16; g:app.T#32 > g",
    );
    let census = count_retained(heap.objects(), heap.references(), &census::Options::default());
    let of = |name: &str| census.types.iter().find(|one| one.type_name == name).unwrap();
    assert_eq!((of("app.T").bytes, of("app.T").retained), (45, Some(7 + 8 + 32)));
    assert_eq!((of("app.U").retained, of("str").retained), (Some(6), Some(16)));
    // All of T together have s as well, which two of them share.
    let ids: Vec<ObjectId> = heap.objects().real_ids().filter(|id| heap.objects().type_name(*id) == "app.T").collect();
    let exact = report(&heap, Some(&ids), &Options::default()).set.unwrap();
    assert_eq!(exact.retained, 7 + 8 + 16);
    let tracked = census::Options { tracked: true, ..census::Options::default() };
    let census_of_tracked = count_retained(heap.objects(), heap.references(), &tracked);
    assert_eq!(census_of_tracked.bytes, census.bytes - 16);
}

/// A heap of `many` objects of 16 bytes under one module, linked by `link`.
pub(crate) fn large(many: u64, link: impl Fn(&mut SnapshotBuilder, u64)) -> Snapshot {
    let mut builder = SnapshotBuilder::new();
    let type_name = builder.type_name("app.Node").unwrap();
    for number in 0..many {
        let object = NewObject {
            address: at(number),
            type_name,
            size: 16,
            refcount: None,
            generation: Generation(2),
            flags: Flags::empty(),
            length: None,
            text: None,
        };
        builder.object(object).unwrap();
        link(&mut builder, number);
    }
    let (kind, reference) = (RootKind::Module, ReferenceKind::Root);
    let root = NewRoot { kind, path: &[], reference, name: Some("app"), target: at(0), counted: true };
    builder.root(root).unwrap();
    builder.finish(Metadata::default()).unwrap()
}

pub(crate) fn at(number: u64) -> Address {
    Address(0x1000 + 16 * number)
}

/// Every question on a chain whose members share a class, on a wide object, and on both as garbage.
fn deep_and_wide(many: u64) {
    let item = ReferenceTag::plain(ReferenceKind::Item);
    let chain = large(many, |builder, number| {
        builder.reference(at(many - 1), item, None);
        builder.reference(at((number + 1).min(many - 1)), item, None);
    });
    let star = large(many, |builder, number| {
        if number == 0 {
            (1..many).for_each(|other| builder.reference(at(other), item, None));
        }
    });
    for heap in [chain, star] {
        let options = Options { rows: 3, levels: Some(50), ..Options::default() };
        let all = report(&heap, None, &options);
        assert_eq!((all.reached, all.bytes, all.objects[0].retained), (many, 16 * many, 16 * many));
        let everything: Vec<ObjectId> = heap.objects().real_ids().collect();
        let set = report(&heap, Some(&everything), &options).set.unwrap();
        assert_eq!((set.freed, set.retained), (many, 16 * many));
        let census = count_retained(heap.objects(), heap.references(), &census::Options::default());
        assert_eq!(census.types[0].retained, Some(16 * many));
    }
}

pub(crate) fn in_a_small_thread(check: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(2 << 20).spawn(check).unwrap().join().unwrap();
}

#[test]
fn a_million_objects_deep_or_wide() {
    in_a_small_thread(|| deep_and_wide(1_000_000));
}

#[test]
#[ignore = "minutes, and gigabytes of memory"]
fn ten_million_objects_deep_or_wide() {
    in_a_small_thread(|| deep_and_wide(10_000_000));
}
