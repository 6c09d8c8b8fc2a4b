#!/usr/bin/env bash
# What sanitizers report of any process of the tests, in files of a folder: a worker's standard error is no test's.
#     reports.sh begin FOLDER    before the first test
#     reports.sh end FOLDER      after the last one; fails over what there is
set -u
folder=${2:?}
case ${1:-} in
begin)
    rm -rf "$folder"
    # Some tests go on as another user.
    mkdir "$folder" && chmod 1777 "$folder"
    ;;
end)
    for report in "$folder"/*; do
        [ -e "$report" ] || exit 0
        # The leak detector of LLVM 14 itself: what it takes for a header before some threads' own variables was
        # none, and it followed that.  Such a process has not been looked into.
        grep -q '^Tracer caught signal' "$report" && { echo "NOT LOOKED INTO: $report"; continue; }
        # One that is empty was begun by a process that was killed over it.
        echo "== $report"
        head -n 60 "$report"
        found=1
    done
    exit "${found:-0}"
    ;;
*) exit 2 ;;
esac
