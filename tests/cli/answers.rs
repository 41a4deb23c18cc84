//! What each command says of a heap small enough to check by eye.

use crate::{Shop, golden};

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
        "types app.parquet --retained --limit 4",
        "retained app.parquet",
        "retained app.parquet app.CACHE --tree --bytes",
        "retained app.parquet Session User --limit 2",
        "retained app.parquet --garbage",
        "cycles app.parquet",
        "leaks app.parquet",
        "collect app.parquet",
        "collect app.parquet --generation 0",
        "collect app.parquet --cut Session.user --cut app.CACHE.entries['user-2']",
        "chain app.parquet Session",
        "chain app.parquet Request",
        "chain app.parquet app.CACHE.entries['user-1'] --paths 3",
        "chain app.parquet Session --merge",
        "chain app.parquet --from app.CACHE --to User[0]",
        "chain app.parquet User[0] --exclude Cache.entries",
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
fn what_is_retained_is_what_would_be_freed_alone_and_together() {
    let shop = Shop::new();
    let report = shop.run("retained app.parquet app.CACHE.entries['user-2'] app.CACHE.entries['user-1'] --json").json();
    assert_eq!(report["schema"], "heapgraph.retained/1");
    // The first session has a user, who has a list of sessions and a name; the second is held by a request too.
    let row = |at: usize| (report["objects"][at]["shallow"].as_u64(), report["objects"][at]["retained"].as_u64());
    assert_eq!([row(0), row(1)], [(Some(56), Some(56 + 48 + 88 + 55)); 2], "{report:#}");
    let dominators = [0, 1].map(|at| report["objects"][at]["dominator"].is_null());
    assert_eq!(dominators, [true, false], "the first is held by a frame as well: {report:#}");
    assert_eq!(report["set"], serde_json::json!({"objects": 2, "freed": 8, "retained": 2 * (56 + 48 + 88 + 55)}));
    assert!(report.get("tree").is_none());

    let all = shop.run("retained app.parquet --json").json();
    assert_eq!(all["objects"].as_array().map(Vec::len), Some(15), "all but the garbage");
    assert!(all.get("set").is_none() && all["reached"]["objects"] == 15);
    let two = shop.run("retained app.parquet --json --limit 2 --tree=1").json();
    assert_eq!(two["objects"].as_array().map(Vec::as_slice), all["objects"].as_array().map(|rows| &rows[..2]));
    assert_eq!((&two["tree"][0]["name"], &two["tree"][0]["level"]), (&"app.Session".into(), &0.into()), "{two:#}");
}

#[test]
fn garbage_retains_garbage_and_nothing_that_a_root_reaches() {
    let shop = Shop::new();
    let alive = shop.run("retained app.parquet Session[2]");
    assert!(alive.stderr.contains("garbage") && alive.stderr.contains("--garbage"), "{}", alive.stderr);
    let lost = shop.run("retained app.parquet Session[2] --garbage --json").json();
    assert_eq!((&lost["objects"][0]["retained"], &lost["set"]["freed"]), (&56.into(), &1.into()), "{lost:#}");
    let types = shop.run("types app.parquet --retained --json").json();
    let session = types["types"].as_array().unwrap().iter().find(|one| one["type"] == "app.Session").unwrap();
    assert_eq!(session["retained"], 3 * 56 + 2 * (48 + 88 + 55), "{types:#}");
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
    for option in ["--exclude", "--without"] {
        let run = shop.run(&format!("chain app.parquet app.CACHE.entries['user-1'] {option} 'CACHE' --json"));
        let without = run.json();
        assert_eq!(without["chains"][0].as_array().unwrap().last().unwrap()["name"], "session", "{without:#}");
    }
}

#[test]
fn chains_as_json_say_how_many_there_are_and_how_they_merge() {
    let shop = Shop::new();
    let report = shop.run("chain app.parquet Session[0] Session[1] --paths 3 --json").json();
    assert_eq!(
        (report["schema"].as_str(), report["chains"].as_array().map(Vec::len)),
        (Some("heapgraph.chain/1"), Some(3))
    );
    let counts = report["counts"].as_array().unwrap();
    assert_eq!((&counts[0]["chains"], &counts[1]["chains"]), (&2.into(), &1.into()));
    assert_eq!(counts[1]["through"].as_array().map(Vec::len), Some(1), "{report:#}");
    let merged = shop.run("chain app.parquet Session --merge --json").json();
    let steps = merged["merged"].as_array().unwrap();
    let total: u64 =
        steps.iter().filter(|step| step["parent"].is_null()).filter_map(|step| step["objects"].as_u64()).sum();
    assert_eq!((total, merged["chains"].as_array().map(Vec::len)), (2, Some(2)));
    let texts: Vec<&str> = steps.iter().filter_map(|step| step["text"].as_str()).collect();
    assert_eq!(texts[..4], ["thread 1 MainThread", "module app", "frame app.py:42 handle", "local req"]);
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
    assert_eq!(std::fs::read_to_string(fixture).unwrap(), found, "BLESS=1 cargo test --locked writes it");
}

#[test]
fn waste_is_told_part_by_part() {
    let shop = Shop::new();
    let heap = crate::sketch(WASTEFUL);
    crate::write_file(&heap, crate::Format::Parquet, &shop.path("waste.parquet"), crate::Overwrite::Refuse).unwrap();
    let mut session = String::new();
    for line in ["waste waste.parquet", "waste waste.parquet -n 1 --bytes", "waste app.parquet"] {
        session += &format!("$ heapgraph {line}\n{}\n", shop.run(line).text());
    }
    golden::check("cli/waste.txt", &session);
    let report = shop.run("waste waste.parquet --json -n 1").json();
    assert_eq!((&report["schema"], &report["strings"]["certain"]["objects"]), (&"heapgraph.waste/1".into(), &3.into()));
    assert_eq!(report["strings"]["texts"].as_array().map(Vec::len), Some(1));
}

/// A little of every waste there is.
const WASTEFUL: &str = "
    <modules> > app; app:builtins.module#72=app > ns.__dict__;
    ns:builtins.dict#352[6] > u1['A'], u2['B'], log['LOG'], pool['POOL'], tags['TAGS'], more['MORE'];
    u1:app.User#48 > s1.state, t1.bio; u2:app.User#48 > s2.state, t2.bio;
    s1:builtins.str@untracked#53[4]=open; s2:builtins.str@untracked#53[4]=open;
    s3:builtins.str@untracked#53[4]=open; s4:builtins.str@untracked#51[2]=ok; s5:builtins.str@untracked#51[2]=ok;
    t1:builtins.str@untracked#449[400]=\"born in\"; t2:builtins.str@untracked#449[400]=\"born in\";
    tags:builtins.set#216[1] > s4; more:builtins.list#88[1] > s5;
    log:_io.TextIOWrapper#200 > raw~internal.buffer; raw:_io.FileIO#80=\"fd 7\" > name.name;
    name:builtins.str@untracked#60[11]=\"/tmp/ä.log\";
    pool:builtins.list#72[2] > g1, g2; g1:builtins.generator#200!suspended=app.rows > b1~local.buffer;
    g2:builtins.generator#200!suspended=app.rows > s3~local.state; b1:builtins.bytearray@untracked#4096
";
