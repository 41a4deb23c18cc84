//! The walk over the heap: from the collector's lists and the interpreter's roots to every object they reach.
//!
//! Nothing but the image is read, so the process has long gone on. Each object is visited once; a pointer is believed
//! to be an object when its type word leads to a type. Order: tracked objects as the collector lists them, then what
//! they reach, first come first served; the builder sorts.

use super::image::{Image, Marks, Memory};
use super::lists::Damage;
use super::readers::dict;
use super::runtime::{ListHead, Runtime};
use super::text;
use super::type_reader::TypeReader;
use super::types::{GC_HEADER, Shape, TypeInfo, flag};
use crate::cpython::layout::Layout;
use crate::error::{Error, Result};
use crate::snapshot::{Address, Flags, Generation, NameId, NewObject, ReferenceTag, SnapshotBuilder};
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::rc::Rc;

/// What an object's reader found out beside its references.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) size: u64,
    pub(super) length: Option<u64>,
    pub(super) text: Option<String>,
    pub(super) flags: Flags,
}

/// An object of the collector's lists.
pub(super) struct Tracked {
    pub(super) address: u64,
    pub(super) class: u64,
    pub(super) generation: Generation,
}

struct Edge {
    target: u64,
    tag: ReferenceTag,
    name: Option<NameId>,
}

/// Everything that reading an object needs: memory, layout, the types met so far and the snapshot being built.
pub(super) struct Reader<'i> {
    pub(super) memory: Memory<'i>,
    pub(super) layout: &'i Layout,
    pub(super) builder: SnapshotBuilder,
    pub(super) shared_names: FxHashMap<u64, Rc<[NameId]>>,
    /// Free variable of each cell that a closure holds.
    pub(super) cell_names: FxHashMap<u64, NameId>,
    /// The memory of modules written in C: theirs, whoever points at it.
    pub(super) module_states: FxHashMap<u64, u64>,
    /// `__dict__` and subclasses of static types, where the interpreter keeps them (3.12 and later).
    pub(super) static_types: FxHashMap<u64, (u64, u64)>,
    pub(super) damage: Damage,
    types: FxHashMap<u64, Option<Rc<TypeInfo>>>,
    last_type: Option<(u64, Rc<TypeInfo>)>,
    subtype_traverse: u64,
    marks: Marks,
    pending: VecDeque<u64>,
    edges: Vec<Edge>,
    attribute_names: FxHashMap<u64, NameId>,
    key_names: FxHashMap<u64, NameId>,
}

impl<'i> Reader<'i> {
    pub(super) fn new(image: &'i Image, layout: &'i Layout) -> Self {
        Reader {
            memory: image.view(),
            layout,
            builder: SnapshotBuilder::new(),
            shared_names: FxHashMap::default(),
            cell_names: FxHashMap::default(),
            module_states: FxHashMap::default(),
            static_types: FxHashMap::default(),
            damage: Damage::default(),
            types: FxHashMap::default(),
            last_type: None,
            subtype_traverse: 0,
            marks: Marks::new(image),
            pending: VecDeque::new(),
            edges: Vec::new(),
            attribute_names: FxHashMap::default(),
            key_names: FxHashMap::default(),
        }
    }

    fn type_reader(&self) -> TypeReader<'_, 'i> {
        TypeReader {
            memory: &self.memory,
            layout: self.layout,
            static_types: &self.static_types,
            subtype_traverse: self.subtype_traverse,
        }
    }

    /// The type at `address`, worked out at its first appearance; `None` if there is no type.
    pub(super) fn type_at(&mut self, address: u64) -> Option<Rc<TypeInfo>> {
        if let Some((known, info)) = &self.last_type
            && *known == address
        {
            return Some(info.clone());
        }
        let found = match self.types.get(&address) {
            Some(known) => known.clone(),
            None => {
                let reader = TypeReader {
                    memory: &self.memory,
                    layout: self.layout,
                    static_types: &self.static_types,
                    subtype_traverse: self.subtype_traverse,
                };
                let valid = reader.is_type(address);
                // A table of names past 4 GiB is the only error here, and the builder meets it again at the next name.
                let new = valid.then(|| reader.read(address, &mut self.builder).ok().map(Rc::new)).flatten();
                self.types.insert(address, new.clone());
                new
            }
        };
        if let Some(info) = &found {
            self.last_type = Some((address, info.clone()));
        }
        found
    }

    /// Whether an object lies at `address`.
    ///
    /// A freed block keeps its type word, but its allocator overwrote the refcount with a pointer or zero: counts
    /// that look like either are refused.
    pub(super) fn is_object(&mut self, address: u64) -> bool {
        if !address.is_multiple_of(8) || address < 4096 {
            return false;
        }
        if self.marks.is_set(&self.memory, address) {
            return true;
        }
        let Some(count) = self.memory.word(address) else { return false };
        if count == 0 || count >> 40 != 0 {
            return false;
        }
        let class = self.memory.pointer(address + 8);
        class != 0 && class.is_multiple_of(8) && self.is_type(class)
    }

    /// As [`type_at`](Reader::type_at), for the many pointers of which only that is asked.
    fn is_type(&mut self, class: u64) -> bool {
        match self.types.get(&class) {
            Some(known) => known.is_some(),
            None => self.type_at(class).is_some(),
        }
    }

    /// Adds a reference of the object being read, if there is an object at its end.
    pub(super) fn push(&mut self, target: u64, tag: ReferenceTag, name: Option<NameId>) {
        if target.is_multiple_of(8) && self.marks.is_set(&self.memory, target) {
            // Most targets were met before: nothing more to ask or to mark.
            self.edges.push(Edge { target, tag, name });
        } else if self.is_object(target) {
            self.admit(target);
            self.edges.push(Edge { target, tag, name });
        }
    }

    /// Puts an object on the list of those to read, once.
    pub(super) fn admit(&mut self, address: u64) {
        if self.marks.set(&self.memory, address) {
            self.pending.push_back(address);
        }
    }

    /// Marks an object as met; false if it was already, or lies outside the image.
    pub(super) fn mark(&mut self, address: u64) -> bool {
        self.marks.set(&self.memory, address)
    }

    /// A str as the name of an attribute or variable.
    pub(super) fn attribute_name(&mut self, text: u64) -> Result<NameId> {
        if let Some(name) = self.attribute_names.get(&text) {
            return Ok(*name);
        }
        let name = text::str_text(&self.memory, self.layout, text, 250).unwrap_or_else(|| "?".into());
        let name = self.builder.name(&name)?;
        self.attribute_names.insert(text, name);
        Ok(name)
    }

    /// An object as the key of a dict: its `repr()`, where it has one that needs no code to run.
    pub(super) fn key_name(&mut self, key: u64) -> Result<NameId> {
        if let Some(name) = self.key_names.get(&key) {
            return Ok(*name);
        }
        let name = self.key_text(key, 0);
        let name = self.builder.name(&name)?;
        self.key_names.insert(key, name);
        Ok(name)
    }

    /// Lists the tracked objects, and learns from them what is needed before any is read.
    pub(super) fn list_tracked(&mut self, heads: &[ListHead]) -> Result<Vec<Tracked>> {
        let mut tracked = Vec::new();
        for head in heads {
            self.list(*head, &mut tracked);
        }
        self.learn_subtype_traverse(&tracked);
        for object in &tracked {
            self.learn(object)?;
        }
        Ok(tracked)
    }

    fn list(&mut self, head: ListHead, tracked: &mut Vec<Tracked>) {
        let mut at = self.memory.pointer(head.address) & !3;
        let mut before = head.address;
        while at != head.address {
            let back = self.memory.pointer(at + 8) & !3;
            let object = at + GC_HEADER;
            if back != before || !self.marks.set(&self.memory, object) {
                self.salvage(head, before, tracked);
                return;
            }
            // Its class stands beside its links: read now, it costs no second trip to memory.
            let class = self.memory.pointer(object + 8);
            tracked.push(Tracked { address: object, class, generation: head.generation });
            before = at;
            at = self.memory.pointer(at) & !3;
        }
    }

    /// Every class made in Python has the same `tp_traverse`; C types made at run time have their own. The most
    /// frequent one among classes with shared keys is it.
    fn learn_subtype_traverse(&mut self, tracked: &[Tracked]) {
        let layout = self.layout;
        let mut votes: FxHashMap<u64, usize> = FxHashMap::default();
        let mut metaclasses: FxHashMap<u64, bool> = FxHashMap::default();
        for &Tracked { address, class, .. } in tracked {
            let is_class = *metaclasses
                .entry(class)
                .or_insert_with(|| self.memory.pointer(class + layout.type_flags) & flag::TYPE != 0)
                && self.memory.pointer(address + layout.type_flags) & flag::HEAP_TYPE != 0
                && self.memory.pointer(address + layout.heap_type_cached_keys) != 0;
            if is_class {
                *votes.entry(self.memory.pointer(address + layout.type_traverse)).or_default() += 1;
            }
        }
        let most = votes.into_iter().max_by_key(|(traverse, count)| (*count, *traverse));
        self.subtype_traverse = most.map_or(0, |(traverse, _)| traverse);
        self.types.clear();
        self.last_type = None;
    }

    /// The classes, functions and modules tell things about other objects: read those first.
    fn learn(&mut self, object: &Tracked) -> Result<()> {
        let known = self.is_type(object.class).then(|| self.types.get(&object.class)?.as_ref());
        match known.flatten().map(|info| info.shape) {
            Some(Shape::Function) => self.learn_cell_names(object.address),
            Some(Shape::Module) => {
                self.learn_module_state(object.address);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Reads every object that is tracked or reached, the tracked ones first.
    pub(super) fn walk(&mut self, tracked: &[Tracked]) -> Result<()> {
        for object in tracked {
            self.visit(object.address, object.generation)?;
        }
        while let Some(address) = self.pending.pop_front() {
            self.visit(address, Generation::UNTRACKED)?;
        }
        Ok(())
    }

    fn visit(&mut self, address: u64, generation: Generation) -> Result<()> {
        let class = self.memory.pointer(address + 8);
        // A tracked object without a type is damage: leave it out, and with it what only it reaches.
        let Some(info) = self.type_at(class) else {
            self.damage.untyped += u64::from(generation.is_tracked());
            return Ok(());
        };
        self.edges.clear();
        let mut facts = self.read(address, &info)?;
        let (refcount, immortal) = self.refcount(address);
        if immortal {
            facts.flags |= Flags::IMMORTAL;
        }
        if generation.is_tracked() && self.memory.pointer(address - 8) & 1 == 1 {
            facts.flags |= Flags::FINALIZED;
        }
        self.builder.object(NewObject {
            address: Address(address),
            type_name: info.name,
            size: facts.size,
            refcount: Some(refcount),
            generation,
            flags: facts.flags,
            length: facts.length,
            text: facts.text.as_deref(),
        })?;
        // 3.11's static objects (frozen modules, say) hold what they hold without counting it (deepfreeze.py).
        let uncounted = immortal && self.layout.version.minor < 12;
        for edge in self.edges.drain(..) {
            let tag = if uncounted { edge.tag.borrowed() } else { edge.tag };
            self.builder.reference(Address(edge.target), tag, edge.name);
        }
        Ok(())
    }

    /// The stored count, and whether it ever matters: PEP 683 from 3.12 on (negative as a signed 32-bit number); 3.11
    /// gives its static objects, frozen modules and small ints a count that no program reaches (999999999,
    /// Include/internal/pycore_object.h) and goes on counting from there.
    pub(super) fn refcount(&self, address: u64) -> (u32, bool) {
        let word = self.memory.pointer(address);
        if self.layout.version.minor >= 12 {
            let count = word as u32;
            (count, (count as i32) < 0)
        } else {
            const NEVER_REACHED: u64 = 999_999_999 / 2;
            (u32::try_from(word).unwrap_or(u32::MAX), word > NEVER_REACHED)
        }
    }

    /// The value under a str key of a dict.
    pub(super) fn dict_value(&self, dict: u64, key: &str) -> Option<u64> {
        dict::find(&self.memory, self.layout, dict, key)
    }

    /// A str's text.
    pub(super) fn text(&self, address: u64) -> Option<String> {
        text::str_text(&self.memory, self.layout, address, 250)
    }

    /// The type's long name, for messages and the self-test.
    pub(super) fn type_name_of(&self, object: u64) -> String {
        self.type_reader().long_name(self.memory.pointer(object + 8))
    }

    /// The long name of a type object.
    pub(super) fn long_name_of_type(&self, class: u64) -> String {
        self.type_reader().long_name(class)
    }

    /// Tests layout and memory on what every CPython has, before anything is believed.
    ///
    /// # Errors
    /// The first expectation that is not met.
    pub(super) fn self_test(&mut self, runtime: &Runtime, interpreter: u64) -> Result<()> {
        let refuse = |what: String| {
            Error::unsupported(format!(
                "CPython {} in {}: the layout does not fit this build: {what}",
                runtime.layout.version,
                runtime.file.display()
            ))
            .with_hint("a patched or very new build? please report it with `python3 -VV` and where it comes from")
        };
        let modules = self.memory.pointer(interpreter + self.layout.interpreter_modules);
        if self.type_name_of(modules) != "builtins.dict" || !self.is_object(modules) {
            return Err(refuse(format!("expected sys.modules, a dict, at {modules:#x}")));
        }
        let class = self.memory.pointer(self.memory.pointer(modules + 8) + 8);
        if self.memory.pointer(class + 8) != class || self.type_reader().c_name(class) != "type" {
            return Err(refuse(format!("expected the type of types at {class:#x}")));
        }
        let Some(sys) = self.dict_value(modules, "sys") else {
            return Err(refuse("sys.modules has no 'sys'".into()));
        };
        let names = [(sys, "builtins.module")];
        let dict = self.memory.pointer(sys + self.layout.module_dict);
        let version = self.dict_value(dict, "version").and_then(|at| self.text(at)).unwrap_or_default();
        let expected = runtime.layout.version.to_string();
        if names.iter().any(|(at, name)| self.type_name_of(*at) != *name) || !version.starts_with(&expected) {
            return Err(refuse(format!("expected sys.version to start with {expected}, found {version:?}")));
        }
        Ok(())
    }
}
