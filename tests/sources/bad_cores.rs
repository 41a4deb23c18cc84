//! What is no core, half a core, or a core of something else: one clear sentence; and damaged lists: what is left.

use crate::heapgraph::{Run, run_in};
use crate::pythons;
use crate::victim::{Victim, WAITING, gcore};
use heapgraph::analysis::select::select;
use heapgraph::capture::{CoreFile, Options, capture_core, capture_pid};
use heapgraph::snapshot::Generation;
use std::path::Path;
use std::process::Command;

/// The built program's answer to a core: an error in one line, and nothing written.
fn refused(folder: &Path, bytes: &[u8]) -> String {
    std::fs::write(folder.join("app.core"), bytes).unwrap();
    let Run { code, stderr, stdout, .. } = run_in(folder, &["capture", "--core", "app.core", "-o", "out.parquet"]);
    assert_eq!((code, stdout.len()), (Some(2), 0), "{stderr}");
    assert!(stderr.starts_with("heapgraph: ") && stderr.contains("app.core"), "{stderr}");
    assert!(stderr.lines().skip(1).all(|line| line.starts_with("try: ")), "{stderr}");
    assert!(!folder.join("out.parquet").exists());
    stderr
}

fn patched(core: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut patched = core.to_vec();
    patched[at..at + bytes.len()].copy_from_slice(bytes);
    patched
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let victim = Victim::start(&pythons::installed()[0], WAITING);
    let Some(path) = gcore(victim.pid(), folder) else { return };
    let core = std::fs::read(path).unwrap();

    let half = refused(folder, &core[..core.len() / 2]);
    assert!(half.contains(&format!("cut short: {} bytes of ", core.len() / 2)), "{half}");
    assert!(refused(folder, &core[..100]).contains("cut short: 100 bytes"));
    assert!(refused(folder, &core[..30]).contains("header"));
    assert!(refused(folder, &patched(&core, 4, &[1])).contains("32-bit"));
    assert!(refused(folder, &patched(&core, 5, &[2])).contains("big-endian"));
    // e_machine, then e_type (elf(5)).
    assert!(refused(folder, &patched(&core, 18, &[0xf3, 0])).contains("riscv64"));
    assert!(refused(folder, &patched(&core, 16, &[2, 0])).contains("found a program or library"));
    assert!(refused(folder, b"").contains("expected an ELF core file"));
    assert!(refused(folder, b"PAR1 and more").contains("expected an ELF core file"));
    let run = run_in(folder, &["capture", "--core", "no-such.core"]);
    assert!(run.code == Some(2) && run.stderr.contains("no-such.core"), "{}", run.stderr);
    let run = run_in(folder, &["capture", "--core", "."]);
    assert!(run.code == Some(2) && run.stderr.contains("folder"), "{}", run.stderr);
    assert!(victim.finish());
}

#[test]
fn a_core_without_python_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut sleep = Command::new("sleep").arg("60").spawn().unwrap();
    let core = gcore(sleep.id(), folder.path());
    sleep.kill().unwrap();
    sleep.wait().unwrap();
    let Some(path) = core else { return };
    let said = refused(folder.path(), &std::fs::read(path).unwrap());
    assert!(said.contains("not CPython") && said.contains("sleep"), "{said}");
}

/// Where a core holds an address: from its program headers (elf(5)).
fn offset(core: &[u8], address: u64) -> usize {
    let word = |at: usize| u64::from_le_bytes(core[at..at + 8].try_into().unwrap());
    let count = usize::from(u16::from_le_bytes([core[56], core[57]]));
    let headers = (0..count).map(|number| word(32) as usize + number * 56);
    let mut segments = headers.map(|at| (word(at + 16), word(at + 8), word(at + 32)));
    let (start, offset, _) = segments.find(|(start, _, size)| (*start..start + size).contains(&address)).unwrap();
    (offset + address - start) as usize
}

#[test]
fn a_broken_list_costs_what_nothing_else_leads_to_and_a_warning() {
    for python in pythons::installed() {
        let folder = tempfile::tempdir().unwrap();
        let victim = Victim::start(&python, WAITING);
        let live = capture_pid(victim.pid(), &Options::default()).unwrap();
        let Some(path) = gcore(victim.pid(), folder.path()) else { return };
        let mut core = std::fs::read(&path).unwrap();
        // In the middle of the youngest objects' list: the links of four members that follow each other.
        let kept = select(&live, "type:__main__.Kept").unwrap().ids;
        for id in &kept[250..254] {
            let address = live.objects().address(*id).unwrap().0;
            let at = offset(&core, address - 16);
            core[at..at + 16].fill(0x5a);
        }
        std::fs::write(&path, core).unwrap();
        let damaged = capture_core(&CoreFile { path, ..CoreFile::default() }, &Options::default()).unwrap();
        let warnings = &damaged.metadata().warnings;
        // gdb 13 leaves out parts of threads' stacks under glibc 2.42, which is told too.
        assert!(warnings.len() <= 2 && warnings[0].contains("broken behind"), "{}: {warnings:?}", python.version);
        let missing = live.objects().len() - damaged.objects().len();
        assert!(missing <= 4, "{}: {missing}, though roots lead to all of them", python.version);
        let tracked = |snapshot: &heapgraph::Snapshot| {
            let objects = snapshot.objects();
            objects.ids().filter(|id| objects.generation(*id) != Generation::UNTRACKED).count()
        };
        let lost = tracked(&live) - tracked(&damaged);
        // Up to 3.10 each has a dict of its own, which stands in the list between it and the next.
        assert!((1..=7).contains(&lost), "{}: {lost} of {}", python.version, tracked(&live));
    }
}

/// A core of pieces: where each lies in the file, how much of it, and how long it is in memory.
fn core_of_pieces(pieces: &[(u64, u64, u64)], bytes: usize) -> Vec<u8> {
    let machine: u16 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
    let mut core = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0".to_vec();
    core.extend([machine.to_le_bytes(), [1, 0], [0, 0]].concat());
    core.extend([0u64, 64, 0].map(u64::to_le_bytes).concat());
    core.extend([0u16, 0, 64, 56, pieces.len() as u16, 0, 0, 0].map(u16::to_le_bytes).concat());
    for (number, (offset, held, length)) in pieces.iter().enumerate() {
        // PT_LOAD, readable and writable, 16 MiB apart.
        core.extend([1u32, 6].map(u32::to_le_bytes).concat());
        let address = (number as u64 + 1) << 24;
        core.extend([*offset, address, 0, *held, *length, 4096].map(u64::to_le_bytes).concat());
    }
    core.resize(bytes, 0);
    core
}

#[test]
fn a_core_that_is_small_on_the_disk_is_small_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    // Each of them the whole file: together a thousand times as much.
    let over_each_other = core_of_pieces(&[(0, 1 << 20, 1 << 20); 1000], 1 << 20);
    let said = refused(folder.path(), &over_each_other);
    assert!(said.contains("lie over each other: 1048576000 bytes in 1048576"), "{said}");
    // A terabyte in pieces of which nothing is held costs nothing to find empty.
    let begin = std::time::Instant::now();
    let said = refused(folder.path(), &core_of_pieces(&[(0, 0, 1 << 24); 60_000], 4 << 20));
    assert!(said.contains("is not CPython"), "{said}");
    assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
}
