//! How the interpreter was compiled, as far as it changes what lies where.

use super::image::Memory;
use super::readers::dict;
use super::runtime::Runtime;
use crate::cpython::layout::Layout;
use crate::error::{Error, Result};

/// A kind of build. Objects are the same in both; the interpreter's state is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Build {
    Release,
    /// `--with-pydebug`.
    Debug,
}

impl Build {
    /// What the build calls itself in a snapshot's metadata.
    pub(super) fn name(self) -> &'static str {
        match self {
            Build::Release => "release",
            Build::Debug => "debug",
        }
    }

    /// The build to which an interpreter belongs: debug builds have `sys.gettotalrefcount`.
    ///
    /// # Errors
    /// A build with `Py_TRACE_REFS`, which has `sys.getobjects`; up to 3.12 its objects start two words later, so that
    /// `sys` cannot be read, but the type of `sys.modules` stands where theirs does.
    pub(super) fn of(memory: &Memory<'_>, runtime: &Runtime, interpreter: u64) -> Result<Self> {
        let layout = &runtime.layout;
        let has = |name| {
            let sys = memory.pointer(interpreter + layout.interpreter_sysdict);
            dict::find(memory, layout, sys, name).is_some()
        };
        let modules = memory.pointer(interpreter + layout.interpreter_modules);
        if has("getobjects") || is_shifted_dict(memory, layout, modules) {
            return Err(Error::unsupported(format!(
                "CPython {} in {} was built with Py_TRACE_REFS, which chains all objects in a list of its own",
                layout.version,
                runtime.file.display()
            ))
            .with_hint("capture the same program on a build without --with-trace-refs"));
        }
        Ok(if has("gettotalrefcount") { Build::Debug } else { Build::Release })
    }

    /// The layout of this build.
    pub(super) fn layout(self, release: &Layout) -> Layout {
        match self {
            Build::Release => release.clone(),
            Build::Debug => release.of_debug_build(),
        }
    }
}

/// `_ob_next` and `_ob_prev` in front of every object (Include/object.h up to 3.12, `_PyObject_HEAD_EXTRA`).
const TRACE_REFS_HEADER: u64 = 16;

fn is_shifted_dict(memory: &Memory<'_>, layout: &Layout, object: u64) -> bool {
    let class = memory.pointer(object.wrapping_add(TRACE_REFS_HEADER + 8));
    let name = memory.pointer(class.wrapping_add(TRACE_REFS_HEADER + layout.type_name));
    memory.c_string(name).as_deref() == Some("dict")
}

#[cfg(test)]
mod tests {
    use super::super::image::Image;
    use super::*;
    use crate::cpython::layout::Version;

    const INTERPRETER: u64 = 0x10000;
    const MODULES: u64 = 0x40000;

    /// A 3.12 whose `sys.modules` has its type so many bytes behind the place of ordinary builds.
    fn image(shift: u64) -> (Image, Runtime) {
        let layout = Layout::of(Version { major: 3, minor: 12, micro: 3 }).unwrap();
        let mut bytes = vec![0u8; 0x1000];
        let mut put = |offset: u64, word: u64| bytes[offset as usize..][..8].copy_from_slice(&word.to_le_bytes());
        put(shift + 8, MODULES + 0x100);
        put(0x100 + shift + layout.type_name, MODULES + 0x800);
        bytes[0x800..0x804].copy_from_slice(b"dict");
        let mut state = vec![0u8; layout.interpreter_modules as usize + 8];
        let end = state.len();
        state[end - 8..].copy_from_slice(&MODULES.to_le_bytes());
        let mut image = Image::default();
        image.add(bytes, [(MODULES, 0..0x1000)]);
        image.add(state, [(INTERPRETER, 0..end)]);
        image.seal();
        (image, Runtime { layout, address: 0, file: "/usr/bin/python3.12".into() })
    }

    #[test]
    fn a_build_that_traces_references_is_refused_by_name() {
        let (image, runtime) = image(TRACE_REFS_HEADER);
        let error = Build::of(&image.view(), &runtime, INTERPRETER).unwrap_err();
        let text = error.to_string();
        assert!(error.is_unsupported() && text.contains("Py_TRACE_REFS") && text.contains("3.12.3"), "{text}");
        let (image, runtime) = self::image(0);
        assert_eq!(Build::of(&image.view(), &runtime, INTERPRETER).unwrap(), Build::Release);
    }
}
