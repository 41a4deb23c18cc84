//! Finding a program's symbols in memory: the ELF file's symbol table plus where the file was mapped.

use super::target::{Mapping, Target};
use crate::error::{Error, Result};
use object::read::ReadCache;
use object::{Architecture, Object, ObjectSegment, ObjectSymbol};
use std::collections::BTreeMap;
use std::path::Path;

/// The addresses that symbols of one loaded file have in the process.
pub(super) struct Symbols(BTreeMap<String, u64>);

impl Symbols {
    /// The address of a symbol, if the file defines it.
    pub(super) fn address(&self, name: &str) -> Option<u64> {
        self.0.get(name).copied()
    }

    /// Looks for `wanted` in `file`, which the target has mapped; `None` if the file is no ELF or defines none of them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) fn of(target: &dyn Target, mappings: &[Mapping], file: &Path, wanted: &[&str]) -> Result<Option<Self>> {
        let mapped: Vec<&Mapping> = mappings.iter().filter(|mapping| mapping.file.as_deref() == Some(file)).collect();
        let Some(first) = mapped.first() else { return Ok(None) };
        let cache = ReadCache::new(target.open(first)?);
        let Ok(elf) = object::File::parse(&cache) else { return Ok(None) };
        let machine = elf.architecture();
        if !elf.is_64() || !matches!(machine, Architecture::X86_64 | Architecture::Aarch64) {
            return Err(Error::unsupported(format!(
                "{target}: {} is a program for {machine:?}, whose structures are not known",
                file.display()
            ))
            .with_hint("heapgraph reads 64-bit programs for x86_64 and aarch64"));
        }
        let Some(bias) = load_bias(&elf, &mapped) else { return Ok(None) };
        let mut found = BTreeMap::new();
        // Stripped programs keep the dynamic table alone; undefined entries are imports of another file's symbol.
        for symbol in elf.dynamic_symbols().chain(elf.symbols()).filter(|symbol| !symbol.is_undefined()) {
            if let Ok(name) = symbol.name()
                && wanted.contains(&name)
            {
                found.insert(name.to_owned(), bias.wrapping_add(symbol.address()));
            }
        }
        Ok((!found.is_empty()).then_some(Symbols(found)))
    }
}

/// What to add to the file's own addresses: zero for a program linked to fixed ones.
fn load_bias<'d>(elf: &impl Object<'d>, mapped: &[&Mapping]) -> Option<u64> {
    const PAGE: u64 = 0x1000;
    elf.segments().find_map(|segment| {
        let (offset, _) = segment.file_range();
        let page_offset = offset & !(PAGE - 1);
        let mapping = mapped.iter().find(|mapping| mapping.file_offset == page_offset)?;
        Some(mapping.start.wrapping_sub(segment.address().wrapping_sub(offset - page_offset)))
    })
}
