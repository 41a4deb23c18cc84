//! Labels of any characters: every format must come out valid, and the text must still be there.

use std::io::Write;
use std::process::{Command, Stdio};

use heapgraph::render::scene::{BoxRole, EdgeRole};
use heapgraph::render::{DrawOptions, PictureFormat, Scene, draw};

use crate::shapes::{make_box, make_line};

/// Texts of 60 characters that together hold a sample of all there are, and the special cases that broke something
/// somewhere.
fn texts() -> Vec<String> {
    let all = (0..0x3000).chain((0x3000..=0x10_ffff).step_by(0x2f5)).filter_map(char::from_u32);
    let all: Vec<char> = all.collect();
    let mut texts: Vec<String> = all.chunks(24).map(|letters| letters.iter().collect()).collect();
    texts.extend(
        [
            "",
            " ",
            "\"",
            "\\",
            "\\\\",
            "a\\",
            "\\\"",
            "&#65;",
            "&amp;",
            "<b>",
            "]]>",
            "-->",
            "\\N \\G \\l",
            "node",
            "digraph",
            "a\nb\r\nc",
            "\0",
            "\u{1}\u{b}\u{1f}\u{7f}\u{9f}",
            "\u{202e}abc",
            "שלום עולם",
            "日本語",
            "🦀👩‍👩‍👧",
            "\u{fffe}\u{ffff}",
            "e\u{301}",
            "{a|b}",
            "a->b",
            "%s %n",
            "'",
            "`$(x)`",
        ]
        .map(str::to_owned),
    );
    texts.push("x".repeat(200_000));
    texts.push("\\".repeat(200_000));
    texts.push("&\"\0".repeat(70_000));
    texts
}

/// One box and one line for every text.
fn scene() -> Scene {
    let texts = texts();
    let boxes = texts.iter().enumerate().map(|(nth, text)| make_box(nth, text, "", BoxRole::Instance)).collect();
    let edges = texts.iter().enumerate().map(|(nth, text)| {
        let mut line = make_line(nth, nth, "", EdgeRole::Plain);
        line.label = vec![text.clone()];
        line
    });
    Scene { title: Some("any\0 \"<&\\".to_owned()), edges: edges.collect(), boxes, ..Scene::default() }
}

#[test]
fn dot_reads_back_as_written_by_the_crates_own_parser() {
    // Small parts: the parser is slow on large files.
    let whole = scene();
    for (nth, one) in whole.boxes.iter().enumerate().filter(|(nth, _)| nth % 7 == 0 || *nth > 500) {
        let mut edge = whole.edges[nth].clone();
        (edge.from, edge.to) = (0, 0);
        let part = Scene { boxes: vec![one.clone()], edges: vec![edge], ..Scene::default() };
        let text = draw(&part, PictureFormat::Dot, &DrawOptions::default()).expect("DOT").bytes;
        let text = String::from_utf8(text).expect("UTF-8");
        assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n'), "a control character");
        let graph = graphviz_rust::parse(&text).unwrap_or_else(|error| panic!("{error} in {text:.2000}"));
        let graphviz_rust::dot_structures::Graph::DiGraph { stmts, .. } = graph else { panic!("a digraph") };
        assert_eq!(stmts.len(), 5, "three defaults, a node, a line: {text:.2000}");
    }
}

/// `dot` itself accepts the whole, and its SVG is XML with every text in it.
#[test]
fn graphviz_reads_every_label() {
    let text = draw(&scene(), PictureFormat::Dot, &DrawOptions::default()).expect("DOT").bytes;
    let Ok(mut child) = Command::new("dot")
        .args(["-Kneato", "-n2", "-Tjson0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
    else {
        return;
    };
    let mut input = child.stdin.take().expect("piped");
    let writer = std::thread::spawn(move || input.write_all(&text));
    let output = child.wait_with_output().expect("dot ends");
    writer.join().expect("no panic").expect("dot reads all");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(!complaints.contains("syntax error"), "{complaints:.2000}");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let objects = answer["objects"].as_array().expect("objects");
    assert_eq!(objects.len(), texts().len());
}

/// Python's XML parser is nobody's relative.
#[test]
fn svg_is_xml_for_an_independent_parser_and_holds_every_text() {
    let scene = Scene { edges: Vec::new(), ..scene() };
    let boxes = scene.boxes.chunks(300).map(|boxes| Scene { boxes: boxes.to_vec(), ..Scene::default() });
    for part in boxes {
        let bytes = draw(&part, PictureFormat::Svg, &DrawOptions::default()).expect("SVG").bytes;
        const PROGRAM: &str = "import sys, xml.etree.ElementTree as t\n\
            r = t.fromstring(sys.stdin.buffer.read())\n\
            print(sum(g.get('class') == 'node' for g in r.iter('{http://www.w3.org/2000/svg}g')))";
        let mut child = Command::new("python3")
            .args(["-c", PROGRAM])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed wherever these tests run");
        let mut input = child.stdin.take().expect("piped");
        let writer = std::thread::spawn(move || input.write_all(&bytes));
        let output = child.wait_with_output().expect("python ends");
        writer.join().expect("no panic").expect("python reads all");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), part.boxes.len().to_string());
    }
}

#[test]
fn png_and_json_take_every_label() {
    let whole = scene();
    let json = draw(&whole, PictureFormat::Json, &DrawOptions::default()).expect("JSON").bytes;
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let labels = json["nodes"].as_array().expect("nodes").iter().map(|node| node["label"][0].as_str().expect("a text"));
    assert!(labels.eq(texts().iter().map(String::as_str)), "JSON keeps every text whole");
    let few = whole.boxes.iter().enumerate().filter(|(nth, _)| nth % 40 == 0).map(|(_, one)| one.clone());
    let part = Scene { boxes: few.collect(), ..Scene::default() };
    assert!(draw(&part, PictureFormat::Png, &DrawOptions::default()).is_ok());
}
