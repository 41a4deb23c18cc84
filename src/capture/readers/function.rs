//! Functions, cells, code objects and modules.

use super::super::heap::{Facts, Reader};
use super::super::learned::Learned;
use super::super::lines;
use super::super::text::shorten;
use super::super::type_reader::named_blocks;
use crate::error::Result;
use crate::snapshot::{ReferenceKind, ReferenceTag};

impl Reader<'_> {
    /// The free variables of a function name the cells in its closure, in the same order: they are the last of the
    /// code's local names.
    pub(in crate::capture) fn learn_cell_names(&mut self, function: u64, learned: &mut Learned) -> Result<()> {
        let layout = self.layout;
        let closure = self.memory.pointer(function + layout.function_closure);
        if closure == 0 {
            return Ok(());
        }
        let names = if layout.has_frame_objects { layout.code_free_variables } else { layout.code_local_names };
        let names = self.memory.pointer(self.memory.pointer(function + layout.function_code) + names);
        let items = |tuple| self.item_count(tuple).min(self.memory.room(tuple + layout.tuple_items) / 8);
        let (cells, locals) = (items(closure), items(names));
        for number in 0..self.memory.entries(closure + layout.tuple_items, cells.min(locals), 8) {
            let cell = self.memory.pointer(closure + layout.tuple_items + number * 8);
            let name = self.memory.pointer(names + layout.tuple_items + (locals - cells.min(locals) + number) * 8);
            let name = self.attribute_name(name)?;
            learned.cell_names.entry(cell).or_insert(name);
        }
        Ok(())
    }

    pub(super) fn read_function(&mut self, address: u64, facts: &mut Facts) {
        facts.text = self.text(self.memory.pointer(address + self.layout.function_qualname)).map(shorten);
    }

    pub(super) fn read_builtin(&mut self, address: u64, facts: &mut Facts) {
        let definition = self.memory.pointer(address + self.layout.builtin_definition);
        let name = self.memory.pointer(definition + self.layout.method_definition_name);
        facts.text = self.memory.c_string(name).map(shorten);
    }

    /// The one reference of a cell, named by the variable where a closure told it.
    pub(super) fn read_cell(&mut self, address: u64) {
        let target = self.memory.pointer(address + 16);
        if target != 0 {
            let name = self.learned.cell_names.get(&address).copied();
            self.push(target, ReferenceTag::plain(ReferenceKind::Closure), name);
        }
    }

    pub(super) fn read_code(&mut self, address: u64, facts: &mut Facts) {
        let layout = self.layout;
        facts.text = self.code_place(address).map(shorten);
        facts.size += if layout.has_frame_objects {
            self.size_beside_code(address)
        } else {
            // code_sizeof: the structure and its instructions of two bytes each.
            (2 * self.item_count(address).min(self.memory.room(address) / 2)).next_multiple_of(8)
        };
    }

    /// `app.py:12 handle`: the last part of the file, the first line and the function.
    fn code_place(&self, code: u64) -> Option<String> {
        let name = self.text(self.memory.pointer(code + self.layout.code_qualname))?;
        let Some(file) = self.text(self.memory.pointer(code + self.layout.code_file)) else { return Some(name) };
        let file = file.rsplit('/').next().unwrap_or(&file);
        Some(format!("{file}:{} {name}", lines::first_line(&self.memory, self.layout, code)))
    }

    /// Up to 3.10 the instructions are a bytes object; `code_sizeof` adds which arguments are cells, and the cache of
    /// global names.
    fn size_beside_code(&self, address: u64) -> u64 {
        let layout = self.layout;
        let at = |offset| self.memory.pointer(address + offset);
        let cells =
            if at(layout.code_cell_arguments) == 0 { 0 } else { self.item_count(at(layout.code_cell_variables)) };
        let cache = if at(layout.code_cache) == 0 {
            0
        } else {
            let entries = u64::from(self.memory.byte(address + layout.code_cache_size));
            self.item_count(at(layout.code_instruction_bytes)) / 2 + entries * layout.code_cache_entry
        };
        cells.min(1 << 16) * 8 + cache.min(1 << 30)
    }

    /// A module's fields are in the table; its C state is memory of its own, scanned for objects.
    pub(super) fn read_module(&mut self, address: u64, facts: &mut Facts) -> Result<()> {
        facts.text = self.text(self.memory.pointer(address + self.layout.module_name)).map(shorten);
        let (state, size) = self.module_state(address);
        for place in 0..self.memory.entries(state, size / 8, 8) {
            let target = self.memory.pointer(state + place * 8);
            if target >= 4096 && target != address {
                self.push_guess(target);
            }
        }
        self.read_module_tables(address, state)
    }

    /// The tables and lists that a few modules keep beside their state.
    fn read_module_tables(&mut self, module: u64, state: u64) -> Result<()> {
        let definition = self.memory.pointer(module + self.layout.module_definition);
        let name = self.memory.c_string(self.memory.pointer(definition + self.layout.module_definition_name));
        let name = name.unwrap_or_default();
        if let Some(c_type) = self.layout.module_state(&name).filter(|_| state != 0) {
            let blocks = named_blocks(&name, self.layout.version, c_type, &mut self.builder)?;
            self.push_blocks(state, &blocks);
        }
        Ok(())
    }

    pub(in crate::capture) fn learn_module_state(&self, module: u64, learned: &mut Learned) {
        let (state, size) = self.module_state(module);
        if state != 0 {
            learned.module_states.insert(state, size);
        }
    }

    fn module_state(&self, module: u64) -> (u64, u64) {
        let definition = self.memory.pointer(module + self.layout.module_definition);
        let state = self.memory.pointer(module + self.layout.module_state);
        let size = self.memory.pointer(definition + self.layout.module_definition_state_size);
        // m_size is -1 for modules without a state of their own.
        if definition == 0 || state == 0 || size >= 1 << 16 { (0, 0) } else { (state, size) }
    }
}
