//! A running Python process to a file: `cargo run --locked --example capture_process -- 4711 app.parquet`

use heapgraph::capture::{Options, capture_pid};
use heapgraph::format::{Format, Overwrite, write_file};
use heapgraph::{Error, Result};
use std::io::Write;

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let pid = words.next().and_then(|pid| pid.parse().ok());
    let pid = pid.ok_or_else(|| Error::invalid("expected a pid").with_hint("pgrep -a python3"))?;
    let file = words.next().unwrap_or_else(|| format!("{pid}.parquet"));

    let snapshot = capture_pid(pid, &Options::default())?;
    write_file(&snapshot, Format::Parquet, file.as_ref(), Overwrite::Refuse)?;
    let pause = snapshot.metadata().pause_ms.unwrap_or_default();
    writeln!(std::io::stdout(), "{file}: {} rows, stopped for {pause:.1} ms", snapshot.objects().len())
        .map_err(|error| Error::io("write", error))
}
