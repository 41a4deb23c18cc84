//! The columns with one value per object.

use super::columns::{Batch, File};
use super::numbers::{Column, append, missing};
use super::schema::{ADDRESS, FLAGS, GENERATION, LENGTH, REFCOUNT, SIZE, TEXT, TYPE};
use crate::error::{Error, Result};
use crate::snapshot::{Interner, ObjectColumns, Texts};
use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, StringArray};
use arrow_schema::DataType;

fn every_row<N>(name: &'static str) -> Column<N> {
    Column { name, absent: None }
}

/// Addresses, sizes, refcounts, generations and flags; not the types.
///
/// # Errors
/// Damaged pages; a number that does not fit, with its row.
pub(super) fn read_numbers(file: &File<'_>) -> Result<ObjectColumns> {
    let mut out = ObjectColumns::default();
    file.each_batch(&[ADDRESS, SIZE, REFCOUNT, GENERATION, FLAGS], |batch, first| {
        let row_of = |at| first + at;
        // No object lives at zero: synthetic rows have no address.
        let address = Column { name: ADDRESS, absent: Some(0) };
        append(&mut out.addresses, batch.required(ADDRESS)?, address, row_of)?;
        append(&mut out.sizes, batch.required(SIZE)?, every_row(SIZE), row_of)?;
        append(&mut out.refcounts, batch.required(REFCOUNT)?, every_row(REFCOUNT), row_of)?;
        append(&mut out.generations, batch.required(GENERATION)?, every_row(GENERATION), row_of)?;
        append(&mut out.flags, batch.required(FLAGS)?, every_row(FLAGS), row_of)
    })?;
    Ok(out)
}

/// The type of each row, and the table of type names.
///
/// # Errors
/// Damaged pages; a row without a type.
pub(super) fn read_types(file: &File<'_>) -> Result<(Vec<u32>, Interner)> {
    let (mut types, mut strings) = (Vec::new(), DictionaryReader::default());
    file.each_batch(&[TYPE], |batch, first| {
        strings.append(&mut types, batch.required(TYPE)?, every_row(TYPE), |at| first + at)
    })?;
    Ok((types, strings.interner))
}

/// Length and text of each row.
///
/// # Errors
/// Damaged pages; columns of other types.
pub(super) fn read_texts(file: &File<'_>) -> Result<Texts> {
    let mut texts = Texts::default();
    let mut lengths: Vec<u64> = Vec::new();
    let mut room = file.most_bytes();
    file.each_batch(&[LENGTH, TEXT], |batch, first| {
        lengths.clear();
        if let Some(column) = batch.column(LENGTH) {
            let length = Column { name: LENGTH, absent: Some(u64::MAX) };
            append(&mut lengths, column, length, |at| first + at)?;
        }
        let strings = strings(batch)?;
        for row in 0..batch.rows() {
            let length = lengths.get(row).copied().filter(|length| *length != u64::MAX);
            let text = strings.filter(|strings| strings.is_valid(row)).map(|strings| strings.value(row));
            // A dictionary says a long text once, and a thousand rows repeat it in a few bytes.
            let left = room.checked_sub(text.map_or(0, str::len) as u64);
            room = left.ok_or_else(|| too_long(file, first + row))?;
            texts.push(length, text)?;
        }
        Ok(())
    })?;
    Ok(texts)
}

fn too_long(file: &File<'_>, row: usize) -> Error {
    let message = format!("the texts are longer than {} bytes together", file.most_bytes());
    Error::unsupported(message).at(format!("row {row}")).with_hint("cut them: heapgraph shows 80 characters of each")
}

fn strings(batch: &Batch) -> Result<Option<&StringArray>> {
    match batch.column(TEXT) {
        None => Ok(None),
        Some(column) => match column.data_type() {
            DataType::Utf8 => Ok(Some(column.as_string::<i32>())),
            DataType::Null => Ok(None),
            other => Err(Error::malformed(format!("expected strings in column {TEXT:?}, found {other}"))),
        },
    }
}

/// Takes strings as dictionaries, and gives each its number in one table for the whole file.
#[derive(Default)]
pub(super) struct DictionaryReader {
    pub(super) interner: Interner,
    // Batches of one row group share their dictionary.
    known: Option<(ArrayRef, Vec<u32>)>,
}

impl DictionaryReader {
    /// Appends the number of each string of `array`.
    ///
    /// # Errors
    /// A column of anything but strings; a missing one where there must be one, with its row.
    pub(super) fn append(
        &mut self,
        out: &mut Vec<u32>,
        array: &ArrayRef,
        column: Column<u32>,
        row_of: impl Fn(usize) -> usize,
    ) -> Result<()> {
        if *array.data_type() == DataType::Null {
            return append(out, array, column, row_of);
        }
        let Some(array) = array.as_dictionary_opt::<Int32Type>() else {
            let message = format!("expected strings in column {:?}, found {}", column.name, array.data_type());
            return Err(Error::malformed(message));
        };
        let numbers = self.numbers(array.values())?;
        out.reserve(array.len());
        let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
        for (at, &key) in array.keys().values().iter().enumerate() {
            let number = match nulls {
                Some(nulls) if nulls.is_null(at) => None,
                _ => numbers.get(key as usize).copied(),
            };
            out.push(number.or(column.absent).ok_or_else(|| missing(column.name, row_of(at)))?);
        }
        Ok(())
    }

    /// The numbers of a dictionary's values, in its own order.
    fn numbers(&mut self, values: &ArrayRef) -> Result<&[u32]> {
        let is_known = self.known.as_ref().is_some_and(|(known, _)| known.to_data().ptr_eq(&values.to_data()));
        if !is_known {
            let Some(strings) = values.as_string_opt::<i32>() else {
                return Err(Error::malformed(format!("expected strings, found {}", values.data_type())));
            };
            let numbers: Result<Vec<u32>> =
                strings.iter().map(|text| self.interner.intern(text.unwrap_or(""))).collect();
            self.known = Some((values.clone(), numbers?));
        }
        Ok(self.known.as_ref().map_or(&[], |(_, numbers)| numbers))
    }
}
