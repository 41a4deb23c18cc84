//! One question a file, one report each.
