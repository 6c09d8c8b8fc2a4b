# shellcheck shell=bash
# Holds counts against the file bounds.  Sourced by tests that have VCTOP, TOOLS and a $work folder.
# Each function is for a process of its own (&): they count beside each other, and fail or not.
# shellcheck disable=SC2034 # for rows.sh
vctop=${VCTOP:?} tools=${TOOLS:?} window=5
# shellcheck source=rows.sh
. "$(dirname "${BASH_SOURCE[0]}")/rows.sh"
# shellcheck disable=SC2034
refreshes=6

bound() { # WHAT COUNT
    local most
    most=$(sed -n "s/^$1: //p" "$(dirname "${BASH_SOURCE[0]}")/bounds")
    if awk "BEGIN { exit !(\"$most\" != \"\" && $2 > 0 && $2 <= ${most:-0}) }" /dev/null; then
        echo "ok   $1: $2 of $most"
    else
        echo "FAIL $1: $2, at most ${most:-nothing that tests/bench/bounds says}"
        return 1
    fi
}

calls_bound() { # WHAT OPTIONS...
    local what=$1
    shift
    have strace || { skip "strace is missing: no system calls counted"; return 0; }
    work=$(mktemp -d -p "$work") && trace_calls "$@" && bound "$what" "$calls"
}

bytes_bound() { # WHAT OPTIONS...
    local what=$1
    shift
    measure -w 4 -- "$vctop" --no-config -d 1 "$@" && bound "$what" "$bytes"
}
