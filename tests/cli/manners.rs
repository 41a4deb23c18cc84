//! The manners of a Unix program: pipes, standard input, colours, and files that are whole or not there.

use crate::heapgraph::heapgraph;
use crate::{Failed, Shop};
use std::fs::File;
use std::process::Stdio;

/// The endings of pictures.
const PICTURES: [&str; 7] = ["svg", "png", "pdf", "html", "dot", "mmd", "json"];

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
    let always = shop.run("refs app.parquet app.CACHE --color always");
    assert!(always.text().contains("\u{1b}["), "{}", always.text());
    let plain = run("NO_COLOR", "1");
    assert!(!plain.contains('\u{1b}'), "{plain}");
    assert_eq!(plain, shop.run("refs app.parquet app.CACHE").text(), "no terminal, no colours");
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_nothing_is_left() {
    let shop = Shop::new();
    std::fs::create_dir(shop.path("folder")).unwrap();
    let before = shop.files();
    let named = PICTURES.map(|ending| format!("missing/x.{ending}"));
    for out in named.iter().map(String::as_str).chain(["folder.svg/x.svg", "app.parquet/x.svg"]) {
        let run = shop.run(&format!("refs app.parquet app.CACHE -o {out}"));
        assert!(run.error().contains(out), "{}", run.stderr);
    }
    std::fs::create_dir(shop.path("taken.svg")).unwrap();
    assert!(shop.run("refs app.parquet app.CACHE -o taken.svg").error().contains("taken.svg"));
    std::fs::remove_dir(shop.path("taken.svg")).unwrap();
    assert!(shop.run("export app.parquet -o missing/x.json").error().contains("missing/x.json"));
    assert_eq!(shop.files(), before);
}

/// Where the disk is full, or a file may not grow, there is an error and no file: neither the picture nor a part of it.
#[test]
fn a_picture_is_whole_or_not_there() {
    let shop = Shop::new();
    let before = shop.files();
    for ending in PICTURES {
        let program = env!("CARGO_BIN_EXE_heapgraph");
        // Without the trap the signal ends the program; a full disk sends none.
        let script = format!("trap '' XFSZ; ulimit -f 0; exec {program} refs app.parquet app.CACHE -o x.{ending}");
        let output = std::process::Command::new("sh").args(["-c", &script]).current_dir(shop.folder.path()).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{ending}: {said}");
        assert!(said.starts_with(&format!("heapgraph: x.{ending}: write: ")), "{ending}: {said}");
        assert_eq!(shop.files(), before, "{ending}");
        std::os::unix::fs::symlink("/dev/full", shop.path(&format!("full.{ending}"))).unwrap();
        let run = shop.run(&format!("refs app.parquet app.CACHE -o full.{ending}"));
        assert!(run.error().contains("write"), "{ending}: {}", run.stderr);
        std::fs::remove_file(shop.path(&format!("full.{ending}"))).unwrap();
    }
}

/// Our letters come out of the program: fonts that are installed, or not, change nothing.
#[test]
fn without_fonts_the_picture_is_the_same() {
    let shop = Shop::new();
    for ending in ["png", "pdf"] {
        let line = format!("backrefs app.parquet Session -o {ending}.{ending}");
        shop.run(&line).text();
        let whole = std::fs::read(shop.path(&format!("{ending}.{ending}"))).unwrap();
        let mut command = heapgraph(&crate::words(&line));
        command.env("FONTCONFIG_FILE", "/dev/null").env("HOME", "/nonexistent").env("XDG_DATA_HOME", "/nonexistent");
        assert!(command.current_dir(shop.folder.path()).output().unwrap().status.success());
        assert!(whole == std::fs::read(shop.path(&format!("{ending}.{ending}"))).unwrap(), "{ending}");
    }
}

#[test]
fn a_terminal_that_shows_no_pictures_is_named() {
    let shop = Shop::new();
    let run = shop.run("refs app.parquet app.CACHE --show");
    assert!(run.error().contains("expected a terminal to show a picture in, found a file or pipe"), "{}", run.stderr);
    let run = shop.run("refs app.parquet app.CACHE --show=kitty");
    assert!(run.text().starts_with("\u{1b}_Ga=T,f=100,"));
    assert_eq!(shop.run("refs app.parquet app.CACHE --show -o x.svg").code, Some(2));
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
    for ending in PICTURES {
        let draw = |name: &str| {
            shop.run(&format!("backrefs app.parquet Session -o {name}.{ending}")).text();
            std::fs::read(shop.path(&format!("{name}.{ending}"))).unwrap()
        };
        assert_eq!(draw("one"), draw("two"), "{ending}");
    }
}
