//! What the files of captures are called.

use super::super::export;
use heapgraph::format::Format;
use heapgraph::snapshot::Snapshot;
use heapgraph::{Error, Result};
use std::path::{Path, PathBuf};

/// `heapgraph-PID-TIME.parquet`, numbered if that is taken.
pub(super) fn free(snapshot: &Snapshot) -> PathBuf {
    let metadata = snapshot.metadata();
    let pid = metadata.pid.unwrap_or_default();
    let digits = |c: &char| c.is_ascii_alphanumeric();
    let time: String = metadata.captured_at.iter().flat_map(|time| time.chars()).filter(digits).collect();
    let stem = format!("heapgraph-{pid}-{time}");
    let numbered = (2..).map(|n| PathBuf::from(format!("{stem}-{n}.parquet")));
    let mut names = std::iter::once(PathBuf::from(format!("{stem}.parquet"))).chain(numbered);
    names.find(|name| !name.exists()).expect("some number is free")
}

/// A name with room for a process number and, in a series, a capture's number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    pub(super) format: Format,
}

impl Pattern {
    /// From what `-o` says: a folder, a name with `{pid}` and `{n}` in it, or nothing.
    ///
    /// # Errors
    /// Several captures would get one name.
    pub(super) fn new(output: Option<&Path>, several: bool, series: bool) -> Result<Self> {
        let own = if series { "heapgraph-{pid}-{n}.parquet" } else { "heapgraph-{pid}.parquet" };
        let Some(output) = output else { return Ok(Pattern { text: own.into(), format: Format::Parquet }) };
        if output.as_os_str() == "-" {
            return Err(Error::invalid("expected a folder or a name for -o: standard output takes one snapshot only"));
        }
        let Some(given) = output.to_str() else { return Err(Error::invalid("expected -o in UTF-8")) };
        if output.is_dir() || given.ends_with('/') {
            let text = output.join(own).to_string_lossy().into_owned();
            return Ok(Pattern { text, format: Format::Parquet });
        }
        let format = export::format_of(output)?;
        if several && !given.contains("{pid}") {
            return Err(Error::invalid(format!("{given}: several processes make a file each"))
                .with_hint("-o FOLDER, or a name with {pid} in it: -o app-{pid}.parquet"));
        }
        let text = match given.rfind('.') {
            Some(dot) if series && !given.contains("{n}") => format!("{}-{{n}}{}", &given[..dot], &given[dot..]),
            _ => given.to_owned(),
        };
        Ok(Pattern { text, format })
    }

    /// The name of one capture. Numbers have four digits, so that names sort.
    pub(super) fn name(&self, pid: u32, number: u64) -> PathBuf {
        self.text.replace("{pid}", &pid.to_string()).replace("{n}", &format!("{number:04}")).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(output: &str, several: bool, series: bool) -> Result<String> {
        let pattern = Pattern::new((!output.is_empty()).then_some(Path::new(output)), several, series)?;
        Ok(pattern.name(7, 3).display().to_string())
    }

    #[test]
    fn every_capture_gets_a_name_of_its_own() {
        assert_eq!(name("", true, false).unwrap(), "heapgraph-7.parquet");
        assert_eq!(name("", false, true).unwrap(), "heapgraph-7-0003.parquet");
        assert_eq!(name("out/", true, true).unwrap(), "out/heapgraph-7-0003.parquet");
        assert_eq!(name("app-{pid}.json", true, false).unwrap(), "app-7.json");
        assert_eq!(name("app.parquet", false, true).unwrap(), "app-0003.parquet");
        assert_eq!(name("{n}/{pid}.parquet", true, true).unwrap(), "0003/7.parquet");
        for (output, series) in [("app.parquet", false), ("-", true)] {
            assert!(name(output, true, series).unwrap_err().is_invalid(), "{output}");
        }
        assert!(name("app-{pid}.heap", true, false).unwrap_err().is_unsupported());
    }
}
