//! A picture of what leads to an object, as SVG on standard output:
//! `cargo run --locked --example draw_backrefs -- app.parquet "Session[0]" > why.svg`

use heapgraph::analysis::neighbourhood::{self, Direction};
use heapgraph::analysis::select;
use heapgraph::format::{self, Source};
use heapgraph::render::{self, DrawOptions, PictureFormat, scene};
use std::io::Write;

fn main() -> heapgraph::Result<()> {
    let mut words = std::env::args().skip(1);
    let file = words.next().unwrap_or_else(|| "fixtures/tiny/shop.json".into());
    let chosen = words.next().unwrap_or_else(|| "Session[0]".into());

    let snapshot = format::read(&Source::open(file.as_ref())?)?;
    let asked = select::select(&snapshot, &chosen)?.ids;
    let options = neighbourhood::Options { max_depth: 5, ..neighbourhood::Options::default() };
    let part = neighbourhood::walk(&snapshot, &snapshot.referrers(), &asked, Direction::Backrefs, &options);
    let scene = scene::ours(&snapshot, &part, &scene::PictureOptions::default());
    let picture = render::draw(&scene, PictureFormat::Svg, &DrawOptions::default())?;
    std::io::stdout().write_all(&picture.bytes).map_err(|error| heapgraph::Error::io("write", error))
}
