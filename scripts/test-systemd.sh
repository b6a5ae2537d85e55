#!/usr/bin/env bash
# Tests of lawad under real systemds: boots minimal Debians without Swift and runs Tests/Guest in each.
# Usage: scripts/test-systemd.sh [DIRECTORY OF THE BUILT PROGRAMS] [REGULAR EXPRESSION over "suite test"]
# LAWAD_GUESTS (bookworm trixie) are the Debians, side by side; their roots are made once in LAWAD_GUEST_CACHE
# (/var/cache/lawad-guests). LAWAD_DEB is the package to test; without it the programs are packaged first.
# Needs root, systemd-container, mmdebstrap, and a Debian mirror the first time.
set -euo pipefail

scripts=$(dirname "$(readlink -f "$0")")
bin=$(realpath -- "${1:-.build/release}")
filter=${2:-}
guests=${LAWAD_GUESTS:-bookworm trixie}
cd -- "$scripts/.."

skip() { echo "SKIPPED tests under systemd: $1"; }

# Tells what the machine lacks.
obstacle() {
    local command
    [ "$(id -u)" = 0 ] || { echo "they need root"; return; }
    for command in systemd-nspawn nsenter mmdebstrap dpkg-deb; do
        command -v "$command" >/dev/null || { echo "$command is missing (scripts/setup-debian.sh systemd)"; return; }
    done
    unshare --mount true 2>/dev/null || echo "this machine does not let root make mount namespaces"
}

# What guests see at /mnt/stage: two revisions of the package, a trainer, and checkpoints that it saved.
fill_stage() {
    local package=${LAWAD_DEB:-}
    for program in lawad lawa DemoTrainer; do
        [ -x "$bin/$program" ] || { echo "$bin/$program is missing; run make build first" >&2; exit 1; }
    done
    [ -n "$package" ] || package=$(scripts/package-deb.sh "$bin" "$stage/deb")
    cp "$package" "$stage/lawad-1.deb"
    # The next revision, to upgrade to, with programs of its own.
    dpkg-deb --raw-extract "$package" "$stage/next"
    sed -i '/^Version: /s/$/+1/' "$stage/next/DEBIAN/control"
    dpkg-deb -Znone --root-owner-group --build "$stage/next" "$stage/lawad-2.deb" >/dev/null
    rm -rf "$stage/next"
    cp "$bin/DemoTrainer" "$stage"
    "$bin/DemoTrainer" train --output "$stage/run" --model linear --steps 4100 --save-every 20 >/dev/null
    # A guest's trainer reads it too.
    chmod -R a+rX "$stage"
}

# GUEST: its tests; skipped where there is no way to make its root.
test_in() {
    local root began=$SECONDS outcome=0
    if ! root=$(SYSD_ROOT=$1 scripts/boot-systemd.sh root); then
        skip "its root cannot be made; a Debian mirror is needed once"
        return
    fi
    export SYSD_NAME=lawad-$1-$$ SYSD_ROOT=$root SYSD_BIND="$stage:/mnt/stage:ro $PWD/Tests/Guest:/mnt/tests:ro"
    trap 'scripts/boot-systemd.sh stop' EXIT
    scripts/boot-systemd.sh start
    scripts/boot-systemd.sh exec bash /mnt/tests/inside.sh "$filter" || outcome=1
    echo "took $((SECONDS - began)) s"
    return $outcome
}

# GUEST: the same, every line with its name; one that begins with SKIPPED still does.
named() { test_in "$1" 2>&1 | sed -u "s/^SKIPPED /SKIPPED $1: /; t; s/^/$1: /"; }

obstacle=$(obstacle)
[ -z "$obstacle" ] || { skip "$obstacle"; exit 0; }
stage=$(mktemp -d)
trap 'rm -rf -- "$stage"' EXIT
fill_stage
running=()
for guest in $guests; do
    named "$guest" &
    running+=($!)
done
status=0
for guest in "${running[@]}"; do wait "$guest" || status=1; done
exit $status
