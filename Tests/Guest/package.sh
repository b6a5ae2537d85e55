# The Debian package, from a system that never saw it to one that has forgotten it.
# shellcheck shell=bash disable=SC2034,SC2154

# Paths of the package that are not Debian's own directories.
owned_paths() { dpkg -L lawad | grep -E 'lawa' || true; }

test_install_on_a_bare_system() {
    ! is_installed || fail "it is installed already"
    ! command -v lawad >/dev/null || fail "there is a lawad already"
    install_package 1 || fail "apt-get install fails without a network"
    [ "$(lawad --version)" = "$(lawa --version)" ] || fail "the versions differ"
    [ -z "$(ldd /usr/bin/lawad /usr/bin/lawa | grep 'not found')" ] || fail "libraries are missing"
    [ -z "$(systemctl list-units --all --no-legend 'lawad@*')" ] || fail "an instance is there that nobody asked for"
    [ -z "$(dpkg -V lawad)" ] || fail "the files differ from the package: $(dpkg -V lawad)"
    [ -z "$(find /usr/local -name '*lawa*')" ] || fail "something is below /usr/local"
}

test_the_services_user_is_there() {
    need_package
    local entry
    entry=$(getent passwd lawa) || fail "there is no user lawa"
    [ "$(cut -d : -f 3 <<<"$entry")" -lt 1000 ] || fail "it is no system user: $entry"
    grep -q '/nologin$' <<<"$entry" || fail "it can log in: $entry"
    [ "$(id -nG lawa)" = lawa ] || fail "it is in the groups $(id -nG lawa)"
}

test_the_units_have_no_faults() {
    need_package
    local said
    said=$(systemd-analyze verify lawad@x.service 2>&1) || fail "verify fails: $said"
    [ -z "$said" ] || fail "verify says: $said"
    said=$(runtime_directory systemd-analyze verify --user lawad@x.service 2>&1) || fail "verify --user fails: $said"
    [ -z "$said" ] || fail "verify --user says: $said"
    systemctl cat lawad@x >/dev/null || fail "systemctl cat fails"
}

runtime_directory() {
    install -d -m 700 /run/user/0 /run/user/0/systemd
    XDG_RUNTIME_DIR=/run/user/0 "$@"
}

test_the_exposure_is_small() {
    need_package
    local said
    said=$(systemd-analyze security --no-pager --threshold=5 lawad@x.service) || fail "$(tail -n 1 <<<"$said")"
    tail -n 1 <<<"$said"
}

# What a trainer does not stop for: a save every tenth of a second.
train_through_it() {
    local step
    for step in $(seq 80 20 600); do
        train "$step"
        sleep 0.1
    done
}

test_an_upgrade_misses_no_average() {
    need_package
    local pid trainer before
    instance upgrade
    configure "$(last 3)"
    train 20 40 60
    systemctl enable --now --quiet "$unit" || fail "it does not start"
    within 10 is_newest checkpoint-60 || fail "no average before the upgrade"
    train_through_it &
    trainer=$!
    within 10 test -e "$averages/checkpoint-100" || fail "no further average before the upgrade"
    pid=$(property MainPID)
    before=$(sha256sum "$averages"/checkpoint-60/*)
    install_package 2 || fail "the upgrade fails"
    runs_anew "$pid" || fail "the process before the upgrade is still running"
    [ "$(stat -c %i /usr/bin/lawad)" = "$(stat -L -c %i "/proc/$(property MainPID)/exe")" ] || fail "it runs the old program"
    wait "$trainer" || fail "the trainer failed"
    within 30 is_newest checkpoint-600 || fail "it does not go on after the upgrade"
    [ "$(find "$averages" -mindepth 1 -maxdepth 1 -type d | wc -l)" = 28 ] || fail "averages are missing: $(ls "$averages")"
    [ "$(sha256sum "$averages"/checkpoint-60/*)" = "$before" ] || fail "an average changed"
    is NRestarts 0 || fail "it failed in between"
    install_package 1
}

test_an_upgrade_leaves_what_is_stopped() {
    need_package
    instance stopped
    configure "$(last 3)"
    install_package 2 || fail "the upgrade fails"
    ! is_active || fail "the upgrade started it"
    install_package 1
}

test_remove_leaves_the_runs_as_they_are() {
    need_package
    instance keeps
    configure "$(last 3)"
    train 20 40 60 80
    systemctl enable --now --quiet "$unit" || fail "it does not start"
    within 10 is_newest checkpoint-80 || fail "no average"
    within 10 is_truthful || fail "it does not come to rest"
    snapshot "$watched" "$averages" >/tmp/before
    apt_quietly remove lawad || fail "apt-get remove fails"
    ! is_active || fail "it still runs"
    [ -z "$(pidof lawad)" ] || fail "a process is left"
    snapshot "$watched" "$averages" >/tmp/after
    diff /tmp/before /tmp/after || fail "removing changed something"
    [ -e "$configuration" ] || fail "removing took the configuration, which is for purging"
    ! command -v lawad lawa || fail "the programs are still there"
}

# DROP-IN: as `lawa setup` and systemctl edit leave them.
leave_settings() {
    install -d "/etc/systemd/system/$unit.service.d"
    printf '[Service]\nUser=trainer\n' >"/etc/systemd/system/$unit.service.d/$1"
}

test_purge_leaves_nothing_of_the_package() {
    local path
    need_package
    instance gone
    configure "$(last 3)"
    leave_settings setup.conf
    train 20 40 60
    systemctl enable --now --quiet "$unit" || fail "it does not start"
    within 10 is_newest checkpoint-60 || fail "no average"
    within 10 is_truthful || fail "it does not come to rest"
    owned_paths >/tmp/owned
    snapshot "$watched" "$averages" >/tmp/before
    apt_quietly purge lawad || fail "apt-get purge fails"
    while read -r path; do
        [ ! -e "$path" ] || fail "$path is left"
    done </tmp/owned
    for path in /etc/lawa /run/lawa /etc/systemd/system/lawad@* /etc/systemd/system/*.wants/lawad@* /var/lib/lawa*; do
        [ ! -e "$path" ] && [ ! -L "$path" ] || fail "$path is left: $(ls -lR "$path")"
    done
    [ -z "$(find / -xdev \( -path /proc -o -path /mnt -o -path /data -o -path /tmp -o -path /run/systemd/system \) -prune \
        -o -name '*lawa*' -print | grep -v '^/var/cache\|^/var/log' | tee /tmp/left)" ] || fail "left: $(cat /tmp/left)"
    snapshot "$watched" "$averages" >/tmp/after
    diff /tmp/before /tmp/after || fail "purging changed something of the run"
}

test_it_can_be_installed_again() {
    ! is_installed || apt_quietly purge lawad || fail "apt-get purge fails"
    install_package 1 || fail "apt-get install fails after a purge"
    instance again
    configure "$(last 3)"
    train 20 40 60
    start
    within 10 is_newest checkpoint-60 || fail "no average"
}

# README.md, as an operator follows it.
test_from_the_package_to_an_average_in_two_minutes() {
    local began
    ! is_installed || apt_quietly purge lawad || fail "apt-get purge fails"
    name_things first
    install -d -o trainer -g trainer -m 700 "$watched"
    train 20 40 60 80 100
    began=${EPOCHREALTIME/./}
    apt_quietly install "$(package 1)" || fail "apt-get install fails"
    lawa setup --yes "$watched" || fail "lawa setup fails"
    systemctl enable --now --quiet "$unit" || fail "it does not start"
    within 100 is_newest checkpoint-100 || fail "no average"
    began=$(((${EPOCHREALTIME/./} - began) / 1000))
    [ $began -lt 120000 ] || fail "it took $began ms"
    echo "from the package to the first average: $began ms"
}
