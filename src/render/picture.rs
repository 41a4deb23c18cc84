//! One scene to the bytes of one format.

use super::layout::{Graphviz, Layered, Layout};
use super::scene::Scene;
use super::style::{DARK, LIGHT, Theme};
use super::{dot, mermaid, svg};
use crate::error::Result;

/// What a picture is written as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum PictureFormat {
    /// Graphviz's language.
    Dot,
    /// Vector graphics.
    Svg,
    /// Pixels.
    Png,
    /// `heapgraph.picture/1`.
    Json,
    /// A page with the vector graphics in it, to walk about in.
    Html,
    /// One page, with text that can be searched.
    Pdf,
    /// Mermaid's flowchart.
    Mermaid,
}

impl PictureFormat {
    /// All formats with their endings.
    pub const ALL: [(PictureFormat, &str); 7] = [
        (PictureFormat::Dot, "dot"),
        (PictureFormat::Svg, "svg"),
        (PictureFormat::Png, "png"),
        (PictureFormat::Json, "json"),
        (PictureFormat::Html, "html"),
        (PictureFormat::Pdf, "pdf"),
        (PictureFormat::Mermaid, "mmd"),
    ];

    /// The format of a file with this ending, without its dot. `gv` is DOT too, `htm` HTML, `mermaid`
    /// Mermaid.
    pub fn from_ending(ending: &str) -> Option<Self> {
        let ending = ending.to_ascii_lowercase();
        let known = Self::ALL.into_iter().find(|(_, known)| *known == ending).map(|(format, _)| format);
        known.or(match ending.as_str() {
            "gv" => Some(PictureFormat::Dot),
            "mermaid" => Some(PictureFormat::Mermaid),
            "htm" => Some(PictureFormat::Html),
            _ => None,
        })
    }

    /// The ending of a file in this format.
    pub fn ending(self) -> &'static str {
        Self::ALL[self as usize].1
    }
}

/// Who says where the boxes stand.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum Engine {
    /// The layout that is built in.
    #[default]
    Layered,
    /// An installed Graphviz.
    Dot,
}

/// Which colours a picture is drawn in.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub enum ThemeChoice {
    /// Light; a page goes by what its reader's system prefers.
    #[default]
    Auto,
    /// Dark text on white.
    Light,
    /// Light text on a dark ground.
    Dark,
}

impl ThemeChoice {
    /// Its colours.
    pub fn theme(self) -> &'static Theme {
        match self {
            ThemeChoice::Auto | ThemeChoice::Light => &LIGHT,
            ThemeChoice::Dark => &DARK,
        }
    }
}

/// How a scene is drawn, whatever the format.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub struct DrawOptions {
    /// Who says where the boxes stand.
    pub engine: Engine,
    /// Which colours.
    pub theme: ThemeChoice,
    /// Pixels per inch of a PNG, where 96 make one pixel of each unit of the SVG; `None` for [`DEFAULT_DPI`].
    pub dpi: Option<f64>,
    /// Take letters that the embedded font lacks from the machine's fonts, in PNG and PDF. Then the bytes depend on the
    /// machine.
    pub system_fonts: bool,
}

/// Pixels per inch of a PNG that nobody asked otherwise: one and a half for each unit of the SVG.
pub const DEFAULT_DPI: f64 = 144.0;

/// A finished picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Picture {
    /// The file.
    pub bytes: Vec<u8>,
    /// Width and height, in pixels for PNG and in user units for SVG; `None` for DOT and JSON.
    pub size: Option<(u32, u32)>,
    /// What the reader should be told: that it was scaled down, for instance.
    pub notices: Vec<String>,
}

impl Picture {
    /// A picture that is text.
    pub(super) fn text(text: String) -> Self {
        Picture { bytes: text.into_bytes(), size: None, notices: Vec::new() }
    }
}

/// Draws a scene.
///
/// # Errors
/// A scene beyond what the layout can do, `dot` missing or failing, PNG in a build without it, a resolution that is no
/// positive number.
pub fn draw(scene: &Scene, format: PictureFormat, options: &DrawOptions) -> Result<Picture> {
    match format {
        PictureFormat::Dot => Ok(Picture::text(dot::write(scene))),
        PictureFormat::Mermaid => Ok(mermaid::write(scene, options.theme.theme())),
        PictureFormat::Json => Ok(Picture::text(super::json::pretty(&super::json::picture(scene)))),
        PictureFormat::Html => {
            let drawing = lay_out(scene, options)?;
            Ok(Picture { size: Some(drawing.size()), ..Picture::text(html(scene, drawing, options.theme)) })
        }
        PictureFormat::Svg | PictureFormat::Png | PictureFormat::Pdf => {
            let drawing = lay_out(scene, options)?;
            let drawn = Drawn { svg: drawing.write(), size: drawing.size(), title: scene.title.as_deref() };
            drawn.finish(format, options)
        }
    }
}

/// An SVG that is drawn already.
pub(super) struct Drawn<'a> {
    pub(super) svg: String,
    /// Width and height in user units.
    pub(super) size: (u32, u32),
    /// What a PDF is called.
    pub(super) title: Option<&'a str>,
}

impl Drawn<'_> {
    /// In the format of a picture that an SVG can become.
    ///
    /// # Errors
    /// A format that is no picture of an SVG, or not in this build; a resolution that is no positive number.
    pub(super) fn finish(self, format: PictureFormat, options: &DrawOptions) -> Result<Picture> {
        match format {
            PictureFormat::Svg => Ok(Picture { size: Some(self.size), ..Picture::text(self.svg) }),
            PictureFormat::Png => png(&self, options),
            PictureFormat::Pdf => pdf(&self, options),
            _ => Err(crate::error::Error::unsupported(format!("this is not drawn as .{}", format.ending()))
                .with_hint("write .svg")),
        }
    }
}

/// A page with the picture in both themes, of which the reader's browser shows one.
fn html(scene: &Scene, drawing: svg::Drawing, theme: ThemeChoice) -> String {
    let title = scene.title.as_deref().unwrap_or("heapgraph");
    let light = drawing.with_theme(ThemeChoice::Light.theme());
    let (light, dark) = (light.write(), light.with_theme(ThemeChoice::Dark.theme()).write());
    let (dark, data) = ((dark != light).then_some(dark.as_str()), super::html::facts(scene));
    super::html::view(&super::html::View { title, theme, light: &light, dark, data: &data })
}

pub(super) fn lay_out(scene: &Scene, options: &DrawOptions) -> Result<svg::Drawing> {
    let layout: &dyn Layout = match options.engine {
        Engine::Layered => &Layered::default(),
        Engine::Dot => &Graphviz::default(),
    };
    Ok(svg::Drawing::new(scene, layout)?.with_theme(options.theme.theme()))
}

#[cfg(feature = "png")]
fn png(drawn: &Drawn<'_>, options: &DrawOptions) -> Result<Picture> {
    super::png::write(&drawn.svg, drawn.size, options.dpi.unwrap_or(DEFAULT_DPI), options.system_fonts)
}

#[cfg(not(feature = "png"))]
fn png(_: &Drawn<'_>, _: &DrawOptions) -> Result<Picture> {
    Err(crate::error::Error::unsupported("this build draws no PNG")
        .with_hint("write .svg, or build with the feature png"))
}

#[cfg(feature = "pdf")]
fn pdf(drawn: &Drawn<'_>, options: &DrawOptions) -> Result<Picture> {
    super::pdf::write(&drawn.svg, drawn.size, drawn.title, options.system_fonts)
}

#[cfg(not(feature = "pdf"))]
fn pdf(drawn: &Drawn<'_>, _: &DrawOptions) -> Result<Picture> {
    let what = drawn.title.unwrap_or("the picture");
    Err(crate::error::Error::unsupported(format!("this build draws no PDF of {what:?}"))
        .with_hint("write .svg, or build with the feature pdf"))
}
