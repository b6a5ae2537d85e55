# The control socket: who may ask, who may change, and how tools find it.
# shellcheck shell=bash disable=SC2034,SC2154

mode_of() { stat -c '%a %U:%G' "$1"; }
# USER METHOD PATH: the answer's status.
as_code() {
    as "$1" curl -sS --max-time 10 -o /dev/null -w '%{http_code}' -X "$2" --unix-socket "$socket" "http://lawad$3" 2>/dev/null
}

in_a_group() {
    instance "$1" research
    configure "$(last 3)"
    start
}

test_modes_and_owners() {
    in_a_group modes
    [ "$(mode_of /run/lawa)" = "755 root:root" ] || fail "/run/lawa has $(mode_of /run/lawa)"
    [ "$(mode_of /run/lawa/modes)" = "755 trainer:research" ] || fail "its directory has $(mode_of /run/lawa/modes)"
    [ "$(mode_of "$socket")" = "660 trainer:research" ] || fail "the socket has $(mode_of "$socket")"
}

test_the_group_reads_and_changes_nothing() {
    local path
    in_a_group reads
    for path in /v1/status /v1/checkpoints /v1/averages /metrics /healthz; do
        [ "$(as_code colleague GET $path)" = 200 ] || fail "GET $path gives $(as_code colleague GET $path)"
    done
    for path in /v1/rescan /v1/reload; do
        [ "$(as_code colleague POST $path)" = 403 ] || fail "POST $path gives $(as_code colleague POST $path)"
    done
    as colleague lawa status --instance reads >/dev/null || fail "lawa status fails for a member of the group"
    ! as colleague lawa rescan --instance reads >/dev/null 2>/tmp/said || fail "lawa rescan works for a member of the group"
    ! as colleague lawa reload --instance reads >/dev/null 2>>/tmp/said || fail "lawa reload works for a member of the group"
    [ "$(grep -c 'may read but not change' /tmp/said)" = 2 ] || fail "the refusal is not told: $(cat /tmp/said)"
}

test_an_outsider_cannot_connect() {
    local code=0
    in_a_group closed
    ! as outsider curl -sS --unix-socket "$socket" http://lawad/healthz >/dev/null 2>&1 || fail "everybody may connect"
    as outsider lawa status --instance closed >/dev/null 2>/tmp/said || code=$?
    [ $code = 3 ] || fail "lawa status gives $code to an outsider"
    grep -qi 'permission' /tmp/said || fail "it does not say why: $(cat /tmp/said)"
}

test_root_and_the_services_user_change() {
    local user
    in_a_group change
    for user in root trainer; do
        [ "$(as_code $user POST /v1/rescan)" = 202 ] || fail "POST /v1/rescan gives $user $(as_code $user POST /v1/rescan)"
        [ "$(as_code $user POST /v1/reload)" = 200 ] || fail "POST /v1/reload gives $user $(as_code $user POST /v1/reload)"
    done
}

test_two_instances_at_once() {
    local both
    instance two
    configure "$(last 3)"
    train 20 40 60
    start
    instance one
    configure "$(last 2)"
    train 20 40 60
    start
    within 10 is_newest checkpoint-60 || fail "no average of the one"
    averages=$runs/two.lawa/lawa
    within 10 is_newest checkpoint-60 || fail "no average of the other"
    both=$(lawa status)
    grep -q "$runs/one" <<<"$both" || fail "lawa status does not list the one: $both"
    grep -q "$runs/two" <<<"$both" || fail "lawa status does not list the other: $both"
    [ "$(lawa plan --instance one --json | jq -r '.recipes[0].window')" = "last 2" ] || fail "--instance finds another"
    [ "$(lawa plan --instance two --json | jq -r '.recipes[0].window')" = "last 3" ] || fail "--instance finds another"
    systemctl stop lawad@one
    both=$(lawa status --json)
    [ "$(jq -c '[[.daemons[].instance], .not_running]' <<<"$both")" = '[["two"],["one"]]' ] || fail "it lists: $both"
}
