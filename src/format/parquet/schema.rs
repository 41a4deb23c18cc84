//! The columns of a snapshot file: their names, what we write, and how each is encoded.

use super::METADATA_KEY;
use ::parquet::basic::{Compression, Encoding, ZstdLevel};
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::{EnabledStatistics, WriterProperties};
use ::parquet::schema::types::ColumnPath;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use std::collections::HashMap;
use std::sync::Arc;

pub(super) const ADDRESS: &str = "address";
pub(super) const TYPE: &str = "type";
pub(super) const SIZE: &str = "size";
pub(super) const REFCOUNT: &str = "refcount";
pub(super) const GENERATION: &str = "generation";
pub(super) const FLAGS: &str = "flags";
pub(super) const LENGTH: &str = "length";
pub(super) const TEXT: &str = "text";
pub(super) const REFERENCES: &str = "references";
pub(super) const KINDS: &str = "reference_kinds";
pub(super) const NAMES: &str = "reference_names";

/// The columns without which a Parquet file is no snapshot.
pub(super) const REQUIRED: [&str; 8] = [ADDRESS, TYPE, SIZE, REFCOUNT, GENERATION, FLAGS, REFERENCES, KINDS];

/// The element of a list, as the format's own documents call it; pyarrow and DuckDB do too.
const ELEMENT: &str = "element";

/// Names are few beside references, mostly; where they are not, a dictionary is still smaller than what it stands for.
const DICTIONARY_BYTES: usize = 1 << 28;

/// A string column in which most values repeat. Signed keys, because pandas takes no others.
pub(super) fn dictionary() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

fn list(name: &str, element: Arc<Field>) -> Field {
    Field::new(name, DataType::List(element), false)
}

/// What the elements of the three list columns are, in order of the columns.
pub(super) fn elements() -> [Arc<Field>; 3] {
    [
        Arc::new(Field::new(ELEMENT, DataType::UInt32, false)),
        Arc::new(Field::new(ELEMENT, DataType::UInt8, false)),
        Arc::new(Field::new(ELEMENT, dictionary(), true)),
    ]
}

/// The schema of the files we write. The eight columns of objects come first, then the three of references.
///
/// It carries the metadata too: that is where pyarrow looks for them, and from where it writes them again.
pub(super) fn schema(metadata: &str) -> SchemaRef {
    let [target, kind, name] = elements();
    let columns = vec![
        Field::new(ADDRESS, DataType::UInt64, true),
        Field::new(TYPE, dictionary(), false),
        Field::new(SIZE, DataType::UInt64, false),
        Field::new(REFCOUNT, DataType::UInt32, false),
        Field::new(GENERATION, DataType::UInt8, false),
        Field::new(FLAGS, DataType::UInt32, false),
        Field::new(LENGTH, DataType::UInt64, true),
        Field::new(TEXT, DataType::Utf8, true),
        list(REFERENCES, target),
        list(KINDS, kind),
        list(NAMES, name),
    ];
    let metadata = HashMap::from([(METADATA_KEY.to_owned(), metadata.to_owned())]);
    Arc::new(Schema::new_with_metadata(columns, metadata))
}

/// How many of the columns, the first ones, have one value per object.
pub(super) const OBJECT_COLUMNS: usize = 8;

/// Encodings and compression: neighbours in memory are neighbours in the file, so addresses and targets are stored as
/// differences; types, names and small numbers as indexes into a dictionary.
pub(super) fn properties(metadata: String) -> WriterProperties {
    let differences = [path(&[ADDRESS]), path(&[REFERENCES, "list", ELEMENT])];
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_key_value_metadata(Some(vec![KeyValue::new(METADATA_KEY.to_owned(), metadata)]))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_data_page_row_count_limit(usize::MAX)
        .set_dictionary_page_size_limit(DICTIONARY_BYTES)
        .set_column_dictionary_enabled(path(&[TEXT]), false)
        .set_column_encoding(path(&[TEXT]), Encoding::DELTA_LENGTH_BYTE_ARRAY);
    for column in differences {
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    properties.build()
}

fn path(parts: &[&str]) -> ColumnPath {
    ColumnPath::new(parts.iter().map(|part| (*part).to_owned()).collect())
}
