# shellcheck shell=bash
# What bench's rows are made of: runs of measure and latency, lines of the table, and the same lines
# in a file that another run can be compared with.
# Sourced by bench, which has the other half of the variables.
# shellcheck disable=SC2034,SC2154

# What measure, latency and trace_calls said last.
cpu_ms=0 server_ms=0 noise_ms=0 bytes=0 bursts=0 wakes=0 pss_kib=0 first_ms=0 found_ms=0
median_ms=0 p99_ms=0 calls=0
missed=0 # rows over their bar

skip() { echo "bench: SKIPPED: $*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
calc() { awk "BEGIN { printf \"%.${2:-2}f\", $1 }" /dev/null; }

# Lines of name=value become variables.
take() { # LINE
    local word
    for word in $1; do printf -v "${word%%=*}" %s "${word#*=}"; done
    [ -n "$1" ]
}

# measure ARGUMENTS...: sets cpu_ms, server_ms, bytes and the others
measure() {
    local line
    line=$("$tools/measure" -t "$window" "$@") && take "$line"
}

# latency ARGUMENTS...: sets median_ms, p99_ms
latency() {
    local line
    line=$("$tools/latency" "$@") && take "$line"
}

# starts ARGUMENTS...: first_ms and found_ms, the medians of five starts
starts() {
    local i first='' found=''
    for i in 1 2 3 4 5; do
        measure -w 1.5 -t 0.1 "$@" || return 1
        first+="$first_ms "
        found+="$found_ms "
    done
    first_ms=$(tr ' ' '\n' <<<"$first" | grep . | sort -n | sed -n 3p)
    found_ms=$(tr ' ' '\n' <<<"$found" | grep . | sort -n | sed -n 3p)
}

family() { # PID: it and all that descend from it
    local child
    echo "$1"
    for child in $(pgrep -P "$1"); do family "$child"; done
}

# trace_calls OPTIONS...: sets calls, those of one refresh of the whole family, in batch mode: the
# average of $refreshes.  Ticks fall on whole seconds, and the counting begins and ends between them.
refreshes=6
trace_calls() {
    local run pids
    have strace || { skip "strace is missing: no system calls counted"; return 1; }
    "$vctop" --no-config -b -o csv -d 1 "$@" >/dev/null 2>&1 &
    run=$!
    sleep 5
    mapfile -t pids < <(family "$run")
    sleep "$(awk '{ f = $1 % 1; print f < 0.5 ? 0.5 - f : 1.5 - f }' /proc/uptime)"
    timeout -s INT "$refreshes" strace -f -c -o "$work/calls" "${pids[@]/#/-p}" 2>/dev/null
    kill "$run"
    wait "$run" 2>/dev/null
    calls=$(awk -v n="$refreshes" '$NF == "total" { printf "%.0f", $4 / n }' "$work/calls")
    [ -n "$calls" ]
}

# row WHAT FIGURE UNIT [BAR]
row() {
    local verdict=
    if [ -n "${4:-}" ]; then
        if [ "$3" = ms ] && awk "BEGIN { exit !($noise_ms > $4 / 2) }" /dev/null; then
            verdict="not measurable: what others do differs by $noise_ms ms"
        elif awk "BEGIN { exit !($2 >= 0 && $2 <= $4) }" /dev/null; then
            verdict=ok
        else
            verdict="OVER THE BAR"
            missed=$((missed + 1))
        fi
    fi
    printf '%-56s %10s %-6s %8s  %s\n' "$1" "$2" "$3" "${4:-}" "$verdict"
    # A name is a name once: "of that" is of the row above.
    local name=$1
    case $1 in
    ' '*) name="$row_above;$1" ;;
    *) row_above=$1 ;;
    esac
    printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$2" "$3" "${4:-}" "$verdict" >>"$out"
}
row_above=

# What lasts longer than its delay (lxc-top with many containers) refreshes less than once a second.
per_refresh_of() { calc "($1) / (($bursts > 0 && $bursts < 1) ? $bursts : 1)" "${2:-2}"; }
per_refresh() { per_refresh_of "$cpu_ms + $server_ms"; }

peer() { # NAME COMMAND...
    local name=$1 its
    shift
    have "$1" || { skip "$1 is not installed"; return 0; }
    measure -w 6 "${servers[@]}" -- "$@" || return 0
    its=$(per_refresh)
    row "$name: CPU a refresh" "$its" ms
    row "  $name / vctop" "$(calc "$its / $ours" 1)" times
    row "$name: bytes a refresh" "$(per_refresh_of "$bytes" 0)" B
    row "$name: memory (PSS)" "$(calc "$pss_kib / 1024" 1)" MiB
}

# The rows of two files that both have, with their ratio.
compare() { # BEFORE AFTER
    printf '%-56s %10s %10s %-6s %s\n' "" before now "" "now / before"
    awk -F '\t' '
        /^#/ { next }
        NR == FNR { before[$1] = $2; next }
        $1 in before {
            what = $1; sub(/.*; /, " ", what)
            printf "%-56s %10s %10s %-6s %s\n", what, before[$1], $2, $3,
                before[$1] > 0 ? sprintf("%.2f", $2 / before[$1]) : "-"
        }' "$1" "$2"
}

# A file of figures as a table in Markdown: the rows that have a bar and a few that show how the cost
# grows, with what peers spent in the same run beside them, in figures and in times of vctop's.
table() { # FILE
    echo "| vctop | measured | bar | held | peers in the same run |"
    echo "|---|--:|--:|---|---|"
    awk -F '\t' '
        /^#/ { next }
        {
            kind = $1 ~ /CPU a refresh$/ ? "CPU" : $1 ~ /bytes a refresh/ ? "bytes" : ""
            held = $5 == "ok" ? "yes" : $5 ~ /^OVER/ ? "**no**" : $5
        }
        $1 !~ /^vctop/ && kind in last {
            at = last[kind]
            sub(/:.*/, "", $1)
            peers[at] = peers[at] (peers[at] == "" ? "" : ", ") $1 " " $2 " " $3
            if (figure[at] > 0)
                peers[at] = peers[at] sprintf(" (%.1f times)", $2 / figure[at])
        }
        /^vctop/ && ($4 != "" || $1 ~ /9600 bytes|10000 simulated: CPU|;  a guest/) {
            what = $1
            sub(/^vctop(, |: | )/, "", what)
            sub(/;  /, ", ", what)
            line[++lines] = "| " what " | " $2 " " $3 " | " $4 " | " held " | "
            figure[lines] = $2
            if (kind != "")
                last[kind] = lines
            all = all $1 "\n"
        }
        END {
            for (i = 1; i <= lines; i++)
                print line[i] peers[i] " |"
            count = split("containers: CPU a refresh=200 containers: CPU a refresh;" \
                "growth from=1000 containers, growth from 200 (bench --grow 1000);" \
                "machines: CPU a refresh=20 machines: CPU a refresh;machines shown=machines shown;" \
                "stopped: a key=libvirtd stopped: a key, 99th percentile;both: memory=both: memory (PSS)",
                wanted, ";")
            for (i = 1; i <= count; i++) {
                split(wanted[i], row, "=")
                if (index(all, row[1]) == 0)
                    print "| " row[2] " | not measured in this run | | | |"
            }
        }' "$1"
}
