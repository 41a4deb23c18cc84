//! Pictures for terminals, taken apart again by decoders of our own and, for sixels, by that of xterm.js.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use heapgraph::render::{DrawOptions, PictureFormat, Protocol, draw, draw_inline};

use crate::node;
use crate::shapes::{leaked_session, random_scene};

fn inline(protocol: Protocol, columns: usize, options: &DrawOptions) -> String {
    let picture = draw_inline(&leaked_session(), protocol, columns, options).expect("drawn");
    String::from_utf8(picture.bytes).expect("base64 and sixels are ASCII")
}

fn png() -> Vec<u8> {
    draw(&leaked_session(), PictureFormat::Png, &DrawOptions::default()).expect("drawn").bytes
}

#[test]
fn kitty_gets_the_png_in_chunks() {
    let text = inline(Protocol::Kitty, 60, &DrawOptions::default());
    let body = text.strip_suffix("\x1b\\\n").expect("the last chunk ends, then the line");
    let (mut file, chunks) = (String::new(), body.split("\x1b\\").collect::<Vec<_>>());
    for (nth, chunk) in chunks.iter().enumerate() {
        let (control, data) = chunk.strip_prefix("\x1b_G").and_then(|chunk| chunk.split_once(';')).expect("a chunk");
        let more = if nth + 1 < chunks.len() { "m=1" } else { "m=0" };
        let expected = if nth == 0 { format!("a=T,f=100,q=2,c=60,{more}") } else { more.to_owned() };
        assert_eq!(control, expected, "chunk {nth}");
        assert!(data.len() <= 4096 && (nth + 1 == chunks.len() || data.len() % 4 == 0), "{} characters", data.len());
        file += data;
    }
    assert!(chunks.len() > 2 && BASE64.decode(file).expect("base64") == png());
}

#[test]
fn iterm2_gets_the_png_in_one_piece() {
    let text = inline(Protocol::Iterm2, 500, &DrawOptions::default());
    let body = text.strip_prefix("\x1b]1337;File=").and_then(|text| text.strip_suffix("\x07\n")).expect("one sequence");
    let (control, data) = body.split_once(':').expect("control and file");
    let png = png();
    assert!(BASE64.decode(data).expect("base64") == png);
    // A picture that is narrower than the terminal keeps its size.
    let (width, _) = draw(&leaked_session(), PictureFormat::Svg, &DrawOptions::default()).unwrap().size.unwrap();
    let columns = width.div_ceil(9);
    assert_eq!(control, format!("inline=1;size={};width={columns};preserveAspectRatio=1", png.len()));
}

/// Sixels have few colours; ours are few too, so what comes back is nearly what was drawn.
#[test]
#[cfg(feature = "terminal-images")]
fn sixels_read_back_as_the_pixels() {
    let options = DrawOptions { dpi: Some(96.0), ..DrawOptions::default() };
    let folder = node::packages("sixel", &["sixel@0.16.0"]);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("picture.sixel");
    let text = inline(Protocol::Sixel, 1000, &options);
    assert!(text.starts_with("\x1bP") && text.ends_with("\x1b\\\n"));
    std::fs::write(&path, text).expect("target/tmp is ours to write");
    let pixels = path.with_extension("rgba");
    let arguments = [path.as_os_str(), pixels.as_os_str()];
    let said = node::run(&folder, "tests/render/browser/sixel.mjs", &arguments);
    let found = std::fs::read(pixels).expect("pixels");

    let picture = draw(&leaked_session(), PictureFormat::Png, &options).expect("drawn");
    let (width, height) = picture.size.expect("a size");
    assert_eq!(said.trim(), format!("{width} {height}"));
    let mut reader = png::Decoder::new(std::io::Cursor::new(picture.bytes)).read_info().expect("PNG");
    let mut expected = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut expected).expect("pixels");
    let pairs = expected.chunks(3).zip(found.chunks(4));
    let off: u64 = pairs.map(|(one, other)| (0..3).map(|at| u64::from(one[at].abs_diff(other[at]))).sum::<u64>()).sum();
    let mean = off as f64 / expected.len() as f64;
    assert!(mean < 4.0, "sixels are {mean:.2} of 255 off the pixels");
}

#[test]
#[cfg(feature = "terminal-images")]
fn sixels_are_no_wider_than_the_terminal() {
    let scene = random_scene(5, 60, 40);
    let picture = draw_inline(&scene, Protocol::Sixel, 80, &DrawOptions::default()).expect("drawn");
    assert!(picture.size.is_some_and(|(width, _)| width <= 80 * 9), "{:?}", picture.size);
}
