use heapgraph::render::layout::{Budget, Extent, Layered, Layout, Plan, PlanLine};
use std::time::Instant;
fn plan(n: usize, edges: Vec<(usize, usize)>) -> Plan {
    let e = Extent { width: 120.0, height: 40.0 };
    Plan {
        boxes: vec![e; n],
        lines: edges
            .into_iter()
            .map(|(from, to)| PlanLine {
                from,
                to,
                label: Some(Extent { width: 50.0, height: 14.0 }),
                width: 1.3,
                ..Default::default()
            })
            .collect(),
        top_down: false,
    }
}
#[test]
fn timing() {
    if std::env::var("LOOK").is_err() {
        return;
    }
    let big = Layered { budget: Budget { boxes: 9999, lines: 9999, hub: 9999, waypoints: 99999 } };
    let mut r = crate::shapes::Random(1);
    for n in [200, 300, 500, 1000] {
        let t = Instant::now();
        big.arrange(&plan(n + 1, (1..=n).map(|i| (i, 0)).collect())).unwrap();
        eprintln!("star in {n}: {:?}", t.elapsed());
        let t = Instant::now();
        big.arrange(&plan(n + 1, (1..=n).map(|i| (0, i)).collect())).unwrap();
        eprintln!("star out {n}: {:?}", t.elapsed());
    }
    for (n, m) in [(50, 128), (30, 160), (30, 250), (30, 400), (100, 300), (100, 500), (200, 600), (300, 900)] {
        let mut e: Vec<_> = (1..n).map(|i| (r.below(i), i)).collect();
        while e.len() < m {
            e.push((r.below(n), r.below(n)));
        }
        let t = Instant::now();
        let a = big.arrange(&plan(n, e));
        eprintln!("random {n} {m}: {:?} {}", t.elapsed(), a.is_ok());
    }
}
