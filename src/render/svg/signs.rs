//! Small signs: the bar for a share of the heap, what is special about an object, the numbered disc of a cycle.

use std::fmt::Write;

use super::{Drawing, Set, number};
use crate::analysis::neighbourhood::Mark;
use crate::render::font::Weight;
use crate::render::layout::{Extent, Point, Rect};
use crate::render::style;

impl Drawing {
    /// A bar of which this share, 0 to 1, is full; what is more than nothing shows.
    pub(super) fn write_bar(&self, out: &mut String, at: Point, share: f64, asked: bool) -> std::fmt::Result {
        let [full, track] =
            if asked { [self.theme.bar[2], self.theme.bar[3]] } else { [self.theme.bar[0], self.theme.bar[1]] };
        let (width, height) = style::BAR;
        for (colour, width) in [(track, width), (full, (width * share).max(2.5))] {
            writeln!(
                out,
                r#"<path class="bar" d="M{} {}h{}v{height}h-{}z" fill="{colour}"/>"#,
                number(at.x),
                number(at.y),
                number(width),
                number(width),
            )?;
        }
        Ok(())
    }

    /// The sign of a mark: each has a shape of its own.
    pub(super) fn write_sign(&self, out: &mut String, mark: Mark, centre: Point) -> std::fmt::Result {
        let at = |dx: f64, dy: f64| format!("{} {}", number(centre.x + dx), number(centre.y + dy));
        let r = style::SIGN / 2.0 - 0.6;
        let course = match mark {
            // A circle struck through.
            Mark::Garbage => {
                let d = r * std::f64::consts::FRAC_1_SQRT_2;
                format!(
                    "M{}a{r} {r} 0 1 0 {d2} 0a{r} {r} 0 1 0 -{d2} 0M{}L{}",
                    at(-r, 0.0),
                    at(-d, d),
                    at(d, -d),
                    d2 = 2.0 * r
                )
            }
            // A bracket open to the left, and an arrow that comes in.
            Mark::HeldOutside => {
                format!(
                    "M{}L{}L{}L{}M{}L{}M{}L{}L{}",
                    at(-1.0, -r),
                    at(r, -r),
                    at(r, r),
                    at(-1.0, r),
                    at(-r, 0.0),
                    at(1.6, 0.0),
                    at(-0.6, -2.0),
                    at(1.6, 0.0),
                    at(-0.6, 2.0)
                )
            }
            // An hourglass.
            Mark::Finalizer => {
                format!("M{}L{}L{}L{}Z", at(-r + 1.0, -r), at(r - 1.0, -r), at(-r + 1.0, r), at(r - 1.0, r))
            }
            // Six rays.
            Mark::Frozen => {
                let (x, y) = (r * 0.866, r * 0.5);
                format!("M{}L{}M{}L{}M{}L{}", at(0.0, -r), at(0.0, r), at(-x, -y), at(x, y), at(-x, y), at(x, -y))
            }
        };
        writeln!(
            out,
            r#"<path class="mark" d="{course}" fill="none" stroke="{}" stroke-width="1.3" stroke-linejoin="round" stroke-linecap="round"/>"#,
            self.theme.mark(mark)
        )
    }

    /// A disc with a number in it.
    pub(super) fn write_disc(&self, out: &mut String, centre: Point, cycle: u32) -> std::fmt::Result {
        let [line, text, ground] = self.theme.cycle;
        writeln!(
            out,
            r#"<circle class="disc" cx="{}" cy="{}" r="{}" fill="{ground}" stroke="{line}" stroke-width="1.5"/>"#,
            number(centre.x),
            number(centre.y),
            style::DISC,
        )?;
        let digits = cycle.to_string();
        let size = if digits.len() > 2 { 7.0 } else { 10.5 };
        let width = self.fonts.width(&digits, size, Weight::Bold);
        let at = Point { x: centre.x - width / 2.0, y: centre.y + size * 0.36 };
        self.write_text(out, at, &digits, &Set { size, weight: Weight::Bold, colour: text, halo: false })
    }

    /// The discs on the lines that close cycles, above all lines.
    pub(super) fn write_discs(&self, out: &mut String) -> std::fmt::Result {
        let mut taken: Vec<Rect> = self.arrangement.boxes.clone();
        taken.extend(self.arrangement.routes.iter().filter_map(|route| route.label));
        for (edge, route) in self.scene.edges.iter().zip(&self.arrangement.routes) {
            let Some(cycle) = edge.closes else { continue };
            let centre = place_disc(&route.points, route.curved, &taken)
                .or_else(|| route.label.map(|label| beside(&label)))
                .unwrap_or_else(|| route.points.get(route.points.len() / 2).copied().unwrap_or_default());
            taken.push(disc_rect(centre));
            writeln!(out, r#"<g class="cycle">"#)?;
            self.write_disc(out, centre, cycle)?;
            writeln!(out, "</g>")?;
        }
        Ok(())
    }
}

fn disc_rect(centre: Point) -> Rect {
    let side = 2.0 * style::DISC;
    Rect::around(centre, Extent { width: side, height: side })
}

/// Shares of a straight run at which a disc may stand, the best first.
const SHARES: [f64; 9] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.12, 0.88];

/// On a straight run of the route, rather a level and a long one, away from what is there already. None where there is no
/// such place.
fn place_disc(points: &[Point], curved: bool, taken: &[Rect]) -> Option<Point> {
    // Of a spline only its own points lie on the line for sure: each third.
    if curved {
        return points.get(points.len() / 6 * 3).copied();
    }
    let length = |pair: &[Point]| (pair[1].x - pair[0].x).hypot(pair[1].y - pair[0].y);
    let mut runs: Vec<&[Point]> = points.windows(2).filter(|pair| length(pair) > 2.0 * style::DISC).collect();
    let steep = |pair: &[Point]| (pair[1].y - pair[0].y).abs() > 1.0;
    let rank = |pair: &[Point]| length(pair) * if steep(pair) { 0.6 } else { 1.0 };
    runs.sort_by(|one, other| rank(other).total_cmp(&rank(one)));
    let on = |pair: &[Point], share: f64| Point {
        x: pair[0].x + (pair[1].x - pair[0].x) * share,
        y: pair[0].y + (pair[1].y - pair[0].y) * share,
    };
    let centres = runs.iter().flat_map(|pair| SHARES.map(|share| on(pair, share)));
    let free = |centre: &Point| !taken.iter().any(|rect| rect.overlaps(&disc_rect(*centre).grown(1.0)));
    centres.into_iter().find(free)
}

/// Left of a name, where its line is too short for a disc.
fn beside(label: &Rect) -> Point {
    Point { x: label.at.x - style::DISC - 3.0, y: label.centre().y }
}
