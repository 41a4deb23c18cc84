//! `collect` at the command line: the JSON that others rely on, the exit code, cuts, and the file afterwards.

use crate::{Failed, Shop};
use serde_json::json;

/// Where the third session, which only refers to itself, is.
fn lost(shop: &Shop) -> String {
    shop.run("object app.parquet Session[2] --json").json()["objects"][0]["address"].as_str().unwrap().to_owned()
}

#[test]
fn the_json_is_that_of_the_contract() {
    let shop = Shop::new();
    let report = shop.run("collect app.parquet --json").json();
    let expected = json!({
        "schema": "heapgraph.collect/1",
        "generation": 2,
        "examined": 14,
        "collected": 1,
        "uncollectable": 0,
        "returns": 1,
        "bytes": 56,
        "freed": 1,
        "freed_bytes": 56,
        "types": [{"type": "app.Session", "count": 1, "bytes": 56}],
        "finalizers": [],
        "blurred_by": {"finalizers": 0, "suspended": 0, "callbacks": 0, "guessed": 0},
        "undercounted": 0,
        "cut": null,
        "addresses": [lost(&shop)],
        "uncollectable_addresses": [],
        "garbage_addresses": [],
    });
    assert_eq!(report, expected);
    assert_eq!(shop.run("collect app.parquet --generation 1 --json").json()["collected"], 0);
}

#[test]
fn garbage_fails_where_that_is_asked_for() {
    let shop = Shop::new();
    let run = shop.run("collect app.parquet --fail-on garbage");
    assert_eq!(run.code, Some(1));
    assert!(String::from_utf8(run.stdout).unwrap().starts_with("gc.collect() would free 1 object"), "{}", run.stderr);
    assert_eq!(shop.run("collect app.parquet --generation 0 --fail-on garbage").code, Some(0));
    assert_eq!(shop.run("collect app.parquet --fail-on leaks").code, Some(2));
}

#[test]
fn a_cut_says_what_it_is_good_for() {
    let shop = Shop::new();
    let run = shop.run("collect app.parquet --json --cut app.CACHE.entries['user-2']");
    let report = run.json();
    // The session, its user, the user's list and name, beside what is garbage anyhow.
    assert_eq!((&report["collected"], &report["freed"]), (&json!(4), &json!(5)));
    assert_eq!(
        report["cut"],
        json!({"references": 1, "freed": 0, "more_freed": 4, "more_freed_bytes": 56 + 48 + 88 + 55})
    );
    assert_eq!(run.stderr, "cut app.CACHE.entries['user-2']: 1 reference\n");
    // Without the way back there is no cycle: what the cache alone held is gone with it.
    let both = shop.run("collect app.parquet --json --cut app.CACHE.entries['user-2'] --cut list[]").json();
    assert_eq!((&both["cut"]["freed"], &both["collected"]), (&json!(4), &json!(1)));
}

#[test]
fn an_unknown_cut_names_what_is_near() {
    let shop = Shop::new();
    for (cut, error) in [
        ("Session.usr", "heapgraph: --cut: Session (3 objects) has no .usr\ntry: did you mean Session.user?\n"),
        ("Sesion.user", "heapgraph: --cut: no type or module called Sesion\ntry: did you mean Session?\n"),
        ("app.CACH", "heapgraph: --cut: app (module app) has no .CACH\ntry: did you mean app.CACHE?\n"),
        (
            "Session",
            "heapgraph: --cut: expected an OBJECT and the name of a reference, found Session\ntry: Child.parent, app.cache['k'] or Session.items[]\n",
        ),
    ] {
        assert_eq!(shop.run(&format!("collect app.parquet --cut {cut}")).error(), error);
    }
}

#[test]
fn the_snapshot_afterwards_is_a_snapshot_without_the_dead() {
    let shop = Shop::new();
    let run = shop.run("collect app.parquet -o after.json");
    assert!(run.text().starts_with("gc.collect() would free 1 object"));
    assert_eq!(run.stderr, "wrote after.json: the 15 objects left\n");
    let after = shop.run("types after.json --json").json();
    assert_eq!(after["objects"], 15);
    let info = shop.run("info after.json").text().to_owned();
    assert!(info.contains("simulated: the heap as gc.collect(2) would leave it"), "{info}");
    assert!(shop.run("collect after.json").text().starts_with("gc.collect() would free nothing"));
    assert!(shop.run("collect app.parquet -o -").error().contains("expected a file"));
    assert!(shop.run("collect app.parquet -o after.svg").error().contains(".parquet, .json"));
    assert_eq!(shop.files(), ["after.json", "app.json", "app.parquet"]);
}
