//! Why is it alive? `cargo run --locked --example why_alive -- app.parquet Session`

use heapgraph::analysis::{paths, select};
use heapgraph::format::{self, Source};
use std::io::Write;

fn main() -> heapgraph::Result<()> {
    let mut words = std::env::args().skip(1);
    let file = words.next().unwrap_or_else(|| "fixtures/tiny/shop.json".into());
    let object = words.next().unwrap_or_else(|| "Session".into());

    let snapshot = format::read(&Source::open(file.as_ref())?)?;
    let chosen = select::select(&snapshot, &object)?;
    let found = paths::chains(&snapshot, &chosen.ids, &paths::Options::default());

    let mut out = String::new();
    for chain in &found.chains {
        out += &format!("{}\n  {}\n", chain.arrows(&snapshot), chain.expression(&snapshot));
    }
    for id in &found.without {
        let address = snapshot.objects().address(*id).map(|address| address.to_string()).unwrap_or_default();
        out += &format!("{address} is garbage: no root reaches it\n");
    }
    std::io::stdout().write_all(out.as_bytes()).map_err(|error| heapgraph::Error::io("write", error))
}
