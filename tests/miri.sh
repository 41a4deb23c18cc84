#!/usr/bin/env bash
# The library's own tests under Miri, which finds undefined behaviour: what needs no system calls and no C.
#
# Miri and rust-src are components of the nightly toolchain: rustup component add miri rust-src --toolchain nightly
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if ! cargo +nightly miri --version >/dev/null 2>&1; then
    echo "Miri NOT run: it is not installed (rustup component add miri rust-src --toolchain nightly)"
    exit 0
fi
# Slow as an interpreter is: a heap of a million objects would take days, those tests say so by cfg(miri); the analyses
# are left out, because their oracles try every subset, and so is what locks files.
PROPTEST_CASES=${PROPTEST_CASES:-8} MIRIFLAGS="-Zmiri-disable-isolation" CARGO_TARGET_DIR=target/miri \
    cargo +nightly miri test --locked --lib --no-default-features --features testkit -- \
    graph:: snapshot:: format:: --skip format::atomic "$@"
