# The watchdog bites what hangs and nothing else.
# shellcheck shell=bash disable=SC2034,SC2154

# NAME MEMBERS: an instance whose watchdog waits for two seconds.
watched_closely() {
    instance "$1"
    # An abort that meets a thread which strace holds gets lost now and then; the kill after it does not.
    drop_in watchdog WatchdogSec=2s RestartSec=1s TimeoutAbortSec=5s
    configure "$2"
}

# PID: the watchdog ends it, and it runs anew. A call that strace holds up ends with strace, as one that a disk holds up
# ends with the disk's answer.
bitten() {
    within 20 is Result watchdog || within 1 ended_by_watchdog || fail "the watchdog did not end it: $(property StatusText)"
    speed_up
    within 20 runs_anew "$1" || fail "it was not restarted: $(property StatusText)"
    within 5 ended_by_watchdog || fail "no entry says that the watchdog ended it"
}
ended_by_watchdog() { [ -n "$(entries "UNIT=$unit.service" UNIT_RESULT=watchdog -n 1)" ]; }
pinged_after() { [ "$(property WatchdogTimestampMonotonic)" -gt "$1" ]; }

test_pings_come_while_nothing_happens() {
    local first last ping
    watched_closely fed "$(last 3)"
    start
    first=$(property MainPID)
    last=$(property WatchdogTimestampMonotonic)
    # Nine pings at half a second each are more than two limits.
    for ping in 1 2 3 4 5 6 7 8 9; do
        within 2 pinged_after "$last" || fail "no ping for two seconds after the $ping-th"
        last=$(property WatchdogTimestampMonotonic)
    done
    [ "$(property MainPID)" = "$first" ] || fail "the watchdog ended it"
}

test_a_stopped_process_is_restarted() {
    local pid
    watched_closely stopped "$(last 3)"
    start
    pid=$(property MainPID)
    kill -STOP "$pid"
    bitten "$pid"
}

test_a_look_that_hangs_is_ended() {
    local pid
    watched_closely look "$(last 3), rescan: \"1s\""
    train 20 40
    start
    pid=$(property MainPID)
    slow_down getdents64 delay_enter=600s
    bitten "$pid"
    train 60
    within 10 is_newest checkpoint-60 || fail "it does not work after that: $(property StatusText)"
}

# SYSCALLS HOW: hangs the average that is being made.
averaging_hangs() {
    local pid
    watched_closely "$1" 'limits: {min_free: 0, io: "direct", read_rate: "8MiB"}'
    big_window 8
    start
    pid=$(property MainPID)
    within 20 says "averaging lawa step 500" || fail "no average began: $(property StatusText)"
    slow_down "$2" delay_enter=600s
    bitten "$pid"
    within 30 is_newest step_500.safetensors || fail "it does not work after that: $(property StatusText)"
}

test_an_average_that_hangs_while_reading_is_ended() {
    averaging_hangs reading io_getevents,pread64
}

test_an_average_that_hangs_while_flushing_is_ended() {
    averaging_hangs flushing fsync,fdatasync,sync_file_range
}

test_a_long_average_is_left_alone() {
    local pid done_before
    watched_closely long 'limits: {min_free: 0, read_rate: "1MiB"}'
    big_window 12
    start
    pid=$(property MainPID)
    within 20 says "averaging lawa step 500" || fail "no average began: $(property StatusText)"
    done_before=$(status .activity.bytes_done)
    throughout 9 is MainPID "$pid" || fail "the watchdog ended it"
    says "averaging lawa step 500" || fail "it no longer averages: $(property StatusText)"
    [ "$(status .activity.bytes_done)" -gt "$done_before" ] || fail "it does not move"
    is NRestarts 0 || fail "it was restarted"
}

test_an_average_on_a_slow_disk_is_left_alone() {
    local pid
    watched_closely disk 'limits: {min_free: 0, io: "direct"}, pin: "none"'
    start
    pid=$(property MainPID)
    slow_down fsync,fdatasync,sync_file_range,io_getevents delay_exit=400ms
    big_window 2
    within 60 is_newest step_500.safetensors || fail "no average: $(property StatusText)"
    [ "$(property MainPID)" = "$pid" ] || fail "the watchdog ended it"
}

test_pins_on_a_slow_disk_are_left_alone() {
    local pid
    watched_closely pins "$(last 5)"
    start
    pid=$(property MainPID)
    slow_down fsync,fdatasync delay_exit=500ms
    train 20 40 60 80 100
    within 90 is_newest checkpoint-100 || fail "no average: $(property StatusText)"
    [ "$(property MainPID)" = "$pid" ] || fail "the watchdog ended it"
}
