//! Whether two snapshots are of one process, so that an address means the same in both.

use super::Side;
use super::identity::Identity;
use crate::cpython::label::counted;
use crate::cpython::path::modules;
use crate::snapshot::{ObjectId, Snapshot};
use foldhash::HashMap;

/// What speaks for and against one process.
pub(super) struct Kinship {
    /// Whether addresses of one snapshot mean anything in the other.
    pub(super) same: bool,
    /// What a reader should know about it, one sentence each.
    pub(super) warnings: Vec<String>,
}

/// One object in so many at its old place is more than chance.
const CHANCE: usize = 10;

/// Compares what the metadata say, and what lies where: a new process gets its memory elsewhere, a fork keeps its
/// parent's addresses. `identity` is what comes out if addresses are believed.
///
/// Where most of the modules that both have lie elsewhere, and nearly all other objects too, it is another process,
/// whatever its number. Without modules the number decides, and where that is not known either, one process is taken
/// for granted.
pub(super) fn compare(old: &Snapshot, new: &Snapshot, identity: &Identity) -> Kinship {
    let (before, after) = (old.metadata(), new.metadata());
    let differ = |left: &Option<String>, right: &Option<String>| match (left, right) {
        (Some(left), Some(right)) if left != right => Some(format!("{left} and {right}")),
        _ => None,
    };
    let pids = match (before.pid, after.pid) {
        (Some(left), Some(right)) if left != right => Some(format!("pid {left} and {right}")),
        _ => None,
    };
    let pythons = differ(&before.python, &after.python).map(|pair| format!("Python {pair}"));
    let (common, in_place) = modules_in_place(old, new);
    let fewer = old.objects().real_ids().len().min(new.objects().real_ids().len());
    let moved = common > 0 && in_place * 2 < common && identity.stayed.count() * CHANCE < fewer;
    let moved_words =
        moved.then(|| format!("{} of {} at other addresses", common - in_place, counted(common, "module")));
    let same = pythons.is_none() && !moved && (common > 0 || pids.is_none());
    let mut warnings = Vec::new();
    if !same {
        let reasons: Vec<String> = [pids, pythons, moved_words].into_iter().flatten().collect();
        warnings.push(format!(
            "not of one process ({}): numbers by type hold, holders are matched by their paths, and which objects \
             appeared or went cannot be told",
            reasons.join(", ")
        ));
    } else if let Some(pids) = pids {
        warnings.push(format!("{pids}, yet the modules lie at the same addresses: taken for forks of one process"));
    }
    let commands = [&before.command, &after.command].map(|words| words.join(" "));
    if commands.iter().all(|command| !command.is_empty()) && commands[0] != commands[1] {
        warnings.push(format!("the commands differ: {} and {}", commands[0], commands[1]));
    }
    if let (Some(left), Some(right)) = (&before.captured_at, &after.captured_at)
        && left > right
    {
        warnings.push(format!("the older one comes second: captured {left} and {right}"));
    }
    Kinship { same, warnings }
}

/// How many names of modules both snapshots have, and how many of these lead to one address.
fn modules_in_place(old: &Snapshot, new: &Snapshot) -> (u64, u64) {
    let address = |snapshot: &Snapshot, id: ObjectId| snapshot.objects().columns().addresses[id.index()];
    let before: HashMap<&str, u64> = modules(old).into_iter().map(|(name, id)| (name, address(old, id))).collect();
    let after: HashMap<&str, u64> = modules(new).into_iter().map(|(name, id)| (name, address(new, id))).collect();
    let both = after.iter().filter_map(|(name, address)| Some((address, before.get(name)?)));
    both.fold((0, 0), |(common, in_place), (left, right)| (common + 1, in_place + u64::from(left == right)))
}

/// What a snapshot is of, in a few numbers. Linear.
pub(super) fn side(snapshot: &Snapshot) -> Side {
    let objects = snapshot.objects();
    let sizes = &objects.columns().sizes[objects.synthetic()..];
    let metadata = snapshot.metadata();
    Side {
        objects: sizes.len() as u64,
        references: snapshot.references().len() as u64,
        bytes: sizes.iter().fold(0, |sum: u64, size| sum.saturating_add(*size)),
        pid: metadata.pid,
        python: metadata.python.clone(),
        captured_at: metadata.captured_at.clone(),
    }
}
