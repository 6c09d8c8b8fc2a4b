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
record rx domstat "$load" interface net.0.rx.bytes
record tx domstat "$load" interface net.0.tx.bytes
for task in "/proc/$pid/task/"*; do
    case $(cat "$task/comm") in "CPU 0/"*) vcpu=$task ;; esac
done
record vcpu first_number "$vcpu/schedstat"
sleep 1

sample_parts parts 7 2 "$load" -c qemu:///system --backend libvirt
sample 6 2 -c qemu:///system --backend libvirt,host
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
