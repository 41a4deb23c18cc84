//! What is in there? `cargo run --locked --example count_types -- app.parquet`

use heapgraph::analysis::census;
use heapgraph::format::{self, Source};
use heapgraph::render::table;
use std::io::Write;

fn main() -> heapgraph::Result<()> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "fixtures/tiny/shop.json".into());
    // Counting needs a few columns; of a Parquet file nothing else is read.
    let (objects, metadata, references) = format::read_objects(&Source::open(file.as_ref())?)?;
    let types = census::count(&objects, &census::Options::default());
    let python = metadata.python.as_deref().unwrap_or("unknown");
    let report = table::census(&types, 10, table::Sizes::Human);
    writeln!(std::io::stdout(), "{report}Python {python}, {references} references")
        .map_err(|error| heapgraph::Error::io("write", error))
}
