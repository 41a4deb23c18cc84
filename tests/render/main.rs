//! Pictures, tables and JSON, seen from outside: what stands in the files.

mod checker;
mod drawing;
mod labels;
mod shapes;
mod timing;
