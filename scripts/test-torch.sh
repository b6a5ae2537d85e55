#!/usr/bin/env bash
# Tests of `lawa average` with PyTorch: files that it saved, averaged and loaded again; scripts/torch does the work.
# Usage: scripts/test-torch.sh [DIRECTORY OF THE BUILT PROGRAMS]
# Needs a Python with torch, numpy and safetensors: $LAWAD_PYTHON, or what `make bench-peers` installs, or python3.
set -euo pipefail

lawa=$(realpath -- "${1:-.build/release}")/lawa
cd -- "$(dirname -- "$0")/.."
[ -x "$lawa" ] || { echo "$lawa is missing; run make build first" >&2; exit 1; }

# Without importing them, which takes seconds.
has_torch='from importlib.util import find_spec; assert all(map(find_spec, ("numpy", "safetensors", "torch")))'
export PYTHONDONTWRITEBYTECODE=1
for python in "${LAWAD_PYTHON:-}" .build/bench-venv/bin/python python3; do
    if [ -n "$python" ] && "$python" -c "$has_torch" 2>/dev/null; then
        exec "$python" scripts/torch "$lawa" Tests/AveragingTests/Fixtures/torch
    fi
done
echo "SKIPPED tests with PyTorch: no Python has torch, numpy and safetensors (make bench-peers, or set LAWAD_PYTHON)"
