# What it takes from the machine: memory, page cache, wake-ups, disk.
# shellcheck shell=bash disable=SC2034,SC2154

tell() { printf 'footprint: %-66s %s\n' "$1" "$2"; }
mib() { awk -v bytes="$1" 'BEGIN { printf "%.1f MiB\n", bytes / 1048576 }'; }
group() { echo "/sys/fs/cgroup/memory$(property ControlGroup)"; }
# Where limits of memory are enforced and what is charged is counted.
need_memory_controller() {
    [ -e /sys/fs/cgroup/memory/memory.limit_in_bytes ] || skip "this guest has no memory controller"
}
resident() { sed -n 's/^VmRSS:[[:blank:]]*\([0-9]*\) kB/\1/p' "/proc/$(property MainPID)/status"; }

# PATH...: mebibytes of them in the page cache. evict PATH...: out of it.
cached() { fincore --bytes --noheadings --raw --output RES "$@" | awk '{ sum += $1 } END { print int(sum / 1048576) }'; }
evict() { local path; for path in "$@"; do sync "$path"; dd if="$path" iflag=nocache count=0 status=none; done; }

test_sizes() {
    local program
    for program in lawad lawa; do
        tell "/usr/bin/$program" "$(mib "$(stat -c %s "/usr/bin/$program")")"
    done
    tell "the package" "$(mib "$(stat -c %s "$(package 1)")")"
    tell "installed" "$(mib "$(($(dpkg-query -W -f '${Installed-Size}' lawad) * 1024))")"
}

# PID: a line for each thread, "number name voluntary switches".
switches() {
    local thread
    for thread in /proc/"$1"/task/*; do
        echo "${thread##*/} $(tr ' ' _ <"$thread/comm") $(sed -n 's/^voluntary_ctxt_switches:[[:blank:]]*//p' "$thread/status")"
    done
}
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }

test_idle() {
    local pid before spent wakes
    instance idle
    configure "$(last 3), rescan: \"1h\""
    train 20 40 60
    start
    within 10 is_newest checkpoint-60 || fail "no average"
    within 10 is_truthful || fail "it does not come to rest"
    pid=$(property MainPID)
    # libdispatch's threads wait five seconds for more work before they end.
    throughout 9 is MainPID "$pid"
    tell "idle, resident" "$(mib $(($(resident) * 1024)))"
    [ ! -e "$(group)/memory.usage_in_bytes" ] || tell "idle, charged" "$(mib "$(cat "$(group)/memory.usage_in_bytes")")"
    switches "$pid" >/tmp/before
    before=$(ticks "$pid")
    throughout 20 true
    switches "$pid" >/tmp/after
    spent=$(($(ticks "$pid") - before))
    wakes=$(join /tmp/before /tmp/after | awk '{ sum += $5 - $3 } END { print sum }')
    join /tmp/before /tmp/after | awk '$5 > $3 { print "woke: " $2, $5 - $3 " times in 20 s" }'
    tell "idle, wake-ups in 20 s" "$wakes"
    tell "idle, processor time in 20 s" "$((spent * 10)) ms"
    [ $spent -le 2 ] || fail "it used $((spent * 10)) ms of the processor in 20 s of idleness"
    [ "$wakes" = 0 ] || fail "it woke $wakes times in 20 s of idleness"
}

# Of five files two are in the page cache, as what a trainer has just saved; and one that nobody touches.
fill_the_cache() {
    evict "$watched"/*
    cat "${kept[@]}" "$control" >/dev/null
    [ "$(cached "${kept[@]}" "$control")" = 1280 ] && [ "$(cached "${out[@]}")" = 0 ]
}

# Averages once more; whether the page cache is then as it was.
leaves_the_cache_alone() {
    within 60 fill_the_cache || skip "the page cache does not hold two checkpoints of five"
    systemctl stop "$unit"
    rm -rf "$output"
    start
    within 180 is_newest step_500.safetensors || fail "no average: $(property StatusText)"
    [ "$(cached "${kept[@]}")" -ge 1016 ] && [ "$(cached "${out[@]}")" -lt 16 ]
}

# Some machines take cached pages away at any time: only what they leave to the untouched file tells of lawad.
check_the_cache() {
    local try faults=0
    for try in 1 2 3 4 5 6; do
        ! leaves_the_cache_alone || return 0
        [ "$(cached "$control")" -lt 256 ] || faults=$((faults + 1))
        [ $faults -lt 2 ] || fail "of 1024 MiB cached $(cached "${kept[@]}") are left, $(cached "${out[@]}") came in"
    done
    echo "SKIPPED $test: this machine took pages from the cache $try times; the page cache was not compared"
}

test_averaging_five_times_512_mib_in_128_mib() {
    local kept out control=/data/control
    need_memory_controller
    instance large
    drop_in memory MemoryMax=128M MemoryHigh=infinity
    configure 'limits: {min_free: 0}'
    big_window 512
    big_checkpoint 256 f "$control"
    kept=("$watched"/step_{400,500}.safetensors)
    out=("$watched"/step_{100,200,300}.safetensors)
    check_the_cache
    rm "$control"
    tell "averaging 5 x 512 MiB, MemoryMax=128M, seconds" "$(jq .seconds "$averages/step_500.safetensors.lawa.json")"
    tell "averaging 5 x 512 MiB, MemoryMax=128M, most charged" "$(mib "$(cat "$(group)/memory.max_usage_in_bytes")")"
    tell "averaging 5 x 512 MiB, cached members, before 1024 MiB, after" "$(cached "${kept[@]}") MiB"
    tell "averaging 5 x 512 MiB, other members, before 0 MiB, after" "$(cached "${out[@]}") MiB"
    tell "averaging 5 x 512 MiB, the average itself" "$(cached "$averages/step_500.safetensors") MiB"
    is NRestarts 0 || fail "it was restarted"
    [ "$(sed -n 's/^oom_kill //p' "$(group)/memory.oom_control")" = 0 ] || fail "the OOM killer came"
}

test_averaging_without_a_limit() {
    local peak
    need_memory_controller
    instance free
    drop_in memory MemoryMax=infinity MemoryHigh=infinity
    configure 'limits: {min_free: 0}'
    big_window 256
    evict "$watched"/*
    start
    within 120 is_newest step_500.safetensors || fail "no average: $(property StatusText)"
    peak=$(cat "$(group)/memory.max_usage_in_bytes")
    tell "averaging 5 x 256 MiB, no limit, most charged" "$(mib "$peak")"
    [ "$peak" -lt $((128 << 20)) ] || fail "it was charged $(mib "$peak")"
}
