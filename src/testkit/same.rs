//! Whether two snapshots hold the same heap.

use crate::snapshot::{ObjectId, Snapshot};

/// The first difference between two heaps, row by row, in words; `None` where there is none.
///
/// Everything counts that a question could see: order of rows and references, names, marks, texts. The numbering of
/// names and the metadata do not.
pub fn difference(left: &Snapshot, right: &Snapshot) -> Option<String> {
    let (rows, others) = (left.objects().len(), right.objects().len());
    let same_rows = left.objects().ids().zip(right.objects().ids());
    let differing = same_rows.filter_map(|(row, _)| {
        let (left, right) = (describe(left, row), describe(right, row));
        (left != right).then(|| format!("row {}: {left} is not {right}", row.get()))
    });
    let lengths = (rows != others).then(|| format!("{rows} rows are not {others}"));
    differing.chain(lengths).next()
}

/// All that a snapshot says of one row.
fn describe(snapshot: &Snapshot, row: ObjectId) -> String {
    let objects = snapshot.objects();
    let references: Vec<_> = snapshot
        .references()
        .of(row)
        .map(|reference| format!("{:?} {:?} {:?}", reference.target.get(), reference.tag, reference.name))
        .collect();
    format!(
        "{:?} {:?} {} bytes, refcount {}, {:?}, {:?}, length {:?}, text {:?}, references {references:?}",
        objects.address(row),
        objects.type_name(row),
        objects.size(row),
        objects.refcount(row),
        objects.generation(row),
        objects.flags(row).words().collect::<Vec<_>>(),
        snapshot.texts().length(row),
        snapshot.texts().text(row),
    )
}
