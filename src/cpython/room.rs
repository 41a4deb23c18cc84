//! How many items a container could take before it has to grow, from the size that `sys.getsizeof` gives.
//!
//! What each structure takes without items, and how its table grows, is the same from 3.8 to 3.14, but for the header
//! of a dict's keys; sizes have the collector's header of 16 bytes.

/// The memory that a container has set aside for items.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    /// How many items fit before it grows.
    pub capacity: u64,
    /// Bytes set aside for each.
    pub item_bytes: u64,
}

impl Room {
    /// Bytes set aside for items that are not there.
    pub fn slack(self, length: u64) -> u64 {
        self.capacity.saturating_sub(length).saturating_mul(self.item_bytes)
    }

    /// Whether at most a quarter of it is used, and something is.
    pub fn is_nearly_empty(self, length: u64) -> bool {
        length > 0 && length.saturating_mul(4) <= self.capacity
    }
}

const LIST: u64 = 56;
const DICT: u64 = 64;
const SET: u64 = 216;
/// Headers of a keys table: `dk_lookup` is part of it up to 3.10 (Objects/dict-common.h, pycore_dict.h).
const KEYS: [u64; 2] = [32, 40];

/// A list: a pointer for each place (Objects/listobject.c, `list___sizeof__`).
pub fn list(size: u64) -> Option<Room> {
    let table = size.checked_sub(LIST)?;
    table.is_multiple_of(8).then_some(Room { capacity: table / 8, item_bytes: 8 })
}

/// A set: eight places of hash and key inside the structure, or a table. It grows when the item added makes it three
/// fifths full (Objects/setobject.c, `set_add_entry`).
pub fn set(size: u64) -> Option<Room> {
    let table = size.checked_sub(SET)?;
    let places = if table == 0 { 8 } else { table / 16 };
    let sound = table.is_multiple_of(16) && places.is_power_of_two() && places >= 8;
    sound.then(|| Room { capacity: ((places - 1) * 3 - 1) / 5, item_bytes: 16 })
}

/// A dict. `split`: its keys belong to a class, and it has the values alone (a pointer for each key of the class).
///
/// Otherwise there is a table of keys: a header, an index of one to eight bytes a place, and entries for two thirds of
/// the places; an entry is key and value, with the hash where not all keys are strings, and up to 3.10 always
/// (Objects/dictobject.c, `_PyDict_SizeOf`). An empty dict shares a table with all others and has no room.
pub fn dict(size: u64, split: bool) -> Option<Room> {
    let table = size.checked_sub(DICT)?;
    if table == 0 {
        return Some(Room { capacity: 0, item_bytes: 0 });
    }
    if split {
        return table.is_multiple_of(8).then_some(Room { capacity: table / 8, item_bytes: 8 });
    }
    let kinds = [(KEYS[0], 16), (KEYS[0], 24), (KEYS[1], 24)];
    let tables = (3..40).map(|log| 1u64 << log).flat_map(|places| kinds.map(|(header, item)| (places, header, item)));
    let fits = |&(places, header, item_bytes): &(u64, u64, u64)| {
        table == header + index_bytes(places) + usable(places) * item_bytes
    };
    let mut found = tables.filter(fits);
    found.next().map(|(places, _, item_bytes)| Room { capacity: usable(places), item_bytes })
}

/// An index entry is as wide as the largest index needs, less the sign.
fn index_bytes(places: u64) -> u64 {
    let width = match places {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xffff_ffff => 4,
        _ => 8,
    };
    places * width
}

fn usable(places: u64) -> u64 {
    places * 2 / 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_python_tell_their_room() {
        let room = |capacity, item_bytes| Some(Room { capacity, item_bytes });
        // `sys.getsizeof` of CPython 3.12: [], [None]; set(), {…five}; {}, {'a': 1}, {1: 1}, of 3.8 any dict of one.
        assert_eq!((list(56), list(64), list(40), list(57)), (room(0, 8), room(1, 8), None, None));
        assert_eq!((set(216), set(728), set(217)), (room(4, 16), room(18, 16), None));
        assert_eq!((dict(64, false), dict(184, false), dict(224, false)), (room(0, 0), room(5, 16), room(5, 24)));
        assert_eq!((dict(232, false), dict(100, false)), (room(5, 24), None));
        // An own `__dict__` of 3.8 with room for five values.
        assert_eq!(dict(104, true), room(5, 8));
    }

    #[test]
    fn no_two_tables_have_one_size() {
        for header in KEYS {
            let mut sizes: Vec<u64> = (3..32)
                .map(|log| 1u64 << log)
                .flat_map(|places| [16, 24].map(|item| header + index_bytes(places) + usable(places) * item))
                .collect();
            sizes.sort_unstable();
            assert!(sizes.windows(2).all(|pair| pair[0] != pair[1]));
        }
    }

    #[test]
    fn slack_is_what_is_set_aside_and_not_used() {
        let room = Room { capacity: 8, item_bytes: 8 };
        assert_eq!((room.slack(3), room.slack(9)), (40, 0));
        assert_eq!([0, 1, 2, 3].map(|length| room.is_nearly_empty(length)), [false, true, true, false]);
    }
}
