//! Generators and coroutines that wait to go on, and what they keep.

use super::Options;
use super::holding::{Holding, Places};
use crate::analysis::place;
use crate::cpython::label::builtin_type_of;
use crate::graph::{Csr, Marks, ShortestPaths};
use crate::snapshot::{Flags, ObjectId, ReferenceKind, ReferenceTag, Snapshot};
use foldhash::HashMap;
use std::cmp::Reverse;

/// Calls that wait.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Suspended {
    /// How many there are.
    pub count: u64,
    /// Their own bytes.
    pub bytes: u64,
    /// What else of what is alive would die with all of them, as objects and bytes.
    pub keeps: (u64, u64),
    /// How many codes there are, listed or not.
    pub codes: u64,
    /// By code: most bytes kept and own first, then most calls, then by name.
    pub rows: Vec<SuspendedCode>,
}

/// The calls of one piece of code.
#[derive(Clone, PartialEq, Debug)]
pub struct SuspendedCode {
    /// File, line and name of the code, as far as they are known.
    pub code: String,
    /// `builtins.generator`, `builtins.coroutine`, `builtins.async_generator`.
    pub type_name: String,
    /// How many calls wait.
    pub count: u64,
    /// Their own bytes.
    pub bytes: u64,
    /// What else of what is alive would die with them, if all of them went: objects and bytes that roots reach through
    /// these calls alone. Calls in garbage keep nothing.
    /// What hangs on calls of several codes is in the total alone.
    pub keeps: (u64, u64),
    /// Who holds them.
    pub held: Vec<Holding>,
    /// How a root leads to the first of them, as an expression; `None` for garbage.
    pub example: Option<String>,
}

/// Held by calls of more than one code.
const SHARED: u32 = u32::MAX - 1;
/// Held by no call alone.
const FREE: u32 = u32::MAX;

/// Finds the calls that wait, and what the roots reach through them alone. Linear.
pub(super) fn find(snapshot: &Snapshot, places: &Places<'_>, tree: &ShortestPaths, options: &Options) -> Suspended {
    let columns = snapshot.objects().columns();
    let waits = |id: &ObjectId| columns.flags[id.index()] & Flags::SUSPENDED.bits() != 0;
    let calls: Vec<u32> = snapshot.objects().real_ids().filter(waits).map(ObjectId::get).collect();
    if calls.is_empty() {
        return Suspended::default();
    }
    let (codes, code_of) = codes(snapshot, &calls);
    let keeper = keepers(snapshot, tree, &calls, &code_of);
    let mut kept = vec![(0u64, 0u64); codes.len()];
    let mut found = Suspended { count: calls.len() as u64, codes: codes.len() as u64, ..Suspended::default() };
    for (row, keeper) in keeper.iter().enumerate().filter(|(_, keeper)| **keeper != FREE) {
        if columns.flags[row] & Flags::SUSPENDED.bits() == 0 {
            add(&mut found.keeps, columns.sizes[row]);
            if let Some(sum) = kept.get_mut(*keeper as usize) {
                add(sum, columns.sizes[row]);
            }
        }
    }
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); codes.len()];
    for (call, code) in calls.iter().zip(&code_of) {
        members[*code as usize].push(*call);
        found.bytes = found.bytes.saturating_add(columns.sizes[*call as usize]);
    }
    let mut rows: Vec<_> = codes.into_iter().zip(members).zip(kept).collect();
    let bytes = |rows: &[u32]| rows.iter().fold(0u64, |sum, row| sum.saturating_add(columns.sizes[*row as usize]));
    rows.sort_by_cached_key(|((code, calls), kept)| {
        (Reverse(kept.1.saturating_add(bytes(calls))), Reverse(calls.len()), code.clone())
    });
    let describe = |((code, calls), keeps): ((Code, Vec<u32>), (u64, u64))| SuspendedCode {
        code: code.name,
        type_name: code.type_name,
        count: calls.len() as u64,
        bytes: bytes(&calls),
        keeps,
        held: places.of(calls.iter().map(|row| (*row, columns.sizes[*row as usize])), options.places),
        example: place::expression(snapshot, tree, ObjectId::new(calls[0])),
    };
    found.rows = rows.into_iter().take(options.rows).map(describe).collect();
    found
}

fn add(sum: &mut (u64, u64), bytes: u64) {
    *sum = (sum.0 + 1, sum.1.saturating_add(bytes));
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Code {
    name: String,
    type_name: String,
}

/// The different codes, and which one each call runs.
fn codes(snapshot: &Snapshot, calls: &[u32]) -> (Vec<Code>, Vec<u32>) {
    let mut known: HashMap<Code, u32> = HashMap::default();
    let mut codes = Vec::new();
    let number = |call: &u32| {
        let id = ObjectId::new(*call);
        let code = Code { name: code_name(snapshot, id), type_name: snapshot.objects().type_name(id).to_owned() };
        *known.entry(code).or_insert_with_key(|code| {
            codes.push(code.clone());
            codes.len() as u32 - 1
        })
    };
    let code_of = calls.iter().map(number).collect();
    (codes, code_of)
}

/// What the code object says, `app.py:12 rows`; else what the call does, `rows`.
fn code_name(snapshot: &Snapshot, call: ObjectId) -> String {
    let is_code = |id: ObjectId| builtin_type_of(snapshot, id) == Some("code");
    let mut references = snapshot.references().of(call);
    let code = references.find(|one| one.kind() == ReferenceKind::Internal && is_code(one.target));
    let text = code.and_then(|code| snapshot.texts().text(code.target)).or_else(|| snapshot.texts().text(call));
    text.unwrap_or("?").to_owned()
}

/// For each row the code whose calls alone lead there, [`SHARED`], or [`FREE`]. A call is kept by itself; what it keeps
/// through another call that waits is that one's.
fn keepers(snapshot: &Snapshot, tree: &ShortestPaths, calls: &[u32], code_of: &[u32]) -> Vec<u32> {
    let columns = snapshot.references().columns();
    let graph = Csr::new(&columns.offsets, &columns.targets);
    let holds = ReferenceTag::table(ReferenceTag::holds);
    let keep = |edge: u32| holds[columns.tags[edge as usize] as usize];
    let mut free = Marks::none(graph.nodes());
    // Calls that wait are a border: what is reached without passing one needs none of them.
    calls.iter().for_each(|call| _ = free.insert(*call));
    free.reach(graph, snapshot.root().map(ObjectId::get), keep);
    let mut keeper = vec![FREE; graph.nodes()];
    calls.iter().zip(code_of).for_each(|(call, code)| keeper[*call as usize] = *code);
    // Each object gets a code once, and may become shared once.
    let mut open: Vec<u32> = calls.iter().copied().filter(|call| tree.reaches(*call)).collect();
    while let Some(row) = open.pop() {
        for edge in graph.edges(row).filter(|edge| keep(*edge)) {
            let target = graph.target(edge);
            let (known, coming) = (keeper[target as usize], keeper[row as usize]);
            let next = if known == FREE { coming } else { SHARED };
            if tree.reaches(target) && !free.contains(target) && known != coming && known != SHARED {
                keeper[target as usize] = next;
                open.push(target);
            }
        }
    }
    keeper
}
