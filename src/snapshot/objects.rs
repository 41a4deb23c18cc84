//! The columns of a snapshot that have one value per object.

use super::address_index::AddressIndex;
use super::flag::Flags;
use super::id::{Address, ObjectId, TypeId};
use super::kind::RootKind;
use super::strings::{Strings, TextColumn};
use crate::error::{Error, Result};

/// Which list of the collector an object stood in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Debug)]
pub struct Generation(pub u8);

impl Generation {
    /// The permanent generation: objects that `gc.freeze()` set aside.
    pub const FROZEN: Generation = Generation(3);
    /// Not in any list of the collector.
    pub const UNTRACKED: Generation = Generation(255);

    /// Whether the collector knows the object: generations 0 to 2 and frozen.
    pub fn is_tracked(self) -> bool {
        self <= Self::FROZEN
    }
}

/// The plain columns that [`Objects`] is made of, one entry per row in each.
#[derive(Clone, Default, Debug)]
pub struct ObjectColumns {
    /// Zero for synthetic rows.
    pub addresses: Vec<u64>,
    /// Indexes into `type_names`.
    pub types: Vec<u32>,
    /// The distinct type names.
    pub type_names: Strings,
    /// Bytes of the object itself.
    pub sizes: Vec<u64>,
    /// As stored in the object; saturated at 2³²−1.
    pub refcounts: Vec<u32>,
    /// 0-2, 3 frozen, 255 untracked.
    pub generations: Vec<u8>,
    /// See [`Flags`].
    pub flags: Vec<u32>,
}

/// All that is known of each object without its text and its references.
///
/// Synthetic rows come first; see [`Objects::synthetic`].
#[derive(Clone, Default, Debug)]
pub struct Objects {
    columns: ObjectColumns,
    synthetic: usize,
}

impl Objects {
    /// Takes the columns as they are.
    ///
    /// # Errors
    /// Columns of unequal length, a type index out of range, an unknown generation or flag, a synthetic row with an
    /// address or behind an ordinary one, an ordinary row without an address: each named by its row.
    pub fn new(columns: ObjectColumns) -> Result<Self> {
        let rows = columns.addresses.len();
        u32::try_from(rows).map_err(|_| Error::unsupported(format!("{rows} objects; at most 2³²−1 fit")))?;
        let lengths = [
            columns.types.len(),
            columns.sizes.len(),
            columns.refcounts.len(),
            columns.generations.len(),
            columns.flags.len(),
        ];
        if lengths.iter().any(|length| *length != rows) {
            return Err(Error::malformed(format!("expected {rows} values in each column, found {lengths:?}")));
        }
        let synthetic = columns.flags.iter().take_while(|bits| *bits & Flags::SYNTHETIC.bits() != 0).count();
        let objects = Objects { columns, synthetic };
        (0..rows).try_for_each(|row| objects.check_row(row).map_err(|error| error.at(format!("row {row}"))))?;
        Ok(objects)
    }

    fn check_row(&self, row: usize) -> Result<()> {
        let columns = &self.columns;
        if columns.types[row] as usize >= columns.type_names.len() {
            return Err(Error::malformed("its type is not among the type names"));
        }
        let generation = columns.generations[row];
        if generation > 3 && generation != Generation::UNTRACKED.0 {
            return Err(Error::malformed(format!("expected a generation of 0 to 3 or 255, found {generation}")));
        }
        let Some(flags) = Flags::from_bits(columns.flags[row]) else {
            return Err(Error::malformed(format!("unknown flags in {:#x}", columns.flags[row])));
        };
        let synthetic = flags.contains(Flags::SYNTHETIC);
        match (synthetic, columns.addresses[row]) {
            (true, 0) if row >= self.synthetic => {
                Err(Error::malformed("a synthetic row behind an ordinary one; synthetic rows come first"))
            }
            (true, 0) => Ok(()),
            (true, address) => Err(Error::malformed(format!("a synthetic row with the address {address:#x}"))),
            (false, 0) => Err(Error::malformed("no address, and not synthetic")),
            (false, _) => Ok(()),
        }
    }

    /// That no two objects share an address. Linear, about 20 ms per million objects.
    ///
    /// # Errors
    /// Two that do: the later one by row and address.
    pub(crate) fn check_distinct(&self) -> Result<()> {
        let addresses = &self.columns.addresses;
        AddressIndex::first_repeated(addresses).map_or(Ok(()), |row| {
            let address = Address(addresses[row]);
            Err(Error::malformed(format!("row {row}: a second object at {address}")))
        })
    }

    /// How many rows there are, synthetic ones included.
    pub fn len(&self) -> usize {
        self.columns.addresses.len()
    }

    /// Whether there is no row at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many of the rows, the first ones, are synthetic.
    pub fn synthetic(&self) -> usize {
        self.synthetic
    }

    /// Every row, synthetic ones first.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + DoubleEndedIterator + Clone + use<> {
        (0..self.len() as u32).map(ObjectId::new)
    }

    /// The rows that stand for real objects, in order.
    pub fn real_ids(&self) -> impl ExactSizeIterator<Item = ObjectId> + DoubleEndedIterator + Clone + use<> {
        (self.synthetic as u32..self.len() as u32).map(ObjectId::new)
    }

    /// Where it lived; `None` for a synthetic row.
    pub fn address(&self, id: ObjectId) -> Option<Address> {
        let address = self.columns.addresses[id.index()];
        (address != 0).then_some(Address(address))
    }

    /// The row of the object at this address. Linear: one pass over the addresses, about a millisecond per two million.
    pub fn find(&self, address: Address) -> Option<ObjectId> {
        let found = self.columns.addresses.iter().position(|&known| known == address.0 && known != 0);
        found.map(|row| ObjectId::new(row as u32))
    }

    /// Which type, as an index that is cheap to compare.
    pub fn type_id(&self, id: ObjectId) -> TypeId {
        TypeId::new(self.columns.types[id.index()])
    }

    /// The type's long name: `module.qualname`, or for a synthetic row a word in angle brackets.
    pub fn type_name(&self, id: ObjectId) -> &str {
        self.name_of_type(self.type_id(id))
    }

    /// The long name of a type.
    pub fn name_of_type(&self, id: TypeId) -> &str {
        self.columns.type_names.get(id.get()).unwrap_or("?")
    }

    /// All type names, in order of their ids. Some may have no object left.
    pub fn type_names(&self) -> &Strings {
        &self.columns.type_names
    }

    /// Bytes of the object itself, with its collector header.
    pub fn size(&self, id: ObjectId) -> u64 {
        self.columns.sizes[id.index()]
    }

    /// The count stored in the object.
    pub fn refcount(&self, id: ObjectId) -> u32 {
        self.columns.refcounts[id.index()]
    }

    /// Which list of the collector it stood in.
    pub fn generation(&self, id: ObjectId) -> Generation {
        Generation(self.columns.generations[id.index()])
    }

    /// What is special about it.
    pub fn flags(&self, id: ObjectId) -> Flags {
        Flags::from_bits(self.columns.flags[id.index()]).unwrap_or_default()
    }

    /// Whether the row stands for a kind of root.
    pub fn is_synthetic(&self, id: ObjectId) -> bool {
        id.index() < self.synthetic
    }

    /// Which kind of root a synthetic row holds; `None` for `<root>` itself and for real objects.
    pub fn root_kind(&self, id: ObjectId) -> Option<RootKind> {
        if self.is_synthetic(id) { RootKind::from_row_type(self.type_name(id)) } else { None }
    }

    /// The columns, for a writer.
    pub fn columns(&self) -> &ObjectColumns {
        &self.columns
    }
}

/// What tells an object from its like: its length and a short text, one of each per row.
#[derive(Clone, Default, Debug)]
pub struct Texts {
    lengths: Vec<u64>,
    texts: TextColumn,
}

impl Texts {
    /// Adds the next row.
    ///
    /// # Errors
    /// Refused past 4 GiB of text.
    pub fn push(&mut self, length: Option<u64>, text: Option<&str>) -> Result<()> {
        // An object of 2⁶⁴−1 items does not exist, so that number can stand for "none".
        self.lengths.push(length.unwrap_or(u64::MAX));
        self.texts.push(text)
    }

    /// `len()` of a sized object.
    pub fn length(&self, id: ObjectId) -> Option<u64> {
        self.lengths.get(id.index()).copied().filter(|length| *length != u64::MAX)
    }

    /// The value's first 80 characters, or the name of a function, class, module or root.
    pub fn text(&self, id: ObjectId) -> Option<&str> {
        self.texts.get(id.index())
    }

    /// How many bytes the texts have together.
    pub fn bytes(&self) -> usize {
        self.texts.bytes()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }
}
