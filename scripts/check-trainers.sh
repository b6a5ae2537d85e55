#!/usr/bin/env bash
# Holds the table of docs/trainers.md against layouts and tests: each layout has a row, each row a test, and each test
# that the document names is there. Prints every breach; fails if there is one.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

document=docs/trainers.md
broken=0
fail() {
    echo "$document: $1"
    broken=1
}

# SUITE[/SUITE...][/FUNCTION]: each part declared where the first one is, a function as a test.
is_declared() {
    local path=$1 suite=${1%%/*} files parts part
    files=$(grep -rlE --include='*.swift' "^(@Suite.*)?(struct|extension) $suite\b" Tests) || return 1
    IFS=/ read -ra parts <<<"${path#"$suite"}"
    for part in "${parts[@]}"; do
        [ -n "$part" ] || continue
        # The attribute may be several lines long and ends in the line before the function.
        # shellcheck disable=SC2086
        awk -v part="$part" '
            /@Test/ { isTest = 1 }
            $0 ~ "struct " part "[^A-Za-z0-9_]" && $0 ~ "@Suite" { found = 1 }
            /func / { if (isTest && $0 ~ "func " part "\\(") found = 1; isTest = 0 }
            END { exit !found }
        ' $files || return 1
    done
}

layouts=$(sed -nE 's/^ +package let name = "([a-z-]+)"$/\1/p' Sources/Checkpoints/Layouts/*.swift)
[ -n "$layouts" ] || fail "no layout is found in Sources/Checkpoints/Layouts"
for layout in $layouts; do
    # The layout's name is in the first column, its test in the last.
    row=$(grep -E "^\|[^|]*\(\`$layout\`\) \|" "$document") || { fail "the layout \"$layout\" has no row"; continue; }
    test=$(sed -nE 's/.*\| `([A-Za-z]+Tests\/[A-Za-z]+)` \|$/\1/p' <<<"$row")
    if [ -z "$test" ]; then
        fail "the row of \"$layout\" names no test"
    elif ! grep -qE "layout: \"$layout\"" <(sed -n "/func ${test#*/}(/,/^    }/p" "Tests/CheckpointsTests/${test%/*}.swift"); then
        fail "$test is no test of \"$layout\""
    fi
done

tests=$(grep -oE '`[A-Za-z]+Tests(/[A-Za-z]+)*`' "$document" | tr -d '`' | sort -u)
for name in $tests; do
    is_declared "$name" || fail "there is no test $name"
done

[ "$broken" -ne 0 ] || echo "ok $(wc -w <<<"$layouts") layouts and $(wc -w <<<"$tests") names of tests in $document"
exit "$broken"
