//! `cycles`.

use crate::{Format, Overwrite, Shop, sketch, write_file};

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
