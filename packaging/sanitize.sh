#!/usr/bin/env bash
# Builds what reads files and bytes from elsewhere with the address and undefined-behaviour sanitizers, and runs its tests
# and the kept corpus of each fuzz target.
#
#   sanitize.sh JOBS LONG
#
#   LONG  1: besides, the tests of the store and of the net, and ten minutes of each fuzz target as a libFuzzer program (clang)
#
# Exit status: 0 no finding.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
jobs=${1:-2} long=${2:-0}
build=build/sanitize
mkdir -p build
tests=(io_test dataset_test remote_protocol_test)
((long)) && tests+=(store_test ssap_test vo_download_test samp_test)
# Not optimised, and several sources at once: it is compiled more often than it runs.
cmake --preset dev-asan -B "$build" -DCMAKE_UNITY_BUILD=ON "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1" >"$build.log" 2>&1 ||
    { cat "$build.log"; exit 1; }
ninja -C "$build" -j "$jobs" --quiet "${tests[@]}" fuzz || exit 1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# HDF5 keeps object headers of files in memory until the end of the program.
printf 'leak:libhdf5\n' >"$build/known-leaks"
export LSAN_OPTIONS=suppressions=$PWD/$build/known-leaks:print_suppressions=0
status=0
for name in "${tests[@]}"; do
    program=$(find "$build/tests" -name "$name" -type f -perm -u+x)
    "$program" --gtest_brief=1 || { status=1; echo "FAILED under the sanitizers: $name"; }
done
for corpus in tests/fuzz/corpus/*/; do
    name=$(basename "$corpus")
    "$build/tests/fuzz/fuzz_$name" -runs=0 "$corpus" || { status=1; echo "FAILED under the sanitizers: the corpus of $name"; }
    "$build/tests/fuzz/fuzz_$name" -mutants=300 "$corpus" || { status=1; echo "FAILED under the sanitizers: mutants of $name"; }
done
if ((long)); then
    cmake --preset fuzz >build/fuzz.log 2>&1 && ninja -C build/fuzz -j "$jobs" fuzz || exit 1
    for corpus in tests/fuzz/corpus/*/; do
        name=$(basename "$corpus")
        found=build/fuzz/found/$name
        mkdir -p "$found"
        build/fuzz/tests/fuzz/fuzz_"$name" -max_total_time=600 -timeout=5 -malloc_limit_mb=512 "$found" "$corpus" ||
            { status=1; echo "FAILED: fuzzing $name"; }
    done
fi
exit $status
