#!/usr/bin/env bash
# A real systemd as PID 1 in a container, for tests on a machine whose own PID 1 may be something else.
#
#   boot-systemd.sh start          boot it; returns when `systemctl is-system-running` says running or degraded
#   boot-systemd.sh exec CMD...    run CMD inside it, as root; exit status, stdout and stderr come back
#   boot-systemd.sh log            what it printed on its console
#   boot-systemd.sh stop           shut down and remove every trace
#   boot-systemd.sh root           make the root alone, where it is a suite and not there yet; prints its folder
#
# SYSD_ROOT is a folder with a root file system, or a Debian suite (bookworm, trixie): a minimal Debian without Swift, made
# once in LAWAD_GUEST_CACHE (/var/cache/lawad-guests). It stays as it is, below a throw-away overlay; /data inside is on a
# real disk. There is no network but a loopback. SYSD_NAME names the guest, so that several can run at once;
# SYSD_BIND="HOST:GUEST[:ro] ..." shows it folders. Beside the cache it touches of the host /run/boot-systemd/$SYSD_NAME,
# /var/tmp/boot-systemd-$SYSD_NAME and one cgroup named SYSD_NAME in each hierarchy.
# Needs root, systemd-container, and mmdebstrap for a suite.
set -euo pipefail

self=$(readlink -f "$0")
NAME=${SYSD_NAME:-lawad-test}
ROOT=${SYSD_ROOT:-bookworm}
CACHE=${LAWAD_GUEST_CACHE:-/var/cache/lawad-guests}
STATE=/run/boot-systemd/$NAME
DATA=/var/tmp/boot-systemd-$NAME
# What a user's machine has, and what tests ask with.
PACKAGES=systemd,systemd-sysv,dbus,libsystemd0,curl,jq,strace
[[ $NAME =~ ^[a-z][a-z0-9-]{0,30}$ ]] || { echo "boot-systemd: bad SYSD_NAME '$NAME'" >&2; exit 64; }

say() { echo "boot-systemd: $*" >&2; }
die() { say "$*"; exit 1; }

# The start time of process $1 in clock ticks: field 22 of its stat, whose field 2, a name, may hold blanks.
started() {
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 0
    set -- ${stat##*) }
    echo "${20}"
}

# note NAME PID: remembers a process by number and start time. noted NAME: its number, while it is that process.
note() { echo "$2 $(started "$2")" >"$STATE/$1"; }
noted() {
    local process time
    read -r process time 2>/dev/null <"$STATE/$1" || return 1
    [ -n "$time" ] && [ "$(started "$process")" = "$time" ] && echo "$process"
}

# The folder that the overlay goes over; a suite is made first, once for each list of packages.
lower_root() {
    local folder
    case $ROOT in
    /*)
        [ -d "$ROOT" ] || die "there is no folder $ROOT"
        echo "$ROOT"
        return
        ;;
    esac
    folder=$CACHE/$ROOT-$(cksum <<<"$PACKAGES" | cut -d ' ' -f 1)
    mkdir -p "$CACHE"
    exec 9>"$CACHE/lock"
    flock 9
    [ -d "$folder" ] || make_root "$folder"
    exec 9>&-
    echo "$folder"
}

# FOLDER: complete or not there.
make_root() {
    command -v mmdebstrap >/dev/null || die "mmdebstrap is missing (apt-get install mmdebstrap)"
    rm -rf --one-file-system "$1.new"
    say "making a minimal $ROOT in $1, once"
    mmdebstrap --quiet --mode=root --variant=minbase --include="$PACKAGES" "$ROOT" "$1.new" >&2 \
        || { rm -rf --one-file-system "$1.new"; die "mmdebstrap could not make a root of $ROOT"; }
    mv "$1.new" "$1"
}

# ROOT: which cgroups its systemd can use; from 256 on it refuses the controllers of v1.
cgroup_mode() {
    local library version=0
    for library in "$1"/usr/lib/systemd/libsystemd-core-*.so "$1"/usr/lib/*/systemd/libsystemd-core-*.so; do
        [ -e "$library" ] || continue
        version=${library##*core-}
        version=${version%%.*}
    done
    if [ -e /sys/fs/cgroup/memory/cgroup.procs ] && [ "$version" -lt 256 ]; then echo hybrid; else echo v2; fi
}

# [all]: the roots of the cgroup hierarchies that the guest uses, or of all, the unified one first.
cgroup_homes() {
    if [ "$(stat -f -c %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ]; then
        echo /sys/fs/cgroup
        return
    fi
    local controller
    for controller in unified systemd memory pids cpu cpuacct blkio; do
        [ ! -e "/sys/fs/cgroup/$controller/cgroup.procs" ] || echo "/sys/fs/cgroup/$controller"
        [ "${1:-}" = all ] || [ "$(cat "$STATE/cgroups" 2>/dev/null)" != v2 ] || return 0
    done
}

# Turns a copy of a root into a quiet test machine; writes to the overlay alone.
dress() {
    local root=$1 unit
    rm -f "$root/.dockerenv" "$root/run/.containerenv" "$root"/etc/{machine-id,hostname,fstab}
    tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
    echo "$NAME" >"$root/etc/hostname"
    : >"$root/etc/fstab"
    rm -rf "$root"/etc/systemd/system/*.{wants,requires} "$root/var/log/journal"
    mkdir -p "$root"/etc/systemd/{system,system-generators,journald.conf.d} "$root/data"
    for unit in "$root"/usr/lib/systemd/system-generators/*; do
        ln -sf /dev/null "$root/etc/systemd/system-generators/${unit##*/}"
    done
    for unit in console-getty getty systemd-logind systemd-networkd systemd-timesyncd systemd-update-utmp \
        systemd-update-utmp-runlevel systemd-firstboot systemd-machine-id-commit systemd-pstore systemd-sysctl \
        systemd-modules-load systemd-udevd systemd-udev-trigger systemd-remount-fs modprobe@ systemd-binfmt \
        e2scrub_reap; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit.service"
    done
    for unit in getty.target sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount \
        sys-fs-fuse-connections.mount proc-sys-fs-binfmt_misc.automount; do
        ln -sf /dev/null "$root/etc/systemd/system/$unit"
    done
    ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
    printf '[Journal]\nStorage=volatile\nAudit=no\n' >"$root/etc/systemd/journald.conf.d/50-test.conf"
}

# In the background, in a session and a mount namespace of its own: builds the overlay and becomes systemd-nspawn. The
# process number stays the same all along.
launch() {
    note nspawn $$
    # Cgroups of its own, entered before nspawn makes its namespace, so that the guest sees nothing above them.
    local home bind source target option lower=$1
    for home in $(cgroup_homes); do
        mkdir -p "$home/$NAME"
        echo $$ >"$home/$NAME/cgroup.procs"
    done
    local arguments=(--directory="$STATE/fs/root" --boot --register=no --private-network --machine="$NAME"
        --console=pipe --link-journal=no --resolv-conf=off --timezone=off --kill-signal=SIGRTMIN+3
        --bind="$DATA:/data")
    # No systemd on the host to ask for a scope.
    [ -d /run/systemd/system ] || arguments+=(--keep-unit)
    for bind in ${SYSD_BIND:-}; do
        IFS=: read -r source target option <<<"$bind"
        arguments+=("--bind${option:+-$option}=$source:$target")
    done
    [ "$(cat "$STATE/cgroups")" != v2 ] || export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
    export STATE lower
    exec unshare --mount --propagation private bash -euc '
        mount -t tmpfs -o mode=755,size=50% tmpfs "$STATE/fs"
        mkdir "$STATE/fs/up" "$STATE/fs/work" "$STATE/fs/root"
        mount -t overlay overlay -o "lowerdir=$lower,upperdir=$STATE/fs/up,workdir=$STATE/fs/work" "$STATE/fs/root"
        bash "$0" _dress "$STATE/fs/root"
        exec systemd-nspawn "$@" -- systemd.log_target=journal-or-kmsg systemd.show_status=no
    ' "$self" "${arguments[@]}"
}

# The guest's PID 1 as the host counts: nspawn's only child.
leader() {
    local process
    noted leader && return
    process=$(noted nspawn) || return 1
    process=$(cat "/proc/$process/task/$process/children" 2>/dev/null) || return 1
    process=${process%% *}
    [ -n "$process" ] && [ "$(cat "/proc/$process/comm" 2>/dev/null)" = systemd ] || return 1
    note leader "$process"
    echo "$process"
}

inside() {
    local process home folder
    process=$(leader) || die "$NAME is not running; see boot-systemd.sh log"
    # Charged to the guest, but in a cgroup that its systemd does not manage.
    for home in $(cgroup_homes); do
        folder=$home/$NAME/exec
        [ ! -d "$home/$NAME/payload" ] || folder=$home/$NAME/payload/exec
        { mkdir -p "$folder" && echo "$BASHPID" >"$folder/cgroup.procs"; } 2>/dev/null || true
    done
    exec nsenter --target "$process" --mount --uts --ipc --net --pid --cgroup --root --wdns=/ \
        env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        TERM="${TERM:-dumb}" SYSTEMD_PAGER= SYSTEMD_COLORS=0 "$@"
}

wait_up() {
    local end=$((SECONDS + $1)) state=none
    while [ $SECONDS -lt $end ]; do
        if leader >/dev/null; then
            state=$( (inside systemctl is-system-running) 2>/dev/null || true)
            case $state in running | degraded) return 0 ;; esac
        fi
        sleep 0.1
    done
    say "not up after $1 s (last state: $state); its console:"
    tail -n 20 "$STATE/console" >&2 || true
    bash "$self" stop
    exit 1
}

start() {
    [ "$(id -u)" = 0 ] || die "needs root"
    command -v systemd-nspawn >/dev/null || die "systemd-nspawn is missing (apt-get install systemd-container)"
    ! leader >/dev/null || die "$NAME is already running"
    local lower
    lower=$(lower_root)
    rm -rf --one-file-system "$STATE" "$DATA"
    mkdir -p "$STATE/fs" "$DATA"
    cgroup_mode "$lower" >"$STATE/cgroups"
    setsid bash "$self" _launch "$lower" >"$STATE/console" 2>&1 </dev/null &
    wait_up 60
    # nspawn mounts the controllers of cgroup v1 read-only. What they show is this guest's own and no more, so they can be
    # opened for writing; a re-executed manager then uses them.
    if [ "$(cat "$STATE/cgroups")" = hybrid ]; then
        local controller process
        process=$(leader)
        for controller in memory pids cpu cpuacct blkio; do
            nsenter --target "$process" --mount --cgroup \
                mount -o remount,bind,rw "/sys/fs/cgroup/$controller" 2>/dev/null || true
        done
        (inside systemctl daemon-reexec)
        wait_up 20
    fi
    say "$NAME is up: $( (inside systemctl --version) | head -n 1)"
}

stop() {
    [ -d "$STATE" ] || return 0
    local process home left list
    leader >/dev/null || true
    # What exec still runs: stopped by the guest's shutdown, nsenter would stop as well and hold up the end for ever.
    for home in $(cgroup_homes); do
        for list in "$home/$NAME"/{,payload/}exec/cgroup.procs; do
            [ ! -e "$list" ] || xargs -r kill -KILL <"$list" 2>/dev/null || true
        done
    done
    if process=$(noted nspawn); then
        # nspawn passes it on as SIGRTMIN+3: an orderly poweroff.
        kill -TERM "$process"
        for _ in $(seq 300); do noted nspawn >/dev/null || break; sleep 0.1; done
    fi
    # PID 1 takes everything in its PID namespace along.
    if process=$(noted leader); then kill -KILL "$process" || true; fi
    if process=$(noted nspawn); then kill -KILL "$process" || true; fi
    for _ in $(seq 50); do
        left=
        # nspawn makes one in systemd's own hierarchy as well.
        for home in $(cgroup_homes all); do
            [ -d "$home/$NAME" ] || continue
            find "$home/$NAME" -depth -type d -exec rmdir {} + 2>/dev/null || true
            [ ! -d "$home/$NAME" ] || left=$home/$NAME
        done
        [ -n "$left" ] || break
        sleep 0.1
    done
    [ -z "$left" ] || say "could not remove $left"
    rm -rf --one-file-system "$STATE" "$DATA"
}

case ${1:-} in
root) lower_root ;;
start) start ;;
exec) shift; [ $# -gt 0 ] || die "exec what?"; inside "$@" ;;
log) cat "$STATE/console" ;;
stop) stop ;;
_launch) launch "$2" ;;
_dress) dress "$2" ;;
*) sed -n '4,8s/^# \{0,1\}//p' "$self"; exit 64 ;;
esac
