#!/usr/bin/env bash
# A real training run with lawad beside it: what the log says, what the averages are worth, and where to look.
# Usage: scripts/demo.sh [DIRECTORY OF THE BUILT PROGRAMS]     It works in .demo/, which it empties first.
set -euo pipefail

bin=$(realpath -- "${1:-.build/release}")
cd -- "$(dirname -- "$0")/.."
demo=.demo
socket=$demo/lawad.sock
k=5
lawad=''

heading() { printf '\n== %s\n' "$*"; }
show() { printf '\n$ %s\n' "$(basename -- "$1") ${*:2}"; "$@"; }
fail() { printf 'demo failed: %s\n' "$*" >&2; exit 1; }

stop_lawad_at_exit() {
    [ -z "$lawad" ] || kill "$lawad" 2>/dev/null || true
}
trap stop_lawad_at_exit EXIT

# Tries a command ten times a second for so many seconds; gives up at once when lawad is gone.
wait_until() {
    local seconds=$1
    for ((try = 0; try < seconds * 10; try++)); do
        if "${@:2}"; then return 0; fi
        kill -0 "$lawad" 2>/dev/null || fail "lawad ended early; its log is above"
        sleep 0.1
    done
    return 1
}

answers() { "$bin/lawa" status --socket "$socket" >/dev/null 2>&1; }
published() { [ "$(readlink "$1/lawa/latest")" = "$2" ]; }
newest() { find "$1" -maxdepth 1 -name 'checkpoint-*' -printf '%f\n' | sort -V | tail -n 1; }

start_lawad() {
    local pipe=$demo/log.pipe
    mkfifo "$pipe"
    tee "$demo/$2.log" <"$pipe" | sed -u 's/^/lawad   | /' &
    log=$!
    "$bin/lawad" --watch "$1" --k "$k" --socket "$socket" >"$pipe" 2>&1 &
    lawad=$!
    wait_until 20 answers || fail "lawad does not answer on $socket after 20 s"
    rm "$pipe"
}

stop_lawad() {
    local status=0
    kill -TERM "$lawad"
    wait "$lawad" || status=$?
    lawad=''
    wait "$log"
    [ "$status" -eq 0 ] || fail "lawad ended with exit status $status after SIGTERM"
    echo "lawad stopped by SIGTERM, exit status 0."
}

train() {
    "$bin/DemoTrainer" train --output "$1" --model "$2" --interval "$3" 2>&1 | sed -u 's/^/trainer | /' \
        || fail "the trainer failed; its message is above"
}

# NAME MODEL SECONDS-BETWEEN-CHECKPOINTS
run() {
    local watched=$demo/$1 output=$demo/$1.lawa last
    mkdir "$watched"
    start_lawad "$watched" "$1"
    train "$watched" "$2" "$3"
    last=$(newest "$watched")
    wait_until 30 published "$output" "$last" || fail "no average of $last in $output/lawa after 30 s"
    show "$bin/lawa" status --socket "$socket"
    show "$bin/lawa" list --socket "$socket"
    stop_lawad
    show "$bin/lawa" inspect "$output/lawa/$last"
    show "$bin/DemoTrainer" evaluate --run "$watched" --averages "$output/lawa"
}

for program in lawad lawa DemoTrainer; do
    [ -x "$bin/$program" ] || fail "$bin/$program is missing; build first: swift build -c release"
done
rm -rf -- "$demo"
mkdir "$demo"

heading "1 of 2: a linear model on one-dimensional data, SGD with a high, constant learning rate"
run linear linear 0.5

heading "2 of 2: a network with one hidden layer on noisy labels, SGD with a high, constant learning rate"
run run mlp 1

heading "How to look"
cat <<END
the trainer's checkpoints   $demo/run/checkpoint-*
the averages of the last $k  $demo/run.lawa/lawa/checkpoint-*
the newest of them          $demo/run.lawa/lawa/latest -> $(readlink "$demo/run.lawa/lawa/latest")
what it was made from       $demo/run.lawa/lawa/latest/lawa.json
the daemon's log            $demo/run.log

An average loads like the checkpoint it is a copy of:
python3 -c '
from safetensors.numpy import load_file
print({n: t.shape for n, t in load_file("$demo/run.lawa/lawa/latest/model.safetensors").items()})'

Ask the daemon yourself:
  $bin/lawad --watch $demo/run --k $k --socket $socket &
  curl --unix-socket $socket http://lawad/v1/status
  $bin/lawa status --socket $socket
END
