//! Why things are alive: modules, the interpreter's own state, threads and their frames, each by name.

use super::heap::Reader;
use super::learned::Learned;
use super::readers::{dict, frame};
use super::runtime::Runtime;
use crate::cpython::c_types;
use crate::error::Result;
use crate::snapshot::{Address, NameId, NewRoot, ReferenceKind, RootKind, Thread};
use foldhash::HashMap;
use std::sync::Arc;

/// A chain of frames longer than this is a loop in damaged memory: Python's own limit is far below.
const DEEPEST_STACK: usize = 200_000;

/// What a `threading.Thread` says of the thread that runs it.
#[derive(Clone, Default)]
struct KnownThread {
    name: Option<String>,
    native_id: Option<u64>,
}

impl Reader<'_> {
    /// Adds the roots of one interpreter; gives its threads for the metadata.
    pub(super) fn read_roots(&mut self, runtime: &Runtime, interpreter: u64) -> Result<Vec<Thread>> {
        let modules = self.memory.pointer(interpreter + self.layout.interpreter_modules);
        let layout = self.layout;
        // The rows of other interpreters than the main one say whose they are.
        let whose = match runtime.number(&self.memory, interpreter) {
            0 => String::new(),
            number => format!(" of interpreter {number}"),
        };
        if whose.is_empty() {
            self.module_roots(&[], modules)?;
            self.state_roots(RootKind::Interpreter, &[], runtime.address, layout.runtime_objects())?;
            self.state_roots(RootKind::Interpreter, &[], interpreter, layout.interpreter_objects())?;
        } else {
            self.module_roots(&[&format!("modules{whose}")], modules)?;
            let row = whose.trim_start_matches(" of ");
            self.state_roots(RootKind::Interpreter, &[row], interpreter, layout.interpreter_objects())?;
        }
        let known = self.known_threads(modules);
        let mut threads = Vec::new();
        for state in runtime.threads(&self.memory, interpreter) {
            threads.push(self.thread_roots(state, &whose, &known)?);
        }
        Ok(threads)
    }

    /// The entries of `sys.modules`: labels, since the dict itself holds and counts them.
    fn module_roots(&mut self, path: &[&str], modules: u64) -> Result<()> {
        let entries: Vec<_> = dict::entries(&self.memory, self.layout, modules).collect();
        for (key, module) in entries {
            if self.is_object(module) {
                let name = self.text(key).unwrap_or_else(|| "?".into());
                self.root(RootKind::Module, path, ReferenceKind::Root, Some(&name), module, false)?;
            }
        }
        Ok(())
    }

    /// The objects that a structure of the interpreter's holds, under the names of its fields.
    fn state_roots<'f>(
        &mut self,
        kind: RootKind,
        path: &[&str],
        state: u64,
        fields: impl Iterator<Item = (&'f str, u64)>,
    ) -> Result<()> {
        for (field, offset) in fields {
            let target = self.memory.pointer(state + offset);
            if c_types::is_table_of_interned_strings(field) {
                Arc::make_mut(&mut self.learned).interned_strings.push(target);
            }
            if c_types::state_holds(field, self.layout.version.minor) && self.is_object(target) {
                self.root(kind, path, ReferenceKind::Root, Some(field), target, true)?;
            }
        }
        Ok(())
    }

    fn thread_roots(&mut self, state: u64, whose: &str, known: &HashMap<u64, KnownThread>) -> Result<Thread> {
        let layout = self.layout;
        let id = self.memory.pointer(state + layout.thread_id);
        let KnownThread { name, native_id } = known.get(&id).cloned().unwrap_or_default();
        let label = match &name {
            Some(name) => format!("thread {id} {name}{whose}"),
            None => format!("thread {id}{whose}"),
        };
        self.state_roots(RootKind::Thread, &[&label], state, layout.thread_objects())?;
        let mut frames = Vec::new();
        let mut seen: HashMap<String, usize> = HashMap::default();
        for at in self.stack(state) {
            // Frames that go in a circle may each claim all memory for their variables.
            let place = self.place(at).filter(|_| !self.memory.is_overdrawn());
            let Some(place) = place else {
                self.damage.stacks += 1;
                break;
            };
            let times = seen.entry(place.clone()).or_default();
            *times += 1;
            // Recursion runs the same line many times over: each frame has variables of its own.
            let row = if *times == 1 { format!("frame {place}") } else { format!("frame {place} ({times})") };
            self.frame_roots(&[&label, &row], at)?;
            frames.push(place);
        }
        // The thread's state has it from 3.11 on.
        let stored = layout.thread_native_id.map(|offset| self.memory.pointer(state + offset)).filter(|id| *id != 0);
        let native_id = stored.or(native_id);
        Ok(Thread { id, native_id, name, frames })
    }

    /// The frames of a thread, innermost first, without the interpreter's own entry frames.
    fn stack(&self, state: u64) -> Vec<u64> {
        let layout = self.layout;
        if layout.has_frame_objects {
            return self.stack_of_objects(state);
        }
        let mut at = match (layout.thread_current_frame, layout.thread_cframe, layout.cframe_current_frame) {
            (Some(current), ..) => self.memory.pointer(state + current),
            (None, Some(cframe), Some(current)) => self.memory.pointer(self.memory.pointer(state + cframe) + current),
            _ => 0,
        };
        let mut frames = Vec::new();
        while at != 0 && frames.len() < DEEPEST_STACK && self.memory.word(at).is_some() {
            self.memory.entries(at, 1, 8);
            // FRAME_OWNED_BY_CSTACK (3.12 and later) and above mark trampolines without code of their own.
            if self.memory.byte(at + layout.frame_owner) < 3 {
                frames.push(at);
            }
            let previous = self.memory.pointer(at + layout.frame_previous);
            if previous == at {
                break;
            }
            at = previous;
        }
        frames
    }

    fn stack_of_objects(&self, state: u64) -> Vec<u64> {
        let mut at = self.running_frame_object(state);
        let mut frames = Vec::new();
        while at != 0 && frames.len() < DEEPEST_STACK && self.memory.word(at).is_some() {
            self.memory.entries(at, 1, 8);
            frames.push(at);
            at = self.memory.pointer(at + self.layout.frame_object_back);
        }
        frames
    }

    fn frame_roots(&mut self, path: &[&str], at: u64) -> Result<()> {
        if self.layout.has_frame_objects {
            return self.frame_object_roots(path, at);
        }
        // A generator's or an outlived frame belongs to its object, which holds and counts the variables.
        let counted = self.memory.byte(at + self.layout.frame_owner) == frame::OWNED_BY_THREAD;
        for variable in self.frame_variables(at)? {
            if self.is_object(variable.target) {
                let name = variable.name.map(|name| self.name_text(name));
                let kind = variable.tag.kind();
                let counted = counted && variable.tag.counted();
                self.root(RootKind::Frame, path, kind, name.as_deref(), variable.target, counted)?;
            }
        }
        Ok(())
    }

    /// A running frame that is an object holds its variables itself, and is held by its call.
    fn frame_object_roots(&mut self, path: &[&str], at: u64) -> Result<()> {
        if self.is_object(at) {
            let counted = self.is_held_by_its_call(at);
            self.root(RootKind::Frame, path, ReferenceKind::Internal, Some("frame"), at, counted)?;
        }
        for variable in self.frame_object_variables(at)? {
            if self.is_object(variable.target) {
                let name = variable.name.map(|name| self.name_text(name));
                self.root(RootKind::Frame, path, variable.tag.kind(), name.as_deref(), variable.target, false)?;
            }
        }
        Ok(())
    }

    fn name_text(&self, name: NameId) -> String {
        self.builder.name_text(name).unwrap_or("?").to_owned()
    }

    fn root(
        &mut self,
        kind: RootKind,
        path: &[&str],
        reference: ReferenceKind,
        name: Option<&str>,
        target: u64,
        counted: bool,
    ) -> Result<()> {
        self.admit(target);
        self.builder.root(NewRoot { kind, path, reference, name, target: Address(target), counted })
    }

    /// What `threading` knows of each thread, by `threading.get_ident()`: `threading._active` maps that to the `Thread`.
    fn known_threads(&mut self, modules: u64) -> HashMap<u64, KnownThread> {
        let mut known = HashMap::default();
        let dict =
            self.dict_value(modules, "threading").map(|module| self.memory.pointer(module + self.layout.module_dict));
        let Some(active) = dict.and_then(|dict| self.dict_value(dict, "_active")) else { return known };
        let entries: Vec<_> = dict::entries(&self.memory, self.layout, active).take(100_000).collect();
        for (key, thread) in entries {
            let name = self.attribute(thread, "_name").and_then(|name| self.text(name));
            let name = self.learned.privacy.text(name);
            let native_id = self.attribute(thread, "_native_id").and_then(|id| self.int(id));
            if let Some(id) = self.int(key) {
                known.insert(id, KnownThread { name, native_id });
            }
        }
        known
    }

    fn int(&self, address: u64) -> Option<u64> {
        super::text::int_text(&self.memory, self.layout, address)?.parse().ok()
    }

    /// Where the interpreter keeps dict and subclasses of static types: an array of its own from 3.12 on, by an index
    /// that stands in the type (Objects/typeobject.c, `static_builtin_state_get`).
    pub(super) fn learn_static_types(&mut self, interpreter: u64) {
        let layout = self.layout;
        let places = (
            layout.interpreter_static_types,
            layout.static_type_size,
            layout.static_type_dict,
            layout.static_type_subclasses,
        );
        let (Some(table), Some(size), Some(dict), Some(subclasses)) = places else { return };
        let mut learned = Learned::clone(&self.learned);
        // Patch releases move the array: the next place that looks like it is it.
        let near =
            (0..128).map(|word| word * 8).flat_map(|distance| [table + distance, table.saturating_sub(distance)]);
        let Some(start) = near.map(|offset| interpreter + offset).find(|at| self.starts_static_types(*at, size)) else {
            return;
        };
        // The array has room for 200 builtin types; the type's own address is the first word of an entry.
        for number in 0..200 {
            let entry = start + number * size;
            let class = self.memory.pointer(entry);
            if class != 0 && self.type_at(class).is_some() {
                let found = (self.memory.pointer(entry + dict), self.memory.pointer(entry + subclasses));
                learned.static_types.entry(class).or_default().push(found);
            }
        }
        self.learn(learned);
    }

    /// A static type keeps the number of its entry, from 1 on, in `tp_subclasses` (`static_builtin_index_set`).
    fn starts_static_types(&self, at: u64, size: u64) -> bool {
        (0..3).all(|number| {
            let class = self.memory.pointer(at + number * size);
            class != 0 && self.memory.pointer(class + self.layout.type_subclasses) == number + 1
        })
    }
}
