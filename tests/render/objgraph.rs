//! objgraph's style beside what objgraph 3.7.0 itself wrote on Python 3.12, with its addresses renumbered.

use heapgraph::analysis::neighbourhood::{Direction, Options, View, walk};
use heapgraph::render::scene::{self, PictureOptions};
use heapgraph::render::{DrawOptions, PictureFormat, draw};
use heapgraph::testkit::{id, sketch};

use crate::heaps::OBJGRAPH_EXAMPLE;

fn dot(heap: &str, asked: &str, direction: Direction, max_depth: u32, too_many: usize) -> String {
    let heap = sketch(heap);
    let options = Options { view: View::Objgraph, max_depth, too_many, ..Options::default() };
    let found = walk(&heap, &heap.referrers(), &[id(&heap, asked)], direction, &options);
    let scene = scene::objgraph(&heap, &found, &PictureOptions::default());
    String::from_utf8(draw(&scene, PictureFormat::Dot, &DrawOptions::default()).expect("DOT").bytes).expect("UTF-8")
}

/// `x = []; y = [x, [x], dict(x=x)]; show_refs([y])`
#[test]
fn the_example_of_its_documentation() {
    let expected = r#"digraph ObjectGraph {
  node[shape=box, style=filled, fillcolor=white];
  o4096[fontcolor=red];
  o4096[label="list\n3 items"];
  o4096[fillcolor="0,0,1"];
  o4096 -> o4144;
  o4096 -> o4128;
  o4096 -> o4112;
  o4144[label="dict\n1 items"];
  o4144[fillcolor="0,0,0.766667"];
  o4144 -> o4112 [label="x",weight=2];
  o4128[label="list\n1 items"];
  o4128[fillcolor="0,0,0.766667"];
  o4128 -> o4112;
  o4112[label="list\n0 items"];
  o4112[fillcolor="0,0,0.766667"];
}
"#;
    assert_eq!(dot(OBJGRAPH_EXAMPLE, "y", Direction::Refs, 3, 10), expected);
}

/// `many = [object() for _ in range(13)]; show_refs([many], too_many=3, max_depth=2)`
#[test]
fn too_many_references() {
    let heap: String =
        (0..13).map(|nth| format!("{} o{nth}", if nth == 0 { "many:list[13] >" } else { "," })).collect();
    let expected = r#"digraph ObjectGraph {
  node[shape=box, style=filled, fillcolor=white];
  o4096[fontcolor=red];
  o4096[label="list\n13 items"];
  o4096[fillcolor="0,0,1"];
  o4096 -> o4304;
  o4096 -> o4288;
  o4096 -> o4272;
  o4096->too_many_o4096[color=red,style=dotted,len=0.25,weight=10];
  too_many_o4096[label="10 more references",shape=box,height=0.25,color=red,fillcolor="0,1,0.65",fontsize=6];
  too_many_o4096[fontcolor=white];
  o4304[label="object\n<object object at 0x10d0>"];
  o4304[fillcolor="0,0,0.65"];
  o4288[label="object\n<object object at 0x10c0>"];
  o4288[fillcolor="0,0,0.65"];
  o4272[label="object\n<object object at 0x10b0>"];
  o4272[fillcolor="0,0,0.65"];
}
"#;
    assert_eq!(dot(&heap, "many", Direction::Refs, 2, 3), expected);
}

/// `n.items = [n, {1: n, 'a b': n, 'key': n}]` where the class of n defines `__del__`; its class is ignored.
#[test]
fn keys_finalizers_and_the_last_level() {
    let heap = "items:list[2] > n, d; n:__main__.Node!finalizer > items.items; \
        d:dict[3] > one{}, n[1], ab{}, n['a b'], key{}, n['key']; one:int=\"1\"; ab:str=\"a b\"; key:str=\"key\"";
    let expected = r#"digraph ObjectGraph {
  node[shape=box, style=filled, fillcolor=white];
  o4096[fontcolor=red];
  o4096[label="list\n2 items"];
  o4096[fillcolor="0,0,1"];
  o4096 -> o4128;
  o4096 -> o4112;
  o4128[label="dict\n3 items"];
  o4128[fillcolor="0,0,0.65"];
  o4128 -> o4112 [label="int\n1"];
  o4128 -> o4144;
  o4128 -> o4112 [label="int\n1"];
  o4128 -> o4160;
  o4128 -> o4112 [label="int\n1"];
  o4128 -> o4176;
  o4112[label="Node\n<__main__.Node object at 0x1010>"];
  o4112[fillcolor="0,0,0.65"];
  o4112->o4112_has_a_del[color=red,style=dotted,len=0.25,weight=10];
  o4112_has_a_del[label="__del__",shape=doublecircle,height=0.25,color=red,fillcolor="0,.5,1",fontsize=6];
  o4112 -> o4096;
  o4144[label="int\n1"];
  o4144[fillcolor="0,0,0.3"];
  o4144[fontcolor=white];
  o4160[label="str\n'a b'"];
  o4160[fillcolor="0,0,0.3"];
  o4160[fontcolor=white];
  o4176[label="str\n'key'"];
  o4176[fillcolor="0,0,0.3"];
  o4176[fontcolor=white];
}
"#;
    assert_eq!(dot(heap, "items", Direction::Refs, 2, 10), expected);
}

/// Everything it writes is Graphviz's language.
#[test]
fn its_text_parses() {
    for case in crate::heaps::cases() {
        let text = draw(&case.objgraph(), PictureFormat::Dot, &DrawOptions::default()).expect("DOT").bytes;
        let text = String::from_utf8(text).expect("UTF-8");
        assert!(graphviz_rust::parse(&text).is_ok(), "{}: {text}", case.name);
    }
}

/// A list of many, which does not hold its type: to look for that once for each of its lines took minutes.
#[test]
fn a_hub_takes_time_in_proportion_to_its_lines() {
    let lines = 200_000;
    let mut heap = format!("hub:builtins.list[{lines}] > a*{lines}; a:app.A");
    heap = heap.replace(&format!("a*{lines}"), &vec!["a"; lines].join(", "));
    let start = std::time::Instant::now();
    let text = dot(&heap, "hub", Direction::Refs, 1, usize::MAX);
    assert_eq!(text.matches(" -> ").count(), lines);
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
