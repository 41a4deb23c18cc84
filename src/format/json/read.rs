//! From JSON text to a snapshot: one object at a time into the builder, whatever order the fields come in.

use super::fields::{ObjectFields, ReferenceFields, RootFields, Scalar, Text};
use super::{MAJOR, SCHEMA};
use crate::error::{Error, Result};
use crate::format::check_version;
use crate::snapshot::{
    Address, FORMAT_VERSION, Flags, Generation, Metadata, NewObject, NewRoot, ReferenceKind, ReferenceTag, RootKind,
    Snapshot, SnapshotBuilder,
};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// Reads a snapshot in JSON.
///
/// # Errors
/// Not JSON, or cut short: with line and column. Not our schema, an unknown word or field, two objects at one address,
/// a reference to nowhere, a number that is negative, fractional or too large: with the address.
pub(in crate::format) fn read(bytes: &[u8]) -> Result<Snapshot> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut file = FileReader::default();
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = (&mut file).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    if let Some(error) = file.refused {
        return Err(error);
    }
    read.map_err(not_json)?;
    if !file.has_schema {
        let message = format!("expected a field \"schema\": \"{SCHEMA}{MAJOR}\", found none");
        return Err(Error::malformed(message).with_hint("see docs/formats.md for how a snapshot looks in JSON"));
    }
    if !file.has_objects {
        return Err(Error::malformed("expected a field \"objects\", found none"));
    }
    let mut metadata = file.metadata.unwrap_or_default();
    if metadata.format.is_empty() {
        metadata.format = FORMAT_VERSION.into();
    }
    check_version(&metadata.format)?;
    file.builder.finish(metadata)
}

fn not_json(error: serde_json::Error) -> Error {
    let place = format!("line {} column {}", error.line(), error.column());
    // serde_json repeats the place at the end of its text.
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or(&text);
    if error.is_eof() {
        return Error::malformed(format!("the JSON is cut short: {text}")).at(place);
    }
    Error::malformed(format!("not the JSON of a snapshot: {text}")).at(place)
}

/// What was read so far. serde's errors are text, so ours waits beside them.
#[derive(Default)]
struct FileReader {
    builder: SnapshotBuilder,
    metadata: Option<Metadata>,
    has_schema: bool,
    has_objects: bool,
    refused: Option<Error>,
}

impl FileReader {
    /// Turns our error into one of serde's, keeping ours.
    fn keep<T, E: serde::de::Error>(&mut self, result: Result<T>) -> Result<T, E> {
        result.map_err(|error| {
            let text = error.to_string();
            self.refused = Some(error);
            E::custom(text)
        })
    }
}

impl<'t> DeserializeSeed<'t> for &mut FileReader {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'t> Visitor<'t> for &mut FileReader {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a JSON object of schema {SCHEMA}{MAJOR}")
    }

    fn visit_map<A: MapAccess<'t>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(field)) = map.next_key()? {
            match field.as_ref() {
                "schema" => {
                    let schema: Text<'t> = map.next_value()?;
                    self.has_schema = true;
                    self.keep(check_schema(&schema.0))?;
                }
                "metadata" => self.metadata = Some(map.next_value()?),
                "objects" => {
                    self.has_objects = true;
                    map.next_value_seed(Each::<ObjectFields<'t>>(self, add_object))?;
                }
                "roots" => map.next_value_seed(Each::<RootFields<'t>>(self, add_root))?,
                other => {
                    let known = "schema, metadata, objects, roots";
                    self.keep(Err(Error::malformed(format!("unknown field {other:?}; expected one of {known}"))))?;
                }
            }
        }
        Ok(())
    }
}

fn check_schema(schema: &str) -> Result<()> {
    if let Some(major) = schema.strip_prefix(SCHEMA) {
        return check_version(major).map_err(|error| error.at("schema"));
    }
    let error = Error::malformed(format!("expected the schema {SCHEMA}{MAJOR}, found {schema:?}"));
    Err(if schema.starts_with("heapgraph.") {
        error.with_hint("this is a report that heapgraph printed; give it the snapshot instead")
    } else {
        error
    })
}

/// Reads a list and gives each element to a function, without keeping any.
struct Each<'r, T>(&'r mut FileReader, fn(&mut SnapshotBuilder, T) -> Result<()>);

impl<'t, T: Deserialize<'t>> DeserializeSeed<'t> for Each<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'t>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'t, T: Deserialize<'t>> Visitor<'t> for Each<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'t>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(element) = list.next_element()? {
            let added = (self.1)(&mut self.0.builder, element);
            self.0.keep(added)?;
        }
        Ok(())
    }
}

fn add_object(builder: &mut SnapshotBuilder, fields: ObjectFields<'_>) -> Result<()> {
    let address = fields.address.address("an object's address")?;
    add_object_at(builder, address, &fields).map_err(|error| error.at(format!("the object at {address}")))
}

fn add_object_at(builder: &mut SnapshotBuilder, address: Address, fields: &ObjectFields<'_>) -> Result<()> {
    let number = |field, name, limit| -> Result<Option<u64>> {
        let scalar: &Option<Scalar<'_>> = field;
        scalar.as_ref().map(|scalar| scalar.number(name, limit)).transpose()
    };
    let type_name = builder.type_name(&fields.type_name.0)?;
    builder.object(NewObject {
        address,
        type_name,
        size: number(&fields.size, "its size", u64::MAX)?.unwrap_or(0),
        refcount: number(&fields.refcount, "its refcount", u32::MAX.into())?.map(|count| count as u32),
        generation: generation(number(&fields.generation, "its generation", 255)?)?,
        flags: flags(&fields.flags)?,
        // One less than the largest number, which stands for "none" in memory.
        length: number(&fields.length, "its length", u64::MAX - 1)?,
        text: fields.text.as_ref().map(|text| text.0.as_ref()),
    })?;
    fields.references.iter().try_for_each(|reference| add_reference(builder, reference))
}

fn generation(number: Option<u64>) -> Result<Generation> {
    match number.unwrap_or(2) {
        known @ (0..=3 | 255) => Ok(Generation(known as u8)),
        other => Err(Error::malformed(format!(
            "expected its generation to be 0, 1 or 2, 3 (frozen) or 255 (untracked), found {other}"
        ))),
    }
}

fn flags(words: &[Text<'_>]) -> Result<Flags> {
    let mut flags = Flags::empty();
    for Text(word) in words {
        let known = Flags::from_word(word).filter(|flag| *flag != Flags::SYNTHETIC);
        flags |= known
            .ok_or_else(|| unknown_word("flag", word, Flags::from_bits(0xff).into_iter().flat_map(Flags::words)))?;
    }
    Ok(flags)
}

fn add_reference(builder: &mut SnapshotBuilder, fields: &ReferenceFields<'_>) -> Result<()> {
    let target = fields.to.address("a reference's target")?;
    let kind = fields.kind.as_ref().map_or(Ok(ReferenceKind::Item), |word| reference_kind(&word.0))?;
    let mut tag = ReferenceTag::plain(kind);
    for Text(mark) in &fields.marks {
        let marks = ["untraversed", "guessed", "borrowed"];
        tag = tag.with_mark(mark).ok_or_else(|| unknown_word("mark", mark, marks.into_iter()))?;
    }
    let name = fields.name.as_ref().map(|name| builder.name(&name.0)).transpose()?;
    builder.reference(target, tag, name);
    Ok(())
}

fn reference_kind(word: &str) -> Result<ReferenceKind> {
    let known = ReferenceKind::ALL.into_iter().map(ReferenceKind::word);
    ReferenceKind::from_word(word).ok_or_else(|| unknown_word("kind of reference", word, known))
}

fn add_root(builder: &mut SnapshotBuilder, fields: RootFields<'_>) -> Result<()> {
    let target = fields.to.address("a root's target")?;
    add_root_of(builder, target, &fields).map_err(|error| error.at(format!("the root to {target}")))
}

fn add_root_of(builder: &mut SnapshotBuilder, target: Address, fields: &RootFields<'_>) -> Result<()> {
    let known = RootKind::ALL.into_iter().map(|(_, word)| word);
    let kind = &fields.kind.0;
    let kind = RootKind::from_word(kind).ok_or_else(|| unknown_word("kind of root", kind, known))?;
    let reference = fields.reference.as_ref().map_or(Ok(ReferenceKind::Root), |word| reference_kind(&word.0))?;
    let path: Vec<&str> = fields.path.iter().map(|step| step.0.as_ref()).collect();
    let name = fields.name.as_ref().map(|name| name.0.as_ref());
    builder.root(NewRoot { kind, path: &path, reference, name, target, counted: fields.counted.unwrap_or(true) })
}

fn unknown_word<'k>(what: &str, found: &str, known: impl Iterator<Item = &'k str>) -> Error {
    let known: Vec<&str> = known.collect();
    Error::malformed(format!("unknown {what} {found:?}; expected one of {}", known.join(", ")))
}
