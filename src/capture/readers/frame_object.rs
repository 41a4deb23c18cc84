//! Frames up to 3.10: each is an object with its variables inside, and holds the frame that called it
//! (Include/cpython/frameobject.h, Objects/frameobject.c).

use super::super::heap::{Facts, Reader};
use super::super::text::shorten;
use super::frame::Variable;
use crate::error::Result;
use crate::snapshot::{Flags, ReferenceKind, ReferenceTag};

const LOCAL: ReferenceTag = ReferenceTag::plain(ReferenceKind::Local);

/// `FRAME_EXECUTING` (Include/internal/pycore_frame.h, 3.10): below it are frames created and suspended.
const FRAME_EXECUTING: i8 = 0;

impl Reader<'_> {
    /// The frame that a thread runs; the rest follows by `f_back`.
    pub(in crate::capture) fn running_frame_object(&self, thread: u64) -> u64 {
        self.memory.pointer(thread + self.layout.thread_frame_object)
    }

    /// Whether the call itself holds a running frame: a generator's is held by the generator alone.
    pub(in crate::capture) fn is_held_by_its_call(&self, frame: u64) -> bool {
        self.memory.pointer(frame + self.layout.frame_object_generator) == 0
    }

    /// Variables, cells and free variables, then what lies on the value stack. `frame_traverse` visits all of them, the
    /// stack only while the frame does not run: where it ends stands in a register until then.
    pub(in crate::capture) fn frame_object_variables(&mut self, frame: u64) -> Result<Vec<Variable>> {
        let layout = self.layout;
        let code = self.memory.pointer(frame + layout.frame_object_code);
        let mut found = Vec::new();
        let mut place = frame + layout.frame_object_localsplus;
        for offset in [layout.code_variables, layout.code_cell_variables, layout.code_free_variables] {
            let names = self.memory.pointer(code + offset);
            for number in 0..self.memory.entries(place, self.item_count(names), 8) {
                let name = self.attribute_name(self.memory.pointer(names + layout.tuple_items + number * 8))?;
                found.push(Variable { target: self.memory.pointer(place), tag: LOCAL, name: Some(name) });
                place += 8;
            }
        }
        let stack = self.memory.pointer(frame + layout.frame_object_stack);
        for number in 0..self.memory.entries(stack, self.stack_depth(frame, code, stack), 8) {
            found.push(Variable { target: self.memory.pointer(stack + number * 8), tag: LOCAL, name: None });
        }
        Ok(found)
    }

    /// A pointer behind the last value up to 3.9, their number in 3.10.
    fn stack_depth(&self, frame: u64, code: u64, stack: u64) -> u64 {
        let (memory, layout) = (&self.memory, self.layout);
        let top = layout.frame_object_stack_top.map(|offset| memory.pointer(frame + offset).saturating_sub(stack) / 8);
        let depth = layout.frame_object_stack_depth.map(|offset| memory.half(frame + offset) as i32);
        let depth = top.or(depth.and_then(|depth| u64::try_from(depth).ok())).unwrap_or(0);
        let most = u64::from(memory.half(code + layout.code_stack_size));
        if depth <= most { depth.min(memory.room(stack) / 8) } else { 0 }
    }

    /// What stands in the fields is read already; here follow the variables.
    pub(super) fn read_whole_frame(&mut self, address: u64, facts: &mut Facts) -> Result<()> {
        let layout = self.layout;
        for variable in self.frame_object_variables(address)? {
            self.push(variable.target, variable.tag, variable.name);
        }
        let code = self.memory.pointer(address + layout.frame_object_code);
        let names = [layout.code_cell_variables, layout.code_free_variables];
        let cells = names.map(|offset| self.item_count(self.memory.pointer(code + offset)));
        let cells = cells[0].saturating_add(cells[1]);
        let places = cells
            .saturating_add(u64::from(self.memory.half(code + layout.code_variable_count)))
            .saturating_add(u64::from(self.memory.half(code + layout.code_stack_size)));
        // The structure counts one place already (frame_sizeof).
        facts.size += (8 * places.min(1 << 20)).saturating_sub(8);
        facts.text = self.place(address).map(shorten);
        Ok(())
    }

    /// A generator whose frame is an object of its own: held until the generator is done.
    pub(super) fn read_generator_of_frame_object(&mut self, address: u64, facts: &mut Facts) {
        let layout = self.layout;
        let frame = self.memory.pointer(address + layout.generator_frame_object);
        let runs = match (layout.frame_object_state, layout.generator_running) {
            (Some(state), _) => self.memory.byte(frame + state) as i8 >= FRAME_EXECUTING,
            (None, Some(running)) => self.memory.byte(address + running) != 0,
            (None, None) => false,
        };
        if frame != 0 && !runs {
            facts.flags |= Flags::SUSPENDED;
        }
        let qualname = self.layout.generator_qualname;
        facts.text = self.text(self.memory.pointer(address + qualname)).map(shorten);
    }
}
