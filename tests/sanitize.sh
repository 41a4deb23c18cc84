#!/usr/bin/env bash
# Everything that runs unsafe code, under AddressSanitizer, and a capture under valgrind.
#
# The unsafe code is capture's, and that of the crates that decompress, parse and draw.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

triple=$(rustc +nightly -vV | sed -n 's/^host: //p')
export HEAPGRAPH_TEST_CAPTURES=${HEAPGRAPH_TEST_CAPTURES:-10}
# Leaks at the end are no errors of memory: a thread that is killed half-way leaks by design.
# Without optimised dependencies the build takes a third of the time, and the heaps here are small.
ASAN_OPTIONS=detect_leaks=0 RUSTFLAGS=-Zsanitizer=address CARGO_TARGET_DIR=target/asan \
    cargo +nightly --config 'profile.dev.package."*".opt-level=1' test --locked --target "$triple" \
    --lib --test capture --test sources --test harm -- "$@"

if ! command -v valgrind >/dev/null || ! command -v gcore >/dev/null; then
    echo "valgrind NOT run: it takes valgrind and gdb's gcore"
    exit 0
fi
# A core and not a live process: rustix looks for the vDSO, which valgrind hides, when it asks for the size of a page.
cargo build --locked
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -I -c 'import time; heap = [str(number) for number in range(1000)]; time.sleep(600)' &
victim=$!
sleep 2
gcore -o "$folder/core" "$victim" >/dev/null 2>&1
kill "$victim"
memcheck=(valgrind --quiet --error-exitcode=9 target/debug/heapgraph)
"${memcheck[@]}" capture --core "$folder/core.$victim" -o "$folder/app.parquet"
"${memcheck[@]}" leaks "$folder/app.parquet" >/dev/null
echo "valgrind: no error in a capture of a core and in a report"
