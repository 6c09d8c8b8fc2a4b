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

# Each process for itself: callgrind writes down what it has counted whenever a worker begins a tick and whoever
# started it is told of one.  So a refresh is counted whole, however late a busy machine makes its parts, and the start
# is not; always the same refreshes, for the simulated host differs from one to the next.  They are two seconds apart:
# below callgrind and beside others, batch mode could not keep up with one a second.
counted_from=7 counted_to=11
callgrind=(env "VCTOP=$vctop" "LD_PRELOAD=$tools/watched.so" valgrind --tool=callgrind --trace-children=yes --vgdb=no
    --dump-before=backend_tick --dump-before=world_host)

# The middle one of them: places of storage are looked at in every fifth refresh or so, which by chance is one or two.
counted() { # FUNCTION: what its process took for a refresh
    local first part parts=()
    first=$(grep -l "^desc: Trigger: --dump-before=$1\$" "$work"/part.*.1)
    for ((part = counted_from; part <= counted_to; part++)); do parts+=("${first%.1}.$part"); done
    sed -n 's/^totals: //p' "${parts[@]}" | sort -n | awk -v n="${#parts[@]}" '{ its[NR] = $1 } END { print NR == n ? its[(n + 1) / 2] : 0 }'
}

batch_bound() { # WHAT OPTIONS...: of the process that reads, sorts and writes what the worker says
    local what=$1
    shift
    have valgrind || { skip "valgrind is missing: no instructions counted"; return 0; }
    work=$(mktemp -d -p "$work")
    "${callgrind[@]}" --callgrind-out-file="$work/part.%p" --log-file="$work/log.%p" \
        "$vctop" --no-config -b -n $((counted_to + 2)) -d 2 "$@" >/dev/null && bound "$what" "$(counted world_host)"
}

screen_bounds() { # SCREEN WORKER OPTIONS...
    local screen=$1 worker=$2 status=0
    shift 2
    have valgrind || { skip "valgrind is missing: no instructions counted"; return 0; }
    work=$(mktemp -d -p "$work")
    window=1 measure -w $((2 * counted_to + 6)) -- "${callgrind[@]}" --callgrind-out-file="$work/part.%p" \
        --log-file="$work/log.%p" "$vctop" --no-config -d 2 "$@" || return 1
    bound "$screen" "$(counted world_host)" || status=1
    bound "$worker" "$(counted backend_tick)" && return "$status"
}

bytes_bound() { # WHAT OPTIONS...
    local what=$1
    shift
    measure -w 4 -- "$vctop" --no-config -d 1 "$@" && bound "$what" "$bytes"
}
