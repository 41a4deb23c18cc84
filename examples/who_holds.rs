//! Who holds each of its references? `cargo run --locked --example who_holds -- app.parquet "Session[0]"`

use heapgraph::analysis::{object, select};
use heapgraph::format::{self, Source};
use std::io::Write;

fn main() -> heapgraph::Result<()> {
    let mut words = std::env::args().skip(1);
    let file = words.next().unwrap_or_else(|| "fixtures/tiny/shop.json".into());
    let chosen = words.next().unwrap_or_else(|| "Session[0]".into());

    let snapshot = format::read(&Source::open(file.as_ref())?)?;
    // The reverse adjacency is a value of its own: build it once, ask often.
    let referrers = snapshot.referrers();
    let mut out = String::new();
    for id in select::select(&snapshot, &chosen)?.ids {
        let report = object::explain(&snapshot, &referrers, id, &object::Options::default());
        out += &format!("{} has {} references\n", report.title, report.refcount);
        for holder in &report.holders.listed {
            let names: Vec<&str> = holder.references.iter().filter_map(|held| held.label.as_deref()).collect();
            out += &format!("  {} by {} {}\n", holder.count, holder.title, names.join(", "));
        }
        out += &format!("  {} from outside Python\n", report.held_outside);
    }
    std::io::stdout().write_all(out.as_bytes()).map_err(|error| heapgraph::Error::io("write", error))
}
