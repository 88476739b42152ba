#!/usr/bin/env bash
# Says which of the sources clang-format would change; `check-format.sh --fix` changes them.
#
# Exit status: 0 none, 1 some (named, with the first difference of each).
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
mapfile -t sources < <(git ls-files '*.cpp' '*.h')
if [[ ${1-} == --fix ]]; then
    exec clang-format -i "${sources[@]}"
fi
clang-format --dry-run --Werror --ferror-limit=1 "${sources[@]}"
