//! Generic algorithms over flat arrays of `u32`. Knows nothing of Python.
