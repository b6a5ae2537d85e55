# The journal: fields, the catalog, and a history that can be rebuilt from it.
# shellcheck shell=bash disable=SC2034,SC2154

# MESSAGE-ID JQ: of each such entry.
of_entries() { entries -u "$unit" "MESSAGE_ID=$1" | jq -r "$2"; }

# K MEMBERS: a run of twenty saves, one after the other, each with its average from the K-th on.
twenty_saves() {
    local step
    instance "$1"
    configure "$(last 3)${2:+, $2}"
    start
    for step in $(seq 20 20 400); do
        train "$step"
        [ "$step" -lt 60 ] || within 10 is_newest "checkpoint-$step" || fail "no average of $step"
    done
    within 10 is_truthful || fail "it does not come to rest"
    systemctl stop "$unit"
}

test_published_averages_have_fields() {
    local entry pair
    instance fields
    configure "$(last 3)"
    train 20 40 60
    start
    within 10 logged "MESSAGE_ID=$message_published" || fail "no entry tells the average"
    entry=$(entries -u "$unit" "MESSAGE_ID=$message_published")
    for pair in LAWA_INSTANCE=fields LAWA_RECIPE=lawa LAWA_STEP=60 LAWA_CHECKPOINT=checkpoint-60 LAWA_MEMBERS=3 \
        "LAWA_MEMBER_STEPS=20 40 60" "LAWA_PATH=$averages/checkpoint-60" PRIORITY=5 SYSLOG_IDENTIFIER=lawad; do
        [ "$(jq -r ".${pair%%=*}" <<<"$entry")" = "${pair#*=}" ] || fail "no $pair in $entry"
    done
    jq -e '(.LAWA_SECONDS | tonumber) > 0 and (.LAWA_BYTES | tonumber) == 552' <<<"$entry" >/dev/null \
        || fail "LAWA_SECONDS or LAWA_BYTES are wrong in $entry"
}

# Every message that can be provoked cheaply has been logged.
test_the_catalog_explains_every_message() {
    local identifier known count=0
    instance catalog
    configure "$(last 3), log: {level: \"debug\"}"
    train 20 40
    start
    as trainer mkdir "$watched/checkpoint-50"
    train 60 80
    within 10 is_newest checkpoint-80 || fail "no average"
    echo '{' >"$configuration"
    lawa reload --instance catalog 2>/dev/null || true
    mv "$watched" "$watched.away"
    within 10 says "does not exist" || fail "it does not see that the directory is gone"
    mv "$watched.away" "$watched"
    within 10 is_truthful || fail "the directory does not come back"
    systemctl stop "$unit"
    known=$(journalctl --list-catalog)
    for identifier in $(entries -u "$unit" _COMM=lawad | jq -r .MESSAGE_ID | sort -u); do
        grep -q "^$identifier" <<<"$known" || fail "the catalog has no $identifier: $(messages "MESSAGE_ID=$identifier" -n 1)"
        count=$((count + 1))
    done
    [ $count -ge 8 ] || fail "only $count kinds of messages were logged"
    prints Subject: journalctl --no-pager -u "$unit" --catalog || fail "journalctl -x explains nothing"
}

test_every_entry_names_the_instance() {
    instance named
    configure "$(last 3)"
    train 20 40 60
    start
    within 10 is_newest checkpoint-60 || fail "no average"
    echo '{' >"$configuration"
    lawa reload --instance named 2>/dev/null || true
    systemctl stop "$unit"
    [ "$(entries -u "$unit" _COMM=lawad | jq -r '.LAWA_INSTANCE // "none: " + .MESSAGE' | sort -u)" = named ] \
        || fail "entries have $(entries -u "$unit" _COMM=lawad | jq -r '.LAWA_INSTANCE // "none: " + .MESSAGE' | sort -u)"
    [ -z "$(entries -u "$unit" _COMM=lawad | jq -r 'select(.MESSAGE_ID == null) | .MESSAGE')" ] \
        || fail "an entry has no MESSAGE_ID"
}

test_a_line_for_each_checkpoint_and_each_average() {
    twenty_saves lines
    [ "$(of_entries $message_complete .LAWA_STEP | xargs)" = "$(seq -s ' ' 20 20 400)" ] \
        || fail "complete: $(of_entries $message_complete .LAWA_STEP | xargs)"
    [ "$(of_entries $message_published .LAWA_STEP | xargs)" = "$(seq -s ' ' 60 20 400)" ] \
        || fail "published: $(of_entries $message_published .LAWA_STEP | xargs)"
    # Beside these, starting, the layout and stopping.
    [ "$(entries -u "$unit" _COMM=lawad | jq -r .MESSAGE_ID | grep -cv "$message_complete\|$message_published")" -le 3 ] \
        || fail "there are further lines: $(messages _COMM=lawad)"
}

# The lines "checkpoint: steps of its members" of all manifests; the journal's.
manifests() { jq -r '"\(.name): \([.members[].step] | join(" "))"' "$averages"/checkpoint-*/lawa.json | sort -V; }
published() { of_entries $message_published '"\(.LAWA_CHECKPOINT): \(.LAWA_MEMBER_STEPS)"'; }
removed() { of_entries $message_published '.LAWA_REMOVED // empty' | sed '/^$/d'; }

test_the_history_can_be_rebuilt() {
    local name left
    twenty_saves history 'retention: {keep_last: 4}'
    [ "$(of_entries $message_complete .LAWA_CHECKPOINT | sort -V)" = "$(ls -v "$watched")" ] || fail "checkpoints differ"
    left=$(published)
    for name in $(removed); do
        grep -q "^${name##*/}: " <<<"$left" || fail "$name was removed and never published"
        left=$(grep -v "^${name##*/}: " <<<"$left")
    done
    [ "$left" = "$(manifests)" ] || fail "the journal gives $left, the manifests say $(manifests)"
    [ "$(wc -l <<<"$left")" = 4 ] || fail "there are not four averages left: $left"
}
