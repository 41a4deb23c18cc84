//! Drawings: nothing overlaps, nothing is lost, nothing hangs.

use std::time::Instant;

use heapgraph::render::layout::{Budget, Extent, Layered, Layout, Plan, PlanLine};
use heapgraph::render::scene::{BoxRole, EdgeRole};
use heapgraph::render::{DrawOptions, Engine, PictureFormat, Scene, draw};

use crate::checker;
use crate::shapes::{leaked_session, make_box, make_line, random_scene};

fn svg(scene: &Scene) -> String {
    let picture = draw(scene, PictureFormat::Svg, &DrawOptions::default()).expect("the scene can be drawn");
    String::from_utf8(picture.bytes).expect("SVG is UTF-8")
}

/// Lines from `count` boxes into one, or out of it.
fn star(count: usize, into: bool) -> Scene {
    let boxes = (0..=count).map(|nth| make_box(nth, "Session", "user = 'user-7'", BoxRole::Instance)).collect();
    let edges = (1..=count).map(|nth| {
        let (from, to) = if into { (nth, 0) } else { (0, nth) };
        make_line(from, to, &format!("[{nth}]"), EdgeRole::Plain)
    });
    Scene { boxes, edges: edges.collect(), ..Scene::default() }
}

fn chain(count: usize) -> Scene {
    let boxes = (0..count).map(|nth| make_box(nth, "list", "1 item", BoxRole::Container)).collect();
    let edges = (1..count).map(|nth| make_line(nth - 1, nth, "[0]", EdgeRole::Plain)).collect();
    Scene { boxes, edges, ..Scene::default() }
}

#[test]
fn nothing_overlaps_in_any_of_many_drawings() {
    let mut scenes = vec![("mock-up".to_owned(), leaked_session())];
    scenes.extend(
        (1..12).map(|seed| (format!("random {seed}"), random_scene(seed, 4 + seed as usize * 3, seed as usize))),
    );
    scenes.push(("dense".to_owned(), random_scene(40, 50, 78)));
    scenes.push(("fan in".to_owned(), star(30, true)));
    scenes.push(("fan out".to_owned(), star(30, false)));
    scenes.push(("chain".to_owned(), chain(60)));
    scenes.push(("alone".to_owned(), chain(1)));
    let looped = Scene { edges: vec![make_line(0, 0, "[0]\n[1]", EdgeRole::Plain)], ..chain(1) };
    scenes.push(("itself".to_owned(), looped));
    let mut faults = Vec::new();
    for (name, scene) in &scenes {
        for top_down in [false, true] {
            let drawn = checker::read(&svg(&Scene { top_down, ..scene.clone() }));
            assert_eq!((drawn.boxes.len(), drawn.lines.len()), (scene.boxes.len(), scene.edges.len()), "{name}");
            faults.extend(drawn.faults().into_iter().map(|fault| format!("{name}, top down {top_down}: {fault}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_same_scene_gives_the_same_bytes() {
    for format in [PictureFormat::Svg, PictureFormat::Dot, PictureFormat::Json, PictureFormat::Png] {
        let draw = || draw(&random_scene(7, 30, 12), format, &DrawOptions::default()).expect("drawn").bytes;
        assert_eq!(draw(), draw(), "{format:?}");
    }
}

/// Graphs that ask much of a layout, each within the time of a debug build.
#[test]
fn large_graphs_are_drawn_without_a_fault() {
    let large = [
        ("fan in", star(600, true)),
        ("fan out", star(600, false)),
        ("chain", chain(3000)),
        ("tangle", random_scene(3, 100, 300)),
        ("wide", random_scene(3, 300, 200)),
        ("alone", Scene { edges: Vec::new(), ..chain(900) }),
    ];
    for (name, scene) in large {
        let start = Instant::now();
        let drawn = svg(&scene);
        assert!(start.elapsed().as_secs() < 20, "{name} took {:?}", start.elapsed());
        if scene.boxes.len() < 1000 {
            let faults = checker::read(&drawn).faults();
            assert!(faults.is_empty(), "{name}: {}", faults.join("\n"));
        }
    }
}

/// A chain that a recursive layout would end with a stack overflow.
#[test]
fn a_chain_of_100_000_boxes_is_folded_in_a_small_stack() {
    let extent = Extent { width: 60.0, height: 30.0 };
    let line = |nth: usize| PlanLine { from: nth, to: nth + 1, ..PlanLine::default() };
    let plan = Plan { boxes: vec![extent; 100_000], lines: (0..99_999).map(line).collect(), top_down: false };
    let thread = std::thread::Builder::new().stack_size(2 << 20);
    let laid = thread.spawn(move || Layered::default().arrange(&plan).expect("laid out")).expect("a thread");
    let Extent { width, height } = laid.join().expect("no overflow").extent;
    assert!((0.5..4.0).contains(&(width / height)), "folded to {width} x {height}");
}

#[test]
fn what_is_past_the_budget_is_refused_with_a_way_out() {
    let plan = Plan { boxes: vec![Extent::default(); 11], ..Plan::default() };
    let small = Budget { boxes: 10, ..Budget::default() };
    let error = Layered { budget: small }.arrange(&plan).expect_err("past the budget");
    assert!(error.is_unsupported() && error.hint().is_some_and(|hint| hint.contains("--too-many")), "{error}");
}

#[test]
fn an_empty_scene_is_a_picture_of_nothing() {
    let scene = Scene { title: Some("What does nothing hold?".to_owned()), ..Scene::default() };
    assert!(checker::read(&svg(&scene)).boxes.is_empty());
    let png = draw(&scene, PictureFormat::Png, &DrawOptions::default()).expect("drawn");
    assert!(png.size.is_some_and(|(width, height)| width > 100 && height > 50));
}

#[test]
fn a_huge_picture_is_scaled_down_and_says_so() {
    let scene = Scene { top_down: true, ..chain(400) };
    let (width, height) =
        draw(&scene, PictureFormat::Svg, &DrawOptions::default()).expect("drawn").size.expect("a size");
    assert!(f64::from(width) * f64::from(height) * 2.25 < 40e6, "this one is not huge: {width} x {height}");
    let wide = random_scene(5, 400, 60);
    let picture = draw(&wide, PictureFormat::Png, &DrawOptions::default()).expect("drawn");
    let (width, height) = picture.size.expect("a size");
    assert!(u64::from(width) * u64::from(height) <= 40_000_000);
    assert!(picture.notices.iter().any(|notice| notice.contains("scaled down")), "{:?}", picture.notices);
}

/// Letters of the embedded font must come out as ink: with no font a renderer drops text without a word.
#[test]
fn pixels_show_the_text() {
    let one = |text: &str| Scene { boxes: vec![make_box(0, text, "", BoxRole::Instance)], ..Scene::default() };
    let ink = |scene: &Scene| {
        let picture = draw(scene, PictureFormat::Png, &DrawOptions::default()).expect("drawn");
        let mut reader = png::Decoder::new(std::io::Cursor::new(picture.bytes)).read_info().expect("PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
        let frame = reader.next_frame(&mut pixels).expect("pixels");
        assert_eq!(Some((frame.width, frame.height)), picture.size);
        pixels.chunks(3).filter(|pixel| pixel[0] < 0x80 && pixel[1] < 0x80).count()
    };
    let empty = ink(&one(" "));
    for text in ["dict", "Словарь", "λ → ∞", "────"] {
        assert!(ink(&one(text)) > empty + 40, "{text} left no ink");
    }
}

#[test]
fn graphviz_places_the_same_boxes() {
    if std::process::Command::new("dot").arg("-V").output().is_err() {
        return;
    }
    for scene in [leaked_session(), random_scene(2, 30, 10), star(200, true)] {
        let picture = draw(&scene, PictureFormat::Svg, &DrawOptions { engine: Engine::Dot, ..DrawOptions::default() })
            .expect("dot draws it");
        let drawn = checker::read(std::str::from_utf8(&picture.bytes).expect("UTF-8"));
        assert_eq!((drawn.boxes.len(), drawn.lines.len()), (scene.boxes.len(), scene.edges.len()));
        let faults: Vec<String> = drawn.faults().into_iter().filter(|fault| fault.starts_with("boxes")).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}
