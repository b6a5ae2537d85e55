#!/usr/bin/env bash
# Checks a package for Debian without installing it. Prints every breach; fails if there is one.
# Usage: scripts/check-package.sh DEB        Needs what `scripts/setup-debian.sh check-package` installs.
set -euo pipefail

[ $# -eq 1 ] || { echo "usage: scripts/check-package.sh DEB" >&2; exit 64; }
package=$(realpath -- "$1")
cd -- "$(dirname -- "$0")/.."

root=$(mktemp -d)
trap 'rm -rf -- "$root"' EXIT
dpkg-deb --extract "$package" "$root"
broken=0

# WHAT, EXPECTED, FOUND: the two are the same text.
same() {
    if [ "$2" = "$3" ]; then
        echo "ok $1"
    else
        diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") || true
        echo "FAILED $1"
        broken=1
    fi
}

# WHAT COMMAND...: the command succeeds and says nothing.
silent() {
    local said
    said=$("${@:2}" 2>&1) || said="$said (exit status $?)"
    same "$1" "" "$said"
}

# What `bash` offers for the words, the last of which is unfinished, in an order of its own.
offered() {
    bash -c '
        source /usr/share/bash-completion/bash_completion
        source "$1/usr/share/bash-completion/completions/$2"
        COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)) COMP_LINE="${*:2}" COMP_TYPE=9 COMP_KEY=9
        COMP_POINT=${#COMP_LINE}
        function=$(complete -p "$2" | sed "s/.* -F \([^ ]*\) .*/\1/")
        "$function" "$2" "${*: -1}" "${@: -2:1}"
        printf "%s\n" "${COMPREPLY[@]}" | sed "s/ *$//" | sort -u
    ' bash "$root" "$@" | paste -sd ' '
}

silent "lintian has no errors and no warnings" \
    lintian --allow-root --fail-on error,warning "$package"
same "owners, modes and files" "$(sed 's/^\([^ ]*\) /\1 root\/root /' packaging/debian/files)" "$(
    dpkg-deb --contents "$package" | awk '!/^d/ { print $1, $2, substr($6, 2) }' | sed 's|/docs/[^/]*\.md$|/docs/*.md|' \
        | LC_ALL=C sort -u -k 3
)"
same "directories" "drwxr-xr-x root/root" "$(dpkg-deb --contents "$package" | awk '/^d/ { print $1, $2 }' | sort -u)"
same "dependencies" "libc6 libsystemd0" \
    "$(dpkg-deb --field "$package" Depends | sed 's/ *([^)]*)//g; s/,//g' | tr ' ' '\n' | sort | paste -sd ' ')"

declare -A libraries=(
    [lawa]="ld-linux libc libm"
    [lawad]="ld-linux libc libm libsystemd"
)
for program in lawa lawad; do
    needed=$(objdump -p "$root/usr/bin/$program" | awk '$1 == "NEEDED" { print $2 }')
    same "libraries of $program" "${libraries[$program]}" \
        "$(sed 's/[.-][^ ]*so.*//; s/^ld$/ld-linux/' <<<"$needed" | sort | paste -sd ' ')"
    same "$program has no search path, and writes to no table of the linker's" "BIND_NOW" \
        "$(readelf --dynamic --wide "$root/usr/bin/$program" | grep -oE 'RPATH|RUNPATH|BIND_NOW' | sort -u)"
    same "$program runs" "$(dpkg-deb --field "$package" Version | sed 's/-[^-]*$//')" "$("$root/usr/bin/$program" --version)"
    silent "completions of $program load in zsh" zsh -fc "autoload -Uz compinit; fpath=('$root/usr/share/zsh/vendor-completions' \$fpath)
        compinit -D -u && autoload +X _$program && [[ -n \${_comps[$program]} ]]"
    silent "completions of $program load in fish" \
        fish --no-config -c "source $root/usr/share/fish/vendor_completions.d/$program.fish"
done
same "bash completes verbs" "status" "$(offered lawa st)"
same "bash completes options" "--output" "$(offered lawa average --ou)"
same "bash completes values" "direct" "$(offered lawa average --io d)"
same "bash completes the daemon's commands" "check-config" "$(offered lawad ch)"
same "fish completes verbs" "status" "$(
    fish --no-config -c "source $root/usr/share/fish/vendor_completions.d/lawa.fish; complete -C 'lawa stat'" | cut -f 1
)"

for page in "$root"/usr/share/man/man?/*; do
    name=$(basename "$page" .gz)
    silent "$name has nothing for mandoc to say" mandoc -Tlint -Wwarning "$page"
    silent "$name has nothing for groff to say" bash -c 'MANROFFSEQ= LC_ALL=C.UTF-8 man --warnings --encoding=UTF-8 \
        --local-file --ditroff "$1" >/dev/null' man "$page"
    headings=$(zcat "$page" | sed -n 's/^\.SH //p')
    for heading in NAME SYNOPSIS DESCRIPTION FILES "SEE ALSO"; do
        grep -qx "$heading" <<<"$headings" || same "$name has all sections" "$heading" ""
    done
done
silent "nothing names another prefix or the place of the build" \
    bash -c '! grep -rIlE "/usr/local/(bin/lawa|lib|share)|$PWD/" "$1"/usr/lib "$1"/usr/share' grep "$root"
for script in packaging/debian/p*; do
    silent "${script##*/} is POSIX shell" sh -n "$script"
done
silent "configuration's example and schema agree" \
    bash -c 'python3 scripts/check_schema.py "$1"/config.schema.json "$1"/config.example.json >/dev/null' sh "$root/usr/share/lawad"

exit "$broken"
