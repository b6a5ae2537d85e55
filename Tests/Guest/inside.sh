#!/usr/bin/env bash
# Runs the tests of this directory in a booted guest, where scripts/test-systemd.sh shows them and /mnt/stage.
# Usage: inside.sh [REGULAR EXPRESSION over "suite test"]
#
# A suite is a file, a test a function test_* of it; they run in the order in which they are written, each in a process of
# its own, and leave nothing behind.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
suites="package service averages reload watchdog accounts socket journal user-unit footprint"

# SUITE TEST: in this process.
run_alone() {
    # shellcheck source=/dev/null
    source "$here/lib.sh"
    # shellcheck source=/dev/null
    source "$here/$1.sh"
    # What a test leaves running, such as strace, ends with it.
    trap 'jobs -p | xargs -r kill 2>/dev/null || true' EXIT
    [ "$1" = package ] || need_package
    export test=$2
    "$2"
}

# What one test made of the guest is no matter of the next.
tidy() {
    systemctl stop 'lawad@*' 2>/dev/null || true
    rm -rf /etc/lawa/* /run/systemd/system/lawad@* /etc/systemd/system/lawad@* /data/runs/*
    rm -f /etc/systemd/system/*.wants/lawad@*
    systemctl daemon-reload
    systemctl reset-failed
}

# SUITE TEST: its outcome as a line.
run_test() {
    local began=${EPOCHREALTIME/./} status=0 seconds
    timeout --signal=TERM --kill-after=10 240 bash "$0" _alone "$1" "$2" || status=$?
    seconds=$(((${EPOCHREALTIME/./} - began) / 100000))
    seconds=$((seconds / 10)).$((seconds % 10))
    tidy
    case $status in
    0) echo "ok $1 $2 ($seconds s)"; passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) ;;
    124 | 137) echo "FAILED $1 $2: still running after $seconds s"; failed=$((failed + 1)) ;;
    *) echo "not ok $1 $2 ($seconds s)"; failed=$((failed + 1)) ;;
    esac
}

tests_of() { sed -n 's|^\(test_[a-z0-9_]*\)() {$|\1|p' "$here/$1.sh"; }

people() {
    # The guest's root is an overlay, where lawad looks at intervals; homes are on a disk as anywhere.
    install -d /data/home
    mount --bind /data/home /home
    useradd --create-home trainer
    groupadd research
    useradd --create-home --groups research colleague
    useradd --create-home outsider
    # A trainer makes its runs here, and what runs as it writes beside them.
    install -d -o trainer -g trainer -m 755 /data/runs
}

all() {
    local filter=${1:-} suite name
    passed=0 failed=0 skipped=0
    id trainer >/dev/null 2>&1 || people
    for suite in $suites; do
        for name in $(tests_of "$suite"); do
            [[ "$suite $name" =~ $filter ]] || continue
            run_test "$suite" "$name"
        done
    done
    echo "$passed passed, $failed failed, $skipped skipped"
    [ "$failed" = 0 ] && [ $((passed + skipped)) -gt 0 ]
}

case ${1:-} in
_alone) run_alone "$2" "$3" ;;
*) all "$@" ;;
esac
