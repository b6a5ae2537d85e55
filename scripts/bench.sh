#!/usr/bin/env bash
# Measures `lawa average` beside reading, copying, the bare kernels and other tools, and how `lawad` watches.
# scripts/bench does the work.
# Usage: scripts/bench.sh [--publish] [DIRECTORY OF THE BUILT PROGRAMS]
# LAWAD_BENCH=warm,cold,kernels,memory,cache,growth,peers,torch,latency,many,socket chooses; LAWAD_BENCH_* set sizes, see
# docs/performance.md.
# Prints tables and writes .build/bench/results.json; --publish also docs/performance.json and docs/performance.md.
set -euo pipefail

publish=()
if [ "${1:-}" = --publish ]; then
    publish=(--publish docs)
    shift
fi
bin=$(realpath -- "${1:-.build/release}")
cd -- "$(dirname -- "$0")/.."
if ! command -v python3 >/dev/null; then
    echo "bench: python3 is missing (apt-get install python3)" >&2
    exit 1
fi
for program in lawa lawad LawaBench; do
    [ -x "$bin/$program" ] || { echo "bench: $bin/$program is missing; run make build first" >&2; exit 1; }
done
export PYTHONDONTWRITEBYTECODE=1
exec python3 scripts/bench "${publish[@]}" "$bin" .build/bench/data .build/bench/results.json
