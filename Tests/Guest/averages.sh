# Averages, and what the status says of them.
# shellcheck shell=bash disable=SC2034,SC2154

test_an_average_is_published_when_the_window_is_full() {
    instance full
    configure "$(last 5)"
    start
    train 20 40 60 80
    within 10 says "window 4/5" || fail "four checkpoints give: $(property StatusText)"
    [ ! -e "$averages/latest" ] || fail "an average was made of fewer than five"
    train 100
    within 10 is_newest checkpoint-100 || fail "no average after the fifth checkpoint"
    [ "$(jq -c '[.members[].step]' "$averages/latest/lawa.json")" = '[20,40,60,80,100]' ] || fail "wrong members"
    same_by_hand || fail "lawa average makes other bytes of the same members"
    within 5 says "newest average checkpoint-100" || fail "the status says: $(property StatusText)"
}

test_members_outlive_the_trainers_rotation() {
    instance rotation
    configure "$(last 5)"
    start
    train 20 40 60 80 100
    within 10 is_newest checkpoint-100 || fail "no average"
    rm -r "$watched"/checkpoint-{20,40,60}
    train 120
    within 10 is_newest checkpoint-120 || fail "no average after the trainer deleted three members"
    [ "$(jq '.members | length' "$averages/latest/lawa.json")" = 5 ] || fail "the window lost members"
    [ -z "$(find "$watched" -newer "$watched/checkpoint-120/trainer_state.json" ! -name 'checkpoint-120*' ! -path "$watched")" ] \
        || fail "something was written where the trainer saves"
    [ "$(find "$watched" -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs)" = \
        "checkpoint-100 checkpoint-120 checkpoint-80" ] || fail "the trainer's directory holds $(ls "$watched")"
}

figures() { property StatusText | grep -E 'averaging lawa step 500.*[0-9.]+ [KMG]iB'; }
moved_on() { figures && [ "$(figures)" != "$1" ]; }

test_the_status_follows_the_work() {
    local first
    instance follow
    configure 'limits: {min_free: 0, read_rate: "8MiB"}'
    start
    big_window 8
    within 20 figures || fail "it averages without figures: $(property StatusText)"
    first=$(figures)
    within 5 moved_on "$first" || fail "the figures stand still: $first"
    within 20 says "newest average step_500" || fail "the status says: $(property StatusText)"
    is_truthful || fail "the status says: $(property StatusText)"
}

agrees_on() { is_newest "checkpoint-$1" && is_truthful; }
# FIELD: of the main process's memory, in KiB.
memory() { sed -n "s/^$1:[[:blank:]]*\([0-9]*\) kB/\1/p" "/proc/$(property MainPID)/status"; }

test_the_status_is_true_for_two_hundred_averages() {
    local step early late
    instance many
    configure "$(last 3), retention: {keep_last: 3}, settle: \"0s\""
    start
    train 20 40
    for step in $(seq 60 20 4040); do
        train "$step"
        within 10 agrees_on "$step" || fail "latest is $(readlink "$averages/latest"), the status says: $(property StatusText)"
        if [ "$step" = 1040 ]; then early=$(memory RssAnon); fi
        # As save_total_limit=4 does.
        rm -rf "$watched/checkpoint-$((step - 80))"
    done
    late=$(memory RssAnon)
    echo "anonymous memory after 50 averages: $early KiB, after 200: $late KiB"
    [ $((late - early)) -lt 3072 ] || fail "its memory grew by $((late - early)) KiB in 150 averages"
    [ "$(find "$averages" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 3 ] || fail "retention left $(ls "$averages")"
    [ "$(entries -u "$unit" "MESSAGE_ID=$message_published" | jq -r .LAWA_STEP | xargs)" = "$(seq -s ' ' 60 20 4040)" ] \
        || fail "not every window was averaged once and in order"
}

test_the_status_is_true_after_averages_are_deleted() {
    instance deleted
    configure "$(last 3)"
    train 20 40 60 80
    start
    within 10 agrees_on 80 || fail "no average"
    rm -r "$averages"/checkpoint-*
    lawa rescan --instance deleted >/dev/null || fail "lawa rescan fails"
    within 10 is_truthful || fail "there is $(ls "$averages"), the status says: $(property StatusText)"
    rm -r "${averages:?}"/*
    lawa rescan --instance deleted >/dev/null || fail "lawa rescan fails"
    # Whether the average is made again or not, what it says is so.
    within 10 is_truthful || fail "there is $(ls "$averages"), the status says: $(property StatusText)"
    train 100
    within 10 agrees_on 100 || fail "no average after they were deleted: $(property StatusText)"
}

test_the_status_is_true_after_the_directory_vanished() {
    instance vanished
    configure "$(last 3)"
    train 20 40 60
    start
    within 10 agrees_on 60 || fail "no average"
    mv "$watched" "$watched.away"
    within 10 says "does not exist" || fail "the status says: $(property StatusText)"
    mv "$watched.away" "$watched"
    within 10 agrees_on 60 || fail "the status says: $(property StatusText)"
    train 80
    within 10 agrees_on 80 || fail "no average after it came back: $(property StatusText)"
    is NRestarts 0 || fail "it was restarted"
}

test_a_deleted_output_is_made_again() {
    instance wiped
    drop_in soon RestartSec=1s
    configure "$(last 3), rescan: \"1s\""
    train 20 40 60
    start
    within 10 is_newest checkpoint-60 || fail "no average"
    rm -rf "$output"
    within 20 is_newest checkpoint-60 || fail "it is not made again: $(property StatusText)"
    train 80
    within 10 is_newest checkpoint-80 || fail "it does not work after that: $(property StatusText)"
}
