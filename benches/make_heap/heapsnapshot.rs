//! A snapshot as V8's `.heapsnapshot`, for the viewers that heapgraph is measured beside.
//!
//! Rows become nodes of type `object`, named by their type, `<root>` the root. Attributes and keys become properties,
//! positions elements, weak references weak ones; what classes and C fields hold is internal. Ids are odd and dense, and
//! sizes stay below 2³². The order of the keys is the one that Chrome's loader wants.

use heapgraph::snapshot::{ReferenceKind, Snapshot};
use std::io::{Result, Write};

const HEAD: &str = r#""meta":{"node_fields":["type","name","id","self_size","edge_count"],"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic"],"string","number","number","number"],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"]}"#;
const NODE_FIELDS: u32 = 5;
const OBJECT: u8 = 3;
const SYNTHETIC: u8 = 9;

/// Writes `heap`. Linear.
pub(crate) fn write(heap: &Snapshot, out: &mut impl Write) -> Result<()> {
    let (objects, references) = (heap.objects(), heap.references());
    let (nodes, edges) = (objects.len(), references.len());
    write!(
        out,
        r#"{{"snapshot":{{{HEAD},"node_count":{nodes},"edge_count":{edges},"trace_function_count":0}},"nodes":["#
    )?;
    for (position, id) in objects.ids().enumerate() {
        let kind = if objects.is_synthetic(id) { SYNTHETIC } else { OBJECT };
        let (name, size) = (objects.type_id(id).get(), objects.size(id).min(u64::from(u32::MAX)));
        let count = references.of(id).len();
        writeln!(out, "{}{kind},{name},{},{size},{count}", comma(position), 2 * position + 1)?;
    }
    out.write_all(b"],\"edges\":[")?;
    // Names of references stand behind those of types.
    let types = objects.type_names().len() as u32;
    let mut position = 0;
    for holder in objects.ids() {
        for (index, reference) in references.of(holder).enumerate() {
            let name = references.name_id(reference.id).map(|name| u64::from(types + name.get()));
            let (kind, name) = match (reference.kind(), name) {
                (ReferenceKind::Weak, name) => (6, name.unwrap_or(0)),
                (ReferenceKind::Attribute | ReferenceKind::Key, Some(name)) => (2, name),
                (ReferenceKind::Item | ReferenceKind::DictKey | ReferenceKind::Root, _) => (1, index as u64),
                (_, name) => (3, name.unwrap_or(0)),
            };
            let target = reference.target.get() * NODE_FIELDS;
            writeln!(out, "{}{kind},{name},{target}", comma(position))?;
            position += 1;
        }
    }
    out.write_all(b"],\"strings\":[")?;
    let names = objects.type_names().iter().chain(references.columns().name_table.iter());
    for (position, name) in names.enumerate() {
        write!(out, "{}{}", comma(position), serde_json::Value::from(name))?;
    }
    out.write_all(b"]}\n")
}

fn comma(position: usize) -> &'static str {
    if position == 0 { "" } else { "," }
}
