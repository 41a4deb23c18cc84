//! The one error of the library: opaque, with predicates, a place and a next step.

use std::fmt;

/// What the library returns where something can go wrong.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request could not be answered.
///
/// Its text says what was expected, what was found and where; [`Error::hint`] says what to try next.
/// Ask the predicates, not the text, when a program has to decide.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    place: Option<String>,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ErrorKind {
    Io,
    Malformed,
    Newer,
    Unsupported,
    NoProcess,
    Permission,
    NotPython,
    UnknownObject,
    Invalid,
    Interrupted,
}

impl Error {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        let inner = Inner { kind, message: message.into(), place: None, hint: None, source: None };
        Error(Box::new(inner))
    }

    /// The operating system refused to read or write.
    pub fn io(what: impl Into<String>, source: std::io::Error) -> Self {
        let mut error = Error::new(ErrorKind::Io, format!("{}: {source}", what.into()));
        error.0.source = Some(Box::new(source));
        error
    }

    /// Bytes that are not what their format asks for: damaged, cut short, or something else altogether.
    pub fn malformed(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Malformed, message)
    }

    /// A snapshot of a later major version than this program knows.
    pub fn newer(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Newer, message)
    }

    /// Understood, and not possible with this build, this Python or this format.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Unsupported, message)
    }

    /// No such process, or it ended while it was looked at.
    pub fn no_process(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::NoProcess, message)
    }

    /// The process is there, and may not be read.
    pub fn permission(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Permission, message)
    }

    /// The process runs something that is not CPython.
    pub fn not_python(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::NotPython, message)
    }

    /// A type, path or address that the snapshot does not hold.
    pub fn unknown_object(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::UnknownObject, message)
    }

    /// An argument or a combination of arguments that makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Invalid, message)
    }

    /// Stopped by a signal before the work was done.
    pub fn interrupted(message: impl Into<String>) -> Self {
        Error::new(ErrorKind::Interrupted, message)
    }

    /// Puts a file, a process or a position in front of the message. The innermost place stays nearest to it.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        let place = match self.0.place.take() {
            Some(inner) => format!("{place}: {inner}"),
            None => place.to_string(),
        };
        self.0.place = Some(place);
        self
    }

    /// Adds what to try next. A hint given earlier, nearer to the cause, wins.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint.get_or_insert_with(|| hint.into());
        self
    }

    /// What to try next, where there is something to try.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The operating system refused to read or write.
    pub fn is_io(&self) -> bool {
        self.0.kind == ErrorKind::Io
    }

    /// The bytes are damaged, cut short or of another format.
    pub fn is_malformed(&self) -> bool {
        self.0.kind == ErrorKind::Malformed
    }

    /// The file was written by a later version of heapgraph.
    pub fn is_newer(&self) -> bool {
        self.0.kind == ErrorKind::Newer
    }

    /// A build, version or format that this program refuses by name.
    pub fn is_unsupported(&self) -> bool {
        self.0.kind == ErrorKind::Unsupported
    }

    /// There is no such process, or no longer.
    pub fn is_no_process(&self) -> bool {
        self.0.kind == ErrorKind::NoProcess
    }

    /// A right is missing.
    pub fn is_permission(&self) -> bool {
        self.0.kind == ErrorKind::Permission
    }

    /// The process is not CPython.
    pub fn is_not_python(&self) -> bool {
        self.0.kind == ErrorKind::NotPython
    }

    /// The snapshot holds no such type, path or address.
    pub fn is_unknown_object(&self) -> bool {
        self.0.kind == ErrorKind::UnknownObject
    }

    /// The arguments make no sense.
    pub fn is_invalid(&self) -> bool {
        self.0.kind == ErrorKind::Invalid
    }

    /// A signal ended the work.
    pub fn is_interrupted(&self) -> bool {
        self.0.kind == ErrorKind::Interrupted
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.place {
            Some(place) => write!(f, "{place}: {}", self.0.message),
            None => f.write_str(&self.0.message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)?;
        self.0.hint.as_ref().map_or(Ok(()), |hint| write!(f, " (try: {hint})"))
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_nest_from_the_outside_in_and_the_nearest_hint_wins() {
        let error = Error::malformed("expected a list, found a number")
            .with_hint("export it again")
            .at("row 7")
            .at("app.json")
            .with_hint("look elsewhere");
        assert_eq!(error.to_string(), "app.json: row 7: expected a list, found a number");
        assert_eq!(error.hint(), Some("export it again"));
        assert!(error.is_malformed() && !error.is_io());
    }
}
