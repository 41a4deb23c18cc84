//! `export`: a snapshot in another format.

use super::input::Input;
use super::output::{Answer, Destination};
use super::stop::Stop;
use clap::Args;
use heapgraph::format::Format;
use heapgraph::{Error, Result};
use std::path::{Path, PathBuf};

/// Write a snapshot in another format
#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    input: Input,
    /// The file to write; - is standard output
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format, where OUT does not end in it
    #[arg(long, value_parser = format_of_name)]
    format: Option<Format>,
}

impl Export {
    pub(crate) fn answer(&self, stop: &Stop) -> Result<Answer> {
        let format = self.format.map_or_else(|| format_of(&self.output), Ok)?;
        let to = Destination::start(&self.output, stop)?;
        Ok(Answer::snapshot(self.input.snapshot()?, format, to))
    }
}

fn format_of_name(name: &str) -> Result<Format> {
    Format::from_name(name).ok_or_else(|| Error::invalid(format!("expected one of {}", names(""))))
}

/// The format that a file's name asks for.
pub(crate) fn format_of(path: &Path) -> Result<Format> {
    Format::from_ending(path).ok_or_else(|| {
        Error::unsupported(format!("expected a name that ends in {}", names(".")))
            .at(path.display())
            .with_hint(format!("-o {}, or export with --format", path.with_extension(Format::Parquet.name()).display()))
    })
}

fn names(prefix: &str) -> String {
    Format::ALL.map(|format| format!("{prefix}{}", format.name())).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_format_or_what_it_could_be() {
        assert_eq!(format_of(Path::new("a.b.JSON")).unwrap(), Format::Json);
        for name in ["heap", "heap.dump", "-"] {
            let error = format_of(Path::new(name)).unwrap_err();
            assert!(error.is_unsupported() && error.to_string().contains(".parquet, .json"), "{error}");
        }
        assert!(format_of_name("xml").unwrap_err().to_string().contains("parquet, json"));
    }
}
