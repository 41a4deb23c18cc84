//! `chain` of many objects: their chains as one tree.

use super::grouped;
use crate::analysis::paths::{Merged, MergedStep};
use crate::cpython::label::{counted, short_type};
use crate::render::text::cut;
use crate::snapshot::Snapshot;
use foldhash::HashMap;
use std::cmp::Reverse;

/// Of a way without forks so many steps are written at either end.
const STEPS: usize = 25;
/// Most characters of one step.
const STEP: usize = 80;

/// One line for each way until it forks, with the number of objects that it leads to; below it, indented, the ways on
/// from there. Of many lines the `limit` with most objects are shown.
pub fn merged(snapshot: &Snapshot, merged: &Merged, limit: usize) -> String {
    let lines = Lines::of(snapshot, &merged.steps).list;
    let mut most: Vec<usize> = (0..lines.len()).collect();
    // A line leads to at least as many as any line below it, and stands before it: no line loses those above it.
    most.sort_by_key(|line| (Reverse(lines[*line].objects), *line));
    let mut shown = vec![false; lines.len()];
    most.iter().take(limit).for_each(|line| shown[*line] = true);
    let mut cut: HashMap<Option<usize>, (u64, u64)> = HashMap::default();
    for (line, _) in lines.iter().zip(&shown).filter(|(_, shown)| !**shown) {
        let rest = cut.entry(line.below).or_default();
        *rest = (rest.0 + 1, rest.1 + line.objects);
    }
    let widest = lines.iter().map(|line| grouped(line.objects).len()).max().unwrap_or(0);
    let write = |objects: u64, depth: usize, text: &str| {
        format!("{:>widest$}  {}{text}\n", grouped(objects), "  ".repeat(depth))
    };
    let mut out = String::new();
    for (line, is_shown) in lines.iter().zip(&shown) {
        if *is_shown {
            out += &write(line.objects, line.depth, &line.text);
        } else if line.below.is_none_or(|above| shown[above])
            && let Some((ways, objects)) = cut.remove(&line.below)
        {
            // Siblings stand in order of their objects, so those that are cut come last.
            out += &write(objects, line.depth, &format!("… by {}", counted(ways, "more way")));
        }
    }
    out
}

struct Line {
    /// The line above it that it forks from.
    below: Option<usize>,
    depth: usize,
    objects: u64,
    text: String,
}

struct Lines<'s> {
    snapshot: &'s Snapshot,
    steps: &'s [MergedStep],
    /// The branches below each step, most objects first.
    children: Vec<Vec<usize>>,
    list: Vec<Line>,
}

impl<'s> Lines<'s> {
    fn of(snapshot: &'s Snapshot, steps: &'s [MergedStep]) -> Self {
        let mut children = vec![Vec::new(); steps.len()];
        let mut starts = Vec::new();
        for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.objects > 0) {
            step.parent.map_or(&mut starts, |parent| &mut children[parent]).push(at);
        }
        let order = |list: &mut Vec<usize>| list.sort_by_key(|at| Reverse(steps[*at].objects));
        children.iter_mut().for_each(order);
        order(&mut starts);
        let mut lines = Lines { snapshot, steps, children, list: Vec::new() };
        // What is still to be written, the next one last: a step, and the line that it forks from.
        let mut open: Vec<(usize, Option<usize>)> = starts.into_iter().rev().map(|start| (start, None)).collect();
        while let Some((start, below)) = open.pop() {
            let (last, here) = lines.write(start, below);
            open.extend(lines.children[last].iter().rev().map(|child| (*child, here)));
        }
        lines
    }

    /// Writes a line from `start` until the way forks or ends. The last step of it, and what lines below it hang on:
    /// a line without text is none.
    fn write(&mut self, start: usize, below: Option<usize>) -> (usize, Option<usize>) {
        let mut run = vec![start];
        let mut last = start;
        while let ([only], 0) = (self.children[last].as_slice(), self.steps[last].ends) {
            last = *only;
            run.push(last);
        }
        let texts: Vec<&str> = run.iter().filter_map(|at| self.steps[*at].text.as_deref()).collect();
        if texts.is_empty() {
            return (last, below);
        }
        let text = joined(&texts) + &self.end(last);
        let depth = below.map_or(0, |line| self.list[line].depth + 1);
        self.list.push(Line { below, depth, objects: self.steps[last].objects, text });
        (last, Some(self.list.len() - 1))
    }

    /// ` (Session)` where all end, ` (1 Session here)` where some do.
    fn end(&self, last: usize) -> String {
        let step = &self.steps[last];
        let name = short_type(self.snapshot.objects().name_of_type(step.type_id));
        match (step.ends, step.objects) {
            (0, _) => String::new(),
            (ends, all) if ends == all && step.text.as_deref() == Some(name) => String::new(),
            (ends, all) if ends == all => format!(" ({})", cut(name, STEP)),
            (ends, _) => format!(" ({} {} here)", grouped(ends), cut(name, STEP)),
        }
    }
}

fn joined(texts: &[&str]) -> String {
    let written = |texts: &[&str]| texts.iter().map(|text| cut(text, STEP)).collect::<Vec<_>>().join(" → ");
    match texts.len().checked_sub(2 * STEPS).filter(|left_out| *left_out > 0) {
        None => written(texts),
        Some(left_out) => {
            let (head, tail) = (&texts[..STEPS], &texts[texts.len() - STEPS..]);
            format!("{} → … {} … → {}", written(head), counted(left_out as u64, "step"), written(tail))
        }
    }
}
