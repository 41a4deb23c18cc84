//! Which of a file's columns are ours, and how to get at them batch by batch.

use super::decoding;
use super::input::Input;
use super::schema::{REQUIRED, dictionary};
use super::strings::batch_rows;
use super::{METADATA_KEY, guard};
use crate::error::{Error, Result};
use crate::format::{Source, check_version};
use crate::snapshot::{FORMAT_VERSION, Metadata};
use ::parquet::arrow::ProjectionMask;
use ::parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use ::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Field, FieldRef, Schema};
use std::sync::Arc;

/// Rows that are decoded at once: enough to forget the cost of a batch, few enough to stay in the cache.
const BATCH_ROWS: usize = 1 << 16;

/// An opened file: its footer was read and believed, no column was yet.
pub(super) struct File<'s> {
    source: &'s Source,
    metadata: ArrowReaderMetadata,
    rows: usize,
}

impl<'s> File<'s> {
    pub(super) fn open(source: &'s Source) -> Result<Self> {
        let footer = guard::footer(source)?;
        let metadata = Arc::new(decoding(|| ParquetMetaDataReader::decode_metadata(&footer))?);
        let rows = guard::rows(source, &metadata)?;
        // The Arrow schema that writers embed would change how columns arrive, for no use; and it is one more thing to
        // believe.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let plain = decoding(|| ArrowReaderMetadata::try_new(Arc::clone(&metadata), options))?;
        let fields: Vec<FieldRef> = plain.schema().fields().iter().map(with_dictionary).collect();
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        let metadata = decoding(|| ArrowReaderMetadata::try_new(metadata, options))?;
        let file = File { source, metadata, rows };
        match REQUIRED.iter().find(|column| file.position(column).is_none()) {
            Some(missing) => Err(file.lacks(missing)),
            None => Ok(file),
        }
    }

    fn lacks(&self, missing: &str) -> Error {
        let found: Vec<&str> =
            self.metadata.schema().fields().iter().map(|field| field.name().as_str()).take(20).collect();
        let message = format!("expected a snapshot with a column {missing:?}, found a Parquet file with {found:?}");
        Error::malformed(message).with_hint("see docs/formats.md for the columns of a snapshot")
    }

    fn position(&self, column: &str) -> Option<usize> {
        self.metadata.schema().fields().iter().position(|field| field.name() == column)
    }

    /// Whether the file has this column.
    pub(super) fn has(&self, column: &str) -> bool {
        self.position(column).is_some()
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How many bytes a column may come to in memory.
    pub(super) fn most_bytes(&self) -> u64 {
        guard::most_bytes_of_column(self.source)
    }

    pub(super) fn parquet(&self) -> &ParquetMetaData {
        self.metadata.metadata()
    }

    /// What the file says of its process; of a file that does not say, that it does not.
    ///
    /// # Errors
    /// A newer major version; metadata that are no JSON.
    pub(super) fn metadata(&self) -> Result<Metadata> {
        let pairs = self.parquet().file_metadata().key_value_metadata();
        let ours = pairs.into_iter().flatten().find(|pair| pair.key == METADATA_KEY);
        let Some(text) = ours.and_then(|pair| pair.value.as_deref()) else {
            let warning = "the file has no metadata of heapgraph: which process it shows, and when, is unknown";
            return Ok(Metadata {
                format: FORMAT_VERSION.into(),
                warnings: vec![warning.into()],
                ..Metadata::default()
            });
        };
        // The version comes first: what else a newer file says may not be understood.
        let version: Version = serde_json::from_str(text).map_err(not_metadata)?;
        check_version(&version.format)?;
        // A file that names none is of this one, and so is what is written of it.
        Ok(Metadata { format: version.format, ..serde_json::from_str(text).map_err(not_metadata)? })
    }

    /// Calls `take` with each batch of these columns and the number of its first row.
    ///
    /// # Errors
    /// Damaged pages; whatever `take` refuses.
    pub(super) fn each_batch(&self, columns: &[&str], mut take: impl FnMut(&Batch, usize) -> Result<()>) -> Result<()> {
        let mask = self.mask(columns);
        let leaves: Vec<usize> = {
            let count = self.parquet().file_metadata().schema_descr().num_columns();
            (0..count).filter(|leaf| mask.leaf_included(*leaf)).collect()
        };
        guard::pages(self.source, self.parquet(), &leaves)?;
        let mut first = 0;
        for group in 0..self.parquet().num_row_groups() {
            let rows = batch_rows(self.source, self.parquet().row_group(group), &leaves, BATCH_ROWS)?;
            let mut reader = self.reader(group, &mask, rows)?;
            while let Some(batch) = decoding(|| Ok(reader.next().transpose()?))? {
                let batch = Batch(batch);
                take(&batch, first)?;
                first += batch.0.num_rows();
            }
        }
        if first == self.rows {
            return Ok(());
        }
        Err(Error::malformed(format!("damaged Parquet: expected {} rows in {columns:?}, found {first}", self.rows)))
    }

    /// One row group at a time: its columns share one dictionary each, which a batch across two groups would lose.
    fn reader(&self, group: usize, mask: &ProjectionMask, rows: usize) -> Result<ParquetRecordBatchReader> {
        let input = Input(self.source.clone());
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(input, self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(mask.clone())
            .with_batch_size(rows);
        decoding(|| builder.build())
    }

    /// The columns among these that the file has; the required ones are known to be there.
    fn mask(&self, columns: &[&str]) -> ProjectionMask {
        let positions = columns.iter().filter_map(|column| self.position(column));
        ProjectionMask::roots(self.parquet().file_metadata().schema_descr(), positions)
    }

    /// The leaf column of a list, or of a plain column.
    pub(super) fn leaves(&self, column: &str) -> Vec<usize> {
        let mask = self.mask(&[column]);
        (0..self.parquet().file_metadata().schema_descr().num_columns())
            .filter(|leaf| mask.leaf_included(*leaf))
            .collect()
    }
}

#[derive(serde::Deserialize)]
struct Version {
    #[serde(default = "this_version")]
    format: String,
}

fn this_version() -> String {
    FORMAT_VERSION.into()
}

fn not_metadata(error: serde_json::Error) -> Error {
    Error::malformed(format!("expected JSON under the metadata key {METADATA_KEY:?}: {error}"))
}

/// Strings are asked for as a dictionary, whichever way they are stored: most files have them so, and the others cost
/// no more.
fn with_dictionary(field: &FieldRef) -> FieldRef {
    let changed = |data_type| -> FieldRef { Arc::new(Field::clone(field).with_data_type(data_type)) };
    match field.data_type() {
        DataType::Utf8 if field.name() == super::schema::TYPE => changed(dictionary()),
        DataType::List(element) if field.name() == super::schema::NAMES && *element.data_type() == DataType::Utf8 => {
            changed(DataType::List(Arc::new(Field::clone(element).with_data_type(dictionary()))))
        }
        _ => Arc::clone(field),
    }
}

/// Some rows of some columns.
pub(super) struct Batch(RecordBatch);

impl Batch {
    pub(super) fn rows(&self) -> usize {
        self.0.num_rows()
    }

    /// A column, where the file has it.
    pub(super) fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.0.column_by_name(name)
    }

    /// A column without which the file would not have been opened.
    pub(super) fn required(&self, name: &str) -> Result<&ArrayRef> {
        self.column(name).ok_or_else(|| Error::malformed(format!("expected a column {name:?}")))
    }
}
