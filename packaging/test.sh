#!/usr/bin/env bash
# Installs what is missing, builds Balmer with all its tests and runs them: first the engine and the command line without
# Qt and without libtorch, then the window without libtorch, then the whole. Then the tests of what reads hostile input once
# more under the address and undefined-behaviour sanitizers, with the kept corpus of each fuzz target (sanitize.sh); and the
# form of the code (clang-format, clang-tidy).
#
#   test.sh [--long] [--since REVISION]
#
#   --long            the long form of the tests that have one (every edge, a thousand random bytes, a thousand
#                     kills, 100 000 mutants of what each reader reads, 1200 strangers),
#                     every header and every source compiled alone, clang-tidy over the whole tree, ten minutes of each
#                     fuzz target
#   --since REVISION  clang-tidy looks at what has changed since then (default: in the last commit and after it)
#
# The last line reads "N passed, N failed"; the exit status is 0 only when nothing failed.
set -uo pipefail

long=0 since=HEAD~1
while (($#)); do
    case "$1" in
        --long) long=1 ;;
        --since) since=${2-}; shift ;;
        -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
        *) echo "test.sh: unknown option '$1'; see test.sh --help." >&2; exit 2 ;;
    esac
    shift
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1
# shellcheck source=packaging/build-jobs.sh
source packaging/build-jobs.sh
jobs=$(build_jobs)
passed=0 failed=0 skipped=0
build=build/test

stage() { printf '== %2d min: %s\n' $((SECONDS / 60)) "$*"; }
count() { # count NAME STATUS: one check beside ctest's own
    if (($2 == 0)); then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf 'FAILED: %s\n' "$1"
    fi
}
finish() {
    stage "end"
    printf '%d skipped\n' "$skipped"
    printf '%d passed, %d failed\n' "$passed" "$failed"
    ((failed == 0)) || exit 1
    exit 0
}
check() { # check NAME COMMAND…: one check beside ctest's own
    local name=$1
    shift
    "$@"
    count "$name" $?
}
needs_no() { ! ldd "$1" | grep -qi "$2"; }

stage "packages"
bash packaging/install-deps.sh --desktop || { count "the packages could be installed" 1; finish; }
bash packaging/install-deps.sh --desktop --peers ||
    echo "Without these programs the tests labelled vo-peers skip, and say which package is missing."

# One build folder, from the smallest variant to the whole: each step compiles only what the one before left out.
variant() { # variant NAME OPTION…
    stage "building: $1, $jobs at once"
    cmake --preset release -B "$build" -DBALMER_WERROR=ON "${@:2}" >"$build.log" 2>&1 || { cat "$build.log"; false; } &&
        ninja -C "$build" -j "$jobs" --quiet
    local status=$?
    count "$1 builds" $status
    ((status == 0)) || finish
}
mkdir -p build
balmer=$build/app/cli/balmer worker=$build/app/worker/balmer-worker desktop=$build/app/desktop/balmer-desktop
variant "without Qt and libtorch" -DBALMER_DESKTOP=OFF -DBALMER_TORCH=OFF -DBALMER_TESTS=OFF
for program in "$balmer" "$worker"; do
    check "$program starts" "$program" --version
    check "$program needs no Qt" needs_no "$program" libQt6
    check "$program needs no libtorch" needs_no "$program" libtorch
done
variant "without libtorch" -DBALMER_DESKTOP=ON -DBALMER_TORCH=OFF -DBALMER_TESTS=OFF
check "$desktop starts" env QT_QPA_PLATFORM=offscreen "$desktop" --version
check "$desktop needs no libtorch" needs_no "$desktop" libtorch
variant "the whole, with tests" -DBALMER_DESKTOP=ON -DBALMER_TORCH=ON -DBALMER_TESTS=ON

stage "running the tests"
log=$build/ctest.log
((long)) && export BALMER_LONG_TESTS=1
# The limit ends a test that hangs; no test is about time.
ctest --test-dir "$build" --output-on-failure --no-tests=error -j "$(nproc)" --timeout 3600 2>&1 | tee "$log"
ctest_status=${PIPESTATUS[0]}
of_ctest() { grep -cE "^ *[0-9]+/[0-9]+ Test +#.*$1" "$log" || true; }
passed=$((passed + $(of_ctest ' Passed +[0-9.]+ sec')))
skipped=$(of_ctest '\*\*\*Skipped')
broken=$(of_ctest '\*\*\*(Failed|Timeout|Exception|Not Run|Not Run \(Disabled\)|SEGFAULT)')
((ctest_status != 0 && broken == 0)) && broken=1
failed=$((failed + broken))

stage "what reads hostile input, under the sanitizers"
check "no finding of the sanitizers" packaging/sanitize.sh "$jobs" "$long"

# The builds above compile several sources at once; the daily one, each by itself.
stage "the form of the code, and each source by itself"
check "clang-format has nothing to change" packaging/check-format.sh
alone=build/alone
cmake --preset dev -B "$alone" -DBALMER_WERROR=ON >"$alone.log" 2>&1 || cat "$alone.log"
((long)) && check "each source compiles by itself" ninja -C "$alone" -j "$jobs" --quiet
check "clang-tidy has nothing to say" packaging/check-tidy.sh "$alone" "$( ((long)) && echo --all || echo "$since")"
finish
