//! Small heaps that between them show everything a picture can show.

use heapgraph::Snapshot;
use heapgraph::analysis::neighbourhood::{Direction, Neighbourhood, Options, View, walk};
use heapgraph::render::Scene;
use heapgraph::render::scene::{self, PictureOptions};
use heapgraph::testkit::{id, sketch};

/// A heap, which object is asked for, and which way.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) snapshot: Snapshot,
    pub(crate) asked: Vec<&'static str>,
    pub(crate) direction: Direction,
    pub(crate) options: Options<'static>,
}

/// objgraph's own example: `x = []; y = [x, [x], dict(x=x)]`.
pub(crate) const OBJGRAPH_EXAMPLE: &str = "y:list[3] > x, z, d; x:list[0]; z:list[1] > x; d:dict[1] > x['x']";

/// Why a session is alive: a cache, statistics, a user and a closure.
pub(crate) const LEAK: &str = "<modules> > app, metrics; \
    app:builtins.module=app > ns.__dict__; ns:builtins.dict > cache['CACHE']; \
    cache:app.Cache#48 > entries.entries; \
    entries:builtins.dict#1248[4] > s['user-7'], t1['user-1'], t2['user-2'], t3['user-3']; \
    metrics:builtins.module=metrics > mns.__dict__; mns:builtins.dict > stats['STATS']; \
    stats:metrics.Recorder#48 > recent.recent; recent:collections.deque[500] > s; \
    s:app.Session#56 > user.user, close.on_close, name.name; \
    name:builtins.str=\"user-7\"; \
    user:app.User > mail.mail, sessions.sessions; mail:builtins.str=\"ada@example.org\"; sessions:builtins.list[1] > s; \
    close:builtins.function=on_close > clo~closure.__closure__; clo:builtins.tuple[1] > cell; cell:builtins.cell > s~closure.s; \
    t1:app.Session; t2:app.Session; t3:app.Session";

fn case(name: &'static str, heap: &str, asked: &[&'static str], direction: Direction) -> Case {
    Case { name, snapshot: sketch(heap), asked: asked.to_vec(), direction, options: Options::default() }
}

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    use Direction::{Backrefs, Refs};
    let mut crowd =
        String::from("<modules> > app; app:builtins.module=app > ns.__dict__; ns:builtins.dict > a['A']; a:app.Pool");
    crowd.push_str(&(0..40).map(|nth| format!("{} p{nth}", if nth == 0 { " >" } else { "," })).collect::<String>());
    (0..40).for_each(|nth| crowd.push_str(&format!("; p{nth}:app.{}", if nth % 3 == 0 { "Worker" } else { "Task" })));
    vec![
        case("objgraph-example", OBJGRAPH_EXAMPLE, &["y"], Refs),
        case("itself", "a:builtins.list[1] > a", &["a"], Refs),
        Case {
            options: Options { max_depth: 4, ..Options::default() },
            ..case("leak-backrefs", LEAK, &["s"], Backrefs)
        },
        case("leak-refs", LEAK, &["cache"], Refs),
        case("two-asked", LEAK, &["s", "t1"], Backrefs),
        case("crowd", &crowd, &["a"], Refs),
        case(
            "frame",
            "<thread 1397 MainThread | frame app.py:42 handle> > req; req:app.Request > h['headers'], w~weak.ref; h:builtins.dict[1]; w:app.Weakly; <held> > req",
            &["req"],
            Backrefs,
        ),
        case("parallel", "a:app.Node > b.left, b.right, b.up, b.down, b.next; b:app.Node > a.parent", &["a"], Refs),
        case(
            "odd-names",
            r#"a:"app.<b>&amp;" > b["'\"quoted\" \\ & <x>'"]; b:builtins.str="line\nbreak\u0000\u202e 日本 🦀""#,
            &["a"],
            Refs,
        ),
    ]
}

impl Case {
    /// Walks it.
    pub(crate) fn neighbourhood(&self, view: View) -> Neighbourhood {
        let asked: Vec<_> = self.asked.iter().map(|label| id(&self.snapshot, label)).collect();
        let options = Options { view, ..self.options.clone() };
        walk(&self.snapshot, &self.snapshot.referrers(), &asked, self.direction, &options)
    }

    /// In our style.
    pub(crate) fn ours(&self) -> Scene {
        let options = PictureOptions { source: Some("app.parquet"), ..PictureOptions::default() };
        scene::ours(&self.snapshot, &self.neighbourhood(View::Ours), &options)
    }

    /// In objgraph's.
    pub(crate) fn objgraph(&self) -> Scene {
        scene::objgraph(&self.snapshot, &self.neighbourhood(View::Objgraph), &PictureOptions::default())
    }
}
