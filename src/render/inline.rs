//! A picture between the lines of a terminal that can show one.

use std::fmt::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::picture::{DEFAULT_DPI, DrawOptions, Picture, lay_out};
use super::scene::Scene;
use super::{png, svg};
use crate::error::Result;

/// How a terminal takes pictures.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// kitty's graphics protocol: kitty, Ghostty, Konsole.
    Kitty,
    /// iTerm2's inline images: iTerm2, WezTerm, mintty, VS Code.
    Iterm2,
    /// DEC's sixels: foot, mlterm, contour, Windows Terminal, xterm where it is allowed.
    Sixel,
}

/// A terminal's column in units of the SVG: terminals do not tell before they are asked.
const UNITS_PER_COLUMN: f64 = 9.0;
/// kitty's `MAX_IMAGE_DIMENSION` (kitty/graphics.c), less one for rounding.
const LONGEST: f64 = 9_999.0;
/// Most characters of base64 in one of kitty's chunks.
const CHUNK: usize = 4096;

/// Draws a scene as the bytes that make the terminal show it, at most `columns` wide, ending in a line break.
///
/// # Errors
/// As [`draw`](super::draw) a PNG; sixels in a build without the feature `terminal-images`.
pub fn draw_inline(scene: &Scene, protocol: Protocol, columns: usize, options: &DrawOptions) -> Result<Picture> {
    let drawing = lay_out(scene, options)?;
    let most = columns.max(1) as f64;
    let wanted = (f64::from(drawing.size().0) / UNITS_PER_COLUMN).ceil();
    let dpi = options.dpi.unwrap_or(DEFAULT_DPI);
    if protocol == Protocol::Sixel {
        // Sixels are pixels of the screen: there is nobody to scale them.
        return sixel(&drawing, dpi.min(96.0) * (most / wanted).min(1.0), options.system_fonts);
    }
    // kitty shows nothing beyond this, and says nothing.
    let side = f64::from(drawing.size().0.max(drawing.size().1).max(1));
    let picture = png::write(&drawing.write(), drawing.size(), dpi.min(LONGEST * 96.0 / side), options.system_fonts)?;
    let (columns, bytes) = (wanted.min(most), &picture.bytes);
    let text = match protocol {
        Protocol::Iterm2 => iterm2(bytes, columns),
        _ => kitty(bytes, columns),
    };
    Ok(Picture { bytes: text.into_bytes(), ..picture })
}

/// The file in chunks, each but the last saying that more comes; shown where the cursor stands, without an answer.
fn kitty(file: &[u8], columns: f64) -> String {
    let text = BASE64.encode(file);
    let (mut out, mut rest) = (String::new(), text.as_str());
    let mut control = format!("a=T,f=100,q=2,c={columns},");
    while !rest.is_empty() {
        let (chunk, after) = rest.split_at(CHUNK.min(rest.len()));
        let more = u8::from(!after.is_empty());
        write!(out, "\x1b_G{control}m={more};{chunk}\x1b\\").expect("writing to a string cannot fail");
        control.clear();
        rest = after;
    }
    out.push('\n');
    out
}

fn iterm2(file: &[u8], columns: f64) -> String {
    let (size, text) = (file.len(), BASE64.encode(file));
    format!("\x1b]1337;File=inline=1;size={size};width={columns};preserveAspectRatio=1:{text}\x07\n")
}

#[cfg(feature = "terminal-images")]
fn sixel(drawing: &svg::Drawing, dpi: f64, system_fonts: bool) -> Result<Picture> {
    let canvas = png::draw(&drawing.write(), drawing.size(), dpi, system_fonts)?;
    let (width, height) = (canvas.width(), canvas.height());
    let options = icy_sixel::EncodeOptions { diffusion: 0.0, ..icy_sixel::EncodeOptions::default() };
    let text = icy_sixel::sixel_encode(canvas.data(), width as usize, height as usize, &options)
        .map_err(|error| crate::error::Error::invalid(format!("cannot encode sixels: {error}")))?;
    Ok(Picture { bytes: (text + "\n").into_bytes(), size: Some((width, height)), notices: Vec::new() })
}

#[cfg(not(feature = "terminal-images"))]
fn sixel(_: &svg::Drawing, _: f64, _: bool) -> Result<Picture> {
    Err(crate::error::Error::unsupported("this build writes no sixels")
        .with_hint("-o x.png, or build with the feature terminal-images"))
}
