#!/usr/bin/env bash
# vctop's figures of a machine under load, against virsh domstats, /proc and its tap.
# Fault 65: links and virtual CPUs of another are plugged meanwhile.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

"$RIG" machine load --disk 256 || exit 1
"$RIG" machine calm --no-start || exit 1
virsh -q -c qemu:///system setvcpus "$("$RIG" name calm)" 3 --maximum --config || exit 1
"$RIG" start calm || exit 1
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

# A second link of the calm one comes and goes, with a known flow that nothing else gets.
mac=52:54:00:76:63:01
tap() { virsh -q -c qemu:///system domiflist "$1" | sed -n "s/^ *\(vnet[0-9]*\) .*$2.*/\1/p"; } # GUEST MAC
plug_link() {
    virsh -q -c qemu:///system attach-interface "$calm" network default --model virtio --mac $mac --live &&
        bridge fdb add $mac dev "$(tap "$calm" $mac)" master static
}
wait_flow() {
    local i
    for i in $(seq 25); do
        [ "$(cat "/sys/class/net/$(tap "$calm" $mac)/statistics/tx_bytes")" -lt 75000 ] || return 0
        sleep 0.2
    done
}
wait_ping from "$("$RIG" address calm)"
bridge link set dev "$(tap "$calm" 52:54)" flood off
plug_link || fail "a link cannot be plugged"
"$RIG" type calm 'while usleep 300000; do ip link set eth1 up 2>/dev/null; done &'
"$RIG" exec from sh -c "arp -s 192.168.122.254 $mac && exec ping -i 0.02 -s 958 192.168.122.254 >/dev/null" &
background+=($!)

"$RIG" type load 'while :; do :; done &'
"$RIG" type load 'while :; do dd if=/dev/zero of=/dev/vda bs=64k count=4 oflag=direct 2>/dev/null; usleep 10000; done &'
"$RIG" exec from sh -c "while :; do
    while dd if=/dev/zero bs=8k count=1 2>/dev/null; do usleep 20000; done | nc $address 5001 >/dev/null
    usleep 200000
done" &
background+=($!)

wait_flow
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
# The host's end sees it the other way round.
counts=/sys/class/net/$(tap "$load" 52:54)/statistics
record rx first_number "$counts/tx_bytes"
record tx first_number "$counts/rx_bytes"
for task in "/proc/$pid/task/"*; do
    case $(cat "$task/comm") in "CPU 0/"*) vcpu=$task ;; esac
done
record vcpu first_number "$vcpu/schedstat"
sleep 1

# vCPUs only come: an emulated one that goes takes QEMU 7.2 with it.
plug() {
    local cpus
    for cpus in 2 3; do
        sleep 1
        virsh -q -c qemu:///system detach-interface "$calm" network --mac $mac --live || return 1
        sleep 0.7
        plug_link || return 1
        virsh -q -c qemu:///system setvcpus "$calm" "$cpus" --live || return 1
        sleep 1.5
    done
    virsh -q -c qemu:///system detach-interface "$calm" network --mac $mac --live
}
plug >"$work/plug" 2>&1 &
plug=$!
sample_parts plugged 26 0.5 "$calm" -c qemu:///system --backend libvirt
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
equal "of the processes in a machine nothing is known" null "$(get guests/0/guest_processes <"$work/last-parts")"

# ---- what was plugged meanwhile
wait "$plug" || fail "plugging: $(cat "$work/plug")"
get guests/0/net_rx_bps guests/0/guest_links/0/rx_bps guests/0/guest_links/1/rx_bps guests/0/cpu_percent \
    guests/0/cpu_wait_percent guests/0/vcpus "guests/0/guest_threads/name=vCPU 2/cpu_percent" <"$work/plugged" >"$work/said"
verdict=$(awk '
    { rows += $1; parts += $2 + $3 }
    $1 == "null" || $2 == "null" || $4 == "null" || $5 == "null" { bad = bad " unknown:" NR }
    $2 > 10000 || $3 + 0 > 75000 || $4 > 210 || $5 > 210 { bad = bad " spike:" NR }
    $3 + 0 > 35000 { seen++ }
    $3 == "missing" { plugs += !gone; gone = 1 }
    $3 != "missing" { gone = 0 }
    END { if (rows > parts * 1.25 || parts > rows * 1.25) bad = bad " sum"; if (!seen) bad = bad " flow"; if (plugs < 2) bad = bad " plugs"; print bad ? bad : "good" }' "$work/said")
if [ "$verdict" = good ]; then
    pass "links and vCPUs that come and go: no figure unknown, no spike, sums right"
else
    fail "links and vCPUs that come and go:$verdict of $(tr '\n' ';' <"$work/said")"
fi
equal "vCPUs after that" 3 "$(tail -n 1 "$work/said" | cut -d ' ' -f 6)"
equal "links after that" 1 "$(tail -n 1 "$work/plugged" | get "guests/0/guest_links/#")"

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
