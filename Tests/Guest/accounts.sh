# Who it runs as: what `lawa setup` makes of a run is enough for it to work.
# shellcheck shell=bash disable=SC2034,SC2154

# OPTION...: lets setup look at the run, and starts what it wrote.
set_up() {
    lawa setup --yes "$@" "$watched" >/tmp/setup.log 2>&1 || fail "lawa setup fails: $(cat /tmp/setup.log)"
    [ -e "$configuration" ] || fail "lawa setup wrote no $configuration: $(cat /tmp/setup.log)"
    systemctl daemon-reload
    systemctl start "$unit" || fail "it does not start: $(cat /tmp/setup.log)"
}

# OWNER MASK [PATH]: a run of five checkpoints.
run_of() {
    [ -z "${3:-}" ] || watched=$3 output=$3.lawa averages=$3.lawa/lawa
    mkdir -p "$watched"
    chown "$1" "$watched"
    chmod "$(printf %o $((0777 & ~$2)))" "$watched"
    cp -r $stage/run/checkpoint-{20,40,60,80,100} "$watched"
    chown -R "$1" "$watched"/*
    find "$watched" -mindepth 1 -type d -exec chmod "$(printf %o $((0777 & ~$2)))" {} +
    find "$watched" -type f -exec chmod "$(printf %o $((0666 & ~$2)))" {} +
}

# OWNER: an average is there, the owner's, and nothing is wrong.
works_as() {
    within 15 is_newest checkpoint-100 || fail "no average: $(property StatusText)"
    [ "$(stat -L -c %U "$averages/latest/model.safetensors")" = "$1" ] \
        || fail "the average is $(stat -L -c %U "$averages/latest/model.safetensors")'s"
    [ "$(status .problems)" = '[]' ] || fail "it has the problems $(status .problems)"
}

process_runs_as() {
    [ "$(stat -c %u:%g "/proc/$(property MainPID)")" = "$1" ] \
        || fail "it runs as $(stat -c %u:%g "/proc/$(property MainPID)"), not $1"
}

test_the_trainers_own_user() {
    name_things own
    run_of trainer:trainer 0077
    set_up
    works_as trainer
    process_runs_as "$(id -u trainer):$(id -g trainer)"
    ! as outsider cat "$averages/latest/model.safetensors" >/dev/null 2>&1 || fail "everybody can read the average"
    [ "$(status .pins.means)" = '"hardlink"' ] || fail "the pins are $(status .pins)"
    [ "$(stat -c %a "$configuration")" = 644 ] || fail "the configuration has mode $(stat -c %a "$configuration")"
}

# MODE OF FILES: 0640 or 0600 of a trainer in the group research.
shared_group() {
    name_things "$1"
    run_of trainer:research 0027
    find "$watched" -type f -exec chmod "$2" {} +
    set_up --group research
    works_as lawa
    [ "$(stat -c %g "/proc/$(property MainPID)")" = "$(getent group research | cut -d : -f 3)" ] || fail "it has another group"
    as colleague cat "$averages/latest/model.safetensors" >/dev/null || fail "the group cannot read the average"
    as colleague lawa status --instance "$name" >/dev/null || fail "the group cannot ask"
    ! as outsider cat "$averages/latest/model.safetensors" >/dev/null 2>&1 || fail "everybody can read the average"
    ! as outsider lawa status --instance "$name" >/dev/null 2>&1 || fail "everybody can ask"
}

capabilities() { sed -n 's/^CapEff:[[:blank:]]*//p' "/proc/$(property MainPID)/status"; }

test_a_shared_group_that_may_read() {
    shared_group group 0640
    [ "$(capabilities)" = 0000000000000000 ] || fail "it has the capabilities $(capabilities)"
}

test_a_shared_group_and_private_files() {
    shared_group private 0600
    # CAP_DAC_READ_SEARCH alone.
    [ "$(capabilities)" = 0000000000000004 ] || fail "it has the capabilities $(capabilities)"
}

test_a_trainer_that_is_root() {
    name_things root
    install -d -m 755 /data/runs/roots
    run_of root:root 0077 /data/runs/roots/root
    set_up
    works_as root
    [ "$(capabilities)" = 0000000000000000 ] || fail "it has the capabilities $(capabilities)"
}

test_an_owner_without_a_name() {
    name_things number
    install -d -o 4242 -g 4242 /data/runs/4242
    run_of 4242:4242 0077 /data/runs/4242/number
    lawa setup --yes "$watched" >/tmp/setup.log 2>&1 || fail "lawa setup fails: $(cat /tmp/setup.log)"
    # What it says is to be run next, up to the question.
    sed -n 's/^    \(system.*\)/\1/p' /tmp/setup.log >/tmp/next
    grep -q sysusers /tmp/next || fail "it gives the number no name: $(cat /tmp/setup.log)"
    bash -e /tmp/next || fail "what it says is to be run fails: $(cat /tmp/next)"
    works_as lawa-4242
    process_runs_as 4242:4242
    systemctl stop "$unit"
    userdel lawa-4242
}

test_a_run_below_home() {
    name_things home
    as trainer mkdir -p /home/trainer/runs
    run_of trainer:trainer 0077 /home/trainer/runs/home
    set_up
    works_as trainer
    rm -rf /home/trainer/runs
}

test_a_run_in_tmp() {
    name_things scratch
    run_of trainer:trainer 0077 /tmp/scratch
    set_up
    works_as trainer
    rm -rf /tmp/scratch /tmp/scratch.lawa
}
