//! Kinds of references and of roots: code, word, and what each means for counting and collecting.

use std::fmt;

/// Which structure a reference was read from. The discriminant is the code in a snapshot file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum ReferenceKind {
    /// An instance's inline value or slot, or an instance's, module's or class's own `__dict__`.
    Attribute = 0,
    /// A value in a dict, named by the repr of its key.
    Key = 1,
    /// A position in a list, tuple, set or deque.
    Item = 2,
    /// A key of a dict.
    DictKey = 3,
    /// A local variable of a frame, generator or coroutine.
    Local = 4,
    /// A function's or frame's module globals.
    Global = 5,
    /// A function's closure, a cell's contents.
    Closure = 6,
    /// An object's class.
    Type = 7,
    /// A class's base class.
    Base = 8,
    /// Any other field of a C structure.
    Internal = 9,
    /// A weak reference: does not keep its target alive.
    Weak = 10,
    /// A label that says where something hangs; held and counted elsewhere.
    Root = 11,
}

impl ReferenceKind {
    /// All kinds, in order of their codes.
    pub const ALL: [ReferenceKind; 12] = [
        ReferenceKind::Attribute,
        ReferenceKind::Key,
        ReferenceKind::Item,
        ReferenceKind::DictKey,
        ReferenceKind::Local,
        ReferenceKind::Global,
        ReferenceKind::Closure,
        ReferenceKind::Type,
        ReferenceKind::Base,
        ReferenceKind::Internal,
        ReferenceKind::Weak,
        ReferenceKind::Root,
    ];

    const WORDS: [&str; 12] = [
        "attribute",
        "key",
        "item",
        "dict_key",
        "local",
        "global",
        "closure",
        "type",
        "base",
        "internal",
        "weak",
        "root",
    ];

    /// The word used in JSON and in text.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().position(|known| *known == word).map(|code| Self::ALL[code])
    }

    /// Whether references of this kind may carry a name. Positions, keys, classes and bases say where they are by
    /// themselves.
    pub fn may_be_named(self) -> bool {
        use ReferenceKind::{Base, DictKey, Item, Type};
        !matches!(self, Item | DictKey | Type | Base)
    }
}

impl fmt::Display for ReferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A reference's kind together with its marks, packed as in a snapshot file:
/// bits 0-4 kind, bit 5 untraversed, bit 6 guessed, bit 7 borrowed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReferenceTag(u8);

impl ReferenceTag {
    const KIND: u8 = 0b0001_1111;
    const UNTRAVERSED: u8 = 1 << 5;
    const GUESSED: u8 = 1 << 6;
    const BORROWED: u8 = 1 << 7;
    const MARKS: [(u8, &str); 3] =
        [(Self::UNTRAVERSED, "untraversed"), (Self::GUESSED, "guessed"), (Self::BORROWED, "borrowed")];

    /// A plain reference of this kind: held, counted, reported by `tp_traverse`.
    pub const fn plain(kind: ReferenceKind) -> Self {
        ReferenceTag(kind as u8)
    }

    /// The same, marked as counted but not reported by `tp_traverse`.
    #[must_use]
    pub const fn untraversed(self) -> Self {
        ReferenceTag(self.0 | Self::UNTRAVERSED)
    }

    /// The same, marked as found by a pointer scan.
    #[must_use]
    pub const fn guessed(self) -> Self {
        ReferenceTag(self.0 | Self::GUESSED)
    }

    /// The same, marked as kept alive by somebody else: followed, never counted.
    #[must_use]
    pub const fn borrowed(self) -> Self {
        ReferenceTag(self.0 | Self::BORROWED)
    }

    /// The tag with this byte in a file, if its kind is known.
    pub fn from_byte(byte: u8) -> Option<Self> {
        ((byte & Self::KIND) < 12).then_some(ReferenceTag(byte))
    }

    /// The byte in a snapshot file.
    pub fn byte(self) -> u8 {
        self.0
    }

    /// The kind without its marks.
    pub fn kind(self) -> ReferenceKind {
        ReferenceKind::ALL[usize::from(self.0 & Self::KIND)]
    }

    /// Read by a pointer scan rather than by a rule for its type.
    pub fn is_guessed(self) -> bool {
        self.0 & Self::GUESSED != 0
    }

    /// A counted reference that `tp_traverse` does not report.
    pub fn is_untraversed(self) -> bool {
        self.0 & Self::UNTRAVERSED != 0
    }

    /// Not counted, and kept alive by somebody else.
    pub fn is_borrowed(self) -> bool {
        self.0 & Self::BORROWED != 0
    }

    /// The answer of `test` for every byte that a tag can have, for passes over all references: a look-up costs less
    /// than the test, and does not depend on it. Bytes of unknown kinds answer no.
    pub fn table(test: impl Fn(ReferenceTag) -> bool) -> [bool; 256] {
        std::array::from_fn(|byte| Self::from_byte(byte as u8).is_some_and(&test))
    }

    /// Whether the target stays alive through it: all but weak ones.
    pub fn holds(self) -> bool {
        self.kind() != ReferenceKind::Weak
    }

    /// Whether it explains one of its target's references.
    ///
    /// A root entry is a label and explains none, unless it is marked untraversed: a reference that somebody outside
    /// the heap really holds.
    pub fn counted(self) -> bool {
        let label = self.kind() == ReferenceKind::Root && !self.is_untraversed();
        self.holds() && !label && !self.is_guessed() && !self.is_borrowed()
    }

    /// Whether CPython's collector subtracts it from its target's references.
    pub fn subtracted(self) -> bool {
        self.counted() && !self.is_untraversed()
    }

    /// The words of its marks, in order of their bits.
    pub fn marks(self) -> impl Iterator<Item = &'static str> {
        Self::MARKS.into_iter().filter(move |(bit, _)| self.0 & bit != 0).map(|(_, word)| word)
    }

    /// The same with the mark of this word, or `None` for an unknown word.
    #[must_use]
    pub fn with_mark(self, word: &str) -> Option<Self> {
        let (bit, _) = Self::MARKS.into_iter().find(|(_, known)| *known == word)?;
        Some(ReferenceTag(self.0 | bit))
    }
}

impl fmt::Debug for ReferenceTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind().word())?;
        self.marks().try_for_each(|mark| write!(f, "+{mark}"))
    }
}

/// Why something is alive without a Python holder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RootKind {
    /// An entry of `sys.modules`.
    Module,
    /// The interpreter's own state.
    Interpreter,
    /// A thread's own state.
    Thread,
    /// A running frame's variable.
    Frame,
    /// More references than the heap explains.
    Held,
    /// Anything else, named by its path.
    Other,
}

impl RootKind {
    /// All kinds with their words.
    pub const ALL: [(RootKind, &str); 6] = [
        (RootKind::Module, "module"),
        (RootKind::Interpreter, "interpreter"),
        (RootKind::Thread, "thread"),
        (RootKind::Frame, "frame"),
        (RootKind::Held, "held"),
        (RootKind::Other, "other"),
    ];

    /// The word used in JSON.
    pub fn word(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == word).map(|(kind, _)| kind)
    }

    /// The type name of the synthetic rows that hold roots of this kind.
    pub fn row_type(self) -> &'static str {
        match self {
            RootKind::Module => "<modules>",
            RootKind::Interpreter => "<interpreter>",
            RootKind::Thread => "<thread>",
            RootKind::Frame => "<frame>",
            RootKind::Held => "<held outside Python>",
            RootKind::Other => "<other>",
        }
    }

    /// The kind whose rows have this type name.
    pub fn from_row_type(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(kind, _)| kind.row_type() == name).map(|(kind, _)| kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_codes_are_inverse() {
        for kind in ReferenceKind::ALL {
            assert_eq!(ReferenceKind::from_word(kind.word()), Some(kind));
            assert_eq!(ReferenceTag::from_byte(kind as u8).map(ReferenceTag::kind), Some(kind));
        }
        for (kind, word) in RootKind::ALL {
            assert_eq!(RootKind::from_word(word), Some(kind));
            assert_eq!(kind.word(), word);
            assert_eq!(RootKind::from_row_type(kind.row_type()), Some(kind));
        }
        assert_eq!(ReferenceTag::from_byte(12), None);
    }

    #[test]
    fn each_mark_counts_as_the_table_in_the_format_says() {
        let plain = ReferenceTag::plain(ReferenceKind::Item);
        assert!(plain.holds() && plain.counted() && plain.subtracted());
        assert!(plain.untraversed().counted() && !plain.untraversed().subtracted());
        assert!(plain.guessed().holds() && !plain.guessed().counted());
        assert!(plain.borrowed().holds() && !plain.borrowed().counted());
        assert!(!ReferenceTag::plain(ReferenceKind::Weak).holds());
        let label = ReferenceTag::plain(ReferenceKind::Root);
        assert!(label.holds() && !label.counted() && label.untraversed().counted());
    }
}
