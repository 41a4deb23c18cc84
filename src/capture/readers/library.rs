//! Values of the standard library's C types, as `str()` gives them: dates, decimals, arrays.

use super::super::heap::Reader;
use super::super::text::{TEXT_LIMIT, float_text};
use crate::cpython::repr::str_repr;
use std::fmt::Write;

/// Digits in a word of a Decimal (`MPD_RDIGITS`, Modules/_decimal/libmpdec/mpdecimal.h).
const WORD_DIGITS: usize = 19;
/// More words than can be shown: a Decimal with more digits has none of its text read.
const MOST_WORDS: u64 = 32;

impl Reader<'_> {
    /// `2020-01-02`: two bytes of the year, one each of month and day, behind the hash and a flag (`PyDateTime_Date`,
    /// Include/datetime.h).
    pub(super) fn date(&self, address: u64) -> Option<String> {
        let [high, low, month, day] = self.memory.bytes(address + 25, 4)?.try_into().ok()?;
        Some(format!("{:04}-{month:02}-{day:02}", u16::from_be_bytes([high, low])))
    }

    /// `2020-01-02 03:04:05.000006`; the zone is an object of its own.
    pub(super) fn date_time(&self, address: u64) -> Option<String> {
        Some(format!("{} {}", self.date(address)?, self.clock(address + 29)?))
    }

    pub(super) fn time(&self, address: u64) -> Option<String> {
        self.clock(address + 25)
    }

    /// Hour, minute, second and three bytes of microseconds; then which of two equal times is meant (PEP 495).
    fn clock(&self, at: u64) -> Option<String> {
        let [hour, minute, second, high, middle, low, fold] = self.memory.bytes(at, 7)?.try_into().ok()?;
        let micro = u32::from_be_bytes([0, high, middle, low]);
        let micro = if micro > 0 { format!(".{micro:06}") } else { String::new() };
        let fold = if fold == 1 { " fold=1" } else { "" };
        Some(format!("{hour:02}:{minute:02}:{second:02}{micro}{fold}"))
    }

    /// `-1 day, 0:00:05.000006`, from three ints (`PyDateTime_Delta`, Include/datetime.h).
    pub(super) fn time_delta(&self, address: u64) -> Option<String> {
        let part = |number: u64| self.memory.half(address + 24 + number * 4) as i32;
        let (days, seconds, micro) = (part(0), part(1), part(2));
        let mut text = String::new();
        if days != 0 {
            let plural = if days.abs() == 1 { "" } else { "s" };
            let _ = write!(text, "{days} day{plural}, ");
        }
        let _ = write!(text, "{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        if micro > 0 {
            let _ = write!(text, ".{micro:06}");
        }
        Some(text)
    }

    /// `1.50`, `-1E+30`, `NaN` (`mpd_to_sci`, Modules/_decimal/libmpdec/io.c): words of 19 digits, least first.
    pub(super) fn decimal(&self, address: u64) -> Option<String> {
        const NEGATIVE: u8 = 1;
        const INFINITE: u8 = 2;
        const NOT_A_NUMBER: u8 = 4;
        const SIGNALING: u8 = 8;
        let flags = self.memory.byte(address + 24);
        let (exponent, digits) = (self.memory.word(address + 32)? as i64, self.memory.word(address + 40)?);
        let (words, data) = (self.memory.word(address + 48)?, self.memory.pointer(address + 64));
        if words > MOST_WORDS {
            return None;
        }
        let mut coefficient = String::new();
        for number in (0..words).rev() {
            let _ = write!(coefficient, "{:0WORD_DIGITS$}", self.memory.word(data + number * 8)?);
        }
        let shown = coefficient.len().checked_sub(usize::try_from(digits).ok()?)?;
        let coefficient = &coefficient[shown..];
        let sign = if flags & NEGATIVE != 0 { "-" } else { "" };
        let text = match flags {
            _ if flags & INFINITE != 0 => "Infinity".into(),
            _ if flags & SIGNALING != 0 => format!("sNaN{coefficient}"),
            _ if flags & NOT_A_NUMBER != 0 => format!("NaN{coefficient}"),
            _ => scientific(coefficient, exponent)?,
        };
        Some(format!("{sign}{text}"))
    }

    /// `array('i', [1, -2])`: a pointer to the items, and one to the type's row, which begins with its letter
    /// (`arrayobject`, Modules/arraymodule.c).
    pub(super) fn typed_array(&self, address: u64) -> Option<String> {
        let row = self.memory.pointer(address + 40);
        let (letter, size) = (char::from(*self.memory.bytes(row, 1)?.first()?), u64::from(self.memory.half(row + 4)));
        let count = self.item_count(address);
        if count == 0 {
            return Some(format!("array('{letter}')"));
        }
        let items = self.memory.pointer(address + 24);
        // Each takes a character at least.
        let bytes = self.memory.bytes(items, count.min(TEXT_LIMIT as u64).checked_mul(size)?)?;
        let items = bytes.chunks_exact(usize::try_from(size).ok()?.max(1));
        if matches!(letter, 'u' | 'w') {
            let text: String = items.map(|item| char::from_u32(signed(item) as u32).unwrap_or('\u{fffd}')).collect();
            return Some(format!("array('{letter}', {})", str_repr(&text)));
        }
        let texts: Option<Vec<String>> = items.map(|item| number(letter, item)).collect();
        Some(format!("array('{letter}', [{}])", texts?.join(", ")))
    }
}

/// Digits with an exponent: plain where the point falls into them or shortly before, `1.5E+30` elsewhere.
fn scientific(digits: &str, exponent: i64) -> Option<String> {
    let count = i64::try_from(digits.len()).ok()?;
    if count == 0 || !digits.is_ascii() {
        return None;
    }
    let point = count.checked_add(exponent)?;
    if exponent <= 0 && point > -6 {
        let zeros = "0".repeat(usize::try_from(1 - point).unwrap_or(0));
        let all = format!("{zeros}{digits}");
        let at = usize::try_from(point.max(1)).ok()?;
        let (whole, rest) = all.split_at_checked(at)?;
        return Some(if rest.is_empty() { whole.into() } else { format!("{whole}.{rest}") });
    }
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    Some(format!("{first}{dot}{rest}E{:+}", point - 1))
}

/// A little-endian two's complement number of up to eight bytes.
fn signed(bytes: &[u8]) -> i64 {
    let fill = if bytes.last().is_some_and(|byte| *byte >= 0x80) { -1 } else { 0 };
    bytes.iter().rev().fold(fill, |number, byte| number << 8 | i64::from(*byte))
}

/// An item of an array with this letter (`descriptors`, Modules/arraymodule.c).
fn number(letter: char, bytes: &[u8]) -> Option<String> {
    if !matches!(bytes.len(), 1 | 2 | 4 | 8) {
        return None;
    }
    match letter {
        'b' | 'h' | 'i' | 'l' | 'q' => Some(signed(bytes).to_string()),
        'B' | 'H' | 'I' | 'L' | 'Q' => {
            Some(bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte)).to_string())
        }
        'f' => bytes.try_into().ok().map(|bytes| float_text(f64::from(f32::from_le_bytes(bytes)))),
        'd' => bytes.try_into().ok().map(|bytes| float_text(f64::from_le_bytes(bytes))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_read_as_python_prints_them() {
        // Digits, exponent, and `str()` of the Decimal in CPython 3.12.
        for (digits, exponent, text) in [
            ("150", -2, "1.50"),
            ("1", 30, "1E+30"),
            ("0", -10, "0E-10"),
            ("0", -6, "0.000000"),
            ("15", -8, "1.5E-7"),
            ("15", -7, "0.0000015"),
            ("15", -2, "0.15"),
            ("15", 0, "15"),
            ("15", 1, "1.5E+2"),
        ] {
            assert_eq!(scientific(digits, exponent).as_deref(), Some(text), "{digits}E{exponent}");
        }
        assert_eq!((scientific("", 0), scientific("1", i64::MAX)), (None, None));
    }

    #[test]
    fn items_of_arrays_keep_their_sign() {
        assert_eq!((number('b', &[0xfe]), number('B', &[0xfe])), (Some("-2".into()), Some("254".into())));
        assert_eq!(
            (number('d', &[0; 3]), number('f', &0.1f32.to_le_bytes())),
            (None, Some("0.10000000149011612".into()))
        );
        assert_eq!(number('Q', &[0xff; 8]), Some(u64::MAX.to_string()));
    }
}
