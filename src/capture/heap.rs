//! The walk over the heap: from the collector's lists and the interpreter's roots to every object they reach.
//!
//! Nothing but the image is read, so the process has long gone on. Each object is visited once; a pointer is believed
//! to be an object when its type word leads to a type.

use super::damage::Damage;
use super::image::{Image, Marks, Memory};
use super::learned::Learned;
use super::readers::dict;
use super::runtime::Runtime;
use super::text;
use super::type_reader::TypeReader;
use super::types::{TypeInfo, flag};
use crate::cpython::layout::Layout;
use crate::error::{Error, Result};
use crate::snapshot::{Address, Flags, Generation, NameId, NewObject, ReferenceTag, SnapshotBuilder, TypeId};
use foldhash::HashMap;
use std::rc::Rc;
use std::sync::Arc;

/// What an object's reader found out beside its references.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) size: u64,
    pub(super) length: Option<u64>,
    pub(super) text: Option<String>,
    pub(super) flags: Flags,
}

struct Edge {
    target: u64,
    tag: ReferenceTag,
    name: Option<NameId>,
}

/// Everything that reading an object needs: memory, layout, the types met so far and the snapshot being built.
/// Each thread has its own; what they share never changes, but for the marks.
pub(super) struct Reader<'i> {
    pub(super) memory: Memory<'i>,
    pub(super) layout: &'i Layout,
    pub(super) builder: SnapshotBuilder,
    pub(super) learned: Arc<Learned>,
    pub(super) shared_names: HashMap<u64, Rc<[NameId]>>,
    pub(super) damage: Damage,
    image: &'i Image,
    marks: &'i Marks,
    types: HashMap<u64, Option<Rc<TypeInfo>>>,
    last_type: Option<(u64, Rc<TypeInfo>)>,
    /// Marked and not read yet.
    pending: Vec<u64>,
    edges: Vec<Edge>,
    attribute_names: HashMap<u64, NameId>,
    key_names: HashMap<u64, NameId>,
}

impl<'i> Reader<'i> {
    pub(super) fn new(image: &'i Image, marks: &'i Marks, layout: &'i Layout) -> Self {
        Reader {
            memory: image.view(),
            layout,
            builder: SnapshotBuilder::new(),
            learned: Arc::default(),
            shared_names: HashMap::default(),
            damage: Damage::default(),
            image,
            marks,
            types: HashMap::default(),
            last_type: None,
            pending: Vec::new(),
            edges: Vec::new(),
            attribute_names: HashMap::default(),
            key_names: HashMap::default(),
        }
    }

    /// How to make a reader of the same image for another thread, that knows what this one has learned.
    pub(super) fn forked(&self) -> impl FnOnce() -> Reader<'i> + Send + use<'i> {
        let (image, marks, layout) = (self.image, self.marks, self.layout);
        let (learned, builder) = (self.learned.clone(), self.builder.fork());
        move || Reader { builder, learned, ..Reader::new(image, marks, layout) }
    }

    fn type_reader(&self) -> TypeReader<'_, 'i> {
        TypeReader { memory: &self.memory, layout: self.layout, learned: &self.learned }
    }

    /// Changes what all objects are read by; types that were worked out before may look different now.
    pub(super) fn learn(&mut self, learned: Learned) {
        self.learned = Arc::new(learned);
        self.types.clear();
        self.last_type = None;
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
                let reader = TypeReader { memory: &self.memory, layout: self.layout, learned: &self.learned };
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
    pub(super) fn is_object(&mut self, address: u64) -> bool {
        if !address.is_multiple_of(8) || address < 4096 {
            return false;
        }
        if self.marks.is_set(&self.memory, address) {
            return true;
        }
        let Some(count) = self.memory.word(address) else { return false };
        if !self.may_be_refcount(count) {
            return false;
        }
        let class = self.memory.pointer(address + 8);
        class != 0 && class.is_multiple_of(8) && self.is_type(class)
    }

    /// A freed block keeps its type word, but its allocator overwrote the refcount with a pointer or zero: counts
    /// that look like either are refused. From 3.14 on the count has 32 bits; above it stand 16 that stay zero until it
    /// overflows, and four flags (Include/refcount.h).
    fn may_be_refcount(&self, word: u64) -> bool {
        let count = match self.layout.version.minor {
            ..=13 => word,
            _ if word >> 48 < 16 => word & 0xffff_ffff_ffff,
            _ => return false,
        };
        count != 0 && count >> 40 == 0
    }

    /// As [`type_at`](Reader::type_at), for the many pointers of which only that is asked.
    pub(super) fn is_type(&mut self, class: u64) -> bool {
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
            self.pending.push(address);
        }
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

    /// Marks an object that is read by its place in the collector's lists; false if it was met before.
    pub(super) fn claim(&mut self, address: u64) -> bool {
        self.marks.set(&self.memory, address)
    }

    /// Reads the objects that were met and not read yet, and what they lead to, depth first.
    pub(super) fn read_pending(&mut self) -> Result<()> {
        while let Some(address) = self.pending.pop() {
            self.visit(address, Generation::UNTRACKED)?;
        }
        Ok(())
    }

    /// Adds the object at `address` with its references to the snapshot.
    pub(super) fn visit(&mut self, address: u64, generation: Generation) -> Result<()> {
        let class = self.memory.pointer(address + 8);
        // An object without a type is damage, and so is one whose turn comes when too much was claimed: others refer to
        // it, so it stays, without references of its own.
        let Some(info) = self.type_at(class) else {
            self.damage.untyped += 1;
            let unknown = self.builder.type_name("?")?;
            // Its instances may have taken it for a type all the same.
            let flags = if self.is_type(address) { Flags::CLASS } else { Flags::default() };
            return self.add_unread(address, unknown, generation, flags);
        };
        let is_class = if info.has(flag::TYPE) { Flags::CLASS } else { Flags::default() };
        if self.memory.is_overdrawn() {
            self.damage.unread += 1;
            return self.add_unread(address, info.name, generation, is_class);
        }
        self.edges.clear();
        let mut facts = self.read(address, &info)?;
        facts.flags |= is_class;
        self.learned.privacy.object_text(info.shape, &mut facts);
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

    fn add_unread(&mut self, address: u64, type_name: TypeId, generation: Generation, flags: Flags) -> Result<()> {
        let (size, refcount, address) = (0, Some(0), Address(address));
        self.builder.object(NewObject {
            address,
            type_name,
            size,
            refcount,
            generation,
            flags,
            length: None,
            text: None,
        })
    }

    /// The stored count, and whether it ever matters: PEP 683 from 3.12 on (negative as a signed 32-bit number); 3.11
    /// gives its static objects, frozen modules and small ints a count that no program reaches (999999999,
    /// Include/internal/pycore_object.h) and goes on counting from there.
    pub(super) fn refcount(&self, address: u64) -> (u32, bool) {
        let word = self.memory.number(address);
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
            return Err(Error::malformed("the interpreter is still starting: sys.modules has no 'sys' yet")
                .with_hint("capture later, when the program runs"));
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
