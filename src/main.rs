//! The command line of heapgraph: pid, command or file → snapshot → question → report → bytes.

mod cli;

use clap::Parser;
use cli::{Answer, Arguments, Command, Stop};
use heapgraph::Result;
use std::process::ExitCode;

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let done = Stop::watch().and_then(|stop| answer(command, &stop)?.deliver(&stop));
    cli::exit_code(done)
}

fn answer(command: Command, stop: &Stop) -> Result<Answer> {
    match command {
        Command::Capture(ask) => ask.answer(stop),
        Command::Info(ask) => ask.answer(&ask.input.objects()?),
        Command::Types(ask) => ask.answer(),
        Command::Object(ask) => ask.answer(&ask.target.read()?),
        Command::Retained(ask) => ask.answer(stop),
        Command::Cycles(ask) => ask.answer(stop),
        Command::Collect(ask) => ask.answer(stop),
        Command::Leaks(ask) => ask.answer(stop),
        Command::Waste(ask) => ask.answer(&ask.input.snapshot()?),
        Command::Diff(ask) => ask.answer(stop),
        Command::Chain(ask) => ask.answer(stop),
        Command::Refs(ask) => ask.answer(stop),
        Command::Backrefs(ask) => ask.answer(stop),
        Command::Export(ask) => ask.answer(stop),
        Command::Demo(ask) => ask.answer(stop),
    }
}
