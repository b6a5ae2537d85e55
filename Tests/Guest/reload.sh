# Reloading: in effect when the command returns, or refused as a whole.
# shellcheck shell=bash disable=SC2034,SC2154

# An instance with six checkpoints and the average of the newest five.
with_an_average() {
    instance "$1"
    configure "$(last 5)"
    train 20 40 60 80 100 120
    start
    within 10 is_newest checkpoint-120 || fail "no average"
}

window_is() { [ "$(lawa plan --instance "$name" --json | jq -r '.recipes[0].window')" = "last $1" ]; }

spoil() {
    echo '{ "watch": "relative", "recipes": [{ "window": { "lats": 3 } }], "settle": "soon" }' >"$configuration"
}

# TEXT: names everything that is wrong with a spoilt file.
names_all() {
    local word
    for word in watch lats settle; do
        grep -qF "$word" <<<"$1" || fail "\"$word\" is not named in: $1"
    done
}

keeps_working() {
    [ "$(property MainPID)" = "$1" ] || fail "it was restarted"
    is_active || fail "it is $(systemctl is-active "$unit")"
    window_is 5 || fail "the old window is gone: $(lawa plan --instance "$name")"
    says "newest average checkpoint-120" || fail "the status is: $(property StatusText)"
}

test_a_reload_is_in_effect_when_it_returns() {
    local pid
    with_an_average good
    pid=$(property MainPID)
    configure "$(last 3)"
    systemctl reload "$unit" || fail "systemctl reload failed"
    is_active || fail "it is $(systemctl is-active "$unit") after the reload"
    window_is 3 || fail "the plan is: $(lawa plan --instance good)"
    says "window 3/3" || fail "the status is: $(property StatusText)"
    [ "$(property MainPID)" = "$pid" ] || fail "it was restarted"
    within 5 logged "MESSAGE_ID=$message_reloaded" || fail "no entry says that it was reloaded"
    train 140
    within 10 is_newest checkpoint-140 || fail "no average after the reload"
    [ "$(jq '.members | length' "$averages/latest/lawa.json")" = 3 ] || fail "the window is not of three"
}

# What a slow client would make visible: the unit never shows the old configuration after a reload has returned.
test_twenty_reloads_in_a_row() {
    local k
    with_an_average row
    for k in $(seq 2 5) $(seq 2 5) $(seq 2 5) $(seq 2 5) $(seq 2 5); do
        configure "$(last "$k")"
        systemctl reload "$unit" || fail "systemctl reload failed"
        is_active || fail "it is $(systemctl is-active "$unit") after the reload"
        [ "$(status '.recipes[0].window')" = "\"last $k\"" ] || fail "the old configuration is in effect"
    done
    is NRestarts 0 || fail "it was restarted"
}

test_a_bad_file_is_refused_by_systemctl_reload() {
    local pid
    with_an_average bad
    pid=$(property MainPID)
    spoil
    ! systemctl reload "$unit" 2>/tmp/said || fail "systemctl reload succeeded"
    names_all "$(messages)"
    keeps_working "$pid"
    within 5 logged "MESSAGE_ID=$message_refused" || fail "no entry says that the reload was refused"
    configure "$(last 3)"
    systemctl reload "$unit" || fail "the mended file is refused"
    window_is 3 || fail "the mended file is not in effect"
    [ "$(status .problems)" = '[]' ] || fail "the problem stays: $(status .problems)"
}

test_a_bad_file_is_refused_by_lawa_reload() {
    local code=0 pid
    with_an_average verb
    pid=$(property MainPID)
    lawa reload --instance verb || fail "lawa reload fails"
    spoil
    lawa reload --instance verb 2>/tmp/said || code=$?
    [ $code = 78 ] || fail "the exit status is $code"
    names_all "$(cat /tmp/said)"
    keeps_working "$pid"
}

test_sighup_with_a_bad_file_logs_every_problem() {
    with_an_average hangup
    spoil
    systemctl kill -s HUP --kill-who=main "$unit"
    within 5 logged "MESSAGE_ID=$message_refused" || fail "no entry says that the reload was refused"
    names_all "$(messages "MESSAGE_ID=$message_refused")"
    window_is 5 || fail "the old window is gone"
}

test_a_missing_file_is_refused() {
    local pid
    with_an_average nofile
    pid=$(property MainPID)
    rm "$configuration"
    ! systemctl reload "$unit" 2>/dev/null || fail "systemctl reload succeeded"
    keeps_working "$pid"
}

test_a_reload_while_an_average_is_made() {
    local took
    instance busy
    configure 'limits: {threads: 1, min_free: 0, read_rate: "4MiB"}'
    big_window 8
    start
    within 20 says "averaging lawa step 500" || fail "no average began: $(property StatusText)"
    configure 'limits: {threads: 1, min_free: 0}, recipes: [{name: "lawa", window: {last: 2}}]'
    took=$(milliseconds systemctl reload "$unit")
    [ "$took" -lt 5000 ] || fail "the reload took $took ms"
    is_active || fail "it is $(systemctl is-active "$unit") after the reload"
    window_is 2 || fail "the plan is: $(lawa plan --instance busy)"
    within 60 is_newest step_500.safetensors || fail "no average: $(property StatusText)"
    is NRestarts 0 || fail "it was restarted"
}

test_a_daemon_with_its_socket_elsewhere_is_reloaded() {
    instance elsewhere
    configure "$(last 3), control: {socket: \"/run/lawa/elsewhere/other.sock\"}"
    train 20 40 60
    start
    within 10 is_newest checkpoint-60 || fail "no average"
    configure "$(last 2), control: {socket: \"/run/lawa/elsewhere/other.sock\"}"
    systemctl reload "$unit" || fail "systemctl reload fails"
    socket=/run/lawa/elsewhere/other.sock
    [ "$(status '.recipes[0].window')" = '"last 2"' ] || fail "the new configuration is not in effect"
}
