//! The collector's lists: which objects are tracked, and in which generation.

use super::heap::Reader;
use super::runtime::ListHead;
use super::types::GC_HEADER;
use crate::snapshot::Generation;

/// The two low bits of the collector's pointers are its own flags (Include/internal/pycore_gc.h).
const POINTER_MASK: u64 = !3;

/// An object of the collector's lists.
#[derive(Clone, Copy)]
pub(super) struct Tracked {
    pub(super) address: u64,
    pub(super) class: u64,
    pub(super) generation: Generation,
}

/// One end of a list, and how far it was followed.
struct End {
    /// The entry reached last; at first the head.
    at: u64,
    /// Offsets of the link that leads on, and of the one that leads back.
    onward: u64,
    back: u64,
    found: Vec<Tracked>,
    over: bool,
}

impl End {
    fn new(head: ListHead, onward: u64, back: u64) -> Self {
        End { at: head.address, onward, back, found: Vec::new(), over: false }
    }
}

impl Reader<'_> {
    /// The tracked objects in the order of the lists, youngest generation first, and a sentence for each list that is
    /// in pieces: then only what is linked to one of its ends is here.
    pub(super) fn list_tracked(&mut self, heads: &[ListHead]) -> (Vec<Tracked>, Vec<String>) {
        let (mut tracked, mut warnings) = (Vec::new(), Vec::new());
        for head in heads {
            warnings.extend(self.list(*head, &mut tracked));
        }
        (tracked, warnings)
    }

    /// Follows a list from both its ends at once: each step waits for memory, and so two waits become one.
    fn list(&mut self, head: ListHead, tracked: &mut Vec<Tracked>) -> Option<String> {
        let mut ends = [End::new(head, 0, 8), End::new(head, 8, 0)];
        while !(ends[0].over && ends[1].over) {
            for end in 0..2 {
                let other = ends[1 - end].at;
                self.step(&mut ends[end], head, other);
            }
        }
        let [forward, backward] = ends;
        // Where the two met, each has the other's last entry as its next.
        let whole = self.next(forward.at, 0) == backward.at || forward.at == backward.at;
        let begin = tracked.len();
        tracked.extend(forward.found);
        if !whole {
            self.follow_one_way(forward.at, head, tracked);
        }
        tracked.extend(backward.found.into_iter().rev());
        (!whole).then(|| {
            format!(
                "the collector's list of generation {} is broken behind {:#x}: {} of its objects are known, the \
                 others only as far as something refers to them",
                head.generation.0,
                forward.at,
                tracked.len() - begin
            )
        })
    }

    /// Goes on where the links back do not fit, as long as those onward lead to objects: while the collector runs, it
    /// keeps counts in their place (Modules/gcmodule.c, `update_refs`).
    fn follow_one_way(&mut self, behind: u64, head: ListHead, tracked: &mut Vec<Tracked>) {
        let mut at = self.next(behind, 0);
        while at != head.address {
            let address = at.wrapping_add(GC_HEADER);
            let class = self.memory.pointer(address.wrapping_add(8));
            if !address.is_multiple_of(8) || self.type_at(class).is_none() || !self.claim(address) {
                return;
            }
            tracked.push(Tracked { address, class, generation: head.generation });
            at = self.next(at, 0);
        }
    }

    fn next(&self, at: u64, link: u64) -> u64 {
        self.memory.pointer(at + link) & POINTER_MASK
    }

    /// Goes one entry further, unless that is the head, the entry of the `other` end, or no entry at all.
    fn step(&mut self, end: &mut End, head: ListHead, other: u64) {
        let next = self.next(end.at, end.onward);
        let linked = next != head.address && next != other && self.next(next, end.back) == end.at;
        let address = next.wrapping_add(GC_HEADER);
        if end.over || !linked || !self.claim(address) {
            end.over = true;
            return;
        }
        // Its class stands beside its links: read now, it costs no second trip to memory.
        let class = self.memory.pointer(address + 8);
        end.found.push(Tracked { address, class, generation: head.generation });
        end.at = next;
    }
}
