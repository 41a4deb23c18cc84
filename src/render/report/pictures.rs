//! Pictures of a page: each drawn light and dark, all joined at once, so that they share one set of colours.

use crate::error::Result;
use crate::render::html::{element, join};
use crate::render::picture::{DrawOptions, PictureFormat, ThemeChoice, draw};
use crate::render::scene::Scene;

/// Between two pictures while they are joined: no XML has it.
const BETWEEN: char = '\u{1}';

/// Pictures in the making, each with a place in the page.
#[derive(Default)]
pub(super) struct Pictures {
    light: Vec<String>,
    dark: Vec<String>,
}

impl Pictures {
    /// Draws a scene; gives what stands for it in the page until all are joined.
    pub(super) fn scene(&mut self, scene: &Scene) -> Result<String> {
        let svg = |theme| {
            let options = DrawOptions { theme, ..DrawOptions::default() };
            draw(scene, PictureFormat::Svg, &options)
                .map(|picture| String::from_utf8_lossy(&picture.bytes).into_owned())
        };
        Ok(self.add(&svg(ThemeChoice::Light)?, &svg(ThemeChoice::Dark)?))
    }

    /// The same of a picture that is drawn already in both themes.
    pub(super) fn add(&mut self, light: &str, dark: &str) -> String {
        let nth = self.light.len();
        self.light.push(own_ids(element(light), nth));
        self.dark.push(own_ids(element(dark), nth));
        format!("{BETWEEN}{nth}{BETWEEN}")
    }

    /// The page with its pictures, and the style sheet of their colours.
    pub(super) fn place(self, page: &str) -> (String, String) {
        let between = BETWEEN.to_string();
        let joined = join(&self.light.join(&between), &self.dark.join(&between));
        let (pictures, colours) = joined.unwrap_or_else(|| (self.light.join(&between), String::new()));
        let pictures: Vec<&str> = pictures.split(BETWEEN).collect();
        let pieces = page.split(BETWEEN).enumerate().map(|(at, piece)| {
            // Every second piece is a number: texts cannot have that character.
            let nth = if at % 2 == 1 { piece.parse::<usize>().ok() } else { None };
            nth.and_then(|nth| pictures.get(nth)).copied().unwrap_or(piece)
        });
        (pieces.collect(), colours)
    }
}

/// Ids that no other picture of the page has. Each pattern has a quotation mark, which is escaped in texts.
fn own_ids(svg: &str, nth: usize) -> String {
    svg.replace(" id=\"", &format!(" id=\"p{nth}-"))
        .replace("=\"url(#", &format!("=\"url(#p{nth}-"))
        .replace("href=\"#", &format!("href=\"#p{nth}-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_share_one_set_of_colours_and_no_id() {
        let mut pictures = Pictures::default();
        let svg = |colour: &str| {
            format!("<svg><rect id=\"a\" fill=\"{colour}\" stroke=\"url(#a)\"/><text>url(#a)</text></svg>")
        };
        let places = [pictures.add(&svg("#111111"), &svg("#222222")), pictures.add(&svg("#333333"), &svg("#444444"))];
        let (page, colours) = pictures.place(&format!("<p>{}</p>{}", places[1], places[0]));
        assert_eq!(
            page,
            "<p><svg><rect id=\"p1-a\" fill=\"var(--colour1)\" stroke=\"url(#p1-a)\"/><text>url(#a)</text></svg></p>\
             <svg><rect id=\"p0-a\" fill=\"var(--colour0)\" stroke=\"url(#p0-a)\"/><text>url(#a)</text></svg>"
        );
        assert!(colours.contains("--colour1:#333333"), "{colours}");
    }
}
