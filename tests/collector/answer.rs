//! What heapgraph says that the collector would do: by the library, and by the program's JSON.

use super::heapgraph_program::run;
use super::victim::Addresses;
use heapgraph::analysis::collect::{Options, collect};
use heapgraph::snapshot::{Generation, ObjectId, Snapshot};
use serde_json::Value;

/// What may make the real number another one, in the order of `Answer::blur`.
pub(crate) const BLUR: [&str; 4] = ["finalizers", "suspended", "callbacks", "guessed"];

/// One run of the simulated collector.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Answer {
    pub(crate) collected: Addresses,
    pub(crate) uncollectable: Addresses,
    pub(crate) garbage: Addresses,
    pub(crate) returns: u64,
    /// As many as `BLUR` has words.
    pub(crate) blur: [u64; 4],
}

impl Answer {
    /// The collected and the uncollectable.
    pub(crate) fn dead(&self) -> Addresses {
        self.collected.union(&self.uncollectable).copied().collect()
    }

    /// The library's.
    pub(crate) fn of_library(snapshot: &Snapshot, generation: u8) -> Self {
        let options = Options { generation: Generation(generation), ..Options::default() };
        let found = collect(snapshot.objects(), snapshot.references(), &options);
        let addresses = |ids: &[ObjectId]| -> Addresses {
            ids.iter().filter_map(|id| snapshot.objects().address(*id)).map(|address| address.0).collect()
        };
        let blur = &found.blur;
        Answer {
            collected: addresses(&found.collected),
            uncollectable: addresses(&found.uncollectable),
            garbage: addresses(&found.garbage),
            returns: found.returns(),
            blur: [blur.finalizers, blur.suspended, blur.callbacks, blur.guessed],
        }
    }

    /// The program's, of a file.
    pub(crate) fn of_program(file: &str, generation: u8) -> Self {
        let report = run(&["collect", file, "--generation", &generation.to_string(), "--json"]).json();
        assert_eq!((&report["schema"], &report["generation"]), (&"heapgraph.collect/1".into(), &generation.into()));
        let number = |value: &Value| value.as_u64().unwrap_or_else(|| panic!("expected a number, found {value}"));
        let addresses = |name: &str| -> Addresses {
            let listed = report[name].as_array().unwrap_or_else(|| panic!("no {name}")).iter();
            let digits = listed.map(|address| address.as_str().and_then(|text| text.strip_prefix("0x")));
            digits.map(|digits| u64::from_str_radix(digits.unwrap_or_default(), 16).unwrap()).collect()
        };
        let answer = Answer {
            collected: addresses("addresses"),
            uncollectable: addresses("uncollectable_addresses"),
            garbage: addresses("garbage_addresses"),
            returns: number(&report["returns"]),
            blur: BLUR.map(|word| number(&report["blurred_by"][word])),
        };
        let counts = [number(&report["collected"]), number(&report["uncollectable"])];
        assert_eq!(counts, [&answer.collected, &answer.uncollectable].map(|all| all.len() as u64));
        answer
    }
}
