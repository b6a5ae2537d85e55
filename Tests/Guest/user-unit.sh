# The unit of a user, beside that of the system.
# shellcheck shell=bash disable=SC2034,SC2154

# Without logind, which a guest does not have, its part is done by hand.
start_manager() {
    local id
    id=$(id -u trainer)
    cat >/run/systemd/system/user-runtime-dir@.service <<'END'
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'mkdir -p /run/user/%i && chown %i /run/user/%i && chmod 700 /run/user/%i'
END
    install -d /run/systemd/system/user@.service.d
    printf '[Service]\nPAMName=\nEnvironment=XDG_RUNTIME_DIR=/run/user/%%i\n' \
        >/run/systemd/system/user@.service.d/no-logind.conf
    systemctl daemon-reload
    systemctl start "user@$id" || fail "the user's manager does not start"
    within 10 as_trainer systemctl --user is-system-running --wait || true
}

as_trainer() {
    runuser -u trainer -- env HOME=/home/trainer XDG_RUNTIME_DIR="/run/user/$(id -u trainer)" "$@"
}

# NAME OPTION...: what the trainer does for an instance of its own.
begin_as_user() {
    name_things "$1"
    install -d -o trainer -g trainer -m 700 "$watched"
    start_manager
    socket=/run/user/$(id -u trainer)/lawa/$1/control.sock
}

test_the_users_unit_works() {
    begin_as_user mine
    train 20 40 60 80 100
    as_trainer lawa setup --yes "$watched" >/tmp/setup.log 2>&1 || fail "lawa setup fails: $(cat /tmp/setup.log)"
    [ -e /home/trainer/.config/lawa/mine.json ] || fail "setup wrote no configuration: $(cat /tmp/setup.log)"
    as_trainer systemctl --user enable --now --quiet "$unit" || fail "it does not start"
    within 10 is_newest checkpoint-100 || fail "no average: $(as_trainer lawa status)"
    prints "$watched" as_trainer lawa status || fail "lawa status does not find the user's daemon by itself"
    as_trainer systemctl --user reload "$unit" || fail "it does not reload"
    [ "$(as_trainer systemctl --user is-active "$unit")" = active ] || fail "it is not active after the reload"
    [ "$(stat -c %a "$(dirname "$socket")")" = 700 ] || fail "others may look into its directory"
    as_trainer systemctl --user stop "$unit" || fail "it does not stop"
    [ "$(as_trainer systemctl --user show -P Result "$unit")" = success ] || fail "it did not end well"
    end_as_user
}

end_as_user() {
    as_trainer systemctl --user disable --quiet --now "$unit"
    systemctl stop "user@$(id -u trainer)"
    rm -rf /home/trainer/.config /run/systemd/system/user@.service.d /run/systemd/system/user-runtime-dir@.service
}

test_root_sees_the_systems_and_the_users() {
    local all
    instance ours
    configure "$(last 3)"
    start
    begin_as_user theirs
    as_trainer mkdir -p /home/trainer/.config/lawa
    jq -n --arg watch "$watched" '{watch: $watch}' | as_trainer tee /home/trainer/.config/lawa/theirs.json >/dev/null
    as_trainer systemctl --user start "$unit" || fail "it does not start"
    all=$(lawa status)
    grep -q "$runs/ours" <<<"$all" || fail "lawa status does not list the system's: $all"
    grep -q "$runs/theirs" <<<"$all" || fail "lawa status does not list the user's: $all"
    [ "$(lawa status --instance ours --json | jq -r .instance)" = ours ] || fail "--instance does not find the system's"
    [ "$(lawa status --instance theirs --json | jq -r .instance)" = theirs ] || fail "--instance does not find the user's"
    end_as_user
}
