//! The layout of an installed Graphviz: `dot` gets boxes of fixed size and says where they go; we draw.
//!
//! So both engines give the same boxes, letters and ids, no text of the heap reaches the foreign program, and no label
//! can break it.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{Arrangement, Extent, Layout, Plan, Point, Rect, Route, settle};
use crate::error::{Error, Result};

/// Points per inch: Graphviz measures boxes in inches and places in points.
const INCH: f64 = 72.0;

/// `dot` behind our trait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Graphviz {
    /// The program, looked up in `PATH`.
    pub program: String,
    /// After this it is killed.
    pub limit: Duration,
}

impl Default for Graphviz {
    fn default() -> Self {
        Graphviz { program: "dot".to_owned(), limit: Duration::from_secs(30) }
    }
}

impl Layout for Graphviz {
    fn arrange(&self, plan: &Plan) -> Result<Arrangement> {
        if plan.boxes.is_empty() {
            return Ok(Arrangement::default());
        }
        let answer = self.run(&question(plan))?;
        let answer: Answer = serde_json::from_slice(&answer)
            .map_err(|error| Error::malformed(format!("{} gave no positions: {error}", self.program)))?;
        let mut arrangement = answer.arrangement(plan).ok_or_else(|| {
            Error::malformed(format!("{} gave positions of other boxes than it was asked for", self.program))
        })?;
        settle(&mut arrangement);
        Ok(arrangement)
    }
}

impl Graphviz {
    /// Feeds the program and reads its answer, each in a thread of its own, so that no full pipe can block.
    fn run(&self, question: &str) -> Result<Vec<u8>> {
        let mut child = self.start()?;
        let (input, output, complaints) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        std::thread::scope(|scope| {
            // A program that ends early closes the pipe; its exit status tells more than the failed write.
            scope.spawn(move || input.map(|mut input| input.write_all(question.as_bytes())));
            let answer = scope.spawn(move || read_all(output));
            let complaint = scope.spawn(move || read_all(complaints));
            let finished = self.wait(&mut child);
            let answer = answer.join().unwrap_or_default();
            let complaint = complaint.join().unwrap_or_default();
            if finished? {
                return Ok(answer);
            }
            let complaint = String::from_utf8_lossy(&complaint);
            let first = complaint.lines().next().unwrap_or("without a word").to_owned();
            Err(Error::unsupported(format!("{} failed: {first}", self.program)))
        })
    }

    fn start(&self) -> Result<Child> {
        let mut command = Command::new(&self.program);
        command.args(["-Kdot", "-Tjson"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().map_err(|error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let error = Error::io(format!("cannot start {}", self.program), error);
            let hint = "install Graphviz, or leave out --engine dot: the built-in layout needs no program";
            if missing { error.with_hint(hint) } else { error }
        })
    }

    /// Whether the program ended well; kills it when its time is up.
    fn wait(&self, child: &mut Child) -> Result<bool> {
        let deadline = Instant::now() + self.limit;
        let mut pause = Duration::from_millis(1);
        loop {
            match child.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) if Instant::now() >= deadline => break,
                Ok(None) => std::thread::sleep(pause),
                Err(error) => return Err(Error::io(format!("cannot wait for {}", self.program), error)),
            }
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        // Both fail only if it has just ended by itself.
        let _ = child.kill();
        let _ = child.wait();
        let seconds = self.limit.as_secs_f64();
        Err(Error::unsupported(format!("{} did not finish in {seconds} s and was stopped", self.program))
            .with_hint("a smaller --max-depth or --too-many, --filter or --ignore; or -o x.dot"))
    }
}

fn read_all(pipe: Option<impl Read>) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before a failure is enough for an error message, and too little for an answer to parse.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
    bytes
}

/// Boxes and names as empty shapes of their size.
fn question(plan: &Plan) -> String {
    let direction = if plan.top_down { "TB" } else { "LR" };
    let mut text = format!(
        "digraph {{\ngraph [rankdir={direction} nodesep=0.35 ranksep=0.6]\nnode [shape=box fixedsize=true label=\"\"]\nedge [arrowhead=none]\n"
    );
    for (nth, extent) in plan.boxes.iter().enumerate() {
        text.push_str(&format!("n{nth} [width={:.4} height={:.4}]\n", extent.width / INCH, extent.height / INCH));
    }
    for (nth, line) in plan.lines.iter().enumerate() {
        let label = line.label.map_or_else(String::new, |extent| {
            format!(
                " label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLPADDING=\"0\" CELLSPACING=\"0\" FIXEDSIZE=\"TRUE\" WIDTH=\"{:.0}\" HEIGHT=\"{:.0}\"><TR><TD></TD></TR></TABLE>>",
                extent.width + 8.0,
                extent.height
            )
        });
        let weight = if line.main { 8 } else { 1 };
        // A line that runs back is ranked as if it ran forth, so that the boxes stand in order of reading.
        let (tail, head) = if line.back { (line.to, line.from) } else { (line.from, line.to) };
        text.push_str(&format!("n{tail} -> n{head} [id=\"{nth}\" weight={weight}{label}]\n"));
    }
    text.push_str("}\n");
    text
}

#[derive(Deserialize)]
struct Answer {
    bb: String,
    #[serde(default)]
    objects: Vec<AnswerNode>,
    #[serde(default)]
    edges: Vec<AnswerEdge>,
}

#[derive(Deserialize)]
struct AnswerNode {
    name: String,
    pos: Option<String>,
}

#[derive(Deserialize)]
struct AnswerEdge {
    id: String,
    pos: Option<String>,
    lp: Option<String>,
}

impl Answer {
    /// Graphviz counts upwards from the lower left.
    fn arrangement(&self, plan: &Plan) -> Option<Arrangement> {
        let top: f64 = self.bb.split(',').nth(3)?.parse().ok()?;
        let place = |text: &str| {
            let (x, y) = text.split_once(',')?;
            Some(Point { x: x.parse().ok()?, y: top - y.parse::<f64>().ok()? })
        };
        let mut boxes = vec![None; plan.boxes.len()];
        for node in &self.objects {
            let nth: usize = node.name.strip_prefix('n')?.parse().ok()?;
            *boxes.get_mut(nth)? = Some(Rect::around(place(node.pos.as_ref()?)?, *plan.boxes.get(nth)?));
        }
        let mut routes = vec![None; plan.lines.len()];
        for edge in &self.edges {
            let nth: usize = edge.id.parse().ok()?;
            let points: Option<Vec<Point>> = edge.pos.as_ref()?.split_whitespace().map(place).collect();
            let (mut points, line) = (points?, plan.lines.get(nth)?);
            if line.back {
                points.reverse();
            }
            let at = edge.lp.as_deref().and_then(place);
            let label = line.label.zip(at).map(|(extent, at)| Rect::around(at, extent));
            routes[nth] = Some(Route { points, curved: true, label });
        }
        let boxes: Option<Vec<Rect>> = boxes.into_iter().collect();
        let routes: Option<Vec<Route>> = routes.into_iter().collect();
        Some(Arrangement { boxes: boxes?, routes: routes?, extent: Extent::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Plan {
        let extent = Extent { width: 60.0, height: 30.0 };
        let line = super::super::PlanLine { from: 0, to: 1, ..Default::default() };
        Plan { boxes: vec![extent; 2], lines: vec![line], top_down: false }
    }

    #[test]
    fn a_missing_program_is_named_with_a_way_out() {
        let layout = Graphviz { program: "heapgraph-no-such-dot".to_owned(), ..Graphviz::default() };
        let error = layout.arrange(&two()).unwrap_err();
        assert!(error.is_io() && error.to_string().contains("heapgraph-no-such-dot"), "{error}");
        assert!(error.hint().unwrap().contains("Graphviz"));
    }

    #[test]
    fn a_program_that_fails_or_talks_nonsense_is_an_error() {
        for (program, what) in [("false", "failed"), ("true", "no positions")] {
            let layout = Graphviz { program: program.to_owned(), ..Graphviz::default() };
            let error = layout.arrange(&two()).unwrap_err().to_string();
            assert!(error.contains(what), "{program}: {error}");
        }
    }

    #[test]
    fn positions_count_from_the_upper_left_whatever_graphviz_does() {
        let answer: Answer = serde_json::from_str(
            r#"{"bb":"0,0,200,100","objects":[{"name":"n0","pos":"30,85"},{"name":"n1","pos":"150,15"}],
                "edges":[{"id":"0","pos":"60,85 90,85 100,15 120,15","lp":"80,50"}]}"#,
        )
        .unwrap();
        let arrangement = answer.arrangement(&two()).unwrap();
        assert_eq!(arrangement.boxes[0].at, Point { x: 0.0, y: 0.0 });
        assert_eq!(arrangement.boxes[1].at, Point { x: 120.0, y: 70.0 });
        assert_eq!(arrangement.routes[0].points[3], Point { x: 120.0, y: 85.0 });
    }
}
