#!/usr/bin/env bash
# From a folder of spectra to a list of candidates, in one command.
#
#   run.sh [FOLDER]
#
# Installs what is missing, builds Balmer, reads the spectra in FOLDER (without FOLDER it simulates a survey of 3 000
# spectra), and searches them for rare emission-line objects. The result is a project, NAME.balmer, in the folder in
# which you start the command. With a display the desktop then opens on it; without one, pictures are written.
#
# Exit status: 0 done, 1 failed, 2 wrong use, 3 aborted.
set -euo pipefail

say() { printf '%s\n' "$*"; }
fail() { printf 'run.sh: %s\n' "$2" >&2; exit "$1"; }

case "${1-}" in
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    -*) fail 2 "unknown option '$1'; the only argument is a folder of spectra." ;;
esac
(($# <= 1)) || fail 2 "one folder at a time; you gave $# arguments."

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
here=$PWD
build=$root/build/run
# shellcheck source=packaging/build-jobs.sh
source "$root/packaging/build-jobs.sh"

name=simulated-survey
folder=()
if (($# == 1)); then
    [[ -n $1 ]] || fail 2 "the folder's name is empty."
    [[ -e $1 ]] || fail 2 "there is no folder '$1' (seen from $here)."
    [[ -d $1 ]] || fail 2 "'$1' is a file; give the folder that it lies in."
    folder=("$(cd "$1" && pwd -P)")
    name=$(basename "${folder[0]}")
    [[ $name != / ]] || name=root
fi
[[ -w $here ]] || fail 1 "you may not write in $here, where the project would be made; start from a folder of your own."
project=$here/$name.balmer

say "== 1 of 4: packages"
bash "$root/packaging/install-deps.sh" --desktop --no-tests

say "== 2 of 4: building (the first time takes several minutes; later it is a matter of seconds)"
if [[ ! -f $build/build.ninja ]]; then
    mkdir -p "$build"
    (cd "$root" && cmake --preset release -B "$build" -DBALMER_TESTS=OFF) >"$build/configure.log" 2>&1 || {
        cat "$build/configure.log" >&2
        fail 1 "configuring the build failed; the messages above say why."
    }
fi
ninja -C "$build" -j "$(build_jobs)" balmer balmer-desktop ||
    fail 1 "the build failed; the messages above say why. Starting again resumes it."
balmer=$build/app/cli/balmer
desktop=$build/app/desktop/balmer-desktop
[[ -x $balmer && -x $desktop ]] || fail 1 "the build left no program at $balmer and $desktop; remove $build and start again."

if ((${#folder[@]})); then
    say "== 3 of 4: searching the spectra in ${folder[0]}"
else
    say "== 3 of 4: searching a simulated survey (no folder was given)"
fi
status=0
"$balmer" --project "$project" discover "${folder[@]}" || status=$?
((status == 0)) || exit "$status"

pictures() {
    local target=$project/pictures
    mkdir -p "$target"
    QT_QPA_PLATFORM=offscreen "$desktop" --project "$project" --pictures "$target" ||
        fail 1 "the pictures could not be written to $target."
    say "The pictures (the map, the spectra of the first candidates) are in $target:"
    (cd "$target" && find . -name '*.png' | sort | sed 's|^\./|  |')
}

say "== 4 of 4: looking"
if [[ -n ${DISPLAY-}${WAYLAND_DISPLAY-} ]]; then
    say "Opening the desktop on $project; close its window to end."
    if ! "$desktop" --project "$project"; then
        say "The desktop ended with an error (is the display reachable?); writing pictures instead."
        pictures
    fi
else
    say "There is no display here, so pictures are written instead of opening the desktop."
    pictures
fi
say "The project is $project; to come back to it where there is a display:"
say "  $(printf '%q --project %q' "$desktop" "$project")"
