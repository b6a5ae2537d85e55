#!/usr/bin/env bash
# Installs what `make bench` compares with into .build/bench-venv: mergekit, timm and PyTorch for the processor alone.
# Usage: scripts/bench-peers.sh     Without a network, or with a package missing, it says which comparison is skipped.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

venv=.build/bench-venv
constraints=$venv/constraints.txt

say() { printf 'bench-peers: %s\n' "$*"; }

# What to install, and the comparison that is left out when it cannot be had.
install() {
    local comparison=$1
    shift
    if "$venv/bin/pip" install --quiet --disable-pip-version-check "$@"; then
        say "installed: ${*: -1}"
    else
        say "SKIPPED $comparison: pip could not install ${*: -1}"
    fi
}

# The build without CUDA: one that pip is set up to find, else PyTorch's own index, else the large one from PyPI.
install_torch() {
    local version
    version=$("$venv/bin/pip" index versions torch 2>/dev/null | grep -o '[0-9.]*+cpu' | head -n 1 || true)
    if [ -n "$version" ]; then
        "$venv/bin/pip" install --quiet --disable-pip-version-check "torch==$version" && return
    fi
    "$venv/bin/pip" install --quiet --disable-pip-version-check --retries 0 \
        --index-url https://download.pytorch.org/whl/cpu torch 2>/dev/null && return
    "$venv/bin/pip" install --quiet --disable-pip-version-check torch
}

command -v python3 >/dev/null || { say "python3 is missing (apt-get install python3 python3-venv)" >&2; exit 1; }
python3 -m venv --clear "$venv" || { say "python3 cannot make $venv (apt-get install python3-venv)" >&2; exit 1; }

if ! install_torch; then
    say "SKIPPED all comparisons with other tools: pip could not install torch, so there may be no network"
    rm -rf "$venv"
    exit 0
fi
# Nothing that follows may replace it.
"$venv/bin/pip" freeze 2>/dev/null | grep '^torch==' >"$constraints" || true
say "installed: $(tr '\n' ' ' <"$constraints")"
install "the plain torch loop" safetensors packaging numpy
install "mergekit" --constraint "$constraints" mergekit
install "timm" --constraint "$constraints" timm
# It comes from PyPI and fits no other build of torch; a broken one keeps mergekit from starting, none does not.
"$venv/bin/python" -c 'import torchvision' 2>/dev/null || "$venv/bin/pip" uninstall --quiet --yes torchvision
"$venv/bin/pip" freeze 2>/dev/null | grep -iE '^(torch|mergekit|timm|safetensors|transformers)[= ]' || true
