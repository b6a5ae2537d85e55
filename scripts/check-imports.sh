#!/usr/bin/env bash
# Source rules that neither the compiler nor the formatter knows. Prints every breach; fails if there is one.
set -euo pipefail
cd -- "$(dirname -- "$0")/.."

broken=0

# RULE, and lines on standard input that break it.
rule() {
    local found
    found=$(cat)
    if [ -z "$found" ]; then
        echo "ok $1"
    else
        printf '%s\n' "$found"
        echo "FAILED $1"
        broken=1
    fi
}

# grep that finds nothing is no failure here, but one that cannot read is.
search() {
    local status=0
    grep -rnE "$@" || status=$?
    [ "$status" -le 1 ]
}

import='^[[:space:]]*(@[a-z]+[[:space:]]+)*((public|package|internal|private|fileprivate)[[:space:]]+)?import[[:space:]]+'

search --include='*.swift' "${import}Glibc\b" Sources | { grep -v '^Sources/LinuxSystem/' || true; } \
    | rule "Glibc is imported in LinuxSystem alone"
search --include='*.swift' "${import}Foundation([[:space:]]|$)" Sources \
    | rule "no source imports Foundation; FoundationEssentials is enough"
search --include='*.swift' 'Task\.sleep|Thread\.sleep|\b(u|nano)?sleep\(' Tests \
    | rule "no test sleeps; it waits for an event"
# The Makefile says why. Suites of that name run apart from the other units.
find Tests -name '*.swift' -not -path 'Tests/EndToEndTests/*' -exec grep -lE 'processExitsWith|Subprocess' {} + \
    | xargs -r grep -L 'struct ExitTests' \
    | rule "unit tests that start processes are in suites named ExitTests"
# pool_monitor.c says why; TestSupport is linked into tests alone.
search --include='*.swift' 'DispatchQueue\.global|\.concurrent\b|concurrentPerform' Sources \
    | { grep -v '^Sources/TestSupport/' || true; } \
    | rule "nothing runs on libdispatch's global or concurrent queues, whose pool does not grow"
# Names come from files that nobody vouches for: what people see goes through Text, and through few hands. The trainer of
# the demo and the bench print what they made up themselves.
product=(Sources/{LinuxSystem,Text,Systemd,TensorFormats,Checkpoints,ControlProtocol,Averaging,DaemonCore,lawad,lawa})
search --include='*.swift' \
    '(^|[^.[:alnum:]_])(print|debugPrint|dump|puts|fputs|fwrite|printf|fprintf|vprintf|perror)\(|FileHandle|STD(OUT|ERR)_FILENO|\b(stdout|stderr)\b|\.standard(Output|Error)\b' \
    "${product[@]}" | { grep -v '^Sources/LinuxSystem/HostProcess+Terminal.swift:' || true; } \
    | rule "nothing is written to a terminal but by HostProcess"
search --include='*.swift' 'writeToStandard(Output|Error)' "${product[@]}" -l \
    | { grep -vxE 'Sources/(LinuxSystem/HostProcess\+Terminal|DaemonCore/(Failure|DryRun|ConfigurationCheck|Logging/TerminalLogHandler)|lawa/Output/Console)\.swift' || true; } \
    | rule "what is told to people goes through the console, the log, or how lawad fails and plans"
search --include='*.swift' 'writeToStandard(Output|Error)' Sources/{DaemonCore,lawad,lawa} -l | xargs -r grep -LE "${import}Text\b" \
    | rule "whoever writes to a terminal makes names visible"
# The words are put together so that this file does not contain them.
search --include='*.swift' --include='*.[ch]' --include='*.inc' --include='*.sh' --include='*.md' "\b(TO""DO|FIX""ME|XX""X)\b" \
    Sources Tests scripts docs README.md \
    | rule "nothing is left to be done in a comment"
search -I "\.\./sha""red|/work/(ma""in|sha""red)|/tm""p/w/|/ho""me/[a-z]+/(src|work)" \
    Sources Tests scripts docs packaging systemd .ci Makefile Package.swift README.md CONTRIBUTING.md \
    | rule "nothing refers to a place of one machine"
find Sources Tests -name Fixtures -prune -o -type f \( -name '*.swift' -o -name '*.[ch]' -o -name '*.inc' \) -print0 \
    | xargs -0 wc -l | awk '$2 != "total" && $1 > 350 { print $2 ": " $1 " lines" }' \
    | rule "no source file is longer than 350 lines"

exit "$broken"
