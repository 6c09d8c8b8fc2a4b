#!/usr/bin/env bash
# Faults 15 and 16 on a real machine: its agent is silent, a tarpit, hostile, endless.  And what an agent that
# is well says: when the machine had booted, and its addresses.
# beside others but: rig
# shellcheck source=../integration/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../integration/lib.sh"

"$RIG" machine talk --agent --no-start || exit 1
talk=$("$RIG" name talk)
status=/run/libvirt/qemu/$talk.xml
vsh() { timeout 20 virsh -q -c qemu:///system "$@"; }
vctop_options=(--no-config -c qemu:///system --backend libvirt -d 0.5)

wait_for() { # SECONDS COMMAND...
    local i seconds=$1
    shift
    for i in $(seq $((seconds * 10))); do
        "$@" && return 0
        sleep 0.1
    done
    fail "not within $i tenths of a second: $*"
    return 1
}
# What libvirt has written down: how long any client's call waits for the agent, -2 for ever.
timeout_is() { grep -q "<agentTimeout>$1</agentTimeout>" "$status"; }

# What stands on a screen of ROWSxCOLUMNS after its probe has ended, while the agent is in MODE.  It is told to
# end by a pause of the machine.
look() { # ROWSxCOLUMNS MODE OPTIONS...
    local size=$1 mode=$2 pid
    shift 2
    "$RIG" type talk "echo $mode >/tmp/agent"
    rm -f "$work/debug"
    "$TOOLS/shot" "$size" "$work/screen.txt" --type " paused " "" -- \
        "${vctop_options[@]}" -F "$talk" --debug "$work/debug" "$@" 2>"$work/errors" &
    pid=$!
    wait_for 20 grep -q 'role 3.* exited\|ask: ok' "$work/debug" 2>/dev/null
    vsh suspend "$talk" >/dev/null
    wait "$pid" || { fail "no picture while the agent is $mode"; cat "$work/errors"; }
    vsh resume "$talk" >/dev/null
    took=$(sed -n 's/.*ask: ok, \([0-9]*\).*/\1/p' "$work/debug")
    if timeout_is -2; then
        pass "$mode: the machine's time for answers is as it was"
    else
        fail "$mode: $(grep -o '<agentTimeout>[^<]*' "$status")"
    fi
}
says() { # WHAT WORDS
    if grep -qF -- "$2" "$work/screen.txt"; then pass "$1: it says '$2'"; else fail "$1: it does not say '$2'"; cat "$work/screen.txt"; fi
}
says_no() { # WHAT EXPRESSION
    if grep -qE -- "$2" "$work/screen.txt"; then fail "$1: it says '$2'"; cat "$work/screen.txt"; else pass "$1: it does not say '$2'"; fi
}
# 2 s are promised; the rest is for a loaded host.
soon() { # MODE
    if [ -n "$took" ] && [ "$took" -lt 3500 ]; then pass "$1: asked for $took ms"; else fail "$1: asked for ${took:-ever} ms"; fi
}

# Makes a file when it is asked; who watched before could still make the old one.
watcher=
watch_for_asking() {
    [ -z "$watcher" ] || { kill "$watcher"; wait "$watcher" 2>/dev/null; }
    rm -f "$work/asked"
    while :; do
        timeout_is 2 2>/dev/null && : >"$work/asked"
        sleep 0.1
    done &
    watcher=$!
    background+=("$watcher")
}

# ---- it boots, and its agent ends that

"$VCTOP" "${vctop_options[@]}" -F "$talk" -b -o json >"$work/record" 2>"$work/errors" &
background+=($!)
timeout 300 virsh -c qemu:///system event --event agent-lifecycle --loop --timestamp --domain "$talk" >"$work/told" &
background+=($!)
wait_for 10 test -s "$work/record" || exit 1
"$RIG" start talk || exit 1
wait_for 60 grep -q "'connected'" "$work/told" || exit 1
up=$(date -d "$(sed -n "s/^\(.*+0000\): .*'connected'.*/\1/p" "$work/told")" +%s.%N)
pid=$(cat "/run/libvirt/qemu/$talk.pid")
process_ticks "$pid"
read -r since _ </proc/uptime
now=$EPOCHREALTIME
began=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f20)
booted=$(awk -v u="$up" -v n="$now" -v s="$since" -v b="$began" -v hz="$(getconf CLK_TCK)" \
    'BEGIN { printf "%.0f", (u - n + s - b / hz) * 1000 }')
boot_ms() { tail -n 1 "$work/record" | get "guests/name=$talk/boot_ms"; }
# How old its QEMU was when vctop first saw it.
first_seen() {
    local line up
    while read -r line; do
        up=$(get "guests/name=$talk/uptime_s" <<<"$line")
        case $up in null | '') ;; *) echo "${up%.*}"; return ;; esac
    done <"$work/record"
}
sleep 1.5
if [ "$(boot_ms)" = null ] && [ "$(first_seen)" -ge 2 ]; then
    # Rightly: of a QEMU that is 3 s old when it is first seen, the agent may have been up before.
    echo "SKIP the host was too busy to see the machine start: its boot time is unknown"
else
    near "ms from QEMU's start to its agent" "$booted" "$(boot_ms)" 5
fi

# ---- one that is well is asked for its addresses, but not under --readonly

look 40x120 good
says good "10.77.0.1 2001:db8::77"
says_no good "127\.0\.0\.1|fe80"
look 24x80 good --readonly
equal "a probe was sent under --readonly" 1 "$(grep -c 'ask: addresses' "$work/debug")"
says_no --readonly "10\.77"

# ---- 16: every byte is hostile

look 40x120 hostile
says hostile " 10.77.9.9 10.78.0.1 10.78.0.2 "
says_no hostile "PWNED|pwned|10\.77\.0|7777|NNN|10\.78\.0\.8|root"

# ---- 15: silent from the first word on

# Who asks it has set libvirt's limit to 2 s as long as it does not answer: that is seen from outside.
watch_for_asking
look 24x80 silent
soon silent
says_no silent "10\.7"
if [ -e "$work/asked" ]; then pass "silent: it was asked"; else fail "silent: it was not seen to be asked"; fi

# ---- agent = false: it is not asked, silent or well; everybody else still is

echo 'agent = false;' >"$work/conf"
asking=("${vctop_options[@]}")
vctop_options=(--config "$work/conf" "${asking[@]:1}")
watch_for_asking
look 24x80 silent
look 40x120 good
equal "probes sent under agent = false" 1 "$(grep -c 'ask: addresses' "$work/debug")"
says_no 'agent = false' "10\.77"
if [ -e "$work/asked" ]; then fail "agent = false: it was asked"; else pass "agent = false: it was not asked"; fi
vctop_options=("${asking[@]}")
kill "$watcher"

# ---- 15, from the second word on

look 24x80 tarpit
soon tarpit
says_no tarpit "10\.7"
# vctop is killed while it asks: the machine still gets its own time back.
"$TOOLS/shot" 24x80 "$work/screen.txt" --type "it is killed first" "" -- "${vctop_options[@]}" -F "$talk" 2>/dev/null &
shot=$!
wait_for 10 timeout_is 2
pkill -KILL -P "$shot"
kill "$shot"
wait_for 10 timeout_is -2 && pass "killed: the machine's time for answers is as it was"

# ---- an agent that goes and comes is an event

"$RIG" type talk 'echo good >/tmp/agent'
: >"$work/told"
(
    "$TOOLS/shot" 24x80 "$work/screen.txt" --type "$talk" 3 --type "its agent is gone" "" --type "its agent is up" "" -- \
        "${vctop_options[@]}" -F "$talk" 2>"$work/errors"
) &
pid=$!
sleep 1.5
"$RIG" type talk 'killall agent'
wait_for 10 grep -q "'disconnected'" "$work/told"
"$RIG" type talk 'agent &'
wait "$pid" || { fail "no events of the agent"; cat "$work/errors"; }
says events "its agent is gone"
says events "its agent is up"

# ---- 16: ten megabytes are the end of it for libvirt

look 24x80 flood
soon flood
says_no flood "10\.7"
if vsh list >/dev/null; then pass "libvirtd lives"; else fail "libvirtd does not answer"; fi

# ---- meanwhile its figures came, and nobody took it for hung

kill "${background[0]}"
samples=$(get "guests/name=$talk/state" "guests/name=$talk/cpu_percent" "guests/name=$talk/age_s" \
    "guests/name=$talk/stale" "guests/name=$talk/state_reason" "guests/name=$talk/boot_ms" <"$work/record" | grep '^running')
equal "samples with an unknown CPU, but for the first two" 0 "$(echo "$samples" | tail -n +3 | awk '$2 == "null"' | grep -c .)"
equal "samples that were stale, or had a reason" 0 "$(echo "$samples" | awk '$4 != "null" || $5 != "null"' | grep -c .)"
echo "$(echo "$samples" | grep -c .) samples"
