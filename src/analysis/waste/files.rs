//! Files and sockets that are open, and who holds them.

use super::Options;
use super::holding::{Holding, Places};
use crate::analysis::place;
use crate::cpython::attribute::{key, own, own_dict};
use crate::cpython::descriptor::{self, Descriptor};
use crate::cpython::label::builtin_type;
use crate::cpython::repr::str_repr;
use crate::graph::ShortestPaths;
use crate::snapshot::{Address, ObjectId, Snapshot};

/// The descriptors of the standard streams come first; they are open in every program.
const STREAMS: u32 = 3;

/// Files and sockets of the heap.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Files {
    /// How many are open, without the standard streams.
    pub open: u64,
    /// How many are closed and still there.
    pub closed: u64,
    /// Of how many the snapshot does not say: it was taken without values.
    pub unknown: u64,
    /// The open ones, by descriptor.
    pub rows: Vec<OpenFile>,
    /// Where the open ones are held, most objects first.
    pub held: Vec<Holding>,
}

/// An open file or socket.
#[derive(Clone, PartialEq, Debug)]
pub struct OpenFile {
    /// The number of its descriptor.
    pub descriptor: u32,
    /// The long name of its type.
    pub type_name: String,
    /// `id()`.
    pub address: Option<Address>,
    /// What was opened, where that is a name.
    pub name: Option<String>,
    /// How a root leads to it, or to the stream around it that the program has in hand; `None` for garbage.
    pub expression: Option<String>,
}

/// Finds what has a descriptor. Linear.
pub(super) fn find(snapshot: &Snapshot, places: &Places<'_>, tree: &ShortestPaths, options: &Options) -> Files {
    let objects = snapshot.objects();
    let exact: Vec<bool> = objects.type_names().iter().map(descriptor::has_descriptor).collect();
    let builtin: Vec<bool> = objects.type_names().iter().map(|name| builtin_type(name).is_some()).collect();
    let mut found = Files::default();
    let mut open: Vec<(u32, ObjectId)> = Vec::new();
    for id in objects.real_ids() {
        let of_type = objects.type_id(id).index();
        // A string of a class of one's own may read like a descriptor; but strings have a length.
        if builtin[of_type] || snapshot.texts().length(id).is_some() {
            continue;
        }
        match snapshot.texts().text(id).and_then(descriptor::parse) {
            Some(Descriptor::Open(number)) if number < STREAMS && exact[of_type] => {}
            Some(Descriptor::Open(number)) => open.push((number, id)),
            Some(Descriptor::Closed) => found.closed += 1,
            None => found.unknown += u64::from(exact[of_type]),
        }
    }
    open.sort_unstable();
    found.open = open.len() as u64;
    let outermost: Vec<(u32, ObjectId, ObjectId)> =
        open.into_iter().map(|(number, id)| (number, id, stream_around(snapshot, tree, id))).collect();
    let weighed = outermost.iter().map(|(_, id, around)| (around.get(), objects.size(*id)));
    found.held = places.of(weighed, options.places);
    found.held.sort_by(|a, b| b.objects.cmp(&a.objects).then_with(|| a.place.cmp(&b.place)));
    let describe = |&(descriptor, id, around): &(u32, ObjectId, ObjectId)| OpenFile {
        descriptor,
        type_name: objects.type_name(id).to_owned(),
        address: objects.address(id),
        name: name_of(snapshot, id),
        expression: place::expression(snapshot, tree, around),
    };
    found.rows = outermost.iter().take(options.rows).map(describe).collect();
    found
}

/// The file object that a program holds, where the one with the descriptor lies inside: a text stream around a buffer
/// around the file (Lib/_pyio.py shows the layers).
fn stream_around(snapshot: &Snapshot, tree: &ShortestPaths, id: ObjectId) -> ObjectId {
    const LAYERS: usize = 4;
    let is_layer = |id: ObjectId| {
        let name = snapshot.objects().type_name(id);
        name.starts_with("_io.") || name == "socket.SocketIO"
    };
    let outwards = std::iter::successors(Some(id), |id| tree.arrival(id.get()).map(|step| ObjectId::new(step.from)));
    outwards.skip(1).take(LAYERS).take_while(|id| is_layer(*id)).last().unwrap_or(id)
}

/// `FileIO.name`: the path, if it was opened by one; a descriptor says nothing new.
fn name_of(snapshot: &Snapshot, id: ObjectId) -> Option<String> {
    let listed = own_dict(snapshot, id).and_then(|dict| key(snapshot, dict, &str_repr("name")));
    let name = listed.or_else(|| own(snapshot, id, "name"))?;
    let is_text = matches!(builtin_type(snapshot.objects().type_name(name)), Some("str" | "bytes"));
    snapshot.texts().text(name).filter(|_| is_text).map(str::to_owned)
}
