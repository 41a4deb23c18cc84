//! Tiny heaps from one line of text, for tests.
