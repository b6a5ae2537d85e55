#!/usr/bin/env bash
# Measures `lawa average` of five checkpoints of 512 MiB against what the machine needs to read and to write them.
# Usage: scripts/bench.sh [DIRECTORY OF THE BUILT PROGRAMS]     LAWAD_BENCH_ROUNDS=7, LAWAD_BENCH_MIB=512
# Prints a table and writes .build/bench.json. Files go to .build/bench, which is emptied first.
set -euo pipefail

bin=$(realpath -- "${1:-.build/release}")
cd -- "$(dirname -- "$0")/.."
if ! command -v python3 >/dev/null; then
    echo "bench: python3 is missing (apt-get install python3)" >&2
    exit 1
fi
[ -x "$bin/lawa" ] || { echo "bench: $bin/lawa is missing; run make build first" >&2; exit 1; }
exec python3 scripts/bench.py "$bin/lawa" .build/bench .build/bench.json
