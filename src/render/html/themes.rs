//! One SVG in two sets of colours: drawn light and dark, and joined into one that a style sheet switches.

use std::fmt::Write;

/// Joins two drawings of the same things in the same places. Every colour in which they differ becomes a variable; gives
/// the SVG and the style sheet that sets the variables, in the order of first use. `None` where they differ in more than
/// colours: then one of them has to do. Linear in their length, times the few pairs of colours.
///
/// The style sheet goes by `data-theme` on the root element (`light`, `dark`, or what the reader's system prefers).
pub fn join(light: &str, dark: &str) -> Option<(String, String)> {
    let (mut svg, mut pairs) = (String::with_capacity(light.len()), Vec::new());
    let (mut light, mut dark) = (light, dark);
    loop {
        let ((text, light_rest), (other, dark_rest)) = (up_to_colour(light), up_to_colour(dark));
        if text != other {
            return None;
        }
        svg.push_str(text);
        let (Some((colour, light_rest)), Some((other, dark_rest))) = (colour(light_rest), colour(dark_rest)) else {
            let both_end = light_rest.is_empty() && dark_rest.is_empty();
            return both_end.then(|| (svg, sheet(&pairs)));
        };
        if colour == other {
            svg.push_str(colour);
        } else {
            let known = pairs.iter().position(|pair| *pair == (colour, other));
            let at = known.unwrap_or_else(|| {
                pairs.push((colour, other));
                pairs.len() - 1
            });
            write!(svg, "var(--colour{at})").expect("writing to a string cannot fail");
        }
        (light, dark) = (light_rest, dark_rest);
    }
}

/// Up to and with the quotation mark before the next attribute that is a colour.
fn up_to_colour(text: &str) -> (&str, &str) {
    const START: &str = "=\"#";
    let end = text.find(START).map_or(text.len(), |at| at + START.len() - 1);
    text.split_at(end)
}

/// `#rrggbb`, or whatever stands between a `#` and the quotation mark.
fn colour(text: &str) -> Option<(&str, &str)> {
    text.find('"').map(|end| text.split_at(end))
}

fn sheet(pairs: &[(&str, &str)]) -> String {
    let set = |dark: bool| -> String {
        let values = pairs.iter().map(|(light, other)| if dark { other } else { light });
        values.enumerate().map(|(at, colour)| format!("--colour{at}:{colour};")).collect()
    };
    let (light, dark) = (set(false), set(true));
    format!(
        ":root{{{light}}}\n:root[data-theme=dark]{{{dark}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root[data-theme=auto]{{{dark}}}}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_that_differ_become_variables() {
        let light = r##"<rect fill="#ffffff" stroke="#000000"/><text fill="#ffffff">=a</text>"##;
        let dark = r##"<rect fill="#111111" stroke="#000000"/><text fill="#eeeeee">=a</text>"##;
        let (svg, sheet) = join(light, dark).unwrap();
        assert_eq!(svg, r##"<rect fill="var(--colour0)" stroke="#000000"/><text fill="var(--colour1)">=a</text>"##);
        assert!(sheet.starts_with(":root{--colour0:#ffffff;--colour1:#ffffff;}"), "{sheet}");
        assert!(sheet.contains("[data-theme=dark]{--colour0:#111111;--colour1:#eeeeee;}"), "{sheet}");
        assert_eq!(join(light, light).unwrap().0, light);
    }

    #[test]
    fn drawings_of_different_things_are_not_joined() {
        for (one, other) in [("<a/>", "<b/>"), (r##"<a fill="#1"/>"##, "<a/>"), ("<a/>", r##"<a/><b c="#1"/>"##)] {
            assert_eq!(join(one, other), None, "{one} {other}");
        }
    }
}
