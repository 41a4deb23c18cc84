//! What is special about an object, one bit each.

use std::ops::{BitOr, BitOrAssign};

/// A set of flags. Bit i is position i in the list of words.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Flags(u32);

impl Flags {
    /// A type object.
    pub const CLASS: Flags = Flags(1 << 0);
    /// Its class defines `__del__`, or is one in C that lets go of objects in its finalizer.
    pub const FINALIZER: Flags = Flags(1 << 1);
    /// Its finalizer has run already.
    pub const FINALIZED: Flags = Flags(1 << 2);
    /// Its type has `tp_del`, which the collector never calls.
    pub const LEGACY_FINALIZER: Flags = Flags(1 << 3);
    /// Some weak reference points at it.
    pub const WEAKLY_REFERENCED: Flags = Flags(1 << 4);
    /// Some weak reference with a callback points at it.
    pub const WEAKREF_CALLBACK: Flags = Flags(1 << 5);
    /// A generator, coroutine or async generator that waits to go on.
    pub const SUSPENDED: Flags = Flags(1 << 6);
    /// Its refcount never falls (PEP 683).
    pub const IMMORTAL: Flags = Flags(1 << 7);
    /// Not an object of the process: a row that stands for a kind of root.
    pub const SYNTHETIC: Flags = Flags(1 << 8);

    const WORDS: [&str; 9] = [
        "class",
        "finalizer",
        "finalized",
        "legacy_finalizer",
        "weakly_referenced",
        "weakref_callback",
        "suspended",
        "immortal",
        "synthetic",
    ];

    /// No flag set.
    pub const fn empty() -> Self {
        Flags(0)
    }

    /// The flags with these bits, or `None` if one of them is unknown.
    pub fn from_bits(bits: u32) -> Option<Self> {
        (bits >> Self::WORDS.len() == 0).then_some(Flags(bits))
    }

    /// The bits in a snapshot file.
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Whether all flags of `other` are set.
    pub fn contains(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// The flag with this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().position(|known| *known == word).map(|bit| Flags(1 << bit))
    }

    /// The words of the flags that are set, in order of their bits.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::WORDS.into_iter().enumerate().filter(move |(bit, _)| self.0 >> bit & 1 == 1).map(|(_, word)| word)
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

impl BitOrAssign for Flags {
    fn bitor_assign(&mut self, other: Flags) {
        self.0 |= other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_bits_are_inverse() {
        let all = Flags::from_bits((1 << 9) - 1).expect("nine flags are known");
        assert_eq!(all.words().map(|word| Flags::from_word(word).unwrap()).fold(Flags::empty(), BitOr::bitor), all);
        assert_eq!(Flags::from_bits(1 << 9), None);
        assert_eq!(Flags::SYNTHETIC.words().collect::<Vec<_>>(), ["synthetic"]);
    }
}
