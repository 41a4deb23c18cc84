//! Boxes tall enough for their lines: each line leaves and arrives at a place of its own, with room for a name between
//! two of them.

use super::{Extent, Plan};

/// Between two lines at one border.
pub(super) const GAP: f64 = 20.0;
/// Lines at one border up to which each gets the whole gap; more share the room of these.
const ROOMY: usize = 8;
/// The least between two lines.
const TIGHT: f64 = 9.0;
/// Above the first and below the last line.
const ENDS: f64 = 8.0;

/// The same plan with boxes grown along the border that their lines meet.
pub(super) fn make_room(plan: &Plan) -> Plan {
    let mut sides = vec![[0usize; 2]; plan.boxes.len()];
    for line in plan.lines.iter().filter(|line| line.from != line.to) {
        // A line that runs back leaves where others arrive.
        let (out, into) = if line.back { (1, 0) } else { (0, 1) };
        sides[line.from][out] += 1;
        sides[line.to][into] += 1;
    }
    let grow = |(extent, sides): (&Extent, &[usize; 2])| {
        let need = room(sides[0].max(sides[1]));
        if plan.top_down {
            Extent { width: extent.width.max(need), ..*extent }
        } else {
            Extent { height: extent.height.max(need), ..*extent }
        }
    };
    Plan { boxes: plan.boxes.iter().zip(&sides).map(grow).collect(), ..plan.clone() }
}

fn room(lines: usize) -> f64 {
    let gap = if lines <= ROOMY { GAP } else { TIGHT.max(GAP * ROOMY as f64 / lines as f64) };
    gap * lines.saturating_sub(1) as f64 + 2.0 * ENDS
}

#[cfg(test)]
mod tests {
    use super::super::PlanLine;
    use super::*;

    #[test]
    fn a_hub_grows_by_its_busier_side_and_more_slowly_past_eight() {
        let extent = Extent { width: 60.0, height: 30.0 };
        let into = |from: usize| PlanLine { from, to: 0, ..PlanLine::default() };
        let plan = |count: usize| Plan {
            boxes: vec![extent; count + 1],
            lines: (1..=count).map(into).collect(),
            top_down: false,
        };
        assert_eq!(make_room(&plan(1)).boxes[0], extent);
        assert_eq!(make_room(&plan(4)).boxes[0].height, 76.0);
        assert_eq!(make_room(&plan(100)).boxes[0].height, 99.0 * 9.0 + 16.0);
        assert_eq!(make_room(&plan(100)).boxes[7], extent);
    }
}
