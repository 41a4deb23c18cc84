//! HTML and Mermaid in a browser: the scripts under `browser/` click, read and assert; what they need is made here.

use std::path::{Path, PathBuf};

use heapgraph::analysis::retained::{Of, cells};
use heapgraph::render::html::{View, view};
use heapgraph::render::scene::{BoxRole, EdgeRole};
use heapgraph::render::{DrawOptions, PictureFormat, Scene, ThemeChoice, draw, treemap};
use heapgraph::testkit::sketch;
use serde_json::{Value, json};

use crate::heaps::cases;
use crate::node::browse;
use crate::shapes::{make_box, make_line};

/// A file for a browser; what is left there can be looked at.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).expect("target/tmp is ours to write");
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("target/tmp is ours to write");
    path
}

fn bytes(scene: &Scene, format: PictureFormat) -> Vec<u8> {
    draw(scene, format, &DrawOptions::default()).expect("drawn").bytes
}

/// Texts that would do something if they were taken for markup, script or signs of Mermaid's.
pub(crate) fn hostile() -> Scene {
    let texts = [
        "</script><script>window.harmed = 1</script>",
        "<img src=x onerror=\"window.harmed = 1\">",
        "<svg/onload=window.harmed=1>",
        "</title></svg><iframe src=javascript:parent.harmed=1>",
        "<!-- \" ' ` --> ]]> {{picture}} ${1}",
        "&lt;b&gt; &amp;amp; &#65; #quot; #35;",
        "click n0 \"javascript:window.harmed=1\"; %%{init: {}}%%",
        "style n0 fill:#f00; classDef a b:c;",
        "__main__ *a* _b_ `c` ~~d~~ $$e$$ fa:fa-user",
        "1. one | two --> three; end subgraph graph TD",
        "https://example.org/?a=b&c=d",
        "日本 שלום \u{1f980} é e\u{301}",
        "a\\nb \\ \\\\ \\u2028",
    ];
    let boxes = texts.iter().enumerate().map(|(nth, text)| make_box(nth, text, "", BoxRole::Instance)).collect();
    let edges = texts.iter().enumerate().skip(1).map(|(nth, text)| make_line(0, nth, text, EdgeRole::Plain)).collect();
    Scene { title: Some(texts.join(" ")), boxes, edges, ..Scene::default() }
}

#[test]
fn a_page_is_walked_by_clicking() {
    let case = cases().into_iter().find(|case| case.name == "leak-backrefs").expect("the case is there");
    let scene = case.ours();
    let picture: Value = serde_json::from_slice(&bytes(&scene, PictureFormat::Json)).expect("JSON");
    let nodes = picture["nodes"].as_array().expect("nodes");
    let asked = nodes.iter().find(|node| node["asked"] == true).expect("asked for")["id"].clone();
    let edges = picture["edges"].as_array().expect("edges");
    let holder = edges.iter().find(|edge| edge["to"] == asked && edge["from"] != asked).expect("held")["from"].clone();
    let hit = nodes.iter().find(|node| node["label"][0] == "Recorder").expect("a Recorder")["id"].clone();
    let expected = json!({"asked": asked, "holder": holder, "words": "recorder", "hit": hit}).to_string();
    let path = file("leak.html", &bytes(&scene, PictureFormat::Html));
    let shots = path.parent().expect("a folder").to_owned();
    let arguments = [path.as_os_str(), shots.as_os_str(), expected.as_ref()];
    browse("browser", &[], "tests/render/browser/view.mjs", &arguments);
}

#[test]
fn a_treemap_is_walked_by_clicking() {
    let mut heap = String::from("<modules> > app, web; web:module=web > p.PAGES; p:dict#20000; ");
    heap += "app:module=app > c.CACHE, q.QUEUE; q:list#4000; c:app.Cache#400 > e.entries; e:dict#9000 > ";
    heap += &(0..40).map(|nth| format!("s{nth}['{nth}']")).collect::<Vec<_>>().join(", ");
    (0..40).for_each(|nth| heap += &format!("; s{nth}:app.Session#{}", 500 + nth));
    let heap = sketch(&heap);
    let cells = cells(&heap, Of::Living, &treemap::html::BOUNDS);
    let options = DrawOptions::default();
    let page = treemap::draw(&heap, &cells, None, PictureFormat::Html, &options).expect("drawn").bytes;
    let path = file("treemap.html", &page);
    browse("browser", &[], "tests/render/browser/treemap.mjs", &[path.as_os_str(), "entries".as_ref()]);
}

#[test]
fn hostile_labels_are_text_in_a_page() {
    let scene = hostile();
    let texts: Vec<&str> = scene.boxes.iter().map(|one| one.lines[0].text.as_str()).collect();
    let expected = file("hostile.json", json!(texts).to_string().as_bytes());
    let path = file("hostile.html", &bytes(&scene, PictureFormat::Html));
    let arguments = [path.as_os_str(), expected.as_os_str()];
    browse("browser", &[], "tests/render/browser/labels.mjs", &arguments);
}

/// Two thousand boxes, placed here: what is asked is whether the page holds them, not the layout.
#[test]
fn a_page_of_thousands_of_boxes_answers() {
    let count = 2_500;
    let (mut svg, mut nodes, mut edges) = (String::new(), Vec::new(), Vec::new());
    for nth in 0..count {
        let (x, y, label) = (nth % 50 * 160, nth / 50 * 60, format!("box {nth:04}"));
        svg += &format!(
            "<g class=\"node\"><title>n{nth}</title><rect x=\"{x}\" y=\"{y}\" width=\"120\" height=\"40\" \
             fill=\"#ffffff\" stroke=\"#94a3b8\"/><text x=\"{x}\" y=\"{y}\">{label}</text></g>"
        );
        nodes.push(json!({"id": format!("n{nth}"), "label": [label]}));
        if nth > 0 {
            let from = (nth - 1) / 3;
            svg += &format!("<g class=\"edge\"><title>n{from}-&gt;n{nth}</title><path d=\"M0 0L9 9\"/></g>");
            edges.push(json!({"from": format!("n{from}"), "to": format!("n{nth}"), "label": ".next"}));
        }
    }
    let svg = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8000\" height=\"3000\">{svg}</svg>");
    let data = json!({"nodes": nodes, "edges": edges});
    let page = view(&View { title: "Many", theme: ThemeChoice::Auto, light: &svg, dark: None, data: &data });
    let path = file("large.html", page.as_bytes());
    println!("{}", browse("browser", &[], "tests/render/browser/large.mjs", &[path.as_os_str()]));
}

#[test]
fn mermaid_reads_what_is_written_for_it() {
    let all = cases().into_iter().flat_map(|case| {
        [(case.name.to_owned(), case.ours()), (format!("{} in objgraph's style", case.name), case.objgraph())]
    });
    let charts: Vec<Value> = all
        .chain([("hostile".to_owned(), hostile())])
        .map(|(name, scene)| {
            let text = String::from_utf8(bytes(&scene, PictureFormat::Mermaid)).expect("UTF-8");
            let lines = |one: &heapgraph::render::scene::SceneBox| {
                one.lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>().join("\n")
            };
            let boxes: Vec<String> = scene.boxes.iter().map(lines).collect();
            let names: Vec<String> = scene.edges.iter().filter_map(|edge| edge.label_text()).collect();
            json!({"name": name, "text": text, "boxes": boxes, "names": names})
        })
        .collect();
    let path = file("mermaid.json", json!(charts).to_string().as_bytes());
    browse("mermaid", &["mermaid@11.17.2"], "tests/render/browser/mermaid.mjs", &[path.as_os_str()]);
}

#[test]
fn mermaids_limits_are_told() {
    let boxes = (0..300).map(|nth| make_box(nth, "Session", "", BoxRole::Instance)).collect();
    let edges = (0..600).map(|nth| make_line(nth % 300, (nth * 7 + 1) % 300, ".next", EdgeRole::Plain)).collect();
    let scene = Scene { boxes, edges, ..Scene::default() };
    let picture = draw(&scene, PictureFormat::Mermaid, &DrawOptions::default()).expect("written");
    assert!(picture.notices.iter().any(|notice| notice.starts_with("600 lines: Mermaid")), "{:?}", picture.notices);
    let small = draw(&hostile(), PictureFormat::Mermaid, &DrawOptions::default()).expect("written");
    assert_eq!(small.notices, [""; 0]);
}
