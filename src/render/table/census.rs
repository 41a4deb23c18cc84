//! `types`.

use super::{CELL, Columns, Sizes};
use crate::analysis::census::Census;
use crate::render::text::{cut, grouped};

/// Types by count, with a line of totals. `limit` cuts the rows; 0 is all.
pub fn census(census: &Census, limit: usize, sizes: Sizes) -> String {
    let limit = if limit == 0 { usize::MAX } else { limit };
    let mut columns = Columns::new(&[("objects", true), ("bytes", true), ("type", false)]);
    for one in census.types.iter().take(limit) {
        columns.rows.push(vec![grouped(one.count), sizes.write(one.bytes), cut(&one.type_name, CELL)]);
    }
    let hidden = census.types.len().saturating_sub(limit);
    let all = match hidden {
        0 => format!("in all, {} types", grouped(census.types.len() as u64)),
        hidden => format!("in all, with {} more types", grouped(hidden as u64)),
    };
    columns.rows.push(vec![grouped(census.objects), sizes.write(census.bytes), all]);
    columns.write(false)
}
