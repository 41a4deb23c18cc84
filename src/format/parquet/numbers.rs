//! Whole numbers out of columns of any integer width.

use crate::error::{Error, Result};
use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use std::fmt::Display;

/// What a column is called, and what stands in memory where it has no value.
#[derive(Clone, Copy)]
pub(super) struct Column<N> {
    pub(super) name: &'static str,
    /// `None`: every row must have a value.
    pub(super) absent: Option<N>,
}

/// What a column of whole numbers of any width can be read as.
pub(super) trait Number:
    Copy
    + TryFrom<i8>
    + TryFrom<i16>
    + TryFrom<i32>
    + TryFrom<i64>
    + TryFrom<u8>
    + TryFrom<u16>
    + TryFrom<u32>
    + TryFrom<u64>
{
}

impl Number for u8 {}
impl Number for u32 {}
impl Number for u64 {}

/// Appends all values of `array`. `row_of` tells the row of a value, for errors.
///
/// # Errors
/// A column of anything but whole numbers; a number that is negative, too large or missing: with its row.
pub(super) fn append<N: Number>(
    out: &mut Vec<N>,
    array: &ArrayRef,
    column: Column<N>,
    row_of: impl Fn(usize) -> usize,
) -> Result<()> {
    match array.data_type() {
        DataType::Int8 => append_from::<Int8Type, N>(out, array, column, row_of),
        DataType::Int16 => append_from::<Int16Type, N>(out, array, column, row_of),
        DataType::Int32 => append_from::<Int32Type, N>(out, array, column, row_of),
        DataType::Int64 => append_from::<Int64Type, N>(out, array, column, row_of),
        DataType::UInt8 => append_from::<UInt8Type, N>(out, array, column, row_of),
        DataType::UInt16 => append_from::<UInt16Type, N>(out, array, column, row_of),
        DataType::UInt32 => append_from::<UInt32Type, N>(out, array, column, row_of),
        DataType::UInt64 => append_from::<UInt64Type, N>(out, array, column, row_of),
        DataType::Null => append_nothing(out, array.len(), column, row_of),
        other => {
            let message = format!("expected whole numbers in column {:?}, found {other}", column.name);
            Err(Error::malformed(message)
                .with_hint("a column with nulls that went through pandas became fractional: write it as Int64"))
        }
    }
}

fn append_from<T, N>(
    out: &mut Vec<N>,
    array: &ArrayRef,
    column: Column<N>,
    row_of: impl Fn(usize) -> usize,
) -> Result<()>
where
    T: ArrowPrimitiveType,
    T::Native: Display,
    N: Copy + TryFrom<T::Native>,
{
    let array = array.as_primitive::<T>();
    out.reserve(array.len());
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    for (at, &value) in array.values().iter().enumerate() {
        if nulls.is_some_and(|nulls| nulls.is_null(at)) {
            out.push(column.absent.ok_or_else(|| missing(column.name, row_of(at)))?);
            continue;
        }
        let number = N::try_from(value).map_err(|_| {
            let most = u64::MAX >> (64 - 8 * size_of::<N>());
            let message = format!("expected {} to be from 0 to {most}, found {value}", column.name);
            Error::malformed(message).at(format!("row {}", row_of(at)))
        })?;
        out.push(number);
    }
    Ok(())
}

fn append_nothing<N: Copy>(
    out: &mut Vec<N>,
    length: usize,
    column: Column<N>,
    row_of: impl Fn(usize) -> usize,
) -> Result<()> {
    match column.absent {
        Some(value) => out.extend(std::iter::repeat_n(value, length)),
        None if length > 0 => return Err(missing(column.name, row_of(0))),
        None => {}
    }
    Ok(())
}

/// A row that lacks what every row must have.
pub(super) fn missing(column: &str, row: usize) -> Error {
    Error::malformed(format!("expected a value in column {column:?}, found null")).at(format!("row {row}"))
}
