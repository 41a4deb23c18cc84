//! `-o` of reports: treemaps, flame graphs, cycles, growth and the page of everything.

use crate::{Failed, Format, Overwrite, SHOP, Shop, sketch, write_file};
use roxmltree::Document;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

fn read(shop: &Shop, name: &str) -> String {
    fs::read_to_string(shop.path(name)).unwrap()
}

/// Parsed by Python, which is not ours.
fn page(shop: &Shop, name: &str) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/page.py");
    let output = Command::new("python3").arg(script).arg(shop.path(name)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// One file that closes what it opens, has no id twice, loads nothing, and lets nothing run that it did not name.
fn stands_alone(page: &Value) {
    assert_eq!(page["unclosed"], serde_json::json!([]));
    assert_eq!(page["handlers"], serde_json::json!([]));
    let texts = |field: &str| -> Vec<String> {
        page[field].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let ids = texts("ids");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "an id stands twice: {ids:?}");
    for link in texts("links") {
        let target = link.strip_prefix('#').unwrap_or_else(|| panic!("{link} leads out of the page"));
        assert!(ids.iter().any(|id| id == target), "{link} leads nowhere");
    }
    let policy = page["policy"].as_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
}

fn adds_up(cells: &[Value]) {
    for (at, cell) in cells.iter().enumerate() {
        let children: Vec<&Value> = cells.iter().filter(|child| child["parent"] == at).collect();
        let sum = |field: &str| children.iter().map(|child| child[field].as_u64().unwrap()).sum::<u64>();
        if !children.is_empty() {
            assert_eq!(
                (sum("retained"), sum("objects")),
                (cell["retained"].as_u64().unwrap(), cell["objects"].as_u64().unwrap())
            );
        }
    }
}

#[test]
fn a_treemap_has_a_cell_for_what_owns_the_heap() {
    let shop = Shop::new();
    let drawn = shop.run("retained app.parquet -o map.svg");
    assert!(drawn.text().is_empty() && drawn.stderr.starts_with("wrote map.svg: "), "{}", drawn.stderr);
    let svg = read(&shop, "map.svg");
    let document = Document::parse(&svg).unwrap();
    let cells = document.descendants().filter(|node| node.attribute("class") == Some("cell"));
    let tooltips: Vec<&str> = cells.filter_map(|cell| cell.first_element_child()?.text()).collect();
    let cache = tooltips.iter().find(|text| text.starts_with("app.CACHE\n")).unwrap();
    assert!(cache.contains("app.Cache at 0x") && cache.contains("of the heap"), "{cache}");
    assert_eq!(read(&shop, "map.svg"), svg);

    shop.run("retained app.parquet -o map.json").text();
    let map: Value = serde_json::from_str(&read(&shop, "map.json")).unwrap();
    assert_eq!(map["schema"], "heapgraph.cells/1");
    let cells = map["cells"].as_array().unwrap();
    adds_up(cells);
    assert_eq!(cells[0]["retained"], map["reached"]["bytes"]);
    let report = shop.run("retained app.parquet app.CACHE --json").json();
    let cache = cells.iter().find(|cell| cell["path"] == "app.CACHE").unwrap();
    assert_eq!(cache["retained"], report["objects"][0]["retained"]);

    shop.run("retained app.parquet app.CACHE -o map.json").text();
    let map: Value = serde_json::from_str(&read(&shop, "map.json")).unwrap();
    assert_eq!((&map["cells"][0]["path"], &map["cells"][0]["retained"]), (&"app.CACHE".into(), &cache["retained"]));
    shop.run("retained app.parquet -o dark.svg --theme dark").text();
    assert_ne!(read(&shop, "dark.svg"), svg);
    shop.run("retained app.parquet -o map.pdf").text();
    assert!(fs::read(shop.path("map.pdf")).unwrap().starts_with(b"%PDF"));
    shop.run("retained app.parquet --garbage -o garbage.png").text();
    assert!(fs::read(shop.path("garbage.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn a_treemap_to_walk_about_in_has_more_cells_and_stands_alone() {
    let shop = Shop::new();
    shop.run("retained app.parquet -o map.html").text();
    let page = page(&shop, "map.html");
    stands_alone(&page);
    let cells = page["data"]["cells"].as_array().unwrap();
    assert!(cells.iter().any(|cell| cell["name"] == "CACHE" && cell["what"] == "Cache  1 attribute"), "{cells:?}");
    assert_eq!(page["tags"]["script"], 1);
}

#[test]
fn a_flame_graph_is_as_wide_as_the_heap() {
    let shop = Shop::new();
    shop.run("retained app.parquet --as flame -o flame.svg").text();
    let svg = read(&shop, "flame.svg");
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = Document::parse_with_options(&svg, options).unwrap();
    let frames = document.descendants().find(|node| node.attribute("id") == Some("frames")).unwrap();
    let bytes = shop.run("retained app.parquet --json").json()["reached"]["bytes"].to_string();
    assert_eq!(frames.attribute("total_samples"), Some(bytes.as_str()));
    let titles: Vec<&str> =
        frames.descendants().filter(|node| node.has_tag_name("title")).filter_map(|node| node.text()).collect();
    assert!(titles.iter().any(|title| title.starts_with("CACHE (Cache")), "{titles:?}");
    shop.run("retained app.parquet --as flame -o flame.html").text();
    let page = page(&shop, "flame.html");
    stands_alone(&page);
    assert_eq!(page["tags"]["script"], 2, "inferno's, and the call that starts it");
    shop.run("retained app.parquet --as flame -o flame.pdf").text();
    assert!(fs::read(shop.path("flame.pdf")).unwrap().starts_with(b"%PDF"));
    shop.run("retained app.parquet --as flame -o flame.png").text();
    assert!(fs::read(shop.path("flame.png")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn cycles_are_drawn_closed_with_what_to_cut() {
    let shop = Shop::new();
    shop.run("cycles app.parquet -o cycles.json").text();
    let picture: Value = serde_json::from_str(&read(&shop, "cycles.json")).unwrap();
    let (nodes, edges) = (picture["nodes"].as_array().unwrap(), picture["edges"].as_array().unwrap());
    let ids: BTreeSet<&str> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), nodes.len());
    assert!(ids.contains("shape-1") && ids.contains("shape-2"));
    // Each example is a ring: as many references between its members as the report's example has objects.
    let report = shop.run("cycles app.parquet --json").json();
    for shape in report["shapes"].as_array().unwrap() {
        let example: Vec<&str> = shape["example"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
        for (holder, target) in example.iter().zip(example.iter().cycle().skip(1)) {
            assert!(edges.iter().any(|edge| edge["from"] == *holder && edge["to"] == *target), "{holder} {target}");
        }
    }
    shop.run("cycles app.parquet -n 1 -o one.svg").text();
    let svg = read(&shop, "one.svg");
    assert!(svg.contains("1 more shape not drawn") && Document::parse(&svg).is_ok());
    assert_eq!(shop.run("cycles app.parquet -o x.svg --fail-on garbage").code, Some(1));
}

#[test]
fn growth_is_drawn_with_the_way_to_who_grew() {
    let shop = Shop::new();
    let more = SHOP.replace(
        "entries:builtins.dict#640[2] > s1['user-1']",
        "entries:builtins.dict#640[3] > s3['user-3'], s1['user-1']",
    );
    let new = sketch(&(more + "; s3:app.Session#56")).with_metadata(sketch(SHOP).metadata().clone());
    write_file(&new, Format::Json, &shop.path("new.json"), Overwrite::Refuse).unwrap();
    shop.run("diff app.json new.json -o grew.svg").text();
    let svg = read(&shop, "grew.svg");
    Document::parse(&svg).unwrap();
    for text in ["What grew since app.json?", "+ 1 Session", "2 → 3 references", "module app"] {
        assert!(svg.contains(text), "{text}");
    }
    let three = shop.run("diff app.json app.json new.json -o grew.svg");
    assert!(three.error().contains("expected two snapshots to draw"));
}

#[test]
fn a_report_has_everything_on_one_page() {
    let shop = Shop::new();
    shop.run("leaks app.parquet --since app.json -o report.html").text();
    let page = page(&shop, "report.html");
    stands_alone(&page);
    // Nothing runs in it.
    assert_eq!(page["tags"]["script"], Value::Null);
    assert!(page["policy"].as_str().unwrap().contains("script-src 'none'"));
    for id in ["holders", "growth", "garbage", "cycles", "outside", "types", "waste", "process"] {
        assert!(page["ids"].as_array().unwrap().contains(&id.into()), "{id}");
    }
    let text = page["text"].as_str().unwrap();
    for words in
        ["gc.collect() would free", "What keeps the heap's memory?", "heapgraph waste app.parquet", "app.Session"]
    {
        assert!(text.contains(words), "{words}");
    }
    assert!(page["tags"]["svg"].as_u64().unwrap() >= 4, "{}", page["tags"]);
}

/// Names and texts that would be markup if anybody forgot to escape them.
const HOSTILE: &str = r##"
    <modules> > app;
    app:builtins.module#72="</title><script>alert(1)</script>" > ns.__dict__;
    ns:builtins.dict#232[2] > cache["\"><img src=x onerror=alert(1)>"], b["'\u0000\u202e;# 12 34'"];
    cache:"</script><script>alert(2)</script>"#48 > b."<svg onload=alert(3)>", c[], d[];
    b:"app.\" onmouseover=\"alert(4)"#6400="{{title}}\u0001]]>--><!--" > cache."</style>";
    c:"app. 12 34"#100; d:"app. 12 34"#100
"##;

#[test]
fn no_text_of_a_heap_becomes_markup() {
    let shop = Shop::new();
    write_file(&sketch(HOSTILE), Format::Json, &shop.path("hostile.json"), Overwrite::Refuse).unwrap();
    shop.run("retained hostile.json -o map.html").text();
    shop.run("leaks hostile.json --since app.json -o report.html").text();
    for (name, scripts) in [("map.html", Value::from(1)), ("report.html", Value::Null)] {
        let page = page(&shop, name);
        stands_alone(&page);
        assert_eq!((&page["tags"]["script"], &page["tags"]["img"]), (&scripts, &Value::Null), "{name}");
    }
    for line in ["retained hostile.json", "cycles hostile.json", "diff app.json hostile.json"] {
        shop.run(&format!("{line} -o x.svg")).text();
        let svg = read(&shop, "x.svg");
        let document = Document::parse(&svg).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(document.descendants().all(|node| !node.has_tag_name("script")), "{line}");
    }
    shop.run("retained hostile.json --as flame -o flame.svg").text();
    let flame = read(&shop, "flame.svg");
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = Document::parse_with_options(&flame, options).unwrap();
    // inferno's own.
    assert_eq!(document.descendants().filter(|node| node.has_tag_name("script")).count(), 1);
    let bytes = shop.run("retained hostile.json --json").json()["reached"]["bytes"].to_string();
    assert!(flame.contains(&format!("total_samples=\"{bytes}\"")), "a number in a name counts as bytes");
}

#[test]
fn an_ending_that_cannot_be_drawn_is_refused_before_the_work() {
    let shop = Shop::new();
    let before = shop.files();
    for (line, possible) in [
        ("retained app.parquet -o x.dot", ".svg, .html"),
        ("retained app.parquet --as flame -o x.mmd", ".svg, .html"),
        ("cycles app.parquet -o x.txt", ".dot, .svg"),
        ("diff app.json app.json -o x", "found no ending"),
        ("leaks app.parquet -o x.md", "to end in .html, found .md"),
    ] {
        let run = shop.run(line);
        assert!(run.error().contains(possible), "{line}: {}", run.stderr);
    }
    assert!(shop.run("retained app.parquet -o nowhere/x.svg").error().contains("nowhere"));
    assert_eq!(shop.files(), before);
}

/// Whoever waits for a capture, or for a large file, must not hear only then that nothing can come of it: what is said
/// is not that the snapshot is missing.
#[test]
fn a_file_that_nothing_can_be_written_to_is_refused_before_the_heap_is_read() {
    const ENDINGS: &str = "expected a picture's name to end in .dot, .svg, .png, .json, .html, .pdf, .mmd, found .xyz";
    let shop = Shop::new();
    let before = shop.files();
    for (line, refused) in [
        ("refs missing.parquet x -o a.xyz", ENDINGS),
        ("refs --pid 1 x -o a.xyz", ENDINGS),
        ("backrefs --pid 1 x -o a.xyz", ENDINGS),
        ("chain --pid 1 x -o a.xyz", ENDINGS),
        ("cycles --pid 1 -o a.xyz", ENDINGS),
        ("diff missing.parquet --pid 1 -o a.xyz", ENDINGS),
        ("retained --pid 1 -o a.xyz", "to end in .svg, .html, .png, .pdf, .json, found .xyz"),
        ("leaks --pid 1 -o a.xyz", "to end in .html, found .xyz"),
        ("collect --pid 1 -o a.xyz", "expected a name that ends in .parquet, .json"),
        ("collect --pid 1 -o -", "expected a file"),
        ("export --pid 1 -o a.xyz", "expected a name that ends in .parquet, .json"),
    ] {
        let run = shop.run(line);
        assert!(run.error().contains(refused), "{line}: {}", run.stderr);
        assert!(run.stderr.contains("\ntry: ") && !run.stderr.contains("missing"), "{line}: {}", run.stderr);
    }
    let asking = ["refs", "backrefs", "chain", "cycles", "retained", "leaks", "collect", "export"];
    for command in asking {
        let ending = if matches!(command, "collect" | "export") { "json" } else { "html" };
        let object = if matches!(command, "refs" | "backrefs" | "chain") { "x" } else { "" };
        let run = shop.run(&format!("{command} missing.parquet {object} -o nowhere/a.{ending}"));
        assert!(run.error().contains("nowhere") && !run.stderr.contains("missing"), "{command}: {}", run.stderr);
    }
    assert!(shop.run("diff missing.parquet app.json -o nowhere/a.svg").error().contains("nowhere"));
    assert_eq!(shop.files(), before);
}

#[test]
fn a_theme_that_was_asked_for_stays_whatever_the_reader_prefers() {
    let shop = Shop::new();
    for (words, theme) in
        [("", "auto"), (" --theme auto", "auto"), (" --theme light", "light"), (" --theme dark", "dark")]
    {
        for line in ["retained app.parquet", "refs app.parquet app.CACHE", "cycles app.parquet", "leaks app.parquet"] {
            assert_eq!(shop.run(&format!("{line} -o x.html{words}")).code, Some(0));
            let page = read(&shop, "x.html");
            assert!(page.contains(&format!("data-theme=\"{theme}\"")), "{line}{words}");
        }
    }
}

#[test]
fn what_is_highlighted_is_told_from_what_was_asked_for() {
    let shop = Shop::new();
    let line = "refs app.parquet app.CACHE --highlight Session";
    assert_eq!(shop.run(&format!("{line} -o x.json")).code, Some(0));
    let picture: Value = serde_json::from_str(&read(&shop, "x.json")).unwrap();
    let nodes = picture["nodes"].as_array().unwrap();
    let are = |field: &str| nodes.iter().filter(|node| node[field] == true).count();
    assert!(are("asked") == 1 && are("highlighted") > 0, "{picture}");
    assert!(!nodes.iter().any(|node| node["asked"] == true && node["highlighted"] == true), "{picture}");
    assert_eq!(shop.run(&format!("{line} -o x.svg")).code, Some(0));
    let svg = read(&shop, "x.svg");
    // One in each box, and one in the legend.
    assert_eq!(svg.matches("class=\"highlight\"").count(), are("highlighted") + 1);
    assert!(svg.contains(">highlighted</text>") && svg.contains(">asked for</text>"));
    assert_eq!(shop.run(&format!("{line} -o x.dot")).code, Some(0));
    assert_eq!(read(&shop, "x.dot").matches("peripheries=2").count(), are("highlighted"));
    let run = shop.run(line);
    let marked = run.text().lines().filter(|line| line.contains("▌") && !line.ends_with('↑'));
    assert_eq!(marked.count(), are("highlighted"), "{}", run.text());
    assert_eq!(shop.run("refs app.parquet app.CACHE -o x.svg").code, Some(0));
    assert!(!read(&shop, "x.svg").contains("highlight"));
}

/// The machine's fonts are not looked at unless asked for, so a heap in any language has the same picture everywhere.
#[test]
fn letters_that_the_font_lacks_are_the_same_on_every_machine() {
    let shop = Shop::new();
    let heap = "<modules> > app; app:module=app > n.NAME; n:builtins.str[2]=\"日本\"";
    write_file(&sketch(heap), Format::Parquet, &shop.path("cjk.parquet"), Overwrite::Replace).unwrap();
    fs::write(shop.path("fonts.conf"), "<fontconfig><dir>/nowhere</dir></fontconfig>").unwrap();
    for ending in ["png", "pdf"] {
        let draw = |name: &str, fonts: Option<&str>| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_heapgraph"));
            command.args(["refs", "cjk.parquet", "app.NAME", "-o", name]).current_dir(shop.path("."));
            fonts.map(|file| command.env("FONTCONFIG_FILE", shop.path(file)));
            let output = command.output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains("--system-fonts"), "{said}");
            fs::read(shop.path(name)).unwrap()
        };
        let (with, without) = (format!("with.{ending}"), format!("without.{ending}"));
        assert_eq!(draw(&with, None), draw(&without, Some("fonts.conf")), "{ending}");
        let asked = shop.run(&format!("refs cjk.parquet app.NAME --system-fonts -o asked.{ending}"));
        assert!(asked.code == Some(0) && !asked.stderr.contains("boxes;"), "{}", asked.stderr);
    }
    assert!(!shop.run("refs app.parquet app.CACHE -o x.png").stderr.contains("--system-fonts"));
}
