//! What a C structure says in numbers rather than references: whether a lock is held, which day a date is.

use super::super::heap::Reader;
use super::super::text::{TEXT_LIMIT, bytes_text, shorten, str_piece};
use super::super::types::{State, TypeInfo};
use crate::cpython::descriptor;
use crate::cpython::repr::str_repr;

impl Reader<'_> {
    /// The text of an object that is read by its fields alone; what `str()` gives, for those that are values.
    pub(super) fn state_text(&self, address: u64, info: &TypeInfo) -> Option<String> {
        let text = match info.state {
            State::Opaque => None,
            State::Descriptor => Some(descriptor::text(self.memory.half(address + 16) as i32)),
            State::Lock | State::ReentrantLock => self.lock(address, info.state),
            State::Date => self.date(address),
            State::DateTime => self.date_time(address),
            State::Time => self.time(address),
            State::TimeDelta => self.time_delta(address),
            State::Decimal => self.decimal(address),
            State::Count => self.count(address),
            State::Repeat => self.repeat(address),
            State::TypedArray => self.typed_array(address),
            State::Match => self.matched(address),
            State::Pattern => self.pattern(address),
            State::ThreadHandle => self.thread_handle(address),
        };
        text.map(shorten)
    }

    /// Whether a lock is held: `lockobject` and `rlockobject` (Modules/_threadmodule.c) up to 3.13.
    fn lock(&self, address: u64, state: State) -> Option<String> {
        if self.layout.version.minor > 13 {
            return None;
        }
        let word = |held| if held { "locked" } else { "unlocked" };
        if state == State::Lock {
            return Some(word(self.memory.byte(address + 32) != 0).into());
        }
        let (owner, count) = (self.memory.word(address + 24)?, self.memory.word(address + 32)?);
        Some(format!("{} owner={owner} count={count}", word(count != 0)))
    }

    /// The number that comes next, where it fits a C integer; otherwise a field holds it (`countobject`,
    /// Modules/itertoolsmodule.c).
    fn count(&self, address: u64) -> Option<String> {
        let held = self.memory.pointer(address + 24);
        let next = self.memory.word(address + 16)? as i64;
        (held == 0).then(|| next.to_string())
    }

    /// How often the element comes again; nothing where it never ends (`repeatobject`, Modules/itertoolsmodule.c).
    fn repeat(&self, address: u64) -> Option<String> {
        let left = self.memory.word(address + 24)? as i64;
        (left >= 0).then(|| left.to_string())
    }

    /// `re.compile('a', re.IGNORECASE)` (`pattern_repr`, Modules/_sre).
    fn pattern(&self, address: u64) -> Option<String> {
        const FLAGS: [(u32, &str); 8] = [
            (2, "re.IGNORECASE"),
            (4, "re.LOCALE"),
            (8, "re.MULTILINE"),
            (16, "re.DOTALL"),
            (32, "re.UNICODE"),
            (64, "re.VERBOSE"),
            (128, "re.DEBUG"),
            (256, "re.ASCII"),
        ];
        let (text, is_str) = self.quoted(self.memory.pointer(address + 48), 0, u64::MAX)?;
        let mut flags = self.memory.half(address + 56);
        // LOCALE, UNICODE and ASCII exclude each other, and of a str UNICODE goes without saying.
        if is_str && flags & (4 | 32 | 256) == 32 {
            flags &= !32;
        }
        let named: Vec<&str> = FLAGS.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| *name).collect();
        let flags = if named.is_empty() { String::new() } else { format!(", {}", named.join("|")) };
        Some(format!("re.compile({text}{flags})"))
    }

    /// `<re.Match object; span=(1, 3), match='bb'>` (`match_repr`, Modules/_sre). The first two marks are the span.
    fn matched(&self, address: u64) -> Option<String> {
        let (from, to) = (self.memory.word(address + 80)?, self.memory.word(address + 88)?);
        let (text, _) = self.quoted(self.memory.pointer(address + 24), from, to)?;
        Some(format!("<re.Match object; span=({from}, {to}), match={text}>"))
    }

    /// `repr()` of a piece of a str or bytes, as far as it is ever shown, and whether it is a str. None of another type.
    fn quoted(&self, text: u64, from: u64, to: u64) -> Option<(String, bool)> {
        let limit = usize::try_from(to.checked_sub(from)?).unwrap_or(usize::MAX).min(TEXT_LIMIT);
        match self.type_name_of(text).as_str() {
            "builtins.str" => {
                let piece = str_piece(&self.memory, self.layout, text, from, limit)?;
                Some((str_repr(&piece), true))
            }
            "builtins.bytes" => {
                let left = self.item_count(text).checked_sub(from)?.min(limit as u64);
                let start = (text + self.layout.bytes_data).checked_add(from)?;
                Some((bytes_text(self.memory.bytes(start, left)?, TEXT_LIMIT), false))
            }
            _ => None,
        }
    }

    /// `<_thread._ThreadHandle object: ident=1397>`: the number stands behind two nodes of lists (`ThreadHandle`,
    /// Modules/_threadmodule.c, 3.13 and later).
    fn thread_handle(&self, address: u64) -> Option<String> {
        let identity = self.memory.word(self.memory.pointer(address + 16) + 32)?;
        Some(format!("<_thread._ThreadHandle object: ident={identity}>"))
    }
}
