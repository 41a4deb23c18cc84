//! One object a line, so that `grep` and `diff` work; never more than one object in memory.

use super::{MAJOR, SCHEMA};
use crate::error::{Error, Result};
use crate::snapshot::{ObjectId, Reference, ReferenceKind, RootEntry, Snapshot};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::io::{BufWriter, Write};

/// Writes the whole snapshot, apart from what reading makes again: the synthetic rows themselves, and the references
/// from `<held outside Python>` that follow from the refcounts.
pub(in crate::format) fn write(snapshot: &Snapshot, out: impl Write) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    write_all(snapshot, &mut out).and_then(|()| out.flush()).map_err(|error| Error::io("cannot write it", error))
}

fn write_all(snapshot: &Snapshot, out: &mut impl Write) -> std::io::Result<()> {
    write!(out, "{{\"schema\":\"{SCHEMA}{MAJOR}\",\n\"metadata\":")?;
    serde_json::to_writer(&mut *out, snapshot.metadata())?;
    write!(out, ",\n\"objects\":")?;
    write_lines(out, snapshot.objects().real_ids().map(|row| ObjectLine { snapshot, row }))?;
    write!(out, ",\n\"roots\":")?;
    write_lines(out, snapshot.root_entries().into_iter().map(|entry| RootLine { snapshot, entry }))?;
    writeln!(out, "}}")
}

fn write_lines(out: &mut impl Write, lines: impl Iterator<Item = impl Serialize>) -> std::io::Result<()> {
    out.write_all(b"[")?;
    for (number, line) in lines.enumerate() {
        out.write_all(if number == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut *out, &line)?;
    }
    out.write_all(b"]")
}

struct ObjectLine<'s> {
    snapshot: &'s Snapshot,
    row: ObjectId,
}

impl Serialize for ObjectLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (objects, texts, row) = (self.snapshot.objects(), self.snapshot.texts(), self.row);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("address", &address(self.snapshot, row))?;
        map.serialize_entry("type", objects.type_name(row))?;
        map.serialize_entry("size", &objects.size(row))?;
        map.serialize_entry("refcount", &objects.refcount(row))?;
        map.serialize_entry("generation", &objects.generation(row).0)?;
        let flags: Vec<&str> = objects.flags(row).words().collect();
        if !flags.is_empty() {
            map.serialize_entry("flags", &flags)?;
        }
        if let Some(length) = texts.length(row) {
            map.serialize_entry("length", &length)?;
        }
        if let Some(text) = texts.text(row) {
            map.serialize_entry("text", text)?;
        }
        let references = self.snapshot.references().of(row);
        if references.len() > 0 {
            map.serialize_entry("references", &ReferenceList { snapshot: self.snapshot, row })?;
        }
        map.end()
    }
}

fn address(snapshot: &Snapshot, row: ObjectId) -> String {
    // A synthetic row has none; a damaged file may refer to one. Zero says "nowhere", and is refused on reading.
    snapshot.objects().address(row).map_or_else(|| "0x0".into(), |address| address.to_string())
}

struct ReferenceList<'s> {
    snapshot: &'s Snapshot,
    row: ObjectId,
}

impl Serialize for ReferenceList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let references = self.snapshot.references().of(self.row);
        serializer.collect_seq(references.map(|reference| ReferenceItem { snapshot: self.snapshot, reference }))
    }
}

struct ReferenceItem<'s> {
    snapshot: &'s Snapshot,
    reference: Reference<'s>,
}

impl Serialize for ReferenceItem<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let reference = &self.reference;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("to", &address(self.snapshot, reference.target))?;
        map.serialize_entry("kind", reference.kind().word())?;
        if let Some(name) = reference.name {
            map.serialize_entry("name", name)?;
        }
        let marks: Vec<&str> = reference.tag.marks().collect();
        if !marks.is_empty() {
            map.serialize_entry("marks", &marks)?;
        }
        map.end()
    }
}

struct RootLine<'s> {
    snapshot: &'s Snapshot,
    entry: RootEntry<'s>,
}

impl Serialize for RootLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = &self.entry;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", entry.kind.word())?;
        if !entry.path.is_empty() {
            map.serialize_entry("path", &entry.path)?;
        }
        if entry.reference != ReferenceKind::Root {
            map.serialize_entry("reference", entry.reference.word())?;
        }
        if let Some(name) = entry.name {
            map.serialize_entry("name", name)?;
        }
        map.serialize_entry("to", &address(self.snapshot, entry.target))?;
        map.serialize_entry("counted", &entry.counted)?;
        map.end()
    }
}
