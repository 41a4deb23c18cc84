//! `_Py_DebugOffsets`: from 3.13 on a process says itself where the parts are that move most between patch releases
//! (Include/internal/pycore_debug_offsets.h; up to 3.13 pycore_runtime.h).

use crate::cpython::layout::Layout;

/// What `_PyRuntime` starts with.
const COOKIE: [u8; 8] = *b"xdebugpy";

/// The table of one process: words in the order of its version's header.
pub(super) struct DebugOffsets(Vec<u64>);

impl DebugOffsets {
    /// Bytes to read at `_PyRuntime`: as far as the last field that is used.
    pub(super) const LENGTH: usize = 83 * 8;

    /// Reads the table, if the interpreter has one.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let words = bytes.chunks_exact(8).filter_map(|word| word.try_into().ok().map(u64::from_le_bytes));
        bytes.starts_with(&COOKIE).then(|| DebugOffsets(words.collect()))
    }

    /// An offset or size; what is larger than any structure is damage, and read as zero.
    fn word(&self, index: usize) -> u64 {
        self.0.get(index).copied().filter(|word| *word < LARGEST_STRUCTURE).unwrap_or(0)
    }

    /// `Py_Version`.
    pub(super) fn version(&self) -> u32 {
        self.0.get(1).map_or(0, |word| *word as u32)
    }

    /// Whether there is no GIL: such builds have other objects and no lists of the collector.
    pub(super) fn is_free_threaded(&self) -> bool {
        self.word(2) != 0
    }

    /// Puts the process's own offsets in the place of the generated ones.
    pub(super) fn apply(&self, layout: &mut Layout) {
        // 3.14 put `threads_main` behind `threads_head`, and two words about bytecode at the interpreter's end; its
        // sets and stack pointer came before the collector.
        let (gc, thread, frame, collector) =
            if layout.version.minor >= 14 { (11, 22, 31, 81) } else { (10, 19, 28, 71) };
        let moved = self.word(gc + 2).wrapping_sub(layout.interpreter_sysdict) as i64;
        layout.move_interpreter_state(layout.interpreter_sysdict, moved);
        layout.runtime_interpreters_head = self.word(5);
        layout.interpreter_id = self.word(7);
        layout.interpreter_next = self.word(8);
        layout.interpreter_threads_head = self.word(9);
        layout.interpreter_gc = Some(self.word(gc));
        layout.interpreter_modules = self.word(gc + 1);
        layout.interpreter_sysdict = self.word(gc + 2);
        layout.interpreter_builtins = self.word(gc + 3);
        layout.thread_next = self.word(thread + 2);
        layout.thread_current_frame = Some(self.word(thread + 4));
        layout.thread_id = self.word(thread + 5);
        layout.thread_native_id = Some(self.word(thread + 6));
        layout.frame_previous = self.word(frame + 1);
        layout.frame_code = self.word(frame + 2);
        layout.frame_instruction = self.word(frame + 3);
        layout.frame_localsplus = self.word(frame + 4);
        layout.frame_owner = self.word(frame + 5);
        layout.gc_size = self.word(collector);
        layout.gc_collecting = self.word(collector + 1);
    }
}

/// `PyInterpreterState` has 226 kB in 3.14.
const LARGEST_STRUCTURE: u64 = 1 << 24;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpython::layout::Version;

    fn table(words: &[(usize, u64)]) -> Vec<u8> {
        let mut bytes = vec![0; DebugOffsets::LENGTH];
        bytes[..8].copy_from_slice(&COOKIE);
        for (index, word) in words {
            bytes[index * 8..][..8].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    #[test]
    fn a_table_is_read_by_the_header_of_its_version() {
        // From the debug information of Debian's 3.13.5 and 3.14.10.
        for (minor, words) in [
            (13, [(10, 7400), (12, 7640), (22 + 1, 72), (28 + 5, 70), (71, 240)]),
            (14, [(11, 7408), (13, 7672), (22 + 4, 72), (31 + 5, 74), (81, 264)]),
        ] {
            let mut layout = Layout::of(Version { major: 3, minor, micro: 0 }).unwrap();
            let expected = (layout.interpreter_gc, layout.interpreter_sysdict, layout.frame_owner, layout.gc_size);
            let offsets = DebugOffsets::parse(&table(&words)).unwrap();
            offsets.apply(&mut layout);
            let found = (layout.interpreter_gc, layout.interpreter_sysdict, layout.frame_owner, layout.gc_size);
            assert_eq!(found, expected, "3.{minor}");
            assert_eq!(layout.thread_current_frame, Some(72), "3.{minor}");
            assert!(!offsets.is_free_threaded());
        }
    }

    #[test]
    fn what_follows_the_collector_moves_with_it() {
        let mut layout = Layout::of(Version { major: 3, minor: 14, micro: 0 }).unwrap();
        let before: Vec<u64> = layout.interpreter_objects().map(|(_, offset)| offset).collect();
        let sysdict = layout.interpreter_sysdict;
        let offsets = DebugOffsets::parse(&table(&[(13, sysdict - 8)])).unwrap();
        offsets.apply(&mut layout);
        for ((field, after), before) in layout.interpreter_objects().zip(before) {
            assert_eq!(after, if before < sysdict { before } else { before - 8 }, "{field}");
        }
    }

    #[test]
    fn other_bytes_are_no_table() {
        assert!(DebugOffsets::parse(&[0; 800]).is_none());
        assert!(DebugOffsets::parse(b"xdebug").is_none());
        assert!(DebugOffsets::parse(b"xdebugpy").is_some_and(|offsets| !offsets.is_free_threaded()));
    }
}
