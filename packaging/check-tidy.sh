#!/usr/bin/env bash
# clang-tidy over the .cpp files that have changed, each by itself, as the daily build compiles it.
#
#   check-tidy.sh BUILD [--all | REVISION]
#
#   BUILD     a configured build without CMAKE_UNITY_BUILD (the preset dev)
#   --all     every .cpp file
#   REVISION  those that differ from it (default: HEAD~1)
#
# Exit status: 0 nothing to say, 1 something.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
build=${1:?usage: check-tidy.sh BUILD [--all | REVISION]}
since=${2:-HEAD~1}
if [[ $since == --all ]]; then
    mapfile -t changed < <(git ls-files '*.cpp')
elif git rev-parse -q --verify "$since^{commit}" >/dev/null; then
    mapfile -t changed < <(git diff --name-only --diff-filter=AMR "$since" -- '*.cpp')
else
    echo "There is no revision $since to compare with, so nothing is looked at."
    exit 0
fi
# Only what this build compiles has a command. What clang 14 cannot read (coroutines with Boost 1.74) is compiled instead.
sources=() unread=()
for source in "${changed[@]}"; do
    grep -qF "\"file\": \"$PWD/$source\"" "$build/compile_commands.json" || continue
    if [[ $source == engine/remote/@(client|server|transport)/* ]]; then unread+=("$PWD/$source^"); else sources+=("$source"); fi
done
ninja -C "$build" --quiet balmer_remote_messages "${unread[@]}" || exit 1
((${#sources[@]})) || exit 0
# clang is given the text of the headers that GCC has precompiled, and no option that it does not know.
commands=$(mktemp -d)
trap 'rm -rf "$commands"' EXIT
sed -E 's/-include [^ ]*cmake_pch[^ ]*//g; s/-(Winvalid-pch|Wno-mismatched-new-delete|Werror|Wno-error=[a-z-]+)//g' \
    "$build/compile_commands.json" >"$commands/compile_commands.json"
printf '%s\0' "${sources[@]}" |
    xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet --warnings-as-errors='*' -p "$commands" 2>/dev/null
