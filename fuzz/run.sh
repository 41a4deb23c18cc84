#!/usr/bin/env bash
# Fuzzes every target for SECONDS, one after the other, and writes docs/fuzzing.md. Targets may be named behind it:
#   fuzz/run.sh 600            fuzz/run.sh 60 json parquet
# With FUZZ_ADD=1 the rows that the page has stay, so that it can be gone on with.
# Without a sanitizer, for the speed; `SANITIZER=address fuzz/run.sh 60` runs with one. Needs a nightly compiler, cargo-fuzz, and
# for the target `memory` gdb and a Python.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:?expected the number of seconds for each target}
shift
targets=("$@")
if [ $# -eq 0 ]; then targets=(dominators components collect cycles labels json parquet core memory); fi
sanitizer=${SANITIZER:-none}
# What one input may take before it counts as a failure.
timeout=10
memory=512
if [ "$sanitizer" != none ]; then memory=2048; fi

# Comparisons are not traced: that takes two thirds of the time, and the seeds hold what the formats compare with.
cargo +nightly fuzz build -s "$sanitizer" --no-trace-compares
host=$(rustc -vV | sed -n 's/^host: //p')
page=${FUZZ_PAGE:-docs/fuzzing.md}
commit=$(git rev-parse --short HEAD)
rows=
if [ -n "${FUZZ_ADD:-}" ] && [ -f "$page" ]; then
    rows=$(grep '^| `' "$page" || true)
    rows=${rows:+$rows$'\n'}
fi

# The longest input that a target reads; it ignores what is behind.
longest() {
    case $1 in
    dominators | components) echo 152 ;;
    labels) echo 1000 ;;
    memory) echo 1200 ;;
    *) echo 65536 ;;
    esac
}

# After each target, so that a run that is ended has told what it did.
write_page() {
    cat >"$page" <<PAGE
# Fuzzing

Written by \`fuzz/run.sh\`$([ "$sanitizer" = none ] || echo " with the sanitizer \`$sanitizer\`"). [fuzz/README.md](../fuzz/README.md) says what each target is.
An input that takes longer than $timeout s or more than $memory MB counts as a failure, as a panic does. Findings lie in \`fuzz/artifacts/\`, and those that are mended in \`fuzz/seeds/\`.

| target | inputs run | seconds | per second | inputs kept | features covered | peak memory | failures | commit | date |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- | --- |
$rows$(awk -F '|' '{ run += $3; time += $4; failed += $9 } END { printf "| in all | %d | %d | | | | | %d | | |", run, time, failed }' <<<"$rows")
PAGE
}

for target in "${targets[@]}"; do
    corpus=fuzz/corpus/$target artifacts=fuzz/artifacts/$target log=fuzz/target/$target.log
    mkdir -p "$corpus" "$artifacts"
    found=$(find "$artifacts" -type f | wc -l)
    begin=$(date +%s)
    # A finding ends the run of its target, and is told in the table.
    HEAPGRAPH_FUZZ_SEEDS=fuzz/corpus nice -n 10 "fuzz/target/$host/release/$target" "$corpus" \
        -max_total_time="$seconds" -timeout=$timeout -rss_limit_mb=$memory -max_len="$(longest "$target")" \
        -print_final_stats=1 -artifact_prefix="$artifacts/" >"$log" 2>&1 || echo "$target: ended early, see $log" >&2
    took=$(($(date +%s) - begin))
    stat() { sed -n "s/^stat::$1: *//p" "$log" | tail -n 1; }
    # The last line of progress: #123 REDUCE cov: 1 ft: 2 corp: 3/4b …
    features=$(grep -o ' ft: [0-9]*' "$log" | tail -n 1 | grep -o '[0-9]*' || true)
    inputs=$(grep -o ' corp: [0-9]*' "$log" | tail -n 1 | grep -o '[0-9]*' || true)
    failures=$(($(find "$artifacts" -type f | wc -l) - found))
    rows+="| \`$target\` | $(stat number_of_executed_units) | $took | $(stat average_exec_per_sec) | ${inputs:-?} | ${features:-?}"
    rows+=" | $(stat peak_rss_mb) MB | $failures | $commit | $(date -u +%F) |"$'\n'
    write_page
done
cat "$page"
