//! Colours of cells: one for each family of types, dark text on pale or pale text on dark.

use crate::analysis::retained::{Cell, CellContent};
use crate::cpython::label::{builtin_type, is_class};
use crate::render::picture::ThemeChoice;
use crate::render::scene::{BoxRole, kind_of_type};
use crate::snapshot::Snapshot;

/// What kind of thing a cell stands for, which is its colour.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Family {
    /// A module, or what a root holds.
    Root,
    /// An instance of a class.
    Instance,
    /// A dict, list, tuple, set or the like.
    Container,
    /// Text and bytes.
    Text,
    /// Numbers.
    Number,
    /// Functions, classes and the like.
    Code,
    /// Several types.
    Mixed,
}

impl Family {
    /// All of them, in the order of the legend.
    pub const ALL: [Family; 7] =
        [Family::Root, Family::Instance, Family::Container, Family::Text, Family::Number, Family::Code, Family::Mixed];

    /// The word in the legend and in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Family::Root => "module or root",
            Family::Instance => "instance",
            Family::Container => "container",
            Family::Text => "text, bytes",
            Family::Number => "number",
            Family::Code => "code, class",
            Family::Mixed => "several types",
        }
    }

    /// Of what a cell stands for; its own bytes are of what is around them, which the caller knows.
    pub fn of(snapshot: &Snapshot, cell: &Cell) -> Family {
        match &cell.content {
            CellContent::Package { .. } | CellContent::Module { .. } | CellContent::Root(_) => Family::Root,
            CellContent::Object { id, .. } if is_class(snapshot, *id) => Family::Code,
            CellContent::Object { id, .. } => Family::of_type(snapshot.objects().type_name(*id)),
            CellContent::Group { type_name, .. } => Family::of_type(type_name),
            _ => Family::Mixed,
        }
    }

    fn of_type(long: &str) -> Family {
        match builtin_type(long) {
            Some("str" | "bytes" | "bytearray" | "memoryview") => return Family::Text,
            Some("int" | "float" | "complex" | "bool") => return Family::Number,
            Some("module") => return Family::Root,
            Some("type") => return Family::Code,
            _ if long.starts_with('<') => return Family::Root,
            _ => {}
        }
        match kind_of_type(long) {
            BoxRole::Container => Family::Container,
            BoxRole::Code => Family::Code,
            _ => Family::Instance,
        }
    }
}

/// The colours of a treemap.
#[derive(Clone, PartialEq, Debug)]
pub struct Palette {
    /// Behind everything.
    pub background: &'static str,
    /// Names.
    pub text: &'static str,
    /// Everything else that is written.
    pub faint: &'static str,
    /// Stressed words of the answer.
    pub stress: &'static str,
    /// Above the foot line.
    pub rule: &'static str,
    /// Fill and border, in the order of [`Family::ALL`].
    families: [[&'static str; 2]; 7],
}

const LIGHT: Palette = Palette {
    background: "#ffffff",
    text: "#1e293b",
    faint: "#46546a",
    stress: "#1d4ed8",
    rule: "#e2e8f0",
    families: [
        ["#dcfce7", "#59b27c"],
        ["#cfe4fa", "#5b93cc"],
        ["#e6eaf1", "#8c9bb0"],
        ["#fdf0bf", "#c9a227"],
        ["#fbd9e4", "#cc7a96"],
        ["#e7defa", "#9a7fd1"],
        ["#f8fafc", "#94a3b8"],
    ],
};

const DARK: Palette = Palette {
    background: "#0f172a",
    text: "#f1f5f9",
    faint: "#cbd5e1",
    stress: "#93c5fd",
    rule: "#334155",
    families: [
        ["#14412a", "#4fa774"],
        ["#17406b", "#5c9bd6"],
        ["#2c384a", "#7b8ba3"],
        ["#4d4210", "#b79b33"],
        ["#582138", "#c46f8e"],
        ["#3b2c63", "#9880d6"],
        ["#1b2537", "#64748b"],
    ],
};

impl Palette {
    /// The colours of a theme.
    pub fn of(theme: ThemeChoice) -> &'static Palette {
        match theme {
            ThemeChoice::Auto | ThemeChoice::Light => &LIGHT,
            ThemeChoice::Dark => &DARK,
        }
    }

    /// Fill and border of a family.
    pub fn family(&self, family: Family) -> [&'static str; 2] {
        self.families[family as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As WCAG 2 defines it.
    fn contrast(one: &str, other: &str) -> f64 {
        let channel = |colour: &str, at: usize| {
            let part = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if part <= 0.03928 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |of: &str| 0.2126 * channel(of, 1) + 0.7152 * channel(of, 3) + 0.0722 * channel(of, 5);
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_cell() {
        for palette in [&LIGHT, &DARK] {
            for ground in palette.families.iter().map(|pair| pair[0]).chain([palette.background]) {
                for text in [palette.text, palette.faint] {
                    assert!(contrast(text, ground) >= 4.5, "{text} on {ground}");
                }
            }
            assert!(contrast(palette.stress, palette.background) >= 4.5);
        }
    }

    #[test]
    fn borders_stand_out_from_their_fills() {
        for [fill, border] in LIGHT.families.iter().chain(&DARK.families) {
            assert!(contrast(fill, border) >= 2.0, "{border} on {fill}: {}", contrast(fill, border));
        }
    }
}
