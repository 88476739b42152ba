#!/usr/bin/env bash
# Installs what is missing, then builds and runs every test: the whole of Balmer with all its tests, and the two
# variants without Qt and without libtorch.
#
# The last line reads "N passed, N failed"; the exit status is 0 only when nothing failed.
set -uo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cd "$root" || exit 1
# shellcheck source=packaging/build-jobs.sh
source packaging/build-jobs.sh
jobs=$(build_jobs)
passed=0 failed=0 skipped=0

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

stage "packages"
bash packaging/install-deps.sh --desktop || { count "the packages could be installed" 1; finish; }
bash packaging/install-deps.sh --desktop --peers ||
    echo "Without these programs the tests labelled vo-peers skip, and say which package is missing."

stage "building with all tests, $jobs at once"
if cmake --preset release && ninja -C build/release -j "$jobs"; then
    count "release builds" 0
else
    count "release builds" 1
    finish
fi

stage "running the tests"
log=build/release/ctest.log
# The limit ends a test that hangs; no test is about time.
ctest --test-dir build/release --output-on-failure --no-tests=error -j "$(nproc)" --timeout 1800 2>&1 | tee "$log"
ctest_status=${PIPESTATUS[0]}
of_ctest() { grep -cE "^ *[0-9]+/[0-9]+ Test +#.*$1" "$log" || true; }
passed=$((passed + $(of_ctest ' Passed +[0-9.]+ sec')))
skipped=$(of_ctest '\*\*\*Skipped')
broken=$(of_ctest '\*\*\*(Failed|Timeout|Exception|Not Run|Not Run \(Disabled\)|SEGFAULT)')
((ctest_status != 0 && broken == 0)) && broken=1
failed=$((failed + broken))

# The variants are compiled without optimisation: what is tested is that they configure, build, start, and are free of
# the library that they leave out.
variant() { # variant PRESET LIBRARY TARGET…
    local balmer=build/$1/app/cli/balmer
    stage "building the variant $1"
    cmake --preset "$1" -DBALMER_TESTS=OFF -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 &&
        ninja -C "build/$1" -j "$jobs" "${@:3}"
    local status=$?
    count "$1 builds" $status
    ((status == 0)) || return
    "$balmer" --help >/dev/null
    status=$?
    count "$1: balmer starts" $status
    ((status == 0)) || return
    ! ldd "$balmer" | grep -qi "$2"
    count "$1: balmer does not need $2" $?
}
variant headless libQt6 all
variant no-torch libtorch balmer balmer-worker # its desktop is compiled like that of the release
finish
