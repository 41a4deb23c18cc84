//! The built-in layout: layers from holder to held, right-angled lines, by the crate graphlay.
//!
//! graphlay is young, so nothing of it shows outside this file. Its time grows with the square of the lines at one box
//! and faster with the lines that are not part of a tree, so a plan past a [`Budget`] is refused: counts, never a
//! clock, so that a picture that can be drawn here can be drawn anywhere.

use graphlay::{CycleStrategy, Direction, Edge, Effort, Graph, LabelReservation, LayoutOptions, Node, PortSides, Size};

use super::{Arrangement, Extent, Layout, Plan, Point, Rect, Route, labels, ports, settle};
use crate::error::{Error, Result};
use crate::render::style;

/// How much a plan may ask for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Budget {
    /// Boxes.
    pub boxes: usize,
    /// Lines.
    pub lines: usize,
    /// Lines that end at, or start from, one box.
    pub hub: usize,
    /// Lines more than there are boxes.
    pub tangle: usize,
    /// Places where a long line passes a layer.
    pub waypoints: usize,
}

impl Default for Budget {
    /// What takes one to three seconds.
    fn default() -> Self {
        Budget { boxes: 800, lines: 1000, hub: 400, tangle: 350, waypoints: 20_000 }
    }
}

/// graphlay behind our trait.
#[derive(Clone, Copy, Default, Debug)]
pub struct Layered {
    /// Past it a plan is refused.
    pub budget: Budget,
}

/// How much straighter the main path is than other lines.
const MAIN_WEIGHT: f64 = 32.0;

/// Boxes up to which the thorough search for few crossings is fast enough.
const BALANCED: usize = 80;

impl Layout for Layered {
    fn arrange(&self, plan: &Plan) -> Result<Arrangement> {
        if plan.boxes.is_empty() {
            return Ok(Arrangement::default());
        }
        self.check(plan)?;
        let plan = &ports::make_room(plan);
        let (graph, options) = (graph(plan), self.options(plan));
        let laid = graphlay::layout(&graph, &options).map_err(|error| refused(&error))?;
        let boxes = laid.nodes.iter().map(|node| Rect::around(point(node.center), extent(node.size))).collect();
        let routes = laid.edges.into_iter().map(|edge| Route {
            points: edge.points.into_iter().map(point).collect(),
            curved: false,
            label: edge.label_anchor.map(|anchor| Rect::around(point(anchor), Extent::default())),
        });
        let mut arrangement = Arrangement { boxes, routes: routes.collect(), extent: Extent::default() };
        labels::place(&mut arrangement, plan);
        settle(&mut arrangement);
        Ok(arrangement)
    }
}

impl Layered {
    fn check(&self, plan: &Plan) -> Result<()> {
        let Budget { boxes, lines, hub, tangle, .. } = self.budget;
        let busiest = ends(plan).into_iter().flatten().max().unwrap_or(0);
        let (found, limit, what) = if plan.boxes.len() > boxes {
            (plan.boxes.len(), boxes, "boxes")
        } else if plan.lines.len() > lines {
            (plan.lines.len(), lines, "lines")
        } else if busiest > hub {
            (busiest, hub, "lines at one box")
        } else if plan.lines.len() > plan.boxes.len() + tangle {
            (plan.lines.len(), plan.boxes.len() + tangle, "lines between so few boxes")
        } else {
            return Ok(());
        };
        Err(too_large(format!("the picture has {found} {what}; the built-in layout draws at most {limit}")))
    }

    fn options(&self, plan: &Plan) -> LayoutOptions {
        let mut options = LayoutOptions::layered_default();
        if plan.top_down {
            options.direction = Direction::TopBottom;
        }
        options.spacing.layer_gap = 48.0;
        options.spacing.node_gap = 28.0;
        options.spacing.dummy_gap = 22.0;
        options.spacing.stub = style::BEND + 4.0;
        options.spacing.isolated_gap = 24.0;
        options.spacing.isolated_max_columns = 8;
        options.spacing.edge_label_margin = 52.0;
        options.spacing.port_gap = ports::GAP;
        options.routing.bundle_parallel = true;
        options.routing.lane_gap = 12.0;
        options.routing.port_sides = PortSides::FacingPreferred;
        options.labels.reservation = LabelReservation::Always;
        options.cycles.strategy = CycleStrategy::FollowFlow;
        let small = plan.boxes.len() <= BALANCED && plan.lines.len() <= 2 * BALANCED;
        options.effort = if small { Effort::Balanced } else { Effort::Fast };
        options.limits.max_dummies = Some(self.budget.waypoints);
        options
    }
}

/// Lines that turn side by side in a gap between layers: each moves the others' straight runs by one lane.
const LANE: f64 = 9.0;
const MOST_LANES: usize = 10;

fn graph(plan: &Plan) -> Graph {
    let ends = ends(plan);
    let size = |extent: &Extent| Size::new(extent.width, extent.height);
    let nodes = plan.boxes.iter().map(|extent| Node { size: size(extent), ..Node::default() });
    let edges = plan.lines.iter().map(|line| Edge {
        weight: if line.main { MAIN_WEIGHT } else { 1.0 },
        reverse_for_ranking: line.back,
        thickness: line.width,
        label_size: line.label.map(|label| {
            let lanes = ends[line.from][0].max(ends[line.to][1]).saturating_sub(1).min(MOST_LANES);
            // The name stands on a straight run: what the lanes take is added to what it needs.
            let room = lanes as f64 * LANE;
            let (across, along) = if plan.top_down { (0.0, room / 2.0) } else { (room, 0.0) };
            Size::new(label.width + across, label.height + along)
        }),
        ..Edge::new(graphlay::NodeId(line.from as u32), graphlay::NodeId(line.to as u32))
    });
    Graph { nodes: nodes.collect(), edges: edges.collect() }
}

/// For every box how many lines start and end at it.
fn ends(plan: &Plan) -> Vec<[usize; 2]> {
    let mut ends = vec![[0; 2]; plan.boxes.len()];
    for line in &plan.lines {
        ends[line.from][0] += 1;
        ends[line.to][1] += 1;
    }
    ends
}

fn refused(error: &graphlay::LayoutError) -> Error {
    match error {
        graphlay::LayoutError::TooLarge { .. } => too_large(format!("the picture is too tangled: {error}")),
        error => Error::invalid(format!("no layout for this picture: {error}")),
    }
}

fn too_large(message: String) -> Error {
    Error::unsupported(message).with_hint(
        "a smaller --max-depth or --too-many, --filter or --ignore; or --engine dot with Graphviz installed; or -o x.dot",
    )
}

fn point(at: graphlay::Point) -> Point {
    Point { x: at.x, y: at.y }
}

fn extent(size: Size) -> Extent {
    Extent { width: size.width, height: size.height }
}
