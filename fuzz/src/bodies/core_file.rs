//! Core files without a process: headers and notes around a page of zeros.

/// Of `ET_CORE`, with segments of two kinds, and every note that is read.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let [threads, files] = [note(1, &thread()), note(0x4649_4c45, &mapped_files())];
    let [process, vector] = [note(3, &[0; 136]), note(6, &words(&[3, 0x40_0040, 0, 0]))];
    let memory = (1, vec![0u8; 256]);
    vec![
        core(&[]),
        core(&[memory.clone(), memory.clone()]),
        core(&[(4, [threads.clone(), process, vector, files.clone()].concat()), memory.clone()]),
        core(&[(4, files), memory.clone(), (4, threads), memory]),
    ]
}

fn words(words: &[u64]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// A header, a program header for each part, then the parts.
fn core(parts: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let machine: u16 = if cfg!(target_arch = "aarch64") { 183 } else { 62 };
    let mut file = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x04\0".to_vec();
    file.extend(machine.to_le_bytes());
    file.extend(1u32.to_le_bytes());
    file.extend(words(&[0, 64, 0]));
    file.extend([0u32.to_le_bytes(), (56u32 << 16 | 64).to_le_bytes(), (parts.len() as u32).to_le_bytes()].concat());
    file.extend([0; 4]);
    let mut offset = 64 + 56 * parts.len() as u64;
    for (number, (kind, bytes)) in parts.iter().enumerate() {
        let (address, length) = (0x40_0000 + 0x1000 * number as u64, bytes.len() as u64);
        // Readable and writable.
        file.extend([kind.to_le_bytes(), 6u32.to_le_bytes()].concat());
        file.extend(words(&[offset, address, 0, length, length, 0x1000]));
        offset += length;
    }
    parts.iter().for_each(|(_, bytes)| file.extend(bytes));
    file
}

fn note(kind: u32, bytes: &[u8]) -> Vec<u8> {
    let numbers = [5u32, bytes.len() as u32, kind];
    let mut note: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    note.extend(b"CORE\0\0\0\0");
    note.extend(bytes);
    note.resize(note.len().next_multiple_of(4), 0);
    note
}

/// `struct elf_prstatus`: the thread's number at 32, and its registers.
fn thread() -> Vec<u8> {
    let mut bytes = vec![0; 336];
    bytes[32] = 7;
    bytes
}

/// Two files, one of them mapped twice.
fn mapped_files() -> Vec<u8> {
    let mut bytes = words(&[3, 4096, 0x40_0000, 0x40_1000, 0, 0x40_1000, 0x40_2000, 1, 0x50_0000, 0x60_0000, 0]);
    bytes.extend(b"/usr/bin/python3\0/usr/bin/python3\0/lib/libc.so.6\0");
    bytes
}
