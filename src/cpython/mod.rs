//! What CPython does: names and labels, path expressions, struct layouts per version.

pub mod c_types;
pub mod layout;
