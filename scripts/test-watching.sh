#!/usr/bin/env bash
# Tests of whole programs that need mounts, root, strace or minutes: odd filesystems, limits, torture, every layout.
# Usage: scripts/test-watching.sh [FILTER]     FILTER: a regular expression over names of tests, after "WatchingTests/"
# TORTURE_SECONDS (110) is how long the torture of each kind of checkpoint lasts.
# Without root most of it is skipped; SKIPPED lines say what, and why.
set -euo pipefail

cd -- "$(dirname -- "$0")/.."

# What the tests mount goes with the namespace, whatever becomes of them.
isolated=()
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
    isolated=(unshare --mount --propagation private)
fi

log=$(mktemp)
trap 'rm -f -- "$log"' EXIT

status=0
run() {
    "${isolated[@]}" swift test "$@" 2>&1 | tee -a "$log" || status=1
}

# What waits comes first; beside what keeps every core busy, waiting takes long.
if [ $# -eq 0 ]; then
    run --filter 'EndToEndTests\.WatchingTests' --skip 'WatchingTests/(Torture|Replay)'
    run --skip-build --filter 'EndToEndTests\.WatchingTests/(Torture|Replay)'
else
    run --filter "EndToEndTests\.WatchingTests/$1"
fi

# A filter that fits nothing passes with Swift, and so would a suite that was renamed.
grep -q 'Test run with [1-9][0-9]* test' "$log" || { echo "no test was run" >&2; exit 1; }
sed -n 's/^.*\(Test\|Suite\) "\{0,1\}\(.*[^"]\)"\{0,1\} skipped: "\(.*\)".*$/SKIPPED \2: \3/p' "$log"
exit "$status"
