#!/usr/bin/env bash
# Holds the journal's catalog against the program: every kind of log entry has an explanation, a row in operations.md and
# no other; and journalctl can compile it.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

catalog=systemd/lawad.catalog
identifiers() { grep -oE "$1" "$2" | grep -oE '[0-9a-f]{32}' | sort; }

program=$(identifiers '^ +case \.[A-Za-z]+: "[0-9a-f]{32}"' Sources/DaemonCore/Logging/LogEvent.swift)
for source in "$catalog:^-- [0-9a-f]{32}\$" 'docs/operations.md:^\|.*\| `[0-9a-f]{32}` \|'; do
    file=${source%%:*}
    if ! difference=$(diff <(printf '%s\n' "$program") <(identifiers "${source#*:}" "$file")); then
        printf '%s\n' "$difference"
        echo "FAILED $file and LogEvent.messageID name different kinds of entries (< LogEvent, > $file)"
        exit 1
    fi
    echo "ok $file knows all $(wc -l <<<"$program") kinds of log entries"
done

# A field that no entry has would be shown by its name.
fields=$(grep -ohE '"LAWA_[A-Z_]+"' Sources/DaemonCore/Logging/*.swift | tr -d '"' | sort -u)
for field in $(grep -oE '@[A-Z_]+@' "$catalog" | tr -d @ | sort -u); do
    grep -qx "$field" <<<"$fields" || { echo "FAILED $catalog uses the field $field, which no entry has"; exit 1; }
done
echo "ok $catalog uses fields that entries have"

if ! command -v journalctl >/dev/null; then
    echo "SKIPPED compiling the catalog: journalctl is missing (apt-get install systemd)"
    exit 0
fi
root=$(mktemp -d)
trap 'rm -rf -- "$root"' EXIT
mkdir -p "$root/usr/lib/systemd/catalog" "$root/var/lib/systemd/catalog"
cp "$catalog" "$root/usr/lib/systemd/catalog/"
said=$(journalctl --root="$root" --update-catalog 2>&1) || { printf '%s\n' "$said"; echo "FAILED $catalog is not valid"; exit 1; }
[ -z "$said" ] || { printf '%s\n' "$said"; echo "FAILED $catalog has warnings"; exit 1; }
listed=$(journalctl --root="$root" --list-catalog | wc -l)
[ "$listed" = "$(wc -l <<<"$program")" ] || { echo "FAILED $catalog compiles to $listed entries"; exit 1; }
echo "ok $catalog compiles"
