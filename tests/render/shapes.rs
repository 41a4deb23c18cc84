//! Scenes made without a heap: the mock-up's, and random ones with hubs, fans, rings and parallel lines.

use heapgraph::render::Scene;
use heapgraph::render::scene::{BoxRole, EdgeRole, LegendEntry, Line, LineRole, Piece, SceneBox, SceneEdge};

/// A box with two lines.
pub(crate) fn make_box(nth: usize, title: &str, detail: &str, role: BoxRole) -> SceneBox {
    let mut lines = vec![Line { text: title.to_owned(), role: LineRole::Title }];
    if !detail.is_empty() {
        lines.push(Line { text: detail.to_owned(), role: LineRole::Detail });
    }
    let tooltip = format!("{title}\n{detail}");
    SceneBox { id: format!("0x{:x}", 0x1000 + nth * 16), lines, role, tooltip, ..SceneBox::default() }
}

/// A line with one name, or none.
pub(crate) fn make_line(from: usize, to: usize, label: &str, role: EdgeRole) -> SceneEdge {
    let label: Vec<String> = label.split('\n').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    SceneEdge { from, to, tooltip: label.join("\n"), label, role, ..SceneEdge::default() }
}

/// Why a leaked session is alive: the picture that the style was drawn from.
pub(crate) fn leaked_session() -> Scene {
    use BoxRole::{Card, Code, Container, Instance, Root};
    use EdgeRole::{Collapsed, Path, Plain};
    let boxes = [
        ("module app", "", Root),
        ("Cache", "2 attributes", Instance),
        ("dict", "40,012 items", Container),
        ("Session", "user = 'user-7'", Instance),
        ("module metrics", "", Root),
        ("Recorder", "1 attribute", Instance),
        ("deque", "500 items", Container),
        ("User", "'ada@example.org'", Instance),
        ("list", "1 item", Container),
        ("function on_close", "lambda at app.py:12", Code),
        ("40,011 more Sessions", "", Card),
    ];
    let lines = [
        (0, 1, "CACHE", Path),
        (1, 2, ".entries", Path),
        (2, 3, "['user-7']", Path),
        (4, 5, "STATS", Plain),
        (5, 6, ".recent", Plain),
        (6, 3, "[3]", Plain),
        (7, 8, ".sessions", Plain),
        (8, 3, "[0]", Plain),
        (9, 3, "closure s", Plain),
        (3, 9, ".on_close", Plain),
        (3, 7, ".user", Plain),
        (2, 10, "", Collapsed),
    ];
    let mut boxes: Vec<SceneBox> =
        boxes.iter().enumerate().map(|(nth, (title, detail, role))| make_box(nth, title, detail, *role)).collect();
    boxes[3].asked = true;
    let mut edges: Vec<SceneEdge> =
        lines.iter().map(|(from, to, label, role)| make_line(*from, *to, label, *role)).collect();
    edges[9].back = true;
    edges[10].back = true;
    let answer = vec![vec![
        Piece { text: "Two roots reach it; the nearest path is ".to_owned(), stressed: false },
        Piece { text: "app.CACHE.entries['user-7']".to_owned(), stressed: true },
    ]];
    Scene {
        title: Some("Why is Session 'user-7' alive?".to_owned()),
        answer,
        boxes,
        edges,
        legend: vec![LegendEntry::Root, LegendEntry::Asked, LegendEntry::Path, LegendEntry::Collapsed],
        foot: "depth 3 complete · app.parquet · pid 4711 · Python 3.12.1".to_owned(),
        ..Scene::default()
    }
}

/// SplitMix64: small, and the same everywhere.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound as u64) as usize
    }
}

/// A tree of `count` boxes with `extra` further lines, back to holders too; one box in ten is a hub.
pub(crate) fn random_scene(seed: u64, count: usize, extra: usize) -> Scene {
    const TITLES: [&str; 6] = ["dict", "Session", "list", "function on_close", "Пользователь", "app.models.Order"];
    const DETAILS: [&str; 5] =
        ["12 items", "user = 'user-7'", "", "'he said \"no\" & left <b>'", "lambda at app.py:12"];
    const NAMES: [&str; 6] = ["", ".entries", "['user-7']", "[3]", "closure s", ".a\n.b\n.c\n+9 more"];
    let mut random = Random(seed);
    let roles = [BoxRole::Instance, BoxRole::Container, BoxRole::Code];
    let mut boxes = Vec::new();
    let mut edges = Vec::new();
    for nth in 0..count {
        let (title, detail) = (TITLES[random.below(6)], DETAILS[random.below(5)]);
        boxes.push(make_box(nth, title, detail, roles[random.below(3)]));
        if nth > 0 {
            // Near parents make depth, the first boxes make fans.
            let from = if random.below(3) == 0 { random.below(nth.min(4)) } else { random.below(nth) };
            edges.push(make_line(from, nth, NAMES[random.below(6)], EdgeRole::Plain));
        }
    }
    for _ in 0..extra {
        let (from, to) = (random.below(count), random.below(count));
        let to = if random.below(4) == 0 { to / 10 } else { to };
        edges.push(make_line(from, to, NAMES[random.below(6)], EdgeRole::Plain));
    }
    boxes[0].asked = true;
    Scene { title: Some(format!("What does box {seed} hold?")), boxes, edges, ..Scene::default() }
}
