//! Core files of any bytes.

use heapgraph::capture::{CoreFile, Options, capture_core};
use std::cell::RefCell;
use std::fs::File;
use std::os::unix::fs::FileExt;

/// One file, written anew for every input, in an empty folder that stands for the machine of the core: what the core
/// names is looked for nowhere else.
struct Disk {
    folder: tempfile::TempDir,
    file: File,
}

impl Disk {
    fn new() -> Self {
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        let folder = folder.expect("a folder for temporary files");
        let file = File::create(folder.path().join("core")).expect("a file in it");
        Disk { folder, file }
    }
}

thread_local! {
    static DISK: RefCell<Disk> = RefCell::new(Disk::new());
}

/// Reads a core file: an error or a snapshot.
pub fn run(bytes: &[u8]) {
    DISK.with_borrow_mut(|disk| {
        disk.file.set_len(bytes.len() as u64).expect("room for the input");
        disk.file.write_all_at(bytes, 0).expect("room for the input");
        let path = disk.folder.path().join("core");
        let core = CoreFile { path, sysroot: Some(disk.folder.path().join("sysroot")), exe: None };
        if let Ok(heap) = capture_core(&core, &Options::default()) {
            assert_eq!(heap.verify(), Ok(()));
        }
    });
}
