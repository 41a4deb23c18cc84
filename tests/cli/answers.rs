//! What each command says of a heap small enough to check by eye.

use crate::{Shop, golden};
use ::heapgraph::format::{Format, Overwrite, write_file};
use ::heapgraph::testkit::sketch;

/// Every command without `--json` on the shop's heap: one golden, read like a session at a terminal.
#[test]
fn a_session_at_the_terminal() {
    let shop = Shop::new();
    let lines = [
        "info app.parquet",
        "types app.parquet",
        "types app.parquet --limit 2 --bytes",
        "types app.parquet --tracked --filter app.*",
        "object app.parquet Session[0]",
        "object app.parquet app.CACHE",
        "cycles app.parquet",
        "chain app.parquet Session",
        "chain app.parquet Request",
        "refs app.parquet app.CACHE",
        "backrefs app.parquet Session[0]",
        "backrefs app.parquet app.CACHE.entries['user-1'] --max-depth 1 --style objgraph",
    ];
    let mut session = String::new();
    for line in lines {
        let run = shop.run(line);
        session += &format!("$ heapgraph {line}\n{}", run.text());
        for note in run.stderr.lines() {
            session += &format!("stderr: {note}\n");
        }
        session.push('\n');
    }
    golden::check("cli/session.txt", &session);
}

#[test]
fn the_totals_of_types_are_those_of_the_sketch_however_few_rows_are_shown() {
    let shop = Shop::new();
    for line in ["types app.parquet --json", "types app.parquet --json -n 1", "types app.json --json"] {
        let report = shop.run(line).json();
        assert_eq!(report["schema"], "heapgraph.types/1");
        // 16 objects are declared; rows that stand for roots are not counted.
        assert_eq!(report["objects"], 16, "{line}");
        assert_eq!(report["bytes"], 72 + 232 + 1064 + 48 + 640 + 3 * 56 + 2 * (48 + 88 + 55) + 48 + 56, "{line}");
    }
    let report = shop.run("types app.parquet --json").json();
    assert_eq!(report["types"][0], serde_json::json!({"type": "app.Session", "count": 3, "bytes": 168}));
    assert_eq!(shop.run("types app.parquet --json -n 1").json()["types"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_chain_goes_from_the_root_to_the_object_and_garbage_has_none() {
    let shop = Shop::new();
    let run = shop.run("chain app.parquet app.CACHE.entries['user-2'] --json");
    let chain = run.json()["chains"][0].clone();
    let steps: Vec<&str> = chain.as_array().unwrap().iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(steps, ["app", "__dict__", "'CACHE'", "entries", "'user-2'"]);
    assert!(chain[0]["address"].is_null() && chain[0]["text"] == "<modules>", "{chain:#}");
    // The third session is only in a cycle with itself.
    let garbage = shop.run("chain app.parquet Session[2]");
    assert_eq!(garbage.text(), "");
    assert!(garbage.stderr.contains("garbage"), "{}", garbage.stderr);
    let without = shop.run("chain app.parquet app.CACHE.entries['user-1'] --without 'CACHE' --json").json();
    assert_eq!(without["chains"][0].as_array().unwrap().last().unwrap()["name"], "session", "{without:#}");
}

#[test]
fn a_picture_is_written_in_the_format_of_its_ending_and_said_on_stderr() {
    let shop = Shop::new();
    let starts: [(&str, &[u8]); 4] =
        [("svg", b"<"), ("png", b"\x89PNG\r\n\x1a\n"), ("dot", b"digraph"), ("json", b"{")];
    for (ending, start) in starts {
        for command in ["refs", "backrefs", "chain"] {
            let file = format!("{command}.{ending}");
            let run = shop.run(&format!("{command} app.parquet app.CACHE -o {file}"));
            assert_eq!(run.text(), "", "{file}");
            assert!(run.stderr.starts_with(&format!("wrote {file}: ")), "{}", run.stderr);
            let bytes = std::fs::read(shop.path(&file)).unwrap();
            assert!(bytes.starts_with(start), "{file}: {:?}", &bytes[..20.min(bytes.len())]);
        }
    }
    let file = std::fs::read(shop.path("refs.json")).unwrap();
    assert_eq!(shop.run("refs app.parquet app.CACHE --json").stdout, file, "--json prints what -o x.json writes");
}

#[test]
fn the_picture_of_a_chain_is_the_chain() {
    let shop = Shop::new();
    let picture = shop.run("chain app.parquet app.CACHE.entries['user-2'] -o x.json");
    picture.text();
    let picture: serde_json::Value = serde_json::from_slice(&std::fs::read(shop.path("x.json")).unwrap()).unwrap();
    let titles: Vec<&str> =
        picture["nodes"].as_array().unwrap().iter().filter_map(|node| node["label"][0].as_str()).collect();
    assert_eq!(titles, ["Session", "dict", "Cache", "module app"]);
    assert_eq!(picture["edges"].as_array().map(Vec::len), Some(3));
}

#[test]
fn many_objects_are_cut_with_a_word_about_the_rest() {
    let shop = Shop::new();
    let run = shop.run("backrefs app.parquet Session --limit 2 --max-depth 0");
    assert!(run.text().matches("Session").count() == 2, "{}", run.text());
    assert!(run.stderr.contains("the first 2 of 3 objects"), "{}", run.stderr);
}

#[test]
fn a_snapshot_comes_back_the_same_from_every_format() {
    let shop = Shop::new();
    for line in
        ["export app.parquet -o a.json", "export a.json -o b.parquet", "export b.parquet --format json -o c.txt"]
    {
        assert_eq!(shop.run(line).text(), "");
    }
    let bytes = |name| std::fs::read(shop.path(name)).unwrap();
    assert_eq!(bytes("a.json"), bytes("c.txt"));
    assert_eq!(bytes("a.json"), bytes("app.json"));
    assert_eq!(shop.run("export app.parquet -o - --format json").stdout, bytes("a.json"));
}

#[test]
fn the_fixture_is_the_sketch() {
    let shop = Shop::new();
    let found = std::fs::read_to_string(shop.path("app.json")).unwrap();
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tiny/shop.json");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&fixture, &found).unwrap();
    }
    assert_eq!(std::fs::read_to_string(fixture).unwrap(), found, "BLESS=1 cargo test writes it");
}

#[test]
fn cycles_fail_on_garbage_alone_and_a_limit_cuts_shapes_and_nothing_else() {
    let shop = Shop::new();
    let all = shop.run("cycles app.parquet --json --members").json();
    // Two sessions with their users and lists, and one that is lost.
    assert_eq!((&all["cycles"], &all["objects"], &all["garbage"]["cycles"]), (&3.into(), &7.into(), &1.into()));
    let family = &all["shapes"][0];
    assert_eq!((&family["count"], &family["garbage"], &family["smallest"]), (&2.into(), &0.into(), &true.into()));
    assert_eq!(family["cut"], serde_json::json!(["list[]"]));
    assert_eq!(family["members"].as_array().map(Vec::len), Some(2));
    assert_eq!((&all["shapes"][1]["shape"], &all["shapes"][1]["garbage"]), (&"Session.me".into(), &1.into()));
    let first = shop.run("cycles app.parquet --json -n 1").json();
    assert_eq!((&first["cycles"], &first["more_shapes"], &first["own"]), (&3.into(), &1.into(), &all["own"]));
    assert_eq!(
        (first["shapes"].as_array().map(Vec::len), &first["shapes"][0]["members"]),
        (Some(1), &serde_json::Value::Null)
    );
    let failing = shop.run("cycles app.parquet --fail-on garbage");
    assert_eq!((failing.code, failing.stderr.as_str()), (Some(1), ""));
    assert!(String::from_utf8_lossy(&failing.stdout).starts_with("3 cycles (7 objects"));
    let alive = sketch("<modules> > a; a:module > b.b; b > a.a");
    write_file(&alive, Format::Json, &shop.path("alive.json"), Overwrite::Refuse).unwrap();
    assert_eq!(shop.run("cycles alive.json --fail-on garbage").code, Some(0));
}
