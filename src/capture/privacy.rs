//! Keeping the user's data out of a snapshot: what stays are names that stand in the program's text.

use super::heap::{Facts, Reader};
use super::lists::Tracked;
use super::readers::dict;
use super::types::{Shape, TypeInfo, flag};
use crate::error::Result;
use crate::snapshot::NameId;
use foldhash::HashSet;
use std::hash::{BuildHasher, RandomState};

/// What becomes of values in a snapshot: the text of strings, bytes and numbers, the keys of dicts, thread names and
/// the command line. Names of types, attributes, functions, variables, modules and source files stay in any case, and so
/// do lengths and sizes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Values {
    /// Their first 80 characters.
    #[default]
    Shown,
    /// `#` and 16 hexadecimal digits: equal ones stay equal within one snapshot. The key of the hash (SipHash) is new
    /// for each snapshot and kept nowhere.
    Hashed,
    /// Nothing. A key is named by its type and address.
    LeftOut,
}

impl Values {
    /// What the metadata say of it.
    pub(super) fn told(self) -> Option<String> {
        match self {
            Values::Shown => None,
            Values::Hashed => Some("hashed".into()),
            Values::LeftOut => Some("left out".into()),
        }
    }

    /// What of a command line goes into the metadata.
    pub(super) fn command(self, words: Vec<String>) -> Vec<String> {
        if self == Values::Shown { words } else { Vec::new() }
    }
}

/// Decides what of a text goes into the snapshot.
#[derive(Clone, Default)]
pub(super) struct Privacy {
    values: Values,
    hash: RandomState,
    /// The dicts whose keys are names of variables or attributes: of modules, classes and instances.
    namespaces: HashSet<u64>,
}

impl Privacy {
    pub(super) fn new(values: Values) -> Self {
        Privacy { values, ..Privacy::default() }
    }

    /// What stands for a text of the user's.
    pub(super) fn text(&self, text: Option<String>) -> Option<String> {
        match self.values {
            Values::Shown => text,
            Values::Hashed => text.map(|text| format!("#{:016x}", self.hash.hash_one(text))),
            Values::LeftOut => None,
        }
    }

    /// The text of an object: that of functions, modules, types and code is a name, any other may be a value.
    pub(super) fn object_text(&self, shape: Shape, facts: &mut Facts) {
        let name = matches!(
            shape,
            Shape::Function
                | Shape::Builtin
                | Shape::Code
                | Shape::Module
                | Shape::Type
                | Shape::Generator
                | Shape::Frame
        );
        if !name {
            facts.text = self.text(facts.text.take());
        }
    }

    fn hides_keys_of(&self, dict: u64) -> bool {
        self.values != Values::Shown && !self.namespaces.contains(&dict)
    }
}

impl Reader<'_> {
    /// The name of a dict's reference to the value under `key`.
    pub(super) fn name_under(&mut self, dict: u64, key: u64) -> Result<NameId> {
        if !self.learned.privacy.hides_keys_of(dict) {
            return self.key_name(key);
        }
        let text = (self.learned.privacy.values == Values::Hashed).then(|| self.key_text(key, 0));
        let hidden = self.learned.privacy.text(text);
        let name = hidden.unwrap_or_else(|| format!("<{} at {key:#x}>", self.type_name_of(key)));
        self.builder.name(&name)
    }

    /// Finds the dicts whose keys are names; only where others are to be hidden.
    pub(super) fn namespaces(&mut self, tracked: &[Tracked]) -> Privacy {
        let mut privacy = self.learned.privacy.clone();
        if privacy.values == Values::Shown {
            return privacy;
        }
        for object in tracked {
            let Some(info) = self.type_at(object.class) else { continue };
            match info.shape {
                Shape::Module => self.module_namespaces(object.address, &mut privacy),
                Shape::Type => self.class_namespaces(object.address, &mut privacy),
                _ => self.add_namespace(self.instance_dict(object.address, &info), &mut privacy),
            }
        }
        privacy
    }

    /// A module's dict, and those of the classes in it: builtin ones stand in no list of the collector.
    fn module_namespaces(&mut self, module: u64, privacy: &mut Privacy) {
        let dict = self.memory.pointer(module + self.layout.module_dict);
        self.add_namespace(dict, privacy);
        let values: Vec<u64> = dict::entries(&self.memory, self.layout, dict).map(|(_, value)| value).collect();
        for value in values {
            let class = self.memory.pointer(value + 8);
            if self.type_at(class).is_some_and(|info| info.shape == Shape::Type) {
                self.class_namespaces(value, privacy);
            }
        }
    }

    fn class_namespaces(&mut self, class: u64, privacy: &mut Privacy) {
        for (dict, _) in self.class_dicts(class) {
            self.add_namespace(dict, privacy);
        }
    }

    /// A dict that serves as its own or another's attributes may hold anything (`self.__dict__ = self`): only plain
    /// ones are taken.
    fn add_namespace(&mut self, dict: u64, privacy: &mut Privacy) {
        let class = self.memory.pointer(dict + 8);
        if dict != 0 && self.type_at(class).is_some_and(|class| is_plain_dict(&class)) {
            privacy.namespaces.insert(dict);
        }
    }
}

fn is_plain_dict(class: &TypeInfo) -> bool {
    class.shape == Shape::Dict && !class.has(flag::HEAP_TYPE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_equal_for_equal_texts_of_one_snapshot_alone() {
        let text = |privacy: &Privacy| privacy.text(Some("secret".into()));
        let (one, other) = (Privacy::new(Values::Hashed), Privacy::new(Values::Hashed));
        assert_eq!(text(&one), text(&one));
        assert_ne!(text(&one), text(&other));
        assert_ne!(text(&one), one.text(Some("Secret".into())));
        assert_eq!(text(&one).map(|text| text.len()), Some(17));
        assert_eq!(text(&Privacy::new(Values::LeftOut)), None);
        assert_eq!(text(&Privacy::new(Values::Shown)).as_deref(), Some("secret"));
    }

    #[test]
    fn names_stay_and_values_go() {
        let privacy = Privacy::new(Values::LeftOut);
        let left = |shape| {
            let mut facts = Facts { text: Some("handle".into()), ..Facts::default() };
            privacy.object_text(shape, &mut facts);
            facts.text.is_some()
        };
        assert!(left(Shape::Function) && left(Shape::Type) && left(Shape::Code));
        assert!(!left(Shape::Str) && !left(Shape::Int) && !left(Shape::Bytes) && !left(Shape::Fields));
    }
}
