//! The fields of an object, a reference and a root as they stand in the text, before they are checked.
//!
//! An unknown field is an error here: in a heap written by hand it is a misspelled one, and what it meant would be lost
//! in silence.

use crate::error::{Error, Result};
use crate::snapshot::Address;
use serde::de::{Deserialize, Deserializer, Visitor};
use std::borrow::Cow;
use std::fmt;

/// One of `objects`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ObjectFields<'t> {
    #[serde(borrow)]
    pub(super) address: Scalar<'t>,
    #[serde(borrow, rename = "type")]
    pub(super) type_name: Text<'t>,
    #[serde(borrow)]
    pub(super) size: Option<Scalar<'t>>,
    #[serde(borrow)]
    pub(super) refcount: Option<Scalar<'t>>,
    #[serde(borrow)]
    pub(super) generation: Option<Scalar<'t>>,
    #[serde(borrow, default)]
    pub(super) flags: Vec<Text<'t>>,
    #[serde(borrow)]
    pub(super) length: Option<Scalar<'t>>,
    #[serde(borrow)]
    pub(super) text: Option<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) references: Vec<ReferenceFields<'t>>,
}

/// One of an object's `references`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReferenceFields<'t> {
    #[serde(borrow)]
    pub(super) to: Scalar<'t>,
    #[serde(borrow)]
    pub(super) kind: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'t>>,
    #[serde(borrow, default)]
    pub(super) marks: Vec<Text<'t>>,
}

/// One of `roots`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RootFields<'t> {
    #[serde(borrow)]
    pub(super) kind: Text<'t>,
    #[serde(borrow, default)]
    pub(super) path: Vec<Text<'t>>,
    #[serde(borrow)]
    pub(super) reference: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) name: Option<Text<'t>>,
    #[serde(borrow)]
    pub(super) to: Scalar<'t>,
    pub(super) counted: Option<bool>,
}

/// A string, borrowed from the file where it has no escapes.
#[derive(serde::Deserialize)]
pub(super) struct Text<'t>(#[serde(borrow)] pub(super) Cow<'t, str>);

/// A number or a string, kept as found: what it should have been is said together with the object's address.
pub(super) enum Scalar<'t> {
    Whole(u64),
    Text(Cow<'t, str>),
    Other(String),
}

impl Scalar<'_> {
    /// A whole number, not negative, up to `limit`.
    pub(super) fn number(&self, field: &str, limit: u64) -> Result<u64> {
        match self {
            Scalar::Whole(number) if *number <= limit => Ok(*number),
            _ => {
                Err(Error::malformed(format!("expected {field} to be a whole number from 0 to {limit}, found {self}")))
            }
        }
    }

    /// An address as `id()` prints it or in hexadecimal, but not zero.
    pub(super) fn address(&self, field: &str) -> Result<Address> {
        let number = match self {
            Scalar::Whole(number) => Some(*number),
            Scalar::Text(text) => text.strip_prefix("0x").and_then(hexadecimal),
            Scalar::Other(_) => None,
        };
        match number {
            Some(number) if number != 0 => Ok(Address(number)),
            _ => Err(Error::malformed(format!("expected {field} to be an address such as \"0x7f00\", found {self}"))),
        }
    }
}

/// Without the sign that `from_str_radix` would take.
fn hexadecimal(digits: &str) -> Option<u64> {
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u64::from_str_radix(digits, 16).ok())?
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Scalar::Whole(number) => write!(f, "{number}"),
            Scalar::Text(text) => write!(f, "{text:?}"),
            Scalar::Other(found) => f.write_str(found),
        }
    }
}

impl<'de: 't, 't> Deserialize<'de> for Scalar<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ScalarVisitor;

impl<'t> Visitor<'t> for ScalarVisitor {
    type Value = Scalar<'t>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or a string")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Scalar<'t>, E> {
        Ok(Scalar::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Scalar<'t>, E> {
        Ok(u64::try_from(number).map_or_else(|_| Scalar::Other(number.to_string()), Scalar::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Scalar<'t>, E> {
        Ok(Scalar::Other(format!("{number:?}")))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Scalar<'t>, E> {
        Ok(Scalar::Other(value.to_string()))
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Scalar<'t>, E> {
        Ok(Scalar::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Scalar<'t>, E> {
        Ok(Scalar::Text(Cow::Owned(text.to_owned())))
    }
}
