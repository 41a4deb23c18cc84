//! The parts of a scene: boxes with their lines of text, and the lines between them.

use crate::analysis::neighbourhood::Mark;
use crate::snapshot::Address;

/// One box.
#[derive(Clone, PartialEq, Debug)]
pub struct SceneBox {
    /// Stable: the object's address in hex, or a word for a synthetic row or card. Unique in the scene.
    pub id: String,
    /// Where the object lived; `None` for roots and cards.
    pub address: Option<Address>,
    /// References from an object that was asked for.
    pub depth: u32,
    /// What stands in it, top down.
    pub lines: Vec<Line>,
    /// How it is drawn.
    pub role: BoxRole,
    /// One of the objects that were asked for.
    pub asked: bool,
    /// It fits what the picture was asked to mark.
    pub highlighted: bool,
    /// The whole text, for the tooltip.
    pub tooltip: String,
    /// Bytes that would be freed without it, or without all that a card stands for; `None` where it is not known.
    pub retained: Option<u64>,
    /// What is special about the object.
    pub marks: Vec<Mark>,
    /// Of these, those that are drawn as signs behind the name, and that no line of text tells.
    pub signs: Vec<Mark>,
    /// The numbers of the cycles that it is on.
    pub cycles: Vec<u32>,
    /// How many objects it stands for: one, but for a card.
    pub count: u64,
}

impl Default for SceneBox {
    fn default() -> Self {
        SceneBox {
            id: String::new(),
            address: None,
            depth: 0,
            lines: Vec::new(),
            role: BoxRole::Instance,
            asked: false,
            highlighted: false,
            tooltip: String::new(),
            retained: None,
            marks: Vec::new(),
            signs: Vec::new(),
            cycles: Vec::new(),
            count: 1,
        }
    }
}

/// One line of text in a box.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Already cut to what a box can hold.
    pub text: String,
    /// How it is set.
    pub role: LineRole,
}

/// How a line of text is set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineRole {
    /// The type, bold.
    Title,
    /// What tells the object from its like.
    Detail,
    /// Sizes and counts, smallest.
    Extra,
    /// What it keeps alive, with a bar for the share of the heap, in thousandths.
    Keeps(u16),
    /// A word for what is special about it, behind its sign.
    Mark(Mark),
    /// On how many cycles it is, with their numbers.
    Cycles,
}

/// What a box stands for, which is how it is drawn.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum BoxRole {
    /// An instance of a class.
    Instance,
    /// A dict, list, tuple, set or the like.
    Container,
    /// A function, cell, class, module: code rather than data.
    Code,
    /// A root: a pill, with its name.
    Root,
    /// The counted rest past `--too-many`: a dashed stack.
    Card,
    /// Counted objects in a row: a dashed pill.
    Steps,
    /// In objgraph's style: filled with a colour of its own.
    Graded {
        /// Hue, saturation, value, each 0 to 1.
        fill: [f64; 3],
        /// Text in white, and where the object was asked for in red.
        white_text: bool,
        /// Red dotted pseudo-nodes, in tiny letters.
        pseudo: bool,
    },
}

/// One line between boxes: all parallel references in our style, one of them in objgraph's.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct SceneEdge {
    /// Index of the holder's box.
    pub from: usize,
    /// Index of the held one's box.
    pub to: usize,
    /// The names, stacked; empty for none.
    pub label: Vec<String>,
    /// How it is drawn.
    pub role: EdgeRole,
    /// Against the order in which the boxes are read: towards the objects asked for in a picture of references, away
    /// from them in one of holders.
    pub back: bool,
    /// All names in full, for the tooltip.
    pub tooltip: String,
    /// It lies on a cycle of the picture, whatever its role.
    pub on_cycle: bool,
    /// The number of the cycle that it closes.
    pub closes: Option<u32>,
    /// Where it closes one, what to cut: `User.sessions`.
    pub cut: Option<String>,
}

impl SceneEdge {
    /// The names as one text, or none.
    pub fn label_text(&self) -> Option<String> {
        (!self.label.is_empty()).then(|| self.label.join("\n"))
    }
}

/// What a line tells, which is how it is drawn.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum EdgeRole {
    /// On the shortest path from a root.
    Path,
    /// On a cycle.
    Cycle,
    /// Any other reference.
    #[default]
    Plain,
    /// Keeps nothing alive.
    Weak,
    /// To or from a counted rest.
    Collapsed,
    /// In objgraph's style: towards a pseudo-node.
    Pseudo,
}
