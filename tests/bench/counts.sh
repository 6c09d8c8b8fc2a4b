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

# Of batch mode's own process, which reads, sorts and writes what the worker says; the worker is killed
# at the end, before callgrind could tell.
instructions() { # SAMPLES OPTIONS...
    local samples=$1 log
    shift
    log=$(mktemp -p "$work")
    VCTOP=$vctop LD_PRELOAD=$tools/watched.so valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        --vgdb=no --log-file="$log.%p" "$vctop" --no-config -b -n "$samples" -d 0.5 "$@" >/dev/null 2>&1
    sed -n 's/.*Collected : //p' "$log".* | sort -n | tail -n 1
}

instructions_bound() { # WHAT OPTIONS...
    local what=$1 many
    shift
    have valgrind || { skip "valgrind is missing: no instructions counted"; return 0; }
    instructions 2 "$@" >"$work/few" &
    many=$(instructions 12 "$@")
    wait $! && bound "$what" $(((many - $(cat "$work/few")) / 10))
}

bytes_bound() { # WHAT OPTIONS...
    local what=$1
    shift
    measure -w 4 -- "$vctop" --no-config -d 1 "$@" && bound "$what" "$bytes"
}
