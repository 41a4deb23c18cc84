//! `-o` of reports: where their picture goes, and in which colours.

use super::output::{Answer, Destination};
use super::picture::{Theme, dpi};
use super::stop::Stop;
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
    /// Which colours; auto is light, and in a page what its reader's system prefers
    #[arg(long, value_enum, default_value_t)]
    theme: Theme,
    /// Pixels per inch of a .png; 96 draws one pixel for each unit of the .svg
    #[arg(long, value_name = "N", default_value_t = DEFAULT_DPI, value_parser = dpi)]
    dpi: f64,
    /// Take letters that the built-in font lacks from this machine's fonts, in .png and .pdf; otherwise they are boxes
    #[arg(long)]
    system_fonts: bool,
}

impl Chart {
    /// Starts the file, if a picture is asked for.
    pub(crate) fn start(&self, possible: &[PictureFormat], stop: &Stop) -> Result<Option<Sheet>> {
        self.output.as_deref().map(|path| Sheet::start(path, possible, stop)).transpose()
    }

    /// Whether a picture is asked for.
    pub(crate) fn is_asked(&self) -> bool {
        self.output.is_some()
    }

    /// How to draw.
    pub(crate) fn options(&self) -> DrawOptions {
        DrawOptions {
            theme: self.theme.into(),
            dpi: Some(self.dpi),
            system_fonts: self.system_fonts,
            ..DrawOptions::default()
        }
    }
}

/// A picture's file: its ending is known to be one that can be drawn, and there is a place for it.
pub(crate) struct Sheet {
    path: PathBuf,
    to: Destination,
    pub(crate) format: PictureFormat,
}

impl Sheet {
    /// Starts a file whose ending is one of those possible.
    pub(crate) fn start(path: &Path, possible: &[PictureFormat], stop: &Stop) -> Result<Self> {
        let format = format_of(path, possible)?;
        Ok(Sheet { path: path.to_owned(), to: Destination::start(path, stop)?, format })
    }

    /// The finished picture on its way to its file; `what` says what is in it.
    pub(crate) fn answer(self, picture: Picture, what: &str) -> Answer {
        let size = picture.size.map(|(width, height)| format!(", {width} × {height}")).unwrap_or_default();
        let wrote = format!("wrote {}: {what}{size}", self.path.display());
        Answer::bytes(picture.bytes, self.to).with_notes(picture.notices).with_notes([wrote])
    }
}

/// The format that a file's name asks for: one of those possible.
fn format_of(path: &Path, possible: &[PictureFormat]) -> Result<PictureFormat> {
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let format = PictureFormat::from_ending(&ending).filter(|format| possible.contains(format));
    format.ok_or_else(|| {
        // Of pictures that may be text first of all, what a person would look at.
        let usual = if possible.contains(&PictureFormat::Svg) { "svg" } else { "html" };
        let possible: Vec<String> = possible.iter().map(|format| format!(".{}", format.ending())).collect();
        let found = if ending.is_empty() { "no ending".to_owned() } else { format!(".{ending}") };
        Error::unsupported(format!("expected a picture's name to end in {}, found {found}", possible.join(", ")))
            .at(path.display())
            .with_hint(format!("-o {}", path.with_extension(usual).display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ending_that_is_no_picture_is_refused_with_those_that_are() {
        let all = PictureFormat::ALL.map(|(format, _)| format);
        assert_eq!(format_of(Path::new("a.SVG"), &all).unwrap(), PictureFormat::Svg);
        for name in ["a.bmp", "a", "-"] {
            let error = format_of(Path::new(name), &all).unwrap_err();
            assert!(error.to_string().contains(".dot, .svg, .png, .json, .html, .pdf, .mmd"), "{error}");
            assert!(error.is_unsupported() && error.hint().is_some_and(|hint| hint.ends_with(".svg")), "{error}");
        }
        let error = format_of(Path::new("a.md"), &[PictureFormat::Html]).unwrap_err();
        assert_eq!(error.hint(), Some("-o a.html"));
    }
}
