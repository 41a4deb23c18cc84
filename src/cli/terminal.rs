//! What the terminal on standard output can do, as far as its environment tells.

use clap::ColorChoice;
use heapgraph::render::Protocol;
use heapgraph::{Error, Result};
use std::io::{self, IsTerminal};

/// Columns where nothing tells how many there are.
pub(crate) const USUAL_WIDTH: usize = 80;

/// Whether text for stdout carries colours. Left to itself: on a terminal, with neither `NO_COLOR` nor a dumb one.
pub(crate) fn wants_colour(choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
    }
}

/// Columns of the terminal on stdout; `None` where stdout is none.
pub(crate) fn width() -> Option<usize> {
    let out = io::stdout();
    if !out.is_terminal() {
        return None;
    }
    let told = terminal_size::terminal_size_of(&out).map(|(width, _)| usize::from(width.0));
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.or(columns).filter(|width| *width > 0).or(Some(USUAL_WIDTH))
}

/// How the terminal on stdout takes pictures.
pub(crate) fn protocol() -> Result<Protocol> {
    let hint = "--show=kitty, --show=iterm2 or --show=sixel where you know better; or -o x.png";
    if !io::stdout().is_terminal() {
        return Err(
            Error::unsupported("expected a terminal to show a picture in, found a file or pipe").with_hint(hint)
        );
    }
    guess(|name| std::env::var(name).ok().filter(|value| !value.is_empty())).ok_or_else(|| {
        Error::unsupported(
            "expected a terminal that shows pictures (kitty, Ghostty, Konsole, iTerm2, WezTerm, mintty, VS Code, foot, \
             mlterm, contour, Windows Terminal), found another, or one inside tmux or screen",
        )
        .with_hint(hint)
    })
}

/// From the variables by which terminals make themselves known. Inside tmux and screen nothing is guessed: these pass
/// pictures on only where they are told to.
fn guess(variable: impl Fn(&str) -> Option<String>) -> Option<Protocol> {
    let has = |name: &str| variable(name).is_some();
    let [term, program] = ["TERM", "TERM_PROGRAM"].map(|name| variable(name).unwrap_or_default());
    if has("TMUX") || has("STY") {
        return None;
    }
    match program.as_str() {
        "ghostty" => return Some(Protocol::Kitty),
        "iTerm.app" | "WezTerm" | "mintty" | "vscode" => return Some(Protocol::Iterm2),
        _ => {}
    }
    if has("KITTY_WINDOW_ID") || has("KONSOLE_VERSION") || matches!(term.as_str(), "xterm-kitty" | "xterm-ghostty") {
        return Some(Protocol::Kitty);
    }
    if variable("LC_TERMINAL").is_some_and(|name| name == "iTerm2") {
        return Some(Protocol::Iterm2);
    }
    let sixel = ["foot", "mlterm", "contour"].iter().any(|name| term.starts_with(name)) || term.contains("sixel");
    (sixel || has("WT_SESSION")).then_some(Protocol::Sixel)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Environment = &'static [(&'static str, &'static str)];

    #[test]
    fn a_terminal_is_known_by_its_environment() {
        let cases: [(Environment, Option<Protocol>); 9] = [
            (&[("TERM", "xterm-kitty")], Some(Protocol::Kitty)),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "ghostty")], Some(Protocol::Kitty)),
            (&[("TERM", "xterm-256color"), ("TERM_PROGRAM", "WezTerm")], Some(Protocol::Iterm2)),
            (&[("TERM", "xterm-256color"), ("LC_TERMINAL", "iTerm2")], Some(Protocol::Iterm2)),
            (&[("TERM", "foot")], Some(Protocol::Sixel)),
            (&[("TERM", "xterm-256color"), ("WT_SESSION", "1")], Some(Protocol::Sixel)),
            (&[("TERM", "tmux-256color"), ("TMUX", "/tmp/x"), ("KITTY_WINDOW_ID", "1")], None),
            (&[("TERM", "xterm-256color")], None),
            (&[], None),
        ];
        for (environment, expected) in cases {
            let variable =
                |name: &str| environment.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            assert_eq!(guess(variable), expected, "{environment:?}");
        }
    }

    #[test]
    fn a_choice_of_colours_is_final() {
        assert!(wants_colour(ColorChoice::Always) && !wants_colour(ColorChoice::Never));
    }
}
