//! The core of the memory target with all left out that no reader misses, so that it is read a hundred times faster.

use crate::bodies::base;
use heapgraph::Result;
use heapgraph::capture::{CoreFile, Options, capture_core};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Error;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// Overwrites with zeros what is not needed for an object of every type to be read: large runs first. Takes some
/// minutes, once.
///
/// # Errors
/// No Python or no gdb.
pub fn slim() -> std::io::Result<()> {
    let (path, marker) = (base::place(), base::place().with_extension("slim"));
    if marker.is_file() {
        return Ok(());
    }
    // Another one may be half done.
    let _ = std::fs::remove_file(&path);
    base::core()?;
    overwrite(&path)?;
    std::fs::write(marker, "")
}

fn overwrite(path: &Path) -> std::io::Result<()> {
    let file = File::options().read(true).write(true).open(path)?;
    let whole = types(path).map_err(Error::other)?;
    let mut length = 1 << 20;
    while length >= 1 << 10 {
        for run in writable(&file)?.into_iter().flat_map(|range| chunks(range, length)) {
            let mut bytes = vec![0; (run.end - run.start) as usize];
            file.read_exact_at(&mut bytes, run.start)?;
            if bytes.iter().all(|byte| *byte == 0) {
                continue;
            }
            file.write_all_at(&vec![0; bytes.len()], run.start)?;
            if !types(path).is_ok_and(|types| types == whole) {
                file.write_all_at(&bytes, run.start)?;
            }
        }
        length /= 4;
    }
    Ok(())
}

fn chunks(range: Range<u64>, length: u64) -> impl Iterator<Item = Range<u64>> {
    let starts = range.clone().step_by(length as usize);
    starts.map(move |start| start..(start + length).min(range.end))
}

/// The types of a core's objects, and the kinds of what holds them; none where a thread is missing.
fn types(path: &Path) -> Result<BTreeSet<String>> {
    let core = CoreFile { path: path.to_owned(), ..CoreFile::default() };
    let heap = capture_core(&core, &Options::default())?;
    let objects = heap.objects();
    let threads = heap.metadata().threads.iter().map(|thread| format!("thread of {} frames", thread.frames.len()));
    let broken = heap.metadata().warnings.iter().map(String::clone);
    Ok(objects.ids().map(|id| objects.type_name(id).to_owned()).chain(threads).chain(broken).collect())
}

/// Where the writable segments lie in a core file.
fn writable(file: &File) -> std::io::Result<Vec<Range<u64>>> {
    let word = |at: u64| {
        let mut bytes = [0; 8];
        file.read_exact_at(&mut bytes, at).map(|()| u64::from_le_bytes(bytes))
    };
    let (headers, count) = (word(32)?, word(56)? & 0xffff);
    let mut found = Vec::new();
    for at in (0..count).map(|number| headers + number * 56) {
        // Type PT_LOAD in the first half of the word, PF_W among the flags in the other.
        let (kind, start, length) = (word(at)?, word(at + 8)?, word(at + 32)?);
        if kind as u32 == 1 && kind >> 32 & 2 != 0 {
            found.push(start..start + length);
        }
    }
    Ok(found)
}
