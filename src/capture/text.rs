//! Values as text: what Python would print for a str, number or key, read from memory.

use super::image::Memory;
use crate::cpython::layout::Layout;
use std::fmt::Write;

/// Longer texts are cut here: enough to tell an object from its like, and no copy of the user's data.
pub(super) const TEXT_LIMIT: usize = 80;

/// The first `limit` characters of the str at `address`; lone surrogates read as U+FFFD.
///
/// The three layouts of PEP 393: ASCII after the short header, compact after the long one, and the rare legacy
/// string behind a pointer.
pub(super) fn str_text(memory: &Memory<'_>, layout: &Layout, address: u64, limit: usize) -> Option<String> {
    str_piece(memory, layout, address, 0, limit)
}

/// The same from a position on; nothing where the str ends before it.
pub(super) fn str_piece(memory: &Memory<'_>, layout: &Layout, address: u64, from: u64, limit: usize) -> Option<String> {
    let mut length = memory.word(address + layout.str_length)?;
    let state = memory.half(address + layout.str_state);
    let (mut kind, compact, ascii) = (u64::from(state >> 2 & 7), state >> 5 & 1 == 1, state >> 6 & 1 == 1);
    let data = match (compact, ascii, kind, layout.str_wstr, layout.str_wstr_length) {
        (true, true, ..) => address + layout.str_ascii_size,
        (true, false, ..) => address + layout.str_compact_size,
        // Up to 3.11: made by the old C interface and not looked at since, so still of wchar_t alone.
        (false, _, 0, Some(wide), Some(wide_length)) => {
            (length, kind) = (memory.word(address + wide_length)?, 4);
            memory.word(address + wide)?
        }
        (false, ..) => memory.word(address + layout.str_data)?,
    };
    let length = length.checked_sub(from)?.min(limit as u64);
    let start = data.checked_add(from.checked_mul(kind)?)?;
    let bytes = memory.bytes(start, length.checked_mul(kind)?)?;
    let character = |code: u32| char::from_u32(code).unwrap_or('\u{fffd}');
    let half = |bytes: &[u8]| u32::from(u16::from_le_bytes([bytes[0], bytes[1]]));
    match kind {
        1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        2 => Some(bytes.chunks_exact(2).map(|bytes| character(half(bytes))).collect()),
        4 => {
            let whole = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            Some(bytes.chunks_exact(4).map(|bytes| character(whole(bytes))).collect())
        }
        _ => None,
    }
}

/// An int in decimal; beyond 600 digits its size in words.
///
/// Digits are base 2³⁰ in 32-bit words, least significant first (Include/cpython/longintrepr.h).
pub(super) fn int_text(memory: &Memory<'_>, layout: &Layout, address: u64) -> Option<String> {
    let word = memory.word(address + 16)?;
    let (count, negative) = int_size(layout, word);
    if count == 0 {
        return Some("0".into());
    }
    if count > 64 {
        let bits = count.checked_mul(30)?;
        return Some(format!("{}about 2**{bits}", if negative { "-" } else { "" }));
    }
    let bytes = memory.bytes(address + layout.int_digits, count * 4)?;
    let mut digits: Vec<u32> = bytes
        .chunks_exact(4)
        .map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) & ((1 << 30) - 1))
        .collect();
    // Repeated division by 10⁹, most significant digit first.
    let mut parts = Vec::new();
    while digits.iter().any(|digit| *digit != 0) {
        let mut rest = 0u64;
        for digit in digits.iter_mut().rev() {
            let value = rest << 30 | u64::from(*digit);
            *digit = (value / 1_000_000_000) as u32;
            rest = value % 1_000_000_000;
        }
        parts.push(rest);
    }
    let mut text = String::from(if negative { "-" } else { "" });
    let _ = write!(text, "{}", parts.pop().unwrap_or(0));
    parts.iter().rev().for_each(|part| _ = write!(text, "{part:09}"));
    Some(text)
}

/// Number of digits and sign, from the word behind the header: a signed count up to 3.11, a tagged one from 3.12 on
/// (sign in the low two bits, `_PyLong_SIGN_MASK`).
pub(super) fn int_size(layout: &Layout, word: u64) -> (u64, bool) {
    if layout.version.minor >= 12 {
        if word & 3 == 1 { (0, false) } else { (word >> 3, word & 3 == 2) }
    } else {
        ((word as i64).unsigned_abs(), (word as i64) < 0)
    }
}

/// `repr()` of a float: shortest digits that read back, exponents as C prints them.
pub(super) fn float_text(value: f64) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    let text = format!("{value:?}");
    match text.split_once('e') {
        Some((mantissa, exponent)) => {
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
            format!("{}e{sign}{digits:0>2}", mantissa.strip_suffix(".0").unwrap_or(mantissa))
        }
        None => text,
    }
}

/// `repr()` of a complex number: floats without a `.0`, in brackets where there is a real part.
pub(super) fn complex_text(real: f64, imaginary: f64) -> String {
    let part = |value: f64| {
        let text = float_text(value);
        text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
    };
    if real == 0.0 && real.is_sign_positive() {
        return format!("{}j", part(imaginary));
    }
    let imaginary = part(imaginary);
    let plus = if imaginary.starts_with('-') { "" } else { "+" };
    format!("({}{plus}{imaginary}j)", part(real))
}

/// `repr()` of bytes, cut at `limit` bytes. The quotes are those that need no escape in what is shown.
pub(super) fn bytes_text(bytes: &[u8], limit: usize) -> String {
    let mark = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut text = String::from("b");
    text.push(mark);
    for &byte in bytes.iter().take(limit) {
        match byte {
            _ if byte == b'\\' || char::from(byte) == mark => text.extend(['\\', char::from(byte)]),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x20..0x7f => text.push(char::from(byte)),
            _ => _ = write!(text, "\\x{byte:02x}"),
        }
    }
    if bytes.len() <= limit {
        text.push(mark);
    }
    text
}

/// Cuts a text at [`TEXT_LIMIT`] characters.
pub(super) fn shorten(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(TEXT_LIMIT) {
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_read_as_python_prints_them() {
        // Each pair from `repr()` of CPython 3.12.
        for (value, text) in [
            (1.0, "1.0"),
            (1e16, "1e+16"),
            (1.5e-7, "1.5e-07"),
            (0.1, "0.1"),
            (-0.0, "-0.0"),
            (f64::INFINITY, "inf"),
            (1e300, "1e+300"),
            (123456.789, "123456.789"),
            (2.5e22, "2.5e+22"),
        ] {
            assert_eq!(float_text(value), text);
        }
    }

    #[test]
    fn bytes_and_complex_numbers_read_as_python_prints_them() {
        assert_eq!(bytes_text(b"a'\xff\n", 80), "b\"a'\\xff\\n\"");
        assert_eq!(bytes_text(b"a'\"", 80), "b'a\\'\"'");
        assert_eq!((complex_text(0.0, 2.0), complex_text(1.0, -2.5)), ("2j".into(), "(1-2.5j)".into()));
        assert_eq!(
            (complex_text(-0.0, 1e300), complex_text(1.0, f64::NAN)),
            ("(-0+1e+300j)".into(), "(1+nanj)".into())
        );
    }
}
