//! Empty and nearly empty dicts, lists and sets.

use super::Options;
use super::holding::{Holding, Places};
use crate::cpython::label::builtin_type;
use crate::cpython::room::{self, Room};
use crate::snapshot::{ObjectId, ReferenceKind, Snapshot};
use std::cmp::Reverse;

/// What containers cost that hold nothing or little.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Containers {
    /// Bytes of empty ones, and what nearly empty ones have set aside and do not use.
    pub bytes: u64,
    /// One row for each of dict, list and set that there is; most bytes first.
    pub rows: Vec<ContainerType>,
    /// Where empty and nearly empty ones are held, most bytes first.
    pub held: Vec<Holding>,
}

/// The containers of one type.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct ContainerType {
    /// Its long name.
    pub type_name: String,
    /// How many there are.
    pub count: u64,
    /// How many hold nothing.
    pub empty: u64,
    /// All the bytes of these.
    pub empty_bytes: u64,
    /// How many use at most a quarter of the room they have.
    pub nearly_empty: u64,
    /// Bytes that these have set aside for items that are not there.
    pub nearly_empty_slack: u64,
    /// The same of all containers of the type, full ones too; of empty ones what they have beyond the least.
    pub slack: u64,
    /// How many have a size that no table gives, and so no known room: in heaps written by hand.
    pub unknown: u64,
}

/// Which rule tells the room of a type.
#[derive(Clone, Copy)]
enum Rule {
    Dict,
    List,
    Set,
}

/// Looks at each builtin dict, list and set. Linear.
pub(super) fn find(snapshot: &Snapshot, places: &Places<'_>, options: &Options) -> Containers {
    let names = snapshot.objects().type_names();
    let rule = |name| match builtin_type(name) {
        Some("dict") => Some(Rule::Dict),
        Some("list") => Some(Rule::List),
        Some("set") => Some(Rule::Set),
        _ => None,
    };
    let rules: Vec<Option<Rule>> = names.iter().map(rule).collect();
    let mut types: Vec<ContainerType> =
        names.iter().map(|name| ContainerType { type_name: name.to_owned(), ..ContainerType::default() }).collect();
    let mut wasting: Vec<(u32, u64)> = Vec::new();
    for id in snapshot.objects().real_ids() {
        let of_type = snapshot.objects().type_id(id).index();
        let (Some(rule), Some(length)) = (rules[of_type], snapshot.texts().length(id)) else { continue };
        let cost = count(&mut types[of_type], room_of(snapshot, id, rule), length, snapshot.objects().size(id));
        wasting.extend(cost.map(|cost| (id.get(), cost)));
    }
    types.retain(|one| one.count > 0);
    let bytes = |one: &ContainerType| one.empty_bytes.saturating_add(one.nearly_empty_slack);
    types.sort_by(|a, b| (Reverse(bytes(a)), &a.type_name).cmp(&(Reverse(bytes(b)), &b.type_name)));
    Containers {
        bytes: types.iter().map(bytes).fold(0, u64::saturating_add),
        held: places.of(wasting.into_iter(), options.places),
        rows: types,
    }
}

/// Counts one container; what it wastes, if it is empty or nearly so.
fn count(one: &mut ContainerType, room: Option<Room>, length: u64, size: u64) -> Option<u64> {
    one.count += 1;
    let slack = room.map_or(0, |room| room.slack(length));
    one.slack = one.slack.saturating_add(slack);
    one.unknown += u64::from(room.is_none());
    if length == 0 {
        one.empty += 1;
        one.empty_bytes = one.empty_bytes.saturating_add(size);
        return Some(size);
    }
    room.filter(|room| room.is_nearly_empty(length)).map(|_| {
        one.nearly_empty += 1;
        one.nearly_empty_slack = one.nearly_empty_slack.saturating_add(slack);
        slack
    })
}

fn room_of(snapshot: &Snapshot, id: ObjectId, rule: Rule) -> Option<Room> {
    let size = snapshot.objects().size(id);
    match rule {
        Rule::List => room::list(size),
        Rule::Set => room::set(size),
        // The keys of a split dict belong to its class: it has values alone.
        Rule::Dict => {
            let mut references = snapshot.references().of(id);
            let keys = references.any(|one| one.kind() == ReferenceKind::DictKey);
            let holds = snapshot.references().of(id).len() > 0;
            room::dict(size, holds && !keys)
        }
    }
}
