//! Frames of 3.11 and later, which are structures and not objects: those of generators, those that outlived their
//! call, and the running ones of each thread.

use super::super::heap::{Facts, Reader};
use super::super::lines;
use super::super::text::shorten;
use crate::cpython::layout::Layout;
use crate::error::Result;
use crate::snapshot::{Flags, NameId, ReferenceKind, ReferenceTag};

const LOCAL: ReferenceTag = ReferenceTag::plain(ReferenceKind::Local);
const INTERNAL: ReferenceTag = ReferenceTag::plain(ReferenceKind::Internal);

/// `FRAME_OWNED_BY_*` (Include/internal/pycore_frame.h).
pub(in crate::capture) const OWNED_BY_THREAD: u8 = 0;
const OWNED_BY_FRAME_OBJECT: u8 = 2;
/// Below this a generator has its frame, even if it was closed before it started (Objects/genobject.c, gen_traverse).
const FRAME_CLEARED: i8 = 4;

/// What a frame's slot holds: an object pointer; from 3.14 on a tagged one (Include/internal/pycore_stackref.h), whose
/// lowest bit says that the reference is borrowed or the object immortal, and whose two lowest bits mark an int that
/// is no object at all.
pub(in crate::capture) fn slot(layout: &Layout, word: u64) -> (u64, bool) {
    const TAG: u64 = 3;
    match word & TAG {
        _ if layout.version.minor < 14 => (word, false),
        TAG => (0, false),
        tag => (word & !TAG, tag != 0),
    }
}

/// One variable of a frame: who it is and how it is held.
pub(in crate::capture) struct Variable {
    pub(in crate::capture) target: u64,
    pub(in crate::capture) tag: ReferenceTag,
    pub(in crate::capture) name: Option<NameId>,
}

impl Reader<'_> {
    /// What a frame holds: code, function, locals and what lies on its value stack.
    ///
    /// `tp_traverse` visits up to the stack top, which is not known while the frame runs: its locals are then held and not
    /// visited (Python/frame.c, `_PyFrame_Traverse`).
    pub(in crate::capture) fn frame_variables(&mut self, frame: u64) -> Result<Vec<Variable>> {
        let layout = self.layout;
        let mut found = Vec::new();
        let parts = [
            (layout.frame_frame_object, "frame"),
            (layout.frame_locals, "f_locals"),
            (layout.frame_function, "function"),
            (layout.frame_code, "code"),
        ];
        for (offset, name) in parts {
            let name = Some(self.builder.name(name)?);
            let (target, tag) = self.slot_at(frame + offset, INTERNAL);
            found.push(Variable { target, tag, name });
        }
        let code = self.frame_code(frame);
        let locals = u64::from(self.memory.half(code + layout.code_local_count));
        let stack = u64::from(self.memory.half(code + layout.code_stack_size));
        let visited = self.stack_top(frame).filter(|top| *top <= locals + stack);
        let names = self.memory.pointer(code + layout.code_local_names);
        let start = frame + layout.frame_localsplus;
        let tag = if visited.is_some() { LOCAL } else { LOCAL.untraversed() };
        for number in 0..self.memory.entries(start, visited.unwrap_or(locals), 8) {
            let (target, tag) = self.slot_at(start + number * 8, tag);
            let named = number < locals.min(self.item_count(names));
            let name = if named {
                Some(self.attribute_name(self.memory.pointer(names + layout.tuple_items + number * 8))?)
            } else {
                None
            };
            found.push(Variable { target, tag, name });
        }
        Ok(found)
    }

    fn slot_at(&self, address: u64, tag: ReferenceTag) -> (u64, ReferenceTag) {
        let (target, borrowed) = slot(self.layout, self.memory.pointer(address));
        (target, if borrowed { tag.borrowed() } else { tag })
    }

    /// The code object that a frame runs.
    pub(in crate::capture) fn frame_code(&self, frame: u64) -> u64 {
        slot(self.layout, self.memory.pointer(frame + self.layout.frame_code)).0
    }

    /// How many slots the frame has in use, locals included; `None` while it runs. A count up to 3.13, a pointer then.
    fn stack_top(&self, frame: u64) -> Option<u64> {
        let layout = self.layout;
        if let Some(offset) = layout.frame_stackpointer {
            let pointer = self.memory.pointer(frame + offset);
            return pointer.checked_sub(frame + layout.frame_localsplus).map(|bytes| bytes / 8);
        }
        let top = layout.frame_stacktop.map_or(-1, |offset| self.memory.half(frame + offset) as i32);
        u64::try_from(top).ok()
    }

    fn push_frame(&mut self, frame: u64) -> Result<()> {
        for variable in self.frame_variables(frame)? {
            self.push(variable.target, variable.tag, variable.name);
        }
        Ok(())
    }

    /// A generator, coroutine or async generator holds its frame in itself.
    pub(super) fn read_generator(&mut self, address: u64, facts: &mut Facts) -> Result<()> {
        let layout = self.layout;
        if layout.has_frame_objects {
            self.read_generator_of_frame_object(address, facts);
            return Ok(());
        }
        let frame = address + layout.generator_frame;
        let state = self.memory.byte(address + layout.generator_state) as i8;
        let code = self.frame_code(frame);
        if state < FRAME_CLEARED {
            self.push_frame(frame)?;
        } else if layout.version.minor >= 14 {
            // The code stays: its reference may be a borrowed one (gen_traverse).
            let name = self.builder.name("code")?;
            let (code, tag) = self.slot_at(frame + layout.frame_code, INTERNAL);
            self.push(code, tag, Some(name));
        }
        if state < 0 {
            facts.flags |= Flags::SUSPENDED;
        }
        let places = u64::from(self.memory.half(code + layout.code_local_count))
            + u64::from(self.memory.half(code + layout.code_stack_size));
        facts.size += layout.generator_frame + layout.frame_localsplus + 8 * places.min(1 << 20);
        facts.size -= self.fixed_generator_size(address);
        facts.text = self.text(self.memory.pointer(code + layout.code_qualname)).map(shorten);
        Ok(())
    }

    fn fixed_generator_size(&self, address: u64) -> u64 {
        self.memory.pointer(self.memory.pointer(address + 8) + self.layout.type_basicsize).min(1 << 12)
    }

    /// A frame object; the frame itself is inside it once its call has ended, else in its thread or generator.
    pub(super) fn read_frame_object(&mut self, address: u64, facts: &mut Facts) -> Result<()> {
        let layout = self.layout;
        if layout.has_frame_objects {
            return self.read_whole_frame(address, facts);
        }
        let frame = self.memory.pointer(address + layout.frame_object_frame);
        let own = address + layout.frame_object_data;
        if frame == own && self.memory.byte(frame + layout.frame_owner) == OWNED_BY_FRAME_OBJECT {
            self.push_frame(own)?;
        }
        let code = self.frame_code(frame);
        if frame != own && code != 0 {
            // The frame is a generator's or a thread's, which holds the code; what it runs is worth knowing all the same.
            let name = self.builder.name("f_code")?;
            self.push(code, INTERNAL.untraversed().borrowed(), Some(name));
        }
        let places = u64::from(self.memory.half(code + layout.code_local_count))
            + u64::from(self.memory.half(code + layout.code_stack_size));
        facts.size += layout.frame_object_data + layout.frame_localsplus + 8 * places.min(1 << 20);
        facts.size -= self.fixed_generator_size(address);
        facts.text = self.place(frame).map(shorten);
        Ok(())
    }

    /// `app.py:42 handle`: the last part of the file, the line being executed and the function.
    pub(in crate::capture) fn place(&self, frame: u64) -> Option<String> {
        let layout = self.layout;
        let code = if layout.has_frame_objects {
            self.memory.pointer(frame + layout.frame_object_code)
        } else {
            self.frame_code(frame)
        };
        let file = self.text(self.memory.pointer(code + layout.code_file))?;
        let name = self.text(self.memory.pointer(code + layout.code_qualname))?;
        let file = file.rsplit('/').next().unwrap_or(&file).to_owned();
        let line = if layout.has_frame_objects {
            let instruction = self.memory.half(frame + layout.frame_object_instruction) as i32;
            // Before its first instruction a frame stands at the first line of its code.
            let first = || Some(lines::first_line(&self.memory, layout, code));
            lines::of_instruction(&self.memory, layout, code, instruction).or_else(first)
        } else {
            lines::current(&self.memory, layout, code, self.memory.pointer(frame + layout.frame_instruction))
        };
        Some(match line {
            Some(line) => format!("{file}:{line} {name}"),
            None => format!("{file} {name}"),
        })
    }
}
