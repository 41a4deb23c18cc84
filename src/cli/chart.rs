//! `-o` of reports: where their picture goes, and in which colours.

use super::output::{Answer, Destination};
use super::picture::{Theme, dpi};
use clap::Args;
use heapgraph::render::picture::{DEFAULT_DPI, DrawOptions, Picture, PictureFormat};
use heapgraph::{Error, Result};
use std::path::{Path, PathBuf};

/// Where a report's picture goes.
#[derive(Args, Debug)]
pub(crate) struct Chart {
    /// Draw into this file, by its ending: .svg, .html, .png, .pdf, .json; cycles and diff also .dot, .mmd
    #[arg(short, long, value_name = "PICTURE", conflicts_with = "json")]
    output: Option<PathBuf>,
    /// Which colours
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,
    /// Pixels per inch of a .png; 96 draws one pixel for each unit of the .svg
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DPI, value_parser = dpi)]
    dpi: f64,
}

impl Chart {
    /// The file and its format, if a picture is asked for.
    pub(crate) fn file(&self, possible: &[PictureFormat]) -> Result<Option<(&Path, PictureFormat)>> {
        let Some(path) = self.output.as_deref() else { return Ok(None) };
        let format = format_of(path, possible)?;
        Ok(Some((path, format)))
    }

    /// Whether a picture is asked for.
    pub(crate) fn is_asked(&self) -> bool {
        self.output.is_some()
    }

    /// How to draw.
    pub(crate) fn options(&self) -> DrawOptions {
        DrawOptions { theme: self.theme.into(), dpi: Some(self.dpi), ..DrawOptions::default() }
    }
}

/// The format that a file's name asks for: one of those possible.
pub(crate) fn format_of(path: &Path, possible: &[PictureFormat]) -> Result<PictureFormat> {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let format = PictureFormat::from_ending(&ending).filter(|format| possible.contains(format));
    format.ok_or_else(|| {
        let first = possible.first().map_or("svg", |format| format.ending());
        let possible: Vec<String> = possible.iter().map(|format| format!(".{}", format.ending())).collect();
        let found = if ending.is_empty() { "no ending".to_owned() } else { format!(".{ending}") };
        Error::unsupported(format!("expected a picture's name to end in {}, found {found}", possible.join(", ")))
            .at(path.display())
            .with_hint(format!("-o {}", path.with_extension(first).display()))
    })
}

/// A finished picture on its way to a file; `what` says what is in it.
pub(crate) fn answer(picture: Picture, path: &Path, what: &str) -> Answer {
    let size = picture.size.map(|(width, height)| format!(", {width} × {height}")).unwrap_or_default();
    let wrote = format!("wrote {}: {what}{size}", path.display());
    Answer::bytes(picture.bytes, Destination::Named(path.to_owned())).with_notes(picture.notices).with_notes([wrote])
}
