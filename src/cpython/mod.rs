//! What CPython does: names and labels, path expressions, struct layouts per version.
