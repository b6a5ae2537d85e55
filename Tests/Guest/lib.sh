# What the tests share: an instance of lawad to look at, what to say of it, and what to wait for.
# shellcheck shell=bash disable=SC2034

stage=/mnt/stage
runs=/data/runs
test=${test:-}
tracer=

# The identifiers of the log's messages, as docs/operations.md has them.
message_starting=3f1c0d5a2c0b4f6d9f1f7a0e4f0a1c01
message_layout=9a6d2a1b7e5f4c55a8d4b0c1e2f30412
message_complete=5d7b1e94c8a24b7f9c3e20f6a8d1b434
message_published=f5a1c3e7d9b04826ae6c8f0b2d4171ab
message_reloaded=c8b6d4f2a0e14c375b9f7d5e3a1bc6f0
message_refused=31f5d7b9a3c24e8084e6f8c0b2add701
# systemd's: a unit was started.
message_started=39f53479d3a045ac8e11786248231fbf

# ------------------------------------------------------------------------------------------------------------- outcomes

fail() {
    echo "FAILED $test: $*"
    if [ -n "${unit:-}" ]; then
        echo "--- systemctl status"
        systemctl status --no-pager --lines 0 "$unit" || true
        echo "--- journal"
        journalctl --no-pager -u "$unit" -n 30 -o cat || true
        echo "---"
    fi
    exit 1
}

skip() {
    echo "SKIPPED $test: $*"
    exit 77
}

# SECONDS COMMAND...: tries the command until it succeeds.
within() {
    local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
    until "${@:2}" >/dev/null 2>&1; do
        [ "${EPOCHREALTIME/./}" -lt "$end" ] || return 1
        sleep 0.02
    done
}

# SECONDS COMMAND...: whether the command succeeds all the time.
throughout() {
    local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
    while [ "${EPOCHREALTIME/./}" -lt "$end" ]; do
        "${@:2}" >/dev/null 2>&1 || return 1
        sleep 0.1
    done
}

# Milliseconds that the command takes; its own status is lost.
milliseconds() {
    local began=${EPOCHREALTIME/./}
    "$@" >/dev/null 2>&1 || true
    echo $(((${EPOCHREALTIME/./} - began) / 1000))
}

# ---------------------------------------------------------------------------------------------------------- the instance

# NAME [GROUP]: the names of an instance's things, an empty directory to watch, and lawad as the trainer's user.
instance() {
    name_things "$1"
    install -d -o trainer -g "${2:-trainer}" -m 700 "$watched"
    install -d -m 755 /etc/lawa
    drop_in user User=trainer "Group=${2:-trainer}"
}

name_things() {
    name=$1
    unit=lawad@$1
    watched=$runs/$1
    output=$runs/$1.lawa
    averages=$output/lawa
    configuration=/etc/lawa/$1.json
    socket=/run/lawa/$1/control.sock
}

# NAME LINE...: lines of [Service] for this instance.
drop_in() {
    install -d "/run/systemd/system/$unit.service.d"
    { echo '[Service]'; printf '%s\n' "${@:2}"; } >"/run/systemd/system/$unit.service.d/$1.conf"
    systemctl daemon-reload
}

# [MEMBERS OF A JQ OBJECT]: writes the configuration.
configure() {
    jq -n --arg watch "$watched" "{watch: \$watch, settle: \"200ms\"} + {${1:-}}" >"$configuration"
    chmod 644 "$configuration"
}

# K: the recipe of the tests.
last() { echo "recipes: [{name: \"lawa\", window: {last: $1}}]"; }

start() { systemctl start "$unit" || fail "systemctl start failed"; }
property() { systemctl show -P "$1" "$unit"; }
is() { [ "$(property "$1")" = "$2" ]; }
is_active() { [ "$(systemctl is-active "$unit")" = active ]; }
says() { prints "$1" property StatusText; }
get() { curl -sS --max-time 10 --unix-socket "$socket" "http://lawad$1"; }
post() { curl -sS --max-time 10 -o /dev/null -w '%{http_code}' -X POST --unix-socket "$socket" "http://lawad$1"; }
# FILTER: of the status that the socket tells.
status() { get /v1/status | jq -c "$1"; }
is_newest() { [ "$(readlink "$averages/latest")" = "$1" ]; }
# Whether it runs again, as another process than PID.
runs_anew() { is_active && [ "$(property MainPID)" != "$1" ] && [ "$(property MainPID)" != 0 ]; }

# The status names the newest average where there is one, and else none.
is_truthful() {
    local text
    text=$(property StatusText)
    if [ -e "$averages/latest" ]; then
        grep -qF "newest average $(readlink "$averages/latest")" <<<"$text"
    else
        ! grep -qF "newest average" <<<"$text"
    fi
}

# The journal as JSON, by the fields of the arguments; whether there is anything.
entries() { journalctl --no-pager -o json "$@"; }
logged() { [ -n "$(entries -u "$unit" "$@" -n 1)" ]; }
messages() { journalctl --no-pager -o cat -u "$unit" "$@"; }

# ----------------------------------------------------------------------------------------------------------- the trainer

as() { runuser -u "$1" -- "${@:2}"; }

# STEP...: the files of one checkpoint after the other, private to the trainer.
train() {
    local step
    for step in "$@"; do
        as trainer sh -c "umask 077; cp -r $stage/run/checkpoint-$step $watched/"
    done
}

# FIRST LAST: every 20 steps of them.
train_all() { train $(seq "$1" 20 "$2"); }

# MIB LETTER PATH: a file of bf16 numbers that are all the letter twice, which is finite and normal.
big_checkpoint() {
    local bytes=$(($1 << 20)) header
    header=$(printf '{"w":{"dtype":"BF16","shape":[%d],"data_offsets":[0,%d]}}' $((bytes / 2)) "$bytes")
    header=$(printf '%-80s' "$header")
    {
        printf '\x50\0\0\0\0\0\0\0%s' "$header"
        yes "$2$2$2$2$2$2$2$2$2$2$2$2$2$2$2" | tr '\n' "$2" | head -c "$bytes"
    } >"$3" || [ "$(stat -c %s "$3")" -eq $((bytes + 88)) ]
}

# MIB: five checkpoints of so much each, which are the trainer's.
big_window() {
    local letter number=0
    for letter in a b c d e; do
        number=$((number + 100))
        big_checkpoint "$1" "$letter" "$watched/step_$number.safetensors"
        chown trainer:trainer "$watched/step_$number.safetensors"
    done
}

# Whether `lawa average` makes the same bytes of the newest average's members.
same_by_hand() {
    local scratch members equal=0
    scratch=$(mktemp -d /data/byhand.XXXXXX)
    readarray -t members < <(jq -r '.members[].path' "$averages/latest/lawa.json")
    { lawa average --quiet --output "$scratch/average" "${members[@]}" \
        && cmp "$scratch/average/model.safetensors" "$averages/latest/model.safetensors"; } || equal=1
    rm -rf "$scratch"
    return $equal
}

# SYSCALLS HOW: from now on these system calls of the daemon's are slow, or do not return before speed_up.
slow_down() {
    strace -f -qq -o /dev/null -e "trace=$1" -e "inject=$1:$2" -p "$(property MainPID)" 2>/tmp/strace.log &
    tracer=$!
    within 5 is_traced || fail "strace does not attach: $(cat /tmp/strace.log)"
}
speed_up() {
    [ -z "$tracer" ] || kill -KILL "$tracer"
    wait "$tracer" 2>/dev/null || true
    tracer=
}
is_traced() { ! grep -h TracerPid: "/proc/$(property MainPID)"/task/*/status | grep -q 'TracerPid:[[:blank:]]0$'; }

# TEXT COMMAND...: whether it prints the text; all of it is read, so that the command never meets a closed pipe.
prints() { local all; all=$("${@:2}") && grep -qF -- "$1" <<<"$all"; }

# PATH...: all that a listing and the bytes tell.
snapshot() {
    find "$@" -printf '%p %y %m %u:%g %T@ %s %l\n' | sort
    find "$@" -type f -print0 | sort -z | xargs -0 -r sha256sum
}

# ----------------------------------------------------------------------------------------------------------- the package

export DEBIAN_FRONTEND=noninteractive

package() { echo "$stage/lawad-$1.deb"; }
is_installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' lawad 2>/dev/null)" = installed ]; }
apt_quietly() { apt-get -qq --yes -o Dpkg::Use-Pty=0 "$@" >/tmp/apt.log 2>&1 || { cat /tmp/apt.log; return 1; }; }
install_package() { apt_quietly install --allow-downgrades "$(package "$1")"; }
need_package() { is_installed || install_package 1 || fail "the package cannot be installed"; }
