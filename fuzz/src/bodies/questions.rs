//! What is asked of every small snapshot that could be read, whatever its numbers and texts are.

use heapgraph::Snapshot;
use heapgraph::analysis::neighbourhood::{self, Direction, View};
use heapgraph::analysis::{census, collect, cycles, diff, leaks, object, paths, retained, select, waste};
use heapgraph::render::table::{self, Sizes};
use heapgraph::render::{DrawOptions, PictureFormat, ThemeChoice, draw, report, scene, tree};
use heapgraph::snapshot::{Generation, ObjectId, Referrers};

/// Rows and references up to which everything is asked.
const ROWS: usize = 40;
const REFERENCES: usize = 120;

/// Whether a snapshot is small enough to be asked everything, thousands of times.
pub(crate) fn is_small(heap: &Snapshot) -> bool {
    heap.objects().len() <= ROWS && heap.references().len() <= REFERENCES
}

/// Asks, and writes the answers. Files of other makers may break invariants, which `verify` then tells.
pub(crate) fn ask(heap: &Snapshot) {
    let _ = heap.verify();
    let exact = Sizes::Exact;
    table::census(&census::count(heap.objects(), &census::Options::default()), 0, exact);
    collections(heap);
    table::cycles(heap, &cycles::find(heap, &cycles::Options { members: true, ..Default::default() }), exact);
    cycles::find(heap, &cycles::Options { all_references: true, ..Default::default() });
    for garbage in [false, true] {
        let options = retained::Options { garbage, levels: Some(3), ..Default::default() };
        table::retained(heap, &retained::report(heap, None, &options), exact);
    }
    table::waste(&waste::find(heap, &waste::Options::default()), exact);
    let everything = leaks::everything(heap, Some(heap), &leaks::Options::default());
    let options = report::Options { file: "a.json", since: "b.json", sizes: exact, theme: ThemeChoice::Light };
    report::report(heap, &everything, &options).expect("our layout takes every picture");
    table::diff(&diff::diff(heap, heap, &diff::Options { retained: true, ..Default::default() }), 0, exact);
    let referrers = heap.referrers();
    objects(heap, &referrers);
    pictures(heap, &referrers);
}

fn collections(heap: &Snapshot) {
    for generation in 0..3 {
        let options = collect::Options { generation: Generation(generation), ..Default::default() };
        let found = collect::collect(heap.objects(), heap.references(), &options);
        table::collection(&found, None, 20, Sizes::Exact);
        collect::after(heap, &found, &options).expect("what is left of a heap is a heap");
    }
}

/// Every object: explained, found again by its address, and the way to it.
fn objects(heap: &Snapshot, referrers: &Referrers) {
    for id in heap.objects().ids() {
        table::object(&object::explain(heap, referrers, id, &object::Options::default()), Sizes::Exact);
        if let Some(address) = heap.objects().address(id) {
            let found = select::select(heap, &address.to_string()).expect("an address of the heap");
            assert_eq!(found.ids, [id]);
        }
        let _ = select::select(heap, heap.objects().type_name(id));
        let _ = heap.texts().text(id).map(|text| select::select(heap, text));
    }
    let ids: Vec<ObjectId> = heap.objects().ids().collect();
    let chains = paths::chains(heap, &ids, &paths::Options { most: 2, ..Default::default() });
    for chain in &chains.chains {
        let _ = (chain.arrows(heap), select::select(heap, &chain.expression(heap)));
    }
    table::merged(heap, &paths::merged(heap, &ids, &paths::Options::default()), 20);
}

fn pictures(heap: &Snapshot, referrers: &Referrers) {
    let Some(last) = heap.objects().ids().next_back() else { return };
    let asked = [heap.objects().ids().nth(heap.objects().len() / 2).unwrap_or(last), last];
    for direction in [Direction::Refs, Direction::Backrefs] {
        for view in [View::Ours, View::Objgraph] {
            let options = neighbourhood::Options { view, too_many: 4, ..Default::default() };
            let part = neighbourhood::walk(heap, referrers, &asked, direction, &options);
            tree::write(heap, &part, tree::Options::default());
            let options = scene::PictureOptions { refcounts: true, ..Default::default() };
            let scene = match view {
                View::Ours => scene::ours(heap, &part, &options),
                View::Objgraph => scene::objgraph(heap, &part, &options),
            };
            for format in [PictureFormat::Svg, PictureFormat::Dot, PictureFormat::Json] {
                draw(&scene, format, &DrawOptions::default()).expect("our layout takes every picture");
            }
        }
    }
}
