#!/usr/bin/env bash
# vctop's figures of a machine under load, against virsh domstats and /proc.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$RIG" machine load --disk 256 || exit 1
"$RIG" machine calm || exit 1
"$RIG" container from --net || exit 1
load=$("$RIG" name load)
calm=$("$RIG" name calm)
address=$("$RIG" address load)
pid=$(cat "/run/libvirt/qemu/$load.pid")

# ---- it has booted when it answers; what is typed before its shell is there is lost
wait_ping from "$address"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$RIG" type load "nc -ll -p 5001 -e cat >/dev/null &"
    sleep 1
    "$RIG" exec from sh -c "echo | nc -w 1 $address 5001" >/dev/null 2>&1 && break
done

"$RIG" type load 'while :; do :; done &'
"$RIG" type load 'while :; do dd if=/dev/zero of=/dev/vda bs=64k count=4 oflag=direct 2>/dev/null; usleep 10000; done &'
"$RIG" exec from sh -c "while :; do
    while dd if=/dev/zero bs=8k count=1 2>/dev/null; do usleep 20000; done | nc $address 5001 >/dev/null
    usleep 200000
done" &
background+=($!)
sleep 2

hz=$(getconf CLK_TCK)
record ticks process_ticks "$pid"
record cputime domstat "$load" cpu-total cpu.time
record write domstat "$load" block block.0.wr.bytes
# All threads of it but those that run virtual CPUs, in ns.
rest_of_qemu() {
    local task name ns
    value=0
    for task in "/proc/$pid/task/"*; do
        read -r name <"$task/comm" || continue
        case $name in "CPU "*/*) continue ;; esac
        read -r ns _ <"$task/schedstat" && value=$((value + ns))
    done
}
record rest rest_of_qemu
record rx domstat "$load" interface net.0.rx.bytes
record tx domstat "$load" interface net.0.tx.bytes
for task in "/proc/$pid/task/"*; do
    case $(cat "$task/comm") in "CPU 0/"*) vcpu=$task ;; esac
done
record vcpu first_number "$vcpu/schedstat"
sleep 1

sample_parts parts 7 2 "$load" -c qemu:///system --backend libvirt
sample 6 2 -c qemu:///system --backend libvirt,lxc,host
wait_parts
sleep 1

tail -n 1 "$work/vctop" >"$work/last"
row=guests/name=$load
equal "state" running "$(get "$row/state" <"$work/last")"
compare_rate "CPU, as /proc counts it" ticks "$(awk -v hz="$hz" 'BEGIN { print 100 / hz }')" "$row/cpu_percent"
compare_rate "CPU, as virsh counts it" cputime 1e-7 "$row/cpu_percent"
compare_rate "bytes written" write 1 "$row/disk_write_bps"
compare_rate "bytes received" rx 1 "$row/net_rx_bps"
compare_rate "bytes sent" tx 1 "$row/net_tx_bps"

# Its parts: threads and links at every tick, its disk as its monitor says every few seconds.
thread="guests/0/guest_threads/name=vCPU 0"
SAMPLES=parts compare_rate "CPU of a virtual CPU" vcpu 1e-7 "$thread/cpu_percent"
SAMPLES=parts compare_rate "bytes received by its link" rx 1 "guests/0/guest_links/0/rx_bps"
tail -n 1 "$work/parts" >"$work/last-parts"
vda=guests/0/guest_disks/name=vda
read -r time age written rate latency < <(get time "$vda/age_s" "$vda/write_bytes" "$vda/write_bps" \
    "$vda/write_latency_ms" <"$work/last-parts")
then=$(awk -v t="$(date -d "$time" +%s.%N)" -v a="$age" 'BEGIN { printf "%.3f", t - a }')
near "bytes written to its disk" "$(at_time write "$then")" "$written" 5
if awk -v r="$rate" -v l="$latency" 'BEGIN { exit !(r != "null" && r > 0 && l != "null" && l > 0) }'; then
    pass "its disk takes $rate bytes/s, $latency ms a write"
else
    fail "its disk takes $rate bytes/s, $latency ms a write"
fi
equal "its disk holds" $((256 * 1024 * 1024)) "$(get "$vda/capacity_bytes" <"$work/last-parts")"
equal "its link's bridge" virbr0 "$(get guests/0/guest_links/0/bridge <"$work/last-parts")"
equal "no processes are told of a machine" 0 "$(get "guests/0/guest_processes/#" <"$work/last-parts")"

# ---- the compare view's figures: what running machines costs, and the sum of all
type=$(virsh -q -c qemu:///system dumpxml "$load" | sed -n "s/^<domain type='\([a-z]*\)'.*/\1/p")
side=compare/$([ "$type" = kvm ] && echo kvm || echo emulated)
# What of a QEMU is resident, but for the guest's memory.
overhead() { # GUEST
    awk '/^Size:/ { size = $2 } /^Rss:/ { if (size != 96 * 1024) sum += $2 } END { printf "%.0f", sum * 1024 }' \
        "/proc/$(cat "/run/libvirt/qemu/$1.pid")/smaps"
}
near "what $load costs beside its memory" "$(overhead "$load")" "$(get "$row/mem_overhead_bytes" <"$work/last")" 5
near "what $calm costs" "$(overhead "$calm")" "$(get "guests/name=$calm/mem_overhead_bytes" <"$work/last")" 5
compare_rate "CPU of QEMU without its vCPU" rest 1e-7 "$row/cpu_virt_percent" 10
numbers() { seq 0 $(($(get "guests/#" <"$work/last") - 1)); }
all=$(for i in $(numbers); do get "guests/$i/type" "guests/$i/mem_overhead_bytes" <"$work/last"; done |
    awk -v t="$type" '$1 == t { s += $2 } END { printf "%.0f", s }')
equal "what all such machines cost" "$all" "$(get "$side/mem_overhead_bytes/total" <"$work/last")"
# The last line: all guests, what else there is, and both are the machine as its own counters have it.
adds_up() { # WHAT MEMBER-OF-SUM MEMBER-OF-GUEST MACHINE
    local i known all other machine
    known=$(for i in $(numbers); do get "guests/$i/$3" <"$work/last"; done |
        awk '$1 != "null" { s += $1 } END { printf "%.3f", s }')
    read -r all other machine < <(get "compare/sum/$2/guests" "compare/sum/$2/other" "compare/sum/$2/machine" <"$work/last")
    near "$1 of all guests" "$known" "$all" 0.1
    near "$1 of the machine" "$4" "$machine" 10
    if awk -v a="$all" -v o="$other" -v m="$machine" 'BEGIN { d = a + o - m; exit !(d < 0.0005 && d > -0.0005) }'; then
        pass "$1 adds up: $all + $other = $machine"
    else
        fail "$1 does not add up: $all + $other is not $machine"
    fi
}
adds_up CPU cpu_percent cpu_percent "$(get host/cpu_percent <"$work/last")"
adds_up memory mem_bytes mem_host_bytes "$(awk '/^MemTotal:/ { t = $2 } /^MemFree:/ { f = $2 } END { printf "%.0f", (t - f) * 1024 }' /proc/meminfo)"

equal "memory" $((96 * 1024 * 1024)) "$(get "$row/mem_limit_bytes" <"$work/last")"
rss=$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status")
near "host memory" $((rss * 1024)) "$(get "$row/mem_host_bytes" <"$work/last")" 5
uuid=$(virsh -q -c qemu:///system domuuid "$load" | tr -d '[:space:]')
equal "id" "libvirt:qemu:///system#$uuid" "$(get "$row/id" <"$work/last")"
equal "virtual CPUs" 1 "$(get "$row/vcpus" <"$work/last")"

# The busy one comes first, the calm one is near no CPU at all.
first=$("$VCTOP" --no-config -b -n 1 -d 1 -s cpu -o csv -c qemu:///system --backend libvirt 2>/dev/null |
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "name") c = i } NR == 2 { print $c }')
equal "sorted by CPU, first is" "$load" "$first"
idle=$(get "guests/name=$calm/cpu_percent" <"$work/last")
if awk -v i="$idle" 'BEGIN { exit !(i != "null" && i < 20) }'; then
    pass "an idle machine uses $idle %"
else
    fail "an idle machine uses $idle %"
fi
