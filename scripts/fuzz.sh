#!/usr/bin/env bash
# Feeds the readers of hostile files with what mutations make of real and of malformed ones, to find inputs that trap,
# that break a promise of Tests/Fuzzing/Promises.swift, or that take long or much memory. The engine is libFuzzer:
# https://llvm.org/docs/LibFuzzer.html.
#
# Usage: scripts/fuzz.sh [SECONDS] [FILE...]
#   SECONDS   how long to look for new inputs, 60 unless given; 0 only reads the corpus again, which takes a few seconds
#   FILE...   read these inputs alone, as to see whether a find is still one
#
# Exits with 0 when nothing was found, and otherwise with what libFuzzer exits with. A find is kept under
# .build/fuzz/finds: `scripts/fuzz.sh 0 FILE` reads it again, and `lawa inspect FILE` does if it is a file of its own.
# New inputs that reach new code gather in .build/fuzz/corpus, from one run to the next. To keep them for everybody:
#   FUZZ_MERGE=DIRECTORY scripts/fuzz.sh   adds to Tests/Fuzzing/Corpus what files of a directory reach beyond it
#
# Says SKIPPED, and exits with 0, where the Swift toolchain has no libFuzzer.
set -euo pipefail

seconds=${1:-60}
files=()
for file in "${@:2}"; do files+=("$(realpath -e -- "$file")"); done
merge=${FUZZ_MERGE:+$(realpath -e -- "$FUZZ_MERGE")}
cd -- "$(dirname -- "$0")/.."

work=.build/fuzz
corpus=Tests/Fuzzing/Corpus
mkdir -p "$work/finds" "$work/corpus"

resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
clang=$resources/../../bin/clang
for part in fuzzer asan; do
    if ! compgen -G "$resources/clang/lib/*/libclang_rt.$part*.a" >/dev/null; then
        echo "SKIPPED fuzzing: this Swift toolchain has no libclang_rt.$part under $resources/clang/lib"
        exit 0
    fi
done

mapfile -t swift_files < <(find Sources/TensorFormats Tests/Fuzzing -name '*.swift' | sort)
mapfile -t c_files < <(find Sources/CKernels -name '*.c' | sort)

# What the program depends on, contents and all: times of files say nothing after a checkout.
state=$({ swiftc --version; find Sources/TensorFormats Sources/Text Sources/CKernels Tests/Fuzzing scripts/fuzz.sh \
    -path "$corpus" -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; } 2>&1)

if [ "$state" != "$(cat "$work/state" 2>/dev/null)" ]; then
    echo "fuzz: compiling"
    rm -f "$work/state"
    objects=()
    for file in "${c_files[@]}"; do
        object=$work/$(basename "$file" .c).o
        "$clang" -O2 -gline-tables-only -fsanitize=fuzzer-no-link,address -I Sources/CKernels/include -c "$file" -o "$object"
        objects+=("$object")
    done
    swift_options=(-O -gline-tables-only -wmo -parse-as-library -swift-version 6 -package-name lawad
        -enable-upcoming-feature ExistentialAny -enable-upcoming-feature MemberImportVisibility
        -enable-upcoming-feature InternalImportsByDefault -warnings-as-errors)
    # A module of its own, as the readers import it.
    swiftc "${swift_options[@]}" -module-name Text -sanitize=address -emit-module -emit-module-path "$work/Text.swiftmodule" \
        -c -o "$work/Text.o" Sources/Text/*.swift
    objects+=("$work/Text.o")
    swiftc "${swift_options[@]}" -module-name FuzzTarget \
        -sanitize=fuzzer,address -use-ld=lld -I Tests/Fuzzing/Modules -I "$work" \
        -o "$work/fuzz" "${swift_files[@]}" "${objects[@]}"
    printf '%s\n' "$state" >"$work/state"
fi

# The crash handler of Swift and the sanitizer's do not get on: the one waits for the other for ever.
export SWIFT_BACKTRACE=enable=no
# What was freed lately is kept aside to catch its use; by default that takes more memory than the readers do.
export ASAN_OPTIONS=quarantine_size_mb=64${ASAN_OPTIONS:+:$ASAN_OPTIONS}
# A small file must not be able to stop or to fill a machine. An input is read some ten times here, and each time takes
# up to thirty times longer than in the product, of which it may take a second; memory is what the sanitizer needs, too.
limits=(-timeout=30 -rss_limit_mb=768 -malloc_limit_mb=64 -max_len=65536 -artifact_prefix="$work/finds/")

# libFuzzer with a few lines of its report; its words for a dictionary are of no use to anybody.
run() {
    "$work/fuzz" "${limits[@]}" -verbosity=0 -print_final_stats=1 "$@" 2>&1 \
        | sed '/^###### Recommended dictionary/,/^###### End of recommended/d; /^INFO: \(found\|Running\)/d'
}

if [ ${#files[@]} -gt 0 ]; then
    "$work/fuzz" "${limits[@]}" "${files[@]}"
    exit
fi
if [ -n "$merge" ]; then
    "$work/fuzz" "${limits[@]}" -use_counters=0 -set_cover_merge=1 "$corpus" "$merge"
    exit
fi
run -runs=0 "$corpus"
if [ "$seconds" -gt 0 ]; then
    # New inputs go into the first directory.
    run -max_total_time="$seconds" -dict=Tests/Fuzzing/torch.dict "$work/corpus" "$corpus"
fi
echo "fuzz: nothing found in $seconds s"
