//! What some objects tell about others, learned before any is read: classes, functions and modules are looked at first.

use super::heap::Reader;
use super::lists::Tracked;
use super::privacy::Privacy;
use super::types::{Shape, flag};
use crate::error::Result;
use crate::snapshot::NameId;
use foldhash::HashMap;
use std::sync::Arc;

/// Learned once, then shared by the readers of all threads.
#[derive(Clone, Default)]
pub(super) struct Learned {
    /// `subtype_traverse`, the `tp_traverse` of every class made in Python; 0 while unknown.
    pub(super) subtype_traverse: u64,
    /// The tables of interned strings, one per interpreter.
    pub(super) interned_strings: Vec<u64>,
    /// `__dict__` and subclasses of static types, where each interpreter keeps its own (3.12 and later), the main one's
    /// first.
    pub(super) static_types: HashMap<u64, Vec<(u64, u64)>>,
    /// `lookdict`, by which dicts are told apart up to 3.10; 0 until it was seen.
    pub(super) general_lookup: u64,
    /// Free variable of each cell that a closure holds.
    pub(super) cell_names: HashMap<u64, NameId>,
    /// The memory of modules written in C: theirs, whoever points at it.
    pub(super) module_states: HashMap<u64, u64>,
    /// What of the user's data is shown.
    pub(super) privacy: Privacy,
}

impl Reader<'_> {
    /// Learns from the tracked objects.
    ///
    /// # Errors
    /// Refused past 4 GiB of names.
    pub(super) fn learn_from(&mut self, tracked: &[Tracked]) -> Result<()> {
        let subtype_traverse = self.subtype_traverse(tracked);
        self.learn(Learned { subtype_traverse, ..Learned::clone(&self.learned) });
        let mut learned = Learned::clone(&self.learned);
        let mut shapes: HashMap<u64, Option<Shape>> = HashMap::default();
        for object in tracked {
            let shape =
                *shapes.entry(object.class).or_insert_with(|| self.type_at(object.class).map(|info| info.shape));
            match shape {
                Some(Shape::Dict) if self.layout.has_keys_lookup && learned.general_lookup == 0 => {
                    learned.general_lookup = self.general_lookup(object.address).unwrap_or(0);
                }
                Some(Shape::Function) if !self.memory.is_overdrawn() => {
                    self.learn_cell_names(object.address, &mut learned)?
                }
                Some(Shape::Module) => self.learn_module_state(object.address, &mut learned),
                _ => {}
            }
        }
        self.learn(learned);
        let privacy = self.namespaces(tracked);
        Arc::make_mut(&mut self.learned).privacy = privacy;
        Ok(())
    }

    /// Every class made in Python has the same `tp_traverse`; C types made at run time have their own. The most
    /// frequent one among classes with shared keys is it.
    fn subtype_traverse(&self, tracked: &[Tracked]) -> u64 {
        let layout = self.layout;
        let mut votes: HashMap<u64, usize> = HashMap::default();
        let mut metaclasses: HashMap<u64, bool> = HashMap::default();
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
        most.map_or(0, |(traverse, _)| traverse)
    }
}
