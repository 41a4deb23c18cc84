//! Reports and neighbourhoods to text, tables, JSON and pictures. Computes no answers.
//!
//! A picture goes one way: a [`Neighbourhood`](crate::analysis::neighbourhood::Neighbourhood) becomes a [`Scene`] of
//! boxes and lines with their texts ([`scene`]); a [`Layout`] says where they stand; [`picture::draw`] writes the bytes
//! of one [`PictureFormat`]. Text is measured and drawn with the same embedded font, so that a picture is the same on
//! a machine without any font, and the same bytes on every run.

pub mod advice;
pub mod dot;
#[cfg(feature = "flame")]
pub mod flame;
pub mod font;
pub mod html;
#[cfg(feature = "png")]
pub mod inline;
pub mod json;
pub mod layout;
pub mod mermaid;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod picture;
#[cfg(feature = "png")]
pub mod png;
pub mod report;
pub mod scene;
#[cfg(any(feature = "pdf", feature = "png"))]
mod shaped;
pub mod style;
pub mod svg;
pub mod table;
pub mod text;
pub mod tree;
pub mod treemap;

#[cfg(feature = "png")]
pub use inline::{Protocol, draw_inline};
pub use layout::Layout;
pub use picture::{DrawOptions, Engine, Picture, PictureFormat, ThemeChoice, draw};
pub use scene::Scene;
