//! Each question on the smallest heap that shows its rule, drawn as one line of text.
#![cfg(test)]

mod collect;
mod counts;
mod cycles;
mod deep;
mod diff;
mod leaks;
mod merged;
mod neighbourhood;
mod object;
mod objgraph;
mod paths;
mod retained;
mod select;
mod waste;

/// A module `app` with the names that follow, each `label['NAME']`: the beginning of most sketches.
fn app(names: &str, rest: &str) -> heapgraph::Snapshot {
    heapgraph::testkit::sketch(&format!("<modules> > app; app:module=app > ns.__dict__; ns:dict > {names}; {rest}"))
}
