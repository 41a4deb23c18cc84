//! `heapgraph.retained/1`.

use super::{Addresses, address};
use crate::analysis::retained::{Content, Line, Owned, Owners, Report};
use crate::snapshot::Snapshot;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// `heapgraph.retained/1`, with the outline if `tree`. The objects are written one by one: they may be all of the heap.
pub fn retained<'a>(snapshot: &'a Snapshot, report: &'a Report, tree: bool) -> impl Serialize + 'a {
    Fields {
        schema: "heapgraph.retained/1",
        objects: Rows { snapshot, rows: &report.objects },
        set: report.set.map(|set| json!({"objects": set.objects, "freed": set.freed, "retained": set.retained})),
        without: Addresses { objects: snapshot.objects(), ids: &report.without },
        tree: tree.then(|| report.outline.lines.iter().map(|one| line(snapshot, one)).collect()),
        reached: json!({"objects": report.reached, "bytes": report.bytes}),
    }
}

#[derive(Serialize)]
struct Fields<'a> {
    schema: &'static str,
    objects: Rows<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<Value>,
    without: Addresses<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tree: Option<Vec<Value>>,
    reached: Value,
}

struct Rows<'a> {
    snapshot: &'a Snapshot,
    rows: &'a [Owned],
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let objects = self.snapshot.objects();
        to.collect_seq(self.rows.iter().map(|one| Row {
            address: address(objects.address(one.object)),
            type_name: objects.type_name(one.object),
            shallow: objects.size(one.object),
            retained: one.retained,
            objects: one.objects,
            dominator: one.dominator.and_then(|above| address(objects.address(above))),
        }))
    }
}

#[derive(Serialize)]
struct Row<'a> {
    address: Option<String>,
    #[serde(rename = "type")]
    type_name: &'a str,
    shallow: u64,
    retained: u64,
    objects: u64,
    dominator: Option<String>,
}

fn line(snapshot: &Snapshot, line: &Line) -> Value {
    let mut fields = json!({"level": line.level, "retained": line.retained, "objects": line.objects});
    match &line.content {
        Content::Object { id, name } => {
            fields["address"] = json!(address(snapshot.objects().address(*id)));
            fields["type"] = json!(snapshot.objects().type_name(*id));
            fields["name"] = json!(name);
        }
        Content::Rest { count, types } => {
            let fields_of = |of: &Owners| json!({"type": of.type_name, "count": of.count, "retained": of.retained});
            let types: Vec<Value> = types.iter().map(fields_of).collect();
            fields["more"] = json!(count);
            fields["types"] = json!(types);
        }
    }
    fields
}
