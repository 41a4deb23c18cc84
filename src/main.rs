//! The command line of heapgraph.

fn main() {}
