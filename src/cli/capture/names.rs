//! What the files of captures are called.

use super::super::export;
use crate::cli::output::Destination;
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
    untaken(PathBuf::from(format!("heapgraph-{pid}-{time}.parquet")))
}

/// `NAME.parquet`, or `NAME-2.parquet` and so on if that is taken.
fn untaken(name: PathBuf) -> PathBuf {
    let stem = name.with_extension("").to_string_lossy().into_owned();
    let numbered = (2..).map(|n| PathBuf::from(format!("{stem}-{n}.parquet")));
    let mut names = std::iter::once(name).chain(numbered);
    names.find(|name| !name.exists()).expect("some number is free")
}

/// A name with room for a process number and, in a series, a capture's number.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    text: String,
    pub(super) format: Format,
    /// Whether the file's name is ours, and not the user's.
    own: bool,
    series: bool,
}

impl Pattern {
    /// From what `-o` says: a folder, a name with `{pid}` and `{n}` in it, or nothing.
    ///
    /// # Errors
    /// Several captures would get one name.
    pub(super) fn new(output: Option<&Path>, several: bool, series: bool) -> Result<Self> {
        let own = if series { "heapgraph-{pid}-{n}.parquet" } else { "heapgraph-{pid}.parquet" };
        let ours = |text: String| Pattern { text, format: Format::Parquet, own: true, series };
        let Some(output) = output else { return Ok(ours(own.into())) };
        if output.as_os_str() == "-" {
            return Err(Error::invalid("expected a folder or a name for -o: standard output takes one snapshot only"));
        }
        let Some(given) = output.to_str() else { return Err(Error::invalid("expected -o in UTF-8")) };
        if output.is_dir() || given.ends_with('/') {
            return Ok(ours(output.join(own).to_string_lossy().into_owned()));
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
        Ok(Pattern { text, format, own: false, series })
    }

    /// Where one capture goes: nothing is replaced but what the user named. Numbers have four digits, so that names
    /// sort.
    pub(super) fn place(&self, pid: u32, number: u64) -> Destination {
        let text = self.text.replace("{pid}", &pid.to_string());
        let name = PathBuf::from(text.replace("{n}", &format!("{number:04}")));
        match (self.series, self.own) {
            (true, _) => Destination::Chosen(name),
            (false, true) => Destination::Chosen(untaken(name)),
            (false, false) => Destination::Named(name),
        }
    }

    /// The number that a series begins with: behind those of earlier series of the same name, of any process.
    pub(super) fn first_number(&self) -> u64 {
        let path = Path::new(&self.text);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| number_in(&name, &entry.file_name().to_string_lossy()));
        numbers.max().unwrap_or(0) + 1
    }
}

/// The number that stands in a file's name where the pattern has `{n}`; `{pid}` may be any number.
fn number_in(pattern: &str, name: &str) -> Option<u64> {
    let (mut pattern, mut name, mut found) = (pattern, name, None);
    while let Some(at) = pattern.find('{') {
        name = name.strip_prefix(&pattern[..at])?;
        let place = ["{n}", "{pid}"].into_iter().find(|place| pattern[at..].starts_with(place));
        let Some(place) = place else {
            (pattern, name) = (&pattern[at + 1..], name.strip_prefix('{')?);
            continue;
        };
        let digits = name.len() - name.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = name[..digits].parse().ok()?;
        found = if place == "{n}" { Some(number) } else { found };
        (pattern, name) = (&pattern[at + place.len()..], &name[digits..]);
    }
    found.filter(|_| pattern == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(output: &str, several: bool, series: bool) -> Result<String> {
        let pattern = Pattern::new((!output.is_empty()).then_some(Path::new(output)), several, series)?;
        match pattern.place(7, 3) {
            Destination::Named(name) | Destination::Chosen(name) => Ok(name.display().to_string()),
            _ => unreachable!("a pattern gives names"),
        }
    }

    #[test]
    fn what_the_user_named_may_be_replaced_and_nothing_else() {
        let place = |output: &str, series| Pattern::new(Some(Path::new(output)), true, series).unwrap().place(7, 3);
        assert!(matches!(place("out-{pid}.parquet", false), Destination::Named(_)));
        assert!(matches!(place("out-{pid}.parquet", true), Destination::Chosen(_)));
        let folder = tempfile::tempdir().unwrap();
        let own = || place(&format!("{}/", folder.path().display()), false);
        for expected in ["heapgraph-7.parquet", "heapgraph-7-2.parquet", "heapgraph-7-3.parquet"] {
            let Destination::Chosen(name) = own() else { unreachable!("a name of ours") };
            assert_eq!(name, folder.path().join(expected));
            std::fs::write(name, "").unwrap();
        }
    }

    #[test]
    fn a_series_goes_on_behind_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let first = |output: &str| {
            let output = format!("{}/{output}", folder.path().display());
            Pattern::new(Some(Path::new(&output)), false, true).unwrap().first_number()
        };
        assert_eq!((first(""), first("app.json")), (1, 1));
        for name in ["heapgraph-7-0009.parquet", "heapgraph-8-0012.parquet", "heapgraph-7-0040.json", "app-0003.json"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!((first(""), first("app.json"), first("{n}-{pid}.json")), (13, 4, 1));
    }

    #[test]
    fn numbers_are_read_where_the_pattern_has_them() {
        for (pattern, name, number) in [
            ("app-{n}.parquet", "app-0012.parquet", Some(12)),
            ("app-{n}.parquet", "app-0012.json", None),
            ("app-{n}.parquet", "app-.parquet", None),
            ("{pid}-{n}", "7-3", Some(3)),
            ("{pid}", "7", None),
            ("{x{n}", "{x12", Some(12)),
        ] {
            assert_eq!(number_in(pattern, name), number, "{pattern} {name}");
        }
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
