//! The manners of a Unix program: pipes, standard input, colours, and files that are whole or not there.

use crate::heapgraph::heapgraph;
use crate::{Failed, Shop};
use std::fs::File;
use std::process::Stdio;

#[test]
fn a_closed_pipe_is_success() {
    let shop = Shop::new();
    for line in ["types app.parquet", "refs app.parquet app.CACHE --json", "export app.parquet -o - --format parquet"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = heapgraph(&crate::words(line));
        let output = command.current_dir(shop.folder.path()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{line}");
    }
}

#[test]
fn a_full_disk_is_an_error() {
    let Ok(full) = File::options().write(true).open("/dev/full") else { return };
    let shop = Shop::new();
    let mut command = heapgraph(&["types", "app.parquet"]);
    let output = command.current_dir(shop.folder.path()).stdout(full).stderr(Stdio::piped()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("heapgraph: write: "));
}

#[test]
fn a_dash_reads_standard_input_in_any_format() {
    let shop = Shop::new();
    let expected = shop.run("types app.parquet");
    for name in ["app.parquet", "app.json"] {
        let input = File::open(shop.path(name)).unwrap();
        let output = heapgraph(&["types", "-"]).stdin(input).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected.text(), "{name}");
    }
    let output = heapgraph(&["types", "-"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "nothing at all is no snapshot");
}

#[test]
fn colours_only_where_they_are_wanted() {
    let shop = Shop::new();
    let run = |name: &str, value: &str| {
        let mut command = heapgraph(&["refs", "app.parquet", "app.CACHE"]);
        let output = command.current_dir(shop.folder.path()).env(name, value).env("CLICOLOR_FORCE", "1").output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let forced = run("TERM", "xterm");
    assert!(forced.contains("\u{1b}["), "colours can be forced: {forced}");
    let plain = run("NO_COLOR", "1");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert_eq!(plain, shop.run("refs app.parquet app.CACHE").text(), "no terminal, no colours");
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_nothing_is_left() {
    let shop = Shop::new();
    std::fs::create_dir(shop.path("folder")).unwrap();
    let before = shop.files();
    for out in ["missing/x.svg", "folder.svg/x.svg", "app.parquet/x.svg"] {
        let run = shop.run(&format!("refs app.parquet app.CACHE -o {out}"));
        assert!(run.error().contains(out), "{}", run.stderr);
    }
    std::fs::create_dir(shop.path("taken.svg")).unwrap();
    assert!(shop.run("refs app.parquet app.CACHE -o taken.svg").error().contains("taken.svg"));
    std::fs::remove_dir(shop.path("taken.svg")).unwrap();
    assert!(shop.run("export app.parquet -o missing/x.json").error().contains("missing/x.json"));
    assert_eq!(shop.files(), before);
}

#[test]
fn what_o_names_is_replaced() {
    let shop = Shop::new();
    std::fs::write(shop.path("x.dot"), "old").unwrap();
    shop.run("refs app.parquet app.CACHE -o x.dot").text();
    assert!(std::fs::read_to_string(shop.path("x.dot")).unwrap().starts_with("digraph"));
}

#[test]
fn two_runs_give_the_same_bytes() {
    let shop = Shop::new();
    for ending in ["svg", "png", "dot", "json"] {
        let draw = |name: &str| {
            shop.run(&format!("backrefs app.parquet Session -o {name}.{ending}")).text();
            std::fs::read(shop.path(&format!("{name}.{ending}"))).unwrap()
        };
        assert_eq!(draw("one"), draw("two"), "{ending}");
    }
}
