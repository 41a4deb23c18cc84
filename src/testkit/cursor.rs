//! Where the parser of sketches stands, and which characters need no quotes.

use crate::error::{Error, Result};

/// A position in a sketch.
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Cursor { text, at: 0 }
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    pub(super) fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    /// Takes `what`, if it stands here after white space.
    pub(super) fn take(&mut self, what: char) -> bool {
        self.skip_space();
        let found = self.peek() == Some(what);
        if found {
            self.next();
        }
        found
    }

    pub(super) fn expect(&mut self, what: char) -> Result<()> {
        if self.take(what) { Ok(()) } else { Err(self.expected(&format!("`{what}`"))) }
    }

    pub(super) fn expected(&self, what: &str) -> Error {
        let found = self.peek().map_or("the end".into(), |found| format!("`{found}`"));
        Error::invalid(format!("expected {what}, found {found}"))
    }

    pub(super) fn locate(&self, error: Error) -> Error {
        error.at(format!("column {}", self.text[..self.at].chars().count() + 1))
    }

    /// What satisfies `wanted` from here on; at least one character.
    pub(super) fn run(&mut self, what: &str, wanted: impl Fn(char) -> bool) -> Result<&'t str> {
        self.skip_space();
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        if length == 0 {
            return Err(self.expected(what));
        }
        self.at += length;
        Ok(&rest[..length])
    }

    pub(super) fn word(&mut self, what: &str) -> Result<&'t str> {
        self.run(what, |c| c.is_alphanumeric() || c == '_')
    }

    pub(super) fn number<N: std::str::FromStr>(&mut self, what: &str) -> Result<N> {
        let digits = self.run(what, |c| c.is_ascii_digit())?;
        digits.parse().map_err(|_| Error::invalid(format!("{digits} is too large for {what}")))
    }

    /// A string in double quotes with the escapes of JSON.
    pub(super) fn quoted(&mut self) -> Result<String> {
        let mut strings = serde_json::Deserializer::from_str(self.rest()).into_iter::<String>();
        match strings.next() {
            Some(Ok(string)) => {
                self.at += strings.byte_offset();
                Ok(string)
            }
            _ => Err(Error::invalid("expected a string in double quotes, with the escapes of JSON")),
        }
    }

    /// A quoted string, or what satisfies `wanted`.
    pub(super) fn quoted_or(&mut self, what: &str, wanted: impl Fn(char) -> bool) -> Result<String> {
        self.skip_space();
        if self.peek() == Some('"') { self.quoted() } else { self.run(what, wanted).map(str::to_owned) }
    }
}

/// Characters of a name that needs no quotes.
pub(super) fn is_plain_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// Characters of a type that needs no quotes.
pub(super) fn is_plain_type(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// Characters of a key in brackets that needs no quotes.
pub(super) fn is_plain_key(c: char) -> bool {
    c != ']' && !c.is_control()
}

/// Characters of a step of a root's path that needs no quotes.
pub(super) fn is_plain_step(c: char) -> bool {
    !matches!(c, '|' | '>' | '<' | '"' | ':') && !c.is_control()
}
