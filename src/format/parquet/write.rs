//! From columns in memory to columns in a file: slices, one row group after the other, on two threads.

use super::schema::{OBJECT_COLUMNS, elements, properties, schema};
use super::{damaged, guard};
use crate::error::{Error, Result};
use crate::snapshot::{ObjectId, Snapshot, Strings};
use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, DictionaryArray, Int32Array, ListArray, StringArray, UInt8Array, UInt32Array, UInt64Array,
};
use arrow_buffer::{BooleanBuffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{Field, FieldRef, SchemaRef};
use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

/// Rows that are encoded together. Large, so that dictionaries are stored seldom; small enough that several threads of
/// a reader have something to do.
const GROUP_ROWS: usize = 1 << 19;

/// Writes the whole snapshot.
pub(in crate::format) fn write(snapshot: &Snapshot, out: impl Write + Send) -> Result<()> {
    let metadata = serde_json::to_string(snapshot.metadata())
        .map_err(|error| Error::malformed(format!("cannot write the metadata as JSON: {error}")))?;
    let tables = Tables::new(snapshot)?;
    let schema = schema(&metadata);
    let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties(metadata))).map_err(failed)?;
    let (mut file, factory) = writer.into_serialized_writer().map_err(failed)?;
    for (number, rows) in groups(snapshot.objects().len()).enumerate() {
        let writers = factory.create_column_writers(number).map_err(failed)?;
        let chunks = encode_group(&tables, &schema, writers, rows)?;
        let mut group = file.next_row_group().map_err(failed)?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(failed)?;
        }
        group.close().map_err(failed)?;
    }
    let values = snapshot.objects().len() + snapshot.references().len();
    let least = guard::least_length(values as u64, snapshot.texts().bytes() as u64);
    let padding = least.saturating_sub(file.bytes_written() as u64);
    if padding > 0 {
        // Packed as well as this, a heap could not be told from a file that lies about its size.
        file.append_key_value_metadata(KeyValue::new("padding".to_owned(), " ".repeat(padding as usize)));
    }
    file.close().map(drop).map_err(failed)
}

fn groups(rows: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(GROUP_ROWS).map(move |start| start..rows.min(start + GROUP_ROWS))
}

/// On writing, nothing is damaged: what the crate reports is the writer's refusal, or a limit of the format.
fn failed(error: ParquetError) -> Error {
    match error {
        ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
            Ok(error) => Error::io("cannot write it", *error),
            Err(other) => Error::unsupported(format!("cannot be written as Parquet: {other}")),
        },
        other => damaged(other),
    }
}

/// The snapshot with its tables of strings as dictionaries.
struct Tables<'s> {
    snapshot: &'s Snapshot,
    types: ArrayRef,
    names: ArrayRef,
}

impl<'s> Tables<'s> {
    fn new(snapshot: &'s Snapshot) -> Result<Self> {
        let types = dictionary_of(snapshot.objects().type_names())?;
        let names = dictionary_of(&snapshot.references().columns().name_table)?;
        Ok(Tables { snapshot, types, names })
    }
}

fn dictionary_of(strings: &Strings) -> Result<ArrayRef> {
    check_bytes(strings.iter().map(str::len).sum())?;
    Ok(Arc::new(StringArray::from_iter_values(strings.iter())))
}

/// Arrow counts the bytes of a string column in 31 bits.
fn check_bytes(bytes: usize) -> Result<()> {
    if i32::try_from(bytes).is_ok() {
        return Ok(());
    }
    let error = Error::unsupported(format!("{bytes} bytes of text in one column; Parquet takes 2 GiB at once"));
    Err(error.with_hint("export it as JSON"))
}

/// Encodes the columns of objects and those of references at the same time; they cost about the same.
fn encode_group(
    tables: &Tables<'_>,
    schema: &SchemaRef,
    mut writers: Vec<ArrowColumnWriter>,
    rows: Range<usize>,
) -> Result<Vec<ArrowColumnChunk>> {
    let reference_writers = writers.split_off(OBJECT_COLUMNS);
    let (object_fields, reference_fields) = schema.fields().split_at(OBJECT_COLUMNS);
    let (objects, references) = std::thread::scope(|scope| {
        let objects = scope.spawn(|| encode(object_fields, object_arrays(tables, rows.clone())?, writers));
        let references = reference_arrays(tables, rows.clone())
            .and_then(|arrays| encode(reference_fields, arrays, reference_writers));
        (objects.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), references)
    });
    let mut chunks = objects?;
    chunks.extend(references?);
    Ok(chunks)
}

fn encode(
    fields: &[FieldRef],
    arrays: Vec<ArrayRef>,
    writers: Vec<ArrowColumnWriter>,
) -> Result<Vec<ArrowColumnChunk>> {
    let mut chunks = Vec::with_capacity(writers.len());
    for ((field, array), writer) in fields.iter().zip(arrays).zip(writers) {
        chunks.push(encode_column(field, array, writer).map_err(failed)?);
    }
    Ok(chunks)
}

fn encode_column(
    field: &Field,
    array: ArrayRef,
    mut writer: ArrowColumnWriter,
) -> Result<ArrowColumnChunk, ParquetError> {
    for leaf in compute_leaves(field, &array)? {
        writer.write(&leaf)?;
    }
    writer.close()
}

fn object_arrays(tables: &Tables<'_>, rows: Range<usize>) -> Result<Vec<ArrayRef>> {
    let (columns, texts) = (tables.snapshot.objects().columns(), tables.snapshot.texts());
    let ids = || rows.clone().map(|row| ObjectId::new(row as u32));
    let addresses = &columns.addresses[rows.clone()];
    let keys = Int32Array::from_iter_values(columns.types[rows.clone()].iter().map(|key| *key as i32));
    check_bytes(ids().filter_map(|row| texts.text(row)).map(str::len).sum())?;
    let present = BooleanBuffer::collect_bool(addresses.len(), |row| addresses[row] != 0);
    let addresses = UInt64Array::new(ScalarBuffer::from(addresses.to_vec()), Some(NullBuffer::new(present)));
    Ok(vec![
        Arc::new(addresses),
        Arc::new(keyed(keys, &tables.types)?),
        Arc::new(UInt64Array::from(columns.sizes[rows.clone()].to_vec())),
        Arc::new(UInt32Array::from(columns.refcounts[rows.clone()].to_vec())),
        Arc::new(UInt8Array::from(columns.generations[rows.clone()].to_vec())),
        Arc::new(UInt32Array::from(columns.flags[rows.clone()].to_vec())),
        Arc::new(UInt64Array::from_iter(ids().map(|row| texts.length(row)))),
        Arc::new(StringArray::from_iter(ids().map(|row| texts.text(row)))),
    ])
}

fn reference_arrays(tables: &Tables<'_>, rows: Range<usize>) -> Result<Vec<ArrayRef>> {
    let columns = tables.snapshot.references().columns();
    let offsets = &columns.offsets[rows.start..=rows.end];
    let (first, last) = (offsets[0], offsets[offsets.len() - 1]);
    if i32::try_from(last - first).is_err() {
        return Err(Error::unsupported(format!("{} references of {} objects", last - first, rows.len())));
    }
    let range = first as usize..last as usize;
    let offsets = offsets.iter().map(|offset| (offset - first) as i32).collect::<Vec<_>>();
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let names = &columns.names[range.clone()];
    // NO_NAME is no index: as a number it is negative, as an element it is null.
    let present = BooleanBuffer::collect_bool(names.len(), |at| names[at] as i32 >= 0);
    let keys = ScalarBuffer::from(names.iter().map(|name| (*name as i32).max(0)).collect::<Vec<_>>());
    let keys = Int32Array::new(keys, Some(NullBuffer::new(present)));
    let arrays: [ArrayRef; 3] = [
        Arc::new(UInt32Array::from(columns.targets[range.clone()].to_vec())),
        Arc::new(UInt8Array::from(columns.tags[range].to_vec())),
        Arc::new(keyed(keys, &tables.names)?),
    ];
    let lists = elements().into_iter().zip(arrays).map(|(element, array)| {
        let list = ListArray::try_new(element, offsets.clone(), array, None);
        list.map(|list| Arc::new(list) as ArrayRef).map_err(|error| failed(error.into()))
    });
    lists.collect()
}

fn keyed(keys: Int32Array, values: &ArrayRef) -> Result<DictionaryArray<Int32Type>> {
    DictionaryArray::try_new(keys, Arc::clone(values)).map_err(|error| failed(error.into()))
}
