//! The command line: one file per command, each with its arguments, their mapping to the library's options, and the
//! library call that answers.

mod backrefs;
mod capture;
mod chain;
mod chart;
mod collect;
mod cycles;
mod demo;
mod diff;
mod export;
mod info;
mod input;
mod leaks;
mod object;
mod output;
mod picture;
mod refs;
mod retained;
mod stop;
mod terminal;
mod types;
mod waste;

pub(crate) use output::{Answer, exit_code};
pub(crate) use stop::Stop;

use clap::{Parser, Subcommand};

const AFTER_HELP: &str = "\
FILE is a snapshot in any readable format; - is standard input. Instead of FILE, --pid PID captures on the spot.
OBJECT is an address (0x7f…), a path (app.cache['k']), a type (Session, app.Session: all of them) or Session[0].

Exit codes: 0 done, 1 found what --fail-on looks for, 2 error, 130 and 143 interrupted.";

/// What is in the heap of a running Python process, and why is it still alive?
#[derive(Parser, Debug)]
#[command(name = "heapgraph", version, after_help = AFTER_HELP, max_term_width = 100)]
#[command(propagate_version = false, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The questions one can ask.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Capture(capture::Capture),
    Info(info::Info),
    #[command(visible_alias = "show-most-common-types")]
    Types(types::Types),
    Object(object::Object),
    Retained(retained::Retained),
    Cycles(cycles::Cycles),
    Collect(collect::Collect),
    Leaks(leaks::Leaks),
    Waste(waste::Waste),
    #[command(visible_alias = "show-growth")]
    Diff(diff::Diff),
    #[command(visible_alias = "show-chain")]
    Chain(chain::Chain),
    #[command(visible_alias = "show-refs")]
    Refs(refs::Refs),
    #[command(visible_alias = "show-backrefs")]
    Backrefs(backrefs::Backrefs),
    Export(export::Export),
    Demo(demo::Demo),
}

/// What the tests of every command need.
#[cfg(test)]
mod testing {
    use clap::{Args, Command, Error};

    /// The arguments of a command, given after its name.
    pub(super) fn parse<A: Args>(words: &str) -> Result<A, Error> {
        let command = A::augment_args(Command::new("heapgraph"));
        let words = ["heapgraph"].into_iter().chain(words.split_whitespace());
        A::from_arg_matches(&command.try_get_matches_from(words)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        Arguments::command().debug_assert();
    }
}
