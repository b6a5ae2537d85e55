#!/usr/bin/env bash
# Tests of lawad under a real systemd, with the units that `make install` installs.
# Usage: scripts/test-systemd.sh [DIRECTORY OF THE BUILT PROGRAMS]     Needs root, systemd and systemd-container.
#
# On this machine: installs into a scratch directory, trains a small model there, boots a guest, and runs itself inside.
# Inside: one function a test, all in order, each with a line of its own.
set -euo pipefail

self=$(readlink -f "$0")
scripts=$(dirname "$self")

outside() {
    local bin
    skip() { echo "SKIPPED tests under systemd: $1"; exit 0; }
    [ "$(id -u)" = 0 ] || skip "they need root"
    for command in systemd-nspawn nsenter curl jq; do
        command -v "$command" >/dev/null || skip "$command is missing (scripts/setup-debian.sh systemd)"
    done
    unshare --mount true 2>/dev/null || skip "this machine does not let root make mount namespaces"
    bin=$(realpath -- "${1:-.build/release}")
    cd -- "$scripts/.."
    for program in lawad lawa DemoTrainer; do
        [ -x "$bin/$program" ] || { echo "$bin/$program is missing; run make build first" >&2; exit 1; }
    done

    stage=$(mktemp -d)
    trap 'SYSD_NAME=lawad-test "$scripts/boot-systemd.sh" stop; rm -rf -- "$stage"' EXIT
    make --no-print-directory install BIN="$bin" DESTDIR="$stage/root" >/dev/null
    "$bin/DemoTrainer" train --output "$stage/run" --model linear --steps 240 --save-every 20 >/dev/null
    # The guest's trainer reads it too.
    chmod -R a+rX "$stage"
    export SYSD_NAME=lawad-test SYSD_BIND="$stage:/mnt/stage:ro $scripts:/mnt/scripts:ro"
    "$scripts/boot-systemd.sh" start
    "$scripts/boot-systemd.sh" exec bash "/mnt/scripts/${self##*/}" _inside
}

# ---------------------------------------------------------------------------------------------- what tests say and wait for

unit=lawad@demo
runs=/data/runs
watched=$runs/demo
averages=$runs/demo.lawa/lawa
socket=/run/lawa/demo/control.sock

fail() {
    echo "FAILED $test: $*"
    echo "--- systemctl status"
    systemctl status --no-pager --lines 0 "$unit" || true
    echo "--- journal"
    journalctl --no-pager -u 'lawad@*' -n 40 -o cat || true
    exit 1
}

# SECONDS COMMAND...: tries the command until it succeeds.
within() {
    local end=$((SECONDS + $1))
    until "${@:2}" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.05
    done
}

property() { systemctl show -P "$1" "$unit"; }
is_newest() { [ "$(readlink "$averages/latest")" = "$1" ]; }
says() { property StatusText | grep -qF -- "$1"; }
# The journal as JSON, by the fields of the arguments.
entries() { journalctl --no-pager -o json "$@"; }
# Whether the journal has an entry with the fields of the arguments.
logged() { entries -u "$unit" "$@" | grep -q .; }
# lawad's published average and what `lawa average` makes of its members are the same bytes.
same_by_hand() {
    local average=$1 scratch
    scratch=$(mktemp -d /data/byhand.XXXXXX)
    jq -r '.members[].path' "$average/lawa.json" \
        | xargs lawa average --quiet --output "$scratch/average" \
        && cmp "$scratch/average/model.safetensors" "$average/model.safetensors"
    local status=$?
    rm -rf "$scratch"
    return "$status"
}

# STEP...: what a trainer does: the files of one checkpoint after the other, owned by it and private.
train() {
    local step
    for step in "$@"; do
        su trainer -s /bin/sh -c "umask 077; cp -r /mnt/stage/run/checkpoint-$step $watched/"
    done
}

# WINDOW-SIZE: the configuration of the tests.
configure() {
    cat >/etc/lawa/demo.json <<END
{ "watch": "$watched", "settle": "200ms", "recipes": [{ "name": "lawa", "window": { "last": $1 } }] }
END
}

# LETTER PATH: a file of 512 MiB of bf16 numbers that are all the letter twice, which is finite and normal.
big_checkpoint() {
    local header='{"w":{"dtype":"BF16","shape":[268435456],"data_offsets":[0,536870912]}}       '
    {
        printf "\\x$(printf %02x ${#header})\\0\\0\\0\\0\\0\\0\\0%s" "$header"
        yes "$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1" | tr '\n' "$1" | head -c 536870912
    } >"$2" || [ "$(stat -c %s "$2")" -gt 536870912 ]
}

# ---------------------------------------------------------------------------------------------- the tests, in order

test_ready_before_the_directory_exists() {
    configure 5
    systemctl start "$unit" || fail "systemctl start failed"
    [ "$(systemctl is-active "$unit")" = active ] || fail "it is not active"
    says "does not exist yet" || fail "its status does not say what it waits for: $(property StatusText)"
}

test_the_socket_answers() {
    [ "$(curl -sS --unix-socket "$socket" http://lawad/v1/status | jq -r .instance)" = demo ] || fail "no status"
    [ "$(curl -sS --unix-socket "$socket" http://lawad/healthz)" = ok ] || fail "not healthy"
    curl -sS --unix-socket "$socket" http://lawad/metrics | grep -qx 'lawad_up 1' || fail "no metrics"
    lawa status >/dev/null || fail "lawa status does not find the daemon by itself"
    [ "$(stat -c %a "$socket")" = 660 ] || fail "the socket has mode $(stat -c %a "$socket")"
}

test_an_average_is_published_when_the_window_is_full() {
    install -d -o trainer -m 700 "$watched"
    train 20 40 60 80
    within 10 says "window 4/5" || fail "four checkpoints give: $(property StatusText)"
    [ ! -e "$averages/latest" ] || fail "an average was made of fewer than five"
    train 100
    within 10 is_newest checkpoint-100 || fail "no average after the fifth checkpoint"
    [ "$(jq -c '[.members[].step]' "$averages/latest/lawa.json")" = '[20,40,60,80,100]' ] || fail "wrong members"
    same_by_hand "$averages/latest" || fail "lawa average makes other bytes of the same members"
}

test_the_status_names_the_newest_average() {
    within 5 says "newest average checkpoint-100" || fail "it says: $(property StatusText)"
}

test_the_journal_has_fields() {
    local entry
    entry=$(entries -u "$unit" MESSAGE_ID=f5a1c3e7d9b04826ae6c8f0b2d4171ab | tail -n 1)
    [ "$(jq -r .LAWA_STEP <<<"$entry")" = 100 ] || fail "the published average has no LAWA_STEP: $entry"
    [ "$(jq -r .LAWA_RECIPE <<<"$entry")" = lawa ] || fail "the published average has no LAWA_RECIPE: $entry"
    [ "$(jq -r .LAWA_CHECKPOINT <<<"$entry")" = checkpoint-100 ] || fail "it has no LAWA_CHECKPOINT: $entry"
    [ "$(jq -r .PRIORITY <<<"$entry")" = 5 ] || fail "its priority is not notice: $entry"
}

test_members_outlive_the_trainers_rotation() {
    rm -r "$watched/checkpoint-20" "$watched/checkpoint-40" "$watched/checkpoint-60"
    train 120
    within 10 is_newest checkpoint-120 || fail "no average after the trainer deleted three members"
    [ "$(jq '.members | length' "$averages/latest/lawa.json")" = 5 ] || fail "the window lost members"
}

test_nothing_is_written_where_the_trainer_saves() {
    [ -z "$(find "$watched" ! -user trainer)" ] || fail "somebody else owns $(find "$watched" ! -user trainer)"
}

test_a_reload_with_a_bad_file_fails_and_keeps_the_old_one() {
    local pid
    pid=$(property MainPID)
    echo '{ "watch": "relative", "recipes": [{ "window": { "lats": 3 } }], "settle": "soon" }' >/etc/lawa/demo.json
    ! systemctl reload "$unit" 2>/dev/null || fail "systemctl reload succeeded"
    for word in watch lats settle; do
        journalctl --no-pager -u "$unit" -o cat | grep -qF "$word" || fail "the journal does not name \"$word\""
    done
    [ "$(property MainPID)" = "$pid" ] || fail "it was restarted"
    [ "$(systemctl is-active "$unit")" = active ] || fail "it is $(systemctl is-active "$unit")"
}

test_sighup_with_a_bad_file_logs_every_problem() {
    local message
    systemctl kill -s HUP --kill-who=main "$unit"
    within 5 logged MESSAGE_ID=31f5d7b9a3c24e8084e6f8c0b2add701 || fail "no entry says that the reload was refused"
    message=$(entries -u "$unit" MESSAGE_ID=31f5d7b9a3c24e8084e6f8c0b2add701 | tail -n 1 | jq -r .MESSAGE)
    for word in watch lats settle; do
        grep -qF "$word" <<<"$message" || fail "the entry does not name \"$word\": $message"
    done
    within 5 says "window 5/5" || fail "the old window is gone: $(property StatusText)"
}

test_a_reload_with_a_good_file_works() {
    configure 3
    systemctl reload "$unit" || fail "systemctl reload failed"
    within 5 logged MESSAGE_ID=c8b6d4f2a0e14c375b9f7d5e3a1bc6f0 || fail "no entry says that it was reloaded"
    within 5 says "window 3/3" || fail "the status is: $(property StatusText)"
    train 140
    within 10 is_newest checkpoint-140 || fail "no average after the reload"
    [ "$(jq '.members | length' "$averages/latest/lawa.json")" = 3 ] || fail "the window is not of three"
    [ "$(property NRestarts)" = 0 ] || fail "it was restarted $(property NRestarts) times"
}

test_the_watchdog_is_fed() {
    local first pings=0 last
    install -d "/run/systemd/system/$unit.service.d"
    printf '[Service]\nWatchdogSec=2s\n' >"/run/systemd/system/$unit.service.d/watchdog.conf"
    systemctl daemon-reload
    systemctl restart "$unit"
    first=$(property MainPID)
    last=$(property WatchdogTimestampMonotonic)
    # Nine changes at half a second each are more than two limits.
    while [ $pings -lt 9 ]; do
        changed() { [ "$(property WatchdogTimestampMonotonic)" != "$last" ]; }
        within 3 changed || fail "no ping for three seconds"
        last=$(property WatchdogTimestampMonotonic)
        pings=$((pings + 1))
    done
    [ "$(property MainPID)" = "$first" ] || fail "the watchdog ended it"
}

test_a_stopped_process_is_restarted_by_the_watchdog() {
    local pid
    pid=$(property MainPID)
    kill -STOP "$pid"
    restarted() { [ "$(property MainPID)" != "$pid" ] && [ "$(systemctl is-active "$unit")" = active ]; }
    within 30 restarted || fail "it was not restarted"
    rm "/run/systemd/system/$unit.service.d/watchdog.conf"
    systemctl daemon-reload
}

test_stop_ends_it_at_once() {
    local began=$SECONDS
    systemctl stop "$unit" || fail "systemctl stop failed"
    [ $((SECONDS - began)) -lt 5 ] || fail "it took $((SECONDS - began)) s"
    [ "$(property Result)" = success ] || fail "the result is $(property Result)"
    [ ! -e "$socket" ] || fail "the socket is still there"
}

test_a_bad_configuration_is_not_tried_again() {
    echo '{ "watch": "relative" }' >/etc/lawa/demo.json
    ! systemctl start "$unit" 2>/dev/null || fail "it started"
    [ "$(property ExecMainStatus)" = 78 ] || fail "the exit status is $(property ExecMainStatus)"
    [ "$(property NRestarts)" = 0 ] || fail "it was restarted $(property NRestarts) times"
    systemctl reset-failed "$unit"
}

test_it_runs_as_the_trainers_user() {
    configure 3
    printf '[Service]\nUser=trainer\n' >"/run/systemd/system/$unit.service.d/user.conf"
    rm -rf "$runs/demo.lawa"
    systemctl daemon-reload
    systemctl start "$unit" || fail "it does not start"
    within 10 is_newest checkpoint-140 || fail "no average: $(property StatusText)"
    [ "$(stat -L -c %U "$averages/latest/model.safetensors")" = trainer ] || fail "the average is not the trainer's"
    [ "$(curl -sS --unix-socket "$socket" http://lawad/v1/checkpoints | jq '[.checkpoints[] | select(.pinned)] | length')" = 3 ] \
        || fail "the members are not pinned"
    systemctl stop "$unit"
    rm "/run/systemd/system/$unit.service.d/user.conf"
    systemctl daemon-reload
}

test_a_narrowed_sandbox_still_pins() {
    printf '[Service]\nProtectSystem=strict\nReadWritePaths=%s\n' "$runs" \
        >"/run/systemd/system/$unit.service.d/strict.conf"
    systemctl daemon-reload
    systemctl start "$unit" || fail "it does not start"
    within 10 says "window 3/3, newest average checkpoint-140" || fail "the status is: $(property StatusText)"
    [ "$(curl -sS --unix-socket "$socket" http://lawad/v1/status | jq -c .problems)" = '[]' ] || fail "it has problems"
    systemctl stop "$unit"
    rm "/run/systemd/system/$unit.service.d/strict.conf"
    systemctl daemon-reload
}

test_the_users_unit_works() {
    local id
    id=$(id -u trainer)
    rm -rf "$runs/demo.lawa"
    # Without logind, which a guest does not have, its part is done by hand.
    cat >/run/systemd/system/user-runtime-dir@.service <<'END'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'mkdir -p /run/user/%i && chown %i /run/user/%i && chmod 700 /run/user/%i'
END
    install -d /run/systemd/system/user@.service.d
    printf '[Service]\nPAMName=\nEnvironment=XDG_RUNTIME_DIR=/run/user/%%i\n' \
        >/run/systemd/system/user@.service.d/no-logind.conf
    systemctl daemon-reload
    systemctl start "user@$id" || fail "the user's manager does not start"
    as_trainer() { runuser -u trainer -- env HOME=/home/trainer "XDG_RUNTIME_DIR=/run/user/$id" "$@"; }
    as_trainer mkdir -p /home/trainer/.config/lawa
    cp /etc/lawa/demo.json /home/trainer/.config/lawa/demo.json
    as_trainer systemctl --user start "$unit" || fail "it does not start"
    within 10 is_newest checkpoint-140 || fail "no average: $(as_trainer lawa status)"
    as_trainer lawa status >/dev/null || fail "lawa status does not find the user's daemon by itself"
    as_trainer systemctl --user reload "$unit" || fail "it does not reload"
    as_trainer systemctl --user stop "$unit" || fail "it does not stop"
    [ "$(as_trainer systemctl --user show -P Result "$unit")" = success ] || fail "it did not end well"
    systemctl stop "user@$id"
}

test_a_stop_in_the_middle_of_an_average_leaves_nothing() {
    local letter number=0 began
    unit=lawad@big averages=$runs/big.lawa/lawa
    install -d "$runs/big"
    echo "{ \"watch\": \"$runs/big\", \"limits\": { \"threads\": 1, \"min_free\": 0 } }" >/etc/lawa/big.json
    # A slow processor, so that there is a middle.
    install -d "/run/systemd/system/$unit.service.d"
    printf '[Service]\nCPUQuota=20%%\n' >"/run/systemd/system/$unit.service.d/slow.conf"
    systemctl daemon-reload
    for letter in a b c d e; do
        number=$((number + 100))
        big_checkpoint "$letter" "$runs/big/step_$number.safetensors"
    done
    systemctl start "$unit"
    within 60 says "averaging lawa step 500" || fail "no average began: $(property StatusText)"
    began=$SECONDS
    systemctl stop "$unit" || fail "systemctl stop failed"
    [ $((SECONDS - began)) -lt 5 ] || fail "it took $((SECONDS - began)) s"
    [ "$(property Result)" = success ] || fail "the result is $(property Result)"
    [ -z "$(find "$averages" -mindepth 1 2>/dev/null)" ] || fail "something was published: $(ls "$averages")"
    [ -z "$(find "$runs/big.lawa/.lawad/staging" -type f)" ] || fail "staging still holds files"
}

test_a_killed_daemon_starts_again_and_makes_the_same_average() {
    local pid
    systemctl start "$unit"
    within 60 says "averaging lawa step 500" || fail "no average began: $(property StatusText)"
    pid=$(property MainPID)
    kill -KILL "$pid"
    restarted() { [ "$(property NRestarts)" = 1 ] && [ "$(systemctl is-active "$unit")" = active ]; }
    within 20 restarted || fail "systemd did not restart it"
    rm "/run/systemd/system/$unit.service.d/slow.conf"
    systemctl daemon-reload
    systemctl restart "$unit"
    within 120 is_newest step_500.safetensors || fail "no average after the restart: $(property StatusText)"
    lawa average --quiet --output /data/byhand.safetensors "$runs"/big/*.safetensors || fail "lawa average failed"
    cmp /data/byhand.safetensors "$averages/step_500.safetensors" || fail "the bytes differ from those made by hand"
    systemctl stop "$unit"
}

inside() {
    local passed=0
    cp -r /mnt/stage/root/. /
    install -d /etc/lawa
    install -d -m 755 "$runs"
    useradd --create-home --home-dir /home/trainer trainer
    # The output is made beside the watched directory, by whoever runs the daemon.
    chown trainer "$runs"
    systemctl daemon-reload
    for test in $(declare -F | awk '$3 ~ /^test_/ { print $3 }' | while read -r name; do
        echo "$(grep -n "^$name()" "$0" | cut -d : -f 1) $name"
    done | sort -n | cut -d ' ' -f 2); do
        "$test"
        echo "ok $test"
        passed=$((passed + 1))
    done
    echo "$passed tests under $(systemctl --version | head -n 1) passed"
}

case ${1:-} in
_inside) inside ;;
*) outside "$@" ;;
esac
