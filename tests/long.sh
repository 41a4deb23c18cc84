#!/usr/bin/env bash
# The proofs in full, for hours rather than minutes: what `cargo test` samples. Needs pip's registry for the foreign
# programs, and cargo-fuzz with a nightly compiler. docs/faults.md, docs/soak.md, docs/fidelity.md,
# docs/collector-proof.md, docs/analysis-speed.md, docs/layout.md, docs/fuzzing.md and the counts in
# docs/objgraph-differences.md are written anew; the figures beside objgraph go to standard output.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --locked --release
binary=target/release/heapgraph
tests/supply.sh

# Which Pythons are here: the same finder as in the tests, which prints what it covers and fails where one is asked for.
export HEAPGRAPH_TEST_CAPTURES=${HEAPGRAPH_TEST_CAPTURES:-500} HEAPGRAPH_TEST_ROUNDS=${HEAPGRAPH_TEST_ROUNDS:-50}
export HEAPGRAPH_TEST_FAULTS=$PWD/target/faults
rm -rf "$HEAPGRAPH_TEST_FAULTS"
HEAPGRAPH_TEST_DAMAGES=10000 cargo test --locked --release --test sources -- --nocapture
cargo test --locked --release --test harm --test faults -- --nocapture
python3 -B tests/faults/table.py "$HEAPGRAPH_TEST_FAULTS"
cargo test --locked --release --test capture -- --include-ignored --nocapture

report=target/collector-proof.json
HEAPGRAPH_TEST_HEAPS=${HEAPGRAPH_TEST_HEAPS:-300} HEAPGRAPH_TEST_REPORT=$PWD/$report cargo test --locked --release --test collector -- --nocapture
python3 -B tests/collector/table.py "$report"

pythons=()
for python in ~/.pyenv/versions/3.{8,9,1[01234]}.*/bin/python3 /usr/bin/python3.{8,9,1[01234]} $(python3 -B tests/support/debian.py); do
    if [ -x "$python" ]; then pythons+=(--python "$python"); fi
done
python3 -B tests/truth/table.py --heapgraph "$binary" "${pythons[@]}"
python3 -B tests/soak.py --heapgraph "$binary" "${pythons[@]}" --seconds 600 -o docs/soak.md
python3 -B benches/peers.py --heapgraph "$binary" --runs 10
python3 -B benches/questions.py --heapgraph "$binary" -o docs/analysis-speed.md
# The test makes the environment that the layout's bar runs in.
cargo test --locked --release --test render beside_dot
target/venv-layout/bin/python -B benches/layout/bar.py --heapgraph "$binary" --programs -o docs/layout.md
# Likewise for objgraph's, whose counts go into the page of differences.
cargo test --locked --release --test objgraph -- --nocapture
objgraphs=()
for python in target/venv-objgraph-3.*/bin/python; do objgraphs+=(--python "$python"); done
python3 -B tests/objgraph/run.py --heapgraph "$binary" "${objgraphs[@]}" -o docs/objgraph-differences.md
cargo test --locked --release --test render hostile
target/venv-labels/bin/python -B tests/labels/run.py --heapgraph "$binary" --thorough
cargo test --locked --release --test analysis --test properties -- --include-ignored
tests/miri.sh
tests/sanitize.sh
fuzz/run.sh "${HEAPGRAPH_TEST_FUZZ_SECONDS:-600}"
echo "at $(git rev-parse --short HEAD), $(date -u +%F)"
