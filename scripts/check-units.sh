#!/usr/bin/env bash
# Holds the unit files against systemd itself: both are valid, and the system unit's exposure stays below a limit.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

# Ten times the score of `systemd-analyze security`. What it still counts against a program that writes beside any
# directory is that it sees the filesystem, and that permissions alone keep it from writing elsewhere.
threshold=5

if ! command -v systemd-analyze >/dev/null; then
    echo "SKIPPED unit files: systemd-analyze is missing (apt-get install systemd)"
    exit 0
fi

root=$(mktemp -d)
trap 'rm -rf -- "$root"' EXIT
mkdir -p "$root/bin" "$root/system" "$root/user"
printf '#!/bin/sh\n' | tee "$root/bin/lawad" >"$root/bin/lawa"
chmod +x "$root"/bin/*

# As `make install` does, with a prefix that exists here and an instance instead of the template.
for scope in system user; do
    source=systemd/lawad@.service
    [ "$scope" = system ] || source=systemd/user/lawad@.service
    sed "s|/usr/local/bin|$root/bin|g" "$source" >"$root/$scope/lawad@check.service"
    # A warning does not change the exit status, so what it prints counts too.
    said=$(XDG_RUNTIME_DIR=$root systemd-analyze "--$scope" --man=no verify "$root/$scope/lawad@check.service" 2>&1) || {
        printf '%s\n' "$said"
        echo "FAILED $source is not valid"
        exit 1
    }
    if grep -F 'lawad@' <<<"$said"; then
        echo "FAILED $source has warnings"
        exit 1
    fi
    echo "ok $source is valid"
done

if ! report=$(systemd-analyze security --offline=yes --threshold="$threshold" "$root/system/lawad@check.service" 2>&1); then
    printf '%s\n' "$report"
    echo "FAILED systemd/lawad@.service is exposed more than $threshold tenths"
    exit 1
fi
echo "ok systemd/lawad@.service: $(tail -n 1 <<<"$report")"
