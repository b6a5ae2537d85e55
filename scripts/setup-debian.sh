#!/usr/bin/env bash
# Installs, with apt-get, what building lawad needs beyond Swift; does nothing where all of it is there.
# Usage: scripts/setup-debian.sh [check] [systemd] [watching]
#   check: also what `make check` asks; systemd: what test-systemd.sh boots; watching: what test-watching.sh mounts
set -euo pipefail

missing=()

# PACKAGE COMMAND...: notes the package unless the command succeeds.
need() {
    "${@:2}" >/dev/null 2>&1 || missing+=("$1")
}

# Commands of the administrator are not on every user's path.
PATH=$PATH:/usr/sbin:/sbin

need pkg-config command -v pkg-config
need libsystemd-dev pkg-config --exists libsystemd
for purpose in "$@"; do
    case $purpose in
    check)
        need systemd command -v systemd-analyze
        need python3 command -v python3
        ;;
    systemd)
        need systemd test -x /lib/systemd/systemd
        need systemd-container command -v systemd-nspawn
        need dbus command -v dbus-daemon
        need curl command -v curl
        need jq command -v jq
        ;;
    watching)
        need strace command -v strace
        need bindfs command -v bindfs
        need xfsprogs command -v mkfs.xfs
        need btrfs-progs command -v mkfs.btrfs
        need mount command -v losetup
        need util-linux command -v setpriv
        ! grep -qw nfsd /proc/filesystems || need nfs-kernel-server command -v exportfs
        ;;
    *)
        echo "setup-debian: unknown purpose '$purpose'; known are check, systemd and watching" >&2
        exit 64
        ;;
    esac
done

if ! command -v swift >/dev/null; then
    echo "setup-debian: swift is missing; install Swift 6.2 or later from https://www.swift.org/install/linux/" >&2
    exit 1
fi
[ ${#missing[@]} -gt 0 ] || exit 0

give_up() {
    echo "setup-debian: $1; install these packages yourself: ${missing[*]}" >&2
    exit 1
}

command -v apt-get >/dev/null || give_up "this machine has no apt-get"
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || give_up "this needs root and there is no sudo"
    as_root=(sudo)
fi

echo "setup-debian: installing ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq)
"${apt[@]}" update || give_up "apt-get update failed"
"${apt[@]}" install --yes --no-install-recommends "${missing[@]}" >/dev/null || give_up "apt-get install failed"
