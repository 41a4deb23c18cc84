//! The C structure behind a type, as the tables describe it: its object pointers, and the memory it keeps beside itself.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The fields of a C structure that hold objects.
#[derive(Clone, Debug, Deserialize)]
pub struct CType {
    /// `sizeof` the structure: a type with a smaller `tp_basicsize` is another one.
    pub size: u64,
    /// Sizes in patch releases that leave the fields where they are.
    #[serde(default)]
    other_sizes: Vec<u64>,
    fields: BTreeMap<String, Place>,
    /// Memory of its own that holds objects.
    #[serde(default)]
    pub blocks: Vec<Block>,
    /// Memory of its own that its `__sizeof__` counts.
    #[serde(default)]
    pub sizes: Vec<Block>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged)]
enum Place {
    One(u64),
    Many([u64; 2]),
}

/// An array of structures, outside the object or behind its fixed part.
#[derive(Clone, Debug, Deserialize)]
pub struct Block {
    /// Where it starts: offsets, each from where the pointer at the one before leads.
    pub path: Vec<u64>,
    /// How many elements it has.
    pub count: Number,
    /// Bytes of an element.
    pub stride: Number,
    /// Object pointers of an element, by name and offset.
    #[serde(default)]
    pub fields: BTreeMap<String, u64>,
    /// Of a linked list: where an element keeps the address of the next.
    pub next: Option<u64>,
}

/// A number that is the same in every object, or one that each keeps for itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Number {
    /// The same in every object.
    Fixed(u64),
    /// Where it is kept, as the path of a [`Block`], and its bytes.
    Kept(Vec<u64>, u64),
    /// As many as there are before the first that is all zero.
    UntilZero(()),
}

impl CType {
    /// Whether this is the structure of a type whose instances have this size.
    pub fn is_of(&self, size: u64) -> bool {
        self.size == size || self.other_sizes.contains(&size)
    }

    /// Name, offset and number of objects of each field, in order of their offsets. A last array of one element
    /// (`b_array[1]`) stands for as many as the object's `ob_size` says.
    pub fn fields(&self) -> Vec<(&str, u64, u64)> {
        let mut fields: Vec<_> = self
            .fields
            .iter()
            .map(|(name, place)| match place {
                Place::One(offset) => (name.as_str(), *offset, 1),
                Place::Many([offset, count]) => (name.as_str(), *offset, if *count == 1 { 0 } else { *count }),
            })
            .collect();
        fields.sort_by_key(|(_, offset, _)| *offset);
        fields
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_read_as_the_generator_writes_them() {
        let text = r#"{"size": 24, "fields": {"one": 16}, "blocks": [
            {"path": [16, 8, 0], "count": [[16, 0], 4], "stride": 16, "fields": {"key": 8}},
            {"path": [24, 0], "count": null, "stride": 8}]}"#;
        let c_type: CType = serde_json::from_str(text).unwrap();
        assert!(matches!(&c_type.blocks[0].count, Number::Kept(path, 4) if *path == [16, 0]));
        assert!(matches!(c_type.blocks[0].stride, Number::Fixed(16)));
        assert!(matches!(c_type.blocks[1].count, Number::UntilZero(())));
        assert!(c_type.sizes.is_empty() && c_type.blocks[0].fields["key"] == 8);
    }
}
