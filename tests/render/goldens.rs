//! What stands in tests/golden/render, byte for byte. `BLESS=1 cargo test --locked --test render` writes it anew.

use std::fmt::Write;
use std::path::PathBuf;

use heapgraph::analysis::neighbourhood::View;
use heapgraph::analysis::{census, cycles, object, paths, summary};
use heapgraph::render::table::Sizes;
use heapgraph::render::{DrawOptions, PictureFormat, draw, json, table, tree};
use heapgraph::testkit::{id, sketch};

use crate::checker;
use crate::heaps::{LEAK, cases};

/// Compares with a golden file, or writes it.
fn compare(name: &str, actual: &str, differences: &mut String) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden/render").join(name);
    if std::env::var_os("BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        std::fs::write(&path, actual).expect("the golden file can be written");
        return;
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    if expected == actual {
        return;
    }
    let line = expected.lines().zip(actual.lines()).position(|(expected, actual)| expected != actual);
    let line = line.unwrap_or_else(|| expected.lines().count().min(actual.lines().count()));
    let at = |text: &str| text.lines().nth(line).unwrap_or("nothing").to_owned();
    writeln!(differences, "{name}, line {}:\n  expected {}\n  found    {}", line + 1, at(&expected), at(actual))
        .expect("a string takes all");
}

fn verdict(differences: &str) {
    assert!(
        differences.is_empty(),
        "{differences}\nIf this is as it should be: BLESS=1 cargo test --locked --features testkit --test render"
    );
}

#[test]
fn pictures_of_small_heaps_are_as_they_were() {
    let mut differences = String::new();
    for case in cases() {
        for (style, scene) in [("", case.ours()), (".objgraph", case.objgraph())] {
            for format in [PictureFormat::Dot, PictureFormat::Svg, PictureFormat::Json] {
                let bytes = draw(&scene, format, &DrawOptions::default()).expect("drawn").bytes;
                let text = String::from_utf8(bytes).expect("UTF-8");
                if format == PictureFormat::Svg {
                    assert_eq!(checker::read(&text).faults(), [""; 0], "{}{style}", case.name);
                }
                compare(&format!("{}{style}.{}", case.name, format.ending()), &text, &mut differences);
            }
        }
        let tree = tree::write(&case.snapshot, &case.neighbourhood(View::Ours), tree::Options::default());
        compare(&format!("{}.txt", case.name), &tree, &mut differences);
    }
    verdict(&differences);
}

#[test]
fn reports_are_as_they_were() {
    let heap = sketch(LEAK);
    let (referrers, mut differences) = (heap.referrers(), String::new());
    let census = census::count(heap.objects(), &census::Options::default());
    compare("types.txt", &table::census(&census, 4, Sizes::Human), &mut differences);
    compare("types.json", &json::pretty(&json::census(&census, 0)), &mut differences);
    let summary = summary::summarize(heap.objects(), heap.metadata(), heap.references().len() as u64);
    compare("info.txt", &table::summary(&summary, Sizes::Exact), &mut differences);
    compare("info.json", &json::pretty(&json::summary(&summary)), &mut differences);
    let report = object::explain(&heap, &referrers, id(&heap, "s"), &object::Options::default());
    compare("object.txt", &table::object(&report, Sizes::Human), &mut differences);
    compare("object.json", &json::pretty(&json::objects(&[report])), &mut differences);
    let asked = [id(&heap, "s"), id(&heap, "mail")];
    let chains = paths::chains(&heap, &asked, &paths::Options::default());
    compare("chain.txt", &table::chains(&heap, &chains), &mut differences);
    compare("chain.json", &json::pretty(&json::chains(&heap, &chains, None)), &mut differences);
    let report = cycles::find(&heap, &cycles::Options { members: true, ..cycles::Options::default() });
    compare("cycles.txt", &table::cycles(&heap, &report, Sizes::Human), &mut differences);
    compare("cycles.json", &json::pretty(&json::cycles(&heap, &report, true)), &mut differences);
    verdict(&differences);
}

/// Colour adds codes and nothing else.
#[test]
fn a_coloured_tree_reads_the_same() {
    for case in cases() {
        let neighbourhood = case.neighbourhood(View::Ours);
        let write =
            |colour| tree::write(&case.snapshot, &neighbourhood, tree::Options { colour, ..tree::Options::default() });
        let coloured = write(true);
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some((before, after)) = rest.split_once("\x1b[") {
            plain.push_str(before);
            rest = after.split_once('m').expect("a code ends in m").1;
        }
        plain.push_str(rest);
        assert_eq!(plain, write(false));
        assert!(coloured.contains("\x1b["), "{} has no colour", case.name);
    }
}
