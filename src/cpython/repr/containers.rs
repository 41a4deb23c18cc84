//! Containers: their items one after the other, each container once.

use super::{Writer, short_name};
use crate::cpython::attribute::{items, own, own_dict};
use crate::cpython::label::identifier_key;
use crate::snapshot::{ObjectId, Reference, ReferenceKind};

pub(super) const RULED: [&str; 13] = [
    "list",
    "tuple",
    "set",
    "frozenset",
    "dict",
    "collections.deque",
    "mappingproxy",
    "dict_keys",
    "dict_values",
    "dict_items",
    "types.SimpleNamespace",
    "collections.defaultdict",
    "collections.OrderedDict",
];

impl<'s> Writer<'s> {
    pub(super) fn container(&mut self, id: ObjectId, rule: &str) -> bool {
        if !RULED.contains(&rule) {
            return false;
        }
        if self.open.contains(&id) {
            self.push(match rule {
                "list" | "collections.deque" => "[...]",
                "tuple" => "(...)",
                "dict" => "{...}",
                "set" => "set(...)",
                _ => "...",
            });
            return true;
        }
        self.open.push(id);
        self.closed_container(id, rule);
        self.open.pop();
        true
    }

    fn closed_container(&mut self, id: ObjectId, rule: &str) {
        let of = |field: &str| own(self.snapshot, id, field);
        let dict = || of("mapping").or_else(|| of("dv_dict"));
        match rule {
            "list" => self.listed("[", id, "]"),
            "tuple" => {
                self.listed("(", id, "");
                let single = items(self.snapshot, id).nth(1).is_none() && items(self.snapshot, id).next().is_some();
                self.push(if single { ",)" } else { ")" });
            }
            "set" | "frozenset" => self.set(id, rule),
            "dict" => self.mapping("{", id, "}"),
            "collections.deque" => self.deque(id),
            "mappingproxy" => self.wrapped("mappingproxy(", dict(), ")"),
            "types.SimpleNamespace" => self.namespace(id),
            "dict_keys" | "dict_values" | "dict_items" => self.view(dict(), rule),
            "collections.defaultdict" => {
                self.wrapped("defaultdict(", of("default_factory"), ", ");
                self.mapping("{", id, "})");
            }
            _ => {
                self.push(short_name(self.snapshot, id));
                self.mapping("({", id, "})");
            }
        }
    }

    /// One object between two words.
    pub(super) fn wrapped(&mut self, before: &str, inner: Option<ObjectId>, after: &str) {
        self.push(before);
        match inner {
            Some(inner) => self.object(inner),
            None => self.push("None"),
        }
        self.push(after);
    }

    /// The objects at the positions of a container.
    pub(super) fn listed(&mut self, before: &str, id: ObjectId, after: &str) {
        self.push(before);
        for (nth, item) in items(self.snapshot, id).enumerate() {
            if self.is_full() {
                return;
            }
            self.push(if nth > 0 { ", " } else { "" });
            self.object(item);
        }
        self.push(after);
    }

    fn set(&mut self, id: ObjectId, rule: &str) {
        let name = short_name(self.snapshot, id);
        if items(self.snapshot, id).next().is_none() {
            return self.push(&format!("{name}()"));
        }
        if rule == "set" && name == "set" {
            return self.listed("{", id, "}");
        }
        self.listed(&format!("{name}({{"), id, "})");
    }

    fn deque(&mut self, id: ObjectId) {
        self.listed(&format!("{}([", short_name(self.snapshot, id)), id, "]");
        if let Some(bound) = self.text(id) {
            self.push(&format!(", {bound}"));
        }
        self.push(")");
    }

    fn namespace(&mut self, id: ObjectId) {
        let name = short_name(self.snapshot, id);
        self.push(if name == "SimpleNamespace" { "namespace" } else { name });
        self.push("(");
        let dict = own_dict(self.snapshot, id);
        for (nth, (_, value, name)) in dict.map(|dict| self.entries(dict)).unwrap_or_default().into_iter().enumerate() {
            self.push(if nth > 0 { ", " } else { "" });
            self.push(identifier_key(name).unwrap_or(name));
            self.push("=");
            self.object(value);
        }
        self.push(")");
    }

    fn view(&mut self, dict: Option<ObjectId>, rule: &str) {
        self.push(rule);
        self.push("([");
        for (nth, (key, value, name)) in dict.map(|dict| self.entries(dict)).unwrap_or_default().into_iter().enumerate()
        {
            self.push(if nth > 0 { ", " } else { "" });
            match rule {
                "dict_keys" => self.key(key, name),
                "dict_values" => self.object(value),
                _ => {
                    self.push("(");
                    self.key(key, name);
                    self.push(", ");
                    self.object(value);
                    self.push(")");
                }
            }
        }
        self.push("])");
    }

    fn mapping(&mut self, before: &str, id: ObjectId, after: &str) {
        self.push(before);
        for (nth, (key, value, name)) in self.entries(id).into_iter().enumerate() {
            if self.is_full() {
                return;
            }
            self.push(if nth > 0 { ", " } else { "" });
            self.key(key, name);
            self.push(": ");
            self.object(value);
        }
        self.push(after);
    }

    fn key(&mut self, key: Option<ObjectId>, name: &str) {
        match key {
            Some(key) => self.object(key),
            None => self.push(name),
        }
    }

    /// Key, value and the key's text, as many as could be written. A dict refers to key and value in turns.
    fn entries(&self, dict: ObjectId) -> Vec<(Option<ObjectId>, ObjectId, &'s str)> {
        let in_dict = |found: &Reference<'_>| matches!(found.kind(), ReferenceKind::Key | ReferenceKind::DictKey);
        let mut key = None;
        let mut found = Vec::new();
        for reference in self.snapshot.references().of(dict).filter(in_dict) {
            if reference.kind() == ReferenceKind::DictKey {
                key = Some(reference.target);
            } else {
                found.push((key.take(), reference.target, reference.name.unwrap_or_default()));
            }
            if found.len() > self.left {
                break;
            }
        }
        found
    }
}
