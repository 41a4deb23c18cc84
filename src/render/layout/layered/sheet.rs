//! Rows, channels and bands of one part put together.

use super::bands::{self, Band, Margins, Nets};
use super::clashes;
use super::coordinates;
use super::levels::Levels;
use super::ports::Ports;
use super::slide;
use super::task::Task;
use super::wrap::{self, Turns};

/// Where everything of a part stands.
pub(super) struct Sheet {
    /// The upper border of every node.
    pub(super) across: Vec<f64>,
    pub(super) nets: Nets,
    pub(super) bands: Vec<Band>,
    /// From every band but the last to the next.
    pub(super) turns: Vec<Turns>,
}

impl Sheet {
    /// In one band, or in several if that would be too long.
    pub(super) fn new(task: &Task, levels: &Levels, ports: &mut Ports, shape: f64) -> Self {
        let mut across = vec![0.0; levels.level.len()];
        coordinates::assign(levels, ports, 0..levels.rows.len(), &mut across);
        let ported = ports.clone();
        slide::straighten(levels, ports, &across);
        clashes::mend(levels, ports, &across);
        let nets = bands::nets(levels, ports, &across);
        let margins = Margins::new(levels, ports, task);
        let mut sheet = Sheet { across, nets, bands: Vec::new(), turns: Vec::new() };
        let whole = bands::band(0..levels.rows.len(), &margins, &mut sheet.nets.by_channel);
        let (top, bottom) = sheet.reach(levels, ports, 0..levels.rows.len());
        let passing: Vec<usize> = whole.channels.iter().map(|channel| channel.nets.len()).collect();
        let cuts = wrap::cuts(&whole.right, &passing, bottom - top, shape);
        if cuts.len() == 1 {
            sheet.bands.push(whole);
        } else {
            *ports = ported;
            sheet.cut(levels, ports, &margins, cuts);
        }
        sheet
    }

    /// How far the nodes of these levels reach up and down.
    fn reach(&self, levels: &Levels, ports: &Ports, range: std::ops::Range<usize>) -> (f64, f64) {
        let nodes = levels.rows[range].iter().flatten();
        nodes.fold((f64::MAX, f64::MIN), |(top, bottom), &node| {
            let (at, shape) = (self.across[node as usize], &ports.shapes[node as usize]);
            (top.min(at - shape.above), bottom.max(at + shape.below))
        })
    }

    fn cut(&mut self, levels: &Levels, ports: &mut Ports, margins: &Margins, cuts: Vec<std::ops::Range<usize>>) {
        let mut reaches = Vec::new();
        for range in &cuts {
            coordinates::assign(levels, ports, range.clone(), &mut self.across);
            reaches.push(self.reach(levels, ports, range.clone()));
        }
        let nets = bands::nets(levels, ports, &self.across);
        self.turns = cuts[..cuts.len() - 1].iter().map(|range| Turns::new(&nets.by_channel[range.end - 1])).collect();
        let margin = self.turns.iter().map(|turns| turns.room).fold(0.0, f64::max);
        let mut below = 0.0;
        for (nth, range) in cuts.iter().enumerate() {
            let (top, bottom) = reaches[nth];
            for &node in levels.rows[range.clone()].iter().flatten() {
                self.across[node as usize] += below - top;
            }
            below += bottom - top;
            if let Some(turns) = self.turns.get(nth) {
                below += turns.room;
            }
        }
        slide::straighten(levels, ports, &self.across);
        clashes::mend(levels, ports, &self.across);
        self.nets = bands::nets(levels, ports, &self.across);
        let mut below = 0.0;
        for (nth, range) in cuts.into_iter().enumerate() {
            let mut band = bands::band(range, margins, &mut self.nets.by_channel);
            band.shift(margin);
            below += reaches[nth].1 - reaches[nth].0;
            if let Some(turns) = self.turns.get_mut(nth) {
                turns.shift(band.length(), below);
                below += turns.room;
            }
            self.bands.push(band);
        }
    }
}
