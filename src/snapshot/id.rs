//! Typed numbers: nothing in the public interface is a bare integer.

use std::fmt;

/// Where an object lived in the captured process: what `id()` returns there. Never an index, never dereferenced.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Address(pub u64);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

macro_rules! index_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(u32);

        impl $name {
            /// The id with this index. Whether it is in range is up to the table it belongs to.
            pub fn new(index: u32) -> Self {
                $name(index)
            }

            /// The index as a number.
            pub fn get(self) -> u32 {
                self.0
            }

            /// The index for a slice.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index_type! {
    /// An object's row in its snapshot.
    ObjectId
}
index_type! {
    /// A reference's position among all references of its snapshot, in order of holders.
    ReferenceId
}
index_type! {
    /// A type name in the snapshot's table of type names.
    TypeId
}
index_type! {
    /// A reference name in the snapshot's table of reference names.
    NameId
}
