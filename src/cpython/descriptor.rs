//! Open files and sockets: what their text in a snapshot says.
//!
//! The text is written by a capture from the first field of the C structure (`fileio` in Modules/_io/fileio.c,
//! `PySocketSockObject` in Modules/socketmodule.h), which is negative once the object is closed.

/// What a file or socket has open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Descriptor {
    /// This file descriptor.
    Open(u32),
    /// Nothing any more.
    Closed,
}

/// The types whose structure begins with a file descriptor, by the name of the C type.
pub fn has_descriptor(c_name: &str) -> bool {
    matches!(c_name, "_io.FileIO" | "_socket.socket")
}

/// The text of an object with this descriptor: `fd 5`, `closed`.
pub fn text(descriptor: i32) -> String {
    if descriptor < 0 { "closed".into() } else { format!("fd {descriptor}") }
}

/// What such a text says; `None` for any other text.
pub fn parse(text: &str) -> Option<Descriptor> {
    match text.strip_prefix("fd ") {
        Some(number) => number.parse().ok().map(Descriptor::Open),
        None => (text == "closed").then_some(Descriptor::Closed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        for number in [0, 5, i32::MAX] {
            assert_eq!(parse(&text(number)), Some(Descriptor::Open(number as u32)));
        }
        assert_eq!(parse(&text(-1)), Some(Descriptor::Closed));
        assert_eq!((parse("fd"), parse("fd x"), parse("")), (None, None, None));
    }
}
