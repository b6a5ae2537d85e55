# The service: ready, status, limits, stop, kill, and starts that cannot work.
# shellcheck shell=bash disable=SC2034,SC2154

# MESSAGE-ID FIELD: when the newest such entry was sent, in microseconds.
sent_at() { entries "$2=$unit.service" "MESSAGE_ID=$1" -n 1 | jq -r ._SOURCE_REALTIME_TIMESTAMP; }

test_ready_after_the_first_look_and_the_socket() {
    instance ready
    configure "$(last 3)"
    train_all 20 100
    start
    [ "$(get /healthz)" = ok ] || fail "it is not healthy as systemctl start returns"
    is_active || fail "it is not active"
    [ -n "$(property StatusText)" ] || fail "it has no status"
    within 5 logged "MESSAGE_ID=$message_layout" || fail "no entry tells the layout"
    [ "$(sent_at $message_layout _SYSTEMD_UNIT)" -lt "$(sent_at $message_started UNIT)" ] \
        || fail "it was ready before the first look was done"
}

test_an_absent_directory_is_waited_for() {
    instance absent
    rmdir "$watched"
    configure "$(last 3)"
    start
    says "does not exist yet" || fail "its status does not say what it waits for: $(property StatusText)"
    [ "$(get /healthz)" = ok ] || fail "it is not healthy"
    as trainer mkdir "$watched"
    train 20 40 60
    within 10 is_newest checkpoint-60 || fail "it does not see the directory: $(property StatusText)"
}

test_the_socket_answers() {
    instance socket
    configure "$(last 5)"
    start
    [ "$(status .instance)" = '"socket"' ] || fail "no status"
    prints 'lawad_up 1' get /metrics || fail "no metrics"
    lawa status >/dev/null || fail "lawa status does not find the daemon by itself"
    [ "$(stat -c %a "$socket")" = 660 ] || fail "the socket has mode $(stat -c %a "$socket")"
}

test_the_limits_are_in_effect() {
    local pid
    instance limits
    configure
    start
    pid=$(property MainPID)
    [ "$(ps_field "$pid" 19)" = 19 ] || fail "it has nice $(ps_field "$pid" 19)"
    [ "$(ionice -p "$pid")" = idle ] || fail "its I/O class is $(ionice -p "$pid")"
    [ "$(cat "/proc/$pid/oom_score_adj")" = 800 ] || fail "its OOM score is adjusted by $(cat "/proc/$pid/oom_score_adj")"
    grep -q '^NoNewPrivs:.1$' "/proc/$pid/status" || fail "it may gain privileges"
    grep -q '^CapEff:.0*$' "/proc/$pid/status" || fail "it has $(grep CapEff "/proc/$pid/status")"
    is MemoryHigh $((384 << 20)) || fail "MemoryHigh is $(property MemoryHigh)"
    is MemoryMax $((512 << 20)) || fail "MemoryMax is $(property MemoryMax)"
    is TasksMax 128 || fail "TasksMax is $(property TasksMax)"
}

# PID NUMBER: a field of /proc/PID/stat, counted from 1.
ps_field() {
    local stat
    stat=$(cat "/proc/$1/stat")
    stat=${stat##*) }
    cut -d ' ' -f $(($2 - 2)) <<<"$stat"
}

# An average that takes 20 s, half made.
average_slowly() {
    instance "$1"
    configure 'limits: {threads: 1, min_free: 0, read_rate: "4MiB"}'
    big_window 16
    start
    within 30 says "averaging lawa step 500" || fail "no average began: $(property StatusText)"
}

left_nothing() {
    [ -z "$(find "$averages" -mindepth 1 2>/dev/null)" ] || fail "something was published: $(ls "$averages")"
    [ -z "$(find "$output/.lawad/staging" -type f)" ] || fail "staging still holds files"
}

# MILLISECONDS
stop_within() {
    local took
    took=$(milliseconds systemctl stop "$unit")
    [ "$took" -lt "$1" ] || fail "stopping took $took ms"
    is Result success || fail "the result is $(property Result)"
}

test_stop_ends_it_at_once() {
    instance stop
    configure
    start
    stop_within 3000
    [ ! -e "$socket" ] || fail "the socket is still there"
}

test_a_stop_in_the_middle_of_an_average_leaves_nothing() {
    average_slowly half
    stop_within 5000
    left_nothing
}

test_a_stop_does_not_wait_for_a_slow_disk() {
    average_slowly slow-disk
    slow_down fsync,fdatasync,io_getevents,io_submit delay_exit=1s
    stop_within 10000
    left_nothing
}

test_a_killed_daemon_starts_again_and_makes_the_average() {
    local pid
    average_slowly killed
    drop_in soon RestartSec=1s
    pid=$(property MainPID)
    kill -KILL "$pid"
    within 20 runs_anew "$pid" || fail "systemd did not restart it"
    is NRestarts 1 || fail "it was restarted $(property NRestarts) times"
    configure 'limits: {min_free: 0}'
    systemctl restart "$unit"
    within 60 is_newest step_500.safetensors || fail "no average after the restart: $(property StatusText)"
    lawa average --quiet --output /data/byhand.safetensors "$watched"/*.safetensors || fail "lawa average failed"
    cmp /data/byhand.safetensors "$averages/step_500.safetensors" || fail "the bytes differ from those made by hand"
    rm /data/byhand.safetensors
}

# WORD...: it does not start, is not tried again, and says why where an operator looks.
refuses_to_start() {
    local word shown
    ! systemctl start "$unit" 2>/dev/null || fail "it started"
    is ExecMainStatus 78 || fail "the exit status is $(property ExecMainStatus)"
    # While another start is to come it is activating.
    is ActiveState failed || fail "it is $(property ActiveState)"
    is NRestarts 0 || fail "it was restarted $(property NRestarts) times"
    shown=$(systemctl status --no-pager --full "$unit" || true)
    for word in "$@"; do
        grep -qF "$word" <<<"$shown" || fail "systemctl status does not show \"$word\""
    done
}

test_a_bad_configuration_is_told_and_not_tried_again() {
    instance bad
    echo '{ "watch": "relative", "settle": "soon", "windw": 3 }' >"$configuration"
    refuses_to_start watch settle windw
}

test_a_missing_configuration_is_told_and_not_tried_again() {
    instance missing
    refuses_to_start "$configuration"
}

test_a_narrowed_sandbox_still_pins() {
    instance strict
    configure "$(last 3)"
    drop_in strict ProtectSystem=strict "ReadWritePaths=$runs"
    train 20 40 60
    start
    within 10 says "window 3/3, newest average checkpoint-60" || fail "the status is: $(property StatusText)"
    [ "$(status .problems)" = '[]' ] || fail "it has the problems $(status .problems)"
    [ "$(status .pins.means)" = '"hardlink"' ] || fail "its pins are $(status .pins)"
}

test_a_long_first_look_is_waited_for() {
    local pid
    instance first
    drop_in start TimeoutStartSec=2s
    configure "$(last 5), pin: \"copy\""
    train_all 20 100
    # strace is there before the first look: the process waits for it in the shell that becomes the daemon.
    drop_in slow "ExecStart=" "ExecStart=/bin/sh -c 'while ! [ -e /run/lawa/first/go ]; do sleep 0.05; done; exec lawad --config %s'"
    sed -i "s|%s|$configuration|" "/run/systemd/system/$unit.service.d/slow.conf"
    systemctl daemon-reload
    systemctl start --no-block "$unit"
    within 5 test -d /run/lawa/first || fail "it does not start"
    within 5 has_process || fail "it has no process"
    pid=$(property MainPID)
    slow_down fsync,fdatasync delay_exit=400ms
    touch /run/lawa/first/go
    within 40 is_active || fail "the start was given up: $(property StatusText)"
    [ "$(property MainPID)" = "$pid" ] || fail "it was started again"
    [ "$(($(property ActiveEnterTimestampMonotonic) - $(property ExecMainStartTimestampMonotonic)))" -gt 2000000 ] \
        || fail "the first look was not long enough to show anything"
}
has_process() { [ "$(property MainPID)" != 0 ]; }
