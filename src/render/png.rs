//! Our SVG to pixels, with the embedded font.

use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, PixelDimensions, Unit};
use resvg::tiny_skia::{Pixmap, Transform};

use super::picture::Picture;
use super::shaped;
use crate::error::{Error, Result};

/// The units of an SVG in an inch.
const UNITS_PER_INCH: f64 = 96.0;
/// Eight bytes of memory each while a picture is drawn.
const MOST_PIXELS: f64 = 40e6;

/// Draws an SVG of this size with `dpi` pixels per inch. Past 40 million pixels it is scaled down, and a notice says so.
///
/// What the embedded font lacks is an empty box, or with `system_fonts` what the machine's fonts make of it.
///
/// # Errors
/// A resolution that is no positive number; an SVG that cannot be drawn, which ours can.
pub fn write(svg: &str, size: (u32, u32), dpi: f64, system_fonts: bool) -> Result<Picture> {
    let canvas = draw(svg, size, dpi, system_fonts)?;
    let (width, height) = (canvas.width(), canvas.height());
    let (wanted, scale) = (dpi / UNITS_PER_INCH, scale(size, dpi));
    let bytes = encode(&canvas, scale).map_err(|error| Error::invalid(format!("cannot encode: {error}")))?;
    let notice =
        format!("scaled down to {width} × {height} pixels, {:.0} % of what was asked for", scale / wanted * 100.0);
    let scaled = (scale < wanted).then_some(notice);
    let notices = scaled.into_iter().chain(shaped::notice(svg, system_fonts)).collect();
    Ok(Picture { bytes, size: Some((width, height)), notices })
}

/// The pixels alone.
pub(super) fn draw(svg: &str, size: (u32, u32), dpi: f64, system_fonts: bool) -> Result<Pixmap> {
    if !(dpi > 0.0 && dpi.is_finite()) {
        let error = Error::invalid(format!("expected pixels per inch, found {dpi}"));
        return Err(error.with_hint("the usual number is 144"));
    }
    let scale = scale(size, dpi);
    let pixels = |length: u32| ((f64::from(length) * scale).floor() as u32).max(1);
    let (width, height) = (pixels(size.0), pixels(size.1));
    let tree = shaped::parse(svg, system_fonts)?;
    let mut canvas = Pixmap::new(width, height)
        .ok_or_else(|| Error::unsupported(format!("no memory for a picture of {width} × {height} pixels")))?;
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut canvas.as_mut());
    Ok(canvas)
}

/// Pixels for a unit of the SVG, as far as the whole has no more than it may.
fn scale(size: (u32, u32), dpi: f64) -> f64 {
    let area = f64::from(size.0) * f64::from(size.1);
    (dpi / UNITS_PER_INCH).min((MOST_PIXELS / area.max(1.0)).sqrt())
}

/// Fast rather than small: encoding is most of the time that a picture takes. The ground is opaque, so there is no alpha.
fn encode(canvas: &Pixmap, scale: f64) -> Result<Vec<u8>, EncodingError> {
    let rgb: Vec<u8> = canvas.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, canvas.width(), canvas.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    let per_metre = (scale * UNITS_PER_INCH / 0.0254).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: per_metre, yppu: per_metre, unit: Unit::Meter }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&rgb)?;
    writer.finish()?;
    Ok(bytes)
}
