//! Memory that an object keeps beside its structure: tables, stacks and buffers, found by the paths of the layout tables.

use super::super::heap::{Facts, Reader};
use super::super::types::{Block, Field, TypeInfo};
use crate::cpython::layout::{self, Number};
use crate::snapshot::{ReferenceKind, ReferenceTag};

/// An array as one object has it.
struct Span {
    start: u64,
    count: u64,
    stride: u64,
}

impl Reader<'_> {
    pub(super) fn read_blocks(&mut self, address: u64, info: &TypeInfo, facts: &mut Facts) {
        self.push_blocks(address, &info.blocks);
        let mut counted = 0..0;
        for place in &info.sizes {
            let Some(span) = self.span(address, place) else { continue };
            // A few elements may lie in the block that points at them (the first children of an XML element).
            if !counted.contains(&span.start) {
                let bytes = span.count.saturating_mul(span.stride);
                facts.size = facts.size.saturating_add(bytes);
                counted = span.start..span.start.saturating_add(bytes);
            }
        }
    }

    /// The references that the memory beside a structure holds.
    pub(super) fn push_blocks(&mut self, address: u64, blocks: &[Block]) {
        for block in blocks {
            let Some(span) = self.span(address, &block.place) else { continue };
            match block.place.next {
                Some(next) => self.push_list(span.start, next, &block.fields),
                None => {
                    for number in 0..self.memory.entries(span.start, span.count, span.stride) {
                        self.push_element(span.start + number * span.stride, &block.fields);
                    }
                }
            }
        }
    }

    fn push_list(&mut self, first: u64, next: u64, fields: &[Field]) {
        let mut at = first;
        // zoneinfo keeps eight, sqlite3 a hundred; a damaged list may be circular.
        for _ in 0..10_000 {
            if at == 0 || self.memory.is_overdrawn() {
                break;
            }
            self.memory.entries(at, 1, 8);
            if self.is_object(at) {
                self.push(at, ReferenceTag::plain(ReferenceKind::Internal), None);
            } else {
                self.push_element(at, fields);
            }
            at = self.memory.pointer(at.saturating_add(next));
        }
    }

    fn push_element(&mut self, element: u64, fields: &[Field]) {
        for field in fields {
            let target = self.memory.pointer(element.saturating_add(field.offset));
            if target != 0 {
                self.push(target, field.tag, field.name);
            }
        }
    }

    /// Where an array of this object is. It may be longer than what was copied of it: pages never touched are not.
    fn span(&self, address: u64, place: &layout::Block) -> Option<Span> {
        let start = self.follow(address, &place.path)?;
        let stride = self.number(address, &place.stride).filter(|stride| (1..1 << 16).contains(stride))?;
        let count = match place.count {
            Number::UntilZero(()) => self.until_zero(start, stride),
            _ => self.number(address, &place.count)?,
        };
        Some(Span { start, count, stride })
    }

    fn follow(&self, address: u64, path: &[u64]) -> Option<u64> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(address.checked_add(*first)?, |at, offset| {
            self.memory.word(at).filter(|pointer| *pointer != 0)?.checked_add(*offset)
        })
    }

    /// A count below zero is no count: those are small, so a large one is damage or a negative number.
    fn number(&self, address: u64, number: &Number) -> Option<u64> {
        match number {
            Number::Fixed(fixed) => Some(*fixed),
            Number::UntilZero(()) => None,
            Number::Kept(path, bytes) => {
                let at = self.follow(address, path)?;
                let kept = match bytes {
                    1 => u64::from(self.memory.byte(at)),
                    4 => u64::from(self.memory.half(at)),
                    _ => self.memory.word(at)?,
                };
                (kept < 1 << 31).then_some(kept)
            }
        }
    }

    /// The number of elements up to the one that starts with zero, which is counted.
    fn until_zero(&self, start: u64, stride: u64) -> u64 {
        let room = self.memory.room(start) / stride;
        let is_zero = |at: u64| if stride < 8 { self.memory.byte(at) == 0 } else { self.memory.pointer(at) == 0 };
        let before = (0..room.min(1 << 16)).take_while(|number| !is_zero(start + number * stride)).count() as u64;
        (before + 1).min(room)
    }
}
