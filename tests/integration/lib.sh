# shellcheck shell=bash
# Shared by the integration tests: real guests, and figures from somewhere else to hold vctop's against.
# Sourced, with VCTOP, RIG, TOOLS from the test runner.
set -u -o pipefail
export LC_ALL=C PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
: "${VCTOP:?}" "${RIG:?}" "${TOOLS:?}"

[ "$(id -u)" = 0 ] || { echo "needs root: skipped"; exit 77; }

work=$(mktemp -d) || exit 1
failures=0
checks=0
background=()
parts=() # runs of vctop

finish() {
    local code=$? pid
    for pid in "${background[@]}" "${parts[@]}"; do kill "$pid" 2>/dev/null; done
    "$RIG" down || { echo "FAIL the rig left something behind"; code=1; }
    rm -rf "$work"
    [ "$failures" = 0 ] || code=1
    echo "$((checks - failures)) passed, $failures failed"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM

"$RIG" down || exit 1

pass() { checks=$((checks + 1)); echo "ok   $*"; }
fail() { checks=$((checks + 1)); failures=$((failures + 1)); echo "FAIL $*"; }
equal() { # WHAT EXPECTED GOT
    if [ "$2" = "$3" ]; then pass "$1: $3"; else fail "$1: expected '$2', got '$3'"; fi
}
near() { # WHAT EXPECTED GOT PERCENT
    if awk -v e="$2" -v g="$3" -v p="$4" 'BEGIN { exit !(g != "null" && g != "missing" && e > 0 && (g - e) / e * 100 <= p && (e - g) / e * 100 <= p) }'; then
        pass "$1: $3 for $2"
    else
        fail "$1: $3 is not within $4 % of $2"
    fi
}

get() { "$TOOLS/jsonget" "$@"; }

# N samples every SECONDS into $work/vctop, with whatever options follow.
sample() { # N SECONDS OPTIONS...
    local n=$1 period=$2
    shift 2
    "$VCTOP" --no-config -b -n "$n" -d "$period" -o json "$@" >"$work/vctop" 2>"$work/errors" ||
        { fail "vctop exits with $?: $(cat "$work/errors")"; exit 1; }
}

# N samples every SECONDS of one guest with its parts into $work/NAME, beside the samples of all; wait_parts waits.
sample_parts() { # NAME N SECONDS GUEST OPTIONS...
    local out=$work/$1 n=$2 period=$3 guest=$4
    shift 4
    "$VCTOP" --no-config -b -n "$n" -d "$period" -o json -F "$guest" "$@" >"$out" 2>"$out.errors" &
    parts+=($!)
}
wait_parts() {
    local pid
    for pid in "${parts[@]}"; do wait "$pid" || fail "vctop exits with $? for the parts of one guest"; done
    parts=()
}

# Calls FUNCTION, which sets $value without a fork, ten times a second; "TIME VALUE" lines in
# $work/NAME until the test ends.
record() { # NAME FUNCTION ARGUMENTS...
    local out=$work/$1
    shift
    (
        while "$@"; do
            echo "$EPOCHREALTIME $value"
            read -r -t 0.1 <> <(:)
        done >"$out" 2>/dev/null
    ) &
    background+=($!)
}

# What a recorded counter was at TIME, in seconds since the epoch, by a straight line.
at_time() { # RECORD TIME
    awk -v x="$2" '
        { if ($1 >= x && n) { printf "%.0f\n", v + ($2 - v) * (x - t) / ($1 - t); found = 1; exit } t = $1; v = $2; n++ }
        END { if (!found && n) printf "%.0f\n", v }' "$work/$1"
}

# Holds what vctop said of a rate against a recorded counter, over just the time that vctop measured:
# within PERCENT (5) over all its samples, within three times that in each.  SAMPLES=NAME: what sample_parts said.
compare_rate() { # WHAT RECORD SCALE JSON-PATH [PERCENT]
    local what=$1 record=$2 scale=$3 guest=${4%/*} path=$4 percent=${5:-5} verdict
    while read -r time age rate; do
        echo "$(date -d "$time" +%s.%N) $age $rate"
    done < <(get time "$guest/age_s" "$path" <"$work/${SAMPLES:-vctop}") >"$work/said"
    verdict=$(awk -v scale="$scale" -v may="$percent" '
        FNR == NR { t[n] = $1; v[n] = $2; n++; next }
        function at(x,  i) {
            for (i = 1; i < n; i++)
                if (t[i] >= x) return v[i-1] + (v[i] - v[i-1]) * (x - t[i-1]) / (t[i] - t[i-1])
            return v[n-1]
        }
        $3 == "null" || $3 == "missing" { unknown++ }
        {
            now = $1 - $2
            if (before) {
                real = (at(now) - at(before)) / (now - before) * scale
                said_sum += $3 * (now - before); real_sum += real * (now - before); span += now - before
                off = real > 0 ? ($3 - real) / real * 100 : 100
                if (off < 0) off = -off
                if (off > worst) worst = off
            }
            before = now
        }
        END {
            if (unknown) { print "bad unknown in " unknown " samples"; exit }
            if (!span || real_sum <= 0) { print "bad nothing flowed"; exit }
            said = said_sum / span; real = real_sum / span; off = (said - real) / real * 100
            verdict = (off <= may && off >= -may && worst <= 3 * may) ? "good" : "bad"
            printf "%s %.1f for %.1f (%+.2f %%, worst single %.1f %%)\n", verdict, said, real, off, worst
        }' "$work/$record" "$work/said")
    case $verdict in
    good*) pass "$what: ${verdict#good }" ;;
    *) fail "$what: ${verdict#bad }" ;;
    esac
}

# ---- counters, each sets $value

first_number() { read -r value <"$1"; }

# FILE KEY: the number behind KEY.
keyed() {
    local key number
    value=
    while read -r key number; do [ "$key" = "$2" ] && value=$number; done <"$1"
    [ -n "$value" ]
}

# FILE, as of blkio: the sum over devices of one operation.
blkio() { # FILE OPERATION
    local device operation number
    value=0
    while read -r device operation number; do
        [ "$operation" = "$2" ] && value=$((value + number))
    done <"$1"
    : "$device"
}

# io.stat of cgroup v2: KEY=NUMBER summed over devices.
io_stat() { # FILE KEY
    local line word
    value=0
    while read -r line; do
        for word in $line; do
            case $word in "$2"=*) value=$((value + ${word#*=})) ;; esac
        done
    done <"$1"
}

# CPU time of a process with all its threads, in clock ticks.
process_ticks() { # PID
    local stat
    read -r stat <"/proc/$1/stat" || return 1
    stat=${stat##*) }
    # shellcheck disable=SC2086  # fields
    set -- $stat
    value=$((${12} + ${13}))
}

# One figure of virsh domstats.
domstat() { # GUEST GROUP KEY
    value=$(timeout 5 virsh -q -c qemu:///system domstats --"$2" "$1" | sed -n "s/^ *$3=//p") && [ -n "$value" ]
}

# The cgroup of a container's init in a v1 hierarchy, or in the v2 one.
cgroup_of() { # PID CONTROLLER
    local line path
    while IFS=: read -r _ line path; do
        case ,$line, in
        *,"$2",*) echo "/sys/fs/cgroup/$2$path"; return ;;
        esac
    done <"/proc/$1/cgroup"
    while IFS=: read -r _ line path; do
        [ -z "$line" ] || continue
        if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo "/sys/fs/cgroup$path"; return; fi
    done <"/proc/$1/cgroup"
}

wait_ping() { # CONTAINER ADDRESS
    for _ in $(seq 90); do
        "$RIG" exec "$1" ping -c 1 -W 1 "$2" >/dev/null 2>&1 && return 0
        sleep 0.5
    done
    echo "FAIL $2 does not answer"
    exit 1
}

# Waits until PORT of ADDRESS can be reached from a container: bridges learn, machines boot.
wait_port() { # CONTAINER ADDRESS PORT
    local i
    for i in $(seq 60); do
        "$RIG" exec "$1" sh -c "echo | nc -w 1 $2 $3" >/dev/null 2>&1 && return 0
        sleep 0.5
    done
    echo "FAIL nothing listens at $2:$3 after $i tries"
    exit 1
}

# MAJOR:MINOR of the whole disk that holds PATH.
disk_under() {
    local number node
    number=$(stat -c '%Hd:%Ld' "$1")
    node=$(readlink -f "/sys/dev/block/$number")
    if [ -e "$node/partition" ]; then cat "$node/../dev"; else echo "$number"; fi
}
