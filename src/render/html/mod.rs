//! Pages to look at a picture in a browser: one self-contained file each, which works offline.
//!
//! [`page`] is the frame of every page; [`view`] is the page around one picture, with pan, zoom, search and a panel of
//! details. What the panel shows is read from JSON as it comes: a field that a picture gains shows up by itself.

mod page;
mod themes;

pub use page::{Page, fill, json, page};
pub use themes::join;

use serde_json::Value;

use super::picture::ThemeChoice;
use super::scene::Scene;
use super::text::xml;

const VIEW: &str = include_str!("view.html");
const VIEW_CSS: &str = include_str!("view.css");
const VIEWPORT_JS: &str = include_str!("viewport.js");
const VIEW_JS: &str = include_str!("view.js");

/// What [`view`] shows.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// For the window, and for those who cannot see the picture; any text.
    pub title: &'a str,
    /// Light, dark, or what the reader's system prefers.
    pub theme: ThemeChoice,
    /// The picture in light colours: an `<svg>` of ours, grouped as [`svg`](super::svg) does it.
    pub light: &'a str,
    /// The same in dark ones, if it comes in both.
    pub dark: Option<&'a str>,
    /// `{"nodes": [{"id", "label", ..}], "edges": [{"from", "to", "label", ..}]}`: the ids are those of the SVG's
    /// groups. Further fields of a node are listed in its panel; `tooltip` is its text at length.
    pub data: &'a Value,
}

/// The page around one picture. Linear in the picture's size.
pub fn view(view: &View<'_>) -> String {
    let light = element(view.light);
    let joined = view.dark.and_then(|dark| join(light, element(dark)));
    let (svg, colours) = joined.unwrap_or_else(|| (light.to_owned(), String::new()));
    let body = fill(VIEW, &[("title", &xml(view.title)), ("picture", &svg)]);
    page(&Page {
        title: view.title,
        theme: view.theme,
        body: &body,
        styles: &[VIEW_CSS, &colours],
        scripts: &[VIEWPORT_JS, VIEW_JS],
        data: &[("picture-data", view.data)],
    })
}

/// What the page knows of a scene: `heapgraph.picture/1`, and beside each label the text at length, as `tooltip`. Ids and
/// texts are those that are drawn.
pub fn facts(scene: &Scene) -> Value {
    let scene = scene.drawable();
    let mut value = super::json::picture(&scene);
    let nodes = scene.boxes.iter().map(|one| &one.tooltip);
    add_tooltips(&mut value["nodes"], nodes);
    add_tooltips(&mut value["edges"], scene.edges.iter().map(|edge| &edge.tooltip));
    value
}

fn add_tooltips<'a>(values: &mut Value, tooltips: impl Iterator<Item = &'a String>) {
    let values = values.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
    for (value, tooltip) in values.iter_mut().zip(tooltips) {
        value["tooltip"] = tooltip.as_str().into();
    }
}

/// A file's `<svg>` element, without the XML declaration before it, which HTML does not know.
pub fn element(svg: &str) -> &str {
    svg.find("<svg").map_or(svg, |at| &svg[at..]).trim_end()
}
