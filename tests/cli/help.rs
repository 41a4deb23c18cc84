//! Help is output too: every command's is a golden.

use crate::golden;
use crate::heapgraph::run;

const COMMANDS: [&str; 15] = [
    "capture", "info", "types", "object", "retained", "cycles", "collect", "leaks", "waste", "diff", "chain", "refs",
    "backrefs", "export", "demo",
];

#[test]
fn every_commands_help_is_as_it_was() {
    golden::check("cli/help.txt", run(&["--help"]).text());
    for command in COMMANDS {
        golden::check(&format!("cli/help-{command}.txt"), run(&[command, "--help"]).text());
    }
}

#[test]
fn the_list_of_commands_is_whole() {
    let help = run(&["--help"]);
    let commands = help.text().split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let names = commands.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let listed: Vec<&str> = names.filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(listed, COMMANDS);
}

#[test]
fn objgraphs_names_are_the_same_commands() {
    let pairs = [
        ("show-refs", "refs"),
        ("show-backrefs", "backrefs"),
        ("show-chain", "chain"),
        ("show-growth", "diff"),
        ("show-most-common-types", "types"),
    ];
    for (alias, command) in pairs {
        assert_eq!(run(&[alias, "--help"]).text(), run(&[command, "--help"]).text());
    }
}

#[test]
fn nothing_asked_is_a_usage_error() {
    for line in [&[][..], &["no-such-command"], &["types"], &["types", "a", "b"], &["capture"]] {
        let run = run(line);
        assert_eq!(run.code, Some(2), "{line:?}");
        assert!(run.stdout.is_empty() && run.stderr.contains("Usage: heapgraph"), "{line:?}: {}", run.stderr);
    }
}
