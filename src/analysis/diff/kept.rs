//! Three snapshots: what appeared in the second and still stood in the third.
//!
//! What comes and goes with the work of the moment is in one of them only; what a leak keeps is in both. The rule is
//! that of heapy and memlab.

use super::below::Below;
use super::holders::MANY;
use super::identity::{NONE, identify};
use super::{Options, Side, process};
use crate::analysis::members::Members;
use crate::analysis::{paths, place};
use crate::cpython::label::object_title;
use crate::error::{Error, Result};
use crate::graph::{Marks, ShortestPaths};
use crate::snapshot::{Address, ObjectId, Snapshot};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// A holder that has so much of what hangs below the one above it, in percent, is named in its place.
const SHARE: u64 = 80;
/// It is looked for so many references down: beyond lies a linked list, which is held by its head.
const DEPTH: usize = 10;

/// What stayed.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Kept {
    /// The three snapshots, earliest first.
    pub snapshots: [Side; 3],
    /// What to know before believing the rest, one sentence each.
    pub warnings: Vec<String>,
    /// Objects that appeared between the first and the second.
    pub appeared: u64,
    /// Those of them that still stood in the third.
    pub kept: u64,
    /// Their bytes in the third.
    pub bytes: u64,
    /// The same by type: most kept objects first, then bytes, then by name. Types of which none stayed are left out.
    pub types: Vec<KeptType>,
    /// Where what stayed hangs: each object once, below the nearest one that is older. Most bytes first, then objects,
    /// then by row.
    pub under: Vec<KeptUnder>,
    /// How many such places there are, listed or not.
    pub places: u64,
    /// Objects that stayed and that no root reaches, and their bytes: garbage that waits for the collector.
    pub garbage: (u64, u64),
}

/// What stayed of one type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeptType {
    /// Its long name.
    pub type_name: String,
    /// How many objects appeared.
    pub appeared: u64,
    /// How many of them stayed.
    pub kept: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// A place where objects stayed.
#[derive(Clone, PartialEq, Debug)]
pub struct KeptUnder {
    /// The holder's row in the third snapshot: a root, an object that is older, or, where one new object holds nearly
    /// all of them, that one.
    pub object: ObjectId,
    /// `None` for a row that stands for a root.
    pub address: Option<Address>,
    /// The long name of its type.
    pub type_name: String,
    /// What it is, in a few words.
    pub title: String,
    /// How a root leads to it, as an expression; empty for a root itself.
    pub expression: String,
    /// How many objects stayed below it, itself included if it is one of them.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// What appeared in `second` and still stood in `third`, with `first` as what was there before. Linear.
///
/// # Errors
/// Three snapshots that are not of one process: no object can be told from another by its address.
pub fn kept(first: &Snapshot, second: &Snapshot, third: &Snapshot, options: &Options) -> Result<Kept> {
    let mut warnings = Vec::new();
    let (new, still) = (identify(first, second), identify(second, third));
    for (earlier, later, identity) in [(first, second, &new), (second, third, &still)] {
        let kinship = process::compare(earlier, later, identity);
        if !kinship.same {
            let why = kinship.warnings.first().cloned().unwrap_or_default();
            return Err(Error::invalid(format!("expected three snapshots of one process: {why}"))
                .with_hint("`heapgraph diff OLD NEW` compares two snapshots of different processes by type and path"));
        }
        warnings.extend(kinship.warnings);
    }
    warnings.dedup();
    let (new, still) = (new.old_of, still.old_of);
    let mut stayed = Marks::none(third.objects().len());
    for id in third.objects().real_ids() {
        let middle = still[id.index()];
        if middle != NONE && new[middle as usize] == NONE {
            stayed.insert(id.get());
        }
    }
    let tree = paths::from_roots(third, &paths::Options::default());
    let (under, places) = places(third, &tree, &stayed, options);
    let size = |row: u32| third.objects().columns().sizes[row as usize];
    let sum = |(objects, bytes): (u64, u64), row| (objects + 1, bytes.saturating_add(size(row)));
    let (count, bytes) = stayed.iter().fold((0, 0), sum);
    let appeared = || second.objects().real_ids().filter(|id| new[id.index()] == NONE);
    Ok(Kept {
        snapshots: [first, second, third].map(process::side),
        warnings,
        appeared: appeared().count() as u64,
        kept: count,
        bytes,
        types: by_type(second, appeared(), third, &stayed),
        under,
        places,
        garbage: stayed.iter().filter(|row| !tree.reaches(*row)).fold((0, 0), sum),
    })
}

fn by_type(
    second: &Snapshot,
    appeared: impl Iterator<Item = ObjectId>,
    third: &Snapshot,
    stayed: &Marks,
) -> Vec<KeptType> {
    let mut new = vec![0u64; second.objects().type_names().len()];
    appeared.for_each(|id| new[second.objects().type_id(id).index()] += 1);
    let mut kept = vec![(0u64, 0u64); third.objects().type_names().len()];
    for id in stayed.iter().map(ObjectId::new) {
        let (count, bytes) = &mut kept[third.objects().type_id(id).index()];
        *count += 1;
        *bytes = bytes.saturating_add(third.objects().size(id));
    }
    let new: BTreeMap<&str, u64> = second.objects().type_names().iter().zip(new).collect();
    let named = third.objects().type_names().iter().zip(kept).filter(|(_, (count, _))| *count > 0);
    let mut types: Vec<KeptType> = named
        .map(|(name, (kept, bytes))| KeptType {
            type_name: name.to_owned(),
            appeared: new.get(name).copied().unwrap_or_default(),
            kept,
            bytes,
        })
        .collect();
    let key = |one: &KeptType| (Reverse(one.kept), Reverse(one.bytes));
    types.sort_by(|a, b| (key(a), &a.type_name).cmp(&(key(b), &b.type_name)));
    types
}

/// Where what stayed hangs, and how many such places there are.
fn places(snapshot: &Snapshot, tree: &ShortestPaths, stayed: &Marks, options: &Options) -> (Vec<KeptUnder>, u64) {
    let (below, members) = (Below::new(snapshot, tree, stayed), Members::new(snapshot));
    // An own `__dict__` that is older counts with its owner; a new one hangs below it already.
    let older = |row: &u32| !stayed.contains(*row);
    let total = |row: u32| {
        let parts = members.parts(row).filter(older).map(|part| below.of(part));
        parts.fold((0, 0), |sum: (u64, u64), part| (sum.0 + part.0, sum.1.saturating_add(part.1)))
    };
    let all = 0..snapshot.objects().len() as u32;
    let owners = || all.clone().filter(|row| older(row) && !members.is_folded(*row));
    let mut with_owner = Marks::none(snapshot.objects().len());
    owners().flat_map(|row| members.parts(row)).for_each(|part| _ = with_owner.insert(part));
    // An older dict that a new object took for its own is told by itself.
    let alone = all.clone().filter(|row| older(row) && !with_owner.contains(*row));
    let mut found: Vec<(u32, (u64, u64))> =
        owners().chain(alone).map(|row| (row, total(row))).filter(|(_, sum)| sum.0 > 0).collect();
    found.sort_by_key(|(row, (objects, bytes))| (Reverse(*bytes), Reverse(*objects), *row));
    let places = found.len() as u64;
    found.truncate(options.holders);
    let describe = |(row, (objects, bytes)): (u32, (u64, u64))| {
        let id = ObjectId::new(holder_of_most(&below, &members, row, objects));
        KeptUnder {
            object: id,
            address: snapshot.objects().address(id),
            type_name: snapshot.objects().type_name(id).to_owned(),
            title: object_title(snapshot, id),
            expression: place::expression(snapshot, tree, id).unwrap_or_default(),
            objects,
            bytes,
        }
    };
    (found.into_iter().map(describe).collect(), places)
}

/// From an older object down to the new one that holds nearly everything, where there is one near: `app.CACHE` rather
/// than the module in which it was made.
fn holder_of_most(below: &Below, members: &Members<'_>, row: u32, objects: u64) -> u32 {
    let mut parts: Vec<u32> = members.parts(row).collect();
    for _ in 0..DEPTH {
        let heaviest = parts.iter().filter_map(|part| below.heaviest(*part)).max_by_key(|row| below.of(*row).0);
        let Some(next) = heaviest.filter(|next| below.of(*next).0 * 100 >= objects * SHARE) else { break };
        if !members.is_folded(next) && members.count(next) >= MANY {
            return next;
        }
        parts = vec![next];
    }
    row
}
