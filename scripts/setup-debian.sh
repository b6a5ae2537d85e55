#!/usr/bin/env bash
# Installs, with apt-get, what building lawad needs beyond Swift; does nothing where all of it is there.
# Usage: scripts/setup-debian.sh [check] [package] [check-package] [systemd] [watching]
#   check: also what `make check` asks; package: what makes the Debian package;
#   check-package: what check-package.sh asks; systemd: what test-systemd.sh boots; watching: what test-watching.sh mounts
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
# Manual pages are written by it as they are installed.
need python3 command -v python3
for purpose in "$@"; do
    case $purpose in
    check)
        need systemd command -v systemd-analyze
        ;;
    package)
        need dpkg-dev command -v dpkg-shlibdeps
        ;;
    check-package)
        need lintian command -v lintian
        need mandoc command -v mandoc
        need man-db command -v man
        need bash-completion test -f /usr/share/bash-completion/bash_completion
        need zsh command -v zsh
        need fish command -v fish
        ;;
    systemd)
        need systemd-container command -v systemd-nspawn
        need mmdebstrap command -v mmdebstrap
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
        echo "setup-debian: unknown purpose '$purpose'; known are check, package, check-package, systemd and watching" >&2
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
