//! What is wrong with a heap, and what can be saved where it is: lists whose links contradict each other.

use super::heap::{Reader, Tracked};
use super::runtime::ListHead;
use super::types::GC_HEADER;

/// Contradictions met while reading a heap.
#[derive(Default)]
pub(super) struct Damage {
    lists: Vec<String>,
    /// Dicts that say they hold more than their tables have.
    pub(super) dicts: u64,
    /// Objects on the collector's lists without a type.
    pub(super) untyped: u64,
    /// Objects that were not read because others claimed more memory than there is.
    pub(super) unread: u64,
}

impl Damage {
    /// What the reader of the snapshot has to know, one sentence each.
    pub(super) fn warnings(&self) -> Vec<String> {
        let counted = [
            (self.dicts, "dicts say that they hold more than they do: some of their references are missing"),
            (self.untyped, "objects on the collector's lists have no type: left out, with what only they refer to"),
            (self.unread, "objects were not read, because others claim more memory than there is: damage"),
        ];
        let counted =
            counted.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        self.lists.iter().cloned().chain(counted).collect()
    }
}

impl Reader<'_> {
    /// Goes on where the links of a list contradict each other, behind `before`: forward as long as they lead to
    /// objects (while the collector runs it keeps counts where the links back were), then from the list's other end.
    pub(super) fn salvage(&mut self, head: ListHead, before: u64, tracked: &mut Vec<Tracked>) {
        let mut at = self.memory.pointer(before) & !3;
        let mut listed = 0;
        while at != head.address && self.list_one(at, head, tracked) {
            listed += 1;
            at = self.memory.pointer(at) & !3;
        }
        if at == head.address {
            self.damage.lists.push(format!(
                "the collector's list of generation {} is linked one way only behind {before:#x}: {listed} objects \
                 were listed along it",
                head.generation.0
            ));
            return;
        }
        let begin = tracked.len();
        let mut back = self.memory.pointer(head.address + 8) & !3;
        while back != head.address && self.list_one(back, head, tracked) {
            back = self.memory.pointer(back + 8) & !3;
        }
        tracked[begin..].reverse();
        self.damage.lists.push(format!(
            "the collector's list of generation {} is broken behind {before:#x}: {listed} more objects were listed \
             from there and {} from its end; others are here only where something refers to them, as untracked",
            head.generation.0,
            tracked.len() - begin
        ));
    }

    /// Lists the object whose collector header is at `at`, if there is one and it was not met before.
    fn list_one(&mut self, at: u64, head: ListHead, tracked: &mut Vec<Tracked>) -> bool {
        let object = at.wrapping_add(GC_HEADER);
        let class = self.memory.pointer(object.wrapping_add(8));
        let fits = object.is_multiple_of(8) && self.type_at(class).is_some() && self.mark(object);
        if fits {
            tracked.push(Tracked { address: object, class, generation: head.generation });
        }
        fits
    }
}
