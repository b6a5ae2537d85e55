#!/usr/bin/env bash
# Attacks lawad and lawa: kills and failing calls at every point, changing members, links, clients, inputs, a long run.
# Usage: scripts/torture.sh BINARIES [--seconds N] [--seed N] [--only NAME,...]
# Without --seconds all tries are made, which takes about an hour and a half on two cores. docs/reliability.md says what
# is promised and what was found.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

command -v python3 >/dev/null || { echo "torture: python3 is missing (apt-get install python3)" >&2; exit 1; }
command -v "${CC:-cc}" >/dev/null || CC=clang
export CC=${CC:-cc}
exec python3 scripts/torture "$@"
